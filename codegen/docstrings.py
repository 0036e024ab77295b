"""Texts of the contract as Python source: wrapped, and escaped in one place.

A text is data. It becomes source in `_escaped` alone, which is the last thing that happens to it before it is wrapped;
nothing else in here, or in a template, decides what a quotation mark or a backslash means.
"""

from __future__ import annotations

import re
import textwrap
from typing import Any

WIDTH = 100
# Those that touch another one, or an end of the text: alone in the middle they do no harm, and are easier to read.
_QUOTES = re.compile(r'"(?=")|(?<=")"|^"|"\Z')


def text(value: object) -> str:
    """A text of the contract on one line."""
    return re.sub(r"[ \t\r\n\f\v]+", " ", str(value)).strip(" ")


def doc(value: str, indent: int) -> str:
    """A text as the content of a docstring at an indentation: each paragraph wrapped, unless it has lines itself."""
    return joined(paragraphs(value, indent), indent)


def paragraphs(value: str, indent: int) -> list[str]:
    """The paragraphs of a text, as source."""
    lines = "\n".join(line.rstrip(" \t\f\v") for line in re.split(r"\r\n|\r|\n", value)).strip("\n")
    blocks = [block for block in re.split(r"\n{2,}", stopped(lines.strip(" \t\n\f\v"))) if block]
    return [_escaped(block) if "\n" in block else wrapped(block, indent) for block in blocks]


def joined(blocks: list[str], indent: int) -> str:
    """Paragraphs and sections, as source, put together at an indentation."""
    pad = " " * indent
    return "\n\n".join(blocks).replace("\n", f"\n{pad}").replace(f"\n{pad}\n", "\n\n")


def _escaped(value: str) -> str:
    """A text as it stands between triple quotes: nothing in it ends them, escapes anything or can't be seen."""
    value = _QUOTES.sub(r'\\"', value.replace("\\", "\\\\"))
    return "".join(each if each.isprintable() or each == "\n" else ascii(each)[1:-1] for each in value)


def wrapped(value: str, indent: int, hanging: str = "") -> str:
    """A text as lines of source, without its own line ends."""
    return textwrap.fill(
        _escaped(text(value)), WIDTH - indent, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )


def stopped(sentence: str) -> str:
    """A sentence with a full stop, where one is missing behind a word, a bracket or a quoted name."""
    return f"{sentence}." if sentence and (sentence[-1].isalnum() or sentence[-1] in ")`'%]") else sentence


def section(title: str, lines: list[str], indent: int) -> str:
    """A section of a docstring, as source."""
    items = [wrapped(line, indent + 4, "    ").replace("\n", "\n    ") for line in lines]
    return f"{title}:\n" + "\n".join(f"    {line}" for line in items)


def literal(value: Any) -> str:
    """A value as Python source."""
    return repr(value)


def lines_literal(lines: list[str]) -> str:
    """A text of several lines as Python source, a line of source for each."""
    return f"({chr(10).join(literal(line + chr(10)) for line in lines)})"


def raw_literal(value: str) -> str:
    """A regular expression as Python source, without doubled backslashes where that is possible."""
    return repr(value) if set(value) & set("'\"") or not value.isprintable() else f'r"{value}"'


def place_literal(name: str) -> str:
    """The place of a property, inside of the one in the variable `at`, as Python source."""
    return f'f"{{at}}/{name}"'  # what would end this text is refused in names


def quoted_in(annotation: str, circle: frozenset[str], name: str) -> str:
    """An annotation where it is looked at while its class is made: as a text if it names what comes later."""
    return repr(annotation) if {name, *circle} & set(re.findall(r"\w+", annotation)) else annotation
