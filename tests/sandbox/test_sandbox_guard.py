"""No web page from elsewhere reads or drives the sandbox: not by its own origin, not by a name of its own."""

import re
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import messagemedia.sandbox
import pytest
from messagemedia.sandbox import Sandbox
from sandbox_caller import Caller, caller_of, sms

CONTROL = "/__sandbox__"
# Whatever control call there is, with a body that is right for it.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/advance"): {"seconds": 1},
    ("POST", "/reply"): {"content": "Hi", "source_number": "+61491570156"},
    ("POST", "/outcome"): {"destination_number": "+61491570156", "status": "rejected"},
    ("POST", "/fault"): {"kind": "drop_before"},
}
CALLS = sorted((method, route.path) for route in Sandbox()._control_routes() for method in route.methods or ())
PAGE = "https://app.example:3000"


def call(caller: Caller, method: str, path: str, **headers: str) -> httpx.Response:
    """Make a control call that is right but for the headers."""
    body = BODIES.get((method, path))
    return caller.request(method, CONTROL + path, json=body, headers=headers, auth=None)


@pytest.fixture
def untouched(sandbox: Sandbox, caller: Caller) -> Iterator[Sandbox]:
    """A sandbox in which every control call would change something, and that none has changed at the end."""
    caller.send_one()
    sandbox.fault("drop_before", operation="checkReplies", times=None)
    began, faults = sandbox.now, sandbox.faults
    yield sandbox
    assert (sandbox.now, sandbox.faults, len(sandbox.ledger), len(sandbox.requests)) == (began, faults, 1, 1)
    sandbox.clear_faults()
    sandbox.advance(seconds=60)
    assert sandbox.status(caller.send_one()) == "queued"
    sandbox.advance(seconds=60)
    assert [sandbox.status(entry.message_id) for entry in sandbox.ledger] == ["delivered", "delivered"]
    assert caller.replies() == []


def assert_refused(answer: httpx.Response, status: int, words: str) -> None:
    assert answer.status_code == status
    if answer.request.method != "HEAD":
        assert words in answer.json()["message"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert [name for name in answer.headers if name.startswith("access-control-")] == []


def test_the_documentation_lists_every_control_call() -> None:
    listed = re.findall(rf"^    (GET|POST|DELETE) +{CONTROL}(\S+)", messagemedia.sandbox.__doc__ or "", re.MULTILINE)
    assert sorted(listed) == [(method, path) for method, path in CALLS if method != "HEAD"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Content-Type": "text/plain"},
    ],
    ids=lambda headers: " ".join(headers.values()),
)
@pytest.mark.usefixtures("untouched")
def test_a_foreign_page_can_make_no_control_call(caller: Caller, headers: dict[str, str]) -> None:
    for method, path in [*CALLS, ("POST", "/nothing"), ("OPTIONS", "/reset")]:
        assert_refused(call(caller, method, path, **headers), 403, "--allow-origin URL")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json"])
@pytest.mark.parametrize("content", [b"", b'{"seconds": 1}'])
@pytest.mark.usefixtures("untouched")
def test_a_control_call_takes_no_other_kind_of_body_than_json(caller: Caller, kind: str, content: bytes) -> None:
    """The kinds that a page can send without a preflight are among them, whatever its origin says."""
    for method, path in CALLS:
        answer = caller.request(method, CONTROL + path, content=content, headers={"Content-Type": kind}, auth=None)
        assert_refused(answer, 415, "Content-Type: application/json")


@pytest.mark.usefixtures("untouched")
def test_a_body_needs_to_say_what_it_is(caller: Caller) -> None:
    for method, path in CALLS:
        for content in (b"{}", iter([b"{}"])):  # with a length, and in chunks
            assert_refused(caller.request(method, CONTROL + path, content=content, auth=None), 415, "Content-Type")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8463", "localhost.evil.example", "0.0.0.0", "10.0.0.1"])
@pytest.mark.usefixtures("untouched")
def test_a_foreign_host_can_make_no_control_call(caller: Caller, host: str) -> None:
    for method, path in CALLS:
        assert_refused(call(caller, method, path, Host=host, Origin=f"http://{host}"), 403, "--host NAME")


