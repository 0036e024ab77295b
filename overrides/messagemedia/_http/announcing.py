"""Says which server a request is about to reach, to a guard such as that of `messagemedia.testing`.

A guard takes the place of `socket.getaddrinfo`, where names of hosts become addresses. Some requests never come along
there: a library resolves names by itself, a proxy does it, or a connection is open already. So a guard that wants to
know of all requests has a function `announce` on the one that it puts in the place, which is called before anything
leaves. What it raises ends the request.

A request that is answered by a transport of a test's own, or by a library that replaces those of HTTP libraries, is not
announced, for it reaches no server.
"""

from __future__ import annotations

import socket
from collections.abc import Callable


def announce(url: str) -> None:
    """Say that a request to an address is about to leave."""
    told: Callable[[str], object] | None = getattr(socket.getaddrinfo, "announce", None)
    if told is not None:
        told(url)
