"""What an import means: the older SDK, another file of the program, or a package of somebody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from messagemedia.migration.names import CLASSES, CLASSES_BY_NAME, PACKAGE, OldClass
from messagemedia.migration.values import Value, one


def _with_packages(module: str) -> set[str]:
    """A module, and the packages around it."""
    parts = module.split(".")
    return {".".join(parts[:count]) for count in range(1, len(parts) + 1)}


_MODULES = frozenset(name for each in CLASSES for name in _with_packages(f"{PACKAGE}.{each.module}"))


def is_old(module: str) -> bool:
    """Whether a module is one of the older SDK, known or not."""
    return module == PACKAGE or module.startswith(f"{PACKAGE}.")


def member(module: str, name: str) -> Value:
    """What a name of a module of the older SDK is; a class is known wherever it was imported to."""
    if name in CLASSES_BY_NAME:
        return one("class", name)
    return one("module", f"{module}.{name}")


def classes_of(module: str) -> Iterator[OldClass]:
    """The classes of a module, and the modules below it, for `from … import *`."""
    for each in CLASSES:
        if f"{PACKAGE}.{each.module}" == module or each.name == "APIHelper":
            yield each


def modules_of(module: str) -> Iterator[str]:
    """The modules right below a package of the older SDK."""
    for each in sorted(_MODULES):
        package, _, name = each.rpartition(".")
        if package == module:
            yield name


def is_known(module: str) -> bool:
    """Whether the older SDK has this module in one of its generations."""
    return module in _MODULES


class Files:
    """The files of the program under the names by which they can be imported."""

    def __init__(self, paths: Mapping[str, str]) -> None:
        """Take the files, each with its path as parts with dots between them."""
        self._files = {path: file for file, path in paths.items()}
        self._paths = dict(paths)
        self._ends: dict[str, str] = {}
        for path, file in self._files.items():
            parts = path.split(".")
            for first in range(len(parts)):
                self._ends.setdefault(".".join(parts[first:]), file)

    def find(self, module: str, level: int, importer: str) -> str | None:
        """The file that an import means; None if it is somebody else's.

        Args:
            module: What is imported, without the dots before it.
            level: The number of dots before it.
            importer: The file that imports it.
        """
        if not module:
            return None
        package = self._paths[importer].rpartition(".")[0]
        for _ in range(level - 1):
            package = package.rpartition(".")[0]
        beside = f"{package}.{module}".lstrip(".")
        if level or beside in self._files:
            return self._files.get(beside)
        return self._ends.get(module)
