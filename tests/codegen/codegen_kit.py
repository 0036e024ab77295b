"""What the tests of the generator share: contracts to generate from, and processes that use what comes out."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from completing import completed

from codegen import driver, joining

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

Json = dict[str, Any]


@cache
def _loaded(path: Path) -> Json:
    return joining.read(path).document


def contract() -> Json:
    """The contract of this project, to be changed at will."""
    return copy.deepcopy(_loaded(driver.CONTRACT))


def added_contract() -> Json:
    """The contract with the operations of `added.yaml` beside its own."""
    document, added = contract(), copy.deepcopy(_loaded(HERE / "added.yaml"))
    document["tags"] += added["tags"]
    document["paths"] |= added["paths"]
    document["components"]["schemas"] |= added["components"]["schemas"]
    return completed(document)


def small_contract() -> Json:
    """The least that says something: one operation that reads, one that writes, and a webhook."""
    thing = {
        "type": "object",
        "description": "A thing.",
        "properties": {"id": {"type": "string", "description": "Id."}},
    }
    json_of = lambda name: {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}  # noqa: E731
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "servers": [{"url": "https://a.example", "description": "A.", "x-region": "a"}],
        "security": [{"basicAuth": []}],
        "tags": [{"name": "Things", "description": "Things."}],
        "paths": {
            "/things": {
                "get": {
                    "operationId": "listThings",
                    "tags": ["Things"],
                    "summary": "List things.",
                    "description": "All of them.",
                    "responses": {"200": {"description": "Listed.", **json_of("Thing")}},
                },
                "post": {
                    "operationId": "addThing",
                    "tags": ["Things"],
                    "summary": "Add a thing.",
                    "description": "It is kept.",
                    "requestBody": {"required": True, **json_of("NewThing")},
                    "responses": {"201": {"description": "Added."}},
                },
            }
        },
        "webhooks": {
            "thing": {
                "post": {
                    "summary": "A thing, pushed.",
                    "requestBody": {"required": True, **json_of("Thing")},
                    "responses": {"2XX": {"description": "Received."}},
                }
            }
        },
        "components": {
            "securitySchemes": {"basicAuth": {"type": "http", "scheme": "basic", "description": "Key and secret."}},
            "schemas": {"Thing": thing, "NewThing": copy.deepcopy(thing)},
        },
    }


def write(document: Json, folder: Path) -> Path:
    """The document as a contract file: JSON is YAML too."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "contract.yaml"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def generate(document: Json, folder: Path) -> Path:
    """The package made from a document, whose texts are completed."""
    output = folder / "generated" / driver.PACKAGE
    driver.generate(joining.read(write(completed(document), folder)), output)
    return output


def run(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python with warnings as errors; `PYTHONPATH` and the like come as keywords."""
    return subprocess.run(
        [sys.executable, "-W", "error", *map(str, arguments)],
        cwd=cwd, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def run_user(package: Path, script: str) -> Json:
    """Run a user's script against a generated package and the hand-written one; it prints JSON."""
    path = os.pathsep.join([str(package.parent), str(ROOT / "overrides"), str(HERE)])
    done = run("-c", script, cwd=package.parent, PYTHONPATH=path)
    assert done.returncode == 0, done.stderr
    found: Json = json.loads(done.stdout)
    return found


def strict_types(package: Path, *more: Path) -> str:
    """What mypy --strict has against a package and a user's code, empty if nothing."""
    path = os.pathsep.join([str(package.parent), str(ROOT / "overrides")])
    config = package.parents[1] / "mypy.ini"
    config.write_text("[mypy]\n")
    done = run(
        "-m", "mypy", "--strict", "--config-file", config, "--cache-dir", package.parents[1] / "mypy", package, *more,
        cwd=package.parent, MYPYPATH=path,
    )  # fmt: skip
    return "" if done.returncode == 0 else done.stdout + done.stderr


def digest(folder: Path) -> dict[str, str]:
    """Every file of a folder with what it holds."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }
