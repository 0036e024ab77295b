"""What campaigns in PostgreSQL bear: `python -m benchmarks.postgres [--rows 1000000]`.

The server is that of the tests, with `fsync`, or the one that `POSTGRES_URL` names. Workers and server share a machine,
so a figure says what this machine bears, not what a server does by itself.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

import httpx
import psycopg
from messagemedia import Message
from messagemedia.campaign import Campaign, Row
from messagemedia.campaign.postgres.journal import PostgresJournal

from benchmarks import postgres_jobs as jobs
from benchmarks.accepting import accepting
from benchmarks.measuring import ratio

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "postgres"))

from postgres_kit import Server, new_database, running_server

ROWS, RATE, SECONDS, ROUNDS = 100_000, 1000, 10.0, 3
WORKERS = (1, 2, 4, 8)
_BATCH = 100
_OF_THE_WORKERS = 20_000
_ON = {"fsync": "on", "full_page_writes": "on"}

Figures = dict[str, float]


def measure(
    rows: int = ROWS,
    rate: int = RATE,
    seconds: float = SECONDS,
    rounds: int = ROUNDS,
    workers: Sequence[int] = WORKERS,
) -> Iterator[Figures]:
    """The figures, part by part.

    Args:
        rows: How many rows there are, a multiple of 100; workers have 20,000 of them at most.
        rate: How many messages a second the most workers together are told to send.
        seconds: For how long.
        rounds: How often numbers of workers are compared.
        workers: Which numbers: 1 first, the most last.
    """
    with running_server(**_ON) as server, tempfile.TemporaryDirectory() as name, accepting() as url:
        folder = Path(name)
        yield _surroundings(server, folder)
        yield _at_one_rate(new_database(server), url, rate, seconds, workers[-1])
        yield _by_workers(server, min(rows, _OF_THE_WORKERS), rounds, workers)
        yield _beside_a_snapshot(new_database(server), new_database(server), rows)
        yield _many_rows(new_database(server), url, folder, rows)


def _surroundings(server: Server, folder: Path) -> Figures:
    """What the other figures depend on."""
    ((fsync,),) = _asked(server.url("postgres"), "SELECT (current_setting('fsync') = 'on')::int")
    return {
        "fsync is on": fsync,
        "processors": os.cpu_count() or 0,
        "processes that want one, at the beginning": os.getloadavg()[0],
        "ms until the disk has kept 8 kB": 1000 * _kept(folder / "probe"),
    }


def _kept(path: Path) -> float:
    """Seconds in which a commit's write is on the disk, the middle one of 50."""
    taken: list[float] = []
    with path.open("wb", buffering=0) as file:
        for _ in range(50):
            begin = time.perf_counter()
            file.write(bytes(8192))
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - begin)
    return median(taken)


def _at_one_rate(address: str, url: str, rate: int, seconds: float, number: int) -> Figures:
    """How fast messages come to a server whose senders have one rate."""
    _add(address, "rate", round(rate * seconds / _BATCH) * _BATCH)
    workers = [jobs.Running(jobs.work, address, "rate", url, rate) for _ in range(number)]
    jobs.begin(workers)
    time.sleep(seconds / 2)
    statement = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'messagemedia' AND datname = current_database()"
    )
    ((connections,),) = _asked(address, statement)
    for worker in workers:
        worker.result()
    _require_accepted(address, "rate")
    arrivals = httpx.get(url, trust_env=False).json()
    (first, size), (last, _) = arrivals[0], arrivals[-1]
    measured = (sum(count for _, count in arrivals) - size) / (last - first)
    busiest = max(sum(count for at, count in arrivals if begin <= at < begin + 1) for begin, _ in arrivals)
    return {
        "workers at one rate": number,
        "messages a second, asked of all": rate,
        "messages a second, measured": measured,
        "measured to asked": measured / rate,
        "messages in the busiest second": busiest,
        "connections of the workers": connections,
    }


def _by_workers(server: Server, rows: int, rounds: int, workers: Sequence[int]) -> Figures:
    """How many rows a second are claimed and settled, without an API, by one worker and by several, in rounds."""
    found: dict[int, list[float]] = {number: [] for number in workers}
    for _ in range(rounds):
        for number in workers:
            found[number].append(rows / _claimed_and_settled(new_database(server), number, rows))
    figures = {f"rows a second claimed and settled, workers: {number}": median(found[number]) for number in workers}
    ratios = {f"to one worker, workers: {number}": ratio(found[number], found[1]).middle for number in workers[1:]}
    return {**figures, **ratios}


def _claimed_and_settled(address: str, number: int, rows: int) -> float:
    """Seconds from the first claim until nothing is left."""
    _add(address, "workers", rows)
    workers = [jobs.Running(jobs.claim_and_settle, address, "workers") for _ in range(number)]
    jobs.begin(workers)
    found = [worker.result() for worker in workers]
    _require_accepted(address, "workers")
    return max(each["end"] for each in found) - min(each["begin"] for each in found)


