"""What is found: data, without a word about how it is shown."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from attrs import frozen

from messagemedia.migration.changes import Change

FindingKind = Literal[
    "import",
    "client",
    "configuration",
    "resource",
    "call",
    "model",
    "field",
    "enum",
    "exception",
    "error detail",
    "result",
    "helper",
    "name",
    "text",
    "unreadable",
    "blocking call",
    "naive time",
    "key in source",
    "retry",
]


@frozen(order=True)
class Finding:
    """A place that uses the older SDK, or that has to change with it.

    Attributes:
        file: The file, as it was named or found.
        line: Its line, from 1.
        column: Its column, from 1.
        kind: What it is, such as `import`, `call`, `naive time` or `key in source`.
        stands: What stands there now. Texts are left out, so that no key and no message is shown.
        write: What to write instead.
        changes: What behaves differently from then on, and why.
        perhaps: Whether it may be something else: it is listed because a place too many is better than one too few.
        end_line: The line in which it ends.
    """

    file: str
    line: int
    column: int
    kind: FindingKind
    stands: str
    write: str
    changes: tuple[Change, ...] = ()
    perhaps: bool = False
    end_line: int = 0


@frozen(order=True)
class Skipped:
    """A file that was not read.

    Attributes:
        file: The file.
        why: The reason.
    """

    file: str
    why: str


@frozen
class Report:
    """All that was found.

    Attributes:
        findings: The places, by file and line.
        skipped: The files that were not read. One that names the older SDK is among the findings, too.
        files: How many files were read.
    """

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    files: int

    @property
    def kinds(self) -> dict[str, int]:
        """How many there are of each kind, the most frequent first."""
        return dict(Counter(each.kind for each in self.findings).most_common())

    @property
    def changes(self) -> list[Change]:
        """What behaves differently, each once, in the order in which it is met."""
        return list(dict.fromkeys(change for each in self.findings for change in each.changes))
