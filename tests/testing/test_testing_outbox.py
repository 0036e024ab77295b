"""What an application sent, as its own tests see it, and what becomes of it."""

import html
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import httpx
import pytest
from messagemedia import (
    BadRequestError,
    Client,
    DeliveryReport,
    HmacAuth,
    Message,
    MessageStatus,
    OutcomeUnknownError,
    RateLimitError,
    SentMessage,
)
from messagemedia.testing import Outbox
from messagemedia.webhooks import Webhooks

ANN, BO = "+61491570156", "+61491570157"


def notify(number: str = ANN, content: str = "Your code is 1234", **fields: Any) -> SentMessage:
    """An application, which makes a client of its own."""
    with Client() as client:
        return client.messages.send(content=content, destination_number=number, **fields)


def test_what_an_application_sends_is_there_as_it_meant_it(messagemedia_outbox: Outbox) -> None:
    outbox = messagemedia_outbox
    assert (list(outbox), len(outbox), bool(outbox)) == ([], 0, False)
    later = datetime.now(UTC) + timedelta(days=1)
    first = notify(metadata={"order": "4711"})
    notify(BO, "Hello", scheduled=later, format="MMS", media=("https://example.com/a.png",), subject="Hi")
    assert [message.destination_number for message in outbox] == [ANN, BO]
    assert outbox[0].message_id == first.message_id
    assert (outbox[0].status, outbox[0].metadata) == (MessageStatus.QUEUED, {"order": "4711"})
    assert outbox.last == outbox[-1] == outbox[1:][0]
    assert outbox.last.status == MessageStatus.SCHEDULED
    sent = outbox.assert_sent(
        content="Hello", destination_number=BO, scheduled=later, format="MMS", media=("https://example.com/a.png",),
        subject="Hi", metadata=None,
    )  # fmt: skip
    assert sent == outbox.last
    assert outbox.to(ANN) == outbox.to(ANN.removeprefix("+")) == [outbox[0]]
    assert outbox.to("+15550100") == []
    assert outbox.assert_sent(content=mock.ANY, times=2) == outbox.last
    outbox.assert_sent(destination_number=ANN.removeprefix("+"), times=1)
    outbox.assert_nothing_sent(content="Nobody said this")
    assert repr(outbox) == f"Outbox of 2\n  to {ANN}: 'Your code is 1234'\n  to {BO}: 'Hello'"


@pytest.mark.parametrize("status", ["delivered", "rejected", "failed", "expired", "undeliverable"])
def test_the_snippet_that_the_pages_show_tells_of_a_message_what_became_of_it(
    messagemedia_outbox: Outbox, status: str
) -> None:
    message_id = notify().message_id
    messagemedia_outbox.reply("Thanks")
    messagemedia_outbox.deliver() if status == "delivered" else messagemedia_outbox.fail(status)
    snippet = snippet_of(messagemedia_outbox, message_id).replace("...  # let your application send", "notify()")
    messagemedia_outbox.sandbox.reset()
    names: dict[str, Any] = {"notify": notify}
    exec(snippet, names)
    names["test_the_message_is_sent"](messagemedia_outbox)
    assert messagemedia_outbox.last.status == status
    with Client() as client:
        assert [reply.content for reply in client.replies.check()] == ["Thanks"]


def snippet_of(outbox: Outbox, message_id: str) -> str:
    """The snippet for pytest that the page of a message shows."""
    page = httpx.get(f"{outbox.sandbox.url}/pages/messages/{message_id}", trust_env=False).text
    (snippet,) = re.findall(r'data-text="(def test_[^"]*)"', page)
    return html.unescape(snippet)


def failure(of: Callable[[], object]) -> str:
    with pytest.raises(AssertionError) as caught:
        of()
    return str(caught.value)


def test_a_failure_shows_the_nearest_message(messagemedia_outbox: Outbox) -> None:
    outbox = messagemedia_outbox
    notify(content="Something else entirely")
    notify(BO, "Your code is 1235", metadata={"order": "1"})
    notify(content="No")
    assert failure(lambda: outbox.assert_sent(content="Your code is 1234", destination_number=BO, metadata={})) == (
        "No such message was sent. The nearest of 3, to +61491570157 (- wanted, + sent):\n"
        "    content:\n"
        "      - Your code is 1234\n"
        "      ?                 ^\n"
        "      + Your code is 1235\n"
        "      ?                 ^\n"
        "    destination_number: '+61491570157'\n"
        "    metadata:\n"
        "      - {}\n"
        "      + {'order': '1'}\n"
        "    1 part of GSM-7"
    )


def test_a_failure_tells_the_parts_and_what_makes_them_more(messagemedia_outbox: Outbox) -> None:
    notify(content="D\u2019Arcy " * 12)
    said = failure(lambda: messagemedia_outbox.assert_sent(content="D'Arcy"))
    assert said.endswith("    2 parts of UCS-2 because of '\u2019'")


