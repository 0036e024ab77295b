"""Corners where a client could lose money, a secret or its manners, each found by a review."""

from __future__ import annotations

import asyncio
import base64
import enum
import os
import pickle
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest
from messagemedia import (
    APIStatusError,
    AsyncClient,
    Client,
    ConfigurationError,
    Message,
    MessageMediaError,
    OutcomeUnknownError,
    SendMessagesRequest,
    SentMessage,
    ValidationError,
)
from messagemedia.sandbox import Sandbox
from messagemedia_generated.api.messages import send_messages
from sdk_face import SMS, Face, Wire, accepted, answer

from tests import inside


@pytest.mark.parametrize("reaction", [httpx.ReadTimeout, answer(502), answer(408)], ids=["timeout", "502", "408"])
@pytest.mark.off_contract(answers="408 is not documented")
def test_a_send_is_not_repeated_even_if_it_is_called_repeatable(face: Face, reaction: Any) -> None:
    """The contract can't say both: here the flow is given an operation that the generator would refuse."""
    operation = attrs.evolve(send_messages.OPERATION, repeatable=True)
    call = attrs.evolve(send_messages.build(SendMessagesRequest(messages=[Message(**SMS)])), operation=operation)
    wire = Wire(reaction)
    with pytest.raises((OutcomeUnknownError, APIStatusError)):
        face.run(inside.execute(face.client(wire), call))
    assert len(wire.seen) == 1


def test_an_error_after_a_5xx_to_a_send_says_that_it_may_have_been_sent(face: Face) -> None:
    with pytest.raises(APIStatusError) as caught:
        face.run(face.client(Wire(answer(500))).messages.send(**SMS))
    assert isinstance(caught.value, OutcomeUnknownError)


@pytest.mark.off_contract(answers="items that are no messages")
def test_answers_to_several_messages_keep_their_places(face: Face) -> None:
    body = {"messages": [None, {"message_id": "b"}, 5]}
    client = face.client(Wire(answer(202, body)))
    request = SendMessagesRequest(messages=[Message(**SMS)] * 3)
    sent: list[SentMessage] = face.run(client.api.messages.send_messages(request)).messages
    assert [each.message_id for each in sent] == ["", "b", ""]


@pytest.mark.parametrize("account", [" x", "x ", " ", "x\n"])
def test_an_account_with_white_space_around_it_is_refused(face: Face, account: str) -> None:
    wire = Wire(accepted())
    with pytest.raises(ConfigurationError, match="account"):
        face.client(wire, account=account)
    with pytest.raises(ValidationError):
        face.run(face.client(wire).api.replies.check_replies(account=account))
    assert not wire.seen


class TokenAuth:
    """An auth of the user's own, with a token that was read from a file."""

    scheme, signs = "bearer", False

    def __init__(self, token: Any) -> None:
        self._token = token

    def headers(self, *_: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token['value']}"}


@pytest.mark.off_contract(requests="an authentication of the user's own")
def test_an_own_auth_can_not_break_a_request_or_show_its_token(face: Face) -> None:
    for token in ({"value": "tok-123\n"}, {}, {"value": "tök-123"}):
        wire = Wire(accepted())
        with pytest.raises(ConfigurationError) as caught:
            face.run(face.client(wire, auth=TokenAuth(token)).messages.send(**SMS))
        assert "-123" not in str(caught.value) + str(pickle.dumps(caught.value))
        assert not wire.seen
    wire = Wire(accepted())
    face.run(face.client(wire, auth=TokenAuth({"value": "tok-123"})).messages.send(**SMS))
    assert wire.only.headers["authorization"] == "Bearer tok-123"


def test_an_enum_of_ones_own_is_sent_as_its_value(face: Face) -> None:
    class Kind(str, enum.Enum):  # noqa: UP042  # what users have had since before StrEnum
        SMS = "SMS"

    wire = Wire(accepted())
    face.run(face.client(wire).messages.send(**SMS, format=Kind.SMS))
    assert wire.only.json["messages"][0]["format"] == "SMS"


def test_a_copy_of_a_subclass_keeps_what_the_subclass_has() -> None:
    class Tagged(Client):
        def __init__(self, tag: str) -> None:
            super().__init__("k", "s")
            self.tag = tag

    with Tagged("mine") as client:
        assert client.with_options(timeout=3).tag == "mine"


@pytest.mark.off_contract(answers="429 is not documented")
def test_a_date_to_retry_after_is_measured_with_the_servers_clock(face: Face, pauses: list[float]) -> None:
    server = datetime.now(UTC) + timedelta(hours=1)
    headers = {"date": format_datetime(server, usegmt=True)}
    headers["retry-after"] = format_datetime(server + timedelta(seconds=20), usegmt=True)
    face.run(face.client(Wire(answer(429, {}, headers=headers), accepted())).messages.send(**SMS))
    assert pauses == [20]


def test_a_client_of_another_event_loop_sends_nothing() -> None:
    with Sandbox() as sandbox:
        client = AsyncClient("SANDBOX_KEY", "SANDBOX_SECRET", base_url=sandbox.url)

        async def send(*, last: bool) -> None:
            try:
                await client.messages.send(**SMS)
            finally:
                if last or len(sandbox.ledger) == 1:
                    await inside.drop_connections(client)

        asyncio.run(send(last=False))
        with pytest.raises(ConfigurationError, match="another event loop"):
            asyncio.run(send(last=True))
        assert len(sandbox.ledger) == 1


