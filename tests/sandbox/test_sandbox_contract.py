import copy
import itertools
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from messagemedia.sandbox import Sandbox, contract
from sandbox_caller import Caller, caller_of, sms

JSON = "application/json"


def departures(answer: httpx.Response, operation_id: str) -> list[str]:
    """How an answer departs from what the contract says of its operation and status."""
    known = contract.load()
    operation = known.operations[operation_id]
    responses = operation.definition["responses"]
    code = next((code for code in (str(answer.status_code), f"{answer.status_code // 100}XX") if code in responses), "")
    if not code:
        return [f"the status {answer.status_code} is not documented"]
    described, pointer = known.resolve(responses[code])
    if "content" not in described:
        return ["the body is not empty"] if answer.content else []
    if answer.headers["content-type"] not in described["content"]:
        return [f"the content type {answer.headers['content-type']} is not documented"]
    pointer = pointer or f"{operation.pointer}/responses/{code}"
    return [error.message for error in known.errors(f"{pointer}/content/application~1json/schema", answer.json())]


def answers(caller: Caller, sandbox: Sandbox) -> Iterator[httpx.Response]:
    """One answer of each kind that the sandbox gives."""
    yield caller.send_messages(
        sms(delivery_report=True, metadata={"a": "b"}, callback_url="https://example.com/"),
        sms(format="MMS", media=["https://example.com/a.png"], subject="Hi", source_number="+61491570157"),
        sms(scheduled="2026-01-16T00:00:00Z", message_expiry_timestamp="2026-01-17T00:00:00Z"),
    )
    plain, mms, scheduled = [f"/v1/messages/{entry.message_id}" for entry in sandbox.ledger]
    sandbox.reply("Thanks!", message_id=sandbox.ledger[0].message_id)
    sandbox.reply("Thanks!", message_id=sandbox.ledger[1].message_id)
    sandbox.reply("Hello?", source_number="+61491570158")
    sandbox.advance(seconds=10)
    for path in (plain, mms, scheduled, "/v1/messages/unknown", "/v1/messaging/credits"):
        yield caller.get(path)
    for path in (scheduled, plain, "/v1/messages/unknown"):
        yield caller.put(path, json={"status": "cancelled"})
    for queue, name in (("replies", "reply_ids"), ("delivery_reports", "delivery_report_ids")):
        yield caller.get(f"/v1/{queue}")
        for body in ({name: []}, {}, {name: ["x"] * 101}):
            yield caller.post(f"/v1/{queue}/confirmed", json=body)
    yield caller.send_messages(sms(content=""))
    yield caller.post("/v1/messages", content=b"{")
    for path in ("/v1/replies", "/v1/delivery_reports", "/v1/messaging/credits"):
        yield caller.get(path, auth=("wrong", "wrong"))
        yield caller.get(path, headers={"Account": "Nobody"})
    yield from answers_about_webhooks(caller)
    yield from answers_about_keys(caller)
    for form in ("json", "html"):
        sandbox.fault("status", status=502, form=form)
        if form == "json":
            yield caller.get("/v1/replies")


def answers_about_webhooks(caller: Caller) -> Iterator[httpx.Response]:
    path = "/v1/webhooks/messages"
    hook = {"url": "https://example.com/", "method": "POST", "encoding": "JSON", "events": ["RECEIVED_SMS"]}
    for body in (hook, hook, {}, {**hook, "method": "PUT", "retries": 1, "retry_delay": 5, "headers": {"X": "y"}}):
        yield caller.post(path, json=body)
    first, second = [f"{path}/{each['id']}" for each in caller.get(path).json()["pageData"]]
    for address in (path, f"{path}?page=x", first, second, f"{path}/unknown"):
        yield caller.get(address)
    for address, body in ((second, {"method": "POST"}), (second, {"events": ["x"]}), (second, {"template": "x"})):
        yield caller.patch(address, json=body)
    for address in (first, first):
        yield caller.delete(address)
    yield caller.patch(first, json={"template": "x"})


