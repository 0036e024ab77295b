"""What an error says: what happened, what the server said, and what to do."""

from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from messagemedia import (
    APIStatusError,
    BadRequestError,
    DeliveryReport,
    FieldError,
    Message,
    MessageMediaError,
    NotFoundError,
    ValidationError,
    errors,
)
from messagemedia_generated.models import SendMessagesRequest
from sdk_face import CALLS, HTML, JSON, KEY, MESSAGE_ID, NUMBER, PAGE, SMS, Face, Wire, answer, call

FAILED = "Request failed to parse correctly. Please ensure input is valid and try again."
NUMBER_DETAIL = (
    "/messages/1/destination_number: International address must be between 8 and 15 characters excluding the first "
    "'+', International address contains invalid characters."
)
CALLBACK_DETAIL = "/messages/0/callbackUrl: Invalid callback url"


def error_of(face: Face, name: str, *reactions: Any, **options: Any) -> Any:
    with pytest.raises(MessageMediaError) as caught:
        face.run(call(face.client(Wire(*reactions), **options), name))
    return caught.value


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.off_contract(answers="400 is not documented for fetching")
def test_an_error_tells_everything_the_server_said(face: Face, name: str) -> None:
    body = {"message": FAILED, "details": [NUMBER_DETAIL, "Failed to parse message body."]}
    error = error_of(face, name, answer(400, body, {**JSON, "X-Trace": "abc"}))  # pitfall 44
    assert (error.status_code, error.message, error.details) == (400, FAILED, body["details"])
    assert error.headers["x-trace"] == "abc"
    assert b"Failed to parse" in error.body
    assert error.operation.lower() in str(error).lower()
    for said in ("400", FAILED, *body["details"]):
        assert said in str(error)
    assert str(error) in repr(error) or repr(str(error)) in repr(error)


HINTS = [
    (401, {"message": "Invalid authentication credentials"}, "region"),
    (403, {"message": "Invalid account 'X' in header Account"}, "sub-account"),
    (404, {"message": "Resource not found"}, "45 days"),
    (422, {"message": "no"}, "TLS 1.3"),
    (429, {"message": "no"}, "more slowly"),
    (500, {"message": "no"}, "Do not retry blindly"),
]


@pytest.mark.parametrize(("status", "body", "hint"), HINTS)
@pytest.mark.off_contract(answers="429 is not documented")
def test_an_error_says_what_to_do(face: Face, status: int, body: dict[str, str], hint: str) -> None:
    error = error_of(face, "get" if status == 404 else "send", answer(status, body), max_retries=0)
    assert hint in error.hint
    first, *others = str(error).split("\n")
    assert str(status) in first
    assert body["message"] in first
    assert others[-1] == f"Hint: {error.hint}"


def test_details_may_be_missing(face: Face) -> None:
    error = error_of(face, "cancel", answer(400, {"message": "Message is not currently scheduled"}))
    assert (error.details, list(error.errors)) == ([], [])  # pitfall 48


@pytest.mark.parametrize("details", [None, "text", 5, {}, [5, None], [[]], {"a": 1}])
@pytest.mark.parametrize("message", [None, 5, [], {}])
@pytest.mark.off_contract(answers="bodies of other forms")
def test_an_error_body_of_another_form_is_no_second_error(face: Face, message: object, details: object) -> None:
    error = error_of(face, "send", answer(400, {"message": message, "details": details}))
    assert (type(error), error.message, error.details) == (BadRequestError, "", [])
    assert "The server gave no reason." in str(error)


WORDED: dict[str, dict[str, Any]] = {
    "message": {"message": "said", "detail": "more", "title": "Bad"},
    "detail": {"uuid": "1", "type": "about:blank", "title": "Bad", "detail": "said"},
    "title": {"title": "said", "detail": ""},
    "detail beside a message of another kind": {"message": {"a": 1}, "detail": "said"},
}


@pytest.mark.parametrize("name", WORDED)
@pytest.mark.parametrize("status", [400, 401, 404, 409, 500])
@pytest.mark.off_contract(answers="bodies of other forms")
def test_an_error_is_told_in_the_words_of_any_part_of_the_api(face: Face, status: int, name: str) -> None:
    error = error_of(face, "get", answer(status, WORDED[name]), max_retries=0)
    assert error.message == "said"


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        ("Currently no key is enabled", ""),
        ("Resource not found", "base_url"),
        ("no Route matched with those values", "base_url"),
    ],
)
def test_a_404_blames_the_address_unless_the_server_says_what_is_not_there(face: Face, message: str, hint: str) -> None:
    error = error_of(face, "replies.check", answer(404, {"message": message}))
    assert hint in error.hint
    assert bool(error.hint) == bool(hint)


