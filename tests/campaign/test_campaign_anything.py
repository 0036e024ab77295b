"""Whatever happens to the batches of a campaign, and however often its process ends: no row is sent twice, none lost."""

import json
import shutil
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from campaign_kit import KEY, SECRET, message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from messagemedia import AuthenticationError, Client
from messagemedia.campaign import Campaign, JournalError, Row
from messagemedia.campaign.course import Course

from tests.sdk.sdk_face import answer

EVENTS = ["accept", "drop", "lose", "500", "500 processed", "refuse connection", "429", "401", "kill", "kill processed"]
# What happens to the files of the journal while a request that is accepted is under way.
ACCIDENTS = ["moved", "replaced", "linked", "lock deleted", "companion deleted", "opened and closed"]
ROWS = 230


class Killed(BaseException):
    """The end of a process, as far as a test in the same process can bring it about."""


class Api:
    """An API that does to each batch what it was told, and accepts everything when it was told no more."""

    def __init__(self, events: Sequence[str], bad: set[int], journal: Path) -> None:
        self._events = list(events)
        self._journal = journal
        self._bad = {str(index) for index in bad}
        self._lock = threading.Lock()
        self.processed: Counter[str] = Counter()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return answer(404, {"message": "Resource not found."})
        with self._lock:
            return self._react(request, self._events.pop(0) if self._events else "accept")

    def _react(self, request: httpx.Request, event: str) -> httpx.Response:
        asked = json.loads(request.content)["messages"]
        names = [each["content"].split()[-1] for each in asked]
        if event in ACCIDENTS:
            happen(event, self._journal)
            event = "accept"
        if event in ("accept", "drop", "500 processed", "kill processed"):
            if refused := [f"/messages/{at}/content: is bad" for at, name in enumerate(names) if name in self._bad]:
                return answer(400, {"message": "Bad", "details": refused})
            self.processed.update(names)
        match event:
            case "accept":
                return answer(202, {"messages": [{**each, "message_id": f"id {each['content']}"} for each in asked]})
            case "500" | "500 processed":
                return answer(500)
            case "429" | "401":
                return answer(int(event))
            case "kill" | "kill processed":
                raise Killed
            case "refuse connection":
                raise httpx.ConnectError("refused")
            case _:
                raise httpx.ReadError("reset")


def happen(accident: str, journal: Path) -> None:
    """Let something happen to the files, once at a time."""
    away = journal.with_name("away")
    if away.exists():
        return
    match accident:
        case "moved":
            journal.rename(away)
        case "replaced":
            journal.rename(away)
            shutil.copy(away, journal)
        case "linked":
            away.hardlink_to(journal)
        case "opened and closed":
            journal.read_bytes()
        case _:
            end = "lock" if accident == "lock deleted" else "journal"
            journal.with_name(f"{journal.name}-{end}").unlink(missing_ok=True)


def heal(journal: Path) -> None:
    """Do what the error asks for."""
    away = journal.with_name("away")
    if away.exists():
        away.replace(journal)
        away.unlink(missing_ok=True)  # the two may be one file


@pytest.fixture(params=["killed", "interrupted"])
def _ended(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed does not tidy up; one that is interrupted does."""
    if request.param == "killed":
        monkeypatch.setattr(Course, "give_up", lambda *_: None)


def rows() -> Iterator[Row]:
    return (Row(message(index), key=str(index)) for index in range(ROWS))


@pytest.mark.slow
@pytest.mark.usefixtures("_ended", "clock")
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    events=st.lists(st.sampled_from([*EVENTS, *ACCIDENTS]), max_size=12),
    bad=st.sets(st.integers(0, ROWS - 1), max_size=3),
    concurrency=st.integers(1, 3),
)
def test_no_row_is_sent_twice_and_none_is_lost(events: list[str], bad: set[int], concurrency: int) -> None:
    with TemporaryDirectory() as folder, ExitStack() as stack:
        path = Path(folder) / "any.journal"
        api = Api(events, bad, path)
        http_client = stack.enter_context(httpx.Client(transport=httpx.MockTransport(api)))
        client = stack.enter_context(Client(KEY, SECRET, http_client=http_client))
        while not finished(path, client, concurrency):
            pass
        with Campaign(path) as campaign:
            check(campaign, api, bad)


def finished(path: Path, client: Any, concurrency: int) -> bool:
    """Whether a process that starts the campaign, again, gets to its end."""
    try:
        with Campaign(path) as campaign:
            campaign.add(rows())
            campaign.send(client, concurrency=concurrency, patience=1e9, progress=False)
    except (Killed, AuthenticationError):
        return False
    except JournalError:
        return False
    finally:
        heal(path)
    return True


def check(campaign: Campaign, api: Api, bad: set[int]) -> None:
    records = {record.key: record for record in campaign.records()}
    states = {key: record.state for key, record in records.items()}
    assert list(records) == [str(index) for index in range(ROWS)]
    assert set(states.values()) <= {"accepted", "invalid", "unknown"}
    assert max(api.processed.values(), default=0) <= 1
    accepted = {key for key, state in states.items() if state == "accepted"}
    assert accepted <= api.processed.keys()
    assert {states[key] for key in api.processed.keys() - accepted} <= {"unknown"}
    assert {key for key, state in states.items() if state == "invalid"} <= {str(index) for index in bad}
    assert all(records[key].message_id == f"id Hello {key}" for key in accepted)
