"""What the contract may hold: every key is carried into the code, left out on purpose, or refused.

openapi-python-client drops what it does not know without a word, so nothing reaches it before this module has seen
every key of the document. A key that is neither in `CARRIED` nor in `LEFT_OUT` stops the run and is named with its
place; that catches misspelt keywords and extensions as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from jsonschema.exceptions import best_match, relevance
from openapi_spec_validator.schemas import openapi_v31_schema_validator

from codegen import names
from codegen.carried import METHODS, Json, RefusedError, unknown_keys
from codegen.references import follow, misplaced, unfollowable
from codegen.refused_operations import (
    refused_body,
    refused_parameter,
    refused_path,
    refused_response,
    same_security,
)
from codegen.refused_schemas import no_schema, refused_schema

AUTH_SCHEMES = ("basic", "hmac")

_COMPONENT = re.compile(r"[A-Za-z0-9._-]+")
_ADDRESS = re.compile(r"https://[^/{}?#\s]+(?:/[^/{}?#\s]+)*")


def check(document: Json) -> None:
    """Refuse a contract that is not valid OpenAPI, or could not be turned into code completely.

    Raises:
        RefusedError: With every reason found, each with its place in the document.
    """
    reasons: list[str] = []
    known = [*unfollowable(document), *_invalid(document), *_no_schemas(document)]
    try:
        reasons += _document(document)
    except (AttributeError, KeyError, TypeError, ValueError):
        # Something is missing, or not of the kind that OpenAPI wants there, which has been said.
        if not known:
            raise
    if reasons := list(dict.fromkeys([*reasons, *known])):
        raise RefusedError(reasons)


def _no_schemas(document: Json) -> Iterator[str]:
    """Components that others may refer to, and that are not schemas."""
    components = document.get("components")
    schemas = components.get("schemas") if isinstance(components, Mapping) else None
    for name, schema in schemas.items() if isinstance(schemas, Mapping) else ():
        yield from no_schema(f"/components/schemas/{name}", schema)


def _invalid(document: Json) -> Iterator[str]:
    for error in openapi_v31_schema_validator.iter_errors(document):
        found = best_match(error.context, relevance) if error.context else error
        place = "/".join(str(part) for part in (found or error).absolute_path)
        if place != "openapi":  # told in our own words
            # Which library checks this depends on what else is installed; one of them adds schema and document.
            yield f"/{place}: {(found or error).message.partition(chr(10))[0][:200]}"


def _document(document: Json) -> Iterator[str]:
    if not str(document.get("openapi")).startswith("3.1."):
        yield f"openapi: version {document.get('openapi')!r} can't be read, write 3.1.0"
    yield from unknown_keys("document", "/", document)
    yield from _servers(document.get("servers", ()))
    yield from _security(document)
    for tag in document.get("tags", ()):
        yield from unknown_keys("tag", f"/tags/{tag.get('name')}", tag)
    tags = [str(tag.get("name")) for tag in document.get("tags", ())]
    for name, one, other in names.clashing((tag, names.tag_name(tag)) for tag in tags):
        yield f"/tags/{other}: gets the name {name}, like /tags/{one}; a tag is declared once"
    if not document.get("paths"):
        yield "/paths: needs at least one operation"
    yield from _operations(document)
    for name, item in document.get("webhooks", {}).items():
        yield from _webhook(document, f"/webhooks/{name}", item)
    yield from _components(document, document.get("components", {}))


def _servers(servers: list[Json]) -> Iterator[str]:
    if not servers:
        yield "/servers: needs at least one: the first is the default"
    regions: set[str] = set()
    for index, server in enumerate(servers):
        yield from unknown_keys("server", f"/servers/{index}", server)
        if not _ADDRESS.fullmatch(str(server.get("url"))):
            yield f"/servers/{index}: url must be an https address without variables and without a slash at its end"
        for key in ("x-region", "description"):
            if key not in server or not (server[key] or key == "description"):
                yield f"/servers/{index}: needs {key}, the SDK offers it with it"
            elif not isinstance(server[key], str):
                yield f"/servers/{index}: {key} must be a string"
        if server.get("x-region") in regions:
            yield f"/servers/{index}: the server of region {server['x-region']!r} exists already"
        regions.add(server.get("x-region", ""))


def _security(document: Json) -> Iterator[str]:
    schemes = document.get("components", {}).get("securitySchemes", {})
    for name, scheme in schemes.items():
        yield from unknown_keys("security scheme", f"/components/securitySchemes/{name}", scheme)
        if scheme.get("type") != "http" or scheme.get("scheme") not in AUTH_SCHEMES:
            yield f"/components/securitySchemes/{name}: only http with one of {', '.join(AUTH_SCHEMES)} can be carried"
    if not same_security(document.get("security", []), [{name: []} for name in schemes]):
        yield "/security: must offer each of the security schemes by itself, for all operations"


def _operations(document: Json) -> Iterator[str]:
    ids: list[tuple[str, str]] = []
    tags: dict[str, str] = {}
    for path, item in document.get("paths", {}).items():
        if path.startswith("x-"):
            yield f"/paths/{path}: an extension among paths is not supported"
            continue
        yield from refused_path(document, path, item)
        for place, operation in ((f"/paths/{path}/{method}", item[method]) for method in METHODS if method in item):
            ids += [(place, names.operation_name(each)) for each in [operation.get("operationId")] if each]
            for tag in operation.get("tags", ()):
                if tags.setdefault(names.tag_name(tag), tag) != tag:
                    yield f"{place}: tag {tag!r} would get the same name as {tags[names.tag_name(tag)]!r}"
    paths = [(path, re.sub("{[^}]*}", "{}", path)) for path in document.get("paths", {})]
    for _, one, other in names.clashing(paths):
        yield f"/paths/{other}: is the path {one}: a parameter of another name makes no other path"
    for name, one, other in names.clashing(ids):
        yield f"{other}: operationId becomes '{name}', like that of {one}"


def _webhook(document: Json, place: str, item: Json) -> Iterator[str]:
    yield from unknown_keys("webhook item", place, item)
    if "post" not in item:
        yield f"{place}: must be a POST and nothing else"
        return
    yield from unknown_keys("webhook", f"{place}/post", item["post"])
    body = item["post"].get("requestBody", {})
    yield from misplaced("requestBodies", f"{place}/post/requestBody", body)
    yield from refused_body(document, f"{place}/post/requestBody", follow(document, body))


def _components(document: Json, components: Json) -> Iterator[str]:
    yield from unknown_keys("components", "/components", components)
    for kind, name in ((kind, name) for kind, found in components.items() for name in found):
        if not _COMPONENT.fullmatch(name):
            yield f"/components/{kind}/{name}: the name of a component may hold ASCII letters, digits and . _ - only"
    for name, parameter in components.get("parameters", {}).items():
        yield from refused_parameter(document, f"/components/parameters/{name}", parameter)
    for name, response in components.get("responses", {}).items():
        yield from refused_response(document, f"/components/responses/{name}", response)
    for name, body in components.get("requestBodies", {}).items():
        yield from refused_body(document, f"/components/requestBodies/{name}", body)
    for name, schema in components.get("schemas", {}).items():
        yield from names.nameless(f"/components/schemas/{name}", name)
        yield from refused_schema(document, f"/components/schemas/{name}", schema)
