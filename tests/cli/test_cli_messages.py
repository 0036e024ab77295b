import json
from typing import Any

import pytest
from cli_kit import NUMBER, Cli
from messagemedia import Client
from messagemedia.sandbox import Sandbox


@pytest.fixture
def message_id(cli: Cli) -> str:
    with Client() as client:
        return client.messages.send(content="Hi \N{WAVING HAND SIGN}", destination_number=NUMBER).message_id


def test_a_status_is_lines_in_a_pipe(cli: Cli, message_id: str) -> None:
    done = cli("status", message_id)
    assert done.code == 0
    assert done.err == ""
    assert f"message_id\t{message_id}" in done.lines
    assert "status\tqueued" in done.lines
    assert "content\tHi \N{WAVING HAND SIGN}" in done.lines


def test_a_status_is_json_with_the_names_of_the_api(cli: Cli, message_id: str) -> None:
    found: dict[str, Any] = json.loads(cli("status", message_id, "--json").out)
    assert (found["message_id"], found["destination_number"]) == (message_id, NUMBER)


@pytest.mark.parametrize(("status", "code"), [("delivered", 0), ("rejected", 1)])
def test_waiting_tells_whether_a_message_reached_somebody(cli: Cli, server: Sandbox, status: str, code: int) -> None:
    server.outcome(NUMBER, status)
    with Client() as client:
        message_id = client.messages.send(content="Hi", destination_number=NUMBER).message_id
    server.advance(3600)
    done = cli("status", message_id, "--wait")
    assert (done.code, f"status\t{status}" in done.lines) == (code, True)


def test_waiting_that_ends_too_early_is_unknown(cli: Cli, message_id: str) -> None:
    done = cli("status", message_id, "--wait", "--timeout", "0.01")
    assert done.code == 3
    assert done.err.startswith("messagemedia: unknown: ")
    assert done.err.endswith(f"  messagemedia status {message_id} --wait\n")


def test_no_such_message_is_a_failure(cli: Cli) -> None:
    done = cli("status", "877c19ef-fa2e-4cec-827a-e1df9b5509f7")
    assert (done.code, done.out) == (1, "")
    assert "404" in done.err


def test_a_message_that_is_not_scheduled_is_not_cancelled(cli: Cli, message_id: str) -> None:
    assert cli("cancel", message_id).code == 1


@pytest.mark.parametrize("fault", [{"kind": "drop_before"}, {"kind": "status", "status": 503}])
def test_a_cancel_without_an_answer_is_unknown(
    cli: Cli, server: Sandbox, message_id: str, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    server.fault(operation="cancelScheduledMessage", times=None, **fault)
    done = cli("cancel", message_id)
    assert done.code == 3
    assert f"  messagemedia status {message_id}\n" in done.err


def test_the_balance_is_a_line(cli: Cli) -> None:
    done = cli("credits")
    assert (done.code, len(done.lines)) == (0, 1)
    assert set(json.loads(cli("credits", "--json").out)) == {"remaining_credits"}
