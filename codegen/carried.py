"""The keys of a contract: what is carried into the code, and what is left out on purpose."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")

# What ends up in the code, by the generator, the driver or the templates.
CARRIED: dict[str, set[str]] = {
    "document": {"openapi", "info", "servers", "security", "tags", "paths", "webhooks", "components"},
    "components": {"securitySchemes", "parameters", "responses", "schemas", "requestBodies"},
    "server": {"url", "description", "x-region"},
    "tag": {"name", "description"},
    "path": {*METHODS, "parameters"},
    "operation": {
        "operationId", "tags", "summary", "description", "parameters", "requestBody", "responses", "deprecated",
        "x-sends-messages", "x-repeatable", "x-settled-by", "x-undocumented",
    },
    "webhook": {"operationId", "tags", "summary", "description", "requestBody", "responses", "security"},
    "parameter": {"name", "in", "required", "schema", "description", "deprecated", "style", "explode"},
    "body": {"required", "content"},
    "response": {"description", "content"},
    "media": {"schema"},
    "schema": {
        "$ref", "type", "description", "format", "properties", "required", "items", "enum", "const", "default", "allOf",
        "oneOf", "anyOf", "additionalProperties", "minLength", "maxLength", "pattern", "minimum", "maximum", "minItems",
        "maxItems", "minProperties", "maxProperties", "propertyNames", "dependentRequired", "dependentSchemas",
        "deprecated", "x-after", "x-e164", "x-sensitive", "x-pattern-description", "x-enum-varnames", "x-terminal",
    },
    "security scheme": {"type", "scheme", "description"},
}  # fmt: skip

# What says nothing to the code: examples serve readers and the sandbox, links serve testing tools, response headers
# stay reachable as they came, `null` in answers reads as "not there" whether it is declared or not.
LEFT_OUT: dict[str, set[str]] = {
    "document": {"externalDocs"},
    "components": {"examples", "links", "headers"},
    "tag": {"externalDocs"},
    "path": {"summary", "description"},
    "operation": {"externalDocs"},
    "parameter": {"example", "examples"},
    "body": {"description"},
    "response": {"headers", "links"},
    "media": {"example", "examples"},
    "schema": {"example", "examples", "externalDocs", "nullable"},
}


class RefusedError(Exception):
    """The contract holds something that the generated code would lose, or get wrong."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__("\n".join(f"  {reason}" for reason in reasons))


def unknown_keys(kind: str, place: str, value: Json) -> Iterator[str]:
    """The keys that are neither carried nor left out on purpose."""
    for key in value:
        if key not in CARRIED.get(kind, set()) and key not in LEFT_OUT.get(kind, set()):
            known = CARRIED.get(kind, set()) | LEFT_OUT.get(kind, set())
            close = difflib.get_close_matches(key, known, n=1)
            meant = f"; did you mean '{close[0]}'?" if close else ""
            yield f"{place}: {kind} with '{key}', which the generated code can't carry{meant}"
