"""Pages keep themselves up to date, in several tabs, and take nothing out of anybody's hands."""

import time

import httpx
from messagemedia.sandbox import Sandbox
from pages_kit import PHONE, Open, send
from playwright.sync_api import Page, expect

CONVERSATION = "/pages/conversation?number=61491570156"


def waiting(sandbox: Sandbox, count: int, page: Page) -> None:
    """Wait until so many polls wait; a browser that lets one of them wait for another does so for 20 seconds."""
    end = time.monotonic() + 15
    while sandbox._changes.waiting != count:
        assert time.monotonic() < end
        page.wait_for_timeout(10)


def test_three_tabs_at_once(opened: Open, sandbox: Sandbox, caller: httpx.Client) -> None:
    send(caller, "Before")
    tabs = [opened("/"), opened(CONVERSATION), opened("/pages/requests")]
    waiting(sandbox, 3, tabs[0])
    send(caller, "While all look")
    for tab, text in zip(tabs, ["While all look", "While all look", "Requests"], strict=True):
        expect(tab.get_by_role("main")).to_contain_text(text)
    expect(tabs[2].locator(".requests li")).to_have_count(2)


def test_more_tabs_than_a_browser_has_connections(opened: Open, caller: httpx.Client) -> None:
    tabs = [opened("/") for _ in range(8)]
    send(caller, "To all of them")
    for tab in tabs:
        expect(tab.get_by_role("main")).to_contain_text("To all of them", timeout=30_000)


def test_a_tab_that_nobody_sees_asks_for_nothing_and_catches_up(
    opened: Open, sandbox: Sandbox, caller: httpx.Client
) -> None:
    send(caller, "Before")
    page = opened(CONVERSATION)
    waiting(sandbox, 1, page)
    page.evaluate("""() => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
        document.dispatchEvent(new Event("visibilitychange"));
    }""")
    waiting(sandbox, 0, page)
    for number in range(30):
        send(caller, f"Number {number}")
    sandbox.advance(60)
    expect(page.get_by_role("log").locator("article")).to_have_count(1)
    page.evaluate("""() => {
        delete document.hidden;
        document.dispatchEvent(new Event("visibilitychange"));
    }""")
    expect(page.get_by_role("log").locator("article")).to_have_count(31)
    expect(page.get_by_role("log").locator(".status.good")).to_have_count(31)
    waiting(sandbox, 1, page)
    send(caller, "And on it goes")
    expect(page.get_by_role("log")).to_contain_text("And on it goes")


def test_what_is_half_written_stays_as_it_is(opened: Open, sandbox: Sandbox, caller: httpx.Client) -> None:
    for number in range(40):
        send(caller, f"Number {number}")
    page = opened(CONVERSATION, viewport=PHONE)
    thread = page.get_by_role("log")
    page.locator("#reply").press_sequentially("half writ")
    page.evaluate("() => document.getElementById('reply').setSelectionRange(2, 5)")
    page.evaluate("() => document.getElementById('thread').scrollTo(0, 200)")
    send(caller, "A new one")
    sandbox.advance(1)
    expect(thread).to_contain_text("A new one")
    expect(thread.locator(".status").first).to_have_text("enroute")
    expect(page.locator("#reply")).to_have_value("half writ")
    expect(page.locator("#reply")).to_be_focused()
    selection = page.evaluate("() => [document.activeElement.selectionStart, document.activeElement.selectionEnd]")
    assert selection == [2, 5]
    assert page.evaluate("() => document.getElementById('thread').scrollTop") == 200


def test_the_focus_goes_where_its_row_goes(opened: Open, caller: httpx.Client) -> None:
    for number in range(5):
        send(caller, "Hello", f"+6149157000{number}")
    page = opened()
    row = page.get_by_role("link", name="+61491570002")
    row.focus()
    send(caller, "News", "+61491570002")
    expect(page.locator(".rows a").first).to_contain_text("News")
    expect(row).to_be_focused()


def test_a_thread_follows_its_end(opened: Open, caller: httpx.Client) -> None:
    for number in range(40):
        send(caller, f"Number {number}")
    page = opened(CONVERSATION, viewport=PHONE)
    expect(page.get_by_role("log").get_by_text("Number 39")).to_be_in_viewport()
    expect(page.get_by_role("log").get_by_text("Number 0", exact=True)).not_to_be_in_viewport()
    send(caller, "A new one")
    expect(page.get_by_role("log").get_by_text("A new one")).to_be_in_viewport(ratio=1)


def test_what_was_unfolded_stays_so(opened: Open, sandbox: Sandbox, caller: httpx.Client) -> None:
    message_id = send(caller)
    page = opened(f"/pages/messages/{message_id}")
    page.get_by_text("As curl").click()
    sandbox.advance(60)
    expect(page.locator("header.title .status")).to_have_text("delivered")
    expect(page.locator("#copy-curl")).to_be_visible()


def test_new_messages_are_announced_politely(opened: Open, sandbox: Sandbox, caller: httpx.Client) -> None:
    message_id = send(caller, "Before")
    page = opened(CONVERSATION)
    announcement = page.get_by_role("status")
    expect(announcement).to_be_empty()
    for _ in range(2):  # the same text again is news all the same
        page.evaluate("() => { document.getElementById('announcement').textContent = ''; }")
        sandbox.reply("<b>Yes</b>", message_id=message_id)
        expect(announcement).to_have_text("Reply from +61491570156: <b>Yes</b>")
    assert announcement.evaluate("each => getComputedStyle(each).display") != "none"


def test_a_page_goes_on_when_the_sandbox_was_away(
    opened: Open, sandbox: Sandbox, complaints: object, caller: httpx.Client
) -> None:
    page = opened("/")
    waiting(sandbox, 1, page)
    page.route("**/__sandbox__/events*", lambda route: route.abort())
    send(caller, "Meanwhile")  # ends the poll that waits
    expect(page.get_by_role("alert")).to_contain_text("This page continues by itself")
    page.unroute("**/__sandbox__/events*")
    expect(page.get_by_role("alert")).to_be_hidden()
    send(caller, "Afterwards")
    expect(page.get_by_role("main")).to_contain_text("Afterwards")
    complaints.heard[:] = [each for each in complaints.heard if "ERR_FAILED" not in each]
