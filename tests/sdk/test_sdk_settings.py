"""What a client takes from its arguments, and what from the environment."""

import base64
from typing import Any

import pytest
from messagemedia import BasicAuth, ConfigurationError, HmacAuth, ValidationError
from messagemedia_generated.servers import SERVERS
from sdk_face import KEY, MESSAGE_ID, SECRET, SMS, Face, Seen, Wire, success

PAIR = {"MESSAGEMEDIA_API_KEY": "env-key", "MESSAGEMEDIA_API_SECRET": "env-secret"}


@pytest.fixture
def seen(face: Face, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What a client with some environment and some arguments sends, and to which host."""

    def ask(environment: dict[str, str], **options: Any) -> tuple[Seen, str]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        hosts: list[str] = []
        wire = Wire(
            lambda request: (hosts.append(f"{request.url.scheme}://{request.url.netloc.decode()}"), success("get"))[1]
        )
        http_client = face.http_client(transport=wire.transport)
        client = face.client_class(http_client=http_client, **options)
        face.run(client.messages.get(MESSAGE_ID))
        face.close(http_client)
        return wire.only, hosts[0]

    return ask


def basic(key: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


def test_everything_may_come_from_the_environment(seen: Any) -> None:
    others = {"_AUTH": "hmac", "_REGION": "eu", "_ACCOUNT": "Sub"}
    request, host = seen({**PAIR, **{f"MESSAGEMEDIA{name}": value for name, value in others.items()}})
    assert request.headers["authorization"].startswith('hmac username="env-key"')
    assert request.headers["account"] == "Sub"
    assert host == "https://eu.app.api.sinch.com"


def test_basic_is_what_the_environment_means_unless_it_says_hmac(seen: Any) -> None:
    for environment in ({}, {"MESSAGEMEDIA_AUTH": "basic"}):
        request, _ = seen({**PAIR, **environment})
        assert request.headers["authorization"] == basic("env-key", "env-secret")


ENVIRONMENT = {**PAIR, "MESSAGEMEDIA_AUTH": "hmac", "MESSAGEMEDIA_REGION": "eu", "MESSAGEMEDIA_ACCOUNT": "Sub"}


def test_arguments_win_over_the_environment(seen: Any) -> None:
    request, host = seen(ENVIRONMENT, api_key="k", api_secret="s", region="us", account="Other")
    assert request.headers["authorization"] == basic("k", "s")
    assert request.headers["account"] == "Other"
    assert host == "https://us.app.api.sinch.com"
    request, _ = seen(ENVIRONMENT, auth=BasicAuth("a", "b"), account="")
    assert request.headers["authorization"] == basic("a", "b")
    assert "account" not in request.headers


def test_an_address_of_the_arguments_wins_over_either_of_the_environment(seen: Any) -> None:
    environment = {**PAIR, "MESSAGEMEDIA_REGION": "eu", "MESSAGEMEDIA_BASE_URL": "http://127.0.0.1:9"}
    assert seen(environment)[1] == "http://127.0.0.1:9"
    assert seen(environment, region="us")[1] == "https://us.app.api.sinch.com"
    assert seen(environment, base_url="http://127.0.0.1:8")[1] == "http://127.0.0.1:8"


@pytest.mark.parametrize("name", ["_AUTH", "_REGION", "_BASE_URL", "_ACCOUNT"])
def test_an_empty_variable_counts_as_unset(seen: Any, name: str) -> None:
    request, host = seen({**PAIR, f"MESSAGEMEDIA{name}": ""})
    assert request.headers["authorization"] == basic("env-key", "env-secret")
    assert "account" not in request.headers
    assert host == SERVERS["apac"]


@pytest.mark.parametrize("name", PAIR)
def test_half_a_key_pair_in_the_environment_is_none(face: Face, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for each in PAIR:
        monkeypatch.setenv(each, "" if each == name else "x")
    with pytest.raises(ConfigurationError, match=name):
        face.client_class()  # pitfall 14


def test_a_key_of_the_arguments_never_meets_a_secret_of_the_environment(
    face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in PAIR.items():
        monkeypatch.setenv(name, value)
    for options, missing in (({"api_key": "k"}, "api_secret"), ({"api_secret": "s"}, "api_key")):
        with pytest.raises(ConfigurationError, match=f"{missing} is missing"):
            face.client_class(**options)


def test_the_environment_is_read_when_a_client_is_made(seen: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen(PAIR)[0].headers["authorization"] == basic("env-key", "env-secret")
    monkeypatch.setenv("MESSAGEMEDIA_API_SECRET", "later")
    assert seen({})[0].headers["authorization"] == basic("env-key", "later")


@pytest.mark.parametrize("name", ["_AUTH", "_REGION", "_BASE_URL", "_ACCOUNT"])
def test_a_wrong_variable_is_refused(face: Face, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for each, value in {**PAIR, f"MESSAGEMEDIA{name}": "no\nsense"}.items():
        monkeypatch.setenv(each, value)
    with pytest.raises(ConfigurationError):
        face.client_class()


HOSTS = {
    "apac": "https://api.messagemedia.com",
    "au": "https://au.app.api.sinch.com",
    "eu": "https://eu.app.api.sinch.com",
    "us": "https://us.app.api.sinch.com",
}


@pytest.mark.parametrize("region", HOSTS)
def test_a_region_is_a_host(seen: Any, region: str) -> None:
    assert seen({}, api_key=KEY, api_secret=SECRET, region=region)[1] == HOSTS[region]  # pitfall 21


def test_without_a_region_it_is_apac(seen: Any) -> None:
    assert seen({}, api_key=KEY, api_secret=SECRET)[1] == HOSTS["apac"]
    assert dict(SERVERS) == HOSTS


@pytest.mark.parametrize("region", ["mars", "EU", "", "https://example.com", 5])
def test_an_unknown_region_is_refused(face: Face, region: Any) -> None:
    with pytest.raises(ConfigurationError, match="apac, au, eu, us"):
        face.client_class(KEY, SECRET, region=region)


def test_region_and_base_url_together_are_refused(face: Face) -> None:
    with pytest.raises(ConfigurationError, match="not both"):
        face.client_class(KEY, SECRET, region="eu", base_url="https://example.com")


BASES = [
    ("https://example.com", "https://example.com", ""),
    ("https://example.com/", "https://example.com", ""),
    ("https://example.com//", "https://example.com", ""),
    ("http://example.com:8080", "http://example.com:8080", ""),
    ("https://example.com/gate/way/", "https://example.com", "/gate/way"),
    ("http://[::1]:8080/", "http://[::1]:8080", ""),
    ("https://[2001:db8::1]/x", "https://[2001:db8::1]", "/x"),
    ("http://localhost:5000", "http://localhost:5000", ""),
    ("http://127.0.0.1:5000/a//b", "http://127.0.0.1:5000", "/a//b"),
    ("HTTPS://EXAMPLE.COM/Path", "https://example.com", "/Path"),
    ("https://example.com:443/x", "https://example.com", "/x"),
]


@pytest.mark.parametrize(("base_url", "host", "prefix"), BASES, ids=[row[0] for row in BASES])
@pytest.mark.filterwarnings("ignore:messagemedia. .* is not encrypted")
@pytest.mark.off_contract(requests="a server that the contract does not name")
def test_a_base_url_leads_to_its_host_and_path(seen: Any, base_url: str, host: str, prefix: str) -> None:
    request, found = seen({}, auth=HmacAuth(KEY, SECRET), base_url=base_url)  # pitfalls 21 and 64
    assert (found, request.target) == (host, f"{prefix}/v1/messages/{MESSAGE_ID}")


RUBBISH: list[Any] = [
    "", "/", "example.com", "//example.com", "https://", "https:///path", "http://:8080", "ftp://example.com",
    "https:example.com", "https://example.com?a=b", "https://example.com#x", "https://example.com?",
    "https://example.com/#", "https://user@example.com", "https://user:pass@example.com",
    "https://exa mple.com", "https://example.com/a b", "https://example.com\n", " https://example.com",
    "https://example.com:port", "https://example.com:99999", "https://example.com:0", "http://[::1",
    "http://[nonsense]", "https://exämple.com", "https://example.com/ä", "http://xn--", "https://example.com\\@x",
    "https://a..b", 5, b"https://example.com", ["https://example.com"], "mailto:a@b.c", "localhost:8080",
    "http://xn--a.com", "http://" + "a" * 64 + ".com", "http://[:::]", "http://[1.2.3.4]", "http://256.1.1.1",
]  # fmt: skip


@pytest.mark.parametrize("base_url", RUBBISH, ids=ascii)
def test_a_base_url_that_leads_nowhere_is_refused(face: Face, base_url: Any) -> None:
    with pytest.raises(ConfigurationError, match="base_url"):
        face.client_class(KEY, SECRET, base_url=base_url)  # pitfall 64


@pytest.mark.parametrize("length", [1_000, 70_000])
def test_an_id_of_any_length_raises_nothing_of_the_http_library(face: Face, length: int) -> None:
    client = face.client(Wire(success("get")))
    try:
        face.run(client.messages.get("x" * length))
    except ValidationError:
        assert length > 60_000


@pytest.mark.off_contract(requests="limits are switched off")
def test_limits_are_checked_unless_told_otherwise(face: Face) -> None:
    wire = Wire(success("send"))
    with pytest.raises(ValidationError):
        face.run(face.client(wire).messages.send(**{**SMS, "content": ""}))
    assert face.run(face.client(wire, check_limits=False).messages.send(**{**SMS, "content": ""}))
    assert len(wire.seen) == 1
