"""Neither the secret nor the value of `Authorization` is anywhere but in the request that needs it. Pitfall 15."""

import asyncio
import base64
import contextlib
import logging
import os
import pickle
import re
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

import anyio
import pytest
from messagemedia import (
    AsyncClient,
    BasicAuth,
    Client,
    ConfigurationError,
    HmacAuth,
    MessageMediaError,
    OutcomeUnknownError,
)
from sdk_face import KEY, MESSAGE_ID, SECRET, SMS, Face, Wire, accepted, answer
from sdk_servers import Scripted, raw, refusing, scripted

from tests import inside

EVERY_LIBRARY = True

CREDENTIALS = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
SCHEMES: dict[str, Callable[[], Any]] = {
    "basic": lambda: BasicAuth(KEY, SECRET),
    "hmac": lambda: HmacAuth(KEY, SECRET),
}
schemes = pytest.mark.parametrize("scheme", SCHEMES)


def assert_clean(text: str, authorizations: list[str] = []) -> None:  # noqa: B006
    for value in (SECRET, CREDENTIALS, *authorizations):
        assert value not in text


def authorizations(server: Scripted) -> list[str]:
    """What the server was shown, without the public beginning."""
    lines = re.findall(rb"(?i)authorization: (.+?)\r\n", server.received)
    assert lines, "the server saw no request"
    return [re.split(r"signature=|Basic ", line.decode())[1].strip('"') for line in lines]


def everything_of(error: BaseException) -> str:
    """What a curious error reporter shows: chained errors with the locals of every frame, and their attributes."""
    error.__traceback__ = from_our_frames_on(error.__traceback__)
    shown: list[str] = []
    with contextlib.suppress(AttributeError):  # of a repr that fails; a test of its own is about that
        shown.append(rendered(error))
    queue: list[BaseException | None] = [error]
    known: set[int] = set()
    while queue:
        each = queue.pop()
        if each is None or id(each) in known:
            continue
        known.add(id(each))
        queue += [each.__cause__, each.__context__, *getattr(each, "exceptions", ())]
        shown += [repr(each), str(each), repr(vars(each))]
        with contextlib.suppress(Exception):
            shown.append(repr(each.request.headers.raw))  # type: ignore[attr-defined]
        shown += list(locals_of(each.__traceback__))
    return "\n".join(shown)


def rendered(error: BaseException) -> str:
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def from_our_frames_on(trace: TracebackType | None) -> TracebackType | None:
    """A traceback without the frames of the test that made the call: they may well hold secrets."""
    while trace is not None and not trace.tb_frame.f_globals["__name__"].startswith("messagemedia"):
        trace = trace.tb_next
    return trace


def locals_of(trace: TracebackType | None) -> Iterator[str]:
    while trace is not None:
        for name, value in trace.tb_frame.f_locals.items():
            # One level deeper than a traceback goes, as error reporters do, but not into the tests' own objects.
            with contextlib.suppress(AttributeError):
                yield f"{name} = {value!r}"
            if not type(value).__module__.startswith(("sdk_", "test_")):
                yield repr(getattr(value, "__dict__", ""))
        trace = trace.tb_next


OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"
CUT = OK.replace(b"length: 2", b"length: 9")


def refused(status: int) -> bytes:
    return b"HTTP/1.1 %d No\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}" % status


ENDINGS: dict[str, bytes | None] = {
    "timeout": None,
    "reset": b"",
    "cut": CUT,
    "no http": b"nonsense\r\n\r\n",
    "html": OK.replace(b"{}", b"<>"),
    **{str(status): refused(status) for status in (302, 401, 429, 500)},
}


@schemes
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.off_contract(answers="nonsense and redirects among them")
def test_an_error_shows_no_secret(face: Face, caplog: pytest.LogCaptureFixture, scheme: str, ending: str) -> None:
    """Not even with the locals of every frame: those of the HTTP library hold the headers."""
    caplog.set_level(logging.DEBUG)
    with scripted(ENDINGS[ending]) as server:
        client = face.client(
            auth=SCHEMES[scheme](), base_url=server.url, timeout=0.1 if ENDINGS[ending] is None else 30, max_retries=1
        )
        for call in (lambda: client.messages.send(**SMS), lambda: client.messages.get(MESSAGE_ID)):
            with pytest.raises(MessageMediaError) as caught:
                face.run(call())
            seen = authorizations(server)
            assert_clean(everything_of(caught.value), seen)
            for protocol in (0, pickle.HIGHEST_PROTOCOL):
                assert_clean(pickle.dumps(caught.value, protocol).decode("latin-1"), seen)
        if face.library not in ("aiohttp", "pyreqwest"):  # which log nothing
            assert any(record.name.startswith("httpcore") for record in caplog.records)
        assert_clean(caplog.text, seen)
        assert_clean("\n".join(repr(vars(record)) for record in caplog.records), seen)


