"""Signatures of pushes: what the service signed is taken, and nothing else."""

import base64
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import webhooks_kit as kit
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
)
from hypothesis import assume, given
from hypothesis import strategies as st
from messagemedia import ConfigurationError, DeliveryReport
from messagemedia.webhooks import (
    InvalidSignatureError,
    SigningKey,
    StalePushError,
    UnreadablePushError,
    WebhookError,
    Webhooks,
)
from webhooks_kit import BODY, DATE, KEY_ID, METHOD, PUBLIC_KEY, SIGNATURES, TARGET, Service, headers, push

PEM = (
    load_der_public_key(base64.b64decode(PUBLIC_KEY))
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    .decode()
)


@pytest.fixture(scope="module")
def webhooks() -> Webhooks:
    """A receiver that takes the vector, which is older than a day."""
    return Webhooks({KEY_ID: PUBLIC_KEY}, max_age=None)


@pytest.fixture(scope="module")
def service() -> Service:
    return Service()


# --- what is taken ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digest", ["SHA224", "SHA256", "SHA512", "SHA-224", "SHA-256", "SHA-512"])
def test_a_push_that_openssl_signed_is_taken(webhooks: Webhooks, digest: str) -> None:
    event = webhooks.receive(**push(digest))
    assert isinstance(event, DeliveryReport)
    assert (event.message_id, event.status, event.error_code) == (
        "877c19ef-fa2e-4cec-827a-e1df9b5509f7",
        "delivered",
        "220",
    )


@pytest.mark.parametrize(
    "spelled",
    [
        str.upper,
        str.lower,
        lambda name: name.replace("MessageMedia", "Messagemedia"),
        lambda name: f"HTTP_{name.upper().replace('-', '_')}",
        lambda name: name.encode().lower(),
    ],
    ids=["upper", "lower", "capitalised", "wsgi", "bytes"],
)
@pytest.mark.parametrize("pairs", [False, True], ids=["mapping", "pairs"])
def test_headers_may_be_spelled_in_any_way(webhooks: Webhooks, spelled: Callable[[str], Any], pairs: bool) -> None:
    made = {spelled(name): value for name, value in headers().items()}
    assert webhooks.receive(**push(headers=list(made.items()) if pairs else made))


def test_a_header_may_come_as_a_list_of_one(webhooks: Webhooks) -> None:
    assert webhooks.receive(**push(headers={name: [value] for name, value in headers().items()}))


@pytest.mark.parametrize(
    "key",
    [
        PUBLIC_KEY,
        PUBLIC_KEY.encode(),
        "\n".join(PUBLIC_KEY[at : at + 64] for at in range(0, len(PUBLIC_KEY), 64)),
        f"  {PUBLIC_KEY}\n",
        base64.b64decode(PUBLIC_KEY),
        PEM,
        PEM.encode(),
        PEM.replace("\n", "\\n"),
        PEM.replace("\n", "\r\n"),
        load_der_public_key(base64.b64decode(PUBLIC_KEY)),
    ],
    ids=[
        "base64",
        "base64 bytes",
        "wrapped",
        "blanks",
        "DER",
        "PEM",
        "PEM bytes",
        "PEM of an environment",
        "CRLF",
        "object",
    ],
)
def test_a_public_key_is_taken_in_every_form(key: object) -> None:
    assert Webhooks({KEY_ID: key}, max_age=None).receive(**push())


def test_during_a_rotation_the_key_is_chosen_by_its_id(service: Service) -> None:
    newer = Service("newer")
    webhooks = Webhooks({**service.public_keys, **newer.public_keys})
    for one in (service, newer):
        assert webhooks.receive(**one.push("/hooks", BODY))
    mixed = newer.push("/hooks", BODY)
    mixed["headers"] = {**mixed["headers"], "x-messagemedia-key-id": service.key_id}
    with pytest.raises(InvalidSignatureError, match="does not match this request"):
        webhooks.receive(**mixed)


def test_the_line_that_is_signed_says_http_1_1_whatever_came(webhooks: Webhooks) -> None:
    """There is no version to pass: a load balancer speaks another one than the service."""
    with pytest.raises(TypeError):
        webhooks.receive(**push(http_version="2"))


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://example.com/hooks/messagemedia", "/stripped?src=mm"),
        ("https://example.com/hooks/messagemedia?src=mm", "/stripped"),
        ("https://example.com:8443/hooks/messagemedia?src=mm", "/stripped?src=other"),
    ],
)
def test_a_public_url_stands_for_what_a_proxy_changed(url: str, target: str) -> None:
    assert Webhooks({KEY_ID: PUBLIC_KEY}, max_age=None, public_url=url).receive(**push(target=target))


