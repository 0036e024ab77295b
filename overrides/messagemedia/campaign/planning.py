"""What sending a campaign would do and cost, found out without sending anything."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from attrs import field, frozen
from messagemedia_generated.reading import read_timestamp

from messagemedia._messages.segments import segments
from messagemedia.campaign.protocol import Journal
from messagemedia.campaign.summary import Summary
from messagemedia.errors import FieldError, ValidationError

Price = int | float | Decimal | Fraction

# Texts in other scripts have thousands of characters that force UCS-2: so many different ones are told apart.
_MOST_CHARACTERS = 1000
_MOST_SHOWN = 6
# Texts of which the parts are remembered: campaigns often send one text to all.
_REMEMBERED = 1024


def _quietly(value: Mapping[str, int]) -> str:
    """How many there are; characters are a part of the contents."""
    return f"<{len(value)} {'item' if len(value) == 1 else 'items'}>"


@frozen
class Plan:
    """What sending a campaign would do: made by `Campaign.plan`, and readable when printed. It counts pending rows.

    Attributes:
        summary: How many rows of the campaign are in each state.
        formats: How many rows have each format: `SMS`, `MMS`, `TTS`.
        parts: How many SMS parts the rows of format SMS have in total, counted as `messagemedia.segments` does.
        rows_by_parts: How many of those rows have each number of parts: `{1: 19500, 2: 500}`.
        ucs2: How many of them are sent as UCS-2, where a part holds 70 characters instead of 160.
        forcing: The characters that force UCS-2, each with the number of rows that have it, most frequent first; at
            most 1,000 different characters.
        avoidable_parts: How many parts would be saved by replacing the characters that force UCS-2, in every row where
            all of them have a replacement; see `Segments.with_replacements`.
        repeated: How many rows have the same number as an earlier row of the campaign, whatever the state of that row,
            unless it is invalid. Numbers are compared without `+` and punctuation.
        without_plus: How many rows have a number that does not begin with `+`.
        scheduled_in_past: How many rows have a `scheduled` in the past. They are sent at once.
        expired: How many rows have a `message_expiry_timestamp` in the past. They may reach nobody.
        mms_without_media: How many rows of format MMS have no media.
        price: The price of a part, as it was passed.
    """

    summary: Summary
    formats: Mapping[str, int] = field(factory=dict[str, int], hash=False)
    parts: int = 0
    rows_by_parts: Mapping[int, int] = field(factory=dict[int, int], hash=False)
    ucs2: int = 0
    forcing: Mapping[str, int] = field(factory=dict[str, int], hash=False, repr=_quietly)
    avoidable_parts: int = 0
    repeated: int = 0
    without_plus: int = 0
    scheduled_in_past: int = 0
    expired: int = 0
    mms_without_media: int = 0
    price: Price | None = None

    @property
    def rows(self) -> int:
        """How many rows would be sent."""
        return sum(self.formats.values())

    @property
    def cost(self) -> Price | None:
        """The cost of all SMS parts, in the numeric type of the price; None without a price."""
        return None if self.price is None else self.price * self.parts

    def __str__(self) -> str:
        """In lines for an operator: first how much it is, then what to look at before it is sent."""
        formats = ", ".join(f"{count:,} {name}" for name, count in self.formats.items())
        total = f"To send: {_rows(self.rows)}{f' ({formats})' if formats else ''}, {_parts(self.parts)}"
        if self.cost is not None:
            total += f", {float(self.cost):,.2f} at {self.price} each"
        longer = [f"{count:,} take {parts}" for parts, count in self.rows_by_parts.items() if parts > 1]
        if longer:
            longer = [f"parts: {', '.join(longer[:_MOST_SHOWN])}{', …' if len(longer) > _MOST_SHOWN else ''}"]
        findings = (
            (self.repeated, "with the number of an earlier row"),
            (self.without_plus, "to a number without +"),
            (self.scheduled_in_past, "scheduled in the past, sent at once"),
            (self.expired, "with an expiry in the past"),
            (self.mms_without_media, "of format MMS without media"),
        )
        told = [*longer, *self._encoding(), *(f"{_rows(count)} {what}" for count, what in findings if count)]
        return "\n".join([str(self.summary), total, *(f"  {each}" for each in told)])

    def _encoding(self) -> list[str]:
        if not self.ucs2:
            return []
        told = [f"{_named(each)} in {count:,}" for each, count in list(self.forcing.items())[:_MOST_SHOWN]]
        more = ", …" if len(self.forcing) > _MOST_SHOWN else ""
        lines = [f"{_rows(self.ucs2)} in UCS-2: {', '.join(told)}{more}"]
        if self.avoidable_parts:
            lines.append(f"{_parts(self.avoidable_parts)} fewer with the replacements that segments() suggests")
        return lines


def checked(price: object) -> Price | None:
    """A price that can be paid.

    Raises:
        ValidationError: It is none.
    """
    if price is None:
        return None
    if not isinstance(price, Price) or isinstance(price, bool) or not _is_amount(price):
        raise ValidationError([FieldError("must be the cost of a part, a finite number of 0 or more", "price")])
    return price


def plan(journal: Journal, price: Price | None) -> Plan:
    """Count what there is in pending messages, one at a time."""
    moment = datetime.now(UTC)
    counted = lru_cache(maxsize=_REMEMBERED)(_counted)
    found: Counter[str] = Counter()
    formats: Counter[str] = Counter()
    rows_by_parts: Counter[int] = Counter()
    forcing: Counter[str] = Counter()
    for text in journal.pending():
        message: dict[str, Any] = json.loads(text)
        kind = message.get("format", "SMS")
        formats[kind] += 1
        if kind == "SMS":
            parts, characters, avoidable = counted(message["content"])
            rows_by_parts[parts] += 1
            found.update(parts=parts, ucs2=bool(characters), avoidable_parts=avoidable)
            for each in characters:
                if each in forcing or len(forcing) < _MOST_CHARACTERS:
                    forcing[each] += 1
        found["without_plus"] += not message["destination_number"].startswith("+")
        found["mms_without_media"] += kind == "MMS" and not message.get("media")
        found["scheduled_in_past"] += _is_before(message.get("scheduled"), moment)
        found["expired"] += _is_before(message.get("message_expiry_timestamp"), moment)
    return Plan(
        Summary(**journal.count()),
        formats=dict(formats.most_common()),
        rows_by_parts=dict(sorted(rows_by_parts.items())),
        forcing=dict(sorted(forcing.items(), key=lambda each: (-each[1], each[0]))),
        repeated=journal.repeated(),
        price=price,
        **found,
    )


def _is_amount(price: Price) -> bool:
    try:
        return math.isfinite(price) and price >= 0
    except (ValueError, ArithmeticError):  # too large, or a Decimal that signals
        return False


def _counted(text: str) -> tuple[int, tuple[str, ...], int]:
    """How many parts a text takes, what forces UCS-2 in it, and how many parts less it would be without that."""
    counted = segments(text)
    instead = counted.with_replacements()
    avoidable = 0 if instead == text else counted.parts - segments(instead).parts
    return counted.parts, counted.forcing, max(avoidable, 0)


def _is_before(text: str | None, moment: datetime) -> bool:
    if text is None:
        return False
    found = read_timestamp(text)
    return found is not None and found < moment


def _named(character: str) -> str:
    return f"{character!r} ({' '.join(f'U+{ord(each):04X}' for each in character)})"


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _parts(count: int) -> str:
    return f"{count:,} SMS {'part' if count == 1 else 'parts'}"
