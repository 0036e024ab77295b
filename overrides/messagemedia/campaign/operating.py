"""What an operator asks about a campaign and decides about it, apart from adding rows and sending them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import cast

from messagemedia_generated.models import DeliveryReport, OptOut, Reply

from messagemedia.campaign import planning, results
from messagemedia.campaign.deciding import Rows, decide
from messagemedia.campaign.entries import STATES, Record, State
from messagemedia.campaign.marks import entry_of
from messagemedia.campaign.planning import Plan, Price
from messagemedia.campaign.protocol import Journal
from messagemedia.campaign.summary import Summary
from messagemedia.campaign.withdrawing import Numbers, withdraw
from messagemedia.errors import FieldError, ValidationError


class Operated:
    """A campaign as its operator sees it."""

    _journal: Journal

    def summary(self) -> Summary:
        """Count the rows in each state.

        Raises:
            JournalError: The journal can't be read.
        """
        return Summary(**self._journal.count())

    def records(self, state: State | None = None) -> Iterator[Record]:
        """The rows in their current state, in the order in which they were added, with few in memory at a time.

        Args:
            state: Return only the rows in this state.

        Raises:
            JournalError: The journal can't be read.
        """
        if state is not None and state not in STATES:
            raise ValidationError([FieldError(f"must be one of {', '.join(STATES)}", "state")])
        return self._journal.records(state)

    def write_results(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the outcome of each row to a CSV file; see `messagemedia.campaign.write_results`."""
        results.write_results(path, self.records(), overwrite=overwrite)

    def plan(self, price: Price | None = None) -> Plan:
        """Find out what sending would do and cost, and what looks wrong in the rows; nothing is sent.

            print(campaign.plan(price=Decimal("0.079")))

        Rows are read one at a time; a million of them take about ten seconds.

        Args:
            price: What one SMS part costs, in any currency and numeric type: `Plan.cost` is what all parts cost.

        Raises:
            ValidationError: The price is not a finite number of 0 or more.
            JournalError: The journal can't be read.
        """
        price = planning.checked(price)
        return planning.plan(self._journal, price)

    def retry(self, rows: Rows) -> int:
        """Make unknown rows pending, so that they are sent again. Any that had been sent after all arrive twice.

        Args:
            rows: Records or their keys, one or many, such as `campaign.records("unknown")`.

        Returns:
            How many rows were changed.

        Raises:
            RowsError: One of them does not exist or is not unknown, or its request may still be in progress, for
                instance that of a worker whose lease has just run out; nothing was changed.
        """
        return decide(self._journal, rows, "pending")

    def accept(self, rows: Rows) -> int:
        """Mark unknown rows as accepted, because you found out that they were sent. See `retry`."""
        return decide(self._journal, rows, "accepted", "accepted by decision of the caller")

    def observe(self, item: Reply | DeliveryReport | OptOut) -> Record | None:
        """Take a reply, a delivery report or an opt-out as evidence that its row was accepted.

        Call it with everything that arrives, whether it belongs to this campaign or not, at any time and from any
        process. With pushes, `webhooks.on(DeliveryReport)(campaign.observe)` is all it takes.

        Args:
            item: What was fetched or pushed.

        Returns:
            The row, if this made it accepted. None if it already was, or if the item is not about a row of this
            journal.

        Raises:
            ValidationError: The item is none of these, such as the JSON of one.
            JournalError: The journal can't be written.
        """
        if not isinstance(cast("object", item), Reply | DeliveryReport | OptOut):
            kind = type(item).__name__
            raise ValidationError([FieldError(f"must be a Reply, a DeliveryReport or an OptOut, not {kind}", "item")])
        entry = entry_of(item, self._journal.id)
        if entry is None:
            return None
        message_id = cast("object", item.message_id)
        return self._journal.prove(entry, message_id if isinstance(message_id, str) else "")

    def withdraw(self, *, keys: Rows | None = None, numbers: Numbers | None = None) -> int:
        """Withdraw pending rows, such as those of people who opted out: they are `withdrawn`, and never sent.

        Call it at any time and from any process, even while another one is sending. Rows that are not in the campaign,
        or no longer pending, are ignored, so an opt-out list can be longer than the campaign. A row in flight is
        withdrawn later if it turns out not to have been sent; rows that are accepted or unknown stay so, and `retry`
        would send the unknown ones. A withdrawn row stays withdrawn when it is added again.

        Args:
            keys: Records or their keys, one or many.
            numbers: Numbers, one or many, instead of keys. They are compared by their digits alone, so `+` and
                punctuation don't matter, and `00` may stand for `+`; a country code does matter. Texts without any
                digit are ignored.

        Returns:
            How many rows this call withdrew.

        Raises:
            ValidationError: Neither or both are given, or some are not a str or not a number, such as `6.1E+10`, or
                have no country code although all numbers in the campaign do; nothing was withdrawn.
            JournalError: The journal can't be written; nothing was withdrawn.
        """
        return withdraw(self._journal, keys, numbers)

    def pause(self) -> None:
        """Stop sending in every process until `resume` is called: no new batch starts from now on.

        A `send` in progress lets its batches finish and returns normally. One that is called later raises
        `PausedError`. While the API is not available, `send` may take up to a minute to notice; nothing is sent
        meanwhile.

        Raises:
            JournalError: The journal can't be written.
        """
        self._journal.pause(paused=True)

    def resume(self) -> None:
        """Allow sending again. This sends nothing itself: call `send`.

        Raises:
            JournalError: The journal can't be written.
        """
        self._journal.pause(paused=False)

    @property
    def paused(self) -> bool:
        """Whether the campaign is paused, by any process.

        Raises:
            JournalError: The journal can't be read.
        """
        return self._journal.is_paused()