def test_a_public_url_without_a_path_is_the_root(service: Service) -> None:
    signed = {**service.push("/", BODY), "target": "/inner"}
    assert Webhooks(service.public_keys, public_url="https://example.com").receive(**signed)


# --- what is refused ----------------------------------------------------------------------------------------------


def changed(text: str) -> list[str]:
    """Every text that differs in one byte, by one bit or into a neighbour."""
    return [
        f"{text[:at]}{chr(ord(char) ^ bit)}{text[at + 1 :]}" for at, char in enumerate(text) for bit in (1, 2, 4, 32)
    ]


@pytest.mark.parametrize("part", ["method", "target", "date", "signature", "digest_type", "key_id", "cipher_type"])
def test_no_change_of_one_byte_is_accepted(webhooks: Webhooks, part: str) -> None:
    parts = {"method": METHOD, "target": TARGET}
    for text in changed(
        parts.get(part) or next(v for k, v in headers().items() if k.lower().replace("-", "_").endswith(part))
    ):
        one = push(**{part: text}) if part in parts else push(headers=headers(**{part: text}))
        with pytest.raises(InvalidSignatureError):
            webhooks.receive(**one)


def test_no_change_of_one_byte_of_the_body_is_accepted(webhooks: Webhooks) -> None:
    for text in changed(BODY.decode()):
        with pytest.raises(InvalidSignatureError):
            webhooks.receive(**push(body=text.encode()))


