"""A campaign moves from a file to PostgreSQL while it is being sent, and no row is sent from both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from campaign_kit import KEY, SECRET, messages, number, row, sent
from messagemedia import Client, ConfigurationError, DeliveryReport, ValidationError
from messagemedia.campaign import Campaign, JournalError, Summary
from messagemedia.sandbox import Sandbox
from postgres_kit import ask


def work(campaign: Campaign, sandbox: Sandbox, **options: Any) -> str:
    with Client(KEY, SECRET, base_url=sandbox.url) as client:
        return campaign.work(client, progress=False, **options)


def half_sent(path: Path, sandbox: Sandbox) -> Campaign:
    campaign = Campaign(path)
    campaign.add([*messages(450), row("bad", "", to=number(9000)), row("a", "one", to=number(9001))], on_invalid="skip")
    campaign.withdraw(keys="a")
    sandbox.fault("drop_after_accept", operation="sendMessages", times=1)
    assert work(campaign, sandbox, max_batches=3) == "max_batches"
    assert campaign.summary() == Summary(accepted=11, unknown=100, pending=339, invalid=1, withdrawn=1)
    return campaign


def test_it_goes_on_where_it_was(path: Path, url: str, sandbox: Sandbox) -> None:
    with half_sent(path, sandbox) as campaign:
        before = {each.key: (each.state, each.message_id, each.message, each.number) for each in campaign.records()}
        assert campaign.move(url, name=str(path)) == 452
        assert campaign.summary() == Summary(accepted=11, invalid=1, withdrawn=440)
        assert work(campaign, sandbox) == "done"  # nothing is left to send from the file
    assert len(sandbox.ledger) == 111
    with Campaign(url, name=str(path)) as moved:
        assert {
            each.key: (each.state, each.message_id, each.message, each.number) for each in moved.records()
        } == before
        assert moved.add(messages(451)).new == 1  # rows without a key are known again
        assert work(moved, sandbox) == "done"
        assert moved.summary() == Summary(accepted=351, unknown=100, invalid=1, withdrawn=1)
        for entry in sandbox.ledger:  # marks of the file count
            told = {"message_id": entry.message_id, "metadata": entry.message["metadata"]}
            moved.observe(DeliveryReport.from_dict(told))
        assert moved.summary() == Summary(accepted=451, invalid=1, withdrawn=1)
    assert set(sent(sandbox).values()) == {1}


def test_a_move_that_was_interrupted_is_done_by_the_next(path: Path, url: str, sandbox: Sandbox) -> None:
    Campaign(url, name="another").close()  # the tables are there
    with half_sent(path, sandbox) as campaign:
        ask(url, "ALTER TABLE messagemedia.batch RENAME TO away")
        try:
            with pytest.raises(JournalError):
                campaign.move(url, name=str(path))
        finally:
            ask(url, "ALTER TABLE messagemedia.away RENAME TO batch")
        assert campaign.summary() == Summary(accepted=11, invalid=1, withdrawn=440)
        assert campaign.move(url, name=str(path)) == 452
        assert campaign.move(url, name=str(path)) == 452
    with Campaign(url, name=str(path)) as moved:
        assert moved.summary() == Summary(accepted=11, unknown=100, pending=339, invalid=1, withdrawn=1)


def test_nothing_is_added_to_a_file_whose_campaign_was_moved(path: Path, url: str, sandbox: Sandbox) -> None:
    """A program that does not know of the move would send it from the file, and others from the database."""
    with half_sent(path, sandbox) as campaign:
        assert campaign.move(url, name=str(path)) == 452
    for late in ([row("late", "late", to=number(9002))], messages(450)):
        with (
            Campaign(path) as campaign,
            pytest.raises(JournalError, match="was moved to PostgreSQL, so nothing") as caught,
        ):
            campaign.add(late)
        assert caught.value.hint.endswith("Then add the rows there: Campaign(address, name=…, begin=False).")


@pytest.mark.parametrize("key", ["a\0b", "k" * 2001])
def test_a_key_that_postgresql_can_not_hold_keeps_the_rows_where_they_are(path: Path, url: str, key: str) -> None:
    with Campaign(path) as campaign:
        campaign.add([row("a"), row(key)])
        with pytest.raises(JournalError, match="a key has ") as caught:
            campaign.move(url, name=str(path))
        assert caught.value.hint == "Send it from the file."
        assert campaign.summary() == Summary(pending=2)


def test_a_name_that_is_taken_changes_nothing(path: Path, url: str, sandbox: Sandbox) -> None:
    Campaign(url, name="taken").close()
    with half_sent(path, sandbox) as campaign:
        with pytest.raises(ValidationError, match="name: is the name of another campaign"):
            campaign.move(url, name="taken")
        with pytest.raises(ValidationError, match="address: must be an address"):
            campaign.move("spring.journal", name="spring")
        assert campaign.summary().pending == 339
        campaign.move(url, name=str(path))
        with pytest.raises(ValidationError, match="moved under another"):
            campaign.move(url, name=f"{path} again")


def test_what_is_in_postgresql_can_not_be_moved(campaign: Campaign, url: str) -> None:
    with pytest.raises(ConfigurationError, match="only a campaign in a file"):
        campaign.move(url, name="elsewhere")
