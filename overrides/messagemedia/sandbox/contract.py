"""The contract as the sandbox reads it: which operations there are, and what fits them."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib import resources
from typing import Any, cast
from urllib.parse import unquote

import attrs
from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators
from referencing import Registry
from referencing.jsonschema import DRAFT202012

JsonObject = dict[str, Any]

_DOCUMENT = "urn:messagemedia:contract"
_METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options", "trace"})
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s]+")


@attrs.frozen
class Parameter:
    """One parameter of an operation."""

    name: str
    location: str
    required: bool
    schema: str
    """Pointer to its schema, or an empty text if it has none."""


@attrs.frozen
class Endpoint:
    """One operation of the contract.

    Attributes:
        operation_id: Its id.
        method: Its method, in upper case.
        path: Its path template.
        pointer: Where the contract describes it, as a JSON pointer.
        definition: The description itself.
        parameters: Its parameters, with those of the path.
        pattern: What a raw path of this operation looks like.
    """

    operation_id: str
    method: str
    path: str
    pointer: str
    definition: JsonObject = attrs.field(repr=False)
    parameters: tuple[Parameter, ...] = attrs.field(repr=False)
    pattern: re.Pattern[str] = attrs.field(repr=False)

    def path_values(self, raw_path: str) -> dict[str, str] | None:
        """The decoded path parameters of a raw path, or None if the path is another."""
        match = self.pattern.fullmatch(raw_path)
        if match is None:
            return None
        names = re.findall(r"\{([^}]+)\}", self.path)
        return dict(zip(names, map(unquote, match.groups()), strict=True))


class Contract:
    """The parsed contract, with validators for its parts."""

    def __init__(self, document: JsonObject) -> None:
        self.document = document
        resource = DRAFT202012.create_resource(document)
        self._registry: Registry[Any] = Registry[Any]().with_resource(_DOCUMENT, resource)
        self._validators: dict[str, Any] = {}
        self.operations = {operation.operation_id: operation for operation in self._read_operations()}

    def match(self, raw_path: str) -> dict[str, tuple[Endpoint, dict[str, str]]]:
        """The operations of a path by their methods; a literal path goes before a template."""
        found: dict[str, tuple[Endpoint, dict[str, str]]] = {}
        for operation in self._by_literalness:
            values = operation.path_values(raw_path)
            if values is not None and (not found or _path_of(found) == operation.path):
                found[operation.method] = (operation, values)
        return found

    def errors(self, pointer: str, instance: Any) -> list[ValidationError]:
        """What is wrong with an instance of the schema at a JSON pointer."""
        validator = self._validators.get(pointer)
        if validator is None:
            reference = {"$ref": f"{_DOCUMENT}#{pointer}"}
            validator = _Validator(reference, registry=self._registry, format_checker=_FORMATS)
            self._validators[pointer] = validator
        return list(validator.iter_errors(instance))

    def resolve(self, node: JsonObject) -> tuple[JsonObject, str | None]:
        """Follow the references of a node; return what is there and the pointer of the last one."""
        pointer: str | None = None
        found: JsonObject = node
        while "$ref" in found:
            pointer = str(found["$ref"]).removeprefix("#")
            found = self.at(pointer)
        return found, pointer

    def at(self, pointer: str) -> Any:
        """What is at a JSON pointer."""
        node: Any = self.document
        for part in pointer.split("/")[1:]:
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            is_list = isinstance(node, list)
            node = node[int(key) if is_list else key]
        return node

    @property
    def message_statuses(self) -> list[str]:
        """Every status that a message can have."""
        return list(self.at("/components/schemas/MessageStatus/enum"))

    @property
    def webhook_events(self) -> list[str]:
        """Every event that a webhook can get."""
        return list(self.at("/components/schemas/WebhookEvent/enum"))

    def body_schema(self, operation: Endpoint) -> str | None:
        """The pointer to the schema of an operation's JSON request body, if it has one."""
        body, pointer = self.resolve(operation.definition.get("requestBody", {}))
        pointer = pointer or f"{operation.pointer}/requestBody"
        if "schema" not in body.get("content", {}).get("application/json", {}):
            return None
        return f"{pointer}/content/application~1json/schema"

    def body_is_required(self, operation: Endpoint) -> bool:
        """Whether an operation can't be called without a body."""
        return bool(self.resolve(operation.definition.get("requestBody", {}))[0].get("required"))

    @functools.cached_property
    def _by_literalness(self) -> list[Endpoint]:
        return sorted(self.operations.values(), key=lambda operation: operation.path.count("{"))

    def _read_operations(self) -> Iterator[Endpoint]:
        for path, item in self.document.get("paths", {}).items():
            for method in _METHODS & item.keys():
                pointer = f"/paths/{_escaped(path)}/{method}"
                parameters = (
                    *self._read_parameters(item, f"/paths/{_escaped(path)}"),
                    *self._read_parameters(item[method], pointer),
                )
                operation_id = item[method].get("operationId", f"{method} {path}")
                yield Endpoint(operation_id, method.upper(), path, pointer, item[method], parameters, _pattern_of(path))

    def _read_parameters(self, node: Mapping[str, Any], pointer: str) -> Iterator[Parameter]:
        for index, item in enumerate(node.get("parameters", ())):
            parameter, target = self.resolve(item)
            schema = f"{target or f'{pointer}/parameters/{index}'}/schema" if "schema" in parameter else ""
            yield Parameter(parameter["name"], parameter["in"], bool(parameter.get("required")), schema)


@functools.cache
def load() -> Contract:
    """Read the copy of the contract that was generated with the package."""
    text = (resources.files("messagemedia_generated") / "contract.json").read_text(encoding="utf-8")
    return Contract(json.loads(text))


def _pattern_of(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]+\})", path)
    return re.compile("".join("([^/]+)" if part.startswith("{") else re.escape(part) for part in parts))


def _path_of(found: Mapping[str, tuple[Endpoint, Any]]) -> str:
    return next(iter(found.values()))[0].path


def _escaped(path: str) -> str:
    return path.replace("~", "~0").replace("/", "~1")


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    # In a JSON schema `$` is the very end of the text; in Python it also fits before a final line break.
    if pattern.endswith("$") and not pattern.endswith(r"\$"):
        pattern = pattern[:-1] + r"\Z"
    if isinstance(instance, str) and not re.search(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _is_date_time(instance: object) -> bool:
    if not isinstance(instance, str):
        return True
    return _DATE_TIME.fullmatch(instance) is not None and bool(datetime.fromisoformat(instance.upper()))


def _is_uuid(instance: object) -> bool:
    return not isinstance(instance, str) or _UUID.fullmatch(instance) is not None


def _is_uri(instance: object) -> bool:
    return not isinstance(instance, str) or _URI.fullmatch(instance) is not None


_extend: Any = cast("Any", validators).extend  # jsonschema has no types of its own
_Validator: Any = _extend(Draft202012Validator, {"pattern": _pattern})
# Our own, because jsonschema only checks a date-time if a further package is installed.
_FORMATS: Any = FormatChecker(formats=())
_FORMATS.checks("date-time", raises=ValueError)(_is_date_time)
_FORMATS.checks("uuid")(_is_uuid)
_FORMATS.checks("uri")(_is_uri)
