from datetime import timedelta
from typing import Any

import pytest
from messagemedia.sandbox import Sandbox
from sandbox_caller import Caller, caller_of, sms

BAD_REQUEST = "Request failed to parse correctly. Please ensure input is valid and try again."
FULL = {
    "content": "Café €",
    "destination_number": "+61491570156",
    "callback_url": "https://example.com/hooks",
    "delivery_report": True,
    "format": "MMS",
    "media": ["https://example.com/a.png"],
    "message_expiry_timestamp": "2026-01-20T00:00:00.000Z",
    "metadata": {"order": "4711"},
    "scheduled": "2026-01-16T00:00:00.000Z",
    "source_number": "+61491570157",
    "source_number_type": "INTERNATIONAL",
    "subject": "Ticket",
}


def problems(caller: Caller, *messages: Any) -> list[str]:
    answer = caller.send_messages(*messages)
    assert answer.status_code == 400, answer.text
    assert answer.content.endswith(b"}\n")
    assert answer.json()["message"] == BAD_REQUEST
    return answer.json()["details"]


def test_sending_answers_202_with_every_field_an_id_and_queued(caller: Caller) -> None:
    answer = caller.send_messages(FULL)
    (message,) = answer.json()["messages"]
    assert answer.status_code == 202
    assert len(message.pop("message_id")) == 36
    assert message.pop("status") == "queued"
    assert message == FULL


def test_messages_come_back_in_the_order_of_the_request(caller: Caller, sandbox: Sandbox) -> None:
    contents = [f"Number {n}" for n in range(100)]
    answer = caller.send_messages(*(sms(content=content) for content in contents))
    assert [message["content"] for message in answer.json()["messages"]] == contents
    assert [entry.message["content"] for entry in sandbox.ledger] == contents
    assert [entry.order for entry in sandbox.ledger] == list(range(100))
    assert [entry.message_id for entry in sandbox.ledger] == [m["message_id"] for m in answer.json()["messages"]]


def test_reading_a_message_leaves_out_media_and_subject(caller: Caller) -> None:
    message_id = caller.send_one(**FULL)
    expected = {name: value for name, value in FULL.items() if name not in {"media", "subject"}}
    assert caller.get(f"/v1/messages/{message_id}").json() == {
        **expected,
        "message_id": message_id,
        "status": "scheduled",
    }


@pytest.mark.parametrize("message_id", ["877c19ef-fa2e-4cec-827a-e1df9b5509f7", "no-uuid", "a%2Fb"])
def test_an_unknown_or_malformed_id_is_answered_with_404(caller: Caller, message_id: str) -> None:
    for answer in (caller.get(f"/v1/messages/{message_id}"), caller.cancel(message_id)):
        assert (answer.status_code, answer.text) == (404, '{"message":"Resource not found."}\n')


def test_one_invalid_message_lets_the_whole_request_fail(caller: Caller, sandbox: Sandbox) -> None:
    assert problems(caller, sms(), sms(content="")) == ["/messages/1/content: Must have between 1 and 5000 characters"]
    assert sandbox.ledger == []


@pytest.mark.parametrize(
    ("number", "detail"),
    [
        ("123", "International address must be between 8 and 15 characters excluding the first '+'"),
        ("+1234567890123456", "International address must be between 8 and 15 characters excluding the first '+'"),
        ("+61 491570156", "International address contains invalid characters."),
        ("+61491570156\n", "International address contains invalid characters."),
        (
            "abc",
            (
                "International address must be between 8 and 15 characters excluding the first '+', "
                "International address contains invalid characters."
            ),
        ),
    ],
)
def test_an_unusable_number_is_refused_in_the_words_of_the_api(caller: Caller, number: str, detail: str) -> None:
    assert problems(caller, sms(destination_number=number)) == [f"/messages/0/destination_number: {detail}"]


