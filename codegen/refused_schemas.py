"""What a schema of the contract may hold: each keyword where it stands, then the whole with references and parts."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from codegen import names
from codegen.carried import Json, RefusedError, unknown_keys
from codegen.kinds import FORMATS, kind_of, without_meaning
from codegen.merging import is_null, merged_children, whole
from codegen.references import misplaced
from codegen.refused_enums import refused_enum

_METASCHEMA = Draft202012Validator(Draft202012Validator.META_SCHEMA)
_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_INNER = ("items", "additionalProperties", "propertyNames")


def refused_name(place: str, name: str) -> Iterator[str]:
    """What is wrong with the name of a property or parameter."""
    if not name.isprintable() or set(name) & set('"{}\\'):
        yield f"{place}: the name {name!r} is not supported: it would end the text that it is in"
    else:
        yield from names.nameless(place, name)


def refused_schema(document: Json, place: str, schema: Json) -> Iterator[str]:
    """What is wrong with a schema and everything in it.

    Args:
        document: The contract.
        place: Where the schema stands.
        schema: The schema.
    """
    if invalid := list(no_schema(place, schema)):
        yield from invalid
    else:
        yield from _refused(document, place, schema)


def _refused(document: Json, place: str, schema: Json, *, is_part: bool = False, is_key: bool = False) -> Iterator[str]:
    """What is wrong with what is a JSON schema, with all that is in it.

    Args:
        document: The contract.
        place: Where the schema stands.
        schema: The schema.
        is_part: Whether it is a part of an `allOf`, and so means nothing by itself.
        is_key: Whether it is about the keys of a map, which are texts.
    """
    if not isinstance(schema, Mapping):
        yield f"{place}: must be a schema with a type, not {schema!r}"
        return
    yield from misplaced("schemas", place, schema)
    yield from unknown_keys("schema", place, schema)
    yield from _values(place, schema)
    for at, child, part in _children(schema):
        yield from _refused(document, f"{place}/{at}", child, is_part=part, is_key=at == "propertyNames")
    for name in schema.get("properties", {}):
        yield from refused_name(f"{place}/properties/{name}", name)
    if not is_part:
        yield from _refused_whole(document, place, schema, is_key=is_key)


def no_schema(place: str, schema: Json) -> Iterator[str]:
    """What no JSON schema may hold."""
    invalid = best_match(_METASCHEMA.iter_errors(schema))
    if invalid is not None:
        at = "/".join(map(str, invalid.absolute_path))
        is_type = invalid.validator == "anyOf" and list(invalid.absolute_path)[-1:] == ["type"]
        told = f"{invalid.instance!r} is not a type; the types are {', '.join(_TYPES)}" if is_type else invalid.message
        yield f"{place}/{at}: {told[:200]}"


def _children(schema: Json) -> Iterator[tuple[str, Any, bool]]:
    for name, child in schema.get("properties", {}).items():
        yield f"properties/{name}", child, False
    for key in _INNER:
        # Only what else an object may hold can be told by true and false.
        if isinstance(child := schema.get(key), Mapping) or (key in schema and key != "additionalProperties"):
            yield key, child, False
    for key in ("allOf", "oneOf", "anyOf"):
        for index, child in enumerate(schema.get(key, ())):
            yield f"{key}/{index}", child, key == "allOf" or is_null(child)


# --- each keyword where it stands -----------------------------------------------------------------------------------


def _values(place: str, schema: Json) -> Iterator[str]:
    """Values of single keywords that would be lost, or break the code."""
    for key in ("oneOf", "anyOf"):
        if len([option for option in schema.get(key, ()) if not is_null(option)]) > 1:
            yield f"{place}: {key} of several kinds is not supported, only one type or null"
    for key in ("x-terminal", "x-enum-varnames"):
        if key in schema and "enum" not in schema:
            yield f"{place}: {key} applies only next to the enum whose values it names"
    if "default" in schema and "const" not in schema:
        yield f"{place}: a default is the API's own affair and is never sent; say it in the description"
    if "const" in schema and not isinstance(schema["const"], str):
        yield f"{place}: a const must be a string"
    if schema.get("format", "uuid") not in FORMATS:
        yield f"{place}: format {schema['format']!r} is unknown; the formats are {', '.join(FORMATS)}"
    yield from _pattern(place, schema)
    yield from _extensions(place, schema)


_VARIABLE = re.compile("[a-z][A-Za-z0-9]*")


def _extensions(place: str, schema: Json) -> Iterator[str]:
    if schema.get("x-sensitive", "text") not in ("text", "number"):
        yield f"{place}: x-sensitive must be text or number"
    if "x-after" in schema and not place.rpartition("/")[0].endswith("/properties"):
        yield f"{place}: x-after applies only to properties of schemas"
    if "x-template" in schema and not _VARIABLE.fullmatch(str(schema["x-template"])):
        yield f"{place}: x-template must be the name of a template's variable, without its $"
    if not isinstance(schema.get("x-pattern-description", ""), str):
        yield f"{place}: x-pattern-description must be a string"


def _pattern(place: str, schema: Json) -> Iterator[str]:
    pattern = schema.get("pattern", "")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # of a set that later versions of Python will read in another way
            re.compile(pattern)
    except re.error as error:
        yield f"{place}: the pattern is not a valid regular expression in Python: {error}"
    except FutureWarning as warning:
        yield f"{place}: the pattern has a set that is not clear ({warning}): put a \\ before its [, --, &&, ~~ or ||"
    escapes = set(re.findall(r"\\(.)", pattern))
    if re.search(r"(?<!\\)\$.", pattern, re.DOTALL) or _OTHERWISE & escapes:
        yield f"{place}: the pattern has a $ inside, or one of \\d \\w \\b, which mean something else in Python"
    if _OF_PYTHON & escapes or re.search(r"\(\?(?:P[<=>]|[aiLmsux-]+[:)]|[#>(])", pattern):
        yield f"{place}: the pattern has one of \\A \\a \\Z, or a group such as (?i), which only Python knows"


_OTHERWISE = frozenset("dDwWbB")
_OF_PYTHON = frozenset("aAZ")


# --- the whole ------------------------------------------------------------------------------------------------------


def _refused_whole(document: Json, place: str, schema: Json, *, is_key: bool = False) -> Iterator[str]:
    try:
        flat = whole(document, schema, place)
    except RefusedError as refused:
        yield from refused.reasons
        return
    if isinstance(flat.get("type"), list):
        yield f"{place}: a value of several kinds ({', '.join(flat['type']) or 'null alone'}) is not supported"
        return
    for reason in () if is_key else without_meaning(flat):
        yield f"{place}: {reason}"
    yield from refused_enum(place, flat)
    if "x-pattern-description" in flat and "pattern" not in flat:
        yield f"{place}: x-pattern-description applies only next to a pattern"
    if "x-e164" in flat and (flat["x-e164"] is not True or kind_of(flat) != "text"):
        yield f"{place}: x-e164 must be true, and applies only to strings"
    yield from _object(document, place, flat)
    yield from _inside(document, place, flat)
    for at, child in merged_children(schema, flat):
        yield from _refused_whole(document, f"{place}/{at}", child)


def _object(document: Json, place: str, flat: Json) -> Iterator[str]:
    properties = flat.get("properties", {})
    if properties and isinstance(flat.get("additionalProperties"), Mapping):
        yield f"{place}: properties beside additionalProperties is not supported: an object is either a model or a map"
    for name in sorted({*flat.get("required", ()), *_dependencies(flat)}):
        if name not in properties:
            yield f"{place}: names the property {name!r}, which does not exist"
    named = [(f"{place}/properties/{name}", names.field_name(name)) for name in properties if names.words(name)]
    for attribute, one, other in names.clashing(named):
        yield f"{other}: becomes the attribute {attribute}, like {one}"
    for name, child in flat.get("dependentSchemas", {}).items():
        yield from _dependent(f"{place}/dependentSchemas/{name}", child)
    for name, child in properties.items():
        if isinstance(child, Mapping) and "x-after" in child:
            yield from _order(document, f"{place}/properties/{name}", child, properties)


def _order(document: Json, place: str, child: Json, properties: Json) -> Iterator[str]:
    """What is wrong with a moment that must come after another."""
    other = properties.get(child["x-after"]) if isinstance(child["x-after"], str) else None
    formats = {flat_or_nothing(document, each, place).get("format") for each in (child, other or {})}
    if formats != {"date-time"}:
        yield f"{place}: x-after must name another property, and both must be of format date-time"


def flat_or_nothing(document: Json, schema: Json, place: str) -> Json:
    """The whole of what is inside, which is reported at its own place if there is none."""
    try:
        return whole(document, schema, place)
    except RefusedError:
        return {}


def _inside(document: Json, place: str, flat: Json) -> Iterator[str]:
    """Of what is inside a list or a map, only some limits are carried, and privacy only for the whole."""
    for key in _INNER:
        if isinstance(flat.get(key), Mapping):
            child = flat_or_nothing(document, flat[key], f"{place}/{key}")
            if "x-sensitive" in child and "x-sensitive" not in flat:
                yield f"{place}/{key}: x-sensitive applies only to a whole property: put it there"
            if key != "items":
                for limit in sorted({"minLength", "pattern", "enum", "const", "x-e164"} & set(child)):
                    yield f"{place}/{key}: {limit} of a map is not supported, only maxLength"
    if kind_of(flat) == "list" and "items" not in flat:
        yield f"{place}: an array needs items, which say what is in it"


def _dependencies(schema: Json) -> Iterator[str]:
    for name, others in schema.get("dependentRequired", {}).items():
        yield from (name, *others)
    for name, child in schema.get("dependentSchemas", {}).items():
        yield from (name, *(child.get("required", ()) if isinstance(child, Mapping) else ()))


def _dependent(place: str, schema: Any) -> Iterator[str]:
    """Only "if this field is there, that field has this value" is carried."""
    properties = schema.get("properties", {}) if isinstance(schema, Mapping) else {}
    consts = [child for child in properties.values() if list(child) == ["const"] and isinstance(child["const"], str)]
    if not properties or set(schema) != {"required", "properties"} or len(consts) != len(properties):
        yield f"{place}: must say which properties are required and their const, and nothing else"
    elif set(schema["required"]) != set(properties):
        yield f"{place}: must require the properties it gives a const"
