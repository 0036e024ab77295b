"""The contract as facts, one line each, and what of a newer contract breaks who relied on an older one.

A fact is a subject, what is said of it, and a value: `schemas/Message/content maxLength: 5000`. What a reader is told
(descriptions, examples) is no fact. A fact that is gone or has another value breaks; a new one does only if it narrows
what was there and could be sent before: a limit, or something that is required now.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from codegen import joining

CONTRACT = Path(__file__).parents[2] / "openapi"
HEADER = """\
# The contract, as its users of the last accepted state know it. Written by `python tests/baseline.py --accept`.
"""

Json = dict[str, Any]
Facts = dict[str, str]

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
TOLD = ("description", "summary", "title", "example", "examples", "deprecated", "x-pattern-description", "$comment")
NAMED = ("type", "$ref", "properties", "required", "enum", "items", "additionalProperties")


def load() -> Json:
    """All files as one document."""
    return joining.read(CONTRACT).document


def facts(document: Json) -> Facts:
    """All facts of a contract."""
    return dict(_facts(document))


def _facts(document: Json) -> Iterator[tuple[str, str]]:
    servers = {server.get("x-region", server["url"]): server["url"] for server in document.get("servers", ())}
    yield "servers default", next(iter(servers), "none")
    yield from ((f"servers/{name}", url) for name, url in servers.items())
    for name, scheme in document["components"].get("securitySchemes", {}).items():
        yield f"security/{name}", f"{scheme['type']} {scheme.get('scheme', '')}".strip()
    yield from ((f"security {' and '.join(each) or 'none'}", "enough") for each in document.get("security", ()))
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield from _operation(document, path, method, item)
    for name, item in document.get("webhooks", {}).items():
        for method in METHODS:
            if method in item:
                yield f"webhooks/{name}", method.upper()
                yield from _body(document, f"webhooks/{name}", item[method])
    for name, schema in document["components"].get("schemas", {}).items():
        yield from _schema(f"schemas/{name}", schema)


def _operation(document: Json, path: str, method: str, item: Json) -> Iterator[tuple[str, str]]:
    operation = item[method]
    at = f"operations/{operation['operationId']}"
    yield at, f"{method.upper()} {path}"
    yield f"{at} tags", ", ".join(operation.get("tags", ()))
    for key in operation:
        if key.startswith("x-") or key == "security":
            yield f"{at} {key}", _plain(operation[key])
    every = [_follow(document, each) for each in [*item.get("parameters", ()), *operation.get("parameters", ())]]
    for each in {(each["in"], each["name"]): each for each in every}.values():
        name = f"{each['in']}.{each['name']}"
        if each.get("required"):
            yield f"{at} requires {name}", ""
        yield from ((f"{at}/{name} {key}", _plain(each[key])) for key in ("style", "explode") if key in each)
        yield from _schema(f"{at}/{name}", each["schema"])
    yield from _body(document, at, operation)
    for status, response in operation["responses"].items():
        content = _follow(document, response).get("content", {})
        yield f"{at} answers {status}", ", ".join(content) or "nothing"
        for kind, media in content.items():
            yield from _schema(f"{at}/{status}/{kind}", media["schema"])


def _body(document: Json, at: str, operation: Json) -> Iterator[tuple[str, str]]:
    if "requestBody" in operation:
        body = _follow(document, operation["requestBody"])
        if body.get("required"):
            yield f"{at} requires body", ""
        for kind, media in body["content"].items():
            yield from _schema(f"{at}/body/{kind}", media["schema"])


def _schema(at: str, schema: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(schema, Mapping):
        yield at, _plain(schema)
        return
    kind = schema.get("$ref", "").rpartition("/")[2] or schema.get("type", "anything")
    yield at, kind if isinstance(kind, str) else " or ".join(kind)
    yield from ((f"{at} requires {name}", "") for name in schema.get("required", ()))
    yield from ((f"{at} allows {_plain(value)}", "") for value in schema.get("enum", ()))
    for name, child in schema.get("properties", {}).items():
        yield from _schema(f"{at}/{name}", child)
    for key, mark in (("items", "[]"), ("additionalProperties", "/*")):
        if key in schema:
            yield from _schema(at + mark, schema[key])
    yield from ((f"{at} {key}", _plain(schema[key])) for key in schema if key not in (*NAMED, *TOLD))


def _follow(document: Json, node: Json) -> Json:
    if "$ref" not in node:
        return node
    target: Any = document
    for part in node["$ref"].split("/")[1:]:
        target = target[part]
    return _follow(document, target)


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def write(found: Facts) -> str:
    """Facts as text."""
    return HEADER + "".join(f"{key}: {value}\n" if value else f"{key}\n" for key, value in sorted(found.items()))


def read(text: str) -> Facts:
    """Facts from their text."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {key: value for key, _, value in (line.partition(": ") for line in lines)}


def breakages(old: Facts, new: Facts) -> list[str]:
    """What breaks somebody who relied on the old facts, one line each."""
    gone = [f"{key} is gone" + (f" (was {old[key]})" if old[key] else "") for key in old if key not in new]
    changed = [f"{key} was {old[key]} and is {new[key]}" for key in old if key in new and old[key] != new[key]]
    sent = _sent(new)
    narrowed = [
        f"{key}{f': {value}' if value else ''} is new, and narrows what was allowed"
        for key, value in new.items()
        if key not in old and _narrows(key, old) and _is_sent(key, sent)
    ]
    return sorted([*gone, *changed, *narrowed])


def _narrows(key: str, old: Facts) -> bool:
    """Whether a new fact takes something away from a subject that was there before."""
    subject, _, said = key.partition(" ")
    if subject.endswith("/*") and not said:  # what other properties may be was not said, so they could be anything
        return subject.removesuffix("/*") in old
    what = said.partition(" ")[0]
    if subject not in old or not said or what in ("answers", "tags") or what.startswith("x-"):
        return False
    # A further value widens an enum, but the first one closes what was open.
    return what != "allows" or not any(each.startswith(f"{subject} allows ") for each in old)


def _is_sent(key: str, sent: set[str]) -> bool:
    """Whether a subject is part of what is sent; an answer may promise more than before."""
    subject = key.partition(" ")[0]
    root, *rest = subject.split("/")
    return root == "operations" or (root == "schemas" and rest[0].partition("[")[0] in sent)


def _sent(new: Facts) -> set[str]:
    """The schemas that request bodies and parameters are made of."""
    found: set[str] = set()
    waiting = [
        value for key, value in new.items() if key.startswith("operations/") and "/body/" in key and " " not in key
    ]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [value for key, value in new.items() if key.startswith((f"schemas/{name}/", f"schemas/{name}["))]
            waiting += [new[f"schemas/{name}"]] if f"schemas/{name}" in new else []
    return found
