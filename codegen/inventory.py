"""Compares what the contract names with what the generated package really has.

The package is imported in a process of its own and asked for its operations, arguments, answers, models and enums.
The contract is read here by its own few lines, file by file: not as it was joined, and not by the view that the
templates used, so that a mistake there shows.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from codegen import names
from codegen.carried import METHODS, Json
from codegen.work import FaultError

_PROBE = """
import importlib, inspect, json, sys, typing
import attrs
name = sys.argv[1]
sys.path.insert(0, sys.argv[2])  # not by PYTHONPATH, which a colon in the name of a folder would part
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
    elif not each.startswith("_") and not inspect.ismodule(thing) and not typing.is_typeddict(thing):
        found["schemas"][each] = "map"
json.dump(found, sys.stdout)
"""


def compare(files: Sequence[Json], package: Path) -> list[str]:
    """What the package lacks, or has beyond the files of the contract; empty if they agree."""
    probe = subprocess.run(
        [sys.executable, "-W", "error", "-c", _PROBE, package.name, str(package.parent)],
        capture_output=True, text=True, check=False, cwd=package.parent,
    )  # fmt: skip
    if probe.returncode:
        said = [line.strip() for line in probe.stderr.splitlines() if line.strip()] or ["no reason given"]
        where = next((line for line in reversed(said) if line.startswith("File ") and package.name in line), "")
        raise FaultError(f"the generated package can't be imported: {said[-1]} ({where.rpartition(package.name)[2]})")
    found = json.loads(probe.stdout)
    inline = _inline(files, found["schemas"])
    return [*_differences("", _expected(files), found), *inline]


def _differences(place: str, wanted: Any, found: Any) -> Iterator[str]:
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for key in sorted({*wanted, *found}):
            if key not in found:
                yield f"{place}/{key} is in the contract but was not generated"
            elif key in wanted:
                yield from _differences(f"{place}/{key}", wanted[key], found[key])
            elif place != "/schemas":  # inline schemas get a class of their own
                yield f"{place}/{key} was generated but is not in the contract"
    elif wanted != found:
        yield f"{place} should be {wanted}, but {found} was generated"


def _expected(files: Sequence[Json]) -> dict[str, Any]:
    operations: dict[str, Any] = {}
    methods: list[str] = []
    for path, item in (each for file in files for each in file.get("paths", {}).items()):
        for method in METHODS:
            if method in item:
                operation = item[method]
                parameters = {
                    (each["name"], each["in"])
                    for each in map(_follow(files), [*item.get("parameters", ()), *operation.get("parameters", ())])
                }
                method_name = names.operation_name(operation["operationId"])
                methods += [method_name, *([f"{method_name}_pages"] if "x-paged" in operation else [])]
                operations[operation["operationId"]] = {
                    "method": method.upper(),
                    "path": path,
                    "statuses": sorted(operation["responses"]),
                    "arguments": len(parameters) + ("requestBody" in operation),
                }
    return {
        "operations": operations,
        "schemas": {names.class_name(name): content for name, content in _named(files)},
        "webhooks": sorted(name for file in files for name in file.get("webhooks", {})),
        "servers": [server["url"] for server in files[0].get("servers", ())],
        "methods": sorted(methods),
        "async methods": sorted(methods),
    }


# --- schemas --------------------------------------------------------------------------------------------------------


def _named(files: Sequence[Json]) -> Iterator[tuple[str, Any]]:
    """The components that need a class of their own, with what has to be in it."""
    for name, schema in _components(files):
        content = None if "$ref" in schema else _content(files, schema)
        if content is not None:
            yield name, content


def _inline(files: Sequence[Json], found: Json) -> Iterator[str]:
    """Schemas without a name get a class whose name the generator chooses: one with their content must be there."""
    named = {names.class_name(name) for name, _ in _named(files)}
    classes = [content for name, content in found.items() if name not in named]
    for place, schema in _nameless(files):
        content = None if _means_a_component(schema) else _content(files, schema)
        if content is not None and content != "map" and content not in classes:
            yield f"{place} should be a class with {content}, but none of {classes} is"


def _nameless(files: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    """Every schema of what is sent or answered that stands where it is used; bodies of errors are not read."""
    follow = _follow(files)
    for path, item in (each for file in files for each in file.get("paths", {}).items()):
        for at, holder in [("", item), *((f"/{method}", item[method]) for method in METHODS if method in item)]:
            for index, each in enumerate(holder.get("parameters", ())):
                yield from _inner(f"/paths/{path}{at}/parameters/{index}/schema", follow(each)["schema"])
            bodies = [("requestBody", holder["requestBody"])] if "requestBody" in holder else []
            bodies += [(f"responses/{key}", each) for key, each in holder.get("responses", {}).items() if key[0] == "2"]
            for key, body in bodies:
                for media in follow(body).get("content", {}).values():
                    yield from _inner(f"/paths/{path}{at}/{key}", media["schema"])
    for name, schema in _components(files):
        yield from list(_inner(f"/components/schemas/{name}", schema))[1:]


def _inner(place: str, schema: Json) -> Iterator[tuple[str, Json]]:
    yield place, schema
    for name, child in schema.get("properties", {}).items():
        yield from _inner(f"{place}/properties/{name}", child)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            yield from _inner(f"{place}/{key}", schema[key])
    for index, part in enumerate(schema.get("allOf", ())):
        for name, child in part.get("properties", {}).items():
            yield from _inner(f"{place}/allOf/{index}/properties/{name}", child)


def _content(files: Sequence[Json], schema: Json) -> Any:
    """What has to be in the class of a schema: its values, how many properties it has, or that it is a map; or None."""
    parts = list(_parts(files, schema))
    if any("const" in part for part in parts):
        return None
    if len(enums := [part for part in parts if "enum" in part]) == 1:
        values = sorted(enums[0]["enum"])
        if "x-terminal" not in enums[0]:
            return values
        following = {value: sorted(others) for value, others in enums[0]["x-terminal"].items()}
        return {"values": values, "terminal": following}
    properties = {name for part in parts for name in part.get("properties", ())}
    is_object = any("object" in [part.get("type"), *_list(part.get("type"))] for part in parts)
    maps = is_object or any("additionalProperties" in part for part in parts)
    return len(properties) or ("map" if maps and not enums else None)


def _means_a_component(schema: Json) -> bool:
    parts = [part for key in ("allOf", "oneOf", "anyOf") for part in schema.get(key, ()) if part.get("type") != "null"]
    if {"properties", "required", "enum", "dependentRequired", "dependentSchemas"} & set(schema):
        return False
    return ("$ref" in schema and not parts) or (len(parts) == 1 and _means_a_component(parts[0]))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _parts(files: Sequence[Json], schema: Json) -> Iterator[Json]:
    """A schema and everything that it refers to or is put together of."""
    yield schema
    if "$ref" in schema:
        yield from _parts(files, _follow(files)({"$ref": schema["$ref"]}))
    for key in ("allOf", "oneOf", "anyOf"):
        for part in schema.get(key, ()):
            yield from _parts(files, part)


def _components(files: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    for file in files:
        yield from file.get("components", {}).get("schemas", {}).items()


def _follow(files: Sequence[Json]) -> Any:
    """What follows references, in whatever file they are and lead to: no two have a component of the same name."""

    def follow(node: Json) -> Json:
        if "$ref" not in node:
            return node
        kind, name = node["$ref"].split("/")[-2:]
        found = [file["components"][kind][name] for file in files if name in file.get("components", {}).get(kind, {})]
        # What another file borrows under the same name leads to the main one, which comes first.
        return follow(found[0])

    return follow
