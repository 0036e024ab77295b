"""Carries out the steps of a course, blocking or awaited."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Generator, Iterable
from contextlib import aclosing, closing, contextmanager
from typing import Any, cast

from messagemedia_generated.api.messages import AsyncMessagesApi, MessagesApi
from messagemedia_generated.models import SendMessagesRequest

from messagemedia._call.progress import Pause
from messagemedia._messages.batches import send_batch, send_batch_async
from messagemedia._messages.parallel import Pace, in_order, in_order_async
from messagemedia.campaign.course import Course
from messagemedia.campaign.jobs import Job, Look
from messagemedia.campaign.progress import Tell
from messagemedia.errors import APIStatusError, MessageMediaError, RateLimitError

# The status of a message that is not there: the smallest answer that the API has.
_NO_MESSAGE = "00000000-0000-0000-0000-000000000000"


def send(api: MessagesApi, course: Course, pace: Pace | None, tell: Tell) -> None:
    """Send what is pending."""

    def work(job: Job) -> None:
        with _watched(course, job):
            if course.begin(job):
                job.begun = True
                guarded = cast("MessagesApi", _Guarded(api, course, job))
                job.outcome = send_batch(guarded, job.batch)
                course.record(job)

    steps = course.steps()
    well: bool | None = None
    while True:
        try:
            step = steps.send(well)
        except StopIteration:
            return
        if isinstance(step, Pause):
            time.sleep(step.seconds)
            tell(course.summary)
        elif isinstance(step, Look):
            well = _is_well(api)
        else:
            with closing(in_order(course.jobs(step), work, concurrency=step.concurrency, pace=pace)) as done:
                for _ in done:
                    tell(course.summary)


async def send_async(api: AsyncMessagesApi, course: Course, pace: Pace | None, tell: Tell) -> None:
    """Send what is pending, awaited. The journal is written to in threads: it waits for the disk."""
    import anyio  # noqa: PLC0415  # httpx brings it; blocking users need not import it

    async def work(job: Job) -> None:
        with _watched(course, job):
            if await anyio.to_thread.run_sync(course.begin, job):
                job.begun = True
                job.outcome = await send_batch_async(
                    cast("AsyncMessagesApi", _AsyncGuarded(api, course, job)), job.batch
                )
                await anyio.to_thread.run_sync(course.record, job)

    steps = course.steps()
    well: bool | None = None
    while True:
        try:
            step = steps.send(well)
        except StopIteration:
            return
        if isinstance(step, Pause):
            await anyio.sleep(step.seconds)
            tell(course.summary)
        elif isinstance(step, Look):
            well = await _is_well_async(api)
        else:
            jobs = _awaited(course.jobs(step))
            async with aclosing(in_order_async(jobs, work, concurrency=step.concurrency, pace=pace)) as done:
                async for _ in done:
                    tell(course.summary)


def cancellation() -> type[BaseException]:
    """What a cancellation raises in the event loop that runs."""
    import anyio  # noqa: PLC0415

    return anyio.get_cancelled_exc_class()


@contextmanager
def _watched(course: Course, job: Job) -> Generator[None]:
    """See to it that a job which is interrupted leaves nothing in flight."""
    try:
        yield
    except BaseException:
        course.give_up(job)
        raise


class _Guarded:
    """The API, for requests with what is surely still this process's to send."""

    def __init__(self, api: Any, course: Course, job: Job) -> None:
        self._api, self._course, self._job = api, course, job

    def send_messages(self, body: SendMessagesRequest) -> Any:
        """Send, right after the job has proved to be this process's."""
        if not self._course.is_fresh(self._job):
            self._course.confirm(self._job)
        return self._api.send_messages(body)


class _AsyncGuarded(_Guarded):
    async def send_messages(self, body: SendMessagesRequest) -> Any:
        """Send, right after the job has proved to be this process's."""
        import anyio  # noqa: PLC0415

        if not self._course.is_fresh(self._job):
            await anyio.to_thread.run_sync(self._course.confirm, self._job)
        return await self._api.send_messages(body)


async def _awaited(jobs: Iterable[Job]) -> AsyncIterator[Job]:
    for job in jobs:
        yield job


def _is_well(api: MessagesApi) -> bool:
    try:
        api.get_message_status(_NO_MESSAGE)
    except MessageMediaError as error:
        return _answered(error)
    return True


async def _is_well_async(api: AsyncMessagesApi) -> bool:
    try:
        await api.get_message_status(_NO_MESSAGE)
    except MessageMediaError as error:
        return _answered(error)
    return True


def _answered(error: MessageMediaError) -> bool:
    """Whether an error is the API's own answer, such as that there is no such message, and no sign of weakness."""
    return isinstance(error, APIStatusError) and error.status_code < 500 and not isinstance(error, RateLimitError)
