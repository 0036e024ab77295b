"""What may be given to the sandbox; what may not is refused in a sentence that names it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import attrs

# Of what is sent in a header, only this gets past the HTTP library.
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"(?:[\x21-\x7e\x80-\xff]+(?:[ \t]+[\x21-\x7e\x80-\xff]+)*)?")
_HOST = r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]"
_ORIGIN = re.compile(rf"[a-z][a-z0-9+.-]*://(?:{_HOST})(?::[0-9]{{1,5}})?", re.IGNORECASE)
HOST_HEADER = re.compile(rf"(?P<name>{_HOST})(?::[0-9]*)?")


@attrs.frozen
class Rule:
    """What a value must be, in words and as a test. It is a validator of attrs, too."""

    words: str
    fits: Callable[[Any], bool]

    def __call__(self, _instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
        """Check an attribute."""
        self.check(attribute.name, value)

    def check(self, name: str, value: object) -> None:
        """Refuse a value that does not fit.

        Raises:
            ValueError: If it does not.
        """
        if not self.fits(value):
            raise ValueError(f"{name} must be {self.words}")

    @property
    def or_none(self) -> Rule:
        """The rule that allows None, too."""
        return Rule(f"{self.words}, or None", lambda value: value is None or self.fits(value))


def one_of(choices: Iterable[str]) -> Rule:
    """A rule that allows these texts."""
    known = tuple(choices)
    return Rule(f"one of {', '.join(known)}", lambda value: value in known)


def whole_number(least: int, most: int | None = None) -> Rule:
    """A rule that allows the whole numbers of a range."""
    words = f"a whole number, {least} or more" if most is None else f"a whole number from {least} to {most}"
    return Rule(words, lambda value: _is_number(value, int) and least <= value and (most is None or value <= most))


def number(least: float, most: float) -> Rule:
    """A rule that allows the numbers of a range."""
    return Rule(
        f"a number from {least:.0f} to {most:.0f}",
        lambda value: _is_number(value, int | float) and least <= value <= most,
    )


def check_names(what: str, given: Iterable[str], known: Iterable[str], needed: Iterable[str] = ()) -> None:
    """Refuse names that are unknown, and that needed ones are missing.

    Raises:
        TypeError: If there are such names.
    """
    names = list(known)
    unknown = [name for name in given if name not in names]
    if unknown:
        raise TypeError(f"{what} takes {_listed(names) or 'nothing'}, not {_listed(unknown)}")
    missing = [name for name in needed if name not in set(given)]
    if missing:
        raise TypeError(f"{what} needs {_listed(missing)}")


def as_tuple(values: Iterable[str]) -> tuple[str, ...]:
    """A list as a tuple, and anything else unchanged: a string is not a list of its letters."""
    return cast("tuple[str, ...]", values) if isinstance(values, str) or not _is_iterable(values) else tuple(values)


def _is_iterable(value: object) -> bool:
    return isinstance(value, Iterable)


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _is_number(value: object, kind: Any) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _is_text(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def _is_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(map(_is_text, cast("Iterable[object]", value)))


def _all(rule: Rule) -> Callable[[object], bool]:
    """Whether a value is a list of what fits a rule."""
    return lambda value: isinstance(value, list | tuple) and all(map(rule.fits, cast("Iterable[object]", value)))


def _matches(pattern: str | re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _is_header_value(value: object) -> bool:
    return isinstance(value, str) and _HEADER_VALUE.fullmatch(value) is not None


def _is_headers(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(name, str) and _HEADER_NAME.fullmatch(name) and _is_header_value(content)
        for name, content in cast("Mapping[object, object]", value).items()
    )


def _is_json_object(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return isinstance(value, dict)


def _keys_and_values(items: Mapping[object, object]) -> list[object]:
    return [*items, *items.values()]


def _is_attachments(value: object) -> bool:
    return isinstance(value, list | tuple) and all(
        isinstance(item, Mapping) and _is_texts(_keys_and_values(cast("Mapping[object, object]", item)))
        for item in cast("Iterable[object]", value)
    )


def _is_credentials(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        KEY.fits(key) and FILLED.fits(secret) for key, secret in cast("Mapping[object, object]", value).items()
    )


TEXT = Rule("a string", _is_text)
TEXTS = Rule("a list of strings", _is_texts)
FILLED = Rule("a string that is not empty", lambda value: _is_text(value) and bool(value))
KEY = Rule("a string that is not empty and has no colon", lambda value: FILLED.fits(value) and ":" not in value)
CREDENTIALS = Rule("a mapping of keys to secrets, none of them empty and no key with a colon", _is_credentials)
HOST = Rule("a host name or address without a port, such as sandbox or [fd00::1]", _matches(_HOST))
HOSTS = Rule(f"a list, each item {HOST.words}", _all(HOST))
ORIGIN = Rule("an origin as browsers send it, such as http://localhost:3000, without a path", _matches(_ORIGIN))
ORIGINS = Rule(f"a list, each item {ORIGIN.words}", _all(ORIGIN))
FLAG = Rule("true or false", lambda value: isinstance(value, bool))
CONTENT = Rule("a string or bytes", lambda value: isinstance(value, bytes) or _is_text(value))
HEADER_VALUE = Rule("a string that is valid in a header", _is_header_value)
HEADERS = Rule("names and strings that are valid in headers", _is_headers)
JSON_OBJECT = Rule("an object that can be written as JSON", _is_json_object)
ATTACHMENTS = Rule("a list of objects whose values are strings", _is_attachments)
PORT = whole_number(0, 65535)