def answers_about_keys(caller: Caller) -> Iterator[httpx.Response]:
    path = "/v1/iam/signature_keys"
    for body in ({"digest": "SHA256", "cipher": "RSA"}, {}):
        yield caller.post(path, json=body)
    (key,) = caller.get(f"{path}?page=1&page_size=9").json()
    yield caller.get(f"{path}/enabled")
    for key_id in (key["key_id"], None, "877c19ef-fa2e-4cec-827a-e1df9b5509f7"):
        yield caller.patch(f"{path}/enabled", json={"key_id": key_id})
    for address in (f"{path}/enabled", f"{path}?page=1&page_size=9", path, f"{path}/{key['key_id']}", f"{path}/x"):
        yield caller.get(address)
    for address in (f"{path}/enabled", f"{path}/{key['key_id']}", f"{path}/{key['key_id']}"):
        yield caller.delete(address)


def test_every_answer_is_as_the_contract_says(caller: Caller, sandbox: Sandbox) -> None:
    seen: dict[str, set[int]] = {}
    for answer in answers(caller, sandbox):
        operation = sandbox.requests[-1].operation
        assert operation is not None
        assert departures(answer, operation) == [], (operation, answer.status_code, answer.text)
        seen.setdefault(operation, set()).add(answer.status_code)
    assert len(seen) == 20  # all that the sandbox models; further ones are answered with their examples
    assert set(itertools.chain(*seen.values())) == {200, 201, 202, 204, 400, 401, 403, 404, 409, 502}


def test_pushes_are_as_the_contract_says(caller: Caller, sandbox: Sandbox) -> None:
    message_id = caller.send_one(delivery_report=True, callback_url="https://example.com/")
    file = {"content_type": "image/png", "content": "iVBORw0KGgo=", "original_name": "photo.png"}
    sandbox.reply("Thanks!", message_id=message_id, attachments=[file])
    sandbox.advance(seconds=10)
    for push in sandbox.pushes:
        schema = {"reply": "Reply", "delivery_report": "DeliveryReport"}[push.kind]
        assert contract.load().errors(f"/components/schemas/{schema}", push.body) == []
    assert len(sandbox.pushes) == 4


def test_the_422_of_the_tls_rule_is_as_the_contract_says() -> None:
    with Sandbox(tls_rule=True) as running, caller_of(running) as caller:
        assert departures(caller.send_messages(sms(destination_number="+6581234567")), "sendMessages") == []


# --- operations that the sandbox does not model --------------------------------------------------------------------

THING = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 9},
        "id": {"type": "string", "format": "uuid"},
        "tags": {"type": "array", "items": {"type": "string", "enum": ["new", "old"]}},
        "parent": {"$ref": "#/components/schemas/Thing"},
        "count": {"type": ["integer", "null"], "minimum": 5},
        "owner": {"allOf": [{"type": "object", "properties": {"key": {"const": "K"}}}]},
        "kind": {"oneOf": [{"type": "boolean"}, {"type": "string"}]},
    },
}
REF = {"$ref": "#/components/schemas/Thing"}


def operation(operation_id: str, responses: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"operationId": operation_id, "responses": responses, **more}


