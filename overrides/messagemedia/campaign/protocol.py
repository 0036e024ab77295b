"""What a campaign asks of its journal, whichever database holds it.

A file of its own (`journal`, SQLite) is for one sender at a time. PostgreSQL (`postgres`) is for any number of them on
any machine: what they owe each other, which is to wait when the API is not well for one of them, is a part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Literal, Protocol

from attrs import frozen
from messagemedia_generated.models import Message

from messagemedia._messages.parallel import Pace
from messagemedia.campaign.entries import Record, Settled, State
from messagemedia.campaign.staging import Staging
from messagemedia.campaign.status import Status
from messagemedia.errors import FieldError, NotSentError


@frozen
class Sender:
    """Who sends, as far as it matters to others who do.

    Attributes:
        account: What stands for its credentials and sub-account, and tells nothing about them.
        timeout: Seconds that a request may wait for something.
        lease: Seconds within which a batch that it takes is sent and written down, or is unknown.
    """

    account: bytes
    timeout: float
    lease: float


@frozen
class Brake:
    """Whether batches may begin.

    Attributes:
        seconds: After how many seconds to ask again; 0 if one may begin.
        scouts: Whether this process has to test the API, for all others.
    """

    seconds: float = 0.0
    scouts: bool = False


@frozen
class Moved:
    """An entry with all that is known of it, on its way into another journal."""

    entry: int
    key: str
    number: int | None
    recipient: str
    message: str
    checksum: int
    state: State
    message_id: str
    reason: str
    valid: bool
    attempt: int
    changed: datetime


# How many bytes a key may have in a database: an index of PostgreSQL can't hold longer ones.
MAX_KEY = 2_000


class LeaseExpiredError(NotSentError):
    """What was claimed is not the claimer's to send any more. The API has nothing to do with it."""


class Journal(Protocol):
    """The entries of a campaign. Safe to use from several threads and processes."""

    @property
    def id(self) -> str:
        """What tells it from every other one."""
        ...

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def place(self) -> str:
        """Where it is, without anything that is to be kept private."""
        ...

    @property
    def retries(self) -> bool:
        """Whether a request may be made again without asking whether it is still this process's to make."""
        ...

    @property
    def cuts(self) -> bool:
        """Whether it cuts batches as they are asked for, and does not have them ready."""
        ...

    def close(self) -> None:
        """Write down what could not be before, if that is possible now, and let go of everything."""
        ...

    # --- reading ------------------------------------------------------------------------------------------

    @property
    def counts(self) -> dict[State, int]:
        """How many entries are in each state, as far as this process knows."""
        ...

    def count(self) -> dict[State, int]:
        """How many entries are in each state."""
        ...

    def records(self, state: State | None = None) -> Iterator[Record]:
        """The entries, in the order in which they were added, read page by page."""
        ...

    def pending(self) -> Iterator[str]:
        """The messages of the pending entries, read page by page."""
        ...

    def repeated(self) -> int:
        """How many pending entries have the recipient of an earlier one that is not invalid."""
        ...

    def has_national_numbers(self) -> bool:
        """Whether a valid entry goes to a number that begins with a single zero."""
        ...

    def is_paused(self) -> bool:
        """Whether nothing is to be claimed."""
        ...

    def status(self) -> Status:
        """How it stands, as an operator asks."""
        ...

    # --- deciding -----------------------------------------------------------------------------------------

    def pause(self, *, paused: bool) -> None:
        """Say whether entries may be claimed from now on, by any process."""
        ...

    def decide(self, keys: Sequence[str], state: State, reason: str) -> list[FieldError]:
        """Move the unknown entries with these keys into another state, or return why none of them was."""
        ...

    def withdraw(self, by: Literal["key", "recipient"], values: Sequence[str]) -> int:
        """Withdraw the pending entries with these keys or recipients, and return how many they were."""
        ...

    def prove(self, entry: int, message_id: str) -> Record | None:
        """Make an entry accepted of which there is evidence; None if there is none, or it was accepted before."""
        ...

    def doubt(self, since: datetime, batches: Sequence[int]) -> int:
        """Make unknown what of batches begun since then, or of named ones, is not known to be anything else."""
        ...

    # --- adding and sending -------------------------------------------------------------------------------

    def staging(self) -> AbstractContextManager[Staging]:
        """Where rows are put that are to be added, while nobody else adds."""
        ...

    def sending(self, sender: Sender) -> AbstractContextManager[None]:
        """Let entries be claimed and settled within, whole and counted as the journal is."""
        ...

    def pace(self, rate: float) -> Pace:
        """What keeps all who share it at so many messages a second."""
        ...

    def claim(self, size: int) -> list[tuple[int, Message]]:
        """Put up to `size` pending entries in flight, and return them; none while the campaign is paused."""
        ...

    def is_fresh(self, entry: int) -> bool:
        """Whether a claimed entry is surely still the claimer's to send, as far as that is known without asking."""
        ...

    def confirm(self, entry: int) -> None:
        """Make sure that a claimed entry is still the claimer's to send.

        Raises:
            LeaseExpiredError: It is not.
            NotSentError: That can't be found out now.
        """
        ...

    def settle(self, outcomes: Iterable[Settled]) -> None:
        """Write down what became of claimed entries."""
        ...

    def pay(self) -> None:
        """Write down what could not be before."""
        ...

    # --- what senders owe each other ----------------------------------------------------------------------

    def brake(self) -> Brake:
        """Whether batches may begin, as far as others who send with the same credentials know."""
        ...

    def scout(self, seconds: float) -> bool:
        """Let nobody else begin a batch for so long, and return whether this process is the one that tests it."""
        ...

    def release(self) -> None:
        """Let everybody begin batches again: the API is well."""
        ...
