"""A user's script for the operations of `added.yaml`: type-checked strictly, and run against both clients.

It prints, as JSON, what four ways to call saw: with an executor of its own and with the clients, blocking and awaited.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import httpx
from messagemedia import AsyncClient, Client, MessageMediaError
from messagemedia_generated.client import Api, AsyncApi
from messagemedia_generated.models import NewParcel, ParcelSize, ParcelState
from messagemedia_generated.types import Call

T = TypeVar("T")

AT = datetime(2026, 1, 15, 3, 5, 10, 250000, UTC)
PARCEL = {
    "parcelId": "p-1", "currentState": "melted", "from": "depot 7", "class": "fragile", "raw": "unwashed", "extra": "wrapping",
    "cls": 4, "d": "d", "lastSeen": "2026-01-15T03:05:10.250Z", "sizeInCm": {"height": 3, "json": "box"}, "new": 1,
}  # fmt: skip
ANSWERS: Mapping[str, tuple[int, Any]] = {
    "GET /v1/parcels/7": (200, {"totalCount": 1, "nextPage": None, "items": [PARCEL]}),
    "POST /v1/parcels/7": (201, {"parcelId": "p-2", "currentState": "waiting"}),
    "GET /v1/parcels/7/labels/a%2Fb%20c": (200, [{"height": 1}, {"height": 2, "json": "box"}]),
    "DELETE /v1/parcels/7/labels/a%2Fb%20c": (204, None),
}
BODY = NewParcel(
    itself=True, from_="Hobart", size_in_cm=ParcelSize(height=3, json="box"), class_="fragile", format="box", json="{}",
    raw_="unwashed", extra_="wrapping", problems="wet", at="here", field_="north", pick_up_at=AT, current_state="moving",
    stops=[ParcelSize(height=1), ParcelSize(height=2)], tags={"colour": "red"},
)  # fmt: skip


class Recorder:
    """Answers requests, and remembers them."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode()
        return self.answer(request.method, target, request.headers, request.content)

    def answer(self, method: str, target: str, headers: Mapping[str, str], content: bytes | None) -> httpx.Response:
        names = ("Account", "X-Trace-Id", "Content-Type")
        self.seen.append(
            {
                "method": method,
                "target": target,
                "headers": {name: headers[name] for name in names if name in headers},
                "json": json.loads(content) if content else None,
            }
        )
        status, answer = ANSWERS[f"{method} {target.partition('?')[0]}"]
        return httpx.Response(status) if answer is None else httpx.Response(status, json=answer)


class Executor:
    """Reads the recorder's answers without any client."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def execute(self, call: Call[T]) -> T:
        assert not call.problems, call.problems
        answer = self._recorder.answer(
            call.operation.method,
            call.target,
            call.headers,
            json.dumps(call.json).encode() if call.body is not None else None,
        )
        reader = call.operation.reader(answer.status_code)
        return reader(answer.json()) if reader else None  # type: ignore[return-value]


class AsyncExecutor:
    """The same, awaited."""

    def __init__(self, recorder: Recorder) -> None:
        self._blocking = Executor(recorder)

    async def execute(self, call: Call[T]) -> T:
        return self._blocking.execute(call)


def blocking(api: Api) -> dict[str, Any]:
    page = api.parcel_tracking.list_parcels(
        7, sort_by="weight", query="a&b", problems_=True, headers=3, max_weight=2.5, from_=AT, on_day=date(2026, 1, 15),
        state=[ParcelState.MOVING, "lost"], labels=["red", "a b"], x_trace_id="trace-1", account="Sub",
    )  # fmt: skip
    few = api.parcel_tracking.list_parcels(7, sort_by="created_at")
    made = api.parcel_tracking.add_parcel(7, BODY)
    sizes = api.parcel_tracking.list_parcel_labels(7, "a/b c")
    api.parcel_tracking.delete_parcel_label(7, "a/b c")
    return told(page.items[0], page.total_count, page.next_page, len(few.items), made, sizes)


async def awaited(api: AsyncApi) -> dict[str, Any]:
    page = await api.parcel_tracking.list_parcels(
        7, sort_by="weight", query="a&b", problems_=True, headers=3, max_weight=2.5, from_=AT, on_day=date(2026, 1, 15),
        state=[ParcelState.MOVING, "lost"], labels=["red", "a b"], x_trace_id="trace-1", account="Sub",
    )  # fmt: skip
    few = await api.parcel_tracking.list_parcels(7, sort_by="created_at")
    made = await api.parcel_tracking.add_parcel(7, BODY)
    sizes = await api.parcel_tracking.list_parcel_labels(7, "a/b c")
    await api.parcel_tracking.delete_parcel_label(7, "a/b c")
    return told(page.items[0], page.total_count, page.next_page, len(few.items), made, sizes)


def told(parcel: Any, total: int | None, following: str | None, few: int, made: Any, sizes: Any) -> dict[str, Any]:
    """What the answers said, as JSON."""
    names = ("parcel_id", "from_", "class_", "raw_", "extra_", "cls_", "d", "current_state")
    return {
        "parcel": {name: getattr(parcel, name) for name in names},
        "known": parcel.current_state.is_known,
        "seen": parcel.last_seen == AT,
        "size": [parcel.size_in_cm.height, parcel.size_in_cm.json],
        "raw": parcel.raw,
        "extra": parcel.extra,
        "page": [total, following, few],
        "made": [made.parcel_id, made.current_state == ParcelState.WAITING, made.from_],
        "sizes": [[size.height, size.json] for size in sizes],
    }


def refused() -> list[str]:
    """What both clients say to arguments that break the limits."""
    with Client("key", "secret", base_url="http://127.0.0.1:9") as client:
        try:
            client.api.parcel_tracking.list_parcels(
                0, sort_by="height", query="x" * 41, headers=10, labels=["a"] * 4  # type: ignore[arg-type]
            )  # fmt: skip
        except MessageMediaError as error:
            return str(error).splitlines()
    return []


async def main() -> None:
    """Call in every way."""
    ways: dict[str, Any] = {}
    recorder = Recorder()
    ways["executor"] = (recorder.seen, blocking(Api(Executor(recorder))))
    recorder = Recorder()
    ways["awaited executor"] = (recorder.seen, await awaited(AsyncApi(AsyncExecutor(recorder))))
    recorder = Recorder()
    http = httpx.Client(transport=httpx.MockTransport(recorder))
    with http, Client("key", "secret", base_url="https://a.example", http_client=http) as client:
        ways["client"] = (recorder.seen, await asyncio.to_thread(blocking, client.api))
    recorder = Recorder()
    async with httpx.AsyncClient(transport=httpx.MockTransport(recorder)) as async_http:
        async_client = AsyncClient("key", "secret", base_url="https://a.example", http_client=async_http)
        ways["awaited client"] = (recorder.seen, await awaited(async_client.api))
    json.dump({"ways": ways, "refused": refused()}, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