@pytest.mark.parametrize("origin", [None, "http://127.0.0.1:{port}", "HTTP://127.0.0.1:{port}"])
@pytest.mark.parametrize("site", [None, "same-origin", "none"])
def test_programs_and_pages_of_the_sandbox_can_make_every_control_call(
    caller: Caller, origin: str | None, site: str | None
) -> None:
    given = {"Origin": origin and origin.format(port=caller.base_url.port), "Sec-Fetch-Site": site}
    for method, path in CALLS:
        answer = call(caller, method, path, **{name: value for name, value in given.items() if value})
        assert answer.status_code == 200, answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert [name for name in answer.headers if name.startswith("access-control-")] == []


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8", "application/json ;x=y"])
def test_json_may_say_more_about_itself(caller: Caller, kind: str) -> None:
    answer = caller.post(f"{CONTROL}/advance", content=b'{"seconds": 1}', headers={"Content-Type": kind})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/replies", "/nowhere", f"{CONTROL}/nothing"])
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:80", "xn--lcalhost-54a", "notlocalhost", "[::]", "[fd00::1]"]
)
def test_no_request_to_a_foreign_host_gets_further(caller: Caller, sandbox: Sandbox, path: str, host: str) -> None:
    sandbox.fault("drop_before", times=None)
    assert_refused(caller.get(path, headers={"Host": host}), 403, "--host NAME, or Sandbox(hosts=[NAME])")
    assert sandbox.requests == []


@pytest.mark.parametrize(
    "host",
    ["localhost", "LocalHost:1", "localhost:", "127.0.0.1", "127.1.2.3:80", "[::1]", "[::1]:8463", "shop.localhost:80"],
)
def test_every_name_of_loopback_is_answered(caller: Caller, host: str) -> None:
    assert caller.get("/v1/replies", headers={"Host": host}).status_code == 200
    assert call(caller, "GET", "/", Host=host, Origin=f"http://{host}").status_code == 200


@pytest.mark.parametrize("path", ["/v1/replies", f"{CONTROL}/ledger"])
@pytest.mark.parametrize(
    "host",
    ["", ":80", "a b", "evil.example@localhost", "localhost/", "localhost:x", "localhost, evil.example", "::1", "[::1%lo]", "[::1", "ü"],
)  # fmt: skip
def test_a_garbled_host_is_a_bad_request(caller: Caller, path: str, host: str) -> None:
    answer = caller.get(path, headers={"Host": host.encode()})
    assert_refused(answer, 400, "one header Host")


