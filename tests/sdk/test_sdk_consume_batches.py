"""Receiving in batches: a list is confirmed only after it was handled. What single items share is tested with these."""

import asyncio
import json
import threading
from typing import Any

import pytest
from messagemedia import Consumed, ServerError, ValidationError
from messagemedia.sandbox import Sandbox
from sdk_face import NUMBER, SMS, Face
from sdk_inbox import (
    CHECK,
    CONFIRM,
    Book,
    asked,
    client_of,
    confirmed,
    fill,
    left,
    numbers,
    sandbox,
    server,
)
from sdk_inbox import consume as consume_with
from sdk_inbox import iterate as iterate_over

__all__ = ["sandbox", "server"]  # the fixtures


def consume(face: Face, inbox: Any, handler: Any, **options: Any) -> Any:
    return consume_with(face, inbox, handler, verb="consume_batches", **options)


def iterate(face: Face, inbox: Any, body: Any, **options: Any) -> None:
    iterate_over(face, inbox, body, verb="consume_batches", **options)


class Batches(Book):
    """A handler that writes down what the items of each batch say, and fails with some."""

    def __init__(self, *failing: str, error: type[BaseException] = RuntimeError) -> None:
        super().__init__(*failing, error=error)
        self.batches: list[list[str]] = []

    def __call__(self, items: Any) -> None:
        assert type(items) is list
        said = [item.content for item in items]
        if self.failing & {*said}:
            raise self.error(f"no good: {said}")
        self.batches.append(said)


def test_batches_have_what_an_answer_holds_and_are_confirmed_one_by_one(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 250)
    book = Batches()
    summary = consume(face, client_of(face, sandbox).replies, book, until_empty=True)
    assert summary == Consumed(handled=250)
    assert book.batches == [numbers(range(100)), numbers(range(100, 200)), numbers(range(200, 250))]
    assert [record.operation for record in sandbox.requests] == [CHECK, CONFIRM] * 3 + [CHECK]
    assert left(sandbox) == []


@pytest.mark.parametrize("form", [consume, iterate])
def test_a_batch_is_confirmed_when_it_was_handled_and_not_before(face: Face, sandbox: Sandbox, form: Any) -> None:
    ids = fill(sandbox, 130)
    seen: list[list[str]] = []
    before: list[int] = []

    def handle(replies: Any) -> None:
        before.append(sum(map(len, confirmed(sandbox))))
        seen.append([reply.reply_id for reply in replies])

    form(face, client_of(face, sandbox).replies, handle, until_empty=True, size=40)
    assert before == [0, 40, 80, 100]
    assert seen == [ids[:40], ids[40:80], ids[80:100], ids[100:]]
    assert confirmed(sandbox) == seen
    assert left(sandbox) == []


def test_delivery_reports_come_in_batches_too(face: Face, sandbox: Sandbox) -> None:
    client = client_of(face, sandbox)
    for _ in range(40):
        face.run(client.messages.send(**SMS, delivery_report=True))
    sandbox.advance(60)
    batches: list[list[Any]] = []
    assert consume(face, client.delivery_reports, batches.append, until_empty=True) == Consumed(handled=120)
    assert [len(batch) for batch in batches] == [100, 20]
    assert len({report.delivery_report_id for batch in batches for report in batch}) == 120
    assert face.run(client.delivery_reports.check()) == []


def test_nothing_waits_for_a_batch_to_be_full(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 2)
    book = Batches()

    def handle(replies: Any) -> None:
        book(replies)
        if len(book.batches) < 3:
            sandbox.reply("another", source_number=NUMBER)

    assert consume(face, client_of(face, sandbox).replies, handle, limit=4) == Consumed(handled=4)
    assert book.batches == [["0", "1"], ["another"], ["another"]]


