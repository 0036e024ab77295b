"""What becomes of each row, in fair weather and foul: sent at most once, and known."""

import json
from typing import Any, cast

import httpx
import pytest
from campaign_kit import KEY, SECRET, Clock, Sender, message, messages, number, row, sends, sent, sizes, states
from messagemedia import (
    AuthenticationError,
    Client,
    Message,
    NotSentError,
    OutcomeUnknownServerError,
    RateLimitError,
    ValidationError,
)
from messagemedia.campaign import Added, Campaign, Row, StalledError, Summary
from messagemedia.campaign.marks import MAX_PAIRS
from messagemedia.sandbox import Sandbox

from tests import inside
from tests.sdk.sdk_face import Wire, answer

SEND = {"operation": "sendMessages"}


def test_every_row_is_accepted_once_under_its_id(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    campaign.add(messages(450))
    assert sender.send(campaign, sandbox.url) == Summary(accepted=450)
    ids = {entry.message["destination_number"]: entry.message_id for entry in sandbox.ledger}
    assert ids == {record.message.destination_number: record.message_id for record in campaign.records()}
    assert sorted(sizes(sandbox)) == [50, 100, 100, 100, 100]
    assert {record.reason for record in campaign.records()} == {""}


def test_nothing_is_sent_a_second_time(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    campaign.add(messages(3))
    sender.send(campaign, sandbox.url)
    assert sender.send(campaign, sandbox.url) == Summary(accepted=3)
    assert len(sends(sandbox)) == 1
    campaign.add(messages(5))
    assert sender.send(campaign, sandbox.url) == Summary(accepted=5)
    assert sent(sandbox) == {number(index): 1 for index in range(5)}


def test_a_campaign_without_rows_makes_no_request(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    assert sender.send(campaign, sandbox.url) == Summary()
    assert sandbox.requests == []


def test_rows_that_the_api_refuses_are_invalid_and_cost_no_other(
    campaign: Campaign, sandbox: Sandbox, sender: Sender
) -> None:
    rows = [*messages(5), message(5, destination_number="12ab"), *(message(index) for index in range(6, 9))]
    campaign.add([Row(each, key=f"k{index}") for index, each in enumerate(rows)], check_limits=False)
    client = sender.client(sandbox.url, check_limits=False)
    assert sender.send(campaign, client) == Summary(accepted=8, invalid=1)
    (invalid,) = campaign.records("invalid")
    assert (invalid.key, invalid.number) == ("k5", 6)
    assert invalid.reason.startswith("destination_number: International address must be between 8 and 15 characters")
    assert set(sent(sandbox).values()) == {1}
    # It is not tried again as it is, and may be corrected.
    assert campaign.add([Row(rows[5], key="k5")], check_limits=False) == Added(known=1)
    assert campaign.add([row("k5", to=number(5))]) == Added(new=1)
    assert sender.send(campaign, client) == Summary(accepted=9)


def test_an_invalid_row_is_never_sent(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    campaign.add([row("a", "one"), row("b", "")], on_invalid="skip")
    assert sender.send(campaign, sandbox.url) == Summary(accepted=1, invalid=1)
    assert len(sandbox.ledger) == 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"kind": "drop_after_accept"}, "no usable answer came"),
        ({"kind": "status", "status": 503}, "sendMessages was answered with 503"),
        ({"kind": "status", "status": 500, "processed": True}, "sendMessages was answered with 500"),
        ({"kind": "answer", "status": 202, "body": "<html>"}, "not the JSON that the contract describes"),
    ],
)
def test_rows_whose_answer_is_lost_are_unknown_and_not_sent_again(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, clock: Clock, fault: dict[str, Any], said: str
) -> None:
    campaign.add(messages(130))
    sandbox.fault(**SEND, **fault)
    assert sender.send(campaign, sandbox.url, concurrency=1) == Summary(accepted=30, unknown=100)
    assert sender.send(campaign, sandbox.url) == Summary(accepted=30, unknown=100)
    assert len(sends(sandbox)) == 4  # the lost one, and what is felt out with: 1, 10 and 19
    reasons = {record.reason for record in campaign.records("unknown")}
    assert len(reasons) == 1
    assert said in reasons.pop()
    assert max(sent(sandbox).values()) == 1


def test_after_trouble_single_messages_lead_the_way(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, clock: Clock
) -> None:
    campaign.add(messages(1000))
    sandbox.fault("drop_after_accept", **SEND)
    assert sender.send(campaign, sandbox.url, concurrency=1) == Summary(accepted=900, unknown=100)
    assert sizes(sandbox) == [100, 1, 10, *[100] * 8, 89]
    assert len(clock.pauses) == 1
    looks = [record for record in sandbox.requests if record.operation == "getMessageStatus"]
    assert [record.status for record in looks] == [404]


