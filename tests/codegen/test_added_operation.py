import shutil
from pathlib import Path
from typing import Any

import pytest
from codegen_kit import HERE, ROOT, generate, run, run_user, small_contract, strict_types

USER = HERE / "added_user.py"
WAYS = ("executor", "awaited executor", "client", "awaited client")
BODY = {
    "itself": True, "from": "Hobart", "sizeInCm": {"height": 3, "json": "box"}, "class": "fragile", "format": "box", "json": "{}",
    "raw": "unwashed", "extra": "wrapping", "problems": "wet", "at": "here", "field": "north",
    "pickUpAt": "2026-01-15T03:05:10.250Z", "currentState": "moving", "stops": [{"height": 1}, {"height": 2}], "tags": {"colour": "red"},
}  # fmt: skip
REQUESTS = (
    (
        "GET",
        (
            "/v1/parcels/7?sortBy=weight&query=a%26b&problems=true&headers=3&maxWeight=2.5&from=2026-01-15T03%3A05%3A10.250Z"
            "&onDay=2026-01-15&state=moving&state=lost&labels=red,a%20b"
        ),
        {"Account": "Sub", "X-Trace-Id": "trace-1"},
        None,
    ),
    ("GET", "/v1/parcels/7?sortBy=created_at", {}, None),
    ("POST", "/v1/parcels/7", {}, BODY),
    ("GET", "/v1/parcels/7/labels/a%2Fb%20c", {}, None),
    ("DELETE", "/v1/parcels/7/labels/a%2Fb%20c", {}, None),
)


@pytest.fixture(scope="session")
def told(added: Path) -> Any:
    """What the user's script saw."""
    return run_user(added, USER.read_text())


@pytest.mark.slow
def test_types_of_added_operations_are_strict(added: Path) -> None:
    assert strict_types(added, USER) == ""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("at", range(len(REQUESTS)))
def test_a_request_is_what_the_contract_says(told: Any, way: str, at: int) -> None:
    seen = told["ways"][way][0][at]
    method, target, headers, body = REQUESTS[at]
    if body is not None and "client" in way:
        headers = {**headers, "Content-Type": "application/json; charset=utf-8"}
    assert seen == {"method": method, "target": target, "headers": headers, "json": body}


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_is_read_into_models(told: Any, way: str) -> None:
    assert told["ways"][way][1] == {
        "parcel": {
            "parcel_id": "p-1", "from_": "depot 7", "class_": "fragile", "raw_": "unwashed", "extra_": "wrapping", "cls_": 4, "d": "d",
            "current_state": "melted",
        },
        "known": False,
        "seen": True,
        "size": [3, "box"],
        "raw": {
            "parcelId": "p-1", "currentState": "melted", "from": "depot 7", "class": "fragile", "raw": "unwashed", "extra": "wrapping",
            "cls": 4, "d": "d", "lastSeen": "2026-01-15T03:05:10.250Z", "sizeInCm": {"height": 3, "json": "box"}, "new": 1,
        },
        "extra": {"new": 1},
        "page": [1, None, 1],
        "dict": {
            "parcelId": "p-1", "currentState": "melted", "from": "depot 7", "class": "fragile", "raw": "unwashed", "extra": "wrapping",
            "cls": 4, "d": "d", "lastSeen": "2026-01-15T03:05:10.250Z", "sizeInCm": {"height": 3, "json": "box"}, "new": 1,
        },
        "made": ["p-2", True, None],
        "sizes": [[1, None], [2, "box"]],
    }  # fmt: skip


def test_all_wrong_arguments_are_named_at_once(told: Any) -> None:
    assert told["refused"] == [
        "Nothing was sent: 5 problems",
        "  depot_number: must be at least 1, not 0",
        "  sort_by: must be one of created_at, weight",
        "  query: must be at most 40 characters, not 41",
        "  headers: must be 0 to 9, not 10",
        "  labels: must have at most 3 items, not 4",
    ]


def test_a_model_becomes_a_dict_in_the_words_of_the_contract(told: Any) -> None:
    assert told["body"] == BODY


