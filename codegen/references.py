"""References of the contract, and values that are not what they look like in YAML."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from codegen.carried import Json


def not_json(node: Any, place: str = "", inside: tuple[int, ...] = ()) -> Iterator[str]:
    """YAML reads some unquoted texts as dates, unquoted statuses as numbers, and lets a value hold itself."""
    if isinstance(node, Mapping | list) and id(node) in inside:
        yield f"{place}: holds itself, by an anchor and an alias inside of it: refer to a schema with $ref"
        return
    inside = (*inside, id(node))
    if isinstance(node, Mapping):
        for key, child in node.items():
            if not isinstance(key, str):
                yield f"{place}/{key}: write the key in quotes, it is read as {type(key).__name__}"
            else:
                yield from _half_of_a_pair(key, f"{place}/{ascii(key)[1:-1]}")
            yield from not_json(child, f"{place}/{key}", inside)
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from not_json(child, f"{place}/{index}", inside)
    elif isinstance(node, str):
        yield from _half_of_a_pair(node, place)
    elif not isinstance(node, int | float | bool | None):
        yield f"{place}: write the value in quotes, it is read as {type(node).__name__}"
    elif isinstance(node, float) and not math.isfinite(node):
        yield f"{place}: {node} is not a number that JSON allows"


def _half_of_a_pair(text: str, place: str) -> Iterator[str]:
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        yield f"{place}: holds half of a surrogate pair, which can't be encoded"


def unfollowable(document: Json) -> Iterator[str]:
    """A reference that the generator can't follow makes it drop what holds the reference."""
    for place, reference in all_references(document):
        if not reference.startswith("#/components/"):
            yield f"{place}: $ref to '{reference}', only #/components/… can be followed"
        elif len(reference.split("/")) != 4:
            yield f"{place}: $ref to '{reference}', only a whole component can be referred to"
        else:
            seen = {place}
            node: Any = {"$ref": reference}
            while isinstance(node, Mapping) and "$ref" in node:
                if node["$ref"] in seen:
                    yield f"{place}: $ref to '{reference}', which leads back to itself"
                    break
                seen.add(node["$ref"])
                node = target(document, node["$ref"])
            if node is None:
                yield f"{place}: $ref to '{reference}', which does not exist"


def misplaced(kind: str, place: str, node: Json) -> Iterator[str]:
    """A reference to a component of another kind than the one that has to stand here."""
    reference = str(node.get("$ref", ""))
    if reference.startswith("#/components/") and not reference.startswith(f"#/components/{kind}/"):
        yield f"{place}: $ref to '{reference}', but only one to #/components/{kind}/… can stand here"


# Under these stand names of the contract's own choice, and under those values: neither is a keyword.
NAMES = frozenset({
    "$defs", "callbacks", "content", "dependentSchemas", "headers", "links", "parameters", "patternProperties", "paths",
    "properties", "requestBodies", "responses", "schemas", "securitySchemes", "webhooks",
})  # fmt: skip
VALUES = frozenset({"const", "default", "enum", "example", "examples"})


def all_references(node: Any, place: str = "", names: bool = False) -> Iterator[tuple[str, str]]:
    """Every reference with its place; `names` says that the keys are names of the contract's own choice."""
    if isinstance(node, Mapping):
        if not names and isinstance(node.get("$ref"), str):
            yield place, node["$ref"]
        for key, child in node.items():
            if names or key not in VALUES:
                yield from all_references(child, f"{place}/{key}", not names and key in NAMES)
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from all_references(child, f"{place}/{index}")


def target(document: Json, reference: str) -> Any:
    """What a reference leads to, None if nothing."""
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def follow(document: Json, node: Json) -> Json:
    """Follow a `$ref`; what stands beside it wins over what it leads to."""
    if "$ref" not in node:
        return node
    beside = {key: value for key, value in node.items() if key != "$ref"}
    return {**follow(document, target(document, node["$ref"])), **beside}
