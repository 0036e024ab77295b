"""What a call returns, and what is written instead of one of the older SDK's."""

from __future__ import annotations

import ast
import json
from typing import Any, cast

from messagemedia.migration import advice, changes, imports, times
from messagemedia.migration.expressions import Expressions
from messagemedia.migration.finding import FindingKind
from messagemedia.migration.names import BY_NAME, CLASSES_BY_NAME
from messagemedia.migration.values import NOTHING, UNKNOWN, Thing, Value, certain, of, one

Keywords = dict[str | None, ast.expr]
_PASS_ON = frozenset({
    "list", "tuple", "set", "sorted", "reversed", "iter", "next", "enumerate", "zip", "filter", "chain",  "copy",
    "deepcopy", "partial", "closing", "nullcontext", "enter_context",
})  # fmt: skip
"""Functions whose results have of the older SDK what they are given."""
_DYNAMIC = frozenset({"getattr", "setattr", "import_module", "__import__"})
_ADDS = frozenset({"append", "add", "extend", "insert", "setdefault"})
_SAME = frozenset({"get", "values", "items", "pop", "copy", "setdefault", "__enter__"})


class Calls(Expressions):
    """The part of a walk that goes through calls."""

    def call(self, node: ast.Call) -> Value:
        """What a call returns."""
        keywords: Keywords = {each.arg: each.value for each in node.keywords}
        if (dynamic := self._dynamic(node)) is not None:
            return dynamic
        function = self.value(node.func, used=True)
        arguments = [self.value(each) for each in node.args]
        named = {name: self.value(each) for name, each in keywords.items()}
        found: set[Thing] = set()
        for thing in function:
            perhaps = not certain(function)
            match thing.sort:
                case "class":
                    found |= self._construct(thing.name, node, keywords, arguments, named, perhaps=perhaps)
                case "method":
                    found |= self._operation(thing.name, node, keywords, perhaps=perhaps)
                case "member":
                    found |= self._member(thing.name)
                case "function":
                    found |= self._own(thing.name, node, arguments, named, bound=isinstance(node.func, ast.Attribute))
                case "type":
                    self._bind(f"{thing.name}:__init__", arguments, named, bound=True)
                    found |= one("self", thing.name)
                    for base in self.world.old_bases(thing.name):
                        self._construct(base, node, keywords, arguments, named, perhaps=False)
                case "external":
                    found |= self._external(thing.name, node, keywords, arguments)
                case _:
                    pass
        return frozenset(found) or self._of_method(node, keywords, arguments) or UNKNOWN

    def _dynamic(self, node: ast.Call) -> Value | None:
        """What `getattr(x, "name")`, `setattr(…)` and `import_module("name")` do, as if they were written plainly."""
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in _DYNAMIC:
            return None
        texts = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if name in ("import_module", "__import__") and texts and imports.is_old(texts[0]):
            self.report("import", node, "import messagemedia")
            return one("module", texts[0])
        if not name.endswith("attr") or len(node.args) < 2:
            return None
        plain = ast.Attribute(
            node.args[0], texts[0] if texts else "…", ast.Load() if name == "getattr" else ast.Store()
        )
        ast.copy_location(plain, node)
        if texts and name == "getattr":
            return self.value(plain)
        if texts and len(node.args) == 3:
            self.store(plain, self.value(node.args[2]), node.args[2])
            return UNKNOWN
        base = self.value(node.args[0], used=True)
        if of(base, "instance", "class"):
            write = "a method by its name: which one is called can't be seen here"
            self.report("call", node, write, perhaps=True)
        return UNKNOWN

    def _construct(
        self, name: str, node: ast.Call, keywords: Keywords, arguments: list[Value], named: dict[str | None, Value],
        *, perhaps: bool,
    ) -> Value:  # fmt: skip
        each = CLASSES_BY_NAME[name]
        write, kind = each.write, cast("FindingKind", each.category)
        if each.category == "client":
            write = advice.of_client(node.args, keywords)
            for value in (*arguments[:2], *(named.get(key, NOTHING) for key in ("auth_user_name", "auth_password"))):
                self.check_key(value)
        elif each.category == "model":
            write = advice.of_model(name, keywords)
            for field in times.SENT & {key for key in keywords if key}:
                self.check_time(keywords[field], named[field])
        self.report(kind, node, write, each.changes, perhaps=perhaps)
        return self.made(name)

    def _operation(self, name: str, node: ast.Call, keywords: Keywords, *, perhaps: bool) -> Value:
        operation = BY_NAME[name]
        takes = (operation.body is not None) + ("message_id" in operation.short)
        account = "account_header" in keywords or len(node.args) > takes
        receiver = advice.receiver_of(node.func)
        write = advice.of_operation(operation, receiver, account=account, awaited=self.place.awaited)
        self.report("call", node, write, operation.changes, perhaps=perhaps)
        self.report_blocking(node, sends=operation.sends, perhaps=perhaps)
        self.sends += operation.sends
        if operation.sends and self.place.catches:
            write = "leave the loop on OutcomeUnknownError, and send again only after NotSentError or RateLimitError"
            self.report("retry", node, write, (changes.UNKNOWN,), perhaps=True)
        return one("result", operation.returns) if operation.returns else one("empty")

    def _member(self, name: str) -> Value:
        owner, _, method = name.partition(".")
        if method == "from_dictionary":
            return self.made(owner)
        return one("moment") if method.endswith("DateTime") else UNKNOWN

    def _own(
        self, name: str, node: ast.Call, arguments: list[Value], named: dict[str | None, Value], *, bound: bool
    ) -> Value:
        """What a function of the program returns."""
        self._bind(name, arguments, named, bound=bound)
        if name in self.world.blocking:
            self.report_blocking(node, sends=name in self.world.sending)
        self.sends += name in self.world.sending
        return self.world.known(name, "return")

    def _bind(self, name: str, arguments: list[Value], named: dict[str | None, Value], *, bound: bool) -> None:
        function = self.world.functions.get(name)
        if function is None:
            return
        parameters = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        if bound and parameters[:1] in (["self"], ["cls"]):
            del parameters[0]
        for parameter, value in [*zip(parameters, arguments, strict=False), *named.items()]:
            self.world.learn(name, f"argument {parameter}", value)

    def _external(self, name: str, node: ast.Call, keywords: Keywords, arguments: list[Value]) -> Value:
        if found := times.of_call(name, node.args, keywords):
            return found
        last = name.rpartition(".")[2]
        if name in ("os.getenv", "os.environ.get"):
            return arguments[1] if len(arguments) > 1 else NOTHING
        if name.endswith("json.loads") and node.args and isinstance(node.args[0], ast.Constant):
            self._check_json(node, node.args[0])
        if last == "cast" and node.args:
            return self.annotated(node.args[0])
        if last in ("Depends", "run_until_complete"):
            return frozenset[Thing]().union(*(self._returned(each) for each in arguments))
        return frozenset[Thing]().union(*arguments) if last in _PASS_ON else NOTHING

    def _returned(self, value: Value) -> Value:
        known = [self.world.known(name, "return") for name in of(value, "function")]
        made = [one("self", name) for name in of(value, "type")]
        return frozenset[Thing]().union(*known, *made, *(self.made(name) for name in of(value, "class")))

    def _check_json(self, node: ast.Call, text: ast.Constant) -> None:
        """Look at the times in a body that is written as JSON."""
        try:
            decoded: Any = json.loads(str(text.value))
        except ValueError:
            return
        messages: Any = decoded.get("messages") if isinstance(decoded, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        for message in messages if isinstance(messages, list) else []:  # pyright: ignore[reportUnknownVariableType]
            for field in times.SENT & set(cast("dict[str, Any]", message) if isinstance(message, dict) else ()):
                value = times.of_text(str(cast("dict[str, Any]", message)[field]))
                self.check_time(node, value)

    def _of_method(self, node: ast.Call, keywords: Keywords, arguments: list[Value]) -> Value:
        """What is returned by a method of a list, a dict or a time, and by what passes on what it is given."""
        function = node.func
        if not isinstance(function, ast.Attribute):
            passes = isinstance(function, ast.Name) and function.id in _PASS_ON
            return frozenset[Thing]().union(*arguments) if passes else NOTHING
        name = function.attr
        value = self.bases[id(function)]
        if found := times.of_method(value, name, keywords):
            return found
        if name in _ADDS and arguments and of(arguments[-1], "instance", "self", "method", "function"):
            self._add(function.value, arguments[-1])
        key = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
        if name == "get" and isinstance(key, str) and of(value, "result"):
            return self.item(node, value, key)
        if name in _PASS_ON:
            return frozenset[Thing]().union(*arguments)
        return value if name in _SAME else NOTHING

    def _add(self, target: ast.expr, value: Value) -> None:
        if isinstance(target, ast.Name):
            self.also(target.id, value)
        elif isinstance(target, ast.Attribute) and not of(self.value(target.value, used=True), "instance"):
            self.store(target, value, None)
