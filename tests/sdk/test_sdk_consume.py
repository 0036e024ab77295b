"""Receiving everything: check, handle, confirm. Pitfalls 68 to 72."""

import json
from typing import Any

import pytest
from messagemedia import (
    AuthenticationError,
    Consumed,
    NotConfirmedError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
    TransportError,
    ValidationError,
)
from messagemedia.sandbox import Sandbox
from sdk_face import MESSAGE_ID, NUMBER, SMS, Face
from sdk_inbox import (
    CHECK,
    CONFIRM,
    QUICK,
    Book,
    asked,
    client_of,
    confirmed,
    consume,
    fill,
    iterate,
    left,
    numbers,
    sandbox,
    server,
)

__all__ = ["sandbox", "server"]  # the fixtures


def test_every_reply_is_handled_once_in_order_and_confirmed(face: Face, sandbox: Sandbox) -> None:
    ids, book = fill(sandbox, 250), Book()
    summary = consume(face, client_of(face, sandbox).replies, book, until_empty=True)
    assert summary == Consumed(handled=250)
    assert book.read == numbers(range(250))
    assert [len(batch) for batch in confirmed(sandbox)] == [100, 100, 50]
    assert [each for batch in confirmed(sandbox) for each in batch] == ids
    assert len(asked(sandbox, CHECK)) == 4  # the last one found nothing, which ended it
    assert left(sandbox) == []


def test_every_delivery_report_is_handled_once_and_confirmed(face: Face, sandbox: Sandbox) -> None:
    client, seen = client_of(face, sandbox), []
    for _ in range(40):
        face.run(client.messages.send(**SMS, delivery_report=True))
    sandbox.advance(60)
    summary = consume(face, client.delivery_reports, seen.append, until_empty=True)
    assert summary == Consumed(handled=120)  # each message has three
    assert len({report.delivery_report_id for report in seen}) == 120
    assert face.run(client.delivery_reports.check()) == []


def test_an_iterator_confirms_an_item_when_the_next_one_is_asked_for(face: Face, sandbox: Sandbox) -> None:
    ids, book, before = fill(sandbox, 3), Book(), []

    def body(reply: Any) -> None:
        before.append([each for batch in confirmed(sandbox) for each in batch])
        book(reply)

    iterate(face, client_of(face, sandbox).replies, body, until_empty=True, confirm_every=1)
    assert book.read == numbers(range(3))
    assert before == [[], ids[:1], ids[:2]]
    assert left(sandbox) == []


def test_an_iterator_goes_through_everything(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 130)
    book = Book()
    iterate(face, client_of(face, sandbox).replies, book, until_empty=True)
    assert book.read == numbers(range(130))
    assert [len(batch) for batch in confirmed(sandbox)] == [100, 30]


def test_nothing_is_asked_for_before_the_first_item_is(face: Face, sandbox: Sandbox) -> None:
    client_of(face, sandbox).replies.consume()
    assert not sandbox.requests


def test_confirmations_come_before_the_next_check(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 150)
    consume(face, client_of(face, sandbox).replies, Book(), until_empty=True, confirm_every=40)
    assert [record.operation for record in sandbox.requests] == [
        CHECK, CONFIRM, CONFIRM, CONFIRM, CHECK, CONFIRM, CONFIRM, CHECK,
    ]  # fmt: skip
    assert [len(batch) for batch in confirmed(sandbox)] == [40, 40, 20, 40, 10]


# --- what is not handled stays ----------------------------------------------------------------------------------


def test_an_item_whose_handler_fails_stays_and_those_before_it_are_confirmed(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 5)  # pitfall 71
    replies, book = client_of(face, sandbox).replies, Book("2")
    with pytest.raises(RuntimeError, match="no good: 2"):
        consume(face, replies, book, until_empty=True)
    assert book.read == numbers(0, 1)
    assert left(sandbox) == numbers(2, 3, 4)
    book.failing.clear()
    assert consume(face, replies, book, until_empty=True) == Consumed(handled=3)
    assert book.read == numbers(range(5))


def test_an_exception_in_the_loop_leaves_its_item_unconfirmed(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 5)
    with pytest.raises(RuntimeError, match="no good: 2"):
        iterate(face, client_of(face, sandbox).replies, Book("2"))
    assert left(sandbox) == numbers(2, 3, 4)


