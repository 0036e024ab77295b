"""A page of each public name, from its docstrings."""

from __future__ import annotations

import enum
import inspect
from importlib import import_module

from messagemedia_site.names import MODULES, RESOURCES, Name, public_names, summary

_TITLES = {
    "messagemedia": "Clients, models and results",
    "messagemedia.errors": "Errors",
    "messagemedia.auth": "Authentication",
    "messagemedia.campaign": "Campaigns",
    "messagemedia.webhooks": "Receiving pushes",
    "messagemedia.sandbox": "The sandbox",
    "messagemedia.testing": "Testing your application",
    "messagemedia.migration": "Finding uses of the older SDK",
}


def pages() -> dict[str, str]:
    """The pages by their path below `reference/`."""
    names = public_names()
    made = {"index.rst": _index()}
    for each in names:
        made[f"{each.full}.rst"] = _page(each)
    for resource in RESOURCES:
        made[f"{resource}.rst"] = _resource(resource)
    for module in MODULES:
        own = [each for each in names if each.module == module]
        made[f"{module}.rst"] = _module(module, own)
    return made


def _index() -> str:
    lines = [
        *_headed("Reference"),
        "Every public name of the package, every operation of the API and every command, from the docstrings, the "
        "contract and the help of this version.",
        "",
        ".. toctree::",
        "   :maxdepth: 1",
        "",
        *(f"   {module}" for module in MODULES),
        *("   operations/index", "   commands"),
        "",
    ]
    return "\n".join(lines)


def _headed(title: str) -> list[str]:
    return [title, "=" * len(title), ""]


def _module(module: str, names: list[Name]) -> str:
    found = import_module(module)
    title = f"{module}: {_TITLES[module][0].lower()}{_TITLES[module][1:]}"
    lines = [*_headed(title), f".. automodule:: {module}", "   :no-members:", ""]
    elsewhere = [each for each in public_names() if module in each.also]
    resources = list(RESOURCES) if module == "messagemedia" else []
    if resources:
        lines += [*_table([(f":doc:`{each}`", summary(_class_of(each))) for each in resources]), ""]
    lines += _table([(f":py:obj:`{each.name} <{each.full}>`", summary(each.value)) for each in names])
    if elsewhere:
        lines += ["Also here, from elsewhere:", "", *(f"* :py:obj:`{each.full}`" for each in elsewhere), ""]
    lines += [".. toctree::", "   :hidden:", ""]
    lines += [f"   {each} <{each}>" for each in resources]
    lines += [f"   {each.name} <{each.full}>" for each in names]
    del found
    return "\n".join([*lines, ""])


def _table(rows: list[tuple[str, str]]) -> list[str]:
    lines = [".. list-table::", "   :widths: auto", "   :class: names", ""]
    for left, right in rows:
        lines += [f"   * - {left}", f"     - {right}"]
    return [*lines, ""] if rows else []


def _page(each: Name) -> str:
    lines = [*_headed(each.full), f".. py:currentmodule:: {each.module}", "", *_described(each), ""]
    if each.also:
        lines += ["", "Also " + ", ".join(f"``{module}.{each.name}``" for module in each.also) + ".", ""]
    return "\n".join(lines)


def _described(each: Name) -> list[str]:
    if inspect.isclass(each.value):
        options = ["   :members:", "   :undoc-members:"] if issubclass(each.value, enum.Enum) else ["   :members:"]
        inherited = not issubclass(each.value, BaseException | enum.Enum | tuple | dict)
        kind = "autoexception" if issubclass(each.value, BaseException) else "autoclass"
        return [
            f".. {kind}:: {each.full}",
            *options,
            *(["   :inherited-members: object"] if inherited else []),
            "   :show-inheritance:" if issubclass(each.value, BaseException) else "",
        ]
    if callable(each.value):
        return [f".. autofunction:: {each.full}"]
    return [f".. autodata:: {each.full}", "   :no-value:"]


def _class_of(resource: str) -> type:
    module, name = RESOURCES[resource]
    found: type = getattr(import_module(module), name)
    return found


def _resource(resource: str) -> str:
    module, name = RESOURCES[resource]
    return "\n".join(
        [
            *_headed(resource),
            f"What ``{resource}`` of a :py:class:`messagemedia.Client` is; that of a :py:class:`messagemedia.AsyncClient` "
            "follows, with the same methods, awaited.",
            "",
            *(f".. autoclass:: {module}.{kind}\n   :members:\n   :inherited-members: object\n" for kind in (name, f"Async{name}")),
        ]
    )
