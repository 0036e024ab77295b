"""What asking again and again needs: pauses that grow, and which failures the next attempt may be spared."""

from __future__ import annotations

import random

from messagemedia._http.exchange import is_of_network
from messagemedia.errors import MessageMediaError, RateLimitError, ServerError, TransportError

# Failures that may be over soon. A client retries a call after them; whoever has time asks again later.
TRANSIENT = (TransportError, ServerError, RateLimitError)


def raise_if_foreign(error: MessageMediaError) -> None:
    """Raise a failure of an attempt that was not one of the network, for whoever polls would swallow it.

    A signal handler may have raised it, to end a task whose time is up or a whole program. In a pause it would get out.
    """
    if isinstance(error, TransportError) and error.__cause__ is not None and not is_of_network(error.__cause__):
        raise error


class Backoff:
    """Pauses that double from one to the next, with jitter, up to a longest one."""

    def __init__(self, first: float, longest: float) -> None:
        self._first = self._ceiling = first
        self._longest = longest

    def next(self) -> float:
        """The next pause in seconds."""
        ceiling, self._ceiling = self._ceiling, min(self._ceiling * 2, self._longest)
        # Jitter keeps many that ask from asking at the same moment.
        return random.uniform(ceiling / 2, ceiling)  # noqa: S311  # no secret depends on it

    def reset(self) -> None:
        """Begin with the first pause again."""
        self._ceiling = self._first
