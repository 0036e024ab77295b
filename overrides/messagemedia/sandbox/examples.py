"""The documented example of an operation, for what the sandbox does not model."""

from __future__ import annotations

import base64
import json
from typing import Any, cast

from messagemedia.sandbox.answers import Answer
from messagemedia.sandbox.contract import Contract, Endpoint, JsonObject

_BY_FORMAT = {
    "date-time": "2026-01-15T03:04:05.000Z",
    "date": "2026-01-15",
    "uuid": "877c19ef-fa2e-4cec-827a-e1df9b5509f7",
    "uri": "https://example.com/",
    "email": "someone@example.com",
    "byte": base64.b64encode(b"example").decode(),
}
_BY_TYPE: dict[str, Any] = {"integer": 1, "number": 1, "boolean": True, "null": None}


def documented_answer(contract: Contract, operation: Endpoint) -> Answer:
    """The example of the first successful response of an operation."""
    responses: JsonObject = operation.definition.get("responses", {})
    code = next((code for code in responses if code.startswith("2")), "204")
    response, _ = contract.resolve(responses.get(code, {}))
    status = int(code) if code.isdecimal() else 200
    content: JsonObject = response.get("content", {})
    if not content:
        return Answer(status)
    media_type = "application/json" if "application/json" in content else next(iter(content))
    example = _example_of(contract, content[media_type])
    if media_type.partition(";")[0].endswith("json"):
        return Answer(status, json.dumps(example, ensure_ascii=False).encode(), (("content-type", media_type),))
    text = example if isinstance(example, str) else json.dumps(example)
    return Answer(status, text.encode(), (("content-type", media_type),))


def _example_of(contract: Contract, media: JsonObject) -> Any:
    if "example" in media:
        return media["example"]
    for item in media.get("examples", {}).values():
        example, _ = contract.resolve(item)
        if "value" in example:
            return example["value"]
    return from_schema(contract, media.get("schema", {}))


def from_schema(contract: Contract, schema: Any, within: frozenset[str] = frozenset()) -> Any:
    """Make an instance of a schema, from its examples where it has any.

    Args:
        contract: The contract, for references.
        schema: The schema.
        within: References that are being followed; a schema that contains itself ends at the second time.
    """
    if not isinstance(schema, dict):
        return {}
    node = cast("JsonObject", schema)
    given = [node[keyword] for keyword in ("example", "const", "default") if keyword in node]
    given += [node[keyword][0] for keyword in ("examples", "enum") if node.get(keyword)]
    if given:
        return given[0]
    if "$ref" in node:
        target, reference = contract.resolve(node)[0], str(node["$ref"])
        return {} if reference in within else from_schema(contract, target, within | {reference})
    choices: list[Any] = node.get("oneOf") or node.get("anyOf") or []
    if choices:
        return from_schema(contract, choices[0], within)
    made = _from_type(contract, node, within)
    for part in node.get("allOf", ()):
        made = {**made, **from_schema(contract, part, within)}
    return made


def _from_type(contract: Contract, schema: JsonObject, within: frozenset[str]) -> Any:
    match _type_of(schema):
        case "object":
            parts: JsonObject = schema.get("properties", {})
            wanted = [name for name in parts if not _repeats(parts[name], within)]
            return {name: from_schema(contract, parts[name], within) for name in wanted}
        case "array":
            items: Any = schema.get("items", True)
            count = 0 if _repeats(items, within) else max(1, schema.get("minItems", 0))
            return [from_schema(contract, items, within) for _ in range(count)]
        case "string":
            text = _BY_FORMAT.get(schema.get("format", ""), "example")
            return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength")]
        case kind:
            return schema.get("minimum", _BY_TYPE[kind])


def _repeats(schema: Any, within: frozenset[str]) -> bool:
    return isinstance(schema, dict) and cast("JsonObject", schema).get("$ref") in within


def _type_of(schema: JsonObject) -> str:
    kind: Any = schema.get("type")
    if isinstance(kind, str):
        return kind
    if kind:
        return cast("str", kind[0])
    return "array" if "items" in schema else "object" if schema.keys() & {"properties", "allOf"} else "string"
