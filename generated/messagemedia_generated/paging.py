"""Answers that come in pages, one page at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, TypeVar, cast

from attrs import frozen

T = TypeVar("T")


@frozen
class Paging:
    """Where an answer has its list, and how the next page is asked for.

    Attributes:
        items: JSON pointer to the list in an answer, empty if the answer is the list.
        next: JSON pointer to the token of the next page, empty if pages have numbers.
        first: The number of the first page, where pages have numbers.
    """

    items: str
    next: str = ""
    first: int = 0


def pages(fetch: Callable[[Any], T], paging: Paging) -> Iterator[T]:
    """Each page, fetched when it is asked for."""
    way = _Way(paging)
    while way.goes_on:
        page = fetch(way.page)
        if way.brings_more(page):
            yield page


async def pages_awaited(fetch: Callable[[Any], Awaitable[T]], paging: Paging) -> AsyncIterator[T]:
    """Each page, fetched when it is asked for."""
    way = _Way(paging)
    while way.goes_on:
        page = await fetch(way.page)
        if way.brings_more(page):
            yield page


class _Way:
    """Where somebody is who goes from page to page.

    A page may be short, because the API fills none. So the end is an empty page, or one with the items of the page
    before, which is what a server sends that does not know the number; or there is no token for a next page.
    """

    def __init__(self, paging: Paging) -> None:
        self.page: Any = None if paging.next else paging.first
        self.goes_on = True
        self._paging = paging
        self._before: object = None

    def brings_more(self, answer: object) -> bool:
        """Whether a page has items that the one before had not; the next page to ask for is `page` then."""
        items = _at(answer, self._paging.items)
        if not isinstance(items, list) or not items or items == self._before:
            self.goes_on = False
            return False
        self._before = items
        if self._paging.next:
            token = _at(answer, self._paging.next)
            self.goes_on = token not in (None, "", self.page)
            self.page = token
        else:
            self.page += 1
        return True


def _at(answer: object, pointer: str) -> Any:
    """What a JSON pointer leads to in an answer as it came, None if to nothing."""
    found: Any = getattr(answer, "raw", None)
    if isinstance(answer, list) and not pointer:
        return [getattr(each, "raw", each) for each in cast("list[object]", answer)]
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        found = cast("dict[str, Any]", found).get(name) if isinstance(found, dict) else None
    return found