def test_an_empty_inbox_is_no_batch(face: Face, sandbox: Sandbox) -> None:
    book = Batches()
    assert consume(face, client_of(face, sandbox).replies, book, until_empty=True) == Consumed()
    iterate(face, client_of(face, sandbox).replies, book, until_empty=True)
    assert book.batches == []


@pytest.mark.parametrize("form", [consume, iterate])
@pytest.mark.parametrize(("limit", "batches"), [(1, [1]), (30, [30]), (45, [30, 15]), (130, [30, 30, 30, 10, 30])])
def test_a_limit_counts_items_and_shortens_the_last_batch(
    face: Face, sandbox: Sandbox, form: Any, limit: int, batches: list[int]
) -> None:
    ids, book = fill(sandbox, 150), Batches()
    form(face, client_of(face, sandbox).replies, book, limit=limit, size=30)
    assert [len(batch) for batch in book.batches] == batches
    assert [each for batch in confirmed(sandbox) for each in batch] == ids[:limit]


# --- what is not handled stays ----------------------------------------------------------------------------------


def test_a_batch_whose_handler_fails_stays_and_those_before_it_are_confirmed(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 6)
    replies, book = client_of(face, sandbox).replies, Batches("3")
    with pytest.raises(RuntimeError, match="no good"):
        consume(face, replies, book, until_empty=True, size=2)
    assert book.batches == [["0", "1"]]
    assert left(sandbox) == numbers(2, 3, 4, 5)
    book.failing.clear()
    assert consume(face, replies, book, until_empty=True, size=3) == Consumed(handled=4)
    assert book.batches[1:] == [["2", "3", "4"], ["5"]]
    assert left(sandbox) == []


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("form", [consume, iterate])
def test_whatever_ends_a_batch_early_leaves_all_of_it_unconfirmed(
    face: Face, sandbox: Sandbox, form: Any, error: type[BaseException]
) -> None:
    fill(sandbox, 5)
    with pytest.raises(error):
        form(face, client_of(face, sandbox).replies, Batches("3", error=error), size=2)
    assert left(sandbox) == numbers(2, 3, 4)


def test_leaving_the_loop_leaves_its_batch_unconfirmed(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 5)
    iterate(face, client_of(face, sandbox).replies, lambda replies: replies[0].content == "2", size=2)
    assert left(sandbox) == numbers(2, 3, 4)


def test_an_event_ends_the_run_after_the_batch_at_hand(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 6)
    stop: Any = threading.Event() if face.blocking else asyncio.Event()
    summary = consume(face, client_of(face, sandbox).replies, lambda _: stop.set(), stop=stop, size=2)
    assert summary == Consumed(handled=2)
    assert left(sandbox) == numbers(2, 3, 4, 5)


def test_a_cancellation_leaves_the_batch_at_hand_and_confirms_those_before(sandbox: Sandbox) -> None:
    fill(sandbox, 6)
    sandbox.fault("status", operation=CONFIRM, status=503, times=3)  # so that the first batch is still to be confirmed

    async def run(face: Face) -> None:
        reached = asyncio.Event()

        async def handle(replies: Any) -> None:
            if replies[0].content == "2":
                reached.set()
                await asyncio.Event().wait()

        task = asyncio.ensure_future(client_of(face, sandbox).replies.consume_batches(handle, size=2))
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with Face("async") as face:
        face.run(run(face))
    assert left(sandbox) == numbers(2, 3, 4, 5)


