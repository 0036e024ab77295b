"""The contract as the tests read it: plain data, found by walking, never by lists of names."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import attrs
from jsonschema import Draft202012Validator, FormatChecker
from messagemedia_generated import models

from codegen import joining
from codegen.names import tag_name

ROOT = Path(__file__).parents[2]

Json = dict[str, Any]

DOCUMENT: Json = joining.read(ROOT / "openapi").document
METHODS = ("get", "put", "post", "delete", "patch", "head", "options")

FORMATS = FormatChecker(formats=["uuid", "date"])


@FORMATS.checks("date-time", raises=ValueError)
def _is_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@FORMATS.checks("uri")
def _is_address(value: object) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", value) is not None


@FORMATS.checks("byte")
def _is_base64(value: object) -> bool:
    return (
        not isinstance(value, str)
        or re.fullmatch(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", value) is not None
    )


def follow(node: Json) -> Json:
    """What a `$ref` leads to; what stands beside it wins."""
    if "$ref" not in node:
        return node
    target: Any = DOCUMENT
    for part in node["$ref"].split("/")[1:]:
        target = target[part]
    return {**follow(target), **{key: value for key, value in node.items() if key != "$ref"}}


def validator(schema: Json, formats: FormatChecker | None = FORMATS) -> Draft202012Validator:
    """A validator for a schema of the contract."""
    # References in the schema lead to the components of its own document.
    return Draft202012Validator({"components": DOCUMENT["components"], **schema}, format_checker=formats)


@attrs.frozen
class Operation:
    """An operation with its place."""

    id: str
    method: str
    path: str
    raw: Json
    parameters: list[Json]

    @property
    def body(self) -> Json | None:
        """The media object of its JSON body."""
        body = follow(self.raw["requestBody"]) if "requestBody" in self.raw else None
        return next(iter(body["content"].values())) if body else None

    @property
    def attribute(self) -> str:
        """The attribute of `client.api` that holds its method."""
        return tag_name(self.raw["tags"][0])

    def responses(self) -> Iterator[tuple[str, Json]]:
        """Its answers by status."""
        for status, response in self.raw["responses"].items():
            yield status, follow(response)


def _operations() -> Iterator[Operation]:
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in item:
                merged = {
                    (each["name"], each["in"]): each
                    for each in map(follow, [*item.get("parameters", ()), *item[method].get("parameters", ())])
                }
                yield Operation(item[method]["operationId"], method.upper(), path, item[method], list(merged.values()))


OPERATIONS = {each.id: each for each in _operations()}


def examples(holder: Json) -> list[Any]:
    """The examples of a media object, a parameter or a schema."""
    found = holder.get("examples")
    if isinstance(found, Mapping):
        return [follow(each)["value"] for each in found.values()]
    return [*(found or ()), *([holder["example"]] if "example" in holder else ())]


def parameter_example(parameter: Json) -> Any:
    """An example of a parameter."""
    return (examples(parameter) + examples(follow(parameter["schema"])))[0]


def schemas() -> Iterator[tuple[str, Json]]:
    """Every schema with its place: those of components, bodies, answers and parameters, and all within them."""
    for name, schema in DOCUMENT["components"].get("schemas", {}).items():
        yield from _within(f"schemas/{name}", schema)
    seen: set[int] = set()
    for operation in OPERATIONS.values():
        for parameter in operation.parameters:
            yield from _within(f"{operation.id}/{parameter['name']}", parameter["schema"])
        for place, media in media_of(operation):
            if id(media["schema"]) not in seen:  # most answers are shared by many operations
                seen.add(id(media["schema"]))
                yield from _within(place, media["schema"])


def media_of(operation: Operation) -> Iterator[tuple[str, Json]]:
    """The media objects of an operation's body and answers, each with its place."""
    if "requestBody" in operation.raw:
        for kind, media in follow(operation.raw["requestBody"])["content"].items():
            yield f"{operation.id}/body/{kind}", media
    for status, response in operation.responses():
        for kind, media in response.get("content", {}).items():
            yield f"{operation.id}/{status}/{kind}", media


