"""Receive every reply and store it in a database, until Ctrl-C, which ends it cleanly.

With MESSAGEMEDIA_API_KEY and MESSAGEMEDIA_API_SECRET in the environment, it uses your account: replies that are stored
in `replies.sqlite` are confirmed, and do not come again. Without them, it starts a local sandbox in which some people
reply, and ends when all replies are stored: `pip install 'messagemedia[sandbox]'` and `python consume.py`.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from contextlib import closing

from messagemedia import Client, Reply, sandbox

TABLES = """
    CREATE TABLE IF NOT EXISTS replies (reply_id TEXT UNIQUE, sender TEXT, content TEXT);
    CREATE TABLE IF NOT EXISTS dead_letters (reply TEXT, error TEXT);
"""


def receive(client: Client, database: sqlite3.Connection, *, until_empty: bool = False) -> None:
    """Store every reply. After a crash some come again: the id identifies them, so each is stored once."""
    database.executescript(TABLES)

    def keep(reply: Reply) -> None:
        with database:  # commits; only then is the reply confirmed
            database.execute(
                "INSERT INTO replies VALUES (?, ?, ?) ON CONFLICT (reply_id) DO NOTHING",
                (reply.reply_id or None, reply.source_number, reply.content),
            )

    def give_up(reply: Reply, error: Exception) -> None:
        with database:  # for a person to look at
            database.execute("INSERT INTO dead_letters VALUES (?, ?)", (json.dumps(reply.raw), repr(error)))

    done = client.replies.consume(
        keep, dead_letter=give_up, until_empty=until_empty, stop_on=(signal.SIGINT, signal.SIGTERM)
    )
    print(f"{done.handled} replies kept, {done.dead_lettered} given up")


def main() -> None:
    """Use the account of the environment, or a sandbox."""
    if os.environ.get("MESSAGEMEDIA_API_KEY"):
        with Client() as client, closing(sqlite3.connect("replies.sqlite")) as database:
            receive(client, database)
        return
    with sandbox.Sandbox() as server, closing(sqlite3.connect(":memory:")) as database:
        for number in range(250):
            server.reply(f"Answer {number}", source_number=f"+6149157{number:04}")
        with Client("SANDBOX_KEY", "SANDBOX_SECRET", base_url=server.url) as client:
            receive(client, database, until_empty=True)
            print(f"{len(client.replies.check())} left in the sandbox, in {len(server.requests)} requests")


if __name__ == "__main__":
    main()
