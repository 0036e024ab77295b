"""The files of the contract, joined into one document.

Each file is one part of the API. `messages.yaml` comes first: it has what all parts share, which they use by a `$ref`
such as `messages.yaml#/components/schemas/ErrorBody`. In the joined document this is `#/components/schemas/ErrorBody`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen
from ruamel.yaml import YAML

from codegen import docstrings, names
from codegen.carried import METHODS, Json, RefusedError, unknown_keys
from codegen.references import NAMES, VALUES, all_references, not_json, target

MAIN = "messages.yaml"
# What holds for the whole API, and so is said once, in the main file. Another file may repeat it, but not change it.
WHOLE = ("servers", "security")
NAMED = ("paths", "webhooks")


@frozen
class Contract:
    """A contract with the files that it is made of.

    Attributes:
        document: All of it, as one document.
        parts: What each file holds as it is written, by the file's name; the main file first.
    """

    document: dict[str, Any]
    parts: Mapping[str, Json]
    _owners: Mapping[str, str] = field(factory=dict[str, str], repr=False)

    def located(self, reason: str) -> str:
        """A reason for a refusal, behind the file that it is about; as it is if there is only one file."""
        beginnings = [each for each in self._owners if re.match(rf"{re.escape(each)}(?![\w-])", reason)]
        return f"{self._owners[max(beginnings, key=len)]}: {reason}" if beginnings else reason


def read(path: Path) -> Contract:
    """Read a contract: one file, or all of a folder.

    Raises:
        RefusedError: If a file is not a YAML mapping, or the files don't fit together.
    """
    parts = {each.name: _load(each) for each in (_files(path) if path.is_dir() else [path])}
    several = len(parts) > 1
    reasons = [f"{name}: {reason}" if several else reason for name in parts for reason in not_json(parts[name])]
    if several and not reasons:
        reasons = [f"{name}: {reason}" for name in parts for reason in _misshapen(parts[name])]
    if several and not reasons:
        reasons = [f"{name}: {reason}" for name in parts for reason in _refused(name, parts)] + list(_twice(parts))
    if reasons:
        raise RefusedError(reasons)
    if several:
        return Contract(_joined(parts), parts, _owners(parts))
    (document,) = parts.values()
    return Contract(document, parts)


def _files(folder: Path) -> list[Path]:
    """The files of a folder, the main one first."""
    others = sorted(folder.glob("*.yaml"))
    if misnamed := sorted(each.name for ending in ("yml", "json") for each in folder.glob(f"*.{ending}")):
        raise RefusedError([f"{name}: is not read: only files that end in .yaml are" for name in misnamed])
    if folder / MAIN not in others:
        raise RefusedError([f"there is no {MAIN}, which has what all files share"])
    return [folder / MAIN, *(each for each in others if each.name != MAIN)]


def _load(path: Path) -> dict[str, Any]:
    try:
        document = YAML(typ="safe").load(path)
    except Exception as error:
        said, *_ = docstrings.text(error).split(" To suppress this check")  # which is no way out here
        raise RefusedError(f"{path.name} is not readable YAML: {said}") from error
    if not isinstance(document, dict):
        raise RefusedError(f"{path.name} is not an OpenAPI document")
    return document


# --- what is refused ------------------------------------------------------------------------------------------------


def _refused(name: str, parts: Mapping[str, Json]) -> Iterator[str]:
    """What keeps a file from being joined with the others."""
    part, main = parts[name], parts[MAIN]
    yield from _references(name, parts)
    if name == MAIN:
        return
    yield from unknown_keys("document", "/", part)
    if str(part.get("openapi")).rpartition(".")[0] != str(main.get("openapi")).rpartition(".")[0]:
        yield f"openapi: is {part.get('openapi')!r}, but {main.get('openapi')!r} in {MAIN}"
    for key in WHOLE:
        if part.get(key, main.get(key)) != main.get(key):
            yield f"/{key}: differs from that of {MAIN}, which holds for all files; leave it out here"


def _misshapen(part: Json) -> Iterator[str]:
    """Sections that have not the form in which they could be joined; all else is looked at after joining."""
    for key in (*NAMED, "components"):
        if not isinstance(part.get(key, {}), Mapping):
            yield f"/{key}: must be a mapping"
    components = part.get("components", {})
    for kind, found in components.items() if isinstance(components, Mapping) else ():
        if not isinstance(found, Mapping):
            yield f"/components/{kind}: must be a mapping"
    tags = part.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(each, Mapping) and "name" in each for each in tags):
        yield "/tags: must be a list of tags with a name"


def _references(name: str, parts: Mapping[str, Json]) -> Iterator[str]:
    """References that lead to another file than the main one, or to nothing."""
    for place, reference in all_references(parts[name]):
        file, pointer = _split(reference)
        if file and (name == MAIN or file != MAIN):
            shared = f"what several files use belongs in {MAIN}"
            here = f", or {MAIN}#/components/…" if name != MAIN else ""
            yield f"{place}: $ref to '{reference}', only #/components/…{here} can be followed; {shared}"
        elif target(parts[file or name], pointer) is None:
            hint = f"; write '{MAIN}{reference}'" if not file and target(parts[MAIN], pointer) is not None else ""
            yield f"{place}: $ref to '{reference}', which is not in {file or name}{hint}"


def _split(reference: str) -> tuple[str, str]:
    """The file and the place in it that a reference leads to; no file if it stays in its own."""
    file, _, pointer = reference.partition("#")
    return file.removeprefix("./"), f"#{pointer}"


def _twice(parts: Mapping[str, Json]) -> Iterator[str]:
    """What two files say under the same name."""
    seen: dict[str, tuple[str, str]] = {}
    for name, part in parts.items():
        for key, place, what in _names(part):
            if key in seen and seen[key][0] != name:
                file, other = seen[key]
                yield f"{name}: {place}: {what} is in {file} already{f' ({other})' if other != place else ''}"
            seen.setdefault(key, (name, place))


def _names(part: Json) -> Iterator[tuple[str, str, str]]:
    """What has to be there once: something that is the same if it is twice, its place, and what it is."""
    for tag in part.get("tags", ()):
        yield f"tag {names.tag_name(str(tag['name']))}", f"/tags/{tag['name']}", f"the tag {tag['name']!r}"
    for path in part.get("paths", {}):
        yield f"path {re.sub('{[^}]*}', '{}', path)}", f"/paths/{path}", "this path"
    for webhook in part.get("webhooks", {}):
        yield f"webhook {webhook}", f"/webhooks/{webhook}", f"the webhook {webhook!r}"
    for kind, found in part.get("components", {}).items():
        for each, value in found.items():
            if not _is_borrowed(kind, each, value):
                yield f"{kind} {names.class_name(each)}", f"/components/{kind}/{each}", f"the component {each!r}"
    for place, operation in _operations(part):
        if name := operation.get("operationId"):
            yield f"operation {names.operation_name(str(name))}", place, f"the operationId {name!r}"


def _operations(part: Json) -> Iterator[tuple[str, Json]]:
    for path, item in part.get("paths", {}).items():
        for method in METHODS:
            if isinstance(item, Mapping) and isinstance(item.get(method), Mapping):
                yield f"/paths/{path}/{method}", item[method]


def _is_borrowed(kind: str, name: str, value: Any) -> bool:
    """Whether a component only repeats that of the main file, so that its own file can be read alone."""
    return isinstance(value, Mapping) and dict(value) == {"$ref": f"{MAIN}#/components/{kind}/{name}"}


# --- joining --------------------------------------------------------------------------------------------------------


def _joined(parts: Mapping[str, Json]) -> dict[str, Any]:
    """All files as one document, with the keys of the main file in their order."""
    joined: dict[str, Any] = _kept(parts[MAIN])
    for name, part in parts.items():
        if name == MAIN:
            continue
        if "tags" in part:
            joined["tags"] = [*joined.get("tags", ()), *_kept(part["tags"])]
        for key in NAMED:
            if key in part:
                joined[key] = {**joined.get(key, {}), **_kept(part[key], named=True)}
        components = joined.setdefault("components", {})
        for kind, found in part.get("components", {}).items():
            own = {each: _kept(value) for each, value in found.items() if not _is_borrowed(kind, each, value)}
            components[kind] = {**components.get(kind, {}), **own}
    return joined


def _kept(node: Any, *, named: bool = False) -> Any:
    """A copy whose references stay within the document; `named` says that its keys are not keywords."""
    if isinstance(node, list):
        return [_kept(each) for each in node]
    if not isinstance(node, Mapping):
        return node
    kept: dict[str, Any] = {}
    for key, child in node.items():
        if key == "$ref" and not named and isinstance(child, str):
            kept[key] = _split(child)[1]
        else:
            kept[key] = child if key in VALUES and not named else _kept(child, named=not named and key in NAMES)
    return kept


def _owners(parts: Mapping[str, Json]) -> dict[str, str]:
    """The file of everything that a reason for a refusal may begin with."""
    owners = dict.fromkeys(("openapi", "/info", *(f"/{key}" for key in WHOLE)), MAIN)
    for name, part in parts.items():
        found = [place for _, place, _ in _names(part)]
        for each, schema in part.get("components", {}).get("schemas", {}).items():
            if not _is_borrowed("schemas", each, schema):
                found += [each, names.class_name(each), f"/schemas/{names.class_name(each)}"]
        found += [f"the tag {tag['name']}" for tag in part.get("tags", ())]
        for webhook in part.get("webhooks", {}):
            found.append(f"webhook {webhook}")
        for _, operation in _operations(part):
            if operation_id := str(operation.get("operationId", "")):
                found += [operation_id, names.operation_name(operation_id), f"/operations/{operation_id}"]
        owners.update(dict.fromkeys(found, name))
    return owners
