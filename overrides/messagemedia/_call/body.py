"""JSON of requests and answers: with the standard library, or faster with msgspec (`messagemedia[speed]`)."""

from __future__ import annotations

import contextlib
import json
from importlib import import_module
from typing import Any

_standard = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_fast: Any = None
with contextlib.suppress(Exception):  # it is not installed, or not for this interpreter
    _fast = import_module("msgspec.json")
_fast_encode: Any = _fast and _fast.Encoder().encode
_fast_decode: Any = _fast and _fast.Decoder().decode


def encoded(value: object) -> bytes:
    """The JSON text of what a model wrote: objects, lists, texts, finite numbers, true, false and null.

    Raises:
        ValueError: If it can't be expressed.
    """
    if _fast_encode is not None:
        with contextlib.suppress(Exception):
            return bytes(_fast_encode(value))
    return _standard.encode(value).encode()


def decoded(content: bytes) -> object:
    """The value that JSON text stands for.

    Raises:
        ValueError: If it is not JSON.
        RecursionError: If it is nested too deeply.
    """
    if _fast_decode is not None:
        # What it reads, it reads as the standard library does; what it refuses may still be good enough.
        with contextlib.suppress(Exception):
            return _fast_decode(content)
    # Bytes that are no UTF-8 must not turn an accepted message into an error.
    text = content.decode(errors="replace").removeprefix("\ufeff")
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        # A whole number of thousands of digits, which Python refuses to read as one.
        return json.loads(text, parse_int=float)
