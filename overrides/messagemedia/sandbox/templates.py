"""Templates of webhooks: what a push holds, written in Velocity.

A template is a program from elsewhere. So it sees texts that can only be written out, compared and walked through, may
use `#if` and `#foreach` only, and its result has an end.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

_MOST = 65_536  # characters of a result
_DEEPEST = 2  # loops within each other: each walks over metadata or attachments, which are few
_DIRECTIVE = re.compile(r"#\{?(@?[a-zA-Z]+)")
_ALLOWED = {"if", "elseif", "else", "end", "foreach"}


class TemplateError(Exception):
    """A template can't be used; the text says why."""


class NoTemplatesError(Exception):
    """Templates can't be rendered, because the package `airspeed` is not installed."""


class _Text:
    """A text or a number with nothing but its content."""

    __slots__ = ("_value",)

    def __init__(self, value: object) -> None:
        self._value = str(value)

    def __str__(self) -> str:
        return self._value

    def __eq__(self, other: object) -> bool:
        return str(other) == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)


class _Escapes:
    """`$esc`: how a text is written within another language."""

    __slots__ = ()

    def json(self, value: object) -> _Text | None:
        """A text as it stands between the quotes of JSON."""
        return None if value is None else _Text(json.dumps(str(value), ensure_ascii=False)[1:-1])


class _Entry:
    __slots__ = ("key", "value")

    def __init__(self, key: str, value: object) -> None:
        self.key, self.value = _Text(key), _Text(value)


class _Metadata:
    """`$metadata`: a map of texts."""

    __slots__ = ("_entries",)

    def __init__(self, entries: Mapping[str, object]) -> None:
        self._entries = entries

    def get(self, key: object) -> _Text | None:
        """The value of a key."""
        value = self._entries.get(str(key))
        return None if value is None else _Text(value)

    def keySet(self) -> tuple[_Text, ...]:  # noqa: N802  # as templates call it
        """The keys."""
        return tuple(_Text(key) for key in self._entries)

    def entrySet(self) -> tuple[_Entry, ...]:  # noqa: N802
        """Keys with their values."""
        return tuple(_Entry(key, value) for key, value in self._entries.items())


class _Attachment:
    """One of `$attachments`."""

    __slots__ = ("base64", "contentType", "originalName")

    def __init__(self, fields: Mapping[str, object]) -> None:
        self.contentType = _Text(fields["content_type"])
        self.base64 = _Text(fields["content"])
        self.originalName = _Text(fields["original_name"])


class _Result:
    """What is written, up to the most that may be."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._left = _MOST

    def write(self, text: str) -> None:
        """Take a part."""
        self._left -= len(text)
        if self.is_full:
            raise OverflowError
        self._parts.append(text)

    @property
    def is_full(self) -> bool:
        """Whether more was written than may be."""
        return self._left < 0

    def __str__(self) -> str:
        return "".join(self._parts)


def check(template: str) -> None:
    """See whether a template can be used.

    Raises:
        TemplateError: It can't be parsed, or goes beyond what is allowed.
        NoTemplatesError: The package `airspeed` is not installed.
    """
    _parsed(template)


def render(template: str, variables: Mapping[str, Any], *, in_query: bool = False) -> str:
    """What a template makes of variables; a variable that is not among them stands there as it is written.

    Args:
        template: The template.
        variables: Texts, numbers, None, `metadata` and `attachments`.
        in_query: Whether values are written as in the query of an address.

    Raises:
        TemplateError: It can't be rendered.
        NoTemplatesError: The package `airspeed` is not installed.
    """
    write: Callable[[object], _Text] = (lambda value: _Text(quote(str(value), safe=""))) if in_query else _Text
    parsed, result = _parsed(template), _Result()
    try:
        parsed.merge_to({"esc": _Escapes(), **_namespace(variables, write)}, result)
    except Exception as error:  # whatever a template brings about, the sandbox goes on
        reason = f"its result has more than {_MOST:,} characters" if result.is_full else type(error).__name__
        raise TemplateError(f"it can't be rendered: {reason}") from error
    return str(result)


def _namespace(variables: Mapping[str, Any], write: Callable[[object], _Text]) -> dict[str, object]:
    def wrapped(name: str, value: Any) -> object:
        if name == "metadata":
            return _Metadata(value)
        if name == "attachments":
            files: Sequence[Mapping[str, object]] = value
            return tuple(_Attachment(fields) for fields in files)
        return None if value is None else write(value)

    return {name: wrapped(name, value) for name, value in variables.items()}


def _parsed(template: str) -> Any:
    if "__" in template or ".." in template:
        raise TemplateError("the sandbox does not accept a template with '__' or a range")
    directives = _DIRECTIVE.findall(template)
    if other := sorted(set(directives) - _ALLOWED):
        raise TemplateError(f"the sandbox knows #if, #elseif, #else, #foreach and #end, not #{other[0]}")
    if _depth(directives) > _DEEPEST:
        raise TemplateError(f"the sandbox accepts at most {_DEEPEST} nested loops")
    try:
        airspeed: Any = importlib.import_module("airspeed")
    except ModuleNotFoundError:
        raise NoTemplatesError from None
    try:
        parsed = airspeed.Template(template)
        parsed.ensure_compiled()
    except Exception as error:
        raise TemplateError("it can't be parsed") from error
    return parsed


def _depth(directives: Sequence[str]) -> int:
    """How many loops stand within each other."""
    opened: list[str] = []
    deepest = 0
    for directive in directives:
        if directive in ("if", "foreach"):
            opened.append(directive)
        elif directive == "end" and opened:
            opened.pop()
        deepest = max(deepest, opened.count("foreach"))
    return deepest
