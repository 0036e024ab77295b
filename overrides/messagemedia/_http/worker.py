"""Threads that do what the main thread must not, and that never end before the process does."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, TypeVar, cast

T = TypeVar("T")

# Seconds after which a thread that waits looks for signals: one that comes just before it waits does not wake it, and
# on Windows none does.
SIGNAL_INTERVAL = 1.0


class Worker:
    """A thread that carries out jobs while another one waits for it.

    Whoever waits can be interrupted, by Ctrl-C for instance; the job then runs on, and is nobody's any more.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: SimpleQueue[tuple[Callable[[], Any], SimpleQueue[Any]]] | None = None

    def do(self, job: Callable[[], T]) -> T:
        """Have a job done, and return or raise what it does."""
        jobs, self._jobs = self._jobs or self._started(), None
        told: SimpleQueue[Any] = SimpleQueue()
        jobs.put((job, told))
        del job  # an exception keeps what this frame holds
        value, error = _wait_for(told)
        self._jobs = jobs  # an interrupted job still has its thread, so the next one gets another
        if error is not None:
            raise error
        return cast("T", value)

    def _started(self) -> SimpleQueue[tuple[Callable[[], Any], SimpleQueue[Any]]]:
        jobs: SimpleQueue[tuple[Callable[[], Any], SimpleQueue[Any]]] = SimpleQueue()
        threading.Thread(target=_work, args=(jobs,), name=self._name, daemon=True).start()
        return jobs


def _wait_for(told: SimpleQueue[Any]) -> Any:
    while True:
        with contextlib.suppress(Empty):
            return told.get(timeout=SIGNAL_INTERVAL)


def _work(jobs: SimpleQueue[tuple[Callable[[], Any], SimpleQueue[Any]]]) -> None:
    while True:
        job, told = jobs.get()
        try:
            told.put((job(), None))
        except BaseException as error:  # noqa: BLE001  # whoever waits raises it
            told.put((None, error))
        del job, told  # until the next job comes, nothing of this one is kept