@pytest.mark.parametrize("name", ["date", "signature", "digest_type", "key_id"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_header_is_named(webhooks: Webhooks, name: str, value: str | None) -> None:
    with pytest.raises(InvalidSignatureError, match=f"the header .*{name.replace('_', '-')} is missing"):
        webhooks.receive(**push(headers=headers(**{name: value})))


@pytest.mark.parametrize("name", ["Date", "X-MessageMedia-Signature", "X-MessageMedia-Key-Id", "Content-Type"])
def test_a_header_that_is_there_twice_is_refused(webhooks: Webhooks, name: str) -> None:
    value = headers()[name]
    for twice in (
        [*headers().items(), (name.lower(), value)],
        {**headers(), f"HTTP_{name.upper().replace('-', '_')}": value},
        {**headers(), name: [value, value]},
    ):
        with pytest.raises(InvalidSignatureError, match="twice"):
            webhooks.receive(**push(headers=twice))


@pytest.mark.parametrize("digest", ["SHA1", "MD5", "SHA384", "sha256", "SHA256 ", "SHA--256", "NONE", "SHA256, SHA256"])
def test_no_other_digest_is_taken(webhooks: Webhooks, digest: str) -> None:
    with pytest.raises(InvalidSignatureError, match="must be SHA224, SHA256 or SHA512"):
        webhooks.receive(**push(headers=headers(digest_type=digest)))


@pytest.mark.parametrize("digest", ["SHA224", "SHA512"])
def test_the_digest_is_the_one_that_was_named(webhooks: Webhooks, digest: str) -> None:
    with pytest.raises(InvalidSignatureError, match="does not match this request"):
        webhooks.receive(**push(headers=headers(digest_type=digest)))


@pytest.mark.parametrize(
    "text",
    [
        SIGNATURES["SHA256"] + "=",
        SIGNATURES["SHA256"].rstrip("="),
        SIGNATURES["SHA256"] + "\n",
        " " + SIGNATURES["SHA256"],
        SIGNATURES["SHA256"].replace("+", "-").replace("/", "_"),
        SIGNATURES["SHA256"][:-3] + "B==",  # bits that decoding drops
        "é",
        "%%%",
        f"{SIGNATURES['SHA256']}, {SIGNATURES['SHA256']}",
    ],
)
def test_only_canonical_base64_is_a_signature(webhooks: Webhooks, text: str) -> None:
    with pytest.raises(InvalidSignatureError, match="must be base64"):
        webhooks.receive(**push(headers=headers(signature=text)))


def test_a_signature_of_another_length_is_refused(webhooks: Webhooks) -> None:
    for data in (b"\0", bytes(255), bytes(257), base64.b64decode(SIGNATURES["SHA256"]) + b"\0"):
        with pytest.raises(InvalidSignatureError):
            webhooks.receive(**push(headers=headers(signature=base64.b64encode(data).decode())))


def test_an_unknown_key_fails_closed(webhooks: Webhooks, service: Service) -> None:
    forged = Service("another").push(TARGET, BODY)
    with pytest.raises(InvalidSignatureError, match="names a key that is not in public_keys"):
        webhooks.receive(**forged)


def test_bytes_that_move_from_one_part_to_its_neighbour_are_noticed(webhooks: Webhooks) -> None:
    """Nothing stands between the parts, so the signed bytes are the same in each of these."""
    for cut in (*range(1, len(BODY)), *range(-len(DATE) + 1, 0)):
        joined = DATE.encode() + BODY
        at = len(DATE) + cut
        date, body = joined[:at].decode(), joined[at:]
        with pytest.raises(InvalidSignatureError):
            webhooks.receive(**push(headers=headers(date=date), body=body))
    for target in (f"{TARGET} HTTP/1.1{DATE}", f"{TARGET} x", "", " "):
        with pytest.raises(InvalidSignatureError):
            webhooks.receive(**push(target=target))
    with pytest.raises(InvalidSignatureError):
        webhooks.receive(**push(method="POST /hooks/messagemedia?src=mm HTTP/1.1", target=""))


@pytest.mark.parametrize(
    "data",
    [
        b"\n".join([b"POST /hooks HTTP/1.1", b"%(date)s", BODY]),
        b"POST /hooks HTTP/1.1%(date)s" + BODY.replace(b":", b": "),
        BODY,
        b"POST / HTTP/1.1%(date)s" + BODY,
        b"POST /hooks HTTP/1.0%(date)s" + BODY,
        b"POST /hooks HTTP/2%(date)s" + BODY,
        b"%(date)s" + BODY,
        b"POST /hooks HTTP/1.1" + BODY,
    ],
    ids=["line breaks", "written anew", "body only", "no path", "1.0", "2", "no line", "no date"],
)
def test_what_wrong_samples_sign_is_refused(service: Service, data: bytes) -> None:
    made = service.push("/hooks", BODY)
    signature = service.sign(data.replace(b"%(date)s", made["headers"]["date"].encode()))
    forged = {**made, "headers": {**made["headers"], "x-messagemedia-signature": signature}}
    with pytest.raises(InvalidSignatureError, match="does not match this request"):
        Webhooks(service.public_keys).receive(**forged)


# --- age ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "max_age", "taken"),
    [
        (0, 86400, True),
        (86000, 86400, True),
        (87000, 86400, False),
        (-290, 86400, True),
        (-320, 86400, False),
        (50, 10, False),
        (1e7, None, True),
        (-1e7, None, True),
    ],
)
def test_a_good_signature_has_an_age(service: Service, age: float, max_age: float | None, taken: bool) -> None:
    webhooks = Webhooks(service.public_keys, max_age=max_age)
    signed = service.push("/hooks", BODY, at=datetime.now(UTC) - timedelta(seconds=age))
    if taken:
        assert webhooks.receive(**signed)
        return
    with pytest.raises(StalePushError) as caught:
        webhooks.receive(**signed)
    assert caught.value.status_code == 503


def test_a_day_is_how_old_a_push_may_be(service: Service) -> None:
    old = service.push("/hooks", BODY, at=datetime.now(UTC) - timedelta(hours=25))
    with pytest.raises(StalePushError, match="more than 86400 s ago"):
        Webhooks(service.public_keys).receive(**old)


def test_a_forgery_is_told_as_one_however_old_it_is(service: Service) -> None:
    old = service.push("/hooks", BODY, at=datetime.now(UTC) - timedelta(hours=25))
    with pytest.raises(InvalidSignatureError):
        Webhooks(service.public_keys).receive(**{**old, "body": BODY + b" "})


@pytest.mark.parametrize("date", ["Thu, 35 Jan 2026 03:04:05 GMT", "Thu, 15 Jan 0000 03:04:05 GMT"])
def test_a_date_that_does_not_exist_is_stale(service: Service, date: str) -> None:
    made = service.push("/hooks", BODY)
    signature = service.sign(b"POST /hooks HTTP/1.1" + date.encode() + BODY)
    signed = {**made, "headers": {**made["headers"], "x-messagemedia-signature": signature, "date": date}}
    with pytest.raises(StalePushError):
        Webhooks(service.public_keys).receive(**signed)


# --- how a receiver is made ---------------------------------------------------------------------------------------


def test_a_receiver_says_aloud_that_it_verifies_nothing() -> None:
    with pytest.raises(ConfigurationError, match="it is not configured who may push") as caught:
        Webhooks()
    assert "unsigned=True" in str(caught.value)
    with pytest.raises(ConfigurationError, match="not both"):
        Webhooks({KEY_ID: PUBLIC_KEY}, unsigned=True)
    assert Webhooks(unsigned=True).receive(**push(headers={"content-type": "application/json"}))


EC = ec.generate_private_key(ec.SECP256R1())
PRIVATE = rsa.generate_private_key(65537, 1024)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("MIIB", "must map the id"),
        ({}, "it is not configured who may push"),
        ({1: PUBLIC_KEY}, "ids in public_keys must be str"),
        ({"": PUBLIC_KEY}, "ids in public_keys must be str"),
        ({KEY_ID: "nonsense!"}, "is not base64"),
        ({KEY_ID: "AAAA"}, "is not a public key"),
        ({KEY_ID: b"\x30\x00"}, "is not a public key"),
        ({KEY_ID: None}, "must be str or bytes, not NoneType"),
        ({KEY_ID: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"}, "is not a public key"),
        (
            {KEY_ID: PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())},
            "is a private key",
        ),
        (
            {KEY_ID: EC.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)},
            "is not an RSA key",
        ),
    ],
)
def test_a_wrong_key_is_told_with_its_id_and_without_its_content(keys: Any, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told) as caught:
        Webhooks(keys)
    assert "nonsense" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "example.com/hooks",
        "/hooks",
        "https:///hooks",
        "ftp://example.com/",
        "https://example.com/a b",
        7,
        "https://[",
        "https://x/#a",
    ],
)
def test_a_wrong_public_url_is_told(url: Any) -> None:
    with pytest.raises(ConfigurationError, match="public_url must be"):
        Webhooks({KEY_ID: PUBLIC_KEY}, public_url=url)