@pytest.mark.parametrize(
    ("version", "hosts", "words"),
    [
        ("1.1", (), "Missing mandatory Host: header"),
        ("1.0", (), "the request needs exactly one header Host"),
        ("1.1", ("localhost", "evil.example"), "Found multiple Host: headers"),
        ("1.1", ("localhost", "localhost"), "Found multiple Host: headers"),
        ("1.0", ("localhost", "evil.example"), "Found multiple Host: headers"),
    ],
)
def test_a_missing_or_a_second_host_is_a_bad_request(
    sandbox: Sandbox, version: str, hosts: tuple[str, ...], words: str
) -> None:
    lines = [f"GET {CONTROL}/ledger HTTP/{version}", *(f"Host: {host}" for host in hosts), "", ""]
    with socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2]))) as connection:
        connection.sendall("\r\n".join(lines).encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    assert answer.startswith("HTTP/1.1 400 ")
    assert words in answer


def test_an_encoded_path_gets_past_nothing(caller: Caller) -> None:
    answer = caller.get("/%5F_sandbox__/ledger", headers={"Origin": "http://evil.example"}, auth=None)
    assert_refused(answer, 403, "http://evil.example")


def test_the_api_is_behind_its_credentials_and_asks_no_browser_for_them(caller: Caller, sandbox: Sandbox) -> None:
    """A page can post this to another origin without being asked for leave, but without `Authorization` only."""
    headers = {"Origin": "http://evil.example", "Content-Type": "text/plain"}
    refused = caller.post("/v1/messages", json={"messages": [sms()]}, headers=headers, auth=None)
    assert refused.status_code == 401
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    preflight = caller.options("/v1/messages", headers={**headers, **asked}, auth=None)
    assert preflight.status_code == 405
    for answer in (refused, preflight):
        assert not {"access-control-allow-origin", "www-authenticate"} & set(answer.headers)
    assert sandbox.ledger == []


# --- what can be allowed -----------------------------------------------------------------------------------------


@pytest.fixture
def open_caller() -> Iterator[Caller]:
    """Calls a sandbox that may be reached under further names, and driven by a page."""
    options = {"hosts": ["Sandbox", "my_service.test", "[fd00::1]"], "allowed_origins": [PAGE]}
    with Sandbox(**options) as running, caller_of(running) as client:
        yield client


@pytest.mark.parametrize("host", ["sandbox", "SANDBOX:8463", "my_service.test", "[fd00::1]:1", "localhost"])
def test_a_host_can_be_allowed(open_caller: Caller, host: str) -> None:
    assert open_caller.get("/v1/replies", headers={"Host": host}).status_code == 200
    assert call(open_caller, "GET", "/", Host=host, Origin=f"http://{host}").status_code == 200
    assert_refused(call(open_caller, "GET", "/", Host=host, Origin="http://evil.example"), 403, "--allow-origin")
    assert_refused(call(open_caller, "GET", "/", Host="other"), 403, "--host")


def test_an_origin_can_be_allowed(open_caller: Caller) -> None:
    for method, path in CALLS:
        asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-type"}
        if method not in {"GET", "HEAD"}:
            preflight = open_caller.options(CONTROL + path, headers={"Origin": PAGE, **asked}, auth=None)
            assert preflight.status_code == 200
            assert preflight.headers["access-control-allow-origin"] == PAGE
            assert method in preflight.headers["access-control-allow-methods"].split(", ")
            assert "Content-Type" in preflight.headers["access-control-allow-headers"].split(", ")
        answer = call(open_caller, method, path, Origin=PAGE, **{"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 200, answer.text
        assert answer.headers["access-control-allow-origin"] == PAGE
        assert "Origin" in answer.headers["vary"]
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://app.example:3000", "https://app.example"])
def test_an_allowed_origin_allows_no_other(open_caller: Caller, origin: str) -> None:
    for method, path in CALLS:
        assert_refused(call(open_caller, method, path, Origin=origin), 403, origin)
        asked = {"Origin": origin, "Access-Control-Request-Method": method}
        assert_refused(open_caller.options(CONTROL + path, headers=asked, auth=None), 403, origin)


def test_an_allowed_origin_can_read_what_is_wrong_with_its_call(open_caller: Caller) -> None:
    for kind, content, status in (("text/plain", b"{}", 415), ("application/json", b"{", 400)):
        headers = {"Origin": PAGE, "Content-Type": kind}
        answer = open_caller.post(f"{CONTROL}/advance", content=content, headers=headers, auth=None)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, PAGE)


def test_a_second_origin_is_refused_with_an_allowed_one(open_caller: Caller) -> None:
    headers = [("Origin", PAGE), ("Origin", "http://evil.example")]
    assert open_caller.get(f"{CONTROL}/ledger", headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("hosts", "sandbox", "hosts must be a list, each item a host name or address without a port"),
        ("hosts", ["sandbox:8463"], "a host name or address without a port, such as sandbox"),
        ("hosts", ["http://sandbox"], "a host name or address without a port"),
        ("hosts", ["*"], "a host name or address without a port"),
        ("hosts", [""], "a host name or address without a port"),
        ("hosts", [1], "a host name or address without a port"),
        ("allowed_origins", PAGE, "allowed_origins must be a list, each item an origin as browsers send it"),
        ("allowed_origins", ["*"], "an origin as browsers send it, such as http://localhost:3000"),
        ("allowed_origins", ["null"], "an origin as browsers send it"),
        ("allowed_origins", [f"{PAGE}/"], "without a path"),
        ("allowed_origins", ["app.example"], "an origin as browsers send it"),
    ],
)
def test_what_is_no_host_or_origin_cannot_be_allowed(name: str, value: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        Sandbox(**{name: value})
