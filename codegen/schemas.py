"""The schemas of the contract as views.

openapi-python-client decides kinds, class names and modules. It drops limits, extensions, descriptions and more, so
each of its properties is paired here with the raw schema it came from.
"""

from __future__ import annotations

import keyword
from typing import Any

from attrs import evolve
from openapi_python_client.parser.openapi import GeneratorData
from openapi_python_client.parser.properties.any import AnyProperty
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.enum_property import EnumProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty
from openapi_python_client.strings import ClassName, PythonIdentifier

from codegen.carried import Json, RefusedError
from codegen.references import follow
from codegen.view import EnumView, Field, Kind, Model, Shape

# Names that the body of a model uses for something else: its own methods, and what its annotations and defaults need.
RESERVED = frozenset({
    "raw", "extra", "from_dict", "to_dict", "to_json", "self", "cls",
    "str", "int", "float", "bool", "dict", "list", "date", "datetime", "classmethod", "property",
    "define", "field", "hidden_number", "hidden_text", "names_its_fields",
})  # fmt: skip

SIMPLE_KINDS: dict[type, Kind] = {
    StringProperty: "text",
    UuidProperty: "text",
    FileProperty: "text",
    IntProperty: "integer",
    FloatProperty: "number",
    BooleanProperty: "boolean",
    DateTimeProperty: "timestamp",
    DateProperty: "date",
    AnyProperty: "any",
}

# A whole number that some write as text: both are read as a number, and a number is written.
INTEGER_OR_TEXT = ["integer", "string"]


