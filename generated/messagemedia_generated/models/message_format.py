"""The enum `MessageFormat`."""

from ..types import OpenEnum


class MessageFormat(OpenEnum):
    """How a message is delivered. `SMS` is a text message, `MMS` a message with media, `TTS` a voice
    call that reads the text.

    Values that the API adds later are kept unchanged; see `is_known`.
    """

    SMS = "SMS"
    MMS = "MMS"
    TTS = "TTS"