@schemes
def test_a_refused_connection_shows_no_secret(face: Face, scheme: str) -> None:
    with refusing() as url:
        client = face.client(auth=SCHEMES[scheme](), base_url=url, max_retries=0)
        with pytest.raises(MessageMediaError) as caught:
            face.run(client.messages.send(**SMS))
    shown = everything_of(caught.value)
    assert "refused" in shown.lower() or "connection" in shown.lower()
    assert_clean(shown)


@schemes
@pytest.mark.off_contract(answers="an empty object for all")
def test_logs_of_a_success_show_no_secret(face: Face, caplog: pytest.LogCaptureFixture, scheme: str) -> None:
    caplog.set_level(logging.DEBUG)
    with scripted(raw(accepted()), OK) as server:
        client = face.client(auth=SCHEMES[scheme](), base_url=server.url)
        face.run(client.messages.send(**SMS))
        face.run(client.messages.get(MESSAGE_ID))
        assert "messagemedia" in {record.name for record in caplog.records}
        assert_clean(caplog.text, authorizations(server))


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows can't send a signal to a thread")
@schemes
def test_ctrl_c_during_a_request_shows_no_secret(face: Face, scheme: str) -> None:
    with scripted(None) as server:
        client = face.client(auth=SCHEMES[scheme](), base_url=server.url, max_retries=0)

        def press_ctrl_c() -> None:
            server.heard.wait(60)
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

        finger = threading.Thread(target=press_ctrl_c)
        finger.start()
        with pytest.raises(KeyboardInterrupt) as caught:
            face.run(client.messages.send(**SMS))
        finger.join(60)
        assert_clean(everything_of(caught.value), authorizations(server))


