"""What goes in comes back: messages that hypothesis makes up, through the SDK, the wire, the sandbox and back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from messagemedia import BadRequestError, Message, ValidationError
from messagemedia.sandbox import Sandbox
from messagemedia_generated.models import SendMessagesRequest

from tests.contract.contract_kit import Json
from tests.judges.judge_messages import FAULTS, MESSAGE, PROPERTIES, Spoiled, messages, spoiled
from tests.judges.judge_surface import WAY_NAMES, WAYS, Caller, caller, network
from tests.sdk.sdk_face import Face


def made_up(number: int) -> settings:
    """As many examples, the same each time."""
    return settings(
        max_examples=number,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )


NOT_READ_AGAIN = ("media", "subject")  # the API leaves them out when a message is read again


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture(scope="module", params=WAYS, ids=WAY_NAMES)
def connect(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[Any]:
    kind, scheme = request.param
    with Face(kind) as face:
        http_client = face.http_client(transport=network(face))
        yield lambda **options: caller(face, scheme, http_client, sandbox.url, **options)


@pytest.fixture
def strict(connect: Any) -> Caller:
    return connect()


@pytest.fixture
def relaxed(connect: Any) -> Caller:
    return connect(check_limits=False)


def body(batch: list[Json]) -> SendMessagesRequest:
    return SendMessagesRequest(messages=[Message(**fields) for fields in batch])


def as_sent(value: Any) -> Any:
    """A value as it comes back: the API knows milliseconds."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(microsecond=value.microsecond // 1000 * 1000)
    return value


def differences(fields: Json, found: Any, left_out: tuple[str, ...] = ()) -> dict[str, Any]:
    """Where a message that came back is not the one that was sent."""
    expected = {name: None if name in left_out else as_sent(fields.get(name)) for name in PROPERTIES}
    return {name: (value, getattr(found, name)) for name, value in expected.items() if getattr(found, name) != value}


def blamed(error: Any) -> set[tuple[int | None, str | None]]:
    return {(each.index, each.field) for each in error.errors}


# The last and the first moment that a message can name.
ENDS = [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)]


@made_up(40)
@given(message=messages())
@example(message={"content": "x", "destination_number": "12345678", "scheduled": ENDS[0]})
@example(message={"content": "x", "destination_number": "12345678", "message_expiry_timestamp": ENDS[0]})
@example(message={"content": "x", "destination_number": "12345678", "scheduled": ENDS[1]})
def test_a_message_comes_back_as_it_went_in(strict: Caller, sandbox: Sandbox, message: Json) -> None:
    run, client = strict.face.run, strict.client
    sent = run(client.messages.send(Message(**message)))
    assert differences(message, sent) == {}
    assert sent.extra == {}
    read = run(client.messages.get(sent.message_id))
    assert differences(message, read, NOT_READ_AGAIN) == {}
    assert read.message_id == sent.message_id
    assert sandbox.ledger[-1].message.keys() == message.keys()


@made_up(60)
@given(message=messages())
def test_the_dict_of_a_valid_message_is_what_is_sent(message: Json) -> None:
    made = Message(**message)
    assert made.to_dict() == made.to_json([])
    request = SendMessagesRequest(messages=(made, made))
    assert request.to_dict() == request.to_json([])


@made_up(8)
@given(data_batch=messages().flatmap(lambda first: messages().map(lambda second: [first, second, first])))
def test_a_batch_comes_back_in_its_order(strict: Caller, data_batch: list[Json]) -> None:
    answer = strict.face.run(strict.client.api.messages.send_messages(body(data_batch)))
    assert [differences(*pair) for pair in zip(data_batch, answer.messages, strict=True)] == [{}, {}, {}]
    assert len({each.message_id for each in answer.messages}) == 3


@made_up(40)
@given(case=spoiled())
def test_a_message_with_one_fault_is_refused_here_and_there_for_the_same_field(
    strict: Caller, relaxed: Caller, sandbox: Sandbox, case: Spoiled
) -> None:
    asked, accepted = len(sandbox.requests), len(sandbox.ledger)
    request = body(case.batch)
    with pytest.raises(ValidationError) as here:
        strict.face.run(strict.client.api.messages.send_messages(request))
    assert len(sandbox.requests) == asked
    with pytest.raises(BadRequestError) as there:
        relaxed.face.run(relaxed.client.api.messages.send_messages(request))
    assert blamed(here.value) == blamed(there.value) == {(case.index, case.field)}
    assert len(sandbox.ledger) == accepted


@pytest.mark.parametrize(("field", "changes"), FAULTS, ids=[f"{field}-{at}" for at, (field, _) in enumerate(FAULTS)])
def test_each_limit_is_one_that_sdk_and_sandbox_know(sandbox: Sandbox, field: str, changes: Json) -> None:
    # hypothesis draws from this list, and need not come to each of its entries.
    fields = {"content": "Hello", "destination_number": "+61491570156", **changes}
    if field in MESSAGE["dependentSchemas"]:
        fields.setdefault("format", "MMS")
    request = body([{name: value for name, value in fields.items() if value is not None}])
    with Face("sync") as face:
        http_client = face.http_client(transport=network(face))
        for limits, refusal in ((True, ValidationError), (False, BadRequestError)):
            client = caller(face, "hmac", http_client, sandbox.url, check_limits=limits).client
            with pytest.raises(refusal) as caught:
                client.api.messages.send_messages(request)
            assert blamed(caught.value) == {(0, field)}
            assert all(each.item is request.messages[0] for each in caught.value.errors)


# --- the round trip bites -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("missing_fields", {"fields": ("metadata",)}),
        ("null_fields", {"fields": ("content",)}),
        ("unknown_status", {}),
        ("extra_fields", {}),
    ],
)
def test_a_service_that_changes_a_message_is_seen(sandbox: Sandbox, kind: Any, details: Json) -> None:
    fields = {"content": "Hello", "destination_number": "+61491570156", "metadata": {"a": "b"}}
    with Face("sync") as face:
        client = caller(face, "basic", face.http_client(transport=network(face)), sandbox.url).client
        sandbox.fault(kind, **details)
        sent = client.messages.send(**fields)
    assert differences(fields, sent) or sent.extra or not sent.status.is_known


def test_a_changed_moment_is_seen() -> None:
    moment = datetime(2026, 1, 15, 3, 4, 5, 678_901, tzinfo=UTC)
    sent = Message(content="Hello", destination_number="+61491570156", scheduled=as_sent(moment))
    assert differences({"content": "Hello", "destination_number": "+61491570156", "scheduled": moment}, sent) == {}
    assert differences({"content": "Hello", "destination_number": "+61491570156"}, sent).keys() == {"scheduled"}
