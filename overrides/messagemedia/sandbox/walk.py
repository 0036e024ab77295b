"""How a message walks through its statuses, worked out when it is accepted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs

CODES = {
    "enroute": ("101", "102", "151"),
    "submitted": ("200", "210", "211", "212", "213"),
    "delivered": ("220", "221"),
    "expired": ("320", "401"),
    "rejected": ("301", "302", "303", "304", "305", "402", "403", "410", "411", "412", "413", "414"),
    "failed": ("330", "331", "332", "333", "400", "405"),
}
"""The delivery report codes of each status."""

_STATUS_OF_CODE = {code: status for status, codes in CODES.items() for code in codes}
_USUAL_CODE = {
    "enroute": "101",
    "submitted": "200",
    "delivered": "220",
    "expired": "401",
    "rejected": "402",
    "failed": "400",
    "undeliverable": "400",
    "held": "151",
}
_FINAL = frozenset({"delivered", "read", "expired", "rejected", "failed", "undeliverable"})
MAGIC_PREFIX = "99900000"
MAGIC_REPLIES = {"001": "Thanks!", "002": "STOP"}

ENROUTE = ("enroute", "101")
SUBMITTED = ("submitted", "200")
DELIVERED = ("delivered", "220")


@attrs.frozen
class Outcome:
    """How the walk of a message ends.

    Attributes:
        status: The last status.
        error_code: The code of its delivery report.
        reply: What the recipient answers one step later, if anything.
    """

    status: str
    error_code: str | None
    reply: str | None = attrs.field(default=None, repr=False)


@attrs.frozen
class Step:
    """One step of a walk.

    Attributes:
        at: When it happens.
        status: The status that is reached; None for a step that only brings a reply.
        error_code: The code of the delivery report.
        reply: What the recipient answers.
    """

    at: datetime
    status: str | None
    error_code: str | None = None
    reply: str | None = attrs.field(default=None, repr=False)


def outcome(status: str, error_code: str | None = None, reply: str | None = None) -> Outcome:
    """An outcome, with the usual code of its status unless another is given."""
    return Outcome(status, error_code or _USUAL_CODE.get(status), reply)


def outcome_of_number(destination_number: str) -> Outcome:
    """How a message to this number ends: delivered, unless the number is one of the magic ones."""
    digits = destination_number.removeprefix("+")
    if digits.startswith(MAGIC_PREFIX):
        ending = digits.removeprefix(MAGIC_PREFIX)
        if ending in _STATUS_OF_CODE:
            return Outcome(_STATUS_OF_CODE[ending], ending)
        return Outcome(*DELIVERED, reply=MAGIC_REPLIES.get(ending))
    return Outcome(*DELIVERED)


def plan(
    accepted: datetime,
    end: Outcome,
    *,
    step: timedelta,
    scheduled: datetime | None = None,
    expiry: datetime | None = None,
) -> list[Step]:
    """The steps of a message that was accepted at a certain time, in their order."""
    is_scheduled = scheduled is not None and scheduled > accepted
    start = scheduled if scheduled is not None and is_scheduled else accepted
    # The answer to sending always says `queued`, so `scheduled` is a step of its own that is due at once.
    steps = [Step(accepted, "scheduled")] if is_scheduled else []
    stations = _stations(end)
    steps += [Step(_later(start, step * n), status, code) for n, (status, code) in enumerate(stations, 1)]
    if end.reply is not None:
        steps.append(Step(_later(steps[-1].at, step), None, reply=end.reply))
    return steps if expiry is None else _expire(steps, max(expiry, accepted))


def _later(moment: datetime, time: timedelta) -> datetime:
    try:
        return moment + time
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _stations(end: Outcome) -> list[tuple[str, str | None]]:
    last = (end.status, end.error_code)
    match end.status:
        case "enroute" | "held":
            return [last]
        case "submitted":
            return [ENROUTE, last]
        case "read":
            return [ENROUTE, SUBMITTED, DELIVERED, last]
        case "rejected" | "failed" | "expired" if (end.error_code or "").startswith("3"):
            # Codes that begin with 3 are given by the gateway, before a provider has seen the message.
            return [ENROUTE, last]
        case _:
            return [ENROUTE, SUBMITTED, last]


def _expire(steps: list[Step], expiry: datetime) -> list[Step]:
    reached = [step for step in steps if step.at <= expiry]
    statuses = {step.status for step in reached}
    if statuses & _FINAL:
        return steps
    return [*reached, Step(expiry, "expired", "401" if "submitted" in statuses else "320")]
