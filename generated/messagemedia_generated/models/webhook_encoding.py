"""The enum `WebhookEncoding`."""

from ..types import OpenEnum


class WebhookEncoding(OpenEnum):
    """How a webhook's pushes are written. The service sets the Content-Type that fits. `FORM_ENCODED`
    is that of HTML forms.

    Values that the API may add later are kept as they come; see `is_known`.
    """

    JSON = "JSON"
    FORM_ENCODED = "FORM_ENCODED"
    XML = "XML"
