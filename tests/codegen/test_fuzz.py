"""Contracts that were changed at random are carried, or refused with a place; the generator itself never fails."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from codegen_kit import added_contract
from found_shapes import CARRIED, TEXT, of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegen import driver
from codegen.carried import RefusedError
from codegen.references import not_json

Json = dict[str, Any]

# What a maintainer might write where something else stood.
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1.5, "", "x", "null", [], {}, ["a", "a"], TEXT, of(a=TEXT), {"type": ["string", "null"]}, {"type": "array"},
    {"$ref": "#/components/schemas/Reply"}, {"$ref": "#/components/schemas/Nothing"}, {"allOf": [{"$ref": "#/components/schemas/Reply"}]},
    {"oneOf": [TEXT, {"type": "null"}]}, {"type": "object", "additionalProperties": {"type": "integer"}}, {"enum": ["a", "-a"]},
)  # fmt: skip
KEYS = (
    "type", "format", "properties", "required", "items", "enum", "const", "allOf", "oneOf", "$ref", "description", "summary", "minimum",
    "maxLength", "minItems", "minProperties", "pattern", "additionalProperties", "x-sensitive", "x-paged", "x-gone", "x-terminal", "x-after",
    "operationId", "tags", "parameters", "requestBody", "responses", "content", "schema", "name", "in", "security", "title", "204", "2XX",
)  # fmt: skip


@cache
def _document() -> Json:
    document = added_contract()
    for edit in CARRIED.values():
        edit(document)
    return document


def _holders(node: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places that hold something."""
    if isinstance(node, dict | list) and node:
        yield place
        for key, child in node.items() if isinstance(node, dict) else enumerate(node):
            if key not in ("examples", "example"):
                yield from _holders(child, (*place, key))


def _at(document: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        document = document[key]
    return document


@st.composite
def contracts(draw: st.DrawFn) -> Json:
    """The contract with one to three changes."""
    document = copy.deepcopy(_document())
    for _ in range(draw(st.integers(1, 3))):
        holder = _at(document, draw(st.sampled_from(list(_holders(document)))))
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        way = draw(st.sampled_from(["remove", "replace", "add", "rename"]))
        key = draw(st.sampled_from(keys or [0]))
        if not keys:
            continue
        if way == "remove":
            del holder[key]
        elif way == "replace" or not isinstance(holder, dict):
            holder[key] = copy.deepcopy(draw(st.sampled_from(VALUES)))
        elif way == "add":
            holder[draw(st.sampled_from(KEYS))] = copy.deepcopy(draw(st.sampled_from(VALUES)))
        else:
            holder[draw(st.sampled_from(["a", "a-b", "a_b", "1", "class", "Reply", "reply", "x-y"]))] = holder.pop(key)
    return document


@pytest.mark.slow
@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(document=contracts())
def test_a_changed_contract_is_carried_or_refused_with_its_place(document: Json) -> None:
    if list(not_json(document)):
        return
    try:
        driver.checked(document)
    except RefusedError as refused:
        assert [reason for reason in refused.reasons if "/" not in reason and ":" not in reason] == []  # noqa: PT017
