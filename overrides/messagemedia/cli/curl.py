"""`curl`: a request as it would be sent, for a support ticket."""

from __future__ import annotations

import re
import shlex
import sys
from datetime import UTC, datetime
from urllib.parse import urlsplit

import click

from messagemedia._secret import presentable
from messagemedia.cli.frame import command
from messagemedia.cli.reading import Text
from messagemedia.cli.session import Session


@command(
    "curl",
    [
        "messagemedia curl GET /v1/replies",
        """messagemedia curl POST /v1/messages --data '{"messages": []}'""",
    ],
)
@click.argument("method", type=click.Choice(["GET", "POST", "PUT", "PATCH", "DELETE"], case_sensitive=False))
@click.argument("path", metavar="PATH")
@click.option("--data", metavar="JSON", type=Text(), help="The body; - reads it from standard input.")
def curl(session: Session, /, method: str, path: str, data: str | None) -> None:
    """Print a signed request as a curl command, without its secrets; nothing is sent.

    The key is shortened; the signature, the credentials and phone numbers are hidden. You can show the output to
    others.
    """
    if not path.startswith("/"):
        raise click.UsageError("PATH begins with a slash, such as /v1/replies.")
    client = session.client
    body = None if data is None else sys.stdin.buffer.read() if data == "-" else data.encode()
    url = client.base_url + path
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    headers = {"Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = "application/json; charset=utf-8"
    if client.account:
        headers["Account"] = client.account
    headers |= client.auth.headers(method, target, body, datetime.now(UTC))
    words = [f"curl -X {method} {shlex.quote(url)}"]
    words += [f"-H {shlex.quote(_hidden(f'{name}: {value}'))}" for name, value in headers.items()]
    if body is not None:
        words.append(f"--data-binary {shlex.quote(presentable(body.decode('utf-8', 'replace')))}")
    session.out.line(" \\\n  ".join(words))


def _hidden(header: str) -> str:
    """A header without what is secret in it."""
    without_key = re.sub(r'(username="[^"]{0,3})[^"]*', r"\g<1>…", str.__str__(header))
    return re.sub(r"^(Authorization: (?!hmac )\S+ ).*", r"\g<1><secret>", presentable(without_key))
