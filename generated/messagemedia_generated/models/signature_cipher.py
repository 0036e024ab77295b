"""The enum `SignatureCipher`."""

from ..types import OpenEnum


class SignatureCipher(OpenEnum):
    """The cipher of a signature. `RSA` is the only one, with the padding of PKCS#1 v1.5.

    Values that the API may add later are kept as they come; see `is_known`.
    """

    RSA = "RSA"
