"""A report as lines of text, and as values for JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from messagemedia.migration.finding import Finding, Report


def lines(report: Report) -> Iterator[str]:
    """What a person reads: each place, what behaves differently, what was skipped, and a summary."""
    for line in _lines(report):
        yield line.replace("`", "")  # which documents need, and terminals don't


def _lines(report: Report) -> Iterator[str]:
    for each in report.findings:
        yield f"{each.file}:{each.line}:{each.column}: {_kind(each)}: {each.stands}"
        yield f"    write: {each.write}"
        if each.changes:
            yield f"    see: {', '.join(change.name for change in each.changes)}"
    if report.changes:
        yield ""
        yield "What behaves differently:"
        for change in report.changes:
            yield f"  {change.name}"
            yield f"    before: {change.before}"
            yield f"    now: {change.now}"
            yield f"    why: {change.why}"
    if report.skipped:
        yield ""
        yield "Not read:"
        yield from (f"  {each.file}: {each.why}" for each in report.skipped)
    yield ""
    yield summary(report)


def summary(report: Report) -> str:
    """A report in one line."""
    files = _counted(report.files, "file")
    if not report.findings:
        return f"Nothing of the older SDK found in {files}."
    places = _counted(len(report.findings), "place")
    perhaps = sum(each.perhaps for each in report.findings)
    kinds = ", ".join(f"{count} {kind}" for kind, count in report.kinds.items())
    unsure = f", {perhaps} of them perhaps" if perhaps else ""
    where = _counted(len({each.file for each in report.findings}), "file")
    return f"{places} to change in {where}{unsure}, of {files} read: {kinds}."


def as_json(finding: Finding) -> dict[str, Any]:
    """A place as JSON values."""
    return {
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "kind": finding.kind,
        "perhaps": finding.perhaps,
        "stands": finding.stands,
        "write": finding.write,
        "changes": [
            {"name": each.name, "before": each.before, "now": each.now, "why": each.why} for each in finding.changes
        ],
    }


def _kind(finding: Finding) -> str:
    return f"{finding.kind} (perhaps)" if finding.perhaps else finding.kind


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
