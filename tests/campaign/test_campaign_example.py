"""The example that operators copy runs."""

import runpy
from pathlib import Path

import pytest
from campaign_kit import KEY, SECRET
from messagemedia.sandbox import Sandbox

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "campaign.py")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr("sys.argv", [EXAMPLE, *arguments])
    runpy.run_path(EXAMPLE, run_name="__main__")


@pytest.mark.usefixtures("clock")
def test_the_example_shows_a_campaign_in_a_sandbox(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch)
    shown = capsys.readouterr().out.splitlines()
    assert "  added: 250 new, 0 known, 1 invalid" in shown
    assert "  now:   251 rows: 250 accepted, 1 invalid" in shown
    assert "  added: 1 new, 251 known, 0 invalid" in shown
    assert "  sent:  252 rows: 251 accepted, 1 invalid" in shown
    assert any(line.startswith("  line 252: destination_number: ") for line in shown)
    assert shown[-1] == "The sandbox has accepted 251 messages"


def test_the_example_sends_a_file_with_the_account_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sandbox: Sandbox, tmp_path: Path
) -> None:
    environment = {"API_KEY": KEY, "API_SECRET": SECRET, "BASE_URL": sandbox.url}
    for name, value in environment.items():
        monkeypatch.setenv(f"MESSAGEMEDIA_{name}", value)
    people = tmp_path / "people.csv"
    people.write_text("customer,phone,name\nc1,+61491570156,Ann\n", encoding="utf-8")
    for _ in range(2):
        run(monkeypatch, str(people))
    assert len(sandbox.ledger) == 1
    assert "c1,+61491570156,accepted," in (tmp_path / "people.results.csv").read_text(encoding="utf-8")
    assert "0 new, 1 known" in capsys.readouterr().out
