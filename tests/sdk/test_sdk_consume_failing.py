"""Items that can't be handled: they are tried again, end in the dead letters, and block nobody."""

from typing import Any

import pytest
from messagemedia import Consumed, TransportError
from messagemedia.sandbox import Sandbox
from sdk_face import Face, Wire, answer
from sdk_inbox import Book, client_of, confirmed, consume, fill, left, numbers, sandbox, server

__all__ = ["sandbox", "server"]  # the fixtures


class Letters:
    """Dead letters: what the items say and why they were given up; async for the awaited client."""

    def __init__(self, face: Face) -> None:
        self.kept: list[tuple[str, str]] = []
        self.function: Any = self._keep if face.blocking else self._keep_later

    def _keep(self, item: Any, error: Exception) -> None:
        self.kept.append((item.content, str(error)))

    async def _keep_later(self, item: Any, error: Exception) -> None:
        self._keep(item, error)


def test_a_failing_item_goes_to_the_dead_letters_after_some_attempts_and_is_confirmed(
    face: Face, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    fill(sandbox, 5)
    tried: list[str] = []
    letters = Letters(face)

    def handle(reply: Any) -> None:
        tried.append(reply.content)
        if reply.content == "1":
            raise RuntimeError(f"attempt {tried.count('1')}")

    summary = consume(
        face, client_of(face, sandbox).replies, handle, dead_letter=letters.function, until_empty=True, max_attempts=3
    )
    assert summary == Consumed(handled=4, dead_lettered=1)
    assert tried == numbers(range(5), 1, 1)
    assert letters.kept == [("1", "attempt 3")]
    assert left(sandbox) == []
    assert "attempt 2 of 3: RuntimeError" in caplog.text


@pytest.mark.parametrize("max_attempts", [1, 2])
def test_more_failing_items_than_an_answer_holds_block_nobody(face: Face, sandbox: Sandbox, max_attempts: int) -> None:
    fill(sandbox, 230)
    letters, book = Letters(face), Book(*numbers(range(220)))
    summary = consume(
        face,
        client_of(face, sandbox).replies,
        book,
        dead_letter=letters.function,
        max_attempts=max_attempts,
        until_empty=True,
    )
    assert summary == Consumed(handled=10, dead_lettered=220)
    assert book.read == numbers(range(220, 230))
    assert [content for content, _ in letters.kept] == numbers(range(220))
    assert left(sandbox) == []


def test_an_item_that_fails_and_then_succeeds_is_no_dead_letter(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 3)
    letters, book = Letters(face), Book("0")

    def handle(reply: Any) -> None:
        if "2" in book.read:
            book.failing.clear()
        book(reply)

    options = {"dead_letter": letters.function, "max_attempts": 2, "until_empty": True}
    assert consume(face, client_of(face, sandbox).replies, handle, **options) == Consumed(handled=3)
    assert book.read == numbers(1, 2, 0)
    assert letters.kept == []


def test_a_dead_letter_function_that_fails_ends_the_run_and_keeps_the_item(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 4)

    def bury(*_: Any) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full") as caught:
        consume(face, client_of(face, sandbox).replies, Book("2"), dead_letter=bury, max_attempts=1)
    assert isinstance(caught.value.__context__, RuntimeError)
    assert left(sandbox) == numbers(2, 3)


def test_an_item_is_confirmed_only_after_the_dead_letter_function_returned(face: Face, sandbox: Sandbox) -> None:
    ids, seen = fill(sandbox, 1), []
    consume(
        face,
        client_of(face, sandbox).replies,
        Book("0"),
        dead_letter=lambda *_: seen.append(confirmed(sandbox)),
        max_attempts=1,
        confirm_every=1,
        until_empty=True,
    )
    assert seen == [[]]
    assert confirmed(sandbox) == [ids]


def test_dead_letters_count_for_the_limit(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 4)
    letters, book = Letters(face), Book("0")
    options = {"dead_letter": letters.function, "max_attempts": 1, "limit": 2}
    summary = consume(face, client_of(face, sandbox).replies, book, **options)
    assert summary == Consumed(handled=1, dead_lettered=1)
    assert left(sandbox) == numbers(2, 3)


@pytest.mark.off_contract(answers="replies without an id")
def test_an_item_without_an_id_may_become_a_dead_letter_too(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 2)
    sandbox.fault("missing_fields", operation="checkReplies", fields=["reply_id"], times=None)
    letters = Letters(face)
    options = {"dead_letter": letters.function, "max_attempts": 2, "until_empty": True}
    summary = consume(face, client_of(face, sandbox).replies, Book("0"), **options)
    assert summary == Consumed(handled=1, dead_lettered=1, unconfirmable=2)
    assert [content for content, _ in letters.kept] == ["0"]


class TimeIsUpError(Exception):
    """What a signal handler may raise to end a task, in the middle of a request."""


def test_what_a_signal_handler_raises_ends_the_run(face: Face) -> None:
    client = face.client(Wire(answer(200, {"replies": []}), TimeIsUpError), max_retries=0)
    with pytest.raises(TransportError) as caught:
        face.run(client.replies.consume(lambda _: None, limit=1))
    assert isinstance(caught.value.__cause__, TimeIsUpError)