@pytest.mark.slow
def test_an_outage_makes_only_the_batches_unknown_that_met_its_beginning(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, clock: Clock
) -> None:
    campaign.add(messages(2000))
    sandbox.fault("status", status=503, times=None, after=2)
    with pytest.raises(StalledError, match=r"no batch got through for 900 s; 1,[4567]00 rows are pending") as caught:
        sender.send(campaign, sandbox.url, concurrency=4)
    # Two batches came through, and those that were under way then met the outage. After that only harmless requests
    # are made.
    assert caught.value.summary == campaign.summary()
    assert campaign.summary() in (
        Summary(pending=2000 - 200 - unknown, accepted=200, unknown=unknown) for unknown in (100, 200, 300, 400)
    )
    assert len(sends(sandbox)) <= 6
    assert isinstance(caught.value.__cause__, OutcomeUnknownServerError)
    assert 899 < sum(clock.pauses) < 1000
    assert all(each <= 64 for each in clock.pauses)
    sandbox.clear_faults()
    assert sender.send(campaign, sandbox.url).pending == 0
    assert set(sent(sandbox).values()) == {1}


def test_if_only_sending_fails_each_pause_costs_one_message(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, clock: Clock
) -> None:
    campaign.add(messages(2000))
    sandbox.fault("status", status=503, times=None, **SEND)
    with pytest.raises(StalledError):
        sender.send(campaign, sandbox.url, concurrency=4)
    assert set(sizes(sandbox)) == {100, 1}
    assert sizes(sandbox).count(100) <= 4  # those that began together
    assert campaign.summary().unknown == sum(sizes(sandbox))
    assert len(sizes(sandbox)) < 40


@pytest.mark.slow
def test_if_only_large_batches_fail_sending_ends_before_all_is_unknown(
    campaign: Campaign, sender: Sender, clock: Clock
) -> None:
    """Such as at a server that takes longer for many messages than the timeout."""
    campaign.add(messages(5000))

    def react(request: Any) -> Any:
        if request.method == "GET":
            return answer(404)
        asked = json.loads(request.content)["messages"]
        return (
            answer(504)
            if len(asked) > 50
            else answer(202, {"messages": [{**each, "message_id": "x"} for each in asked]})
        )

    with pytest.raises(StalledError):
        sender.send(campaign, sender.client(wire=Wire(react)), concurrency=4)
    summary = campaign.summary()
    assert summary.unknown < 3500
    assert summary.accepted + summary.unknown + summary.pending == 5000


def test_a_server_that_is_down_is_waited_for(campaign: Campaign, sender: Sender, clock: Clock) -> None:
    campaign.add(messages(250))
    down = Sandbox()
    url = down.start().url
    down.close()
    up = Sandbox(port=int(url.rpartition(":")[2]))

    def come_back() -> None:
        # The client makes two short pauses of its own, for each attempt.
        if sum(clock.pauses) > 60 and not up.requests:
            clock.then = lambda: None
            up.start()

    clock.then = come_back
    try:
        assert sender.send(campaign, url) == Summary(accepted=250)
    finally:
        up.close()
    assert set(sent(up).values()) == {1}


def test_a_server_that_stays_down_leaves_everything_pending(campaign: Campaign, sender: Sender, clock: Clock) -> None:
    campaign.add(messages(250))
    with Sandbox() as sandbox:
        url = sandbox.url
    with pytest.raises(StalledError, match="no batch got through for 60 s; 250 rows are pending") as caught:
        sender.send(campaign, url, patience=60)
    assert isinstance(caught.value.__cause__, NotSentError)
    assert campaign.summary() == caught.value.summary == Summary(pending=250)
    assert 59 < sum(clock.pauses) < 120


def test_without_patience_the_first_trouble_ends_it(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, clock: Clock
) -> None:
    campaign.add(messages(250))
    sandbox.fault("rate_limit", times=None, **SEND)
    client = sender.client(sandbox.url, max_retries=0)
    with pytest.raises(StalledError) as caught:
        sender.send(campaign, client, patience=0)
    assert isinstance(caught.value.__cause__, RateLimitError)
    assert clock.pauses == []
    assert campaign.summary() == Summary(pending=250)


def test_a_rate_limit_is_waited_out_as_long_as_the_server_says(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, clock: Clock
) -> None:
    campaign.add(messages(250))
    for _ in range(2):
        sandbox.fault("rate_limit", retry_after=120, **SEND)
    assert sender.send(campaign, sandbox.url, concurrency=1) == Summary(accepted=250)
    assert clock.pauses == [120, 120]
    assert set(sent(sandbox).values()) == {1}


