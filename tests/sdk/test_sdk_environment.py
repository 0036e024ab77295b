"""Settings of the environment that an HTTP library reads: each that can't work is named, before anything is sent."""

import ssl
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from messagemedia import ConfigurationError, NotSentError
from messagemedia.sandbox import Sandbox
from sdk_face import KEY, MESSAGE_ID, SECRET, SMS, Face, accepted, success
from sdk_servers import raw, scripted

EVERY_LIBRARY = True
API = "https://api.example.com"
PASSWORD = "hunter2-hunter2"

UNUSABLE_PROXIES = {
    "http://proxy.corp:port": "must be the address of a proxy",
    "http://proxy.corp:99999": "must be the address of a proxy",
    "http://": "must be the address of a proxy",
    "http://[::1": "must be the address of a proxy",
    "http://pro xy:3128": "must be the address of a proxy",
    "http://proxy.corp:3128/path?query": "must be the address of a proxy",
    "socks://127.0.0.1:7897": "of the type 'socks', which must be one of http, https, socks5, socks5h",
    "socks4://127.0.0.1:7897": "of the type 'socks4'",
    "ftp://proxy.corp": "of the type 'ftp'",
    "socks5://127.0.0.1:7897": "needs a package that is not installed: socksio",
}


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("value", UNUSABLE_PROXIES)
def test_a_proxy_that_can_not_be_used_is_named_when_a_client_is_made(
    face: Face, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError, match=UNUSABLE_PROXIES[value]) as caught:
        face.client(base_url=API)
    assert str(caught.value).startswith(f"{variable} ")
    assert "NO_PROXY" in caught.value.hint


