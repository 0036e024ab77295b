"""How names of the contract become names of Python: made here once, for the parser, view, templates and inventory.

1. A name is split into words at everything that is not a letter or digit, and where small letters meet a capital:
   `messages/send`, `filter[status]` and `fooBar` are two words each. Nothing else of the contract takes part, so no
   name changes when something is added beside it.
2. Words are joined as Python's conventions want: `foo_bar` for fields, arguments, methods and modules, `FooBar` for
   classes, `FOO_BAR` for members of enums. Names given by `x-enum-varnames` come before values.
3. A name that begins with a digit or an underscore gets a prefix that says what it is, such as `field_` or `Schema`.
4. A name that means something to Python, or to the module it stands in, gets an underscore behind it.
5. Parameters of the same name in different places are told apart by the place: `id` in the path, `id_query`,
   `id_header`. All other names that become one are refused, with both places.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable, Iterator

from codegen.carried import RefusedError

# What the body of a model uses: its own methods, and what its annotations and defaults need.
_OF_MODELS = frozenset({
    "raw", "extra", "from_dict", "to_dict", "to_json", "webhook_template", "self", "cls",
    "str", "int", "float", "bool", "dict", "list", "date", "datetime", "classmethod", "property",
    "define", "field", "hidden_number", "hidden_text", "names_its_fields",
})  # fmt: skip
# What the functions of an operation use beside that.
_OF_OPERATIONS = _OF_MODELS | {
    "body", "body_json", "header_values", "object", "plain_text", "problems", "query_pairs", "tuple",
    "fetch", "pages", "pages_awaited",
}  # fmt: skip
# Classes and constants that the generated modules import or define themselves.
_CLASSES = frozenset({
    "Any", "AsyncApi", "AsyncExecutor", "AsyncIterator", "Api", "Call", "Callable", "ClassVar", "Executor", "Final",
    "Iterator", "Literal", "Mapping", "NotRequired", "OpenEnum", "Operation", "Paging", "Problems", "Self", "Sequence",
    "Settlement", "TypeAlias", "TypedDict",
    "AUTH_SCHEMES", "OPERATION", "OPERATIONS", "PAGING", "VERSION", "WEBHOOKS",
})  # fmt: skip
# Builtins that a method of this name would hide from the annotations of the methods after it.
_BUILTINS = frozenset(name for name in dir(builtins) if name != "id") | {"self", "true", "false", "datetime"}
# What the package of a tag imports: a module of this name could not be imported from it.
OF_PACKAGES = ("annotations", "date", "pages", "pages_awaited")


def words(name: str) -> list[str]:
    """The words of a name."""
    plain = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", name))
    plain = "".join(each if f"a{each}".isidentifier() else " " for each in plain)  # some signs count as digits
    if any(letter.isupper() for letter in plain):
        plain = " ".join(re.split("([A-Z]?[a-z]+)", plain))
    return plain.split()


def _joined(name: str, prefix: str) -> str:
    joined = "_".join(words(name)).lower()
    return f"{prefix}_{joined}" if name.startswith("_") or not joined.isidentifier() else joined


def _spared(name: str, taken: Iterable[str]) -> str:
    return f"{name}_" if name in taken or keyword.iskeyword(name) else name


def field_name(json_name: str) -> str:
    """The attribute of a property."""
    return _spared(_joined(json_name, "field"), _OF_MODELS)


def argument_name(name: str) -> str:
    """The argument for a parameter."""
    joined = _joined(name, "field")
    return f"{joined}_" if joined.startswith("write_") else _spared(joined, _OF_OPERATIONS)


def argument_names(parameters: Iterable[tuple[str, str]], place: str) -> dict[tuple[str, str], str]:
    """The arguments for the parameters of an operation, each given by its name and where it is.

    Raises:
        RefusedError: If two would become one.
    """
    chosen: dict[tuple[str, str], str] = {}
    for location in ("path", "query", "header"):
        for name, where in parameters:
            if where == location:
                argument = argument_name(name)
                taken = {other: key for key, other in chosen.items()}
                if argument in taken and taken[argument][1] != location:
                    argument = f"{argument.rstrip('_')}_{location}"
                if argument in taken:
                    raise RefusedError(
                        f"{place}: parameter '{name}' in the {location} becomes '{argument}', like "
                        f"'{taken[argument][0]}' in the {taken[argument][1]}"
                    )
                chosen[name, location] = argument
    return chosen


def local_name(name: str, arguments: Iterable[str]) -> str:
    """A variable of a function that is none of its arguments."""
    while name in arguments:
        name += "_"
    return name


def operation_name(operation_id: str) -> str:
    """The method, and the module, of an operation."""
    return _spared(_joined(operation_id, "operation"), _BUILTINS)


def tag_name(tag: str) -> str:
    """The attribute, and the package, of a tag."""
    return _spared(_joined(tag, "tag"), _BUILTINS)


def class_name(name: str) -> str:
    """The class of a schema."""
    return _spared(_pascal(name, "Schema"), _CLASSES | _BUILTINS)


def module_name(class_: str) -> str:
    """The module of a class."""
    return _spared("_".join(words(class_)).lower(), ())


def resource_name(tag: str) -> str:
    """The class that has a tag's methods."""
    return f"{_pascal(tag, 'Tag')}Api"


def _pascal(name: str, prefix: str) -> str:
    joined = "".join(word if word.isupper() else word.capitalize() for word in words(name))
    return joined if joined.isidentifier() else f"{prefix}{joined}"


def member_names(values: Iterable[str], given: Iterable[str] | None = None) -> dict[str, str]:
    """The members of an enum by their values; names that are given come first.

    A name of nothing but signs is empty.
    """
    return {value: _member(name) for value, name in zip(values, values if given is None else given, strict=False)}


def _member(name: str) -> str:
    joined = "_".join(words(name)).upper()
    return joined if joined.isidentifier() or not joined else f"VALUE_{joined}"


def nameless(place: str, name: str) -> Iterator[str]:
    """Why no name can be made of this one."""
    if not words(name):
        yield f"{place}: the name {name!r} has no letter or digit that a name of Python could be made of"


def unwieldy(names: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Which modules, each with the place it comes from, have names that are too long for a file."""
    for place, name in names:
        if len(name.encode()) > LONGEST:
            yield f"{place}: its module would have a name of {len(name)} characters, which is too long for a file"


LONGEST = 200  # a file system takes 255 bytes, with the ending that Python puts behind what it compiles


def clashing(names: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """The names that are there twice, each with both places."""
    seen: dict[str, str] = {}
    for place, name in names:
        if name in seen:
            yield name, seen[name], place
        seen.setdefault(name, place)
