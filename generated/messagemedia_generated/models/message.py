"""The model `Message`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict

from attrs import define, field

from ..dicts import as_dict
from ..hints import names_its_fields
from ..privacy import hidden_number, hidden_text
from ..writing import (
    Problems,
    exceed,
    exceed_unless_after,
    write_boolean,
    write_enum,
    write_list,
    write_map,
    write_text,
    write_timestamp,
)
from .message_format import MessageFormat
from .metadata import Metadata
from .source_number_type import SourceNumberType


@names_its_fields
@define(kw_only=True)
class Message:
    """One message to send.

    Only `content` and `destination_number` are required.

    Attributes:
        content: The text. Required. 1 to 5000 characters.
        destination_number: The recipient, in E.164 form. Required. 8 to 15 digits, with or without
            a leading '+', beginning with a country code.
        callback_url: Address to push this message's replies and delivery reports to, `http` or
            `https`. An http or https address with a valid host name and no spaces.
        delivery_report: Whether to get delivery reports.
        format: How the message is delivered. One of `SMS`, `MMS`, `TTS`.
        media: Addresses of the PNG, JPEG or GIF files of an MMS. Each an http or https address
            without spaces. Needs `format='MMS'`.
        message_expiry_timestamp: When to give up. An aware datetime. Not earlier than `scheduled`.
        metadata: Pairs of your own. At most 10 pairs, keys of at most 100 characters, values of at
            most 256 characters.
        scheduled: When to send. An aware datetime.
        source_number: The sender: a number or alphanumeric sender ID that is registered to the
            account. Not empty.
        source_number_type: The type of `source_number`, which is then required. One of
            `INTERNATIONAL`, `ALPHANUMERIC`, `SHORTCODE`. Needs `source_number`.
        subject: Subject of an MMS. At most 64 characters. Needs `format='MMS'`.
    """

    content: str = field(repr=hidden_text)
    """The text. An SMS part holds 160 GSM-7 or 70 UCS-2 characters, or 153 or 67 if the text takes
    more than one part; each part is charged. 1 to 5000 characters. For example `Your parcel arrives
    today.`."""

    destination_number: str = field(repr=hidden_number, metadata={"e164": True})
    """The recipient, in E.164 form. 8 to 15 digits, with or without a leading '+', beginning with a
    country code. For example `+61491570156`."""

    callback_url: str | None = field(default=None, repr=hidden_text)
    """Address to push this message's replies and delivery reports to, `http` or `https`. An http or
    https address with a valid host name and no spaces. For example
    `https://example.com/hooks/messages`."""

    delivery_report: bool | None = None
    """Whether to get delivery reports. Otherwise, the API makes none."""

    format: MessageFormat | Literal["SMS", "MMS", "TTS"] | None = None
    """How the message is delivered. If left out, it is an SMS."""

    media: Sequence[str] | None = field(default=None, repr=hidden_text)
    """Addresses of the PNG, JPEG or GIF files of an MMS. Needs the format `MMS`."""

    message_expiry_timestamp: datetime | None = None
    """When to give up. A message not delivered by then is discarded. Must not be earlier than
    `scheduled`. An aware datetime, sent in UTC with milliseconds."""

    metadata: Metadata | None = field(default=None, repr=hidden_text)
    """Pairs of your own. They are returned with the message's replies and delivery reports. At most 10
    pairs, keys of at most 100 characters, values of at most 256 characters."""

    scheduled: datetime | None = None
    """When to send. If left out, the message is sent now. An aware datetime, sent in UTC with
    milliseconds."""

    source_number: str | None = field(default=None, repr=hidden_number)
    """The sender: a number or alphanumeric sender ID that is registered to the account. If left out,
    the account's default is used. A sender that is not registered may be replaced, or the message
    may fail. Not empty. For example `+61491570157`."""

    source_number_type: SourceNumberType | Literal["INTERNATIONAL", "ALPHANUMERIC", "SHORTCODE"] | None = None
    """The type of `source_number`, which is then required. If left out, the API guesses."""

    subject: str | None = field(default=None, repr=hidden_text)
    """Subject of an MMS. Needs the format `MMS`. At most 64 characters. For example `Your ticket`."""

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values under the API's names, without those that are None.

        Raises:
            TypeError: If a field holds what JSON can't express.
        """
        return as_dict(self)

    def to_json(self, problems: Problems, at: str = "") -> dict[str, Any]:
        """The JSON object to send. What is wrong with it is added to `problems`; `at` is the place of the object."""
        json: dict[str, Any] = {}
        json["content"] = write_text(self.content, problems, f"{at}/content", min_length=1, max_length=5000)
        json["destination_number"] = write_text(
            self.destination_number,
            problems,
            f"{at}/destination_number",
            pattern=r"^\+?[0-9]{8,15}$",
            pattern_description="8 to 15 digits, with or without a leading '+'",
            e164=True,
        )
        if self.callback_url is not None:
            json["callback_url"] = write_text(
                self.callback_url,
                problems,
                f"{at}/callback_url",
                pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://([^\s/?#@\x00-\x1f\x7f-\x9f\ufeff]*@)?([A-Za-z0-9]([A-Za-z0-9\-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9\-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?([/?#][^\s\x00-\x1f\x7f-\x9f\ufeff]*)?$",
                pattern_description="an http or https address with a valid host name and no spaces",
            )
        if self.delivery_report is not None:
            json["delivery_report"] = write_boolean(self.delivery_report, problems, f"{at}/delivery_report")
        if self.format is not None:
            json["format"] = write_enum(self.format, problems, f"{at}/format", MessageFormat)
        if self.media is not None:
            json["media"] = write_list(
                self.media,
                problems,
                f"{at}/media",
                lambda item, problems, at: write_text(
                    item,
                    problems,
                    at,
                    pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s\x00-\x1f\x7f-\x9f\ufeff]+$",
                    pattern_description="an http or https address without spaces",
                ),
            )
        if self.message_expiry_timestamp is not None:
            json["message_expiry_timestamp"] = write_timestamp(
                self.message_expiry_timestamp, problems, f"{at}/message_expiry_timestamp"
            )
        if self.metadata is not None:
            json["metadata"] = write_map(
                self.metadata, problems, f"{at}/metadata", max_pairs=10, max_key=100, max_value=256
            )
        if self.scheduled is not None:
            json["scheduled"] = write_timestamp(self.scheduled, problems, f"{at}/scheduled")
        if self.source_number is not None:
            json["source_number"] = write_text(
                self.source_number, problems, f"{at}/source_number", min_length=1
            )
        if self.source_number_type is not None:
            json["source_number_type"] = write_enum(
                self.source_number_type, problems, f"{at}/source_number_type", SourceNumberType
            )
        if self.subject is not None:
            json["subject"] = write_text(self.subject, problems, f"{at}/subject", max_length=64)
        if self.source_number_type is not None and self.source_number is None:
            exceed(problems, f"{at}/source_number_type", "needs source_number")
        if self.media is not None and json.get("format") != "MMS":
            exceed(problems, f"{at}/media", "needs format='MMS'")
        if self.subject is not None and json.get("format") != "MMS":
            exceed(problems, f"{at}/subject", "needs format='MMS'")
        if self.message_expiry_timestamp is not None and self.scheduled is not None:
            exceed_unless_after(
                self.message_expiry_timestamp,
                self.scheduled,
                problems,
                f"{at}/message_expiry_timestamp",
                "scheduled",
            )
        return json


class MessageFields(TypedDict):
    """The fields of a `Message` as keywords."""

    content: str
    destination_number: str
    callback_url: NotRequired[str | None]
    delivery_report: NotRequired[bool | None]
    format: NotRequired[MessageFormat | Literal["SMS", "MMS", "TTS"] | None]
    media: NotRequired[Sequence[str] | None]
    message_expiry_timestamp: NotRequired[datetime | None]
    metadata: NotRequired[Metadata | None]
    scheduled: NotRequired[datetime | None]
    source_number: NotRequired[str | None]
    source_number_type: NotRequired[
        SourceNumberType | Literal["INTERNATIONAL", "ALPHANUMERIC", "SHORTCODE"] | None
    ]
    subject: NotRequired[str | None]
