"""How rows are known again, and what is said of those that can't be added."""

import pickle
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import pytest
from campaign_kit import message, messages, number, row, states
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from messagemedia import FieldError, Message, ValidationError
from messagemedia.campaign import Added, Campaign, Row, RowsError, adding, staging
from messagemedia_generated.models import MessageFormat


def test_the_same_rows_again_are_known(campaign: Campaign) -> None:
    assert campaign.add(messages(7)) == Added(new=7)
    assert campaign.add(messages(7)) == Added(known=7)
    assert campaign.add(messages(9)) == Added(new=2, known=7)
    assert campaign.summary().pending == 9


def test_rows_are_known_in_any_order(campaign: Campaign) -> None:
    campaign.add(messages(7))
    assert campaign.add(reversed(list(messages(7)))) == Added(known=7)


def test_the_same_message_twice_is_two_rows_each_time(campaign: Campaign) -> None:
    twice = [message(1), message(2), message(1)]
    assert campaign.add(twice) == Added(new=3, repeated=1)
    assert campaign.add(twice) == Added(known=3)
    assert campaign.add([*twice, message(1)]) == Added(new=1, known=3, repeated=1)


def test_a_campaign_that_is_opened_again_knows_its_rows(campaign: Campaign) -> None:
    campaign.add([*messages(3), row("a")])
    campaign.close()
    with Campaign(campaign.path) as again:
        assert again.add([*messages(3), row("a")]) == Added(known=4)


def test_the_same_message_under_two_keys_is_two_rows(campaign: Campaign) -> None:
    assert campaign.add([row("a"), row("b"), row("")]) == Added(new=3, repeated=2)


def test_the_same_key_with_the_same_message_is_one_row(campaign: Campaign) -> None:
    assert campaign.add([row("a"), row("a")]) == Added(new=1, known=1)


def test_a_changed_row_under_an_old_key_is_refused_and_nothing_is_added(campaign: Campaign) -> None:
    campaign.add([row("a", number=2), row("b", number=3)])
    with pytest.raises(RowsError) as caught:
        campaign.add([row("c"), row("a", "Hello you", number=12), row("b", to=number(5), number=13)])
    assert [(each.index, each.field) for each in caught.value.errors] == [(12, "key"), (13, "key")]
    assert (
        "row 12, key: the key 'a' was used for another message before, as row 2 (different: content); a changed message needs another key"
    ) in str(caught.value)
    assert "as row 3 (different: destination_number)" in str(caught.value)
    assert campaign.summary().total == 2


def test_a_key_that_stands_twice_in_the_input_with_different_messages_is_refused(campaign: Campaign) -> None:
    with pytest.raises(RowsError, match=r"row 2, key: .*used for another message in row 1 of this input"):
        campaign.add([row("a"), row("a", "Hello you")])
    # The first one being invalid does not make the second its correction: both are in one file.
    assert campaign.summary().total == 0
    assert campaign.add([row("a", ""), row("a", "Hello you")], on_invalid="skip") == Added(invalid=2)
    assert "used for another message in row 1 of this input" in list(campaign.records("invalid"))[1].reason


def test_a_derived_key_covers_every_field(campaign: Campaign) -> None:
    later = datetime(2027, 1, 1, tzinfo=UTC)
    variants = [message(1), message(1, scheduled=later), message(1, scheduled=later + timedelta(days=1))]
    variants += [message(1, metadata={"a": "b"}), message(1, format="SMS"), message(1, source_number="Shop")]
    assert campaign.add(variants) == Added(new=6, repeated=5)
    # The same moment in another zone, and a member instead of its text, are the same message.
    same = [
        message(1, scheduled=datetime.fromisoformat("2027-01-01T11:00:00+11:00")),
        message(1, format=MessageFormat.SMS),
    ]
    assert campaign.add(same) == Added(known=2)


def test_derived_keys_tell_nothing_about_a_message(campaign: Campaign, tmp_path: Any) -> None:
    """Whoever knows content and number can't find out by the keys in a result file to whom it was sent."""
    with Campaign(tmp_path / "other.journal") as other:
        for each in (campaign, other):
            each.add(messages(1))
        assert [record.key for record in campaign.records()] != [record.key for record in other.records()]


# --- invalid rows -----------------------------------------------------------------------------------------------


