"""How docstrings, errors and reprs name types and amounts."""

from __future__ import annotations


def type_name(value: object) -> str:
    """The type of a value: `str`, `None`, and with its package what neither Python itself nor this package brings.

    The last name alone may mislead: a `numpy.bool` is not a `bool`.
    """
    if value is None:
        return "None"
    kind = type(value)
    package = kind.__module__.partition(".")[0]
    ours = __name__.partition(".")[0]
    return kind.__name__ if package in ("builtins", ours) else f"{package}.{kind.__name__}"


def span(low: float | None, high: float | None) -> str:
    """A range, of which one end may be open."""
    if low is None:
        return f"at most {high}"
    if high is None:
        return f"at least {low}"
    return f"{low} to {high}" if low != high else f"exactly {low}"


def amount(low: int | None, high: int | None, unit: str) -> str:
    """A range of things, of which one end may be open."""
    return f"{span(low, high)} {unit if {low, high} <= {1, None} else f'{unit}s'}"


def counted(number: int, unit: str) -> str:
    """A number of things."""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
