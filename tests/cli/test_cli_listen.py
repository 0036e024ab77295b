"""`listen`: each reply and report is pushed once, signed, and confirmed only if that was asked for and it was taken."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from attrs import define, field, frozen
from cli_kit import COMMAND, NUMBER, Cli, Ran
from faulty_servers import Asked, Told, serving
from messagemedia import Client, DeliveryReport, Reply, TransportError
from messagemedia.cli.forwarding import Attempt, Forwarder, Queue
from messagemedia.cli.pushes import address
from messagemedia.sandbox import Sandbox
from messagemedia.webhooks import PushAnswer, SigningKey, WebhookError, Webhooks

from tests import inside

TAKEN = Told(204, b"")
DOWN = PushAnswer(None, problem="ConnectError")


# --- what it decides ------------------------------------------------------------------------------------------------


@frozen
class Item:
    reply_id: str | None
    raw: dict[str, Any] = field(factory=dict)


@define
class Inbox:
    """Some items that are unconfirmed, and what was confirmed."""

    items: list[Item]
    confirmed: list[str] = field(factory=list)
    fails: bool = False

    def check(self) -> list[Item]:
        return [each for each in self.items if each.reply_id not in self.confirmed]

    def confirm(self, items: list[str]) -> None:
        if self.fails:
            raise TransportError("made up")
        self.confirmed += items


class Bench:
    """A forwarder with a clock that stands, and an application that answers as it is told."""

    def __init__(self, *names: str | None, confirm: bool = True) -> None:
        self.inbox = Inbox([Item(name, {"reply_id": name}) for name in names])
        self.queue = Queue("reply", "reply_id", self.inbox)
        self.pushed: list[Any] = []
        self.answers: dict[Any, Any] = {}
        self.told: list[Attempt] = []
        self.warned: list[str] = []
        self.time = 0.0
        self.forwarder = Forwarder(self._push, self.told.append, self.warned.append, confirm, now=lambda: self.time)

    def _push(self, raw: dict[str, Any]) -> PushAnswer:
        self.pushed.append(raw["reply_id"])
        answer = self.answers.get(raw["reply_id"], PushAnswer(204))
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def pass_over(self, times: int = 1) -> list[Any]:
        self.pushed.clear()
        for _ in range(times):
            self.forwarder.pass_over(self.queue)
        return list(self.pushed)


def test_each_is_pushed_once_and_confirmed_together() -> None:
    bench = Bench("a", "b")
    assert bench.pass_over(3) == ["a", "b"]
    assert bench.inbox.confirmed == ["a", "b"]


def test_without_confirm_each_is_pushed_once_and_nothing_is_confirmed() -> None:
    bench = Bench("a", "b", None, confirm=False)
    assert bench.pass_over(3) == ["a", "b", None]
    assert bench.inbox.confirmed == []


def test_what_is_not_taken_is_not_confirmed_and_comes_again_after_a_pause_while_others_go_on() -> None:
    bench = Bench("a", "b")
    bench.answers["a"] = PushAnswer(500)
    assert bench.pass_over() == ["a", "b"]
    assert bench.inbox.confirmed == ["b"]
    assert [(each.attempt, each.again_in) for each in bench.told] == [(1, 1.0), (1, None)]
    assert bench.pass_over() == []
    assert bench.forwarder.rest(60) == 1.0
    bench.time = 1.0
    assert bench.pass_over() == ["a"]
    assert bench.told[-1].again_in == 2.0
    bench.time, bench.answers = 3.0, {}
    assert bench.pass_over() == ["a"]
    assert (bench.told[-1].attempt, bench.inbox.confirmed) == (3, ["b", "a"])


def test_while_nothing_answers_the_oldest_alone_is_tried_with_growing_pauses() -> None:
    bench = Bench("a", "b")
    bench.answers = {"a": DOWN, "b": DOWN}
    assert bench.pass_over(2) == ["a"]
    assert bench.forwarder.rest(0.5) == 1.0  # not earlier, whatever the interval
    rests = []
    for _ in range(7):
        bench.time += bench.forwarder.rest(60)
        assert bench.pass_over() == ["a"]
        rests.append(bench.told[-1].again_in)
    assert rests == [2, 4, 8, 16, 30, 30, 30]
    assert bench.inbox.confirmed == []
    bench.time, bench.answers = bench.time + 30, {}
    assert bench.pass_over() == ["a", "b"]
    assert bench.inbox.confirmed == ["a", "b"]


def test_what_could_not_be_confirmed_is_not_pushed_again_but_confirmed_again() -> None:
    bench = Bench("a")
    bench.inbox.fails = True
    with pytest.raises(TransportError):
        bench.pass_over()
    bench.inbox.fails = False
    assert bench.pass_over() == []
    assert set(bench.inbox.confirmed) == {"a"}


@pytest.mark.parametrize("fails", [False, True])
def test_what_was_taken_is_confirmed_when_it_is_interrupted(fails: bool) -> None:
    bench = Bench("a", "b")
    bench.answers["b"] = KeyboardInterrupt()
    bench.inbox.fails = fails
    with pytest.raises(KeyboardInterrupt):
        bench.pass_over()
    assert bench.inbox.confirmed == ([] if fails else ["a"])
    assert any("1 accepted item could not be confirmed" in each for each in bench.warned) == fails


def test_that_nothing_newer_can_be_seen_is_told_once() -> None:
    bench = Bench(*map(str, range(100)), confirm=False)
    bench.pass_over(2)
    assert len(bench.warned) == 1
    assert "100 items of the kind reply are unconfirmed" in bench.warned[0]


# --- over real sockets ----------------------------------------------------------------------------------------------


class Application:
    """What a user runs: it verifies, and keeps what it got."""

    def __init__(self, key: Callable[[], Webhooks]) -> None:
        self._key = key
        self.events: list[Any] = []
        self.status = 204

    def __call__(self, asked: Asked) -> Told:
        try:
            event = self._key().receive(
                method=asked.method, target=asked.target, headers=asked.headers, body=asked.body
            )
        except WebhookError as error:
            return Told(error.status_code, str(error).encode())
        if self.status == 204:
            self.events.append(event)
        return Told(self.status, b"")


@pytest.fixture
def application(cli: Cli) -> Application:
    """One that knows the key which the command keeps."""

    def webhooks() -> Webhooks:
        kept = json.loads((cli.home / "messagemedia" / "signing-key.json").read_text())
        key = SigningKey(kept["key_id"], private_key=kept["private_key"])
        return Webhooks({key.key_id: key.public_key})

    return Application(webhooks)


@pytest.fixture
def listen(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Runs `listen` until it would wait for so many times, as if Ctrl-C came then."""

    def run(*options: object, waits: int = 1, between: Callable[[], object] = lambda: None) -> Ran:
        left = iter(range(waits - 1))

        def sleep(_seconds: float) -> None:
            if next(left, None) is None:
                raise KeyboardInterrupt
            between()

        monkeypatch.setattr("messagemedia.cli.pushes.sleep", sleep)
        return cli("listen", *options)

    return run


