"""What happens in a sandbox, whoever serves it: its clock, its records, and what shall happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from messagemedia.sandbox import contract
from messagemedia.sandbox.application import RequestLog
from messagemedia.sandbox.arming import Faults
from messagemedia.sandbox.changes import Changes
from messagemedia.sandbox.checks import ATTACHMENTS, TEXT, check_names, one_of
from messagemedia.sandbox.clock import Clock
from messagemedia.sandbox.faults import Fault, FaultKind
from messagemedia.sandbox.options import Options
from messagemedia.sandbox.push import Pusher
from messagemedia.sandbox.records import LedgerEntry, PushAttempt, RequestRecord
from messagemedia.sandbox.state import State
from messagemedia.sandbox.walk import outcome as walk_outcome


class World:
    """A sandbox without its server."""

    def __init__(self, options: Options) -> None:
        """Make a world in which nothing has happened yet."""
        self.options = options
        self._changes = Changes()
        self._clock = Clock(self.options.clock_start, runs=self.options.clock_runs)
        self._pusher = Pusher(self.options, self._clock, self._changes)
        self._state = State(self.options, self._clock, self._changes, self._pusher.enqueue, self._pusher.wake)
        self._faults = Faults(self._changes)
        self._log = RequestLog(self.options.keep, self._changes)
        self._contract = contract.load()

    # --- the clock ----------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """What the sandbox's clock shows."""
        return self._clock.now()

    @property
    def runs(self) -> bool:
        """Whether the clock runs by itself; see `pause` and `resume`."""
        return self._clock.runs

    def advance(self, seconds: float) -> None:
        """Advance the clock at once, with statuses and everything else that depends on it.

        Raises:
            ValueError: If `seconds` is not a number, is negative, or goes beyond the last date that can be expressed.
        """
        self._clock.advance(seconds)
        self._time_changed()

    def pause(self) -> None:
        """Stop the clock until it is advanced or resumed."""
        self._clock.run(runs=False)
        self._time_changed()

    def resume(self) -> None:
        """Let the clock run by itself from now on."""
        self._clock.run(runs=True)
        self._time_changed()

    @property
    def next_event(self) -> datetime | None:
        """When something happens next: a status, a reply, or the retry of a push; None if nothing does."""
        self._state.settle()
        return min(filter(None, (self._state.next_step(), self._pusher.next_due())), default=None)

    def advance_to_next_event(self) -> None:
        """Advance the clock to the next event, if there is one."""
        if (due := self.next_event) is not None:
            self.advance(max(0.0, (due - self._clock.now()).total_seconds()))

    def _time_changed(self) -> None:
        self._state.settle()
        self._pusher.wake()
        self._changes.note()

    # --- what happened ------------------------------------------------------------------------------------

    @property
    def ledger(self) -> list[LedgerEntry]:
        """Every accepted message, in order; only the newest, if `Options.keep` is set."""
        return self._state.ledger()

    @property
    def requests(self) -> list[RequestRecord]:
        """The requests to the API, in order of arrival: the last 10,000, or as many as `Options.keep` says."""
        return self._log.records()

    @property
    def pushes(self) -> list[PushAttempt]:
        """Every attempt to push a reply or a delivery report, including skipped ones; see `Options.keep`."""
        return self._pusher.attempts()

    @property
    def operations(self) -> list[str]:
        """The ids of the contract's operations."""
        return sorted(self._contract.operations)

    @property
    def message_statuses(self) -> list[str]:
        """Every status that a message can have."""
        return self._contract.message_statuses

    def status(self, message_id: str) -> str:
        """The current status of a message."""
        return self._state.status(message_id)

    def signing_key(self, account: str | None = None) -> dict[str, str] | None:
        """The enabled signature key of an account, as `key_id` and `private_key` in PEM, to sign as the service would.

        None if no key is enabled.

        Args:
            account: The account; the main one, if left out.

        Raises:
            ValueError: There is no such account.
        """
        wanted = account or self.options.account
        if not self._state.knows_account(wanted):
            raise ValueError(f"there is no account {wanted!r}")
        key = self._state.mailbox(wanted).keys.enabled()
        return None if key is None else key.as_pem()

    def wait_for_pushes(self, timeout: float = 5.0) -> None:
        """Wait until everything that is due by the sandbox's clock has been pushed.

        Raises:
            TimeoutError: If it took longer than `timeout` seconds.
        """
        self._state.settle()
        if not self._pusher.wait(timeout):
            raise TimeoutError(f"after {timeout} seconds some pushes are still in progress")

    # --- what shall happen --------------------------------------------------------------------------------

    def reply(
        self,
        content: str,
        *,
        message_id: str | None = None,
        source_number: str | None = None,
        destination_number: str | None = None,
        account: str | None = None,
        attachments: Sequence[Mapping[str, str]] = (),
    ) -> str:
        """Receive a reply from a person, and return its id.

        Args:
            content: The text of the reply.
            message_id: The message that it answers.
            source_number: The sender, if it does not answer a message.
            destination_number: The number it is sent to, if it does not answer a message.
            account: Whose number that is; the main account's, if left out.
            attachments: The files of an MMS, each with `content_type`, `content` (base64) and
                `original_name`. They come only with pushes.

        Raises:
            ValueError: If the message or account is unknown, or the arguments do not fit together.
        """
        TEXT.check("content", content)
        numbers = {"source_number": source_number, "destination_number": destination_number}
        for name, value in {"message_id": message_id, **numbers, "account": account}.items():
            TEXT.or_none.check(name, value)
        ATTACHMENTS.check("attachments", attachments)
        if message_id is not None:
            if source_number is not None or destination_number is not None or account is not None:
                raise ValueError("numbers and account follow from the message; give either them or message_id")
            return self._state.receive_reply(message_id, content, [dict(item) for item in attachments])
        if source_number is None:
            raise ValueError("a reply needs message_id, or source_number if it answers no message")
        if attachments:
            raise ValueError("attachments come only with pushes, and there is no push without message_id")
        return self._state.receive_message(account or self.options.account, content, source_number, destination_number)

    def outcome(
        self, destination_number: str, status: str, *, error_code: str | None = None, reply: str | None = None
    ) -> None:
        """Decide how messages to a number end, if they are accepted from now on.

        Args:
            destination_number: The number, written as in the messages.
            status: Their final status, such as `rejected`.
            error_code: The code of the last delivery report; if left out, the usual one for the status.
            reply: What the recipient replies at the end.

        Raises:
            ValueError: If the contract has no such status.
        """
        TEXT.check("destination_number", destination_number)
        one_of(self._contract.message_statuses).check("status", status)
        TEXT.or_none.check("error_code", error_code)
        TEXT.or_none.check("reply", reply)
        self._state.decide(destination_number, walk_outcome(status, error_code, reply))

    def end(self, message_id: str, status: str, *, error_code: str | None = None) -> None:
        """Give a message that was already sent its final status, at once, without the statuses in between.

        Args:
            message_id: The message.
            status: Its final status, such as `rejected`.
            error_code: The code of the delivery report; if left out, the usual one for the status.

        Raises:
            ValueError: If there is no such message or status, or the message already has a final status.
        """
        TEXT.check("message_id", message_id)
        one_of(self._contract.message_statuses).check("status", status)
        TEXT.or_none.check("error_code", error_code)
        self._state.end(message_id, walk_outcome(status, error_code))

    def webhook(self, url: str, *, template: str | None = None) -> str:
        """Create a webhook of the main account for every kind of event, and return its id; `createWebhook` can do more.

        Args:
            url: The address to push to, by POST and as JSON. If it is not on loopback, `pushes` shows what would be
                pushed.
            template: The template of the body; without it, each event has the fields of its example.

        Raises:
            ValueError: If the account already has a webhook with this address, or the maximum number of webhooks.
        """
        TEXT.check("url", url)
        TEXT.or_none.check("template", template)
        fields = {"url": url, "method": "POST", "encoding": "JSON", "events": self._contract.webhook_events}
        if template is not None:
            fields["template"] = template
        made = self._state.mailbox(self.options.account).webhooks.create(fields, limit=self.options.webhook_limit)
        self._state.expect_pushes()
        return str(made["id"])

    def fault(
        self,
        kind: FaultKind,
        *,
        operation: str | None = None,
        times: int | None = 1,
        after: int = 0,
        **details: Any,
    ) -> Fault:
        """Make something go wrong; `Fault` explains the kinds and their details.

        Args:
            kind: What goes wrong.
            operation: The operationId it applies to, or None for all.
            times: How many requests it applies to, or None for all.
            after: How many requests it lets pass first.
            **details: Further attributes of `Fault`, such as `seconds=5`.

        Raises:
            TypeError: If `Fault` has no such attribute.
            ValueError: If there is no such kind or operation, or an attribute is not valid.
        """
        check_names("fault", details, attrs.fields_dict(Fault))
        fault = Fault(kind=kind, operation=operation, times=times, after=after, **details)
        self._faults.add(fault, self._contract.operations)
        return fault

    @property
    def faults(self) -> list[Fault]:
        """The faults that are still active."""
        return [armed.fault for armed in self._faults.armed()]

    def clear_faults(self) -> None:
        """Remove all faults."""
        self._faults.clear()

    def reset(self) -> None:
        """Forget everything, and set the clock back to its start."""
        self._clock.reset()
        self._faults.clear()
        self._log.reset()
        self._state.reset()
        self._pusher.reset()
        self._time_changed()