def test_leaving_the_loop_leaves_its_item_unconfirmed(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 5)
    iterate(face, client_of(face, sandbox).replies, lambda reply: reply.content == "2")
    assert left(sandbox) == numbers(2, 3, 4)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interruption_passes_and_what_was_handled_is_confirmed(
    face: Face, sandbox: Sandbox, error: type[BaseException]
) -> None:
    fill(sandbox, 5)
    with pytest.raises(error):
        consume(face, client_of(face, sandbox).replies, Book("3", error=error), dead_letter=lambda *_: None)
    assert left(sandbox) == numbers(3, 4)


def test_a_failing_confirmation_does_not_hide_what_went_wrong_before(
    face: Face, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    fill(sandbox, 3)
    sandbox.fault("status", operation=CONFIRM, status=503, times=None)
    replies = client_of(face, sandbox).replies
    with pytest.raises(RuntimeError, match="no good: 2") as caught:
        consume(face, replies, Book("2"))
    said = "2 handled items could not be confirmed, and will come again: ServerError"
    assert caught.value.__notes__ == [said]
    assert said in caplog.text  # a loop that is left has no exception to tell it by
    sandbox.clear_faults()
    assert left(sandbox) == numbers(0, 1, 2)


def test_what_cannot_be_confirmed_at_the_end_is_an_error(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 3)
    sandbox.fault("drop_before", operation=CONFIRM, times=None)
    with pytest.raises(TransportError) as caught:
        consume(face, client_of(face, sandbox).replies, Book(), limit=2)
    assert caught.value.__notes__ == ["2 handled items could not be confirmed, and will come again"]


# --- when it ends -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 99, 100, 101, 150])
def test_a_limit_ends_the_run_after_so_many_items(face: Face, sandbox: Sandbox, limit: int) -> None:
    ids, book = fill(sandbox, 150), Book()
    assert consume(face, client_of(face, sandbox).replies, book, limit=limit) == Consumed(handled=limit)
    assert book.read == numbers(range(limit))
    assert [each for batch in confirmed(sandbox) for each in batch] == ids[:limit]


def test_a_limit_of_an_iterator_ends_the_loop(face: Face, sandbox: Sandbox) -> None:
    ids, book = fill(sandbox, 5), Book()
    iterate(face, client_of(face, sandbox).replies, book, limit=3)
    assert book.read == numbers(range(3))
    assert confirmed(sandbox) == [ids[:3]]


def test_an_empty_queue_ends_only_a_run_that_is_to_end_then(face: Face, sandbox: Sandbox) -> None:
    replies, book = client_of(face, sandbox).replies, Book()
    assert consume(face, replies, book, until_empty=True) == Consumed()
    assert len(asked(sandbox, CHECK)) == 1
    fill(sandbox, 1)

    def handle(reply: Any) -> None:
        book(reply)
        if len(book.read) < 3:
            sandbox.reply("another", source_number=NUMBER)

    consume(face, replies, handle, limit=3)  # each check finds one, and several may find none
    assert book.read == ["0", "another", "another"]


# --- bad days ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [{"kind": "status", "status": 503}, {"kind": "rate_limit"}, {"kind": "drop_before"}, {"kind": "drop_after_accept"}],
    ids=lambda fault: fault["kind"],
)
@pytest.mark.parametrize("operation", [CHECK, CONFIRM])
@pytest.mark.off_contract(answers="429 is not documented")
def test_a_passing_failure_does_not_end_a_long_run(
    face: Face, sandbox: Sandbox, caplog: pytest.LogCaptureFixture, fault: dict[str, Any], operation: str
) -> None:
    fill(sandbox, 150)
    sandbox.fault(**fault, operation=operation, times=7)  # a call is tried three times
    book = Book()
    assert consume(face, client_of(face, sandbox).replies, book, limit=150) == Consumed(handled=150)
    assert book.read == numbers(range(150))
    assert left(sandbox) == []
    assert caplog.text.count("consuming continues after a failure") == 2


@pytest.mark.parametrize("operation", [CHECK, CONFIRM])
def test_a_passing_failure_ends_a_run_that_ends_by_itself(face: Face, sandbox: Sandbox, operation: str) -> None:
    fill(sandbox, 3)
    sandbox.fault("status", operation=operation, status=503, times=None)
    with pytest.raises(ServerError):
        consume(face, client_of(face, sandbox).replies, Book(), until_empty=True)


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (401, "Invalid authentication credentials", AuthenticationError),
        (403, "Invalid account 'x' in header Account", PermissionDeniedError),
        (404, "Resource not found.", NotFoundError),
    ],
)
@pytest.mark.parametrize("operation", [CHECK, CONFIRM])
@pytest.mark.off_contract(answers="refusals without a media type")
def test_a_refusal_ends_every_run(
    face: Face, sandbox: Sandbox, operation: str, status: int, message: str, error: type[Exception]
) -> None:
    fill(sandbox, 150)
    body = f'{{"message": "{message}"}}'
    sandbox.fault("answer", operation=operation, status=status, body=body, times=1, after=1)
    book = Book()
    with pytest.raises(error):
        consume(face, client_of(face, sandbox).replies, book)
    sandbox.clear_faults()
    handled = 150 if operation == CONFIRM else 100
    assert book.read == numbers(range(handled))
    assert left(sandbox) == numbers(range(handled, 150))  # what was handled is confirmed all the same


