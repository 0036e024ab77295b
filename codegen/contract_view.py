"""The contract as the templates see it, and all there is to ask of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties.enum_property import EnumProperty
from openapi_python_client.parser.properties.model_property import ModelProperty

from codegen.carried import Json, RefusedError
from codegen.names import OF_PACKAGES, clashing, resource_name, tag_name, unwieldy
from codegen.operations import Operations
from codegen.schemas import Schemas
from codegen.view import EnumView, Model, Operation, Shape


class View:
    """The contract as the templates see it.

    Raises:
        RefusedError: When an operation or schema has a form that the templates have no code for.
    """

    def __init__(self, document: Json) -> None:
        self.document = document
        self.schemas = Schemas(document)
        operations = Operations(document, self.schemas)
        self.operations = operations.read()
        self.webhooks = operations.webhooks()
        self.schemas.finish()
        self._mark_directions()
        self.regions = {server["x-region"]: server for server in document.get("servers", ())}
        schemes = document.get("components", {}).get("securitySchemes", {})
        self.auth_schemes = [each["scheme"] for each in schemes.values()]
        self.at_work = "the package"
        if reasons := [*self._clashes(), *self._unsendable()]:
            raise RefusedError(reasons)

    # What the generator asks the templates to render, by the names that both were given.

    def model(self, prop: ModelProperty) -> Model:
        """The view of a model of the generator."""
        found = self.schemas.models[prop.class_info.name]
        self.at_work = f"the schema {found.place}"
        return found

    def enum(self, prop: EnumProperty) -> EnumView:
        """The view of an enum of the generator."""
        found = self.schemas.enums[prop.class_info.name]
        self.at_work = f"the schema {found.place}"
        return found

    def operation(self, endpoint: Endpoint) -> Operation:
        """The view of an operation of the generator."""
        found = next(each for each in self.operations if each.name == endpoint.name)
        self.at_work = f"the operation {found.id}"
        return found

    def tags(self) -> list[str]:
        """The modules of the tags, in the order of the contract."""
        return list(dict.fromkeys(each.tag_module for each in self.operations))

    def tag_description(self, tag_module: str) -> str:
        """What the contract says of a tag."""
        for tag in self.document.get("tags", ()):
            if tag_name(tag["name"]) == tag_module:
                return str(tag.get("description") or tag["name"])
        return self.tag_name(tag_module)

    def tag_name(self, tag_module: str) -> str:
        """A tag as the contract spells it."""
        return next(each.tag for each in self.operations if each.tag_module == tag_module)

    def tag_operations(self, tag_module: str) -> list[Operation]:
        """The operations of a tag, in the order of the contract."""
        self.at_work = f"the tag {self.tag_name(tag_module)}"
        return [each for each in self.operations if each.tag_module == tag_module]

    def tag_classes(self, tag_module: str) -> list[str]:
        """The classes that the methods of a tag name."""
        return sorted({shape.name for each in self.tag_operations(tag_module) for shape in self._named(each)})

    def resource_name(self, tag_module: str) -> str:
        """The class that has a tag's methods."""
        return resource_name(self.tag_name(tag_module))

    def results(self, operation: Operation) -> list[Shape | None]:
        """What the operation's successes return, each kind once; None for an answer without a body."""
        shapes = [each.shape for each in operation.answers if each.success]
        return [each for at, each in enumerate(shapes) if each not in shapes[:at]]

    def items(self) -> list[Model]:
        """The models that are sent as part of a body: the ones worth giving as keywords."""
        bodies = {operation.body.name for operation in self.operations if operation.body}
        return [
            each for each in self.schemas.models.values() if each.sent and not each.alias and each.name not in bodies
        ]

    def is_item(self, model: Model) -> bool:
        """Whether a model is sent as part of a body."""
        return model in self.items()

    def class_names(self) -> list[str]:
        """Every public name of `models`."""
        fields = [f"{each.name}Fields" for each in self.items()]
        return sorted([*self.schemas.models, *self.schemas.enums, *fields])

    def imports(self, tag_module: str) -> list[str]:
        """The imports from the standard library that a tag's methods need: ruff takes none out of an `__init__`."""
        used: set[tuple[str, str]] = set()
        for operation in self.tag_operations(tag_module):
            sent = [each.shape for each in operation.parameters]
            for shape in (*sent, *([operation.body] if operation.body else ())):
                used.update(_standard_names(shape, sent=True))
            for result in self.results(operation):
                used.update(_standard_names(result, sent=False) if result else ())
            if operation.paging:
                used |= {("collections.abc", "AsyncIterator"), ("collections.abc", "Iterator")}
        modules = sorted({module for module, _ in used})
        return [f"from {each} import {', '.join(sorted(name for at, name in used if at == each))}" for each in modules]

    def _named(self, operation: Operation) -> Iterator[Shape]:
        """The classes that the signature of a method names: a map without a name of its own shows its items' ones."""
        yield from operation.classes()

    # --- what only the whole shows --------------------------------------------------------------------------------

    def _clashes(self) -> Iterator[str]:
        classes = [("the API as a whole", "Api"), ("the API as a whole", "AsyncApi")]
        classes += [(each.place, name) for name, each in self.schemas.classes().items()]
        classes += [(f"the keywords of {each.place}", f"{each.name}Fields") for each in self.items()]
        for tag in self.tags():
            place, name = f"the tag {self.tag_name(tag)}", self.resource_name(tag)
            classes += [(place, name), (place, f"Async{name}")]
        yield from _told("the class", classes)
        yield from _told("the method", ((each.place, name) for each in self.operations for name in _methods(each)))
        modules = [("what the package of its tag imports", name) for name in OF_PACKAGES]
        yield from _told("the module", [*modules, *((each.place, each.name) for each in self.operations)])
        for model in self.schemas.models.values():
            yield from _told("the attribute", _attributes(model))
        yield from unwieldy((each.place, each.module) for each in self.schemas.classes().values())
        yield from unwieldy((each.place, each.name) for each in self.operations)
        yield from unwieldy((f"the tag {self.tag_name(tag)}", tag) for tag in self.tags())

    def _unsendable(self) -> Iterator[str]:
        for model in self.schemas.models.values():
            if model.sent:
                yield from model.unsendable

    def _mark_directions(self) -> None:
        for operation in self.operations:
            if operation.body:
                self._mark(operation.body, "sent")
            for answer in operation.answers:
                if answer.shape:
                    self._mark(answer.shape, "answered")
        for webhook in self.webhooks:
            self._mark(webhook.model, "answered")
        for name, model in self.schemas.models.items():
            if not model.sent and not model.answered:  # used by nothing but error bodies, which are answers too
                self._mark(Shape("map" if model.alias else "model", name=name), "answered")

    def _mark(self, shape: Shape, direction: Literal["sent", "answered"]) -> None:
        for each in shape.classes():
            model = self.schemas.models.get(each.name)
            if model is None or getattr(model, direction):
                continue
            setattr(model, direction, True)
            for child in (model.alias,) if model.alias else (field.shape for field in model.fields):
                self._mark(child, direction)


def _attributes(model: Model) -> list[tuple[str, str]]:
    bytes_ = [(f"the bytes of {each.place}", f"{each.attribute}_bytes") for each in model.fields if each.base64]
    return [*(bytes_ if model.answered else []), *((each.place, each.attribute) for each in model.fields)]


def _methods(operation: Operation) -> list[str]:
    return [operation.name, *([f"{operation.name}_pages"] if operation.paging else [])]


def _told(what: str, names: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, one, other in clashing(names):
        yield f"{other}: becomes {what} {name}, like {one}; give one of them another name"


def _standard_names(shape: Shape, *, sent: bool) -> Iterator[tuple[str, str]]:
    """The names that the annotation of a shape needs."""
    if shape.kind in ("timestamp", "date"):
        yield "datetime", "datetime" if shape.kind == "timestamp" else "date"
    elif shape.kind == "any":
        yield "typing", "Any"
    elif shape.kind in ("enum", "const") and sent:
        yield "typing", "Literal"
    elif shape.kind in ("list", "map") and not shape.name:
        if sent:
            yield "collections.abc", "Sequence" if shape.kind == "list" else "Mapping"
        if shape.item:
            yield from _standard_names(shape.item, sent=sent)
