"""Texts of the contract are data: any of them, in any place, changes nothing but that text."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from codegen_kit import generate, run, small_contract, strict_types
from completing import completed
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from codegen import docstrings, driver, joining, skeleton
from codegen.contract_view import View

Json = dict[str, Any]

QUOTES = '"""\n        """\nimport os\nos.abort()\n"""'
# What a word processor makes of quotation marks and dashes is what these are for.
WORDS = (
    "The end date.", "a datetime, in UTC", "Any.", "Sorted by (date), Sequence, Mapping: Literal", "iOS things.", "Is it “new”, or isn\u2019t it \u2013 3 \xd7 4?",
    'Says "new"', '"""', '\\"""', '"', '""', "\\", "a \\ b \\N{x} \\x", "a\tb\t", "One.\r\n\r\nTwo.", "a  \nb\n\n\n   c\n", "", "   ", "# type: ignore", "# noqa", "{{ x }} {% if %}", "\x00\x1b\u2028\u202e\ufeff\xa0",
    QUOTES, "x" * 300, ". . .", "'''", "`a`", "é\u0301", "\\\n", "* one\n* two\n    * three",
)  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(WORDS),
    st.text(st.sampled_from("ab \\\"'`\n\r\t{}#%.:*é\u2013\u2019\x00\u2028"), max_size=40),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
)
PLACES: dict[str, tuple[Callable[[Json], Json], str]] = {
    "the title": (lambda d: d["info"], "title"),
    "the version": (lambda d: d["info"], "version"),
    "a server": (lambda d: d["servers"][0], "description"),
    "a tag": (lambda d: d["tags"][0], "description"),
    "a summary": (lambda d: d["paths"]["/things"]["get"], "summary"),
    "an operation": (lambda d: d["paths"]["/things"]["get"], "description"),
    "a parameter": (lambda d: d["paths"]["/things"]["get"]["parameters"][0], "description"),
    "the schema of a parameter": (lambda d: d["paths"]["/things"]["get"]["parameters"][1]["schema"], "description"),
    "a success": (lambda d: d["paths"]["/things"]["get"]["responses"]["200"], "description"),
    "an error": (lambda d: d["paths"]["/things"]["get"]["responses"]["409"], "description"),
    "a model": (lambda d: d["components"]["schemas"]["Thing"], "description"),
    "a field": (lambda d: d["components"]["schemas"]["NewThing"]["properties"]["id"], "description"),
    "a form": (lambda d: d["components"]["schemas"]["NewThing"]["properties"]["id"], "x-pattern-description"),
    "an enum": (lambda d: d["components"]["schemas"]["Kind"], "description"),
    "a map": (lambda d: d["components"]["schemas"]["Labels"], "description"),
    "an example": (lambda d: d["components"]["schemas"]["NewThing"]["properties"]["id"], "example"),
    "a webhook": (lambda d: d["webhooks"]["thing"]["post"], "summary"),
}


def _contract(text: str = "", *places: str) -> Json:
    """A contract with a text in each of these places."""
    document = small_contract()
    get, schemas = document["paths"]["/things"]["get"], document["components"]["schemas"]
    get["parameters"] = [
        {"name": "first", "in": "query", "schema": {"type": "string"}, "description": "First."},
        {"name": "since", "in": "query", "schema": {"type": "string", "format": "date-time"}},
    ]
    get["responses"]["409"] = {"description": "Taken."}
    get["x-paged"] = {"token": "first", "next": "/id", "items": "/parts"}
    schemas["NewThing"]["properties"]["id"] |= {"pattern": "^a", "x-pattern-description": "like a", "example": "ab"}
    schemas["Kind"] = {"type": "string", "description": "Kind.", "enum": ["a"]}
    schemas["Labels"] = {"type": "object", "description": "Labels.", "additionalProperties": {"type": "string"}}
    schemas["Thing"]["properties"] |= {
        "kind": {"$ref": "#/components/schemas/Kind"},
        "labels": {"$ref": "#/components/schemas/Labels"},
        "parts": {"type": "array", "items": {"type": "string"}},
    }
    document = completed(document)
    for place in places:
        node, key = PLACES[place]
        # How a summary begins is a matter of the contract.
        node(document)[key] = f"A {text}" if key == "summary" else text
    return document


