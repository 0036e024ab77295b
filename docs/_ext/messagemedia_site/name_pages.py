"""A page of each public name, from its docstrings."""

from __future__ import annotations

import enum
import inspect

from messagemedia_site.names import ALIASES, MODULES, TYPES, Name, Resource, public_names, resources, summary

_TITLES = {
    "messagemedia": "clients, models and results",
    "messagemedia.errors": "errors",
    "messagemedia.auth": "ways to authenticate",
    "messagemedia.campaign": "campaigns",
    "messagemedia.webhooks": "receiving pushes",
    "messagemedia.sandbox": "the sandbox",
    "messagemedia.testing": "testing your application",
    "messagemedia.migration": "finding uses of the older SDK",
}


def pages() -> dict[str, str]:
    """The pages by their path below `reference/`."""
    made = {f"{each.full}.rst": _page(each) for each in public_names()}
    made |= {f"{each.shown}.rst": _resource(each) for each in resources()}
    made |= {f"{module}.rst": _module(module) for module in MODULES}
    return {"index.rst": _index(), "types.rst": _types(), **made}


def headed(title: str) -> list[str]:
    """The lines of a heading."""
    return [title, "=" * len(title), ""]


def _index() -> str:
    """The page that leads to all others."""
    return "\n".join(
        [
            *headed("Python reference"),
            "Every public name, from its docstring. What begins with an underscore may change at any time.",
            "",
            *_table([(f":doc:`{each} <{each}>`", _TITLES[each].capitalize() + ".") for each in MODULES]),
            "What the attributes of a client have:",
            "",
            *_table([(f":doc:`{each.shown} <{each.shown}>`", summary(each.value)) for each in resources()]),
            *_toctree([*MODULES, "types"], "maxdepth: 1"),
        ]
    )


def _toctree(entries: list[str], *options: str) -> list[str]:
    return [".. toctree::", "   :hidden:", *(f"   :{each}" for each in options), "", *(f"   {e}" for e in entries), ""]


def _table(rows: list[tuple[str, str]]) -> list[str]:
    lines = [".. list-table::", "   :widths: auto", "   :class: names", ""]
    for left, right in rows:
        lines += [f"   * - {left}", f"     - {right}"]
    return [*lines, ""] if rows else []


def _module(module: str) -> str:
    names = [each for each in public_names() if each.module == module]
    lines = [*headed(f"{module}: {_TITLES[module]}"), f".. automodule:: {module}", "   :no-members:", ""]
    of_clients = resources() if module == "messagemedia" else ()
    if of_clients:
        lines += _table([(f":doc:`{each.shown} <{each.shown}>`", summary(each.value)) for each in of_clients])
    lines += _table([(f":py:obj:`{each.name} <{each.full}>`", summary(each.value)) for each in names])
    if elsewhere := [each for each in public_names() if module in each.also]:
        lines += _table([(f":py:obj:`{each.name} <{each.full}>`", summary(each.value)) for each in elsewhere])
    entries = [f"{each.shown} <{each.shown}>" for each in of_clients]
    return "\n".join(lines + (_toctree(entries) if entries else []))


def _page(each: Name) -> str:
    """A page that its module's page leads to: the navigation of every page would be long with all names in it."""
    also = "".join(f"; it is ``{module}.{each.name}``, too" for module in each.also)
    return "\n".join(
        [
            ":orphan:",
            "",
            *headed(each.full),
            f".. py:currentmodule:: {each.module}",
            "",
            *_described(each),
            "",
            f"All of this module: :doc:`{each.shelf}`{also}.",
            "",
        ]
    )


def _described(each: Name) -> list[str]:
    if inspect.isclass(each.value):
        return _class(each.full, each.value)
    if callable(each.value):
        return [f".. autofunction:: {each.full}"]
    return [f".. autodata:: {each.full}", "   :no-value:"]


def _class(full: str, kind: type) -> list[str]:
    if issubclass(kind, BaseException):
        return [f".. autoexception:: {full}", "   :members:", "   :show-inheritance:"]
    if issubclass(kind, enum.Enum):
        return [f".. autoclass:: {full}", "   :members:", "   :undoc-members:"]
    inherited = [] if issubclass(kind, tuple | dict) else ["   :inherited-members: object, Sequence"]
    return [f".. autoclass:: {full}", "   :members:", *inherited]


def _resource(each: Resource) -> str:
    lines = headed(each.shown)
    lines += [f"{summary(each.value)} First that of a `Client`, then the same of an `AsyncClient`, awaited.", ""]
    for name in (each.name, each.awaited):
        lines += [*_class(f"{each.module}.{name}", each.value), ""]
    return "\n".join(lines)


def _types() -> str:
    lines = [
        *headed("Types in signatures"),
        "What some arguments may be, and some methods return. Any object with the same methods will do.",
        "",
    ]
    for full in TYPES:
        lines += [f".. autoclass:: {full}", "   :members:", "   :inherited-members: object", ""]
    for name, told in ALIASES.items():
        lines += [f".. py:type:: {name}", "", f"   {told}", ""]
    return "\n".join(lines)
