"""Compares what the contract names with what the generated package really has.

The package is imported in a process of its own and asked for its operations, arguments, answers, models and enums.
The contract is read here by its own few lines, file by file: not as it was joined, and not by the view that the
templates used, so that a mistake there shows.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from openapi_python_client.strings import ClassName, PythonIdentifier

from codegen.carried import METHODS, Json

_PROBE = """
import importlib, inspect, json, sys
import attrs
name = sys.argv[1]
contract = importlib.import_module(name + ".contract")
servers = importlib.import_module(name + ".servers")
models = importlib.import_module(name + ".models")
client = importlib.import_module(name + ".client")
types = importlib.import_module(name + ".types")

def methods(api):
    resources = [each for each in vars(api(None)).values()]
    return sorted(m for r in resources for m in dir(r) if not m.startswith("_"))

found = {
    "operations": {}, "schemas": {},
    "webhooks": sorted(contract.WEBHOOKS), "servers": list(servers.SERVERS.values()),
}
modules = [module for each, module in sys.modules.items() if each.startswith(name + ".api.")]
for each in contract.OPERATIONS.values():
    module = next(module for module in modules if getattr(module, "OPERATION", None) is each)
    found["operations"][each.id] = {
        "method": each.method, "path": each.path, "statuses": sorted([*each.answers, *each.errors]),
        "arguments": len(inspect.signature(module.build).parameters),
    }
found["methods"] = methods(client.Api)
found["async methods"] = methods(client.AsyncApi)
for each, thing in vars(models).items():
    if inspect.isclass(thing) and issubclass(thing, types.OpenEnum):
        found["schemas"][each] = sorted(member.value for member in thing)
        if ends := [member for member in thing if getattr(member, "is_terminal", False)]:
            following = {end: sorted(member for member in thing if end.may_become(member)) for end in ends}
            found["schemas"][each] = {"values": found["schemas"][each], "terminal": following}
    elif attrs.has(thing):
        found["schemas"][each] = len([field for field in attrs.fields(thing) if field.name != "raw"])
    elif not each.startswith("_") and not inspect.ismodule(thing) and not each.endswith("Fields"):
        found["schemas"][each] = "map"
json.dump(found, sys.stdout)
"""


def compare(parts: Sequence[Json], package: Path) -> list[str]:
    """What the package lacks, or has beyond the files of the contract; empty if they agree."""
    probe = subprocess.run(
        [sys.executable, "-W", "error", "-c", _PROBE, package.name],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(package.parent)},
    )  # fmt: skip
    if probe.returncode:
        return ["the generated package can't be imported:", *probe.stderr.splitlines()]
    found = json.loads(probe.stdout)
    inline = _inline(parts, found["schemas"])
    return [*_differences("", _expected(parts), found), *inline]


def _differences(place: str, wanted: Any, found: Any) -> Iterator[str]:
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for key in sorted({*wanted, *found}):
            if key not in found:
                yield f"{place}/{key} is in the contract but did not come out"
            elif key in wanted:
                yield from _differences(f"{place}/{key}", wanted[key], found[key])
            elif place != "/schemas":  # inline schemas get a class of their own
                yield f"{place}/{key} came out but is not in the contract"
    elif wanted != found:
        yield f"{place} should be {wanted}, but {found} came out"


def _expected(parts: Sequence[Json]) -> dict[str, Any]:
    operations: dict[str, Any] = {}
    for path, item in ((path, item) for part in parts for path, item in part.get("paths", {}).items()):
        for method in METHODS:
            if method in item:
                operation = item[method]
                parameters = {
                    (each["name"], each["in"])
                    for each in map(_follow(parts), [*item.get("parameters", ()), *operation.get("parameters", ())])
                }
                operations[operation["operationId"]] = {
                    "method": method.upper(),
                    "path": path,
                    "statuses": sorted(operation["responses"]),
                    "arguments": len(parameters) + ("requestBody" in operation),
                }
    names = sorted(PythonIdentifier(each, "") for each in operations)
    return {
        "operations": operations,
        "schemas": {ClassName(name, ""): _schema(parts, each) for name, each in _named_schemas(parts)},
        "webhooks": sorted(name for part in parts for name in part.get("webhooks", {})),
        "servers": [server["url"] for server in parts[0].get("servers", ())],
        "methods": names,
        "async methods": names,
    }


def _inline(parts: Sequence[Json], found: Json) -> Iterator[str]:
    """Schemas without a name get a class whose name the generator chooses: one with their content must be there."""
    named = {ClassName(name, "") for name, _ in _named_schemas(parts)}
    classes = [content for name, content in found.items() if name not in named]
    for place, schema in (each for part in parts for each in _nameless(part, "")):
        if "enum" in schema or _properties(parts, schema):
            content = _schema(parts, schema)
            if content not in classes:
                yield f"{place} should be a class with {content}, but none of {classes} is"


def _nameless(node: Any, place: str) -> Iterator[tuple[str, Json]]:
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from _nameless(child, f"{place}/{index}")
    elif isinstance(node, Mapping):
        is_component = re.fullmatch("/components/schemas/[^/]+", place)
        is_part = re.search("/(allOf/[0-9]+|dependentSchemas/[^/]+)$", place)
        if ("enum" in node or "properties" in node or "allOf" in node) and not is_component and not is_part:
            yield place, node
        for key, child in node.items():
            if key not in ("example", "examples", "webhooks"):
                yield from _nameless(child, f"{place}/{key}")


def _named_schemas(parts: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    for name, schema in (each for part in parts for each in part.get("components", {}).get("schemas", {}).items()):
        if "enum" in schema or "allOf" in schema or schema.get("type") == "object":
            yield name, schema


def _schema(parts: Sequence[Json], schema: Json) -> Any:
    if "x-terminal" in schema:
        following = {value: sorted(others) for value, others in schema["x-terminal"].items()}
        return {"values": sorted(schema["enum"]), "terminal": following}
    if "enum" in schema:
        return sorted(schema["enum"])
    return len(_properties(parts, schema)) or "map"


def _properties(parts: Sequence[Json], schema: Json) -> set[str]:
    schema = _follow(parts)(schema)
    found = set(schema.get("properties", {}))
    for part in schema.get("allOf", ()):
        found |= _properties(parts, part)
    return found


def _follow(parts: Sequence[Json]) -> Any:
    """What follows references from and to any file: no two have a component of the same name."""

    def follow(node: Json) -> Json:
        if "$ref" not in node:
            return node
        kind, name = node["$ref"].split("/")[-2:]
        return next(
            found
            for part in parts
            if "$ref" not in (found := part.get("components", {}).get(kind, {}).get(name, {"$ref": ""}))
        )

    return follow