class _Nothing(ast.NodeTransformer):
    """Takes the texts out of code, and nothing else."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("" if isinstance(node.value, str) else node.value)


def _code(text: str = "", *places: str) -> dict[str, str]:
    """Every rendered module without its texts; the layout and unused imports are the business of ruff."""
    return {name: ast.dump(_Nothing().visit(ast.parse(source))) for name, source in _rendered(text, *places).items()}


@cache
def _project() -> Any:
    """The generator with its templates, for a view of this contract whatever its texts are."""
    view = driver.checked(_contract())
    config = driver._config(Path("package"))
    return driver._project(skeleton.parsed(view, config), config, view)


def _rendered(text: str = "", *places: str) -> dict[str, str]:
    project = _project()
    project.env.globals["view"] = View(_contract(text, *places))

    def render(name: str, **values: Any) -> str:
        return str(project.env.get_template(name, globals=project.env.globals).render(**values))

    tags = project.openapi.endpoint_collections_by_tag
    return {
        **{each.class_info.name: render("model.py.jinja", model=each) for each in project.openapi.models},
        **{each.class_info.name: render("str_enum.py.jinja", enum=each) for each in project.openapi.enums},
        **{
            each.name: render("endpoint_module.py.jinja", endpoint=each)
            for tag in tags.values()
            for each in tag.endpoints
        },
        **{name: render("endpoint_init.py.jinja", endpoint_collection=tag) for name, tag in tags.items()},
        **{name: render(f"{name}.py.jinja") for name in ("client", "contract", "package_init", "servers")},
    }


@cache
def _plain() -> dict[str, str]:
    return _code("plain", *PLACES)


@settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(text=TEXTS)
@example(text=QUOTES)
@example(text='\\"""')
@example(text='"')
@example(text="\\")
def test_any_text_everywhere_is_no_code(text: str) -> None:
    assert _code(text, *PLACES) == _plain()


def _docstring(text: str, indent: int) -> str:
    """What Python reads of a text that stands in a docstring at an indentation."""
    source = f'{" " * indent}"""{docstrings.doc(text, indent)}"""'
    node = ast.parse(f"if True:\n{source}").body[0] if indent else ast.parse(source)
    value = node.body[0].value.value  # type: ignore[attr-defined]
    assert isinstance(value, str)
    return value


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(text=TEXTS, indent=st.sampled_from([0, 4, 8]))
def test_any_text_is_read_as_it_was_written_but_for_line_ends_and_blanks(text: str, indent: int) -> None:
    came, wanted = (
        [word for word in docstrings.text(each).split(" ") if word] for each in (_docstring(text, indent), text)
    )
    assert came in (wanted, [*wanted[:-1], f"{wanted[-1]}."] if wanted else [])


@pytest.mark.slow
@pytest.mark.parametrize("text", [each for each in WORDS if each.strip(" ")])
def test_any_text_everywhere_gives_a_package_that_can_be_used(tmp_path: Path, text: str) -> None:
    package = generate(_contract(text, *PLACES), tmp_path)
    script = "from messagemedia_generated import client, contract; client.Api(None).things.list_things_pages"
    done = run("-c", script, cwd=tmp_path, PYTHONPATH=str(package.parent))
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_texts_everywhere_are_typed_strictly(tmp_path: Path) -> None:
    assert strict_types(generate(_contract(f"{QUOTES} The end date, Any. # type: ignore\\", *PLACES), tmp_path)) == ""


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_one_text_changes_only_itself(tmp_path: Path, place: str) -> None:
    before, after = (generate(_contract(text, place), tmp_path / text) for text in ("Before", "Beyond"))
    for path in sorted(before.rglob("*")):
        old, new = path, after / path.relative_to(before)
        if path.is_file() and old.read_bytes() != new.read_bytes():
            assert new.read_text().replace("Beyond", "Before").split() == old.read_text().split(), path


def test_line_ends_of_the_contract_do_not_matter(tmp_path: Path) -> None:
    text = json.dumps(completed(small_contract()), indent=1)
    written = []
    for name, ends in (("unix", "\n"), ("windows", "\r\n")):
        path = tmp_path / f"{name}.yaml"
        path.write_bytes(text.replace("\n", ends).encode())
        written.append(joining.read(path).document)
    assert written[0] == written[1]
