"""`Outbox`: what an application sent (`sent`), and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Literal, Self

from messagemedia import webhooks
from messagemedia.sandbox import Sandbox
from messagemedia.sandbox.answers import BAD_REQUEST
from messagemedia.sandbox.push import SKIPPED
from messagemedia.testing.environment import leading_to
from messagemedia.testing.guard import Guard
from messagemedia.testing.sent import SEND, Sent
from messagemedia.testing.views import View, signing_key

SendOutcome = Literal["accepted", "refused", "unknown", "rate_limited"]
"""The possible outcomes of a send, for `Outbox.decide`."""

_STEPS = 4  # enroute, submitted, delivered, and the reply of a magic number


class Outbox(Sent):
    """What was sent to a sandbox: every accepted message, as a `SentMessage` with its current status.

    It is a sequence, oldest first, with the fields that your application set (`content`, `destination_number`,
    `metadata`, `scheduled` and so on), and with `message_id` and `status`. Refused messages are not in it; each request
    is in `sandbox.requests`.

        outbox.assert_sent(content="Your code is 1234", destination_number="+61491570156", times=1)
        outbox.last.metadata
        outbox.reply("STOP")

    With pytest, use the fixture `messagemedia_outbox`. Elsewhere, `with Outbox() as outbox:` runs a sandbox of its own,
    points `Client()` to it within the block, and refuses real hosts of the API; with unittest, call
    `self.enterContext(Outbox())` in `setUp`.

    Attributes:
        sandbox: The sandbox, for everything that has no shortcut here: `advance`, `fault`, `outcome`, `requests`.
    """

    def __init__(self, sandbox: Sandbox | None = None) -> None:
        """Use a running sandbox, or one that runs while this is used as a context manager.

        Raises:
            MissingExtraError: The packages of the extra `sandbox` are not installed.
        """
        super().__init__(Sandbox() if sandbox is None else sandbox)
        self._is_own = sandbox is None
        self._open = ExitStack()
        self._views: dict[str | None, View] = {}
        self._pushed = 0

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            if self._is_own:
                opening.enter_context(self.sandbox)
            opening.enter_context(leading_to(self.sandbox.url, self.sandbox.options))
            opening.enter_context(Guard().watching())
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, traceback)

    # --- what becomes of it -------------------------------------------------------------------------------

    def reply(self, content: str, *, to: str | None = None, attachments: Sequence[Mapping[str, str]] = ()) -> str:
        """Let the recipient of the last message answer it, and return the id of the reply.

        It can be fetched with `client.replies`, and has been pushed when this returns (see `push`). A word such as STOP
        is also an opt-out.

        Args:
            content: The text of the reply.
            to: The number whose last message is answered; if left out, the last message of all.
            attachments: The files of an MMS, see `Sandbox.reply`.

        Raises:
            AssertionError: Nothing was sent, or a push was refused.
        """
        reply_id = self.sandbox.reply(content, message_id=self.last_to(to).message_id, attachments=attachments)
        self.push()
        return reply_id

    def deliver(self) -> None:
        """Let the time pass that messages take to be delivered, and push their delivery reports.

        Messages that are scheduled for later stay so: `outbox.sandbox.advance(seconds)` lets more time pass.

        Raises:
            AssertionError: A push was refused.
        """
        self.sandbox.advance(self.sandbox.options.step_seconds * _STEPS)
        self.push()

    def fail(self, status: str = "failed", *, to: str | None = None, error_code: str | None = None) -> None:
        """Give the last message this final status, at once, and push its delivery report.

        Args:
            status: The final status: `failed`, `rejected`, `expired`, `undeliverable` or any other.
            to: The number whose last message is meant; if left out, the last message of all.
            error_code: The code of the delivery report; if left out, the usual one for the status.

        Raises:
            AssertionError: Nothing was sent, or a push was refused.
            ValueError: There is no such status, or the message already has a final one.
        """
        self.sandbox.end(self.last_to(to).message_id, status, error_code=error_code)
        self.push()

    # --- what becomes of the next send --------------------------------------------------------------------

    def unknown(self, *, accepted: bool = True, times: int | None = 1) -> None:
        """Accept the next send, but lose the answer: the client raises an `OutcomeUnknownError`.

        An application that then sends again has sent twice, which `assert_sent(…, times=1)` finds.

        Args:
            accepted: Whether the message is accepted; if False, it is lost as well, and the client can't tell the
                difference.
            times: How many sends; if None, all from now on.
        """
        self.sandbox.fault("drop_after_accept" if accepted else "drop_before", operation=SEND, times=times)

    def rate_limit(self, *, times: int | None = 1, retry_after: int | None = 3600) -> None:
        """Refuse the next send with 429, so that nothing is sent.

        Args:
            times: How many sends; if None, all from now on.
            retry_after: The seconds in `Retry-After`. With more than 60, a client raises a `RateLimitError` at once;
                otherwise it waits that long, at least half a second, and retries.
        """
        self.sandbox.fault("rate_limit", operation=SEND, times=times, retry_after=retry_after)

    def refuse(self, *details: str, times: int | None = 1) -> None:
        """Refuse the next send with 400, so that nothing is sent: the client raises a `BadRequestError`.

        Args:
            *details: The problems that the server reports.
            times: How many sends; if None, all from now on.
        """
        body = json.dumps({"message": BAD_REQUEST, "details": details or ["messages: refused by the test"]})
        headers = {"Content-Type": "application/json"}
        self.sandbox.fault("answer", operation=SEND, times=times, status=400, body=body, headers=headers)

    def decide(self, outcome: SendOutcome) -> None:
        """Give every send from now on this outcome.

        Raises:
            ValueError: There is no such outcome.
        """
        match outcome:
            case "accepted":
                self.sandbox.clear_faults()
            case "refused":
                self.refuse(times=None)
            case "unknown":
                self.unknown(times=None)
            case "rate_limited":
                self.rate_limit(times=None)
            case _:
                raise ValueError(f"outcome must be accepted, refused, unknown or rate_limited, not {outcome!r}")

    # --- pushes -------------------------------------------------------------------------------------------

    @property
    def public_keys(self) -> Mapping[str, str]:
        """The keys that pushes are verified with: `Webhooks(outbox.public_keys)`."""
        return {signing_key().key_id: signing_key().public_key}

    def push_to(self, application: Any, path: str | None = None) -> None:
        """Push replies, delivery reports and opt-outs to an application of the test from now on, signed.

            outbox.push_to(app, "/hooks")    # Flask, FastAPI, Django, webhooks.wsgi(), …

        The application is called in the thread of the test, so exceptions reach the test and the database is the same.
        Only an ASGI application gets an event loop of its own, if one is already running here.

        Args:
            application: An ASGI or WSGI application, or the address of a server.
            path: The path to push everything to, like a webhook of the account. If left out, only what belongs to a
                message with a `callback_url` is pushed, to the path of that URL.

        Raises:
            ValueError: The path does not begin with a slash, or is given together with an address.
            TypeError: It is not an application.
        """
        view = View(application, path)
        webhook = self._register() if view.takes_all else None
        self._views[webhook] = view

    def _register(self) -> str:
        # To an address that the sandbox does not connect to, so that it only says what would be pushed.
        url = f"https://view-{len(self._views)}.invalid"
        return self.sandbox.webhook(url, template=webhooks.template())

    def push(self) -> None:
        """Push what is due, for instance after `outbox.sandbox.advance(…)`; all other methods here do so by themselves.

        The sandbox itself pushes to a `callback_url` on loopback, and this method waits for it. Pushes to any other
        address go to the applications that were passed to `push_to`.

        Raises:
            AssertionError: An application answered a push with anything but a 2xx.
            TimeoutError: A server on loopback took longer than five seconds.
        """
        self.sandbox.wait_for_pushes()
        while len(attempts := self.sandbox.pushes) > self._pushed:
            attempt = attempts[self._pushed]
            self._pushed += 1
            view = self._views.get(attempt.webhook_id)
            if view is not None and attempt.error == SKIPPED:
                view.push(attempt)
