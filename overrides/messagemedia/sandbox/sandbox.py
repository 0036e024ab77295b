"""`Sandbox`: the whole of it, as tests use it."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import attrs
from starlette.routing import Route

from messagemedia.sandbox.api import Api
from messagemedia.sandbox.application import ApiApplication, application
from messagemedia.sandbox.checks import PORT, check_names
from messagemedia.sandbox.control import control, control_routes
from messagemedia.sandbox.events import Events
from messagemedia.sandbox.options import Options
from messagemedia.sandbox.pages.application import Pages
from messagemedia.sandbox.server import HOST, ServerThread
from messagemedia.sandbox.world import World


class Sandbox(World):
    """A local server that behaves like the Messages API, and a look behind the scenes.

    It runs in a thread of its own between `start` and `close`; use it as a context manager if possible. Several can run
    at once.
    """

    def __init__(self, options: Options | None = None, *, port: int = 0, **switches: Any) -> None:
        """Create a sandbox; it does not run yet.

        Args:
            options: Its options.
            port: The port to listen on; 0 takes a free one.
            **switches: Single options by name, such as `api_key="K"`; they take precedence over `options`.
        """
        check_names("Sandbox", switches, ("options", "port", *attrs.fields_dict(Options)))
        PORT.check("port", port)
        super().__init__(attrs.evolve(options or Options(), **switches))
        self._port = port
        self._server: ServerThread | None = None

    def __repr__(self) -> str:
        server = getattr(self, "_server", None)  # a traceback may print a sandbox that could not be made
        return "Sandbox()" if server is None else f"Sandbox(url={self.url!r})"

    def start(self) -> Self:
        """Start, and return once requests are answered.

        Raises:
            OSError: If the port is taken; the message names it.
        """
        if self._server is not None:
            raise RuntimeError("this sandbox is running already")
        api = ApiApplication(Api(self.options, self._contract, self._state), self._faults, self._log)
        pages = Pages(self, self._state, self._pusher, self._log, self._faults, self._changes)
        app = application(api, control(self, self._control_routes()), pages.routes, self.options.hosts)
        server = ServerThread(app, self._port, background=lambda: self._pusher.run(self._state))
        server.start()
        self._server = server
        return self

    def _control_routes(self) -> list[Route]:
        """Every control call."""
        events = Events(self._changes, self)
        return control_routes(self, events, self._state.ledger, self._log.records, self._pusher.attempts)

    def close(self) -> None:
        """Close every connection and stop; its records can still be read."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        if self._server is None:
            raise RuntimeError("this sandbox is not running; use it as a context manager, or call start()")
        return f"http://{HOST}:{self._server.port}"
