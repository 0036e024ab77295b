"""No page that a developer has open in a browser drives the sandbox, and no foreign host name leads to it."""

import pydoc
import re
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
from messagemedia import sandbox as package
from messagemedia.sandbox import Sandbox
from messagemedia.sandbox.control import control
from sandbox_caller import Caller, caller_of, sms

EVIL = "http://evil.example"
# Read from the code, so that a call that is added is among them.
CALLS = [
    (method, f"/__sandbox__{route.path}")  # type: ignore[attr-defined]
    for route in control(Sandbox()).routes
    for method in sorted(route.methods - {"HEAD"})  # type: ignore[attr-defined]
]
CALL = pytest.mark.parametrize(("method", "path"), CALLS, ids=[f"{method} {path}" for method, path in CALLS])


def test_the_calls_are_those_that_are_documented() -> None:
    documented = re.findall(r"^    (GET|POST|DELETE) +(/__sandbox__/\w*)", package.__doc__ or "", re.MULTILINE)
    assert sorted(documented) == sorted(CALLS)


@CALL
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": EVIL},
        {"Origin": EVIL, "Content-Type": "text/plain"},
        {"Origin": EVIL, "Content-Type": "application/json"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://127.0.0.1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost@evil.example"},
        {"Host": "8.8.8.8"},
        {"Host": ""},
        {"Host": "[::1"},
    ],
    ids=repr,
)
def test_a_foreign_page_or_host_is_refused_by_every_control_call(
    caller: Caller, sandbox: Sandbox, method: str, path: str, headers: dict[str, str]
) -> None:
    caller.send_one()
    sandbox.fault("hang", operation="checkReplies")
    answer = caller.request(method, path, headers=headers, content=b"{}", auth=None)
    assert answer.status_code == 403
    assert ("--host" if "Host" in headers else "--allow-origin") in answer.json()["message"]
    assert not any(name.startswith("access-control") for name in answer.headers)
    assert len(sandbox.ledger) == len(sandbox.faults) == 1


@CALL
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json"])
def test_a_body_that_is_not_labelled_as_json_is_refused_by_every_control_call(
    caller: Caller, sandbox: Sandbox, method: str, path: str, kind: str
) -> None:
    caller.send_one()
    answer = caller.request(method, path, headers={"Content-Type": kind}, content=b"{}", auth=None)
    assert answer.status_code == 415
    assert "application/json" in answer.json()["message"]
    assert len(sandbox.ledger) == 1


@CALL
def test_every_answer_to_a_control_call_is_what_it_says_it_is(caller: Caller, method: str, path: str) -> None:
    for headers in ({}, {"Origin": EVIL}, {"Content-Type": "text/plain"}):
        answer = caller.request(method, path, headers=headers, content=b"{}", auth=None)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-type"] == "application/json"


def test_a_form_that_a_page_sends_without_a_body_is_refused(caller: Caller, sandbox: Sandbox) -> None:
    caller.send_one()
    assert caller.post("/__sandbox__/reset", headers={"Origin": EVIL}).status_code == 403
    assert len(sandbox.ledger) == 1
    assert caller.post("/__sandbox__/reset").status_code == 200  # a program needs no body
    assert sandbox.ledger == []


def test_pages_of_the_sandbox_itself_may_drive_it(caller: Caller, sandbox: Sandbox) -> None:
    caller.send_one()
    headers = {"Origin": sandbox.url, "Sec-Fetch-Site": "same-origin"}
    assert caller.post("/__sandbox__/reset", json={}, headers=headers).status_code == 200
    assert sandbox.ledger == []


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1", "127.9.9.9:1", "[::1]:8463", "a.localhost"])
def test_every_name_of_loopback_is_known(caller: Caller, host: str) -> None:
    assert caller.get("/v1/replies", headers={"Host": host}).status_code == 200
    assert caller.get("/__sandbox__/ledger", headers={"Host": host}).status_code == 200


def test_the_api_does_not_answer_to_a_foreign_host_either(caller: Caller, sandbox: Sandbox) -> None:
    answer = caller.post("/v1/messages", json={"messages": [sms()]}, headers={"Host": "evil.example"})
    assert answer.status_code == 403
    assert sandbox.ledger == sandbox.requests == []


@pytest.fixture
def open_caller() -> Iterator[Caller]:
    """A caller of a sandbox with a name of its own, and one origin that is allowed."""
    with (
        Sandbox(hosts=["sandbox"], allowed_origins=["http://localhost:3000"]) as running,
        caller_of(running) as client,
    ):
        yield client


def test_a_host_that_was_named_is_known(open_caller: Caller) -> None:
    assert open_caller.get("/v1/replies", headers={"Host": "sandbox:8463"}).status_code == 200
    assert open_caller.get("/v1/replies", headers={"Host": "other:8463"}).status_code == 403


def test_an_origin_that_was_allowed_may_drive_the_sandbox_in_a_browser(open_caller: Caller) -> None:
    origin = {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"}
    ask = {**origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    preflight = open_caller.options("/__sandbox__/advance", headers=ask)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == origin["Origin"]
    assert "content-type" in preflight.headers["access-control-allow-headers"].lower()
    answer = open_caller.post("/__sandbox__/advance", json={"seconds": 1}, headers=origin)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == origin["Origin"]
    assert open_caller.post("/__sandbox__/reset", headers={"Origin": EVIL}).status_code == 403
    foreign = open_caller.options("/__sandbox__/advance", headers={**ask, "Origin": EVIL})
    assert foreign.status_code == 403
    assert "access-control-allow-origin" not in foreign.headers


def test_the_process_takes_hosts_and_origins() -> None:
    command = [
        sys.executable,
        "-m",
        "messagemedia.sandbox",
        "--port",
        "0",
        "--host",
        "box",
        "--allow-origin",
        "http://a",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            url = running.stdout.readline().strip()
            headers = {"Host": "box", "Origin": "http://a"}
            answer = httpx.post(f"{url}/__sandbox__/reset", headers=headers, trust_env=False, verify=False)
            assert answer.status_code == 200
        finally:
            running.kill()


def test_help_shows_the_class_that_is_imported_late() -> None:
    told = pydoc.plain(pydoc.render_doc(package))
    for text in ("class Sandbox", "drop_after_accept", "advance(self, seconds: 'float')"):
        assert text in told
