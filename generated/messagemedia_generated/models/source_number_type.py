"""The enum `SourceNumberType`."""

from ..types import OpenEnum


class SourceNumberType(OpenEnum):
    """The type of a source number. An alphanumeric sender ID has 3 to 11 of the characters A-Z, a-z,
    0-9, `_` and `-`.

    Values that the API adds later are kept unchanged; see `is_known`.
    """

    INTERNATIONAL = "INTERNATIONAL"
    ALPHANUMERIC = "ALPHANUMERIC"
    SHORTCODE = "SHORTCODE"
