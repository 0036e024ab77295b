"""What a model says to arguments that are not its fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import update_wrapper
from typing import Any, Final, TypeVar

from attrs import NOTHING, AttrsInstance, fields

ModelT = TypeVar("ModelT", bound=AttrsInstance)

OTHER_NAMES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("to", "to_number", "number", "phone", "phone_number", "mobile", "recipient", "destination"),
        "destination_number",
    ),
    **dict.fromkeys(("from", "from_", "from_number", "sender", "sender_id", "source"), "source_number"),
    **dict.fromkeys(("text", "body", "message"), "content"),
    **dict.fromkeys(("callback", "webhook", "webhook_url", "status_callback", "notify_url"), "callback_url"),
    **dict.fromkeys(("media_url", "media_urls", "attachments"), "media"),
    **dict.fromkeys(("send_at", "scheduled_at", "schedule"), "scheduled"),
}
"""What other messaging SDKs call a field, and the field."""


def meant(name: str, known: Collection[str]) -> str | None:
    """The field that somebody who wrote `name` probably means, None if no field is like it."""
    import difflib  # costs an import, and is needed after a mistake only

    if OTHER_NAMES.get(name) in known:
        return OTHER_NAMES[name]
    return next(iter(difflib.get_close_matches(name, known, n=1)), None)


def names_its_fields(kind: type[ModelT]) -> type[ModelT]:
    """Let a class of attrs say which fields it has when it is called with anything else.

    Python refuses such a call before any code of the class runs, and names no field. A wrapper that waits for this
    refusal doubles the time that making a model takes. So the class gets an `__init__` with room for every argument
    beside its fields. To type checkers, signatures and documentation it stays the one that attrs made.
    """
    known = fields(kind)
    needed = [each.alias for each in known if each.default is NOTHING]
    factories = {each.alias: factory for each in known if (factory := getattr(each.default, "factory", None))}
    lines = [
        f"def __init__(self, *_values, {', '.join(f'{each.alias}=None' for each in known)}, **_others):",
        f"    if {' or '.join(['_values', '_others', *(f'{name} is ...' for name in needed)])}:",
        f"        raise _misuse(type(self), _values, _others, dict({', '.join(f'{name}={name}' for name in needed)}))",
        *(f"    if {name} is ...: {name} = _factories[{name!r}]()" for name in factories),
        *(f"    self.{each.name} = {each.alias}" for each in known),
    ]
    scope: dict[str, Any] = {"_misuse": _misuse, "_factories": factories}
    exec("\n".join(lines), scope)
    init = scope["__init__"]
    init.__kwdefaults__ = {
        each.alias: ... if each.alias in needed or each.alias in factories else each.default for each in known
    }
    setattr(kind, "__init__", update_wrapper(init, kind.__init__))  # noqa: B010  # no checker lets one assign a method
    return kind


def _misuse(
    kind: type[AttrsInstance],
    values: tuple[object, ...],
    others: Mapping[str, object],
    needed: Mapping[str, object],
) -> TypeError:
    """The error of a call with positional or unknown arguments, or without needed ones; it repeats no value."""
    known = [str(each.alias) for each in fields(kind)]
    found = {name: meant(name, known) for name in others}
    said: list[str] = []
    if values:
        example = ", ".join(f"{name}=..." for name in needed or known[:1])
        unpacked = f", or {kind.__name__}(**fields) for a dict" if isinstance(values[0], Mapping) else ""
        said.append(f"takes its fields by name, as in {kind.__name__}({example}){unpacked}")
    said += [
        f"has no field {name!r}" + (f" (did you mean {field}?)" if field else "")
        for name, field in found.items()
    ]
    if None in found.values():
        said.append(f"has the fields {', '.join(known)}")
    missing = [name for name, value in needed.items() if value is ... and name not in found.values()]
    if missing and not values:
        said.append(f"needs {' and '.join(missing)}")
    return TypeError(f"{kind.__name__} {'; it '.join(said)}")
