"""Numbers that occur in several rows, and rows that have changed under their key."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from campaign_kit import KEY, SECRET, Sender, message, messages, number, row, sent, states
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from messagemedia import Client, Message, ValidationError
from messagemedia.campaign import Added, Campaign, Row, RowsError, Summary, adding, staging
from messagemedia.sandbox import Sandbox

PIECE = 50


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows are written down at once, so that some are more than that."""
    for module in (adding, staging):
        monkeypatch.setattr(module, "PIECE", PIECE)


def to(digits: int, key: str = "", content: str = "Hello", **fields: Any) -> Row:
    """A row to a number, by the last digits of it, of which the sign and the spaces are the caller's."""
    return row(key, content, to=number(digits), **fields)


def written_otherwise(digits: int, key: str = "") -> Row:
    """The same recipient without the sign."""
    return row(key, "Hello again", to=number(digits).removeprefix("+"))


# --- repeated people ----------------------------------------------------------------------------------------------


def test_rows_to_one_number_are_counted_and_sent(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    added = campaign.add([to(1, "a"), to(2, "b"), written_otherwise(1, "c"), to(1, "d"), to(1), to(1)])
    assert added == Added(new=6, repeated=4)
    assert str(added) == "6 new, 0 known, 0 invalid, of which 4 repeat a number"
    added = campaign.add([to(1, "a"), to(2, "e"), to(3)])
    assert added == Added(new=2, known=1, repeated=1)
    assert str(added) == "2 new, 1 known, 0 invalid, of which 1 repeats a number"
    assert sender.send(campaign, sandbox.url) == Summary(accepted=8)
    assert campaign.add([to(3, "f")]) == Added(new=1, repeated=1)  # whatever has become of the one before


@pytest.mark.parametrize("again", ["skip", "send", "refuse"])
def test_repeated_rows_are_held_back(path: Path, sandbox: Sandbox, sender: Sender, tmp_path: Path, again: Any) -> None:
    rows = [to(1, "a", number=2), to(2, "b", number=3), written_otherwise(1, "c"), to(1, number=5), to(1, number=6)]
    with Campaign(path, repeated="skip") as campaign:
        assert campaign.add(rows) == Added(new=2, invalid=3, repeated=3)
        assert campaign.add(rows) == Added(known=5)
        assert campaign.add([to(2, "d")]) == Added(invalid=1, repeated=1)
        assert campaign.summary() == Summary(pending=2, invalid=4)
        assert next(each.reason for each in campaign.records("invalid")) == (
            "destination_number: is also the number of row 2, and repeated='skip'"
        )
        assert sender.send(campaign, sandbox.url) == Summary(accepted=2, invalid=4)
        assert sent(sandbox) == {number(1): 1, number(2): 1}
        campaign.write_results(tmp_path / "results.csv")
        assert (tmp_path / "results.csv").read_text(encoding="utf-8").count("is also the number of row 2") == 3
    with Campaign(path, repeated=again) as campaign:
        if again == "refuse":
            with pytest.raises(RowsError):
                campaign.add(rows)
        else:  # who wants them sent adds them again, saying so
            expected = Added(known=5) if again == "skip" else Added(new=3, known=2, repeated=3)
            assert campaign.add(rows) == expected


def test_repeated_rows_are_refused_by_name(path: Path) -> None:
    with Campaign(path, repeated="refuse") as campaign:
        campaign.add([to(1, "a", number=2)])
        for on_invalid in ("raise", "skip"):
            with pytest.raises(RowsError) as caught:
                campaign.add(
                    [to(2, "b", number=3), written_otherwise(1, "c"), to(2, "d", number=5)], on_invalid=on_invalid
                )
            assert str(caught.value).splitlines()[:3] == [
                "2 rows can't be added, and nothing was added:",
                "  row 2, destination_number: is also the number of row 2, and repeated='refuse'",
                "  row 5, destination_number: is also the number of row 3, and repeated='refuse'",
            ]
            assert number(1) not in str(caught.value)
        assert campaign.summary() == Summary(pending=1)
        assert campaign.add([to(1, "a", number=2)]) == Added(known=1)


def test_an_invalid_row_does_not_stand_for_its_number(path: Path) -> None:
    with Campaign(path, repeated="skip") as campaign:
        assert campaign.add([to(1, "a", ""), to(1, "b")], on_invalid="skip") == Added(new=1, invalid=1)
        assert campaign.plan().repeated == 0
        # Its correction comes too late: the number has a row by now.
        assert campaign.add([to(1, "a", "Hi")]) == Added(invalid=1, repeated=1)
        assert campaign.add([row("c", to="12ab"), row("d", to="12ab")], on_invalid="skip") == Added(invalid=2)


def test_a_withdrawn_row_does(path: Path) -> None:
    """Whoever opted out is not written to because another row has the number, too."""
    with Campaign(path, repeated="skip") as campaign:
        campaign.add([to(1, "a")])
        campaign.withdraw(keys="a")
        assert campaign.add([to(1, "b")]) == Added(invalid=1, repeated=1)


def test_repeated_numbers_are_found_over_many_rows(path: Path) -> None:
    """More rows than are written down at once."""
    count = 3 * PIECE + 5
    rows = [message(index, destination_number=f"+6149{index % (count - 10):08}") for index in range(count)]
    with Campaign(path, repeated="skip") as campaign:
        assert campaign.add(rows) == Added(new=count - 10, invalid=10, repeated=10)
        assert campaign.plan().repeated == 0
        assert campaign.add(rows) == Added(known=count)


@pytest.mark.parametrize("repeated", ["no", None, True])
def test_what_is_done_about_repeated_rows_is_one_of_three(path: Path, repeated: Any) -> None:
    with pytest.raises(ValidationError, match="repeated: must be 'send', 'skip' or 'refuse'"):
        Campaign(path, repeated=repeated)
    assert not path.exists()


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=8), max_size=4))
def test_nobody_gets_two_messages_if_repeated_rows_are_skipped(
    tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, files: list[list[tuple[int, int]]]
) -> None:
    sandbox.reset()
    path = tmp_path_factory.mktemp("any") / "x.journal"
    everybody = {digits for digits, _ in itertools.chain(*files)}
    with Client(KEY, SECRET, base_url=sandbox.url) as client, Campaign(path, repeated="skip") as campaign:
        for file in files:
            added = campaign.add([to(digits, f"{digits}-{key}", str(key)) for digits, key in file])
            assert added.new + added.known + added.invalid == len(file)
            assert added.invalid == added.repeated
            assert campaign.plan().repeated == 0
            campaign.send(client, progress=False)
        assert campaign.summary().accepted == len(everybody)
    assert sent(sandbox) == {number(digits): 1 for digits in everybody}


