"""How many SMS parts a text takes, and which characters make it take more.

The alphabet and its extension table are those of 3GPP TS 23.038, the sizes of the parts those of 3GPP TS 23.040.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Literal

from attrs import field, frozen
from messagemedia_generated.privacy import hidden_text
from messagemedia_generated.writing import write_text

from messagemedia.errors import FieldError, ValidationError

Encoding = Literal["GSM-7", "UCS-2"]

# In the order of the table, without the code that leads to the extensions.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_GSM = _BASIC | _EXTENSION

# Units that fit: alone, and in each of several parts, where a header takes the place of some.
_LIMITS: Mapping[Encoding, tuple[int, int]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}

# What Unicode has no decomposition for, or one that is no use in a text message.
_STAND_INS: Mapping[str, str] = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u02bc\u02b9\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\u2022", "-"),
    **dict.fromkeys("\u2028\u2029\u0085", "\n"),
    "\t": " ",
    "\N{MIDDLE DOT}": ".",
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{FRACTION SLASH}": "/",
    "\N{BROKEN BAR}": "|",
    "\N{MICRO SIGN}": "u",
    "\N{COPYRIGHT SIGN}": "(c)",
    "\N{REGISTERED SIGN}": "(r)",
    "\N{TRADE MARK SIGN}": "(TM)",
    "\N{FEMININE ORDINAL INDICATOR}": "a",
    "\N{MASCULINE ORDINAL INDICATOR}": "o",
    "\N{LATIN CAPITAL LIGATURE OE}": "OE",
    "\N{LATIN SMALL LIGATURE OE}": "oe",
    "\N{LATIN CAPITAL LETTER THORN}": "Th",
    "\N{LATIN SMALL LETTER THORN}": "th",
    "\N{LATIN CAPITAL LETTER SHARP S}": "SS",
    # Letters with a stroke, eth, and the i without a dot.
    **dict(zip("\u0141\u0142\u0110\u0111\u0126\u0127\u0166\u0167\u00d0\u00f0\u0131", "LlDdHhTtDdi", strict=True)),
    # The alphabet has ten Greek capitals; the other ones are meant to be written with the Latin letters of their shape.
    **dict(zip("\u0391\u0392\u0395\u0396\u0397\u0399\u039a", "ABEZHIK", strict=True)),
    **dict(zip("\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7", "MNOPTYX", strict=True)),
}

# Soft hyphen, zero-width characters, marks of direction, and variation selectors: nothing that can be seen.
_JOINER = "\u200d"
_INVISIBLE = frozenset(
    map(
        chr,
        (0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10)),
    )
)

# Kinds of decomposition that would change what is said: 10² is not 102, and 1½ not 11/2.
_TELLING = ("<super>", "<sub>", "<fraction>", "<circle>")


# So many letters that nothing replaces, or digits, are taken for strays and shown; more of them are the text itself.
_MAX_STRAYS = 3


def _shown(forcing: Iterable[str]) -> str:
    """What forces UCS-2, each with its replacement, without what it says in the text: not in the order it has there."""
    parts: list[str] = []
    letters: list[str] = []
    for each in sorted(forcing):
        said = f"{each!r} {' '.join(f'U+{ord(character):04X}' for character in each)}"
        instead = _replacement(each)
        tells = each[0].isnumeric() or (instead is None and each[0].isalpha())
        (letters if tells else parts).append(said if instead is None else f"{said} → {instead!r}")
    if len(letters) > _MAX_STRAYS:
        letters = [f"{len(letters)} letters or digits"]
    return f"({', '.join([*parts, *letters])})"


@frozen
class Segments:
    """How a text is divided into SMS parts, as `segments` returns it.

    Attributes:
        text: The text that was counted.
        encoding: `GSM-7`, or `UCS-2` for the whole text if any character needs it.
        units: How many units the text takes: septets in GSM-7, of which a character of the extension table (`^{}[]~|`,
            the backslash, the form feed and the euro sign) takes two; 16-bit units in UCS-2, of which an emoji takes
            two or more.
        parts: How many parts are sent and charged; 0 for an empty text, which the API refuses.
        units_per_part: How many units fit into each of these parts: 160 or 70 into a single part, 153 or 67 into one of
            several.
        units_left: How many units are free in the last part. A character of two units is never divided between two
            parts, so a part before the last one may have a free unit as well.
        forcing: The characters that force UCS-2, each once, in the order of the text; a character includes the
            combining accents that follow it.
        replacements: For each of these that has a replacement in GSM-7, that replacement: an empty string for an
            invisible character, such as a zero-width space.
    """

    text: str = field(repr=hidden_text)
    encoding: Encoding
    units: int
    parts: int
    units_per_part: int
    units_left: int
    forcing: tuple[str, ...] = field(default=(), repr=_shown)
    replacements: Mapping[str, str] = field(factory=dict[str, str], repr=False, hash=False)

    @property
    def replaceable(self) -> bool:
        """Whether every character that forces UCS-2 has a replacement. True if there is none."""
        return len(self.replacements) == len(self.forcing)

    def with_replacements(self) -> str:
        """The text in GSM-7, with every replacement made; the unchanged text, if that is not possible.

        Replacing only some characters would change how the text looks and save nothing. A replacement may be longer
        than what it replaces, so count the parts of the new text again.
        """
        if not (self.forcing and self.replaceable):
            return self.text
        return "".join(self.replacements.get(each, each) for each in _sequences(self.text))


def segments(text: str) -> Segments:
    """Count the SMS parts of a text, and find what makes it longer.

    If all characters are in the GSM-7 alphabet, a single part holds 160 units, and each of several 153. A single other
    character, such as a typographic quote, makes the text UCS-2, with 70 and 67.

    This follows the standards; the charge may differ. An account can have a converter that replaces characters with
    GSM-7 ones before sending; carriers may replace characters, or use national tables or part sizes of their own; MMS
    and TTS have no parts. The `billing_units` of the delivery report say what was charged. The API refuses a `content`
    of more than 5000 characters, however many parts it would take; that is not checked here.

    Args:
        text: The content of a message.

    Raises:
        ValidationError: It is not a str, or holds half of a surrogate pair.
    """
    problems: list[FieldError] = []
    write_text(text, problems, "/text")
    if problems:
        raise ValidationError(problems)
    forcing: tuple[str, ...] = ()
    if not _GSM.issuperset(text):
        forcing = tuple(dict.fromkeys(each for each in _sequences(text) if each not in _GSM))
    encoding: Encoding = "UCS-2" if forcing else "GSM-7"
    sizes = _sizes(text, encoding)
    units = sum(sizes)
    alone, among_several = _LIMITS[encoding]
    limit = alone if units <= alone else among_several
    parts, used = _fill(sizes, limit) if units > limit else (min(units, 1), units)
    found = {each: _replacement(each) for each in forcing}
    return Segments(
        text=text,
        encoding=encoding,
        units=units,
        parts=parts,
        units_per_part=limit,
        units_left=limit - used,
        forcing=forcing,
        replacements={each: instead for each, instead in found.items() if instead is not None},
    )


def _sizes(text: str, encoding: Encoding) -> list[int]:
    """How many units each character takes."""
    if encoding == "GSM-7":
        return [1] * len(text) if _EXTENSION.isdisjoint(text) else [2 if each in _EXTENSION else 1 for each in text]
    return [2 if each > "\uffff" else 1 for each in text]


def _fill(sizes: Iterable[int], limit: int) -> tuple[int, int]:
    """How many parts characters of these sizes take, and how many units of the last one."""
    parts, used = 0, limit
    for size in sizes:
        if used + size > limit:
            parts, used = parts + 1, 0
        used += size
    return parts, used if parts else 0


def _sequences(text: str) -> Iterator[str]:
    """The characters of a text, each with the accents behind it, and emoji that are joined in one piece."""
    begun = ""
    for character in text:
        belongs = character == _JOINER or begun.endswith(_JOINER) or unicodedata.category(character).startswith("M")
        if begun and not belongs:
            yield begun
            begun = ""
        begun += character
    if begun:
        yield begun


@lru_cache(maxsize=4096)
def _replacement(sequence: str) -> str | None:
    """What can stand in GSM-7 for a character with its accents, None if nothing can."""
    composed = unicodedata.normalize("NFC", sequence)
    return composed if _GSM.issuperset(composed) else _plainly(composed)


def _plainly(sequence: str) -> str | None:
    plain = ""
    for character in sequence:
        instead = _plain(character, plain)
        if instead is None:
            return None
        plain += instead
    return plain


def _plain(character: str, before: str) -> str | None:
    """What can stand in GSM-7 for a single character, behind what stands for the ones before it."""
    if character in _GSM:
        return character
    if character in _STAND_INS:
        return _STAND_INS[character]
    if character in _INVISIBLE:
        return ""
    if unicodedata.combining(character):  # a letter can do without its accent, a sign not without its stroke
        return "" if before[-1:].isalpha() else None
    decomposition = unicodedata.decomposition(character)
    if not decomposition or decomposition.startswith(_TELLING):
        return None
    return _plainly(unicodedata.normalize("NFKD", character))
