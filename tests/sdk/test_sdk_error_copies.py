"""Errors that travel: pickled between processes, copied by libraries."""

import concurrent.futures
import copy
import importlib
import inspect
import json
import multiprocessing
import pickle
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from messagemedia import Message, SentMessage, ValidationError, errors
from messagemedia.campaign import RowsError, Summary
from messagemedia.errors import FieldError
from sdk_face import MESSAGE_ID, SMS, Face, Wire, answer

PROBLEMS = [FieldError("must not be empty", "/messages/3/content", is_limit=True, item=Message(**SMS))]
SAID: dict[str, Any] = {"hint": "Do this.", "operation": "sendMessages"}
STATUS = {**SAID, "details": ["/messages/0/x: no"], "body": b"Hello", "headers": {"x-trace": "abc"}}


def made(name: str) -> Any:
    kind = getattr(errors, name)
    if issubclass(kind, FieldError):
        return PROBLEMS[0]
    if issubclass(kind, errors.ValidationError):
        return kind(PROBLEMS, **SAID)
    if issubclass(kind, errors.APIStatusError):
        tied = {"errors": PROBLEMS} if issubclass(kind, errors.BadRequestError) else {}
        return kind("It failed.", status_code=418, **STATUS, **tied)
    if issubclass(kind, errors.InvalidResponseError):
        return kind("It failed.", status_code=200, body=b"Hello", headers={"x-trace": "abc"}, **SAID)
    if issubclass(kind, errors.OutcomeUnknownError):
        return kind("It failed.", status_code=202, body=b"Hello", **SAID)
    return kind("It failed.", **SAID)


PRIVATE = {"body", "headers"}


def fields(error: Any) -> dict[str, Any]:
    names = (
        "message",
        "hint",
        "operation",
        "status_code",
        "details",
        "errors",
        "body",
        "headers",
        "pointer",
        "is_limit",
    )
    return {name: getattr(error, name) for name in names if hasattr(error, name)}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", errors.__all__)
def test_a_pickled_error_keeps_its_type_its_text_and_its_public_fields(name: str, protocol: int) -> None:
    error = made(name)
    twin = pickle.loads(pickle.dumps(error, protocol))
    assert type(twin) is type(error)
    assert (str(twin), repr(twin)) == (str(error), repr(error))
    wanted = {field: None if field in PRIVATE else value for field, value in fields(error).items()}
    assert fields(twin) == wanted
    assert str(pickle.loads(pickle.dumps(twin))) == str(error)


@pytest.mark.parametrize("name", errors.__all__)
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy], ids=["copy", "deepcopy"])
def test_a_copied_error_keeps_everything(duplicate: Any, name: str) -> None:
    error = made(name)
    error_cause = RuntimeError("the cause")
    if isinstance(error, Exception):
        error.__cause__ = error_cause
    twin = duplicate(error)
    assert type(twin) is type(error)
    assert (str(twin), repr(twin)) == (str(error), repr(error))
    assert fields(twin) == fields(error)
    if isinstance(error, Exception):
        assert twin.__cause__ is error_cause
    if isinstance(error, ValidationError):
        assert twin.errors[0].item is error.errors[0].item


@pytest.mark.parametrize("name", errors.__all__)
def test_what_may_be_private_is_not_pickled(name: str) -> None:
    error = made(name)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        data = pickle.dumps(error, protocol)
        assert b"Hello" not in data
        assert b"61491570156" not in data


def test_a_raised_error_can_be_pickled_and_raised_again(face: Face) -> None:
    client = face.client(Wire(answer(404, {"message": "Resource not found."})))
    with pytest.raises(errors.NotFoundError) as caught:
        face.run(client.messages.get(MESSAGE_ID))
    twin = pickle.loads(pickle.dumps(caught.value))
    with pytest.raises(errors.NotFoundError, match="Resource not found") as again:
        raise twin
    assert again.value.status_code == 404


def test_an_error_of_a_users_own_class_keeps_its_attributes() -> None:
    error = OwnError("It failed.", ticket=5)
    error.add_note("seen at noon")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (type(twin), twin.ticket, str(twin)) == (OwnError, 5, "It failed.")
        assert twin.__notes__ == ["seen at noon"]