def test_a_404_of_a_message_tells_how_long_messages_are_kept(face: Face) -> None:
    assert "45 days" in error_of(face, "get", answer(404)).hint


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'"text"', b"\xff\xfe", PAGE, b"{", b"[" * 100_000])
@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 422])
@pytest.mark.off_contract(answers="bodies of other forms")
def test_an_error_without_a_body_that_can_be_read_is_still_that_error(face: Face, status: int, body: bytes) -> None:
    error = error_of(face, "send", answer(status, body, HTML))
    assert isinstance(error, APIStatusError)
    assert (error.status_code, error.body, error.details, error.message) == (status, body, [], "")


def test_white_space_around_the_body_of_an_error_does_no_harm(face: Face) -> None:
    error = error_of(face, "get", answer(404, b'\xef\xbb\xbf{"message":"Resource not found."}\n'))  # pitfall 43
    assert error.message == "Resource not found."


@pytest.mark.parametrize("name", ["replies.check", "reports.check", "credits", "replies.confirm", "reports.confirm"])
def test_a_404_that_is_not_about_a_message_does_not_speak_of_one(face: Face, name: str) -> None:
    error = error_of(face, name, answer(404, {"message": "Resource not found."}))  # pitfall 46
    assert isinstance(error, NotFoundError)
    assert "message" not in str(error).lower().replace("messagemedia", "")
    assert "base_url" in error.hint


def test_errors_of_the_server_are_tied_to_the_callers_own_messages(face: Face) -> None:
    """Pitfall 49."""
    messages = [Message(**SMS), Message(**SMS)]
    wire = Wire(answer(400, {"message": FAILED, "details": [NUMBER_DETAIL, CALLBACK_DETAIL, "Else."]}))
    with pytest.raises(BadRequestError) as caught:
        face.run(face.client(wire).api.messages.send_messages(SendMessagesRequest(messages=messages)))
    number, callback, other = caught.value.errors
    assert number.item is messages[1]
    assert (number.index, number.field) == (1, "destination_number")
    assert callback.item is messages[0]
    assert (callback.index, callback.field) == (0, "callback_url")
    assert callback.message == "Invalid callback url"
    assert (other.index, other.field, other.item, other.message) == (None, None, None, "Else.")


@pytest.mark.off_contract(answers="details without a message")
def test_errors_of_short_verbs_are_tied_too(face: Face) -> None:
    message = Message(**SMS)
    with pytest.raises(BadRequestError) as caught:
        face.run(face.client(Wire(answer(400, {"details": [CALLBACK_DETAIL]}))).messages.send(message))
    assert caught.value.errors[0].item is message


POINTERS = [
    ("/messages/0/callbackUrl", 0, "callback_url"),
    ("/messages/12/destination_number", 12, "destination_number"),
    ("/messages/3/metadata/key", 3, "metadata"),
    ("/messages/3", 3, "messages"),
    ("/messages", None, "messages"),
    ("/reply_ids/7", 7, "reply_ids"),
    ("/messageExpiryTimestamp", None, "message_expiry_timestamp"),
    ("/", None, None),
    ("", None, None),
]


@pytest.mark.parametrize(("pointer", "index", "field"), POINTERS)
def test_a_pointer_names_index_and_field(pointer: str, index: int | None, field: str | None) -> None:
    error = FieldError("is wrong", pointer)  # pitfall 49
    assert (error.index, error.field) == (index, field)


DETAILS = [
    "/messages/99/x: y",
    "/messages/-1/x: y",
    "/messages/" + "9" * 5000 + "/x: y",
    "/messages/99999999999999999999/x: y",
    "/messages/٣/x: y",
    "/messages/0/0/0: y",
    "/messages/0/__class__/__init__: y",
    "/__class__/0: y",
    "/to_json/0: y",
    "/messages/a\ud800/\ud800: y",
    "//: ",
    ": ",
    "/",
]


