"""What the answer to a send proves: accepted is what it lists with an id, and everything else is unknown."""

import json
from typing import Any

import httpx
import pytest
from messagemedia import Message, OutcomeUnknownError, SendResult
from messagemedia.sandbox import Sandbox
from sdk_face import KEY, MESSAGE_ID, NUMBER, SECRET, SMS, Face, Wire, accepted, answer

OTHER_ID = "a175e797-2b54-468b-9850-41a3eab32f74"

# Successes in which nothing is accepted.
NOTHING: list[object] = [
    {},
    {"messages": []},
    {"messages": None},
    {"messages": "none"},
    {"messages": {"0": {"message_id": MESSAGE_ID}}},
    {"messages": [5]},
    {"messages": [None]},
    {"messages": [{}]},
    {"messages": [{"error": "blocked"}]},
    {"messages": [{**SMS, "message_id": ""}]},
    {"messages": [{**SMS, "message_id": None}]},
    {"messages": [{**SMS, "message_id": 5}]},
    {"messages": [{**SMS, "message_id": MESSAGE_ID}] * 2},
    {"error": "upstream not ready"},
    {"status": "error", "message": "quota exceeded"},
    {"message_id": MESSAGE_ID},
]


def results_of(face: Face, wire: Wire, messages: list[Message]) -> list[SendResult]:
    results = face.client(wire).messages.send_many(messages)

    async def collected() -> list[SendResult]:
        return [each async for each in results]

    return list(results) if face.blocking else face.run(collected())


@pytest.mark.parametrize("status", [200, 201, 202, 203])
@pytest.mark.parametrize("body", NOTHING, ids=[str(n) for n in range(len(NOTHING))])
@pytest.mark.off_contract(answers="a success that lists no accepted message")
def test_a_success_that_lists_no_accepted_message_leaves_the_outcome_unknown(
    face: Face, body: object, status: int
) -> None:
    with pytest.raises(OutcomeUnknownError, match="so it proves nothing") as caught:
        face.run(face.client(Wire(answer(status, body))).messages.send(**SMS))
    assert "Do not retry blindly" in caught.value.hint
    assert json.loads(caught.value.body or b"") == body
    (result,) = results_of(face, Wire(answer(status, body)), [Message(**SMS)])
    assert (result.outcome, result.sent, result.message_id) == ("unknown", None, "")
    assert isinstance(result.error, OutcomeUnknownError)
    assert "proves nothing" in result.reason


@pytest.mark.off_contract(answers="entries without an id")
def test_each_entry_of_a_list_proves_its_own_message_only(face: Face) -> None:
    entries = [{"message_id": "a"}, {"error": "blocked"}, 5, None, {"message_id": "b", "status": 7}]
    wire = Wire(answer(202, {"messages": entries}))
    results = results_of(face, wire, [Message(**SMS) for _ in entries])
    assert [each.outcome for each in results] == ["accepted", "unknown", "unknown", "unknown", "accepted"]
    assert [each.message_id for each in results] == ["a", "", "", "", "b"]


@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_a_list_of_another_length_proves_nothing_of_any_message(face: Face, count: int) -> None:
    wire = Wire(answer(202, {"messages": [{**SMS, "message_id": MESSAGE_ID}] * count}))
    results = results_of(face, wire, [Message(**SMS)] * 3)
    assert [each.outcome for each in results] == ["unknown"] * 3
    assert "for a request of 3" in results[0].reason


@pytest.mark.parametrize(
    "odd",
    [
        {"status": 5},
        {"status": None},
        {"content": ["x"]},
        {"content": "another text"},
        {"destination_number": 61491570156},
        {"destination_number": {}},
        {"scheduled": "soon"},
        {"metadata": "x"},
    ],
    ids=str,
)
@pytest.mark.off_contract(answers="values of other kinds")
def test_an_odd_value_in_another_field_takes_nothing_from_the_proof(face: Face, odd: dict[str, Any]) -> None:
    assert face.run(face.client(Wire(accepted(**odd))).messages.send(**SMS)).message_id == MESSAGE_ID
    assert [each.outcome for each in results_of(face, Wire(accepted(**odd)), [Message(**SMS)])] == ["accepted"]


