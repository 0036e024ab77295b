"""Whatever a service answers, the SDK raises nothing but its own errors, and nothing at all after a success.

tests/sdk/test_sdk_reading_anything.py has the objects; here come all the statuses, headers, encodings and bytes around them.
"""

import asyncio
import copy
import pickle
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from messagemedia import BasicAuth, MessageMediaError, OutcomeUnknownError

from tests import inside
from tests.contract.contract_kit import OPERATIONS, Operation, follow
from tests.judges.judge_answers import Answer, answers, no_http, successes
from tests.judges.judge_surface import KEY, SECRET, VERBS, WAY_NAMES, WAYS, Caller, caller, network
from tests.sdk.sdk_face import Face
from tests.sdk.sdk_servers import scripted


def made_up(number: int) -> settings:
    """As many examples, the same each time."""
    return settings(
        max_examples=number,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )


CALLS = [*OPERATIONS.values(), *VERBS]
calls = st.sampled_from(CALLS)


def _answers_with_objects(call: Operation | str) -> bool:
    """Whether a success of a call is an object or nothing; where the contract promises a list, an object is nonsense."""
    operation = OPERATIONS[VERBS[call][0]] if isinstance(call, str) else call
    found = [each for status, each in operation.responses() if status.startswith("2")]
    kinds = [follow(each["content"]["application/json"]["schema"]) for each in found if each.get("content")]
    return all(kind.get("type", "object") == "object" for kind in kinds)


class Answering:
    """A client that is answered as a test says."""

    def __init__(self, face: Face, scheme: str) -> None:
        self.face = face
        self.scheme = scheme
        self.answer = Answer(200, [], b"{}")
        self.http_client = face.http_client(transport=httpx.MockTransport(self._respond))
        # It repeats, so that everything that decides about it is tried out, too.
        self.caller = caller(face, scheme, self.http_client, "https://api.example", max_retries=1)

    def _respond(self, request: httpx.Request) -> httpx.Response:
        return self.answer.response(request)

    def outcome(self, answer: Answer, call: Operation | str) -> Any:
        self.answer = answer
        self.http_client.cookies.clear()  # each example is a first call
        return outcome(self.caller, call)


def outcome(calling: Caller, call: Operation | str) -> Any:
    """What a call returns, or which of its own errors the SDK raises."""
    return calling.outcome(lambda: calling.verb(call) if isinstance(call, str) else calling.operation(call))


@pytest.fixture(scope="module", autouse=True)
def _no_pauses() -> Iterator[None]:
    """Nothing waits for real between two attempts."""

    with pytest.MonkeyPatch.context() as patch:
        inside.replace_pauses(patch, lambda _: None)
        yield


@pytest.fixture(scope="module", params=WAYS, ids=WAY_NAMES)
def answering(request: pytest.FixtureRequest) -> Iterator[Answering]:
    kind, scheme = request.param
    with Face(kind) as face:
        yield Answering(face, scheme)


@made_up(150)
@given(answer=answers(), call=calls)
@example(answer=Answer(302, [("location", "mailto:x")], b""), call="messages.send")
@example(answer=Answer(302, [("location", "http://xn--/")], b""), call="replies.check")
@example(answer=Answer(200, [("content-encoding", "gzip")], b"no gzip"), call="messages.send")
@example(answer=Answer(401, [("date", "Mon, 01 Jan 99999 00:00:00 GMT")], b"[]"), call="messages.get")
@example(answer=Answer(429, [("retry-after", "9" * 5000)], b"null"), call="messages.send")
def test_no_answer_makes_the_sdk_raise_anything_but_its_own_errors(
    answering: Answering, answer: Answer, call: Operation | str
) -> None:
    result = answering.outcome(answer, call)
    if isinstance(result, MessageMediaError):
        assert str(result)
        assert type(pickle.loads(pickle.dumps(result))) is type(copy.copy(result)) is type(result)
        assert getattr(result, "status_code", answer.status) in (answer.status, None)