def query(name: str, schema: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": schema}


PATHS: dict[str, Any] = {
    "/v1/things": {
        "get": operation(
            "listThings",
            {
                "200": {
                    "description": "",
                    "content": {JSON: {"schema": REF, "examples": {"a": {"value": {"name": "A"}}}}},
                }
            },
            parameters=[
                query("page", {"type": "integer", "minimum": 0}),
                query("kinds", {"type": "array", "items": {"type": "string", "pattern": "^[a-z]$"}}, required=False),
            ],
        ),
        "post": operation(
            "createThing",
            {"400": {"description": ""}, "201": {"description": "", "content": {JSON: {"schema": REF}}}},
            requestBody={"required": True, "content": {JSON: {"schema": REF}}},
        ),
    },
    "/v1/things/{thingId}": {
        "parameters": [{"name": "thingId", "in": "path", "required": True, "schema": {"type": "integer"}}],
        "delete": operation("deleteThing", {"204": {"description": ""}}),
        "get": operation("getThing", {"200": {"description": "", "content": {"text/csv": {"example": "a,b\n"}}}}),
    },
    "/v1/things/{thingId}/parts/{part}": {"get": operation("getPart", {"2XX": {"description": ""}})},
    "/v1/things/special": {"get": operation("getSpecial", {"202": {"description": ""}})},
}


@pytest.fixture
def things(monkeypatch: pytest.MonkeyPatch) -> Iterator[Caller]:
    """A caller of a sandbox whose contract has further operations."""
    document = copy.deepcopy(contract.load().document)
    document["paths"].update(copy.deepcopy(PATHS))
    document["components"]["schemas"]["Thing"] = THING
    extended = contract.Contract(document)
    monkeypatch.setattr(contract, "load", lambda: extended)
    with Sandbox() as running, caller_of(running) as caller:
        yield caller


def test_an_operation_the_sandbox_does_not_model_answers_with_its_example(things: Caller) -> None:
    answer = things.get("/v1/things?page=0")
    assert (answer.status_code, answer.json(), answer.headers["content-type"]) == (200, {"name": "A"}, JSON)


def test_without_an_example_one_is_made_from_the_schema(things: Caller) -> None:
    answer = things.post("/v1/things", json={"name": "Something"})
    assert answer.status_code == 201
    assert contract.load().errors("/components/schemas/Thing", answer.json()) == []
    assert answer.json()["owner"] == {"key": "K"}
    assert answer.json()["count"] == 5


def test_an_example_can_be_empty_or_of_another_media_type(things: Caller) -> None:
    answer = things.delete("/v1/things/1")
    assert (answer.status_code, answer.content) == (204, b"")
    answer = things.get("/v1/things/1")
    assert (answer.text, answer.headers["content-type"]) == ("a,b\n", "text/csv")
    assert things.get("/v1/things/1/parts/b%2Fc").status_code == 200


def test_a_literal_path_goes_before_a_template(things: Caller) -> None:
    assert things.get("/v1/things/special").status_code == 202
    assert things.delete("/v1/things/special").status_code == 405


@pytest.mark.parametrize(
    ("target", "details"),
    [
        ("/v1/things", ["/page: Required parameter is missing"]),
        ("/v1/things?page=-1", ["/page: [-1] is invalid"]),
        ("/v1/things?page=x&kinds=a&kinds=b", ["/page: [x] is invalid"]),
        ("/v1/things?page=1&kinds=A,b", ["/kinds: [A,b] is invalid"]),
        ("/v1/things/x", ["/thingId: [x] is invalid"]),
    ],
)
def test_parameters_are_checked_against_the_contract(things: Caller, target: str, details: list[str]) -> None:
    answer = things.get(target)
    assert (answer.status_code, answer.json()["details"]) == (400, details)


@pytest.mark.parametrize("target", ["/v1/things?page=1&kinds=a,b", "/v1/things?page=1&kinds=a&kinds=b"])
def test_lists_in_a_query_may_be_written_either_way(things: Caller, target: str) -> None:
    assert things.get(target).status_code == 200


def test_request_bodies_are_checked_against_the_contract(things: Caller) -> None:
    assert things.post("/v1/things", json={}).json()["details"] == ["/name: Required field is missing"]
    assert things.post("/v1/things").json()["details"] == ["Failed to parse message body."]


def test_it_is_authenticated_like_every_other_operation(things: Caller) -> None:
    assert things.get("/v1/things?page=0", auth=("wrong", "wrong")).status_code == 401
    assert things.get("/v1/things?page=0", headers={"Account": "Nobody"}).status_code == 403
