"""The way from the contract to the generated package: check, parse, render, format, compare, swap in."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import GeneratorData

from codegen import docstrings, inventory, prose, refusals, skeleton, texts, work
from codegen.carried import Json, RefusedError
from codegen.contract_view import View
from codegen.joining import Contract

HERE = Path(__file__).parent
ROOT = HERE.parent
TEMPLATES = HERE / "templates"
PACKAGE = "messagemedia_generated"
CONTRACT = ROOT / "openapi"
OUTPUT = ROOT / "generated" / PACKAGE

# Modules beyond the fixed set of openapi-python-client, each with a template of its own.
OWN_MODULES = ("contract", "dicts", "hints", "numbers", "paging", "privacy", "reading", "servers", "writing")
# Those that `codegen` uses itself are copied.
COPIED_MODULES = (HERE / "wording.py",)


def generate(contract: Contract, output: Path) -> None:
    """Make the package `output` from a contract. If anything fails, what was there before stays untouched.

    Raises:
        RefusedError: If the contract is not supported into code, or the code that came out does not hold all of it.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".generating-", dir=output.parent) as folder:
        fresh = Path(folder) / PACKAGE
        render(contract, fresh)
        old = Path(folder) / "old"
        if output.exists():
            output.rename(old)
        try:
            fresh.rename(output)
        except BaseException:
            if old.exists():
                old.rename(output)
            raise


def render(contract: Contract, package: Path) -> None:
    """Write the package into a folder that does not exist yet, and compare it with the contract."""
    try:
        _render(contract, package)
    except RefusedError as refused:
        raise RefusedError([contract.located(reason) for reason in refused.reasons]) from refused


def _render(contract: Contract, package: Path) -> None:
    view = checked(contract.document)
    config = _config(package)
    project = _project(skeleton.parsed(view, config), config, view)
    with contextlib.redirect_stdout(io.StringIO()), _rendering(view):
        if problems := project.build():
            raise work.FaultError("; ".join(_reason(problem) for problem in problems))
        for name in OWN_MODULES:
            _write(package / f"{name}.py", project.env.get_template(f"{name}.py.jinja").render())
    for module in COPIED_MODULES:
        shutil.copyfile(module, package / module.name)
    _write(package / "contract.json", json.dumps(contract.document, indent=1, ensure_ascii=False) + "\n")
    (package / "py.typed").touch()
    _write(package / "STAMP", _stamp(contract))
    _format(package)
    _refuse_leaks(package)
    if differences := inventory.compare([*contract.parts.values()], package):
        raise RefusedError(differences)


def checked(document: Json) -> View:
    """The view of a contract that can be carried whole.

    Raises:
        RefusedError: With every reason against it, each with its place.
    """
    with work.on("the contract as a whole"):
        refusals.check(document)
    wanted = list(texts.missing(document))
    try:
        view = View(document)
    except RefusedError as refused:
        raise RefusedError([*refused.reasons, *wanted]) from None
    if wanted:
        raise RefusedError(wanted)
    return view


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


@contextlib.contextmanager
def _rendering(view: View) -> Iterator[None]:
    """Name what was rendered when a template failed."""
    try:
        with work.on("it"):
            yield
    except work.FaultError as fault:
        raise work.FaultError(str(fault).removesuffix("it") + view.at_work) from fault


def _config(package: Path) -> Config:
    return Config.from_sources(
        ConfigFile(package_name_override=PACKAGE, post_hooks=[]),
        MetaType.NONE,
        document_source=package,  # only read by the generator's own command line
        file_encoding="utf-8",
        overwrite=False,
        output_path=package,
    )


def _project(parsed: GeneratorData, config: Config, view: View) -> Project:
    project = Project(openapi=parsed, config=config, custom_template_path=TEMPLATES)
    # Without the stock templates behind ours, one that is missing is an error.
    project.env.loader = FileSystemLoader(TEMPLATES)
    project.env.undefined = StrictUndefined
    project.env.globals["view"] = view
    project.env.filters.update(
        {
            "doc": docstrings.doc,
            "literal": docstrings.literal,
            "lines_literal": docstrings.lines_literal,
            "raw_literal": docstrings.raw_literal,
            "place_literal": docstrings.place_literal,
            "enum_docstring": prose.enum_docstring,
            "field_sentence": prose.field_sentence,
            "model_sentence": prose.model_sentence,
            "model_docstring": prose.model_docstring,
            "method_docstring": prose.method_docstring,
            "pages_docstring": prose.pages_docstring,
            "quoted_in": docstrings.quoted_in,
            "regions_docstring": prose.regions_docstring,
            "resources_docstring": prose.resources_docstring,
            "webhooks_docstring": prose.webhooks_docstring,
        }
    )
    return project


def _reason(error: GeneratorError) -> str:
    return docstrings.text(f"{error.header} {error.detail or ''}")


def _stamp(contract: Contract) -> str:
    digest = hashlib.sha256()
    for path in (*sorted(TEMPLATES.iterdir()), *COPIED_MODULES):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return (
        f"openapi-python-client {version('openapi-python-client')}\n"
        f"ruff {version('ruff')}\n"
        f"templates {digest.hexdigest()[:16]}\n"
        f"contract {' '.join(contract.parts)}\n"
    )


def _format(package: Path) -> None:
    """Let ruff tidy up imports and layout; what it can't mend is a fault of a template."""
    ruff = [sys.executable, "-m", "ruff"]
    options = ["--config", str(HERE / "format.toml"), "--no-cache", str(package)]
    for step in (["format"], ["check", "--fix"], ["format"]):
        done = subprocess.run([*ruff, *step, *options], capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stdout + done.stderr).replace(str(package.parent) + os.sep, "")
            raise RefusedError([f"ruff {step[0]}:", *said.splitlines()])


def _refuse_leaks(package: Path) -> None:
    """A text that a template forgot to unwrap would appear as the address of an object."""
    for path in package.rglob("*.py"):
        if "object at 0x" in path.read_text(encoding="utf-8"):
            raise RefusedError(f"{path.name}: a template printed an object instead of its text")


def differences(contract: Contract, committed: Path) -> str:
    """What regenerating would change, as a diff; empty if nothing."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / PACKAGE
        render(contract, fresh)
        old, new = _files(committed), _files(fresh)
        return "".join(_difference(name, old.get(name), new.get(name)) for name in sorted({*old, *new}))


def _files(package: Path) -> dict[str, bytes]:
    return {
        path.relative_to(package).as_posix(): path.read_bytes()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _difference(name: str, old: bytes | None, new: bytes | None) -> str:
    """The difference of one file in words and lines, empty if there is none."""
    if old == new:
        return ""
    what = "is missing" if old is None else "should not be there" if new is None else "differs"
    before, after = ((each or b"").decode(errors="replace").splitlines(keepends=True) for each in (old, new))
    return f"{name} {what}\n" + "".join(difflib.unified_diff(before, after, name, f"regenerated {name}", n=1))