def _beside_a_snapshot(free: str, held: str, rows: int) -> Figures:
    """What a claim costs in a database in which another session has a snapshot, and in turn in one without.

    A snapshot keeps dead versions of rows in its own database alone.
    """
    found: dict[str, list[float]] = {}
    _add(free, "claims", rows)
    _add(held, "claims", rows)
    with _snapshot(held), _claiming(free) as without, _claiming(held) as beside:
        for _ in range(rows // _BATCH):
            for what, journal in (("without a snapshot", without), ("beside a snapshot", beside)):
                begin = time.perf_counter()
                claimed = journal.claim(_BATCH)
                found.setdefault(what, []).append(1000 * (time.perf_counter() - begin))
                journal.settle(jobs.accepted(claimed))
    tenth = max(1, rows // _BATCH // 10)
    figures: Figures = {"batches claimed in each database": rows // _BATCH}
    for what, taken in found.items():
        figures[f"ms for a claim {what}, of the first tenth"] = median(taken[:tenth])
        figures[f"ms for a claim {what}, of the last tenth"] = median(taken[-tenth:])
    last = [median(taken[-tenth:]) for taken in found.values()]
    return {**figures, "beside to without, of the last tenth": last[1] / last[0]}


@contextmanager
def _snapshot(address: str) -> Iterator[None]:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        connection.execute("SELECT count(*) FROM messagemedia.batch")
        yield
        connection.execute("ROLLBACK")


@contextmanager
def _claiming(address: str) -> Iterator[PostgresJournal]:
    with closing(PostgresJournal(address, "claims", begin=True)) as journal, journal.sending(jobs.STAND_IN):
        yield journal


def _many_rows(address: str, url: str, folder: Path, rows: int) -> Figures:
    """What many rows take: each step in a process of its own."""
    people, results = folder / "people.csv", folder / "results.csv"
    with people.open("w") as file:
        file.write("destination_number,name,customer_id\n")
        file.writelines(f"+61491{each:06},Person {each},C-{each}\n" for each in range(rows))
    with closing(Campaign(address, name="many")):
        empty = _size(address)
    figures: Figures = {"rows": rows}
    for job, argument in ((jobs.add, people), (jobs.send, url), (jobs.write_results, results)):
        before = _written(address)
        process = jobs.Running(job, address, "many", str(argument))
        jobs.begin([process])
        found = process.result()
        taken = found["end"] - found["begin"]
        transactions, log = (now - then for now, then in zip(_written(address), before, strict=True))
        name = job.__name__
        figures |= {
            f"{name}: seconds": taken,
            f"{name}: rows a second": rows / taken,
            f"{name}: MB of memory at most": found["peak_mb"],
            f"{name}: MB of these before it began": found["idle_mb"],
            f"{name}: transactions for 100 rows": transactions * _BATCH / rows,
            f"{name}: kB of write-ahead log for a row": log / 1000 / rows,
            f"{name}: MB of the database": _size(address) / 1e6,
            f"{name}: kB of the database for a row": (_size(address) - empty) / 1000 / rows,
        }
    _require_accepted(address, "many")
    with results.open() as lines:
        if sum(1 for _ in lines) != rows + 1:
            raise RuntimeError("rows are missing in the results")
    return figures


def _size(address: str) -> int:
    ((size,),) = _asked(address, "SELECT pg_database_size(current_database())")
    return int(size)


def _written(address: str) -> tuple[int, int]:
    """How many transactions of the database were committed, and the bytes of the write-ahead log so far."""
    statement = """
    SELECT xact_commit, pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint
    FROM pg_stat_database WHERE datname = current_database()"""
    ((commits, log),) = _asked(address, statement)
    return int(commits), int(log)


def _asked(address: str, statement: str) -> list[tuple[int, ...]]:
    with psycopg.connect(address, autocommit=True) as connection:
        return connection.execute(statement.encode()).fetchall()


def _add(address: str, name: str, rows: int) -> None:
    made = (
        Row(
            Message(content=f"Hi Person {each}, we close at 5 on Friday", destination_number=f"+61491{each:06}"),
            key=f"C-{each}",
        )
        for each in range(rows)
    )
    with Campaign(address, name=name) as campaign:
        campaign.add(made)


def _require_accepted(address: str, name: str) -> None:
    with Campaign(address, name=name) as campaign:
        summary = campaign.summary()
    if summary.accepted != summary.total:
        raise RuntimeError(f"the figures would be those of something else: {summary}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures as they come."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.postgres", description=__doc__)
    parser.add_argument("--rows", type=_rows, default=ROWS, help="how many rows, in hundreds (default: %(default)s)")
    for figures in measure(parser.parse_args(arguments).rows):
        for what, value in figures.items():
            sys.stdout.write(f"{what:60} {value:14,.2f}\n")
        sys.stdout.write("\n")
        sys.stdout.flush()


def _rows(text: str) -> int:
    rows = int(text)
    if not (0 < rows <= 1_000_000 and rows % _BATCH == 0):
        raise argparse.ArgumentTypeError("must be a multiple of 100, 1,000,000 at most")
    return rows


if __name__ == "__main__":
    main()
