"""`python -m messagemedia.sandbox`: the sandbox as a process."""

from __future__ import annotations

import argparse
import contextlib
import errno
import shlex
import signal
import sys
import threading
import webbrowser
from collections.abc import Callable, Generator, Sequence
from types import FrameType
from typing import Any

from messagemedia import sandbox
from messagemedia.sandbox.checks import FILLED, HOST, KEY, ORIGIN, PORT, Rule

DEFAULT_PORT = 8463  # 8025 is what Mailpit and MailHog take, which run on the same machines
DEFAULTS = sandbox.Options()

_DESCRIPTION = """\
A local server that behaves like the Messages API: it verifies signatures, moves messages through their statuses, and
delivers nothing. Once it is ready, it prints its URL as the only line of its output, and instructions on standard
error. It stops on SIGTERM or Ctrl-C."""

_EPILOG = """\
The export lines that it prints are for POSIX shells. In PowerShell, write $env:MESSAGEMEDIA_BASE_URL = 'URL', and in
cmd, set MESSAGEMEDIA_BASE_URL=URL.

Another process can drive it by control calls, for example
  curl -H 'Content-Type: application/json' -d '{"seconds": 10}' URL/__sandbox__/advance
  curl URL/__sandbox__/ledger
To read about all of them: python -c 'import messagemedia.sandbox; help(messagemedia.sandbox)'

Requests must be addressed to localhost, a loopback address, or a --host, and no web page of another
origin may make control calls, unless --allow-origin names it."""

_NEXT_STEPS = """API key {key}, secret {secret}; basic authentication and HMAC both work.
To see what is sent, reply to it and set faults, open this in a browser:

  {url}/

For programs that you start from a shell:

  export MESSAGEMEDIA_BASE_URL={url}
  export MESSAGEMEDIA_API_KEY={shell_key}
  export MESSAGEMEDIA_API_SECRET={shell_secret}

Send a first message, and list what has arrived:

  curl -u {pair} -H 'Content-Type: application/json' -d '{message}' {url}/v1/messages
  curl {url}/__sandbox__/ledger
"""
_MESSAGE = '{"messages": [{"content": "Hello", "destination_number": "+61491570156"}]}'


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a sandbox until a signal comes; return the exit code."""
    given = parser().parse_args(arguments)
    try:
        run(
            given.port,
            given.key,
            given.secret,
            accounts=given.account,
            hosts=given.host,
            allowed_origins=given.allow_origin,
            browse=given.open,
        )
    except sandbox.MissingExtraError as missing:
        return _fail(str(missing))
    except OSError as error:
        return _fail(reason(error, given.port))
    return 0


def run(port: int, key: str, secret: str, *, browse: bool = False, **options: Any) -> None:
    """Run a sandbox until a signal comes; whoever has a command line calls this.

    Args:
        port: The port, or 0 for a free one.
        key: The key that is accepted.
        secret: Its secret.
        browse: Whether to open a browser at its address.
        **options: Further options of a sandbox.

    Raises:
        MissingExtraError: A package is missing.
        OSError: The port can't be listened on; `reason` says it in words.
    """
    server = sandbox.Sandbox(port=port, api_key=key, api_secret=secret, **options)
    with _stopped_by_signals() as stop:
        server.start()
        with contextlib.closing(server):
            print(server.url, flush=True)  # noqa: T201  the output is the point
            with contextlib.suppress(OSError):  # nobody may be reading
                sys.stderr.write(_next_steps(server.url, key, secret))
                if browse and not webbrowser.open(server.url):
                    sys.stderr.write("No browser could be opened.\n")
                sys.stderr.flush()
            while not stop.wait(1):  # a signal that comes just before it waits would not wake it
                pass


@contextlib.contextmanager
def _stopped_by_signals() -> Generator[threading.Event]:
    """An event that SIGTERM and Ctrl-C set, and not what they did before."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def reason(error: OSError, port: int) -> str:
    """Why a port can't be listened on, and what to do."""
    if error.errno != errno.EADDRINUSE:
        return str(error.strerror)
    return f"port {port} is taken; choose another with --port, or a free one with --port 0"


def _next_steps(url: str, key: str, secret: str) -> str:
    """What to do with a sandbox that has started."""
    return _NEXT_STEPS.format(
        url=url,
        key=key,
        secret=secret,
        shell_key=shlex.quote(key),
        shell_secret=shlex.quote(secret),
        pair=shlex.quote(f"{key}:{secret}"),
        message=_MESSAGE,
    )


def parser() -> argparse.ArgumentParser:
    """What reads the command line."""
    reader = argparse.ArgumentParser(
        prog="python -m messagemedia.sandbox",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    reader.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, help=f"port on 127.0.0.1; 0 takes a free one ({DEFAULT_PORT})"
    )
    key, secret = DEFAULTS.api_key, DEFAULTS.api_secret
    reader.add_argument("--key", type=_reader(KEY), default=key, help=f"API key that is accepted ({key})")
    reader.add_argument("--secret", type=_reader(FILLED), default=secret, help=f"secret of the key ({secret})")
    for option, metavar, rule, what in (
        ("--account", "ID", FILLED, "a sub-account"),
        ("--host", "NAME", HOST, "another host name that requests may use"),
        ("--allow-origin", "URL", ORIGIN, "origin of web pages that may make control calls"),
    ):
        reader.add_argument(
            option,
            metavar=metavar,
            type=_reader(rule),
            action="append",
            default=[],
            help=f"{what}; can be given several times",
        )
    reader.add_argument("--open", action="store_true", help="open a browser at its address")
    return reader


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdecimal() and len(text) <= 5 else -1
    if not PORT.fits(port):
        raise argparse.ArgumentTypeError("must be a number from 0 to 65535")
    return port


def _reader(rule: Rule) -> Callable[[str], str]:
    """What argparse reads a text with that must fit a rule."""

    def read(text: str) -> str:
        if not rule.fits(text):
            raise argparse.ArgumentTypeError(f"must be {rule.words}")
        return text

    return read


def _fail(message: str) -> int:
    sys.stderr.write(f"messagemedia.sandbox: {message}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
