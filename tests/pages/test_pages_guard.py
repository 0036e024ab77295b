"""Hostile texts stay texts in a real browser, and no page of another site gets at the sandbox."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from messagemedia.sandbox import Sandbox
from pages_kit import Open, send
from playwright.sync_api import Browser, Playwright, expect

from tests.browser import launch

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "handler": "<img src=x onerror=alert(1)><svg onload=alert(1)>",
    "attribute": "\"' onfocus=alert(1) autofocus x=\"'><script>alert(1)</script>",
    "address": "javascript:alert(1) https://example.com/<script>",
    "frame": "</p></article></main><iframe srcdoc='<script>parent.alert(1)</script>'></iframe><base href=//evil.example>",
    "style": "<style>*{display:none}</style><link rel=stylesheet href=//evil.example/x.css>",
    "bidi": "\u202e\u2066pay\u2069 \u200f\u061cnow",
    "nothing": "a\x00b\x00",
    "emoji": "😀" * 2500 + "👩‍👩‍👧‍👦" * 100,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_do_nothing(opened: Open, sandbox: Sandbox, caller: httpx.Client, name: str) -> None:
    """Those that are there when the page opens, and those that come while it is open."""
    text = HOSTILE[name]
    message_id = send(
        caller, text, subject=text[:60], format="MMS", media=["https://example.com/x.png"], metadata={"a": text[:200]}
    )
    page = opened("/pages/conversation?number=61491570156")
    expect(page.get_by_role("log").locator("article")).to_have_count(1)
    sandbox.reply(text, message_id=message_id)
    second = send(caller, text)
    expect(page.get_by_role("log").locator("article")).to_have_count(3)
    shown = page.locator("article .text").first.inner_text()
    assert shown.startswith(text[:5].replace("\u202e", "⟨U+20")[:5].replace("\x00", "⟨U+0000⟩")[:5])
    assert page.locator("main iframe, main script, main style, main img, main svg, main link, base").count() == 0
    assert page.locator("main [onfocus], main [onerror], main [onload]").count() == 0
    widths = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]
    for address in (f"/pages/messages/{second}", "/", "/pages/requests"):
        page.goto(sandbox.url + address)
        expect(page.get_by_role("main")).to_be_visible()
        widths = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1]


def test_media_are_not_fetched_and_tell_nobody_where_they_are_opened(opened: Open, caller: httpx.Client) -> None:
    send(caller, format="MMS", media=["https://example.com/x.png"])
    page = opened("/pages/conversation?number=61491570156")  # `opened` fails if anything is asked for elsewhere
    link = page.get_by_role("link", name="https://example.com/x.png")
    assert set(str(link.get_attribute("rel")).split()) == {"noreferrer", "noopener"}


# --- other sites -------------------------------------------------------------------------------------------------

ATTACK = """<!doctype html><title>evil</title><body>
<form id=f method=post action="{url}/__sandbox__/reset" enctype="text/plain"><input name='{{"a":"' value='"}}'></form>
<iframe id=i src="{url}/"></iframe>
<script>
window.tried = (async () => {{
  const results = [];
  for (const [path, options] of [
    ["/__sandbox__/reset", {{method: "POST", mode: "no-cors", body: "{{}}"}}],
    ["/__sandbox__/reset", {{method: "POST", headers: {{"Content-Type": "application/json"}}, body: "{{}}"}}],
    ["/__sandbox__/fault", {{method: "DELETE"}}],
    ["/__sandbox__/ledger", {{}}],
    ["/__sandbox__/events", {{}}],
    ["/", {{}}],
  ]) {{
    try {{
      const answer = await fetch("{url}" + path, options);
      results.push(answer.type === "opaque" ? "opaque" : answer.status);
    }} catch {{ results.push("refused"); }}
  }}
  return results;
}})();
</script>"""


@pytest.fixture
def elsewhere(sandbox: Sandbox) -> Iterator[str]:
    """A page of another origin, which does what it can."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = ATTACK.format(url=sandbox.url).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_page_of_another_site_changes_and_reads_nothing(
    browser: Browser, sandbox: Sandbox, caller: httpx.Client, elsewhere: str
) -> None:
    send(caller, "A secret")
    sandbox.fault("drop_before", times=None)
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(elsewhere)
        assert page.evaluate("() => window.tried") == ["opaque", *["refused"] * 5]
        frame = page.frames[1]
        assert "A secret" not in frame.content()  # frame-ancestors
        with page.expect_navigation():
            page.evaluate("() => document.getElementById('f').submit()")
        assert "may not drive the sandbox" in page.content()
    assert [entry.message["content"] for entry in sandbox.ledger] == ["A secret"]
    assert len(sandbox.faults) == 1


def test_a_foreign_name_for_loopback_leads_nowhere(
    playwright: Playwright, sandbox: Sandbox, caller: httpx.Client
) -> None:
    """DNS rebinding: the name of another site, which suddenly means this machine."""
    send(caller, "A secret")
    rebound = launch(playwright, "--host-resolver-rules=MAP evil.example 127.0.0.1")
    try:
        page = rebound.new_page()
        port = sandbox.url.rpartition(":")[2]
        for address in ("/", "/pages/conversation?number=61491570156", "/pages/static/pages.js", "/__sandbox__/ledger"):
            answer = page.goto(f"http://evil.example:{port}{address}")
            assert answer is not None
            assert answer.status == 403
            assert "A secret" not in page.content()
        changed = page.evaluate("""async () => {
            const headers = {"Content-Type": "application/json"};
            return (await fetch("/__sandbox__/reset", {method: "POST", headers, body: "{}"})).status;
        }""")
        assert changed == 403
    finally:
        rebound.close()
    assert len(sandbox.ledger) == 1
