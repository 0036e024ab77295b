"""The enum `WebhookMethod`."""

from ..types import OpenEnum


class WebhookMethod(OpenEnum):
    """The HTTP method of a webhook's pushes.

    Values that the API adds later are kept unchanged; see `is_known`.
    """

    GET = "GET"
    POST = "POST"
    PATCH = "PATCH"
    PUT = "PUT"
    DELETE = "DELETE"
