"""References of the contract, and values that are not what they look like in YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from codegen.carried import Json


def not_json(node: Any, place: str = "") -> Iterator[str]:
    """YAML reads some unquoted texts as dates, and unquoted statuses as numbers."""
    if isinstance(node, Mapping):
        for key, child in node.items():
            if not isinstance(key, str):
                yield f"{place}/{key}: write the key in quotes, it is read as {type(key).__name__}"
            yield from not_json(child, f"{place}/{key}")
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from not_json(child, f"{place}/{index}")
    elif not isinstance(node, str | int | float | bool | None):
        yield f"{place}: write the value in quotes, it is read as {type(node).__name__}"


def unfollowable(document: Json) -> Iterator[str]:
    """A reference that the generator can't follow makes it drop what holds the reference."""
    for place, target in all_references(document):
        if not target.startswith("#/components/"):
            yield f"{place}: $ref to '{target}', only #/components/… can be followed"
        elif len(target.split("/")) != 4:
            yield f"{place}: $ref to '{target}', only a whole component can be referred to"
        else:
            seen = {place}
            node: Any = {"$ref": target}
            while isinstance(node, Mapping) and "$ref" in node:
                if node["$ref"] in seen:
                    yield f"{place}: $ref to '{target}', which leads back to itself"
                    break
                seen.add(node["$ref"])
                node = target_of(document, node["$ref"])
            if node is None:
                yield f"{place}: $ref to '{target}', which is not there"


def all_references(node: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every reference with its place."""
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str):
            yield place, node["$ref"]
        for key, child in node.items():
            yield from all_references(child, f"{place}/{key}")
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from all_references(child, f"{place}/{index}")


def target_of(document: Json, reference: str) -> Any:
    """What a reference within a document leads to, or None."""
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def follow(document: Json, node: Json) -> Json:
    """Follow a `$ref`; what stands beside it wins over what it leads to."""
    if "$ref" not in node:
        return node
    beside = {key: value for key, value in node.items() if key != "$ref"}
    return {**follow(document, target_of(document, node["$ref"])), **beside}
