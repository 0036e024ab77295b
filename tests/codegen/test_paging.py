"""Going through pages, and deleting twice: what `x-paged` and `x-gone` give, blocking and awaited."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from codegen_kit import generate, run_user, small_contract
from found_shapes import REF, TEXT, content, of, parameter
from messagemedia_generated.paging import Paging, pages, pages_awaited


class Page:
    """A page as a model is one: with what came."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw


class Book:
    """A server with pages, which remembers what was asked for."""

    def __init__(self, content: dict[Any, Any]) -> None:
        self.content, self.asked = content, []  # type: ignore[var-annotated]

    def fetch(self, page: Any) -> Any:
        self.asked.append(page)
        return self.content[page]

    async def fetched(self, page: Any) -> Any:
        return self.fetch(page)


def _read(book: Book, paging: Paging, way: str) -> list[Any]:
    if way == "blocking":
        return list(pages(book.fetch, paging))

    async def read() -> list[Any]:
        return [page async for page in pages_awaited(book.fetched, paging)]

    return asyncio.run(read())


def _page(*items: Any, **more: Any) -> Page:
    return Page({"data": list(items), **more})


ZERO, ONE = Paging(items="/data", first=0), Paging(items="/data", first=1)
TOKEN = Paging(items="/data", next="/pagination/next_token")
BARE = Paging(items="", first=1)
# What a server has, how its pages are had, what is asked for, and how many pages come out.
BOOKS: dict[str, tuple[dict[Any, Any], Paging, list[Any], int]] = {
    "from 0 to an empty page": ({0: _page(1, 2), 1: _page(3), 2: _page()}, ZERO, [0, 1, 2], 2),
    "from 1 to an empty page": ({1: _page(1, 2), 2: _page(3), 3: _page()}, ONE, [1, 2, 3], 2),
    "a short page before a full one": ({0: _page(1), 1: _page(2, 3), 2: _page()}, ZERO, [0, 1, 2], 2),
    "the last page again and again": ({0: _page(1), 1: _page(2), 2: _page(2)}, ZERO, [0, 1, 2], 2),
    "nothing": ({0: _page()}, ZERO, [0], 0),
    "no list": ({0: Page({"data": None})}, ZERO, [0], 0),
    "no object": ({0: None}, ZERO, [0], 0),
    "tokens": ({None: _page(1, pagination={"next_token": "b"}), "b": _page(2, pagination={"next_token": None})}, TOKEN, [None, "b"], 2),
    "tokens without an end of their own": ({None: _page(1, pagination={"next_token": "b"}), "b": _page(2, pagination={"next_token": "b"})}, TOKEN, [None, "b"], 2),
    "tokens up to an empty page": ({None: _page(1, pagination={"next_token": "b"}), "b": _page(pagination={"next_token": "c"})}, TOKEN, [None, "b"], 1),
    "no token at all": ({None: _page(1)}, TOKEN, [None], 1),
    "bare arrays": ({1: [Page({"a": 1})], 2: [Page({"a": 2})], 3: []}, BARE, [1, 2, 3], 2),
    "bare arrays that repeat": ({1: [Page({"a": 1})], 2: [Page({"a": 1})]}, BARE, [1, 2], 1),
    "bare arrays of texts": ({1: ["a", "b"], 2: ["b"], 3: []}, BARE, [1, 2, 3], 2),
}  # fmt: skip


@pytest.mark.parametrize("way", ["blocking", "awaited"])
@pytest.mark.parametrize("name", BOOKS)
def test_pages_end_at_an_empty_one_or_one_that_repeats_the_one_before(name: str, way: str) -> None:
    content, paging, asked, count = BOOKS[name]
    book = Book(content)
    assert len(_read(book, paging, way)) == count
    assert book.asked == asked


def test_a_page_is_fetched_when_it_is_asked_for() -> None:
    book = Book({0: _page(1), 1: _page(2)})
    next(pages(book.fetch, ZERO))
    assert book.asked == [0]


def test_what_a_fetch_raises_is_raised() -> None:
    with pytest.raises(KeyError):
        list(pages(Book({0: _page(1)}).fetch, ZERO))


# --- from the contract to the wire ----------------------------------------------------------------------------------

