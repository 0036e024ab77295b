import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from messagemedia.sandbox import Options, Sandbox
from sandbox_caller import Caller, caller_of, sms

START = datetime(2026, 1, 15, 3, 4, 5, tzinfo=UTC)


def confirm_replies(caller: Caller, ids: list[str]) -> Any:
    return caller.post("/v1/replies/confirmed", json={"reply_ids": ids})


def test_there_are_no_reports_unless_they_were_asked_for(caller: Caller, sandbox: Sandbox) -> None:
    caller.send_messages(sms(), sms(delivery_report=False))
    sandbox.advance(seconds=10)
    assert caller.reports() == []


def test_a_report_has_the_fields_of_its_message(caller: Caller, sandbox: Sandbox) -> None:
    message_id = caller.send_one(delivery_report=True, metadata={"a": "b"}, source_number="+61491570157")
    sandbox.advance(seconds=1)
    (report,) = caller.reports()
    assert uuid.UUID(report.pop("delivery_report_id"))
    assert report == {
        "vendor_account_id": {"vendor_id": "MessageMedia", "account_id": "SandboxAccount"},
        "callback_url": None,
        "source_number": "+61491570156",
        "date_received": "2026-01-15T03:04:06.000Z",
        "status": "enroute",
        "delay": 0,
        "submitted_date": "2026-01-15T03:04:06.000Z",
        "original_text": "Hello",
        "message_id": message_id,
        "error_code": "101",
        "metadata": {"a": "b"},
    }


def test_each_change_of_status_has_its_report_and_code(caller: Caller, sandbox: Sandbox) -> None:
    caller.send_one(delivery_report=True)
    sandbox.advance(seconds=10)
    assert [(report["status"], report["error_code"]) for report in caller.reports()] == [
        ("enroute", "101"),
        ("submitted", "200"),
        ("delivered", "220"),
    ]


def test_metadata_of_a_report_is_empty_if_the_message_had_none(caller: Caller, sandbox: Sandbox) -> None:
    caller.send_one(delivery_report=True)
    sandbox.advance(seconds=1)
    assert caller.reports()[0]["metadata"] == {}


def test_billing_units_and_error_codes_of_reports_are_options() -> None:
    options = Options(clock_start=START, clock_runs=False, billing_units=2, error_code_in_polled_reports=False)
    with Sandbox(options) as running, caller_of(running) as caller:
        caller.send_one(delivery_report=True)
        running.advance(seconds=1)
        (report,) = caller.reports()
    assert report["billing_units"] == 2
    assert "error_code" not in report


def test_the_oldest_100_come_again_until_they_are_confirmed(caller: Caller, sandbox: Sandbox) -> None:
    caller.send_messages(*(sms(delivery_report=True, metadata={"n": str(n)}) for n in range(50)))
    sandbox.advance(seconds=10)
    first = caller.reports()
    assert len(first) == 100
    assert first == caller.reports()
    answer = caller.confirm_reports([report["delivery_report_id"] for report in first])
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (202, b"", "text/plain")
    rest = caller.reports()
    assert [report["status"] for report in rest] == ["delivered"] * 50
    assert [report["metadata"]["n"] for report in rest] == [str(n) for n in range(50)]


def test_confirming_twice_and_unknown_ids_are_no_error(caller: Caller, sandbox: Sandbox) -> None:
    caller.send_one(delivery_report=True)
    sandbox.advance(seconds=1)
    ids = [caller.reports()[0]["delivery_report_id"], str(uuid.uuid4())]
    assert [caller.confirm_reports(ids).status_code for _ in range(2)] == [202, 202]
    assert confirm_replies(caller, [str(uuid.uuid4())]).status_code == 202
    assert caller.confirm_reports([]).status_code == 202
    assert caller.reports() == []


def test_at_most_100_ids_can_be_confirmed_at_once(caller: Caller) -> None:
    answer = confirm_replies(caller, [str(uuid.uuid4()) for _ in range(101)])
    assert answer.status_code == 400
    assert answer.json()["details"] == ["/reply_ids: Must have at most 100 entries"]


def test_the_limit_of_confirmed_ids_can_be_switched_off() -> None:
    with Sandbox(confirm_limit=False) as running, caller_of(running) as caller:
        assert confirm_replies(caller, [str(uuid.uuid4()) for _ in range(101)]).status_code == 202
        assert confirm_replies(caller, ["no uuid"]).status_code == 400


def test_a_confirmed_id_must_be_a_uuid(caller: Caller) -> None:
    assert confirm_replies(caller, ["x"]).json()["details"] == ["/reply_ids/0: [x] is not a valid uuid"]


def test_a_reply_swaps_the_numbers_and_copies_the_rest(caller: Caller, sandbox: Sandbox) -> None:
    message_id = caller.send_one(
        source_number="+61491570157", metadata={"a": "b"}, callback_url="https://example.com/hook"
    )
    reply_id = sandbox.reply("Thanks!", message_id=message_id)
    assert caller.replies() == [
        {
            "reply_id": reply_id,
            "message_id": message_id,
            "content": "Thanks!",
            "source_number": "+61491570156",
            "destination_number": "+61491570157",
            "date_received": "2026-01-15T03:04:05.000Z",
            "callback_url": "https://example.com/hook",
            "metadata": {"a": "b"},
            "vendor_account_id": {"vendor_id": "MessageMedia", "account_id": "SandboxAccount"},
        }
    ]


def test_a_reply_has_no_destination_if_the_message_had_no_source(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.reply("Thanks!", message_id=caller.send_one())
    (reply,) = caller.replies()
    assert "destination_number" not in reply
    assert "callback_url" not in reply


def test_someone_can_write_first(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.reply("Hello?", source_number="+61491570158", destination_number="+61491570157")
    (reply,) = caller.replies()
    assert "message_id" not in reply
    assert (reply["source_number"], reply["destination_number"]) == ("+61491570158", "+61491570157")


def test_a_reply_goes_to_the_account_of_its_message(caller: Caller, sandbox: Sandbox) -> None:
    with caller_of(sandbox, Account="Branch") as branch:
        sandbox.reply("1", message_id=branch.send_one())
        sandbox.reply("2", source_number="+61491570158", account="Branch")
        assert [reply["content"] for reply in branch.replies()] == ["1", "2"]
    assert caller.replies() == []


def test_replies_come_oldest_first_until_they_are_confirmed(caller: Caller, sandbox: Sandbox) -> None:
    ids = [sandbox.reply(str(n), source_number="+61491570158") for n in range(120)]
    assert [reply["reply_id"] for reply in caller.replies()] == ids[:100]
    assert confirm_replies(caller, ids[:100]).status_code == 202
    assert [reply["reply_id"] for reply in caller.replies()] == ids[100:]


def test_replies_and_reports_are_kept_for_45_days(caller: Caller, sandbox: Sandbox) -> None:
    caller.send_one(delivery_report=True)
    sandbox.reply("Old", source_number="+61491570158")
    sandbox.advance(seconds=45 * 86400 + 2)
    sandbox.reply("New", source_number="+61491570158")
    assert [reply["content"] for reply in caller.replies()] == ["New"]
    assert [report["status"] for report in caller.reports()] == ["submitted", "delivered"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"message_id": str(uuid.uuid4())},
        {"message_id": "x", "source_number": "+61491570158"},
        {"source_number": "+61491570158", "account": "Nobody"},
        {"source_number": "+61491570158", "attachments": [{"content_type": "image/png"}]},
    ],
)
def test_an_impossible_reply_is_refused(sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        sandbox.reply("Hi", **wrong)
