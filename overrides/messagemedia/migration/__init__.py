"""Find every use of the older SDK, `message_media_messages`, and say what to write instead. Nothing is ever changed.

    from messagemedia.migration import scan

    report = scan(["src"])
    for finding in report.findings:
        print(finding.file, finding.line, finding.kind, finding.write)

`scan` reads files and folders, `scan_text` one program. Both know the SDK's generations 1.x and 2.x.

`names` is the table of old names and what replaces them, `changes` what behaves differently and why: the tables of
`docs/migrating.md` are made of both. `finding` holds what is found, `printing` makes lines of it.

How it is found: `files` reads the files, and chooses those that may have to do with the older SDK. `scanning` goes
through them again and again until nothing new is learnt about what their names stand for (`values`, `imports`). A walk
through a file has layers: `walker`, where it is; `models`, what attributes mean; `expressions`; `calls`; `importing`;
`statements`. `advice` says what is written instead, `times` which times have no zone, `secrets` what looks like a key.
"""

from messagemedia.migration.changes import Change
from messagemedia.migration.finding import Finding, Report, Skipped
from messagemedia.migration.scanning import scan, scan_text

__all__ = ["Change", "Finding", "Report", "Skipped", "scan", "scan_text"]
