"""A diagnosis as text that can be pasted into a ticket, and as JSON lines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from messagemedia.cli.doctor.facts import Facts
from messagemedia.cli.doctor.steps import Diagnosis, Mark
from messagemedia.cli.output import shown

_MARKS: dict[Mark, str] = {"ok": "✓", "warning": "!", "bad": "✗", "none": "–"}  # noqa: RUF001
_ASCII: dict[Mark, str] = {"ok": "ok ", "warning": "!  ", "bad": "BAD", "none": "-  "}


def marks(encoding: str | None) -> dict[Mark, str]:
    """The marks that a stream can show."""
    try:
        "".join(_MARKS.values()).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return _ASCII
    return _MARKS


def as_lines(facts: Facts, diagnosis: Diagnosis, versions: str, *, encoding: str | None, width: int) -> Iterator[str]:
    """The lines of a diagnosis.

    Args:
        facts: What was seen.
        diagnosis: What it means.
        versions: What takes part, such as Python's version.
        encoding: That of the stream, to choose marks that it can show.
        width: How many columns the verdict may take.
    """
    yield versions
    yield ""
    if facts.settings:
        names, values = (max(len(getattr(each, part)) for each in facts.settings) for part in ("name", "shown"))
        for each in facts.settings:
            yield _plain(f"{each.name:{names}}  {each.shown:{values}}  {each.source}".rstrip(), encoding)
        yield ""
    mark_of = marks(encoding)
    longest = max(len(step.name) for step in diagnosis.steps)
    for step in diagnosis.steps:
        yield _plain(f"{mark_of[step.mark]} {step.name:{longest}}  {step.text}", encoding)
    yield ""
    verdict = diagnosis.verdict
    for text in (verdict.text, *_to_do(verdict.fix), *diagnosis.notes):
        indent = "  " if text.startswith("- ") else ""
        yield from textwrap.wrap(
            _plain(text, encoding), width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )


def _to_do(fix: str) -> list[str]:
    """What to do: a sentence, or a list."""
    lines = fix.splitlines()
    if len(lines) > 1:
        return ["What to do:", *(f"- {line}" for line in lines)]
    return [f"What to do: {line}" for line in lines]


def _plain(text: str, encoding: str | None) -> str:
    """A text that a stream can show, and that does nothing to a terminal: parts of it come from strangers."""
    text = shown(text)
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return text.translate({ord("“"): '"', ord("”"): '"', ord("…"): "..."}).encode("ascii", "replace").decode()
    return text


def as_records(facts: Facts, diagnosis: Diagnosis, versions: str) -> Iterator[dict[str, Any]]:
    """The same as one JSON object per setting and step, and one for the verdict at the end."""
    yield {"kind": "versions", "text": versions}
    for setting in facts.settings:
        yield {"kind": "setting", "name": setting.name, "value": setting.shown, "source": setting.source or None}
    for step in diagnosis.steps:
        yield {"kind": "step", "name": step.name, "outcome": step.mark, "text": step.text}
    verdict = diagnosis.verdict
    yield {
        "kind": "verdict",
        "ok": verdict.ok,
        "cause": verdict.cause,
        "text": verdict.text,
        "fix": verdict.fix.splitlines(),
        "notes": list(diagnosis.notes),
    }
