"""The extension `x-terminal`: which values of an enum are ends, and what may still follow them."""

from pathlib import Path
from typing import Any

import pytest
from codegen_kit import contract, generate, run_user, small_contract, strict_types

pytestmark = pytest.mark.slow

WALK = {
    "type": "string",
    "description": "How far it is.",
    "enum": ["begun", "halted", "done", "put away"],
    "x-terminal": {"done": ["put away"], "put away": []},
}
ASK = """
import json
from messagemedia_generated.models import {name} as Walk
members = {{member.value: [member.is_terminal, sorted(x for x in Walk if member.may_become(x))] for member in Walk}}
unknown = Walk("brand_new")
print(json.dumps({{"members": members, "unknown": [unknown.is_terminal, unknown.may_become("begun")], "doc": Walk.__doc__}}))
"""


def _document(*, named: bool) -> dict[str, Any]:
    document = small_contract()
    schemas = document["components"]["schemas"]
    if named:
        schemas["Walk"] = WALK
    schemas["Thing"]["properties"]["walk"] = {"$ref": "#/components/schemas/Walk"} if named else WALK
    return document


@pytest.mark.parametrize("named", [True, False], ids=["with a name", "within a property"])
def test_terminal_values_of_the_contract_are_in_the_code(tmp_path: Path, named: bool) -> None:
    package = generate(_document(named=named), tmp_path)
    assert strict_types(package) == ""
    found = run_user(package, ASK.format(name="Walk" if named else "ThingWalk"))
    every = ["begun", "done", "halted", "put away"]
    assert found["members"] == {
        "begun": [False, every],
        "halted": [False, every],
        "done": [True, ["put away"]],
        "put away": [True, []],
    }
    assert found["unknown"] == [False, True]
    assert "Terminal values: `done` (which `put away` may follow), `put away`." in " ".join(found["doc"].split())


def test_an_enum_without_terminal_values_has_nothing_of_it(tmp_path: Path) -> None:
    package = generate(contract(), tmp_path)
    script = "import json; from messagemedia_generated.models import MessageFormat as F; print(json.dumps(dir(F)))"
    assert not {"latest", "is_terminal", "may_become"} & set(run_user(package, script))
