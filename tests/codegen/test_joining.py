"""The files of the contract become one document, and what does not fit together is refused with its file and place."""

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from codegen_kit import ROOT, Json, digest, generate, small_contract
from completing import completed

from codegen import __main__ as command
from codegen import driver, joining
from codegen.carried import RefusedError

Write = Callable[..., Path]


def _main() -> Json:
    """The small contract, with an error that every part can use."""
    document = completed(small_contract())
    document["components"]["schemas"]["Oops"] = {
        "type": "object",
        "description": "What is wrong.",
        "properties": {"message": {"type": "string", "description": "In words."}},
    }
    document["components"]["responses"] = {
        "Oops": {"description": "Refused.", "content": {"application/json": {"schema": _ref("schemas/Oops")}}}
    }
    return document


def _ref(name: str, file: str = "") -> Json:
    return {"$ref": f"{file}#/components/{name}"}


def _part() -> Json:
    """A further part, with an operation, a schema and a webhook of its own."""
    shape = {
        "type": "object",
        "description": "A shape.",
        "properties": {
            "id": {"type": "string", "description": "Id."},
            "thing": _ref("schemas/Thing", "messages.yaml"),
            "$ref": {"type": "string", "description": "A property of this name is no reference."},
        },
        "example": {"$ref": "shapes.yaml#/of/the/example"},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shapes", "version": "1"},
        "tags": [{"name": "Shapes", "description": "Shapes."}],
        "paths": {
            "/shapes": {
                "get": {
                    "operationId": "listShapes",
                    "tags": ["Shapes"],
                    "summary": "List shapes.",
                    "description": "Lists them.",
                    "responses": {
                        "200": {
                            "description": "Listed.",
                            "content": {"application/json": {"schema": _ref("schemas/Shape")}},
                        },
                        "400": _ref("responses/Oops", "./messages.yaml"),
                    },
                }
            }
        },
        "webhooks": {
            "shape": {
                "post": {
                    "summary": "A shape, pushed.",
                    "requestBody": {"content": {"application/json": {"schema": _ref("schemas/Shape")}}},
                    "responses": {"2XX": {"description": "Received."}},
                }
            }
        },
        "components": {"schemas": {"Shape": shape}},
    }


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files of a contract, and return their folder."""

    def run(**files: Any) -> Path:
        folder = tmp_path / "openapi"
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return folder

    return run


def _reasons(folder: Path) -> list[str]:
    with pytest.raises(RefusedError) as refused:
        driver.generate(joining.read(folder), folder.parent / "generated" / driver.PACKAGE)
    assert not (folder.parent / "generated" / driver.PACKAGE).exists()
    return refused.value.reasons


# --- what comes out -------------------------------------------------------------------------------------------------


def test_one_document_has_what_all_files_have(write: Write) -> None:
    contract = joining.read(write(messages=_main(), shapes=_part()))
    assert list(contract.parts) == ["messages.yaml", "shapes.yaml"]
    document, main, part = contract.document, _main(), _part()
    assert {key: document[key] for key in ("openapi", "info", "servers", "security")} == {
        key: main[key] for key in ("openapi", "info", "servers", "security")
    }
    for key in ("paths", "webhooks"):
        assert [*document[key]] == [*main[key], *part[key]]
    assert [each["name"] for each in document["tags"]] == ["Things", "Shapes"]
    assert [*document["components"]["schemas"]] == [*main["components"]["schemas"], "Shape"]
    responses = document["paths"]["/shapes"]["get"]["responses"]
    assert responses["400"] == {"$ref": "#/components/responses/Oops"}
    shape = document["components"]["schemas"]["Shape"]
    assert shape["properties"]["thing"] == {"$ref": "#/components/schemas/Thing"}
    assert shape["properties"]["$ref"] == part["components"]["schemas"]["Shape"]["properties"]["$ref"]
    assert shape["example"] == part["components"]["schemas"]["Shape"]["example"]


def test_files_come_in_the_order_of_their_names_behind_the_main_one(write: Write) -> None:
    empty = {"openapi": "3.1.0", "info": {"title": "Empty", "version": "1"}}
    assert list(joining.read(write(zebra=empty, messages=_main(), apple=empty)).parts) == [
        "messages.yaml",
        "apple.yaml",
        "zebra.yaml",
    ]


def test_a_folder_of_one_file_is_that_file(write: Write) -> None:
    assert joining.read(write(messages=_main())).document == _main()


def test_the_package_of_several_files_is_that_of_one_that_holds_it_all(write: Write, tmp_path: Path) -> None:
    contract = joining.read(write(messages=_main(), shapes=_part()))
    driver.generate(contract, tmp_path / "several" / driver.PACKAGE)
    several, one = digest(tmp_path / "several" / driver.PACKAGE), digest(generate(contract.document, tmp_path / "one"))
    assert {name for name in {*several, *one} if several.get(name) != one.get(name)} == {"STAMP"}


def test_what_holds_for_the_whole_may_be_repeated_and_borrowed_so_that_a_file_stands_alone(write: Write) -> None:
    main, part = _main(), _part()
    part |= {key: main[key] for key in ("servers", "security")}
    part["components"]["securitySchemes"] = {"basicAuth": _ref("securitySchemes/basicAuth", "messages.yaml")}
    part["components"]["schemas"]["Oops"] = _ref("schemas/Oops", "messages.yaml")
    assert joining.read(write(messages=main, shapes=part)).document == joining.read(write(shapes=_part())).document


# --- what is refused ------------------------------------------------------------------------------------------------


def _set(*path: str) -> Callable[[Json, Any], None]:
    def change(document: Json, value: Any) -> None:
        for key in path[:-1]:
            document = document.setdefault(key, {})
        document[path[-1]] = value

    return change


ANSWERS = ("paths", "/shapes", "get", "responses")
REFUSED: dict[str, tuple[tuple[str, ...], Any, str]] = {
    "a path that is there": (("paths", "/things"), {}, "/paths//things: this path is in messages.yaml already"),
    "an operationId that is there": (
        ("paths", "/shapes", "get", "operationId"),
        "listThings",
        "/paths//shapes/get: the operationId 'listThings' is in messages.yaml already (/paths//things/get)",
    ),
    "an operationId that becomes the same": (
        ("paths", "/shapes", "get", "operationId"),
        "list_things",
        "/paths//shapes/get: the operationId 'list_things' is in messages.yaml already (/paths//things/get)",
    ),
    "a tag that is there": (
        ("tags",),
        [{"name": "Things", "description": "Again."}],
        "/tags/Things: the tag 'Things' is in messages.yaml already",
    ),
    "a schema that is there": (
        ("components", "schemas", "Thing"),
        {"type": "string"},
        "/components/schemas/Thing: the component 'Thing' is in messages.yaml already",
    ),
    "a webhook that is there": (("webhooks", "thing"), {}, "/webhooks/thing: the webhook 'thing' is in messages.yaml already"),
    "other servers": (
        ("servers",),
        [{"url": "https://b.example"}],
        "/servers: differs from that of messages.yaml, which holds for all files; leave it out here",
    ),
    "another security": (
        ("security",),
        [],
        "/security: differs from that of messages.yaml, which holds for all files; leave it out here",
    ),
    "another version of OpenAPI": (("openapi",), "3.0.3", "openapi: is '3.0.3', but '3.1.0' in messages.yaml"),
    "a reference to nothing": (
        (*ANSWERS, "400"),
        _ref("responses/Nope", "messages.yaml"),
        "/paths//shapes/get/responses/400: $ref to 'messages.yaml#/components/responses/Nope', which is not in messages.yaml",
    ),
    "a reference to a third file": (
        (*ANSWERS, "400"),
        _ref("responses/Nope", "other.yaml"),
        (
            "/paths//shapes/get/responses/400: $ref to 'other.yaml#/components/responses/Nope', only #/components/…, or "
            "messages.yaml#/components/… can be followed; what several files use belongs in messages.yaml"
        ),
    ),
    "a reference that forgets its file": (
        (*ANSWERS, "400"),
        _ref("responses/Oops"),
        (
            "/paths//shapes/get/responses/400: $ref to '#/components/responses/Oops', which is not in shapes.yaml; write "
            "'messages.yaml#/components/responses/Oops'"
        ),
    ),
    "paths that are a list": (("paths",), [], "/paths: must be a mapping"),
    "components of a kind that are a list": (("components", "schemas"), [], "/components/schemas: must be a mapping"),
    "tags that are a mapping": (("tags",), {}, "/tags: must be a list of tags with a name"),
    "a key that nothing carries": (("x-extra",), 1, "/: document with 'x-extra', which is not supported"),
    # These are found only after joining, in the one document.
    "a misspelt key of an operation": (
        ("paths", "/shapes", "get", "sumary"),
        "x",
        "/paths//shapes/get: operation with 'sumary', which is not supported; did you mean 'summary'?",
    ),
    "a schema of an unknown format": (("components", "schemas", "Shape", "properties", "id", "format"), "iban", "/components/schemas/Shape"),
    "an extension among paths": (("paths", "x-internal"), True, "/paths/x-internal: an extension among paths is not supported"),
    "a class that takes the name of a tag's": (("components", "schemas", "ShapesApi"), {"type": "object", "properties": {"a": {"type": "string"}}}, "the tag Shapes: becomes the class ShapesApi"),
    "a webhook without a summary": (("webhooks", "shape", "post", "summary"), "", "/webhooks/shape/post: needs a summary"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_together_is_refused_with_its_file_and_place(write: Write, name: str) -> None:
    path, value, reason = REFUSED[name]
    part = _part()
    _set(*path)(part, value)
    found = _reasons(write(messages=_main(), shapes=part))
    assert [each for each in found if each.startswith(f"shapes.yaml: {reason}")], found


def test_the_same_path_with_another_name_for_its_parameter_is_refused(write: Write) -> None:
    main, part = _main(), _part()
    main["paths"]["/things/{id}"] = {}
    part["paths"]["/things/{other}"] = {}
    assert _reasons(write(messages=main, shapes=part)) == [
        "shapes.yaml: /paths//things/{other}: this path is in messages.yaml already (/paths//things/{id})"
    ]


def test_the_main_file_refers_to_no_other(write: Write) -> None:
    main = _main()
    main["components"]["schemas"]["Thing"]["properties"]["shape"] = _ref("schemas/Shape", "shapes.yaml")
    (reason,) = _reasons(write(messages=main, shapes=_part()))
    assert reason == (
        "messages.yaml: /components/schemas/Thing/properties/shape: $ref to 'shapes.yaml#/components/schemas/Shape', only "
        "#/components/… can be followed; what several files use belongs in messages.yaml"
    )


def test_a_fault_of_the_main_file_is_told_with_its_name(write: Write) -> None:
    main = _main()
    main["paths"]["/things"]["get"]["x-repeatable"] = "yes"
    main["servers"][0].pop("description")
    found = _reasons(write(messages=main, shapes=_part()))
    assert "messages.yaml: /paths//things/get: x-repeatable must be true or false" in found
    assert [each for each in found if each.startswith("messages.yaml: /servers/0: needs description")], found


def test_all_reasons_of_all_files_are_told_at_once(write: Write) -> None:
    main, part = _main(), _part()
    main["paths"]["/things"]["get"]["responses"]["400"] = _ref("responses/Nope")
    part["openapi"] = "3.0.0"
    part["servers"] = []
    assert [each.partition(":")[0] for each in _reasons(write(messages=main, shapes=part))] == [
        "messages.yaml",
        "shapes.yaml",
        "shapes.yaml",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [", "shapes.yaml is not readable YAML: "),
        ("- a", "shapes.yaml is not an OpenAPI document"),
        (
            "paths: {/x: {get: {responses: {200: {}}}}}",
            "shapes.yaml: /paths//x/get/responses/200: write the key in quotes",
        ),
    ],
)
def test_a_file_that_is_no_contract_is_named(write: Write, text: str, reason: str) -> None:
    (found,) = _reasons(write(messages=_main(), shapes=text))
    assert found.startswith(reason)


def test_a_folder_without_the_main_file_is_refused(write: Write) -> None:
    assert _reasons(write(shapes=_part())) == ["there is no messages.yaml, which has what all files share"]


@pytest.mark.parametrize("name", ["shapes.yml", "shapes.json"])
def test_a_file_that_would_not_be_read_is_refused(write: Write, name: str) -> None:
    folder = write(messages=_main())
    (folder / name).write_text("{}")
    assert _reasons(folder) == [f"{name}: is not read: only files that end in .yaml are"]


# --- the command ----------------------------------------------------------------------------------------------------


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr("sys.argv", ["codegen", *map(str, arguments)])
    return command.main()


def test_generate_says_which_files_it_joined(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(messages=_main(), shapes=_part())
    output = folder.parent / "generated" / driver.PACKAGE
    assert _run(monkeypatch, "generate", "--contract", folder, "--output", output) == 0
    assert capsys.readouterr().out == "messagemedia_generated is made from messages.yaml, shapes.yaml\n"
    assert (output / "STAMP").read_text().splitlines()[-1] == "contract messages.yaml shapes.yaml"


@pytest.mark.slow
@pytest.mark.parametrize("changed", [path.name for path in driver.CONTRACT.glob("*.yaml")])
def test_check_notices_a_change_of_any_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], changed: str
) -> None:
    folder = Path(shutil.copytree(driver.CONTRACT, tmp_path / "openapi"))
    path = folder / changed
    text = path.read_text(encoding="utf-8")
    sentence = next(line for line in text.splitlines() if line.startswith("      summary: "))
    path.write_text(text.replace(sentence, f"{sentence.rstrip('.')}, of course."), encoding="utf-8")
    assert _run(monkeypatch, "check", "--contract", folder) == 1
    said = capsys.readouterr().err
    assert ", of course." in said
    assert "run `make generate`" in said


@pytest.mark.slow
def test_check_notices_a_file_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(driver.CONTRACT, tmp_path / "openapi"))
    (folder / "empty.yaml").write_text("openapi: 3.1.0\ninfo: {title: Empty, version: '1'}\n")
    assert _run(monkeypatch, "check", "--contract", folder) == 1
    assert "empty.yaml" in capsys.readouterr().err


# --- this project's own files ---------------------------------------------------------------------------------------


def test_every_name_of_every_file_is_in_the_joined_document() -> None:
    contract = joining.read(driver.CONTRACT)
    assert set(contract.parts) == {path.name for path in (ROOT / "openapi").iterdir()}
    document = copy.deepcopy(contract.document)
    for part in contract.parts.values():
        for key in ("paths", "webhooks"):
            for name in part.get(key, {}):
                assert document[key].pop(name).keys() == part[key][name].keys()
        for tag in part.get("tags", ()):
            document["tags"].remove(tag)
        for kind, found in part.get("components", {}).items():
            for name in found:
                document["components"][kind].pop(name)
    assert not any([document["paths"], document["webhooks"], document["tags"], *document["components"].values()])
    assert ".yaml#" not in json.dumps(contract.document)
