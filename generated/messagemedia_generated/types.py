"""What an operation consists of: data that an executor turns into a request, and its answer into a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Generic, Protocol, Self, TypeVar

from attrs import field, frozen

from .errors import FieldError

T = TypeVar("T")


class OpenEnum(StrEnum):
    """Known values with names, and room for every value that the API may add later.

    A string that is not a member becomes an unnamed value of the same class. It equals its string, survives pickling
    and copying, and answers False to `is_known`.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = unknown._value_ = value
        return unknown

    @property
    def is_known(self) -> bool:
        """Whether the contract names this value."""
        return self.value in type(self)._value2member_map_


@frozen
class Settlement:
    """How to find out what became of a retried call whose first answer was lost: read, and compare one property.

    Attributes:
        operation: The read, on the path of the call.
        property: The attribute of its result to look at.
        equals: The value that means that the call had succeeded.
    """

    operation: Operation[Any]
    property: str
    equals: str


@frozen
class Operation(Generic[T]):
    """One operation of the contract.

    Attributes:
        id: Its operationId.
        method: The HTTP method.
        path: The path, with `{name}` for its parameters.
        answers: For each documented success, what reads its decoded JSON; None where there is no body to read.
        errors: The other documented statuses, such as `404` or `5XX`.
        sends: Whether processing a call reaches people and costs money.
        repeatable: Whether processing a call twice has the same effect as processing it once.
        settlement: How a refusal of a repeated call is told from the success of the first one.
        gone: Whether a repeated call that finds nothing any more means that the first one had succeeded.
    """

    id: str
    method: str
    path: str
    answers: Mapping[str, Callable[[object], T] | None]
    errors: tuple[str, ...] = ()
    sends: bool = False
    repeatable: bool = False
    settlement: Settlement | None = None
    gone: bool = False

    def reader(self, status: int) -> Callable[[object], T] | None:
        """What reads the answer to a success; an undocumented one is read like the first documented one."""
        for key in (str(status), f"{status // 100}XX"):
            if key in self.answers:
                return self.answers[key]
        return next(iter(self.answers.values()))


@frozen
class Call(Generic[T]):
    """One call of an operation: everything a request needs but credentials and a server.

    Attributes:
        operation: What is called.
        target: Path and query, percent-encoded: the very text that is sent and signed.
        headers: Headers that the call's own parameters make.
        problems: What is wrong with the arguments. A call with problems other than limits can't be sent.
        body: The body as the caller passed it, None if there is none.
        json: The body as JSON values.
    """

    operation: Operation[T]
    target: str = field(repr=False)
    headers: Mapping[str, str] = field(factory=dict[str, str])
    problems: tuple[FieldError, ...] = ()
    body: object = field(default=None, repr=False)
    json: object = field(default=None, repr=False)


class Executor(Protocol):
    """What carries out calls, blocking."""

    def execute(self, call: Call[T]) -> T:
        """Carry out a call and return what its answer says."""
        ...


class AsyncExecutor(Protocol):
    """What carries out calls, awaited."""

    async def execute(self, call: Call[T]) -> T:
        """Carry out a call and return what its answer says."""
        ...
