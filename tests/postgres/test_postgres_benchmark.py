"""What measures campaigns in PostgreSQL does its work; how long that takes is no matter of a test."""

from pathlib import Path

import pytest

from benchmarks import postgres


@pytest.mark.slow
def test_the_benchmark_of_campaigns_in_postgres_does_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])  # its processes are modules of this folder
    parts = list(postgres.measure(rows=200, rate=2000, seconds=0.2, rounds=1, workers=(1, 2)))
    assert [len(part) for part in parts] == [4, 6, 3, 6, 25]
    surroundings, rate, workers, snapshot, many = parts
    assert surroundings["fsync is on"] == 1
    assert rate["connections of the workers"] == 2
    assert min(value for part in (rate, workers, snapshot) for value in part.values()) > 0
    # A step may be over before the server has counted its transactions.
    assert min(value for what, value in many.items() if "transactions" not in what and "log" not in what) > 0


@pytest.mark.parametrize("rows", ["0", "150", "1000100", "many"])
def test_it_takes_rows_in_hundreds(rows: str) -> None:
    with pytest.raises(SystemExit):
        postgres.main(["--rows", rows])
