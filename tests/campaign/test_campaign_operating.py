"""What an operator does with a campaign that is there: look at what it would do, take rows back, stop it and go on."""

import pickle
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from campaign_kit import KEY, SECRET, Clock, Sender, in_the_file, message, messages, number, row, sends, sent, states
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from messagemedia import Client, ValidationError, segments
from messagemedia.campaign import Added, Campaign, CampaignError, PausedError, Plan, Summary
from messagemedia.sandbox import Sandbox

QUOTE = "\N{RIGHT SINGLE QUOTATION MARK}"

# --- the plan -----------------------------------------------------------------------------------------------------


def test_a_plan_of_nothing(campaign: Campaign) -> None:
    assert campaign.plan() == Plan(Summary())
    assert str(campaign.plan()) == "0 rows: 0 accepted\nTo send: 0 rows, 0 SMS parts"


def test_a_plan_counts_parts_and_what_makes_them_more_and_sends_nothing(campaign: Campaign, sandbox: Sandbox) -> None:
    texts = [
        "Hi Ann",
        f"Hi D{QUOTE}Arcy",
        "x" * 161,
        f"Hi D{QUOTE}Arcy 😀",
        QUOTE + "y" * 100,
    ]
    campaign.add(message(index, content=text) for index, text in enumerate(texts))
    campaign.add([message(7, content=QUOTE, format="TTS")])
    plan = campaign.plan()
    assert (plan.rows, plan.formats, plan.parts) == (6, {"SMS": 5, "TTS": 1}, 7)
    assert plan.rows_by_parts == {1: 3, 2: 2}
    assert (plan.ucs2, plan.forcing, plan.avoidable_parts) == (3, {QUOTE: 3, "😀": 1}, 1)
    assert sandbox.requests == []
    assert campaign.summary() == plan.summary == Summary(pending=6)


def test_a_plan_names_what_is_odd_about_rows(campaign: Campaign) -> None:
    past, future = datetime.now(UTC) - timedelta(minutes=1), datetime.now(UTC) + timedelta(days=1)
    campaign.add(
        [
            message(0),
            message(1, scheduled=past, destination_number=number(0).removeprefix("+")),
            message(2, scheduled=future, message_expiry_timestamp=future + timedelta(days=1)),
            message(3, message_expiry_timestamp=past),
            message(4, format="MMS"),
            message(5, format="MMS", media=["https://example.com/cat.png"]),
        ]
    )
    plan = campaign.plan()
    assert plan.formats == {"SMS": 4, "MMS": 2}
    assert (plan.repeated, plan.without_plus, plan.scheduled_in_past, plan.expired) == (1, 1, 1, 1)
    assert plan.mms_without_media == 1
    assert str(plan).splitlines() == [
        "6 rows: 0 accepted, 6 pending",
        "To send: 6 rows (4 SMS, 2 MMS), 4 SMS parts",
        "  1 row with the number of an earlier row",
        "  1 row to a number without +",
        "  1 row scheduled in the past, sent at once",
        "  1 row with an expiry in the past",
        "  1 row of format MMS without media",
    ]