USE = """
import asyncio, json
import httpx
from messagemedia import AsyncClient, Client, NotFoundError
ANSWERS = {
    "/numbers?page=1&size=2": [{"id": "a"}], "/numbers?page=2&size=2": [{"id": "b"}, {"id": "c"}], "/numbers?page=3&size=2": [],
    "/tokens": {"data": [{"id": "a"}], "more": {"next": "x y"}}, "/tokens?token=x%20y": {"data": [{"id": "b"}], "more": {}},
}
asked = []
def answer(request):
    asked.append(request.url.raw_path.decode())
    return httpx.Response(200, json=ANSWERS[asked[-1]])
class Deletes:
    def __init__(self, *answers):
        self.answers = list(answers)
    def __call__(self, request):
        found = self.answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return httpx.Response(found, json={"message": "said"})
def deleted(*answers):
    client = Client("key", "secret", http_client=httpx.Client(transport=httpx.MockTransport(Deletes(*answers))))
    try:
        return client.api.things.delete_thing("1")
    except NotFoundError as error:
        return f"NotFoundError: {error.hint}"
client = Client("key", "secret", http_client=httpx.Client(transport=httpx.MockTransport(answer)))
numbers = [[each.id for each in page] for page in client.api.things.list_numbers_pages(size=2)]
tokens = [[each.id for each in page.data] for page in client.api.things.list_tokens_pages()]
async def awaited():
    async with AsyncClient("key", "secret", http_client=httpx.AsyncClient(transport=httpx.MockTransport(answer))) as client:
        return [[each.id for each in page] async for page in client.api.things.list_numbers_pages(size=2)]
print(json.dumps({
    "numbers": numbers, "tokens": tokens, "awaited": asyncio.run(awaited()), "asked": asked,
    "gone": [deleted(204), deleted(httpx.ReadError("lost"), 404), deleted(503, 404), deleted(429, 404), deleted(404)],
}))
"""


def _contract() -> dict[str, Any]:
    document = small_contract()

    def ok(schema: dict[str, Any]) -> dict[str, Any]:
        return {"200": {"description": "Ok.", **content(schema)}}

    things = {"type": "array", "items": {"$ref": f"{REF}Thing"}}
    document["paths"]["/numbers"] = {
        "get": {
            "operationId": "listNumbers", "tags": ["Things"], "x-paged": {"parameter": "page", "first": 1, "items": ""},
            "parameters": [parameter("page", required=True), parameter("size", schema={"type": "integer"})],
            "responses": ok(things),
        }
    }  # fmt: skip
    document["paths"]["/tokens"] = {
        "get": {
            "operationId": "listTokens", "tags": ["Things"], "x-paged": {"token": "token", "next": "/more/next", "items": "/data"},
            "parameters": [parameter("token")], "responses": ok(of(data=things, more=of(next=TEXT))),
        }
    }  # fmt: skip
    document["paths"]["/things/{id}"] = {
        "delete": {
            "operationId": "deleteThing", "tags": ["Things"], "x-gone": True, "parameters": [parameter("id", "path")],
            "responses": {"204": {"description": "Gone."}, "404": {"description": "Gone before."}},
        }
    }  # fmt: skip
    return document


@pytest.fixture(scope="session")
def used(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What came of using such operations with both clients, without pauses before retries."""
    package: Path = generate(_contract(), tmp_path_factory.mktemp("paged"))
    return run_user(package, f"import random\nrandom.uniform = lambda *_: 0.0\n{USE}")


def test_numbered_pages_come_one_by_one(used: Any) -> None:
    assert used["numbers"] == used["awaited"] == [["a"], ["b", "c"]]


def test_pages_with_tokens_come_one_by_one(used: Any) -> None:
    assert used["tokens"] == [["a"], ["b"]]


def test_pages_are_asked_for_as_the_contract_says(used: Any) -> None:
    numbers = [f"/numbers?page={page}&size=2" for page in (1, 2, 3)]
    assert used["asked"] == [*numbers, "/tokens", "/tokens?token=x%20y", *numbers]


# How long messages are kept is no matter of things.
NOT_FOUND = "NotFoundError: Check the id, and that it belongs to this account and region."


def _gone() -> Iterator[Any]:
    yield "deleted", 0, None
    yield "not there after an answer was lost", 1, None
    yield "not there after a failure of the server", 2, None
    yield "not there after a refusal that did nothing", 3, NOT_FOUND
    yield "not there from the beginning", 4, NOT_FOUND


@pytest.mark.parametrize(("at", "wanted"), [each[1:] for each in _gone()], ids=[each[0] for each in _gone()])
def test_what_was_to_be_deleted_is_gone(used: Any, at: int, wanted: Any) -> None:
    assert used["gone"][at] == wanted
