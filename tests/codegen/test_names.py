"""Names of the contract that mean something to Python, to attrs or to the generated code itself."""

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from codegen_kit import ROOT, generate, run, small_contract, strict_types, write
from completing import completed

from codegen import driver, inventory, joining
from codegen.carried import RefusedError

NAMES = (
    "id", "type", "format", "class", "from", "None", "self", "cls", "d", "json", "raw", "extra", "from_dict", "to_dict", "to_json", "names_its_fields", "_values", "_others", "problems", "at",
    "item", "field", "define", "property", "classmethod", "list", "dict", "str", "int", "bool", "float", "tuple", "map", "isinstance",
    "frozenset", "date", "datetime", "Any", "Mapping", "Sequence", "Literal", "hidden_text", "quote", "_private", "__init__", "a-b", "1st",
    "$top", "@type", "ä", "body", "query", "headers", "header_values", "query_pairs", "body_json", "executor", "operation", "target",
)  # fmt: skip
# What stands beside the name in a model, so that something can be shadowed.
KINDS: dict[str, dict[str, Any]] = {
    "p_date": {"type": "string", "format": "date"},
    "p_time": {"type": "string", "format": "date-time"},
    "p_flag": {"type": "boolean"},
    "p_count": {"type": "integer"},
    "p_list": {"type": "array", "maxItems": 2, "items": {"type": "string", "description": "One."}},
    "p_map": {"type": "object", "additionalProperties": {"type": "string"}},
    "p_secret": {"type": "string", "x-sensitive": "text"},
}
PROBE = """
import importlib, json, sys, types
root = importlib.import_module("messagemedia_generated")
models = types.ModuleType("messagemedia_generated.models")
models.__path__ = [root.__path__[0] + "/models"]  # so that one broken model does not hide the others
sys.modules[models.__name__] = models
found = {}
for suffix, came in json.loads(sys.argv[1]).items():
    for name in ("sent", "answered"):
        try:
            module = importlib.import_module(f"messagemedia_generated.models.{name}_{suffix.lower()}")
            model = getattr(module, name.capitalize() + suffix)
            if name.startswith("sent"):
                made = model(p_list=["a"], **{model.__attrs_attrs__[1].name: "x"})
                problems = []
                found[name + suffix] = [made.to_json(problems), [str(each) for each in problems], made.to_dict()]
            else:
                read = model.from_dict(came)
                found[name + suffix] = [read.p_list, getattr(read, model.__attrs_attrs__[1].name), read.raw == came, read.to_dict()]
        except BaseException as error:
            found[name + suffix] = repr(error)
json.dump(found, sys.stdout)
"""


def _contract() -> Any:
    document = small_contract()
    schemas = document["components"]["schemas"]
    for name in NAMES:
        properties = {
            **{key: {**each, "description": "P."} for key, each in KINDS.items()},
            name: {"type": "string", "description": "N."},
        }
        # The name comes first, so that it is there when the others are defined.
        ordered = {"p_list": properties["p_list"], name: properties.pop(name), **properties}
        for kind in ("Sent", "Answered"):
            schemas[f"{kind}{_suffix(name)}"] = {
                "type": "object",
                "description": "M.",
                "required": ["p_list"],
                "properties": copy.deepcopy(ordered),
            }
        document["paths"][f"/names/{_suffix(name)}"] = {
            "get": {
                "operationId": f"get{_suffix(name)}",
                "tags": ["Names"],
                "summary": "Get.",
                "parameters": [
                    # A second `self` would be a syntax error, and keep mypy from seeing the rest: it has a test of its own.
                    {
                        "name": name if name != "self" else "n",
                        "in": "query",
                        "schema": {"type": "boolean", "description": "N."},
                    },
                    {"name": "p_list", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}},
                    {"name": "p_date", "in": "query", "schema": {"type": "string", "format": "date"}},
                    {"name": "p_count", "in": "header", "schema": {"type": "integer"}},
                ],
                "responses": {"204": {"description": "Ok."}},
            },
            "post": {
                "operationId": f"post{_suffix(name)}",
                "tags": ["Names"],
                "summary": "Post.",
                "requestBody": {"required": True, **_json(f"Sent{_suffix(name)}")},
                "responses": {"204": {"description": "Ok."}},
            },
        }
    document["tags"].append({"name": "Names", "description": "Names."})
    return document


def _json(name: str) -> Any:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}


def _suffix(name: str) -> str:
    """Letters that stand for a name where the name itself would disturb."""
    at = NAMES.index(name)
    return f"{chr(65 + at // 26)}{chr(97 + at % 26)}"


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A package with all those names, which is not refused because of the ones that do not work."""
    folder = tmp_path_factory.mktemp("names")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inventory, "compare", lambda *_: [])
        patch.setattr(driver, "_format", _lenient)
        driver.generate(joining.read(write(completed(_contract()), folder)), folder / "generated" / driver.PACKAGE)
    return folder / "generated" / driver.PACKAGE


def _lenient(package: Path) -> None:
    """Format as the driver does, so that unused imports do not count, but go on whatever ruff says."""
    config = ["--config", str(ROOT / "codegen" / "format.toml"), "--no-cache", "--quiet", str(package)]
    for step in (["check", "--fix"], ["format"]):
        subprocess.run([sys.executable, "-m", "ruff", *step, *config], capture_output=True, check=False)


@pytest.fixture(scope="session")
def used(package: Path) -> Any:
    """What came of using each model."""
    came = {_suffix(name): {"p_list": ["a"], name: "x"} for name in NAMES}
    done = run("-c", PROBE, json.dumps(came), cwd=package.parent, PYTHONPATH=str(package.parent))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def complaints(package: Path) -> str:
    """What mypy --strict has against the package."""
    return strict_types(package)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_sent_property_may_have_any_name(used: Any, name: str) -> None:
    assert used["sent" + _suffix(name)] == [{"p_list": ["a"], name: "x"}, [], {"p_list": ["a"], name: "x"}]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_an_answered_property_may_have_any_name(used: Any, name: str) -> None:
    assert used["answered" + _suffix(name)] == [["a"], "x", True, {"p_list": ["a"], name: "x"}]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_models_with_any_name_are_typed_strictly(complaints: str, name: str) -> None:
    suffix = _suffix(name).lower()
    assert _about(complaints, f"models/sent_{suffix}.py", f"models/answered_{suffix}.py") == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_parameter_may_have_any_name(complaints: str, name: str) -> None:
    suffix = _suffix(name).lower()
    assert _about(complaints, f"get_{suffix}.py", f"post_{suffix}.py") == []


@pytest.mark.slow
def test_resources_with_any_names_are_typed_strictly(complaints: str) -> None:
    assert _about(complaints, "names/__init__.py") == []


def _about(complaints: str, *places: str) -> list[str]:
    return [line for line in complaints.splitlines() if any(f"/{place}:" in line for place in places)]


@pytest.mark.slow
def test_a_parameter_named_self_is_carried_or_refused_with_its_place(tmp_path: Path) -> None:
    document = small_contract()
    document["paths"]["/things"]["get"]["parameters"] = [{"name": "self", "in": "query", "schema": {"type": "string"}}]
    try:
        package = generate(document, tmp_path)
    except RefusedError as refused:
        assert str(refused).startswith("  /paths//things/get")  # noqa: PT017
    else:
        assert strict_types(package) == ""