# --- changed rows -------------------------------------------------------------------------------------------------


def test_a_changed_row_replaces_the_one_that_is_pending(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    campaign.add([to(1, "a", "one"), to(2, "b", "two"), to(3, "c", "three")])
    changed = [to(1, "a", "ONE"), to(2, "b", "two"), to(4, "c", "three", number=9)]
    added = campaign.add(changed, on_changed="replace")
    assert added == Added(known=1, replaced=2)
    assert str(added) == "0 new, 1 known, 0 invalid, 2 replaced"
    assert campaign.add(changed) == Added(known=3)
    assert [(each.key, each.number) for each in campaign.records()] == [("a", 1), ("b", 2), ("c", 9)]
    assert campaign.withdraw(numbers=[number(3)]) == 0  # that number is not in it any more
    assert sender.send(campaign, sandbox.url) == Summary(accepted=3)
    assert {entry.message["content"] for entry in sandbox.ledger} == {"ONE", "two", "three"}
    assert set(sent(sandbox)) == {number(1), number(2), number(4)}


def test_a_changed_row_may_be_passed_over(campaign: Campaign) -> None:
    campaign.add([to(1, "a", "one"), to(2, "b", "two")])
    assert campaign.add([to(1, "a", "ONE"), to(3, "c")], on_changed="keep") == Added(new=1, known=1)
    assert "one" in states(campaign)


@pytest.mark.parametrize("on_changed", ["raise", "replace"])
def test_a_row_that_was_sent_is_not_replaced_and_stops_nothing_if_invalid_ones_are_skipped(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, on_changed: Any
) -> None:
    campaign.add([to(1, "a", "one", number=2)])
    sender.send(campaign, sandbox.url)
    rows = [to(1, "a", "ONE", number=2), *(to(10 + index, f"c{index}", number=3 + index) for index in range(20))]
    with pytest.raises(RowsError, match=r"row 2, key: .* as row 2 \(different: content\); a changed message needs"):
        campaign.add(rows, on_changed=on_changed)
    assert campaign.summary().total == 1
    assert campaign.add(rows, on_changed=on_changed, on_invalid="skip") == Added(new=20, invalid=1)
    (held,) = campaign.records("invalid")
    assert (held.number, held.message.content) == (2, "ONE")
    assert held.reason.startswith("key: the key 'a' was used for another message before, as row 2")
    assert held.key.startswith("a~")
    assert campaign.add(rows, on_changed=on_changed, on_invalid="skip") == Added(known=21)
    assert campaign.add(rows, on_changed="keep") == Added(known=21)
    assert sender.send(campaign, sandbox.url) == Summary(accepted=21, invalid=1)
    assert set(sent(sandbox).values()) == {1}


def test_a_pending_row_is_not_replaced_unless_that_is_said(campaign: Campaign) -> None:
    campaign.add([to(1, "a", "one")])
    with pytest.raises(RowsError, match="use on_changed='replace' to replace the old one"):
        campaign.add([to(1, "a", "ONE")])
    assert campaign.add([to(1, "a", "ONE")], on_invalid="skip") == Added(invalid=1)
    assert states(campaign) == {"one": "pending", "ONE": "invalid"}
    assert campaign.add([to(1, "a", "ONE")], on_changed="replace") == Added(replaced=1)


def test_a_withdrawn_row_stays_withdrawn_however_it_has_changed(campaign: Campaign) -> None:
    campaign.add([to(1, "a", "one")])
    campaign.withdraw(keys="a")
    for on_changed in ("raise", "replace", "keep"):
        assert campaign.add([to(1, "a", "ONE")], on_changed=on_changed) == Added(known=1)
    assert states(campaign) == {"one": "withdrawn"}


def test_a_change_that_is_invalid_takes_the_row_out(campaign: Campaign) -> None:
    """What was to be sent is not what is wanted any more."""
    campaign.add([to(1, "a", "one")])
    added = campaign.add([to(1, "a", "")], on_changed="replace", on_invalid="skip")
    assert added == Added(invalid=1)
    assert campaign.summary() == Summary(invalid=1)
    assert campaign.add([to(1, "a", "one")]) == Added(new=1)


def test_a_key_that_stands_twice_in_the_input_is_a_mistake_whatever_is_done_about_changes(campaign: Campaign) -> None:
    for on_changed in ("raise", "replace", "keep"):
        with pytest.raises(RowsError, match=r"row 2, key: .*used for another message in row 1 of this input"):
            campaign.add([to(1, "a", "one"), to(1, "a", "ONE")], on_changed=on_changed)
    assert campaign.summary().total == 0
    rows = [to(1, "a", "one"), to(1, "a", "ONE"), to(2, "b")]
    assert campaign.add(rows, on_changed="replace", on_invalid="skip") == Added(new=2, invalid=1)
    assert states(campaign) == {"one": "pending", "ONE": "invalid", "Hello": "pending"}


def test_a_changed_number_that_others_have_is_repeated(path: Path) -> None:
    with Campaign(path, repeated="skip") as campaign:
        campaign.add([to(1, "a"), to(2, "b")])
        assert campaign.add([to(1, "a", "new text")], on_changed="replace") == Added(replaced=1)
        assert campaign.add([to(2, "a", "new text")], on_changed="replace") == Added(invalid=1, repeated=1)


def test_a_changed_number_counts_for_the_rows_behind_it(campaign: Campaign) -> None:
    """Of which more are written down at once than there are here."""
    campaign.add([to(1, "a"), to(2, "b")])
    filler = [message(100 + index) for index in range(2 * PIECE)]
    rows = [to(3, "a"), *filler, to(1, "free by now"), to(3, "taken by now"), to(2, "taken before")]
    added = campaign.add(rows, on_changed="replace")
    assert added == Added(new=len(filler) + 3, replaced=1, repeated=2)


def test_a_row_that_is_withdrawn_while_its_change_is_added_stays_withdrawn(
    campaign: Campaign, sandbox: Sandbox, sender: Sender
) -> None:
    campaign.add([to(1, "a", "one"), to(2, "b", "two"), to(3, "bad", "")], on_invalid="skip")
    with Campaign(campaign.path) as other:

        def rows() -> Any:
            yield to(1, "a", "ONE")
            yield to(2, "b", "TWO")
            yield from messages(PIECE, content="filler")
            assert other.withdraw(numbers=number(1)) == 1
            yield to(4000, "new")

        added = campaign.add(rows(), on_changed="replace")
    assert (added.new, added.replaced) == (PIECE + 1, 2)
    assert campaign.summary() == Summary(pending=PIECE + 2, withdrawn=1, invalid=1)
    assert {each.message.content for each in campaign.records("withdrawn")} == {"one"}
    campaign.withdraw(keys=(each.key for each in campaign.records() if each.message.content == "filler"))
    assert sender.send(campaign, sandbox.url).accepted == 2
    assert number(1) not in sent(sandbox)


@pytest.mark.parametrize("on_changed", ["no", None])
def test_what_is_done_about_changes_is_one_of_three(campaign: Campaign, on_changed: Any) -> None:
    with pytest.raises(ValidationError, match="on_changed: must be 'raise', 'replace' or 'keep'"):
        campaign.add([Message(content="x", destination_number=number(0))], on_changed=on_changed)


def test_repeated_numbers_are_counted_in_steps_that_grow_with_the_rows_only(campaign: Campaign) -> None:
    """SQLite may choose to look at all numbers for each row: a million rows would take hours."""
    connection: Any = campaign._journal.database._connection

    def steps(rows: int) -> int:
        campaign.add(messages(rows))
        taken: list[int] = []
        connection.set_progress_handler(lambda: taken.append(1), 1000)
        campaign.plan()
        connection.set_progress_handler(None, 0)
        return len(taken)

    few = steps(1000)
    assert steps(5000) < 10 * few
