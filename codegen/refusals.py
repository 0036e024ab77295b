"""What the contract may hold: every key is carried into the code, left out on purpose, or refused.

openapi-python-client drops what it does not know without a word, so nothing reaches it before this module has seen
every key of the document. A key that is neither in `CARRIED` nor in `LEFT_OUT` stops the run and is named with its
place; that catches misspelt keywords and extensions as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from jsonschema.exceptions import best_match, relevance
from openapi_python_client.strings import snake_case
from openapi_spec_validator.schemas import openapi_v31_schema_validator

from codegen.carried import METHODS, Json, RefusedError, unknown_keys
from codegen.references import follow, not_json, unfollowable
from codegen.refused_schemas import refused_name, refused_schema

LOCATIONS = ("path", "query", "header")
AUTH_SCHEMES = ("basic", "hmac")
SETTLEMENT = ("operationId", "property", "equals")
OWN_HEADERS = ("accept", "authorization", "content-type", "date", "host", "user-agent")


_ADDRESS = re.compile(r"https://[^/{}?#\s]+(?:/[^/{}?#\s]+)*")


def check(document: Json) -> None:
    """Refuse a contract that is no valid OpenAPI, or could not be carried into the code whole.

    Raises:
        RefusedError: With every reason found, each with its place in the document.
    """
    if reasons := list(not_json(document)):
        raise RefusedError(reasons)
    known = [*unfollowable(document), *_invalid(document)]
    try:
        reasons += _document(document)
    except (AttributeError, KeyError, TypeError):
        # Something is missing, or not of the kind that OpenAPI wants there, which has been said.
        if not known:
            raise
    if reasons := [*reasons, *known]:
        raise RefusedError(reasons)


def _invalid(document: Json) -> Iterator[str]:
    for error in openapi_v31_schema_validator.iter_errors(document):
        found = best_match(error.context, relevance) if error.context else error
        place = "/".join(str(part) for part in (found or error).absolute_path)
        if place != "openapi":  # told in our own words
            yield f"/{place}: {(found or error).message[:200]}"


def _document(document: Json) -> Iterator[str]:
    if not str(document.get("openapi")).startswith("3.1."):
        yield f"openapi: version {document.get('openapi')!r} can't be read, use 3.1"
    yield from unknown_keys("document", "/", document)
    yield from _servers(document.get("servers", ()))
    yield from _security(document)
    for tag in document.get("tags", ()):
        yield from unknown_keys("tag", f"/tags/{tag.get('name')}", tag)
    yield from _operations(document)
    for name, item in document.get("webhooks", {}).items():
        yield from _webhook(f"/webhooks/{name}", item)
    yield from _components(document.get("components", {}))


def _servers(servers: list[Json]) -> Iterator[str]:
    if not servers:
        yield "/servers: needs at least one, the first is the default"
    regions: set[str] = set()
    for index, server in enumerate(servers):
        yield from unknown_keys("server", f"/servers/{index}", server)
        if not _ADDRESS.fullmatch(str(server.get("url"))):
            yield f"/servers/{index}: url must be an https address without variables and without a slash at its end"
        for key in ("x-region", "description"):
            if not server.get(key):
                yield f"/servers/{index}: needs {key}, the SDK offers it with it"
        if server.get("x-region") in regions:
            yield f"/servers/{index}: the server of region {server['x-region']!r} is there already"
        regions.add(server.get("x-region", ""))


def _security(document: Json) -> Iterator[str]:
    schemes = document.get("components", {}).get("securitySchemes", {})
    for name, scheme in schemes.items():
        yield from unknown_keys("security scheme", f"/components/securitySchemes/{name}", scheme)
        if scheme.get("type") != "http" or scheme.get("scheme") not in AUTH_SCHEMES:
            yield f"/components/securitySchemes/{name}: only http with one of {', '.join(AUTH_SCHEMES)} can be carried"
    if document.get("security", []) != [{name: []} for name in schemes]:
        yield "/security: must offer each of the security schemes by itself, for all operations"


def _operations(document: Json) -> Iterator[str]:
    seen: dict[str, str] = {}
    tags: dict[str, str] = {}
    for path, item in document.get("paths", {}).items():
        yield from unknown_keys("path", f"/paths/{path}", item)
        for method in METHODS:
            if (operation := item.get(method)) is None:
                continue
            place = f"/paths/{path}/{method}"
            parameters = [
                follow(document, each) for each in (*item.get("parameters", ()), *operation.get("parameters", ()))
            ]
            yield from _operation(document, place, operation, parameters)
            for tag in operation.get("tags", ()):
                if tags.setdefault(snake_case(tag), tag) != tag:
                    yield f"{place}: tag {tag!r} would become the same as {tags[snake_case(tag)]!r}"
            name = snake_case(operation.get("operationId", ""))
            if name in seen:
                yield f"{place}: operationId becomes '{name}', like that of {seen[name]}"
            seen[name] = place
        for index, parameter in enumerate(item.get("parameters", ())):
            yield from _parameter(f"/paths/{path}/parameters/{index}", parameter)


def _operation(document: Json, place: str, operation: Json, parameters: list[Json]) -> Iterator[str]:
    yield from unknown_keys("operation", place, operation)
    yield from _extensions(place, operation)
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
    yield from _responses(document, f"{place}/responses", operation.get("responses", {}))


def _extensions(place: str, operation: Json) -> Iterator[str]:
    for key in ("x-sends-messages", "x-repeatable", "x-undocumented", "deprecated"):
        if not isinstance(operation.get(key, False), bool):
            yield f"{place}: {key} must be true or false"
    if operation.get("x-sends-messages") is True and operation.get("x-repeatable") is True:
        yield f"{place}: x-sends-messages and x-repeatable exclude each other, repeating would send twice"
    settled = operation.get("x-settled-by", dict.fromkeys(SETTLEMENT, ""))
    if not isinstance(settled, Mapping) or set(settled) != set(SETTLEMENT):
        yield f"{place} ({operation.get('operationId')}): x-settled-by must have {', '.join(SETTLEMENT)}"


def _responses(document: Json, place: str, responses: Json) -> Iterator[str]:
    if not any(status.startswith("2") for status in responses):
        yield f"{place}: needs a 2xx response"
    for status, response in responses.items():
        yield from _response(f"{place}/{status}", response)
        if status.startswith("2"):
            yield from _success(f"{place}/{status}", follow(document, response))
        if status.endswith("xx"):
            yield f"{place}/{status}: a range is written in capitals, as {status.upper()}"


def _parameter(place: str, parameter: Json) -> Iterator[str]:
    if "$ref" in parameter:
        return
    yield from unknown_keys("parameter", place, parameter)
    if parameter.get("in") not in LOCATIONS:
        yield f"{place}: a parameter in '{parameter.get('in')}' can't be carried"
    if "schema" not in parameter:
        yield f"{place}: needs a schema"
    for key in sorted({"x-after", "x-sensitive"} & set(parameter.get("schema", {}))):
        yield f"{place}: {key} counts only for properties of schemas"
    if parameter.get("in") == "header" and parameter.get("name", "").lower() in OWN_HEADERS:
        yield f"{place}: the header {parameter['name']} is made by the client itself"
    yield from refused_name(place, parameter.get("name", ""))
    if parameter.get("style", "simple" if parameter.get("in") != "query" else "form") not in (
        "simple",
        "form",
    ):
        yield f"{place}: style '{parameter['style']}' can't be carried"
    yield from refused_schema(f"{place}/schema", parameter.get("schema", {}))


def _body(place: str, body: Json) -> Iterator[str]:
    if "$ref" in body:
        return
    yield from unknown_keys("body", place, body)
    yield from _content(place, body.get("content", {}))
    if list(body.get("content", {})) != ["application/json"]:
        yield f"{place}: must be application/json and nothing else"


def _response(place: str, response: Json) -> Iterator[str]:
    if "$ref" in response:
        return
    yield from unknown_keys("response", place, response)
    yield from _content(place, response.get("content", {}))


def _success(place: str, response: Json) -> Iterator[str]:
    content = response.get("content")
    if content and list(content) != ["application/json"]:
        yield f"{place}: a successful answer must be application/json, or have no content"
    elif content and not content["application/json"].get("schema"):
        yield f"{place}: needs a schema"


def _content(place: str, content: Json) -> Iterator[str]:
    for media_type, media in content.items():
        yield from unknown_keys("media", f"{place}/content/{media_type}", media)
        yield from refused_schema(f"{place}/content/{media_type}/schema", media.get("schema", {}))


def _webhook(place: str, item: Json) -> Iterator[str]:
    if list(item) != ["post"]:
        yield f"{place}: must be a POST and nothing else"
        return
    yield from unknown_keys("webhook", f"{place}/post", item["post"])
    content = item["post"].get("requestBody", {}).get("content", {})
    if "$ref" not in content.get("application/json", {}).get("schema", {}):
        yield f"{place}: its JSON body must be a $ref to a schema, whose model reads it"


def _components(components: Json) -> Iterator[str]:
    yield from unknown_keys("components", "/components", components)
    for name, parameter in components.get("parameters", {}).items():
        yield from _parameter(f"/components/parameters/{name}", parameter)
    for name, response in components.get("responses", {}).items():
        yield from _response(f"/components/responses/{name}", response)
    for name, body in components.get("requestBodies", {}).items():
        yield from _body(f"/components/requestBodies/{name}", body)
    for name, schema in components.get("schemas", {}).items():
        yield from refused_schema(f"/components/schemas/{name}", schema)
