"""The enum `SignatureCipher`."""

from ..types import OpenEnum


class SignatureCipher(OpenEnum):
    """The cipher of a signature. `RSA` is the only one, with the padding of PKCS#1 v1.5.

    Values that the API adds later are kept unchanged; see `is_known`.
    """

    RSA = "RSA"
