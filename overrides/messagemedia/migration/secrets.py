"""What looks like a key or a secret in source code. It is never shown: not even how long it is."""

from __future__ import annotations

import re

_SHORTEST = 8  # keys have 20 characters and secrets 30, but others were seen, too
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PLACEHOLDER = re.compile(
    r"""(?xi)
    a | account | an | api | apikey | auth | authentication | authpassword | authusername | autentication |
    basic | changeme | client | dummy | enter | example | fake | for | goes | here | hmac | id | insert | is |
    key | login | media | message | messagemedia | mm | my | mykey | mysecret | name | none | null | of |
    passphrase | password | pass | placeholder | put | replace | sandbox | secret | set | some | test | testing
    | the | this | todo | token | user | username | with | word | your | x+"""
)

WRITE = (
    "`Client()`, which reads MESSAGEMEDIA_API_KEY and MESSAGEMEDIA_API_SECRET from the environment. Then replace the"
    " key in the web portal: whoever has the source has it, and so has every copy of the repository"
)


def is_secret(text: str) -> bool:
    """Whether a text is a key or secret, and not words that stand for one in an example."""
    return len(text) >= _SHORTEST and not all(_PLACEHOLDER.fullmatch(word) for word in _WORD.findall(text))
