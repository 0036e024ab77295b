"""What those who send with the same credentials owe each other: one rate, and one brake."""

from __future__ import annotations

import random

from messagemedia._messages.parallel import Pace
from messagemedia.campaign.errors import JournalError
from messagemedia.campaign.explanations import passes
from messagemedia.campaign.postgres import statements
from messagemedia.campaign.postgres.connection import Connection
from messagemedia.campaign.postgres.leases import Leases
from messagemedia.campaign.protocol import Brake, Sender

# Seconds between two looks of those who wait for the scout's word, at most.
_LOOK = 1.0
_GLANCE = 0.1
# How long a scout may be silent beyond its pause: a request of its own and a look, and some seconds.
_TIMEOUTS, _SECONDS = 2, 5.0


class SharedPace(Pace):
    """Spaces jobs out over all processes that share an account: a row in the database says when the next may leave."""

    def __init__(self, rate: float, connection: Connection, sender: Sender) -> None:
        super().__init__(rate)
        self._of_all = rate
        self._connection = connection
        self._sender = sender

    def delay(self, count: int) -> float:
        """Take the next place in time for `count` things, and return how many seconds away it is."""
        asked = {"account": self._sender.account, "seconds": count / self._of_all}
        try:
            return max(0.0, float(self._connection.all(statements.RESERVE, asked)[0][0]))
        except JournalError as error:
            if not passes(error):
                raise
            return 0.0  # nothing can be claimed either


class Braking(Leases):
    """A journal, for those who send beside others."""

    def pace(self, rate: float) -> Pace:
        """What keeps all who send with these credentials at so many messages a second."""
        return SharedPace(rate, self.connection, self._who)

    def brake(self) -> Brake:
        """Whether batches may begin; if nobody tests the API who should, this process does from now on."""
        found = self.connection.all(statements.BRAKE, (self._sender_id, self._who.account))
        if not found or not found[0][0]:
            waits, self._came_back_empty = self._came_back_empty, False  # others are just claiming what there is
            return Brake(_soon(_GLANCE)) if waits else Brake()
        ((_, is_mine, until, quiet),) = found
        if is_mine and until > 0:
            return Brake(scouts=True)
        if is_mine is not None and until > 0:
            return Brake(_soon(min(until, _LOOK)))
        if quiet > 0:
            return Brake(_soon(min(quiet, _LOOK)))
        return Brake(scouts=True) if self.scout(0.0) else Brake(_soon(_LOOK))

    def scout(self, seconds: float) -> bool:
        """Let nobody else begin a batch for so long, and return whether this process is the one that tests it."""
        silent = seconds + _TIMEOUTS * self._who.timeout + _SECONDS
        asked = {"account": self._who.account, "sender": self._sender_id, "seconds": seconds, "until": silent}
        return bool(self.connection.all(statements.SCOUT, asked))

    def release(self) -> None:
        """Let everybody begin batches again: the API is well."""
        self.connection.all(statements.RELEASE, (self._who.account, self._sender_id))


def _soon(seconds: float) -> float:
    """About so long, so that those who wait don't come at once."""
    return max(0.02, random.uniform(0.5, 1.0) * seconds)  # noqa: S311  # no secret depends on it
