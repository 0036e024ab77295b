"""What an operation of the contract may hold: its parameters, its body and its answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from codegen import names
from codegen.carried import METHODS, Json, json_media, unknown_keys
from codegen.references import follow, misplaced
from codegen.refused_schemas import flat_or_nothing, refused_name, refused_schema

LOCATIONS = ("path", "query", "header")
SETTLEMENT = ("operationId", "property", "equals")
OWN_HEADERS = (
    "accept", "accept-encoding", "authorization", "connection", "content-encoding", "content-length", "content-md5",
    "content-type", "date", "host", "transfer-encoding", "user-agent", "x-content-md5",
)  # fmt: skip

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_PATH = re.compile(r"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}|\{[^{}/]+\})*)+")


def refused_path(document: Json, path: str, item: Json) -> Iterator[str]:
    """What is wrong with a path and its operations."""
    place = f"/paths/{path}"
    yield from unknown_keys("path", place, item)
    if not _PATH.fullmatch(path):
        yield f"{place}: holds what no path can; a query is made of query parameters"
    for index, parameter in enumerate(item.get("parameters", ())):
        yield from refused_parameter(document, f"{place}/parameters/{index}", parameter)
    for method in METHODS:
        if method in item:
            yield from _operation(document, f"{place}/{method}", item[method])
            yield from _in_path(document, path, f"{place}/{method}", item, item[method])


def _operation(document: Json, place: str, operation: Json) -> Iterator[str]:
    yield from unknown_keys("operation", place, operation)
    yield from _extensions(place, operation)
    if not operation.get("operationId"):
        yield f"{place}: needs operationId"
    yield from names.nameless(place, operation.get("operationId") or "x")
    for tag in operation.get("tags", ()):
        yield from names.nameless(place, tag)
    if len(operation.get("tags", ())) != 1:
        yield f"{place}: needs exactly one tag: otherwise its methods would appear twice or nowhere"
    if not same_security(operation.get("security", document.get("security")), document.get("security")):
        yield f"{place}: security that is not the document's is not supported: every call takes the same credentials"
    for index, parameter in enumerate(operation.get("parameters", ())):
        yield from refused_parameter(document, f"{place}/parameters/{index}", parameter)
    if (body := operation.get("requestBody")) is not None:
        yield from refused_body(document, f"{place}/requestBody", body)
    yield from _responses(document, f"{place}/responses", operation.get("responses", {}))
    if operation.get("x-gone") is True:
        yield from _gone(document, place, operation)


def same_security(one: Any, other: Any) -> bool:
    """Whether two places offer the same credentials: the order in which they stand says nothing."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, one)) == sorted(map(str, other))
    return bool(one == other)


def _in_path(document: Json, path: str, place: str, item: Json, operation: Json) -> Iterator[str]:
    """Whether the parameters are those of the path, each once, and none of them is the body."""
    found: dict[tuple[str, str], Json] = {}
    for holder in (item, operation):
        seen: set[tuple[str, str]] = set()
        for each in (follow(document, parameter) for parameter in holder.get("parameters", ())):
            key = (each.get("name", ""), each.get("in", ""))
            if key in seen:
                yield f"{place}: the parameter '{key[0]}' in the {key[1]} occurs twice"
            seen.add(key)
            found[key] = each
    wanted = re.findall(r"\{([^{}]*)\}", path)
    for name in sorted({*wanted, *(name for name, where in found if where == "path")}):
        if wanted.count(name) != 1 or (name, "path") not in found:
            yield f"{place}: the path parameter '{name}' must be in the path once, and among the parameters"
        elif found[name, "path"].get("required") is not True:
            yield f"{place}: the path parameter '{name}' must say that it is required"
    if operation.get("requestBody") is not None and any(name == "body" for name, _ in found):
        yield f"{place}: a parameter named 'body' beside a request body would be one argument twice"


# --- extensions -----------------------------------------------------------------------------------------------------


def _extensions(place: str, operation: Json) -> Iterator[str]:
    for key in ("x-sends-messages", "x-repeatable", "x-undocumented", "x-gone", "deprecated"):
        if not isinstance(operation.get(key, False), bool):
            yield f"{place}: {key} must be true or false"
    if operation.get("x-sends-messages") is True and operation.get("x-repeatable") is True:
        yield f"{place}: x-sends-messages and x-repeatable exclude each other: a retry would send twice"
    settled = operation.get("x-settled-by", dict.fromkeys(SETTLEMENT, ""))
    if (
        not isinstance(settled, Mapping)
        or set(settled) != set(SETTLEMENT)
        or not all(isinstance(each, str) for each in settled.values())
    ):
        yield (
            f"{place} ({operation.get('operationId')}): x-settled-by must have {', '.join(SETTLEMENT)}, each a string"
        )
    if "x-paged" in operation:
        yield from _paged(f"{place}/x-paged", operation["x-paged"])