@schemes
def test_a_cancelled_request_shows_no_secret(scheme: str) -> None:
    async def main(client: Any, server: Scripted) -> None:
        task = asyncio.ensure_future(client.messages.send(**SMS))
        await anyio.to_thread.run_sync(server.heard.wait, 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        assert_clean(everything_of(caught.value), authorizations(server))

    with Face("async") as face, scripted(None) as server:
        face.runner.run(main(face.client(auth=SCHEMES[scheme](), base_url=server.url), server))


@schemes
def test_an_error_of_a_users_transport_shows_no_secret(face: Face, scheme: str) -> None:
    class OwnError(Exception):
        pass

    client = face.client(Wire(OwnError("made up")), auth=SCHEMES[scheme]())
    with pytest.raises(OutcomeUnknownError) as caught:
        face.run(client.messages.send(**SMS))
    assert isinstance(caught.value.__cause__, OwnError)
    assert_clean(everything_of(caught.value))


@schemes
def test_requests_that_were_sent_hold_no_credentials(face: Face, scheme: str) -> None:
    """Event hooks, errors and answers of the HTTP library keep a reference to the request."""
    kept: list[Any] = []
    wire = Wire(lambda request: (kept.append(request), accepted())[1])
    face.run(face.client(wire, auth=SCHEMES[scheme]()).messages.send(**SMS))
    assert "authorization" in wire.only.headers
    assert "authorization" not in kept[0].headers


@schemes
def test_a_closed_client_shows_no_secret(face: Face, scheme: str) -> None:
    client = face.client(auth=SCHEMES[scheme]())
    face.close(client)
    with pytest.raises(ConfigurationError) as caught:
        face.run(client.messages.send(**SMS))
    assert_clean(everything_of(caught.value))


WRONG: dict[str, Callable[[Any], Any]] = {
    "space behind the secret": lambda make: make(KEY, SECRET + " "),
    "line break before the secret": lambda make: make(KEY, "\n" + SECRET),
    "surrogate in the secret": lambda make: make(KEY, SECRET + "\udce9"),
    "secret as bytes": lambda make: make(KEY, SECRET.encode()),
    "secret in a list": lambda make: make(KEY, [SECRET]),
    "no key": lambda make: make("", SECRET),
    "key of the wrong kind": lambda make: make(5, SECRET),
    "key with a space": lambda make: make(KEY + " ", SECRET),
}
OF_CLIENTS: dict[str, Callable[[Any], Any]] = {
    "key left out": lambda make: make(api_secret=SECRET),
    "both ways": lambda make: make(KEY, SECRET, auth=HmacAuth(KEY, SECRET)),
    "region": lambda make: make(KEY, SECRET, region="mars"),
    "base_url": lambda make: make(KEY, SECRET, base_url="nowhere"),
    "timeout": lambda make: make(KEY, SECRET, timeout=-1),
    "retries": lambda make: make(KEY, SECRET, max_retries=-1),
    "account": lambda make: make(KEY, SECRET, account="\n"),
    "http_client": lambda make: make(KEY, SECRET, http_client=object()),
}
ELSEWHERE: dict[str, Callable[[Any], Any]] = {
    "as auth": lambda make: make(auth=(KEY, SECRET)),
    "in base_url": lambda make: make(KEY, SECRET, base_url=f"https://{KEY}:{SECRET}@example.com"),
}


def assert_refused_without_secret(make: Callable[[], Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make()
    shown = everything_of(caught.value)
    assert_clean(shown)
    assert SECRET[:20] not in shown


@pytest.mark.parametrize("kind", [BasicAuth, HmacAuth])
@pytest.mark.parametrize("wrong", WRONG)
def test_a_refused_key_pair_shows_no_secret(kind: Any, wrong: str) -> None:
    assert_refused_without_secret(lambda: WRONG[wrong](kind))


@pytest.mark.parametrize("wrong", [*WRONG, *OF_CLIENTS])
def test_a_client_that_could_not_be_made_shows_no_secret(face: Face, wrong: str) -> None:
    assert_refused_without_secret(lambda: (WRONG | OF_CLIENTS)[wrong](face.client_class))


@pytest.mark.parametrize("kind", [BasicAuth, HmacAuth, Client, AsyncClient])
def test_a_traceback_with_locals_can_print_what_could_not_be_made(kind: Any) -> None:
    """A repr that fails on half an object hides the very error that is to be printed."""
    for wrong in (lambda: kind("", SECRET), lambda: kind(KEY, "")):
        with pytest.raises(ConfigurationError) as caught:
            wrong()
        assert "must be a str" in rendered(caught.value)
    assert kind.__name__ in repr(kind.__new__(kind))


@pytest.mark.parametrize("where", ELSEWHERE)
def test_a_secret_in_the_wrong_argument_is_not_shown(face: Face, where: str) -> None:
    assert_refused_without_secret(lambda: ELSEWHERE[where](face.client_class))


@pytest.mark.parametrize("options", [{"algorithm": "md5"}, {"header_names": "x"}], ids=str)
def test_refused_options_of_hmac_show_no_secret(options: Any) -> None:
    assert_refused_without_secret(lambda: HmacAuth(KEY, SECRET, **options))
    assert_refused_without_secret(lambda: HmacAuth('a"b', SECRET))
    assert_refused_without_secret(lambda: BasicAuth("a:b", SECRET))


@pytest.mark.parametrize(
    ("name", "value"), [("_AUTH", "digest"), ("_API_SECRET", SECRET + " "), ("_API_KEY", " x"), ("_REGION", "mars")]
)
def test_a_refused_environment_shows_no_secret(
    face: Face, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    for each, text in {"_API_KEY": KEY, "_API_SECRET": SECRET, name: value}.items():
        monkeypatch.setitem(os.environ, f"MESSAGEMEDIA{each}", text)
    assert_refused_without_secret(face.client_class)


@schemes
def test_no_object_prints_its_secret(face: Face, scheme: str) -> None:
    auth = SCHEMES[scheme]()
    client = face.client(Wire(answer(200)), auth=auth)
    parts = (inside.settings_of(client), inside.transport_of(client), client.api, client.messages)
    for each in (auth, client, *parts, client.with_options()):
        assert_clean(repr(each))
        assert_clean(str(each))
        assert_clean(repr(getattr(each, "__dict__", "")))
    assert KEY not in repr(client)
    assert KEY[:3] in repr(client)
    assert_clean(repr(auth.headers("PUT", "/", b"{}", inside.settings_of(client).now())))


@schemes
def test_no_pickle_holds_a_secret(face: Face, scheme: str) -> None:
    """What holds a secret either refuses to be pickled or leaves it out."""
    auth = SCHEMES[scheme]()
    client = face.client(Wire(answer(200)), auth=auth)
    for each in (auth, client, inside.settings_of(client)):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            try:
                data = pickle.dumps(each, protocol)
            except (TypeError, AttributeError, pickle.PicklingError, ConfigurationError):
                continue
            assert_clean(data.decode("latin-1"))
