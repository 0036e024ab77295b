"""Export what has arrived since the last time: delivery reports to a CSV file, replies to a database.

Run it every hour, for instance. It works in batches: each is on disk before it is confirmed, so that a crash loses
nothing. After a crash, the current batch comes again; the ids show what the file has twice.

With MESSAGEMEDIA_API_KEY and MESSAGEMEDIA_API_SECRET in the environment, it uses your account. Without them, it starts
a local sandbox with some messages in it: `pip install 'messagemedia[sandbox]'` and `python export.py`.
"""

from __future__ import annotations

import csv
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from messagemedia import Client, Reply, sandbox

COLUMNS = ("delivery_report_id", "message_id", "status", "error_code", "date_received")
TABLE = "CREATE TABLE IF NOT EXISTS replies (reply_id TEXT UNIQUE, sender TEXT, content TEXT)"


def export_reports(client: Client, path: Path) -> int:
    """Append every delivery report to a CSV file, and return how many there were."""
    count = 0
    with path.open("a", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        if file.tell() == 0:
            table.writerow(COLUMNS)
        for reports in client.delivery_reports.consume_batches(until_empty=True):
            table.writerows([getattr(report, column) for column in COLUMNS] for report in reports)
            file.flush()
            os.fsync(file.fileno())  # now it is on disk, and the next turn of the loop may confirm the batch
            count += len(reports)
    return count


def export_replies(client: Client, database: sqlite3.Connection) -> int:
    """Store every reply in a database, and return how many there were."""
    database.execute(TABLE)

    def keep(replies: list[Reply]) -> None:
        rows = [(reply.reply_id or None, reply.source_number, reply.content) for reply in replies]
        with database:  # commits all or nothing; only then is the batch confirmed
            database.executemany("INSERT OR REPLACE INTO replies VALUES (?, ?, ?)", rows)

    return client.replies.consume_batches(keep, until_empty=True).handled


def export(client: Client) -> None:
    """Export both to the current folder."""
    print(f"{export_reports(client, Path('reports.csv'))} delivery reports in reports.csv")
    with closing(sqlite3.connect("replies.sqlite")) as database:
        print(f"{export_replies(client, database)} replies in replies.sqlite")


def main() -> None:
    """Use the account of the environment, or a sandbox."""
    if os.environ.get("MESSAGEMEDIA_API_KEY"):
        with Client() as client:
            export(client)
        return
    with sandbox.Sandbox() as server, Client("SANDBOX_KEY", "SANDBOX_SECRET", base_url=server.url) as client:
        for number in range(50):
            client.messages.send(
                content="Do you come?", destination_number=f"+6149157{number:04}", delivery_report=True
            )
            server.reply("Yes", source_number=f"+6149157{number:04}")
        server.advance(60)
        export(client)


if __name__ == "__main__":
    main()
