"""What is not supported into code stops the run and is named with its place, and what was there stays as it was."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from codegen_kit import contract, digest, generate, small_contract
from refusal_shapes import DEFAULTED, SHAPES, TEXTS, Change

from codegen import __main__ as command

Json = dict[str, Any]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """An output that is there before."""
    output = tmp_path / "generated" / "messagemedia_generated"
    (output / "api").mkdir(parents=True)
    (output / "types.py").write_text("# of an earlier run\n")
    (output / "api" / "old.py").write_text("# of an earlier run\n")
    return output


@pytest.fixture
def refusal(
    tmp_path: Path, old: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], str]:
    """What `generate` says of a contract that it refuses."""

    def run(text: str) -> str:
        path = tmp_path / "contract.yaml"
        path.write_text(text, encoding="utf-8")
        before = digest(old)
        monkeypatch.setattr("sys.argv", ["codegen", "generate", "--contract", str(path), "--output", str(old)])
        assert command.main() == 1
        assert digest(old) == before
        assert list(old.parent.iterdir()) == [old]
        said = capsys.readouterr()
        assert said.out == ""
        assert "Traceback" not in said.err
        assert ".generating-" not in said.err
        return said.err

    return run


def _changed(change: Change) -> str:
    document = small_contract()
    change(document)
    return json.dumps(document, ensure_ascii=False)


def test_what_the_shapes_are_cut_from_is_no_refusal(tmp_path: Path) -> None:
    assert generate(small_contract(), tmp_path).is_dir()


@pytest.mark.slow
@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_that_cannot_be_carried_is_refused_with_its_place(refusal: Callable[[str], str], name: str) -> None:
    change, *places = SHAPES[name]
    said = refusal(_changed(change))
    assert said.startswith("contract.yaml can't be turned into code:\n  ")
    assert [place for place in places if place not in said] == [], said


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_is_no_contract_is_refused(refusal: Callable[[str], str], name: str) -> None:
    text, *places = TEXTS[name]
    said = refusal(text)
    assert [place for place in places if place not in said] == [], said


def test_all_reasons_are_told_at_once(refusal: Callable[[str], str]) -> None:
    def change(document: Json) -> None:
        document["openapi"] = "3.2.0"
        document["paths"]["/things"]["get"]["callback"] = {}
        document["components"]["schemas"]["Thing"]["propertys"] = {}

    said = refusal(_changed(change)).splitlines()
    for words in (
        ("openapi", "3.2.0"),
        ("/paths//things/get", "'callback'"),
        ("/components/schemas/Thing", "'propertys'"),
    ):
        assert any(all(word in line for word in words) for line in said), said


@pytest.mark.parametrize("place", DEFAULTED)
def test_a_default_is_refused_wherever_it_stands(refusal: Callable[[str], str], place: str) -> None:
    document = small_contract()
    node, at = DEFAULTED[place](document)
    node["default"] = "x"
    assert at in refusal(json.dumps(document))


@pytest.mark.parametrize("kind", ["schemas", "responses", "parameters", "requestBodies"])
def test_a_shared_part_is_checked_as_its_uses_are(refusal: Callable[[str], str], kind: str) -> None:
    document = small_contract()
    document["components"].setdefault(kind, {})["Shared"] = {"x-nonsense": True}
    assert f"/components/{kind}/Shared" in refusal(json.dumps(document))


def test_check_names_the_same_reasons(
    tmp_path: Path, old: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    document = small_contract()
    document["openapi"] = "2.0"
    path = tmp_path / "contract.yaml"
    path.write_text(json.dumps(document))
    monkeypatch.setattr("sys.argv", ["codegen", "check", "--contract", str(path), "--output", str(old)])
    assert command.main() == 1
    said = capsys.readouterr().err
    assert "openapi" in said
    assert "2.0" in said


def test_extensions_of_this_project_are_refused_elsewhere(refusal: Callable[[str], str]) -> None:
    document = contract()
    extensions = {key for key in document["paths"]["/v1/messages/{messageId}"]["put"] if key.startswith("x-")}
    document["components"]["schemas"]["Message"].update(dict.fromkeys(extensions))
    said = refusal(json.dumps(document))
    assert extensions
    assert [key for key in extensions if f"/components/schemas/Message: schema with '{key}'" not in said] == []


def test_a_refused_contract_is_not_changed(tmp_path: Path, refusal: Callable[[str], str]) -> None:
    document = small_contract()
    document["openapi"] = "3.2.0"
    before = copy.deepcopy(document)
    text = json.dumps(document)
    refusal(text)
    assert document == before
    assert (tmp_path / "contract.yaml").read_text() == text
