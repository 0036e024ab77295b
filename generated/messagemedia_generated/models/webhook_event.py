"""The enum `WebhookEvent`."""

from ..types import OpenEnum


class WebhookEvent(OpenEnum):
    """An event that a webhook gets: a received SMS, an opt-out, a received MMS, or a delivery report
    with the status that its name begins with.

    Values that the API adds later are kept unchanged; see `is_known`.
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
