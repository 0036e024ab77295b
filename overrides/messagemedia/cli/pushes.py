"""`listen` and `replay`: signed pushes to an application, of what really came, and of what was stored."""

from __future__ import annotations

import re
import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from types import FrameType
from typing import TYPE_CHECKING, BinaryIO

import click

from messagemedia.cli.exits import DONE, FAILED
from messagemedia.cli.frame import command
from messagemedia.cli.session import Session

if TYPE_CHECKING:
    from messagemedia.cli.forwarding import Attempt, Forwarder, Queue
    from messagemedia.webhooks import PushAnswer

KEY = click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Sign with this private RSA key in PEM. By default: the enabled key of the sandbox that MESSAGEMEDIA_BASE_URL "
    "names, or else a key of your own, which is created and kept.",
)
TIMEOUT = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for each answer.",
)
_LONGEST_PAUSE = 60.0


def address(url: str) -> str:
    """An address that may be typed without its scheme: https, but what is on this machine has no TLS.

    Raises:
        BadParameter: It is only a port, which would be taken for the name of a host.
    """
    from messagemedia._call.misuse import is_loopback  # noqa: PLC0415

    if re.match(r":?\d+(/|$)", url):
        raise click.BadParameter(f"{url!r} begins with a port; write localhost:{url.removeprefix(':')}")
    if "://" in url:
        return url
    try:
        scheme = "http" if is_loopback(f"http://{url}") else "https"
    except ValueError:  # it is none, which is told where it is used
        scheme = "http"
    return f"{scheme}://{url}"


@command(
    "listen",
    [
        "messagemedia listen --forward-to localhost:8000/hooks",
        "messagemedia listen --forward-to http://localhost:8000/hooks --confirm --json",
    ],
    json=True,
)
@click.option("--forward-to", "url", required=True, metavar="URL", help="The address of your application.")
@click.option("--confirm", is_flag=True, help="Confirm what your application accepted, so that it does not come again.")
@click.option(
    "--interval",
    type=click.FloatRange(min=0.1, max=3600),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="How often to look for new ones.",
)
@KEY
@TIMEOUT
def listen(session: Session, *, url: str, confirm: bool, interval: float, key: Path | None, timeout: float) -> int:
    """Push replies and delivery reports to an application on this machine, until Ctrl-C.

    They are fetched from the API and pushed as the service pushes them to a callback_url, signed as it signs: no tunnel
    is needed. Each is pushed once, and retried after a pause if the answer is not a 2xx. Without --confirm, nothing is
    confirmed and only the 100 oldest are pushed; with it, each is confirmed after a 2xx. What was not confirmed is
    pushed again the next time. Opt-outs can't be fetched, so they are not included.
    """
    from messagemedia.cli.forwarding import Forwarder, Queue  # noqa: PLC0415
    from messagemedia.cli.signing_keys import chosen_key, tell_key  # noqa: PLC0415
    from messagemedia.webhooks import Pusher  # noqa: PLC0415

    client, signing_key = session.client, chosen_key(key)
    with Pusher(address(url), signing_key, timeout=timeout) as pusher, _terminated_as_interrupted():
        tell_key(session.out, signing_key)
        if not confirm:
            session.out.note("Nothing is confirmed without --confirm, so only the 100 oldest of each kind are pushed.")
        session.out.note(f"Forwarding to {address(url)}; press Ctrl-C to stop.")
        forwarder = Forwarder(
            push=pusher.push, tell=lambda attempt: _tell(session, attempt), warn=session.out.note, confirm=confirm
        )
        queues = [
            Queue("reply", "reply_id", client.replies),
            Queue("delivery_report", "delivery_report_id", client.delivery_reports),
        ]
        pause = interval
        while True:
            went_well = [_passed(session, forwarder, queue) for queue in queues]
            pause = forwarder.rest(interval) if all(went_well) else min(pause * 2, _LONGEST_PAUSE)
            sleep(pause)


@contextmanager
def _terminated_as_interrupted() -> Generator[None]:
    """Let SIGTERM end a command as Ctrl-C does: what was taken is confirmed."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _passed(session: Session, forwarder: Forwarder, queue: Queue) -> bool:
    """Forward what is there; False if the API can't be asked at the moment."""
    from messagemedia.errors import RateLimitError, ServerError, TransportError  # noqa: PLC0415

    try:
        forwarder.pass_over(queue)
    except (RateLimitError, ServerError, TransportError) as error:
        session.out.note(f"messagemedia: warning: {str(error).splitlines()[0]} Trying again.")
        return False
    return True


def _tell(session: Session, attempt: Attempt) -> None:
    answer = attempt.answer
    if session.out.as_json:
        session.out.json(
            {
                "kind": attempt.kind,
                attempt.id_name: attempt.item_id,
                "attempt": attempt.attempt,
                "status": answer.status_code,
                "problem": answer.problem or None,
                "taken": answer.ok,
            }
        )
    else:
        told = _told(answer)
        if attempt.again_in is not None:
            told += f", not accepted; retrying in {attempt.again_in:g} s"
        session.out.row([attempt.kind, attempt.item_id, told, f"{attempt.seconds * 1000:.0f} ms"])
    session.out.deliver()


def _told(answer: PushAnswer) -> str:
    if answer.status_code is not None:
        return str(answer.status_code)
    down = answer.problem in ("ConnectError", "ConnectTimeout")
    return "nothing answers there" if down else f"no answer ({answer.problem})"


@command(
    "replay",
    [
        "messagemedia replay push.json --to localhost:8000/hooks",
        "curl -s localhost:8463/__sandbox__/pushes | jq '.[-1]' | messagemedia replay - --to localhost:8000/hooks",
    ],
    json=True,
)
@click.argument("file", metavar="PUSH.json", type=click.File("rb"))
@click.option("--to", "url", required=True, metavar="URL", help="The address of your application.")
@click.option("--any", "anything", is_flag=True, help="Push any JSON object, such as one that your own template makes.")
@KEY
@TIMEOUT
def replay(session: Session, *, file: BinaryIO, url: str, anything: bool, key: Path | None, timeout: float) -> int:
    """Push a stored push again, with a new signature: the sandbox's, or one made with your own key.

    PUSH.json holds the body of a push, which is sent byte by byte, or an entry of the sandbox's /__sandbox__/pushes;
    - reads it from a pipe. Shows the answer; the exit code is 0 if it is a 2xx.
    """
    from messagemedia.cli.signing_keys import chosen_key, tell_key  # noqa: PLC0415
    from messagemedia.cli.stored import stored_push  # noqa: PLC0415
    from messagemedia.webhooks import Pusher  # noqa: PLC0415

    push = stored_push(file.name, file.read(), anything=anything)
    signing_key = chosen_key(key)
    with Pusher(address(url), signing_key, timeout=timeout) as pusher:
        tell_key(session.out, signing_key)
        answer = pusher.push(push.body, method=push.method, content_type=push.content_type)
    text = answer.body.decode("utf-8", "replace")
    if session.out.as_json:
        session.out.json({"status": answer.status_code, "problem": answer.problem or None, "body": text})
    else:
        session.out.row([_told(answer), text.strip()] if text.strip() else [_told(answer)])
    return DONE if answer.ok else FAILED
