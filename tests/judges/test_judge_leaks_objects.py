"""The leak matrix of objects: every public one, in whatever is printed of it, logged with it or stored of it."""

import asyncio
import datetime as dt
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import leak_kit as kit
import messagemedia
import pytest
from messagemedia import sandbox
from messagemedia.sandbox import Sandbox
from messagemedia_generated import models

from tests import inside

MOMENT = dt.datetime(2026, 1, 15, 3, 4, 5, tzinfo=dt.UTC)
ECHO = kit.ECHO[0]
FILE = {"content": kit.CONTENT, "content_type": "text/plain", "original_name": kit.CONTENT}
DETAIL = messagemedia.FieldError("is wrong", "/messages/0/x", item=messagemedia.Message(**kit.MESSAGE))
SAID: dict[str, Any] = {"hint": f"Look at {kit.NUMBERS[0]}.", "operation": "sendMessages"}
ANSWER: dict[str, Any] = {"status_code": 418, "body": kit.PAGE, "headers": {"x-said": kit.CONTENT}, **SAID}
LOST: dict[str, Any] = {"status_code": 202, "body": kit.PAGE, **SAID}
TEXT = f"{kit.NUMBERS[0]} and {kit.NUMBERS[1][1:]} were refused"

Make = Callable[[], Any]


def api_error(name: str) -> Make:
    return lambda: getattr(messagemedia, name)(TEXT, details=kit.DETAILS, **ANSWER)


def plain_error(name: str, **more: Any) -> Make:
    return lambda: getattr(messagemedia, name)(TEXT, **{**SAID, **more})


def record(scheme: str) -> sandbox.RequestRecord:
    """A request as the sandbox writes it down."""
    given = {"basic": messagemedia.BasicAuth, "hmac": messagemedia.HmacAuth}[scheme](kit.KEY, kit.SECRET)
    headers = given.headers("POST", "/v1/messages", kit.PAGE, MOMENT)
    return sandbox.RequestRecord(
        "POST",
        "/v1/messages",
        "1.1",
        tuple((name.lower(), str.__str__(value)) for name, value in headers.items()),
        kit.PAGE,
    )


