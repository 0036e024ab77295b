"""The public names of the package, and where each has its page."""

from __future__ import annotations

import inspect
from functools import cache
from importlib import import_module
from typing import NamedTuple

from messagemedia_generated import client as generated_client

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

# What people may pass, and what is passed to them, without having to name its class.
TYPES = (
    "messagemedia._inbox.stopping.StopEvent",
    "messagemedia._inbox.stopping.AsyncStopEvent",
    "messagemedia.campaign.working.Event",
    "messagemedia._http.choice.HttpClient",
    "messagemedia._http.choice.AsyncHttpClient",
    "messagemedia.webhooks.request.Request",
)
ALIASES = {
    "AsgiApplication": "An ASGI application: what ``Webhooks.asgi()`` makes, for Starlette, FastAPI or an ASGI server.",
    "WsgiApplication": "A WSGI application: what ``Webhooks.wsgi()`` makes, for Flask, Bottle and any WSGI server.",
    "View": "A view of Django: what ``Webhooks.django()`` makes.",
    "BodyForm": "The form of an error's body: ``json``, ``html``, ``text`` or ``empty``.",
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
    def shelf(self) -> str:
        """The module under which the navigation has it: errors and ways to authenticate have one of their own."""
        return next((each for each in self.also if each in {"messagemedia.errors", "messagemedia.auth"}), self.module)

    @property
    def home(self) -> str:
        """The name with the module where it is defined."""
        return f"{getattr(self.value, '__module__', self.module)}.{getattr(self.value, '__qualname__', self.name)}"


class Resource(NamedTuple):
    """What a client has under an attribute: objects of a class that only clients make.

    Attributes:
        shown: What people type, such as `client.messages`.
        module: The module of its class.
        name: The class that blocks.
        awaited: The class that is awaited.
    """

    shown: str
    module: str
    name: str
    awaited: str

    @property
    def value(self) -> type:
        """The class that blocks."""
        found: type = getattr(import_module(self.module), self.name)
        return found


@cache
def public_names() -> tuple[Name, ...]:
    """Every public name once, in the order of the modules."""
    found: dict[tuple[str, int], Name] = {}
    for module in MODULES:
        listed = import_module(module)
        for name in dict.fromkeys(listed.__all__):
            value = getattr(listed, name)
            key = name, id(value)
            if key in found:
                found[key] = found[key]._replace(also=(*found[key].also, module))
            elif not name.startswith("__"):
                found[key] = Name(module, name, (), value)
    return tuple(found.values())


@cache
def resources() -> tuple[Resource, ...]:
    """What clients have: the short verbs, and each tag of the contract."""
    verbs = {"messages": "_messages", "replies": "_inbox", "delivery_reports": "_inbox"}
    made = [
        Resource(f"client.{name}", f"messagemedia.{room}.verbs", _camel(name), f"Async{_camel(name)}")
        for name, room in verbs.items()
    ]
    for tag, value in vars(generated_client.Api(None)).items():  # type: ignore[arg-type]  # it is not called
        kind = type(value)
        made.append(Resource(f"client.api.{tag}", kind.__module__, kind.__name__, f"Async{kind.__name__}"))
    return tuple(made)


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def is_made_by_clients(kind: type) -> bool:
    """Whether a class is that of a resource."""
    return any(kind.__module__ == each.module and kind.__name__ in {each.name, each.awaited} for each in resources())


@cache
def links() -> dict[str, str]:
    """What may stand in backticks, and the full name of what it means; what may mean several things means none."""
    found: dict[str, str] = {}
    for each in public_names():
        for told in (each.name, each.full, *(f"{module}.{each.name}" for module in each.also)):
            found[told] = each.full if found.get(told, each.full) == each.full else ""
    for resource in resources():
        for method, _ in inspect.getmembers(resource.value, inspect.isfunction):
            if not method.startswith("_"):
                full = f"{resource.module}.{resource.name}.{method}"
                found[f"{resource.shown}.{method}"] = full
                found[f"{resource.shown.removeprefix('client.')}.{method}"] = full
    return {told: full for told, full in found.items() if full}


@cache
def homes() -> dict[str, str]:
    """The full public name of what is defined elsewhere, by its name there."""
    return {each.home: each.full for each in public_names() if inspect.isclass(each.value)}


def summary(value: object) -> str:
    """The first sentence of a docstring, on one line."""
    text = " ".join((inspect.getdoc(value) or "").split("\n\n", 1)[0].split())
    head, stop, _ = text.partition(". ")
    return f"{head}." if stop else text
