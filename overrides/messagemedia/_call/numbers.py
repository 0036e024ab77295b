"""Which numbers an option takes."""

from __future__ import annotations

import math
from typing import TypeGuard


def is_count(value: object, most: float = math.inf) -> TypeGuard[int]:
    """Whether it is a whole number from 1 to `most`."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def is_amount(value: object) -> TypeGuard[float]:
    """Whether it is a number greater than 0, such as of seconds, and not endless."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf
