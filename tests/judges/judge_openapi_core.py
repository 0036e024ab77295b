"""openapi-core between the SDK and a server: it holds every request and every answer against the contract.

Make a `Judge`, put `judge.watch(transport)` under a client of either kind, and look at `judge.complaints` afterwards.
`judge.coverage` knows which operations, statuses, parameters, enum values and fields went by.
"""

import contextlib
import functools
import json
from collections.abc import Iterator
from typing import Any

import attrs
import httpx
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

from tests.contract.contract_kit import DOCUMENT, OPERATIONS, Json, Operation, follow
from tests.judges.judge_surface import Tap

SERVER = DOCUMENT["servers"][0]["url"]
JSON = "application/json"


@functools.cache
def _contract() -> OpenAPI:
    return OpenAPI.from_dict(DOCUMENT)


@attrs.frozen
class _Request:
    """A request as openapi-core wants it; whatever server it went to counts as the contract's first one."""

    host_url: str
    path: str
    method: str
    body: bytes | None
    content_type: str
    parameters: RequestParameters


@attrs.frozen
class _Response:
    data: bytes
    status_code: int
    content_type: str
    headers: Headers


def _request(request: httpx.Request) -> _Request:
    return _Request(
        host_url=SERVER,
        # The raw path: in a decoded one an id with a slash would be two segments.
        path=request.url.raw_path.decode("ascii").partition("?")[0],
        method=request.method.lower(),
        body=request.content or None,
        content_type=request.headers.get("content-type", ""),
        parameters=RequestParameters(
            query=ImmutableMultiDict(request.url.params.multi_items()), header=Headers(request.headers.multi_items())
        ),
    )


def _response(response: httpx.Response) -> _Response:
    kind = response.headers.get("content-type", "")
    return _Response(response.content, response.status_code, kind, Headers(response.headers.multi_items()))


class Judge:
    """Validates what passes by, and remembers it."""

    def __init__(self) -> None:
        self._judge = _contract()
        self._on_purpose = False
        self.of_requests: list[str] = []
        self.of_answers: list[str] = []
        self.seen = 0
        self.coverage = Coverage()

    @property
    def complaints(self) -> list[str]:
        """What is wrong with requests and answers."""
        return self.of_requests + self.of_answers

    def watch(self, inner: Any) -> Tap:
        """A transport that shows this judge what passes through another one."""
        return Tap(inner, after=self.look)

    @contextlib.contextmanager
    def wrong_on_purpose(self) -> Iterator[None]:
        """Requests in here have to break the contract; their answers may not."""
        self._on_purpose = True
        try:
            yield
        finally:
            self._on_purpose = False

    def look(self, request: httpx.Request, response: httpx.Response | None) -> None:
        """Judge one request and its answer, or the request alone if none came."""
        self.seen += 1
        asked = _request(request)
        wrong = [_tell(error) for error in self._judge.iter_request_errors(asked)]
        if self._on_purpose:
            wrong = [] if wrong else ["is right, but was to be wrong"]
        place = f"{request.method} {asked.path}"
        operation = _operation(asked)
        if response is None or operation is None:
            self.of_requests += [f"{place}: {each}" for each in wrong]
            return
        place += f" {response.status_code}"
        wrong_answer = self._wrong_answer(asked, operation, response)
        self.of_requests += [f"{place}: {each}" for each in wrong]
        self.of_answers += [f"{place}: {each}" for each in wrong_answer]
        if not wrong and not wrong_answer:
            self.coverage.note(operation, _status(operation, response.status_code) or "", request, response)

    def _wrong_answer(self, asked: _Request, operation: Operation, response: httpx.Response) -> list[str]:
        wrong = [_tell(error) for error in self._judge.iter_response_errors(asked, _response(response))]
        status = _status(operation, response.status_code)
        if status and response.content and not dict(operation.responses())[status].get("content"):
            wrong.append("has a body where none is documented")
        return wrong


def _tell(error: BaseException) -> str:
    """What openapi-core has found, with what lies beneath."""
    parts: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        parts.append(str(cause))
        parts += [each.message for each in getattr(cause, "schema_errors", ())]
        cause = cause.__cause__
    return "; ".join(dict.fromkeys(parts))


def _operation(request: _Request) -> Operation | None:
    """The operation of a request, by literal segments before templates."""
    fitting = [
        each for each in OPERATIONS.values() if each.method.lower() == request.method and _fits(each.path, request.path)
    ]
    return min(fitting, key=lambda each: each.path.count("{"), default=None)


