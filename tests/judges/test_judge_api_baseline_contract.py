"""What breaks somebody who relied on the contract is caught, and what is only added is let through."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import contract_facts
import pytest
import python_api

from codegen import driver, joining

ROOT = Path(__file__).parents[2]
BASELINES = Path(__file__).parent / "baselines"

Json = dict[str, Any]


def properties(document: Json, name: str) -> Json:
    found: Json = document["components"]["schemas"][name]["properties"]
    return found


def operation(document: Json, path: str, method: str = "get") -> Json:
    found: Json = document["paths"][path][method]
    return found


CONTRACT_EDITS: dict[str, tuple[Callable[[Json], object], str]] = {
    "an operation is removed": (
        lambda it: it["paths"].pop("/v1/messaging/credits"),
        "operations/checkCreditsRemaining is gone",
    ),
    "an operation has another path": (
        lambda it: it["paths"].update({"/v2/replies": it["paths"].pop("/v1/replies")}),
        "operations/checkReplies was GET /v1/replies and is",
    ),
    "an operation may not be repeated any more": (
        lambda it: operation(it, "/v1/replies").update({"x-repeatable": False}),
        "operations/checkReplies x-repeatable was true",
    ),
    "a parameter is removed": (
        lambda it: it["paths"]["/v1/replies"].pop("parameters"),
        "operations/checkReplies/header.Account is gone",
    ),
    "a parameter is required now": (
        lambda it: it["components"]["parameters"]["Account"].update(required=True),
        "operations/checkReplies requires header.Account is new",
    ),
    "a documented answer is removed": (
        lambda it: operation(it, "/v1/replies")["responses"].pop("404"),
        "operations/checkReplies answers 404 is gone",
    ),
    "a field is removed": (lambda it: properties(it, "Reply").pop("content"), "schemas/Reply/content is gone"),
    "a field has another type": (
        lambda it: properties(it, "Message")["subject"].update(type="integer"),
        "schemas/Message/subject was string and is integer",
    ),
    "a field is required now": (
        lambda it: it["components"]["schemas"]["Message"]["required"].append("subject"),
        "schemas/Message requires subject is new",
    ),
    "a limit is lowered": (
        lambda it: properties(it, "Message")["content"].update(maxLength=160),
        "schemas/Message/content maxLength was 5000 and is 160",
    ),
    "a limit is new": (
        lambda it: properties(it, "Message")["delivery_report"].update(const=True),
        "schemas/Message/delivery_report const: true is new",
    ),
    "an open field is an enum now": (
        lambda it: properties(it, "Message")["subject"].update(enum=["Hello"]),
        "schemas/Message/subject allows Hello is new",
    ),
    "a member of an enum is removed": (
        lambda it: it["components"]["schemas"]["MessageStatus"]["enum"].remove("held"),
        "schemas/MessageStatus allows held is gone",
    ),
    "a private field is shown": (
        lambda it: properties(it, "Message")["content"].pop("x-sensitive"),
        "schemas/Message/content x-sensitive is gone",
    ),
    "the default region is another": (lambda it: it["servers"].reverse(), "servers default was apac and is us"),
    "a way to authenticate is removed": (lambda it: it["security"].pop(), "security hmacAuth is gone"),
    "a push is removed": (lambda it: it["webhooks"].pop("reply"), "webhooks/reply is gone"),
}


def contract_breakages(edit: Callable[[Json], object]) -> list[str]:
    document = contract_facts.load()
    edit(document)
    return contract_facts.breakages(
        contract_facts.read((BASELINES / "contract.txt").read_text(encoding="utf-8")), contract_facts.facts(document)
    )


@pytest.mark.parametrize("what", CONTRACT_EDITS)
def test_a_breakage_of_the_contract_is_caught(what: str) -> None:
    edit, said = CONTRACT_EDITS[what]
    found = contract_breakages(edit)
    assert any(each.startswith(said) for each in found), found


def add_operation(document: Json) -> None:
    """An operation with a tag, a required parameter, a required body and a schema of its own."""
    schemas, added = document["components"]["schemas"], copy.deepcopy(operation(document, "/v1/messages", "post"))
    schemas["NewThing"] = copy.deepcopy(schemas["Message"])
    document["tags"].append({"name": "New Things", "description": "What is new."})
    added |= {"operationId": "addNewThing", "tags": ["New Things"], "x-sends-messages": False}
    schema = {"type": "string", "description": "A country.", "examples": ["AU"]}
    added["parameters"] = [
        {"name": "country", "in": "query", "required": True, "description": "A country.", "schema": schema}
    ]
    added["requestBody"]["content"]["application/json"] = {
        "schema": {"$ref": "#/components/schemas/NewThing"},
        "example": {"content": "Hello", "destination_number": "+61491570156"},
    }
    document["paths"]["/v1/new_things"] = {"post": added}


def add_to_what_is_there(document: Json) -> None:
    """A member of an enum, fields, an answer and an optional parameter."""
    document["components"]["schemas"]["MessageFormat"]["enum"].append("FAX")
    text = {"type": "string", "description": "A text.", "maxLength": 9, "examples": ["x"]}
    for name in ("Message", "SentMessage", "Reply"):
        properties(document, name)["new_field"] = copy.deepcopy(text)
    operation(document, "/v1/replies")["parameters"] = [
        {"name": "limit", "in": "query", "required": False, "description": "A text.", "schema": copy.deepcopy(text)}
    ]
    operation(document, "/v1/replies")["responses"]["400"] = copy.deepcopy(
        operation(document, "/v1/messaging/credits")["responses"]["400"]
    )


ADDITIONS = {"an operation": add_operation, "things within others": add_to_what_is_there}


@pytest.mark.parametrize("what", ADDITIONS)
def test_an_addition_to_the_contract_breaks_neither_contract_nor_python_api(what: str, tmp_path: Path) -> None:
    assert not contract_breakages(ADDITIONS[what])
    document = contract_facts.load()
    ADDITIONS[what](document)
    (tmp_path / "contract.json").write_text(json.dumps(document), encoding="utf-8")
    driver.generate(joining.read(tmp_path / "contract.json"), tmp_path / "generated" / driver.PACKAGE)
    new = python_api.stub(tmp_path / "generated", ROOT / "overrides")
    assert "new_thing" in new or "new_field" in new
    assert not python_api.breakages((BASELINES / "python_api.txt").read_text(encoding="utf-8"), new)
