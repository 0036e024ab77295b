import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cli_kit import NUMBER, Cli, say
from messagemedia.cli.repeats import Repeats
from messagemedia.sandbox import Sandbox


def memory(cli: Cli) -> Path:
    (found,) = cli.home.rglob("sends.json")
    return found


def remembered(cli: Cli) -> int:
    return len(json.loads(memory(cli).read_bytes())["sends"])


def test_a_message_is_sent_and_its_id_written(cli: Cli, server: Sandbox) -> None:
    done = cli("send", NUMBER, "Hello \N{WAVING HAND SIGN}")
    (entry,) = server.ledger
    assert (done.code, done.out, done.err) == (0, f"{entry.message_id}\tqueued\n", "")
    assert (entry.message["destination_number"], entry.message["content"]) == (NUMBER, "Hello \N{WAVING HAND SIGN}")
    assert remembered(cli) == 0


def test_all_options_become_fields(cli: Cli, server: Sandbox) -> None:
    options = (
        *("--from", "Shop", "--from-type", "alphanumeric", "--mms", "https://a.example/b.png", "--subject", "S"),
        *("--schedule", "2050-01-01T09:00+11:00", "--expires", "2050-01-02T09:00+11:00", "--report"),
        *("--callback", "https://a.example/", "--metadata", "a=b=c", "--metadata", "d=", "--json"),
    )
    done = cli("send", *options, NUMBER, "Hello")
    assert done.code == 0, done.err
    sent: dict[str, Any] = json.loads(done.out)
    del sent["message_id"], sent["status"]
    assert sent == {
        "callback_url": "https://a.example/",
        "content": "Hello",
        "delivery_report": True,
        "destination_number": NUMBER,
        "format": "MMS",
        "media": ["https://a.example/b.png"],
        "message_expiry_timestamp": "2050-01-01T22:00:00.000Z",
        "metadata": {"a": "b=c", "d": ""},
        "scheduled": "2049-12-31T22:00:00.000Z",
        "source_number": "Shop",
        "source_number_type": "ALPHANUMERIC",
        "subject": "S",
    }
    assert len(server.ledger) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((NUMBER, ""), "The text is empty"),
        ((NUMBER, "x" * 5001), "TEXT: must be 1 to 5000 characters, not 5001"),
        (("nobody", "Hi"), "NUMBER: must be 8 to 15 digits"),
        ((NUMBER, "Hi", "--schedule", "2027-01-01T09:00"), "has no UTC offset. If it is in the time zone of this machine, write 2027-01-01T09:00"),
        ((NUMBER, "Hi", "--schedule", "tomorrow"), "is not a time such as"),
        ((NUMBER, "Hi", "--subject", "S"), "--subject: needs format='MMS'"),
        ((NUMBER, "Hi", "--metadata", "novalue"), "NAME=VALUE"),
        ((NUMBER, "Hi", "--from", "Shop", "--from-type", "shop"), "--from-type: must be one of INTERNATIONAL, ALPHANUMERIC"),
        ((NUMBER, "Hi", "--voice", "--mms", "https://a.example/b.png"), "give either --mms or --voice"),
        ((NUMBER,), "Missing argument 'TEXT'"),
        (("0491570156", "Hi"), "begin"),
    ],
)  # fmt: skip
def test_what_cant_be_sent_is_a_mistake_of_usage(
    cli: Cli, server: Sandbox, arguments: tuple[str, ...], told: str
) -> None:
    done = cli("send", *arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert server.requests == []


def test_a_mistake_of_usage_comes_before_any_question(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MESSAGEMEDIA_API_KEY")
    monkeypatch.delenv("MESSAGEMEDIA_API_SECRET")
    assert "TEXT: must be" in cli("send", NUMBER, "x" * 5001).err
    assert "no credentials" in cli("send", NUMBER, "x").err


@pytest.mark.parametrize("content", [b"Gr\xc3\xbc\xc3\x9fe\n", b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe\r\n"])
def test_the_text_comes_from_the_standard_input(
    cli: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    say(monkeypatch, content)
    assert cli("send", NUMBER, "-").code == 0
    assert server.ledger[0].message["content"] == "Grüße"


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff"])
def test_nothing_on_the_standard_input_is_a_mistake_of_usage(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    say(monkeypatch, content)
    assert cli("send", NUMBER, "-").code == 2


def test_a_refusal_is_a_failure_and_forgotten(cli: Cli, server: Sandbox) -> None:
    server.fault("answer", operation="sendMessages", status=403, body="{}")
    done = cli("send", NUMBER, "Hello")
    assert (done.code, done.out) == (1, "")
    assert (len(server.ledger), remembered(cli)) == (0, 0)


def test_a_lost_answer_is_unknown_and_not_repeated_by_mistake(cli: Cli, server: Sandbox) -> None:
    server.fault("drop_after_accept", operation="sendMessages")
    done = cli("send", NUMBER, "Hello")
    assert (done.code, done.out) == (3, "")
    assert "  messagemedia reports\n" in done.err
    assert "  messagemedia send --again …\n" in done.err
    assert len(server.ledger) == 1

    for same in (NUMBER, NUMBER.removeprefix("+")):
        again = cli("send", same, "Hello")
        assert (again.code, again.out) == (1, "")
        assert "may have been sent on" in again.err
    assert len(server.ledger) == 1

    assert cli("send", NUMBER, "Hello!").code == 0
    assert cli("send", "+61491570157", "Hello").code == 0
    assert cli("send", NUMBER, "Hello", "--again").code == 0
    assert (len(server.ledger), remembered(cli)) == (4, 0)
    assert cli("send", NUMBER, "Hello").code == 0


def test_what_is_remembered_shows_neither_number_nor_text(cli: Cli, server: Sandbox) -> None:
    server.fault("drop_after_accept", operation="sendMessages")
    cli("send", NUMBER, "Hello")
    content = memory(cli).read_text()
    assert NUMBER[1:] not in content
    assert "Hello" not in content
    if os.name == "posix":
        assert stat.S_IMODE(memory(cli).stat().st_mode) == 0o600


def test_a_repeated_send_that_fails_leaves_the_first_one_unknown(cli: Cli, server: Sandbox) -> None:
    server.fault("drop_after_accept", operation="sendMessages")
    cli("send", NUMBER, "Hello")
    server.fault("answer", operation="sendMessages", status=403, body="{}")
    assert cli("send", NUMBER, "Hello", "--again").code == 1
    assert cli("send", NUMBER, "Hello").code == 1


def test_a_damaged_memory_is_told_and_costs_nothing(cli: Cli, server: Sandbox) -> None:
    cli("send", NUMBER, "Hello")
    for content in (b"", b"[]", b'{"key": 1, "sends": []}', b'{"key": "ab", "sends": [[1]]}', b"[" * 100_000):
        memory(cli).write_bytes(content)
        done = cli("send", NUMBER, "Hello")
        assert (done.code, len(done.lines)) == (0, 1)
        assert "is damaged and is replaced" in done.err
    assert len(server.ledger) == 6


def test_a_memory_that_cant_be_written_is_told_and_costs_nothing(
    cli: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cli.home / "file").touch()
    for name in ("HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(cli.home / "file"))
    done = cli("send", NUMBER, "Hello")
    assert (done.code, len(done.lines)) == (0, 1)
    assert "can't be used" in done.err
    server.fault("drop_after_accept", operation="sendMessages")
    assert cli("send", NUMBER, "Hello").code == 3


def test_the_memory_is_bounded(cli: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messagemedia.cli.repeats.MOST", 2)
    server.fault("drop_after_accept", operation="sendMessages", times=None)
    for text in "abc":
        cli("send", NUMBER, text)
    assert remembered(cli) == 2


def test_what_is_remembered_is_forgotten_in_time(cli: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    server.fault("drop_after_accept", operation="sendMessages")
    cli("send", NUMBER, "Hello")
    monkeypatch.setattr("messagemedia.cli.repeats.KEPT_SECONDS", -60)
    assert cli("send", NUMBER, "Hello").code == 0


def test_an_interrupted_send_is_unknown(cli: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("messagemedia.client.Client.messages", property(lambda _: type("", (), {"send": interrupt})))
        done = cli("send", NUMBER, "Hello")
    assert done.code == 130
    assert "may have been sent" in done.err
    assert cli("send", NUMBER, "Hello").code == 1
    assert server.ledger == []


@pytest.mark.parametrize(("status", "code"), [("delivered", 0), ("rejected", 1)])
def test_waiting_tells_what_became_of_a_message(
    cli: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch, status: str, code: int
) -> None:
    server.outcome(NUMBER, status)
    monkeypatch.setattr("time.sleep", lambda _: server.advance(3600))
    done = cli("send", NUMBER, "Hello", "--wait")
    (entry,) = server.ledger
    assert (done.code, done.lines) == (code, [f"{entry.message_id}\tqueued", f"{entry.message_id}\t{status}"])


def test_waiting_that_ends_too_early_is_unknown_though_it_was_sent(cli: Cli, server: Sandbox) -> None:
    done = cli("send", NUMBER, "Hello", "--wait", "--timeout", "0.01")
    (entry,) = server.ledger
    assert (done.code, done.lines) == (3, [f"{entry.message_id}\tqueued"])
    assert f"  messagemedia status {entry.message_id} --wait\n" in done.err
    assert remembered(cli) == 0


@pytest.mark.parametrize("status", [404, 401, 400])
def test_waiting_that_fails_is_no_failure_of_what_was_sent(cli: Cli, server: Sandbox, status: int) -> None:
    server.fault("answer", operation="getMessageStatus", status=status, body="{}", times=None)
    done = cli("send", NUMBER, "Hello", "--wait")
    (entry,) = server.ledger
    assert (done.code, done.lines) == (3, [f"{entry.message_id}\tqueued"])
    assert cli("status", entry.message_id, "--wait").code == 1


def test_an_outcome_that_cant_be_written_is_no_failure(
    cli: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messagemedia.cli.output.Output.row", lambda *_: 1 / 0)
    done = cli("send", NUMBER, "Hello")
    (entry,) = server.ledger
    assert (done.code, entry.message_id in done.err, remembered(cli)) == (3, True, 1)


def test_many_sends_at_once_are_all_remembered(cli: Cli, server: Sandbox) -> None:
    assert server.url
    warnings: list[str] = []
    intents = ThreadPoolExecutor(8)

    def intend(number: int) -> None:
        repeats = Repeats(warnings.append)
        intent = repeats.intend("url", "", str(number), "Hello", again=False)
        if number % 2:
            repeats.forget(intent, sent=True)

    with intents:
        list(intents.map(intend, range(80)))
    assert (remembered(cli), warnings) == (40, [])
