"""Completes a contract mechanically: what the rules demand of texts, and nothing that says anything."""

from __future__ import annotations

import copy
import re
from typing import Any

from codegen.carried import METHODS

Json = dict[str, Any]


def completed(document: Json) -> Json:
    """A copy of a contract with a text wherever one is demanded; what it says already stays."""
    document = copy.deepcopy(document)
    for tag in document.get("tags", ()):
        tag.setdefault("description", f"{tag['name']}.")
    for index, server in enumerate(document.get("servers", ())):
        server.setdefault("description", "Somewhere.")
        server.setdefault("x-region", f"r{index}")
    for path, item in document.get("paths", {}).items():
        _path(path, item)
    for name, item in document.get("webhooks", {}).items():
        for operation in (item[method] for method in METHODS if method in item):
            operation.setdefault("summary", f"{_sentence(name)}.")
            _content(operation.get("requestBody", {}))
    components = document.get("components", {})
    _parameters({"parameters": list(components.get("parameters", {}).values())})
    for kind in ("requestBodies", "responses"):
        for each in components.get(kind, {}).values():
            _content(each)
    for name, schema in components.get("schemas", {}).items():
        _schema(name, schema)
    return document


def _path(path: str, item: Json) -> None:
    _parameters(item)
    for method in METHODS:
        if method in item:
            _operation(path, method, item[method])


def _sentence(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", " ", name).strip().lower()
    return words[:1].upper() + words[1:]


def _operation(path: str, method: str, operation: Json) -> None:
    if not isinstance(operation, dict):
        return
    operation.setdefault("operationId", f"{method}{_sentence(path).title().replace(' ', '')}")
    operation.setdefault("tags", ["Others"])
    operation.setdefault("summary", f"{_sentence(operation['operationId'])}.")
    operation.setdefault("description", "Does what its name says.")
    _parameters(operation)
    _content(operation.get("requestBody", {}))
    for response in operation.get("responses", {}).values():
        _content(response)


def _parameters(holder: Json) -> None:
    for each in holder.get("parameters", ()):
        if "$ref" not in each:
            _schema(each.get("name", "value"), each.get("schema", {}))


def _content(holder: Json) -> None:
    for media in holder.get("content", {}).values():
        if isinstance(media, dict):
            _schema("value", media.get("schema"))


def _schema(name: str, schema: Any) -> None:
    if not isinstance(schema, dict):
        return
    if not {"$ref", "allOf", "oneOf", "anyOf"} & set(schema) and schema.get("type") != "null":
        schema.setdefault("description", f"{_sentence(name)}.")
    if isinstance(properties := schema.get("properties"), dict):
        for each, child in properties.items():
            _schema(each, child)
    _schema("item", schema.get("items"))
    for key in ("allOf", "oneOf", "anyOf"):
        for part in schema.get(key, ()):
            for each in part.get("properties", {}) if isinstance(part, dict) else ():
                _schema(each, part["properties"][each])
