"""HTTP clients that are passed in, of httpx and of its successor."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import AsyncMock, MagicMock, Mock, patch

import httpx
import httpx2
import pytest
from messagemedia import (
    AsyncClient,
    Client,
    ConfigurationError,
    HmacAuth,
    NotSentError,
    OutcomeUnknownError,
    RequestTimeoutError,
    TransportError,
)
from messagemedia.sandbox import Sandbox
from sdk_face import KEY, MESSAGE_ID, SECRET, SMS, Face, Wire, accepted, answer, success
from sdk_servers import hanging, refusing, scripted

EVERY_LIBRARY = True


def subclassed(library: Any) -> Any:
    """The same library, with clients of classes that are the user's own."""
    kinds = {
        name: type(name, (getattr(library, name),), {"__module__": "users.own"}) for name in ("Client", "AsyncClient")
    }
    return type("Own", (), {**{name: getattr(library, name) for name in library.__all__}, **kinds})


LIBRARIES = {
    "httpx": httpx,
    "httpx2": httpx2,
    "subclass-of-httpx": subclassed(httpx),
    "subclass-of-httpx2": subclassed(httpx2),
}


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> Any:
    return LIBRARIES[request.param]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(api_key=KEY, api_secret=SECRET) as running:
        yield running


def options(http_client: Any, **others: Any) -> dict[str, Any]:
    return {"auth": HmacAuth(KEY, SECRET), "http_client": http_client, **others}


def test_a_client_of_either_library_works_and_stays_open(face: Face, library: Any, sandbox: Sandbox) -> None:
    http_client = face.http_client(library, trust_env=False, verify=False)
    client = face.client(**options(http_client, base_url=sandbox.url))
    sent = face.run(client.messages.send(**SMS))
    face.close(client)
    assert not http_client.is_closed
    again = face.client(**options(http_client, base_url=sandbox.url))
    assert face.run(again.messages.get(sent.message_id)).content == "Hello"
    face.close(again)
    face.close(http_client)


FAILURES: list[tuple[str, type[Exception], type[Exception]]] = [
    ("ConnectError", NotSentError, NotSentError),
    ("ConnectTimeout", NotSentError, NotSentError),
    ("PoolTimeout", NotSentError, NotSentError),
    ("ProxyError", NotSentError, NotSentError),
    ("UnsupportedProtocol", NotSentError, NotSentError),
    ("ReadTimeout", RequestTimeoutError, OutcomeUnknownError),
    ("WriteTimeout", RequestTimeoutError, OutcomeUnknownError),
    ("ReadError", TransportError, OutcomeUnknownError),
    ("WriteError", TransportError, OutcomeUnknownError),
    ("CloseError", TransportError, OutcomeUnknownError),
    ("RemoteProtocolError", TransportError, OutcomeUnknownError),
    ("LocalProtocolError", TransportError, OutcomeUnknownError),
    ("DecodingError", TransportError, OutcomeUnknownError),
    ("TooManyRedirects", TransportError, OutcomeUnknownError),
]


@pytest.mark.parametrize(("name", "of_get", "of_send"), FAILURES, ids=[name for name, *_ in FAILURES])
def test_exceptions_are_told_apart_by_the_library_of_the_client(
    face: Face, library: Any, name: str, of_get: type[Exception], of_send: type[Exception]
) -> None:
    wire = Wire(getattr(library, name)("made up"), library=library)
    http_client = face.http_client(library, transport=wire.transport)
    client = face.client(**options(http_client))
    for call, kind in (
        (lambda: client.messages.get(MESSAGE_ID), of_get),
        (lambda: client.messages.send(**SMS), of_send),
    ):
        with pytest.raises(kind, match="made up") as caught:
            face.run(call())
        assert type(caught.value) is kind
        assert type(caught.value.__cause__) is getattr(library, name)  # pitfall 50
    face.close(http_client)


def test_an_exception_of_the_other_library_proves_nothing(face: Face) -> None:
    wire = Wire(httpx2.ConnectError("made up"))
    with pytest.raises(TransportError) as caught:
        face.run(face.client(wire).messages.get(MESSAGE_ID))
    assert not isinstance(caught.value, NotSentError)
    assert isinstance(caught.value.__cause__, httpx2.ConnectError)


@pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
def test_an_http_client_of_the_wrong_kind_is_refused(library: Any) -> None:
    class Session:
        """Something that is no client of either library."""

    for make, wrong in ((Client, library.AsyncClient), (AsyncClient, library.Client)):
        wrong = wrong(transport=library.MockTransport(lambda _: library.Response(200)))  # noqa: PLW2901
        for each in (wrong, Session(), library, library.Client, 5, "client", {}):
            with pytest.raises(ConfigurationError, match="http_client"):
                make(KEY, SECRET, http_client=each)


