"""A local server that behaves like the Messages API, for demos and tests.

It needs the extra `sandbox` (`pip install 'messagemedia[sandbox]'`), listens only on 127.0.0.1, and shares no code with
the client that it is used to test: it verifies signatures and validates requests from its own reading of the contract.

In a test:

    with Sandbox() as sandbox:
        client = ...  # base URL sandbox.url, key SANDBOX_KEY, secret SANDBOX_SECRET
        sandbox.advance(seconds=10)                       # every message is delivered now
        sandbox.reply("Thanks!", message_id=...)          # and one person replies
        sandbox.fault("drop_after_accept", operation="sendMessages")
        assert sandbox.ledger[0].message["content"] == "Hello"

As a process. Once it is ready, it prints its URL as the only line of its output, and instructions on standard error. It
stops on SIGTERM or Ctrl-C:

    python -m messagemedia.sandbox      # port 8463, key SANDBOX_KEY, secret SANDBOX_SECRET; see --help

A message goes through `queued` → `enroute` → `submitted` → `delivered`, one step per `Options.step_seconds` of the
sandbox's clock, which runs by itself and can be advanced. With `scheduled` in the future, it is first `scheduled`; it
becomes `expired` if `message_expiry_timestamp` comes first. Numbers of the unassigned country code 999 end differently:

    +99900000CCC    ends with the delivery report code CCC, such as 305 (rejected) or 401 (expired)
    +99900000001    is delivered, and answers "Thanks!" one step later
    +99900000002    is delivered, and answers "STOP" one step later

and `Sandbox.outcome` decides how messages to any other number end. Replies and delivery reports are pushed to a
`callback_url` or a webhook only if it is on loopback; the sandbox connects to nothing else. Webhooks and signature keys
work as in the API, and the keys are real ones: with one of them enabled, pushes are signed.

In a browser, its own address shows all of this as it happens: conversations as on a phone, each message with its
request, and faults that you can set.

Another process can drive the sandbox by control calls: JSON in, JSON out, no authentication. The fields of their bodies
are named like the parameters of the methods of `Sandbox`, and are sent as `application/json`.

    GET    /__sandbox__/           the clock, the known operations and the active faults
    GET    /__sandbox__/events     the number of changes; `?after=N` waits until it changes, 25 s at most
    GET    /__sandbox__/ledger     every accepted message; `?offset=N` leaves out the first N
    GET    /__sandbox__/requests   the last 10,000 requests to the API; `?offset=N` as above
    GET    /__sandbox__/pushes     every attempt to push a reply or a delivery report; `?offset=N` as above
    GET    /__sandbox__/signing_key    the enabled signature key, with its private key
    POST   /__sandbox__/advance    {"seconds": 10}
    POST   /__sandbox__/next       advance to the next event
    POST   /__sandbox__/pause      stop the clock
    POST   /__sandbox__/resume     let the clock run
    POST   /__sandbox__/reply      {"content": "Thanks!", "message_id": "..."}
    POST   /__sandbox__/outcome    {"destination_number": "+61491570156", "status": "rejected"}
    POST   /__sandbox__/fault      {"kind": "rate_limit", "operation": "sendMessages", "retry_after": 2}
    DELETE /__sandbox__/fault      remove all faults
    POST   /__sandbox__/reset      as freshly started

Web pages of other origins can't make control calls, and requests must be addressed to `localhost` or a loopback
address. `Options.allowed_origins` and `Options.hosts` (`--allow-origin` and `--host`) allow more, such as the page of
an end-to-end test.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

from messagemedia.sandbox.faults import Fault, FaultKind
from messagemedia.sandbox.options import Options
from messagemedia.sandbox.records import LedgerEntry, PushAttempt, RequestRecord

if TYPE_CHECKING:
    from messagemedia.sandbox.sandbox import Sandbox

__all__ = [
    "Fault",
    "FaultKind",
    "LedgerEntry",
    "MissingExtraError",
    "Options",
    "PushAttempt",
    "RequestRecord",
    "Sandbox",
]

# The packages that are imported when `Sandbox` is first used.
_EXTRA = frozenset({"jinja2", "jsonschema", "referencing", "starlette", "uvicorn"})


class MissingExtraError(ImportError):
    """The packages of the extra `sandbox` are not installed."""


def __getattr__(name: str) -> Any:
    """Import `Sandbox` when it is first used, because only it needs the packages of the extra."""
    if name != "Sandbox":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = importlib.import_module("messagemedia.sandbox.sandbox")
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] not in _EXTRA:
            raise
        raise MissingExtraError(
            f"the sandbox needs {missing.name!r}; install it with: pip install 'messagemedia[sandbox]'",
            name=missing.name,
        ) from missing
    return module.Sandbox


def __dir__() -> list[str]:
    """All names, so that help() and completion know `Sandbox`; without the extra, those that can be used."""
    usable = all(importlib.util.find_spec(name) for name in _EXTRA)
    return sorted({*globals(), *__all__} - (set() if usable else {"Sandbox"}))
