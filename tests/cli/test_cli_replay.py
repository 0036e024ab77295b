"""`replay`: a stored push goes out again as it was, signed anew; junk is refused with the field that is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_kit import NUMBER, Cli
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from faulty_servers import Asked, Told, serving
from messagemedia import Client, CreateSignatureKeyRequest, EnableSignatureKeyRequest
from messagemedia.sandbox import Sandbox
from messagemedia.webhooks import OptOut, Reply, SigningKey, Webhooks

PUSH = {
    "reply_id": "a175e797-2b54-468b-9850-41a3eab32f74",
    "message_id": "877c19ef-fa2e-4cec-827a-e1df9b5509f7",
    "content": "Thanks ☕",
    "source_number": NUMBER,
    "date_received": "2027-01-15T03:04:05.000Z",
    "metadata": {"order": "4711"},
    "vendor_account_id": {"vendor_id": "MessageMedia", "account_id": "A"},
}


def pem(key: Any) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def private_key() -> bytes:
    return pem(rsa.generate_private_key(65537, 1024))


@pytest.fixture
def key(tmp_path: Path, private_key: bytes) -> Path:
    path = tmp_path / "mine.pem"
    path.write_bytes(private_key)
    path.chmod(0o600)
    return path


def stored(folder: Path, content: object) -> Path:
    path = folder / "push.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def received(asked: Asked, key: Path) -> Any:
    """What an application makes of a push, which verifies it."""
    mine = SigningKey("mine", private_key=key.read_bytes())
    webhooks = Webhooks({"mine": mine.public_key})
    return webhooks.receive(method=asked.method, target=asked.target, headers=asked.headers, body=asked.body)


def test_a_stored_push_is_sent_byte_by_byte_and_signed_anew(cli: Cli, tmp_path: Path, key: Path) -> None:
    path = stored(tmp_path, json.dumps(PUSH, indent=3, ensure_ascii=True) + "\n")
    with serving(lambda _: Told(202, b"thank you")) as site:
        done = cli("replay", path, "--to", f"{site.url}/hooks?a=%20b", "--key", key)
    assert (done.code, done.out) == (0, "202\tthank you\n")
    [asked] = site.asked
    assert (asked.body, asked.target) == (path.read_bytes(), "/hooks?a=%20b")
    assert isinstance(received(asked, key), Reply)


@pytest.mark.parametrize(("status", "code"), [(204, 0), (403, 1), (500, 1), (307, 1)])
def test_the_exit_status_says_whether_it_was_taken(cli: Cli, tmp_path: Path, key: Path, status: int, code: int) -> None:
    with serving(lambda _: Told(status, b"")) as site:
        done = cli("replay", stored(tmp_path, PUSH), "--to", site.url, "--key", key, "--json")
    assert done.code == code
    assert json.loads(done.out) == {"status": status, "problem": None, "body": ""}


def test_that_nothing_answers_is_told(cli: Cli, tmp_path: Path, key: Path) -> None:
    with serving(lambda _: Told()) as site:
        url = site.url
    done = cli("replay", stored(tmp_path, PUSH), "--to", url, "--key", key)
    assert (done.code, done.out) == (1, "nothing answers there\n")


def test_what_the_sandbox_has_pushed_can_be_pushed_again(cli: Cli, tmp_path: Path, key: Path, server: Sandbox) -> None:
    with serving(lambda _: Told(500, b"")) as site:
        with Client() as client:
            sent = client.messages.send(content="Hi", destination_number=NUMBER, callback_url=site.url)
        server.reply("STOP", message_id=sent.message_id)
        server.wait_for_pushes()
        attempt = server.pushes[0]
    record = {"kind": attempt.kind, "url": attempt.url, "body": attempt.body, "attempted": "x", "method": "PUT"}
    with serving(lambda _: Told(204, b"")) as site:
        assert cli("replay", stored(tmp_path, record), "--to", site.url, "--key", key).code == 0
    event = received(site.asked[0], key)
    assert (event.content, site.asked[0].method) == ("STOP", "PUT")


def test_what_is_pushed_again_is_signed_as_the_sandbox_signs(cli: Cli, tmp_path: Path, server: Sandbox) -> None:
    with Client() as client:
        key = client.api.signature_keys.create_signature_key(CreateSignatureKeyRequest(digest="SHA512", cipher="RSA"))
        client.api.signature_keys.enable_signature_key(EnableSignatureKeyRequest(key_id=key.key_id))
    assert key.key_id
    webhooks = Webhooks({key.key_id: key.public_key})
    with serving(lambda _: Told(204, b"")) as site:
        done = cli("replay", stored(tmp_path, PUSH), "--to", site.url)
        [asked] = site.asked
    assert webhooks.receive(method=asked.method, target=asked.target, headers=asked.headers, body=asked.body)
    assert f"signed with the key {key.key_id}" in done.err
    assert not (cli.home / "messagemedia" / "signing-key.json").exists()


@pytest.mark.parametrize("answer", [Told(404), Told(200, b"{}"), Told(200, b'{"key_id": "k", "private_key": 7}')])
def test_another_server_on_this_machine_has_no_key(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Told
) -> None:
    with serving(lambda _: Told(204, b"")) as site, serving(lambda _: answer) as other:
        monkeypatch.setenv("MESSAGEMEDIA_BASE_URL", other.url)
        assert cli("replay", stored(tmp_path, PUSH), "--to", site.url).code == 0
    assert (cli.home / "messagemedia" / "signing-key.json").exists()


def test_a_record_of_a_template_keeps_its_text_and_its_type(cli: Cli, tmp_path: Path, key: Path) -> None:
    form = "notification_id=n-1&content=STOP"
    record = {
        "kind": "opt_out", "url": "http://x", "body": form, "attempted": "x",
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
    }  # fmt: skip
    with serving(lambda _: Told(204, b"")) as site:
        assert cli("replay", stored(tmp_path, record), "--to", site.url, "--key", key).code == 0
    assert site.asked[0].body == form.encode()
    assert isinstance(received(site.asked[0], key), OptOut)


JUNK = {
    "no JSON": ("{", "is not JSON (line 1, column 2)"),
    "a list": ("[{}]", "holds a list; give one push of it"),
    "a number": ("7", "must hold a JSON object"),
    "no id": ({"content": "Hi"}, "it has none of reply_id (of a reply), delivery_report_id"),
    "an id": ({**PUSH, "reply_id": 7}, "reply_id must be a string"),
    "a number of digits": ({**PUSH, "source_number": 61491570156}, "source_number must be a phone number, as a string"),
    "a date": ({**PUSH, "date_received": "yesterday"}, "date_received must be a time with a UTC offset"),
    "a naive date": ({**PUSH, "date_received": "2027-01-15T03:04:05"}, "date_received must be a time"),
    "metadata": ({**PUSH, "metadata": "x"}, "metadata must be an object"),
    "attachments": ({**PUSH, "attachments": {}}, "attachments must be a list"),
    "a code": ({"delivery_report_id": "d", "error_code": 220}, 'error_code must be a string, such as "220"'),
    "a record": ({"kind": "reply", "url": "", "attempted": "", "body": {"reply_id": 7}}, "body.reply_id must be a string"),
    "a record without a body": ({"kind": "reply", "url": "", "attempted": "", "body": None}, "body must be a JSON object"),
    "a record of a GET": (
        {"kind": "reply", "url": "", "attempted": "", "body": "x", "method": "GET"},
        "method must be POST, PUT or PATCH",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", JUNK)
def test_junk_is_refused_with_the_field_that_is_wrong(cli: Cli, tmp_path: Path, key: Path, case: str) -> None:
    content, words = JUNK[case]
    with serving(lambda _: Told()) as site:
        done = cli("replay", stored(tmp_path, content), "--to", site.url, "--key", key)
    assert (done.code, site.asked) == (2, [])
    assert words in done.err
    assert NUMBER not in done.err


def test_any_object_can_be_pushed_if_that_is_asked_for(cli: Cli, tmp_path: Path, key: Path) -> None:
    with serving(lambda _: Told(204, b"")) as site:
        assert cli("replay", stored(tmp_path, {"mine": 1}), "--to", site.url, "--key", key, "--any").code == 0
    assert json.loads(site.asked[0].body) == {"mine": 1}


def test_a_push_comes_from_a_pipe_and_the_key_is_ones_own(cli: Cli) -> None:
    with serving(lambda _: Told(204, b"")) as site:
        done = cli.process("replay", "-", "--to", site.url, text=json.dumps(PUSH))
    assert (done.code, done.out) == (0, "204\n")
    assert (cli.home / "messagemedia" / "signing-key.json").exists()


def other_keys(folder: Path, private_key: bytes) -> dict[str, tuple[bytes, int]]:
    return {
        "elliptic": (pem(ec.generate_private_key(ec.SECP256R1())), 0o600),
        "text": (b"nonsense", 0o600),
        "JSON": (b'{"key_id": 7}', 0o600),
        "open": (private_key, 0o644),
    }


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("elliptic", "holds no private RSA key in PEM"),
        ("text", "holds no private RSA key in PEM"),
        ("JSON", "holds no private RSA key in PEM"),
        ("open", "can be read or changed by others"),
    ],
)
def test_a_key_that_can_not_be_used_is_refused(
    cli: Cli, tmp_path: Path, private_key: bytes, case: str, words: str
) -> None:
    content, mode = other_keys(tmp_path, private_key)[case]
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    path.chmod(mode)
    done = cli("replay", stored(tmp_path, PUSH), "--to", "localhost:9", "--key", path)
    assert done.code in (1, 2)
    assert words in done.err
    assert "nonsense" not in done.err
