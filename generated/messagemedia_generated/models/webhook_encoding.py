"""The enum `WebhookEncoding`."""

from ..types import OpenEnum


class WebhookEncoding(OpenEnum):
    """How the pushes are written. Old webhooks may have none.

    Values that the API may add later are kept as they come; see `is_known`.
    """

    JSON = "JSON"
    FORM_ENCODED = "FORM_ENCODED"
    XML = "XML"
