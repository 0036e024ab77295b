"""What attributes of the older SDK's modules, classes and objects are, and what is written instead."""

from __future__ import annotations

import ast
from abc import abstractmethod

from messagemedia.migration import advice, changes, imports, secrets, times
from messagemedia.migration.finding import FindingKind
from messagemedia.migration.names import (
    BY_NAME,
    CLASSES_BY_NAME,
    ERROR_DETAILS,
    HELPERS,
    LISTS,
    ONLY_OLD,
    RESOURCES,
    SETTINGS,
)
from messagemedia.migration.values import NOTHING, OTHER, UNKNOWN, Thing, Value, certain, of, one
from messagemedia.migration.walker import Walker

_KINDS: dict[str, FindingKind] = {
    "client": "client", "configuration": "configuration", "resource": "resource", "model": "model", "enum": "enum",
    "exception": "exception", "helper": "helper",
}  # fmt: skip
_ADDS = frozenset({"append", "extend", "insert"})


class Attributes(Walker):
    """The part of a walk that knows attributes."""

    @abstractmethod
    def imported(self, module: str) -> Value:
        """What a module or something in it is, by its full name."""

    @abstractmethod
    def value(self, node: ast.expr | None, *, used: bool = False) -> Value:
        """What an expression may be."""

    def attribute(self, node: ast.Attribute, *, used: bool) -> Value:
        """What an attribute is; a use of the older SDK is reported, unless the whole around it will be (`used`)."""
        base = self.bases[id(node)] = self.value(node.value, used=True)
        found: set[Thing] = set()
        for thing in base:
            found |= self._of(thing, node, certain=certain(base), used=used)
        if found and OTHER in base:
            found.add(OTHER)
        name = node.attr
        if not found and name in BY_NAME and (name in ONLY_OLD or self.guesses):
            found = {Thing("method", name), OTHER}
        if not used:
            self.report_names(node, frozenset(found))
        return frozenset(found) or UNKNOWN

    def report_names(self, node: ast.expr, value: Value) -> None:
        """Report a class or a call of the older SDK that is named, and not called there."""
        perhaps = not certain(value)
        for name in of(value, "class"):
            each = CLASSES_BY_NAME[name]
            self.report(_KINDS[each.category], node, each.write, each.changes, perhaps=perhaps)
        for name in of(value, "method"):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                operation = BY_NAME[name]
                receiver = advice.receiver_of(node.value)
                write = f"{receiver}.{operation.short}, or {receiver}.api.{operation.api}"
                self.report("call", node, write, operation.changes, perhaps=perhaps)

    def _of(  # noqa: PLR0911  # a line for each sort
        self, thing: Thing, node: ast.Attribute, *, certain: bool, used: bool
    ) -> Value:
        name = node.attr
        match thing.sort:
            case "module":
                return imports.member(thing.name, name)
            case "class":
                return self._of_class(thing.name, node, perhaps=not certain)
            case "instance":
                return self._of_instance(thing.name, node, perhaps=not certain, used=used)
            case "result":
                return one("moment") if name in times.FIELDS else one("result", LISTS.get(name, thing.name))
            case "moment":
                self.report("result", node, "the time itself: it is a `datetime`", (changes.TIMES_READ,))
                return one("time", "aware")
            case "self" | "type":
                return self._of_own(thing.name, node, perhaps=not certain, used=used)
            case "file":
                below = self.files.find(name, 1, thing.name)
                return self.world.known(thing.name, name) or (one("file", below) if below else NOTHING)
            case "external":
                return self.imported(f"{thing.name}.{name}")
            case "other":
                return frozenset({OTHER, *self.world.known("anywhere", name)}) if self._kept(name) else NOTHING
            case _:
                return NOTHING

    def _kept(self, name: str) -> bool:
        return bool(self.world.known("anywhere", name))

    def _of_class(self, owner: str, node: ast.Attribute, *, perhaps: bool) -> Value:
        each, name = CLASSES_BY_NAME[owner], node.attr
        if each.category == "client":
            return self._of_instance(owner, node, perhaps=perhaps, used=False)
        if each.category == "configuration" and isinstance(node.ctx, ast.Load):
            self.report("configuration", node, SETTINGS.get(name, each.write), each.changes, perhaps=perhaps)
        elif each.category == "enum":
            self.report("enum", node, f"{each.write}.{name}", each.changes, perhaps=perhaps)
        elif each.category == "resource" and name in BY_NAME:
            return one("method", name)
        elif name == "from_dictionary":
            return one("member", f"{owner}.{name}")
        elif each.category == "helper":
            self.report("helper", node, HELPERS.get(name, each.write), each.changes, perhaps=perhaps)
            return one("member", f"{owner}.{name}")
        return UNKNOWN

    def _of_instance(self, owner: str, node: ast.Attribute, *, perhaps: bool, used: bool) -> Value:
        each, name = CLASSES_BY_NAME[owner], node.attr
        match each.category:
            case "client" if name in RESOURCES:
                if not used:
                    self.report("resource", node, self._resource(node), perhaps=perhaps)
                return one("instance", RESOURCES[name])
            case "client":
                return one("class", "Configuration") if name == "config" else NOTHING
            case "resource" if name in BY_NAME:
                return one("method", name)
            case "resource":
                self.report("helper", node, "`Client(http_client=…)` for all requests", perhaps=perhaps)
            case "exception" if name in ERROR_DETAILS:
                self.report("error detail", node, ERROR_DETAILS[name], (changes.ERRORS,), perhaps=perhaps)
            case "model":
                return self._of_model(owner, node, perhaps=perhaps)
            case _:
                pass
        return NOTHING

    def _resource(self, node: ast.Attribute) -> str:
        receiver = advice.shown(node.value) if isinstance(node.value, ast.Name | ast.Attribute) else "client"
        return f"{receiver}.{node.attr}, or {receiver}.api.{node.attr} with the names of the API"

    def _of_model(self, owner: str, node: ast.Attribute, *, perhaps: bool) -> Value:
        name = node.attr
        if name in _ADDS and isinstance(node.value, ast.Attribute):
            write = advice.of_field("SendMessagesRequest", "messages")
            self.report("field", node, write, perhaps=perhaps)
            return UNKNOWN
        if name in LISTS and owner != "Message":
            return self.made(LISTS[name]) if name == "messages" else one("result", LISTS[name])
        return UNKNOWN

    def _of_own(self, owner: str, node: ast.Attribute, *, perhaps: bool, used: bool) -> Value:
        if found := self.world.attribute(owner, node.attr):
            return found
        inherited = [self._of_instance(base, node, perhaps=perhaps, used=used) for base in self.world.old_bases(owner)]
        return frozenset[Thing]().union(*inherited) or self.world.known("anywhere", node.attr)

    # --- what is assigned ----------------------------------------------------------------------------------------

    def made(self, name: str) -> Value:
        """An object of a class of the older SDK: what answers are made of reads as what calls return."""
        each = CLASSES_BY_NAME.get(name)
        answers = each and each.category == "model" and not name.startswith(("Message", "Send", "Confirm", "Cancel"))
        return one("result", each.write) if each and (answers or "Response" in name) else one("instance", name)

    def assign(self, target: ast.Attribute, owner: str, value: Value, node: ast.expr | None, *, perhaps: bool) -> None:
        """Report what is assigned to an attribute of an object or class of the older SDK."""
        each, name = CLASSES_BY_NAME[owner], target.attr
        if each.category == "configuration" or name in SETTINGS:
            write = SETTINGS.get(name, each.write)
            self.report("configuration", target, write, (changes.OWN_STATE,), perhaps=perhaps)
            if name.endswith(("_name", "_password")):
                self.check_key(value)
        elif each.category == "model":
            self.report("field", target, advice.of_field(owner, name), perhaps=perhaps)
            if name in times.SENT:
                self.check_time(node or target, value)
        else:
            self.report("helper", target, each.write, perhaps=perhaps)

    def check_time(self, node: ast.expr, value: Value) -> None:
        """Report a time that has no zone, or is a text."""
        found = of(value, "time")
        for zone in ("naive", "text"):
            if zone in found:
                perhaps = "aware" in found or bool(of(value, "other", "external"))
                self.report("naive time", node, times.WRITE[zone], (changes.AWARE,), perhaps=perhaps)
                return

    def check_key(self, value: Value) -> None:
        """Note a key or secret that stands in the source of this file or another one."""
        for place in of(value, "literal"):
            if secrets.is_secret(self.world.literals[place]):
                self.world.learn("keys", place.rsplit(":", 2)[0], {Thing("literal", place)})

    def report_keys(self) -> None:
        """Report the keys and secrets that were noted in this file, where they stand."""
        for place in of(self.world.known("keys", self.file), "literal"):
            _, line, column = place.rsplit(":", 2)
            node = ast.Name("…", lineno=int(line), col_offset=int(column), end_lineno=int(line))
            self.report("key in source", node, secrets.WRITE, stands="a key or secret as a text")
