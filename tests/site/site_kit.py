"""The pages of a built site, as a reader of HTML sees them."""

from __future__ import annotations

from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "build" / "site"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


class Document(HTMLParser):
    """What a page links to, loads and can be linked at.

    Attributes:
        links: The targets of its links, in order, each with whether it is in the text and not in the navigation.
        loads: What a browser fetches to show it.
        anchors: The ids in it.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[str, bool]] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self._article = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.anchors |= {named[name] for name in ("id", "name") if name in named}
        self._article = self._article or tag == "article"
        if tag == "a" and "href" in named:
            self.links.append((named["href"], self._article))
        elif tag == "link" and named.get("rel") not in {"index", "search", "next", "prev", "author", "canonical"}:
            self.loads.append(named["href"])
        self.loads += [named[name] for name in ("src", "srcset", "poster", "data") if name in named and tag != "a"]

    def handle_endtag(self, tag: str) -> None:
        self._article = self._article and tag != "article"


class Site:
    """A built site.

    Attributes:
        folder: Where it is.
        url: Its address, with a slash at the end.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"{folder.as_uri()}/"

    @cached_property
    def pages(self) -> dict[str, Document]:
        """Every page by its address below the site's."""
        return {
            each.relative_to(self.folder).as_posix(): Document(each.read_text(encoding="utf-8"))
            for each in sorted(self.folder.rglob("*.html"))
        }