def test_a_failure_says_how_often_and_what_was_sent(messagemedia_outbox: Outbox) -> None:
    outbox = messagemedia_outbox
    assert failure(lambda: outbox.last) == failure(outbox.assert_sent) == "nothing was sent"
    outbox.assert_nothing_sent()
    outbox.refuse()
    with pytest.raises(BadRequestError):
        notify()
    assert failure(outbox.assert_sent) == "nothing was sent; the answers to 1 request: 400"
    for number in range(12):
        notify(content=f"Number {number}")
    assert failure(lambda: outbox.reply("Hi", to=BO)).startswith(f"nothing was sent to {BO}")
    said = failure(outbox.assert_nothing_sent)
    assert said.startswith(
        "sent 12 times, and should not have been:\n  … 2 before these\n  to +61491570156: 'Number 2'\n"
    )
    assert failure(lambda: outbox.assert_sent(times=1)).startswith("sent 12 times, not once:\n")
    assert failure(lambda: outbox.assert_nothing_sent(content="Number 1")).startswith("sent once, and should not")
    with pytest.raises(ValueError, match="times must be at least 1; to assert that there is none"):
        outbox.assert_sent(times=0)


def test_a_field_that_is_none_is_a_mistake_of_the_test(messagemedia_outbox: Outbox) -> None:
    with pytest.raises(TypeError, match=re.escape("a message has no field 'text'; did you mean content?")):
        messagemedia_outbox.assert_sent(text="Hello")
    with pytest.raises(TypeError, match=re.escape("a message has no field 'qqq'")):
        messagemedia_outbox.assert_sent(qqq="Hello")


def test_moments_are_compared_as_the_api_takes_them(messagemedia_outbox: Outbox) -> None:
    later = datetime.now(UTC).replace(microsecond=123_999) + timedelta(days=1)
    notify(scheduled=later)
    messagemedia_outbox.assert_sent(scheduled=later, times=1)
    failure(lambda: messagemedia_outbox.assert_sent(scheduled=later + timedelta(milliseconds=1)))


def test_messages_are_delivered_when_the_test_says_so(messagemedia_outbox: Outbox, messagemedia_client: Client) -> None:
    notify(delivery_report=True)
    notify(BO, scheduled=datetime.now(UTC) + timedelta(days=1))
    messagemedia_outbox.deliver()
    assert [message.status for message in messagemedia_outbox] == ["delivered", "scheduled"]
    reports = messagemedia_client.delivery_reports.check()
    assert [report.status for report in reports] == ["enroute", "submitted", "delivered"]


@pytest.mark.parametrize(("status", "code"), [("rejected", "402"), ("failed", "400")])
def test_a_message_ends_as_the_test_says(
    messagemedia_outbox: Outbox, messagemedia_client: Client, status: str, code: str
) -> None:
    outbox = messagemedia_outbox
    notify(delivery_report=True, metadata={"order": "1"})
    notify(BO)
    outbox.fail(status, to=ANN)
    assert [message.status for message in outbox] == [status, "queued"]
    [report] = messagemedia_client.delivery_reports.check()
    assert (report.status, report.error_code, report.metadata) == (status, code, {"order": "1"})
    with pytest.raises(ValueError, match=f"already has a final status: {status}"):
        outbox.fail(to=ANN)
    outbox.deliver()  # its walk is over, that of the other one goes on
    assert [message.status for message in outbox] == [status, "delivered"]
    with pytest.raises(ValueError, match="status"):
        outbox.fail("lost")


def test_a_failure_has_the_code_that_the_test_gives(messagemedia_outbox: Outbox, messagemedia_client: Client) -> None:
    notify(delivery_report=True)
    messagemedia_outbox.fail(error_code="331")
    assert [report.error_code for report in messagemedia_client.delivery_reports.check()] == ["331"]


def test_a_reply_can_be_fetched(messagemedia_outbox: Outbox, messagemedia_client: Client) -> None:
    notify(metadata={"order": "1"})
    notify(BO, "Hello")
    ids = [messagemedia_outbox.reply("STOP"), messagemedia_outbox.reply("Thanks!", to=ANN)]
    replies = messagemedia_client.replies.check()
    assert [(reply.reply_id, reply.content, reply.source_number) for reply in replies] == [
        (ids[0], "STOP", BO),
        (ids[1], "Thanks!", ANN),
    ]
    assert replies[1].metadata == {"order": "1"}


def test_one_line_finds_an_application_that_sends_twice(messagemedia_outbox: Outbox) -> None:
    messagemedia_outbox.unknown()
    with pytest.raises(OutcomeUnknownError):
        notify()
    messagemedia_outbox.assert_sent(times=1)
    notify()  # such a retry doubles the message
    assert failure(lambda: messagemedia_outbox.assert_sent(times=1)).startswith("sent twice, not once")


