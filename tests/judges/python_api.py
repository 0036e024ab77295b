"""The public Python API as a stub: what `messagemedia` exports, and every class of ours that is reached from there.

Run as a script it prints the stub of the packages that its interpreter imports. Two stubs are compared by griffe, and
where griffe does not look (annotations, values of enums) by the few lines below.
"""

from __future__ import annotations

import ast
import enum
import functools
import importlib
import inspect
import keyword
import os
import re
import subprocess
import sys
import textwrap
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

ROOT = Path(__file__).parents[2]
EXPORTING = (
    "messagemedia",
    "messagemedia.campaign",
    "messagemedia.migration",
    "messagemedia.sandbox",
    "messagemedia.testing",
    "messagemedia.webhooks",
)
OURS = ("messagemedia", "messagemedia_generated")
CALLED_BY_SYNTAX = ("__init__", "__enter__", "__exit__", "__aenter__", "__aexit__", "__iter__", "__len__")
DECORATORS = {property: "@property", classmethod: "@classmethod", staticmethod: "@staticmethod"}
HEADER = """\
# The public Python API, as users of the last accepted state know it. Written by `python tests/baseline.py --accept`.
# Each `class` named like a module lists what that module exports; each named like a Literal lists its values.
"""


def stub(*search_paths: Path) -> str:
    """The stub of the packages in these folders, made in a process of its own."""
    path = os.pathsep.join(str(each) for each in search_paths or (ROOT / "generated", ROOT / "overrides"))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-W", "error", str(Path(__file__))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise RuntimeError(f"the public API can't be listed:\n{done.stderr}")
    return done.stdout


class _Stub:
    """Collects classes, beginning with the exported ones, and writes each once."""

    def __init__(self) -> None:
        self.classes: dict[str, Any] = {}
        self.texts: dict[str, str] = {}

    def write(self) -> str:
        for name in EXPORTING:
            module = importlib.import_module(name)
            lines = []
            for each in sorted(module.__all__):
                thing = getattr(module, each)
                if inspect.isfunction(thing):
                    lines += self._method(object, _space(thing.__module__), each, staticmethod(thing))
                else:
                    lines.append(f"{each}: {self.reach(thing, each) or 'object'}")
            self.texts[name] = _block(f"class {name.replace('.', '_')}", lines)
        return HEADER + "".join("\n" + self.texts[name] for name in sorted(self.texts, key=str.lower))

    def reach(self, thing: Any, name: str) -> str:
        """Write a class or a Literal of ours; its name, empty if it is something else."""
        is_literal = typing.get_origin(thing) is typing.Literal
        if not is_literal and not _is_ours(thing):
            return ""
        name = name if is_literal else thing.__name__
        if self.classes.setdefault(name, thing) is not thing:
            if is_literal and self.classes[name] == thing:
                return name
            raise RuntimeError(f"two public things are called {name}: {self.classes[name]} and {thing}")
        if name not in self.texts:
            self.texts[name] = ""
            values = [f"{_named(each)} = {each!r}" for each in typing.get_args(thing)]
            self.texts[name] = _block(f"class {name}", values) if is_literal else self._class(thing)
        return name

    def _class(self, kind: type[Any]) -> str:
        bases = [each.__name__ for each in kind.__mro__[1:-1] if not any(map(_is_private, _path(each)))]
        public = [each for each in bases if each not in ("Generic", "ABC", "Protocol", "ReprEnum", "TypedDict")]
        lines = [*self._attributes(kind), *self._methods(kind)]
        return _block(f"class {kind.__name__}({', '.join(public)})" if public else f"class {kind.__name__}", lines)

    def _attributes(self, kind: type[Any]) -> Iterator[str]:
        if issubclass(kind, enum.Enum):
            yield from (f"{name} = {member.value!r}" for name, member in kind.__members__.items())
            return
        found: dict[str, str] = {}
        for each in () if hasattr(kind, "__required_keys__") else _our_mro(kind):
            space = _space(each.__module__)
            for name, hint in {**_assigned(each, space), **inspect.get_annotations(each)}.items():
                if not _is_private(name):
                    found[name] = f": {self._hint(hint, space)}"
            for name, value in vars(each).items():
                if isinstance(value, functools.cached_property):
                    found[name] = f": {self._hint(inspect.get_annotations(value.func)['return'], space)}"
                if isinstance(value, str | bool | int | float) and not _is_private(name):
                    found.setdefault(name, f" = {value!r}")
        yield from (f"{name}{hint}" for name, hint in sorted(found.items()))

    def _methods(self, kind: type[Any]) -> Iterator[str]:
        found: dict[str, list[str]] = {}
        for each in _our_mro(kind):
            for name, value in vars(each).items():
                if not _is_private(name) or name in CALLED_BY_SYNTAX:
                    lines = list(self._method(kind, _space(each.__module__), name, value))
                    found |= {name: lines} if lines else {}
        if hasattr(kind, "__required_keys__"):
            hints = {
                name: str(getattr(hint, "__forward_arg__", hint))
                for name, hint in inspect.get_annotations(kind).items()
            }
            parts = [f"{name}: {hint}{' = ...' if 'NotRequired[' in hint else ''}" for name, hint in hints.items()]
            found["__init__"] = [f"def __init__(self, *, {', '.join(parts)}) -> None: ..."]
        yield from (line for _, lines in sorted(found.items()) for line in lines)

    def _method(self, kind: type[Any], space: dict[str, Any], name: str, value: Any) -> Iterator[str]:
        function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
        if not inspect.isfunction(function) or (name == "__init__" and not _is_made_by_users(kind)):
            return
        overloads = typing.get_overloads(function)
        for number, each in enumerate(overloads or [function]):
            signature = inspect.signature(each)
            parameters = [
                parameter.replace(
                    annotation=self._shown_hint(parameter.annotation, space, kind), default=_shown(parameter.default)
                )
                for parameter in signature.parameters.values()
            ]
            returned = self._shown_hint(signature.return_annotation, space, kind)
            text = str(signature.replace(parameters=parameters, return_annotation=returned))
            if type(value) in DECORATORS:
                yield DECORATORS[type(value)]
            prefix = "async def" if inspect.iscoroutinefunction(function) else "def"
            # griffe compares one signature per name, so each overload gets a name of its own.
            yield f"{prefix} {name}{f'__overload_{number + 1}' if overloads else ''}{text}: ..."

    def _shown_hint(self, hint: Any, space: dict[str, Any], kind: type[Any]) -> Any:
        return hint if hint is inspect.Parameter.empty else _Text(self._hint(hint, space, kind))

    def _hint(self, hint: Any, space: dict[str, Any], kind: type[Any] = object) -> str:
        """An annotation as it is written, but for type variables that a class fills in; the classes that it names are reached."""
        text = hint if isinstance(hint, str) else inspect.formatannotation(hint)
        for name, filled_in in _filled_in(kind):
            text = re.sub(rf"\b{name}\b", filled_in, text)
        text = re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Za-z])", "", text)
        for name, value in space.items():
            if typing.get_origin(value) is typing.Literal:
                text = text.replace(re.sub(r"^typing\.", "", str(value)), name)
        for name in re.findall(r"(?<![\w'\"])[A-Za-z_]\w*", text):
            self.reach(space.get(name), name)
        return text