@pytest.mark.parametrize(
    "options", [{"max_age": -1}, {"max_age": "1"}, {"max_size": 0}, {"max_size": True}, {"seen": 5}]
)
def test_wrong_options_are_told(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        Webhooks({KEY_ID: PUBLIC_KEY}, **options)


def test_a_parsed_body_is_refused_with_what_to_pass(webhooks: Webhooks) -> None:
    for body in (BODY.decode(), {"message_id": "x"}, None):
        with pytest.raises(UnreadablePushError, match="body must be bytes"):
            webhooks.receive(**push(body=body))


def test_without_cryptography_only_unsigned_pushes_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("cryptography.exceptions", "cryptography.hazmat.primitives.asymmetric"):
        monkeypatch.setitem(sys.modules, name, None)
    for make in (lambda: Webhooks({KEY_ID: PUBLIC_KEY}), SigningKey):
        with pytest.raises(ConfigurationError, match="cryptography") as caught:
            make()
        assert "messagemedia[webhooks]" in caught.value.hint
    assert Webhooks(unsigned=True).receive(**push(headers={}))


def test_errors_and_repr_hold_nothing_of_the_push(webhooks: Webhooks) -> None:
    secret = b'{"content":"my PIN is 4711","reply_id":"1"}'
    with pytest.raises(InvalidSignatureError) as caught:
        webhooks.receive(**push(body=secret))
    assert "4711" not in f"{caught.value!r}{caught.value}"
    assert repr(webhooks) == f"Webhooks(keys=['{KEY_ID}'])"
    assert repr(Webhooks(unsigned=True)) == "Webhooks(unsigned=True)"


# --- explained ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signed", "arrived", "told"),
    [
        ({}, {}, "The signature is good."),
        ({}, {"target": "/hooks/"}, "slash at the path's end, which something added"),
        ({"target": "/hooks/"}, {"target": "/hooks"}, "with a slash at the path's end, which something stripped"),
        ({"target": "/hooks%2Fa"}, {"target": "/hooks/a"}, "Not explained"),
        ({"target": "/h%20x"}, {"target": "/h%20x?added=1"}, "without its query, which something added"),
        ({"target": "/h%7Ex"}, {"target": "/h~x"}, "with the path encoded, which something decoded"),
        ({"target": "/h~x"}, {"target": "/h%7Ex"}, "with the path decoded, which something encoded"),
        ({"target": "//hooks"}, {"target": "/hooks"}, "two slashes"),
        ({"target": "/hooks?a=b&c"}, {"target": "/hooks?a=b&c="}, "without equals signs"),
        ({"target": "/hooks?"}, {"target": "/hooks"}, "question mark at its end"),
        ({}, {"body": BODY + b"\n"}, "without the line break at the body's end"),
        ({}, {"body": BODY.replace(b":", b": ").replace(b",", b", ")}, "with the JSON serialized again"),
        ({}, {"method": "PUT"}, "with the method POST"),
    ],
)
def test_what_changed_a_push_on_its_way_is_explained(
    service: Service, signed: dict[str, Any], arrived: dict[str, Any], told: str
) -> None:
    made = service.push(**{"target": "/hooks", "body": BODY, **signed})
    webhooks = Webhooks(service.public_keys)
    assert told in webhooks.explain(**{**made, **arrived})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Forwarded-Prefix", "/public"),
        ("X-Original-URI", "/public/hooks?a=1"),
        ("X-Original-URL", "https://example.com/public/hooks?a=1"),
        ("X-Envoy-Original-Path", "/public/hooks?a=1"),
    ],
)
def test_what_a_proxy_tells_is_used_to_explain_and_never_to_accept(service: Service, name: str, value: str) -> None:
    made = service.push("/public/hooks?a=1", BODY)
    arrived = {**made, "target": "/hooks?a=1", "headers": {**made["headers"], name: value}}
    webhooks = Webhooks(service.public_keys)
    assert name.lower() in webhooks.explain(**arrived) or "prefix /public" in webhooks.explain(**arrived)
    assert "public_url=" in webhooks.explain(**arrived)
    with pytest.raises(InvalidSignatureError):
        webhooks.receive(**arrived)


