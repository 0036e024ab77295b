"""What carries out the steps of `consume` and `consume_batches`, blocking or awaited."""

from __future__ import annotations

import contextlib
import inspect
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, cast

from attrs import frozen

from messagemedia._call.progress import Pause
from messagemedia._http.home import Home
from messagemedia._inbox.options import DEFAULTS, Item, Options
from messagemedia._inbox.steps import Bury, Check, Confirm, Consumed, Handle, Run, Step
from messagemedia._inbox.stopping import (
    AsyncStop,
    Stop,
    stopped_by,
    wrong_signals,
    wrong_stop,
)
from messagemedia.errors import FieldError, ValidationError

# Seconds for which an exception, such as a cancellation, may be held up to confirm what was handled.
LEAVING = 10.0

# What needs a handler, and what it is if it is left out.
_NEED_HANDLER: Mapping[str, object] = {"dead_letter": None, "max_attempts": DEFAULTS.max_attempts, "stop_on": ()}


@frozen
class Source(Generic[Item]):
    """Where items come from. Of an awaited client, the functions return what is to be awaited."""

    check: Callable[[], Any]
    confirm: Callable[[Sequence[str]], Any]
    id_of: Callable[[Item], str]
    max_confirms: int


class Job(Generic[Item]):
    """What a call of `consume` or `consume_batches` asked for, checked."""

    def __init__(
        self,
        source: Source[Item],
        handler: Callable[[Any], object] | None,
        options: Mapping[str, Any],
        *,
        in_batches: bool = False,
    ) -> None:
        """Check all that can be checked before anything is fetched.

        Args:
            source: Where items come from.
            handler: What handles an item, or a list of them.
            options: The keywords of the call.
            in_batches: Whether items are handed out in lists.

        Raises:
            ValidationError: If one of them can't be used.
        """
        rest = dict(options)
        self.source = source
        self.handler = handler
        self.in_batches = in_batches
        self.stop: Any = rest.pop("stop", None)
        self.dead_letter: Callable[[Item, Exception], object] | None = rest.pop("dead_letter", None)
        self.signals: Iterable[int] = rest.pop("stop_on", ())
        self.options = Options(max_confirms=source.max_confirms, **rest)
        needless = [
            name
            for name, left_out in _NEED_HANDLER.items()
            if handler is None and options.get(name, left_out) != left_out
        ]
        problems = [
            *self.options.problems(),
            *wrong_stop(self.stop),
            *wrong_signals(self.signals),
            *(FieldError("needs a handler", name) for name in needless),
            *(problem for name, function in self.functions.items() for problem in _wrong_function(name, function)),
        ]
        if problems:
            raise ValidationError(problems)

    @property
    def functions(self) -> dict[str, Callable[..., object]]:
        """The functions that items are given to."""
        named = {"handler": self.handler, "dead_letter": self.dead_letter}
        return {name: function for name, function in named.items() if function is not None}

    def run(self, is_stopped: Callable[[], bool]) -> Run[Item]:
        """The run of this job."""
        has_dead_letter = self.dead_letter is not None
        return Run(self.options, id_of=self.source.id_of, is_stopped=is_stopped, has_dead_letter=has_dead_letter)

    def give(self, step: Handle[Item] | Bury[Item]) -> object:
        """Give items to the function that they are for, and return what that returns."""
        if isinstance(step, Bury):
            return cast("Callable[[Item, Exception], object]", self.dead_letter)(step.item, step.error)
        return cast("Callable[[Any], object]", self.handler)(self.handed_out(step))

    def handed_out(self, step: Handle[Item]) -> Any:
        """What a handler or a loop gets: items in a list, or the only one of it."""
        return step.items if self.in_batches else step.items[0]


def _wrong_function(name: str, function: object) -> Iterator[FieldError]:
    if not callable(function):
        yield FieldError(f"must be a function, not {type(function).__name__}", name)
    elif inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        yield FieldError("is a generator function, which does nothing when it is called", name)


