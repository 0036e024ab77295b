"""The layout shows the way of a call: imports between rooms run one way, as the map in CONTRIBUTING says."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import messagemedia
import pytest

ROOT = Path(__file__).parents[2]
OURS = Path(messagemedia.__file__).parent
MOST_LINES = 300

Imports = Mapping[str, set[str]]


def name_of(path: Path) -> str:
    """The module that a file is, without the package: `_call.flow`, and `_call` for its `__init__`; "" is the package."""
    return ".".join(path.relative_to(OURS).with_suffix("").parts).removesuffix("__init__").rstrip(".")


MODULES = {name_of(path): path for path in sorted(OURS.rglob("*.py"))}


def module_in(dotted: str) -> str | None:
    """The module of the package that a dotted name is or begins with; None if it is somebody else's."""
    first, *parts = dotted.split(".")
    if first != "messagemedia":
        return None
    while parts and ".".join(parts) not in MODULES:
        parts.pop()
    return ".".join(parts)


def named(tree: ast.AST) -> Iterator[str]:
    """What a module imports, at its top, later, for types alone, or by a text such as `import_module` takes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.findall(r"\A(messagemedia(?:\.\w+)+)\Z", node.value)


def imports_of(texts: Mapping[str, str]) -> dict[str, set[str]]:
    """Which modules of the package each one imports."""
    found = {name: {module_in(each) for each in named(ast.parse(text))} for name, text in texts.items()}
    return {name: {each for each in modules if each is not None} - {name} for name, modules in found.items()}


def room_of(module: str) -> str:
    return module.partition(".")[0] or "__init__"


def circle_in(imports: Imports) -> str:
    """The modules that import each other in a circle, as a text; empty if there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return " → ".join(room or "__init__" for room in reversed(error.args[1]))
    return ""


def between_rooms(imports: Imports) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for module, modules in imports.items():
        found.setdefault(room_of(module), set()).update(map(room_of, modules))
    return {room: rooms - {room} for room, rooms in found.items()}


def the_map() -> dict[str, set[str]]:
    """What each room may import, as CONTRIBUTING has it."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    table = text[text.index("| Room |") :].partition("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    in_code = re.compile(r"`(\w+)/?`")
    return {room: set(in_code.findall(may)) for rooms, _, may in rows for room in in_code.findall(rooms)}


IMPORTS = imports_of({name: path.read_text("utf-8") for name, path in MODULES.items()})


def test_the_map_names_every_room() -> None:
    assert set(the_map()) == {room_of(module) for module in MODULES}


def test_imports_between_rooms_are_those_of_the_map() -> None:
    allowed = the_map()
    wrong = {room: rooms - allowed[room] for room, rooms in between_rooms(IMPORTS).items() if rooms - allowed[room]}
    assert wrong == {}


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circle_in(IMPORTS) == ""
    assert circle_in(between_rooms(IMPORTS)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "from messagemedia.errors import FieldError",
        "import messagemedia.errors as it",
        "from messagemedia import errors",
        "if TYPE_CHECKING:\n    from messagemedia.errors import FieldError",
        "def late():\n    import messagemedia.errors",
        "resource('messagemedia.errors')",
    ],
)
def test_a_circle_is_noticed_however_one_imports(text: str) -> None:
    imports = imports_of({"errors": "from messagemedia.auth import Auth", "auth": text})
    assert circle_in(imports) in ("errors → auth → errors", "auth → errors → auth")
    assert between_rooms(imports) == {"errors": {"auth"}, "auth": {"errors"}}


def folders(paths: Iterable[Path]) -> set[Path]:
    return {path.parent for path in paths}


@pytest.mark.parametrize("folder", sorted(folders(MODULES.values())), ids=lambda folder: name_of(folder / "x.py"))
def test_a_room_says_what_lives_in_it(folder: Path) -> None:
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""
    assert said
    if folder.name.startswith("_"):  # of a public one, users read the docstring
        modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
        assert {name for name in modules if f"`{name}`" not in said} == set()


def test_no_module_is_longer_than_a_person_reads() -> None:
    paths = [*MODULES.values(), *(ROOT / "codegen").rglob("*.py")]  # how long generated ones are, the contract says
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in paths}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}
