"""How the network cuts a text into parts: GSM 03.38 if every character has a place in it, UCS-2 if not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

import attrs

_ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = "\f^{}\\[~]|€"  # each of them is sent as two septets, of which the first says that another table follows
_SIZES = {**dict.fromkeys(_ALPHABET, 1), **dict.fromkeys(_ESCAPED, 2)}

# Those that word processors and phones put in unasked; what else has a substitute is found by its decomposition.
_SUBSTITUTES = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032`\u00b4", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022", "-"),
    "\t": " ",
    "\xd7": "x",
    "©": "(c)",
    "®": "(r)",
    "™": "(TM)",
}

# A run of characters that are not in the alphabet; a single one, if it has a substitute.
_RUNS = re.compile(f"[{re.escape(_ALPHABET + _ESCAPED)}]+")

Encoding = Literal["GSM-7", "UCS-2"]


@attrs.frozen
class Run:
    """Characters that follow each other in a part.

    Attributes:
        text: The characters.
        forces: Whether they have no place in GSM-7, so that the whole text is sent as UCS-2.
        substitute: What GSM-7 has for them, if anything.
    """

    text: str = attrs.field(repr=False)
    forces: bool = False
    substitute: str | None = None


@attrs.frozen
class Part:
    """One of the short messages that a text is sent as.

    Attributes:
        text: What of the text is in it.
        units: How many septets or 16-bit units that takes.
        limit: How many there is room for.
    """

    text: str = attrs.field(repr=False)
    units: int
    limit: int

    @property
    def runs(self) -> list[Run]:
        """The text, divided where characters begin or end that force UCS-2."""
        return list(_runs(self.text))


@attrs.frozen
class Cut:
    """A text as the network cuts it."""

    encoding: Encoding
    parts: tuple[Part, ...]

    @property
    def units(self) -> int:
        """How many units the text takes."""
        return sum(part.units for part in self.parts)


def cut(text: str) -> Cut:
    """Cut a text into parts. A pair of septets or of surrogates is never cut in two."""
    if all(character in _SIZES for character in text):
        return Cut("GSM-7", tuple(_cut([_SIZES[character] for character in text], text, 160, 153)))
    return Cut("UCS-2", tuple(_cut([1 + (character > "\uffff") for character in text], text, 70, 67)))


def _cut(sizes: list[int], text: str, alone: int, among_several: int) -> Iterator[Part]:
    if not text:
        return
    if (total := sum(sizes)) <= alone:
        yield Part(text, total, alone)
        return
    begin = units = 0
    for index, size in enumerate(sizes):
        if units + size > among_several:
            yield Part(text[begin:index], units, among_several)
            begin, units = index, 0
        units += size
    yield Part(text[begin:], units, among_several)


def substitute(character: str) -> str | None:
    """What GSM-7 has for a character: its own letter without an accent, say; None if there is nothing like it."""
    if character in _SUBSTITUTES:
        return _SUBSTITUTES[character]
    composed = unicodedata.normalize("NFC", character)
    if composed != character and composed in _SIZES:
        return composed
    plain = unicodedata.normalize("NFD", character)[0]
    return plain if plain != character and plain.isalpha() and plain in _SIZES else None


def _runs(text: str) -> Iterator[Run]:
    position = 0
    for known in _RUNS.finditer(text):
        yield from _forcing(text[position : known.start()])
        yield Run(known[0])
        position = known.end()
    yield from _forcing(text[position:])


def _forcing(text: str) -> Iterator[Run]:
    """Characters with a substitute one by one, and those between them together."""
    begun = ""
    for character in text:
        if (instead := substitute(character)) is None:
            begun += character
            continue
        if begun:
            yield Run(begun, forces=True)
            begun = ""
        yield Run(character, forces=True, substitute=instead)
    if begun:
        yield Run(begun, forces=True)
