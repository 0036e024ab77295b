"""Which files are looked at: those that may have to do with the older SDK, of all that are named."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from warnings import catch_warnings, simplefilter

from attrs import frozen

from messagemedia.migration.finding import Skipped
from messagemedia.migration.names import BY_NAME, DISTRIBUTION, ONLY_OLD, PACKAGE

_LEFT_OUT = frozenset({"__pycache__", "node_modules", "site-packages"})
_NAMES_IT = re.compile(rf"\b{PACKAGE}\b|{DISTRIBUTION}".encode())
_CALLS = re.compile(rf"\b({'|'.join(BY_NAME)})\b".encode())
_ONLY_OLD_CALLS = re.compile(rf"\b({'|'.join(filter(None, ONLY_OLD))})\b".encode())
_IMPORTS = re.compile(rb"^[ \t]*((?:from|import)[ \t]+[^\n(]*(?:\([^)]*\))?)", re.MULTILINE)
_WORD = re.compile(rb"\w+")
_OURS = re.compile(rb"^\s*(from|import)\s+messagemedia\b", re.MULTILINE)


@frozen(slots=False)
class Source:
    """A file that was read.

    Attributes:
        file: Its name.
        content: What it holds.
        path: By what it may be imported, with dots.
    """

    file: str
    content: bytes
    path: str

    @property
    def names_it(self) -> bool:
        """Whether it names the older SDK."""
        return bool(_NAMES_IT.search(self.content))

    @cached_property
    def imports(self) -> frozenset[bytes]:
        """The words in its imports, among them the names of files that it imports."""
        return frozenset(word for line in _IMPORTS.findall(self.content) for word in _WORD.findall(line))

    @property
    def stem(self) -> bytes:
        """The last part of the name by which it is imported."""
        return self.path.rpartition(".")[2].encode()

    @property
    def guesses(self) -> bool:
        """Whether a call with a name of the older SDK is one of it, even if nothing else says so."""
        return not _OURS.search(self.content)


def read(paths: Iterable[str | os.PathLike[str]]) -> tuple[list[Source], list[Skipped]]:
    """Read all files of Python at some paths; folders with all that is below them.

    Raises:
        FileNotFoundError: If there is nothing at a path.
    """
    sources: dict[str, Source] = {}
    skipped: list[Skipped] = []
    for path in paths:
        top = Path(path)
        if not top.exists():
            raise FileNotFoundError(2, "No such file or folder", str(path))
        for each in _files(top, skipped):
            relative = each.relative_to(top if top.is_dir() else top.parent)
            dotted = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
            try:
                sources.setdefault(str(each), Source(str(each), each.read_bytes(), dotted))
            except OSError as error:
                skipped.append(Skipped(str(each), f"it can't be read: {error.strerror or error}"))
    return list(sources.values()), skipped


def _files(top: Path, skipped: list[Skipped]) -> Iterator[Path]:
    if top.is_file():
        if top.suffix == ".py":
            yield top
        else:
            skipped.append(Skipped(str(top), "it is not a .py file"))
        return
    for folder, folders, names in os.walk(top):
        for name in list(folders):
            below = Path(folder, name)
            if name in _LEFT_OUT or name.startswith(".") or (below / "pyvenv.cfg").exists():
                folders.remove(name)
            elif name == PACKAGE:
                folders.remove(name)
                skipped.append(Skipped(str(below), "it is a copy of the older SDK: remove it when nothing uses it"))
        folders.sort()
        yield from (Path(folder, name) for name in sorted(names) if name.endswith(".py"))


def concerned(sources: Iterable[Source]) -> list[Source]:
    """The files that name the older SDK, and those with calls of its names, if there are any of the first kind."""
    found = [each for each in sources if each.names_it]
    if any(PACKAGE.encode() in each.content for each in found):
        known = {each.file for each in found}
        rest = [each for each in sources if each.file not in known]
        found += [each for each in rest if (_CALLS if each.guesses else _ONLY_OLD_CALLS).search(each.content)]
    return found


def beside(sources: Iterable[Source], carriers: Collection[Source]) -> list[Source]:
    """The files that import one of some others, or that these import."""
    stems = {each.stem for each in carriers} - {b"", b"__main__"}
    imported = frozenset[bytes]().union(*(each.imports for each in carriers))
    return [each for each in sources if stems & each.imports or each.stem in imported]


def parse(source: Source) -> ast.Module | str:
    """The code of a file, or why it can't be read as Python 3."""
    try:
        with catch_warnings():
            simplefilter("ignore")  # an odd escape in somebody's text is not what is asked about
            return ast.parse(source.content)
    except SyntaxError as error:
        return f"it is not Python {sys.version_info[0]}.{sys.version_info[1]}: line {error.lineno or 1}, {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"it can't be read as Python: {str(error) or type(error).__name__}"
