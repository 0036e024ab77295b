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
    trees: dict[str, ast.Module | str] = {}
    others = Files({each.file: each.path for each in sources})
    chosen: dict[str, Source] = {}
    new = files.concerned(sources)
    world, found = World(), list[Finding]()
    while new:  # a file that holds something of the older SDK may pass it on to others
        chosen |= {each.file: each for each in new}
        trees |= {each.file: files.parse(each) for each in new}
        world, found = _walk(sorted(chosen.values(), key=lambda each: each.file), trees, others)
        carriers = [each for each in chosen.values() if world.carries(each.file)]
        new = [each for each in files.beside(sources, carriers) if each.file not in chosen]
    unread = {file: tree for file, tree in trees.items() if isinstance(tree, str)}
    write = "change it so that it can be read as Python 3, then look again"
    for file, why in unread.items():
        if chosen[file].names_it:
            found.append(Finding(file, 1, 1, "unreadable", why, write, (PINS,), end_line=1))
    more = [Skipped(file, why) for file, why in unread.items()]
    return Report(tuple(sorted(found)), tuple(sorted([*skipped, *more])), len(sources) - len(more))


def _walk(sources: Sequence[Source], trees: dict[str, ast.Module | str], others: Files) -> tuple[World, list[Finding]]:
    world = World()
    found: list[Finding] = []
    for _ in range(_MOST_WALKS):
        world.grown = False
        found = []
        for source in sources:
            tree = trees[source.file]
            if isinstance(tree, ast.Module):
                walk = Statements(world, source.file, others, guesses=source.guesses)
                try:
                    found += walk.module(tree)
                except RecursionError:
                    trees[source.file] = "its code is nested too deeply"
        if not world.grown and world.doubts:
            break
        world.doubts |= not world.grown
    return world, found