def test_all_invalid_rows_are_named_and_nothing_is_added(campaign: Campaign) -> None:
    rows = [
        row("a", number=2),
        row("b", "", to="12ab", number=3),
        row("c", number=5, errors=(FieldError("column 'phone' is empty", "/rows/5/destination_number"),)),
        row("d", number=7),
    ]
    with pytest.raises(RowsError) as caught:
        campaign.add(rows)
    assert str(caught.value).splitlines() == [
        "2 rows can't be added, and nothing was added:",
        "  row 3, content: must not be empty",
        "  row 3, destination_number: must be 8 to 15 digits, with or without a leading '+'",
        "  row 5, destination_number: column 'phone' is empty",
        "Hint: Correct them. With on_invalid='skip' they are recorded as invalid, and the others are added.",
    ]
    assert campaign.summary().total == 0


def test_the_text_of_the_error_is_short_and_its_list_complete(campaign: Campaign) -> None:
    with pytest.raises(RowsError) as caught:
        campaign.add(row(str(index), "") for index in range(1500))
    assert len(caught.value.errors) == 1500
    assert len(str(caught.value).splitlines()) < 30
    assert "… and 1,480 more, which are in .errors" in str(caught.value)


def test_an_error_about_rows_survives_pickling_and_tells_no_number_and_no_content(campaign: Campaign) -> None:
    campaign.add([row("+61491570156", "Secret one")])
    with pytest.raises(RowsError) as caught:
        campaign.add([row("+61491570156", "Secret two"), row("x", "Secret three", to="+61491570156x")])
    copy = pickle.loads(pickle.dumps(caught.value))
    assert str(copy) == str(caught.value)
    assert copy.errors == caught.value.errors
    for text in (
        str(caught.value),
        repr(caught.value),
        repr(caught.value.errors),
        pickle.dumps(caught.value).decode("latin-1"),
    ):
        assert "Secret" not in text
        assert "61491570156" not in text


def test_invalid_rows_can_be_taken_down_and_the_rest_added(campaign: Campaign) -> None:
    rows = [row("a", "one"), row("b", "", number=9), row("c", "three")]
    assert campaign.add(rows, on_invalid="skip") == Added(new=2, invalid=1, repeated=1)
    assert campaign.add(rows, on_invalid="skip") == Added(known=3)
    (invalid,) = campaign.records("invalid")
    assert (invalid.key, invalid.number, invalid.reason) == ("b", 9, "content: must not be empty")


def test_an_invalid_row_may_be_corrected_under_its_key(campaign: Campaign) -> None:
    campaign.add([row("a", "", number=9)], on_invalid="skip")
    assert campaign.add([row("a", "x" * 5001)], on_invalid="skip") == Added(invalid=1)
    assert [record.reason for record in campaign.records()] == ["content: must be 1 to 5000 characters, not 5001"]
    assert campaign.add([row("a", "Hello", number=4)]) == Added(new=1)
    (record,) = campaign.records()
    assert (record.state, record.reason, record.number, record.message.content) == ("pending", "", 4, "Hello")
    with pytest.raises(RowsError, match="as row 4"):
        campaign.add([row("a", "Hello again")])


def test_a_row_whose_problem_is_gone_is_new_even_if_its_message_is_the_same(campaign: Campaign) -> None:
    problem = FieldError("column 'when' must be a time", "/rows/2/scheduled")
    assert campaign.add([row("a", errors=(problem,))], on_invalid="skip") == Added(invalid=1)
    assert campaign.add([row("a", errors=(problem,))], on_invalid="skip") == Added(known=1)
    assert campaign.add([row("a")]) == Added(new=1)


def test_limits_can_be_left_to_the_api(campaign: Campaign) -> None:
    campaign.add([row("a", "x" * 5001)], on_invalid="skip")
    assert campaign.add([row("a", "x" * 5001), row("b", to="12ab")], check_limits=False) == Added(new=2)
    with pytest.raises(RowsError, match="must be a str, not int"):
        campaign.add([Message(content=5, destination_number=number(1))], check_limits=False)  # type: ignore[arg-type]


@pytest.mark.parametrize("thing", [None, 5, "Hello", {"content": "Hello"}])
def test_what_is_no_row_is_named_by_its_position(campaign: Campaign, thing: Any) -> None:
    with pytest.raises(RowsError, match=r"row 2: (must be a Message, not (int|str|dict)|is required)"):
        campaign.add([message(1), thing])
    assert campaign.add([message(1), thing], on_invalid="skip") == Added(new=1, invalid=1)
    assert len(list(campaign.records())) == 2


@pytest.mark.parametrize("rows", ["rows.csv", b"rows", {"a": "b"}, 5, message(1)])
def test_what_is_no_collection_of_rows_is_refused(campaign: Campaign, rows: Any) -> None:
    with pytest.raises(ValidationError, match="rows: must be rows or messages"):
        campaign.add(rows)


