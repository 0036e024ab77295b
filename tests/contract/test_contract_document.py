"""What the contract itself must be like."""

import json
from typing import Any

import pytest
from contract_kit import DOCUMENT, OPERATIONS, Operation, examples, follow, media_of, schemas, validator
from openapi_spec_validator import OpenAPIV31SpecValidator

# The operations that the API has, by the names that its older SDKs gave them: what people migrate from.
KNOWN = {
    "sendMessages", "getMessageStatus", "cancelScheduledMessage", "checkCreditsRemaining", "checkReplies", "confirmRepliesAsReceived",
    "checkDeliveryReports", "confirmDeliveryReportsAsReceived",
}  # fmt: skip
SCHEMAS = dict(schemas())
MEDIA = {place: media for operation in OPERATIONS.values() for place, media in media_of(operation)}
PARAMETERS = {
    f"{each.id}/{parameter['name']}": parameter for each in OPERATIONS.values() for parameter in each.parameters
}
WEBHOOKS = {name: item["post"] for name, item in DOCUMENT.get("webhooks", {}).items()}


def _of(operations: dict[str, Operation]) -> Any:
    return pytest.mark.parametrize("operation", operations.values(), ids=operations)


def test_contract_is_valid_openapi() -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_all_known_operations_are_there() -> None:
    assert KNOWN - OPERATIONS.keys() == set()


def test_every_component_is_used() -> None:
    components = DOCUMENT["components"]
    text = json.dumps({key: value for key, value in DOCUMENT.items() if key != "security"})
    names = [f"{kind}/{name}" for kind, found in components.items() if kind != "securitySchemes" for name in found]
    assert [name for name in names if f'"#/components/{name}"' not in text] == []
    assert {name for each in DOCUMENT["security"] for name in each} == components["securitySchemes"].keys()


# --- examples and descriptions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", SCHEMAS)
def test_a_schema_is_described_and_has_an_example(place: str) -> None:
    schema = follow(SCHEMAS[place])
    assert schema.get("description") or "allOf/" in place
    assert _has_example(schema) or "allOf/" in place


def _has_example(schema: Any) -> bool:
    """Whether a schema has an example, or is a list of something that has one."""
    items = schema.get("items")
    return bool(examples(schema)) or (items is not None and _has_example(follow(items)))


@pytest.mark.parametrize("place", SCHEMAS)
def test_examples_of_a_schema_are_valid(place: str) -> None:
    schema = SCHEMAS[place]
    for example in examples(follow(schema)):
        validator(schema).validate(example)


@pytest.mark.parametrize("place", MEDIA)
def test_a_body_or_answer_has_valid_examples(place: str) -> None:
    assert examples(MEDIA[place])
    for example in examples(MEDIA[place]):
        validator(MEDIA[place]["schema"]).validate(example)


@pytest.mark.parametrize("place", PARAMETERS)
def test_a_parameter_is_described_and_has_valid_examples(place: str) -> None:
    parameter = PARAMETERS[place]
    schema = follow(parameter["schema"])
    found = examples(parameter) + examples(schema)
    assert parameter.get("description") or schema.get("description")
    assert found
    for example in found:
        validator(parameter["schema"]).validate(example)


@_of(OPERATIONS)
def test_an_operation_is_described(operation: Operation) -> None:
    assert operation.raw["summary"].endswith(".")
    assert [status for status, response in operation.responses() if not response.get("description")] == []
    assert operation.raw["tags"][0] in {tag["name"] for tag in DOCUMENT["tags"] if tag.get("description")}


@pytest.mark.parametrize("name", WEBHOOKS)
def test_a_webhook_has_valid_examples(name: str) -> None:
    media = WEBHOOKS[name]["requestBody"]["content"]["application/json"]
    assert examples(media)
    for example in examples(media):
        validator(media["schema"]).validate(example)


# --- what this API demands --------------------------------------------------------------------------------------------


@_of({name: each for name, each in OPERATIONS.items() if name in KNOWN})
def test_a_known_operation_takes_a_sub_account(operation: Operation) -> None:
    assert ("Account", "header", False) in {
        (each["name"], each["in"], each.get("required", False)) for each in operation.parameters
    }


@_of(
    {name: each for name, each in OPERATIONS.items() if name in KNOWN or each.method not in ("GET", "HEAD", "OPTIONS")}
)
def test_what_repeating_a_call_does_is_said_outright(operation: Operation) -> None:
    assert isinstance(operation.raw.get("x-sends-messages"), bool)
    assert isinstance(operation.raw.get("x-repeatable"), bool)
    assert not (operation.raw["x-sends-messages"] and operation.raw["x-repeatable"])


@_of({name: each for name, each in OPERATIONS.items() if name.startswith(("confirm", "cancel"))})
def test_a_confirmation_or_cancellation_answers_without_content(operation: Operation) -> None:
    assert [
        status for status, response in operation.responses() if status.startswith("2") and "content" in response
    ] == []