def test_pauses_grow_with_jitter(campaign: Campaign, sandbox: Sandbox, sender: Sender, clock: Clock) -> None:
    campaign.add(messages(1))
    sandbox.fault("rate_limit", times=9, **SEND)
    client = sender.client(sandbox.url, max_retries=0)
    assert sender.send(campaign, client) == Summary(accepted=1)
    assert len(clock.pauses) == 9
    for attempt, pause in enumerate(clock.pauses):
        longest = 2.0 ** min(attempt, 6)
        assert longest / 2 <= pause <= longest
    assert len(set(clock.pauses)) == 9


def test_wrong_credentials_end_it_with_nothing_sent(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, clock: Clock
) -> None:
    campaign.add(messages(950))
    client = sender.client(sandbox.url, api_secret="WRONG")
    with pytest.raises(AuthenticationError, match="Check the key and the secret"):
        sender.send(campaign, client)
    assert campaign.summary() == Summary(pending=950)
    assert len(sends(sandbox)) <= 4  # the batches that began together, and none after
    assert clock.pauses == []
    assert sender.send(campaign, sandbox.url) == Summary(accepted=950)


def test_a_refusal_after_some_batches_keeps_what_was_sent(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    campaign.add(messages(950))
    sandbox.fault("answer", status=403, body='{"message": "Invalid account"}', after=1, times=None, **SEND)
    with pytest.raises(Exception, match="Invalid account"):
        sender.send(campaign, sandbox.url, concurrency=2)
    assert campaign.summary() == Summary(pending=850, accepted=100)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"kind": "missing_fields", "fields": ("message_id",)}, "gives the message no message_id"),
        ({"kind": "null_fields", "fields": ("message_id",)}, "gives the message no message_id"),
        ({"kind": "empty_success"}, "lists 0 messages for a request of 2"),
    ],
)
@pytest.mark.usefixtures("clock")
def test_an_answer_that_lists_no_accepted_message_leaves_its_rows_unknown(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, fault: dict[str, Any], reason: str
) -> None:
    campaign.add(messages(2))
    sandbox.fault(**fault, **SEND)
    assert sender.send(campaign, sandbox.url) == Summary(unknown=2)
    for record in campaign.records():
        assert (record.message_id, reason in record.reason) == ("", True), record.reason
    assert len(sandbox.ledger) == 2


# --- options ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"concurrency": 0}, "concurrency: must be 1 to 100 requests"),
        ({"max_rate": 0}, "max_rate: must be a number of messages per second"),
        ({"patience": -1}, "patience: must be a number of seconds, 0 or more"),
        ({"patience": "15m"}, "patience: must be a number of seconds, 0 or more"),
        ({"patience": float("nan")}, "patience: must be a number of seconds, 0 or more"),
        ({"progress": True}, "progress: must be callable, or False for none"),
    ],
)
def test_impossible_options_are_refused_before_anything_is_sent(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, options: dict[str, Any], said: str
) -> None:
    campaign.add(messages(1))
    with pytest.raises(ValidationError, match=said):
        sender.send(campaign, sandbox.url, **options)
    assert sandbox.requests == []


def test_the_other_kind_of_client_is_refused(campaign: Campaign) -> None:
    with pytest.raises(ValidationError, match=r"client: must be a Client \(with an AsyncClient, await send_async\)"):
        campaign.send(object())  # type: ignore[arg-type]
    with pytest.raises(
        ValidationError, match=r"client: must be an AsyncClient \(with a Client, call send\), not object"
    ):
        campaign.send_async(object()).send(None)  # type: ignore[arg-type]


