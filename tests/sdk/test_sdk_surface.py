"""What the package shows: names, types, documentation, and who imports whom."""

import ast
import dataclasses
import inspect
import itertools
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import messagemedia
import messagemedia.auth
import messagemedia.errors
import messagemedia_generated
import messagemedia_generated.models
import pytest
from messagemedia import AsyncClient, Client
from messagemedia_generated.contract import OPERATIONS
from messagemedia_generated.types import OpenEnum

from tests import inside

OURS = Path(messagemedia.__file__).parent
GENERATED = Path(messagemedia_generated.__file__).parent


def pairs() -> Iterator[tuple[str, Any, Any]]:
    """Every class with its awaited twin."""
    yield "client", Client, AsyncClient
    with Client("k", "s") as client:
        twin = AsyncClient("k", "s")
        for holder, other in ((client, twin), (client.api, twin.api)):
            for name, value in vars(holder).items():
                if not name.startswith("_"):
                    yield f"{type(holder).__name__}.{name}", type(value), type(getattr(other, name))


PAIRS = list(pairs())


def public(kind: type) -> dict[str, Any]:
    members = inspect.getmembers(kind)
    return {name: value for name, value in members if not name.startswith("_") and not isinstance(value, type)}


def signature_of(member: Any) -> str:
    text = re.sub(r"\bAsync", "", str(inspect.signature(member)))
    return text.replace("Iterable[Message] | Iterable[Message]", "Iterable[Message]")


@pytest.mark.parametrize(("blocking", "awaited"), [row[1:] for row in PAIRS], ids=[row[0] for row in PAIRS])
def test_both_clients_have_the_same_methods_with_the_same_signatures(blocking: type, awaited: type) -> None:
    """Pitfall 90."""
    assert awaited.__name__ == f"Async{blocking.__name__}"
    methods, twins = public(blocking), public(awaited)
    assert methods.keys() == twins.keys()
    for name, method in methods.items():
        if callable(method):
            assert signature_of(method) == signature_of(twins[name]), name
            assert not inspect.iscoroutinefunction(method), name
            assert inspect.iscoroutinefunction(twins[name]) is (
                name not in {"with_options", "consume", "consume_batches", "send_many", "api"}
                and not name.endswith("_pages")
            ), name
    assert signature_of(blocking.__init__) == signature_of(awaited.__init__)  # type: ignore[misc]


@pytest.mark.parametrize(("blocking", "awaited"), [row[1:] for row in PAIRS], ids=[row[0] for row in PAIRS])
def test_overloads_are_the_same_too(blocking: type, awaited: type) -> None:
    for name, method in public(blocking).items():
        if not callable(method):  # a property of both
            continue
        said = [signature_of(each) for each in typing.get_overloads(method)]
        assert said == [signature_of(each) for each in typing.get_overloads(public(awaited)[name])]


def test_both_clients_have_the_same_attributes() -> None:
    with Client("k", "s") as client:
        twin = AsyncClient("k", "s")
        for one, other in ((client, twin), (client.api, twin.api)):
            assert vars(one).keys() == vars(other).keys()


def test_every_operation_of_the_contract_is_a_method() -> None:
    with Client("k", "s") as client:
        methods = {name for resource in vars(client.api).values() for name in public(type(resource))}
    assert len(OPERATIONS) >= 8
    for operation in OPERATIONS:
        assert re.sub(r"(?<=[a-z])[A-Z]", r"_\g<0>", operation).lower() in methods


VERBS = {
    "messages": {"send", "get", "cancel", "credits", "wait"},
    "replies": {"check", "confirm", "consume", "consume_batches"},
    "delivery_reports": {"check", "confirm", "consume", "consume_batches"},
}


@pytest.mark.parametrize("name", VERBS)
def test_the_short_verbs_are_there(name: str) -> None:
    with Client("k", "s") as client:
        assert VERBS[name] <= public(type(getattr(client, name))).keys()


MODULES = [messagemedia, messagemedia.errors, messagemedia.auth, messagemedia_generated.models]
modules = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)


@modules
def test_all_is_sorted_and_complete(module: ModuleType) -> None:
    exported = module.__all__
    assert exported == sorted(exported)
    assert len(exported) == len(set(exported))
    for name in exported:
        assert hasattr(module, name)
    own = {
        name
        for name, value in ((name, getattr(module, name)) for name in dir(module))
        if not name.startswith("_")
        and not inspect.ismodule(value)
        and (getattr(value, "__module__", "") == module.__name__ or module.__name__ == "messagemedia")
    }
    assert own <= set(exported)


def test_everything_public_is_reachable_from_the_package() -> None:
    for module in (messagemedia.errors, messagemedia.auth):
        assert set(module.__all__) <= set(messagemedia.__all__)
        assert all(getattr(messagemedia, name) is getattr(module, name) for name in module.__all__)


