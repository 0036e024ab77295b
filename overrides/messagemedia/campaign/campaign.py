"""`Campaign`: many messages, each sent at most once, whatever happens on the way."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Literal, Self

from messagemedia_generated.models import DeliveryReport, Message, Reply, SendMessagesRequest

from messagemedia._call.settings import choose_national_numbers
from messagemedia._messages.parallel import Pace
from messagemedia._messages.send_many import Options
from messagemedia.campaign import results, sending
from messagemedia.campaign.adding import Added, OnInvalid, add
from messagemedia.campaign.course import Course
from messagemedia.campaign.deciding import Rows, decide
from messagemedia.campaign.entries import STATES, Record, State
from messagemedia.campaign.files import real_path
from messagemedia.campaign.journal import Journal
from messagemedia.campaign.marks import entry_of
from messagemedia.campaign.report import ProgressBar
from messagemedia.campaign.rows import Row
from messagemedia.campaign.summary import Summary
from messagemedia.client import AsyncClient, Client
from messagemedia.errors import FieldError, ValidationError

Progress = Callable[[Summary], None] | Literal[False] | None
DEFAULT_PATIENCE = 900.0


class Campaign:
    """Many messages, each sent at most once, whatever happens on the way: a crash, Ctrl-C, a lost answer, an outage.

    What is to be sent, and what became of it, is kept in a journal: a file of its own for each campaign, on a local
    disk. It holds phone numbers and message contents, so only its owner can read it. Start the same program again, and
    it goes on where it was.

        with Client() as client, Campaign("spring.journal") as campaign:
            campaign.add(read_csv("people.csv", content="Hi {name}", key="customer_id"))
            print(campaign.send(client))
            campaign.write_results("results.csv")

    A row is `pending` until it is sent, `in_flight` while it is, and then for good `accepted`, `invalid` (refused,
    nothing was sent) or `unknown` (it may have been sent: the answer was lost, or the program was killed before it
    came). Nothing but `pending` rows is ever sent. Over unknown ones decide `retry` and `accept`, or `observe` with a
    reply or a delivery report as evidence.

    Several threads and processes may use one journal; only one at a time can add or send. Two files belong to it, which
    are beside it and have its name with `-journal` or `-lock` behind it. Move all of them together, and only when no
    program has the journal open. In a container, mount the folder, not the file.

    A `JournalError` is raised, and nothing more is sent, if the journal is moved, replaced or deleted in use, emptied
    or gone while its `-lock` is there, an older copy, known by a second name (hard link, mount) or damaged: `add` and
    `send` read all of it first. Not noticed, so that rows are sent again: an older copy of all its files, a journal
    gone with all its files, and a copy sent from elsewhere. Other programs may only read its bytes.

    Attributes:
        path: The file of the journal.
    """

    def __init__(self, path: str | os.PathLike[str], *, marks: bool = True) -> None:
        """Open the journal of a campaign, or begin one.

        Args:
            path: The file of the journal; it is made if it is not there, in a folder that is.
            marks: Whether each message is sent with a further metadata pair, `mm-row`, which tells the row and nothing
                about the recipient. `observe` needs it. A message that has ten pairs already goes out without it.

        Raises:
            JournalError: The journal can't be opened, the file is something else, a part of it is missing, or it has a
                second name; nothing was changed.
        """
        # What belongs to it is beside the file itself, whatever links lead to it.
        self.path = real_path(path)
        self._journal = Journal(self.path)
        self._marks = marks

    def add(
        self,
        rows: Iterable[Row | Message],
        *,
        on_invalid: OnInvalid = "raise",
        check_limits: bool = True,
        national_numbers: bool | None = None,
    ) -> Added:
        """Add rows, all of them or none. Nothing is sent yet. Until all are there, nothing else sees any of them.

        A row is known by its key. Without one a key is derived from all fields of its message, and from which
        occurrence of this message it is among these rows. So the same rows can be added again, with further ones, and
        only those are new. A message whose `scheduled` is relative to now differs each time: give such rows keys.

        An invalid row may be added again under its key with another message, any other row may not.

        Args:
            rows: Rows of `read_csv`, rows of your own or messages, any number of them; some thousand are in memory at
                a time. Other processes can read, decide and observe meanwhile.
            on_invalid: What is done about invalid rows. `raise`: nothing is added, and the error names all of them.
                `skip`: they are taken down as `invalid`, and the others are added.
            check_limits: Whether the limits of the contract are checked, as `Client(check_limits=…)` does.
            national_numbers: Whether numbers may begin with a zero, as `Client(national_numbers=…)` says it: the
                client that sends them has to be told so, too. Left out, `MESSAGEMEDIA_NATIONAL_NUMBERS` decides.

        Returns:
            How many rows are new, known or invalid.

        Raises:
            ConfigurationError: `national_numbers`, or the environment variable for it, is neither true nor false.
            RowsError: Rows are invalid, or their message is not the one that was added under their key before.
            JournalInUseError: Another process or thread adds or sends.
            JournalError: The journal can't be written, or is damaged; nothing was added.
        """
        if on_invalid not in ("raise", "skip"):
            raise ValidationError([FieldError("must be 'raise' or 'skip'", "on_invalid")])
        _require("rows", rows, "rows or messages", Iterable, but_no=(str, bytes, Mapping))
        national = choose_national_numbers(national_numbers)
        with self._journal.database.exclusive():
            return add(self._journal, rows, on_invalid=on_invalid, check_limits=check_limits, national_numbers=national)

    def send(
        self,
        client: Client,
        *,
        concurrency: int = 4,
        max_rate: float | None = None,
        patience: float = DEFAULT_PATIENCE,
        progress: Progress = None,
    ) -> Summary:
        """Send what is pending, and return when nothing is.

        If the API can't be reached, refuses for a while (429), or leaves an outcome unknown (a 5xx, a timeout), sending
        pauses, feels its way with single messages and goes on. Ctrl-C lets the batches under way end, at most
        `concurrency` of them, and leaves the rest pending.

        Args:
            client: What to send with.
            concurrency: How many requests of up to 100 messages are made at the same time.
            max_rate: How many messages are sent per second at most.
            patience: How many seconds no batch may get through before sending is given up; 15 minutes, if left out.
            progress: Called with a `Summary` after each batch. A bar on the terminal, if left out; `False` for none.

        Returns:
            How many rows are in which state.

        Raises:
            StalledError: The API was not well for longer than `patience`; call it again later.
            APIStatusError: The API refused for a reason that does not pass, such as wrong credentials.
            JournalInUseError: Another process or thread adds or sends.
            JournalError: The journal can't be read or written, is damaged, or was moved or replaced meanwhile. If it
                can't be written for a while, as on a full disk, sending pauses, for up to `patience`. What became of
                rows is kept until then, and until the campaign is closed; what is still in flight is unknown to the
                next process.
        """
        _require("client", client, "a Client (with an AsyncClient, await send_async)", Client)
        with self._setting_out(concurrency, max_rate, patience, progress) as (course, pace, tell):
            sending.send(client.api.messages, course, pace, tell)
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

        A cancellation, which Ctrl-C is under `asyncio.run`, ends the requests under way: their rows are unknown then.
        """
        _require("client", client, "an AsyncClient (with a Client, call send)", AsyncClient)
        with self._setting_out(concurrency, max_rate, patience, progress) as (course, pace, tell):
            await sending.send_async(client.api.messages, course, pace, tell)
        return self.summary()

    @contextmanager
    def _setting_out(
        self, concurrency: int, max_rate: float | None, patience: float, progress: Progress
    ) -> Generator[tuple[Course, Pace | None, sending.Tell]]:
        """What both ways of sending need, while nobody else sends."""
        options = Options(
            on_invalid="skip",
            concurrency=concurrency,
            batch_size=SendMessagesRequest.MAX_MESSAGES,
            max_rate=max_rate,
            duplicates_within=None,
        )
        if not _is_patience(patience):
            raise ValidationError([FieldError("must be a number of seconds, 0 or more", "patience")])
        with self._journal.database.exclusive(), _shown(progress) as tell:
            self._journal.verify()
            self._journal.recover()
            self._journal.count()
            course = Course(
                self._journal, size=options.size, concurrency=concurrency, patience=patience, marks=self._marks
            )
            tell(course.summary)
            yield course, options.pace, tell

    def summary(self) -> Summary:
        """Count the rows of each state.

        Raises:
            JournalError: The journal can't be read.
        """
        return Summary(**self._journal.count())

    def records(self, state: State | None = None) -> Iterator[Record]:
        """The rows as they stand, in the order in which they were added, with few in memory at a time.

        Args:
            state: Only those in this state.

        Raises:
            JournalError: The journal can't be read.
        """
        if state is not None and state not in STATES:
            raise ValidationError([FieldError(f"must be one of {', '.join(STATES)}", "state")])
        return self._journal.records(state)

    def write_results(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write what became of each row to a CSV file; see `messagemedia.campaign.write_results`."""
        results.write_results(path, self.records(), overwrite=overwrite)

    def retry(self, rows: Rows) -> int:
        """Make unknown rows pending. Those that were sent after all will be sent twice.

        Args:
            rows: Records or their keys, one or many, such as `campaign.records("unknown")`.

        Returns:
            How many rows they were.

        Raises:
            RowsError: One of them is not there or not unknown; nothing was changed.
        """
        return decide(self._journal, rows, "pending")

    def accept(self, rows: Rows) -> int:
        """Take unknown rows for accepted, because you found out that they were sent. See `retry`."""
        return decide(self._journal, rows, "accepted", "taken for accepted by decision of the caller")

    def observe(self, item: Reply | DeliveryReport) -> Record | None:
        """Take a reply or a delivery report as evidence that its row was accepted.

        It may be called with everything that comes, of this campaign or not, at any time and by any process.

        Args:
            item: What was fetched or pushed.

        Returns:
            The row, if this made it accepted. None, if it was before, or the item is not about a row of this journal.

        Raises:
            JournalError: The journal can't be written.
        """
        entry = entry_of(item, self._journal.id)
        return None if entry is None else self._journal.prove(entry, item.message_id or "")

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
        return f"{type(self).__name__}({str(getattr(self, 'path', ''))!r})"


def _require(name: str, value: object, wanted: str, kind: type[Any], *, but_no: tuple[type[Any], ...] = ()) -> None:
    if not isinstance(value, kind) or isinstance(value, but_no):
        raise ValidationError([FieldError(f"must be {wanted}, not {type(value).__name__}", name)])


def _is_patience(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


@contextmanager
def _shown(progress: Progress) -> Generator[sending.Tell]:
    """What is told of the progress, and to whom."""
    if progress is None:
        with ProgressBar() as bar:
            yield bar
    elif progress is False:
        yield lambda _: None
    elif callable(progress):
        yield progress
    else:
        raise ValidationError([FieldError("must be callable, or False for none", "progress")])
