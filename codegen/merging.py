"""The schemas of a contract, made whole: references followed, `allOf` merged, null told apart.

The rule of merging, for the parts of an `allOf` and for what stands beside a `$ref` or an `allOf`:

* what the parts demand adds up: `required`, `dependentRequired`, `dependentSchemas`, `deprecated`, properties;
* limits narrow: the greater minimum and the smaller maximum count, and the values that all enums have;
* kinds must agree, an integer being a number; null is allowed only if all parts that have a kind allow it;
* texts and examples: what stands beside comes last and wins; `x-sensitive: text` wins over `number`;
* everything else, such as `pattern`, `format` or `const`, may be said once, or twice the same.

A property, or the items, of which several parts speak are merged by the same rule. What can't be merged is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from codegen.carried import Json, RefusedError
from codegen.references import target

# What says something to readers and nothing about values: a reference with nothing else beside it still means the same
# class.
ANNOTATIONS = frozenset({
    "description", "title", "example", "examples", "externalDocs", "deprecated", "nullable", "x-sensitive", "x-after",
    "x-template",
})  # fmt: skip
NULL = "null"
"""The key of a whole schema that says whether null is allowed; there is none of this name in OpenAPI."""

_GREATER = ("minLength", "minItems", "minProperties", "minimum")
_SMALLER = ("maxLength", "maxItems", "maxProperties", "maximum")
_LAST = frozenset(
    {"description", "title", "example", "examples", "externalDocs", "x-pattern-description", "x-template"}
)
_INNER = ("items", "additionalProperties", "propertyNames")
_OF_ENUMS = ("x-enum-varnames", "x-terminal")
_WHOLE_NUMBERS = frozenset(_GREATER + _SMALLER)


def whole(document: Json, schema: Json, place: str) -> dict[str, Any]:
    """A schema with references followed, `allOf` merged, and a lone alternative to null taken for the whole.

    Its `type` is a text, or a list of several, and `NULL` says whether null is allowed.

    Raises:
        RefusedError: If parts of it contradict each other, or lead back to themselves.
    """
    return _whole(document, schema, place, ())


def is_null(schema: Any) -> bool:
    """Whether an alternative is null."""
    return isinstance(schema, Mapping) and schema.get("type") == "null"


def component(document: Json, schema: Json) -> str | None:
    """The name of the component that a schema means, None if it says anything of its own."""
    seen: set[str] = set()
    name = None
    while True:
        parts = _parts(schema)
        own = {key for key in schema if key not in ANNOTATIONS and key not in ("$ref", "allOf", "oneOf", "anyOf")}
        if own or len(parts) != 1:
            return name
        schema = parts[0]
        if "$ref" in schema and set(schema) <= {"$ref", *ANNOTATIONS}:
            reference: str = schema["$ref"]
            if reference in seen:
                return name
            seen.add(reference)
            name, schema = reference.rpartition("/")[2], target(document, reference)
            if "$ref" not in schema:  # a component with parts is a class of its own
                return name


def _parts(schema: Json) -> list[Json]:
    options = [each for key in ("oneOf", "anyOf") for each in schema.get(key, ()) if not is_null(each)]
    return [*([{"$ref": schema["$ref"]}] if "$ref" in schema else []), *schema.get("allOf", ()), *options]


def _whole(document: Json, schema: Json, place: str, via: tuple[str, ...]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    if not isinstance(schema, Mapping):
        raise RefusedError(f"{place}: must be a schema with a type, not {schema!r}")
    if "$ref" in schema:
        reference = schema["$ref"]
        if reference in via:
            raise RefusedError(f"{place}: leads back to itself by way of '{reference}'")
        if (found := target(document, reference)) is None:
            raise RefusedError([])  # told by all that follows references
        merged = _whole(document, found, reference.removeprefix("#"), (*via, reference))
    for index, part in enumerate(schema.get("allOf", ())):
        merged = _merged(merged, _whole(document, part, f"{place}/allOf/{index}", via), place)
    for key in ("oneOf", "anyOf"):
        options = [each for each in schema.get(key, ()) if not is_null(each)]
        if len(options) == 1:
            option = _whole(document, options[0], f"{place}/{key}", via)
            merged = _merged(merged, {**option, NULL: len(schema[key]) > 1 or option.get(NULL, False)}, place)
    own = {key: value for key, value in schema.items() if key not in ("$ref", "allOf", "oneOf", "anyOf")}
    merged = _consistent(_merged(merged, _told_apart(own), place), place)
    # Without a type beside it, it is about what the parts say.
    return {**merged, NULL: True} if own.get("nullable") is True and "type" not in own else merged


def _told_apart(schema: Json) -> dict[str, Any]:
    """A schema's own keys, with null as a word of its own and whole numbers as such."""
    own: dict[str, Any] = {
        key: int(value) if key in _WHOLE_NUMBERS and isinstance(value, float) and value.is_integer() else value
        for key, value in schema.items()
    }
    if "type" in own:
        kinds = [own["type"]] if isinstance(own["type"], str) else list(own["type"])
        others = [kind for kind in kinds if kind != "null"]
        own[NULL] = "null" in kinds or own.get("nullable") is True
        # Some write whole numbers as text: both are read as a number, and a number is written.
        own["type"] = others[0] if len(others) == 1 or others == ["integer", "string"] else others
    return own


