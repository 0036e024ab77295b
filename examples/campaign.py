"""Send a text to everybody in a CSV file, to each once, whatever happens: stop it, run it again, and it continues.

    python campaign.py people.csv

The file has the columns `customer`, `phone` and `name`. `people.journal` keeps track of what was sent, and the outcome
of each row is written to `people.results.csv`. It uses the account of MESSAGEMEDIA_API_KEY and MESSAGEMEDIA_API_SECRET.
Without a file, it shows all this with a local sandbox: `pip install 'messagemedia[sandbox]'` and `python campaign.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from messagemedia import Client, sandbox
from messagemedia.campaign import Campaign, read_csv


def send(client: Client, people: Path) -> None:
    """Send what was not sent yet, and write the outcome of each row."""
    rows = read_csv(
        people,
        content="Hi {name}, our spring sale begins tomorrow. Reply STOP to hear no more.",
        columns={"destination_number": "phone"},
        key="customer",
        delivery_report=True,
    )
    with Campaign(people.with_suffix(".journal")) as campaign:
        print("  added:", campaign.add(rows, on_invalid="skip"))
        try:
            print("  sent: ", campaign.send(client))
        finally:
            campaign.write_results(people.with_suffix(".results.csv"))
        for record in campaign.records("invalid"):
            print(f"  line {record.number}: {record.reason}")


def settle(client: Client, people: Path) -> None:
    """Let delivery reports show which of the unknown messages were sent after all."""
    with Campaign(people.with_suffix(".journal")) as campaign:
        client.delivery_reports.consume(campaign.observe, until_empty=True)
        print("  now:  ", campaign.summary())
        campaign.write_results(people.with_suffix(".results.csv"))


def show() -> None:
    """Send to 250 people with a sandbox that loses an answer, twice."""
    with TemporaryDirectory() as folder, sandbox.Sandbox() as server:
        people = Path(folder) / "people.csv"
        lines = [f"c{index},+6149157{index:04},Person {index}" for index in range(250)]
        people.write_text("\n".join(["customer,phone,name", *lines, "c250,12ab,Bad Number"]), encoding="utf-8")
        with Client("SANDBOX_KEY", "SANDBOX_SECRET", base_url=server.url) as client:
            print("1. The answer to a request gets lost: its messages may have been sent, so they are not sent again")
            server.fault("drop_after_accept", operation="sendMessages")
            send(client, people)
            print("2. The delivery reports tell that they were")
            server.advance(seconds=60)
            settle(client, people)
            print("3. The same file again, with one person more: only that one is sent to")
            people.write_text(people.read_text(encoding="utf-8") + "\nc251,+61491579999,New", encoding="utf-8")
            send(client, people)
        print(f"The sandbox has accepted {len(server.ledger)} messages")


def main() -> None:
    """Send to the people in the file, or show how it works."""
    if len(sys.argv) > 1:
        with Client() as client:
            send(client, Path(sys.argv[1]))
    else:
        show()


if __name__ == "__main__":
    main()
