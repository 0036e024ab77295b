import threading
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from messagemedia.sandbox import Fault, Sandbox
from sandbox_caller import Caller, caller_of, sign, sms

CLOSED = (httpx.RemoteProtocolError, httpx.ReadError)


def test_dropping_after_accepting_loses_the_answer_but_not_the_messages(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("drop_after_accept", operation="sendMessages", times=1)
    with pytest.raises(CLOSED):
        caller.send_messages(sms())
    assert len(sandbox.ledger) == 1
    assert [request.status for request in sandbox.requests] == [None]
    assert caller.send_messages(sms()).status_code == 202
    assert len(sandbox.ledger) == 2


def test_dropping_before_processes_nothing(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("drop_before")
    with pytest.raises(CLOSED):
        caller.send_messages(sms())
    assert sandbox.ledger == []
    assert [request.operation for request in sandbox.requests] == ["sendMessages"]


def test_a_fault_applies_to_its_operation_only(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("status", operation="checkReplies")
    assert caller.get("/v1/delivery_reports").status_code == 200
    assert caller.get("/v1/replies").status_code == 500
    assert caller.get("/v1/replies").status_code == 200
    assert sandbox.faults == []


def test_a_fault_can_let_requests_pass_first_and_last_for_ever(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("status", status=503, after=2, times=None)
    assert [caller.get("/v1/replies").status_code for _ in range(5)] == [200, 200, 503, 503, 503]
    assert len(sandbox.faults) == 1
    sandbox.clear_faults()
    assert caller.get("/v1/replies").status_code == 200


def test_faults_instead_of_answers_come_one_after_another(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("status", status=502, times=2)
    sandbox.fault("rate_limit")
    assert [caller.get("/v1/replies").status_code for _ in range(4)] == [502, 502, 429, 200]


def test_requests_that_meet_another_fault_count_as_passed(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("status", status=502, times=2)
    sandbox.fault("status", status=503, after=3)
    assert [caller.get("/v1/replies").status_code for _ in range(5)] == [502, 502, 200, 503, 200]


def test_an_empty_success_accepts_and_tells_nothing(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("empty_success", times=None)
    answer = caller.send_messages(sms())
    assert (answer.status_code, answer.json(), len(sandbox.ledger)) == (202, {}, 1)
    assert caller.send_messages({}).json()["message"]  # a refusal stays what it is
    cancelled = caller.put(f"/v1/messages/{sandbox.ledger[0].message_id}", json={"status": "cancelled"})
    assert cancelled.json()["message"]


@pytest.mark.parametrize("kind", ["hang", "hang_before"])
def test_hanging_holds_the_answer_back(caller: Caller, sandbox: Sandbox, kind: Any) -> None:
    sandbox.fault(kind, seconds=0.05)
    began = time.monotonic()
    assert caller.send_messages(sms()).status_code == 202
    assert time.monotonic() - began >= 0.05


@pytest.mark.parametrize(("kind", "accepted"), [("hang", 1), ("hang_before", 0)])
def test_a_client_that_does_not_wait_may_have_sent_or_not(
    caller: Caller, sandbox: Sandbox, kind: Any, accepted: int
) -> None:
    sandbox.fault(kind, seconds=60)
    with pytest.raises(httpx.ReadTimeout):
        caller.post("/v1/messages", json={"messages": [sms()]}, timeout=0.05)
    deadline = time.monotonic() + 60
    while not sandbox.requests and time.monotonic() < deadline:
        time.sleep(0.01)  # the server may be slower than the client, and has the request all the same
    assert caller.get("/v1/replies").status_code == 200
    assert len(sandbox.ledger) == accepted


def test_a_request_that_hangs_during_a_reset_is_not_processed_after_it(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("hang_before", seconds=0.3)
    failures: list[BaseException] = []

    def send() -> None:
        try:
            caller.send_messages(sms())
        except httpx.RemoteProtocolError as error:
            failures.append(error)

    sending = threading.Thread(target=send)
    sending.start()
    deadline = time.monotonic() + 60
    while not sandbox.requests and time.monotonic() < deadline:
        time.sleep(0.01)
    sandbox.reset()
    sending.join(60)
    assert (len(failures), sandbox.ledger, sandbox.requests) == (1, [], [])


def test_closing_does_not_wait_for_a_hanging_request() -> None:
    running = Sandbox().start()
    running.fault("hang", seconds=3600)
    with caller_of(running) as caller, pytest.raises(httpx.ReadTimeout):
        caller.get("/v1/replies", timeout=0.02)
    closing = threading.Thread(target=running.close, daemon=True)
    closing.start()
    closing.join(60)
    assert not closing.is_alive()


@pytest.mark.parametrize(
    ("form", "content_type", "beginning"),
    [
        ("json", "application/json", b'{"message":"Something went wrong. Please try again later."}\n'),
        ("html", "text/html", b"<html>"),
        ("text", "text/plain", b"error 502"),
        ("empty", None, b""),
    ],
)
def test_a_status_comes_in_any_form(
    caller: Caller, sandbox: Sandbox, form: Any, content_type: str | None, beginning: bytes
) -> None:
    sandbox.fault("status", status=502, form=form)
    answer = caller.send_messages(sms())
    assert answer.status_code == 502
    assert answer.headers.get("content-type") == content_type
    assert answer.content.startswith(beginning)
    assert sandbox.ledger == []


def test_a_failure_can_be_answered_although_the_messages_were_accepted(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("status", status=502, form="html", processed=True)
    assert caller.send_messages(sms()).status_code == 502
    assert len(sandbox.ledger) == 1


@pytest.mark.parametrize(
    ("settings", "value"),
    [
        ({}, None),
        ({"retry_after": 2}, "2"),
        ({"retry_after": 2, "retry_after_as_date": True}, "Thu, 15 Jan 2026 03:04:07 GMT"),
        ({"retry_after": "soon"}, "soon"),
    ],
)
def test_a_rate_limit_says_when_to_try_again(
    caller: Caller, sandbox: Sandbox, settings: dict[str, Any], value: str | None
) -> None:
    sandbox.fault("rate_limit", **settings)
    answer = caller.send_messages(sms())
    assert (answer.status_code, answer.headers.get("retry-after")) == (429, value)
    assert sandbox.ledger == []


def test_any_answer_can_be_canned(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("answer", status=207, body=b"\xef\xbb\xbf{}", headers={"Content-Type": "text/odd", "X-A": "b"})
    answer = caller.get("/v1/replies")
    assert (answer.status_code, answer.content) == (207, b"\xef\xbb\xbf{}")
    assert (answer.headers["content-type"], answer.headers["x-a"]) == ("text/odd", "b")


def test_a_canned_answer_can_have_no_body_and_no_content(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("answer", status=204, headers={"Content-Length": "7"})
    answer = caller.get("/v1/replies")
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_skewed_clock_shows_in_the_date_and_breaks_signatures(sandbox: Sandbox) -> None:
    sandbox.fault("clock_skew", seconds=-3600, times=2)
    with httpx.Client(base_url=sandbox.url, trust_env=False, verify=False) as client:
        answer = client.get("/v1/replies", headers=sign("GET", "/v1/replies"))
        assert (answer.status_code, answer.headers["date"]) == (401, "Thu, 15 Jan 2026 02:04:05 GMT")
        corrected = sign("GET", "/v1/replies", date=answer.headers["date"])
        assert client.get("/v1/replies", headers=corrected).status_code == 200
        assert client.get("/v1/replies", headers=corrected).status_code == 401


def test_an_unknown_status_can_come_in_every_answer(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("unknown_status", times=None)
    message_id = caller.send_one(delivery_report=True)
    sandbox.advance(seconds=1)
    assert caller.status(message_id) == "brand_new"
    assert [report["status"] for report in caller.reports()] == ["brand_new"]
    sandbox.clear_faults()
    assert caller.status(message_id) == "enroute"


def test_fields_of_an_answer_can_be_null_missing_and_new(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("null_fields", fields=["metadata"], times=2)
    sandbox.fault("missing_fields", fields=["status", "content"])
    sandbox.fault("extra_fields", values={"new": [1]})
    answer = caller.send_messages(sms(metadata={"a": "b"})).json()
    (message,) = answer["messages"]
    assert message.keys() == {"message_id", "destination_number", "metadata", "new"}
    assert message["metadata"] is None
    assert (message["new"], answer["new"]) == ([1], [1])
    assert sandbox.ledger[0].message == sms(metadata={"a": "b"})


@pytest.mark.parametrize("value", ["text/plain", None])
def test_the_content_type_of_an_answer_can_be_odd_or_missing(
    caller: Caller, sandbox: Sandbox, value: str | None
) -> None:
    sandbox.fault("content_type", value=value)
    answer = caller.get("/v1/replies")
    assert answer.headers.get("content-type") == value
    assert answer.json() == {"replies": []}


def test_faults_also_meet_requests_that_no_operation_knows(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("status", status=503)
    assert caller.get("/v1/nothing").status_code == 503


@pytest.mark.parametrize(
    "wrong", [{"kind": "explode"}, {"kind": "status", "form": "xml"}, {"kind": "status", "operation": "sendMail"}]
)
def test_an_impossible_fault_is_refused(sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        sandbox.fault(**wrong)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"kind": "bogus"}, "kind must be one of answer, clock_skew, content_type, drop_after_accept, "),
        ({"kind": []}, "kind must be one of answer, "),
        ({"operation": "sendMail"}, "operation must be one of "),
        ({"operation": []}, "operation must be a string, or None"),
        ({"times": "x"}, "times must be a whole number, 0 or more, or None"),
        ({"times": -1}, "times must be a whole number, 0 or more, or None"),
        ({"after": 1.5}, "after must be a whole number, 0 or more"),
        ({"seconds": float("nan")}, "seconds must be a number from 0 to 1000000000"),
        ({"kind": "hang", "seconds": -1}, "seconds must be a number from 0 to 1000000000"),
        ({"kind": "clock_skew", "seconds": 1e20}, "seconds must be a number from -1000000000 to 1000000000"),
        ({"status": "500"}, "status must be a whole number from 200 to 599"),
        ({"status": 100}, "status must be a whole number from 200 to 599"),
        ({"form": "xml"}, "form must be one of json, html, text, empty"),
        ({"headers": ["a"]}, "headers must be names and strings that are valid in headers"),
        ({"headers": {"a b": "c"}}, "headers must be names and strings that are valid in headers"),
        ({"headers": {"a": "b\r\nc: d"}}, "headers must be names and strings that are valid in headers"),
        ({"headers": {"a": "€"}}, "headers must be names and strings that are valid in headers"),
        ({"body": 1}, "body must be a string or bytes"),
        ({"body": "\ud800"}, "body must be a string or bytes"),
        ({"retry_after": 1.5}, "retry_after must be a whole number, 0 or more, or a string that is valid in a header, or None"),
        ({"retry_after": "soon", "retry_after_as_date": True}, "retry_after must be a number from -1000000000 to 1000000000"),
        ({"retry_after_as_date": 1}, "retry_after_as_date must be true or false"),
        ({"processed": "yes"}, "processed must be true or false"),
        ({"value": 1}, "value must be a string, or None"),
        ({"kind": "content_type", "value": "a\nb"}, "value must be a string that is valid in a header, or None"),
        ({"fields": "status"}, "fields must be a list of strings"),
        ({"fields": 1}, "fields must be a list of strings"),
        ({"values": [1]}, "values must be an object that can be written as JSON"),
        ({"values": {"a": float("nan")}}, "values must be an object that can be written as JSON"),
        ({"values": {"a": object()}}, "values must be an object that can be written as JSON"),
    ],
)  # fmt: skip
def test_an_impossible_fault_is_refused_with_the_reason(
    sandbox: Sandbox, wrong: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match=f"^{complaint}") as raised:
        sandbox.fault(**{"kind": "status", **wrong})
    assert "attr" not in str(raised.value)
    assert "<" not in str(raised.value)
    assert sandbox.faults == []


def test_an_unknown_attribute_of_a_fault_is_named(sandbox: Sandbox) -> None:
    with pytest.raises(TypeError, match=r"^fault takes kind, operation, times, after, .* and values, not code$"):
        sandbox.fault("status", code=500)


@pytest.mark.parametrize("status", [204, 304])
@pytest.mark.parametrize("form", ["json", "empty"])
def test_a_status_without_a_body_keeps_the_connection_usable(
    caller: Caller, sandbox: Sandbox, status: int, form: Any
) -> None:
    sandbox.fault("status", status=status, form=form)
    answer = caller.get("/v1/replies")
    assert (answer.status_code, answer.content) == (status, b"")
    assert caller.get("/v1/replies").status_code == 200


def test_a_fault_says_what_it_does() -> None:
    assert Fault(kind="hang").seconds == 30
    assert not Fault(kind="hang").changes_answer
    assert Fault(kind="null_fields").changes_answer


def test_reset_forgets_everything() -> None:
    start = datetime(2026, 1, 15, tzinfo=UTC)
    with Sandbox(clock_start=start, clock_runs=False) as running, caller_of(running) as caller:
        message_id = caller.send_one(delivery_report=True, callback_url="https://example.com/")
        running.advance(seconds=10)
        running.outcome("+61491570156", "failed")
        running.fault("status", times=None)
        running.reset()
        assert (running.ledger, running.requests, running.pushes, running.faults) == ([], [], [], [])
        assert running.now == start
        assert caller.reports() == []
        assert caller.get(f"/v1/messages/{message_id}").status_code == 404
        message_id = caller.send_one()
        running.advance(seconds=10)
        assert caller.status(message_id) == "delivered"
