"""The guide and the table of names say the same, and what they name exists."""

from __future__ import annotations

import re

import messagemedia
import pytest
from attrs import fields
from messagemedia import Client
from messagemedia.migration import changes, scan_text
from messagemedia.migration.names import CLASSES, OPERATIONS, PACKAGE, Operation

from tests.migration.guide import GUIDE, filled, tables

TEXT = GUIDE.read_text("utf-8")


def test_the_tables_of_the_guide_are_those_of_the_package() -> None:
    assert filled(TEXT) == TEXT, "write them anew: python -m tests.migration.guide"
    assert {name for name in tables() if f"<!-- table: {name} -->" in TEXT} == set(tables())


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.old[1])
def test_what_is_written_instead_of_a_call_exists(operation: Operation) -> None:
    for path in (operation.short, f"api.{operation.api}"):
        found: object = Client("API_KEY", "API_SECRET")
        for name in path.partition("(")[0].split("."):
            found = getattr(found, name)
        assert callable(found)
    assert operation.old[1] == operation.api.partition("(")[0].rpartition(".")[2]


def test_what_is_imported_instead_of_a_class_exists() -> None:
    assert {name for each in CLASSES for name in each.new} <= set(messagemedia.__all__)


def test_every_change_has_a_reason_and_all_are_listed() -> None:
    assert set(changes.ALL) == {each for each in vars(changes).values() if isinstance(each, changes.Change)}
    assert len({each.name for each in changes.ALL}) == len(changes.ALL)
    for each in changes.ALL:
        assert all(getattr(each, field.name) for field in fields(changes.Change))


def test_the_old_code_in_the_guide_is_found() -> None:
    blocks = re.findall(r"^```python before\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    lead = "".join(f"from {PACKAGE}.{each.module} import {each.name}\n" for each in CLASSES)
    lead += "import datetime\nclient = MessageMediaMessagesClient()\nmessage = Message()\n"
    assert len(blocks) >= 9
    found = [
        {each.kind for each in scan_text(lead + block).findings if each.line > lead.count("\n")} for block in blocks
    ]
    assert all(found)
    assert {"client", "call", "exception", "naive time", "blocking call", "result"} <= set().union(*found)


def test_the_new_code_in_the_guide_is_not() -> None:
    for block in re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL):
        assert scan_text(block).findings == ()
