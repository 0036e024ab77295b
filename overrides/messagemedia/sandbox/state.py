"""Accounts, messages, replies and delivery reports of a sandbox."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import threading
import uuid
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from datetime import datetime, timedelta

from messagemedia.sandbox.bodies import reply_to, report_of, unasked, with_attachments
from messagemedia.sandbox.changes import Changes
from messagemedia.sandbox.clock import Clock, moment_of, timestamp
from messagemedia.sandbox.conversations import SHOWN, Conversations
from messagemedia.sandbox.deliveries import Delivery, Happening, replied, reported, to_callback, to_webhooks
from messagemedia.sandbox.kept import Kept
from messagemedia.sandbox.mailbox import JsonObject, Mailbox, StoredMessage, StoredReply
from messagemedia.sandbox.options import Options
from messagemedia.sandbox.records import LedgerEntry
from messagemedia.sandbox.walk import Outcome, Step, outcome_of_number, plan

OnPush = Callable[[Delivery], None]
"""Takes what is to be pushed."""
OnPushExpected = Callable[[], None]
"""Told that a message was accepted whose steps will bring pushes."""


class State:
    """All that a sandbox remembers.

    The status of a message is a function of the clock: before anything is looked at, the steps that have
    become due are taken, in the order of their times. Every method takes the lock, so any thread may call it.
    """

    def __init__(
        self, options: Options, clock: Clock, changes: Changes, on_push: OnPush, on_push_expected: OnPushExpected
    ) -> None:
        self.options = options
        self.clock = clock
        self._changes = changes
        self._on_push = on_push
        self._on_push_expected = on_push_expected
        self._lock = threading.RLock()
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            names = (self.options.account, *self.options.accounts)
            self._mailboxes = {name: Mailbox() for name in names}
            self._ledger: Kept[LedgerEntry] = Kept(self.options.keep)
            self.conversations = Conversations(SHOWN)
            self.outcomes: dict[str, Outcome] = {}
            self._agenda: list[tuple[datetime, int, StoredMessage]] = []
            self._tiebreak = itertools.count()
            self._pushes_expected = False

    # --- what the API asks for ----------------------------------------------------------------------------

    def knows_account(self, account: str) -> bool:
        """Whether this is the account or one of its sub-accounts."""
        return account in self._mailboxes

    def accept(self, account: str, messages: Sequence[JsonObject], request: int | None = None) -> list[JsonObject]:
        """Accept all messages, and return them with their ids and status."""
        with self._lock:
            now = self.settle()
            return [self._accept(account, message, now, request).as_json() for message in messages]

    def find(self, account: str, message_id: str) -> JsonObject | None:
        """A message, unless there is none or it is no longer kept."""
        with self._lock:
            message = self._find(account, message_id)
            return None if message is None else message.as_json()

    def cancel(self, account: str, message_id: str) -> bool | None:
        """Cancel a message: True if it was scheduled, False if not, None if there is no such message."""
        with self._lock:
            message = self._find(account, message_id)
            if message is None:
                return None
            if message.status != "scheduled":
                return False
            message.reach("cancelled", self.clock.now())
            message.steps.clear()
            self._changes.note()
            return True

    def replies(self, account: str) -> list[JsonObject]:
        """The oldest unconfirmed replies."""
        with self._lock:
            return self._mailboxes[account].replies.oldest(100, kept_since=self._kept_since(self.settle()))

    def reports(self, account: str) -> list[JsonObject]:
        """The oldest unconfirmed delivery reports."""
        with self._lock:
            return self._mailboxes[account].reports.oldest(100, kept_since=self._kept_since(self.settle()))

    def confirm_replies(self, account: str, reply_ids: Iterable[str]) -> None:
        """Confirm replies."""
        with self._lock:
            self._mailboxes[account].replies.confirm(reply_ids)

    def confirm_reports(self, account: str, report_ids: Iterable[str]) -> None:
        """Confirm delivery reports."""
        with self._lock:
            self._mailboxes[account].reports.confirm(report_ids)

    def mailbox(self, account: str) -> Mailbox:
        """What belongs to an account: its webhooks and signature keys among it."""
        with self._lock:
            return self._mailboxes[account]

    def expect_pushes(self) -> None:
        """Know that steps of messages bring pushes from now on: to a `callback_url`, or to a webhook that was made."""
        with self._lock:
            self._pushes_expected = True
        self._on_push_expected()

    # --- what tests ask for -------------------------------------------------------------------------------

    def ledger(self, offset: int = 0) -> list[LedgerEntry]:
        """What was accepted, in its order."""
        with self._lock:
            return self._ledger.since(offset)

    def decide(self, destination_number: str, outcome: Outcome) -> None:
        """Decide how messages to a number end that are accepted from now on."""
        with self._lock:
            self.outcomes[destination_number.removeprefix("+")] = outcome
            self._changes.note()

    def end(self, message_id: str, outcome: Outcome) -> None:
        """Let a message of any account end so, at once."""
        with self._lock:
            now, message = self.settle(), self._of_any_account(message_id)
            if not message.steps:
                raise ValueError(f"the message already has a final status: {message.status}")
            message.steps = deque([Step(now, outcome.status, outcome.error_code)])
            self._note(message)
            self.settle()

    def status(self, message_id: str) -> str:
        """The status of a message of any account."""
        with self._lock:
            self.settle()
            return self._of_any_account(message_id).status

    def receive_reply(self, message_id: str, content: str, attachments: Sequence[JsonObject] = ()) -> str:
        """Let the recipient of a message answer it, and return the id of the reply."""
        with self._lock:
            now = self.settle()
            return self._reply_to(self._of_any_account(message_id), content, now, attachments)

    def receive_message(self, account: str, content: str, source_number: str, destination_number: str | None) -> str:
        """Let someone write who was sent no message, and return the id of the reply."""
        with self._lock:
            if account not in self._mailboxes:
                raise ValueError(f"there is no account {account!r}; the known accounts are {sorted(self._mailboxes)}")
            now = self.settle()
            reply = unasked(source_number, destination_number, content, now, self._vendor_account_id(account))
            self._mailboxes[account].replies.add(reply["reply_id"], now, reply)
            self._have_said(StoredReply(source_number, now, reply))
            self._tell(account, replied(reply, None, None))
            return str(reply["reply_id"])

    # --- what the pages ask for ---------------------------------------------------------------------------

    @contextlib.contextmanager
    def still(self) -> Generator[datetime]:
        """Take what is due, and let nothing change in the meantime."""
        with self._lock:
            yield self.settle()

    def message(self, message_id: str) -> StoredMessage | None:
        """A message of any account."""
        found = (mailbox.messages.get(message_id) for mailbox in self._mailboxes.values())
        return next((message for message in found if message is not None), None)

    def next_step(self) -> datetime | None:
        """When the next step of any message is due."""
        with self._lock:
            while self._agenda and not self._agenda[0][2].steps:  # of a message that was cancelled
                heapq.heappop(self._agenda)
            return self._agenda[0][0] if self._agenda else None

    # --- time ---------------------------------------------------------------------------------------------

    def settle(self) -> datetime:
        """Take every step that has become due, and return the time it is."""
        with self._lock:
            now = self.clock.now()
            while self._agenda and self._agenda[0][0] <= now:
                _, _, message = heapq.heappop(self._agenda)
                if message.steps:  # none are left of a message that was cancelled
                    self._take(message, message.steps.popleft())
                    self._note(message)
            return now

    def next_push(self) -> datetime | None:
        """When the next step is due that could bring a push."""
        with self._lock:
            return self.next_step() if self._pushes_expected else None

    def _note(self, message: StoredMessage) -> None:
        if message.steps:
            heapq.heappush(self._agenda, (message.steps[0].at, next(self._tiebreak), message))

    def _take(self, message: StoredMessage, step: Step) -> None:
        if step.status is not None:
            message.reach(step.status, step.at, step.error_code)
            if step.status != "scheduled" and message.fields.get("delivery_report"):
                self._report(message, step)
        if step.reply is not None:
            self._reply_to(message, step.reply, step.at)
        self._changes.note()

    # --- the parts ----------------------------------------------------------------------------------------

    def _accept(self, account: str, fields: JsonObject, now: datetime, request: int | None) -> StoredMessage:
        number = str(fields["destination_number"])
        steps = plan(
            now,
            self.outcomes.get(number.removeprefix("+")) or outcome_of_number(number),
            step=timedelta(seconds=self.options.step_seconds),
            scheduled=moment_of(fields, "scheduled"),
            expiry=moment_of(fields, "message_expiry_timestamp"),
        )
        message = StoredMessage(str(uuid.uuid4()), account, fields, now, deque(steps), request)
        self._mailboxes[account].messages[message.message_id] = message
        dropped = self._ledger.add(LedgerEntry(self._ledger.added, message.message_id, account, fields, now))
        if dropped is not None:
            del self._mailboxes[dropped.account].messages[dropped.message_id]
        self._have_said(message)
        self._note(message)
        if message.callback_url is not None:
            self.expect_pushes()
        return message

    def _find(self, account: str, message_id: str) -> StoredMessage | None:
        now = self.settle()
        message = self._mailboxes[account].messages.get(message_id)
        return None if message is None or message.accepted < self._kept_since(now) else message

    def _of_any_account(self, message_id: str) -> StoredMessage:
        if (message := self.message(message_id)) is None:
            raise ValueError(f"there is no message {message_id!r}")
        return message

    def _have_said(self, said: StoredMessage | StoredReply) -> None:
        self.conversations.add(said)
        self._changes.note()

    def _kept_since(self, now: datetime) -> datetime:
        return now - timedelta(days=self.options.retention_days)

    def _vendor_account_id(self, account: str) -> JsonObject:
        return {"vendor_id": self.options.vendor_id, "account_id": account}

    def _report(self, message: StoredMessage, step: Step) -> None:
        account = self._vendor_account_id(message.account)
        report = report_of(message, step, account, self.options.billing_units)
        pushed = report if step.error_code is None else {**report, "error_code": step.error_code}
        polled = pushed if self.options.error_code_in_polled_reports else report
        message.reports.append(pushed)
        if self._is_polled(message):
            self._mailboxes[message.account].reports.add(report["delivery_report_id"], step.at, polled)
        self._push("delivery_report", message, pushed)
        self._tell(message.account, reported(pushed, timestamp(message.accepted)))

    def _reply_to(
        self, message: StoredMessage, content: str, at: datetime, attachments: Sequence[JsonObject] = ()
    ) -> str:
        reply = reply_to(message, content, at, self._vendor_account_id(message.account))
        if self._is_polled(message):
            self._mailboxes[message.account].replies.add(reply["reply_id"], at, reply)
        pushed = with_attachments(reply, attachments)
        message.replies.append(StoredReply(message.number, at, pushed))
        self._have_said(message.replies[-1])
        self._push("reply", message, pushed)
        self._tell(message.account, replied(pushed, timestamp(message.accepted), message.content))
        return str(reply["reply_id"])

    def _is_polled(self, message: StoredMessage) -> bool:
        return self.options.pushed_also_polled or message.callback_url is None

    def _push(self, kind: str, message: StoredMessage, body: JsonObject) -> None:
        if message.callback_url is not None:
            self._on_push(to_callback(kind, message.callback_url, body, self._mailboxes[message.account].keys))

    def _tell(self, account: str, happenings: Iterable[Happening]) -> None:
        """Push to the webhooks that want this event."""
        mailbox = self._mailboxes[account]
        if webhooks := mailbox.webhooks.all():
            for happening in happenings:
                for delivery in to_webhooks(happening, webhooks, mailbox.keys):
                    self._on_push(delivery)
