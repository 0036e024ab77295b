"""The enum `MessageFormat`."""

from ..types import OpenEnum


class MessageFormat(OpenEnum):
    """How the message is delivered.

    Values that the API may add later are kept as they come; see `is_known`.
    """

    SMS = "SMS"
    MMS = "MMS"
    TTS = "TTS"
