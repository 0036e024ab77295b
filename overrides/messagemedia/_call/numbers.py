"""Which numbers an option takes."""

from __future__ import annotations

import math
import sys
from typing import TypeGuard

from messagemedia_generated.wording import type_name


def is_count(value: object, most: float = math.inf) -> TypeGuard[int]:
    """Whether it is a whole number from 1 to `most`."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def is_amount(value: object) -> TypeGuard[float]:
    """Whether it is a number greater than 0, such as of seconds, and not endless."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= sys.float_info.max


def unless_number(value: object) -> str:
    """The end of an error: the type of what was given, unless it is a number; a numpy.float32 only looks like one."""
    return "" if isinstance(value, int | float) and not isinstance(value, bool) else f", not {type_name(value)}"
