"""What the clients do is what the contract says, for every operation and every documented answer."""

import asyncio
import inspect
import json
import typing
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl

import httpx
import messagemedia
import pytest
from contract_kit import (
    DOCUMENT,
    OPERATIONS,
    Operation,
    examples,
    headers_of,
    like,
    made,
    parameter_example,
    path_of,
    query_of,
    same,
)
from messagemedia import AsyncClient, BasicAuth, Client, HmacAuth
from messagemedia_generated import contract, servers

Caller = Callable[[Operation, Any, httpx.Response], tuple[httpx.Request, Any]]

JSON = "application/json"
ERRORS = {
    "400": "BadRequestError", "401": "AuthenticationError", "403": "PermissionDeniedError", "404": "NotFoundError",
    "409": "ConflictError", "422": "UnprocessableEntityError", "429": "RateLimitError", "5": "ServerError",
}  # fmt: skip


def _method(api: Any, operation: Operation) -> Any:
    resource = getattr(api, next(name for name in vars(api) if like(name) == like(operation.raw["tags"][0])))
    return getattr(resource, next(name for name in dir(resource) if like(name) == like(operation.id)))


def _arguments(method: Any, operation: Operation, body: Any) -> dict[str, Any]:
    """What the examples of the contract give for a method's arguments."""
    given = {like(each["name"]): parameter_example(each) for each in operation.parameters}
    if operation.body is not None:
        given["body"] = body
    hints = typing.get_type_hints(method)
    names = inspect.signature(method).parameters
    assert sorted(map(like, names)) == sorted(given)
    return {name: made(hints[name], given[like(name)]) for name in names}


def _blocking(operation: Operation, body: Any, answer: httpx.Response) -> tuple[httpx.Request, Any]:
    seen: list[httpx.Request] = []
    http = httpx.Client(transport=httpx.MockTransport(lambda request: seen.append(request) or answer))
    with http, Client("key", "secret", max_retries=0, base_url="https://a.example", http_client=http) as client:
        method = _method(client.api, operation)
        try:
            result = method(**_arguments(method, operation, body))
        except messagemedia.MessageMediaError as error:
            result = error
    return seen[-1], result


def _awaited(operation: Operation, body: Any, answer: httpx.Response) -> tuple[httpx.Request, Any]:
    async def call() -> tuple[httpx.Request, Any]:
        seen: list[httpx.Request] = []
        async with httpx.AsyncClient(
            transport=httpx.MockTransport(lambda request: seen.append(request) or answer)
        ) as http:
            client = AsyncClient("key", "secret", max_retries=0, base_url="https://a.example", http_client=http)
            method = _method(client.api, operation)
            try:
                result = await method(**_arguments(method, operation, body))
            except messagemedia.MessageMediaError as error:
                result = error
            return seen[-1], result

    return asyncio.run(call())


@pytest.fixture(params=[_blocking, _awaited], ids=["Client", "AsyncClient"])
def call(request: pytest.FixtureRequest) -> Caller:
    """Calls an operation with the contract's examples."""
    caller: Caller = request.param
    return caller


def _bodies(operation: Operation) -> list[Any]:
    return examples(operation.body) if operation.body is not None else [None]


def _requests() -> Iterator[Any]:
    for operation in OPERATIONS.values():
        for at, body in enumerate(_bodies(operation)):
            yield pytest.param(operation, body, id=f"{operation.id}-{at}")


def _answers(*, success: bool) -> Iterator[Any]:
    for operation in OPERATIONS.values():
        for status, response in operation.responses():
            if status.startswith("2") != success:
                continue
            if not response.get("content"):
                yield pytest.param(operation, status, None, None, id=f"{operation.id}-{status}")
            for kind, media in response.get("content", {}).items():
                for at, example in enumerate(examples(media)):
                    yield pytest.param(operation, status, kind, example, id=f"{operation.id}-{status}-{kind}-{at}")


def _answer(status: str, kind: str | None, example: Any) -> httpx.Response:
    code = int(status.replace("X", "0")) if status != "default" else 418
    if kind is None:
        return httpx.Response(code)
    content = example if kind.startswith("text/") else json.dumps(example)
    return httpx.Response(code, content=content.encode(), headers={"Content-Type": kind.replace("*/*", JSON)})


def _success(operation: Operation) -> httpx.Response:
    status, response = next((status, each) for status, each in operation.responses() if status.startswith("2"))
    kind, media = next(iter(response.get("content", {}).items()), (None, None))
    return _answer(status, kind, examples(media)[0] if media else None)


@pytest.mark.parametrize(("operation", "body"), list(_requests()))
def test_a_request_is_the_one_of_the_contract(call: Caller, operation: Operation, body: Any) -> None:
    request, _ = call(operation, body, _success(operation))
    path, _, query = request.url.raw_path.decode().partition("?")
    assert (request.method, path) == (operation.method, path_of(operation))
    found = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    assert same([list(pair) for pair in found], [list(pair) for pair in query_of(operation)])
    assert {name: request.headers.get(name) for name in headers_of(operation)} == headers_of(operation)
    if operation.body is None:
        assert request.content == b""
    else:
        assert request.headers["Content-Type"].startswith("application/json")
        assert same(json.loads(request.content), body)


