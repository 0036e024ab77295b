"""The contract as openapi-python-client gets it: what it has to know to make the files, under names that are settled.

It reads a schema by rules of its own, and drops or renames what it does not know. So it is given neither texts nor
limits, no errors' bodies, and only names that come out as they go in; what it makes of these is compared with the view.
"""

from __future__ import annotations

from typing import Any

from openapi_python_client.config import Config
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import GeneratorData
from openapi_python_client.parser.properties.schemas import Class
from openapi_python_client.strings import ClassName, PythonIdentifier

from codegen.carried import Json
from codegen.contract_view import View
from codegen.view import Operation, Shape
from codegen.work import FaultError

_TYPES: dict[str, Json] = {
    "text": {"type": "string"},
    "const": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "timestamp": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
}


def parsed(view: View, config: Config) -> GeneratorData:
    """What openapi-python-client makes of the contract, with the names and modules of the view.

    Raises:
        FaultError: If it made anything else of it.
    """
    found = GeneratorData.from_dict(_document(view), config=config)
    if isinstance(found, GeneratorError):
        raise FaultError(f"openapi-python-client: {found.header} {found.detail or ''}")
    problems = [
        *found.errors,
        *(each for tag in found.endpoint_collections_by_tag.values() for each in tag.parse_errors),
    ]
    if problems:
        raise FaultError("; ".join(" ".join(f"openapi-python-client: {each.detail}".split()) for each in problems))
    _name(found, view)
    _compare(found, view)
    return found


def _document(view: View) -> dict[str, Any]:
    schemas: dict[str, Any] = {
        name: {"type": "string", "enum": list(each.members)} for name, each in view.schemas.enums.items()
    }
    for name, model in view.schemas.models.items():
        properties = {f"p{index}": _schema(each.shape) for index, each in enumerate(model.fields)}
        schemas[name] = {"type": "object", "properties": properties} if properties else {"type": "object"}
    paths: dict[str, Any] = {}
    for operation in view.operations:
        # One path for each operation, in their order: the parser puts those of a path together.
        path = "".join(f"/{{p{index}}}" for index in range(len(operation.path_parameters)))
        paths[f"/{operation.name}{path}"] = {operation.method.lower(): _operation(operation)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "-", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    content = {"application/json": {"schema": _schema(operation.body)}} if operation.body else None
    return {
        "operationId": operation.name,
        "tags": [operation.tag_module],
        "parameters": [
            {"name": f"p{index}", "in": where, "required": where == "path", "schema": {"type": "string"}}
            for index, where in enumerate(_located(operation))
        ],
        **({"requestBody": {"content": content}} if content else {}),
        "responses": {
            each.status: {"description": "-", "content": {"application/json": {"schema": _schema(each.shape)}}}
            for each in operation.answers
            if each.success and each.shape
        },
    }


def _located(operation: Operation) -> list[str]:
    return [
        *("path" for _ in operation.path_parameters),
        *("query" for _ in operation.query_parameters),
        *("header" for _ in operation.header_parameters),
    ]


def _schema(shape: Shape | None) -> Json:
    if shape is None or shape.kind == "any":
        return {}
    if shape.name:
        return {"$ref": f"#/components/schemas/{shape.name}"}
    if shape.kind == "list":
        return {"type": "array", "items": _schema(shape.item)}
    return _TYPES.get(shape.kind, {})  # a map without a name makes no file


def _name(found: GeneratorData, view: View) -> None:
    """Give every class the name and module that the view has for it; the parser has ideas of its own."""
    known = {ClassName(name, ""): each for name, each in view.schemas.classes().items()}
    for prop in (*found.models, *found.enums):
        if each := known.get(prop.class_info.name):
            prop.class_info = Class(str.__new__(ClassName, each.name), str.__new__(PythonIdentifier, each.module))


def _compare(found: GeneratorData, view: View) -> None:
    """The parser sees what the view sees, and nothing else."""
    theirs: dict[str, Any] = {}
    ours: dict[str, Any] = {each.name: len(each.fields) for each in view.schemas.models.values()}
    ours |= {each.name: len(each.members) for each in view.schemas.enums.values()}
    ours |= {
        each.id: [each.name, each.tag_module, len(each.parameters), bool(each.body), _read(each)]
        for each in view.operations
    }
    for model in found.models:
        children = [*(model.required_properties or ()), *(model.optional_properties or ())]
        theirs[str(model.class_info.name)] = len(children)
    for enum in found.enums:
        theirs[str(enum.class_info.name)] = len(enum.values)
    ids = {each.name: each.id for each in view.operations}
    for tag, collection in found.endpoint_collections_by_tag.items():
        for each in collection.endpoints:
            parameters = len(each.path_parameters) + len(each.query_parameters) + len(each.header_parameters)
            answers = sorted(str(answer.status_code.pattern) for answer in each.responses.patterns)
            theirs[ids.get(each.name, each.name)] = [str(each.name), str(tag), parameters, bool(each.bodies), answers]
    if lost := [name for name in sorted({*ours, *theirs}) if ours.get(name) != theirs.get(name)]:
        raise FaultError(f"openapi-python-client made something else of {', '.join(lost)}")


def _read(operation: Operation) -> list[str]:
    return sorted(each.status for each in operation.answers if each.success and each.shape)
