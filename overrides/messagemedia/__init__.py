"""Send SMS, MMS and voice messages with the MessageMedia (now Sinch Engage) Messages API, and know what was sent.

    from messagemedia import Client

    with Client("API_KEY", "API_SECRET") as client:
        sent = client.messages.send(content="My first message", destination_number="+61491570156")
        print(client.messages.get(sent.message_id).status)

`AsyncClient` is the same, awaited. `messagemedia.sandbox` is a local server to try things with, and
`messagemedia.testing` is what your own tests use of it.
"""

from importlib import import_module

from messagemedia._version import __version__

# Importing the package takes a moment only, because a program does not wait for what it does not use. Type checkers go
# by the name `TYPE_CHECKING`. Jedi, which completes names in editors, looks behind it unless it is plainly False.
TYPE_CHECKING = bool()  # noqa: UP018
if TYPE_CHECKING:
    from messagemedia_generated.models import *  # noqa: F403  # what the contract gets later on needs no edit here
    from messagemedia_generated.models import (
        Attachment,
        CancelScheduledMessageRequest,
        CheckDeliveryReportsResponse,
        CheckRepliesResponse,
        ConfirmDeliveryReportsAsReceivedRequest,
        ConfirmRepliesAsReceivedRequest,
        CreateSignatureKeyRequest,
        CreateWebhookRequest,
        Credits,
        DeliveryReport,
        EnableSignatureKeyRequest,
        ListWebhooksResponse,
        Message,
        MessageFields,
        MessageFormat,
        MessageStatus,
        Metadata,
        OptOut,
        Reply,
        SendMessagesRequest,
        SendMessagesResponse,
        SentMessage,
        SignatureCipher,
        SignatureDigest,
        SignatureKey,
        SourceNumberType,
        UpdateWebhookRequest,
        VendorAccountId,
        Webhook,
        WebhookEncoding,
        WebhookEvent,
        WebhookHeaders,
        WebhookMethod,
    )

    from messagemedia._inbox.steps import Consumed
    from messagemedia._messages.batches import SendResult
    from messagemedia._messages.numbers import normalize
    from messagemedia._messages.segments import Segments, segments
    from messagemedia.auth import Auth, BasicAuth, HmacAuth
    from messagemedia.client import AsyncClient, Client
    from messagemedia.errors import (
        APIStatusError,
        AuthenticationError,
        BadRequestError,
        ConfigurationError,
        ConflictError,
        FieldError,
        InvalidResponseError,
        MessageMediaError,
        NotConfirmedError,
        NotFoundError,
        NotSentError,
        OutcomeUnknownError,
        OutcomeUnknownServerError,
        PermissionDeniedError,
        RateLimitError,
        RequestTimeoutError,
        ServerError,
        TransportError,
        UnprocessableEntityError,
        ValidationError,
        WaitTimeoutError,
    )

__all__ = [
    "APIStatusError",
    "AsyncClient",
    "Attachment",
    "Auth",
    "AuthenticationError",
    "BadRequestError",
    "BasicAuth",
    "CancelScheduledMessageRequest",
    "CheckDeliveryReportsResponse",
    "CheckRepliesResponse",
    "Client",
    "ConfigurationError",
    "ConfirmDeliveryReportsAsReceivedRequest",
    "ConfirmRepliesAsReceivedRequest",
    "ConflictError",
    "Consumed",
    "CreateSignatureKeyRequest",
    "CreateWebhookRequest",
    "Credits",
    "DeliveryReport",
    "EnableSignatureKeyRequest",
    "FieldError",
    "HmacAuth",
    "InvalidResponseError",
    "ListWebhooksResponse",
    "Message",
    "MessageFields",
    "MessageFormat",
    "MessageMediaError",
    "MessageStatus",
    "Metadata",
    "NotConfirmedError",
    "NotFoundError",
    "NotSentError",
    "OptOut",
    "OutcomeUnknownError",
    "OutcomeUnknownServerError",
    "PermissionDeniedError",
    "RateLimitError",
    "Reply",
    "RequestTimeoutError",
    "Segments",
    "SendMessagesRequest",
    "SendMessagesResponse",
    "SendResult",
    "SentMessage",
    "ServerError",
    "SignatureCipher",
    "SignatureDigest",
    "SignatureKey",
    "SourceNumberType",
    "TransportError",
    "UnprocessableEntityError",
    "UpdateWebhookRequest",
    "ValidationError",
    "VendorAccountId",
    "WaitTimeoutError",
    "Webhook",
    "WebhookEncoding",
    "WebhookEvent",
    "WebhookHeaders",
    "WebhookMethod",
    "__version__",
    "normalize",
    "segments",
]

_MODELS = "messagemedia_generated.models"
_MODULES = ("auth", "campaign", "client", "errors", "migration", "sandbox", "testing", "webhooks")
_HOMES = {
    **dict.fromkeys(("AsyncClient", "Client"), "messagemedia.client"),
    **dict.fromkeys(("Auth", "BasicAuth", "HmacAuth"), "messagemedia.auth"),
    **dict.fromkeys(("Segments", "segments"), "messagemedia._messages.segments"),
    "Consumed": "messagemedia._inbox.steps",
    "SendResult": "messagemedia._messages.batches",
    "normalize": "messagemedia._messages.numbers",
}

if not TYPE_CHECKING:  # to a type checker, a name that is not there would be there

    def __getattr__(name: str) -> object:
        """Import what a name stands for when it is first used."""
        if name in _MODULES:
            return import_module(f"{__name__}.{name}")
        listed = name in __all__
        if not listed and not _is_model(name):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        others = "messagemedia.errors" if listed and name.endswith("Error") else _MODELS
        value = globals()[name] = getattr(import_module(_HOMES.get(name, others)), name)
        return value

    def _is_model(name: str) -> bool:
        """Whether it is a model of the contract, which need not be in the list above."""
        return name[:1].isupper() and name in import_module(_MODELS).__all__

    def __dir__() -> list[str]:
        return sorted({*(name for name in globals() if name.startswith("__")), *__all__, *_MODULES})
