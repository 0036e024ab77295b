"""A message as code, to be copied."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from messagemedia.sandbox.options import Options

_TIMES = ("scheduled", "message_expiry_timestamp")
_DEFAULTS = Options()


def python(fields: Mapping[str, Any], options: Options, url: str) -> str:
    """A program that sends a message as this one."""
    secret = _secret(options)
    imports = [
        *(["import os"] if secret is None else []),
        *(["from datetime import datetime"] if any(name in fields for name in _TIMES) else []),
    ]
    arguments = [
        literal(options.api_key),
        "os.environ['MESSAGEMEDIA_API_SECRET']" if secret is None else literal(secret),
    ]
    arguments.append(f"base_url={literal(url)}")
    if not str(fields["destination_number"]).startswith("+"):
        arguments.append("national_numbers=True")
    lines = [
        *imports,
        *([""] if imports else []),
        "from messagemedia import Client",
        "",
        f"with Client({', '.join(arguments)}) as client:",
        "    sent = client.messages.send(",
        *(f"        {name}={_value(name, value)}," for name, value in fields.items()),
        "    )",
    ]
    return "\n".join(lines)


def curl(fields: Mapping[str, Any], options: Options, url: str) -> str:
    """A command that sends a message as this one."""
    body = json.dumps({"messages": [fields]}, ensure_ascii=True)
    secret = _secret(options)
    pair = f'{shlex.quote(options.api_key)}:"$MESSAGEMEDIA_API_SECRET"'
    if secret is not None:
        pair = shlex.quote(f"{options.api_key}:{secret}")
    lines = (
        f"curl -u {pair} \\",
        "  -H 'Content-Type: application/json' \\",
        f"  -d {shlex.quote(body)} \\",
        f"  {shlex.quote(f'{url}/v1/messages')}",
    )
    return "\n".join(lines)


def pytest(fields: Mapping[str, Any], status: str, replies: list[str]) -> str:
    """A test of an application that sends a message as this one, with what came of it."""
    number = literal(str(fields["destination_number"]))
    lines = [
        "def test_the_message_is_sent(messagemedia_outbox):",
        "    ...  # let your application send",
        "    messagemedia_outbox.assert_sent(",
        f"        content={literal(str(fields['content']))},",
        f"        destination_number={number},",
        "    )",
    ]
    if status in {"rejected", "failed", "expired", "undeliverable"}:
        lines.append(f"    messagemedia_outbox.fail({literal(status)})")
    if status in {"delivered", "read"}:
        lines.append("    messagemedia_outbox.deliver()")
    lines += [f"    messagemedia_outbox.reply({literal(content)})" for content in replies]
    return "\n".join(lines)


def _secret(options: Options) -> str | None:
    """The secret, if everybody knows it: one that somebody has chosen is not shown."""
    return options.api_secret if options.api_secret == _DEFAULTS.api_secret else None


def _value(name: str, value: Any) -> str:
    return f"datetime.fromisoformat({literal(value.upper())})" if name in _TIMES else _literal(value)


def _literal(value: Any) -> str:
    return literal(value) if isinstance(value, str) else ascii(value)


def literal(value: str) -> str:
    """A text as source, with nothing in it that an editor would show otherwise than it is."""
    return json.dumps(value) if value.isascii() and value.isprintable() else repr(value)