def test_an_unknown_send_may_not_have_arrived_either(messagemedia_outbox: Outbox) -> None:
    messagemedia_outbox.unknown(accepted=False, times=2)
    for _ in range(2):
        with pytest.raises(OutcomeUnknownError):
            notify()
    messagemedia_outbox.assert_nothing_sent()
    notify()
    messagemedia_outbox.assert_sent(times=1)


def test_a_limited_rate_is_told_at_once(messagemedia_outbox: Outbox) -> None:
    messagemedia_outbox.rate_limit()
    with pytest.raises(RateLimitError):
        notify()
    notify()
    messagemedia_outbox.assert_sent(times=1)
    assert [record.status for record in messagemedia_outbox.sandbox.requests] == [429, 202]


def test_a_refusal_has_the_words_of_the_test(messagemedia_outbox: Outbox) -> None:
    messagemedia_outbox.refuse("messages[0].content: too rude")
    with pytest.raises(BadRequestError, match="too rude"):
        notify()
    messagemedia_outbox.assert_nothing_sent()


def test_outcomes_are_those_that_there_are(messagemedia_outbox: Outbox) -> None:
    with pytest.raises(ValueError, match="outcome must be accepted, refused, unknown or rate_limited, not 'lost'"):
        messagemedia_outbox.decide("lost")  # type: ignore[arg-type]
    messagemedia_outbox.unknown(times=None)
    messagemedia_outbox.decide("accepted")
    notify()


@pytest.mark.messagemedia(outcomes="all")
def test_the_mark_brings_each_outcome_about(messagemedia_outbox: Outbox, messagemedia_outcome: str) -> None:
    errors = {"refused": BadRequestError, "unknown": OutcomeUnknownError, "rate_limited": RateLimitError}
    expected: AbstractContextManager[object] = nullcontext()
    if messagemedia_outcome in errors:
        expected = pytest.raises(errors[messagemedia_outcome])
    for _ in range(2):
        with expected:
            notify()
    assert len(messagemedia_outbox) == (2 if messagemedia_outcome in ("accepted", "unknown") else 0)


@pytest.mark.parametrize("turn", [1, 2])
def test_nothing_is_left_of_another_test(messagemedia_outbox: Outbox, messagemedia_client: Client, turn: int) -> None:
    """It leaves something of everything, and runs twice."""
    del turn
    outbox, sandbox = messagemedia_outbox, messagemedia_outbox.sandbox
    assert (len(outbox), sandbox.requests, sandbox.pushes, sandbox.faults) == (0, [], [], [])
    assert abs((sandbox.now - datetime.now(UTC)).total_seconds()) < 60
    assert messagemedia_client.replies.check() == messagemedia_client.delivery_reports.check() == []
    assert messagemedia_client.api.webhooks.list_webhooks().page_data == []
    assert messagemedia_client.api.signature_keys.list_signature_keys(page=1, page_size=9) == []
    sandbox.outcome(ANN, "rejected")
    outbox.push_to(Webhooks(unsigned=True).wsgi(), "/hooks")
    notify(delivery_report=True)
    outbox.reply("Hi")
    sandbox.advance(86_400)
    outbox.rate_limit(times=None)
    sandbox.fault("clock_skew", seconds=5000, times=None)


@pytest.fixture(scope="module")
def kept() -> Iterator[list[Client]]:
    """Clients that an application keeps for as long as it runs."""
    clients: list[Client] = []
    yield clients
    for client in clients:
        client.close()


@pytest.mark.parametrize("turn", [1, 2])
def test_a_client_of_an_earlier_test_goes_on(messagemedia_outbox: Outbox, kept: list[Client], turn: int) -> None:
    """The address of the sandbox stays, so that an application may keep one client."""
    del turn
    kept.append(Client())
    for client in kept:
        client.messages.send(Message(content="Hello", destination_number=ANN))
    messagemedia_outbox.assert_sent(times=len(kept))


def test_signed_requests_are_taken(messagemedia_outbox: Outbox) -> None:
    options = messagemedia_outbox.sandbox.options
    with Client(auth=HmacAuth(options.api_key, options.api_secret)) as client:
        client.messages.send(content="Hello", destination_number=ANN)
    assert [record.status for record in messagemedia_outbox.sandbox.requests] == [202]


def test_an_outbox_of_its_own_needs_no_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESSAGEMEDIA_REGION", "eu")
    monkeypatch.setenv("MESSAGEMEDIA_ACCOUNT", "Another")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "localhost")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("MESSAGEMEDIA_API_KEY", raising=False)
    before = dict(os.environ)
    with Outbox() as outbox:
        notify(delivery_report=True)
        outbox.deliver()
        with Client() as client:
            assert isinstance(client.delivery_reports.check()[-1], DeliveryReport)
        assert outbox.assert_sent(times=1).status == "delivered"
    assert dict(os.environ) == before
    with Outbox() as other:
        other.assert_nothing_sent()
