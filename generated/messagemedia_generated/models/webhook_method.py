"""The enum `WebhookMethod`."""

from ..types import OpenEnum


class WebhookMethod(OpenEnum):
    """The HTTP method of a webhook's pushes.

    Values that the API may add later are kept as they come; see `is_known`.
    """

    GET = "GET"
    POST = "POST"
    PATCH = "PATCH"
    PUT = "PUT"
    DELETE = "DELETE"