def test_a_confirmed_item_that_comes_again_is_confirmed_again_and_not_handled(
    face: Face, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    ids, book = fill(sandbox, 3), Book()  # pitfall 70
    sandbox.fault("answer", operation=CONFIRM, status=202, times=2)  # the API says yes, and forgets
    consume(face, client_of(face, sandbox).replies, book, until_empty=True)
    assert book.read == numbers(range(3))
    assert confirmed(sandbox) == [ids, ids, ids]
    assert left(sandbox) == []
    assert "3 of them confirmed" in caplog.text


def answer_to_check(sandbox: Sandbox, *contents: str) -> None:
    """Let a check find replies that all have the same id."""
    replies = [{"reply_id": MESSAGE_ID, "content": content} for content in contents]
    sandbox.fault("answer", operation=CHECK, status=200, body=json.dumps({"replies": replies}), times=1)


@pytest.mark.parametrize("other", ["one", "another"])
@pytest.mark.off_contract(answers="made up, without a media type")
def test_two_items_of_one_id_in_one_answer_are_both_handled_and_confirmed_once(
    face: Face, sandbox: Sandbox, other: str
) -> None:
    answer_to_check(sandbox, "one", other)
    book = Book()
    consume(face, client_of(face, sandbox).replies, book, until_empty=True, confirm_every=1)
    assert book.read == ["one", other]
    assert confirmed(sandbox) == [[MESSAGE_ID]]


@pytest.mark.off_contract(answers="made up, without a media type")
def test_an_id_that_was_seen_before_is_handled_again_only_with_other_content(face: Face, sandbox: Sandbox) -> None:
    for content in ("one", "one", "another", "one"):
        answer_to_check(sandbox, content)
    book = Book()
    consume(face, client_of(face, sandbox).replies, book, until_empty=True)
    assert book.read == ["one", "another"]
    assert confirmed(sandbox) == [[MESSAGE_ID]] * 4


@pytest.mark.parametrize("verb", ["consume", "consume_batches"])
def test_a_run_that_is_to_end_says_so_when_confirmations_have_no_effect(
    face: Face, sandbox: Sandbox, verb: str
) -> None:
    ids, book = fill(sandbox, 3), []
    sandbox.fault("answer", operation=CONFIRM, status=202, times=20)  # the API says yes, and forgets
    with pytest.raises(NotConfirmedError, match=r"keep coming although they were confirmed .* \(3 in"):
        consume(face, client_of(face, sandbox).replies, book.append, until_empty=True, verb=verb)
    assert len(book) == (3 if verb == "consume" else 1)
    assert confirmed(sandbox) == [ids] * 5


# --- items without an id ----------------------------------------------------------------------------------------


@pytest.mark.off_contract(answers="replies without an id")
def test_an_item_without_an_id_is_handled_once_in_a_run_and_told(
    face: Face, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    fill(sandbox, 2)
    sandbox.fault("missing_fields", operation=CHECK, fields=["reply_id"], times=None)
    replies, book = client_of(face, sandbox).replies, Book()
    assert consume(face, replies, book, until_empty=True) == Consumed(handled=2, unconfirmable=2)
    assert book.read == numbers(0, 1)
    assert confirmed(sandbox) == []
    assert caplog.text.count("an item without an id was handled") == 2
    assert "2 without an id" in caplog.text
    consume(face, replies, book, until_empty=True)
    assert book.read == numbers(0, 1, 0, 1)  # a new run can't know


@pytest.mark.off_contract(answers="made up, without a media type")
def test_equal_items_without_an_id_are_all_handled_and_others_go_on(face: Face, sandbox: Sandbox) -> None:
    nameless = '{"content": "same"}, {"content": "same"}, 5, {"reply_id": 7}, {"reply_id": "\\ud800"}'
    answers = [f"[{nameless}]", f'[{nameless}, {{"reply_id": "{MESSAGE_ID}", "content": "named"}}]', f"[{nameless}]"]
    for each in answers:
        sandbox.fault("answer", operation=CHECK, status=200, body=f'{{"replies": {each}}}', times=1)
    contents: list[str | None] = []
    run = client_of(face, sandbox).replies
    summary = consume(face, run, lambda reply: contents.append(reply.content), limit=6)
    assert summary == Consumed(handled=6, unconfirmable=5)
    assert contents == ["same", "same", None, None, None, "named"]
    assert confirmed(sandbox) == [[MESSAGE_ID]]


# --- options ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({"limit": 0}, ["limit"]),
        ({"limit": True}, ["limit"]),
        ({"limit": 1.5}, ["limit"]),
        ({"poll_interval": 0}, ["poll_interval"]),
        ({"poll_interval": "1"}, ["poll_interval"]),
        ({"max_poll_interval": 0.5}, ["max_poll_interval"]),
        ({"max_poll_interval": float("inf")}, ["max_poll_interval"]),
        ({"confirm_every": 101, "limit": -1}, ["limit", "confirm_every"]),
        ({"confirm_every": 0}, ["confirm_every"]),
        ({"dead_letter": print}, ["dead_letter"]),
        ({"max_attempts": 2, "stop_on": [2]}, ["max_attempts", "stop_on"]),
        ({"handler": print, "max_attempts": 0}, ["max_attempts"]),
        ({"handler": "print"}, ["handler"]),
        ({"handler": print, "dead_letter": "print"}, ["dead_letter"]),
        ({"handler": print, "stop_on": 2}, ["stop_on"]),
        ({"handler": print, "stop_on": ["SIGTERM"]}, ["stop_on"]),
        ({"stop": True}, ["stop"]),
    ],
    ids=str,
)
def test_an_option_that_cannot_be_used_is_refused_before_anything_is_fetched(
    face: Face, sandbox: Sandbox, options: dict[str, Any], fields: list[str]
) -> None:
    handler = [options["handler"]] if "handler" in options else []
    rest = {name: value for name, value in options.items() if name != "handler"}
    with pytest.raises(ValidationError) as caught:
        client_of(face, sandbox).replies.consume(*handler, **rest)
    assert [error.pointer for error in caught.value.errors] == fields
    assert not sandbox.requests


