"""`python -m messagemedia.sandbox`: the sandbox as a process."""

from __future__ import annotations

import argparse
import contextlib
import errno
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from types import FrameType

from messagemedia import sandbox
from messagemedia.sandbox.checks import FILLED, KEY, PORT, Rule

_DESCRIPTION = """\
A local server that behaves like the Messages API: it verifies signatures, walks messages through
their statuses, and takes no message anywhere. It prints its URL alone on the first line once it
answers, says on stderr how to use it, and stops on SIGTERM or Ctrl-C."""

_EPILOG = """\
Another process can drive it by control calls, for example
  curl -H 'Content-Type: application/json' -d '{"seconds": 10}' URL/__sandbox__/advance
  curl URL/__sandbox__/ledger
All of them are explained by: python -c 'import messagemedia.sandbox; help(messagemedia.sandbox)'"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a sandbox until a signal comes; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        server = sandbox.Sandbox(
            port=options.port,
            api_key=options.key,
            api_secret=options.secret,
            accounts=tuple(options.account),
            hosts=tuple(options.host),
            allowed_origins=tuple(options.allow_origin),
        )
    except sandbox.MissingExtraError as missing:
        return _fail(str(missing))
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    try:
        server.start()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            return _fail(str(error.strerror))
        return _fail(f"port {options.port} is taken; choose another with --port, or a free one with --port 0")
    with contextlib.closing(server):
        print(server.url, flush=True)  # noqa: T201  the output is the point
        sys.stderr.write(_next_steps(server.url, options.key, options.secret))
        sys.stderr.flush()
        stop.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m messagemedia.sandbox",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=_port, default=8463, help="port on 127.0.0.1; 0 takes a free one (8463)")
    parser.add_argument(
        "--key", type=_reader(KEY), default="SANDBOX_KEY", help="API key that is accepted (SANDBOX_KEY)"
    )
    parser.add_argument(
        "--secret", type=_reader(FILLED), default="SANDBOX_SECRET", help="secret of the key (SANDBOX_SECRET)"
    )
    parser.add_argument(
        "--account",
        type=_reader(FILLED),
        action="append",
        default=[],
        help="id of a sub-account; may be given several times",
    )
    parser.add_argument(
        "--host",
        type=_reader(FILLED),
        action="append",
        default=[],
        metavar="NAME",
        help="a further name by which it is addressed, such as a container's; may be given several times",
    )
    parser.add_argument(
        "--allow-origin",
        type=_reader(FILLED),
        action="append",
        default=[],
        metavar="URL",
        help="an origin whose pages may make control calls, for end-to-end tests; may be given several times",
    )
    return parser


def _next_steps(url: str, key: str, secret: str) -> str:
    """What to paste into another shell."""
    variables = {"BASE_URL": url, "API_KEY": key, "API_SECRET": secret}
    message = "content='Hello', destination_number='+61491570156'"
    exports = "\n".join(f"  export MESSAGEMEDIA_{name}={shlex.quote(value)}" for name, value in variables.items())
    return f"""\
key {key}, secret {secret}. To use the sandbox in another shell, paste there:
{exports}
and send a first message:
  python -c "from messagemedia import Client; Client().messages.send({message})"
  curl {url}/__sandbox__/ledger
"""


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