@pytest.mark.parametrize(
    "form",
    ["http://user:{}@proxy.corp:port", "tcp://user:{}@proxy.corp:1", "socks5://user:{}@proxy", "user:{}@http://proxy"],
)
def test_no_traceback_shows_the_password_of_a_proxy(face: Face, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", form.format(PASSWORD))
    with pytest.raises(ConfigurationError) as caught:
        face.client(base_url=API)
    assert PASSWORD not in str(caught.getrepr(showlocals=True))


@pytest.mark.parametrize(
    "exceptions",
    ["fd07:b51a:cc66:f0::/64", "[::1]", "::1", "a b", "*.example.org,,", "http://", "[", "10.0.0.0/33", "é", "%", ":"],
)
def test_no_exception_from_the_proxy_makes_a_client_impossible(
    face: Face, monkeypatch: pytest.MonkeyPatch, exceptions: str
) -> None:
    monkeypatch.setenv("NO_PROXY", exceptions)
    face.client(base_url=API)
    with scripted(b"HTTP/1.1 503 Down\r\ncontent-length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(NotSentError):
            face.run(face.client(base_url=API, max_retries=0).messages.get(MESSAGE_ID))
        assert proxy.received.startswith(b"CONNECT api.example.com:443")


EXEMPT = {
    "127.0.0.1": "127.0.0.1",
    "127.0.0.0/8": "127.0.0.1",
    "10.0.0.0/8, 127.0.0.1/32": "127.0.0.1",
    "*": "127.0.0.1",
    "example.org,*": "127.0.0.1",
    "127.0.0.1:{port}": "127.0.0.1",
    "http://127.0.0.1": "127.0.0.1",
    "localhost": "localhost",
    "LOCALHOST": "localhost",
}


@pytest.mark.parametrize("exceptions", EXEMPT)
def test_the_host_of_the_api_can_be_excepted_from_the_proxy(
    face: Face, monkeypatch: pytest.MonkeyPatch, exceptions: str
) -> None:
    with scripted(raw(accepted())) as server:
        url = server.url.replace("127.0.0.1", EXEMPT[exceptions])
        monkeypatch.setenv("NO_PROXY", exceptions.format(port=url.rpartition(":")[2]))
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # nobody listens there
        assert face.run(face.client(base_url=url, max_retries=0).messages.send(**SMS)).message_id == MESSAGE_ID


@pytest.mark.parametrize("exceptions", ["127.0.0.2", "127.1.0.0/16", "example.org", "7.0.0.1", ""])
def test_another_host_is_not_excepted_from_the_proxy(
    face: Face, monkeypatch: pytest.MonkeyPatch, exceptions: str
) -> None:
    with scripted(raw(success("credits"))) as proxy:
        monkeypatch.setenv("NO_PROXY", exceptions)
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        client = face.client(base_url="http://127.0.0.1:9", max_retries=0)
        assert face.run(client.messages.credits()).remaining_credits == 500
        assert proxy.received.startswith(b"GET http://127.0.0.1:9/v1/")


def test_a_proxy_without_a_scheme_speaks_http(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(raw(success("credits"))) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.removeprefix("http://"))
        client = face.client(base_url="http://127.0.0.1:9", max_retries=0)
        assert face.run(client.messages.credits()).remaining_credits == 500


def test_a_proxy_gets_its_password(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(raw(success("credits"))) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//user:p%40ss@"))
        client = face.client(base_url="http://127.0.0.1:9", max_retries=0)
        face.run(client.messages.credits())
        assert b"proxy-authorization: basic dxnlcjpwqhnz" in proxy.received.lower()


def test_a_client_that_was_passed_in_is_left_to_its_own_settings(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    http_client = face.http_client(trust_env=False)
    monkeypatch.setenv("HTTPS_PROXY", "socks://127.0.0.1:7897")
    monkeypatch.setenv("SSL_CERT_FILE", "/missing.pem")
    face.client(base_url=API, http_client=http_client)
    face.close(http_client)


# --- certificates -----------------------------------------------------------------------------------------------------


def files(folder: Path) -> dict[str, tuple[str, str]]:
    """Variables with what they are set to, and what is said of it."""
    (folder / "empty.pem").touch()
    (folder / "text.pem").write_text("no certificate")
    (folder / "der.pem").write_bytes(ssl.PEM_cert_to_DER_cert(trustme.CA().cert_pem.bytes().decode()))
    return {
        "missing": ("SSL_CERT_FILE", str(folder / "missing.pem")),
        "empty": ("SSL_CERT_FILE", str(folder / "empty.pem")),
        "text": ("SSL_CERT_FILE", str(folder / "text.pem")),
        "der": ("SSL_CERT_FILE", str(folder / "der.pem")),
        "folder": ("SSL_CERT_FILE", str(folder)),
        "no folder": ("SSL_CERT_DIR", str(folder / "missing")),
        "file for folder": ("SSL_CERT_DIR", str(folder / "text.pem")),
        "key log": ("SSLKEYLOGFILE", str(folder / "missing" / "keys.log")),
    }


@pytest.mark.parametrize(
    "case", ["missing", "empty", "text", "der", "folder", "no folder", "file for folder", "key log"]
)
def test_certificates_that_can_not_be_read_are_named_when_a_client_is_made(
    face: Face, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, case: str
) -> None:
    variable, value = files(tmp_path)[case]
    monkeypatch.setenv(variable, value)
    if case == "key log" and face.library == "httpx2":  # which does not read it
        face.client(base_url=API)
        return
    with pytest.raises(ConfigurationError) as caught:
        face.client(base_url=API)
    assert str(caught.value).startswith(f"{variable} names a f")
    assert "or unset it" in caught.value.hint


@pytest.mark.parametrize("case", ["missing", "empty", "no folder", "key log"])
def test_an_address_without_tls_needs_no_certificates(
    face: Face, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, case: str
) -> None:
    monkeypatch.setenv(*files(tmp_path)[case])
    monkeypatch.setenv("HTTPS_PROXY", "socks://127.0.0.1:7897")
    with Sandbox(api_key=KEY, api_secret=SECRET) as sandbox:
        assert face.run(face.client(base_url=sandbox.url).messages.send(**SMS)).message_id


def test_certificates_are_read_again_when_a_variable_names_others(
    face: Face, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    face.client(base_url=API)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    with pytest.raises(ConfigurationError, match="SSL_CERT_FILE"):
        face.client(base_url=API)
    trustme.CA().cert_pem.write_to_path(tmp_path / "missing.pem")
    face.client(base_url=API)


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows keeps variables in capitals")
def test_the_small_form_of_a_variable_goes_first_and_is_named(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "socks://127.0.0.1:7897")
    with pytest.raises(ConfigurationError, match=r"^https_proxy names"):
        face.client(base_url=API)


def test_no_error_of_a_library_gets_out(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise httpx.InvalidURL("made up")

    for name in ("httpx", "httpx2"):
        monkeypatch.setattr(f"{name}.Proxy", fail)
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{PASSWORD}@proxy.corp:3128")
    with pytest.raises(ConfigurationError, match=r"^HTTPS_PROXY must be the address of a proxy"):
        face.client(base_url=API)