@pytest.mark.parametrize(
    ("wrong", "right"), [("to", "destination_number"), ("text", "content"), ("sender", "source_number")]
)
def test_names_of_other_sdks_lead_to_ours(face: Face, wrong: str, right: str) -> None:
    with pytest.raises(ValidationError, match=f"did you mean {right}"):
        face.run(face.client().messages.send(**{wrong: "x"}))


@pytest.mark.parametrize("name", ["REGION", "BASE_URL", "ACCOUNT"])
def test_a_wrong_variable_of_the_environment_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"MESSAGEMEDIA_{name}", "ü?")
    with pytest.raises(ConfigurationError, match=f"MESSAGEMEDIA_{name} must be"):
        Client("k", "s")


@pytest.mark.parametrize("timeout", [0, -1, 1e10, 10**400, float("inf"), float("nan"), True, "5"])
def test_a_timeout_that_no_clock_can_measure_is_refused(timeout: Any) -> None:
    with pytest.raises(ConfigurationError, match="timeout"):
        Client("k", "s", timeout=timeout)


def test_every_error_that_reaches_a_user_is_one_of_ours(face: Face) -> None:
    def strange(_: httpx.Request) -> httpx.Response:
        raise RuntimeError("Event loop is closed")

    with pytest.raises(MessageMediaError):
        face.run(face.client(Wire(strange)).messages.send(**SMS))


class Odd(str, enum.Enum):  # noqa: UP042  # prints something else than what it is
    KEY = "the-key"
    SECRET = "the-secret"
    ACCOUNT = "the-account"
    REGION = "eu"
    URL = "https://messages.example"


def test_settings_that_are_enums_are_sent_as_their_values(face: Face) -> None:
    wire = Wire(accepted())
    options = {"api_key": Odd.KEY, "api_secret": Odd.SECRET, "account": Odd.ACCOUNT, "region": Odd.REGION}
    client = face.client(wire, **options)
    face.run(client.messages.send(**SMS))
    assert base64.b64decode(wire.only.headers["authorization"][6:]) == b"the-key:the-secret"
    assert wire.only.headers["account"] == "the-account"
    assert client.base_url == face.client(wire, region="eu").base_url
    assert face.client(wire, base_url=Odd.URL).base_url == "https://messages.example"


@pytest.mark.parametrize(
    "header", [{"X Name": "a"}, {"": "a"}, {"X-Name:": "a"}, {b"X-Name": "a"}, {"X-Name": 5}], ids=str
)
def test_a_header_of_an_own_auth_that_can_not_be_sent_is_refused(face: Face, header: Any) -> None:
    class Auth:
        scheme, signs = "own", False

        def headers(self, *_: object) -> Any:
            return header

    wire = Wire(accepted())
    with pytest.raises(ConfigurationError, match="can't be sent"):
        face.run(face.client(wire, auth=Auth()).messages.send(**SMS))
    assert not wire.seen


class Lookalike:
    """What numpy has for a bool or a number: of a type with the last name of another one."""


for _name in ("bool", "float32"):
    vars()[_name] = type(_name, (Lookalike,), {"__module__": "numpy"})


@pytest.mark.parametrize("name", ["bool", "float32"])
@pytest.mark.parametrize("option", ["timeout", "deadline", "max_retries", "national_numbers"])
def test_a_setting_of_another_package_is_named_in_full(face: Face, option: str, name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{option} must be .*, not numpy.{name}"):
        face.client(**{option: globals()[name]()})


@pytest.mark.parametrize("option", ["concurrency", "batch_size", "max_rate"])
def test_an_option_of_another_package_is_named_in_full(face: Face, option: str) -> None:
    with pytest.raises(ValidationError, match=f"{option}: must be .*, not numpy.float32"):
        face.client(Wire(accepted())).messages.send_many([Message(**SMS)], **{option: globals()["float32"]()})


def test_a_wait_beyond_all_floats_is_refused(face: Face) -> None:
    with pytest.raises(ValidationError, match="number of seconds"):
        face.run(face.client(Wire(answer(200, {}))).messages.wait("id", timeout=10**400))


def test_an_error_can_be_printed_whatever_the_server_said(face: Face) -> None:
    body = b'{"message": "bad \\ud800", "details": ["/messages/0/content: \\udfff"]}'
    with pytest.raises(APIStatusError) as caught:
        face.run(face.client(Wire(answer(400, body))).messages.send(**SMS))
    f"{caught.value}{caught.value!r}{caught.value.args}".encode()


def test_an_extra_that_can_not_be_imported_does_no_harm(tmp_path: Path) -> None:
    for name in ("msgspec", "aiohttp"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('libssl.so: no such file')")
    program = "import messagemedia; print(messagemedia.Client('k', 's').api)\n"
    program += "try: messagemedia.AsyncClient('k', 's', http_client='aiohttp')\n"
    program += "except messagemedia.ConfigurationError as error: print(error)"
    paths = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
    )
    assert "can't be imported: libssl.so: no such file" in done.stdout, done.stderr
