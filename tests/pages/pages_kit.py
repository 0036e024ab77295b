"""What the pages of a browser complain about, and somebody who takes pushes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from messagemedia.sandbox import Sandbox
from playwright.sync_api import ConsoleMessage, Page

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "build" / "pages"
SHOWN = ROOT / "docs" / "pictures"
START = datetime(2026, 1, 15, 3, 4, 5, tzinfo=UTC)
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}

Open = Callable[..., Page]


def send(caller: httpx.Client, content: str = "Hello", number: str = "+61491570156", **fields: Any) -> str:
    message = {"content": content, "destination_number": number, **fields}
    answer = caller.post("/v1/messages", json={"messages": [message]})
    assert answer.status_code == 202, answer.text
    return answer.json()["messages"][0]["message_id"]


class Complaints:
    """What a page has complained about, and where it has asked for something."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.heard: list[str] = []

    def listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.heard.append(str(error)))
        page.on("dialog", lambda dialog: self.heard.append(dialog.message))
        page.on("request", lambda request: self._asked(request.url))
        # A violation of the policy is an event, too: the console may leave out what is repeated.
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation', e => console.error(`policy: ${e.violatedDirective}`))"
        )

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.heard.append(message.text)

    def _asked(self, url: str) -> None:
        if not url.startswith(f"{self._sandbox.url}/"):
            self.heard.append(f"asked for {url}")


class Receiver:
    """Takes pushes on loopback."""

    def __init__(self) -> None:
        self.pushes: list[tuple[dict[str, str], dict[str, Any]]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.pushes.append((dict(self.headers), json.loads(body)))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks"