def filled(server: Sandbox) -> None:
    """A sandbox with a message that was delivered and answered."""
    with Client() as client:
        sent = client.messages.send(content="Hi", destination_number=NUMBER, delivery_report=True)
    server.advance(3600)
    server.reply("Thanks ☕", message_id=sent.message_id)


def unconfirmed() -> tuple[int, int]:
    with Client() as client:
        return len(client.replies.check()), len(client.delivery_reports.check())


@pytest.mark.parametrize("confirm", [True, False])
def test_replies_and_reports_arrive_signed_and_are_confirmed_if_asked(
    server: Sandbox, application: Application, listen: Callable[..., Ran], confirm: bool
) -> None:
    filled(server)
    replies, reports = unconfirmed()
    with serving(application) as site:
        done = listen("--forward-to", f"{site.url}/hooks?a=1", *(["--confirm"] if confirm else []), waits=2)
    assert done.code == 130
    assert done.err.endswith("messagemedia: interrupted\n")
    assert [each.content for each in application.events if isinstance(each, Reply)] == ["Thanks ☕"]
    assert sum(isinstance(each, DeliveryReport) for each in application.events) == reports
    assert unconfirmed() == ((0, 0) if confirm else (replies, reports))
    assert ("only the 100 oldest of each kind are pushed" in done.err) is not confirm
    assert len(done.lines) == replies + reports
    kind, reply_id, status, took = done.lines[0].split("\t")
    assert (kind, status, took.endswith(" ms")) == ("reply", "204", True)
    assert reply_id == next(each.reply_id for each in application.events if isinstance(each, Reply))


def test_what_is_pushed_has_the_fields_of_the_api(
    server: Sandbox, application: Application, listen: Callable[..., Ran]
) -> None:
    filled(server)
    with Client() as client:
        [reply] = client.replies.check()
    with serving(application) as site:
        listen("--forward-to", site.url)
    [pushed] = [each for each in application.events if isinstance(each, Reply)]
    assert pushed.raw == reply.raw
    assert site.asked[0].headers["content-type"] == "application/json"


