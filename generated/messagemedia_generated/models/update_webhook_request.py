"""The model `UpdateWebhookRequest`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from attrs import define, field

from ..dicts import as_dict
from ..hints import names_its_fields
from ..privacy import hidden_text
from ..writing import Problems, exceed_unless_sized, write_enum, write_list, write_map, write_text
from .webhook_encoding import WebhookEncoding
from .webhook_headers import WebhookHeaders
from .webhook_method import WebhookMethod


@names_its_fields
@define(kw_only=True)
class UpdateWebhookRequest:
    """The fields of a webhook to change, at least one.

    What is left out stays unchanged.

    To be sent, it needs at least 1 field.

    Attributes:
        url: Address to push to, `http` or `https`. At most 1000 characters, an http or https
            address with a valid host name and no spaces.
        method: The HTTP method of the pushes. One of `GET`, `POST`, `PATCH`, `PUT`, `DELETE`.
        encoding: The encoding of the pushes. One of `JSON`, `FORM_ENCODED`, `XML`.
        events: What to push: values of `WebhookEvent`. At least 1 item. Each not empty.
        headers: Headers of a webhook's pushes, such as a token of your own. Keys of at most 200
            characters, values of at most 1000 characters.
        template: The body of a push as a Velocity template.
    """

    url: str | None = field(default=None, repr=hidden_text)
    """Address to push to, `http` or `https`. At most 1000 characters, an http or https address with a
    valid host name and no spaces. For example `https://example.com/hooks/messages`."""

    method: WebhookMethod | Literal["GET", "POST", "PATCH", "PUT", "DELETE"] | None = None
    """The HTTP method of the pushes."""

    encoding: WebhookEncoding | Literal["JSON", "FORM_ENCODED", "XML"] | None = None
    """The encoding of the pushes."""

    events: Sequence[str] | None = None
    """What to push: values of `WebhookEvent`. The API may know others, so any string is sent; the API
    refuses what it does not know. At least 1 item."""

    headers: WebhookHeaders | None = field(default=None, repr=hidden_text)
    """Headers of a webhook's pushes, such as a token of your own. `Content-Type` is not allowed,
    because it follows from the encoding. Keys of at most 200 characters, values of at most 1000
    characters."""

    template: str | None = None
    """The body of a push as a Velocity template. For example `{"id": "$mtId", "status": "$status"}`."""

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values under the API's names, without those that are None.

        Raises:
            TypeError: If a field holds what JSON can't express.
        """
        return as_dict(self)

    def to_json(self, problems: Problems, at: str = "") -> dict[str, Any]:
        """The JSON object to send. What is wrong with it is added to `problems`; `at` is the place of the object."""
        json: dict[str, Any] = {}
        if self.url is not None:
            json["url"] = write_text(
                self.url,
                problems,
                f"{at}/url",
                max_length=1000,
                pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://([^\s/?#@\x00-\x1f\x7f-\x9f\ufeff]*@)?([A-Za-z0-9]([A-Za-z0-9\-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9\-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?([/?#][^\s\x00-\x1f\x7f-\x9f\ufeff]*)?$",
                pattern_description="an http or https address with a valid host name and no spaces",
            )
        if self.method is not None:
            json["method"] = write_enum(self.method, problems, f"{at}/method", WebhookMethod)
        if self.encoding is not None:
            json["encoding"] = write_enum(self.encoding, problems, f"{at}/encoding", WebhookEncoding)
        if self.events is not None:
            json["events"] = write_list(
                self.events,
                problems,
                f"{at}/events",
                lambda item, problems, at: write_text(item, problems, at, min_length=1),
                min_items=1,
            )
        if self.headers is not None:
            json["headers"] = write_map(self.headers, problems, f"{at}/headers", max_key=200, max_value=1000)
        if self.template is not None:
            json["template"] = write_text(self.template, problems, f"{at}/template")
        exceed_unless_sized(len(json), problems, at, 1, None)
        return json