@pytest.mark.parametrize("number", ["+123456789012345", "12345678"])
def test_numbers_of_8_to_15_digits_are_accepted(caller: Caller, number: str) -> None:
    assert caller.send_messages(sms(destination_number=number)).status_code == 202


@pytest.mark.parametrize(
    "url",
    [
        "https://-invalid.com",
        "https://invalid_.com",
        "https:///path",
        "https://:/path",
        "http://.example.com",
        "http://example..com",
        "ftp://example.com",
        "http://example.com/a b",
        "no address",
    ],
)
def test_an_unusable_callback_address_is_named_in_camel_case(caller: Caller, url: str) -> None:
    assert problems(caller, sms(callback_url=url)) == ["/messages/0/callbackUrl: Invalid callback url"]


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"content": "x" * 5001}, "/messages/0/content: Must have between 1 and 5000 characters"),
        ({"content": 1}, "/messages/0/content: Must be a string"),
        ({"format": "FAX"}, "/messages/0/format: [FAX] is invalid"),
        ({"scheduled": "tomorrow"}, "/messages/0/scheduled: [tomorrow] is not a valid date-time"),
        (
            {"scheduled": "2026-02-30T00:00:00Z"},
            "/messages/0/scheduled: [2026-02-30T00:00:00Z] is not a valid date-time",
        ),
        ({"scheduled": "2026-01-20T00:00:00"}, "/messages/0/scheduled: [2026-01-20T00:00:00] is not a valid date-time"),
        ({"delivery_report": "yes"}, "/messages/0/delivery_report: Must be a boolean"),
        ({"metadata": [{"key": "a"}]}, "/messages/0/metadata: Must be an object"),
        ({"metadata": {"a": 1}}, "/messages/0/metadata/a: Must be a string"),
        ({"metadata": {str(n): "" for n in range(11)}}, "/messages/0/metadata: Must have at most 10 entries"),
        ({"metadata": {"a": "x" * 257}}, "/messages/0/metadata/a: Must have at most 256 characters"),
        (
            {"metadata": {"k" * 101: ""}},
            f"/messages/0/metadata: Key [{'k' * 101}] is too long, 100 characters are allowed",
        ),
        ({"source_number_type": "SHORTCODE"}, "/messages/0/source_number_type: Needs source_number"),
        ({"media": ["https://example.com/a.png"]}, "/messages/0/media: Needs format"),
        ({"subject": "Hi", "format": "SMS"}, "/messages/0/subject: Needs format MMS"),
        ({"message_id": "x"}, "/messages/0/message_id: Unknown field"),
    ],
)
def test_other_violations_have_the_form_of_the_known_ones(caller: Caller, fields: dict[str, Any], detail: str) -> None:
    assert problems(caller, sms(**fields)) == [detail]


def test_missing_fields_are_named_one_by_one(caller: Caller) -> None:
    assert problems(caller, {}, sms()) == [
        "/messages/0/content: Required field is missing",
        "/messages/0/destination_number: Required field is missing",
    ]


@pytest.mark.parametrize("count", [0, 101])
def test_a_request_holds_1_to_100_messages(caller: Caller, count: int) -> None:
    assert problems(caller, *[sms()] * count) == ["/messages: Must have between 1 and 100 entries"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b'{"a":NaN}', b"[" * 100_000, b'{"messages":[{"content":"\\ud800"}]}']
)
def test_what_is_no_json_is_refused_as_unreadable(caller: Caller, body: bytes) -> None:
    answer = caller.post("/v1/messages", content=body)
    assert answer.status_code == 400
    assert answer.json()["details"] == ["Failed to parse message body."]


def test_json_that_is_no_object_is_refused(caller: Caller) -> None:
    answer = caller.post("/v1/messages", json=[])
    assert answer.json()["details"] == ["/: Must be an object"]


def test_times_in_the_past_are_accepted(caller: Caller) -> None:
    answer = caller.send_messages(
        sms(scheduled="2020-01-01T00:00:00Z"), sms(message_expiry_timestamp="2020-01-01T00:00:00Z")
    )
    assert [message["status"] for message in answer.json()["messages"]] == ["queued", "queued"]


