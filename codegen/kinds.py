"""What kind of value a schema means, and which limits say something about which kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from codegen.carried import Json
from codegen.view import Kind

_SIMPLE: dict[str, Kind] = {
    "string": "text",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "array": "list",
}
_TEXT = ("minLength", "maxLength", "pattern", "x-pattern-description", "x-e164")
_NUMBER = ("minimum", "maximum")
_OBJECT = (
    "properties", "required", "additionalProperties", "minProperties", "maxProperties", "propertyNames",
    "dependentRequired", "dependentSchemas",
)  # fmt: skip
_LIMITS: dict[Kind, tuple[str, ...]] = {
    "text": _TEXT,
    "integer": _NUMBER,
    "number": _NUMBER,
    "list": ("items", "minItems", "maxItems"),
    "enum": ("x-enum-varnames", "x-terminal"),
    "model": _OBJECT,
    "map": _OBJECT,
}
_ALL_LIMITS = frozenset(limit for limits in _LIMITS.values() for limit in limits)
_FORMATS: dict[str, tuple[str, ...]] = {
    "string": ("date-time", "date", "uuid", "uri", "email", "byte"),
    "integer": ("int32", "int64"),
    "number": ("float", "double", "int32", "int64"),
}
FORMATS = tuple(dict.fromkeys(each for formats in _FORMATS.values() for each in formats))


def kind_of(flat: Json) -> Kind:
    """The kind of value that a whole schema means."""
    if "const" in flat:
        return "const"
    if "enum" in flat:
        return "enum"
    named = _type(flat)
    if named == "object":
        return "model" if flat.get("properties") else "map"
    if named == "string":
        return {"date-time": "timestamp", "date": "date"}.get(flat.get("format", ""), "text")  # type: ignore[return-value]
    return _SIMPLE.get(named, "any")


def _type(flat: Json) -> str:
    """The type that a schema names, or takes for granted."""
    if isinstance(named := flat.get("type"), str):
        return named
    if any(key in flat for key in ("properties", "additionalProperties", "dependentRequired", "dependentSchemas")):
        return "object"
    return "array" if "items" in flat else "string" if flat.get("format") in _FORMATS["string"] else ""


def without_meaning(flat: Json) -> Iterator[str]:
    """What a whole schema says that means nothing for its kind, and would be lost; the names of objects for people."""
    kind = kind_of(flat)
    fitting = _TEXT if kind == "enum" and all(_fits(value, flat) for value in flat["enum"]) else ()
    for limit in sorted((_ALL_LIMITS & set(flat)) - {*_LIMITS.get(kind, ()), *fitting}):
        yield f"'{limit}' means nothing for {_PEOPLE[kind]}"
    named = _type(flat)
    if "format" in flat and flat["format"] in FORMATS and named and flat["format"] not in _FORMATS.get(named, ()):
        yield f"the format '{flat['format']}' means nothing for {_PEOPLE[kind]}"
    if kind in ("integer", "text", "list", "map"):
        for limit in (*_NUMBER, "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"):
            if isinstance(flat.get(limit), float):
                yield f"'{limit}' must be a whole number, not {flat[limit]}"


def _fits(value: object, flat: Json) -> bool:
    """Whether a value of an enum is within the limits beside it, so that they say nothing more."""
    return (
        isinstance(value, str)
        and flat.get("minLength", 0) <= len(value) <= flat.get("maxLength", len(value))
        and re.search(flat.get("pattern", ""), value) is not None
        and "x-e164" not in flat
    )


_PEOPLE: Mapping[Kind, str] = {
    "text": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "timestamp": "a moment",
    "date": "a date",
    "enum": "an enum",
    "const": "a const",
    "model": "an object",
    "list": "an array",
    "map": "an object",
    "any": "a value of any type; name the type",
}
