"""The operations and webhooks of the contract as views."""

from __future__ import annotations

import re

from attrs import evolve

from codegen import work
from codegen.carried import METHODS, Json, RefusedError, json_media
from codegen.merging import whole
from codegen.names import argument_names, operation_name, tag_name
from codegen.references import follow
from codegen.schemas import Schemas, unsendable
from codegen.view import Answer, Field, Operation, Paging, Settlement, Shape, Webhook


class Operations:
    """The operations of a contract.

    Raises:
        RefusedError: When an operation has a form that the templates have no code for.
    """

    def __init__(self, document: Json, schemas: Schemas) -> None:
        self.document = document
        self.schemas = schemas

    def read(self) -> list[Operation]:
        """Every operation, in the order of the contract, but those of one tag together."""
        found: list[Operation] = []
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    with work.on(f"the operation {item[method]['operationId']}"):
                        found.append(self._operation(path, method, item))
        tags = list(dict.fromkeys(each.tag_module for each in found))
        by_id = {each.id: each for each in found}
        settled = [evolve(each, settlement=self._settlement(each, by_id)) for each in found]
        return sorted(settled, key=lambda each: tags.index(each.tag_module))

    def webhooks(self) -> list[Webhook]:
        """The payloads that the service pushes."""
        return [self._webhook(name, item["post"]) for name, item in self.document.get("webhooks", {}).items()]

    def _operation(self, path: str, method: str, item: Json) -> Operation:
        raw, place = item[method], f"/paths/{path}/{method}"
        name, sends = operation_name(raw["operationId"]), raw.get("x-sends-messages", False)
        parameters = self._parameters(item, path, method, name)
        body = follow(self.document, raw.get("requestBody", {}))
        operation = Operation(
            id=raw["operationId"],
            name=name,
            tag=raw["tags"][0],
            tag_module=tag_name(raw["tags"][0]),
            method=method.upper(),
            path=path,
            summary=raw.get("summary", ""),
            description=raw.get("description", ""),
            path_parameters=parameters["path"],
            query_parameters=parameters["query"],
            header_parameters=parameters["header"],
            body=self._body(body, name, f"{place}/requestBody") if body else None,
            body_required=bool(body.get("required")),
            answers=[
                self._answer(f"{place}/responses/{status}", raw["operationId"], status, follow(self.document, each))
                for status, each in raw["responses"].items()
            ],
            sends=sends,
            repeatable=raw.get("x-repeatable", not sends and method not in ("post", "patch")),
            deprecated=raw.get("deprecated", False),
            undocumented=raw.get("x-undocumented", False),
            gone=raw.get("x-gone", False),
            place=place,
        )
        return evolve(operation, paging=self._paging(operation, raw["x-paged"])) if "x-paged" in raw else operation

    def _body(self, body: Json, name: str, place: str) -> Shape:
        key = json_media(body["content"])
        shape = self.schemas.shape(body["content"][key]["schema"], f"{name} Body", f"{place}/content/{key}/schema")
        if reasons := list(unsendable(shape, place)):
            raise RefusedError(reasons)
        return shape

    # --- parameters -----------------------------------------------------------------------------------------------

    def _parameters(self, item: Json, path: str, method: str, operation: str) -> dict[str, list[Field]]:
        found: dict[tuple[str, str], tuple[Json, str]] = {}
        # An operation's own parameter comes before, and so instead of, one of its path.
        for holder, at in ((item[method], f"/paths/{path}/{method}"), (item, f"/paths/{path}")):
            for index, each in enumerate(holder.get("parameters", ())):
                raw = follow(self.document, each)
                found.setdefault((raw["name"], raw["in"]), (raw, f"{at}/parameters/{index}"))
        arguments = argument_names(found, f"/paths/{path}/{method}")
        fields = {key: self._parameter(raw, arguments[key], operation, place) for key, (raw, place) in found.items()}
        in_path = re.findall(r"\{([^{}]*)\}", path)
        return {
            "path": [fields[name, "path"] for name in in_path],
            "query": [each for (_, location), each in fields.items() if location == "query"],
            "header": [each for (_, location), each in fields.items() if location == "header"],
        }

    def _parameter(self, raw: Json, attribute: str, operation: str, place: str) -> Field:
        name, location = raw["name"], raw["in"]
        found = self.schemas.field(
            name, attribute, raw["schema"], bool(raw.get("required")), operation, f"{place}/schema"
        )
        explode = raw.get("explode", location == "query")
        shape = evolve(found.shape, limits={**found.shape.limits, "explode": explode})
        inner = shape.item if shape.kind == "list" else shape
        nested = inner is None or inner.kind in ("model", "map", "any", "list")
        if nested or (location == "header" and inner is not shape):
            raise RefusedError(
                f"{place}: parameter {name} of the operation {operation} is not supported in the {location}, "
                f"{'a list' if shape.kind == 'list' else 'its kind'} has no form there"
            )
        if reasons := list(unsendable(found.shape, place)):
            raise RefusedError(reasons)
        return evolve(
            found,
            shape=shape,
            description=raw.get("description") or found.description,
            deprecated=found.deprecated or bool(raw.get("deprecated")),
        )

    # --- answers --------------------------------------------------------------------------------------------------

    def _answer(self, place: str, operation: str, status: str, response: Json) -> Answer:
        shape = None
        if status.startswith("2") and response.get("content"):
            key = json_media(response["content"])
            schema = response["content"][key]["schema"]
            shape = self.schemas.shape(
                schema, f"{operation_name(operation)} Response {status}", f"{place}/content/{key}/schema"
            )
            if shape.kind not in ("model", "list", "map", "any"):
                raise RefusedError(
                    f"{place} ({operation}): an answer can't be a bare {shape.kind}, only an object or an array"
                )
            if shape.null and shape.kind != "any":
                raise RefusedError(f"{place} ({operation}): an answer can't be null, only an object or an array")
        return Answer(status, response["description"], shape)

    def _settlement(self, operation: Operation, by_id: dict[str, Operation]) -> Settlement | None:
        raw = self.document["paths"][operation.path][operation.method.lower()].get("x-settled-by")
        if raw is None:
            return None
        other = by_id.get(raw["operationId"])
        if other is None or other.path != operation.path or other.body is not None or not other.repeatable:
            raise RefusedError(
                f"{operation.id}: x-settled-by must name a repeatable operation without a body on the same path"
            )
        if any(each.shape for each in operation.answers):
            raise RefusedError(f"{operation.id}: x-settled-by is for operations whose answer has no body")
        for answer in other.answers:
            model = self.schemas.models.get(answer.shape.name) if answer.shape else None
            for each in model.fields if model else ():
                if each.json_name == raw["property"]:
                    return Settlement(other, each.attribute, raw["equals"])
        raise RefusedError(f"{operation.id}: x-settled-by: {other.id} answers no {raw['property']!r}")

    # --- pages ----------------------------------------------------------------------------------------------------

    def _paging(self, operation: Operation, raw: Json) -> Paging:
        place = f"{operation.place}/x-paged"
        results = [each.shape for each in operation.answers if each.success]
        if len(results) != 1 or results[0] is None or results[0].kind not in ("model", "list"):
            raise RefusedError(f"{place}: applies only to an operation with one success, an object or an array")
        name = raw.get("parameter", raw.get("token"))
        parameter = next((each for each in operation.query_parameters if each.json_name == name), None)
        if parameter is None or parameter.shape.kind not in ("text", "integer"):
            raise RefusedError(f"{place}: '{name}' is not a string or whole number among the query parameters")
        if "token" in raw and (parameter.required or self._at(results[0], raw["next"]) not in ("text", "integer")):
            raise RefusedError(
                f"{place}: 'token' must name a parameter that is not required, and 'next' lead to one in the answer"
            )
        if "first" in raw and raw["first"] < parameter.shape.limits.get("minimum", 0):
            raise RefusedError(f"{place}: the first page is {raw['first']}, but the minimum of '{name}' is more")
        if self._at(results[0], raw["items"]) != "list":
            raise RefusedError(f"{place}: 'items' must lead to the list in the answer, or be empty if it is one itself")
        if "token" in raw and self._at(results[0], raw["next"]) != parameter.shape.kind:
            raise RefusedError(f"{place}: 'token' and what 'next' leads to must be of the same type")
        return Paging(parameter, raw.get("first"), raw.get("next", ""), raw["items"])

    def _at(self, shape: Shape, pointer: str) -> str:
        """The kind of value that a pointer leads to, empty if to none."""
        for part in pointer.split("/")[1:]:
            model = self.schemas.models.get(shape.name)
            found = next((each for each in model.fields if each.json_name == part), None) if model else None
            if found is None:
                return ""
            shape = found.shape
        return shape.kind

    # --- webhooks -------------------------------------------------------------------------------------------------

    def _webhook(self, name: str, raw: Json) -> Webhook:
        place = f"/webhooks/{name}/post/requestBody"
        with work.on(f"the webhook {name}"):
            content = follow(self.document, raw["requestBody"])["content"]
            schema = content[json_media(content)]["schema"]
            shape = self.schemas.shape(schema, f"{name} Payload", place)
            if shape.kind != "model":
                told = whole(self.document, schema, place).get("type", "something else")
                raise RefusedError(f"{place} (webhook {name}): must be an object with properties, not {told}")
            return Webhook(name, raw.get("summary", ""), shape)
