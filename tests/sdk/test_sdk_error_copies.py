"""Errors that travel: pickled between processes, copied by libraries."""

import copy
import pickle
from typing import Any

import pytest
from messagemedia import Message, ValidationError, errors
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
        error = kind("It failed.", status_code=418, **STATUS)
        if issubclass(kind, errors.BadRequestError):
            error.errors = tuple(PROBLEMS)
        return error
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
