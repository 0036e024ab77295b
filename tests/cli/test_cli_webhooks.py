"""`webhooks`, `keys` and `sandbox`: thin over what the package does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from cli_kit import COMMAND, Cli, terminal
from faulty_servers import Asked, Told, serving
from messagemedia import Client
from messagemedia.sandbox import Sandbox
from messagemedia.webhooks import SigningKey, WebhookError, Webhooks

URL = "https://example.com/hooks/messages"


def made(cli: Cli, *options: object) -> str:
    """The id of a webhook that was made."""
    done = cli("webhooks", "create", URL, "-e", "RECEIVED_SMS", "--json", *options)
    assert done.code == 0, done.err
    return str(json.loads(done.out)["id"])


def listed(cli: Cli) -> list[dict[str, Any]]:
    return [json.loads(line) for line in cli("webhooks", "list", "--json").lines]


# --- check ----------------------------------------------------------------------------------------------------------


def receiving(webhooks: Callable[[], Webhooks]) -> Callable[[Asked], Told]:
    receivers: list[Webhooks] = []

    def answer(asked: Asked) -> Told:
        if not receivers:
            receivers.append(webhooks())
        try:
            event = receivers[0].receive(
                method=asked.method, target=asked.target, headers=asked.headers, body=asked.body
            )
        except WebhookError as error:
            return Told(error.status_code, b"")
        receivers[0].dispatch(event)
        return Told(204, b"")

    return answer


def test_an_endpoint_that_verifies_passes(cli: Cli) -> None:
    def webhooks() -> Webhooks:
        kept = json.loads((cli.home / "messagemedia" / "signing-key.json").read_text())
        key = SigningKey(kept["key_id"], private_key=kept["private_key"])
        return Webhooks({key.key_id: key.public_key})

    with serving(receiving(webhooks)) as site:
        done = cli("webhooks", "check", f"{site.url}/hooks")
    assert done.code == 0, done.out
    assert done.lines[0].split("\t") == ["ok", "a valid push", "204", "2xx", ""]
    assert done.err.endswith("Every answer is right.\n")


def test_an_endpoint_that_takes_forgeries_fails(cli: Cli) -> None:
    with serving(receiving(lambda: Webhooks(unsigned=True))) as site:
        done = cli("webhooks", "check", site.url, "--json")
    results = [json.loads(line) for line in done.lines]
    assert (done.code, len(results)) == (1, 12)
    assert {each["push"]: each["ok"] for each in results}["the body was changed"] is False
    assert "10 of 12 answers are wrong" in done.err


# --- webhooks of the account ----------------------------------------------------------------------------------------


def test_a_webhook_is_made_and_listed(cli: Cli, server: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "headers.json").write_text('{"X-Token": "of-mine"}')
    webhook_id = made(cli, "--retries", 3, "--retry-delay", 30, "--headers", tmp_path / "headers.json")
    [found] = listed(cli)
    assert (found["id"], found["headers"], found["retries"]) == (webhook_id, {"X-Token": "of-mine"}, 3)
    assert "$esc.json($messageId)" in found["template"]
    assert cli("webhooks", "list").out == f"{webhook_id}\tPOST\t{URL}\tRECEIVED_SMS\n"


def test_all_pages_are_listed(cli: Cli) -> None:
    with Client() as client:
        from messagemedia import CreateWebhookRequest

        for number in range(45):
            request = CreateWebhookRequest(
                url=f"{URL}/{number}", method="POST", encoding="JSON", events=["RECEIVED_SMS"]
            )
            client.api.webhooks.create_webhook(request)
    assert len(listed(cli)) == 45


def test_a_twin_is_told_with_what_to_do(cli: Cli) -> None:
    webhook_id = made(cli)
    done = cli("webhooks", "create", URL, "-e", "OPT_OUT_SMS")
    assert done.code == 1
    assert "409" in done.err
    assert f"  messagemedia webhooks update {webhook_id} …" in done.err


@pytest.mark.parametrize("content", ["[]", "{", '{"X-Token": 7}'])
def test_headers_that_are_none_are_refused(cli: Cli, server: Sandbox, tmp_path: Path, content: str) -> None:
    (tmp_path / "headers.json").write_text(content)
    done = cli("webhooks", "create", URL, "-e", "RECEIVED_SMS", "--headers", tmp_path / "headers.json")
    assert (done.code, server.requests) == (2, [])
    assert "must hold a JSON object of strings" in done.err


def test_an_update_shows_before_and_after(cli: Cli, tmp_path: Path) -> None:
    webhook_id = made(cli)
    (tmp_path / "template.vm").write_text('{"id": "$mtId"}')
    done = cli("webhooks", "update", webhook_id, "-e", "DELIVERED_DR", "--template", tmp_path / "template.vm")
    assert done.code == 0
    rows = [line.split("\t") for line in done.lines]
    assert [row[0] for row in rows] == ["events", "template"]
    assert (rows[0][1:], rows[1][2]) == (['["RECEIVED_SMS"]', '["DELIVERED_DR"]'], '{"id": "$mtId"}')
    done = cli("webhooks", "update", webhook_id, "--url", f"{URL}/new", "--json")
    changed = json.loads(done.out)
    assert (changed["before"]["url"], changed["after"]["url"]) == (URL, f"{URL}/new")
    assert "it was like that before" in cli("webhooks", "update", webhook_id, "--url", f"{URL}/new").err


def test_an_update_needs_a_change_and_a_webhook(cli: Cli, server: Sandbox) -> None:
    assert cli("webhooks", "update", "w-1").code == 2
    assert server.requests == []
    done = cli("webhooks", "update", "w-1", "--url", URL)
    assert (done.code, "there is no webhook w-1" in done.err) == (1, True)


def test_a_webhook_is_deleted_in_a_pipe_only_with_yes(cli: Cli) -> None:
    webhook_id = made(cli)
    done = cli("webhooks", "delete", webhook_id)
    assert (done.code, "add --yes" in done.err, len(listed(cli))) == (2, True, 1)
    assert (cli("webhooks", "delete", webhook_id, "--yes").code, listed(cli)) == (0, [])


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "code", "left"), [("y", 0, 0), ("n", 1, 1), ("\x03", 130, 1)])
def test_a_terminal_is_asked_before_a_webhook_is_deleted(cli: Cli, typed: str, code: int, left: int) -> None:
    webhook_id = made(cli)
    with terminal(["webhooks", "delete", webhook_id]) as shown:
        shown.wait_for("[y/N]")
        assert "RECEIVED_SMS" in shown.text
        assert shown.answer(typed) == code
    assert len(listed(cli)) == left


# --- keys -----------------------------------------------------------------------------------------------------------


def test_a_key_is_made_enabled_disabled_and_deleted(cli: Cli) -> None:
    key = json.loads(cli("keys", "create", "--digest", "SHA512", "--json").out)
    assert key["public_key"].startswith("MII")
    assert cli("keys", "enable", key["key_id"]).code == 0
    [row] = [line.split("\t") for line in cli("keys", "list").lines]
    assert (row[0], row[1], row[4]) == (key["key_id"], "SHA512", "yes")
    assert cli("keys", "disable").code == 0
    [found] = [json.loads(line) for line in cli("keys", "list", "--json").lines]
    assert found["enabled"] is False
    refused = cli("keys", "delete", key["key_id"])
    assert (refused.code, "add --yes" in refused.err) == (2, True)
    assert cli("keys", "delete", key["key_id"], "--yes").code == 0
    assert cli("keys", "list").out == ""


def test_a_key_that_is_made_says_what_comes_next(cli: Cli) -> None:
    done = cli("keys", "create")
    key_id = dict(line.split("\t", 1) for line in done.lines)["key_id"]
    assert f"  messagemedia keys enable {key_id}" in done.err


def test_all_pages_of_keys_are_listed(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messagemedia.cli.keys._PAGE", 1)
    for _ in range(3):
        cli("keys", "create")
    assert len(cli("keys", "list").lines) == 3


def test_a_key_that_is_not_there_is_told(cli: Cli) -> None:
    done = cli("keys", "enable", "6e5e3a3c-0d5b-4f7e-8b4c-2f0c7b8f1a11")
    assert (done.code, "404" in done.err) == (1, True)


# --- sandbox --------------------------------------------------------------------------------------------------------


def test_a_port_that_is_taken_is_told(cli: Cli, server: Sandbox) -> None:
    done = cli("sandbox", "--port", server.url.rpartition(":")[2])
    assert (done.code, "is taken; choose another with --port" in done.err) == (1, True)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


@pytest.mark.parametrize(
    "options", [("--port", 99999), ("--key", "a:b"), ("--host", "a/b"), ("--allow-origin", "localhost")]
)
def test_what_a_sandbox_can_not_have_is_refused(cli: Cli, options: tuple[object, ...]) -> None:
    assert cli("sandbox", *options).code == 2


@pytest.mark.slow
def test_a_sandbox_runs_opens_a_browser_and_stops(cli: Cli, tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    browser.chmod(0o700)
    process = subprocess.Popen(
        [*COMMAND, "sandbox", "--port", "0", "--key", "K", "--open"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "BROWSER": str(browser)},
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert httpx.get(f"{url}/v1/replies", auth=("K", "SANDBOX_SECRET")).json() == {"replies": []}
    process.terminate()
    _, err = process.communicate(timeout=30)
    assert (process.returncode, "export MESSAGEMEDIA_BASE_URL" in err) == (0, True)
    assert (tmp_path / "opened").read_text() == f"{url}\n"


# --- on terminals, and what is never shown ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("columns", [40, 200])
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["doctor"], 0, "Everything works"),
        (["webhooks", "list"], 0, "RECEIVED_SMS"),
        (["webhooks", "check", "http://127.0.0.1:9/"], 1, "no answer"),
        (["keys", "list"], 0, "SHA256"),
        (["listen", "--help"], 0, "--forward-to"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else None,
)
def test_it_can_be_read_on_a_terminal(cli: Cli, arguments: list[str], code: int, words: str, columns: int) -> None:
    made(cli)
    cli("keys", "create")
    with terminal(arguments, columns=columns) as shown:
        assert shown.end() == code, shown.text
    assert words in "".join(shown.screen(80)).replace("\n", " ") or words in shown.text
    assert "Traceback" not in shown.text


@pytest.mark.parametrize("arguments", [["doctor"], ["doctor", "--json"], ["webhooks", "list"], ["keys", "list"]])
def test_debugging_shows_no_secret(cli: Cli, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESSAGEMEDIA_API_SECRET", "a-wrong-secret-of-mine")
    done = cli(*arguments, "--debug")
    assert done.code == 1
    assert "a-wrong-secret-of-mine" not in done.out + done.err
    assert "Basic " not in done.out + done.err


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["doctor"], ["doctor", "--json"], ["webhooks", "list"], ["keys", "list"]])
def test_a_pipe_that_nobody_reads_ends_it_quietly(cli: Cli, arguments: list[str]) -> None:
    made(cli)
    cli("keys", "create")
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*COMMAND, *arguments], stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")
