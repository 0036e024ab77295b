"""openapi-core sees every request and every answer of a run of the whole SDK, and has nothing to say."""

import functools
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from messagemedia import MessageMediaError

from tests.judges.judge_openapi_core import Judge
from tests.judges.judge_run import Run, run
from tests.judges.judge_surface import ANY_ID, NUMBER, WAY_NAMES, WAYS, caller
from tests.sdk.sdk_face import Face


@functools.cache
def judged(kind: str, scheme: str) -> tuple[Judge, Run]:
    """The run of one way to call; it is made once, whatever test comes first."""
    judge = Judge()
    return judge, run(judge, kind, scheme)


@pytest.fixture(params=WAYS, ids=WAY_NAMES)
def done(request: pytest.FixtureRequest) -> tuple[Judge, Run]:
    return judged(*request.param)


def test_every_request_and_every_answer_is_as_the_contract_says(done: tuple[Judge, Run]) -> None:
    judge, _ = done
    assert judge.complaints == []
    assert judge.seen > 100


def test_every_refusal_becomes_its_error(done: tuple[Judge, Run]) -> None:
    assert done[1].surprises == []


def test_every_operation_and_every_documented_status_is_exercised(done: tuple[Judge, Run], tmp_path: Path) -> None:
    judge, ran = done
    text = judge.coverage.text()
    made_up = "\n".join(f"  {each}" for each in sorted(ran.made_up))
    (tmp_path / "coverage.txt").write_text(text)
    print(
        f"{judge.seen} exchanges\n{text}\nanswered by a fault, for want of a real reason:\n{made_up}"
    )  # shown by -rP, and when this fails
    report = judge.coverage.report()
    for kind in ("operations", "statuses", "parameters"):
        exercised, there = report[kind]
        assert there - exercised == set(), kind


# --- openapi-core bites -------------------------------------------------------------------------------------------

SENT = {"message_id": ANY_ID, "status": "queued", "content": "Hello", "destination_number": NUMBER}


def answer(status: int, body: Any = None, kind: str = "application/json") -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.Response(status, headers={"content-type": kind}, content=content)


WRONG_ANSWERS = {
    "no id": ("messages.send", answer(202, {"messages": [{"status": "queued"}]})),
    "an id that is no UUID": ("messages.send", answer(202, {"messages": [{**SENT, "message_id": "1"}]})),
    "an unknown status": ("messages.send", answer(202, {"messages": [{**SENT, "status": "new"}]})),
    "no date": ("messages.get", answer(200, {**SENT, "scheduled": "tomorrow"})),
    "another kind": ("messages.get", answer(200, {**SENT, "delivery_report": "yes"})),
    "an undocumented success": ("messages.get", answer(203, SENT)),
    "an undocumented refusal": ("messages.get", answer(409, {"message": "Conflict"})),
    "another media type": ("replies.check", answer(200, {"replies": []}, "text/csv")),
    "no JSON": ("replies.check", answer(200, b"<html>")),
    "a body where there is none": ("messages.cancel", answer(200, {"status": "cancelled"})),
    "a refusal without message": ("messages.get", answer(404, {"error": "none"})),
    "an empty body": ("replies.check", answer(200, b"")),
}


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize(("verb", "given"), WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
def test_an_answer_that_breaks_the_contract_is_seen(kind: str, verb: str, given: httpx.Response) -> None:
    judge = Judge()
    with Face(kind) as face:
        inner = httpx.MockTransport(
            lambda _: httpx.Response(given.status_code, headers=given.headers, content=given.content)
        )
        calling = caller(face, "basic", face.http_client(transport=judge.watch(inner)), "https://api.example")
        calling.outcome(lambda: calling.verb(verb))
    assert len(judge.complaints) == 1, judge.complaints


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", "/v1/replies", {"auth": None}),
        ("GET", "/v1/replies", {"headers": {"Authorization": "Bearer x"}, "auth": None}),
        ("GET", "/v1/reply", {}),
        ("DELETE", "/v1/replies", {}),
        ("POST", "/v1/messages", {"json": {"messages": []}}),
        ("POST", "/v1/messages", {"content": b"{}", "headers": {"content-type": "text/plain"}}),
        ("POST", "/v1/messages", {"json": {"messages": [{"content": "x", "destination_number": NUMBER, "media": []}]}}),
        ("PUT", f"/v1/messages/{ANY_ID}", {"json": {"status": "canceled"}}),
        ("PUT", f"/v1/messages/{ANY_ID}", {}),
        ("GET", "/v1/replies", {"headers": {"Account": ""}}),
    ],
)
def test_a_request_that_breaks_the_contract_is_seen(method: str, path: str, options: dict[str, Any]) -> None:
    judge = Judge()
    transport = judge.watch(httpx.MockTransport(lambda _: answer(500, {"message": "Something went wrong."})))
    with httpx.Client(transport=transport, auth=("key", "secret"), base_url="https://api.example") as client:
        client.request(method, path, **options)
    assert judge.complaints != []


def test_a_request_that_was_to_be_wrong_and_is_right_is_seen() -> None:
    judge = Judge()
    with Face("sync") as face:
        transport = judge.watch(httpx.MockTransport(lambda _: answer(200, {"replies": []})))
        calling = caller(face, "hmac", face.http_client(transport=transport), "https://api.example")
        with judge.wrong_on_purpose():
            calling.verb("replies.check")
        assert judge.complaints == ["GET /v1/replies 200: is right, but was to be wrong"]
        calling.verb("replies.check")
        assert len(judge.complaints) == 1


def test_what_was_not_exercised_is_told() -> None:
    judge = Judge()
    with Face("sync") as face:
        transport = judge.watch(httpx.MockTransport(lambda _: answer(200, {**SENT, "status": "read"})))
        calling = caller(face, "basic", face.http_client(transport=transport), "https://api.example")
        calling.verb("messages.get")
        text = judge.coverage.text()
        assert not isinstance(calling.outcome(lambda: calling.verb("messages.get")), MessageMediaError)
    assert judge.coverage.operations == {"getMessageStatus"}
    assert judge.coverage.enums == {"MessageStatus read"}
    for each in (
        "sendMessages 202",
        "getMessageStatus 404",
        "getMessageStatus Account",
        "MessageStatus queued",
        "Reply.content",
    ):
        assert f"never: {each}\n" in text + "\n"
    assert "never: getMessageStatus 200" not in text
