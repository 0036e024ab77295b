"""The enum `SignatureDigest`."""

from ..types import OpenEnum


class SignatureDigest(OpenEnum):
    """The digest of a signature.

    Values that the API adds later are kept unchanged; see `is_known`.
    """

    SHA224 = "SHA224"
    SHA256 = "SHA256"
    SHA512 = "SHA512"
