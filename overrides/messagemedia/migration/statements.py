"""The walk through statements: what names are bound to, branch by branch, and what handles the older SDK's errors."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from attrs import evolve

from messagemedia.migration import advice, changes
from messagemedia.migration.finding import Finding
from messagemedia.migration.importing import Importing
from messagemedia.migration.names import CLASSES_BY_NAME
from messagemedia.migration.values import NOTHING, OTHER, UNKNOWN, Thing, Value, certain, of, one
from messagemedia.migration.walker import Names

_RETRIES = re.compile(r"retry|retries|backoff", re.IGNORECASE)
_OTHERS_ERRORS = re.compile(r"(requests|urllib3)\b")
_CAUGHT_NOW = "except MessageMediaError: nothing of `requests` is raised any more"
_CARE = "except OutcomeUnknownError before it: do not send again there. It would be caught here, too"


class Statements(Importing):
    """A walk through a whole file."""

    def module(self, tree: ast.Module) -> list[Finding]:
        """Walk through a file, and return what was found in it."""
        self._run(tree.body)
        self.report_keys()
        found = list(self.found.values())
        if any(each.kind != "naive time" for each in found):
            return found
        # Nothing here says that these times are for the older SDK: but another file may send them.
        return [evolve(each, perhaps=True) for each in found] if self.guesses else []

    def _run(self, body: Iterable[ast.stmt]) -> None:
        for each in body:
            self._statement(each)

    def _statement(self, node: ast.stmt) -> None:  # noqa: C901, PLR0912  # a line for each kind of node
        match node:
            case ast.Import() | ast.ImportFrom():
                self.import_names(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node)
            case ast.ClassDef():
                self._class(node)
            case ast.Assign():
                value = self.value(node.value)
                for target in node.targets:
                    self.store(target, value, node.value)
            case ast.AnnAssign():
                value, annotated = self.value(node.value), self.annotated(node.annotation)
                self.store(node.target, annotated or value, node.value)
            case ast.AugAssign():
                self.store(node.target, self.value(node.value) | self.value(node.target), node.value)
            case ast.Return():
                self.learn_return(self.value(node.value))
            case ast.For() | ast.AsyncFor():
                self._loop(node, node.iter, repeats=_counts(node.iter))
            case ast.While():
                self._loop(node, node.test, repeats=True)
            case ast.If():
                self.value(node.test)
                self._branches([node.body, node.orelse])
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    value = self.value(item.context_expr)
                    if item.optional_vars:
                        self.store(item.optional_vars, value, item.context_expr)
                self._run(node.body)
            case ast.Try() | ast.TryStar():
                self._try(node)
            case ast.Match():
                self.value(node.subject)
                self._branches([case.body for case in node.cases] + [[]])
            case ast.Global() | ast.Nonlocal():
                self._share(node)
            case ast.Expr(value=ast.Constant()):
                pass  # a docstring may name what it likes
            case _:
                for each in ast.iter_child_nodes(node):
                    if isinstance(each, ast.expr):
                        self.value(each)

    # --- functions and classes ---------------------------------------------------------------------------------------

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        owner, name = self.place.owner, f"{self.place.scope}:{node.name}"
        self.world.functions[name] = node
        decorators = [(each, self.value(each)) for each in node.decorator_list]
        texts = [advice.shown(each) for each, _ in decorators]
        for each, _ in decorators:
            if name in self.world.sending and _RETRIES.search(advice.shown(each)):
                write = "retry after NotSentError or RateLimitError only"
                self.report("retry", each, write, (changes.UNKNOWN,), perhaps=True)
        names = self._parameters(node, name, static=any("staticmethod" in each for each in texts))
        outer = self.place.outer if owner else (self.place.scope, *self.place.outer)
        place = evolve(
            self.place, scope=name, outer=outer, owner="", function=name, repeats=False, catches=False,
            awaited=isinstance(node, ast.AsyncFunctionDef),
        )  # fmt: skip
        with self.inside(place, names):
            self._run(node.body)
        is_property = any(each.endswith("property") for each in texts)
        self.bind(node.name, self.world.known(name, "return") if is_property else one("function", name))

    def _parameters(self, node: ast.FunctionDef | ast.AsyncFunctionDef, function: str, *, static: bool) -> Names:
        names: Names = {}
        arguments = [*node.args.posonlyargs, *node.args.args]
        defaults: list[ast.expr | None] = [None] * (len(arguments) - len(node.args.defaults)) + [*node.args.defaults]
        pairs = [*zip(arguments, defaults, strict=True), *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]
        for argument, default in pairs:
            given = self.value(default) | self.world.known(function, f"argument {argument.arg}")
            names[argument.arg] = self.annotated(argument.annotation) or given or UNKNOWN
        for extra in (node.args.vararg, node.args.kwarg):
            if extra:
                names[extra.arg] = UNKNOWN
        self.annotated(node.returns)
        if node.returns:
            self.world.learn(function, "return", self.annotated(node.returns))
        if self.place.owner and arguments and not static:
            by_class = any("classmethod" in advice.shown(each) for each in node.decorator_list)
            names[arguments[0].arg] = one("type" if by_class else "self", self.place.owner)
        for name, value in names.items():
            self.world.learn(function, name, value)
        return names

    def _class(self, node: ast.ClassDef) -> None:
        name = f"{self.place.scope}:{node.name}"
        bases = frozenset[Thing]().union(*(self.value(each) for each in node.bases))
        self.world.bases[name] = self.world.bases.get(name, NOTHING) | bases
        for each in (*node.decorator_list, *(keyword.value for keyword in node.keywords)):
            self.value(each)
        self.bind(node.name, one("type", name))
        outer = (self.place.scope, *self.place.outer)
        with self.inside(evolve(self.place, scope=name, outer=outer, owner=name, function=""), {}):
            self._run(node.body)

    def _share(self, node: ast.Global | ast.Nonlocal) -> None:
        for name in node.names:
            self.shared[self.place.scope, name] = self.file if isinstance(node, ast.Global) else self.place.outer[0]

    # --- what is bound -----------------------------------------------------------------------------------------------

    def store(self, target: ast.expr, value: Value, node: ast.expr | None) -> None:
        """Let a target mean a value; `node` is the expression that it is, if there is one."""
        match target:
            case ast.Name():
                self.bind(target.id, value)
                if scope := self.shared.get((self.place.scope, target.id)):
                    self.world.learn(scope, target.id, value)
            case ast.Tuple() | ast.List():
                parts = (
                    node.elts if isinstance(node, ast.Tuple | ast.List) and len(node.elts) == len(target.elts) else None
                )
                for index, each in enumerate(target.elts):
                    self.store(each, self.value(parts[index]) if parts else value, parts[index] if parts else None)
            case ast.Starred():
                self.store(target.value, value, None)
            case ast.Subscript():
                self._store_item(target, value, node)
            case ast.Attribute():
                self._store_attribute(target, value, node)
            case _:
                pass

    def _store_item(self, target: ast.Subscript, value: Value, node: ast.expr | None) -> None:
        self.value(target.slice)
        key = target.slice.value if isinstance(target.slice, ast.Constant) else None
        if key in ("scheduled", "message_expiry_timestamp"):
            self.check_time(node or target, value)
        if isinstance(target.value, ast.Name):
            self.also(target.value.id, value)
        else:
            self.store(target.value, value, None)

    def _store_attribute(self, target: ast.Attribute, value: Value, node: ast.expr | None) -> None:
        base = self.value(target.value, used=True)
        for thing in base:
            if thing.sort in ("instance", "class"):
                self.assign(target, thing.name, value, node, perhaps=not certain(base))
            elif thing.sort in ("self", "type"):
                self.world.learn(f"{thing.name}.", target.attr, value)
            elif thing.sort == "file":
                self.world.learn(thing.name, target.attr, value)
        if not certain(base) and any(each.sort in ("module", "class", "instance", "method") for each in value):
            self.world.learn("anywhere", target.attr, value)

    # --- branches ----------------------------------------------------------------------------------------------------

    def _branches(self, bodies: Sequence[Iterable[ast.stmt]]) -> None:
        before, after = self.names, list[Names]()
        for body in bodies:
            self.names = dict(before)
            self._run(body)
            after.append(self.names)
        self.names = _joined(after)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, over: ast.expr, *, repeats: bool) -> None:
        value = self.value(over)
        for _ in range(2):  # the second turn meets what the first one has bound
            before = dict(self.names)
            if not isinstance(node, ast.While):
                self.store(node.target, value, None)
            with self.under(repeats=repeats):
                self._run(node.body)
            self.names = _joined([before, self.names])
            if self.names == before:
                break
        self._run(node.orelse)

    def _try(self, node: ast.Try | ast.TryStar) -> None:
        sends, found = self.sends, len(self.found)
        before = dict(self.names)
        with self.under(catches=bool(node.handlers)):
            self._run(node.body)
        called = len(self.found) > found or self.sends > sends
        whole = self.names
        ends = [whole]
        for handler in node.handlers:
            self.names = _joined([before, whole])
            self._handler(handler, sends=self.sends > sends, called=called)
            ends.append(self.names)
        self.names = dict(whole)
        self._run(node.orelse)
        ends[0] = self.names
        self.names = _joined(ends)
        self._run(node.finalbody)

    def _handler(self, node: ast.ExceptHandler, *, sends: bool, called: bool) -> None:
        types = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        value = frozenset[Thing]().union(*(self.value(each, used=True) for each in types))
        caught = value or UNKNOWN
        old = [CLASSES_BY_NAME[name] for name in of(value, "class")]
        if old:
            texts = dict.fromkeys(each.write.strip("()") for each in old)
            several = ", ".join(texts)
            write = f"except {several if len(old) == 1 and ',' not in several else f'({several})'}"
            differs = tuple(dict.fromkeys(change for each in old for change in each.changes))
            self.report("exception", node, write, differs, perhaps=not certain(value - {OTHER}))
            caught = frozenset[Thing]().union(*(one("instance", each.name) for each in old))
        elif called and any(_OTHERS_ERRORS.match(name) for name in of(value, "external")):
            self.report("exception", node, _CAUGHT_NOW, (changes.UNKNOWN,), perhaps=True)
        elif sends and (node.type is None or advice.shown(node.type) in ("Exception", "BaseException")):
            self.report("exception", node, _CARE, (changes.UNKNOWN,), perhaps=True)
        if node.name:
            self.bind(node.name, caught)
        self._run(node.body)


def _joined(branches: Sequence[Names]) -> Names:
    """What names mean where branches meet."""
    names = {name for branch in branches for name in branch}
    return {name: frozenset[Thing]().union(*(branch.get(name, NOTHING) for branch in branches)) for name in names}


def _counts(over: ast.expr) -> bool:
    """Whether a loop counts attempts, and does not go through recipients."""
    return isinstance(over, ast.Call) and isinstance(over.func, ast.Name) and over.func.id in ("range", "count")
