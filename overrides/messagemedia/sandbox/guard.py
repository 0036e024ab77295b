"""Who may talk to a sandbox: programs of this machine, and no page that a developer has open in a browser.

A browser sends requests of any page to any address, loopback included, and a page's own host name may be made to lead
to it. So each request has to name a host that is known, and control calls refuse other pages: they carry no credentials
that would keep a page out, as calls of the API do. Starlette's `TrustedHostMiddleware` knows no networks and no IPv6.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import cast
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HostGuard:
    """Answers only requests to a host that is known: loopback, or one that the user has named."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = {_plain(host) for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        named = Headers(scope=scope).getlist("host")
        host = _host_in(named[0]) if len(named) == 1 else None
        app = self._app if host is not None and (host in self._hosts or _is_loopback(host)) else _UNKNOWN_HOST
        await app(scope, receive, send)


class PageGuard:
    """Answers control calls of programs, of the sandbox's own pages, and of pages from origins that the user allows."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = CORSMiddleware(
            app, allow_origins=list(origins), allow_methods=["GET", "POST", "DELETE"], allow_headers=["content-type"]
        )
        self._origins = set(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Content-Type-Options"] = "nosniff"
            await send(message)

        await self._chosen(scope)(scope, receive, send_safely)

    def _chosen(self, scope: Scope) -> ASGIApp:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        own = f"{scope['scheme']}://{headers['host']}"
        if origin not in (None, own, *self._origins):
            return _FOREIGN_PAGE
        if origin is None and headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return _FOREIGN_PAGE
        # What a page may send without asking first is never JSON.
        has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        kind = headers.get("content-type", "application/json" if not has_body else "")
        is_json = kind.partition(";")[0].strip().lower() == "application/json"
        return self._app if is_json or scope["method"] == "OPTIONS" else _NOT_JSON


def _refusal(status: int, message: str) -> ASGIApp:
    return cast("ASGIApp", JSONResponse({"message": message}, status))


_UNKNOWN_HOST = _refusal(
    403, "The sandbox answers to loopback hosts only. Name another one with --host NAME, or Sandbox(hosts=[...])."
)
_FOREIGN_PAGE = _refusal(
    403,
    "Control calls of pages from another origin are refused. Allow one with --allow-origin URL, or "
    "Sandbox(allowed_origins=[...]).",
)
_NOT_JSON = _refusal(415, "Control calls take JSON only: set the header Content-Type: application/json.")


def _host_in(header: str) -> str | None:
    """The host that a `Host` header names, None if it names none."""
    try:
        parts = urlsplit(f"//{header}")
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    return _plain(host) if host and parts.netloc == header and "@" not in header else None


def _plain(host: str) -> str:
    return host.lower().rstrip(".")


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
