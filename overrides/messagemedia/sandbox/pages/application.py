"""Serves the pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import resources
from typing import Any, cast
from urllib.parse import urlencode

import jinja2
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from messagemedia.sandbox.application import RequestLog
from messagemedia.sandbox.arming import Faults
from messagemedia.sandbox.changes import Changes
from messagemedia.sandbox.clock import read_timestamp, timestamp
from messagemedia.sandbox.conversations import SHOWN, Said
from messagemedia.sandbox.mailbox import StoredMessage
from messagemedia.sandbox.pages import snippets, texts, views
from messagemedia.sandbox.pages.catalogue import CODES, FAULTS, fault_text, tone
from messagemedia.sandbox.push import Pusher
from messagemedia.sandbox.state import State
from messagemedia.sandbox.world import World

PAGES = "/pages"

# Nothing but the sandbox's own script and style, whatever a message may hold; and what the script adds is only text.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_FILES = {"pages.css": "text/css", "pages.js": "text/javascript", "icon.svg": "image/svg+xml"}

Page = Callable[[Request], tuple[int, str]]


class Pages:
    """What a browser is shown of a sandbox."""

    def __init__(
        self, sandbox: World, state: State, pusher: Pusher, log: RequestLog, faults: Faults, changes: Changes
    ) -> None:
        self._sandbox = sandbox
        self._state = state
        self._pusher = pusher
        self._log = log
        self._faults = faults
        self._changes = changes
        self._templates = _templates()

    @property
    def routes(self) -> list[BaseRoute]:
        """The addresses of the pages: all that begins with `/pages`, and the two that a browser asks for by itself."""
        inner = [
            Route("/conversation", self._served(self._home)),
            Route("/messages/{message_id}", self._served(self._message)),
            Route("/requests", self._served(self._requests)),
            Route("/requests/{order}", self._served(self._request)),
            Route("/faults", self._served(self._fault_page)),
            Route("/contacts", self._served(self._contacts)),
            Route("/static/{name}", _file),
            Route("/{path:path}", self._served(self._missing)),
        ]
        icon = Route("/favicon.ico", _icon)
        return [Route("/", self._served(self._home)), icon, Mount(PAGES, routes=inner)]

    def _served(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def serve(request: Request) -> Response:
            status, text = page(request)
            return Response(text.encode(errors="replace"), status, _HEADERS, "text/html; charset=utf-8")

        return serve

    def _render(self, request: Request, template: str, status: int = 200, **shown: Any) -> tuple[int, str]:
        with self._state.still() as now:
            text = self._templates.get_template(template).render(
                shown,
                version=self._changes.count,
                now=now,
                runs=self._sandbox.runs,
                next_event=self._sandbox.next_event,
                armed=self._faults.armed(),
                url=f"http://{request.headers['host']}",
                options=self._sandbox.options,
                here=request.url.path,
            )
        return status, text

    # --- the pages ----------------------------------------------------------------------------------------

    def _home(self, request: Request) -> tuple[int, str]:
        query = request.query_params
        wanted, number = query.get("q", "").strip(), query.get("number")
        with self._state.still():
            conversation = None
            if number is not None:
                show = _number(query.get("show"), views.SAID_AT_FIRST)
                conversation = self._state.conversations.of(number, min(max(show, 1), SHOWN))
            return self._render(
                request,
                "home.html",
                q=wanted,
                found=views.search(self._state, wanted) if wanted else None,
                number=number,
                conversation=conversation,
                answered=None if conversation is None else views.answered_message(conversation),
                **views.conversation_list(self._state, _number(query.get("page"), 0)),
            )

    def _message(self, request: Request) -> tuple[int, str]:
        with self._state.still():
            message = self._state.message(request.path_params["message_id"])
            if message is None:
                return self._missing(request)
            record = None if message.request is None else self._log.find(message.request)
            url = f"http://{request.headers['host']}"
            view = views.message_view(message, record, self._pusher, self._sandbox.options, url)
            return self._render(request, "message.html", view=view)

    def _requests(self, request: Request) -> tuple[int, str]:
        only_refused = request.query_params.get("refused") == "1"
        page = _number(request.query_params.get("page"), 0)
        records = self._log.records()[: -SHOWN - 1 : -1]
        refused = sum(map(views.is_refused, records))
        if only_refused:
            records = [record for record in records if views.is_refused(record)]
        begin = page * views.REQUESTS_PER_PAGE
        end = begin + views.REQUESTS_PER_PAGE
        shown = [views.request_row(record, self._sandbox.options) for record in records[begin:end]]
        return self._render(
            request,
            "requests.html",
            records=shown,
            page=page,
            more=len(records) > end,
            refused=refused,
            only_refused=only_refused,
        )

    def _request(self, request: Request) -> tuple[int, str]:
        record = self._log.find(_number(request.path_params["order"], -1))
        if record is None:
            return self._missing(request)
        return self._render(request, "request.html", view=views.request_view(record, self._sandbox.options))

    def _fault_page(self, request: Request) -> tuple[int, str]:
        return self._render(request, "faults.html", kinds=FAULTS, operations=self._sandbox.operations)

    def _contacts(self, request: Request) -> tuple[int, str]:
        statuses = self._sandbox.message_statuses
        outcomes = dict(self._state.outcomes)
        return self._render(
            request, "contacts.html", contacts=list(views.contacts()), outcomes=outcomes, statuses=statuses
        )

    def _missing(self, request: Request) -> tuple[int, str]:
        return self._render(request, "missing.html", 404)


def _templates() -> jinja2.Environment:
    environment: Any = jinja2.Environment(  # the types of its tables leave no room for what others put there
        loader=jinja2.PackageLoader("messagemedia.sandbox.pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "visible": texts.visible,
        "named": texts.named,
        "moment": texts.moment,
        "until": texts.until,
        "size": texts.size,
        "bytes_of_base64": texts.bytes_of_base64,
        "exact": timestamp,
        "tone": tone,
        "read_timestamp": read_timestamp,
        "fault_text": fault_text,
        "source": snippets.literal,
    }
    environment.tests |= {"link": texts.is_link, "outgoing": _is_outgoing}
    environment.globals |= {"conversation_url": _conversation_url, "query": urlencode, "codes": CODES, "most": SHOWN}
    return cast("jinja2.Environment", environment)


def _is_outgoing(said: Said) -> bool:
    return isinstance(said, StoredMessage)


def _conversation_url(number: str, show: int = 0) -> str:
    """The address of a conversation, with at least so much of it."""
    more = {"show": show} if show > views.SAID_AT_FIRST else {}
    return f"{PAGES}/conversation?{urlencode({'number': number, **more})}"


def _number(text: str | None, otherwise: int) -> int:
    """A number of the address; what is none, or beyond all that is kept, counts as if it were not there."""
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 16 else otherwise


async def _file(request: Request) -> Response:
    return _static(request.path_params["name"])


async def _icon(_request: Request) -> Response:
    return _static("icon.svg")


def _static(name: str) -> Response:
    if name not in _FILES:
        return Response(status_code=404, headers=_HEADERS)
    content = (resources.files("messagemedia.sandbox.pages") / "static" / name).read_bytes()
    return Response(content, headers={**_HEADERS, "Cache-Control": "no-cache"}, media_type=_FILES[name])
