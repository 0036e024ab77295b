"""What the project wants of the texts of its contract. Whatever else they say is the contract's own affair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from codegen.carried import METHODS, Json
from codegen.references import follow


def missing(document: Json) -> Iterator[str]:
    """What has no text, or begins in the wrong way, each with its place."""
    for tag in document.get("tags", ()):
        yield from _described(f"/tags/{tag['name']}", tag)
    for path, item in document["paths"].items():
        yield from _parameters(f"/paths/{path}", item)
        for method in METHODS:
            if method in item:
                yield from _operation(document, f"/paths/{path}/{method}", item[method])
    for name, item in document.get("webhooks", {}).items():
        yield from _summary(f"/webhooks/{name}/post", item["post"])
    components = document.get("components", {})
    yield from _parameters("/components", {"parameters": list(components.get("parameters", {}).values())})
    for kind in ("requestBodies", "responses"):
        for name, each in components.get(kind, {}).items():
            yield from _content(f"/components/{kind}/{name}", each)
    for name, schema in components.get("schemas", {}).items():
        yield from _schema(f"/components/schemas/{name}", schema)


def _operation(document: Json, place: str, operation: Json) -> Iterator[str]:
    yield from _summary(place, operation)
    yield from _described(place, operation)
    yield from _parameters(place, operation)
    yield from _content(f"{place}/requestBody", operation.get("requestBody", {}))
    for status, response in operation["responses"].items():
        if status.startswith("2"):  # what is in the body of an error is not read
            yield from _content(f"{place}/responses/{status}", follow(document, response))


def _summary(place: str, operation: Json) -> Iterator[str]:
    """A summary begins a docstring, so it begins like a sentence; a name such as iOS may have its own spelling."""
    first, *_ = operation.get("summary", "").split() or [""]
    if not first:
        yield f"{place}: needs a summary: what the call does, in one sentence"
    elif first[0].islower() and first.islower():
        yield f"{place}: the summary must begin with a capital letter, not with '{first}'"


def _described(place: str, node: Json) -> Iterator[str]:
    if "description" not in node:
        yield f"{place}: needs a description: it becomes the docstring"


def _parameters(place: str, holder: Json) -> Iterator[str]:
    for each in holder.get("parameters", ()):
        if "$ref" not in each and "description" not in each:
            yield from _schema(f"{place}: the parameter {each['name']}", each.get("schema", {}))


def _content(place: str, holder: Json) -> Iterator[str]:
    for media, each in holder.get("content", {}).items():
        if "schema" in each and "$ref" not in holder:
            yield from _schema(f"{place}/content/{media}/schema", each["schema"])


def _schema(place: str, schema: Any, *, is_part: bool = False) -> Iterator[str]:
    if not isinstance(schema, Mapping):
        return
    refers = any(key in schema for key in ("$ref", "allOf", "oneOf", "anyOf"))
    if not refers and not is_part and schema.get("type") != "null":
        yield from _described(place, schema)
    for name, child in schema.get("properties", {}).items():
        yield from _schema(f"{place}/properties/{name}", child)
    yield from _schema(f"{place}/items", schema.get("items"))
    for key in ("allOf", "oneOf", "anyOf"):
        for index, child in enumerate(schema.get(key, ())):
            yield from _schema(f"{place}/{key}/{index}", child, is_part=True)
