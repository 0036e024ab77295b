"""The enum `SourceNumberType`."""

from ..types import OpenEnum


class SourceNumberType(OpenEnum):
    """What kind of sender a source number is. An alphanumeric sender ID has 3 to 11 of the characters
    A-Z, a-z, 0-9, `_` and `-`.

    Values that the API may add later are kept as they come; see `is_known`.
    """

    INTERNATIONAL = "INTERNATIONAL"
    ALPHANUMERIC = "ALPHANUMERIC"
    SHORTCODE = "SHORTCODE"
