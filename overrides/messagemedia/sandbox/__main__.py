"""`python -m messagemedia.sandbox`: the sandbox as a process."""

import argparse
import contextlib
import errno
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType

from messagemedia import sandbox

_DESCRIPTION = """\
A local server that behaves like the Messages API: it verifies signatures, walks messages through
their statuses, and takes no message anywhere. It prints its URL on the first line once it answers,
and stops on SIGTERM or Ctrl-C."""

_EPILOG = """\
Another process can drive it by control calls, for example
  curl -d '{"seconds": 10}' URL/__sandbox__/advance
  curl URL/__sandbox__/ledger
All of them are explained by: python -c 'import messagemedia.sandbox; help(messagemedia.sandbox)'"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a sandbox until a signal comes; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        server = sandbox.Sandbox(
            port=options.port, api_key=options.key, api_secret=options.secret, accounts=tuple(options.account)
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
            return _fail(f"cannot listen on port {options.port}: {error.strerror}")
        return _fail(f"port {options.port} is taken; choose another with --port, or a free one with --port 0")
    with contextlib.closing(server):
        print(server.url, flush=True)  # noqa: T201  the output is the point
        stop.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m messagemedia.sandbox",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=_port, default=8025, help="port on 127.0.0.1; 0 takes a free one (8025)")
    parser.add_argument("--key", default="SANDBOX_KEY", help="API key that is accepted (SANDBOX_KEY)")
    parser.add_argument("--secret", default="SANDBOX_SECRET", help="secret of the key (SANDBOX_SECRET)")
    parser.add_argument(
        "--account", action="append", default=[], help="id of a sub-account; may be given several times"
    )
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is not between 0 and 65535")
    return port


def _fail(message: str) -> int:
    sys.stderr.write(f"messagemedia.sandbox: {message}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
