"""A campaign that is killed at random moments sends nothing twice, and knows of every row what became of it.

The sandbox, the campaign and the test are processes of their own; what was accepted comes from the ledger of the sandbox.
`KILL_CAMPAIGN_MESSAGES` and `KILL_CAMPAIGN_KILLS` change the size; `KILL_SEED` repeats a run.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from kill_campaign_kit import BAD, People, Server, assert_nothing_is_double, check, finish, kill_somewhere, start
from kill_kit import running_sandbox
from messagemedia import Client, DeliveryReport
from messagemedia.campaign import Campaign

pytestmark = pytest.mark.slow

MESSAGES = int(os.environ.get("KILL_CAMPAIGN_MESSAGES", "800"))
KILLS = int(os.environ.get("KILL_CAMPAIGN_KILLS", "5"))
SEED = int(os.environ.get("KILL_SEED", str(random.randrange(1_000_000))))


@pytest.mark.parametrize("kind", ["blocking", "awaited"])
def test_a_killed_campaign_sends_every_row_at_most_once_and_knows_what_it_did(kind: str, tmp_path: Path) -> None:
    chance = random.Random(f"{SEED} {kind}")
    print(f"KILL_SEED={SEED} {MESSAGES} messages, {KILLS} kills, {kind}")
    people = People(tmp_path / "people.csv", MESSAGES)
    journal = tmp_path / "killed.journal"
    with running_sandbox(Server) as server:
        kills = 0
        while kills < KILLS:
            server.trouble(chance)
            process = start(kind, server, journal, people, chance.randrange(1, 4))
            left = len(people.numbers) - len(server.ledger)
            if kill_somewhere(process, server, max(0, left // (KILLS - kills + 1) - 100), chance):
                kills += 1
            else:
                people.write(200)
            assert_nothing_is_double(server)
        finish(kind, server, journal, people)
        check(server, journal, people)
        settle(server, journal, people)


def settle(server: Server, journal: Path, people: People) -> None:
    """Delivery reports settle what was sent after all, and the caller has the rest sent: everybody got one message."""
    with Campaign(journal) as campaign, Client("KEY", "SECRET", base_url=server.url) as client:
        for entry in server.ledger:
            told = {"message_id": entry["message_id"], "metadata": entry["message"]["metadata"]}
            campaign.observe(DeliveryReport.from_dict(told))
        accepted = {record.message.destination_number: record.message_id for record in campaign.records("accepted")}
        assert accepted == {entry["message"]["destination_number"]: entry["message_id"] for entry in server.ledger}
        campaign.retry(campaign.records("unknown"))
        summary = campaign.send(client, progress=False)
    assert (summary.accepted, summary.invalid, summary.total) == (len(people.numbers), BAD, len(people.numbers) + BAD)
    assert_nothing_is_double(server)
    assert {entry["message"]["destination_number"] for entry in server.ledger} == set(people.numbers.values())