def test_a_time_that_is_over_does_not_stop_sending(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    campaign.add([message(0, scheduled=datetime.now(UTC) - timedelta(days=1))])
    assert sender.send(campaign, sandbox.url) == Summary(accepted=1)


def test_a_plan_is_about_pending_rows(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    campaign.add(messages(3))
    sender.send(campaign, sandbox.url)
    campaign.add([message(3), message(0, content="once more"), row("bad", "")], on_invalid="skip")
    plan = campaign.plan()
    assert (plan.rows, plan.parts, plan.repeated) == (2, 2, 1)
    assert plan.summary == Summary(accepted=3, pending=2, invalid=1)


@pytest.mark.parametrize(
    ("price", "cost"),
    [(2, 6), (0.5, 1.5), (Decimal("0.079"), Decimal("0.237")), (Fraction(1, 3), Fraction(1)), (0, 0)],
)
def test_a_price_is_multiplied_in_its_own_kind_of_number(campaign: Campaign, price: Any, cost: Any) -> None:
    campaign.add([message(0), message(1, content="x" * 161)])
    plan = campaign.plan(price=price)
    assert (plan.cost, type(plan.cost)) == (cost, type(cost))
    assert f"3 SMS parts, {float(cost):.2f} at {price} each" in str(plan)
    assert campaign.plan().cost is None


@pytest.mark.parametrize(
    "price", ["0.1", True, -1, float("nan"), float("inf"), 10**400, Decimal("sNaN"), Decimal("-0.01"), 1j]
)
def test_a_price_that_nobody_can_pay_is_refused(campaign: Campaign, price: Any) -> None:
    with pytest.raises(ValidationError, match=r"price: must be the cost of a part, a finite number of 0 or more"):
        campaign.plan(price=price)


def test_a_plan_reads_well(campaign: Campaign) -> None:
    plain = ["z" * (60 * (1 + index % 9)) for index in range(1234)]
    quoted = [QUOTE * (index % 2) + text for index, text in enumerate(plain)]
    campaign.add(message(index, content=text) for index, text in enumerate(quoted))
    parts, fewer = (sum(segments(text.replace(QUOTE, *quote)).parts for text in quoted) for quote in ([QUOTE], ["'"]))
    lines = str(campaign.plan(Decimal("0.05"))).splitlines()
    assert lines[:2] == [
        "1,234 rows: 0 accepted, 1,234 pending",
        f"To send: 1,234 rows (1,234 SMS), {parts:,} SMS parts, {parts * 0.05:.2f} at 0.05 each",
    ]
    assert re.fullmatch(r"  parts: (\d+ take \d, ){5}\d+ take \d, …", lines[2])
    assert lines[3:] == [
        f"  617 rows in UCS-2: '{QUOTE}' (U+2019) in 617",
        f"  {parts - fewer:,} SMS parts fewer with the replacements that segments() suggests",
    ]


def test_a_plan_tells_a_thousand_characters_apart_at_most(campaign: Campaign) -> None:
    texts = ("".join(chr(0x4E00 + 70 * index + at) for at in range(70)) for index in range(30))
    campaign.add(message(index, content=text) for index, text in enumerate(texts))
    plan = campaign.plan()
    assert (plan.ucs2, len(plan.forcing)) == (30, 1000)
    assert len(str(plan)) < 1000
    assert "\u4e00" not in repr(plan)


def test_a_plan_survives_pickling(campaign: Campaign) -> None:
    campaign.add(messages(3))
    plan = campaign.plan(Decimal("0.1"))
    assert pickle.loads(pickle.dumps(plan)) == plan
    assert hash(plan) == hash(campaign.plan(Decimal("0.1")))


# --- withdrawing --------------------------------------------------------------------------------------------------


def test_rows_are_withdrawn_by_key_and_by_number(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    campaign.add(row(str(index), f"to {index}", to=number(index)) for index in range(10))
    assert campaign.withdraw(keys="1") == 1
    assert campaign.withdraw(keys=["2", "2", "not there"]) == 1
    assert campaign.withdraw(keys=(each for each in campaign.records("pending") if each.key == "3")) == 1
    assert campaign.withdraw(numbers=number(4)) == 1
    digits = number(5).removeprefix("+")
    written = [
        f"+{digits[:2]} ({digits[2:5]}) {digits[5:]}",
        number(6).removeprefix("+"),
        f"00{digits[:2]} {number(7)[3:]}",
        "+4915112345678",
        "",
        "phone",
        f'"{number(8)}",Ann',
    ]
    assert campaign.withdraw(numbers=iter(written)) == 4
    assert campaign.withdraw(numbers=[], keys=None) == 0
    assert str(campaign.summary()) == "10 rows: 0 accepted, 8 withdrawn, 2 pending"
    assert sender.send(campaign, sandbox.url) == Summary(accepted=2, withdrawn=8)
    assert set(sent(sandbox)) == {number(index) for index in (0, 9)}


def test_a_number_as_it_is_dialled_from_abroad_is_withdrawn(campaign: Campaign) -> None:
    campaign.add(messages(3))
    assert campaign.withdraw(numbers=["0061 491 570 001", "0061491570999"]) == 1
    assert campaign.summary() == Summary(withdrawn=1, pending=2)


def test_national_numbers_are_withdrawn_where_there_are_some(campaign: Campaign) -> None:
    campaign.add([row("a", to="0491570156"), row("b", to=number(1))], national_numbers=True)
    assert campaign.withdraw(numbers=["0491 570 156", "0491570157"]) == 1
    assert campaign.summary() == Summary(withdrawn=1, pending=1)


def test_withdrawn_rows_say_so_in_the_results_and_stay_so_when_they_are_added_again(
    campaign: Campaign, tmp_path: Path
) -> None:
    rows = [row("a", "one"), row("b", "two", to=number(1))]
    campaign.add([*rows, message(2)])
    assert campaign.withdraw(numbers=[number(0), number(2)]) == 2
    assert campaign.add([*rows, message(2)]) == Added(known=3)
    assert states(campaign) == {"one": "withdrawn", "two": "pending", "Hello 2": "withdrawn"}
    campaign.write_results(tmp_path / "results.csv")
    assert (tmp_path / "results.csv").read_text(encoding="utf-8").count("withdrawn,,withdrawn before it was sent,") == 2


def test_what_is_not_pending_is_not_withdrawn(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    campaign.add([row("bad", ""), row("sent", to=number(1))], on_invalid="skip")
    sender.send(campaign, sandbox.url)
    before = campaign.summary()
    assert campaign.withdraw(keys=["bad", "sent"]) == campaign.withdraw(numbers=[number(0), number(1)]) == 0
    assert campaign.summary() == before == Summary(accepted=1, invalid=1)


def test_more_numbers_than_the_campaign_has_rows(campaign: Campaign) -> None:
    campaign.add(messages(1500))
    assert campaign.withdraw(numbers=(number(index) for index in range(9999))) == 1500
    assert campaign.summary() == Summary(withdrawn=1500)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "numbers: must be given, or keys"),
        ({"keys": "a", "numbers": "1"}, "numbers: must be left out if keys are given"),
        ({"keys": [1]}, "keys: must be records or their keys, not int"),
        ({"keys": 1}, "keys: must be records or their keys, not int"),
        ({"numbers": 61491570000}, "numbers: must be numbers, not int"),
        ({"numbers": b"61491570000"}, "numbers: must be numbers, not bytes"),
        ({"numbers": [number(0), 61491570000]}, "/numbers/1: must be a str, not int"),
        ({"numbers": [number(0), "6.1E+10"]}, "/numbers/1: holds a number that a spreadsheet has shortened"),
        ({"numbers": ["61491570000.0"]}, "/numbers/0: holds a decimal number"),
        ({"numbers": ["+61491570000, +61491570001"]}, "/numbers/0: holds more than one number"),
        (
            {"numbers": ["+\uff16\uff11\uff14\uff19\uff11\uff15\uff17\uff10\uff10\uff10\uff10"]},
            "has digits of another script",
        ),
        ({"numbers": ["+6149157\u0660\u0660\u0660\u0660"]}, "/numbers/0: has digits of another script: write 0 to 9"),
        ({"numbers": ["+6149157OOO0"]}, "/numbers/0: has more than a number, or letters in it"),
        ({"numbers": ["17;+61491570000;Ann"]}, "/numbers/0: has more than a number"),
        ({"numbers": ["+61491570000 x12"]}, "/numbers/0: has more than a number, or letters in it"),
        ({"numbers": ["+61 (0)491 570 000"]}, "/numbers/0: has (0), which is not dialed from abroad: leave it out"),
        ({"numbers": [number(0), "0491 570 000"]}, "/numbers/1: must begin with a country code: +61491570156, not"),
        ({"numbers": "(04) 9157 0000"}, "/numbers/0: must begin with a country code"),
        ({"keys": ["a", "\ud800"]}, "keys: must be keys that can be encoded as UTF-8"),
    ],
)
def test_a_list_that_is_not_what_it_should_be_withdraws_nothing(
    campaign: Campaign, arguments: dict[str, Any], said: str
) -> None:
    campaign.add(messages(2))
    with pytest.raises(ValidationError) as caught:
        campaign.withdraw(**arguments)
    assert said in str(caught.value)
    assert campaign.summary() == Summary(pending=2)


def test_a_number_without_a_country_code_is_withdrawn_where_rows_were_added_so(campaign: Campaign) -> None:
    """A row that was refused for its number is no such row."""
    campaign.add([row("bad", "", to="0491570000"), row("good", "Hello")], on_invalid="skip")
    with pytest.raises(ValidationError):
        campaign.withdraw(numbers="0491570000")
    campaign.add([row("national", "Hello", to="0491570000")], national_numbers=True)
    assert campaign.withdraw(numbers=["0491 570 000", "0491570001"]) == 1
    assert campaign.summary() == Summary(pending=1, invalid=1, withdrawn=1)


def test_rows_are_withdrawn_while_another_program_sends(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    campaign.add(messages(450))
    with Campaign(campaign.path) as other:
        told: list[int] = []

        def meanwhile(summary: Summary) -> None:
            if summary.accepted and not told:
                told.append(other.withdraw(numbers=map(number, range(450))))

        assert sender.send(campaign, sandbox.url, concurrency=1, progress=meanwhile).pending == 0
        summary = other.summary()
    assert told == [summary.withdrawn]
    assert (summary.accepted, summary.withdrawn) == (len(sandbox.ledger), 450 - len(sandbox.ledger))
    assert summary.withdrawn > 0
    assert {each.message.destination_number for each in campaign.records("withdrawn")}.isdisjoint(sent(sandbox))


@pytest.mark.parametrize("answer", ["429", "503"])
def test_a_row_in_flight_is_withdrawn_if_it_was_not_sent(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, clock: Clock, answer: str
) -> None:
    """The opt-out comes while the request is under way."""
    campaign.add(messages(3))
    if answer == "429":
        sandbox.fault("rate_limit", operation="sendMessages", times=3)
    else:
        sandbox.fault("status", status=503, operation="sendMessages")
    withdrawn: list[int] = []

    def record(settle: Any) -> Any:
        def before_the_answer_is_written_down(outcomes: Any) -> Any:
            if not withdrawn:
                with Campaign(campaign.path) as other:
                    assert other.summary().in_flight == 3
                    withdrawn.append(other.withdraw(numbers=[number(0), number(1)]))
            return settle(outcomes)

        return before_the_answer_is_written_down

    journal = campaign._journal
    journal.settle = record(journal.settle)  # type: ignore[method-assign]
    summary = sender.send(campaign, sandbox.url)
    assert withdrawn == [0]
    if answer == "429":
        assert summary == Summary(accepted=1, withdrawn=2)
        assert set(sent(sandbox)) == {number(2)}
    else:
        assert summary == Summary(unknown=3)
        assert {each.reason for each in campaign.records("unknown")}.isdisjoint({"withdrawn before it was sent"})


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.lists(st.integers(0, 9), max_size=6)),
            st.tuples(st.just("withdraw"), st.lists(st.integers(0, 9), max_size=3)),
            st.tuples(st.just("send"), st.just([])),
        ),
        max_size=8,
    )
)
def test_what_was_withdrawn_is_never_sent(
    tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, course: list[tuple[str, list[int]]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "x.journal"
    sandbox.reset()
    pending: set[int] = set()
    withdrawn: set[int] = set()
    accepted: set[int] = set()
    with Client(KEY, SECRET, base_url=sandbox.url) as client, Campaign(path) as campaign:
        for step, people in [*course, ("send", [])]:
            if step == "add":
                campaign.add(row(str(each), to=number(each)) for each in people)
                pending |= set(people) - withdrawn - accepted
            elif step == "withdraw":
                assert campaign.withdraw(numbers=map(number, people)) == len(pending & set(people))
                withdrawn |= pending & set(people)
                pending -= withdrawn
            else:
                campaign.send(client, progress=False)
                accepted |= pending
                pending.clear()
        assert campaign.summary() == Summary(accepted=len(accepted), withdrawn=len(withdrawn))
    assert sent(sandbox) == dict.fromkeys(map(number, accepted), 1)


# --- pausing ------------------------------------------------------------------------------------------------------


def test_a_paused_campaign_refuses_to_start_until_it_is_resumed(
    campaign: Campaign, sandbox: Sandbox, sender: Sender
) -> None:
    campaign.add(messages(3))
    assert not campaign.paused
    with Campaign(campaign.path) as other:
        other.pause()
    assert campaign.paused
    for _ in range(2):
        with pytest.raises(PausedError, match=r"spring.journal is paused, and nothing was sent") as caught:
            sender.send(campaign, sandbox.url)
    assert "resume()" in caught.value.hint
    assert isinstance(caught.value, CampaignError)
    assert sandbox.requests == []
    campaign.add(messages(4))  # what is not sending goes on
    campaign.withdraw(numbers=number(0))
    campaign.resume()
    assert not campaign.paused
    assert sender.send(campaign, sandbox.url) == Summary(accepted=3, withdrawn=1)


@pytest.mark.parametrize("concurrency", [1, 4])
def test_whoever_sends_sees_within_a_batch_that_it_is_paused(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, concurrency: int
) -> None:
    campaign.add(messages(2000))  # more batches than can have begun when the first one is told
    with Campaign(campaign.path) as other:
        after: list[int] = []
        claimed: list[int] = []
        claim = campaign._journal.claim

        def counted(size: int) -> Any:
            found = claim(size)
            claimed.append(len(found))
            return found

        campaign._journal.claim = counted  # type: ignore[method-assign]

        def meanwhile(summary: Summary) -> None:
            if summary.accepted and not after:
                other.pause()
                at_most = other.summary()
                after.append(at_most.accepted + at_most.in_flight)

        summary = sender.send(campaign, sandbox.url, concurrency=concurrency, progress=meanwhile)
        assert summary == other.summary()
        assert (summary.in_flight, summary.accepted + summary.pending) == (0, 2000)
        assert summary.accepted == after[0] < 2000
        assert claimed.count(0) <= concurrency  # the batches that it had in mind are dropped
        other.resume()
    assert sender.send(campaign, sandbox.url) == Summary(accepted=2000)
    assert set(sent(sandbox).values()) == {1}
    assert len(sends(sandbox)) == 20


def test_it_is_seen_during_an_outage(campaign: Campaign, sandbox: Sandbox, sender: Sender, clock: Clock) -> None:
    campaign.add(messages(250))
    sandbox.fault("status", status=503, times=None)
    clock.then = lambda: campaign.pause() if len(clock.pauses) > 3 else None
    summary = sender.send(campaign, sandbox.url, patience=1e9, concurrency=1)
    assert summary.pending > 0
    assert len(clock.pauses) <= 6


def test_withdrawing_all_ends_an_outage(campaign: Campaign, sandbox: Sandbox, sender: Sender, clock: Clock) -> None:
    campaign.add(messages(250))
    sandbox.fault("rate_limit", times=None)
    with Campaign(campaign.path) as other:
        clock.then = lambda: other.withdraw(numbers=map(number, range(250))) and None
        assert sender.send(campaign, sandbox.url, patience=1e9, concurrency=1) == Summary(withdrawn=250)


def test_a_pause_survives_a_crash_and_is_no_lock(campaign: Campaign) -> None:
    campaign.pause()
    campaign.pause()
    campaign.close()
    assert in_the_file(campaign.path, "SELECT paused FROM campaign") == [(1,)]
    with Campaign(campaign.path) as again:
        assert again.paused
        again.resume()
        again.resume()
        assert not again.paused