WEBHOOK: dict[str, Any] = {
    "url": f"https://example.com/hook?note={kit.PRIVATE[1]}",
    "method": "POST",
    "encoding": "JSON",
    "events": ["RECEIVED_SMS"],
    "headers": {"X-Token": kit.PRIVATE[1]},
}
OBJECTS: dict[str, Make] = {
    "Client": lambda: messagemedia.Client(kit.KEY, kit.SECRET),
    "AsyncClient": lambda: messagemedia.AsyncClient(auth=messagemedia.HmacAuth(kit.KEY, kit.SECRET)),
    "BasicAuth": lambda: messagemedia.BasicAuth(kit.KEY, kit.SECRET),
    "HmacAuth": lambda: messagemedia.HmacAuth(kit.KEY, kit.SECRET),
    "Message": lambda: messagemedia.Message(**kit.MESSAGE),
    "SentMessage": lambda: messagemedia.SentMessage.from_dict(ECHO),
    "Reply": lambda: messagemedia.Reply.from_dict({**ECHO, "reply_id": "r", "attachments": [FILE]}),
    "DeliveryReport": lambda: messagemedia.DeliveryReport.from_dict({**ECHO, "delivery_report_id": "d"}),
    "Attachment": lambda: messagemedia.Attachment.from_dict(FILE),
    "OptOut": lambda: messagemedia.OptOut.from_dict({**ECHO, "notification_id": "n"}),
    "Webhook": lambda: messagemedia.Webhook.from_dict({"id": "w", **WEBHOOK}),
    "ListWebhooksResponse": lambda: messagemedia.ListWebhooksResponse.from_dict({"pageData": [{"id": "w", **WEBHOOK}]}),
    "CreateWebhookRequest": lambda: messagemedia.CreateWebhookRequest(**WEBHOOK),
    "UpdateWebhookRequest": lambda: messagemedia.UpdateWebhookRequest(url=WEBHOOK["url"], headers=WEBHOOK["headers"]),
    "SignatureKey": lambda: messagemedia.SignatureKey.from_dict({"key_id": "k", "note": kit.CONTENT}),
    "CreateSignatureKeyRequest": lambda: messagemedia.CreateSignatureKeyRequest(digest="SHA256", cipher="RSA"),
    "EnableSignatureKeyRequest": lambda: messagemedia.EnableSignatureKeyRequest(key_id="k"),
    "Credits": lambda: messagemedia.Credits.from_dict({"remaining_credits": 5, "note": kit.CONTENT}),
    "VendorAccountId": lambda: messagemedia.VendorAccountId.from_dict({"vendor_id": "v", "note": kit.CONTENT}),
    "SendMessagesRequest": lambda: models.SendMessagesRequest(messages=[messagemedia.Message(**kit.MESSAGE)]),
    "SendMessagesResponse": lambda: models.SendMessagesResponse.from_dict({"messages": kit.ECHO}),
    "CancelScheduledMessageRequest": models.CancelScheduledMessageRequest,
    "ConfirmRepliesAsReceivedRequest": lambda: models.ConfirmRepliesAsReceivedRequest(reply_ids=["r"]),
    "ConfirmDeliveryReportsAsReceivedRequest": lambda: models.ConfirmDeliveryReportsAsReceivedRequest(
        delivery_report_ids=["d"]
    ),
    "CheckRepliesResponse": lambda: models.CheckRepliesResponse.from_dict({"replies": kit.ECHO}),
    "CheckDeliveryReportsResponse": lambda: models.CheckDeliveryReportsResponse.from_dict(
        {"delivery_reports": kit.ECHO}
    ),
    "FieldError": lambda: DETAIL,
    "MessageMediaError": plain_error("MessageMediaError"),
    "ConfigurationError": plain_error("ConfigurationError"),
    "TransportError": plain_error("TransportError"),
    "RequestTimeoutError": plain_error("RequestTimeoutError"),
    "NotConfirmedError": plain_error("NotConfirmedError"),
    "NotSentError": plain_error("NotSentError"),
    "ValidationError": lambda: messagemedia.ValidationError([DETAIL], **SAID),
    "InvalidResponseError": lambda: messagemedia.InvalidResponseError(TEXT, **ANSWER),
    "OutcomeUnknownError": lambda: messagemedia.OutcomeUnknownError(TEXT, **LOST),
    "WaitTimeoutError": lambda: messagemedia.WaitTimeoutError(
        TEXT, last=messagemedia.SentMessage.from_dict(ECHO), **SAID
    ),
    "SendResult": lambda: messagemedia.SendResult(
        0, messagemedia.Message(**kit.MESSAGE), "invalid", errors=(DETAIL,), error=plain_error("NotSentError")()
    ),
    "Segments": lambda: messagemedia.segments(f"{kit.CONTENT} \u2013 {kit.NUMBERS[0]}"),
    "Consumed": lambda: messagemedia.Consumed(handled=1),
    **{
        name: api_error(name)
        for name in (
            *("APIStatusError", "AuthenticationError", "BadRequestError", "ConflictError", "NotFoundError"),
            *("OutcomeUnknownServerError", "PermissionDeniedError", "RateLimitError", "ServerError"),
            "UnprocessableEntityError",
        )
    },
    "sandbox.Options": lambda: sandbox.Options(
        api_key=kit.KEY, api_secret=kit.SECRET, other_credentials={kit.KEY * 2: kit.SECRET}
    ),
    "sandbox.Sandbox": lambda: Sandbox(api_key=kit.KEY, api_secret=kit.SECRET),
    "sandbox.Fault": lambda: sandbox.Fault(kind="answer", body=kit.PAGE),
    "sandbox.RequestRecord": lambda: record("hmac"),
    "sandbox.RequestRecord of Basic": lambda: record("basic"),
    "sandbox.LedgerEntry": lambda: sandbox.LedgerEntry(0, kit.MESSAGE_ID, "a", dict(kit.MESSAGE), MOMENT),
    "sandbox.PushAttempt": lambda: sandbox.PushAttempt(
        "reply", f"https://u:{kit.SECRET}@127.0.0.1/hook?note={kit.PRIVATE[1]}", dict(ECHO), MOMENT
    ),
}
# What has no state that somebody gave it: enums, types, and an error of the import system.
STATELESS = {
    *(
        "Auth",
        "MessageFields",
        "MessageFormat",
        "MessageStatus",
        "Metadata",
        *("SignatureCipher", "SignatureDigest", "SourceNumberType"),
        *("WebhookEncoding", "WebhookEvent", "WebhookHeaders", "WebhookMethod"),
        "__version__",
        "normalize",
        "segments",
    ),
    *("sandbox.FaultKind", "sandbox.MissingExtraError"),
}
# Its content and number are made up for a test, whose author wants to see them.
SHOWN = {"sandbox.LedgerEntry": (kit.CONTENT, kit.NUMBERS[0])}
DATA = ("messagemedia_generated.models.", "messagemedia.sandbox.", *inside.HOLD_DATA)
objects = pytest.mark.parametrize("name", OBJECTS)