def test_batches_go_on_while_confirmations_fail_and_are_confirmed_later(
    face: Face, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    ids, book = fill(sandbox, 6), Batches()
    sandbox.fault("status", operation=CONFIRM, status=503, times=3)  # a call is tried three times
    consume(face, client_of(face, sandbox).replies, book, size=2, limit=6)
    assert book.batches == [["0", "1"], ["2", "3"], ["4", "5"]]
    assert confirmed(sandbox)[3:] == [ids]
    assert "consuming continues after a failure" in caplog.text


def test_a_run_that_is_to_end_ends_when_a_batch_cannot_be_confirmed(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 4)
    sandbox.fault("status", operation=CONFIRM, status=503, times=None)
    book = Batches()
    with pytest.raises(ServerError) as caught:
        consume(face, client_of(face, sandbox).replies, book, size=2, until_empty=True)
    assert book.batches == [["0", "1"]]
    assert caught.value.__notes__ == ["2 handled items could not be confirmed, and will come again: ServerError"]


# --- dead letters, and items without an id ----------------------------------------------------------------------


def test_one_bad_item_of_a_batch_is_given_up_alone(
    face: Face, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    fill(sandbox, 120)
    letters: list[tuple[str, str]] = []
    book = Batches("7", "110")
    summary = consume(
        face,
        client_of(face, sandbox).replies,
        book,
        dead_letter=lambda reply, error: letters.append((reply.content, str(error))),
        max_attempts=2,
        until_empty=True,
    )
    assert summary == Consumed(handled=118, dead_lettered=2)
    assert letters == [("7", "no good: ['7']"), ("110", "no good: ['110']")]
    assert sorted(each for batch in book.batches for each in batch) == sorted({*numbers(range(120))} - {"7", "110"})
    assert left(sandbox) == []
    assert caplog.text.count("a batch can't be handled") == 2
    assert len(confirmed(sandbox)) < 20  # what came alone was not confirmed alone


@pytest.mark.off_contract(answers="replies without an id")
def test_items_without_an_id_are_in_the_batches_and_counted(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 3)
    sandbox.fault("missing_fields", operation=CHECK, fields=["reply_id"], times=None)
    replies, book = client_of(face, sandbox).replies, Batches()
    assert consume(face, replies, book, until_empty=True, size=2) == Consumed(handled=3, unconfirmable=3)
    assert book.batches == [["0", "1"], ["2"]]
    assert confirmed(sandbox) == []


@pytest.mark.off_contract(answers="made up, without a media type")
def test_items_of_one_id_may_be_in_two_batches_and_are_confirmed_after_the_second(face: Face, sandbox: Sandbox) -> None:
    one, other = fill(sandbox, 2)
    said = [(one, "first"), (other, "other"), (one, "second")]
    body = json.dumps({"replies": [{"reply_id": name, "content": content} for name, content in said]})
    sandbox.fault("answer", operation=CHECK, status=200, body=body, times=1)
    book = Batches()
    consume(face, client_of(face, sandbox).replies, book, until_empty=True, size=2)
    assert book.batches == [["first", "other"], ["second"]]
    assert confirmed(sandbox) == [[other], [one]]


# --- options ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({"size": 0}, ["size"]),
        ({"size": 101}, ["size"]),
        ({"size": True}, ["size"]),
        ({"size": None}, ["size"]),
        ({"size": "10", "limit": 0}, ["limit", "size"]),
        ({"dead_letter": print}, ["dead_letter"]),
        ({"handler": print, "stop_on": 2}, ["stop_on"]),
        ({"handler": 100}, ["handler"]),  # which somebody meant as the size
    ],
    ids=str,
)
def test_an_option_that_cannot_be_used_is_refused_before_anything_is_fetched(
    face: Face, sandbox: Sandbox, options: dict[str, Any], fields: list[str]
) -> None:
    handler = [options["handler"]] if "handler" in options else []
    rest = {name: value for name, value in options.items() if name != "handler"}
    with pytest.raises(ValidationError) as caught:
        client_of(face, sandbox).replies.consume_batches(*handler, **rest)
    assert [error.pointer for error in caught.value.errors] == fields
    assert not asked(sandbox, CHECK)


def test_batches_have_no_option_of_their_own_to_confirm(face: Face, sandbox: Sandbox) -> None:
    with pytest.raises(TypeError, match="confirm_every"):
        client_of(face, sandbox).replies.consume_batches(confirm_every=5)