@pytest.mark.off_contract(answers="a redirect")
def test_the_http_clients_own_authentication_and_redirects_are_not_used(face: Face) -> None:
    wire = Wire(answer(302, headers={"location": "https://elsewhere.example/"}))
    http_client = face.http_client(transport=wire.transport, auth=("other", "user"), follow_redirects=True)
    client = face.client(http_client=http_client, max_retries=0)
    with pytest.raises(Exception, match="302"):
        face.run(client.messages.get(MESSAGE_ID))
    assert wire.only.headers["authorization"].startswith("Basic QWJD")
    face.close(http_client)


def test_an_http_client_with_parameters_of_its_own_is_refused_or_signed_as_it_is_sent(face: Face) -> None:
    """An HTTP client adds its `params` to each address, after it was signed."""
    wire = Wire(success("get"))
    http_client = face.http_client(transport=wire.transport, params={"tenant": "1"}, base_url="https://other.example/x")
    try:
        client = face.client(auth=HmacAuth(KEY, SECRET), http_client=http_client)
        face.run(client.messages.get(MESSAGE_ID))
    except ConfigurationError:
        pass
    else:
        assert wire.only.target == f"/v1/messages/{MESSAGE_ID}"
    face.close(http_client)


def test_an_http_client_that_counts_as_false_is_used_all_the_same(face: Face) -> None:
    kind = type(face.http_client(transport=Wire(accepted()).transport))
    falsy = type("Falsy", (kind,), {"__bool__": lambda _: False})
    http_client = falsy(transport=Wire(accepted()).transport)
    assert face.run(face.client(http_client=http_client).messages.send(**SMS)).message_id == MESSAGE_ID
    face.close(http_client)


def test_a_refused_connection_provably_never_reached_the_api(face: Face, pauses: list[float]) -> None:
    with refusing() as url:
        client = face.client(base_url=url)
        for name, call in (("send", lambda: client.messages.send(**SMS)), ("get", lambda: client.messages.get("x"))):
            with pytest.raises(NotSentError, match=r"never reached 127\.0\.0\.1"):
                face.run(call())
            assert len(pauses) == 2, name  # a send may be repeated here, too
            pauses.clear()


def test_a_silent_server_is_a_timeout(face: Face) -> None:
    with hanging() as url:
        client = face.client(base_url=url, timeout=0.25, max_retries=0)
        with pytest.raises(RequestTimeoutError, match=r"within 0\.25 s") as caught:  # pitfall 23
            face.run(client.messages.get(MESSAGE_ID))
        assert isinstance(caught.value, TimeoutError)
        with pytest.raises(OutcomeUnknownError):
            face.run(client.messages.send(**SMS))


CUT = b"HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"


@pytest.mark.parametrize("bytes_", [b"", CUT, b"nonsense\r\n\r\n"], ids=["reset", "cut", "nonsense"])
def test_a_dropped_send_is_not_repeated_and_a_get_is(face: Face, bytes_: bytes) -> None:
    with scripted(bytes_) as server:
        client = face.client(base_url=server.url)
        with pytest.raises(OutcomeUnknownError):
            face.run(client.messages.send(**SMS))
        assert server.requests == 1  # pitfall 24
        with pytest.raises(TransportError):
            face.run(client.messages.get(MESSAGE_ID))
        assert server.requests == 4


@pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
@pytest.mark.parametrize("headers", [{"X-Name": "a\n"}, {"X-Name": "secret\r\nX: y"}, {"X Name": "a"}], ids=str)
def test_a_header_that_can_not_be_sent_was_not(face: Face, library: Any, headers: dict[str, str]) -> None:
    http_client = face.http_client(library, headers=headers)
    with scripted(b"") as server:
        client = face.client(base_url=server.url, http_client=http_client)
        with pytest.raises(ConfigurationError, match="header that can't be sent") as caught:
            face.run(client.messages.send(**SMS))
        assert "secret" not in str(caught.value)
        assert not server.received.strip()
    face.close(http_client)


@pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
def test_an_http_client_that_is_closed_sends_nothing(face: Face, library: Any) -> None:
    http_client = face.http_client(library)
    face.close(http_client)
    client = face.client(http_client=http_client)
    with pytest.raises(ConfigurationError, match="passed in is closed"):
        face.run(client.messages.send(**SMS))


@pytest.mark.parametrize("stand_in", [Mock, MagicMock])
def test_an_http_client_may_be_a_double(face: Face, stand_in: type[Mock]) -> None:
    told = accepted()
    http_client = face.http_client()
    client = face.client(http_client=http_client)
    kind = stand_in if face.blocking else AsyncMock
    answered = stand_in(status_code=202, headers=told.headers, content=told.content, http_version="HTTP/1.1")
    with patch.object(http_client, "send", kind(return_value=answered)):
        assert face.run(client.messages.send(**SMS)).message_id == MESSAGE_ID
    face.close(http_client)