def test_a_model_names_its_fields_to_who_misses_them(told: Any) -> None:
    assert told["misused"] == [
        "NewParcel has no field 'curent_state' (did you mean current_state?); it needs itself",
        "NewParcel takes its fields by name, as in NewParcel(itself=..., from_=..., size_in_cm=...)",
        "NewParcel needs size_in_cm",
        "ParcelSize.from_dict needs a JSON object (a dict), not type",
    ]


SEEN_BY_USERS = """
import json, pydoc, messagemedia
from messagemedia import NewParcel, Parcel, ParcelPage, ParcelState
client = messagemedia.Client("key", "secret")
shown = [pydoc.render_doc(thing, renderer=pydoc.plaintext) for thing in (NewParcel, client.api)]
print(json.dumps([" ".join(each.replace("|", " ").split()) for each in shown]))
"""


def test_models_of_added_operations_are_imported_from_the_package_and_explained_by_help(added: Path) -> None:
    parcel, api = run_user(added, SEEN_BY_USERS)
    assert "from_: Where it comes from. Required. At least 2 characters." in parcel
    assert "stops: The sizes of its parts. At most 2 items." in parcel
    assert "current_state: Where a parcel is. One of `waiting`, `moving`, `lost`." in parcel
    assert "parcel_tracking: Follow parcels, and say where they go. `list_parcels`: List the parcels of a depot" in api


