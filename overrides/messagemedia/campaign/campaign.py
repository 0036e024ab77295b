"""`Campaign`: many messages, each sent at most once, whatever happens on the way."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from attrs import evolve
from messagemedia_generated.models import Message

from messagemedia._call.settings import choose_national_numbers
from messagemedia.campaign import sending
from messagemedia.campaign.adding import Added, Choices, OnChanged, OnInvalid, Repeated, add
from messagemedia.campaign.opening import opened, shielded
from messagemedia.campaign.progress import Progress
from messagemedia.campaign.rows import Row
from messagemedia.campaign.starting import Start, say_interrupted, setting_out
from messagemedia.campaign.summary import Summary
from messagemedia.campaign.working import DEFAULT_PATIENCE, Worked, prepared, require
from messagemedia.client import AsyncClient, Client, settings_of


class Campaign(Worked):
    """Many messages, each sent at most once, whatever happens: a crash, Ctrl-C, a lost answer, an outage.

    The messages and their outcomes are kept in a journal: a file of its own for each campaign, on a local disk. It
    holds phone numbers and message contents, so only its owner can read it. Run the same program again, and it
    continues where it stopped.

        with Client() as client, Campaign("spring.journal") as campaign:
            campaign.add(read_csv("people.csv", content="Hi {name}", key="customer_id"))
            try:
                print(campaign.send(client))
            finally:
                campaign.write_results("results.csv")

    A row is `pending` until it is sent, `in_flight` while it is being sent, and then `accepted`, `invalid` (refused,
    nothing was sent) or `unknown` (it may have been sent: the answer was lost, or the program was killed before it
    came). Only `pending` rows are ever sent. Unknown rows stay so until you call `retry` or `accept`, or `observe` gets
    a reply or a delivery report as evidence. `withdraw` takes pending rows out: they are `withdrawn` for good.

    It is the row that is never sent twice: a person who is in two rows receives two messages, unless `repeated` says
    otherwise.

    Several threads and processes may use one journal. Only one at a time can add or send; meanwhile, any of them can
    withdraw, pause and read. Two more files belong to a journal: they are next to it, under its name with `-journal` or
    `-lock` added. Move all of them together, and only while no program has the journal open. In a container, mount the
    folder, not the file.

    A `JournalError` is raised, and nothing more is sent, if the journal is moved, replaced or deleted while in use; if
    it is empty or missing although its `-lock` is there; and if it is an older copy, has a second name (hard link,
    mount) or is damaged. `add` and `send` read all of it first. What can't be noticed, so that rows are sent again: an
    older copy of all its files, the loss of all its files, and a copy that is sent from elsewhere. Other programs may
    only read its bytes.

    When one machine is not enough, keep the journal in PostgreSQL, and any number of processes on any machines add and
    send at once: `Campaign("postgresql://user@host/database", name="spring")`. `work` explains how they share it.

    Attributes:
        path: The file of the journal; None if it is in PostgreSQL.
    """

    path: Path | None

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        name: str = "",
        begin: bool = True,
        marks: bool = True,
        repeated: Repeated = "send",
    ) -> None:
        """Open the journal of a campaign, or create it.

        Args:
            path: The file of the journal, which is created if it does not exist; its folder must exist. Or the address
                of a PostgreSQL database, `postgresql://…`, in the form that libpq takes: what it leaves out comes from
                `PGPASSWORD`, `PGSERVICE` and the like, or `~/.pgpass`. This needs `messagemedia[postgres]`. The tables
                are in the schema `messagemedia`, which is created if it does not exist. PgBouncer may be in between,
                even in transaction mode.
            name: The name of the campaign in the database; leave it out for a file.
            begin: Whether to create the campaign if it does not exist. Use `begin=False` in a program that looks after
                a campaign which others add to: a mistyped name is then an error, and leaves nothing behind.
            marks: Whether each message is sent with an extra metadata pair, `mm-row`, which identifies the row and says
                nothing about the recipient. `observe` needs it. A message that already has ten pairs is sent without
                it.
            repeated: What `add` does with a row whose number an earlier row of this campaign has, however the number is
                written. `send`: it is sent like any other. `skip`: it is recorded as `invalid`, and the reason names
                the earlier row. `refuse`: nothing is added, and the error names all such rows. Rows that were added
                before stay as they are.

        Raises:
            ValidationError: `repeated` is none of these, or `name` is missing for a database or given for a file.
            ConfigurationError: What PostgreSQL needs is not installed.
            JournalNotFoundError: There is no such campaign, and `begin` is false.
            JournalError: The journal can't be opened, the file is not a journal, a part of it is missing, or it has a
                second name; nothing was changed.
        """
        path = shielded(path)
        self._choices = Choices(repeated=repeated)
        self._choices.check()
        self._journal, self.path = opened(path, name, begin=begin)
        self._marks = marks

    def add(
        self,
        rows: Iterable[Row | Message],
        *,
        on_invalid: OnInvalid = "raise",
        on_changed: OnChanged = "raise",
        check_limits: bool = True,
        national_numbers: bool | None = None,
    ) -> Added:
        """Add rows, all or none. Nothing is sent yet. Other processes see the rows only when all are there.

        A row is identified by its key. If it has none, a key is derived from all fields of its message, and from how
        often this message occurred before among these rows. So you can add the same rows again together with more, and
        only those are new. A message whose `scheduled` is relative to now differs each time: give such rows keys.

        An invalid row may be added again under its key with another message. `on_changed` decides about any other row
        that has changed; a withdrawn row stays withdrawn.

        Args:
            rows: Rows of `read_csv`, rows of your own or messages, any number of them; a few thousand are in memory at
                a time. Meanwhile, other processes can read, decide and observe.
            on_invalid: What to do with invalid rows. `raise`: nothing is added, and the error names all of them.
                `skip`: they are recorded as `invalid`, and the others are added.
            on_changed: What to do with a row whose message differs from the one that was added under its key. `raise`:
                the row is invalid. `replace`: it replaces the old row if that is pending, otherwise it is invalid.
                `keep`: the old row stays, and this one counts as known. With `on_invalid="skip"`, such an invalid row
                is recorded under its key with `~` and some digits added. A key that occurs twice among these rows,
                with different messages, is always an error.
            check_limits: Whether the limits of the contract are checked, as `Client(check_limits=…)` does.
            national_numbers: Whether numbers may begin with a zero, as in `Client(national_numbers=…)`: set it on the
                client that sends them as well. If left out, `MESSAGEMEDIA_NATIONAL_NUMBERS` decides.

        Returns:
            How many rows are new, known, invalid or replaced, and how many of them repeat a number.

        Raises:
            ConfigurationError: `national_numbers`, or its environment variable, is neither true nor false.
            ValidationError: `on_invalid` or `on_changed` is none of these.
            RowsError: Rows are invalid, repeat a number with `repeated="refuse"`, or their message differs from the one
                that was added under their key before.
            JournalInUseError: Another process or thread is adding or sending.
            JournalError: The journal can't be written, or is damaged; nothing was added.
        """
        choices = evolve(self._choices, on_invalid=on_invalid, on_changed=on_changed)
        choices.check()
        require("rows", rows, "rows or messages", Iterable, but_no=(str, bytes, Mapping))
        national = choose_national_numbers(national_numbers)
        return add(self._journal, rows, choices, check_limits=check_limits, national_numbers=national)

    def send(
        self,
        client: Client,
        *,
        concurrency: int = 4,
        max_rate: float | None = None,
        patience: float = DEFAULT_PATIENCE,
        progress: Progress = None,
    ) -> Summary:
        """Send all pending rows, and return when none is left, or when the campaign is paused.

        If the API can't be reached, limits the rate (429), or leaves an outcome unknown (a 5xx, a timeout), sending
        pauses, tries single messages, and continues once they get through. Ctrl-C lets the batches in progress finish,
        at most `concurrency` of them, leaves the rest pending, prints a line about it to standard error, and is raised.

        Args:
            client: The client to send with.
            concurrency: How many requests of up to 100 messages are made at the same time.
            max_rate: The maximum number of messages per second.
            patience: Give up after this many seconds without a batch getting through; 15 minutes, if left out.
            progress: Called with a `Summary` at the start, after each batch and after each pause. If left out, a bar is
                drawn on the terminal; without a terminal, progress is logged to `messagemedia` at INFO, once a minute
                and at the end. `False` shows nothing.

        Returns:
            How many rows are in each state.

        Raises:
            StalledError: Nothing got through for longer than `patience`; call it again later.
            APIStatusError: The API refused for a permanent reason, such as wrong credentials.
            PausedError: The campaign is paused: `resume` it first.
            JournalInUseError: Another process or thread is adding or sending.
            JournalError: The journal can't be read or written, is damaged, or was moved or replaced meanwhile. If it
                can't be written for a while, as on a full disk, sending pauses for up to `patience`. Outcomes are kept
                in memory until then, and until the campaign is closed; rows that are still in flight are unknown to the
                next process.
        """
        require("client", client, "a Client (with an AsyncClient, await send_async)", Client)
        start = Start(concurrency, max_rate, patience, progress, self._marks)
        try:
            with setting_out(self._journal, start, settings_of(client)) as (course, pace, tell):
                sending.send(prepared(client, self._journal).api.messages, course, pace, tell)
        except KeyboardInterrupt as interrupt:
            say_interrupted(self._journal, progress)
            # Where exactly it came, among threads and sockets, is of no use to anybody.
            raise interrupt.with_traceback(None) from None
        return self.summary()

    async def send_async(
        self,
        client: AsyncClient,
        *,
        concurrency: int = 4,
        max_rate: float | None = None,
        patience: float = DEFAULT_PATIENCE,
        progress: Progress = None,
    ) -> Summary:
        """Send all pending rows, awaited. See `send`.

        A cancellation, such as Ctrl-C under `asyncio.run`, ends the requests in progress: their rows are then unknown,
        and the line on standard error says so.
        """
        require("client", client, "an AsyncClient (with a Client, call send)", AsyncClient)
        start = Start(concurrency, max_rate, patience, progress, self._marks)
        try:
            with setting_out(self._journal, start, settings_of(client)) as (course, pace, tell):
                await sending.send_async(prepared(client, self._journal).api.messages, course, pace, tell)
        except (KeyboardInterrupt, sending.cancellation()) as interrupt:
            say_interrupted(self._journal, progress)
            raise interrupt.with_traceback(None) from None
        return self.summary()

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        journal = getattr(self, "_journal", None)  # a traceback may print one that could not be made
        return f"{type(self).__name__}({'' if journal is None else journal.place!r})"
