"""Who may ask: any program on this machine, but no web page from elsewhere that a developer has open.

A page can send requests to a port on loopback, and it can point a name of its own at it (DNS rebinding). So
every request must name the sandbox by a host of its own, and a control call must not come from a page of another
origin.

The API itself has no look at the origin: the real one has none either, and nothing is sent or read there without
`Authorization`, which a page can't send to another origin unless a preflight allows it, and the API allows none.
Nor does it ask for credentials, so that a browser has none to add. All that a page can do is to leave refused
requests in the log, and to use up a fault.
"""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from messagemedia.sandbox.checks import HOST_HEADER

_OWN_SITES = frozenset({"same-origin", "none"})  # `none`: the user has typed the address
_ORIGIN_HELP = "allow an origin with --allow-origin URL, or Sandbox(allowed_origins=[URL])"


class HostGuard:
    """Lets through only requests whose `Host` is on loopback, or a name that the user has given.

    Starlette's `TrustedHostMiddleware` knows neither networks nor, in the oldest version allowed, IPv6; it looks
    at the first of several headers, and its answer doesn't say what to do.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._names = {"localhost", *(name.lower() for name in hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        app = self._refusal(Headers(scope=scope).getlist("host")) or self._app
        await app(scope, receive, send)

    def _refusal(self, hosts: list[str]) -> JSONResponse | None:
        # None, two, or no name at all: HTTP asks for 400.
        header = HOST_HEADER.fullmatch(hosts[0]) if len(hosts) == 1 else None
        if header is None:
            return _refuse(400, "the request needs exactly one header Host, a name or address with or without a port")
        name = header["name"].lower()
        if name in self._names or _is_loopback(name):
            return None
        message = f"the sandbox doesn't answer to the Host {name}, only to localhost and loopback addresses"
        return _refuse(403, f"{message}; allow another name with --host NAME, or Sandbox(hosts=[NAME])")


class ControlGuard:
    """Lets through only control calls that no page of another origin has made."""

    def __init__(self, app: ASGIApp, allowed_origins: Collection[str]) -> None:
        self._allowed = {origin.lower() for origin in allowed_origins}
        self._app: ASGIApp = _JsonOnly(app)
        if self._allowed:
            self._app = CORSMiddleware(
                self._app,
                allow_origins=tuple(self._allowed),
                allow_methods=("GET", "POST", "DELETE"),
                allow_headers=("Content-Type",),
            )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        app = self._refusal(Headers(scope=scope)) or self._app
        await app(scope, receive, functools.partial(_send_with_nosniff, send))

    def _refusal(self, headers: Headers) -> JSONResponse | None:
        origins = [origin.lower() for origin in headers.getlist("origin")]
        own = f"http://{headers['host']}".lower()
        for origin in origins:
            if origin != own and origin not in self._allowed:  # `null`, which any page can be, among them
                return _refuse(403, f"a page of the origin {origin} may not drive the sandbox; {_ORIGIN_HELP}")
        if not self._allowed.isdisjoint(origins):
            return None
        # Loading an image or following a link names no origin. `same-site` is a page of another port.
        if not _OWN_SITES.issuperset(headers.getlist("sec-fetch-site")):
            return _refuse(403, f"a page of another origin may not drive the sandbox; {_ORIGIN_HELP}")
        return None


class _JsonOnly:
    """Takes what has a body or a kind of body only as `application/json`.

    A page can't send this kind to another origin without a preflight, not even in browsers that say no origin.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        kinds = [kind.partition(";")[0].strip().lower() for kind in headers.getlist("content-type")]
        has_body = "transfer-encoding" in headers or int(headers.get("content-length", "0")) > 0
        app = self._app
        if kinds != ["application/json"] and (kinds or has_body):
            app = _refuse(415, "a control call takes only JSON, with the header Content-Type: application/json")
        await app(scope, receive, send)


def _is_loopback(name: str) -> bool:
    if name.endswith(".localhost"):  # nobody can register one, and browsers ask no name server for it
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _refuse(status: int, message: str) -> JSONResponse:
    return JSONResponse({"message": message}, status, {"X-Content-Type-Options": "nosniff"})


async def _send_with_nosniff(send: Send, message: Message) -> None:
    if message["type"] == "http.response.start":
        MutableHeaders(scope=message)["X-Content-Type-Options"] = "nosniff"
    await send(message)