def consume(job: Job[Item]) -> Any:
    """Consume, blocking: the summary if there is a handler, otherwise an iterator over what is handed out."""
    problems = [
        FieldError("would have to be awaited; use AsyncClient for that", name)
        for name, function in {**job.functions, "stop": getattr(job.stop, "wait", None)}.items()
        if inspect.iscoroutinefunction(function)
    ]
    if problems:
        raise ValidationError(problems)
    stop = Stop(job.stop)
    run = job.run(stop.is_set)
    handed_out = _drive(run, job, stop)
    if job.handler is None:
        return handed_out
    with stopped_by(job.signals, stop):
        deque(handed_out, maxlen=0)  # which hands out nothing: the handler gets it all
    return run.summary


class _Progress(Generic[Item]):
    """How far a run has come, in the process that began it: a forked child must not continue it."""

    def __init__(self, run: Run[Item]) -> None:
        self._run = run
        self._steps = run.steps()
        self._home = Home("this run of consume")

    def after(self, result: object, failure: BaseException | None) -> Step[Item] | None:
        """The step after what came of the one before, None if there is none."""
        if self._home.is_elsewhere:
            self._run.abandon()
            if isinstance(failure, GeneratorExit):
                return None
        self._home.enter()
        try:
            return self._steps.send(result) if failure is None else self._steps.throw(failure)
        except StopIteration:
            return None


def _drive(run: Run[Item], job: Job[Item], stop: Stop) -> Generator[Any]:
    """Carry out the steps of a run; items that no handler is there for are handed out."""
    progress = _Progress(run)
    result: object = None
    failure: BaseException | None = None
    while (step := progress.after(result, failure)) is not None:
        result = failure = None
        try:
            if isinstance(step, Handle) and job.handler is None:
                yield job.handed_out(step)
            else:
                result = _do(step, job, stop)
        except BaseException as error:  # noqa: BLE001  # the run decides, and raises it again
            failure = error


def _do(step: Step[Item], job: Job[Item], stop: Stop) -> object:
    if isinstance(step, Check):
        return job.source.check()
    if isinstance(step, Confirm):
        return job.source.confirm(step.ids)
    if isinstance(step, Pause):
        stop.wait(step.seconds)
        return None
    result = job.give(step)
    if inspect.isawaitable(result):
        if inspect.iscoroutine(result):
            result.close()
        raise TypeError("the function that an item was given to would have to be awaited; use AsyncClient for that")
    return result


def consume_async(job: Job[Item]) -> Any:
    """Consume, awaited: a coroutine of the summary if there is a handler, otherwise an iterator as above."""
    if isinstance(job.stop, threading.Event):
        raise ValidationError([FieldError("must be awaitable, such as asyncio.Event", "stop")])
    stop = AsyncStop(job.stop)
    run = job.run(stop.is_set)
    handed_out = _drive_async(run, job, stop)
    return handed_out if job.handler is None else _summary(run, handed_out, job, stop)


async def _summary(run: Run[Item], handed_out: AsyncGenerator[Any], job: Job[Item], stop: AsyncStop) -> Consumed:
    if job.signals:
        stop.expect_signals()
    with stopped_by(job.signals, stop):
        async for _ in handed_out:  # which hands out nothing: the handler gets it all
            pass
    return run.summary


async def _drive_async(run: Run[Item], job: Job[Item], stop: AsyncStop) -> AsyncGenerator[Any]:
    """The same as `_drive`, which can't await; what both decide is in `_Progress` and in the run."""
    progress = _Progress(run)
    result: object = None
    failure: BaseException | None = None
    while (step := progress.after(result, failure)) is not None:
        result = failure = None
        try:
            if isinstance(step, Handle) and job.handler is None:
                yield job.handed_out(step)
            else:
                result = await _do_async(step, job, stop)
        except BaseException as error:  # noqa: BLE001  # the run decides, and raises it again
            failure = error


async def _do_async(step: Step[Item], job: Job[Item], stop: AsyncStop) -> object:
    if isinstance(step, Check):
        return await job.source.check()
    if isinstance(step, Confirm):
        import anyio  # noqa: PLC0415  # httpx brings it; blocking users need not import it

        with anyio.fail_after(LEAVING, shield=True) if step.leaving else contextlib.nullcontext():
            return await job.source.confirm(step.ids)
    if isinstance(step, Pause):
        await stop.wait(step.seconds)
        return None
    result = job.give(step)
    return await result if inspect.isawaitable(result) else result