class _Text(str):
    """A text that is its own repr, for signatures."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _named(value: object) -> str:
    """The name of a value of a Literal."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", str(value))
    return f"{name}_" if keyword.iskeyword(name) else name


def _shown(default: Any) -> Any:
    """A default that says something is compared, any other only that there is one."""
    plain = default is inspect.Parameter.empty or default is None or isinstance(default, str | bool | int | float)
    return default if plain and not isinstance(default, enum.Enum) else _Text("...")


def _is_ours(thing: Any) -> bool:
    return (
        isinstance(thing, type) and not isinstance(thing, types.GenericAlias) and thing.__module__.split(".")[0] in OURS
    )


@functools.cache
def _space(name: str) -> dict[str, Any]:
    """The names of a module, with those that it imports for type checkers only."""
    module = sys.modules[name]
    found = dict(vars(module))
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for each in node.body:
                if isinstance(each, ast.ImportFrom) and each.module and not each.level:
                    home = importlib.import_module(each.module)
                    found |= {alias.asname or alias.name: getattr(home, alias.name) for alias in each.names}
    return found


def _is_made_by_users(kind: type[Any]) -> bool:
    """Whether its constructor is public: that of what is exported, and of the models."""
    modules = map(importlib.import_module, EXPORTING)
    exported = [getattr(module, name) for module in modules for name in module.__all__]
    is_protocol = getattr(kind, "_is_protocol", False)
    return not is_protocol and (kind in exported or kind.__module__.startswith("messagemedia_generated.models."))


def _path(kind: type[Any]) -> list[str]:
    return [*kind.__module__.split("."), kind.__name__]


def _is_private(name: str) -> bool:
    return name.startswith("_")


def _filled_in(kind: type[Any]) -> Iterator[tuple[str, str]]:
    """What a class, or one that it inherits from, is of: the names of type variables, and what stands for them."""
    for each in kind.__mro__:
        for base in getattr(each, "__orig_bases__", ()):
            variables = getattr(typing.get_origin(base), "__parameters__", ())
            for variable, argument in zip(variables, typing.get_args(base), strict=False):
                if not isinstance(argument, typing.TypeVar):
                    kinds = typing.get_args(argument) if typing.get_origin(argument) is typing.Union else [argument]
                    yield variable.__name__, " | ".join(map(inspect.formatannotation, kinds))


def _our_mro(kind: type[Any]) -> list[type[Any]]:
    """The class and what it inherits from us, the most general first."""
    return [each for each in reversed(kind.__mro__) if _is_ours(each)]


def _assigned(kind: type[Any], space: dict[str, Any]) -> dict[str, str]:
    """The attributes that methods of a class set, with the annotation that their value has, if that is plain to see."""
    if attrs.has(kind) or hasattr(kind, "__required_keys__"):
        return {}
    found: dict[str, str] = {}
    for function in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(kind)))):
        if not isinstance(function, ast.FunctionDef):
            continue
        hints = {each.arg: each.annotation for each in [*function.args.args, *function.args.kwonlyargs]}
        for node in ast.walk(function):
            targets = node.targets if isinstance(node, ast.Assign) else ()
            for target in targets:
                if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self":
                    found.setdefault(target.attr, _type_of(node.value, hints, space))
    return found


def _type_of(value: ast.expr, hints: dict[str, ast.expr | None], space: dict[str, Any]) -> str:
    if isinstance(value, ast.Name) and (hint := hints.get(value.id)) is not None:
        return ast.unparse(hint)
    called = ast.unparse(value.func) if isinstance(value, ast.Call) else ""
    return called if isinstance(space.get(called), type) else "object"


def _block(head: str, lines: list[str]) -> str:
    return f"{head}:\n" + "".join(f"    {line}\n" for line in lines or ["..."])


def breakages(old: str, new: str) -> list[str]:
    """What somebody who uses the old API would stumble on, one line each; additions are none."""
    import griffe  # of the checking tools; listing the API needs none

    before, after = (griffe.visit("api", filepath=Path("api.pyi"), code=text) for text in (old, new))
    found = [_said(each) for each in griffe.find_breaking_changes(before, after)]
    return sorted({*found, *_changed_types(before, after)})


def _said(breakage: Any) -> str:
    told = breakage.as_dict()
    path = told["object_path"].removeprefix("api.")
    old, new = breakage.old_value, breakage.new_value
    named = getattr(old, "name", "") or getattr(new, "name", "")
    subject = f"{path}({named})" if named and "parameter" in str(breakage.kind.value).lower() else path
    both = f" ({old!s} before, {new!s} now)" if "removed" not in breakage.kind.value.lower() else ""
    return f"{subject}: {breakage.kind.value}{both}"


def _changed_types(before: Any, after: Any) -> Iterator[str]:
    """Annotations and values that differ; griffe compares none."""
    for name, old in before.members.items():
        new = after.members.get(name)
        if new is None or new.kind is not old.kind:
            continue
        path = old.path.removeprefix("api.")
        if old.is_class:
            yield from _changed_types(old, new)
        elif old.is_function:
            yield from _differs(f"{path}: the result", old.returns, new.returns)
            for parameter in old.parameters:
                if parameter.name in new.parameters:
                    other = new.parameters[parameter.name].annotation
                    yield from _differs(f"{path}({parameter.name}): the type", parameter.annotation, other)
        elif old.is_attribute:
            yield from _differs(f"{path}: the type", old.annotation, new.annotation)
            yield from _differs(f"{path}: the value", old.value, new.value)


def _differs(what: str, old: object, new: object) -> Iterator[str]:
    """A difference of annotations or values; a Literal may have got further values."""
    (before, values), (after, more) = _without_literals(str(old)), _without_literals(str(new))
    if before != after or not values <= more:
        yield f"{what} was {old} and is {new}"


def _without_literals(text: str) -> tuple[str, set[str]]:
    literals = re.findall(r"Literal\[([^\]]*)\]", text)
    return re.sub(r"Literal\[[^\]]*\]", "Literal", text), {each for group in literals for each in group.split(", ")}


if __name__ == "__main__":
    # Beside this file there are modules with names that others have, too.
    sys.path.remove(str(Path(__file__).parent))
    sys.stdout.write(_Stub().write())
