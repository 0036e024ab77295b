"""The contract as the templates see it: its operations, and all there is to ask of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from attrs import evolve
from openapi_python_client.parser.openapi import Endpoint, GeneratorData
from openapi_python_client.parser.properties.enum_property import EnumProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.strings import ClassName, PythonIdentifier

from codegen.carried import METHODS, Json, RefusedError
from codegen.schemas import Schemas
from codegen.view import Answer, EnumView, Field, Model, Operation, Settlement, Shape, Webhook

# What `build()` uses, which a parameter must not take.
RESERVED_ARGUMENTS = frozenset({"plain_text", "problems", "header_values", "query_pairs", "body_json", "body", "tuple"})


class View:
    """The contract as the templates see it.

    Raises:
        RefusedError: When an operation or schema has a form that the templates have no code for.
    """

    def __init__(self, document: Json, parsed: GeneratorData) -> None:
        self.document = document
        self.schemas = Schemas(document, parsed)
        self.operations = self._settled(
            [
                self._operation(endpoint)
                for collection in parsed.endpoint_collections_by_tag.values()
                for endpoint in collection.endpoints
            ]
        )
        self.webhooks = [self._webhook(name, item["post"]) for name, item in document.get("webhooks", {}).items()]
        self._mark_directions()
        self.regions = {server["x-region"]: server for server in document.get("servers", ())}
        self.auth_schemes = [
            each["scheme"] for each in document.get("components", {}).get("securitySchemes", {}).values()
        ]

    def model(self, prop: ModelProperty) -> Model:
        """The view of a model of the generator."""
        return self.schemas.models[prop.class_info.name]

    def enum(self, prop: EnumProperty) -> EnumView:
        """The view of an enum of the generator."""
        return self.schemas.enums[prop.class_info.name]

    def operation(self, endpoint: Endpoint) -> Operation:
        """The view of an operation of the generator."""
        return next(each for each in self.operations if each.name == endpoint.name)

    def tag_description(self, tag_module: str) -> str:
        """What the contract says of a tag."""
        for tag in self.document.get("tags", ()):
            if PythonIdentifier(tag["name"], "tag") == tag_module:
                return str(tag.get("description", tag["name"]))
        return self.tag_name(tag_module)

    def tag_name(self, tag_module: str) -> str:
        """A tag as the contract spells it."""
        return next(each.tag for each in self.operations if each.tag_module == tag_module)

    def tag_operations(self, tag_module: str) -> list[Operation]:
        """The operations of a tag, in the order of the contract."""
        return [each for each in self.operations if each.tag_module == tag_module]

    def tag_classes(self, tag_module: str) -> list[str]:
        """The classes that the methods of a tag name."""
        return sorted({shape.name for each in self.tag_operations(tag_module) for shape in each.classes()})

    def resource_name(self, tag_module: str) -> str:
        """The class that has a tag's methods."""
        return f"{ClassName(self.tag_name(tag_module), 'Tag')}Api"

    def results(self, operation: Operation) -> list[Shape | None]:
        """What the operation's successes return, each kind once; None for an answer without a body."""
        shapes = [each.shape for each in operation.answers if each.success]
        return [each for at, each in enumerate(shapes) if each not in shapes[:at]]

    def target(self, operation: Operation) -> str:
        """A Python expression for the path with its parameters put in."""
        path = operation.path
        for each in operation.path_parameters:
            path = path.replace(f"{{{each.json_name}}}", f"{{{each.attribute}_segment}}")
        return f"f{path!r}" if operation.path_parameters else repr(path)

    def items(self) -> list[Model]:
        """The models that are sent as part of a body: the ones worth giving as keywords."""
        bodies = {operation.body.name for operation in self.operations if operation.body}
        return [
            each for each in self.schemas.models.values() if each.sent and not each.alias and each.name not in bodies
        ]

    def is_item(self, model: Model) -> bool:
        """Whether a model is sent as part of a body."""
        return model in self.items()

    def item_fields(self) -> list[str]:
        """The names under which those models' fields can be had as keywords."""
        return [f"{each.name}Fields" for each in self.items()]

    # --- from the generator's parse -------------------------------------------------------------------------------

    def _operation(self, endpoint: Endpoint) -> Operation:
        raw, path = next(
            (item[method], path)
            for path, item in self.document["paths"].items()
            for method in METHODS
            if method in item and PythonIdentifier(item[method]["operationId"], "") == endpoint.name
        )
        parameters = [
            self.schemas.resolve(each)
            # An operation's own parameter comes before, and so instead of, one of its path.
            for each in (*raw.get("parameters", ()), *self.document["paths"][path].get("parameters", ()))
        ]

        def fields(kind: str, parsed: Sequence[PropertyProtocol]) -> list[Field]:
            return [self._parameter(each, kind, parameters, endpoint.name) for each in parsed]

        sends = raw.get("x-sends-messages", False)
        body = self.schemas.resolve(raw.get("requestBody", {}))
        return Operation(
            id=raw["operationId"],
            name=endpoint.name,
            tag=raw["tags"][0],
            tag_module=endpoint.tags[0],
            method=endpoint.method.upper(),
            path=path,
            summary=raw["summary"],
            description=raw.get("description", ""),
            path_parameters=fields("path", endpoint.path_parameters),
            query_parameters=fields("query", endpoint.query_parameters),
            header_parameters=fields("header", endpoint.header_parameters),
            body=self.schemas.shape(endpoint.bodies[0].prop, _json_schema(body), f"{endpoint.name} body")
            if body
            else None,
            body_required=bool(body.get("required")),
            answers=[
                self._answer(endpoint, raw["operationId"], status, each) for status, each in raw["responses"].items()
            ],
            sends=sends,
            repeatable=raw.get("x-repeatable", not sends and endpoint.method not in ("post", "patch")),
            deprecated=raw.get("deprecated", False),
            undocumented=raw.get("x-undocumented", False),
        )

    def _parameter(self, prop: PropertyProtocol, location: str, parameters: list[Json], operation: str) -> Field:
        name = prop.name.get_untrusted_value()
        raw = next(each for each in parameters if each["name"] == name and each["in"] == location)
        found = self.schemas.field(prop, raw["schema"], bool(raw.get("required")), operation)
        shape = evolve(found.shape, limits={**found.shape.limits, "explode": raw.get("explode", location == "query")})
        inner = shape.item if shape.kind == "list" else shape
        nested = inner is None or inner.kind in ("model", "map", "any", "list")
        if nested or (location != "query" and inner is not shape):
            raise RefusedError([f"{operation}: parameter {name} can't be carried in the {location}"])
        # The generator settles a name that occurs in two places.
        settled = str(prop.python_name)
        attribute = found.attribute if settled.rstrip("_") == found.attribute.rstrip("_") else settled
        taken = attribute in RESERVED_ARGUMENTS or attribute.startswith("write_")
        return evolve(
            found,
            attribute=f"{attribute}_" if taken else attribute,
            shape=shape,
            description=raw.get("description") or found.description,
            deprecated=found.deprecated or bool(raw.get("deprecated")),
        )

    def _answer(self, endpoint: Endpoint, operation: str, status: str, response: Json) -> Answer:
        response = self.schemas.resolve(response)
        shape = None
        if status.startswith("2") and response.get("content"):
            parsed = next((each for each in endpoint.responses if each.status_code.pattern == status), None)
            if parsed is None:
                raise RefusedError([f"{operation}: the answer {status} did not come out of the generator"])
            shape = self.schemas.shape(parsed.prop, _json_schema(response), f"{operation} answer {status}")
            if shape.kind not in ("model", "list", "map", "any"):
                raise RefusedError([f"{operation}: an answer that is a bare {shape.kind} can't be carried"])
        return Answer(status, response["description"], shape)

    def _settled(self, operations: list[Operation]) -> list[Operation]:
        by_id = {each.id: each for each in operations}
        return [evolve(each, settlement=self._settlement(each, by_id)) for each in operations]

    def _settlement(self, operation: Operation, by_id: dict[str, Operation]) -> Settlement | None:
        raw = self.document["paths"][operation.path][operation.method.lower()].get("x-settled-by")
        if raw is None:
            return None
        other = by_id.get(raw["operationId"])
        if other is None or other.path != operation.path or other.body is not None or not other.repeatable:
            raise RefusedError(
                [f"{operation.id}: x-settled-by must name a repeatable operation without a body on the same path"]
            )
        if any(each.shape for each in operation.answers):
            raise RefusedError([f"{operation.id}: x-settled-by is for operations whose answer has no body"])
        for shape in self.results(other):
            model = self.schemas.models.get(shape.name) if shape else None
            for each in model.fields if model else ():
                if each.json_name == raw["property"]:
                    return Settlement(other, each.attribute, raw["equals"])
        raise RefusedError([f"{operation.id}: x-settled-by: {other.id} answers no {raw['property']!r}"])

    def _webhook(self, name: str, raw: Json) -> Webhook:
        target = _json_schema(self.schemas.resolve(raw["requestBody"]))["$ref"].rpartition("/")[2]
        model = self.schemas.models.get(ClassName(target, ""))
        if model is None or model.alias:
            raise RefusedError([f"webhook {name}: {target} is not an object with properties"])
        return Webhook(name, raw.get("summary", ""), Shape("model", name=model.name, module=model.module))

    def _mark_directions(self) -> None:
        for operation in self.operations:
            if operation.body:
                self._mark(operation.body, "sent")
            for answer in operation.answers:
                if answer.shape:
                    self._mark(answer.shape, "answered")
        for webhook in self.webhooks:
            self._mark(webhook.model, "answered")
        for model in self.schemas.models.values():
            if not model.sent and not model.answered:
                model.answered = True  # used by nothing but error bodies, which are answers too

    def _mark(self, shape: Shape, direction: Literal["sent", "answered"]) -> None:
        for each in shape.classes():
            model = self.schemas.models.get(each.name)
            if model is None or getattr(model, direction):
                continue
            setattr(model, direction, True)
            for child in model.fields:
                self._mark(child.shape, direction)


def _json_schema(holder: Json) -> Json:
    return dict(holder["content"]["application/json"]["schema"])
