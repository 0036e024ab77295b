"""What an expression may be, and what of it is the older SDK's."""

from __future__ import annotations

import ast
import re
from abc import abstractmethod

from attrs import evolve

from messagemedia.migration import changes, imports, times
from messagemedia.migration.models import Attributes
from messagemedia.migration.names import BY_NAME, DISTRIBUTION, LISTS, PACKAGE
from messagemedia.migration.values import NOTHING, UNKNOWN, Thing, Value, of, one

_PATH_OF_CALL = re.compile(rf"[A-Za-z_][\w.]*\.({'|'.join(BY_NAME)})\Z")  # as it is patched in tests
_JOINED = (ast.List, ast.Tuple, ast.Set, ast.BoolOp, ast.IfExp, ast.Starred, ast.FormattedValue)


class Expressions(Attributes):
    """The part of a walk that goes through expressions.

    A list is what its items are, and a dict what its values are: who takes one of them out, has one of these.
    """

    @abstractmethod
    def call(self, node: ast.Call) -> Value:
        """What a call returns."""

    def value(  # noqa: C901, PLR0911, PLR0912  # a line for each kind of node
        self, node: ast.expr | None, *, used: bool = False
    ) -> Value:
        """What an expression may be; everything in it is looked at, too.

        Args:
            node: The expression.
            used: Whether it is part of another one that is reported as a whole.
        """
        match node:
            case None:
                return NOTHING
            case ast.Name():
                return self._name(node, used=used)
            case ast.Attribute():
                return self.attribute(node, used=used)
            case ast.Call():
                return self.call(node)
            case ast.Constant():
                return self._constant(node)
            case ast.Subscript():
                return self._subscript(node)
            case ast.Lambda():
                return self._lambda(node)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(node)
            case ast.Dict():
                return self._dict(node)
            case ast.Compare():
                return self._compare(node)
            case ast.NamedExpr():
                value = self.value(node.value)
                self.bind(node.target.id, value)
                return value
            case ast.Await() | ast.YieldFrom():
                return self.value(node.value)
            case ast.Yield():
                self.learn_return(self.value(node.value))
                return UNKNOWN
            case ast.BinOp():
                both = self.value(node.left) | self.value(node.right)
                return frozenset(each for each in both if each.sort in ("time", "instance")) or UNKNOWN
            case _:
                return self._parts(node)

    def _parts(self, node: ast.expr) -> Value:
        parts = [self.value(each) for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
        return frozenset[Thing]().union(*parts) if isinstance(node, _JOINED) else UNKNOWN

    def learn_return(self, value: Value) -> None:
        """Note what the function that is being walked through returns."""
        if self.place.function:
            self.world.learn(self.place.function, "return", value)

    def _name(self, node: ast.Name, *, used: bool) -> Value:
        value = self.look_up(node.id)
        if not used:
            self.report_names(node, value)
        return value

    def _constant(self, node: ast.Constant) -> Value:
        if not isinstance(node.value, str):
            return NOTHING if node.value is None else UNKNOWN
        if PACKAGE in node.value or (self.guesses and _PATH_OF_CALL.match(node.value)):
            self.report("text", node, "the name of what replaces it", perhaps=True)
        elif node.value.startswith(DISTRIBUTION):
            self.report("text", node, "messagemedia", (changes.PINS,), perhaps=True)
        place = f"{self.file}:{node.lineno}:{node.col_offset}"
        self.world.literals[place] = node.value
        return one("literal", place) | times.of_text(node.value)

    def _subscript(self, node: ast.Subscript) -> Value:
        value = self.value(node.value, used=True)
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(key, str):
            return self.item(node, value, key)
        if isinstance(node.ctx, ast.Load):
            self.report_names(node.value, value)
        self.value(node.slice)
        return value

    def item(self, node: ast.expr, value: Value, key: str) -> Value:
        """What is found under a key, which 1.x needs for what this package has attributes for."""
        if results := of(value, "result"):
            self.report("result", node, f"the attribute: .{key}", (changes.OBJECTS,))
            return one("moment") if key in times.FIELDS else one("result", LISTS.get(key, results[0]))
        return value

    def _lambda(self, node: ast.Lambda) -> Value:
        name = f"{self.place.scope}:<lambda {node.lineno}:{node.col_offset}>"
        self.world.functions[name] = node
        names = {
            each.arg: self.world.known(name, each.arg) or UNKNOWN
            for each in ast.walk(node.args)
            if isinstance(each, ast.arg)
        }
        place = evolve(
            self.place, scope=name, outer=(self.place.scope, *self.place.outer), owner="", function=name, awaited=False
        )
        with self.inside(place, {**self.names, **names}):
            self.learn_return(self.value(node.body))
        return one("function", name)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Value:
        before = dict(self.names)
        for each in node.generators:
            self.store(each.target, self.value(each.iter), None)
            for test in each.ifs:
                self.value(test)
        if isinstance(node, ast.DictComp):
            self.value(node.key)
            value = self.value(node.value)
        else:
            value = self.value(node.elt)
        self.names = before
        return value

    def _dict(self, node: ast.Dict) -> Value:
        values: list[Value] = []
        for key, each in zip(node.keys, node.values, strict=True):
            value = self.value(each)
            self.value(key)
            if isinstance(key, ast.Constant) and key.value in times.SENT:
                self.check_time(each, value)
            values.append(value)
        return frozenset[Thing]().union(*values)

    def _compare(self, node: ast.Compare) -> Value:
        sides = [self.value(each) for each in (node.left, *node.comparators)]
        if any(of(each, "empty") for each in sides):
            self.report("result", node, "`is None`, or nothing: an error is raised if it fails", (changes.NONE,))
        return UNKNOWN

    def annotated(self, node: ast.expr | None) -> Value:
        """What something is that has an annotation: instances of the classes in it."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                parsed = ast.parse(node.value.strip(), mode="eval").body
            except (SyntaxError, ValueError):
                return NOTHING
            for each in ast.walk(parsed):
                ast.copy_location(each, node)
            return self.annotated(parsed)
        match node:
            case None:
                return NOTHING
            case ast.Subscript() | ast.BinOp() | ast.Tuple():
                parts = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
                return frozenset[Thing]().union(*map(self.annotated, parts))
            case _:
                value = self.value(node)
        made = [self.made(name) for name in of(value, "class")]
        return frozenset[Thing]().union(*made, *(one("self", name) for name in of(value, "type")))

    @abstractmethod
    def store(self, target: ast.expr, value: Value, node: ast.expr | None) -> None:
        """Let a target mean a value; `node` is the expression that it is, if there is one."""

    def imported(self, module: str) -> Value:
        """What a module is, by its full name."""
        if imports.is_old(module):
            return one("module", module)
        found = self.files.find(module, 0, self.file)
        return one("file", found) if found else one("external", module)
