"""A conversation from the first message to the push of its answer, faults and time: by mouse, and by keyboard alone."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from messagemedia.sandbox import Sandbox
from pages_kit import PHONE, Open, Receiver, send
from playwright.sync_api import Page, expect

MOST_TABS = 80


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus, and see that it is visible."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid"
            return
    raise AssertionError(f"Tab doesn't lead to {selector}")


def key(caller: httpx.Client) -> None:
    """Let pushes be signed from now on."""
    made = caller.post("/v1/iam/signature_keys", json={"digest": "SHA256", "cipher": "RSA"}).json()
    caller.patch("/v1/iam/signature_keys/enabled", json={"key_id": made["key_id"]}).raise_for_status()


def test_a_conversation_by_mouse(opened: Open, sandbox: Sandbox, caller: httpx.Client, receiver: Receiver) -> None:
    key(caller)
    page = opened()
    expect(page.get_by_role("heading", name="Send the first message")).to_be_visible()
    send(caller, "Shall we come?", delivery_report=True, callback_url=receiver.url)
    page.get_by_role("link", name="+61491570156").click()
    thread = page.get_by_role("log")
    expect(thread).to_contain_text("Shall we come?")
    for status in ("enroute", "submitted", "delivered"):
        page.get_by_role("button", name="Next event").click()
        expect(thread.locator(".status")).to_have_text(status)
    expect(page.get_by_role("button", name="Next event")).to_be_disabled()
    page.get_by_role("button", name="YES").click()
    page.get_by_role("button", name="Send").click()
    expect(thread.locator(".in .text")).to_have_text("YES")
    expect(page.locator("#reply")).to_have_value("")
    sandbox.wait_for_pushes()
    headers, pushed = receiver.pushes[-1]
    assert pushed["content"] == "YES"
    assert headers["X-MessageMedia-Digest-Type"] == "SHA256"
    assert [reply["content"] for reply in caller.get("/v1/replies").json()["replies"]] == ["YES"]
    thread.get_by_role("link", name="Details").click()
    rows = page.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(5)
    expect(rows.last).to_contain_text(re.compile(r"reply.*POST.*204.*yes"))


def test_a_conversation_by_keyboard(opened: Open, sandbox: Sandbox, caller: httpx.Client, receiver: Receiver) -> None:
    send(caller, "Shall we come?", callback_url=receiver.url)
    send(caller, "Another", "+61491570157")
    page = opened()
    page.keyboard.press("/")
    page.keyboard.type("come")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 found for “come”")).to_be_visible()
    tab_to(page, ".rows a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="+61491570156")).to_be_visible()
    tab_to(page, "#next button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").locator(".status")).to_have_text("enroute")
    tab_to(page, "#reply")
    page.keyboard.type("No,")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("STOP")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").locator(".in .text")).to_have_text("No,\nSTOP")
    sandbox.wait_for_pushes()
    assert receiver.pushes[-1][1]["content"] == "No,\nSTOP"
    expect(page.locator("#reply")).to_be_focused()


def test_the_first_tab_skips_to_the_content(opened: Open) -> None:
    page = opened("/pages/contacts")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_picture_is_answered(
    opened: Open, sandbox: Sandbox, caller: httpx.Client, receiver: Receiver, tmp_path: Path
) -> None:
    send(caller, callback_url=receiver.url)
    picture = tmp_path / "<b>door.png"
    picture.write_bytes(b"\x89PNG" * 100)
    page = opened("/pages/conversation?number=61491570156")
    page.locator("#picture").set_input_files(picture)
    expect(page.locator("#picture-name")).to_have_text("<b>door.png")
    page.get_by_role("textbox", name="Reply as").fill("Here it is")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("log")).to_contain_text("<b>door.png image/png, 400 bytes")
    expect(page.locator("#picture-name")).to_have_text("Add a picture")
    sandbox.wait_for_pushes()
    (attachment,) = receiver.pushes[-1][1]["attachments"]
    assert attachment["original_name"] == "<b>door.png"
    assert attachment["content"].startswith("iVBOR"[:3])


def test_who_was_sent_nothing_can_write_first(opened: Open, caller: httpx.Client) -> None:
    page = opened("/pages/contacts")
    page.get_by_role("link", name="+99900000305").click()
    page.get_by_role("textbox", name="Reply as").fill("Hello?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").locator(".in .text")).to_have_text("Hello?")
    (reply,) = caller.get("/v1/replies").json()["replies"]
    assert reply["source_number"] == "+99900000305"


def test_an_answer_is_lost(opened: Open, sandbox: Sandbox, caller: httpx.Client) -> None:
    send(caller, "The first")
    page = opened("/pages/conversation?number=61491570156")
    page.get_by_role("button", name="Lose next answer").click()
    expect(page.get_by_role("complementary", name="Active faults")).to_contain_text(
        "Lose the answer: the next sendMessages"
    )
    with pytest.raises(httpx.RemoteProtocolError):
        send(caller, "Sent all the same")
    expect(page.get_by_role("log")).to_contain_text("Sent all the same")
    expect(page.get_by_role("complementary", name="Active faults")).to_be_hidden()
    page.get_by_role("link", name="Requests").click()
    page.get_by_role("link", name="Refused or disturbed").click()
    expect(page.get_by_role("main")).to_contain_text("lose the answer")
    assert len(sandbox.ledger) == 2


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_a_fault_is_chosen(
    opened: Open, sandbox: Sandbox, caller: httpx.Client, viewport: dict[str, int] | None
) -> None:
    page = opened("/pages/faults", **({"viewport": viewport} if viewport else {}))
    expect(page.get_by_label("Seconds", exact=True)).to_be_hidden()
    page.get_by_text("Answer with a status", exact=True).click()
    page.get_by_label("Status", exact=True).fill("503")
    page.locator("#fault [name=form]").select_option("html")
    page.locator("#fault [name=operation]").select_option("checkReplies")
    page.locator("#fault [name=times]").select_option("all requests")
    page.get_by_label("Process the request anyway").check()
    page.get_by_role("button", name="Set this fault").click()
    expect(page.locator("#armed")).to_have_text("Answer with a status (503): every checkReplies")
    (fault,) = sandbox.faults
    assert (fault.status, fault.form, fault.times, fault.processed, fault.operation) == (
        503,
        "html",
        None,
        True,
        "checkReplies",
    )
    assert caller.get("/v1/replies").status_code == 503
    page.get_by_text("Null fields", exact=True).click()
    page.get_by_label("Fields, separated by commas").fill("status, message_id")
    page.get_by_role("button", name="Set this fault").click()
    expect(page.locator("#armed li")).to_have_count(2)
    assert sandbox.faults[1].fields == ("status", "message_id")
    page.get_by_role("button", name="Clear all").click()
    expect(page.get_by_text("No faults are active.")).to_be_visible()
    assert sandbox.faults == []


def test_what_is_wrong_is_said(opened: Open, sandbox: Sandbox) -> None:
    page = opened("/pages/faults")
    page.get_by_text("Extra fields", exact=True).click()
    page.get_by_label("Fields, as JSON").fill("{x}")
    page.get_by_role("button", name="Set this fault").click()
    expect(page.get_by_role("alert")).to_contain_text("This is not JSON")
    page.get_by_label("Fields, as JSON").fill('{"x": 1}')
    page.get_by_role("button", name="Set this fault").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    assert sandbox.faults[0].values == {"x": 1}


def test_a_number_is_decided(opened: Open, sandbox: Sandbox, caller: httpx.Client) -> None:
    page = opened("/pages/contacts")
    page.get_by_label("Number").fill("+61491570158")
    page.get_by_label("Messages end as").select_option("failed")
    page.get_by_label("And it replies").fill("no!")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("main")).to_contain_text("61491570158 failed answers no!")
    message_id = send(caller, number="+61491570158")
    sandbox.advance(60)
    assert sandbox.status(message_id) == "failed"


def test_time_is_stopped_and_let_go(opened: Open, sandbox: Sandbox) -> None:
    page = opened()
    clock = page.locator("#now")
    expect(clock).to_have_text("15 Jan 2026, 03:04:05")
    page.get_by_label("How far to step").select_option("1 day")
    page.get_by_role("button", name="Step").click()
    expect(clock).to_have_text("16 Jan 2026, 03:04:05")
    page.get_by_role("button", name="Resume").press("Enter")
    expect(page.get_by_role("button", name="Pause")).to_be_focused()
    expect(clock).not_to_have_text("16 Jan 2026, 03:04:05")  # it runs by itself
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    assert not sandbox.runs


def test_everything_is_forgotten_when_asked_twice(
    opened: Open, sandbox: Sandbox, caller: httpx.Client, complaints: object
) -> None:
    send(caller)
    page = opened("/pages/faults")
    page.evaluate("() => { window.confirm = () => false; }")
    page.get_by_role("button", name="Forget everything").click()
    expect(page.get_by_role("main")).to_be_visible()
    assert len(sandbox.ledger) == 1
    page.evaluate("() => { window.confirm = () => true; }")
    with page.expect_response(re.compile("/__sandbox__/reset")):
        page.get_by_role("button", name="Forget everything").click()
    assert sandbox.ledger == []


def test_code_is_copied(opened: Open, sandbox: Sandbox, caller: httpx.Client) -> None:
    message_id = send(caller, "Say “hi”")
    page = opened(f"/pages/messages/{message_id}", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_text("As Python").click()
    page.locator("#take-python").get_by_role("button", name="Copy").click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    subprocess.run([sys.executable, "-W", "error", "-c", copied], check=True)
    assert [entry.message["content"] for entry in sandbox.ledger] == ["Say “hi”"] * 2
