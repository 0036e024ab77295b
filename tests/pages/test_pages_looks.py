"""How the pages look: pictures of all of them at two widths, light and dark, and what axe says of each."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from messagemedia.sandbox import Sandbox
from pages_kit import PHONE, PICTURES, START, WIDE, Open, Receiver, send
from playwright.sync_api import Page

AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
LOOKS = [(width, scheme) for width in ("wide", "phone") for scheme in ("light", "dark")]
HEARD = [("wide", "light"), ("phone", "dark")]  # which have each width and each scheme once: axe takes its time
LIKE_OTHERS = {"search", "refused", "missing"}  # made of what other pages are made of
CUSTOMER, SHOP = "+61491570156", "+61491570157"


@pytest.fixture
def addresses(sandbox: Sandbox, caller: httpx.Client, receiver: Receiver) -> dict[str, str]:
    """A sandbox with something of everything, and the pages that show it, by their names."""
    text = "Your parcel arrives today between 2 and 4 pm. Reply YES to leave it at the door."
    first = send(
        caller,
        text,
        CUSTOMER,
        source_number=SHOP,
        delivery_report=True,
        callback_url=receiver.url,
        metadata={"order": "4711"},
    )
    sandbox.advance(3)
    sandbox.wait_for_pushes()
    sandbox.advance(60)
    sandbox.reply("YES", message_id=first)
    sandbox.advance(45)
    send(
        caller,
        "Thank you. Your driver is Chloë \u2013 she\u2019ll ring once. Track: https://ship.example/4711 “Enjoy!” 🎉",
        CUSTOMER,
    )
    mms = send(
        caller,
        "Your ticket for tonight",
        CUSTOMER,
        format="MMS",
        subject="Ticket",
        media=["https://example.com/ticket.png"],
    )
    sandbox.advance(10)
    picture = {"content_type": "image/png", "original_name": "door.png", "content": "iVBORw0KGgo=" * 300}
    sandbox.reply("Here is the door", message_id=mms, attachments=[picture])
    later = (START + timedelta(hours=30)).isoformat()
    send(caller, "Reminder: please rate your delivery.", CUSTOMER, scheduled=later)
    for number, said in {
        "+99900000305": "Hello once more",
        "+99900000002": "Our summer sale begins today. Reply STOP to opt out.",
        "+61491570006": "Your code is 482 913. It is valid for ten minutes.",
    }.items():
        send(caller, said, number)
    sandbox.advance(6)
    send(caller, "<script>alert(1)</script> \u202egnp.exe", "+61491570160")
    cut = send(caller, "Dear customer, “terms” have changed… " * 8, "+61491570161")
    caller.get("/v1/replies", auth=("SANDBOX_KEY", "wrong"))
    caller.post("/v1/messages", json={"messages": [{"content": "x"}]})
    refused = sandbox.requests[-2].order
    sandbox.fault("drop_after_accept", operation="sendMessages")
    sandbox.fault("rate_limit", operation="checkReplies", times=None, retry_after=2)
    return {
        "messages": "/",
        "conversation": f"/pages/conversation?number={CUSTOMER[1:]}",
        "search": "/?q=parcel",
        "message": f"/pages/messages/{first}",
        "parts": f"/pages/messages/{cut}",
        "requests": "/pages/requests",
        "refused": f"/pages/requests/{refused}",
        "faults": "/pages/faults",
        "contacts": "/pages/contacts",
        "missing": "/pages/messages/none",
    }


def faults_of(page: Page) -> list[str]:
    """What axe finds that is serious or critical."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


def looks(page: Page, name: str, width: str, scheme: str, *, heard: bool, whole: bool = True) -> list[str]:
    """Take a picture of a page, and return what is wrong with it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png", full_page=whole)
    wide = page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
    return [*(["it is wider than its window"] if wide else []), *(faults_of(page) if heard else [])]


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_is_fit_to_be_seen_and_heard(
    opened: Open, sandbox: Sandbox, addresses: dict[str, str], width: str, scheme: str, complaints: Any
) -> None:
    page = opened("/", viewport=PHONE if width == "phone" else WIDE, color_scheme=scheme, bypass_csp=True)
    wrong: dict[str, list[str]] = {}
    for name, address in addresses.items():
        page.goto(sandbox.url + address)
        heard = (width, scheme) in HEARD and name not in LIKE_OTHERS
        wrong[name] = looks(page, name, width, scheme, heard=heard, whole=name not in {"messages", "conversation"})
    assert {name: each for name, each in wrong.items() if each} == {}
    complaints.heard[:] = [each for each in complaints.heard if "404" not in each]  # of the page that is missing


def test_what_is_folded_is_fit_to_be_heard(opened: Open, addresses: dict[str, str]) -> None:
    page = opened(addresses["message"], bypass_csp=True)
    page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert faults_of(page) == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_an_empty_sandbox_is_fit_to_be_seen_and_heard(opened: Open, sandbox: Sandbox, width: str, scheme: str) -> None:
    page = opened("/", viewport=PHONE if width == "phone" else WIDE, color_scheme=scheme, bypass_csp=True)
    for name, address in {
        "empty": "/",
        "no-requests": "/pages/requests",
        "nothing-said": "/pages/conversation?number=1",
    }.items():
        page.goto(sandbox.url + address)
        assert looks(page, name, width, scheme, heard=(width, scheme) in HEARD) == []


def test_nothing_moves_for_those_who_want_that(opened: Open, addresses: dict[str, str]) -> None:
    for motion, expected in (("reduce", {"0s"}), ("no-preference", {"0s", "0.12s"})):
        page = opened(addresses["messages"], reduced_motion=motion)
        script = (
            "() => [...new Set([...document.querySelectorAll('*')].map(e => getComputedStyle(e).transitionDuration))]"
        )
        assert set(page.evaluate(script)) == expected
