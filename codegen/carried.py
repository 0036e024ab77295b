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
        "x-sends-messages", "x-repeatable", "x-settled-by", "x-undocumented", "x-gone", "x-paged", "security",
    },
    "webhook item": {"post"},
    "webhook": {"operationId", "tags", "summary", "description", "requestBody", "responses", "security"},
    "paging": {"parameter", "first", "token", "next", "items"},
    "parameter": {"name", "in", "required", "schema", "description", "deprecated", "style", "explode"},
    "body": {"required", "content"},
    "response": {"description", "content"},
    "media": {"schema"},
    "schema": {
        "$ref", "type", "description", "format", "properties", "required", "items", "enum", "const", "default", "allOf",
        "oneOf", "anyOf", "additionalProperties", "minLength", "maxLength", "pattern", "minimum", "maximum", "minItems",
        "maxItems", "minProperties", "maxProperties", "propertyNames", "dependentRequired", "dependentSchemas",
        "deprecated", "x-after", "x-e164", "x-sensitive", "x-pattern-description", "x-enum-varnames", "x-terminal",
        "x-template",
    },
    "security scheme": {"type", "scheme", "description"},
}  # fmt: skip

# What says nothing to the code: examples serve readers and the sandbox, links serve testing tools, response headers
# stay reachable as they came, `null` in answers reads as "not there" whether it is declared or not. A title would be a
# second name. The headers of webhooks are the business of the hand-written receivers.
LEFT_OUT: dict[str, set[str]] = {
    "document": {"externalDocs"},
    "components": {"examples", "links", "headers"},
    "tag": {"externalDocs"},
    "path": {"summary", "description"},
    "webhook item": {"summary", "description", "parameters"},
    "webhook": {"parameters", "externalDocs"},
    "operation": {"externalDocs"},
    "parameter": {"example", "examples"},
    "body": {"description"},
    "response": {"headers", "links"},
    "media": {"example", "examples"},
    "schema": {"title", "example", "examples", "externalDocs", "nullable"},
}


class RefusedError(Exception):
    """The contract holds something that the generated code would lose, or get wrong."""

    def __init__(self, reasons: list[str] | str) -> None:
        self.reasons = [reasons] if isinstance(reasons, str) else reasons
        super().__init__("\n".join(f"  {reason}" for reason in self.reasons))


def json_media(content: Json) -> str:
    """The key of the JSON among the contents of a body or answer, whatever its parameters; empty if there is none."""
    return next((key for key in content if key.partition(";")[0].strip().lower() in ("application/json", "*/*")), "")


def unknown_keys(kind: str, place: str, value: Json) -> Iterator[str]:
    """The keys that are neither carried nor left out on purpose."""
    known = CARRIED.get(kind, set()) | LEFT_OUT.get(kind, set())
    for key in value:
        if key not in known:
            meant = "" if key in _KEYWORDS else _meant(key, known)
            yield f"{place}: {kind} with '{key}', which is not supported{meant}"


def _meant(key: str, known: set[str]) -> str:
    """A hint at the key that this one is a misspelling of."""
    close = difflib.get_close_matches(key, sorted(known), n=1, cutoff=0.8)
    return f"; did you mean '{close[0]}'?" if close else ""


# Keywords of OpenAPI and JSON Schema: whoever writes one of these means it.
_KEYWORDS = frozenset({
    "$anchor", "$comment", "$defs", "$dynamicAnchor", "$dynamicRef", "$id", "$schema", "$vocabulary", "allowEmptyValue",
    "allowReserved", "callbacks", "contains", "content", "contentEncoding", "contentMediaType", "contentSchema",
    "dependencies", "discriminator", "else", "encoding", "exclusiveMaximum", "exclusiveMinimum", "headers", "if",
    "jsonSchemaDialect", "links", "maxContains", "minContains", "multipleOf", "not", "parameters", "pathItems",
    "patternProperties", "prefixItems", "readOnly", "servers", "then", "trace", "unevaluatedItems",
    "unevaluatedProperties", "uniqueItems", "variables", "writeOnly", "xml", "title", "externalDocs", "security",
})  # fmt: skip