def test_a_wrong_key_id_or_digest_is_explained(service: Service) -> None:
    newer = Service("newer")
    webhooks = Webhooks({**service.public_keys, **newer.public_keys})
    made = newer.push("/hooks", BODY, digest="SHA512")
    mixed = {**made["headers"], "x-messagemedia-key-id": service.key_id, "x-messagemedia-digest-type": "SHA256"}
    told = webhooks.explain(**{**made, "headers": mixed})
    assert "with the key newer" in told
    assert "SHA512" in told


def test_forgeries_and_old_pushes_are_explained_as_such(service: Service) -> None:
    webhooks = Webhooks(service.public_keys)
    assert "forgery" in webhooks.explain(**Service().push("/hooks", BODY))
    assert "forgery" in webhooks.explain(**push(headers={}))
    old = service.push("/hooks", BODY, at=datetime.now(UTC) - timedelta(days=3))
    assert "is good, but" in webhooks.explain(**old)
    assert "Nothing is verified" in Webhooks(unsigned=True).explain(**push())


def test_the_service_of_the_tests_signs_as_openssl_did(webhooks: Webhooks) -> None:
    """So that what the other tests sign is not just what the receiver expects."""
    made = kit.Service().push(TARGET, BODY, at=datetime(2026, 1, 15, 3, 4, 5, tzinfo=UTC))
    assert made["headers"]["date"] == DATE
    assert {name.lower() for name in headers()} == set(made["headers"])


# --- anything -----------------------------------------------------------------------------------------------------

TEXTS = st.text() | st.binary()
NAMES = st.sampled_from(sorted(headers())) | st.text()


@given(st.text(), TEXTS, st.lists(st.tuples(NAMES, TEXTS | st.none() | st.integers())), st.binary())
def test_no_request_that_somebody_makes_up_is_taken_or_breaks_anything(
    method: str, target: str | bytes, made_up: list[tuple[Any, Any]], body: bytes
) -> None:
    webhooks = Webhooks({KEY_ID: PUBLIC_KEY}, max_age=None)
    one: dict[str, Any] = {"method": method, "target": target, "headers": made_up, "body": body}
    with pytest.raises(InvalidSignatureError):
        webhooks.receive(**one)
    assert isinstance(webhooks.explain(**{**one, "headers": headers()}), str)


# What means the same, and what is not signed: how the body is read.
_SAME = {("X-MessageMedia-Cipher-Type", ""), ("X-MessageMedia-Digest-Type", "SHA-256")}


@given(st.sampled_from(sorted(headers())), st.text())
def test_no_header_that_somebody_makes_up_is_taken(name: str, value: str) -> None:
    assume(headers()[name] != value)
    webhooks = Webhooks({KEY_ID: PUBLIC_KEY}, max_age=None)
    try:
        webhooks.receive(**push(headers={**headers(), name: value}))
    except WebhookError:
        return
    assert name == "Content-Type" or (name, value) in _SAME
