"""What the contract may hold: every key is carried into the code, left out on purpose, or refused.

openapi-python-client drops what it does not know without a word, so nothing reaches it before this module has seen
every key of the document. A key that is neither in `CARRIED` nor in `LEFT_OUT` stops the run and is named with its
place; that catches misspelt keywords and extensions as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openapi_python_client.strings import snake_case

Json = Mapping[str, Any]

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
LOCATIONS = ("path", "query", "header")
AUTH_SCHEMES = ("basic", "hmac")

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
        "maxItems", "maxProperties", "propertyNames", "dependentRequired", "dependentSchemas", "deprecated",
        "x-sensitive", "x-pattern-description", "x-enum-varnames",
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


def check(document: Json) -> None:
    """Refuse a contract that could not be carried into the code whole.

    Raises:
        RefusedError: With every reason found, each with its place in the document.
    """
    reasons = [*_document(document), *_references(document)]
    if reasons:
        raise RefusedError(reasons)


def _keys(kind: str, place: str, value: Json) -> Iterator[str]:
    for key in value:
        if key not in CARRIED.get(kind, set()) and key not in LEFT_OUT.get(kind, set()):
            yield f"{place}: {kind} with '{key}', which the generated code can't carry"


def _document(document: Json) -> Iterator[str]:
    if not str(document.get("openapi", "")).startswith(("3.0.", "3.1.")):
        yield f"openapi: version {document.get('openapi')!r} can't be read, use 3.1"
    yield from _keys("document", "/", document)
    for index, server in enumerate(document.get("servers", ())):
        yield from _keys("server", f"/servers/{index}", server)
        if "x-region" not in server:
            yield f"/servers/{index}: needs x-region, the name under which the SDK offers it"
    yield from _security(document)
    for tag in document.get("tags", ()):
        yield from _keys("tag", f"/tags/{tag.get('name')}", tag)
    yield from _operations(document)
    for name, item in document.get("webhooks", {}).items():
        yield from _webhook(f"/webhooks/{name}", item)
    yield from _components(document.get("components", {}))


def _security(document: Json) -> Iterator[str]:
    schemes = document.get("components", {}).get("securitySchemes", {})
    for name, scheme in schemes.items():
        yield from _keys("security scheme", f"/components/securitySchemes/{name}", scheme)
        if scheme.get("type") != "http" or scheme.get("scheme") not in AUTH_SCHEMES:
            yield f"/components/securitySchemes/{name}: only http with one of {', '.join(AUTH_SCHEMES)} can be carried"
    if document.get("security", []) != [{name: []} for name in schemes]:
        yield "/security: must offer each of the security schemes by itself, for all operations"


def _operations(document: Json) -> Iterator[str]:
    seen: dict[str, str] = {}
    for path, item in document.get("paths", {}).items():
        yield from _keys("path", f"/paths/{path}", item)
        for method in METHODS:
            if (operation := item.get(method)) is None:
                continue
            place = f"/paths/{path}/{method}"
            yield from _operation(
                place, operation, [*item.get("parameters", ()), *operation.get("parameters", ())]
            )
            name = snake_case(operation.get("operationId", ""))
            if name in seen:
                yield f"{place}: operationId becomes '{name}', like that of {seen[name]}"
            seen[name] = place
        for index, parameter in enumerate(item.get("parameters", ())):
            yield from _parameter(f"/paths/{path}/parameters/{index}", parameter)


def _operation(place: str, operation: Json, parameters: list[Json]) -> Iterator[str]:
    yield from _keys("operation", place, operation)
    for key in ("operationId", "summary"):
        if not operation.get(key):
            yield f"{place}: needs {key}"
    if len(operation.get("tags", ())) != 1:
        yield f"{place}: needs exactly one tag, its methods would appear twice or nowhere"
    for index, parameter in enumerate(operation.get("parameters", ())):
        yield from _parameter(f"{place}/parameters/{index}", parameter)
    if (body := operation.get("requestBody")) is not None:
        yield from _body(f"{place}/requestBody", body)
        if any(parameter.get("name") == "body" for parameter in parameters):
            yield f"{place}: a parameter named 'body' beside a request body would be one argument twice"
    responses = operation.get("responses", {})
    if not any(str(status).startswith("2") for status in responses):
        yield f"{place}/responses: needs a 2xx response"
    for status, response in responses.items():
        yield from _response(f"{place}/responses/{status}", str(status), response)


def _parameter(place: str, parameter: Json) -> Iterator[str]:
    if "$ref" in parameter:
        return
    yield from _keys("parameter", place, parameter)
    if parameter.get("in") not in LOCATIONS:
        yield f"{place}: a parameter in '{parameter.get('in')}' can't be carried"
    if "schema" not in parameter:
        yield f"{place}: needs a schema"
    if parameter.get("style", "simple" if parameter.get("in") != "query" else "form") not in (
        "simple",
        "form",
    ):
        yield f"{place}: style '{parameter['style']}' can't be carried"
    yield from _schema(f"{place}/schema", parameter.get("schema", {}))


def _body(place: str, body: Json) -> Iterator[str]:
    if "$ref" in body:
        return
    yield from _keys("body", place, body)
    yield from _content(place, body.get("content", {}))
    if list(body.get("content", {})) != ["application/json"]:
        yield f"{place}: must be application/json and nothing else"


def _response(place: str, status: str, response: Json) -> Iterator[str]:
    if "$ref" in response:
        return
    yield from _keys("response", place, response)
    content = response.get("content", {})
    yield from _content(place, content)
    if status.startswith("2") and content and list(content) != ["application/json"]:
        yield f"{place}: a successful answer must be application/json, or have no content"


def _content(place: str, content: Json) -> Iterator[str]:
    for media_type, media in content.items():
        yield from _keys("media", f"{place}/content/{media_type}", media)
        yield from _schema(f"{place}/content/{media_type}/schema", media.get("schema", {}))


def _webhook(place: str, item: Json) -> Iterator[str]:
    if list(item) != ["post"]:
        yield f"{place}: must be a POST and nothing else"
        return
    yield from _keys("webhook", f"{place}/post", item["post"])
    content = item["post"].get("requestBody", {}).get("content", {})
    if "$ref" not in content.get("application/json", {}).get("schema", {}):
        yield f"{place}: its JSON body must be a $ref to a schema, whose model reads it"


def _components(components: Json) -> Iterator[str]:
    yield from _keys("components", "/components", components)
    for name, parameter in components.get("parameters", {}).items():
        yield from _parameter(f"/components/parameters/{name}", parameter)
    for name, response in components.get("responses", {}).items():
        yield from _response(f"/components/responses/{name}", "", response)
    for name, body in components.get("requestBodies", {}).items():
        yield from _body(f"/components/requestBodies/{name}", body)
    for name, schema in components.get("schemas", {}).items():
        yield from _schema(f"/components/schemas/{name}", schema)


def _schema(place: str, schema: Json) -> Iterator[str]:
    yield from _keys("schema", place, schema)
    for key in ("oneOf", "anyOf"):
        if len([option for option in schema.get(key, ()) if option.get("type") != "null"]) > 1:
            yield f"{place}: {key} of several kinds can't be carried, only one kind or null"
    if (values := schema.get("enum")) is not None:
        yield from _enum(place, values)
    if "default" in schema and "const" not in schema:
        yield f"{place}: a default is the API's own affair and is never sent; say it in the description"
    for name, child in schema.get("properties", {}).items():
        yield from _schema(f"{place}/properties/{name}", child)
    for key in ("items", "additionalProperties", "propertyNames"):
        if isinstance(child := schema.get(key), Mapping):
            yield from _schema(f"{place}/{key}", child)
    for key in ("allOf", "oneOf", "anyOf"):
        for index, child in enumerate(schema.get(key, ())):
            yield from _schema(f"{place}/{key}/{index}", child)
    for name, child in schema.get("dependentSchemas", {}).items():
        yield from _dependent(f"{place}/dependentSchemas/{name}", child)


def _enum(place: str, values: list[Any]) -> Iterator[str]:
    if not all(isinstance(value, str) for value in values):
        yield f"{place}: an enum must hold texts only"
        return
    names: dict[str, str] = {}
    for value in values:
        name = snake_case(value)
        if name in names:
            yield f"{place}: enum values {names[name]!r} and {value!r} would become one member"
        names[name] = value


def _dependent(place: str, schema: Json) -> Iterator[str]:
    """Only "if this field is there, that field has this value" is carried."""
    properties = schema.get("properties", {})
    consts = [child for child in properties.values() if list(child) == ["const"]]
    if set(schema) != {"required", "properties"} or len(consts) != len(properties) != 0:
        yield f"{place}: must say which properties are required and their const, and nothing else"
    elif set(schema["required"]) != set(properties):
        yield f"{place}: must require the properties it gives a const"


def _references(node: Any, place: str = "") -> Iterator[str]:
    """A reference that the generator can't follow makes it drop what holds the reference."""
    if isinstance(node, Mapping):
        target = node.get("$ref")
        if isinstance(target, str) and not target.startswith("#/components/"):
            yield f"{place}: $ref to '{target}', only #/components/… can be followed"
        for key, child in node.items():
            yield from _references(child, f"{place}/{key}")
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from _references(child, f"{place}/{index}")
