"""The schemas of the contract as views: each value gets a shape, and objects and enums get a class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from codegen import velocity, work
from codegen.carried import Json, RefusedError
from codegen.kinds import kind_of
from codegen.merging import NULL, component, whole
from codegen.names import class_name, field_name, member_names, module_name
from codegen.view import EnumView, Field, Kind, Model, Shape

_LIMITS: Mapping[Kind, Mapping[str, str]] = {
    "text": {
        "min_length": "minLength",
        "max_length": "maxLength",
        "pattern": "pattern",
        "pattern_description": "x-pattern-description",
        "e164": "x-e164",
    },
    "integer": {"minimum": "minimum", "maximum": "maximum"},
    "number": {"minimum": "minimum", "maximum": "maximum"},
    "list": {"min_items": "minItems", "max_items": "maxItems"},
    "map": {"min_pairs": "minProperties", "max_pairs": "maxProperties"},
    "model": {"min_fields": "minProperties", "max_fields": "maxProperties"},
}


class Schemas:
    """The models and enums of a contract, those that nothing uses included.

    Raises:
        RefusedError: When a schema has a form that the templates have no code for, or two would become one class.
    """

    def __init__(self, document: Json) -> None:
        self.document = document
        self.models: dict[str, Model] = {}
        self.enums: dict[str, EnumView] = {}
        self._places: dict[str, str] = {}
        self._open: list[str] = []
        self._components: Json = document.get("components", {}).get("schemas", {})
        for name in self._components:
            with work.on(f"the schema {name}"):
                place = f"/components/schemas/{name}"
                self.shape({"$ref": f"#{place}"}, "", place)

    def classes(self) -> dict[str, Model | EnumView]:
        """Everything that gets a module of its own."""
        return {**self.models, **self.enums}

    def finish(self) -> None:
        """Find out which classes lead back to themselves, and how webhooks push them, once all are there."""
        for name, model in self.models.items():
            model.circle = frozenset(each for each in self._reached(name) if name in self._reached(each)) - {name}
            model.template = velocity.template(model, self.models)

    def _reached(self, name: str) -> set[str]:
        found: set[str] = set()
        ahead = [name]
        while ahead:
            model = self.models.get(ahead.pop())
            new = {each.name for each in model.classes()} - found if model else set[str]()
            found |= new
            ahead += new
        return found

    def shape(self, schema: Json, name: str, place: str) -> Shape:
        """The kind of value that a place holds; `name` is for a class that has to be made of it."""
        flat = whole(self.document, schema, place)
        meant = component(self.document, schema)
        if meant is not None:
            name, place, schema = meant, f"/components/schemas/{meant}", self._components[meant]
        kind = kind_of(flat)
        limits = {ours: flat[theirs] for ours, theirs in _LIMITS.get(kind, {}).items() if theirs in flat}
        if kind == "enum":
            found = self._enum(schema, name, place)
        elif kind == "model":
            found = self._model(schema, name, place)
        elif kind == "const":
            found = Shape("const", values=(flat["const"],))
        elif kind not in ("list", "map"):
            found = Shape(kind, limits)
        else:
            with self._around(place):
                if kind == "list":
                    item = self.shape(flat.get("items", {}), f"{name} Item", f"{place}/items")
                    found = Shape("list", limits, item=item)
                else:
                    found = self._map(flat, limits, name, place)
            if kind == "map" and meant is not None:
                found = self._alias(schema, found, name, place)
        return evolve(found, null=flat.get(NULL, False))

    def _around(self, place: str) -> work.Guard:
        """Guard against a list or map that holds itself, which no class stands between."""
        if place in self._open:
            raise RefusedError(f"{place}: holds itself without an object between, which is not supported")
        return work.Guard(self._open, place)

    def _map(self, flat: Json, limits: dict[str, Any], name: str, place: str) -> Shape:
        child = flat.get("additionalProperties")
        item = Shape("any")
        if isinstance(child, Mapping):
            item = self.shape(child, f"{name} Value", f"{place}/additionalProperties")
        keys = whole(self.document, flat.get("propertyNames", {}), f"{place}/propertyNames")
        more = {"max_key": keys.get("maxLength"), "max_value": item.limits.get("max_length")}
        return Shape("map", {**limits, **{key: value for key, value in more.items() if value is not None}}, item=item)

    def _claimed(self, class_: str, place: str) -> bool:
        """Whether the class exists already, and is of this very place.

        Raises:
            RefusedError: If another schema has its name.
        """
        for name in (class_, module_name(class_)):
            if self._places.setdefault(name, place) != place:
                raise RefusedError(
                    f"{place}: becomes the class {class_} in the module {module_name(class_)}, like "
                    f"{self._places[name]}; give one of them another name under /components/schemas"
                )
        return class_ in self.models or class_ in self.enums

    def _enum(self, schema: Json, name: str, place: str) -> Shape:
        flat, class_ = whole(self.document, schema, place), class_name(name)
        values = list(flat["enum"])
        if not self._claimed(class_, place):
            members = member_names(values, flat.get("x-enum-varnames"))
            self.enums[class_] = EnumView(
                name=class_,
                module=module_name(class_),
                place=place,
                description=flat.get("description", ""),
                deprecated=bool(flat.get("deprecated")),
                members={member: value for value, member in members.items()},
                terminal={value: tuple(following) for value, following in flat.get("x-terminal", {}).items()},
            )
        return Shape("enum", name=class_, module=module_name(class_), values=tuple(values))

    def _model(self, schema: Json, name: str, place: str) -> Shape:
        class_ = class_name(name)
        if not self._claimed(class_, place):
            flat = whole(self.document, schema, place)
            model = self.models[class_] = self._bare(flat, class_, place)
            model.unsendable += _beside_properties(flat, place)
            required = set(flat.get("required", ()))
            around, self._open = self._open, []  # an object may hold what it is in
            for child in sorted(flat["properties"], key=lambda each: each not in required):
                inner = flat["properties"][child]
                at = f"{place}/properties/{child}"
                model.fields.append(self.field(child, field_name(child), inner, child in required, class_, at))
            self._open = around
            model.unsendable += [reason for each in model.fields for reason in unsendable(each.shape, each.place)]
        return Shape("model", name=class_, module=module_name(class_))

    def _alias(self, schema: Json, shape: Shape, name: str, place: str) -> Shape:
        class_ = class_name(name)
        if not self._claimed(class_, place):
            self.models[class_] = self._bare(whole(self.document, schema, place), class_, place)
            self.models[class_].alias = shape
        return evolve(shape, name=class_, module=module_name(class_))

    def _bare(self, flat: Json, class_: str, place: str) -> Model:
        return Model(
            name=class_,
            module=module_name(class_),
            place=place,
            description=flat.get("description", ""),
            deprecated=bool(flat.get("deprecated")),
            example=_example(flat),
            fields=[],
            alias=None,
            dependent_required=flat.get("dependentRequired", {}),
            dependent_values={
                key: {other: child["const"] for other, child in value["properties"].items()}
                for key, value in flat.get("dependentSchemas", {}).items()
            },
            limits={ours: flat[theirs] for ours, theirs in _LIMITS["model"].items() if theirs in flat},
            unsendable=[],
        )

    def field(self, json_name: str, attribute: str, schema: Json, required: bool, parent: str, place: str) -> Field:
        """The view of a property or parameter."""
        flat = whole(self.document, schema, place)
        return Field(
            json_name=json_name,
            attribute=attribute,
            required=required,
            shape=self.shape(schema, f"{parent} {json_name}", place),
            description=flat.get("description", ""),
            example=_example(flat),
            deprecated=bool(flat.get("deprecated")),
            sensitive=flat.get("x-sensitive", ""),
            after=flat.get("x-after", ""),
            template=flat.get("x-template", ""),
            base64=flat.get("format") == "byte",
            place=place,
        )


def _example(schema: Json) -> Any:
    examples = schema.get("examples")
    return examples[0] if examples else schema.get("example")


def _beside_properties(flat: Json, place: str) -> Iterator[str]:
    """What of an object with properties has no code when it is sent."""
    if flat.get("additionalProperties") is True:
        yield f"{place}: 'additionalProperties: true' beside properties is not supported in requests"
    if "propertyNames" in flat:
        yield f"{place}: 'propertyNames' beside properties is not supported in requests"


def unsendable(shape: Shape, place: str) -> Iterator[str]:
    """What of a value has no code when it is sent; what is in a model is the model's own affair."""
    for each in shape.places_of_null(place):
        yield _NULL_IS_NOT_SENT.format(place=each)
    yield from _maps(shape, place)


def _maps(shape: Shape, place: str) -> Iterator[str]:
    if shape.kind == "map" and shape.item and shape.item.kind not in ("text", "any"):
        yield f"{place}: a map of {shape.item.kind} is not supported in requests, only one of strings"
    elif shape.item:
        yield from _maps(shape.item, f"{place}/items")


_NULL_IS_NOT_SENT = (
    "{place}: asks for null in a request, which is not supported: None means 'left out' there. Take null out of the "
    "type; if null has a meaning of its own, such as removing a value, say so in the description"
)
