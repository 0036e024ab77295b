"""What other generators get wrong comes out right, or is refused in the words and with the place of the contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from codegen_kit import contract, generate, run_user, small_contract, strict_types
from completing import completed
from found_shapes import (
    AT_LEAST,
    CARRIED,
    PAGED,
    REF,
    REFUSED,
    TEXT,
    WITHOUT_A_HINT,
    A,
    add,
    content,
    of,
    parameter,
    schemas,
)

from codegen import __main__ as command
from codegen import driver
from codegen.carried import RefusedError
from codegen.contract_view import View
from codegen.references import not_json

Json = dict[str, Any]


def _refusal(document: Json) -> str:
    """Why a contract is refused, without writing anything."""
    if reasons := list(not_json(document)):
        return "\n".join(reasons)
    with pytest.raises(RefusedError) as refused:
        driver.checked(document)
    return str(refused.value)


def _view(document: Json) -> View:
    return driver.checked(completed(document))


@pytest.mark.slow
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_carried_is_refused_with_its_place(name: str) -> None:
    edit, *words = REFUSED[name]
    document = contract()
    edit(document)
    said = _refusal(document)
    assert [word for word in words if word not in said] == [], said


@pytest.mark.slow
@pytest.mark.parametrize("keyword", WITHOUT_A_HINT)
def test_a_known_keyword_is_taken_for_no_misspelling(keyword: str) -> None:
    document = contract()
    schemas(document)["Reply"][keyword] = {"uniqueItems": True, "multipleOf": 2, "prefixItems": [TEXT]}.get(keyword, {})
    said = _refusal(document)
    assert f"/components/schemas/Reply: schema with '{keyword}'" in said
    assert "did you mean" not in said


def test_a_misspelling_is_told_what_it_is_one_of() -> None:
    document = contract()
    schemas(document)["Reply"]["propertys"] = {}
    assert "did you mean 'properties'?" in _refusal(document)


@pytest.mark.slow
@pytest.mark.parametrize("name", CARRIED)
def test_what_an_honest_contract_says_is_carried(tmp_path: Path, name: str) -> None:
    document = contract()
    CARRIED[name](document)
    assert generate(document, tmp_path).is_dir()


# --- what comes out -------------------------------------------------------------------------------------------------


def _all_at_once(document: Json) -> None:
    """Edits that do not get in each other's way, to be used in one package."""
    put = schemas(document).update
    add(
        document,
        "/v1/customers/{customer}/orders",
        operationId="listOrders",
        parameters=[parameter("customer", "path"), parameter("customer_segment")],
    )
    add(
        document,
        "/v1/a/{a}/{a_segment}",
        operationId="getA",
        parameters=[parameter("a", "path"), parameter("a_segment", "path")],
    )
    put(Base={**of(name=TEXT, phone=TEXT), "required": ["name"]})
    put(NewContact={"allOf": [{"$ref": f"{REF}Base"}, of(list=TEXT)], "required": ["phone"]})
    put(A=A, B={"allOf": [{"$ref": f"{REF}A"}, AT_LEAST]})
    put(NewMessage={"allOf": [{"$ref": f"{REF}Message"}, {"required": ["subject"]}]})
    put(
        Settings={
            **of(b=TEXT, count={"type": "integer", "minimum": 0.0, "maximum": 5.0}, text={**TEXT, "maxLength": 10.0}),
            "minProperties": 1,
        }
    )
    for name in ("NewContact", "B", "NewMessage", "Settings"):
        add(
            document,
            f"/v1/{name}",
            "post",
            operationId=f"add{name}",
            requestBody={"required": True, **content({"$ref": f"{REF}{name}"})},
        )
    put(
        Contact={
            **of(last_reply={"$ref": f"{REF}Reply"}, replies={"type": "array", "items": {"$ref": f"{REF}Reply"}}),
            "required": ["replies"],
        }
    )
    put(
        **{"400response": of(a=TEXT), "Any": of(a=TEXT), "Box": {"type": ["object", "null"], "properties": {"w": TEXT}}}
    )
    put(Mobile={"description": "M.", "allOf": [{"$ref": f"{REF}Phone"}]}, Phone=TEXT)
    put(
        Tree={"type": "object", "additionalProperties": {"$ref": f"{REF}Node"}},
        Node={**of(kids={"$ref": f"{REF}Tree"}), "required": ["kids"]},
    )
    schemas(document)["Reply"]["properties"] |= {
        "contact": {"$ref": f"{REF}Contact"}, "box": {"$ref": f"{REF}Box"}, "mobile": {"$ref": f"{REF}Mobile"},
        "crate": {"type": ["object", "null"], "properties": {"w": TEXT}}, "any": {"$ref": f"{REF}Any"}, "bad": {"$ref": f"{REF}400response"},
        "sort": {**TEXT, "enum": ["created", "-created", "220"], "x-enum-varnames": ["CREATED", "CREATED_DESC", "OK"]},
        "code": {**TEXT, "enum": ["220", "305"]},
    }  # fmt: skip
    add(
        document,
        "/v1/verify",
        operationId="2faVerify",
        parameters=[parameter("url"), parameter("client"), parameter("filter[status]")],
    )
    add(document, "/v1/check", operationId="_check")
    add(document, "/v1/send", operationId="messages/send")
    add(
        document,
        "/v1/is_authorised/{numbers}",
        operationId="isAuthorised",
        parameters=[parameter("numbers", "path", {"type": "array", "items": TEXT})],
    )
    add(
        document,
        "/v1/id/{id}",
        operationId="getId",
        parameters=[parameter("id", "path"), parameter("id"), parameter("id", "header")],
    )
    add(
        document,
        "/v1/short/{word}",
        operationId="getShort",
        parameters=[parameter("word", "path", {**TEXT, "maxLength": 3})],
    )
    add(
        document,
        "/v1/pages",
        operationId="listPages",
        **{**PAGED, "x-paged": {"parameter": "page", "first": 1, "items": ""}},
    )
    put(
        CustomFields={"type": "object", "additionalProperties": TEXT},
        Notes={
            **of(free={"type": "object", "maxProperties": 1, "propertyNames": {"maxLength": 3}}),
            "deprecated": True,
        },
        Unused=of(notes={"$ref": f"{REF}Notes"}),
        Mood={**TEXT, "enum": ["a"], "deprecated": True},
        OPERATION=of(a=TEXT),
        VERSION=of(webhook_template=TEXT),
    )
    schemas(document)["Reply"]["properties"] |= {
        "fields": {"$ref": f"{REF}CustomFields"},
        "mood": {"$ref": f"{REF}Mood"},
    }
    add(
        document,
        "/v1/notes",
        "post",
        operationId="addNotes",
        requestBody={"required": True, **content({"type": "array", "items": {}})},
        responses={"200": {"description": "Ok.", **content({"$ref": f"{REF}OPERATION"})}},
    )
    add(
        document,
        "/v1/notes",
        "put",
        operationId="setNotes",
        requestBody={"required": True, **content({"$ref": f"{REF}Notes"})},
    )
    put(
        I={
            **of(l={**TEXT, "enum": ["i", "O"]}, c={"const": "x"}, cs={"type": "array", "items": {"const": "x"}}),
            "required": ["c"],
        }
    )
    add(
        document,
        "/v1/letters",
        "put",
        operationId="l",
        parameters=[parameter("l")],
        requestBody={"required": True, **content({"$ref": f"{REF}I"})},
        responses={"200": {"description": "Ok.", **content({"$ref": f"{REF}I"})}},
    )
    document["tags"].append({"name": "Marks", "description": "Marks."})
    add(
        document,
        "/v1/marks",
        operationId="build",
        responses={"200": {"description": "Ok.", **content({"$ref": f"{REF}VERSION"})}},
    )
    add(
        document,
        "/v1/marks",
        "put",
        operationId="setMark",
        tags=["Marks"],
        **{"x-settled-by": {"operationId": "build", "property": "webhook_template", "equals": "a"}},
    )
    document["webhooks"]["mark"] = {
        "post": {"requestBody": content({"$ref": f"{REF}VERSION"}), "responses": {"200": {"description": "Ok."}}}
    }
    document["paths"]["/v1/replies"]["delete"] = {
        "operationId": "deleteReplies", "tags": ["Replies"], "x-gone": True,
        "responses": {"204": {"description": "Gone."}, "404": {"description": "Gone before."}, "409": {"description": "Busy."}, "4XX": {"description": "Else."}, "500": {"description": "Down."}, "5XX": {"description": "Down, too."}},
    }  # fmt: skip