@pytest.mark.parametrize(("operation", "status", "kind", "example"), list(_answers(success=True)))
def test_a_documented_success_gives_its_result(
    call: Caller, operation: Operation, status: str, kind: str | None, example: Any
) -> None:
    _, result = call(operation, _bodies(operation)[0], _answer(status, kind, example))
    if kind is None:
        assert result is None
    elif isinstance(example, list):
        assert [getattr(item, "raw", item) for item in result] == example
    else:
        assert getattr(result, "raw", result) == example


@pytest.mark.parametrize(("operation", "status", "kind", "example"), list(_answers(success=True)))
def test_a_documented_success_fills_every_field_it_has(
    call: Caller, operation: Operation, status: str, kind: str | None, example: Any
) -> None:
    _, result = call(operation, _bodies(operation)[0], _answer(status, kind, example))
    assert list(_unread(operation.id, result)) == []


def _unread(place: str, value: Any) -> Iterator[str]:
    """The fields of a model, and of the models in it, that came but were not read."""
    if isinstance(value, list):
        for at, item in enumerate(value):
            yield from _unread(f"{place}/{at}", item)
    raw = getattr(value, "raw", None)
    if not isinstance(raw, dict):
        return
    yield from (f"{place}/{name} is not in the contract" for name in value.extra)
    names = {
        like(each.name): each.name for each in sorted(type(value).__attrs_attrs__, key=lambda field: len(field.name))
    }
    for name, came in raw.items():
        read = getattr(value, names[like(name)])
        if read is None and came is not None:
            yield f"{place}/{name}"
        yield from _unread(f"{place}/{name}", read)


@pytest.mark.parametrize(("operation", "status", "kind", "example"), list(_answers(success=False)))
def test_a_documented_error_raises_its_class(
    call: Caller, operation: Operation, status: str, kind: str | None, example: Any
) -> None:
    answer = _answer(status, kind, example)
    _, error = call(operation, _bodies(operation)[0], answer)
    name = next((each for key, each in ERRORS.items() if status.startswith(key)), "APIStatusError")
    said = example if isinstance(example, dict) else {}
    if status == "403" and "credential" in said.get("message", ""):
        name = "AuthenticationError"
    assert isinstance(error, getattr(messagemedia, name))
    assert isinstance(error, messagemedia.OutcomeUnknownError) == (
        operation.raw.get("x-sends-messages", False) and status[0] == "5"
    )
    assert (error.status_code, error.operation) == (answer.status_code, operation.id)
    message = next((said[name] for name in ("message", "detail", "title") if said.get(name)), "")
    assert (error.message, error.details) == (message, said.get("details", []))
    assert error.body == answer.content


# --- beside the operations --------------------------------------------------------------------------------------------


def test_operations_of_the_code_are_those_of_the_contract() -> None:
    found = {each.id: (each.method, each.path, {*each.answers, *each.errors}) for each in contract.OPERATIONS.values()}
    assert found == {each.id: (each.method, each.path, set(each.raw["responses"])) for each in OPERATIONS.values()}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_what_repeating_does_is_carried(operation: Operation) -> None:
    found = contract.OPERATIONS[operation.id]
    assert found.sends == operation.raw.get("x-sends-messages", False)
    assert found.repeatable == operation.raw.get("x-repeatable", operation.method not in ("POST", "PATCH"))
    settled = operation.raw.get("x-settled-by")
    assert settled == (
        found.settlement and {
            "operationId": found.settlement.operation.id, "property": found.settlement.property, "equals": found.settlement.equals,
        }
    )  # fmt: skip


def test_servers_are_those_of_the_contract() -> None:
    wanted = {server["x-region"]: server["url"] for server in DOCUMENT["servers"]}
    assert dict(servers.SERVERS) == wanted
    assert list(servers.SERVERS) == list(wanted) == list(typing.get_args(servers.Region))


@pytest.mark.parametrize("region", [server["x-region"] for server in DOCUMENT["servers"]])
@pytest.mark.off_contract(answers="a 404 without a body")
def test_a_region_leads_to_its_server(region: Any) -> None:
    seen: list[str] = []
    http = httpx.Client(
        transport=httpx.MockTransport(lambda request: seen.append(str(request.url)) or httpx.Response(404))
    )
    with (
        http,
        Client("key", "secret", region=region, http_client=http) as client,
        pytest.raises(messagemedia.NotFoundError),
    ):
        client.messages.get("x")
    assert seen[0].startswith(servers.SERVERS[region] + "/")


def test_every_way_to_authenticate_has_a_class() -> None:
    schemes = [each["scheme"] for each in DOCUMENT["components"]["securitySchemes"].values()]
    assert list(contract.AUTH_SCHEMES) == schemes
    assert {BasicAuth.scheme, HmacAuth.scheme} == set(schemes)


def test_version_is_the_one_of_the_contract() -> None:
    assert DOCUMENT["info"]["version"] == contract.VERSION


@pytest.mark.parametrize("name", DOCUMENT["webhooks"])
def test_a_pushed_example_is_read_whole(name: str) -> None:
    for example in examples(DOCUMENT["webhooks"][name]["post"]["requestBody"]["content"]["application/json"]):
        read = contract.WEBHOOKS[name](example)
        assert read.raw == example
        assert list(_unread(name, read)) == []
    assert contract.WEBHOOKS.keys() == DOCUMENT["webhooks"].keys()


def test_the_packaged_copy_is_the_contract() -> None:
    packaged = json.loads((files("messagemedia_generated") / "contract.json").read_text(encoding="utf-8"))
    assert packaged == DOCUMENT
