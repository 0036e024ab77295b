import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from messagemedia.sandbox import Sandbox
from sandbox_caller import Caller, sms

JSON = {"Content-Type": "application/json"}


def control(caller: Caller, name: str, **body: Any) -> dict[str, Any]:
    answer = caller.post(f"/__sandbox__/{name}", json=body, auth=None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_ledger_can_be_read_by_another_process(caller: Caller) -> None:
    caller.send_messages(sms(content="a"), sms(content="b"))
    entries = caller.get("/__sandbox__/ledger").json()
    assert [entry["message"]["content"] for entry in entries] == ["a", "b"]
    assert entries[0].keys() == {"order", "message_id", "account", "message", "accepted"}
    assert caller.get("/__sandbox__/ledger?offset=1").json() == entries[1:]


def test_requests_can_be_read_by_another_process(caller: Caller) -> None:
    caller.post("/v1/messages?a=%20", content=b"\xff")
    (request,) = caller.get("/__sandbox__/requests").json()
    assert (request["method"], request["target"], request["status"]) == ("POST", "/v1/messages?a=%20", 400)
    assert base64.b64decode(request["body_base64"]) == b"\xff"
    assert ["content-length", "1"] in request["headers"]


def test_the_enabled_signature_key_can_be_read_to_sign_with(caller: Caller, sandbox: Sandbox) -> None:
    assert caller.get("/__sandbox__/signing_key").json() is None
    made = caller.post("/v1/iam/signature_keys", json={"digest": "SHA256", "cipher": "RSA"}).json()
    caller.patch("/v1/iam/signature_keys/enabled", json={"key_id": made["key_id"]})
    found = caller.get("/__sandbox__/signing_key").json()
    assert found == sandbox.signing_key()
    private: Any = load_pem_private_key(found["private_key"].encode(), password=None)
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert (found["key_id"], base64.b64encode(public).decode()) == (made["key_id"], made["public_key"])
    with pytest.raises(ValueError, match="there is no account 'other'"):
        sandbox.signing_key("other")


def test_control_calls_are_no_requests_to_the_api(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("drop_before", times=None)
    control(caller, "advance", seconds=1)
    assert sandbox.requests == []


def test_time_can_be_advanced_by_another_process(caller: Caller) -> None:
    message_id = caller.send_one()
    assert control(caller, "advance", seconds=10) == {"now": "2026-01-15T03:04:15.000Z"}
    assert caller.status(message_id) == "delivered"


def test_replies_and_outcomes_can_be_ordered_by_another_process(caller: Caller, sandbox: Sandbox) -> None:
    control(caller, "outcome", destination_number="+61491570156", status="rejected", error_code="402")
    message_id = caller.send_one()
    reply = control(caller, "reply", content="No!", message_id=message_id)
    sandbox.advance(seconds=10)
    assert caller.status(message_id) == "rejected"
    assert [item["reply_id"] for item in caller.replies()] == [reply["reply_id"]]


def test_faults_can_be_ordered_by_another_process(caller: Caller) -> None:
    control(caller, "fault", kind="rate_limit", operation="sendMessages", retry_after=2, times=None)
    assert caller.send_messages(sms()).headers["retry-after"] == "2"
    assert caller.get("/__sandbox__/").json()["faults"][0]["kind"] == "rate_limit"
    assert caller.delete("/__sandbox__/fault").status_code == 200
    assert caller.send_messages(sms()).status_code == 202


def test_the_sandbox_can_be_reset_by_another_process(caller: Caller) -> None:
    caller.send_one(callback_url="https://example.com/")
    control(caller, "reply", content="Hi", message_id=caller.get("/__sandbox__/ledger").json()[0]["message_id"])
    assert len(caller.get("/__sandbox__/pushes").json()) == 1
    control(caller, "reset")
    for name in ("ledger", "requests", "pushes"):
        assert caller.get(f"/__sandbox__/{name}").json() == []


def test_the_overview_names_the_operations(caller: Caller) -> None:
    overview = caller.get("/__sandbox__/").json()
    assert "sendMessages" in overview["operations"]
    assert overview["now"] == "2026-01-15T03:04:05.000Z"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("advance", b"{"),
        ("advance", b"[]"),
        ("advance", b"{}"),
        ("advance", b'{"seconds": -1}'),
        ("advance", b'{"seconds": 1, "minutes": 1}'),
        ("reply", b'{"content": "Hi"}'),
        ("fault", b'{"kind": "explode"}'),
        ("fault", b'{"kind": "status", "colour": "red"}'),
    ],
)
def test_a_wrong_control_call_is_answered_with_what_is_wrong(caller: Caller, name: str, content: bytes) -> None:
    answer = caller.post(f"/__sandbox__/{name}", content=content, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["message"]


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("advance", "{", "the body is not JSON"),
        ("advance", "seconds=10", "the body is not JSON"),
        ("advance", "\xff", "the body is not JSON"),
        ("advance", "[" * 100_000, "the body is not JSON"),
        ("advance", '{"seconds": NaN}', "the body is not JSON"),
        ("advance", "[]", "the body must be a JSON object"),
        ("advance", "", "advance needs seconds"),
        ("advance", '{"secs": 60}', "advance takes seconds, not secs"),
        ("advance", '{"seconds": 1e20}', "seconds must be a number from 0 to 220076945755"),
        ("advance", '{"seconds": 1e400}', "seconds must be a number from 0 to 220076945755"),
        ("advance", '{"seconds": "60"}', "seconds must be a number from 0 to 220076945755"),
        ("advance", '{"seconds": true}', "seconds must be a number from 0 to 220076945755"),
        ("advance", '{"seconds": -1}', "seconds must be 0 or more: the clock can't be turned back"),
        ("reset", '{"all": true}', "reset takes nothing, not all"),
        ("reply", '{"text": "Hi"}', "reply takes content, message_id, source_number, destination_number, account and attachments, not text"),
        ("reply", '{"content": 1}', "content must be a string"),
        ("reply", '{"content": "\\ud800"}', "content must be a string"),
        ("reply", '{"content": "Hi", "message_id": []}', "message_id must be a string, or None"),
        ("reply", '{"content": "Hi", "account": []}', "account must be a string, or None"),
        ("reply", '{"content": "Hi", "attachments": [1]}', "attachments must be a list of objects whose values are strings"),
        ("outcome", "{}", "outcome needs destination_number and status"),
        ("outcome", '{"destination_number": 1, "status": "read"}', "destination_number must be a string"),
        ("outcome", '{"destination_number": "1", "status": "read", "error_code": 5}', "error_code must be a string, or None"),
        ("outcome", '{"destination_number": "1", "status": "read", "reply": 5}', "reply must be a string, or None"),
        ("fault", "{}", "fault needs kind"),
        ("fault", '{"kind": "status", "times": "x"}', "times must be a whole number, 0 or more, or None"),
    ],
)  # fmt: skip
def test_a_wrong_control_call_is_answered_clearly(caller: Caller, name: str, content: str, complaint: str) -> None:
    answer = caller.post(f"/__sandbox__/{name}", content=content.encode("latin-1"), headers=JSON)
    assert (answer.status_code, answer.json()) == (400, {"message": complaint})
    assert caller.send_messages(sms()).status_code == 202


@pytest.mark.parametrize("offset", ["x", "-1", "1.5", "", "9" * 5000])
def test_an_impossible_offset_is_refused(caller: Caller, offset: str) -> None:
    answer = caller.get(f"/__sandbox__/ledger?offset={offset}")
    assert (answer.status_code, answer.json()) == (400, {"message": "offset must be a whole number, 0 or more"})


def test_an_unknown_control_call_is_not_found(caller: Caller) -> None:
    assert caller.post("/__sandbox__/explode").status_code == 404
