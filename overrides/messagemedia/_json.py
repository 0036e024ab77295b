"""Reading the JSON of answers: with the standard library, or faster if msgspec is installed (`messagemedia[speed]`)."""

from __future__ import annotations

import contextlib
import json
from importlib import import_module, util
from typing import Any

_fast: Any = import_module("msgspec.json").Decoder().decode if util.find_spec("msgspec") else None


def decoded(content: bytes) -> object:
    """The value that JSON text stands for.

    Raises:
        ValueError: If it is no JSON.
        RecursionError: If it is nested too deeply.
    """
    if _fast is not None:
        # What it reads, it reads as the standard library does; what it refuses may still be good enough.
        with contextlib.suppress(Exception):
            return _fast(content)
    # Bytes that are no UTF-8 must not turn an accepted message into an error.
    text = content.decode(errors="replace").removeprefix("\ufeff")
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        # A whole number of thousands of digits, which Python refuses to read as one.
        return json.loads(text, parse_int=float)
