"""Keeps a fork from finding a lock of OpenSSL taken, for which the child would wait for ever.

The first random numbers of a thread come from a generator that all threads share, behind a lock. If another thread
forks at that moment, the child has the lock as it was, and nobody who could release it: its first connection hangs. So
a thread draws its first numbers here, where a fork waits for it; later ones come from a generator of its own.
"""

from __future__ import annotations

import os
import threading

_drawing = threading.RLock()
if hasattr(os, "register_at_fork"):  # there is no fork on Windows
    os.register_at_fork(before=_drawing.acquire, after_in_parent=_drawing.release, after_in_child=_drawing.release)

_threads = threading.local()


def seed_this_thread() -> None:
    """Let this thread draw its first random numbers for TLS, unless it has."""
    if getattr(_threads, "is_seeded", False):
        return
    import ssl  # noqa: PLC0415  # takes a while, and only a server with TLS needs it

    with _drawing:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # which draws some for its tickets, secret ones among them
    _threads.is_seeded = True