class Schemas:
    """The models and enums of a contract.

    Raises:
        RefusedError: When a schema has a kind that the templates have no code for.
    """

    def __init__(self, document: Json, parsed: GeneratorData) -> None:
        self.document = document
        self.models: dict[str, Model] = {}
        self.enums: dict[str, EnumView] = {}
        self._properties = {prop.class_info.name: prop for prop in parsed.models}
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            self._component(name, schema, parsed)

    def resolve(self, node: Json) -> Json:
        """Follow a `$ref`; what stands beside it wins over what it leads to."""
        return follow(self.document, node)

    def _schema(self, schema: Json) -> Json:
        """A schema with references followed, `allOf` merged and a lone alternative to null taken for the whole."""
        schema = self.resolve(schema)
        merged: dict[str, Any] = {}
        options = [
            option for key in ("oneOf", "anyOf") for option in schema.get(key, ()) if option.get("type") != "null"
        ]
        for part in (*schema.get("allOf", ()), *options):
            flat = self._schema(part)
            properties = {**merged.get("properties", {}), **flat.get("properties", {})}
            required = [*merged.get("required", ()), *flat.get("required", ())]
            merged.update(flat)
            merged.update({"properties": properties, "required": required} if properties else {})
        own = {key: value for key, value in schema.items() if key not in ("allOf", "oneOf", "anyOf")}
        if "properties" in merged and "properties" in own:
            own["properties"] = {**merged["properties"], **own["properties"]}
            own["required"] = [*merged["required"], *own.get("required", ())]
        return {**merged, **own}

    def _component(self, name: str, schema: Json, parsed: GeneratorData) -> None:
        class_name = ClassName(name, "")
        if class_name in self._properties:
            self._add_model(self._properties[class_name], schema)
        for enum in parsed.enums:
            if enum.class_info.name == class_name and isinstance(enum, EnumProperty):
                self._add_enum(enum, schema)

    def _add_model(self, prop: ModelProperty, schema: Json) -> None:
        name = prop.class_info.name
        if name in self.models:
            return
        flat = self._schema(schema)
        # A property that refers to a model may be an incomplete copy of it: the model itself has the fields.
        prop = self._properties[name]
        children = [*(prop.required_properties or ()), *(prop.optional_properties or ())]
        model = self.models[name] = Model(
            name=name,
            module=prop.class_info.module_name,
            description=flat.get("description", ""),
            example=_example(flat),
            fields=[],
            alias=None,
            dependent_required=flat.get("dependentRequired", {}),
            dependent_values={
                key: {other: str(child["const"]) for other, child in value["properties"].items()}
                for key, value in flat.get("dependentSchemas", {}).items()
            },
            needs_a_field="minProperties" in flat,
        )
        if not children:
            model.alias = self._map(prop, flat)
        required = set(flat.get("required", ()))
        by_name = {child.name.get_untrusted_value(): child for child in children}
        if lost := set(flat.get("properties", {})) - set(by_name):
            raise RefusedError([f"{name}: {', '.join(sorted(lost))} did not come out of the generator"])
        ordered = sorted(flat.get("properties", {}), key=lambda each: each not in required)
        attributes = {_attribute(each) for each in ordered}
        if len(attributes) < len(ordered):
            raise RefusedError([f"{name}: two properties would become the same attribute"])
        model.fields = [self.field(by_name[each], flat["properties"][each], each in required, name) for each in ordered]

    def _add_enum(self, prop: EnumProperty, schema: Json) -> None:
        flat = self._schema(schema)
        if len(prop.values) != len(flat["enum"]):
            raise RefusedError([f"{prop.class_info.name}: not every value came out of the generator"])
        self.enums[prop.class_info.name] = EnumView(
            name=prop.class_info.name,
            module=prop.class_info.module_name,
            description=flat.get("description", ""),
            # The generator's values are escaped, but in the order of the contract.
            members=dict(zip(prop.values, flat["enum"], strict=True)),
            terminal={value: tuple(following) for value, following in flat.get("x-terminal", {}).items()},
        )

    def _map(self, prop: ModelProperty, schema: Json) -> Shape:
        inner = prop.additional_properties
        child = schema.get("additionalProperties")
        item = self.shape(inner, child, prop.class_info.name) if inner and isinstance(child, dict) else Shape("any")
        limits = {
            "max_pairs": schema.get("maxProperties"),
            "max_key": self._schema(schema.get("propertyNames", {})).get("maxLength"),
            "max_value": item.limits.get("max_length"),
        }
        if item.kind not in ("text", "any"):
            raise RefusedError([f"{prop.class_info.name}: a map of {item.kind} can't be carried, only of text"])
        return Shape("map", limits={key: value for key, value in limits.items() if value is not None}, item=item)

    def field(self, prop: PropertyProtocol, schema: Json, required: bool, parent: str) -> Field:
        """The view of a property or parameter with its raw schema."""
        flat = self._schema(schema)
        json_name = prop.name.get_untrusted_value()
        return Field(
            json_name=json_name,
            attribute=_attribute(json_name),
            required=required,
            shape=self.shape(prop, schema, f"{parent}.{json_name}"),
            description=flat.get("description", ""),
            example=_example(flat),
            deprecated=bool(flat.get("deprecated")),
            sensitive=flat.get("x-sensitive", ""),
            after=flat.get("x-after", ""),
        )

    def shape(self, prop: PropertyProtocol, schema: Json, place: str) -> Shape:
        """The kind of value that a property holds, with its limits."""
        flat = self._schema(schema)
        if isinstance(prop, UnionProperty):
            inner = [each for each in prop.inner_properties if not isinstance(each, NoneProperty)]
            if flat.get("type") == INTEGER_OR_TEXT:
                inner = [each for each in inner if isinstance(each, IntProperty)]
            if len(inner) != 1:
                raise RefusedError([f"{place}: a value of several kinds can't be carried"])
            return self.shape(inner[0], flat, place)
        if isinstance(prop, ListProperty):
            limits = _limits(flat, min_items="minItems", max_items="maxItems")
            return Shape("list", limits, item=self.shape(prop.inner_property, flat.get("items", {}), f"{place}[]"))
        if isinstance(prop, EnumProperty):
            self._add_enum(prop, _own(schema))
            return Shape(
                "enum",
                name=prop.class_info.name,
                module=prop.class_info.module_name,
                values=tuple(flat["enum"]),
            )
        if isinstance(prop, ConstProperty):
            return Shape("const", values=(str(flat["const"]),))
        if isinstance(prop, ModelProperty):
            self._add_model(prop, _own(schema))
            model = self.models[prop.class_info.name]
            shape = model.alias or Shape("model")
            return evolve(shape, name=model.name, module=model.module)
        kind = SIMPLE_KINDS.get(type(prop))
        if kind is None:
            raise RefusedError([f"{place}: a {type(prop).__name__.removesuffix('Property')} can't be carried"])
        return Shape(kind, _value_limits(kind, flat))


def _own(schema: Json) -> Json:
    """The schema that a class is made of, without what a place of its use says."""
    for part in (schema, *schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        if "$ref" in part:
            return {"$ref": part["$ref"]}
    return schema


def _attribute(json_name: str) -> str:
    """The property's own name in snake case, with an underscore where Python or the model needs it otherwise."""
    name = str(PythonIdentifier(json_name, "field_"))
    if name.endswith("_") and not keyword.iskeyword(name[:-1]) and not json_name.endswith("_"):
        name = name[:-1]
    return f"{name}_" if name in RESERVED else name


def _example(schema: Json) -> Any:
    examples = schema.get("examples")
    return examples[0] if examples else schema.get("example")


def _limits(schema: Json, **names: str) -> dict[str, Any]:
    return {ours: schema[theirs] for ours, theirs in names.items() if theirs in schema}


def _value_limits(kind: Kind, schema: Json) -> dict[str, Any]:
    if kind == "text":
        return _limits(
            schema,
            min_length="minLength",
            max_length="maxLength",
            pattern="pattern",
            pattern_description="x-pattern-description",
            e164="x-e164",
        )
    if kind in ("integer", "number"):
        return _limits(schema, minimum="minimum", maximum="maximum")
    return {}
