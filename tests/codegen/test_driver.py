"""The run itself: what it refuses of templates, what it leaves behind, and that it always gives the same bytes."""

import difflib
import shutil
from pathlib import Path
from typing import Any

import pytest
from codegen_kit import ROOT, added_contract, contract, digest, generate, run, small_contract, write

from codegen import __main__ as command
from codegen import driver, inventory, joining
from codegen.carried import RefusedError


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the templates, to be changed at will."""
    folder = tmp_path / "templates"
    shutil.copytree(driver.TEMPLATES, folder)
    monkeypatch.setattr(driver, "TEMPLATES", folder)
    return folder


def _append(template: Path, text: str) -> None:
    template.write_text(template.read_text() + text)


# --- templates --------------------------------------------------------------------------------------------------------

BROKEN = {
    "an undefined name": ("model.py.jinja", "{{ no_such_name }}", "no_such_name"),
    "an undefined attribute": ("endpoint_module.py.jinja", "{{ operation.pathh }}", "pathh"),
    "a name undefined in a module of its own": ("contract.py.jinja", "{{ no_such_name }}", "no_such_name"),
    "a syntax error": ("client.py.jinja", "{% if %}", "Expected an expression"),
    "an object instead of its text": ("privacy.py.jinja", '# {{ namespace() | string | replace("<Namespace {}>", "<X object at 0x7f>") }}\n', "privacy.py"),
    "invalid Python": ("writing.py.jinja", "\ndef (:\n", "writing.py"),
    "an unused name": ("types.py.jinja", "\nX = undefined_name\n", "undefined_name"),
    "a file that is missing": ("reading.py.jinja", None, "reading.py.jinja"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_template_is_refused_and_the_old_output_stays(templates: Path, tmp_path: Path, name: str) -> None:
    file, text, reason = BROKEN[name]
    output = generate_with_marker(tmp_path)
    before = digest(output)
    if text is None:
        (templates / file).unlink()
    else:
        _append(templates / file, text)
    with pytest.raises(Exception, match=reason):
        driver.generate(joining.read(write(small_contract(), tmp_path)), output)
    assert digest(output) == before
    assert [path.name for path in output.parent.iterdir()] == [output.name]


def generate_with_marker(folder: Path) -> Path:
    """An earlier output that differs from what a new run would give."""
    output = folder / "generated" / driver.PACKAGE
    output.mkdir(parents=True)
    (output / "marker.py").write_text("# of an earlier run\n")
    return output


# --- failures half-way ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["_format", "_refuse_leaks", "_stamp"])
def test_a_failure_half_way_leaves_the_old_output_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    output = generate_with_marker(tmp_path)
    monkeypatch.setattr(driver, step, _fail)
    with pytest.raises(OSError, match="no space left"):
        driver.generate(joining.read(write(small_contract(), tmp_path)), output)
    assert digest(output).keys() == {"marker.py"}
    assert [path.name for path in output.parent.iterdir()] == [output.name]


def _fail(*_: Any) -> Any:
    raise OSError("no space left")


def test_a_failure_of_the_swap_itself_leaves_the_old_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = generate_with_marker(tmp_path)
    rename = Path.rename

    def fails_on_the_new(path: Path, target: Path) -> Path:
        return _fail() if path.name == driver.PACKAGE and path != output else rename(path, target)

    monkeypatch.setattr(Path, "rename", fails_on_the_new)
    with pytest.raises(OSError, match="no space left"):
        driver.generate(joining.read(write(small_contract(), tmp_path)), output)
    assert digest(output).keys() == {"marker.py"}


def test_files_of_an_earlier_run_are_gone(tmp_path: Path) -> None:
    output = generate_with_marker(tmp_path)
    driver.generate(joining.read(write(small_contract(), tmp_path)), output)
    assert "marker.py" not in digest(output)


# --- check ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def committed(tmp_path: Path) -> Path:
    """A copy of the committed output."""
    return Path(shutil.copytree(driver.OUTPUT, tmp_path / driver.PACKAGE, ignore=shutil.ignore_patterns("__pycache__")))


def _check(output: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["codegen", "check", "--output", str(output)])
    return command.main()


@pytest.mark.slow
def test_committed_output_is_what_the_contract_gives(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _check(driver.OUTPUT, monkeypatch) == 0, capsys.readouterr().err


EDITS = {
    "an edited line": lambda package: _replace(package / "errors.py", "class UnexpectedShapeError", "class OtherError"),
    "a missing file": lambda package: (package / "errors.py").unlink(),
    "a file too many": lambda package: (package / "errors_too.py").write_text("class UnexpectedShapeError: ...\n"),
}


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.slow
@pytest.mark.parametrize("name", EDITS)
def test_check_shows_an_edit_with_its_file_and_line(
    committed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    EDITS[name](committed)
    before = digest(committed)
    assert _check(committed, monkeypatch) == 1
    said = capsys.readouterr().err
    assert "errors" in said
    assert "@@ -" in said
    assert "class UnexpectedShapeError" in said
    assert "run `make generate`" in said
    assert digest(committed) == before


UNSEEN = {
    "an empty file that is missing": lambda package: (package / "py.typed").unlink(),
    "an empty file too many": lambda package: (package / "models" / "left_over.py").touch(),
    "other line ends": lambda package: _replace_bytes(package / "errors.py", b"\n", b"\r\n"),
    "a file that is no text": lambda package: (package / "left_over.bin").write_bytes(b"\xff\xfe"),
}


def _replace_bytes(path: Path, old: bytes, new: bytes) -> None:
    path.write_bytes(path.read_bytes().replace(old, new))


@pytest.mark.slow
@pytest.mark.parametrize("name", UNSEEN)
def test_check_notices_what_has_no_lines_to_show(committed: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    UNSEEN[name](committed)
    assert _check(committed, monkeypatch) == 1


@pytest.mark.slow
def test_check_of_output_that_was_never_made_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _check(tmp_path / "nowhere", monkeypatch) == 1
    assert "make generate" in capsys.readouterr().err


@pytest.mark.slow
def test_check_does_not_mind_compiled_files(committed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (committed / "__pycache__").mkdir()
    (committed / "__pycache__" / "errors.cpython-311.pyc").write_bytes(b"")
    assert _check(committed, monkeypatch) == 0


@pytest.mark.slow
def test_check_does_not_obey_the_colours_and_tools_of_git(
    committed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "gitconfig"
    config.write_text("[color]\n ui = always\n[diff]\n external = /bin/true\n noprefix = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    EDITS["an edited line"](committed)
    assert _check(committed, monkeypatch) == 1
    said = capsys.readouterr().err
    assert "\x1b[" not in said
    assert "\n-class OtherError" in said


# --- the same bytes ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_bytes_do_not_depend_on_hash_seed_and_place(tmp_path: Path, added: Path, seed: str) -> None:
    output = tmp_path / f"{seed} else:where" / "package"
    contract_of_added = added.parents[1] / "contract.yaml"
    done = run(
        "-m", "codegen", "generate", "--contract", contract_of_added, "--output", output,
        cwd=tmp_path, PYTHONHASHSEED=seed, PYTHONPATH=str(ROOT), TZ="Pacific/Chatham", LC_ALL="C",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert digest(output) == digest(added)


@pytest.mark.slow
def test_bytes_do_not_depend_on_settings_around(tmp_path: Path, added: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "x"\nrequires-python = ">=3.8"\n[tool.ruff]\nline-length = 60\n'
    )
    (tmp_path / "ruff.toml").write_text("line-length = 60\n")
    assert digest(generate(added_contract(), tmp_path)) == digest(added)


@pytest.mark.slow
def test_a_changed_description_changes_only_what_shows_it(tmp_path: Path) -> None:
    document = contract()
    document["components"]["schemas"]["Reply"]["properties"]["message_id"]["description"] = "What was answered."
    before, after = generate(contract(), tmp_path / "before"), generate(document, tmp_path / "after")
    changed = {name for name, content in digest(after).items() if digest(before)[name] != content}
    assert changed == {"models/reply.py", "contract.json"}
    assert _changed_lines(before / "contract.json", after / "contract.json") == (1, 1)
    assert _changed_lines(before / "models" / "reply.py", after / "models" / "reply.py") == (3, 2)  # field and class


def _changed_lines(before: Path, after: Path) -> tuple[int, int]:
    lines = list(difflib.ndiff(before.read_text().splitlines(), after.read_text().splitlines()))
    return sum(line.startswith("- ") for line in lines), sum(line.startswith("+ ") for line in lines)


@pytest.mark.slow
def test_an_added_operation_changes_no_existing_model(tmp_path: Path, added: Path) -> None:
    before, after = digest(generate(contract(), tmp_path)), digest(added)
    assert {name for name, content in before.items() if after.get(name) != content} == {
        "client.py",
        "contract.json",
        "contract.py",
        "models/__init__.py",
    }


# --- the stamp --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_stamp_names_what_the_output_depends_on_beside_the_contract(tmp_path: Path, templates: Path) -> None:
    one = (generate(small_contract(), tmp_path / "one") / "STAMP").read_text()
    other = (generate(contract(), tmp_path / "other") / "STAMP").read_text()
    assert one == other
    assert one.splitlines()[:3] == (driver.OUTPUT / "STAMP").read_text().splitlines()[:3]
    assert [line.split()[0] for line in one.splitlines()] == ["openapi-python-client", "ruff", "templates", "contract"]
    _append(templates / "privacy.py.jinja", "\n")
    changed = (generate(small_contract(), tmp_path / "changed") / "STAMP").read_text()
    assert changed.splitlines()[:2] == one.splitlines()[:2]
    assert changed.splitlines()[2] != one.splitlines()[2]


def test_inventory_runs_last_and_its_findings_refuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory, "compare", lambda *_: ["/operations/x is lost"])
    with pytest.raises(RefusedError, match="/operations/x is lost"):
        generate(small_contract(), tmp_path)
    assert list((tmp_path / "generated").iterdir()) == []
