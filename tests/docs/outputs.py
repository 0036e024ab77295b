"""What the blocks of the documents print: `python -m tests.docs.outputs` says where it is not what is shown.

python -m tests.docs.outputs --write [DOCUMENT …]    writes what was printed into the `output` blocks
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.docs.blocks import CAMPAIGNS, DOCUMENTS, Block, Runner, Session, masked, sessions, surroundings


def main() -> int:
    """Run what has an output; the exit code says whether all of it was right, or is now."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write what was printed")
    parser.add_argument("documents", nargs="*", type=Path, help="only these, such as docs/errors.md")
    given = parser.parse_args()
    failed = False
    for document in [path.resolve() for path in given.documents] or DOCUMENTS:
        printed: list[tuple[Block, str]] = []
        with databases(document) as addresses:
            for session in [each for postgres in (False, True) for each in sessions([document], postgres=postgres)]:
                if all(block.output is None for block in session):
                    continue
                try:
                    printed += run(session, addresses)
                except Exception:  # noqa: BLE001  # each is told, and the next runs
                    failed = True
                    traceback.print_exc(limit=-2)
        wrong = [(block, said) for block, said in printed if masked(said) != masked(block.output or "")]
        for block, said in wrong:
            sys.stdout.write(f"{block} prints\n{said}" if not given.write else f"{block} was written\n")
        if given.write:
            write(document, wrong)
        failed = failed or bool(wrong and not given.write)
    return int(failed)


def run(session: Session, addresses: Mapping[str, str]) -> list[tuple[Block, str]]:
    """What the blocks of a session print that have an output."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        with surroundings(patch, Path(folder).resolve()) as sandbox:
            runner = Runner(sandbox, addresses)
            said = [(block, runner.run(block)) for block in session]
        patch.undo()  # nobody may stand in a folder that is removed
    return [(block, text) for block, text in said if block.output is not None]


@contextlib.contextmanager
def databases(document: Path) -> Iterator[Mapping[str, str]]:
    """The addresses of the document that lead to a database; a server is started if there are any."""
    if not sessions([document], postgres=True):
        yield {}
        return
    sys.path.insert(0, "tests/postgres")
    from postgres_kit import new_database, running_server  # it needs psycopg

    with running_server() as server:
        yield {CAMPAIGNS: new_database(server)}


def write(document: Path, printed: list[tuple[Block, str]]) -> None:
    """Write what was printed into a document, from its end to its beginning."""
    text = document.read_text(encoding="utf-8")
    for block, said in reversed(printed):
        begin, end = block.span
        lines = "\n".join(line.rstrip() for line in said.strip().splitlines())
        text = f"{text[:begin]}{lines}\n{text[end:]}"
    document.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