def _merged(left: Json, right: Json, place: str) -> dict[str, Any]:
    """Two parts as one, by the rule."""
    merged = {**left, **{key: value for key, value in right.items() if key not in left}}
    narrows = "enum" in left and "enum" in right and left["enum"] != right["enum"]
    for key in (key for key in right if key in left and (key in _LAST or left[key] != right[key])):
        if not (narrows and key in _OF_ENUMS):
            merged[key] = _both(key, left[key], right[key], place)
    return {**merged, **_narrowed(left, right, merged["enum"])} if narrows else merged


def _both(key: str, left: Any, right: Any, place: str) -> Any:
    """What two parts say with the same keyword.

    Raises:
        RefusedError: If it can't both be.
    """
    both = _RULES[key](left, right) if key in _RULES else None
    if both is None:
        raise RefusedError(f"{place}: '{key}' is said twice, as {left!r} and as {right!r}, which can't both be")
    return both


# Each makes one of two, or None if there is nothing that both allow.


def _last(left: Any, right: Any) -> Any:
    del left
    return right


def _either(left: bool, right: bool) -> bool:
    return left or right


def _added(left: list[str], right: list[str]) -> list[str]:
    return list(dict.fromkeys([*left, *right]))


def _dependencies(left: Json, right: Json) -> Json:
    return {**left, **{name: _added(left.get(name, []), others) for name, others in right.items()}}


def _properties(left: Json, right: Json) -> Json:
    return {**left, **{name: _inner(left.get(name, child), child) for name, child in right.items()}}


def _inner(left: Any, right: Any) -> Any:
    if left == right:
        return left
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return {"allOf": [left, right]}
    return (left if right is True else right) if True in (left, right) else None


def _types(left: Any, right: Any) -> str | None:
    return "integer" if sorted((str(left), str(right))) == ["integer", "number"] else None


def _values(left: list[str], right: list[str]) -> list[str] | None:
    return [value for value in left if value in right] or None


def _dependents(left: Json, right: Json) -> Json | None:
    merged = dict(left)
    for name, child in right.items():
        before = merged.get(name, {"required": [], "properties": {}})
        properties = {**before.get("properties", {}), **child.get("properties", {})}
        if any(properties[each] != value for each, value in before.get("properties", {}).items()):
            return None
        merged[name] = {
            "required": _added(before.get("required", []), child.get("required", [])),
            "properties": properties,
        }
    return merged


_RULES: Mapping[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(_LAST, _last),
    **dict.fromkeys(_GREATER, max),
    **dict.fromkeys(_SMALLER, min),
    **dict.fromkeys(("deprecated", "x-e164", "nullable"), _either),
    **dict.fromkeys(("items", "additionalProperties", "propertyNames"), _inner),
    NULL: lambda left, right: left and right,
    "x-sensitive": lambda *_: "text",
    "required": _added,
    "properties": _properties,
    "dependentRequired": _dependencies,
    "dependentSchemas": _dependents,
    "type": _types,
    "enum": _values,
}


def _narrowed(left: Json, right: Json, values: list[str]) -> dict[str, Any]:
    """What belongs to an enum, for the values that are left of it."""
    narrowed: dict[str, Any] = {}
    for part in (left, right):
        if "x-enum-varnames" in part:
            names = dict(zip(part["enum"], part["x-enum-varnames"], strict=False))
            narrowed["x-enum-varnames"] = [names.get(value, value) for value in values]
        if "x-terminal" in part:
            narrowed["x-terminal"] = {
                value: [each for each in following if each in values]
                for value, following in part["x-terminal"].items()
                if value in values
            }
    return narrowed


def _consistent(merged: dict[str, Any], place: str) -> dict[str, Any]:
    for low, high in zip(_GREATER, _SMALLER, strict=True):
        if low in merged and high in merged and merged[low] > merged[high]:
            raise RefusedError(f"{place}: {low} {merged[low]} is more than {high} {merged[high]}")
    return merged


def merged_children(schema: Json, flat: Json) -> Iterator[tuple[str, Json]]:
    """What became a schema only by merging, and so stands nowhere in the contract: each with its place."""
    for name, child in flat.get("properties", {}).items():
        if _is_made(child, schema.get("properties", {}).get(name)):
            yield f"properties/{name}", child
    for key in _INNER:
        if _is_made(flat.get(key), schema.get(key)):
            yield key, flat[key]


def _is_made(child: Any, written: Any) -> bool:
    return isinstance(child, Mapping) and set(child) == {"allOf"} and child != written
