"""The enum `WebhookEncoding`."""

from ..types import OpenEnum


class WebhookEncoding(OpenEnum):
    """The encoding of a webhook's pushes. The service sets the matching Content-Type. `FORM_ENCODED`
    is the encoding of HTML forms.

    Values that the API adds later are kept unchanged; see `is_known`.
    """

    JSON = "JSON"
    FORM_ENCODED = "FORM_ENCODED"
    XML = "XML"
