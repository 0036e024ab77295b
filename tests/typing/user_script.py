"""A user's script, checked strictly by mypy and pyright: what the public API promises to type checkers."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, assert_type

import httpx
from messagemedia import (
    AsyncClient,
    BadRequestError,
    Client,
    Consumed,
    Credits,
    DeliveryReport,
    FieldError,
    HmacAuth,
    Message,
    MessageFormat,
    MessageStatus,
    Reply,
    SendMessagesRequest,
    SendMessagesResponse,
    SentMessage,
    normalize,
)
from messagemedia.campaign import Row, read_csv
from messagemedia.testing import Guard, Outbox, SendOutcome


def numbers() -> None:
    assert_type(normalize("0491 570 156", country="AU"), str)
    for row in read_csv("guests.csv", default_country="AU", content="Hi {name}"):
        assert_type(row, Row)


def test_kit(messagemedia_outbox: Outbox, messagemedia_outcome: SendOutcome) -> None:
    outbox = messagemedia_outbox
    assert_type(outbox.last, SentMessage)
    assert_type(outbox[0], SentMessage)
    assert_type(outbox[1:], list[SentMessage])
    assert_type([message.content for message in outbox], list[str | None])
    assert_type(outbox.to("+61491570156"), list[SentMessage])
    assert_type(outbox.assert_sent(content="Hello", times=1), SentMessage)
    assert_type(outbox.reply("STOP", to="+61491570156"), str)
    outbox.decide(messagemedia_outcome)
    outbox.decide("unknown")
    assert_type(outbox.public_keys, Mapping[str, str])
    with Outbox() as own, Guard().watching():
        assert_type(own, Outbox)
        own.rate_limit(times=2, retry_after=None)


def blocking() -> None:
    with Client("KEY", "SECRET", region="eu", http_client=httpx.Client(), national_numbers=True) as client:
        assert_type(client, Client)
        assert_type(client.with_options(account="sub"), Client)
        sent = client.messages.send(content="Hello", destination_number="+61491570156", format="MMS")
        assert_type(sent, SentMessage)
        assert_type(sent.message_id, str)
        assert_type(sent.status, MessageStatus | None)
        assert_type(sent.scheduled, datetime | None)
        assert_type(sent.extra, dict[str, Any])
        assert_type(sent.raw, Mapping[str, Any])
        assert_type(sent.to_dict(), dict[str, Any])
        message = Message(
            content="Hello",
            destination_number="+61491570156",
            format=MessageFormat.TTS,
            scheduled=datetime.now(UTC),
            metadata={"order": "1"},
            media=("https://example.com/a.png",),
        )
        assert_type(client.messages.send(message), SentMessage)
        assert_type(client.messages.get(sent.message_id), SentMessage)
        assert_type(client.messages.get(sent), SentMessage)
        for result in client.messages.send_many([message]):
            client.messages.cancel(result)
        assert_type(client.messages.wait(client.delivery_reports.check()[0]), SentMessage)
        assert_type(client.messages.credits(), Credits)
        replies = client.replies.check()
        assert_type(replies, list[Reply])
        client.replies.confirm(replies)
        client.replies.confirm("a175e797-2b54-468b-9850-41a3eab32f74")
        reports = client.delivery_reports.check()
        assert_type(reports, list[DeliveryReport])
        client.delivery_reports.confirm(reports)
        assert_type(client.messages.wait(sent.message_id, until=MessageStatus.DELIVERED, timeout=None), SentMessage)
        assert_type(MessageStatus.latest("enroute", sent.status), MessageStatus | None)
        for reply in client.replies.consume(until_empty=True, stop=threading.Event()):
            assert_type(reply, Reply)
        assert_type(client.replies.consume(lambda reply: reply.content, limit=5), Consumed)
        assert_type(client.delivery_reports.consume(handle, dead_letter=bury, stop_on=[signal.SIGTERM]), Consumed)
        for replies in client.replies.consume_batches(until_empty=True, size=50, stop=threading.Event()):
            assert_type(replies, list[Reply])
        assert_type(client.replies.consume_batches(lambda replies: replies[0].content, limit=5), Consumed)
        assert_type(client.delivery_reports.consume_batches(handle_all, dead_letter=bury, size=1), Consumed)
        response = client.api.messages.send_messages(SendMessagesRequest(messages=[message]), account="sub")
        assert_type(response, SendMessagesResponse)


def handle(report: DeliveryReport) -> None:
    assert_type(report.delivery_report_id, str)


def handle_all(reports: list[DeliveryReport]) -> None:
    for report in reports:
        handle(report)


async def handle_later(report: DeliveryReport) -> None:
    handle(report)


async def handle_all_later(reports: Sequence[DeliveryReport]) -> None:
    for report in reports:
        await handle_later(report)


def bury(report: DeliveryReport, error: Exception) -> None:
    assert_type(error, Exception)
    handle(report)


async def awaited() -> None:
    async with AsyncClient(auth=HmacAuth("KEY", "SECRET", algorithm="sha1"), timeout=5) as client:
        assert_type(await client.messages.send(content="Hello", destination_number="+61491570156"), SentMessage)
        assert_type(await client.replies.check(), list[Reply])
        assert_type(await client.messages.wait("id", until=["delivered", "read"]), SentMessage)
        assert_type(await client.messages.get((await client.replies.check())[0]), SentMessage)
        async for reply in client.replies.consume(poll_interval=0.5, stop=asyncio.Event()):
            assert_type(reply, Reply)
        assert_type(await client.delivery_reports.consume(handle, max_attempts=5), Consumed)
        assert_type(await client.delivery_reports.consume(handle_later, dead_letter=bury), Consumed)
        async for reports in client.delivery_reports.consume_batches(limit=9, stop=asyncio.Event()):
            assert_type(reports, list[DeliveryReport])
        assert_type(await client.delivery_reports.consume_batches(handle_all, size=10), Consumed)
        assert_type(await client.delivery_reports.consume_batches(handle_all_later, dead_letter=bury), Consumed)
        assert_type(await client.api.messages.check_credits_remaining(), Credits)


def refused(client: Client) -> None:
    """What the type checkers must refuse: an unused ignore is an error for both of them."""
    client.messages.send(content="Hello")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    client.messages.send(to="1", content="x", destination_number="2")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    Message(content="x", destination_number="1", format="sms")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Message(content="x", destination_number="1", message_id="id")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.messages.get(Message(content="x", destination_number="1"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.messages.send("+61491570156", "Hello")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    client.with_options(region="eu")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Client("KEY", "SECRET", retries=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Client("KEY", "SECRET", "extra")  # type: ignore[call-arg,arg-type]  # pyright: ignore[reportCallIssue]
    Client("KEY", "SECRET", region="sydney")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.replies.consume(handle)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.replies.consume(dead_letter=bury)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    client.replies.consume(limitt=1)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    client.replies.consume(print, stop=asyncio.Event())  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    client.delivery_reports.consume_batches(handle)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.replies.consume_batches(confirm_every=1)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    client.replies.consume_batches(dead_letter=bury)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    client.replies.confirm(client.delivery_reports.check())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def errors(error: BadRequestError) -> None:
    first = error.errors[0]
    assert_type(first, FieldError)
    assert_type(first.index, int | None)
    assert_type(error.status_code, int)
