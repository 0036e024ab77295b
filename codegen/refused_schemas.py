"""What a schema of the contract may hold."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from openapi_python_client.strings import snake_case

from codegen.carried import Json, unknown_keys

FORMATS = ("date-time", "date", "uuid", "uri", "email", "byte", "int32", "int64", "float", "double")

_METASCHEMA = Draft202012Validator(Draft202012Validator.META_SCHEMA)


def refused_name(place: str, name: str) -> Iterator[str]:
    """What is wrong with the name of a property or parameter."""
    if not name.isprintable() or set(name) & set('"{}\\'):
        yield f"{place}: the name {name!r} can't be carried, it would end the text that it stands in"


def refused_schema(place: str, schema: Json) -> Iterator[str]:
    """What is wrong with a schema and everything in it."""
    if not isinstance(schema, Mapping):
        yield f"{place}: must be a schema with a type, not {schema!r}"
        return
    invalid = best_match(_METASCHEMA.iter_errors(schema))
    if invalid is not None:
        yield f"{place}/{'/'.join(map(str, invalid.absolute_path))}: {invalid.message[:200]}"
    else:
        yield from _refused(place, schema)


def _refused(place: str, schema: Json) -> Iterator[str]:
    yield from unknown_keys("schema", place, schema)
    yield from _values(place, schema)
    yield from _map_limits(place, schema)
    yield from _kinds(place, schema)
    yield from _order(place, schema)
    yield from _phone_number(place, schema)
    yield from _terminal(place, schema)
    for at, child in _children(schema):
        yield from refused_schema(f"{place}/{at}", child)
    for name in schema.get("properties", {}):
        yield from refused_name(f"{place}/properties/{name}", name)
    for name, child in schema.get("dependentSchemas", {}).items():
        yield from _dependent(f"{place}/dependentSchemas/{name}", child)


def _children(schema: Json) -> Iterator[tuple[str, Json]]:
    for name, child in schema.get("properties", {}).items():
        yield f"properties/{name}", child
    for key in ("items", "additionalProperties", "propertyNames"):
        if isinstance(child := schema.get(key), Mapping):
            yield key, child
    for key in ("allOf", "oneOf", "anyOf"):
        for index, child in enumerate(schema.get(key, ())):
            yield f"{key}/{index}", child


def _kinds(place: str, schema: Json) -> Iterator[str]:
    for key in ("oneOf", "anyOf"):
        if len([option for option in schema.get(key, ()) if option.get("type") != "null"]) > 1:
            yield f"{place}: {key} of several kinds can't be carried, only one kind or null"
    properties = schema.get("properties", {})
    if properties and isinstance(schema.get("additionalProperties"), Mapping):
        yield f"{place}: properties beside additionalProperties can't be carried, an object is a model or a map"
    for name in sorted({*schema.get("required", ()), *_dependencies(schema)}):
        if name not in properties and "allOf" not in schema:
            yield f"{place}: names the property {name!r}, which is not there"


def _order(place: str, schema: Json) -> Iterator[str]:
    """What is wrong with moments that must come after others."""
    if "x-after" in schema and not place.rpartition("/")[0].endswith("/properties"):
        yield f"{place}: x-after counts only for properties of schemas"
    properties = schema.get("properties", {})
    for name, child in properties.items():
        if not (isinstance(child, Mapping) and "x-after" in child):
            continue
        other = properties.get(child["x-after"], {}) if isinstance(child["x-after"], str) else {}
        if not child.get("format") == other.get("format") == "date-time":
            yield f"{place}/properties/{name}: x-after must name another property, and both must be of format date-time"


def _phone_number(place: str, schema: Json) -> Iterator[str]:
    if "x-e164" in schema and (schema["x-e164"] is not True or schema.get("type") != "string"):
        yield f"{place}: x-e164 must be true, and counts only for texts"


def _map_limits(place: str, schema: Json) -> Iterator[str]:
    """Of what is inside a list or a map, only some limits are carried, and privacy only for the whole."""
    for key in ("items", "additionalProperties", "propertyNames"):
        child = schema.get(key)
        if isinstance(child, Mapping) and "x-sensitive" in child:
            yield f"{place}/{key}: x-sensitive counts only for a whole property, put it there"
        if isinstance(child, Mapping) and key != "items":
            for limit in sorted({"minLength", "pattern", "enum", "const", "x-e164"} & set(child)):
                yield f"{place}/{key}: {limit} of a map can't be carried, only maxLength"
    if schema.get("minProperties", 1) != 1 or ("minProperties" in schema and not schema.get("properties")):
        yield f"{place}: minProperties can only be 1, and only beside properties"


def _dependencies(schema: Json) -> Iterator[str]:
    for name, others in schema.get("dependentRequired", {}).items():
        yield from (name, *others)
    for name, child in schema.get("dependentSchemas", {}).items():
        yield from (name, *child.get("required", ()))


def _values(place: str, schema: Json) -> Iterator[str]:
    """Values of single keywords that would be lost, or break the code."""
    if (values := schema.get("enum")) is not None:
        yield from _enum(place, values, schema.get("x-enum-varnames", values))
    if "default" in schema and "const" not in schema:
        yield f"{place}: a default is the API's own affair and is never sent; say it in the description"
    if "const" in schema and not isinstance(schema["const"], str):
        yield f"{place}: a const must be a text"
    if schema.get("format", "uuid") not in FORMATS:
        yield f"{place}: format {schema['format']!r} is unknown, there are {', '.join(FORMATS)}"
    if schema.get("x-sensitive", "text") not in ("text", "number"):
        yield f"{place}: x-sensitive must be text or number"
    pattern = schema.get("pattern", "")
    try:
        re.compile(pattern)
    except re.error as error:
        yield f"{place}: the pattern is no regular expression of Python's: {error}"
    if re.search(r"(?<!\\)\$.|\\[dDwWbB]", pattern):
        yield f"{place}: the pattern has a $ inside, or one of \\d \\w \\b, which mean something else in Python"


def _enum(place: str, values: list[Any], varnames: list[str]) -> Iterator[str]:
    if not all(isinstance(value, str) for value in values):
        yield f"{place}: an enum must hold texts only"
        return
    if varnames is not values and len({snake_case(name) for name in varnames}) != len(values):
        yield f"{place}: x-enum-varnames must give each enum value a name of its own"
    names: dict[str, str] = {}
    for value in values:
        name = snake_case(value)
        if name in names:
            yield f"{place}: enum values {names[name]!r} and {value!r} would become one member"
        names[name] = value


def _terminal(place: str, schema: Json) -> Iterator[str]:
    """What is wrong with the values after which no other follows, or only certain ones."""
    if "x-terminal" not in schema:
        return
    terminal, values = schema["x-terminal"], schema.get("enum", ())
    lists: list[Any] = list(terminal.values()) if isinstance(terminal, Mapping) else []
    if not values:
        yield f"{place}: x-terminal counts only beside the enum whose values it names"
    elif not lists or not all(isinstance(each, list) for each in lists):
        yield f"{place}: x-terminal must give each terminal value the list of those that may still follow it"
    else:
        for name in terminal:
            if name not in values:
                yield f"{place}: x-terminal names {name!r}, which is no value of the enum"
        for name in itertools.chain.from_iterable(lists):
            if name not in list(terminal):
                yield f"{place}: x-terminal lets {name!r} follow a terminal value, which is no terminal value itself"


def _dependent(place: str, schema: Json) -> Iterator[str]:
    """Only "if this field is there, that field has this value" is carried."""
    properties = schema.get("properties", {})
    consts = [child for child in properties.values() if list(child) == ["const"]]
    if set(schema) != {"required", "properties"} or len(consts) != len(properties) != 0:
        yield f"{place}: must say which properties are required and their const, and nothing else"
    elif set(schema["required"]) != set(properties):
        yield f"{place}: must require the properties it gives a const"