@pytest.fixture
def thing(name: str) -> Iterator[Any]:
    made = OBJECTS[name]()
    yield made
    if name == "Client":
        made.close()
    if name == "AsyncClient":
        asyncio.run(made.close())


def hidden(name: str) -> tuple[str, ...]:
    """What of the private values an object must not show."""
    shown = "\n".join(SHOWN.get(name, ()))
    return tuple(value for value in kit.PRIVATE if value not in shown)


def test_every_public_object_is_in_the_matrix() -> None:
    public = {*messagemedia.__all__, *(f"sandbox.{name}" for name in sandbox.__all__)}
    assert public - {name.partition(" ")[0] for name in OBJECTS} == STATELESS


@objects
def test_what_is_printed_shows_nothing(name: str, thing: Any) -> None:
    texts = [str(thing), repr(thing), f"{thing}", f"{[thing]}", f"{({'x': thing},)}"]
    texts += [str(each) for each in getattr(thing, "args", ())]
    kit.assert_hides("\n".join(texts), *kit.SECRETS, *hidden(name))
    assert all(value in repr(thing) for value in SHOWN.get(name, ()))
    if name.startswith("sandbox.RequestRecord"):
        kit.assert_hides("\n".join(texts), *(value for key, value in thing.headers if key == "authorization"))


@objects
def test_what_is_logged_of_it_shows_nothing(name: str, thing: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger(name).debug("seen: %s and %r", thing, [thing])
    if isinstance(thing, BaseException):
        logging.getLogger(name).error("failed", exc_info=thing)
    kit.assert_hides(caplog.text, *kit.SECRETS, *hidden(name))


def fail(thing: Any) -> NoReturn:
    held = {"it": thing, "attributes": getattr(thing, "__dict__", None)}
    raise RuntimeError(len(held))


@objects
def test_a_traceback_with_it_among_its_locals_shows_no_secret(name: str, thing: Any) -> None:
    del name
    with pytest.raises(RuntimeError) as caught:
        fail(thing)
    text = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "held = {'it': " in text
    kit.assert_hides(text, *kit.SECRETS)


@objects
def test_what_is_pickled_holds_nothing(name: str, thing: Any) -> None:
    if name in ("Client", "AsyncClient", "BasicAuth", "HmacAuth", "sandbox.Sandbox"):
        with pytest.raises((TypeError, AttributeError, pickle.PicklingError, messagemedia.ConfigurationError)):
            pickle.dumps(thing)
        return
    text = "".join(pickle.dumps(thing, protocol).decode("latin-1") for protocol in range(pickle.HIGHEST_PROTOCOL + 1))
    # Data is stored as what it is; that of the sandbox is made up for tests, its credentials and all.
    is_data = type(thing).__module__.startswith(DATA)
    kit.assert_hides(text, *(() if name.startswith("sandbox.") else kit.SECRETS), *(() if is_data else kit.PRIVATE))


@pytest.mark.parametrize("scheme", ["basic", "hmac"])
def test_the_sandbox_logs_nothing_that_it_was_sent(scheme: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    loggers = [
        logging.getLogger(name) for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi", "asyncio")
    ]
    levels = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.DEBUG)
    kinds = {"basic": messagemedia.BasicAuth, "hmac": messagemedia.HmacAuth}
    with Sandbox(api_key=kit.KEY, api_secret=kit.SECRET) as running:
        auth = kinds[scheme](kit.KEY, kit.SECRET)
        with messagemedia.Client(auth=auth, base_url=running.url, max_retries=0) as client:
            message = {**kit.MESSAGE, "callback_url": None}
            sent = client.messages.send(**message)
            running.reply(kit.CONTENT, message_id=sent.message_id)
            client.replies.confirm(client.replies.check())
            running.fault("drop_after_accept")
            with pytest.raises(messagemedia.OutcomeUnknownError):
                client.messages.send(**message)
            authorizations = [request.header("authorization") or "" for request in running.requests]
    for each, level in zip(loggers, levels, strict=True):
        each.setLevel(level)
    text = caplog.text + "".join(repr(vars(record)) for record in caplog.records)
    assert len(authorizations) == 4
    kit.assert_hides(text, *kit.SECRETS, *authorizations, *kit.PRIVATE)