def _paged(place: str, paged: Any) -> Iterator[str]:
    if not isinstance(paged, Mapping):
        yield f"{place}: must be an object"
        return
    yield from unknown_keys("paging", place, paged)
    known = {"parameter": {"parameter", "first"}, "token": {"token", "next"}}
    if set(paged) - {"items"} not in known.values() or "items" not in paged:
        yield f"{place}: must have 'items' with 'parameter' and 'first', or with 'token' and 'next'"
    if paged.get("first", 0) not in (0, 1) or isinstance(paged.get("first"), bool | float):
        yield f"{place}: 'first' must be 0 or 1, the number of the first page"
    for key in ("parameter", "token", "next", "items"):
        if not isinstance(paged.get(key, ""), str):
            yield f"{place}: '{key}' must be a string"
    for key in ("next", "items"):
        if isinstance(pointer := paged.get(key, ""), str) and pointer and not pointer.startswith("/"):
            yield f"{place}: '{key}' must be a JSON pointer such as /{pointer}, or empty for the answer itself"


def _gone(document: Json, place: str, operation: Json) -> Iterator[str]:
    if not place.endswith("/delete") or operation.get("x-repeatable") is False:
        yield f"{place}: x-gone applies only to a DELETE that may be retried"
    for status, response in operation.get("responses", {}).items():
        if status.startswith("2") and follow(document, response).get("content"):
            yield f"{place}: x-gone is for operations whose answer has no body, but {status} has one"


# --- parts ----------------------------------------------------------------------------------------------------------


def refused_parameter(document: Json, place: str, parameter: Json) -> Iterator[str]:
    """What is wrong with a parameter."""
    if "$ref" in parameter:
        yield from misplaced("parameters", place, parameter)
        return
    yield from unknown_keys("parameter", place, parameter)
    if parameter.get("in") not in LOCATIONS:
        yield f"{place}: a parameter in '{parameter.get('in')}' is not supported"
    if "schema" not in parameter:
        yield f"{place}: needs a schema"
    schema, name = parameter.get("schema", {}), parameter.get("name", "")
    for key in sorted({"x-after", "x-sensitive"} & set(schema if isinstance(schema, Mapping) else ())):
        yield f"{place}: {key} applies only to properties of schemas"
    if parameter.get("in") == "header" and name.lower() in OWN_HEADERS:
        yield f"{place}: the header {name} is set by the client itself"
    if parameter.get("in") == "header" and not _HEADER.fullmatch(name):
        yield f"{place}: {name!r} can't be the name of a header: it may hold ASCII letters, digits and signs such as -"
    yield from refused_name(place, name)
    if parameter.get("style", "simple" if parameter.get("in") != "query" else "form") != (
        "form" if parameter.get("in") == "query" else "simple"
    ):
        yield f"{place}: style '{parameter['style']}' is not supported"
    yield from refused_schema(document, f"{place}/schema", schema)


def refused_body(document: Json, place: str, body: Json) -> Iterator[str]:
    """What is wrong with the body of a request."""
    if "$ref" in body:
        yield from misplaced("requestBodies", place, body)
        return
    yield from unknown_keys("body", place, body)
    content = body.get("content", {})
    yield from _content(document, place, content)
    if len(content) != 1 or not json_media(content):
        yield f"{place}: must be application/json and nothing else"
    elif not content[json_media(content)].get("schema"):
        yield f"{place}: needs a schema"


def _responses(document: Json, place: str, responses: Json) -> Iterator[str]:
    if not any(status.startswith("2") for status in responses):
        yield f"{place}: needs a 2xx response"
    for status, response in responses.items():
        if status.startswith("x-"):
            yield f"{place}: responses with '{status}', which is not supported"
            continue
        yield from refused_response(document, f"{place}/{status}", response)
        if status.startswith("2"):
            yield from _success(f"{place}/{status}", status, follow(document, response))
        if status.endswith("xx"):
            yield f"{place}/{status}: a range is written in capitals, as {status.upper()}"


def refused_response(document: Json, place: str, response: Json) -> Iterator[str]:
    """What is wrong with an answer."""
    if "$ref" in response:
        yield from misplaced("responses", place, response)
        return
    yield from unknown_keys("response", place, response)
    yield from _content(document, place, response.get("content", {}))


def _success(place: str, status: str, response: Json) -> Iterator[str]:
    content = response.get("content")
    if content and status in ("204", "205"):
        yield f"{place}: an answer with the status {status} has no content, because HTTP forbids it"
    elif content and place.endswith(f"/head/responses/{status}"):
        yield f"{place}: an answer to HEAD has no content, because HTTP forbids it"
    elif content and (len(content) != 1 or not json_media(content)):
        yield (
            f"{place}: a successful answer must be application/json, or have no content: leave it out if nothing in it "
            "matters"
        )
    elif content and not content[json_media(content)].get("schema"):
        yield f"{place}: needs a schema"


def _content(document: Json, place: str, content: Json) -> Iterator[str]:
    for media_type, media in content.items():
        yield from unknown_keys("media", f"{place}/content/{media_type}", media)
        at, schema = f"{place}/content/{media_type}/schema", media.get("schema", {})
        yield from refused_schema(document, at, schema)
        if "x-sensitive" in flat_or_nothing(document, schema, at):
            yield f"{at}: x-sensitive applies only to properties: put it at those of the object"
