"""Schemathesis makes up hundreds of requests from the contract, right and wrong, and the sandbox takes them as it says."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import messagemedia.sandbox.api
import pytest
from messagemedia.sandbox import RequestRecord, Sandbox
from messagemedia.sandbox.contract import Contract
from requests import Request

from tests.contract.contract_kit import OPERATIONS, Operation
from tests.judges.judge_schemathesis import ACCOUNT, SCHEMES, HttpSignature, Verdict, breaks_dependency, judge
from tests.judges.judge_surface import NUMBER


@contextlib.contextmanager
def running() -> Iterator[Sandbox]:
    """A sandbox in which there is something to confirm, for the account and its sub-account."""
    with Sandbox(accounts=(ACCOUNT,)) as sandbox:
        for account in (None, ACCOUNT):
            sandbox.reply("Hello", source_number=NUMBER, account=account)
        yield sandbox


@attrs.frozen
class Examination:
    """Everything tried out in one way to authenticate: what Schemathesis said, and what the sandbox saw."""

    scheme: str
    verdict: Verdict
    requests: list[RequestRecord]


@pytest.fixture(scope="module", params=SCHEMES)
def examination(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Examination:
    with running() as sandbox:
        verdict = judge(tmp_path_factory.mktemp(request.param), sandbox, request.param)
        return Examination(request.param, verdict, sandbox.requests)


def test_schemathesis_finds_nothing(examination: Examination) -> None:
    assert examination.verdict.passed, examination.verdict.text


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_schemathesis_has_tried_each_operation_with_and_without_success(
    examination: Examination, operation: Operation
) -> None:
    # What Schemathesis says of itself is not taken on trust: the sandbox has seen it at work.
    seen = [request for request in examination.requests if request.operation == operation.id]
    statuses = {str(request.status) for request in seen}
    assert {each for each in statuses if each not in operation.raw["responses"]} == set()
    assert "401" in statuses
    let_in = [request.header("authorization") or "" for request in seen if str(request.status).startswith("2")]
    assert {each.partition(" ")[0].lower() for each in let_in} == {examination.scheme}


# --- Schemathesis bites -------------------------------------------------------------------------------------------


def accept_anybody(_: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messagemedia.sandbox.api, "authenticates", lambda *_: True)


def accept_other_fields(_: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    strict = Contract.errors

    def errors(*arguments: Any) -> list[Any]:
        return [each for each in strict(*arguments) if each.validator != "additionalProperties"]

    monkeypatch.setattr(Contract, "errors", errors)


def fault(kind: Any, **details: Any) -> Callable[[Sandbox, pytest.MonkeyPatch], None]:
    return lambda sandbox, _: sandbox.fault(kind, times=None, **details) and None


# What is broken, the phase and operation that show it, and what is said about it.
BROKEN: dict[str, tuple[Callable[[Sandbox, pytest.MonkeyPatch], None], str, str, str]] = {
    "an answer without its id": (
        fault("missing_fields", fields=("message_id",)), "examples", "sendMessages", "ST108 Response violates schema",
    ),
    "an undocumented refusal": (fault("status", status=418), "examples", "checkReplies", "ST103 Undocumented status code"),
    "a failing server": (fault("status", status=500), "examples", "checkReplies", "ST101 Server error"),
    "another media type": (
        fault("content_type", value="text/csv"), "examples", "checkReplies", "ST105 Undocumented Content-Type",
    ),
    "no look at the credentials": (accept_anybody, "examples", "checkReplies", "ST401 API accepts requests without authentication"),
    "no look at surplus fields": (
        accept_other_fields, "coverage", "confirmRepliesAsReceived", "ST201 Schema-violating request accepted",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("breaks", "phase", "operation", "complaint"), BROKEN.values(), ids=BROKEN)
def test_schemathesis_sees_a_broken_service(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    breaks: Callable[[Sandbox, pytest.MonkeyPatch], None],
    phase: str,
    operation: str,
    complaint: str,
) -> None:
    with running() as sandbox:
        breaks(sandbox, monkeypatch)
        only = ["--phases", phase, "--include-operation-id", operation, "--max-failures", "1"]
        verdict = judge(tmp_path, sandbox, "hmac", *only)
    assert not verdict.passed
    assert complaint in verdict.text


def test_only_a_body_that_breaks_a_dependency_may_be_refused_for_no_fault() -> None:
    sends = OPERATIONS["sendMessages"]
    message = {"content": "Hello", "destination_number": NUMBER}
    assert breaks_dependency(sends, {"messages": [{**message, "subject": "x"}]})
    assert breaks_dependency(sends, {"messages": [{**message, "source_number_type": "SHORTCODE"}]})
    assert not breaks_dependency(sends, {"messages": [message]})
    assert not breaks_dependency(sends, {"messages": [{**message, "surplus": "x"}]})


POST = b'{"messages":[{"content":"Hello","destination_number":"+61491570156"}]}'

# Computed once with the openssl command line.
VECTORS = [
    ("GET", "/v1/replies", None, "VRxwwiDTQ/+G41/Iy/TJyQYKdqAdxSSBUlxOmLmnEgw="),
    ("POST", "/v1/messages", POST, "vhtjPMJsAixRWyHyQvd4KD+OLebgG/AKlRmkT/Khnaw="),
    ("GET", "/v1/webhooks/messages?page=0&page_size=10", None, "7rg4gqBjg4bPXdukGG7gHUwOr6aRYMI3VJRgNSz2lwI="),
]


@pytest.mark.parametrize(("method", "target", "body", "signature"), VECTORS)
def test_the_judge_signs_as_documented(method: str, target: str, body: bytes | None, signature: str) -> None:
    auth = HttpSignature("AbCdEfGhIjKlMnOpQrSt", "0123456789abcdefghijABCDEFGHIJ", "Thu, 15 Jan 2026 03:04:05 GMT")
    made = Request(method, f"https://a.example{target}", data=body, auth=auth).prepare()
    assert made.headers["Authorization"].endswith(f', signature="{signature}"')