@made_up(100)
@given(answer=successes(), call=st.sampled_from([each for each in CALLS if _answers_with_objects(each)]))
@example(answer=Answer(200, [("content-type", "text/html")], b"{}"), call="messages.cancel")
@example(answer=Answer(299, [("content-type", "image/png")], b'\xef\xbb\xbf{"messages": [[]]}'), call="messages.send")
def test_no_success_with_an_object_makes_the_sdk_raise(
    answering: Answering, answer: Answer, call: Operation | str
) -> None:
    result = answering.outcome(answer, call)
    if call == "messages.send" and isinstance(result, OutcomeUnknownError):
        return  # the answer lists no message with an id, so it proves nothing
    assert not isinstance(result, MessageMediaError), result
    assert repr(result)


@made_up(40)
@given(answer=answers())
def test_a_send_that_was_answered_with_nonsense_or_a_failure_may_have_been_sent(
    answering: Answering, answer: Answer
) -> None:
    result = answering.outcome(answer, "messages.send")
    if isinstance(result, MessageMediaError) and (answer.status < 300 or answer.status >= 500):
        assert isinstance(result, OutcomeUnknownError)
    elif 300 <= answer.status < 500 and "content-encoding" not in dict(answer.headers):
        assert isinstance(result, MessageMediaError)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_no_bytes_make_the_sdk_raise_anything_but_its_own_errors(kind: str) -> None:
    with Face(kind) as face:
        http_client = face.http_client(transport=network(face))

        @made_up(80)
        @given(content=no_http(), call=calls)
        @example(content=b"", call="messages.send")
        @example(content=b"HTTP/1.1 302 Found\r\nLocation: mailto:x\r\nContent-Length: 0\r\n\r\n", call="messages.get")
        @example(content=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", call="messages.send")
        def one(content: bytes, call: Operation | str) -> None:
            with scripted(content) as server:
                calling = caller(face, "hmac", http_client, server.url, timeout=5.0)
                result = outcome(calling, call)
            if call == "messages.send" and isinstance(result, MessageMediaError) and not hasattr(result, "details"):
                assert isinstance(result, OutcomeUnknownError)

        one()


@pytest.mark.parametrize("cookie", [b"plain=1", b"latin=\xe9", b"utf8=\xc3\xa9", b'quoted="\xff"'])
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_cookie_of_one_answer_leaves_the_next_call_alone(kind: str, cookie: bytes) -> None:
    # A balancer before the API sets cookies that nobody asked for; the clients of the SDK's own making get them.
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\nSet-Cookie: " + cookie + b"\r\n\r\n{}"
    with Face(kind) as face, scripted(answer) as server:
        client = face.client(auth=BasicAuth(KEY, SECRET), base_url=server.url, max_retries=0)
        for _ in range(2):
            face.run(client.messages.credits())
    assert server.requests == 2
    assert b"\r\ncookie:" not in server.received.lower()


# --- it bites -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("raised", [ValueError("made up"), KeyError("made up"), asyncio.InvalidStateError("made up")])
def test_an_error_that_is_none_of_the_sdks_own_would_be_seen(raised: Exception) -> None:
    class Broken:
        def verb(self, _: str) -> None:
            raise raised

    with Face("sync") as face:
        answering = Answering(face, "basic")
        with pytest.raises(type(raised)):
            answering.caller.outcome(lambda: Broken().verb("messages.get"))


def test_the_examples_reach_all_that_they_are_about() -> None:
    seen: set[str] = set()

    @made_up(300)
    @given(answer=answers())
    def look(answer: Answer) -> None:
        seen.update({f"{answer.status // 100}xx", *(name for name, _ in answer.headers)})

    look()
    assert {"2xx", "3xx", "4xx", "5xx", "location", "retry-after", "date", "set-cookie", "content-encoding"} <= seen
