"""What is known of the names of programs: values, as far as the older SDK is concerned, and where they may be found.

A value is a set of things that an expression may be. What nobody knows is `OTHER`; an expression of which nothing is
known at all has no thing in its set.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Thing(NamedTuple):
    """One thing that an expression may be.

    Attributes:
        sort: What it is: `module`, `class`, `instance`, `method`, `member` (of `APIHelper`), `models` (a list of them),
            `result`, `results` (a list), `empty` and `moment` are the older SDK's. `function`, `type`, `self` (an
            instance) and `file` are the program's own. `external` is of another package, `literal` a text that stands
            somewhere, `time` a time, by its zone: `aware`, `naive` or `text`.
        name: Which one.
    """

    sort: str
    name: str


Value = frozenset[Thing]

OTHER = Thing("other", "")
NOTHING: Value = frozenset()
UNKNOWN: Value = frozenset({OTHER})
OLD = frozenset({"module", "class", "instance", "method", "member", "models", "result", "results", "empty", "moment"})


def one(sort: str, name: str = "") -> Value:
    """A value that is known to be one thing."""
    return frozenset({Thing(sort, name)})


def of(value: Value, *sorts: str) -> list[str]:
    """The names of the things of some sorts, in order."""
    return sorted(each.name for each in value if each.sort in sorts)


def certain(value: Value) -> bool:
    """Whether it can only be of the older SDK."""
    return all(each.sort in OLD for each in value)


class World:
    """What is known of all files; it only grows, so that going through them again and again comes to an end.

    Attributes:
        grown: Whether anything was learnt since this was last set to False.
        doubts: Whether it is learnt, too, that nobody knows what something is. That comes last, when all that can be
            known is known: what is only not known yet would look the same.
        functions: Functions by their names, which begin with the file's.
        bases: What the classes of the program are made of.
        literals: Texts by the place where they stand.
        blocking: The functions that call the older SDK, directly or through others, and are not awaited.
        sending: Those of them that send messages.
    """

    def __init__(self) -> None:
        self.grown = self.doubts = False
        self.functions: dict[str, FunctionNode] = {}
        self.bases: dict[str, Value] = {}
        self.literals: dict[str, str] = {}
        self.blocking: set[str] = set()
        self.sending: set[str] = set()
        self._values: dict[tuple[str, str], Value] = defaultdict(frozenset)

    def learn(self, where: str, name: str, value: Iterable[Thing]) -> None:
        """Add what a name may be: in a scope, of a class, among a function's parameters or what it returns."""
        before = self._values[where, name]
        after = before | (frozenset(value) if self.doubts else frozenset(value) - UNKNOWN)
        if after != before:
            self._values[where, name] = after
            self.grown = True

    def known(self, where: str, name: str) -> Value:
        """What a name may be there; nothing if it was never met."""
        return self._values.get((where, name), NOTHING)

    def has(self, where: str, name: str) -> bool:
        """Whether a name was ever bound there, be it to something of which nothing is known."""
        return (where, name) in self._values

    def carries(self, file: str) -> bool:
        """Whether something of the older SDK was met in a file."""
        within = f"{file}:", f"{file}."
        return any(
            any(each.sort in OLD for each in value)
            for (where, _), value in self._values.items()
            if where == file or where.startswith(within)
        )

    def names_of(self, where: str) -> list[tuple[str, Value]]:
        """All names of a scope that may be something, for `from … import *`."""
        return [(name, value) for (scope, name), value in self._values.items() if scope == where and name[0] != "_"]

    def note(self, functions: set[str], name: str) -> None:
        """Add a function to `blocking` or `sending`."""
        if name and name not in functions:
            functions.add(name)
            self.grown = True

    def attribute(self, owner: str, name: str, seen: frozenset[str] = frozenset()) -> Value:
        """What an attribute of a class or its instances is, by its own body or that of its bases."""
        found = self.known(f"{owner}.", name)
        for base in of(self.bases.get(owner, NOTHING), "type"):
            if not found and base not in seen:
                found = self.attribute(base, name, seen | {owner})
        return found

    def old_bases(self, owner: str, seen: frozenset[str] = frozenset()) -> list[str]:
        """The classes of the older SDK that a class is made of."""
        value = self.bases.get(owner, NOTHING)
        deeper = [self.old_bases(base, seen | {owner}) for base in of(value, "type") if base not in seen | {owner}]
        return of(value, "class") + [name for names in deeper for name in names]
