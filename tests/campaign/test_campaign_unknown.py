"""What is made of unknown rows: by evidence that comes later, or by the caller."""

from typing import Any

import pytest
from campaign_kit import Clock, Sender, message, messages, number, row, sent, states
from messagemedia import DeliveryReport, Reply, ValidationError
from messagemedia.campaign import Campaign, RowsError, Summary
from messagemedia.sandbox import Sandbox


@pytest.fixture
def lost(campaign: Campaign, sandbox: Sandbox, sender: Sender, clock: Clock) -> Campaign:
    """A campaign of 110 rows, the first 100 of which were accepted, but their answer was lost."""
    campaign.add(messages(110, delivery_report=True))
    sandbox.fault("drop_after_accept", operation="sendMessages")
    assert sender.send(campaign, sandbox.url, concurrency=1) == Summary(accepted=10, unknown=100)
    return campaign


def reports(sandbox: Sandbox, sender: Sender) -> list[DeliveryReport]:
    client = sender.client(sandbox.url)
    found: list[DeliveryReport] = []
    while page := sender.run(client.delivery_reports.check()):
        found += page
        sender.run(client.delivery_reports.confirm(page))
    return found


def test_delivery_reports_settle_what_was_unknown(lost: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    sandbox.advance(60)
    told = [lost.observe(each) for each in reports(sandbox, sender)]
    settled = [record for record in told if record is not None]
    assert {record.message.destination_number for record in settled} == {number(index) for index in range(100)}
    assert len(settled) == 100
    assert {record.state for record in settled} == {"accepted"}
    assert lost.summary() == Summary(accepted=110)
    ids = {entry.message["destination_number"]: entry.message_id for entry in sandbox.ledger}
    assert ids == {record.message.destination_number: record.message_id for record in lost.records()}
    assert {record.reason for record in lost.records()} == {""}


def test_a_reply_settles_what_was_unknown(lost: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    answered = sandbox.ledger[7]
    sandbox.reply("Thanks!", message_id=answered.message_id)
    (reply,) = sender.run(sender.client(sandbox.url).replies.check())
    record = lost.observe(reply)
    assert record is not None
    assert (record.message.content, record.message_id) == ("Hello 7", answered.message_id)
    assert lost.observe(reply) is None
    assert lost.summary() == Summary(accepted=11, unknown=99)


def test_evidence_never_moves_an_accepted_row(lost: Campaign) -> None:
    (before,) = [record for record in lost.records() if record.message.content == "Hello 105"]
    assert before.state == "accepted"
    assert lost.observe(report(lost, 106)) is None
    assert [record for record in lost.records() if record.message.content == "Hello 105"] == [before]


def test_evidence_keeps_a_row_from_being_sent_twice_after_all(lost: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    """The caller had given up on the row, and then the report came."""
    lost.retry(lost.records("unknown"))
    record = lost.observe(report(lost, 1))
    assert record is not None
    assert record.state == "accepted"
    sender.send(lost, sandbox.url)
    assert sent(sandbox)[number(0)] == 1
    assert sent(sandbox)[number(1)] == 2


def test_what_another_process_decides_meanwhile_counts(lost: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    lost.retry(lost.records("unknown"))
    with Campaign(lost.path) as other:

        def meanwhile(summary: Summary) -> None:
            if summary.accepted == 10:  # before the first batch: the last of 100 pending rows was sent after all
                assert other.observe(report(lost, 100)) is not None

        assert sender.send(lost, sandbox.url, progress=meanwhile) == Summary(accepted=110)
    assert sent(sandbox)[number(98)] == 2
    assert sent(sandbox)[number(99)] == 1


def test_rows_that_another_process_retries_meanwhile_are_sent(lost: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    lost.add([message(110)])
    with Campaign(lost.path) as other:

        def meanwhile(summary: Summary) -> None:
            if summary.pending == 0 and other.summary().unknown:
                assert other.retry(other.records("unknown")) == 100

        assert sender.send(lost, sandbox.url, progress=meanwhile) == Summary(accepted=111)


def report(campaign: Campaign, entry: object, **fields: Any) -> DeliveryReport:
    mark = {"mm-row": f"{campaign._journal.id}:{entry}"}
    return DeliveryReport.from_dict({"message_id": "m-1", "metadata": mark, **fields})


@pytest.mark.parametrize(
    "metadata",
    [None, {}, {"order": "4711"}, {"mm-row": ""}, {"mm-row": "1"}, {"mm-row": "abcdef012345:1"}, {"mm-row": 5}],
)
@pytest.mark.parametrize("kind", [DeliveryReport, Reply])
def test_what_is_about_something_else_is_left_alone(campaign: Campaign, kind: Any, metadata: Any) -> None:
    campaign.add(messages(3))
    assert campaign.observe(kind.from_dict({"message_id": "m-1", "metadata": metadata})) is None
    assert campaign.summary() == Summary(pending=3)


@pytest.mark.parametrize("item", [None, {"message_id": "m-1"}, "m-1"])
def test_evidence_is_what_was_fetched_or_pushed(campaign: Campaign, item: Any) -> None:
    with pytest.raises(ValidationError, match="item: must be a Reply, a DeliveryReport or an OptOut, not"):
        campaign.observe(item)


@pytest.mark.parametrize("metadata", [5, "mm-row", ["mm-row"], {"mm-row": None}, {"mm-row": 5}])
def test_metadata_of_another_kind_are_left_alone(campaign: Campaign, metadata: Any) -> None:
    campaign.add(messages(3))
    assert campaign.observe(Reply(metadata=metadata)) is None


def test_an_id_that_is_no_text_is_evidence_all_the_same(campaign: Campaign) -> None:
    campaign.add(messages(3))
    for entry, name in ((1, "\ud800"), (2, 5)):
        record = campaign.observe(report(campaign, entry, message_id=name))
        assert record is not None
        assert record.state == "accepted"
    assert campaign.summary() == Summary(accepted=2, pending=1)


@pytest.mark.parametrize("entry", ["", "-1", "0", "99", "1.0", "²", "1 OR 1", "9" * 30])
def test_a_mark_without_a_row_is_left_alone(campaign: Campaign, entry: str) -> None:
    campaign.add(messages(3))
    assert campaign.observe(report(campaign, entry)) is None
    assert campaign.summary() == Summary(pending=3)


# --- the caller decides -----------------------------------------------------------------------------------------


def test_retried_rows_are_sent_again(lost: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    assert lost.retry(lost.records("unknown")) == 100
    assert lost.summary() == Summary(pending=100, accepted=10)
    assert {record.reason for record in lost.records()} == {""}
    assert sender.send(lost, sandbox.url) == Summary(accepted=110)
    assert sent(sandbox)[number(0)] == 2


def test_accepted_rows_are_not_sent_again(lost: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    keys = [record.key for record in lost.records("unknown")]
    assert lost.accept(keys[0]) == 1
    assert lost.accept([*keys[1:], keys[1]]) == 99
    assert sender.send(lost, sandbox.url) == Summary(accepted=110)
    assert max(sent(sandbox).values()) == 1
    assert next(lost.records()).reason == "accepted by decision of the caller"


def test_only_unknown_rows_can_be_decided_over_all_or_none(lost: Campaign) -> None:
    lost.add([row("bad", "", number=7), row("new", "new", number=8)], on_invalid="skip")
    unknown = next(lost.records("unknown"))
    for decide in (lost.retry, lost.accept):
        with pytest.raises(RowsError) as caught:
            decide([unknown, "bad", "new", "missing", "+61491570156"])
        assert str(caught.value).splitlines() == [
            "only unknown rows can be retried or accepted, and nothing was changed:",
            "  row 7: it is invalid, not unknown",
            "  row 8: it is pending, not unknown",
            "  there is no row with the key 'missing'",
            "  there is no row with the key '…156'",
        ]
    assert lost.summary().unknown == 100


@pytest.mark.parametrize("rows", [5, [5], None, [message(1)]])
def test_what_is_no_record_and_no_key_is_refused(campaign: Campaign, rows: Any) -> None:
    with pytest.raises(ValidationError, match="rows: must be records or their keys"):
        campaign.retry(rows)


def test_nothing_to_decide_over_is_no_error(campaign: Campaign) -> None:
    assert campaign.retry(campaign.records("unknown")) == 0
    assert states(campaign) == {}