@pytest.mark.parametrize("key", [5, "half a pair \ud800"])
def test_a_key_that_can_not_be_written_down_is_refused(campaign: Campaign, key: Any) -> None:
    with pytest.raises(RowsError, match="row 1, key: must be a str that can be encoded as UTF-8"):
        campaign.add([row(key)], on_invalid="skip")


def test_a_text_that_can_not_be_written_down_makes_a_row_invalid(campaign: Campaign, tmp_path: Any) -> None:
    assert campaign.add([row("a", "half a pair \ud800", to="\ud800")], on_invalid="skip") == Added(invalid=1)
    campaign.write_results(tmp_path / "results.csv")


def test_an_unknown_way_with_invalid_rows_is_refused(campaign: Campaign) -> None:
    with pytest.raises(ValidationError, match="on_invalid: must be 'raise' or 'skip'"):
        campaign.add(messages(1), on_invalid="ignore")  # type: ignore[arg-type]


@pytest.mark.parametrize("failure", [ValueError("row 5 can't be read"), KeyboardInterrupt()])
def test_an_input_that_fails_half_way_leaves_nothing(campaign: Campaign, failure: BaseException) -> None:
    def failing() -> Iterator[Message]:
        yield from messages(1200)
        raise failure

    campaign.add([row("a")])
    with pytest.raises(type(failure)) as caught:
        campaign.add(failing())
    assert caught.value is failure
    assert campaign.summary().total == 1
    assert campaign.add(messages(3)) == Added(new=3, repeated=1)


# --- what is kept -----------------------------------------------------------------------------------------------

FULL = Message(
    content='Grüße, 世界 😀 "quoted"\n',
    destination_number=number(1),
    callback_url="https://example.com/hook?a=b",
    delivery_report=True,
    format="MMS",
    media=["https://example.com/a.png"],
    message_expiry_timestamp=datetime(2027, 3, 2, tzinfo=UTC),
    metadata={"order": "47\u001111", "": ""},
    scheduled=datetime.fromisoformat("2027-03-01T09:00:00.123+10:00"),
    source_number="Shop",
    source_number_type="ALPHANUMERIC",
    subject="Ticket",
)


def test_every_field_of_a_message_is_kept(campaign: Campaign) -> None:
    assert all(getattr(FULL, each.name) is not None for each in attrs.fields(Message))
    campaign.add([FULL])
    (record,) = campaign.records()
    assert record.message == FULL


TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(
    content=TEXT,
    metadata=st.none() | st.dictionaries(TEXT, TEXT, max_size=10),
    key=TEXT,
    moment=st.none() | st.datetimes(timezones=st.just(UTC)),
)
def test_any_message_is_kept_as_it_would_be_sent(content: str, metadata: Any, key: str, moment: Any) -> None:
    given_message = message(1, content=content, metadata=metadata, scheduled=moment)
    with TemporaryDirectory() as folder, Campaign(Path(folder) / "any.journal") as made:
        made.add([Row(given_message, key=key)])
        (record,) = made.records()
        assert record.key == key
        assert record.message.to_json([]) == given_message.to_json([])
        assert made.add([Row(given_message, key=key)]) == Added(known=1)


def test_rows_are_listed_in_the_order_in_which_they_were_added(campaign: Campaign) -> None:
    campaign.add(messages(1203))
    assert list(states(campaign)) == [f"Hello {index}" for index in range(1203)]
    assert [record.number for record in campaign.records()] == list(range(1, 1204))
    assert list(campaign.records("accepted")) == []
    with pytest.raises(ValidationError, match="state: must be one of pending, in_flight"):
        campaign.records("sent")  # type: ignore[arg-type]


@pytest.mark.slow
def test_adding_takes_the_same_memory_for_any_number_of_rows(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (adding, staging):
        monkeypatch.setattr(module, "PIECE", 400)

    def peak(count: int, start: int) -> int:
        tracemalloc.reset_peak()
        campaign.add(message(start + index, content="x" * 500) for index in range(count))
        return tracemalloc.get_traced_memory()[1]

    tracemalloc.start()
    try:
        few = peak(1200, 0)  # more than two pieces are never in memory
        assert peak(8000, 2000) < 1.5 * few
    finally:
        tracemalloc.stop()


def test_a_record_shows_no_content_and_no_full_number(campaign: Campaign) -> None:
    campaign.add([row("+61491570156", "Secret", to="+61491570156")])
    (record,) = campaign.records()
    assert "Secret" not in repr(record)
    assert "61491570156" not in repr(record)
