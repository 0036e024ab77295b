"""What can be seen of calls from outside: the logger `messagemedia`, OpenTelemetry and Sentry."""

import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from messagemedia import HmacAuth, MessageMediaError
from messagemedia.sandbox import Sandbox
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sdk_face import KEY, MESSAGE_ID, MOMENT, SECRET, SMS, Face, Wire, accepted, answer, success


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Level and text of what the logger `messagemedia` was told."""
    caplog.set_level(logging.DEBUG, logger="messagemedia")

    class Told(list[tuple[str, str]]):
        def __iter__(self) -> Iterator[tuple[str, str]]:
            return iter([(each.levelname, each.getMessage()) for each in caplog.records if each.name == "messagemedia"])

    return Told()


def matches(log: Any, *wanted: tuple[str, str]) -> None:
    """Whether that is what was logged; the texts are patterns."""
    told = list(log)
    assert [level for level, _ in told] == [level for level, _ in wanted], told
    for (_, text), (_, pattern) in zip(told, wanted, strict=True):
        assert re.fullmatch(pattern, text), text


@pytest.mark.off_contract(answers="429 is not documented")
def test_each_attempt_and_each_retry_is_logged(face: Face, log: Any) -> None:
    wire = Wire(httpx.ConnectError("made up"), answer(429, headers={"retry-after": "7"}), accepted())
    face.run(face.client(wire, region="eu").messages.send(**SMS))
    attempt = r"POST /v1/messages at eu\.app\.api\.sinch\.com, attempt {}, \d+\.\d{{3}} s: {}"
    matches(
        log,
        ("DEBUG", attempt.format(1, r"not_sent \(ConnectError\)")),
        ("INFO", r"sendMessages: retry 1 of 2 in [01]\.\d s, after not_sent \(ConnectError\)"),
        ("DEBUG", attempt.format(2, "429")),
        ("INFO", r"sendMessages: retry 2 of 2 in 7\.0 s, after 429"),
        ("DEBUG", attempt.format(3, "202")),
    )


def test_a_corrected_clock_is_logged(face: Face, log: Any) -> None:
    wire = Wire(answer(401, headers={"date": "Thu, 15 Jan 2026 03:14:05 GMT"}), success("get"))
    client = face.client(wire, auth=HmacAuth(KEY, SECRET), now=lambda: MOMENT + timedelta(seconds=0))
    face.run(client.messages.get(MESSAGE_ID))
    levels = [level for level, _ in log]
    assert levels == ["DEBUG", "INFO", "DEBUG"]
    text = next(text for level, text in log if level == "INFO")
    assert (
        text == "getMessageStatus: retrying at once with the server's time, which is +600 s from this clock, after 401"
    )


class Failing(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        raise LookupError(f"no connection for {record.levelname}")


def test_a_handler_that_fails_takes_no_answer_with_it(face: Face, log: Any) -> None:
    handler = Failing()
    logging.getLogger("messagemedia").addHandler(handler)
    try:
        wire = Wire(httpx.ConnectError("refused"), accepted())
        assert face.run(face.client(wire).messages.send(**SMS)).message_id == MESSAGE_ID
    finally:
        logging.getLogger("messagemedia").removeHandler(handler)
    assert len(wire.seen) == 2


def test_no_log_line_holds_content_numbers_ids_or_secrets(face: Face, log: Any) -> None:
    client = face.client(Wire(httpx.ReadError("0491570156 is lost")), account="Sub")
    for call in (lambda: client.messages.send(**SMS), lambda: client.messages.get(MESSAGE_ID)):
        with pytest.raises(MessageMediaError):
            face.run(call())
    told = json.dumps(list(log))
    assert told.count("lost (ReadError)") == 6  # a send, and three reads with two retries between them
    for private in (SMS["content"], "491570156", MESSAGE_ID, KEY, SECRET, "Basic"):
        assert private not in told


# --- tools ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(api_key=KEY, api_secret=SECRET) as running:
        yield running


def test_opentelemetry_sees_calls_of_the_default_client(face: Face, sandbox: Sandbox) -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    instrumentor = HTTPXClientInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    try:
        face.run(face.client(base_url=sandbox.url).messages.send(**SMS))
    finally:
        instrumentor.uninstrument()
    (span,) = spans.get_finished_spans()
    attributes = dict(span.attributes or {})
    assert span.name == "POST"
    assert 202 in attributes.values()
    assert "traceparent" in dict(sandbox.requests[0].headers)  # so the other side's spans join


SENTRY = """
import asyncio, sys
import httpx, sentry_sdk
from messagemedia import AsyncClient, Client
from sentry_sdk.integrations.httpx import HttpxIntegration
from sentry_sdk.transport import Transport

class Keep(Transport):
    def capture_envelope(self, envelope):
        for item in envelope.items:
            if item.type == "transaction":
                print([span["op"] for span in item.payload.json["spans"]])

sentry_sdk.init(
    dsn="http://a@127.0.0.1:9/1", traces_sample_rate=1.0, transport=Keep, default_integrations=False,
    integrations=[HttpxIntegration()],
)
message = {"content": "x", "destination_number": "+61491570156"}
with sentry_sdk.start_transaction(name="t"), httpx.Client() as http_client:
    with Client(sys.argv[2], sys.argv[3], base_url=sys.argv[1], http_client=http_client) as client:
        client.messages.send(**message)

async def main():
    async with httpx.AsyncClient() as http_client:
        async with AsyncClient(sys.argv[2], sys.argv[3], base_url=sys.argv[1], http_client=http_client) as client:
            await client.messages.send(**message)

with sentry_sdk.start_transaction(name="t"):
    asyncio.run(main())
"""


@pytest.mark.slow
def test_sentry_sees_calls_of_an_http_client_that_was_passed_in(sandbox: Sandbox) -> None:
    """It changes httpx for the rest of its process, so it has one of its own."""
    command = [sys.executable, "-c", SENTRY, sandbox.url, KEY, SECRET]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["['http.client']"] * 2
    assert len(sandbox.ledger) == 2