def _fits(template: str, path: str) -> bool:
    wanted, found = template.split("/"), path.split("/")
    return len(wanted) == len(found) and all(
        one == other or (one.startswith("{") and other) for one, other in zip(wanted, found, strict=True)
    )


def _status(operation: Operation, code: int) -> str | None:
    """The documented status that a code falls under."""
    keys = (str(code), f"{code // 100}XX", "default")
    return next((key for key in keys if key in operation.raw["responses"]), None)


# --- coverage ------------------------------------------------------------------------------------------------------


@attrs.define
class Coverage:
    """What of the contract was exercised, and what there is."""

    statuses: set[str] = attrs.field(factory=set)
    parameters: set[str] = attrs.field(factory=set)
    enums: set[str] = attrs.field(factory=set)
    fields: set[str] = attrs.field(factory=set)

    def note(self, operation: Operation, status: str, request: httpx.Request, response: httpx.Response) -> None:
        """Remember one exchange."""
        self.statuses.add(f"{operation.id} {status}")
        for each in operation.parameters:
            given = {"header": request.headers, "query": request.url.params}.get(each["in"])
            if given is None or each["name"] in given:
                self.parameters.add(f"{operation.id} {each['name']}")
        if operation.body is not None:
            self._note_value(operation.body["schema"], request.content, operation.id)
        media = dict(operation.responses())[status].get("content", {}).get(JSON)
        if media and response.headers.get("content-type", "").startswith(JSON):
            self._note_value(media["schema"], response.content, f"{operation.id} {status}")

    def _note_value(self, schema: Json, content: bytes, place: str) -> None:
        with contextlib.suppress(ValueError):  # what is no JSON is a complaint, and exercises nothing
            for kind, what in _walk(schema, json.loads(content), place):
                getattr(self, kind).add(what)

    def add(self, other: "Coverage") -> None:
        """Take in what was exercised elsewhere."""
        for kind in attrs.fields_dict(Coverage):
            getattr(self, kind).update(getattr(other, kind))

    @property
    def operations(self) -> set[str]:
        return {each.partition(" ")[0] for each in self.statuses}

    def report(self) -> dict[str, tuple[set[str], set[str]]]:
        """What was exercised and what there is, by kind."""
        there = everything()
        return {
            "operations": (self.operations, set(OPERATIONS)),
            **{kind: (getattr(self, kind), there[kind]) for kind in ("statuses", "parameters", "enums", "fields")},
        }

    def text(self) -> str:
        """The report for people."""
        lines: list[str] = []
        for kind, (done, there) in self.report().items():
            lines.append(f"{kind}: {len(done & there)} of {len(there)} exercised")
            lines += [f"  never: {each}" for each in sorted(there - done)]
        return "\n".join(lines)


def everything() -> dict[str, set[str]]:
    """All statuses, parameters, enum values and fields of the contract's operations; pushes are no calls of the SDK."""
    there: dict[str, set[str]] = {"statuses": set(), "parameters": set(), "enums": set(), "fields": set()}
    for operation in OPERATIONS.values():
        there["parameters"] |= {f"{operation.id} {each['name']}" for each in operation.parameters}
        schemas = [(operation.id, operation.body["schema"])] if operation.body else []
        for status, response in operation.responses():
            there["statuses"].add(f"{operation.id} {status}")
            if JSON in response.get("content", {}):
                schemas.append((f"{operation.id} {status}", response["content"][JSON]["schema"]))
        for place, schema in schemas:
            for kind, what in _walk(schema, _ALL, place):
                there[kind].add(what)
    return there


_ALL: Any = object()
"""A value that has every field and every enum value."""


def _walk(schema: Json, value: Any, place: str) -> Iterator[tuple[str, str]]:
    """The fields and enum values that a value has; a component goes by its own name, wherever it is used."""
    place = schema["$ref"].rpartition("/")[2] if "$ref" in schema else place
    schema = follow(schema)
    for each in schema.get("enum", ()):
        if value is _ALL or value == each:
            yield "enums", f"{place} {each}"
    for part in schema.get("allOf", ()):
        yield from _walk(part, value, place)
    for name, child in schema.get("properties", {}).items():
        if value is _ALL or (isinstance(value, dict) and name in value):
            yield "fields", f"{place}.{name}"
            yield from _walk(child, _ALL if value is _ALL else value[name], f"{place}.{name}")
    if "items" in schema and (value is _ALL or isinstance(value, list)):
        for item in [_ALL] if value is _ALL else value:
            yield from _walk(schema["items"], item, place)
