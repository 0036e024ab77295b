import base64
import hashlib
import hmac
import itertools
import re
from datetime import timedelta
from urllib.parse import quote

import httpx
import pytest
from messagemedia import BasicAuth, ConfigurationError, HmacAuth, NotFoundError, ValidationError
from messagemedia_generated.models import SendMessagesRequest
from sdk_face import CALLS, KEY, MESSAGE_ID, MOMENT, NUMBER, SECRET, SMS, Face, Seen, Wire, accepted, answer, call

SIGNING = HmacAuth(KEY, SECRET)


def signs(seen: Seen) -> bool:
    """Whether the signature fits the request that went over the wire, by our own reading of the documentation."""
    header = seen.headers["authorization"]
    names = re.search(r'headers="([^"]*)"', header)[1].split()  # type: ignore[index]
    lines = [f"{name}: {seen.headers[name.lower()]}" for name in names if name != "request-line"]
    text = "\n".join([*lines, f"{seen.method} {seen.target} HTTP/1.1"])
    wanted = base64.b64encode(hmac.digest(SECRET.encode(), text.encode(), "sha256")).decode()
    return f'signature="{wanted}"' in header


@pytest.mark.parametrize("name", CALLS)
def test_every_operation_signs_what_it_sends(face: Face, name: str) -> None:
    _, status, body = CALLS[name]
    wire = Wire(answer(status, body))
    face.run(call(face.client(wire, auth=SIGNING), name))
    assert signs(wire.only)  # pitfalls 1 and 17: the real method, and HTTP/1.1


CONTENTS = ["Hello", "Café €", "日本語 🎉", "\x00\x1f\x7f", '"\\/\n', "e\u0301", "\u2028", " "]


@pytest.mark.parametrize("content", CONTENTS)
def test_the_bytes_that_are_hashed_are_the_bytes_that_are_sent(face: Face, content: str) -> None:
    wire = Wire(accepted())
    face.run(face.client(wire, auth=SIGNING).messages.send(**{**SMS, "content": content}))
    sent = wire.only
    assert sent.headers["content-md5"] == hashlib.md5(sent.body).hexdigest()  # pitfall 3
    assert sent.headers["content-length"] == str(len(sent.body))  # pitfall 65
    assert sent.json["messages"][0]["content"] == content


def test_keys_of_metadata_are_hashed_in_the_order_they_are_sent(face: Face) -> None:
    wire = Wire(accepted())
    metadata = {"zz": "1", "é": "2", "a": "3"}
    face.run(face.client(wire, auth=SIGNING).messages.send(**SMS, metadata=metadata))
    assert list(wire.only.json["messages"][0]["metadata"]) == list(metadata)  # pitfall 3
    assert wire.only.headers["content-md5"] == hashlib.md5(wire.only.body).hexdigest()


IDS = ["a/b?c=1 ü", "%2F", "a+b", "..%2f..", "#", "a;b=c", "~._-", "日", "a\nb", '"<>{}|^`', "a%zz", "..."]


@pytest.mark.parametrize("message_id", IDS)
@pytest.mark.off_contract(answers="an empty object for all")
def test_an_id_is_percent_encoded_and_signed_as_it_is_sent(face: Face, message_id: str) -> None:
    wire = Wire(answer(200, {}), answer(200))
    client = face.client(wire, auth=SIGNING)
    face.run(client.messages.get(message_id))
    face.run(client.messages.cancel(message_id))
    for seen in wire.seen:
        assert seen.target == "/v1/messages/" + quote(message_id, safe="")  # pitfall 63
        assert signs(seen)


PREFIXES = [
    ("https://example.com", ""),
    ("https://example.com/", ""),
    ("http://example.com:8080/gateway", "/gateway"),
    ("https://example.com/a/b/", "/a/b"),
    ("https://example.com//double//slash", "//double//slash"),
    ("http://[::1]:8080/v6", "/v6"),
    ("https://example.com/%7Euser/a%2Fb", "/%7Euser/a%2Fb"),
]


@pytest.mark.parametrize(("base_url", "prefix"), PREFIXES)
@pytest.mark.filterwarnings("ignore:messagemedia. .* is not encrypted")
@pytest.mark.off_contract(requests="a server that the contract does not name")
def test_the_path_of_a_base_url_is_signed_too(face: Face, base_url: str, prefix: str) -> None:
    wire = Wire(answer(200, {"replies": []}))  # pitfalls 21 and 64
    face.run(face.client(wire, auth=SIGNING, base_url=base_url).replies.check())
    assert wire.only.target == prefix + "/v1/replies"
    assert signs(wire.only)


NORMALISED = ["https://example.com/a/../b", "https://example.com/{x}", 'https://example.com/a"b', "https://h/./x"]