def _within(place: str, schema: Json) -> Iterator[tuple[str, Json]]:
    yield place, schema
    for name, child in schema.get("properties", {}).items():
        yield from _within(f"{place}/{name}", child)
    if isinstance(schema.get("items"), Mapping):
        yield from _within(f"{place}[]", schema["items"])
    for at, child in enumerate(schema.get("allOf", ())):
        yield from _within(f"{place}/allOf/{at}", child)


def like(name: str) -> str:
    """A name without what the languages spell differently."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def model(name: str) -> Any:
    """The class of a schema."""
    return next(thing for each, thing in vars(models).items() if like(each) == like(name) and isinstance(thing, type))


def made(hint: Any, value: Any) -> Any:
    """An example as what a caller would pass: models, datetimes and the like, as the annotation wants them."""
    kinds = list(_kinds(hint))
    classes = [each for each in kinds if attrs.has(each)]
    if isinstance(value, list):
        return [made(hint, item) for item in value]
    if isinstance(value, dict) and classes:
        return made_model(classes[0], value)
    if isinstance(value, str) and datetime in kinds:
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(value, str) and date in kinds else value


def made_model(kind: Any, value: Json) -> Any:
    """A model made from its JSON object."""
    hints = typing.get_type_hints(kind)
    names = {like(each.name): each.name for each in sorted(attrs.fields(kind), key=lambda field: len(field.name))}
    return kind(**{names[like(key)]: made(hints[names[like(key)]], item) for key, item in value.items()})


def _kinds(hint: Any) -> Iterator[Any]:
    arguments = typing.get_args(hint)
    if not arguments or (isinstance(hint, types.GenericAlias) and hint.__origin__ is dict):
        yield hint
    for each in arguments:
        yield from _kinds(each)


def resolved(value: Any, answer: Any) -> Any:
    """A value of a link, with what its expressions lead to in the answer."""
    if isinstance(value, dict):
        return {name: resolved(each, answer) for name, each in value.items()}
    if isinstance(value, list):
        return [resolved(each, answer) for each in value]
    if not isinstance(value, str) or not value.startswith("$response.body#/"):
        return value
    for part in value.removeprefix("$response.body#/").split("/"):
        answer = answer[int(part) if isinstance(answer, list) else part]
    return answer


def query_of(operation: Operation) -> list[tuple[str, str]]:
    """The query that the examples of an operation's parameters give."""
    pairs: list[tuple[str, str]] = []
    for parameter in operation.parameters:
        if parameter["in"] != "query":
            continue
        example = parameter_example(parameter)
        if not isinstance(example, list):
            pairs.append((parameter["name"], _text(example)))
        elif parameter.get("explode", True):
            pairs += [(parameter["name"], _text(item)) for item in example]
        else:
            pairs.append((parameter["name"], ",".join(map(_text, example))))
    return pairs


def path_of(operation: Operation) -> str:
    """The path with the examples of its parameters."""
    path = operation.path
    for parameter in operation.parameters:
        if parameter["in"] == "path":
            example = parameter_example(parameter)
            parts = example if isinstance(example, list) else [example]
            text = ",".join(quote(_text(part), safe="") for part in parts)
            path = path.replace(f"{{{parameter['name']}}}", text)
    return path


def headers_of(operation: Operation) -> dict[str, str]:
    """The headers that the examples of an operation's parameters give."""
    return {each["name"]: _text(parameter_example(each)) for each in operation.parameters if each["in"] == "header"}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values say the same; a moment may be written in several ways."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, str) and isinstance(other, str) and one != other:
        return re.match(r"\d{4}-\d\d-\d\dT", one) is not None and datetime.fromisoformat(one) == datetime.fromisoformat(
            other
        )
    return type(one) is type(other) and bool(one == other)
