import base64
from typing import Any

import pytest
from messagemedia.sandbox import Sandbox
from sandbox_caller import Caller, sms


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
    answer = caller.post(f"/__sandbox__/{name}", content=content)
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_an_unknown_control_call_is_not_found(caller: Caller) -> None:
    assert caller.post("/__sandbox__/explode").status_code == 404
