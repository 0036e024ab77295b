"""What both halves of the walk through a file use: where it is, what names mean there, and what was found."""

from __future__ import annotations

import ast
from collections.abc import Generator
from contextlib import contextmanager

from attrs import evolve, frozen

from messagemedia.migration import advice
from messagemedia.migration.changes import BLOCKING, Change
from messagemedia.migration.finding import Finding, FindingKind
from messagemedia.migration.imports import Files
from messagemedia.migration.values import NOTHING, UNKNOWN, Value, World

Names = dict[str, Value]


@frozen
class Place:
    """Where the walk is.

    Attributes:
        scope: The module, class or function, by a name that begins with the file's.
        outer: The functions and the module around it, the innermost first, whose names it can use.
        owner: The class whose body this is; empty elsewhere.
        function: The function that is run here; empty in the body of a module.
        awaited: Whether that function is a coroutine.
        repeats: Whether a loop that may be one of retries is around it.
        catches: Whether, inside of that loop, errors are caught.
    """

    scope: str
    outer: tuple[str, ...] = ()
    owner: str = ""
    function: str = ""
    awaited: bool = False
    repeats: bool = False
    catches: bool = False


class Walker:
    """One walk through one file.

    Attributes:
        world: What is known of all files.
        file: The file.
        files: The other files.
        guesses: Whether calls that have a name of the older SDK, on objects of which nothing is known, are listed.
        place: Where the walk is.
        names: What the names that were bound here mean at this moment.
        found: What was found, by place and kind.
        bases: What the attributes that were looked at are attributes of, by the node's identity.
        shared: The scopes of names that were declared `global` or `nonlocal`, by the scopes that did.
        sends: How many calls that send messages were met.
    """

    def __init__(self, world: World, file: str, files: Files, *, guesses: bool) -> None:
        self.world, self.file, self.files, self.guesses = world, file, files, guesses
        self.place = Place(file)
        self.names: Names = {}
        self.found: dict[tuple[int, int, str], Finding] = {}
        self.bases: dict[int, Value] = {}
        self.shared: dict[tuple[str, str], str] = {}
        self.sends: int = 0

    def look_up(self, name: str) -> Value:
        """What a name means here."""
        if name in self.names:
            return self.names[name]
        for scope in self.place.outer:
            if value := self.world.known(scope, name):
                return value
        return self.world.known(self.place.scope, name) or UNKNOWN

    def bind(self, name: str, value: Value) -> None:
        """Let a name mean something from here on."""
        self.names[name] = value
        self.world.learn(self.place.scope, name, value)
        if self.place.owner:
            self.world.learn(f"{self.place.owner}.", name, value)

    def also(self, name: str, value: Value) -> None:
        """Let a name mean something more where it was bound, as a list does to which something is added."""
        outer = [scope for scope in self.place.outer if self.world.has(scope, name)]
        if name in self.names or not outer:
            self.bind(name, self.names.get(name, NOTHING) | value)
        else:
            self.world.learn(outer[0], name, value)

    @contextmanager
    def inside(self, place: Place, names: Names) -> Generator[None]:
        """Walk somewhere else for a while."""
        before = self.place, self.names
        self.place, self.names = place, names
        try:
            yield
        finally:
            self.place, self.names = before

    @contextmanager
    def under(self, *, repeats: bool = False, catches: bool = False) -> Generator[None]:
        """Walk inside of a loop or of what catches errors."""
        before = self.place
        self.place = evolve(
            before, repeats=before.repeats or repeats, catches=before.catches or (catches and before.repeats)
        )
        try:
            yield
        finally:
            self.place = before

    def report(
        self,
        kind: FindingKind,
        node: ast.expr | ast.stmt | ast.ExceptHandler | ast.alias,
        write: str,
        changes: tuple[Change, ...] = (),
        *,
        perhaps: bool = False,
        stands: str = "",
    ) -> None:
        """Note a place."""
        self.found[node.lineno, node.col_offset, kind] = Finding(
            self.file,
            node.lineno,
            node.col_offset + 1,
            kind,
            stands or advice.shown(node),
            write,
            changes,
            perhaps=perhaps,
            end_line=node.end_lineno or node.lineno,
        )

    def report_blocking(self, node: ast.Call, *, sends: bool, perhaps: bool = False) -> None:
        """Note that a call blocks: where it is awaited for, or for whoever calls this function."""
        if self.place.awaited:
            write = "AsyncClient in place of Client, and await; or await asyncio.to_thread(…)"
            self.report("blocking call", node, write, (BLOCKING,), perhaps=perhaps)
        else:
            self.world.note(self.world.blocking, self.place.function)
        if sends:
            self.world.note(self.world.sending, self.place.function)
