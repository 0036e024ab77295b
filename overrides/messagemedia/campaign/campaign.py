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
    """Many messages, each sent at most once, whatever happens on the way: a crash, Ctrl-C, a lost answer, an outage.

    What is to be sent, and what became of it, is kept in a journal: a file of its own for each campaign, on a local
    disk. It holds phone numbers and message contents, so only its owner can read it. Start the same program again, and
    it goes on where it was.

        with Client() as client, Campaign("spring.journal") as campaign:
            campaign.add(read_csv("people.csv", content="Hi {name}", key="customer_id"))
            try:
                print(campaign.send(client))
            finally:
                campaign.write_results("results.csv")

    A row is `pending` until it is sent, `in_flight` while it is, and then for good `accepted`, `invalid` (refused,
    nothing was sent) or `unknown` (it may have been sent: the answer was lost, or the program was killed before it
    came). Nothing but `pending` rows is ever sent. Over unknown ones decide `retry` and `accept`, or `observe` with a
    reply or a delivery report as evidence. `withdraw` takes back pending ones: they are `withdrawn` for good.

    What is never sent twice is a row. A person who is in two rows receives two messages, unless `repeated` says
    otherwise.

    Several threads and processes may use one journal; only one at a time can add or send, and any can withdraw, pause
    and look meanwhile. Two files belong to it, which are beside it and have its name with `-journal` or `-lock` behind
    it. Move all of them together, and only when no program has the journal open. In a container, mount the folder, not
    the file.

    A `JournalError` is raised, and nothing more is sent, if the journal is moved, replaced or deleted in use, emptied
    or gone while its `-lock` is there, an older copy, known by a second name (hard link, mount) or damaged: `add` and
    `send` read all of it first. Not noticed, so that rows are sent again: an older copy of all its files, a journal
    gone with all its files, and a copy sent from elsewhere. Other programs may only read its bytes.

    When one machine is not enough, PostgreSQL holds the journal, and any number of processes on any machines add and
    send at once: `Campaign("postgresql://user@host/database", name="spring")`. `work` tells how they share it.

    Attributes:
        path: The file of the journal; None where PostgreSQL has it.
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
        """Open the journal of a campaign, or begin one.

        Args:
            path: The file of the journal; it is made if it is not there, in a folder that is. Or the address of a
                PostgreSQL database, `postgresql://…`, as libpq takes it: what it leaves out comes from `PGPASSWORD`,
                `PGSERVICE` and the like, or `~/.pgpass`. It needs `messagemedia[postgres]`. The tables are in the
                schema `messagemedia`, which is made if it is not there. PgBouncer may stand between, in transaction
                mode too.
            name: What the campaign is called in the database; for a file it is left out.
            begin: Whether to begin a campaign if there is none. `begin=False` is for what looks after a campaign that
                others add to: a mistyped name is an error then, and leaves nothing behind.
            marks: Whether each message is sent with a further metadata pair, `mm-row`, which tells the row and nothing
                about the recipient. `observe` needs it. A message that has ten pairs already goes out without it.
            repeated: What `add` does about rows to a number that an earlier row goes to, in this campaign at any time,
                however it is written. `send`: they are sent like any other. `skip`: they are recorded as `invalid`,
                and the reason names the earlier row. `refuse`: nothing is added, and the error names all of them. Rows
                that are known already stay as they are.

        Raises:
            ValidationError: `repeated` is none of these, or `name` is missing for a database or given for a file.
            ConfigurationError: What PostgreSQL needs is not installed.
            JournalNotFoundError: There is no such campaign, and `begin` is false.
            JournalError: The journal can't be opened, the file is something else, a part of it is missing, or it has a
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
        """Add rows, all of them or none. Nothing is sent yet. Until all are there, nothing else sees any of them.

        A row is known by its key. Without one a key is derived from all fields of its message, and from which
        occurrence of this message it is among these rows. So the same rows can be added again, with further ones, and
        only those are new. A message whose `scheduled` is relative to now differs each time: give such rows keys.

        An invalid row may be added again under its key with another message. What becomes of any other one that has
        changed says `on_changed`; a withdrawn one stays withdrawn.

        Args:
            rows: Rows of `read_csv`, rows of your own or messages, any number of them; some thousand are in memory at
                a time. Other processes can read, decide and observe meanwhile.
            on_invalid: What is done about invalid rows. `raise`: nothing is added, and the error names all of them.
                `skip`: they are recorded as `invalid`, and the others are added.
            on_changed: What is done about a row whose message is not the one that was added under its key. `raise`: it
                is a mistake. `replace`: it takes the place of the old one if that is pending, else it is a mistake.
                `keep`: the old one stays, and the row counts as known. A mistake is an error of its row, and with
                `on_invalid="skip"` recorded as `invalid`, under its key with `~` and some digits behind. The same key
                twice among these rows, with different messages, always is one.
            check_limits: Whether the limits of the contract are checked, as `Client(check_limits=…)` does.
            national_numbers: Whether numbers may begin with a zero, as `Client(national_numbers=…)` says it: the
                client that sends them has to be told so, too. Left out, `MESSAGEMEDIA_NATIONAL_NUMBERS` decides.

        Returns:
            How many rows are new, known, invalid or replaced, and how many of them repeat a number.

        Raises:
            ConfigurationError: `national_numbers`, or the environment variable for it, is neither true nor false.
            ValidationError: `on_invalid` or `on_changed` is none of these.
            RowsError: Rows are invalid, repeat a number with `repeated="refuse"`, or their message is not the one that
                was added under their key before.
            JournalInUseError: Another process or thread adds or sends.
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
        """Send what is pending, and return when nothing is, or the campaign was paused.

        If the API can't be reached, refuses for a while (429), or leaves an outcome unknown (a 5xx, a timeout), sending
        pauses, feels its way with single messages and goes on. Ctrl-C lets the batches under way end, at most
        `concurrency` of them, leaves the rest pending, says so in a line on the standard error output, and is raised.

        Args:
            client: What to send with.
            concurrency: How many requests of up to 100 messages are made at the same time.
            max_rate: How many messages are sent per second at most.
            patience: How many seconds no batch may get through before sending is given up; 15 minutes, if left out.
            progress: Called with a `Summary` at the beginning, after each batch and each pause. Left out, a bar is
                drawn on the terminal, or where there is none, the logger `messagemedia` is told at INFO each minute and
                at the end. `False` shows nothing.

        Returns:
            How many rows are in which state.

        Raises:
            StalledError: The API was not well for longer than `patience`; call it again later.
            APIStatusError: The API refused for a reason that does not pass, such as wrong credentials.
            PausedError: The campaign is paused: `resume` it first.
            JournalInUseError: Another process or thread adds or sends.
            JournalError: The journal can't be read or written, is damaged, or was moved or replaced meanwhile. If it
                can't be written for a while, as on a full disk, sending pauses, for up to `patience`. What became of
                rows is kept until then, and until the campaign is closed; what is still in flight is unknown to the
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
        """Send what is pending, awaited. See `send`.

        A cancellation, which Ctrl-C is under `asyncio.run`, ends the requests under way: their rows are unknown then,
        and the line on the standard error output says so.
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
