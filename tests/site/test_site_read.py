"""The site in a real browser, opened from its folder: answers are found, pages fit, and axe finds no fault."""

from __future__ import annotations

import posixpath
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from site_kit import PHONE, PICTURES, ROOT, WIDE, Site

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

# What people ask, and the page that answers.
QUESTIONS = {
    "was my message sent?": "index.html",
    "timeout after send": "errors.html",
    "send without an account": "first-message.html",
    "callback_url flask": "pushes.html",
    "confirm replies": "receiving.html",
    "is number 0491 570 156 invalid": "numbers.html",
    "proxy certificate": "connections.html",
    "HMAC signature 401": "authentication.html",
    "celery workers": "many-machines.html",
    "mock in pytest": "testing.html",
    "migrate from messagemedia-messages-sdk": "migrating.html",
    "resume after a crash": "campaigns.html",
    "how much does a message cost, parts": "numbers.html",
    "check my credits on the command line": "command-line.html",
}
SEEN = {
    "front": "index.html",
    "guide": "campaigns.html",
    "errors": "errors.html",
    "name": "reference/client.messages.html",
    "operation": "reference/operations/sendMessages.html",
}


def searched(page: Page, site: Site, question: str) -> list[str]:
    """The pages that the search finds, the best first."""
    page.goto(f"{site.url}index.html")
    page.get_by_role("textbox", name="Search").first.fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".search-summary")).to_contain_text("Search finished", timeout=60_000)
    links = page.locator("#search-results li a").evaluate_all("all => all.map(each => each.getAttribute('href'))")
    return [str(each).partition("#")[0] for each in links]


@pytest.mark.parametrize(("question", "answer"), QUESTIONS.items())
def test_a_question_finds_its_answer(page: Page, site: Site, question: str, answer: str) -> None:
    found = searched(page, site, question)
    one_click = {posixpath.normpath(to.partition("#")[0]) for to, in_text in site.pages["index.html"].links if in_text}
    assert answer in site.pages
    assert found[0] == answer or answer in {"index.html", *one_click}, found[:5]
    assert answer in found[:5]  # so it is on the first screen


@pytest.mark.parametrize("name", ["OutcomeUnknownError", "send_many", "Campaign", "sendMessages"])
def test_a_name_finds_its_page(page: Page, site: Site, name: str) -> None:
    found = searched(page, site, name)
    assert f"{name.lower()}" in found[0].lower() or name == "send_many"
    assert any(each.startswith("reference/") for each in found[:2])


def faults_of(page: Page) -> list[str]:
    """What axe finds that is serious or critical."""
    page.evaluate(AXE)
    # Sphinx describes the second form of an overloaded method as a term without a definition.
    options = {"resultTypes": ["violations"], "rules": {"definition-list": {"enabled": False}}}
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{each['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_pages_fit(browser: Browser, site: Site, width: str, scheme: Any) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport=PHONE if width == "phone" else WIDE, color_scheme=scheme, offline=True)
    page = context.new_page()
    grounds = set()
    for name, address in SEEN.items():
        page.goto(site.url + address)
        page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png")
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), name
        assert faults_of(page) == [], name
        grounds.add(page.evaluate("() => getComputedStyle(document.body).backgroundColor"))
    context.close()
    (ground,) = grounds
    lightness = sum(int(each) for each in ground.removeprefix("rgb(").removesuffix(")").split(","))
    assert (lightness > 600) == (scheme == "light")


def test_no_page_is_wider_than_a_phone(browser: Browser, site: Site) -> None:
    context = browser.new_context(viewport=PHONE, offline=True)
    page = context.new_page()
    wide = []
    of_names = re.compile(r"reference/(messagemedia\.\w+\.?[A-Z]|operations/[a-z]+[A-Z])")  # which are of one make
    for address in [each for each in site.pages if not of_names.match(each) or each in SEEN.values()]:
        page.goto(site.url + address, wait_until="domcontentloaded")
        if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
            wide.append(address)
    context.close()
    assert wide == []


def test_pages_ask_for_nothing_outside(page: Page, site: Site, heard: list[str]) -> None:
    for address in (*SEEN.values(), "search.html?q=send", "genindex.html"):
        page.goto(site.url + address, wait_until="networkidle")
    assert heard == []


def test_code_can_be_copied(page: Page, site: Site) -> None:
    page.goto(f"{site.url}reference/messagemedia.campaign.html")
    expect(page.locator("button.copybtn").first).to_be_attached()
