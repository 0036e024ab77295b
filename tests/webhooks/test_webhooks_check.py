"""`check`: tells an endpoint that verifies from one that does not, and a key of one's own signs as the service does."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import webhooks_kit as kit
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from messagemedia import ConfigurationError, Reply
from messagemedia.webhooks import SigningKey, Webhooks, check

KEY = SigningKey("mine", bits=1024)
URL = "https://example.com/hooks/messages?src=mm"


@contextmanager
def behind(application: Any) -> Iterator[httpx.Client]:
    with httpx.Client(transport=httpx.WSGITransport(application)) as client:
        yield client


def raw(application: Callable[..., Any]) -> Callable[..., Any]:
    """What servers do, and httpx's transport does not: tell the target."""

    def serve(environ: dict[str, Any], start_response: Any) -> Any:
        query = environ["QUERY_STRING"]
        environ["RAW_URI"] = environ["PATH_INFO"] + (f"?{query}" if query else "")
        return application(environ, start_response)

    return serve


def test_an_endpoint_that_verifies_is_right_in_all() -> None:
    webhooks = Webhooks({KEY.key_id: KEY.public_key})
    handled: list[Reply] = []
    webhooks.on(Reply)(handled.append)
    with behind(raw(webhooks.wsgi())) as client:
        report = check(URL, KEY, http_client=client)
    assert report.ok, str(report)
    assert len(report.results) == 12
    assert [reply.source_number for reply in handled] == ["+61491570156"]
    assert str(report).splitlines()[0] == "ok   a valid push: 204"


def test_an_endpoint_that_takes_anything_is_wrong_in_each_forgery() -> None:
    with behind(Webhooks(unsigned=True).wsgi()) as client:
        report = check(URL, KEY, http_client=client)
    assert not report.ok
    assert [result.ok for result in report.results] == [True, True, *[False] * 10]
    assert "BAD  the body was changed: 204, expected 4xx" in str(report)


@pytest.mark.parametrize(
    ("sabotage", "noticed"),
    [
        ({"max_age": None}, {"correctly signed, a week ago"}),
        (
            {"public_url": "https://example.com/other"},
            {"a valid push", "the same push again", "signed for another path"},
        ),
    ],
)
def test_what_is_wrong_is_named(sabotage: dict[str, Any], noticed: set[str]) -> None:
    url = "https://example.com/hooks"
    with behind(raw(Webhooks({KEY.key_id: KEY.public_key}, **sabotage).wsgi())) as client:
        report = check(url, KEY, http_client=client)
    assert {result.push for result in report.results if not result.ok} == noticed


def test_redirects_and_silence_are_told() -> None:
    def redirect(_: httpx.Request) -> httpx.Response:
        return httpx.Response(307, headers={"location": "/hooks/"})

    def silence(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("made up", request=request)

    with httpx.Client(transport=httpx.MockTransport(redirect)) as client:
        assert "whether the service follows redirects is not known" in str(check(URL, KEY, http_client=client))
    with httpx.Client(transport=httpx.MockTransport(silence)) as client:
        assert re.search(
            r"BAD  a valid push: no answer, expected 2xx \(ReadTimeout\)", str(check(URL, KEY, http_client=client))
        )


@pytest.mark.parametrize(
    "url", ["example.com", "https://example.com/café", "http://localhost:port/", "http://localhost:0/"]
)
def test_an_address_is_checked_first(url: str) -> None:
    with pytest.raises(ConfigurationError):
        check(url, KEY)


# --- signing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digest", ["SHA224", "SHA256", "SHA512"])
def test_what_a_key_signs_is_taken(digest: str) -> None:
    headers = KEY.headers("PUT", "/hooks?a=%20", kit.BODY, digest=digest)
    webhooks = Webhooks({KEY.key_id: KEY.public_key})
    assert webhooks.receive(method="PUT", target="/hooks?a=%20", headers=headers, body=kit.BODY)


def pem(key: Any, encryption: Any = None) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


def test_a_key_that_is_there_is_taken() -> None:
    made = pem(rsa.generate_private_key(65537, 1024))
    assert SigningKey(private_key=made).public_key == SigningKey(private_key=made.decode()).public_key
    assert SigningKey(bits=1024).key_id != SigningKey(bits=1024).key_id


def test_what_is_no_key_is_refused() -> None:
    locked = pem(rsa.generate_private_key(65537, 1024), BestAvailableEncryption(b"secret"))
    for wrong in ("nonsense", b"", locked, 7):
        with pytest.raises(ConfigurationError, match="must be an RSA key in PEM") as caught:
            SigningKey(private_key=wrong)  # type: ignore[arg-type]
        assert "nonsense" not in str(caught.value)


def test_a_key_does_not_show_itself() -> None:
    assert repr(KEY) == "SigningKey('mine')"