def test_a_scheduled_message_can_be_cancelled_with_an_empty_answer(caller: Caller, sandbox: Sandbox) -> None:
    message_id = caller.send_one(scheduled="2026-01-16T00:00:00Z", delivery_report=True)
    answer = caller.cancel(message_id)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "application/json"
    sandbox.advance(seconds=timedelta(days=3).total_seconds())
    assert caller.status(message_id) == "cancelled"
    assert caller.reports() == []


@pytest.mark.parametrize("seconds", [0, 100])
def test_what_is_not_scheduled_cannot_be_cancelled(caller: Caller, sandbox: Sandbox, seconds: float) -> None:
    message_id = caller.send_one()
    sandbox.advance(seconds=seconds)
    answer = caller.cancel(message_id)
    assert (answer.status_code, answer.text) == (400, '{"message":"Message is not currently scheduled"}\n')


def test_cancelling_twice_is_refused_the_second_time(caller: Caller) -> None:
    message_id = caller.send_one(scheduled="2026-01-16T00:00:00Z")
    assert [caller.cancel(message_id).status_code for _ in range(2)] == [200, 400]


def test_the_only_status_that_can_be_set_is_cancelled(caller: Caller) -> None:
    message_id = caller.send_one(scheduled="2026-01-16T00:00:00Z")
    answer = caller.put(f"/v1/messages/{message_id}", json={"status": "delivered"})
    assert answer.status_code == 400
    assert answer.json()["details"] == ["/status: [delivered] is invalid"]


def test_messages_are_kept_for_45_days(caller: Caller, sandbox: Sandbox) -> None:
    message_id = caller.send_one()
    sandbox.advance(seconds=45 * 86400)
    assert caller.status(message_id) == "delivered"
    sandbox.advance(seconds=1)
    assert caller.get(f"/v1/messages/{message_id}").status_code == 404


def test_sub_accounts_do_not_see_each_other(caller: Caller, sandbox: Sandbox) -> None:
    with caller_of(sandbox, Account="Branch") as branch:
        ours, theirs = caller.send_one(delivery_report=True), branch.send_one(delivery_report=True)
        sandbox.advance(seconds=1)
        assert branch.get(f"/v1/messages/{ours}").status_code == 404
        assert caller.get(f"/v1/messages/{theirs}").status_code == 404
        assert [report["message_id"] for report in caller.reports()] == [ours]
        (report,) = branch.reports()
        assert report["message_id"] == theirs
        assert report["vendor_account_id"] == {"vendor_id": "MessageMedia", "account_id": "Branch"}
    assert [entry.account for entry in sandbox.ledger] == ["SandboxAccount", "Branch"]


@pytest.mark.parametrize("credit", [500, 12.5, "500", {}, None, {"unit": "SMS"}])
def test_credits_can_be_of_any_json_kind(credit: object) -> None:
    with Sandbox(credits=credit) as running, caller_of(running) as caller:
        assert caller.get("/v1/messaging/credits").json() == {"remaining_credits": credit}


def test_an_old_tls_version_can_be_simulated_for_singapore() -> None:
    with Sandbox(tls_rule=True) as running, caller_of(running) as caller:
        assert caller.send_messages(sms(destination_number="+6581234567")).status_code == 422
        assert caller.send_messages(sms()).status_code == 202
        assert len(running.ledger) == 1


def test_unknown_paths_and_methods_are_told_apart(caller: Caller) -> None:
    assert caller.get("/v1/nothing").status_code == 404
    assert caller.get("/v1/messages/").status_code == 404
    answer = caller.delete("/v1/messages/x")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PUT")


def test_the_date_header_shows_the_clock_of_the_sandbox(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.advance(seconds=60)
    assert caller.get("/v1/replies").headers["date"] == "Thu, 15 Jan 2026 03:05:05 GMT"