# --- the answer to another request ------------------------------------------------------------------------------


@pytest.mark.parametrize("told", ["+61491570157", "61491570158", "+15551234567", "+6149157015", "12"])
def test_an_entry_about_another_number_answers_another_request(face: Face, told: str) -> None:
    with pytest.raises(OutcomeUnknownError, match="about another number") as caught:
        face.run(face.client(Wire(accepted(destination_number=told))).messages.send(**SMS))
    assert told not in f"{caught.value!r}"
    assert NUMBER not in f"{caught.value!r}"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("+61491570156", "61491570156"),
        ("61491570156", "+61491570156"),
        ("+61491570156", "+61 491-570-156"),
        ("+61491570156", "(+61) 491.570.156"),
        ("0491570156", "+61491570156"),
        ("0061491570156", "61491570156"),
        ("491570156", "+61491570156"),
        ("+61491570156", "0491570156"),
        ("+5215512345678", "+525512345678"),  # Mexico had a digit for mobile numbers
        ("+551187654321", "+5511987654321"),  # Brazil has got one
        ("+5491112345678", "+54111512345678"),  # Argentina has two forms of it
        ("+61491570156", "+6149157****"),  # masked
        ("+61491570156", "hidden"),
        ("+61491570156", ""),
        ("+61491570156", "+"),
        ("+61491570156", None),
    ],
)
@pytest.mark.off_contract(answers="numbers of other forms")
def test_the_same_number_in_another_form_is_no_other_one(face: Face, asked: str, told: str | None) -> None:
    wire = Wire(accepted(destination_number=told))
    client = face.client(wire, national_numbers=True)
    sent = face.run(client.messages.send(content="Hello", destination_number=asked))
    assert sent.message_id == MESSAGE_ID


def test_an_entry_that_echoes_no_number_is_judged_by_its_id(face: Face) -> None:
    wire = Wire(answer(202, {"messages": [{"message_id": MESSAGE_ID}]}))
    assert face.run(face.client(wire).messages.send(**SMS)).message_id == MESSAGE_ID


def test_of_many_messages_only_the_foreign_entries_are_unknown(face: Face) -> None:
    messages = [Message(content="Hello", destination_number=f"+6149157015{n}") for n in range(3)]
    entries = [
        {"content": "Hello", "destination_number": f"+6149157015{n}", "message_id": identity}
        for n, identity in ((0, MESSAGE_ID), (7, OTHER_ID), (2, OTHER_ID))
    ]
    results = results_of(face, Wire(answer(202, {"messages": entries})), messages)
    assert [each.outcome for each in results] == ["accepted", "unknown", "accepted"]


# --- over the sandbox -------------------------------------------------------------------------------------------


@pytest.mark.off_contract(answers="an empty object")
def test_an_empty_success_of_the_sandbox_is_unknown_although_it_was_accepted(face: Face) -> None:
    with Sandbox(api_key=KEY, api_secret=SECRET) as sandbox:
        client = face.client(base_url=sandbox.url)
        sandbox.fault("empty_success", operation="sendMessages")
        with pytest.raises(OutcomeUnknownError):
            face.run(client.messages.send(**SMS))
        assert len(sandbox.ledger) == 1
        assert face.run(client.messages.send(**SMS)).message_id


@pytest.mark.off_contract(answers="an empty object")
def test_what_proves_nothing_does_not_stop_the_other_batches(face: Face) -> None:
    requests: list[httpx.Request] = []

    def service(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return answer(200, {"error": "upstream not ready"}) if len(requests) == 1 else accepted()

    results = face.client(Wire(service)).messages.send_many([Message(**SMS)] * 3, batch_size=1, concurrency=1)

    async def outcomes() -> list[str]:
        return [each.outcome async for each in results]

    told = [each.outcome for each in results] if face.blocking else face.run(outcomes())
    assert told == ["unknown", "accepted", "accepted"]
    assert len(requests) == 3  # nothing is sent again
