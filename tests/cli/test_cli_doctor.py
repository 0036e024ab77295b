"""`doctor` against what really goes wrong, each over real sockets: it names the fault, and nothing else."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
from cli_kit import Cli
from faulty_servers import HOST, INVALID, Asked, Told, api, cutting, proxying, serving, silent
from messagemedia import Client
from messagemedia.cli.doctor.facts import Connection, Exchange, Facts, Handshake, Lookup, ProxySeen, Setting
from messagemedia.cli.doctor.judging import judge
from messagemedia.cli.doctor.showing import as_lines
from messagemedia.cli.doctor.steps import Step
from messagemedia.sandbox import Sandbox
from messagemedia_generated import servers

KEY, SECRET = "key-of-a-test", "secret-of-a-test-it-is"
API = "https://api.example.invalid"
PASSWORD = "hunter2"
PAGE = Told(200, b"<html>Welcome to the hotel</html>", {"content-type": "text/html"})


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no certificates of this machine."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def no_such_name(*_: Any, **__: Any) -> Any:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


class Doctor:
    """Runs `doctor` for a server."""

    def __init__(self, cli: Cli, patch: pytest.MonkeyPatch) -> None:
        self.cli, self.patch = cli, patch
        self.text = ""
        patch.setenv("MESSAGEMEDIA_API_KEY", KEY)
        patch.setenv("MESSAGEMEDIA_API_SECRET", SECRET)

    def __call__(self, url: str, *options: str, method: str = "basic", seconds: float = 5) -> dict[str, Any]:
        """The verdict; the steps are in it by their names. What people read says the same."""
        self.patch.setenv("MESSAGEMEDIA_BASE_URL", url)
        self.patch.setenv("MESSAGEMEDIA_AUTH", method)
        arguments = ("doctor", "--timeout", str(seconds), *options)
        done = self.cli(*arguments, "--json")
        records = [json.loads(line) for line in done.lines]
        verdict: dict[str, Any] = records[-1]
        assert verdict["kind"] == "verdict"
        assert done.code == (0 if verdict["ok"] else 1)
        steps = [record for record in records if record["kind"] == "step"]
        verdict["steps"] = {step["name"]: step["outcome"] for step in steps}
        verdict["seen"] = {step["name"]: step["text"] for step in steps}
        verdict["settings"] = {each["name"]: each for each in records if each["kind"] == "setting"}
        self.text = done.out + done.err
        assert SECRET not in self.text
        assert PASSWORD not in self.text
        return verdict

    def told(self, *options: str) -> str:
        """What people read."""
        return self.cli("doctor", *options).out


@pytest.fixture
def doctor(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    return Doctor(cli, monkeypatch)


def all_right(asked: Asked) -> Told:
    return api(KEY, SECRET, "basic", "hmac")(asked)


# --- credentials ------------------------------------------------------------------------------------------------------


def test_all_is_well_with_the_sandbox_and_nothing_is_confirmed(cli: Cli, server: Sandbox) -> None:
    server.reply("Hello there", source_number="+61491570157")
    done = cli("doctor")
    assert done.code == 0
    assert "Everything works" in done.out
    assert "the credentials are accepted (basic)" in done.out
    with Client() as client:
        assert [reply.content for reply in client.replies.check()] == ["Hello there"]
    assert [each.operation for each in server.requests] == ["checkReplies", "checkReplies"]


def test_what_is_configured_is_told_without_the_secret(doctor: Doctor) -> None:
    with serving(all_right) as site:
        verdict = doctor(site.url)
    settings = verdict["settings"]
    assert settings["key"]["value"] == f"key… ({len(KEY)} characters)"
    assert settings["secret"]["value"] == f"set ({len(SECRET)} characters)"
    assert settings["secret"]["source"] == "MESSAGEMEDIA_API_SECRET"
    assert settings["server"]["source"] == "MESSAGEMEDIA_BASE_URL"
    assert KEY not in doctor.text


def test_a_wrong_key_is_told_with_what_to_check_and_nothing_else_is_tried(doctor: Doctor) -> None:
    with serving(api("another", SECRET, "basic", "hmac")) as site:
        verdict = doctor(site.url)
        assert len(site.asked) == 1
    assert (verdict["cause"], verdict["ok"]) == ("credentials", False)
    assert "does not accept these credentials with basic authentication" in verdict["text"]
    assert any("doctor --try hmac" in fix and "only a signature is sent" in fix for fix in verdict["fix"])
    assert any("doctor --try all-regions" in fix and "the secret is sent" in fix for fix in verdict["fix"])
    assert [each.scheme for each in site.asked] == ["basic"]


def test_a_key_for_hmac_that_is_used_as_basic_is_told_when_hmac_is_tried(doctor: Doctor) -> None:
    with serving(api(KEY, SECRET, "hmac")) as site:
        assert doctor(site.url)["cause"] == "credentials"
        verdict = doctor(site.url, "--try", "hmac")
    assert (verdict["cause"], verdict["ok"]) == ("method", False)
    assert "for hmac authentication, not for basic" in verdict["text"]
    assert "MESSAGEMEDIA_AUTH=hmac" in verdict["fix"][0]
    assert "A signature, but not the secret" in doctor.text


def test_the_secret_travels_only_when_that_is_asked_for_and_it_is_said(doctor: Doctor) -> None:
    with serving(api(KEY, SECRET, "basic")) as site:
        doctor(site.url, method="hmac")
        assert {each.scheme for each in site.asked} == {"hmac"}
        verdict = doctor(site.url, "--try", "basic", method="hmac")
    assert verdict["cause"] == "method"
    assert f"The secret itself is sent to {site.url.removeprefix('http://')}" in doctor.text


@pytest.fixture
def regions(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[Asked]]]:
    """Two regions on loopback; the key is at home in `eu`."""
    with serving(api("another", SECRET, "basic")) as apac, serving(api(KEY, SECRET, "basic")) as eu:
        monkeypatch.setattr(servers, "SERVERS", {"apac": apac.url, "eu": eu.url})
        for module in ("doctor.probing", "doctor.gathering", "doctor.answers"):
            monkeypatch.setattr(f"messagemedia.cli.{module}.SERVERS", servers.SERVERS)
        yield {"apac": apac.asked, "eu": eu.asked, "urls": [apac.url, eu.url]}  # type: ignore[dict-item]


def test_a_wrong_region_is_told_when_all_are_tried(doctor: Doctor, regions: Any) -> None:
    url = regions["urls"][0]
    assert any("--try all-regions" in fix for fix in doctor(url)["fix"])
    assert regions["eu"] == []
    verdict = doctor(url, "--try", "all-regions")
    assert verdict["cause"] == "region"
    assert "the account is in the region eu" in verdict["text"]
    assert "MESSAGEMEDIA_REGION=eu" in verdict["fix"][0]
    assert "The secret itself is sent to" in doctor.text


def test_all_regions_are_tried_with_the_configured_method_only(doctor: Doctor, regions: Any) -> None:
    doctor(regions["urls"][0], "--try", "all-regions", method="hmac")
    assert {each.scheme for each in (*regions["apac"], *regions["eu"])} == {"hmac"}
    assert "A signature, but not the secret, is sent to" in doctor.text


def strict(ahead: float) -> Callable[[Asked], Told]:
    """What verifies signatures by a clock that is some seconds ahead."""

    def answer(asked: Asked) -> Told:
        date = parsedate_to_datetime(asked.headers["date"]).timestamp() if asked.scheme == "hmac" else time.time()
        return Told() if asked.scheme == "basic" or abs(date - time.time() - ahead) < 300 else Told(401, INVALID)

    return answer


@pytest.mark.parametrize(("ahead", "words"), [(3600, "60 min behind"), (-3600, "60 min ahead of")])
def test_a_clock_that_is_off_by_an_hour_is_told(doctor: Doctor, ahead: float, words: str) -> None:
    with serving(strict(ahead), ahead=ahead) as site:
        verdict = doctor(site.url, method="hmac")
        assert (verdict["cause"], verdict["ok"], verdict["steps"]["clock"]) == ("clock", True, "warning")
        assert f"the clock of this machine is {words} the server's" in verdict["text"]
        assert "NTP" in verdict["fix"][0]
        verdict = doctor(site.url, method="basic")
        assert (verdict["cause"], verdict["steps"]["clock"]) == ("ok", "warning")
        assert words in verdict["notes"][0]


def test_a_wrong_clock_does_not_hide_a_wrong_key(doctor: Doctor) -> None:
    with serving(api("another", SECRET, "hmac"), ahead=3600) as site:
        verdict = doctor(site.url, method="hmac")
    assert verdict["cause"] == "credentials"
    assert "so the clock is not the reason" in verdict["text"]
    assert "60 min behind" in verdict["notes"][0]


def test_no_credentials_are_told_and_the_way_is_looked_at_all_the_same(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(all_right) as site:
        monkeypatch.delenv("MESSAGEMEDIA_API_SECRET")
        verdict = doctor(site.url)
        assert site.asked == []
    assert (verdict["cause"], verdict["steps"]["settings"]) == ("no_credentials", "bad")
    assert "MESSAGEMEDIA_API_SECRET" in verdict["text"]
    assert verdict["steps"]["TCP"] == "ok"


def test_a_setting_that_is_wrong_comes_before_what_follows_from_it(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MESSAGEMEDIA_REGION", "mars")
    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    verdict = doctor("")
    assert verdict["cause"] == "no_credentials"
    assert "MESSAGEMEDIA_REGION must be one of" in verdict["text"]


def test_a_profile_is_named_as_the_source(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEY", "API_SECRET", "BASE_URL", "AUTH"):
        monkeypatch.delenv(f"MESSAGEMEDIA_{name}", raising=False)
    path = doctor.cli.home / "messagemedia" / "profiles.toml"
    path.parent.mkdir()
    with serving(api(KEY, SECRET, "hmac")) as site:
        path.write_text(
            f'[profiles.work]\napi_key = "{KEY}"\nsecret_command = "echo {SECRET}"\nauth = "hmac"\nbase_url = '
            f'"{site.url}"\n'
        )
        path.chmod(0o600)
        done = doctor.cli("doctor", "--profile", "work")
        path.chmod(0o644)
        monkeypatch.setattr(socket, "getaddrinfo", no_such_name)  # without the profile it looks for the API itself
        refused = doctor.cli("doctor", "--profile", "work", "--timeout", "0.1")
    assert done.code == 0
    assert f"secret_command of the profile 'work' in {path}" in done.out
    assert SECRET not in done.out + done.err
    assert (refused.code, "can be read or changed by others" in refused.out) == (1, True)


@pytest.mark.parametrize(
    ("secret", "doubt"),
    [
        (f'"{SECRET}"', "quotation marks"),
        ("YOUR_API_SECRET", "an example from the documentation"),
        (KEY, "the same as the key"),
    ],
)
def test_what_looks_wrong_with_a_secret_is_told_if_it_is_refused(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, secret: str, doubt: str
) -> None:
    monkeypatch.setenv("MESSAGEMEDIA_API_SECRET", secret)
    with serving(api("another", SECRET, "basic")) as site:
        assert doubt in doctor(site.url)["text"]


# --- TLS --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA(organization_name="Corporate Security")


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return authority


def context(certificate: trustme.LeafCert, newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.maximum_version = newest
    certificate.configure_cert(made)
    return made


def test_an_authority_of_ones_own_is_named_with_the_variable_that_trusts_it(
    doctor: Doctor, authority: trustme.CA
) -> None:
    with serving(all_right, tls=context(authority.issue_cert(HOST))) as site:
        verdict = doctor(site.url)
        assert site.asked == []
    assert verdict["cause"] == "certificate_untrusted"
    assert "'Corporate Security'" in verdict["text"]
    assert "SSL_CERT_FILE=/path/to/" in verdict["fix"][0]


def test_an_authority_behind_a_proxy_is_named_too(
    doctor: Doctor, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        serving(all_right, tls=context(authority.issue_cert("api.example.invalid"))) as site,
        proxying(to=site.url.removeprefix("https://")) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        verdict = doctor(API)
        assert site.asked == []
    assert (verdict["cause"], verdict["steps"]["proxy"]) == ("certificate_untrusted", "ok")
    assert "'Corporate Security'" in verdict["text"]


def test_without_cryptography_the_authority_has_no_name(
    doctor: Doctor, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(all_right, tls=context(authority.issue_cert(HOST))) as site:
        monkeypatch.setitem(sys.modules, "cryptography", None)
        verdict = doctor(site.url)
    assert verdict["cause"] == "certificate_untrusted"
    assert "was issued by an authority, which this machine does not trust" in verdict["text"]


def test_a_file_that_lacks_the_authority_is_named(doctor: Doctor, trusted: trustme.CA) -> None:
    with serving(all_right, tls=context(trustme.CA().issue_cert(HOST))) as site:
        verdict = doctor(site.url)
    assert verdict["cause"] == "certificate_untrusted"
    assert verdict["fix"][0].startswith("SSL_CERT_FILE is set, and takes the place of the usual certificates")


def test_a_certificate_that_is_trusted_by_a_variable_is_told_as_that(doctor: Doctor, trusted: trustme.CA) -> None:
    with serving(all_right, tls=context(trusted.issue_cert(HOST))) as site:
        verdict = doctor(site.url)
    assert (verdict["ok"], verdict["notes"]) == (True, [])
    assert verdict["seen"]["TLS"] == f"TLS 1.3, the certificate of {HOST} is valid, trusted by SSL_CERT_FILE"


def test_an_old_tls_is_allowed_but_for_singapore(doctor: Doctor, trusted: trustme.CA) -> None:
    with serving(all_right, tls=context(trusted.issue_cert(HOST), ssl.TLSVersion.TLSv1_2)) as site:
        verdict = doctor(site.url)
    assert (verdict["ok"], verdict["cause"], verdict["steps"]["TLS"]) == (True, "ok", "warning")
    assert "TLS 1.2" in verdict["notes"][0]
    assert "Singapore (+65) need TLS 1.3, and are refused with 422 over TLS 1.2" in verdict["notes"][0]
    assert ssl.OPENSSL_VERSION in verdict["notes"][0]


PAST, LATER = datetime(2023, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cause", "names", "times", "words"),
    [
        ("certificate_expired", [HOST], {"not_before": PAST, "not_after": datetime(2024, 2, 3, tzinfo=UTC)}, "2024-02-03"),
        ("certificate_not_yet_valid", [HOST], {"not_before": LATER, "not_after": LATER.replace(year=2100)}, "2099-01-01"),
        ("certificate_of_another", ["login.hotel.example"], {}, "login.hotel.example"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_certificate_is_named(
    doctor: Doctor, trusted: trustme.CA, cause: str, names: list[str], times: dict[str, Any], words: str
) -> None:
    with serving(all_right, tls=context(trusted.issue_cert(*names, **times))) as site:
        verdict = doctor(site.url)
    assert verdict["cause"] == cause
    assert words in verdict["text"]


def test_what_speaks_no_tls_is_told(doctor: Doctor) -> None:
    with serving(all_right) as site:
        verdict = doctor(site.url.replace("http:", "https:"))
    assert verdict["cause"] == "no_tls"
    assert "http://" in verdict["fix"][0]


def test_a_variable_that_can_not_work_is_named(doctor: Doctor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    verdict = doctor(API)
    assert verdict["cause"] == "environment"
    assert "SSL_CERT_FILE names a file of certificates that can't be read" in verdict["text"]


# --- networks ---------------------------------------------------------------------------------------------------------


def test_a_name_that_is_not_found_is_told(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    verdict = doctor(API)
    assert (verdict["cause"], verdict["steps"]["DNS"], verdict["steps"]["TCP"]) == ("dns", "bad", "none")
    assert "can't find the address of api.example.invalid" in verdict["text"]


def test_a_connection_that_is_refused_is_told(doctor: Doctor) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        verdict = doctor(f"http://{HOST}:{taken.getsockname()[1]}")
    assert (verdict["cause"], verdict["steps"]["TCP"]) == ("refused", "bad")
    assert "messagemedia sandbox" in verdict["fix"][0]


def test_a_name_that_takes_too_long_is_told(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(60) and [])
    verdict = doctor(API, seconds=0.05)
    over.set()
    assert (verdict["cause"], verdict["seen"]["DNS"]) == ("dns", "looking up api.example.invalid takes too long")


@pytest.mark.skipif(sys.platform != "linux", reason="platform: what a full queue does differs")
def test_a_firewall_that_drops_everything_is_told(doctor: Doctor) -> None:
    with socket.socket() as listener, contextlib.ExitStack() as waiting:
        listener.bind((HOST, 0))
        listener.listen(0)  # what comes when this queue is full is not answered
        for _ in range(4):
            plain = waiting.enter_context(socket.socket())
            plain.setblocking(False)
            plain.connect_ex(listener.getsockname())
        verdict = doctor(f"http://{HOST}:{listener.getsockname()[1]}", seconds=0.2)
    assert verdict["cause"] == "timeout"
    assert "most likely a firewall drops what is sent there" in verdict["text"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_silence_is_told(doctor: Doctor, scheme: str) -> None:
    with silent() as place:
        verdict = doctor(f"{scheme}://{place}", seconds=0.1)
    assert (verdict["cause"], verdict["steps"]["TCP"]) == ("timeout", "ok")
    assert "no answer in time" in verdict["seen"].values()


@pytest.mark.parametrize(
    ("scheme", "words"),
    [("https", "is cut off while TLS starts"), ("http", "fails without an answer")],
)
def test_a_connection_that_is_cut_off_is_told(doctor: Doctor, scheme: str, words: str) -> None:
    with cutting() as place:
        verdict = doctor(f"{scheme}://{place}")
    assert verdict["cause"] == "cut_off"
    assert words in verdict["text"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (PAGE, "A web page comes back instead of an answer of"),
        (Told(302, b"", {"location": "http://login.hotel.example/?session=1"}), "redirects to login.hotel.example"),
        (Told(511, b"<html>", {"content-type": "text/html"}), "requires you to log in"),
    ],
    ids=["page", "redirect", "511"],
)
def test_a_captive_portal_is_told(doctor: Doctor, answer: Told, words: str) -> None:
    with serving(lambda _: answer) as site:
        verdict = doctor(site.url)
    assert verdict["cause"] == "captive_portal"
    assert words in verdict["text"]
    assert "if a login page appears" in verdict["fix"][0]
    assert "session" not in doctor.text


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (401, b"<html>", "blocked"),
        (403, b'{"message": "This feature has not been enabled in your account."}', "permission"),
        (403, INVALID, "credentials"),
        (404, b'{"message": "Resource not found."}', "address"),
        (429, b"{}", "rate_limit"),
        (503, b"<html>", "server"),
        (200, b"{}", "not_the_api"),
        (418, b"{}", "other"),
    ],
)
def test_other_answers_are_told_apart(doctor: Doctor, status: int, body: bytes, cause: str) -> None:
    with serving(lambda _: Told(status, body)) as site:
        assert doctor(site.url)["cause"] == cause


def test_a_sub_account_that_is_wrong_is_told(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESSAGEMEDIA_ACCOUNT", "Nobody")
    said = b'{"message": "Invalid account \'Nobody\' in header Account"}'
    with serving(lambda asked: Told(403, said) if asked.headers.get("account") == "Nobody" else Told()) as site:
        assert doctor(site.url)["cause"] == "account"


def test_what_a_server_says_does_nothing_to_a_terminal(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda _: Told(418, b'{"message": "\\u001b[2J\\u202egone"}')) as site:
        monkeypatch.setenv("MESSAGEMEDIA_BASE_URL", site.url)
        told = doctor.told()
    assert "\\x1b[2J\\u202egone" in told
    assert told.replace("\n", "").isprintable()


def test_what_a_server_says_holds_no_number(doctor: Doctor) -> None:
    with serving(lambda _: Told(418, b'{"message": "not for +61491570156"}')) as site:
        verdict = doctor(site.url)
    assert "+61491570156" not in doctor.text
    assert "not for …156" in verdict["seen"]["request"]


# --- proxies ----------------------------------------------------------------------------------------------------------


def test_a_proxy_that_wants_a_password_is_told_and_what_it_makes_of_one(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, trusted: trustme.CA
) -> None:
    with (
        serving(all_right, tls=context(trusted.issue_cert("api.example.invalid"))) as site,
        proxying(password=f"me:{PASSWORD} 2", to=site.url.removeprefix("https://")) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        verdict = doctor(API)
        assert (verdict["cause"], verdict["steps"]["proxy"]) == ("proxy_password", "bad")
        assert "requires a user name and a password, and HTTPS_PROXY has none" in verdict["text"]
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//me:wrong@"))
        verdict = doctor(API)
        assert "does not accept the user name and password in HTTPS_PROXY" in verdict["text"]
        assert site.asked == []
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", f"//me:{PASSWORD}%202@"))
        verdict = doctor(API)
    assert (verdict["ok"], verdict["steps"]["proxy"], verdict["steps"]["TLS"]) == (True, "ok", "ok")


@pytest.mark.parametrize(
    ("refusal", "cause", "words"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "proxy_refuses", "does not let this machine connect"),
        (b"HTTP/1.1 503 Down\r\n\r\n", "proxy_refuses", "can't reach api.example.invalid"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "no_proxy_there", "is not an HTTP proxy"),
        (
            b"HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Negotiate YII\r\n\r\n",
            "proxy_password",
            "NTLM or Negotiate",
        ),
    ],
)
def test_a_proxy_that_refuses_is_told(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, refusal: bytes, cause: str, words: str
) -> None:
    with proxying(refusal=refusal) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        verdict = doctor(API)
    assert verdict["cause"] == cause
    assert words in verdict["text"]


def test_a_proxy_for_an_address_without_tls_is_told_by_what_it_answers(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    wants = Told(407, b"", {"proxy-authenticate": "Basic realm=x"})
    with serving(lambda _: wants) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        verdict = doctor("http://api.example.invalid")
    assert verdict["cause"] == "proxy_password"
    assert "HTTP_PROXY has none" in verdict["text"]


# --- what it prints ---------------------------------------------------------------------------------------------------


def test_people_read_a_line_for_each_step_and_a_verdict(doctor: Doctor) -> None:
    with serving(api("another", SECRET, "basic")) as site:
        doctor(site.url)
        told = doctor.told()
    lines = told.splitlines()
    steps = ["\N{EN DASH} DNS", "✓ TCP", "\N{EN DASH} proxy", "\N{EN DASH} TLS", "✗ request", "✓ clock"]
    assert [line.partition("  ")[0] for line in lines if line[:1] in ("✓", "✗", "\N{EN DASH}", "!")] == steps
    assert "What to do:" in lines
    assert max(map(len, lines[lines.index("What to do:") :])) <= 100


def test_a_terminal_without_such_marks_gets_words() -> None:
    exchange = Exchange("http://localhost:1", "basic", status=401, form="json", message="Invalid credentials")
    setting = Setting("key", "abc… (9 characters)", "default")
    facts = Facts(base_url="http://localhost:1", scheme="basic", exchange=exchange, settings=(setting,))
    lines = list(as_lines(facts, judge(facts), "messagemedia", encoding="ascii", width=60))
    assert all(line.isascii() for line in lines)
    assert 'BAD request  the credentials are refused with 401: "Invalid credentials"' in lines
    assert "key  abc... (9 characters)  default" in lines


# --- what can't be had on loopback ------------------------------------------------------------------------------------

HOME = "https://api.messagemedia.com"


def facts(**seen: Any) -> Facts:
    """Facts about the API itself, of which some were seen."""
    lookup, connection = (
        Lookup("api.messagemedia.com", ("192.0.2.1", "192.0.2.2")),
        Connection("", 443, "192.0.2.1", 0.1),
    )
    whole: dict[str, Any] = {"region": "apac", "scheme": "basic", "lookup": lookup, "connection": connection}
    return Facts(base_url=HOME, **(whole | seen))


@pytest.mark.parametrize(
    ("seen", "cause", "words"),
    [
        ({"handshake": Handshake(trouble="cut off")}, "cut_off", "cut off while TLS starts"),
        ({"handshake": Handshake(trouble="old version")}, "tls_version", "no version of TLS in common"),
        ({"handshake": Handshake(trouble="other certificate", detail="no CA")}, "certificate", "not accepted: no CA"),
        ({"handshake": Handshake(trouble="other", detail="odd")}, "tls", "TLS with api.messagemedia.com failed: odd"),
        ({"handshake": Handshake(trouble="untrusted")}, "certificate_untrusted", "was issued by an authority, which"),
        ({"handshake": Handshake(trouble="expired")}, "certificate_expired", "api.messagemedia.com expired."),
        ({"handshake": Handshake(trouble="wrong name")}, "certificate_of_another", "certificate is for another host"),
        ({"connection": Connection("x", 443, trouble="unreachable")}, "network", "can't be reached from this machine"),
        ({"connection": Connection("x", 443, trouble="refused")}, "refused", "nothing listens there"),
        ({"exchange": Exchange(HOME, "basic", "apac", trouble="cut off", detail="ReadError")}, "cut_off", "(ReadError)"),
        ({"exchange": Exchange(HOME, "basic", "apac", trouble="untrusted")}, "certificate_untrusted", "on the way"),
        ({"exchange": Exchange(HOME, "basic", "apac", status=204, form="empty")}, "not_the_api", "answers with nothing"),
        ({}, "other", "can't be determined"),
    ],
)  # fmt: skip
def test_what_is_seen_seldom_has_words_of_its_own(seen: dict[str, Any], cause: str, words: str) -> None:
    verdict = judge(facts(**seen)).verdict
    assert (verdict.cause, verdict.ok) == (cause, False)
    assert words in verdict.text


def test_a_proxy_that_can_not_be_reached_is_named_with_its_variable() -> None:
    proxy = ProxySeen("proxy.corp:3128", "HTTPS_PROXY")
    lost = judge(facts(proxy=proxy, lookup=Lookup("proxy.corp", trouble="not found"), connection=None))
    assert lost.verdict.text == "The host of the proxy in HTTPS_PROXY can't be found: proxy.corp."
    silent = Connection("proxy.corp", 3128, seconds=10, trouble="timeout")
    gone = judge(facts(proxy=proxy, lookup=Lookup("proxy.corp", ("192.0.2.9",)), connection=silent)).verdict
    assert gone.text.startswith("The proxy of HTTPS_PROXY at proxy.corp port 3128 does not answer")
    assert "in that proxy's network now, unset it" in gone.fix


def test_tls_that_can_not_be_looked_at_is_told_as_that() -> None:
    proxy = ProxySeen("proxy.corp:3128", "HTTPS_PROXY", scheme="https")
    seen = judge(facts(proxy=proxy, exchange=Exchange(HOME, "basic", "apac", status=200, form="replies")))
    assert Step("TLS", "none", "not checked, because of the type of the proxy") in seen.steps
    assert seen.verdict.ok


def test_what_a_secret_travels_over_in_the_clear_is_told() -> None:
    exchange = Exchange("http://api.example.com", "basic", status=200, form="replies")
    seen = Facts(base_url="http://api.example.com", scheme="basic", exchange=exchange)
    assert "is not encrypted, so what is sent, and the secret, can be read on the way" in judge(seen).notes[0]


def test_a_key_that_is_refused_everywhere_is_to_be_made_anew() -> None:
    refused = [
        Exchange(url, way, status=401, form="json") for url in servers.SERVERS.values() for way in ("basic", "hmac")
    ]
    fix = judge(facts(exchange=refused[0], others=tuple(refused[1:]))).verdict.fix
    assert "make a new pair in the web portal" in fix
    assert "--try" not in fix