def test_an_unknown_option_is_refused(face: Face, sandbox: Sandbox) -> None:
    with pytest.raises(TypeError, match="limitt"):
        client_of(face, sandbox).replies.consume(limitt=5)


def test_a_generator_function_is_refused_because_calling_it_does_nothing(face: Face, sandbox: Sandbox) -> None:
    def handle(reply: Any) -> Any:
        yield reply

    async def handle_later(reply: Any) -> Any:
        yield reply

    for handler in (handle, handle_later):
        with pytest.raises(ValidationError, match="generator"):
            client_of(face, sandbox).replies.consume(handler)


def test_a_blocking_client_refuses_what_would_have_to_be_awaited(sandbox: Sandbox) -> None:
    async def handle(*_: Any) -> None:
        raise AssertionError

    fill(sandbox, 1)
    with Face("sync") as face:
        replies = client_of(face, sandbox).replies
        for arguments, options in (((handle,), {}), ((print,), {"dead_letter": handle})):
            with pytest.raises(ValidationError, match="AsyncClient"):
                replies.consume(*arguments, **options)
        with pytest.raises(TypeError, match="AsyncClient"):
            replies.consume(lambda reply: handle(reply.content), **QUICK)
        with pytest.raises(TypeError, match="AsyncClient"):
            replies.consume(Book("0"), dead_letter=lambda *_: handle(), max_attempts=1, **QUICK)
    assert left(sandbox) == ["0"]


def test_an_awaited_client_takes_functions_of_both_kinds(sandbox: Sandbox) -> None:
    fill(sandbox, 2)
    book = Book()
    with Face("async") as face:
        face.run(client_of(face, sandbox).replies.consume(book, until_empty=True))
    assert book.read == numbers(0, 1)


@pytest.mark.off_contract(answers="replies without an id")
def test_nothing_private_is_logged(face: Face, sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "messagemedia")
    sandbox.reply("Your diagnosis", source_number=NUMBER)
    sandbox.fault("missing_fields", operation=CHECK, fields=["reply_id"], times=3)
    sandbox.fault("status", operation=CHECK, status=503, times=3, after=1)
    letters: list[Any] = []
    consume(
        face,
        client_of(face, sandbox).replies,
        Book("Your diagnosis"),
        dead_letter=lambda *letter: letters.append(letter),
        limit=1,
    )
    assert len(letters) == 1
    assert len(caplog.records) > 5
    for private in ("diagnosis", NUMBER[3:]):
        assert private not in caplog.text