class OwnError(errors.MessageMediaError):
    """With another constructor than its base."""

    def __init__(self, message: str, *, ticket: int) -> None:
        super().__init__(message)
        self.ticket = ticket


# --- made again from `args` -----------------------------------------------------------------------------------------


def every_class() -> list[type[errors.MessageMediaError]]:
    """Each error class of the package; one that is added later is among them."""
    found = [errors.MessageMediaError]
    for kind in found:
        found += [each for each in kind.__subclasses__() if each not in found]
    return [kind for kind in found if kind.__module__.startswith("messagemedia")]


def example(kind: type[errors.MessageMediaError], text: str = "It failed.") -> Any:
    """An error with something in everything that travels, and in what does not."""
    parameters = inspect.signature(kind).parameters
    values: dict[str, Any] = {
        "message": text,
        "errors": [FieldError(text, "/messages/3/content", is_limit=True, item=Message(**SMS))],
        "hint": text,
        "operation": "sendMessages",
        "status_code": 418,
        "details": [text, "/messages/0/x: no"],
        "summary": Summary(pending=3, accepted=4),
        "body": b"Hello",
        "headers": {"x-trace": "abc"},
        "last": SentMessage(content="Hello"),
    }
    return kind(**{name: values[name] for name in parameters})


def same(twin: Any, error: Any) -> None:
    """Whether one error says what another one says."""
    assert type(twin) is type(error)
    assert (str(twin), repr(twin), twin.args) == (str(error), repr(error), error.args)
    for name in ("status_code", "errors", "operation", "summary"):
        assert getattr(twin, name, None) == getattr(error, name, None), name


KINDS = pytest.mark.parametrize("kind", every_class(), ids=lambda kind: kind.__name__)


@KINDS
def test_an_error_is_made_again_from_its_args(kind: Any) -> None:
    error = example(kind)
    same(type(error)(*error.args), error)
    needed = [each for each in inspect.signature(kind).parameters.values() if each.default is each.empty]
    bare = kind(*error.args[: len(needed)])
    same(type(bare)(*bare.args), bare)


@KINDS
def test_an_error_goes_through_a_json_result_backend(kind: Any) -> None:
    """As Celery does it: the args are stored as JSON, and the class, found by its name, is called with them."""
    error = example(kind)
    stored = json.loads(
        json.dumps({"exc_type": kind.__name__, "exc_module": kind.__module__, "exc_message": list(error.args)})
    )
    found = getattr(importlib.import_module(stored["exc_module"]), stored["exc_type"])
    same(found(*stored["exc_message"]), error)


@KINDS
def test_args_hold_nothing_private(kind: Any) -> None:
    error = example(kind, text="no +61491570156 here")
    told = json.dumps(error.args)
    assert "Hello" not in told
    assert "61491570156" not in told
    assert "abc" not in told


def _raise(error: Exception) -> None:
    raise error


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_an_error_comes_out_of_a_pool_of_processes() -> None:
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(1, context) as pool:
        for kind in every_class():
            error = example(kind)
            same(pool.submit(_raise, error).exception(), error)


@given(st.text())
def test_what_is_masked_stays_as_it_is_when_it_travels_on(text: str) -> None:
    for kind in (errors.BadRequestError, errors.ValidationError, RowsError):
        error = example(kind, text)
        twin = type(error)(*error.args)
        assert (str(twin), twin.args) == (str(error), error.args)


def test_args_follow_what_the_error_holds_now() -> None:
    error = errors.NotSentError("It failed.")
    assert error.args == ("It failed.",)
    error.hint = "Do this."
    assert error.args == ("It failed.", "Do this.")


def test_a_single_text_is_one_problem() -> None:
    """Somebody may raise the error by hand, as any ValueError."""
    error = errors.ValidationError("content is missing")
    assert [str(each) for each in error.errors] == ["content is missing"]
    assert str(error) == "Nothing was sent: 1 problem\n  content is missing"


def test_an_error_is_raised_anew_from_its_args() -> None:
    error = example(errors.BadRequestError)
    with pytest.raises(errors.BadRequestError, match="was answered with 418") as caught:
        raise type(error)(*error.args) from error
    assert caught.value.__cause__ is error
