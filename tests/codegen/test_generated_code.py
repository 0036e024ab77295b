"""What holds for all generated code, whatever the contract says."""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from codegen_kit import generate, run, run_user, small_contract

from codegen import driver

pytestmark = pytest.mark.slow

SIGNATURES = """
import inspect, json, sys
from messagemedia_generated.client import Api, AsyncApi
found = {}
for kind in (Api, AsyncApi):
    for tag, resource in vars(kind(None)).items():
        for name, method in inspect.getmembers(resource, inspect.ismethod):
            if not name.startswith("_"):
                told = [str(inspect.signature(method)), inspect.getdoc(method), inspect.iscoroutinefunction(method)]
                found.setdefault(kind.__name__, {})[f"{tag}.{name}"] = told
json.dump(found, sys.stdout)
"""
HINTS = """
import inspect, json, pkgutil, importlib, typing
import attrs, messagemedia_generated as root
failed = []
for each in pkgutil.walk_packages(root.__path__, root.__name__ + "."):
    module = importlib.import_module(each.name)
    for name, thing in vars(module).items():
        if getattr(thing, "__module__", None) != each.name or not (inspect.isclass(thing) or inspect.isfunction(thing)):
            continue
        for part in [thing, *(f for n, f in vars(thing).items() if inspect.isfunction(f) and n[0] != "_")] if inspect.isclass(thing) else [thing]:
            try:
                typing.get_type_hints(part)
            except Exception as error:
                failed.append(f"{each.name}.{name}: {error!r}")
print(json.dumps(failed))
"""


@pytest.fixture(params=["committed", "added"])
def package(request: pytest.FixtureRequest) -> Path:
    """The committed package, and one with more forms of operations."""
    return driver.OUTPUT if request.param == "committed" else request.getfixturevalue("added")


def _modules(package: Path) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(package.rglob("*.py")):
        yield str(path.relative_to(package)), ast.parse(path.read_text(encoding="utf-8"))


