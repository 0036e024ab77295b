"""The site leads nowhere wrong, loads nothing from elsewhere, and has a page of everything."""

from __future__ import annotations

import posixpath
import re
from importlib import import_module
from urllib.parse import unquote, urlsplit

import click
import pytest
from messagemedia.cli import app
from messagemedia_generated.contract import OPERATIONS, WEBHOOKS
from site_kit import ROOT, Site

MODULES = [
    "messagemedia",
    *(f"messagemedia.{each}" for each in ("auth", "campaign", "errors", "migration", "sandbox", "testing", "webhooks")),
]


def test_no_link_leads_nowhere(site: Site) -> None:
    lost = []
    for name, page in site.pages.items():
        for target, _ in page.links:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            path = (
                posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path))) if parts.path else name
            )
            if path in site.pages:
                found = not parts.fragment or unquote(parts.fragment) in site.pages[path].anchors
            else:
                found = (site.folder / path).is_file()
            if not found:
                lost.append(f"{name}: {target}")
    assert lost == []


def test_nothing_is_loaded_from_elsewhere(site: Site) -> None:
    loads = {each for page in site.pages.values() for each in page.loads}
    assert loads
    assert [each for each in loads if re.match(r"(\w+:)?//", each)] == []
    for sheet in site.folder.rglob("*.css"):
        assert re.findall(r"url\(['\"]?(?:\w+:)?//[^)]*|@import[^;]*", sheet.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_has_a_page(site: Site, module: str) -> None:
    assert f"reference/{module}.html" in site.pages
    names = [each for each in import_module(module).__all__ if not each.startswith("__")]
    assert names
    anchors = {name: page.anchors for name, page in site.pages.items() if name.startswith("reference/")}
    led_to = {target.rpartition("#")[2] for target, _ in site.pages[f"reference/{module}.html"].links}
    for name in names:
        homes = [
            f"{each}.{name}" for each in MODULES if f"{each}.{name}" in anchors.get(f"reference/{each}.{name}.html", ())
        ]
        assert set(homes) & led_to, name


def test_the_reference_tells_of_the_public_and_not_of_the_private(site: Site) -> None:
    text = (site.folder / "reference" / "messagemedia.Message.html").read_text(encoding="utf-8")
    plain = re.sub(r"<[^>]+>", "", text)
    assert "An SMS part holds 160 GSM-7 or 70 UCS-2 characters" in plain  # of the field itself
    assert "Required. 8 to 15 digits" in plain
    assert "object at 0x" not in plain
    send = re.sub(r"<[^>]+>", "", (site.folder / "reference" / "client.messages.html").read_text(encoding="utf-8"))
    assert "OutcomeUnknownError" in send
    assert "_api" not in send


def test_every_operation_push_and_command_has_its_place(site: Site) -> None:
    for name in OPERATIONS:
        page = site.pages[f"reference/operations/{name}.html"]
        assert any("reference/client.api" in posixpath.normpath(f"reference/operations/{to}") for to, _ in page.links)
    assert {each.lower() for each in WEBHOOKS} <= site.pages["reference/operations/pushes.html"].anchors
    anchors = site.pages["reference/commands.html"].anchors
    assert {"-".join(path) for path in commands(app.root(), app.PROGRAM)} <= anchors


def commands(command: click.Command, *path: str) -> list[tuple[str, ...]]:
    found = [path]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below
            found += commands(below, *path, name)
    return found


def test_llms_txt_lists_every_page(site: Site) -> None:
    text = (site.folder / "llms.txt").read_text(encoding="utf-8")
    assert re.match(r"# messagemedia \S+\n\n> \S.*\n\n", text)
    listed = re.findall(r"^- \[[^\]]+\]\(([^)]+)\)", text, re.MULTILINE)
    assert sorted(listed) == sorted(set(site.pages) - {"genindex.html", "py-modindex.html", "search.html"})
    full = (site.folder / "llms-full.txt").read_text(encoding="utf-8")
    assert "# Campaigns over many machines" in full
    assert "{literalinclude}" not in full
    assert "{toctree}" not in full
    assert set(re.findall(r"\]\(([\w/-]+\.(?:html|md|rst))[#)]", full)) <= set(site.pages)
    for name in ("webhooks_flask.py", "webhooks_django.py", "webhooks_fastapi.py"):
        assert (ROOT / "examples" / name).read_text(encoding="utf-8").rstrip() in full
