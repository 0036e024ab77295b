"""The ASGI application: logs requests, lets faults happen, and sends answers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection, Sequence

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from messagemedia.sandbox.answers import Answer
from messagemedia.sandbox.api import Api
from messagemedia.sandbox.arming import Faults, Plan
from messagemedia.sandbox.changes import Changes
from messagemedia.sandbox.clock import http_date
from messagemedia.sandbox.faults import answer_instead, change_answer
from messagemedia.sandbox.guard import HostGuard
from messagemedia.sandbox.kept import Kept
from messagemedia.sandbox.records import RequestRecord

CONTROL = "/__sandbox__"


_KEPT_REQUESTS = 10_000  # an application that polls makes as many in some hours


class RequestLog:
    """The requests to the API, in the order of arrival. Safe to use from several threads."""

    def __init__(self, keep: int | None, changes: Changes) -> None:
        self._keep = _KEPT_REQUESTS if keep is None else keep
        self._changes = changes
        self._lock = threading.Lock()
        self.reset()

    def add(self, record: RequestRecord) -> None:
        """Append a request."""
        with self._lock:
            record.order = self._records.added
            self._records.add(record)
        self._changes.note()

    def answered(self, record: RequestRecord, status: int, body: bytes) -> None:
        """Write down what a request was answered."""
        record.answer, record.status = body, status
        self._changes.note()

    def reset(self) -> None:
        """Forget all requests, also those that are not answered yet."""
        with self._lock:
            self._records: Kept[RequestRecord] = Kept(self._keep)

    def knows(self, record: RequestRecord) -> bool:
        """Whether a request was not forgotten."""
        with self._lock:
            return self._records.at(record.order) is record

    def records(self, offset: int = 0) -> list[RequestRecord]:
        """The requests."""
        with self._lock:
            return self._records.since(offset)

    def find(self, order: int) -> RequestRecord | None:
        """The request at a place, unless there is none or it is no longer kept."""
        with self._lock:
            return self._records.at(order)


class ApiApplication:
    """Answers requests to the API over ASGI."""

    def __init__(self, api: Api, faults: Faults, log: RequestLog) -> None:
        self._api = api
        self._faults = faults
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            record = await _record(Request(scope, receive))
        except ClientDisconnect:
            return
        operation = self._api.operation_of(record)
        record.operation = None if operation is None else operation.operation_id
        record.received = self._api.state.clock.now()
        plan = self._faults.plan(record.operation)
        record.faults = plan.all
        self._log.add(record)
        answer = await self._answer(record, plan, receive)
        if answer is None:
            scope["state"]["transport"].abort()
            await _disconnected(receive)
            return
        for fault in plan.changes:
            answer = change_answer(fault, answer)
        self._log.answered(record, answer.status, answer.body)
        await self._response(answer, plan)(scope, receive, send)

    async def _answer(self, record: RequestRecord, plan: Plan, receive: Receive) -> Answer | None:
        """The answer of the API or of a fault, or None if there shall be none."""
        fault = plan.instead
        if fault is None:
            return self._api.answer(record, plan.clock_skew)
        if fault.kind == "hang_before" and (await _gone_within(fault.seconds, receive) or not self._log.knows(record)):
            return None
        instead = answer_instead(fault, self._api.state.clock)
        skips = fault.kind == "drop_before" or (instead is not None and not fault.processed)
        answer = None if skips else self._api.answer(record, plan.clock_skew)
        if fault.kind == "drop_after_accept" or (fault.kind == "hang" and await _gone_within(fault.seconds, receive)):
            return None
        return answer if instead is None else instead

    def _response(self, answer: Answer, plan: Plan) -> Response:
        # Some statuses have no body, and HTTP has no room for one.
        response = Response(b"" if answer.status in {204, 304} else answer.body, answer.status)
        now = self._api.state.clock.shown(plan.clock_skew)
        # The length is said by the response itself; a second one would be no HTTP.
        given = [(name.lower(), value) for name, value in answer.headers if name.lower() != "content-length"]
        if all(name != "date" for name, _ in given):
            given.append(("date", http_date(now)))
        for name, value in given:
            response.headers.append(name, value)
        return response


def application(api: ASGIApp, control: ASGIApp, pages: Sequence[BaseRoute], hosts: Collection[str]) -> ASGIApp:
    """The whole application: control calls and pages at their reserved paths, the API everywhere else."""
    return HostGuard(Starlette(routes=[Mount(CONTROL, app=control), *pages, Mount("/", app=api)]), hosts)


async def _record(request: Request) -> RequestRecord:
    scope = request.scope
    target: str = scope["raw_path"].decode("latin-1")
    if scope["query_string"]:
        target += "?" + scope["query_string"].decode("latin-1")
    return RequestRecord(
        method=request.method,
        target=target,
        http_version=scope["http_version"],
        headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]),
        body=await request.body(),
    )


async def _gone_within(seconds: float, receive: Receive) -> bool:
    """Wait, and return whether the client has gone meanwhile."""
    try:
        async with asyncio.timeout(seconds):
            await _disconnected(receive)
    except TimeoutError:
        return False
    return True


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
