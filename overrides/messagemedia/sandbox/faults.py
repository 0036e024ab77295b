"""Faults on request: what can go wrong between a client and the API."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal, cast, get_args

import attrs

from messagemedia.sandbox.answers import BROKEN, Answer, Headers, refusal
from messagemedia.sandbox.checks import (
    CONTENT,
    FLAG,
    HEADER_VALUE,
    HEADERS,
    JSON_OBJECT,
    TEXT,
    TEXTS,
    Rule,
    as_tuple,
    number,
    one_of,
    whole_number,
)
from messagemedia.sandbox.clock import Clock, http_date

FaultKind = Literal[
    "answer",
    "clock_skew",
    "content_type",
    "drop_after_accept",
    "drop_before",
    "empty_success",
    "extra_fields",
    "hang",
    "hang_before",
    "missing_fields",
    "null_fields",
    "rate_limit",
    "status",
    "unknown_status",
]
BodyForm = Literal["json", "html", "text", "empty"]

_CHANGES_ANSWER = frozenset(
    {"content_type", "empty_success", "extra_fields", "missing_fields", "null_fields", "unknown_status"}
)
_MOST_SECONDS = 1_000_000_000
_MANY_REQUESTS = "Too many requests. Please try again later."

_WHOLE = whole_number(0)
_RETRY_AFTER = Rule(
    "a whole number, 0 or more, or a string that is valid in a header",
    lambda value: _WHOLE.fits(value) or HEADER_VALUE.fits(value),
)


def _check_seconds(fault: Fault, attribute: attrs.Attribute[float], value: float) -> None:
    least = -_MOST_SECONDS if fault.kind == "clock_skew" else 0
    number(least, _MOST_SECONDS).check(attribute.name, value)


def _check_retry_after(fault: Fault, attribute: attrs.Attribute[Any], value: object) -> None:
    if fault.retry_after_as_date:
        number(-_MOST_SECONDS, _MOST_SECONDS).or_none.check(attribute.name, value)
    else:
        _RETRY_AFTER.or_none.check(attribute.name, value)


def _check_value(fault: Fault, attribute: attrs.Attribute[Any], value: object) -> None:
    rule = HEADER_VALUE if fault.kind == "content_type" else TEXT
    rule.or_none.check(attribute.name, value)


@attrs.frozen(kw_only=True)
class Fault:
    """Something that goes wrong with the requests it applies to.

    The kinds, and the attributes that belong to them:

    * `drop_before`: the connection is closed, and nothing is processed.
    * `drop_after_accept`: the request is processed, and the connection is closed without an answer.
    * `hang`: the request is processed, and answered after `seconds` of real time.
    * `hang_before`: the request is processed after `seconds`, or never if the client has gone by then.
    * `status`: `status` with a body of the `form` json, html, text or empty; nothing is processed.
    * `rate_limit`: 429, with `retry_after` if that is given; nothing is processed.
    * `answer`: `status`, `headers` and `body` exactly as given; nothing is processed.
    * `clock_skew`: the service's clock is `seconds` ahead, in the header `Date` and for signatures.
    * `empty_success`: a successful answer has an empty JSON object for its body, and so says nothing.
    * `unknown_status`: every `status` in the answer is `value`.
    * `null_fields`, `missing_fields`: `fields`, wherever they are in the answer, are null or left out.
    * `extra_fields`: every object in the answer has the additional fields `values`.
    * `content_type`: the answer says it has the content type `value`, or none if that is None.

    `status`, `rate_limit` and `answer` with `processed=True` process the request and hide its answer. Of the kinds
    before `clock_skew`, only the first that applies to a request takes effect, so several of them make a sequence; of
    the others, all take effect.

    Attributes:
        kind: What goes wrong.
        operation: The operationId it applies to, or None for all.
        times: How many requests it applies to, or None for all.
        after: How many requests it lets pass first.
    """

    kind: FaultKind = attrs.field(validator=one_of(get_args(FaultKind)))
    operation: str | None = attrs.field(default=None, validator=TEXT.or_none)
    times: int | None = attrs.field(default=1, validator=whole_number(0).or_none)
    after: int = attrs.field(default=0, validator=whole_number(0))
    seconds: float = attrs.field(default=30.0, validator=_check_seconds)
    status: int = attrs.field(default=500, validator=whole_number(200, 599))
    form: BodyForm = attrs.field(default="json", validator=one_of(get_args(BodyForm)))
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str], validator=HEADERS, repr=False)
    body: str | bytes = attrs.field(default=b"", validator=CONTENT, repr=False)
    retry_after: int | str | None = attrs.field(default=None, validator=_check_retry_after)
    retry_after_as_date: bool = attrs.field(default=False, validator=FLAG)
    processed: bool = attrs.field(default=False, validator=FLAG)
    value: str | None = attrs.field(default="brand_new", validator=_check_value)
    fields: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, validator=TEXTS)
    values: Mapping[str, Any] = attrs.field(
        factory=lambda: {"brand_new_field": {"a": [1]}}, validator=JSON_OBJECT, repr=False
    )

    @property
    def changes_answer(self) -> bool:
        """Whether the request is processed and answered, but the answer is changed."""
        return self.kind in _CHANGES_ANSWER


def answer_instead(fault: Fault, clock: Clock) -> Answer | None:
    """The answer that a fault gives instead of the real one, if it gives one."""
    headers = tuple(fault.headers.items())
    match fault.kind:
        case "answer":
            return Answer(fault.status, fault.body.encode() if isinstance(fault.body, str) else fault.body, headers)
        case "status":
            return _with_headers(_formed(fault.status, fault.form), headers)
        case "rate_limit":
            return _with_headers(refusal(429, _MANY_REQUESTS), (*headers, *_retry_after(fault, clock)))
        case _:
            return None


def _retry_after(fault: Fault, clock: Clock) -> Headers:
    if fault.retry_after is None:
        return ()
    value = str(fault.retry_after)
    if fault.retry_after_as_date:
        value = http_date(clock.now() + timedelta(seconds=float(fault.retry_after)))
    return (("retry-after", value),)


def _formed(status: int, form: BodyForm) -> Answer:
    match form:
        case "json":
            return refusal(status, BROKEN)
        case "html":
            page = f"<html>\n<head><title>{status}</title></head>\n<body><h1>{status}</h1></body>\n</html>\n"
            return Answer(status, page.encode(), (("content-type", "text/html"),))
        case "text":
            return Answer(status, f"error {status}\n".encode(), (("content-type", "text/plain"),))
        case "empty":
            return Answer(status)


def _with_headers(answer: Answer, headers: Headers) -> Answer:
    return attrs.evolve(answer, headers=(*answer.headers, *headers))


def change_answer(fault: Fault, answer: Answer) -> Answer:
    """What a fault makes of an answer."""
    if fault.kind == "content_type":
        others = tuple((name, value) for name, value in answer.headers if name != "content-type")
        return attrs.evolve(answer, headers=others if fault.value is None else (*others, ("content-type", fault.value)))
    try:
        payload = json.loads(answer.body)
    except ValueError:
        return answer  # there is nothing in it that could be changed
    if fault.kind == "empty_success":
        return attrs.evolve(answer, body=b"{}") if answer.status < 300 else answer
    changed = _changed(payload, _object_change(fault))
    return attrs.evolve(answer, body=json.dumps(changed, ensure_ascii=False).encode())


def _object_change(fault: Fault) -> Callable[[dict[str, Any]], dict[str, Any]]:
    match fault.kind:
        case "unknown_status":
            return lambda node: {name: fault.value if name == "status" else node[name] for name in node}
        case "null_fields":
            return lambda node: {name: None if name in fault.fields else node[name] for name in node}
        case "missing_fields":
            return lambda node: {name: node[name] for name in node if name not in fault.fields}
        case _:
            return lambda node: {**node, **fault.values}


def _changed(node: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    if isinstance(node, list):
        return [_changed(item, change) for item in cast("Sequence[Any]", node)]
    if isinstance(node, dict):
        return change({name: _changed(value, change) for name, value in cast("dict[str, Any]", node).items()})
    return node