@pytest.mark.slow
def test_contract_tests_hold_for_added_operations(added: Path, tmp_path: Path) -> None:
    (tmp_path / "openapi").mkdir()
    (tmp_path / "openapi" / "messages.yaml").write_bytes((added.parents[1] / "contract.yaml").read_bytes())
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "tests" / "contract", tmp_path / "tests" / "contract")
    path = f"{added.parent}:{ROOT / 'overrides'}:{ROOT}"
    done = run(
        # Descriptions of the own contract are not the point here.
        "-m", "pytest", "-q", "-p", "no:randomly", "tests/contract", "-k", "not described_and_has",
        cwd=tmp_path, PYTHONPATH=path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


# --- forms that a later operation may have ----------------------------------------------------------------------------


def _call(tmp_path: Path, document: dict[str, Any], expression: str) -> Any:
    """What an expression gives in a process that has the package made from a document."""
    package = generate(document, tmp_path)
    return run_user(package, f"import json\nfrom messagemedia_generated.api.things import *\n{expression}")


QUERY = {
    "booleans in a joined list": (
        {"in": "query", "explode": False, "schema": {"type": "array", "items": {"type": "boolean"}}},
        "[True, False]",
        "/things?p=true,false",
    ),
    "booleans in repeated pairs": (
        {"in": "query", "schema": {"type": "array", "items": {"type": "boolean"}}},
        "[True, False]",
        "/things?p=true&p=false",
    ),
    "a comma in a joined list": (
        {"in": "query", "explode": False, "schema": {"type": "array", "items": {"type": "string"}}},
        "['a,b', 'c']",
        "/things?p=a%2Cb,c",
    ),
    "times in a list": (
        {"in": "query", "schema": {"type": "array", "items": {"type": "string", "format": "date-time"}}},
        "[datetime.datetime(2026, 1, 15, tzinfo=datetime.UTC)]",
        "/things?p=2026-01-15T00%3A00%3A00.000Z",
    ),
    "an empty text": ({"in": "query", "schema": {"type": "string"}}, "''", "/things?p="),
    "nothing": ({"in": "query", "schema": {"type": "string"}}, "None", "/things"),
}


LIMITS = {
    "below nothing": ({"type": "integer", "minimum": 0}, "-1", "p: must be at least 0, not -1"),
    "below a range from nothing": ({"type": "integer", "minimum": 0, "maximum": 9}, "-1", "p: must be 0 to 9, not -1"),
    "below a negative number": ({"type": "number", "minimum": -1.5}, "-2", "p: must be at least -1.5, not -2"),
    "too long for one": ({"type": "string", "maxLength": 1}, "'ab'", "p: must be at most 1 character, not 2"),
    "not of the only size": (
        {"type": "string", "minLength": 2, "maxLength": 2},
        "'a'",
        "p: must be exactly 2 characters, not 1",
    ),
    "above": ({"type": "integer", "maximum": 9}, "10", "p: must be at most 9, not 10"),
    "too short": ({"type": "string", "minLength": 2}, "'a'", "p: must be at least 2 characters, not 1"),
    "a boolean for a number": ({"type": "integer"}, "True", "p: must be a whole number, not bool"),
}


CASES = [(each, "target") for each in QUERY.values()] + [
    (({"in": "query", "schema": each[0]}, *each[1:]), "problems") for each in LIMITS.values()
]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What calls with the values of QUERY and LIMITS are made of, all from one package."""
    document = small_contract()
    script = ["import json, datetime", "found = []"]
    for at, ((parameter, value, _), wanted) in enumerate(CASES):
        name = f"case{chr(97 + at)}"
        operation = {
            **document["paths"]["/things"]["get"],
            "operationId": name,
            "parameters": [{"name": "p", **parameter}],
        }
        document["paths"][f"/{name}"] = {"get": operation}
        script.append(f"from messagemedia_generated.api.things import {name}\ncall = {name}.build(p={value})")
        script.append(
            "found.append([str(each) for each in call.problems])"
            if wanted == "problems"
            else "found.append(call.target)"
        )
    package = generate(document, tmp_path_factory.mktemp("built"))
    return run_user(package, "\n".join([*script, "print(json.dumps(found))"]))


@pytest.mark.parametrize("name", QUERY)
def test_query_is_encoded_as_the_contract_says(built: Any, name: str) -> None:
    at = list(QUERY).index(name)
    assert built[at] == QUERY[name][2].replace("/things", f"/case{chr(97 + at)}")


@pytest.mark.parametrize("name", LIMITS)
def test_a_broken_limit_is_told_in_words(built: Any, name: str) -> None:
    assert built[len(QUERY) + list(LIMITS).index(name)] == [LIMITS[name][2]]


def test_a_boolean_is_lower_case_in_path_and_header(tmp_path: Path) -> None:
    document = small_contract()
    flag = {"schema": {"type": "boolean", "description": "Flag."}}
    document["paths"]["/things/{flag}"] = {
        "parameters": [
            {"name": "flag", "in": "path", "required": True, **flag},
            {"name": "X-Flag", "in": "header", **flag},
        ],
        "delete": {
            "operationId": "deleteThing",
            "tags": ["Things"],
            "summary": "Delete.",
            "responses": {"204": {"description": "Gone."}},
        },
    }
    script = (
        "from messagemedia_generated.api.things import delete_thing as o\ncall = o.build(True, x_flag=False)\n"
        "print(json.dumps([call.target, dict(call.headers)]))"
    )
    assert _call(tmp_path, document, script) == ["/things/true", {"X-Flag": "false"}]


OPERATION_IDS = (
    "listSMSCampaigns",
    "getURL",
    "list-campaigns",
    "list_campaigns",
    "ListCampaignsV2",
    "list",
    "getThing2",
)


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATION_IDS)
def test_an_operation_may_be_named_in_any_style(tmp_path: Path, name: str) -> None:
    document = small_contract()
    document["paths"]["/things"]["get"]["operationId"] = name
    assert generate(document, tmp_path).is_dir()


def test_a_tag_needs_no_entry_in_the_list_of_tags(tmp_path: Path) -> None:
    document = small_contract()
    document["paths"]["/things"]["get"]["tags"] = ["Other Things"]
    assert (generate(document, tmp_path) / "api" / "other_things").is_dir()


def test_enum_values_come_out_as_they_are(tmp_path: Path) -> None:
    values = ["plain", "größer", "with 'quotes' and \"more\"", "back\\slash"]
    document = small_contract()
    document["components"]["schemas"]["Kind"] = {"type": "string", "description": "Kind.", "enum": values}
    document["components"]["schemas"]["Thing"]["properties"]["kind"] = {"$ref": "#/components/schemas/Kind"}
    script = "from messagemedia_generated.models import Kind\nprint(json.dumps([each.value for each in Kind]))"
    assert _call(tmp_path, document, script) == values