def test_an_application_that_fails_gets_it_again_and_nothing_is_confirmed_before(
    server: Sandbox, application: Application, listen: Callable[..., Ran]
) -> None:
    server.reply("Hello", source_number=NUMBER)
    application.status = 500
    with serving(application) as site:
        done = listen("--forward-to", site.url, "--confirm")
    assert unconfirmed() == (1, 0)
    assert "500, not accepted; retrying in 1 s" in done.out


def test_an_application_that_is_not_there_is_told(server: Sandbox, listen: Callable[..., Ran]) -> None:
    server.reply("Hello", source_number=NUMBER)
    with serving(lambda _: TAKEN) as site:
        url = site.url
    done = listen("--forward-to", url, "--confirm")
    assert "nothing answers there, not accepted; retrying in 1 s" in done.out
    assert unconfirmed() == (1, 0)


def test_json_has_a_line_for_each_attempt(
    server: Sandbox, application: Application, listen: Callable[..., Ran]
) -> None:
    reply_id = server.reply("Hello", source_number=NUMBER)
    with serving(application) as site:
        done = listen("--forward-to", site.url.removeprefix("http://"), "--json")
    expected = {"kind": "reply", "reply_id": reply_id, "attempt": 1, "status": 204, "problem": None, "taken": True}
    assert [json.loads(line) for line in done.lines] == [expected]


def test_an_api_that_fails_for_a_while_is_told_and_asked_again(
    server: Sandbox, application: Application, listen: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.reply("Hello", source_number=NUMBER)
    server.fault("status", operation="checkReplies", times=3, status=503)
    inside.replace_pauses(monkeypatch, lambda _: None)
    with serving(application) as site:
        done = listen("--forward-to", site.url, waits=2)
    assert "Trying again." in done.err
    assert len(application.events) == 1


def test_the_key_is_made_once_and_readable_by_its_owner_only(
    cli: Cli, application: Application, listen: Callable[..., Ran]
) -> None:
    with serving(application) as site:
        first = listen("--forward-to", site.url)
        kept = cli.home / "messagemedia" / "signing-key.json"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        key = json.loads(kept.read_text())
        assert f'Webhooks({{"{key["key_id"]}": "MII' in first.err
        assert "PRIVATE" not in first.err + first.out
        assert listen("--forward-to", site.url).err == first.err
        kept.chmod(0o644)
        refused = listen("--forward-to", site.url)
    assert (refused.code, "can be read or changed by others" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("localhost:8000/hooks", "http://localhost:8000/hooks"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("example.com/hooks", "https://example.com/hooks"),
        ("http://example.com", "http://example.com"),
    ],
)
def test_an_address_may_be_typed_without_its_scheme(typed: str, meant: str) -> None:
    assert address(typed) == meant


@pytest.mark.parametrize("url", ["localhost:port/hooks", "ftp://localhost/", "http://", "[", ""])
def test_an_address_that_is_none_is_refused(listen: Callable[..., Ran], url: str) -> None:
    done = listen("--forward-to", url)
    assert (done.code, "must be the address" in done.err) == (2, True)


@pytest.mark.parametrize("secret", ["HTTP_PROXY", "http_proxy"])
def test_a_proxy_does_not_stand_before_an_application_on_this_machine(
    server: Sandbox, application: Application, listen: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    server.reply("Hello", source_number=NUMBER)
    with serving(application) as site, serving(lambda _: Told(502)) as proxy:
        monkeypatch.setenv(secret, proxy.url)
        monkeypatch.setenv("NO_PROXY", server.url.removeprefix("http://"))
        assert "204" in listen("--forward-to", site.url).out
        assert proxy.asked == []


@pytest.fixture
def running(cli: Cli, server: Sandbox) -> Iterator[subprocess.Popen[str]]:
    """`listen` as a process, which has forwarded one reply."""
    server.reply("Hello", source_number=NUMBER)
    with serving(lambda _: TAKEN) as site:
        process = subprocess.Popen(
            [*COMMAND, "listen", "--forward-to", site.url, "--confirm"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline().startswith("reply\t")
        yield process
        process.kill()
        process.communicate(timeout=30)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(running: subprocess.Popen[str], number: int) -> None:
    running.send_signal(number)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "Traceback" not in err
    assert err.endswith("messagemedia: interrupted\n")


@pytest.mark.parametrize("typed", ["8000", ":8000", "8000/hooks"])
def test_a_port_alone_is_no_address(cli: Cli, typed: str) -> None:
    done = cli("listen", "--forward-to", typed)
    assert (done.code, f"write localhost:{typed.removeprefix(':')}" in done.err) == (2, True)
