"""What looks like a key or a secret in source code. It is never shown: not even how long it is."""

from __future__ import annotations

import re

_PLACEHOLDER = re.compile(
    r"(?ix) \A \s* \Z | your | todo | replace | example | changeme | placeholder | xxx | \*\*\* | <.*> | \{.*\} | \.\.\. | …"
    r" | \A (test|dummy|fake|sandbox|key|secret|user|username|password|name|api|none) [\W_]* \w{0,12} \Z"
    r" | \A (my|the|some|an?|basic|hmac|messagemedia|mm|api|auth) [\W_]* (api|auth|basic|hmac)? [\W_]*"
    r"   (auth|user|pass|key|secret)? [\W_]* (name|word|key|secret|user|token|password)? \Z"
)

WRITE = (
    "`Client()`, which reads MESSAGEMEDIA_API_KEY and MESSAGEMEDIA_API_SECRET from the environment. Then replace the key"
    " in the web portal: whoever has the source has it, and so has every copy of the repository"
)


def is_secret(text: str) -> bool:
    """Whether a text is a key or secret, and not the word that stands for one in an example."""
    return not _PLACEHOLDER.search(text)