USE = """
import json, importlib, inspect
import messagemedia_generated.api.replies as replies, messagemedia_generated.models as m
from messagemedia_generated.api.replies import RepliesApi
import messagemedia
def target(name, *values, **named):
    return importlib.import_module(f"messagemedia_generated.api.replies.{name}").build(*values, **named).target
def problems(model):
    found = []
    model.to_json(found)
    return [str(each) for each in found]
reply = {"contact": {"replies": [{"content": "a"}]}, "box": {"w": "1"}, "crate": {"w": "2"}, "sort": "-created", "code": "305"}
read = m.Reply.from_dict(reply)
print(json.dumps({
    "orders": target("list_orders", "ACME", customer_segment="vip"),
    "segments": target("get_a", "ONE", "TWO"),
    "verify": target("operation_2_fa_verify", url="u", client="c", filter_status="s"),
    "numbers": [target("is_authorised", ["+1", "a,b/c"]), [str(each) for each in replies._is_authorised.build([]).problems]],
    "ids": target("get_id", "p", id_query="q", id_header="h"),
    "short": [str(each) for each in replies._get_short.build("four").problems],
    "methods": [name for name in dir(RepliesApi) if name.startswith(("operation_", "messages_"))],
    "contact": problems(m.NewContact(name=None, phone="1")),
    "merged": [problems(m.B(a="abcdefgh")), problems(m.B(a="a"))],
    "subject": [problems(m.NewMessage(content="a", destination_number="+61491570156", subject=None))[0]],
    "empty": problems(m.Settings()), "count": problems(m.Settings(count=9)),
    "read": [read.contact.replies[0].content, type(read.box).__name__, type(read.crate).__name__, read.sort.name, read.code.name],
    "classes": [name for name in ("Schema400response", "Any_", "Box", "ReplyCrate") if hasattr(m, name)],
    "public": [getattr(messagemedia, name).__name__ for name in ("NewContact", "ReplySort", "Schema400response")],
    "tree": m.Node.from_dict({"kids": {"a": {"kids": {}}}}).kids["a"].kids,
    "docs": inspect.getdoc(RepliesApi.delete_replies), "pages": inspect.getdoc(RepliesApi.list_pages_pages),
    "settings": inspect.getdoc(m.Settings),
    "any": [replies._add_notes.build([1, {"a": None}]).json, [str(each) for each in replies._add_notes.build([object()]).problems]],
    "unused": m.Unused.from_dict({"notes": {"free": {"a": 1}}}).notes.free,
    "free": problems(m.Notes(free={"abcd": 1, "b": 2})),
    "deprecated": ["Deprecated." in inspect.getdoc(each) for each in (m.Notes, m.Mood, m.Settings)],
    "settled": importlib.import_module("messagemedia_generated.api.marks.set_mark").OPERATION.settlement.operation.id,
    "letters": [replies._l.build(m.I(l="O", cs=["x"]), l="1").json, m.I.from_dict({"l": "i", "c": "y", "cs": ["y"]}).to_dict()],
    "spared": [m.OPERATION_.__name__, m.VERSION_.from_dict({"webhook_template": "a"}).webhook_template_],
}))
"""


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of a contract with all those edits."""
    document = contract()
    _all_at_once(document)
    return generate(document, tmp_path_factory.mktemp("found"))


@pytest.fixture(scope="session")
def used(package: Path) -> Json:
    """What came of using it."""
    return run_user(package, USE)


COMES_OUT: dict[str, Any] = {
    "orders": "/v1/customers/ACME/orders?customer_segment=vip",
    "segments": "/v1/a/ONE/TWO",
    "verify": "/v1/verify?url=u&client=c&filter%5Bstatus%5D=s",
    "numbers": ["/v1/is_authorised/%2B1,a%2Cb%2Fc", ["numbers: must not be empty"]],
    "ids": "/v1/id/p?id=q",
    "short": ["word: must be at most 3 characters, not 4"],
    "methods": ["messages_send", "operation_2_fa_verify", "operation_check"],
    "contact": ["/name: is required"],
    "merged": [["/a: must be 2 to 5 characters, not 8"], ["/a: must be 2 to 5 characters, not 1"]],
    "subject": ["/subject: is required"],
    "empty": ["must have at least 1 field, not 0"],
    "count": ["/count: must be 0 to 5, not 9"],
    "read": ["a", "Box", "ReplyCrate", "CREATED_DESC", "VALUE_305"],
    "classes": ["Schema400response", "Any_", "Box", "ReplyCrate"],
    "public": ["NewContact", "ReplySort", "Schema400response"],
    "tree": {},
    "any": [[1, {"a": None}], ["/0: can't be written as JSON: Object of type object is not JSON serializable"]],
    "unused": {"a": 1},
    "free": ["/free: must have at most 1 pair, not 2", "/free: a key must be at most 3 characters, not 4"],
    "deprecated": [True, True, False],
    "settled": "build",
    "spared": ["OPERATION_", "a"],
    "letters": [{"l": "O", "c": "x", "cs": ["x"]}, {"l": "i", "c": "y", "cs": ["y"]}],
}


@pytest.mark.parametrize("name", COMES_OUT)
def test_what_is_carried_comes_out_right(used: Json, name: str) -> None:
    assert used[name] == COMES_OUT[name]


@pytest.mark.parametrize(
    "line",
    [
        "NotFoundError: (404) Gone before.",
        "ConflictError: (409) Busy.",
        "APIStatusError: (4XX) Else.",
        "ServerError: (500) Down.",
        "ServerError: (5XX) Down, too.",
        "a 404 to the retry means that it is done",
    ],
)
def test_a_docstring_names_the_error_that_is_raised(used: Json, line: str) -> None:
    assert line in " ".join(used["docs"].split())


def test_docstrings_say_how_pages_end_and_how_many_fields_are_needed(used: Json) -> None:
    assert "Yields:" in used["pages"]
    assert "\n    page: " not in used["pages"]
    assert "needs at least 1 field" in used["settings"]
    assert "At most 10 characters." in used["settings"]


@pytest.mark.slow
def test_what_is_carried_is_typed_strictly(package: Path) -> None:
    assert strict_types(package) == ""


# --- names ----------------------------------------------------------------------------------------------------------


def test_a_name_stays_when_something_is_added_beside_it() -> None:
    def names(values: list[str]) -> dict[str, str]:
        document = contract()
        schemas(document)["Reply"]["properties"]["code"] = {**TEXT, "enum": values}
        members = _view(document).schemas.enums["ReplyCode"].members
        return {value: member for member, value in members.items()}

    before, after = names(["1", "2", "a"]), names(["0", "1", "b", "2", "a"])
    assert before == {value: after[value] for value in before}


def test_names_given_for_values_come_first() -> None:
    document = contract()
    schemas(document)["Reply"]["properties"]["sort"] = {**TEXT, "enum": ["+", "-"], "x-enum-varnames": ["UP", "down"]}
    assert _view(document).schemas.enums["ReplySort"].members == {"UP": "+", "DOWN": "-"}


# --- failures of the generator itself -------------------------------------------------------------------------------


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What the command says of the small contract, in which something of its own fails."""

    def run() -> str:
        path = tmp_path / "contract.yaml"
        path.write_text(json.dumps(small_contract()))
        monkeypatch.setattr(
            "sys.argv", ["codegen", "generate", "--contract", str(path), "--output", str(tmp_path / "out" / "package")]
        )
        assert command.main() == 2
        assert list((tmp_path / "out").iterdir()) == []
        return capsys.readouterr().err

    return run


def test_a_failure_of_the_generator_names_what_it_was_at_work_on(
    said: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("enum")

    monkeypatch.setattr("codegen.operations.Operations._answer", fail)
    told = said()
    assert "KeyError: 'enum'" in told
    assert "at work on the operation listThings" in told
    assert "report" in told
    assert len(told.splitlines()) == 3


def test_an_error_in_a_template_is_one_line_with_file_and_line(
    said: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    templates = tmp_path / "templates"
    shutil.copytree(driver.TEMPLATES, templates)
    text = (templates / "model.py.jinja").read_text()
    (templates / "model.py.jinja").write_text(f"{text}{{{{ model.nam }}}}\n")
    monkeypatch.setattr(driver, "TEMPLATES", templates)
    told = said()
    assert f"template model.py.jinja, line {len(text.splitlines()) + 1}: " in told
    assert "at work on the schema /components/schemas/Thing" in told
    assert len(told.splitlines()) == 3
