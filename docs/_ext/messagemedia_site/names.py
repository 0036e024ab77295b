"""The public names of the package, and where each has its page."""

from __future__ import annotations

import inspect
from functools import cache
from importlib import import_module
from typing import NamedTuple

# The modules in the order of the reference. A name that several have belongs to the first.
MODULES = (
    "messagemedia",
    "messagemedia.errors",
    "messagemedia.auth",
    "messagemedia.campaign",
    "messagemedia.webhooks",
    "messagemedia.sandbox",
    "messagemedia.testing",
    "messagemedia.migration",
)

# What a client has, by the attribute that people type: classes that nobody makes, and so no public names.
RESOURCES = {
    "client.messages": ("messagemedia._messages.verbs", "Messages"),
    "client.replies": ("messagemedia._inbox.verbs", "Replies"),
    "client.delivery_reports": ("messagemedia._inbox.verbs", "DeliveryReports"),
}



class Name(NamedTuple):
    """A public name.

    Attributes:
        module: The module that it belongs to.
        name: The name in it.
        also: Other modules that have it, too.
        value: What it stands for.
    """

    module: str
    name: str
    also: tuple[str, ...]
    value: object

    @property
    def full(self) -> str:
        """The name with its module."""
        return f"{self.module}.{self.name}"

    @property
    def home(self) -> str:
        """The module where it is defined, with its name there."""
        return f"{getattr(self.value, '__module__', self.module)}.{getattr(self.value, '__qualname__', self.name)}"


@cache
def public_names() -> tuple[Name, ...]:
    """Every public name once, in the order of the modules."""
    found: dict[tuple[str, int], Name] = {}
    for module in MODULES:
        listed = import_module(module)
        for name in dict.fromkeys(listed.__all__):
            if name.startswith("__"):
                continue
            value = getattr(listed, name)
            key = name, id(value)
            if key in found:
                found[key] = found[key]._replace(also=(*found[key].also, module))
            else:
                found[key] = Name(module, name, (), value)
    return tuple(found.values())


@cache
def links() -> dict[str, str]:
    """What may stand in backticks, and the full name of what it means; an ambiguous name means none."""
    found: dict[str, str] = {}
    for each in public_names():
        for told in (each.name, each.full, *(f"{module}.{each.name}" for module in each.also)):
            found[told] = each.full if found.get(told, each.full) == each.full else ""
    for resource, (module, name) in RESOURCES.items():
        for method, _ in inspect.getmembers(getattr(import_module(module), name), inspect.isfunction):
            if not method.startswith("_"):
                short = resource.removeprefix("client.")
                for told in (f"{short}.{method}", f"client.{short}.{method}"):
                    found[told] = f"{module}.{name}.{method}"
    return {told: full for told, full in found.items() if full}


def summary(value: object) -> str:
    """The first sentence of a docstring, on one line."""
    text = " ".join((inspect.getdoc(value) or "").split("\n\n", 1)[0].split())
    head, stop, _ = text.partition(". ")
    return f"{head}." if stop else text
