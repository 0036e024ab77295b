"""What the generator is at work on, so that a failure of its own can name it."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from jinja2 import TemplateError

from codegen.carried import RefusedError


class FaultError(Exception):
    """The generator failed: the contract is not to blame, or should have been refused in words of its own."""


class Guard:
    """Keeps a place in a list for as long as the generator is inside of it."""

    def __init__(self, places: list[str], place: str) -> None:
        self._places, self._place = places, place

    def __enter__(self) -> None:
        self._places.append(self._place)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._places.pop()


@contextmanager
def on(what: str) -> Iterator[None]:
    """Let a failure say that it came up at work on this.

    Raises:
        FaultError: Instead of anything but a refusal.
    """
    try:
        yield
    except (RefusedError, FaultError, OSError):
        raise
    except Exception as error:
        raise FaultError(f"{told(error)}, at work on {what}") from error


def told(error: Exception) -> str:
    """An error in one line, with file and line of the template, or of the generator, that raised it."""
    said = " ".join(str(error).split()) or "no reason given"
    frames = traceback.extract_tb(error.__traceback__)
    templates = [frame for frame in frames if frame.filename.endswith(".jinja")]
    if isinstance(error, TemplateError) or templates:
        name, line = getattr(error, "filename", None), getattr(error, "lineno", None)
        if templates:
            name, line = templates[-1].filename, templates[-1].lineno
        place = f"{Path(name).name}, line {line}: " if name else ""
        return f"template {place}{said}" if place else f"template: {said}"
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {said}{place}"
