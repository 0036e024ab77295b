"""From paths to what was found."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Sequence

from messagemedia.migration import files
from messagemedia.migration.changes import PINS
from messagemedia.migration.files import Source
from messagemedia.migration.finding import Finding, Report, Skipped
from messagemedia.migration.imports import Files
from messagemedia.migration.statements import Statements
from messagemedia.migration.values import World

_MOST_WALKS = 12  # each learns what the one before it has met: a chain of this many functions is rare


def scan(paths: Iterable[str | os.PathLike[str]]) -> Report:
    """Find every use of the older SDK in files and folders. Nothing is changed.

    Folders are searched for `.py` files, without hidden ones, `node_modules`, `site-packages` and virtual
    environments. Names are followed from file to file.

    Args:
        paths: Files and folders.

    Raises:
        FileNotFoundError: If there is nothing at one of them.
    """
    sources, skipped = files.read(paths)
    return _scanned(sources, skipped)


def scan_text(text: str, file: str = "<text>") -> Report:
    """Find every use of the older SDK in a program.

    Args:
        text: The program.
        file: What it is called in findings.
    """
    return _scanned([Source(file, text.encode(), "")], [])


def _scanned(sources: Sequence[Source], skipped: Iterable[Skipped]) -> Report:
    trees: dict[str, ast.Module] = {}
    findings: list[Finding] = []
    more: list[Skipped] = []
    concerned = files.concerned(sources)
    for source in concerned:
        tree = files.parse(source)
        if isinstance(tree, ast.Module):
            trees[source.file] = tree
        else:
            more.append(Skipped(source.file, tree))
            if source.names_it:
                write = "make it readable for Python 3 first, then look again"
                findings.append(Finding(source.file, 1, 1, "unreadable", tree, write, (PINS,), end_line=1))
    findings += _walk(concerned, trees, Files({each.file: each.path for each in sources}))
    return Report(tuple(sorted(findings)), tuple(sorted([*skipped, *more])), len(sources) - len(more))


def _walk(sources: Sequence[Source], trees: dict[str, ast.Module], others: Files) -> list[Finding]:
    world = World()
    found: list[Finding] = []
    for _ in range(_MOST_WALKS):
        world.grown = False
        found = []
        for source in sources:
            if source.file in trees:
                walk = Statements(world, source.file, others, guesses=source.guesses)
                walk.module(trees[source.file])
                walk.report_keys()
                found += walk.found.values()
        if not world.grown:
            break
    return found
