"""The enum `SourceNumberType`."""

from ..types import OpenEnum


class SourceNumberType(OpenEnum):
    """What kind of sender `source_number` is.

    Values that the API may add later are kept as they come; see `is_known`.
    """

    INTERNATIONAL = "INTERNATIONAL"
    ALPHANUMERIC = "ALPHANUMERIC"
    SHORTCODE = "SHORTCODE"
