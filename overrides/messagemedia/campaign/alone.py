"""What a journal says to a process that is the only one to send from it."""

from __future__ import annotations

from messagemedia._messages.parallel import Pace
from messagemedia.campaign.protocol import Brake


class Alone:
    """There is nobody else: nobody to wait for, and nobody who could take what was claimed."""

    retries = True
    cuts = True

    def pace(self, rate: float) -> Pace:
        """What keeps this process at so many messages a second."""
        return Pace(rate)

    def is_fresh(self, entry: int) -> bool:
        """Nobody else sends what was claimed."""
        return entry > 0

    def confirm(self, entry: int) -> None:
        """Nobody else sends what was claimed."""

    def brake(self) -> Brake:
        """Nobody else has met trouble."""
        return Brake()

    def scout(self, seconds: float) -> bool:
        """Nobody else can test the API."""
        return seconds >= 0

    def release(self) -> None:
        """Nobody else waits."""
