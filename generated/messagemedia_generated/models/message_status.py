"""The enum `MessageStatus`."""

from ..types import OpenEnum


class MessageStatus(OpenEnum):
    """Where a message is on its way. Final are `delivered`, `read`, `expired`, `rejected`,
    `undeliverable`, `failed` and `cancelled`, though `read` may still follow `delivered`.

    Values that the API may add later are kept as they come; see `is_known`.
    """

    UNDEFINED = "undefined"
    QUEUED = "queued"
    PROCESSING = "processing"
    PROCESSED = "processed"
    SCHEDULED = "scheduled"
    HELD = "held"
    ENROUTE = "enroute"
    SUBMITTED = "submitted"
    DELIVERED = "delivered"
    READ = "read"
    EXPIRED = "expired"
    REJECTED = "rejected"
    UNDELIVERABLE = "undeliverable"
    FAILED = "failed"
    CANCELLED = "cancelled"
