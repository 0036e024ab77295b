"""What an enum of the contract may hold."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from codegen.carried import Json
from codegen.names import clashing, member_names


def refused_enum(place: str, flat: Json) -> Iterator[str]:
    """What is wrong with the values of a whole schema, their names and their order; nothing if there are none."""
    if "enum" not in flat:
        return
    yield from _terminal(place, flat)
    values, given = flat["enum"], flat.get("x-enum-varnames")
    if not values or not all(isinstance(value, str) for value in values):
        yield f"{place}: an enum must hold only strings, and at least one"
        return
    for value in sorted({value for value in values if values.count(value) > 1}):
        yield f"{place}: the enum value {value!r} occurs twice"
    if given is not None and not _are_names(given, len(values)):
        yield f"{place}: x-enum-varnames must give each enum value a name of its own, all of them strings"
        return
    if flat.get("const", values[0]) not in values:
        yield f"{place}: the const {flat['const']!r} is not among the values of the enum"
    members = member_names(values, given)
    for value in (value for value, member in members.items() if not member):
        way_out = "give it one with x-enum-varnames" if given is None else "also not in x-enum-varnames"
        yield f"{place}: the enum value {value!r} has no letter or digit for a name, {way_out}"
    named = [(repr(value), member) for value, member in members.items() if member]
    for member, one, other in clashing(named):
        told = "they have names of their own in x-enum-varnames" if given is None else "x-enum-varnames tell them apart"
        yield f"{place}: enum values {one} and {other} would become one member, {member}, unless {told}"


def _are_names(given: Any, count: int) -> bool:
    return isinstance(given, list) and len(given) == count and all(isinstance(each, str) for each in given)


def _terminal(place: str, flat: Json) -> Iterator[str]:
    """What is wrong with the values after which no other follows, or only certain ones."""
    if "x-terminal" not in flat:
        return
    terminal, values = flat["x-terminal"], flat["enum"]
    lists: list[Any] = list(terminal.values()) if isinstance(terminal, Mapping) else []
    if not lists or not all(isinstance(each, list) for each in lists):
        yield f"{place}: x-terminal must give each terminal value the list of those that may still follow it"
    else:
        for name in terminal:
            if name not in values:
                yield f"{place}: x-terminal names {name!r}, which is not a value of the enum"
        for name in itertools.chain.from_iterable(lists):
            if name not in list(terminal):
                yield f"{place}: x-terminal lets {name!r} follow a terminal value, which is not a terminal value itself"
