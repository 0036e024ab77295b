"""What is said of the facts: a line for each step, and one verdict."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from attrs import field, frozen

Mark = Literal["ok", "warning", "bad", "none"]
NOT_REACHED = "not reached"


@frozen
class Step:
    """One line: what was looked at, how it is, and what was seen."""

    name: str
    mark: Mark
    text: str


@frozen
class Verdict:
    """What is wrong and what to do about it.

    Attributes:
        cause: A name for programs, such as `proxy_password`; `ok` if nothing is wrong.
        text: What is wrong, for people.
        fix: What to do.
        ok: Whether the credentials are accepted.
    """

    cause: str
    text: str
    fix: str = ""
    ok: bool = False


@frozen
class Judged:
    """A step, the verdict if it ends the way, and what is to be known even if all else is well."""

    step: Step
    verdict: Verdict | None = None
    note: str = ""


@frozen
class Diagnosis:
    """Everything that is said.

    Attributes:
        steps: A line for each step.
        verdict: What it comes to.
        notes: What else to know.
    """

    steps: tuple[Step, ...]
    verdict: Verdict
    notes: tuple[str, ...] = field(factory=tuple[str, ...])


def host_of(url: str) -> str:
    """The host of a server, and its port if that is not the usual one."""
    return urlsplit(url).netloc


def wrong(step: str, seen: str, verdict: Verdict) -> Judged:
    """A step at which the way ends."""
    return Judged(Step(step, "bad", seen), verdict)