@pytest.mark.parametrize("detail", DETAILS, ids=[ascii(detail[:40]) for detail in DETAILS])
def test_no_detail_makes_an_error_raise_another_one(face: Face, detail: str) -> None:
    error = error_of(face, "send", answer(400, {"message": "no", "details": [detail]}))  # pitfall 49
    assert type(error) is BadRequestError
    assert error.details == [detail]
    assert len(error.errors) == 1
    (error.errors[0].index, error.errors[0].field, str(error.errors[0]), repr(error))


parts = st.sampled_from(["messages", "0", "1", "callbackUrl", "", "__dict__", "content", "\u0661", "²"]) | st.text(
    max_size=6
)
bodies = st.builds(SendMessagesRequest, messages=st.just([Message(**SMS)]))


@settings(deadline=None, max_examples=100, database=None)
@given(pointer=st.lists(parts, max_size=6).map(lambda names: "/" + "/".join(names)), body=bodies | st.none())
def test_no_pointer_makes_a_field_error_raise(pointer: str, body: object) -> None:
    error = FieldError("is wrong", pointer).tied_to(body)  # pitfall 49
    assert error.index is None or error.index >= 0
    assert error.field is None or isinstance(error.field, str)
    assert str(error).endswith("is wrong")


def test_no_answer_names_host_and_cause(face: Face) -> None:
    cause = httpx.ConnectError("[Errno 111] Connection refused")
    error = error_of(face, "send", cause, region="eu")
    assert error.__cause__ is cause  # pitfall 50
    for said in ("sendMessages", "eu.app.api.sinch.com", "Connection refused", "safe to retry"):
        assert said in str(error)


def test_exactly_one_error_is_reported(face: Face) -> None:
    """No warning, no second exception, nothing left behind. Pitfall 50."""
    unhandled: list[object] = []
    if not face.blocking:
        face.runner.get_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    error = error_of(face, "send", httpx.ReadError("lost"))
    assert isinstance(error.__cause__, httpx.ReadError)
    assert error.__cause__.__cause__ is None
    assert not unhandled


def test_all_errors_share_one_base() -> None:
    for name in errors.__all__:
        kind = getattr(errors, name)  # pitfall 51
        assert issubclass(kind, MessageMediaError) is (name != "FieldError")


TREE: dict[str, set[str]] = {
    "ConfigurationError": {"MessageMediaError"},
    "ValidationError": {"MessageMediaError", "ValueError"},
    "APIStatusError": {"MessageMediaError"},
    **{
        f"{name}Error": {"APIStatusError"}
        for name in (
            "BadRequest",
            "Authentication",
            "PermissionDenied",
            "NotFound",
            "Conflict",
            "UnprocessableEntity",
            "RateLimit",
            "Server",
        )
    },
    "InvalidResponseError": {"MessageMediaError"},
    "TransportError": {"MessageMediaError"},
    "RequestTimeoutError": {"TransportError", "TimeoutError"},
    "NotSentError": {"TransportError"},
    "WaitTimeoutError": {"MessageMediaError", "TimeoutError"},
    "NotConfirmedError": {"MessageMediaError"},
    "OutcomeUnknownError": {"MessageMediaError"},
    "OutcomeUnknownServerError": {"ServerError", "OutcomeUnknownError"},
}


def test_the_tree_of_errors_is_as_drawn() -> None:
    drawn = {name: {base.__name__ for base in getattr(errors, name).__bases__} for name in TREE}
    assert drawn == TREE
    assert set(TREE) | {"MessageMediaError", "FieldError"} == set(errors.__all__)


def test_codes_of_reports_and_statuses_of_http_have_different_types(face: Face) -> None:
    error = error_of(face, "get", answer(404))  # pitfall 52
    assert type(error.status_code) is int
    assert DeliveryReport.from_dict({"error_code": "400"}).error_code == "400"
    assert DeliveryReport.from_dict({"error_code": 400}).error_code is None


def test_a_validation_error_lists_every_problem(face: Face) -> None:
    with pytest.raises(ValidationError) as caught:
        face.run(face.client(Wire(answer(200))).messages.send(content="", destination_number="1", format="sms"))
    lines = str(caught.value).split("\n")
    assert lines[0] == "Nothing was sent: 3 problems"
    assert [line.split(":")[0].strip() for line in lines[1:4]] == [error.pointer for error in caught.value.errors]
    assert isinstance(caught.value, ValueError)


def test_the_hint_of_a_401_never_repeats_the_key(face: Face) -> None:
    error = error_of(face, "get", answer(401))
    assert KEY not in str(error)
    assert NUMBER not in str(error)
    assert MESSAGE_ID not in error.hint