PUBLIC: dict[str, Any] = {name: getattr(messagemedia, name) for name in messagemedia.__all__}
PUBLIC |= {kind.__name__: kind for _, *both in PAIRS for kind in both}
PUBLIC |= {name: getattr(messagemedia_generated.models, name) for name in messagemedia_generated.models.__all__}
CLASSES = {name: value for name, value in PUBLIC.items() if isinstance(value, type)}


@pytest.mark.parametrize("name", CLASSES)
def test_everything_public_has_a_docstring(name: str) -> None:
    """Of its own, without a placeholder. Pitfall 89."""
    kind = CLASSES[name]
    own = kind.__doc__ or ""
    assert own
    assert "TODO" not in own
    for member, value in vars(kind).items():
        if member.startswith("_") or (issubclass(kind, OpenEnum) and member.isupper()):
            continue
        if callable(value) or isinstance(value, property | classmethod | staticmethod):
            said = inspect.getdoc(getattr(kind, member)) or ""
            described = f"{member}:" in own  # under "Attributes"
            assert described or (said and said[0].isupper() and "." in said), member
            assert "TODO" not in said


@pytest.mark.parametrize(
    "name", [name for name, kind in CLASSES.items() if attrs.has(kind) and "raw" in attrs.fields_dict(kind)]
)
def test_every_field_of_an_answer_is_described_in_the_source(name: str) -> None:
    tree = ast.parse(inspect.getsource(inspect.getmodule(CLASSES[name]) or messagemedia))
    (body,) = [node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name]
    for node, following in itertools.pairwise(body):
        if isinstance(node, ast.AnnAssign):
            assert isinstance(following, ast.Expr), ast.unparse(node)
            assert isinstance(following.value, ast.Constant)


@pytest.mark.parametrize("name", CLASSES)
def test_type_hints_of_everything_public_resolve(name: str) -> None:
    kind = CLASSES[name]
    typing.get_type_hints(kind)
    names = {each: getattr(messagemedia, each) for each in messagemedia.__all__}  # some are imported when they are used
    for member, value in vars(kind).items():
        function = getattr(value, "__func__", getattr(value, "fget", value))
        generated = (attrs.has(kind) or dataclasses.is_dataclass(kind)) and member.startswith("__")
        if not generated and inspect.isfunction(function) and function.__module__.startswith("messagemedia"):
            hints = typing.get_type_hints(function, localns=names)
            expected = set(inspect.signature(function).parameters) - {"self", "cls"}
            assert expected <= hints.keys(), member
            assert "return" in hints, member


def imports(path: Path) -> set[str]:
    """The packages that a file imports from anywhere, at any depth."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.partition(".")[0])
    return found


def texts(path: Path) -> set[object]:
    """The literal texts of a file: a library may be imported by its name."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.value for node in nodes if isinstance(node, ast.Constant)}


def test_the_generated_half_knows_neither_the_package_nor_an_http_library() -> None:
    files = list(GENERATED.rglob("*.py"))
    assert len(files) > 10
    for path in files:
        assert not imports(path) & {"messagemedia", "httpx", "httpx2", "requests", "urllib3", "asyncio", "anyio"}, path


@pytest.mark.slow
def test_one_room_knows_the_http_libraries() -> None:
    """Sandbox and test kit push to what people test, and call nobody else."""
    files = [path for path in OURS.rglob("*.py") if not {"sandbox", "testing"} & {*path.relative_to(OURS).parts}]
    libraries = {"httpx", "httpx2", "httpcore", "aiohttp"}
    knowing = {path.parent for path in files if (imports(path) | texts(path)) & libraries}
    assert knowing == {OURS / inside.KNOWS_HTTP_LIBRARIES}


@pytest.mark.slow
def test_no_answer_is_decoded_by_anything_but_json() -> None:
    """Pitfall 31."""
    for root in (OURS, GENERATED):
        for path in root.rglob("*.py"):
            assert not imports(path) & {"pickle", "marshal", "shelve", "jsonpickle", "yaml", "dill"}, path


@pytest.mark.slow
def test_no_bare_except_and_no_swallowed_error() -> None:
    """Pitfall 51."""
    for root in (OURS, GENERATED):
        for path in root.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ExceptHandler):
                    assert node.type is not None, path
                    assert not all(isinstance(each, ast.Pass) for each in node.body) or "sandbox" in path.parts, path


def test_the_package_imports_no_optional_dependency() -> None:
    names = {name for path in OURS.glob("*.py") for name in imports(path)}
    assert not names & {"jsonschema", "starlette", "uvicorn", "httpx2", "pydantic"}


def test_there_is_one_version() -> None:
    assert inside.version_of_the_wheel == messagemedia.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", messagemedia.__version__)
    assert (OURS / "py.typed").exists()  # pitfall 90
    assert (GENERATED / "py.typed").exists()
