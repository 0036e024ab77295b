"""What faults, statuses and codes mean, in words."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from messagemedia.sandbox.faults import Fault, FaultKind


@attrs.frozen
class FaultText:
    """A kind of fault: its name for people, what it does, and which attributes belong to it."""

    title: str
    does: str
    attributes: tuple[str, ...] = ()


FAULTS: Mapping[FaultKind, FaultText] = {
    "drop_after_accept": FaultText(
        "Lose the answer",
        "The request is processed, and the connection closes without an answer. The application can't know that it "
        "was.",
    ),
    "drop_before": FaultText("Lose the request", "The connection closes, and nothing is processed."),
    "rate_limit": FaultText(
        "Too many requests", "429, with Retry-After if you give it. Nothing is processed.", ("retry_after", "processed")
    ),
    "status": FaultText(
        "Answer with a status",
        "An error in the form you choose. Nothing is processed.",
        ("status", "form", "processed"),
    ),
    "hang": FaultText("Answer late", "The request is processed, and answered after some seconds.", ("seconds",)),
    "hang_before": FaultText(
        "Process late", "The request is processed after some seconds, or never if the client has gone.", ("seconds",)
    ),
    "clock_skew": FaultText(
        "Wrong clock", "The service's clock is some seconds ahead, in Date and for signatures.", ("seconds",)
    ),
    "answer": FaultText(
        "Answer with this",
        "Status and body exactly as you write them. Nothing is processed.",
        ("status", "body", "processed"),
    ),
    "empty_success": FaultText("Say nothing", "A successful answer is an empty JSON object."),
    "unknown_status": FaultText("Unknown status", "Every status in the answer has a new, unknown value.", ("value",)),
    "null_fields": FaultText("Null fields", "Fields of the answer are null, wherever they are.", ("fields",)),
    "missing_fields": FaultText("Missing fields", "Fields of the answer are left out, wherever they are.", ("fields",)),
    "extra_fields": FaultText("Extra fields", "Every object in the answer has additional fields.", ("values",)),
    "content_type": FaultText("Wrong content type", "The answer has another Content-Type.", ("value",)),
}

CODES: Mapping[str, str] = {
    "101": "the gateway is processing it",
    "102": "the first provider failed, another is tried",
    "151": "held for screening",
    "200": "given to the provider",
    "210": "the provider has accepted it",
    "211": "the provider is delivering it",
    "212": "submitted, delivery is pending",
    "213": "the provider has scheduled it",
    "220": "delivered",
    "221": "delivered to the handset",
    "301": "usage threshold reached",
    "302": "destination blocked by MessageMedia",
    "303": "source blocked",
    "304": "dropped; ask support why",
    "305": "a duplicate",
    "320": "expired before it was submitted",
    "330": "gateway failure",
    "331": "discarded",
    "332": "no route",
    "333": "the source is not supported for this destination",
    "400": "undeliverable",
    "401": "expired before it was delivered",
    "402": "the provider has rejected it",
    "403": "the provider was skipped",
    "405": "the provider has cancelled or deleted it",
    "410": "bad source address",
    "411": "bad destination address",
    "412": "destination blocked",
    "413": "the destination has no SMS service",
    "414": "the destination can't be reached",
}

_TONES = {
    "good": ("delivered", "read"),
    "bad": ("expired", "rejected", "failed", "undeliverable"),
    "later": ("scheduled", "held"),
    "off": ("cancelled",),
}
_TONE_OF = {status: tone for tone, statuses in _TONES.items() for status in statuses}


def tone(status: str) -> str:
    """How a status looks: `good`, `bad`, `later`, `off`, or `way` if the message is on its way."""
    return _TONE_OF.get(status, "way")


def fault_text(fault: Fault) -> str:
    """What a fault does, in one line."""
    details = {
        "rate_limit": "" if fault.retry_after is None else f"Retry-After: {fault.retry_after}",
        "status": str(fault.status),
        "answer": str(fault.status),
        **dict.fromkeys(("hang", "hang_before", "clock_skew"), f"{fault.seconds:g} s"),
        **dict.fromkeys(("null_fields", "missing_fields"), ", ".join(fault.fields)),
        **dict.fromkeys(("unknown_status", "content_type"), fault.value or "none"),
    }.get(fault.kind)
    return FAULTS[fault.kind].title + (f" ({details})" if details else "")
