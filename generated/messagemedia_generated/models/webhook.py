"""The model `Webhook`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..dicts import as_dict
from ..privacy import hidden_text
from ..reading import no_object, read_enum, read_integer, read_list, read_texts
from .webhook_encoding import WebhookEncoding
from .webhook_event import WebhookEvent
from .webhook_headers import WebhookHeaders
from .webhook_method import WebhookMethod


@define(kw_only=True)
class Webhook:
    """A webhook as it is registered.

    To make JSON of it, use `to_dict()`; what the API answered is `raw`.

    Attributes:
        id: Id of the webhook.
        url: Address that is pushed to.
        method: The HTTP method of the pushes.
        encoding: How the pushes are written.
        events: What is pushed.
        headers: Headers of a webhook's pushes, such as a token of your own.
        template: What a push holds, in the language Velocity.
        read_timeout: How many milliseconds the service waits for your answer.
        retries: How often a push is retried that was not answered with a 2xx.
        retry_delay: Seconds between two attempts.
        raw: The JSON object as it came.
    """

    id: str = ""
    """Id of the webhook. It is needed to change or remove it. For example
    `a7f11bb0-f299-4861-a5ca-9b29d04bc5ad`."""

    url: str | None = field(default=None, repr=hidden_text)
    """Address that is pushed to. For example `https://example.com/hooks/messages`."""

    method: WebhookMethod | None = None
    """The HTTP method of the pushes."""

    encoding: WebhookEncoding | None = None
    """How the pushes are written. Old webhooks may have none."""

    events: list[WebhookEvent] | None = None
    """What is pushed."""

    headers: WebhookHeaders | None = field(default=None, repr=hidden_text)
    """Headers of a webhook's pushes, such as a token of your own. `Content-Type` is not allowed among
    them, it follows from the encoding."""

    template: str | None = None
    """What a push holds, in the language Velocity. Not there if none was given. For example `{"id":
    "$mtId", "status": "$status"}`."""

    read_timeout: int | None = None
    """How many milliseconds the service waits for your answer. Not there if none was given."""

    retries: int | None = None
    """How often a push is retried that was not answered with a 2xx."""

    retry_delay: int | None = None
    """Seconds between two attempts. Only there with `retries`."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it came."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Webhook:
        """Read a JSON object; what is missing or of the wrong kind in it reads as not there.

        Raises:
            ValueError: If it is no JSON object at all.
        """
        try:
            get = raw.get
        except AttributeError:
            raise no_object(cls, raw) from None
        # Set attribute by attribute: calling `__init__` with keywords takes twice as long.
        made = cls.__new__(cls)
        made.id = text if isinstance(text := get("id"), str) else ""
        made.url = text if isinstance(text := get("url"), str) else None
        made.method = read_enum(get("method"), WebhookMethod)
        made.encoding = read_enum(get("encoding"), WebhookEncoding)
        made.events = read_list(get("events"), lambda item: read_enum(item, WebhookEvent))
        made.headers = read_texts(get("headers"))
        made.template = text if isinstance(text := get("template"), str) else None
        made.read_timeout = read_integer(get("read_timeout"))
        made.retries = read_integer(get("retries"))
        made.retry_delay = read_integer(get("retry_delay"))
        made.raw = raw
        return made

    @property
    def extra(self) -> dict[str, Any]:
        """What came beyond the fields of the contract."""
        return {name: value for name, value in self.raw.items() if name not in _NAMES}

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values under the API's names, and `extra`, without those that are None.

        Raises:
            TypeError: If a field holds what JSON can't express.
        """
        return as_dict(self)


_NAMES = frozenset(
    {
        "id",
        "url",
        "method",
        "encoding",
        "events",
        "headers",
        "template",
        "read_timeout",
        "retries",
        "retry_delay",
    }
)
