"""What the templates see of a contract: plain data, free of the generator's internals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from attrs import define, field, frozen

from codegen.names import local_name

Kind = Literal[
    "text",
    "integer",
    "number",
    "boolean",
    "timestamp",
    "date",
    "enum",
    "const",
    "model",
    "list",
    "map",
    "any",
]


@frozen
class Shape:
    """One kind of value, with its limits."""

    kind: Kind
    limits: dict[str, Any] = field(factory=dict)
    name: str = ""  # class of an enum or model
    module: str = ""  # its module
    values: tuple[str, ...] = ()  # of an enum; the one of a const
    item: Shape | None = None  # of a list or map
    null: bool = field(default=False, eq=False)  # whether the contract allows null

    def places_of_null(self, place: str) -> Iterator[str]:
        """Where the contract allows null, in this value and in its items."""
        if self.null:
            yield place
        if self.item:
            yield from self.item.places_of_null(
                f"{place}/items" if self.kind == "list" else f"{place}/additionalProperties"
            )

    def classes(self) -> Iterator[Shape]:
        """The shapes in this one that are classes of `models/`."""
        if self.name:
            yield self
        if self.item:
            yield from self.item.classes()


@frozen
class Field:
    """A property of a model or a parameter of an operation."""

    json_name: str
    attribute: str
    required: bool
    shape: Shape
    description: str
    example: Any
    deprecated: bool
    sensitive: str  # "", "text" or "number"
    after: str  # the name of the moment that this one must come after, or ""
    template: str  # the variable by which a webhook's template gives it, or ""
    base64: bool
    place: str  # in the contract


@define
class Model:
    """A class of `models/`: an object with fields, or a name for a map."""

    name: str
    module: str
    place: str  # in the contract
    description: str
    deprecated: bool
    example: Any
    fields: list[Field]
    alias: Shape | None  # set for a map
    dependent_required: dict[str, list[str]]
    dependent_values: dict[str, dict[str, str]]
    limits: dict[str, int]  # how many fields it needs and may have
    unsendable: list[str]  # why it can't be sent
    template: list[str] = field(factory=list[str])  # the lines of the template with which a webhook pushes it
    circle: frozenset[str] = frozenset()  # the classes that it leads to, and that lead back to it
    sent: bool = False
    answered: bool = False

    def classes(self) -> list[Shape]:
        """The classes that the fields use."""
        shapes = [self.alias] if self.alias else [each.shape for each in self.fields]
        found = {shape.name: shape for each in shapes for shape in each.classes() if shape.name != self.name}
        return [found[name] for name in sorted(found)]

    def first_imports(self) -> list[Shape]:
        """The classes that can be imported before this one is made."""
        return [each for each in self.classes() if each.name not in self.circle]

    def last_imports(self) -> list[Shape]:
        """The classes that need this one themselves, and so come after it."""
        return [each for each in self.classes() if each.name in self.circle]

    def attribute(self, json_name: str) -> str:
        """The attribute that holds a property."""
        return next(each.attribute for each in self.fields if each.json_name == json_name)


@frozen
class EnumView:
    """An enum of `models/`."""

    name: str
    module: str
    place: str  # in the contract
    description: str
    deprecated: bool
    members: dict[str, str]
    terminal: dict[str, tuple[str, ...]]  # each terminal value with those that may still follow it


@frozen
class Answer:
    """A documented answer: its status (or range) and, for a success, the shape of its body."""

    status: str
    description: str
    shape: Shape | None

    @property
    def success(self) -> bool:
        """Whether this is an answer and not an error."""
        return self.status.startswith("2")


@frozen
class Settlement:
    """How to find out what became of a repeated call whose first answer was lost."""

    operation: Operation
    property: str
    equals: str


@frozen
class Paging:
    """How the pages of an answer are had one by one."""

    parameter: Field
    first: int | None  # the number of the first page, None for tokens
    next: str  # where an answer has the token of the next page
    items: str  # where it has its list

    def argument(self) -> str:
        """The expression for the parameter, given a page."""
        return f"str({PAGE})" if self.first is not None and self.parameter.shape.kind == "text" else PAGE


PAGE = "page_"
"""The variable that holds a page's number or token; no argument ends in an underscore after this word."""


@frozen
class Operation:
    """One operation with everything its module and its methods need."""

    id: str
    name: str
    tag: str
    tag_module: str
    method: str
    path: str
    summary: str
    description: str
    path_parameters: list[Field]
    query_parameters: list[Field]
    header_parameters: list[Field]
    body: Shape | None
    body_required: bool
    answers: list[Answer]
    sends: bool
    repeatable: bool
    deprecated: bool
    undocumented: bool
    gone: bool
    place: str  # in the contract
    settlement: Settlement | None = None
    paging: Paging | None = None

    @property
    def parameters(self) -> list[Field]:
        """All parameters in the order of the method's arguments: path, query, header."""
        return [*self.path_parameters, *self.query_parameters, *self.header_parameters]

    def segment(self, parameter: Field) -> str:
        """The variable of `build()` for a path parameter, once it is written."""
        return local_name(f"{parameter.attribute}_segment", [each.attribute for each in self.parameters])

    def target(self) -> str:
        """A Python expression for the path with its parameters put in."""
        path = self.path
        for each in self.path_parameters:
            path = path.replace(f"{{{each.json_name}}}", f"{{{self.segment(each)}}}")
        return f"f{path!r}" if self.path_parameters else repr(path)

    def classes(self) -> list[Shape]:
        """The classes that parameters, body and answers use."""
        shapes = [each.shape for each in self.parameters]
        shapes += [shape for shape in (self.body, *(each.shape for each in self.answers)) if shape]
        found = {shape.name: shape for each in shapes for shape in each.classes()}
        return [found[name] for name in sorted(found)]


@frozen
class Webhook:
    """A payload that the service pushes."""

    name: str
    summary: str
    model: Shape