def test_a_rate_is_kept(campaign: Campaign, sandbox: Sandbox, sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    monkeypatch.setattr(inside.Pace, "delay", lambda _, count: taken.append(count) or 0.0)
    campaign.add(messages(60))
    assert sender.send(campaign, sandbox.url, max_rate=29.5, concurrency=1) == Summary(accepted=60)
    assert sizes(sandbox) == taken == [29, 29, 2]


def test_progress_is_told_after_each_wave_and_ends_with_the_summary(
    campaign: Campaign, sandbox: Sandbox, sender: Sender
) -> None:
    campaign.add(messages(250))
    told: list[Summary] = []
    summary = sender.send(campaign, sandbox.url, concurrency=1, progress=told.append)
    assert told == [
        Summary(pending=250),
        Summary(pending=150, accepted=100),
        Summary(pending=50, accepted=200),
        Summary(accepted=250),
    ]
    assert told[-1] == summary


def test_progress_is_not_shown_where_there_is_no_terminal(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign.add(messages(2))
    sender.send(campaign, sandbox.url, progress=None)
    assert capsys.readouterr() == ("", "")


def test_a_progress_that_fails_leaves_a_clean_journal(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    campaign.add(messages(950))

    def fail(summary: Summary) -> None:
        if summary.accepted:
            raise RuntimeError("no more paper")

    with pytest.raises(RuntimeError, match="no more paper"):
        sender.send(campaign, sandbox.url, progress=fail, concurrency=2)
    summary = campaign.summary()
    assert (summary.in_flight, summary.unknown, summary.accepted) == (0, 0, len(sandbox.ledger))
    assert sender.send(campaign, sandbox.url) == Summary(accepted=950)


# --- marks ------------------------------------------------------------------------------------------------------


def test_each_message_has_a_mark_of_its_own_and_the_callers_stay_as_they_are(
    campaign: Campaign, sandbox: Sandbox, sender: Sender
) -> None:
    mine = [message(1, metadata={"order": "4711"}), message(2)]
    campaign.add(mine)
    sender.send(campaign, sandbox.url)
    first, second = (entry.message["metadata"] for entry in sandbox.ledger)
    journal_id = campaign._journal.id
    assert first == {"order": "4711", "mm-row": f"{journal_id}:1"}
    assert second == {"mm-row": f"{journal_id}:2"}
    assert (mine[0].metadata, mine[1].metadata) == ({"order": "4711"}, None)
    assert next(campaign.records()).message == mine[0]


def test_a_mark_that_came_with_the_metadata_of_a_reply_is_no_evidence_for_another_row(
    campaign: Campaign, sandbox: Sandbox, sender: Sender
) -> None:
    campaign.add(messages(3))
    before = {"mm-row": f"{campaign._journal.id}:2"}  # of a message that was answered, say
    full = {f"k{index}": "v" for index in range(MAX_PAIRS - 1)}
    with Campaign(campaign.path.with_name("other")) as other:
        other.add([message(1, metadata=before), message(2, metadata={**full, **before})])
        assert sender.send(other, sandbox.url) == Summary(accepted=2)
        journal_id = other._journal.id
    marks = [entry.message["metadata"]["mm-row"] for entry in sandbox.ledger]
    assert marks == [f"{journal_id}:1", f"{journal_id}:2"]


def test_metadata_that_are_full_or_have_the_name_stay_as_they_are(
    campaign: Campaign, sandbox: Sandbox, sender: Sender
) -> None:
    full = {f"k{index}": "v" for index in range(MAX_PAIRS)}
    campaign.add([message(1, metadata=full), message(2, metadata={"mm-row": "mine"})])
    assert sender.send(campaign, sandbox.url) == Summary(accepted=2)
    assert [entry.message["metadata"] for entry in sandbox.ledger] == [full, {"mm-row": "mine"}]
    problems: list[Any] = []
    message(1, metadata={**full, "one": "more"}).to_json(problems)
    assert len(problems) == 1  # so many pairs are the contract's limit


def test_marks_can_be_left_out(path: Any, sandbox: Sandbox, sender: Sender) -> None:
    with Campaign(path, marks=False) as campaign:
        campaign.add([message(1), message(2, metadata={"order": "4711"})])
        sender.send(campaign, sandbox.url)
    assert [entry.message.get("metadata") for entry in sandbox.ledger] == [None, {"order": "4711"}]


def test_results_are_written_to_a_file(campaign: Campaign, sandbox: Sandbox, sender: Sender, tmp_path: Any) -> None:
    campaign.add([row("a", "Hello"), row("b", "")], on_invalid="skip")
    sender.send(campaign, sandbox.url)
    campaign.write_results(tmp_path / "results.csv")
    lines = (tmp_path / "results.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3
    assert sandbox.ledger[0].message_id in lines[1]
    assert "content: must not be empty" in lines[2]
    assert states(campaign) == {"Hello": "accepted", "": "invalid"}


def test_a_message_of_the_callers_is_sent_as_it_was_when_it_was_added(
    campaign: Campaign, sandbox: Sandbox, sender: Sender
) -> None:
    mine = Message(content="before", destination_number=number(1))
    campaign.add([mine])
    mine.content = "after"
    sender.send(campaign, sandbox.url)
    assert sandbox.ledger[0].message["content"] == "before"


# --- what the API says that is no text ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "summary"),
    [
        (lambda each: httpx.Response(202, content=json.dumps({"messages": [each]})), Summary(accepted=1)),
        (lambda each: httpx.Response(500, content=json.dumps({"message": each["message_id"]})), Summary(unknown=1)),
    ],
)
def test_half_a_surrogate_pair_of_the_api_costs_no_outcome(campaign: Campaign, answer: Any, summary: Summary) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        (sent_message,) = json.loads(request.content)["messages"]
        return cast("httpx.Response", answer({**sent_message, "message_id": "m-\ud800"}))

    campaign.add(messages(1))
    http_client = httpx.Client(transport=httpx.MockTransport(respond))
    with Client(KEY, SECRET, http_client=http_client) as client:
        assert campaign.send(client, progress=False) == summary
    (record,) = campaign.records()
    assert "?" in record.message_id + record.reason
