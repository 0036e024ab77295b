"""Whatever gets lost on the way from the contract to the code is noticed and named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from codegen_kit import added_contract, contract, generate, small_contract

from codegen import driver, inventory, skeleton
from codegen.carried import RefusedError
from codegen.contract_view import View
from codegen.view import Operation
from codegen.work import FaultError

pytestmark = pytest.mark.slow

Loss = Callable[[View], Any]


def _operation(view: View, name: str) -> Operation:
    return next(each for each in view.operations if each.id == name)


def _drop_field(view: View, model: str, name: str) -> None:
    found = view.schemas.models[model]
    found.fields = [each for each in found.fields if each.json_name != name]


def _fields(name: str) -> int:
    return len(contract()["components"]["schemas"][name]["properties"])


# What the templates are not told of, and what the comparison says then.
LOST_BY_THE_VIEW: dict[str, tuple[Loss, str]] = {
    "an answer": (
        lambda view: _operation(view, "getMessageStatus").answers.pop(),
        "/operations/getMessageStatus/statuses should be ['200', '401', '403', '404', '5XX']",
    ),
    "a parameter": (
        lambda view: _operation(view, "getMessageStatus").header_parameters.clear(),
        "/operations/getMessageStatus/arguments should be 2, but 1 was generated",
    ),
    "a property that is sent": (
        lambda view: _drop_field(view, "Message", "content"),
        f"/schemas/Message should be {_fields('Message')}, but {_fields('Message') - 1} was generated",
    ),
    "a property that is answered": (
        lambda view: _drop_field(view, "Reply", "content"),
        f"/schemas/Reply should be {_fields('Reply')}, but {_fields('Reply') - 1} was generated",
    ),
    "a property of an allOf": (
        lambda view: _drop_field(view, "Parcel", "class"),
        "/schemas/Parcel should be 10, but 9 was generated",
    ),
    "an enum value": (
        lambda view: view.schemas.enums["MessageFormat"].members.pop("TTS"),
        "/schemas/MessageFormat should be",
    ),
    "a terminal value": (
        lambda view: view.schemas.enums["MessageStatus"].terminal.pop("failed"),
        "/schemas/MessageStatus/terminal/failed is in the contract but was not generated",
    ),
    "what may follow a terminal value": (
        lambda view: view.schemas.enums["MessageStatus"].terminal.update(delivered=()),
        "/schemas/MessageStatus/terminal/delivered should be ['read'], but [] was generated",
    ),
    "every terminal value": (
        lambda view: view.schemas.enums["MessageStatus"].terminal.clear(),
        "/schemas/MessageStatus should be",
    ),
    "a webhook": (lambda view: view.webhooks.pop(), f"/webhooks should be {sorted(contract()['webhooks'])}"),
    "a server": (lambda view: view.regions.pop("eu"), "/servers should be"),
    "the body of an operation": (
        lambda view: _drop_body(view, "addParcel"),
        "/operations/addParcel/arguments should be 3, but 2 was generated",
    ),
    "an enum value of a parameter": (
        lambda view: view.schemas.enums["ListParcelsSortBy"].members.popitem(),
        "/parameters/0/schema should be",
    ),
    "a property of an answer without a name": (
        lambda view: _drop_field(view, "CheckParcelsResponse200", "ready"),
        "/paths//v1/parcels/get/responses/200",
    ),
}


def _drop_body(view: View, name: str) -> None:
    at = next(at for at, each in enumerate(view.operations) if each.id == name)
    found = view.operations[at]
    view.operations[at] = type(found)(
        **{each: getattr(found, each) for each in found.__slots__ if each != "__weakref__"} | {"body": None}
    )


def _contract() -> dict[str, Any]:
    document = added_contract()
    schema = {
        "type": "object",
        "description": "Whether all is well.",
        "properties": {name: {"type": "boolean", "description": "Whether it is."} for name in ("ready", "empty")},
    }
    document["paths"]["/v1/parcels"] = {
        "get": {
            "operationId": "checkParcels",
            "tags": ["Parcel Tracking"],
            "summary": "Check.",
            "responses": {"200": {"description": "Ok.", "content": {"application/json": {"schema": schema}}}},
        }
    }
    operations = document["paths"].pop("/v1/parcels/{depotNumber}/labels/{label}")
    document["paths"]["/v1/parcels/{depotNumber}/labels/{label}"] = operations  # comes last
    return document


@pytest.mark.parametrize("name", LOST_BY_THE_VIEW)
def test_what_the_templates_lose_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    lose, reason = LOST_BY_THE_VIEW[name]

    def incomplete(document: Any) -> View:
        view = View(document)
        lose(view)
        return view

    monkeypatch.setattr(driver, "View", incomplete)
    monkeypatch.setattr(driver, "_format", lambda _: None)  # ruff may notice it first, which is as good
    with pytest.raises(RefusedError) as refused:
        generate(_contract(), tmp_path)
    assert reason in str(refused.value)


def _lose_endpoint(parsed: Any) -> None:
    parsed.endpoint_collections_by_tag["messages"].endpoints.pop()


def _lose_tag(parsed: Any) -> None:
    parsed.endpoint_collections_by_tag.pop("replies")


def _lose_parameter(parsed: Any) -> None:
    parsed.endpoint_collections_by_tag["messages"].endpoints[0].header_parameters.clear()


def _lose_answer(parsed: Any) -> None:
    parsed.endpoint_collections_by_tag["messages"].endpoints[0].responses.patterns.clear()


def _lose_property(parsed: Any) -> None:
    next(each for each in parsed.models if each.class_info.name == "Message").optional_properties.pop()


def _lose_enum_value(parsed: Any) -> None:
    next(each for each in parsed.enums if each.class_info.name == "MessageFormat").values.pop("TTS")


def _lose_enum(parsed: Any) -> None:
    parsed.enums = [each for each in parsed.enums if each.class_info.name != "MessageFormat"]


LOST_BY_THE_GENERATOR: dict[str, tuple[Callable[[Any], None], str]] = {
    "an operation": (_lose_endpoint, "checkCreditsRemaining"),
    "a tag": (_lose_tag, "checkReplies"),
    "a parameter": (_lose_parameter, "sendMessages"),
    "an answer": (_lose_answer, "sendMessages"),
    "a property": (_lose_property, "Message"),
    "an enum value": (_lose_enum_value, "MessageFormat"),
    "an enum": (_lose_enum, "MessageFormat"),
}


@pytest.mark.parametrize("name", LOST_BY_THE_GENERATOR)
def test_what_openapi_python_client_loses_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    lose, reason = LOST_BY_THE_GENERATOR[name]
    parse = skeleton.GeneratorData.from_dict

    def incomplete(document: Any, *, config: Any) -> Any:
        parsed = parse(document, config=config)
        lose(parsed)
        return parsed

    monkeypatch.setattr(skeleton.GeneratorData, "from_dict", incomplete)
    with pytest.raises(FaultError) as fault:
        generate(contract(), tmp_path)
    assert reason in str(fault.value)


def test_a_package_that_holds_more_than_the_contract_is_named(tmp_path: Path) -> None:
    package = generate(contract(), tmp_path)
    document = contract()
    del document["paths"]["/v1/replies"]["get"]
    assert "/operations/checkReplies was generated but is not in the contract" in inventory.compare([document], package)


def test_a_package_that_cannot_be_imported_is_named(tmp_path: Path) -> None:
    package = generate(small_contract(), tmp_path)
    (package / "contract.py").write_text("import nothing_of_that_name\n")
    with pytest.raises(FaultError, match=r"can't be imported: .*nothing_of_that_name.*/contract.py\", line 1"):
        inventory.compare([small_contract()], package)


def test_a_package_that_warns_on_import_is_named(tmp_path: Path) -> None:
    package = generate(small_contract(), tmp_path)
    (package / "contract.py").write_text("import warnings\nwarnings.warn('old')\n")
    with pytest.raises(FaultError, match="can't be imported: UserWarning: old"):
        inventory.compare([small_contract()], package)


def test_a_complete_package_agrees(added: Path) -> None:
    assert inventory.compare([added_contract()], added) == []
