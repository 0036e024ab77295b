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
    """A webhook as it is stored.

    Use `to_dict()` to convert it to JSON; `raw` is what the API answered.

    Attributes:
        id: Id of the webhook, needed to change or delete it.
        url: Address to push to.
        method: The HTTP method of the pushes.
        encoding: The encoding of the pushes.
        events: What is pushed.
        headers: Headers of a webhook's pushes, such as a token of your own.
        template: The body of a push as a Velocity template.
        read_timeout: How many milliseconds the service waits for your answer.
        retries: How often a push is retried if it is not answered with a 2xx.
        retry_delay: Seconds between two attempts.
        raw: The JSON object as it was received.
    """

    id: str = ""
    """Id of the webhook, needed to change or delete it. For example
    `a7f11bb0-f299-4861-a5ca-9b29d04bc5ad`."""

    url: str | None = field(default=None, repr=hidden_text)
    """Address to push to. For example `https://example.com/hooks/messages`."""

    method: WebhookMethod | None = None
    """The HTTP method of the pushes."""

    encoding: WebhookEncoding | None = None
    """The encoding of the pushes. Old webhooks may have none."""

    events: list[WebhookEvent] | None = None
    """What is pushed."""

    headers: WebhookHeaders | None = field(default=None, repr=hidden_text)
    """Headers of a webhook's pushes, such as a token of your own. `Content-Type` is not allowed,
    because it follows from the encoding."""

    template: str | None = None
    """The body of a push as a Velocity template. Absent if none was given. For example `{"id":
    "$mtId", "status": "$status"}`."""

    read_timeout: int | None = None
    """How many milliseconds the service waits for your answer. Absent if none was given."""

    retries: int | None = None
    """How often a push is retried if it is not answered with a 2xx."""

    retry_delay: int | None = None
    """Seconds between two attempts. Present only with `retries`."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it was received."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Webhook:
        """Read a JSON object; fields that are missing or of the wrong type read as absent.

        Raises:
            ValueError: If it is not a JSON object at all.
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
        """The fields of the answer that are not in the contract."""
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
