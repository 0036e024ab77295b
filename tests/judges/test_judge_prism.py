"""Prism takes every request of the SDK, and what it answers from the contract turns into the documented outcome."""

from collections.abc import Iterator
from typing import Any

import httpx
import messagemedia
import pytest

from tests.contract.contract_kit import OPERATIONS, Operation, same
from tests.judges.judge_prism import VIOLATIONS, prism
from tests.judges.judge_surface import (
    LONG_VERBS,
    VERBS,
    WAY_NAMES,
    WAYS,
    Caller,
    Documented,
    Tap,
    bodies,
    caller,
    documented,
    expected_error,
    network,
    number_of,
)
from tests.sdk.sdk_face import Face

DOCUMENTED = list(documented())
SUCCESSES = [each for each in DOCUMENTED if each.status.startswith("2")]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with prism(tmp_path_factory.mktemp("prism")) as running:
        yield running


class Judge:
    """A client of Prism that can ask for a certain answer, and what Prism had against its requests."""

    def __init__(self, face: Face, scheme: str, address: str, **options: Any) -> None:
        self.wanted: list[dict[str, str]] = []
        self.statuses: list[int] = []
        self.violations: list[str] = []
        http_client = face.http_client(transport=Tap(network(face), before=self._before, after=self._after))
        self.caller: Caller = caller(face, scheme, http_client, address, **options)

    def want(self, *answers: Documented) -> None:
        """Ask for answers in turn, for the last one from then on."""
        self.wanted = []
        for answer in answers:
            example = f", example={answer.name}" if answer.name else ""
            self.wanted.append({"Prefer": f"code={number_of(answer.status)}{example}"})
            if answer.kind:
                self.wanted[-1]["Accept"] = answer.kind

    def _before(self, request: httpx.Request) -> None:
        if self.wanted:
            request.headers.update(self.wanted.pop(0) if len(self.wanted) > 1 else self.wanted[0])

    def _after(self, _: httpx.Request, response: httpx.Response) -> None:
        self.statuses.append(response.status_code)
        if VIOLATIONS in response.headers:
            self.violations.append(response.headers[VIOLATIONS])


@pytest.fixture(scope="module", params=WAYS, ids=WAY_NAMES)
def judge(request: pytest.FixtureRequest, address: str) -> Iterator[Judge]:
    kind, scheme = request.param
    with Face(kind) as face:
        yield Judge(face, scheme, address)


@pytest.fixture
def fresh(judge: Judge) -> Judge:
    judge.want()
    judge.statuses.clear()
    judge.violations.clear()
    return judge


@pytest.mark.parametrize("answer", SUCCESSES, ids=str)
def test_no_request_is_refused_and_each_documented_success_is_read(fresh: Judge, answer: Documented) -> None:
    fresh.want(answer)
    for body in bodies(answer.operation):
        result = fresh.caller.operation(answer.operation, body)
        shown = [getattr(each, "raw", each) for each in result] if isinstance(result, list) else result
        assert same(getattr(shown, "raw", shown), answer.value)
    assert fresh.violations == []
    assert set(fresh.statuses) == {number_of(answer.status)}


@pytest.mark.parametrize("answer", [each for each in DOCUMENTED if each not in SUCCESSES], ids=str)
def test_each_documented_refusal_is_raised_as_its_class(fresh: Judge, answer: Documented) -> None:
    fresh.want(answer)
    error = fresh.caller.outcome(lambda: fresh.caller.operation(answer.operation))
    assert fresh.violations == []
    assert type(error) is expected_error(answer.operation, answer.status, answer.value)
    assert error.status_code == number_of(answer.status)
    said = answer.value if isinstance(answer.value, dict) else {}
    assert (error.message, error.details) == (said.get("message", ""), said.get("details", []))


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_status_and_every_example_of_the_contract_is_asked_for(operation: Operation) -> None:
    asked = {(each.status, each.name) for each in DOCUMENTED if each.operation is operation}
    assert {status for status, _ in asked} == set(operation.raw["responses"])
    assert any(status.startswith("2") for status, _ in asked)


@pytest.mark.parametrize("verb", [*VERBS, *LONG_VERBS])
def test_no_request_of_a_verb_is_refused(fresh: Judge, verb: str) -> None:
    operations = [VERBS[verb][0]] if verb in VERBS else LONG_VERBS[verb][0]
    answers = [next(each for each in SUCCESSES if each.operation.id == operation) for operation in operations]
    fresh.want(*answers)
    fresh.caller.verb(verb)
    assert (fresh.violations, fresh.statuses) == ([], [number_of(each.status) for each in answers])


def test_every_verb_is_called(judge: Judge) -> None:
    groups = {verb.partition(".")[0] for verb in VERBS}
    client = judge.caller.client
    found = {f"{group}.{name}" for group in groups for name in dir(getattr(client, group)) if not name.startswith("_")}
    assert found == {*VERBS, *LONG_VERBS}
    assert {name for name in vars(client) if not name.startswith("_")} == {"api", *groups}


# --- Prism bites --------------------------------------------------------------------------------------------------


# Prism leaves `dependentRequired` and `dependentSchemas` to the other judges: it does not know them.
BROKEN = {
    "a field too much": {"messages": [{"content": "Hello", "destination_number": "+61491570156", "surplus": 1}]},
    "no number": {"messages": [{"content": "Hello"}]},
    "an empty text": {"messages": [{"content": "", "destination_number": "+61491570156"}]},
    "a number of letters": {"messages": [{"content": "Hello", "destination_number": "sixtyfour"}]},
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_prism_refuses_a_body_that_breaks_the_contract(address: str, body: Any) -> None:
    answer = httpx.post(f"{address}/v1/messages", json=body, auth=("key", "secret"), headers={"Prefer": "code=202"})
    assert answer.status_code >= 400
    assert VIOLATIONS in answer.headers


def test_prism_refuses_a_request_without_credentials(address: str) -> None:
    answer = httpx.get(f"{address}/v1/replies", headers={"Prefer": "code=200"})
    assert answer.status_code == 401
    assert VIOLATIONS in answer.headers


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/messages"), ("POST", "/v1/replies"), ("GET", "/v1/replies/1")]
)
def test_prism_knows_no_other_operation(address: str, method: str, path: str) -> None:
    answer = httpx.request(method, f"{address}{path}", auth=("key", "secret"))
    assert answer.status_code in (404, 405)
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_refused_request_of_the_sdk_would_be_seen(address: str) -> None:
    with Face("sync") as face:
        judge = Judge(face, "hmac", address, check_limits=False)
        error = judge.caller.outcome(
            lambda: judge.caller.client.messages.send(content="", destination_number="+61491570156")
        )
        assert isinstance(error, messagemedia.MessageMediaError)
        assert judge.violations != []
