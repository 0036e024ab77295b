"""The enum `WebhookEvent`."""

from ..types import OpenEnum


class WebhookEvent(OpenEnum):
    """What a webhook is told of: a received SMS, an opt-out, a received MMS, or a delivery report of
    the status that its name begins with.

    Values that the API may add later are kept as they come; see `is_known`.
    """

    RECEIVED_SMS = "RECEIVED_SMS"
    OPT_OUT_SMS = "OPT_OUT_SMS"
    RECEIVED_MMS = "RECEIVED_MMS"
    ENROUTE_DR = "ENROUTE_DR"
    SUBMITTED_DR = "SUBMITTED_DR"
    DELIVERED_DR = "DELIVERED_DR"
    EXPIRED_DR = "EXPIRED_DR"
    REJECTED_DR = "REJECTED_DR"
    FAILED_DR = "FAILED_DR"