@pytest.mark.parametrize("base_url", NORMALISED)
def test_a_base_url_that_an_http_library_would_rewrite_is_refused_or_signed_as_it_is_sent(
    face: Face, base_url: str
) -> None:
    wire = Wire(answer(200, {"replies": []}))
    try:
        client = face.client(wire, auth=SIGNING, base_url=base_url)
    except ConfigurationError:
        return
    face.run(client.replies.check())
    assert signs(wire.only)


def test_each_attempt_has_a_date_and_a_signature_of_its_own(face: Face) -> None:
    wire = Wire(answer(503), answer(503), answer(200, {"replies": []}))
    moments = (MOMENT + timedelta(seconds=7 * count) for count in itertools.count())
    face.run(face.client(wire, auth=SIGNING, now=lambda: next(moments)).replies.check())
    dates = [seen.headers["date"] for seen in wire.seen]
    assert len(set(dates)) == 3
    assert len({seen.headers["authorization"] for seen in wire.seen}) == 3
    assert all(signs(seen) for seen in wire.seen)


def test_both_ways_to_authenticate_at_once_are_refused(face: Face) -> None:
    for options in ({"api_key": KEY, "api_secret": SECRET}, {"api_key": KEY}, {"api_secret": SECRET}):
        with pytest.raises(ConfigurationError, match="not both"):  # pitfall 13
            face.client_class(**options, auth=SIGNING)


def test_without_credentials_no_client_is_made(face: Face) -> None:
    wire = Wire(answer(200))  # pitfall 14
    with pytest.raises(ConfigurationError, match="MESSAGEMEDIA_API_KEY") as caught:
        face.client_class(http_client=face.http_client(transport=wire.transport))
    assert "web portal" in str(caught.value)
    assert not wire.seen


@pytest.mark.parametrize(
    ("key", "secret"),
    [("", "s"), ("k", ""), (None, "s"), ("k", None), (5, "s"), ("k", 5), ("k ", "s"), ("k", "s\n"), (b"k", "s")],
)
@pytest.mark.parametrize("kind", [BasicAuth, HmacAuth, None])
def test_a_key_pair_that_can_not_be_right_is_refused(face: Face, kind: object, key: object, secret: object) -> None:
    with pytest.raises(ConfigurationError):
        (kind or face.client_class)(key, secret)  # type: ignore[operator]


@pytest.mark.parametrize("kind", [BasicAuth, HmacAuth])
def test_half_a_surrogate_pair_in_a_key_pair_is_refused(kind: type) -> None:
    """It comes from an environment variable that is no UTF-8, and no header can carry it."""
    for pair in [("k", "s\udce9"), ("k\udce9", "s")]:
        with pytest.raises(ConfigurationError):
            kind(*pair)


def test_arguments_of_hmac_that_can_not_be_right_are_refused() -> None:
    for options in ({"algorithm": "md5"}, {"header_names": "x"}):
        with pytest.raises(ConfigurationError):
            HmacAuth(KEY, SECRET, **options)  # type: ignore[arg-type]
    for key in ('a"b', "clé", "a\nb"):
        with pytest.raises(ConfigurationError):
            HmacAuth(key, SECRET)
    with pytest.raises(ConfigurationError, match="colon"):
        BasicAuth("a:b", SECRET)


def test_something_that_can_not_authenticate_is_refused(face: Face) -> None:
    for wrong in ((KEY, SECRET), "basic", {"api_key": KEY}, HmacAuth, httpx.BasicAuth(KEY, SECRET)):
        with pytest.raises(ConfigurationError):
            face.client_class(auth=wrong)


def test_no_header_carries_a_line_break(face: Face) -> None:
    wire = Wire(accepted())
    client = face.client(wire, auth=HmacAuth("k" * 300, "s" * 300))
    face.run(client.messages.send(**SMS))
    assert not any(set(value) & set("\r\n") for value in wire.only.headers.values())  # pitfall 8
    body = SendMessagesRequest(messages=[])
    for account in ("a\r\nX: y", "a\x00", "ü"):
        with pytest.raises(ConfigurationError, match="account"):
            client.with_options(account=account)
        with pytest.raises(ValidationError):
            face.run(client.api.messages.send_messages(body, account=account))
    assert len(wire.seen) == 1


def test_the_usual_headers_are_sent(face: Face) -> None:
    wire = Wire(accepted(), answer(404))
    client = face.client(wire)
    face.run(client.messages.send(**SMS))
    with pytest.raises(NotFoundError):
        face.run(client.messages.get(MESSAGE_ID))
    post, get = (seen.headers for seen in wire.seen)
    assert post["content-type"] == "application/json; charset=utf-8"
    assert get["accept"] == post["accept"] == "application/json"
    assert re.fullmatch(r"messagemedia-python/\S+ python/3\.\d+", get["user-agent"])
    assert "content-type" not in get
    assert "account" not in get  # pitfall 22
    assert NUMBER not in str(dict(post))