def test_generated_code_imports_only_itself_attrs_and_the_standard_library(package: Path) -> None:
    absolute: set[str] = set()
    for _, tree in _modules(package):
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                absolute |= {each.name.partition(".")[0] for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                absolute.add(str(node.module).partition(".")[0])
    assert absolute - sys.stdlib_module_names == {"attrs"}


def test_generated_code_loads_no_http_library(package: Path) -> None:
    script = (
        "import json, sys\nimport messagemedia_generated.client, messagemedia_generated.contract\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    loaded: Any = run_user(package, script)
    assert {"httpx", "httpx2", "messagemedia", "asyncio", "ssl", "socket"} & set(loaded) == set()


def test_generated_code_compiles_without_warnings(package: Path, tmp_path: Path) -> None:
    done = run("-m", "compileall", "-q", "-f", package, cwd=tmp_path, PYTHONPYCACHEPREFIX=str(tmp_path / "cache"))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_every_public_name_has_a_docstring(package: Path) -> None:
    assert [place for name, tree in _modules(package) for place in _undocumented(name, tree)] == []


def _undocumented(name: str, tree: ast.Module) -> Iterator[str]:
    if not ast.get_docstring(tree):
        yield name
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield from _undocumented_in(f"{name}: {node.name}", node)


def _undocumented_in(place: str, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    documented = ast.get_docstring(node) or ""
    if not documented.strip():
        yield place
    if not isinstance(node, ast.ClassDef):
        return
    bare = any(isinstance(base, ast.Name) and base.id in ("TypedDict", "OpenEnum", "StrEnum") for base in node.bases)
    for at, child in enumerate(node.body):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and not child.name.startswith("_"):
            yield from _undocumented_in(f"{place}.{child.name}", child)
        if isinstance(child, ast.AnnAssign) and not bare and isinstance(child.target, ast.Name):
            following = node.body[at + 1] if at + 1 < len(node.body) else None
            told = (
                isinstance(following, ast.Expr)
                and isinstance(following.value, ast.Constant)
                and bool(str(following.value.value).strip())
            )
            # Either below the field or in the section `Attributes` of its class.
            if not told and f"    {child.target.id}:" not in documented and "frozen" not in ast.dump(node):
                yield f"{place}.{child.target.id}"


def test_fields_of_frozen_classes_are_told_in_the_class(package: Path) -> None:
    missing = [
        f"{name}: {node.name}.{child.target.id}"
        for name, tree in _modules(package)
        for node in tree.body
        if isinstance(node, ast.ClassDef) and any("frozen" in ast.dump(each) for each in node.decorator_list)
        for child in node.body
        if isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name)
        if f"{child.target.id}:" not in (ast.get_docstring(node) or "")
    ]
    assert missing == []


def test_blocking_and_awaited_methods_differ_in_nothing_but_await(package: Path) -> None:
    found = run_user(package, SIGNATURES)
    blocking = {
        name: [told.replace("'Iterator[", "'AsyncIterator["), *more] for name, (told, *more) in found["Api"].items()
    }
    awaited = found["AsyncApi"]
    assert {name: each[:2] for name, each in blocking.items()} == {name: each[:2] for name, each in awaited.items()}
    assert not any(each[2] for each in blocking.values())
    # What gives pages is no coroutine itself, but each page is awaited.
    assert {name for name, each in awaited.items() if not each[2]} == {
        name for name in awaited if name.endswith("_pages")
    }


def test_annotations_resolve_at_run_time(package: Path) -> None:
    assert run_user(package, HINTS) == []  # type: ignore[comparison-overlap]


def test_docstrings_of_methods_name_every_argument_and_error(package: Path) -> None:
    contract = json.loads((package / "contract.json").read_text())
    operations = {
        each["operationId"]: each
        for item in contract["paths"].values()
        for method, each in item.items()
        if method != "parameters" and isinstance(each, dict)
    }
    found = run_user(package, SIGNATURES)["Api"]
    assert len(found) == len(operations) + sum("x-paged" in each for each in operations.values())
    for signature, told, _ in found.values():
        assert [name for name in _names(signature) if f"\n    {name}: " not in told] == []
    for operation in operations.values():
        told = next(each[1] for each in found.values() if each[1].startswith(operation["summary"]))
        assert [status for status in operation["responses"] if status[0] in "45" and f"({status})" not in told] == []


def _names(signature: str) -> list[str]:
    """The names of the arguments of a signature."""
    arguments = ast.parse(f"def f{signature}: ...").body[0].args  # type: ignore[attr-defined]
    return [each.arg for each in [*arguments.args, *arguments.kwonlyargs]]


ENUM_TEXTS = {"MessageStatus", "MessageFormat", "SourceNumberType"}


@pytest.mark.parametrize("name", sorted(ENUM_TEXTS))
def test_an_enum_is_described_by_its_own_schema(name: str) -> None:
    document = json.loads((driver.OUTPUT / "contract.json").read_text())
    script = f"import json\nfrom messagemedia_generated.models import {name}\nprint(json.dumps({name}.__doc__))"
    told: Any = run_user(driver.OUTPUT, script)
    wanted = document["components"]["schemas"][name]["description"]
    assert " ".join(told.split()).startswith(" ".join(wanted.split()))


def test_a_model_is_described_by_its_own_schema_whoever_uses_it_first(tmp_path: Path) -> None:
    document = small_contract()
    schemas = document["components"]["schemas"]
    schemas["Thing"]["properties"]["part"] = {
        "$ref": "#/components/schemas/Part",
        "description": "Its most important part.",
    }
    schemas["Part"] = {
        "type": "object",
        "description": "A part.",
        "properties": {"id": {"type": "string", "description": "Id."}},
    }
    package = generate(document, tmp_path)
    assert '"""A part.\n' in (package / "models" / "part.py").read_text()
    assert '"""Its most important part."""' in (package / "models" / "thing.py").read_text()
