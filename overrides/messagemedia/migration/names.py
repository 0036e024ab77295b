"""The table of names: what the older SDK calls things, and what is written instead."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from messagemedia.migration import changes
from messagemedia.migration.changes import Change

PACKAGE = "message_media_messages"
DISTRIBUTION = "messagemedia-messages-sdk"

V1, V2, BOTH = "1.x", "2.x", "1.x, 2.x"

Category = Literal["client", "configuration", "resource", "model", "enum", "exception", "helper"]


@frozen
class Operation:
    """A call that makes a request.

    Attributes:
        resource: The attribute of a client that has it.
        old: Its names, of 1.x and 2.x; the first is None if 1.x lacks it.
        short: What is written instead in most cases, behind the client's name.
        api: The same request with the names of the API, behind `client.api`.
        body: The model of its body, if it has one.
        returns: The class of what it returns in this package; None if it returns nothing.
        changes: What behaves differently.
        sends: Whether it sends messages.
    """

    resource: str
    old: tuple[str | None, str]
    short: str
    api: str
    body: str | None
    returns: str | None
    changes: tuple[Change, ...]
    sends: bool = False

    @property
    def names(self) -> list[str]:
        """Its old names, each once."""
        return [name for name in dict.fromkeys(self.old) if name]


_READ = (changes.ERRORS, changes.NOT_JSON, changes.RETRIES)

OPERATIONS = (
    Operation(
        "messages",
        ("create_send_messages", "send_messages"),
        "messages.send(content=…, destination_number=…)",
        "messages.send_messages(SendMessagesRequest(messages=[Message(…), …]))",
        "SendMessagesRequest",
        "SendMessagesResponse",
        (
            changes.UNKNOWN,
            changes.SCHEDULED,
            changes.CHECKED,
            changes.FIELDS,
            changes.OBJECTS,
            changes.NOT_JSON,
            changes.HIDDEN,
        ),
        sends=True,
    ),
    Operation(
        "messages",
        ("get_message_status", "get_message_status"),
        "messages.get(message_id)",
        "messages.get_message_status(message_id)",
        None,
        "SentMessage",
        (*_READ, changes.OBJECTS, changes.TIMES_READ),
    ),
    Operation(
        "messages",
        ("update_cancel_scheduled_message", "cancel_scheduled_message"),
        "messages.cancel(message_id)",
        "messages.cancel_scheduled_message(message_id, CancelScheduledMessageRequest())",
        "CancelScheduledMessageRequest",
        None,
        (changes.NONE, changes.CANCEL_1X, changes.HMAC, changes.ERRORS, changes.RETRIES),
    ),
    Operation(
        "messages",
        (None, "check_credits_remaining"),
        "messages.credits()",
        "messages.check_credits_remaining()",
        None,
        "Credits",
        (changes.CREDITS, *_READ),
    ),
    Operation(
        "replies",
        ("get_check_replies", "check_replies"),
        "replies.check()",
        "replies.check_replies()",
        None,
        "CheckRepliesResponse",
        (*_READ, changes.OBJECTS, changes.TIMES_READ),
    ),
    Operation(
        "replies",
        ("create_confirm_replies_as_received", "confirm_replies_as_received"),
        "replies.confirm(reply_ids)",
        "replies.confirm_replies_as_received(ConfirmRepliesAsReceivedRequest(reply_ids=[…]))",
        "ConfirmRepliesAsReceivedRequest",
        None,
        (changes.NONE, changes.ERRORS, changes.RETRIES),
    ),
    Operation(
        "delivery_reports",
        ("get_check_delivery_reports", "check_delivery_reports"),
        "delivery_reports.check()",
        "delivery_reports.check_delivery_reports()",
        None,
        "CheckDeliveryReportsResponse",
        (*_READ, changes.OBJECTS, changes.TIMES_READ, changes.REPORTS),
    ),
    Operation(
        "delivery_reports",
        ("create_confirm_delivery_reports_as_received", "confirm_delivery_reports_as_received"),
        "delivery_reports.confirm(delivery_report_ids)",
        "delivery_reports.confirm_delivery_reports_as_received("
        "ConfirmDeliveryReportsAsReceivedRequest(delivery_report_ids=[…]))",
        "ConfirmDeliveryReportsAsReceivedRequest",
        None,
        (changes.NONE, changes.ERRORS, changes.RETRIES),
    ),
)

BY_NAME = {name: each for each in OPERATIONS for name in each.names}
ONLY_OLD = {each.old[0] for each in OPERATIONS} - {each.old[1] for each in OPERATIONS}
"""The names that this package does not have, either."""


@frozen
class OldClass:
    """A class of the older SDK, or one of its functions.

    Attributes:
        name: Its name.
        module: Its module in the package.
        generations: Which generations have it.
        category: What it is.
        write: What is written instead.
        new: The names of this package in `write` that a program imports.
        changes: What behaves differently.
    """

    name: str
    module: str
    generations: str
    category: Category
    write: str
    new: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


def _model(name: str, module: str, generations: str, new: str, *differs: Change) -> OldClass:
    return OldClass(name, f"models.{module}", generations, "model", new, (new,), differs)


def _enum(name: str, module: str, new: str) -> OldClass:
    return OldClass(name, f"models.{module}", V2, "enum", new, (new,), (changes.ENUMS,))


def _helper(name: str, module: str, generations: str, write: str, *new: str) -> OldClass:
    return OldClass(name, module, generations, "helper", write, new)


_STATE = (changes.OWN_STATE, changes.HMAC, changes.HTTPS, changes.LOGS, changes.PINS)
_CONFIRM_REPLIES, _CONFIRM_REPORTS = "ConfirmRepliesAsReceivedRequest", "ConfirmDeliveryReportsAsReceivedRequest"
_HTTP = "`error.status_code`, `error.headers` and `error.body` of an `APIStatusError`"
_BASIC = '`Client("API_KEY", "API_SECRET")`'
_HMAC = '`Client(auth=HmacAuth("API_KEY", "API_SECRET"))`'
_CLIENT_ATTRIBUTE = "`client.{0}`, or `client.api.{0}` with the names of the API: there is no class to call"

CLASSES = (
    OldClass(
        "MessageMediaMessagesClient", "message_media_messages_client", BOTH, "client", "Client", ("Client",), _STATE,
    ),
    OldClass(
        "Configuration", "configuration", BOTH, "configuration", "arguments of `Client`, or `MESSAGEMEDIA_…` variables",
        ("Client",), (changes.OWN_STATE,),
    ),
    *(
        OldClass(name, f"controllers.{module}", BOTH, "resource", _CLIENT_ATTRIBUTE.format(attribute))
        for name, module, attribute in (
            ("MessagesController", "messages_controller", "messages"),
            ("RepliesController", "replies_controller", "replies"),
            ("DeliveryReportsController", "delivery_reports_controller", "delivery_reports"),
        )
    ),
    _model("Message", "message", V2, "Message", changes.CHECKED, changes.FIELDS),
    _model("SendMessagesRequest", "send_messages_request", BOTH, "SendMessagesRequest"),
    _model("SendMessagesResponse", "send_messages_response", BOTH, "SendMessagesResponse"),
    _model("GetMessageStatusResponse", "get_message_status_response", V2, "SentMessage"),
    _model("CancelScheduledMessageRequest", "cancel_scheduled_message_request", BOTH, "CancelScheduledMessageRequest"),
    _model("CheckRepliesResponse", "check_replies_response", BOTH, "CheckRepliesResponse"),
    _model("Reply", "reply", V2, "Reply"),
    _model(_CONFIRM_REPLIES, "confirm_replies_as_received_request", BOTH, _CONFIRM_REPLIES),
    _model(f"{_CONFIRM_REPLIES}1", "confirm_replies_as_received_request_1", V2, _CONFIRM_REPLIES),
    _model(f"{_CONFIRM_REPLIES}8", "confirm_replies_as_received_request_8", V1, _CONFIRM_REPLIES),
    _model("CheckDeliveryReportsResponse", "check_delivery_reports_response", BOTH, "CheckDeliveryReportsResponse"),
    _model("DeliveryReport", "delivery_report", V2, "DeliveryReport", changes.REPORTS),
    _model(_CONFIRM_REPORTS, "confirm_delivery_reports_as_received_request", BOTH, _CONFIRM_REPORTS),
    _model(f"{_CONFIRM_REPORTS}1", "confirm_delivery_reports_as_received_request_1", V2, _CONFIRM_REPORTS),
    _model(f"{_CONFIRM_REPORTS}11", "confirm_delivery_reports_as_received_request_11", V1, _CONFIRM_REPORTS),
    _model("VendorAccountId", "vendor_account_id", V2, "VendorAccountId"),
    _enum("FormatEnum", "format_enum", "MessageFormat"),
    _enum("Format1Enum", "format_1_enum", "MessageFormat"),
    _enum("SourceNumberTypeEnum", "source_number_type_enum", "SourceNumberType"),
    _enum("StatusEnum", "status_enum", "MessageStatus"),
    _enum("Status2Enum", "status_2_enum", "MessageStatus"),
    OldClass(
        "APIException", "exceptions.api_exception", BOTH, "exception", "MessageMediaError", ("MessageMediaError",),
        (changes.UNKNOWN, changes.ERRORS),
    ),
    OldClass(
        "SendMessages400ResponseException", "exceptions.send_messages_400_response_exception", V2, "exception",
        "(ValidationError, BadRequestError)", ("ValidationError", "BadRequestError"),
        (changes.CHECKED, changes.ERRORS),
    ),
    _helper("APIHelper", "api_helper", BOTH, "`to_dict()` of a model, `json`, and `datetime` for times"),
    _helper("BaseController", "controllers.base_controller", BOTH, "`Client(http_client=…)` for all requests"),
    _helper("HttpCallBack", "http.http_call_back", BOTH, "`Client(http_client=httpx.Client(event_hooks=…))`", "Client"),
    _helper("HttpClient", "http.http_client", BOTH, "`Client(http_client=…)` with a client of `httpx`", "Client"),
    _helper("RequestsClient", "http.requests_client", BOTH, "`Client(timeout=…, http_client=…)`", "Client"),
    _helper("HttpContext", "http.http_context", BOTH, _HTTP),
    _helper("HttpRequest", "http.http_request", BOTH, _HTTP),
    _helper("HttpResponse", "http.http_response", BOTH, _HTTP),
    _helper("HttpMethodEnum", "http.http_method_enum", BOTH, "nothing"),
    _helper("BasicAuth", "http.auth.basic_auth", V1, _BASIC, "Client"),
    _helper("HmacAuth", "http.auth.hmac_auth", V1, _HMAC, "Client", "HmacAuth"),
    _helper("AuthManager", "http.auth.auth_manager", V2, "`Client(auth=…)`", "Client"),
    _helper("LazyProperty", "decorators", V1, "`functools.cached_property`"),
    _helper("lazy_property", "decorators", V2, "`functools.cached_property`"),
)  # fmt: skip

CLASSES_BY_NAME = {each.name: each for each in CLASSES}
RESOURCES = {
    "messages": "MessagesController",
    "replies": "RepliesController",
    "delivery_reports": "DeliveryReportsController",
}

# --- attributes of these ------------------------------------------------------------------------------------------

SETTINGS = {
    "base_uri": "`Client(base_url=…)`, or `Client(region=…)`",
    "basic_auth_user_name": f"{_BASIC}, or MESSAGEMEDIA_API_KEY in the environment",
    "basic_auth_password": f"{_BASIC}, or MESSAGEMEDIA_API_SECRET in the environment",
    "hmac_auth_user_name": f"{_HMAC}, or MESSAGEMEDIA_AUTH=hmac in the environment",
    "hmac_auth_password": f"{_HMAC}, or MESSAGEMEDIA_AUTH=hmac in the environment",
    "array_serialization": "nothing: no call has an array in its address",
}
"""The attributes of `Configuration`."""

ERROR_DETAILS = {
    "response_code": "`error.status_code` of an `APIStatusError`; other errors have none",
    "context": _HTTP,
    "message": "`error.message`, with the server's words, and `error.details` of an `APIStatusError`",
}
"""The attributes of the exceptions."""

HELPERS = {
    "to_dictionary": "`model.to_dict()`",
    "json_serialize": "`json.dumps(model.to_dict())`",
    "json_deserialize": "`json.loads(text)`",
    "RFC3339DateTime": "a `datetime` with a time zone, as it is",
    "HttpDateTime": "a `datetime` with a time zone, as it is",
    "UnixDateTime": "a `datetime` with a time zone, as it is",
}
"""The attributes of `APIHelper` that programs use."""

ARGUMENTS = {
    "auth_user_name": "`api_key`, the first argument of `Client`",
    "auth_password": "`api_secret`, the second argument of `Client`",
    "use_hmac_authentication": "`auth=HmacAuth(key, secret)` (2.x)",
    "use_hmac_autentication": "`auth=HmacAuth(key, secret)` (1.x spells it so)",
    "account_header": "`client.with_options(account=…)` (1.x only)",
}
"""The arguments of the client's class, and of every call of 1.x."""

LISTS = {"messages": "Message", "replies": "Reply", "delivery_reports": "DeliveryReport"}
"""The attributes of requests and responses that are lists, and of what."""
