"""What a command is given: the options that all commands have, the settings in force, and the client."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Literal

from messagemedia.cli.output import Output

if TYPE_CHECKING:
    from messagemedia import Client
    from messagemedia.cli.credentials import Chosen


class Session:
    """One command that runs.

    Attributes:
        profile: The profile that was asked for as an option; None if none was.
        database: The database for campaigns that was asked for as an option; None if none was.
        debug: Whether everything is told, tracebacks included.
        out: Where to write what the command finds out.
    """

    def __init__(self) -> None:
        self.profile: str | None = None
        self.database: str | None = None
        self.debug = False
        self.out = Output()
        self._chosen: Chosen | None = None
        self._client: Client | None = None
        self._closing = ExitStack()

    @property
    def settings(self) -> Chosen:
        """Credentials and address, and where they come from; asked for once.

        Raises:
            Failure: There are none, or they can't be read.
        """
        if self._chosen is None:
            from messagemedia.cli.credentials import choose  # noqa: PLC0415

            self._chosen = choose(self.profile)
        return self._chosen

    @property
    def client(self) -> Client:
        """A client with these settings. It is closed when the command ends.

        Raises:
            Failure: There are no credentials, or they can't be read.
            ConfigurationError: They can't be used.
        """
        if self._client is None:
            self._client = self._closing.enter_context(self.settings.client())
        return self._client

    def log(self, level: Literal["DEBUG", "INFO"], *, claims: bool = False) -> None:
        """Show what the package logs from a level on, on standard error, until the command ends.

        Args:
            level: The lowest level that is shown.
            claims: Whether each batch of a campaign is told at INFO, too; at DEBUG they always are.
        """
        import logging  # noqa: PLC0415  # it is seldom needed

        if self.debug and level != "DEBUG":  # all of it is shown already
            return
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger = logging.getLogger("messagemedia")
        before = logger.level
        logger.addHandler(handler)
        logger.setLevel(level)
        self._closing.callback(logger.setLevel, before)
        if level == "INFO" and not claims:
            batches = logger.getChild("claims")
            self._closing.callback(batches.setLevel, batches.level)
            batches.setLevel("WARNING")
        self._closing.callback(logger.removeHandler, handler)

    def close(self) -> None:
        """Close what was opened."""
        self._closing.close()
