"""A push that was stored: told apart from junk, with the field that is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from attrs import field, frozen

from messagemedia.cli.exits import USAGE, Failure

_JSON = "application/json"
_IDS = {"reply_id": "reply", "delivery_report_id": "delivery report", "notification_id": "opt-out"}


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, str) and value.removeprefix("+").isascii() and 0 < len(value) <= 20


def _is_moment(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


# What the fields of a push must be, if they are there.
_RULES: Mapping[str, tuple[Callable[[object], bool], str]] = {
    **dict.fromkeys((*_IDS, "message_id", "content", "status", "original_text"), (_is_text, "a string")),
    **dict.fromkeys(("source_number", "destination_number"), (_is_number, "a phone number, as a string")),
    **dict.fromkeys(
        ("date_received", "submitted_date"), (_is_moment, "a time with a UTC offset, such as 2027-01-15T03:04:05Z")
    ),
    **dict.fromkeys(("metadata", "vendor_account_id"), (_is_object, "an object")),
    "attachments": (lambda value: isinstance(value, list), "a list"),
    "error_code": (_is_text, 'a string, such as "220"'),
}


@frozen
class StoredPush:
    """A push to be made again.

    Attributes:
        body: The very bytes.
        method: The HTTP method.
        content_type: What the body is.
    """

    body: bytes = field(repr=False)
    method: str = "POST"
    content_type: str = _JSON


def stored_push(name: str, content: bytes, *, anything: bool = False) -> StoredPush:
    """What a file holds: the body of a push, or the sandbox's record of one.

    Args:
        name: The name of the file, for errors.
        content: What is in it.
        anything: Whether any JSON object will do.

    Raises:
        Failure: It is not a push; the message names the field.
    """
    try:
        found: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        at = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Failure(f"{name} is not JSON{at}", USAGE) from None
    if isinstance(found, list):
        raise Failure(f"{name} holds a list; give one push of it, for example with: jq '.[0]'", USAGE)
    if not isinstance(found, dict):
        raise Failure(f"{name} must hold a JSON object, the body of a push", USAGE)
    raw = cast("dict[str, Any]", found)
    if {"kind", "url", "body", "attempted"} <= raw.keys():
        return _of_record(name, raw, anything=anything)
    if not anything:
        _require_push(name, raw)
    return StoredPush(content)


def _of_record(name: str, record: dict[str, Any], *, anything: bool) -> StoredPush:
    """The push that the sandbox keeps a record of."""
    body, method, headers = record["body"], record.get("method", "POST"), record.get("headers", {})
    if method not in ("POST", "PUT", "PATCH"):
        raise Failure(f"{name}: method must be POST, PUT or PATCH: another push has no body", USAGE)
    if isinstance(body, dict):
        if not anything:
            _require_push(name, cast("dict[str, Any]", body), "body.")
        return StoredPush(json.dumps(body, ensure_ascii=False).encode(), method)
    if not isinstance(body, str):
        raise Failure(f"{name}: body must be a JSON object or a string", USAGE)
    told = cast("dict[str, Any]", headers) if isinstance(headers, dict) else {}
    kinds = [value for header, value in told.items() if header.lower() == "content-type" and isinstance(value, str)]
    return StoredPush(body.encode(), method, kinds[0] if kinds else _JSON)


def _require_push(name: str, raw: Mapping[str, Any], at: str = "") -> None:
    for each, (fits, wanted) in _RULES.items():
        if raw.get(each) is not None and not fits(raw[each]):
            raise Failure(f"{name}: {at}{each} must be {wanted}", USAGE)
    if not any(raw.get(each) for each in _IDS):
        wanted = ", ".join(
            f"{each} (of a {kind})" if kind != "opt-out" else f"{each} (of an opt-out)" for each, kind in _IDS.items()
        )
        raise Failure(
            f"{name} is not a push: it has none of {wanted}",
            USAGE,
            ["If your own template makes such pushes, --any sends it as it is."],
        )
