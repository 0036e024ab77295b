"""What is wrong with a request, in the words of the API where they are known and in their form where not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from jsonschema import ValidationError

UNREADABLE = "Failed to parse message body."

_NUMBER_LENGTH = "International address must be between 8 and 15 characters excluding the first '+'"
_NUMBER_CHARACTERS = "International address contains invalid characters."
# The API spells this one field of its paths in camelCase.
_SPELLINGS = {"callback_url": "callbackUrl"}
# What the API says of certain fields that break a keyword of their schema.
_KNOWN_TEXTS = {
    ("callback_url", "pattern"): "Invalid callback url",
    ("callback_url", "format"): "Invalid callback url",
    ("url", "pattern"): "Not a valid http url",
}
_NO_KEY_ID = "Key id cannot be null"
_TYPE_NAMES = {"array": "a list", "object": "an object", "integer": "an integer"}


def details(errors: Iterable[ValidationError]) -> list[str]:
    """One entry for each path, with everything that is wrong there."""
    by_path: dict[str, list[str]] = {}
    for error in sorted(errors, key=_position):
        path, texts = _describe(error)
        known = by_path.setdefault("/" + "/".join(_SPELLINGS.get(part, part) for part in path), [])
        known.extend(text for text in texts if text not in known)
    return [f"{path}: {', '.join(texts)}" for path, texts in by_path.items()]


def detail(path: Iterable[str], text: str) -> str:
    """A single entry."""
    return f"/{'/'.join(path)}: {text}"


def _position(error: ValidationError) -> list[str]:
    return [f"{part:09d}" if isinstance(part, int) else part for part in error.absolute_path]


def _describe(error: ValidationError) -> tuple[list[str], list[str]]:
    path = [str(part) for part in error.absolute_path]
    schema_path = [str(part) for part in error.absolute_schema_path]
    keyword, value, instance = cast("tuple[str, Any, Any]", (error.validator, error.validator_value, error.instance))
    if "dependentSchemas" in schema_path and keyword in {"const", "required"}:
        # The field that needs another one is named, and not the one that is needed.
        field = schema_path[schema_path.index("dependentSchemas") + 1]
        parent, needed = (path[:-1], f"{path[-1]} {value}") if keyword == "const" else (path, _first_missing(error))
        return [*parent, field], [f"Needs {needed}"]
    if "propertyNames" in schema_path and keyword == "maxLength":
        return path, [f"Key [{instance}] is too long, {value} characters are allowed"]
    match keyword:
        case "required":
            missing = _first_missing(error)
            return [*path, missing], [_NO_KEY_ID if missing == "key_id" else "Required field is missing"]
        case "dependentRequired":
            field, needed = _unmet_dependency(value, instance)
            return [*path, field], [f"Needs {needed}"]
        case "additionalProperties":
            known = cast("dict[str, Any]", error.schema).get("properties", {})
            return [*path, next(name for name in instance if name not in known)], ["Unknown field"]
        case _:
            return path, _texts(path[-1] if path else "", keyword, value, error)


def _first_missing(error: ValidationError) -> str:
    # jsonschema makes one error for each missing field, and names the field only in its text.
    names: list[str] = cast("Any", error.validator_value)
    return next((name for name in names if error.message.startswith(repr(name))), names[0])


def _unmet_dependency(dependencies: dict[str, list[str]], instance: dict[str, Any]) -> tuple[str, str]:
    return next(
        (field, needed)
        for field, needs in dependencies.items()
        for needed in needs
        if field in instance and needed not in instance
    )


def _texts(field: str, keyword: str, value: Any, error: ValidationError) -> list[str]:
    instance = cast("Any", error.instance)
    if field == "destination_number" and keyword == "pattern":
        return _number_violations(instance)
    if (field, keyword) in _KNOWN_TEXTS:
        return [_KNOWN_TEXTS[field, keyword]]
    if field == "key_id" and instance is None:
        return [_NO_KEY_ID]
    match keyword:
        case "minProperties":
            text = "Must have at least one field"
        case "type":
            kinds: list[str] = [value] if isinstance(value, str) else value
            text = f"Must be {' or '.join(_TYPE_NAMES.get(kind, f'a {kind}') for kind in kinds)}"
        case "minLength" | "maxLength":
            text = f"Must have {_range(error, 'Length')} characters"
        case "minItems" | "maxItems":
            text = f"Must have {_range(error, 'Items')} entries"
        case "maxProperties":
            text = f"Must have at most {value} entries"
        case "format":
            text = f"[{instance}] is not a valid {value}"
        case _:
            text = f"[{instance}] is invalid"
    return [text]


def _number_violations(number: str) -> list[str]:
    digits = number.removeprefix("+")
    texts: list[str] = []
    if not 8 <= len(digits) <= 15:
        texts.append(_NUMBER_LENGTH)
    if not (digits.isascii() and digits.isdigit()) and digits:
        texts.append(_NUMBER_CHARACTERS)
    return texts


def _range(error: ValidationError, suffix: str) -> str:
    schema = cast("dict[str, Any]", error.schema)
    least, most = schema.get(f"min{suffix}"), schema.get(f"max{suffix}")
    if least is None:
        return f"at most {most}"
    return f"at least {least}" if most is None else f"between {least} and {most}"
