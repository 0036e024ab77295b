"""A campaign to whose files something happens, between kills and in use, sends nothing twice and knows what it did.

Each round is a process that is killed at the end, if it has not ended by itself: with a `JournalError`, and only after an
accident that calls for one. `KILL_ACCIDENT_MESSAGES`, `KILL_ACCIDENT_ROUNDS` (of all kinds of accidents) and `KILL_STOP`
(seconds) change the size; `KILL_SEED` repeats a run.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve, frozen
from campaign_operator import JOURNAL_ERROR
from kill_campaign_kit import People, Server, assert_nothing_is_double, check, finish, start
from kill_kit import running_sandbox
from messagemedia.campaign import Campaign

pytestmark = pytest.mark.slow

MESSAGES = int(os.environ.get("KILL_ACCIDENT_MESSAGES", "1500"))
ROUNDS = int(os.environ.get("KILL_ACCIDENT_ROUNDS", "1"))
STOP = float(os.environ.get("KILL_STOP", "1"))
SEED = int(os.environ.get("KILL_SEED", str(random.randrange(1_000_000))))


@frozen
class Scene:
    """A process at work, and what an accident may be made with."""

    server: Server
    journal: Path
    people: People
    process: subprocess.Popen[bytes]
    chance: random.Random

    def ended(self) -> int:
        """How the process ended by itself."""
        self.process.communicate(timeout=300)
        return self.process.returncode

    def refused(self, journal: Path) -> str:
        """What a second process says that is started now and must be refused."""
        with start("blocking", self.server, journal, self.people, 1) as second:
            _, errors = second.communicate(timeout=300)
        assert second.returncode == JOURNAL_ERROR, errors
        return errors.decode()


def companions_are_deleted(scene: Scene) -> None:
    """Without the file that takes back half a transaction, a process is refused until that is put back, as it is told."""
    kill(scene)
    deleted: dict[Path, bytes] = {}
    for end in ("-journal", "-lock"):
        path = scene.journal.with_name(f"{scene.journal.name}{end}")
        if path.exists() and scene.chance.random() < 0.7:
            deleted[path] = path.read_bytes()
            path.unlink()
    process = start("blocking", scene.server, scene.journal, scene.people, 1)
    wait_for(evolve(scene, process=process), len(scene.server.ledger) + 1)
    process.kill()
    _, errors = process.communicate()
    if process.returncode == JOURNAL_ERROR:
        assert b"damaged" in errors
        assert b"-journal was deleted, put it back" in errors
        for path, content in deleted.items():
            path.write_bytes(content)
    else:
        assert process.returncode in (0, -signal.SIGKILL), errors.decode()


def file_is_replaced(scene: Scene) -> None:
    away = scene.journal.with_name("away.journal")
    scene.journal.rename(away)
    shutil.copy(away, scene.journal)
    assert scene.ended() in (JOURNAL_ERROR, 0)
    away.replace(scene.journal)


def file_is_renamed(scene: Scene) -> None:
    away = scene.journal.with_name("away.journal")
    scene.journal.rename(away)
    assert scene.ended() in (JOURNAL_ERROR, 0)
    assert "show that there was a campaign" in scene.refused(scene.journal)
    scene.journal.unlink(missing_ok=True)
    away.rename(scene.journal)


def file_has_a_second_name(scene: Scene) -> None:
    second = scene.journal.with_name("second.journal")
    second.hardlink_to(scene.journal)
    assert "has another name" in scene.refused(second)
    assert scene.ended() in (JOURNAL_ERROR, 0)
    second.unlink()


def file_is_mounted_elsewhere(scene: Scene) -> None:
    """What two containers with the same file mount do; without the right to mount, it is a kill like any other."""
    place = scene.journal.with_name("container") / "app.journal"
    place.parent.mkdir(exist_ok=True)
    place.touch()
    if subprocess.run(["mount", "--bind", scene.journal, place], check=False, capture_output=True).returncode == 0:
        try:
            assert "mounted as a single file" in scene.refused(place)
        finally:
            subprocess.run(["umount", place], check=True)
    place.unlink()
    kill(scene)


def another_process_reads(scene: Scene) -> None:
    """While the sender opens and closes its own file, and so loses the locks of SQLite."""
    end = time.monotonic() + STOP
    while scene.process.poll() is None and time.monotonic() < end:
        with Campaign(scene.journal) as reader:
            reader.summary()
    kill(scene)


def process_is_stopped(scene: Scene) -> None:
    """For longer than anything waits; a second process does not take its place, and it goes on where it was."""
    scene.process.send_signal(signal.SIGSTOP)
    time.sleep(STOP)
    if scene.process.poll() is None:
        assert "another process" in scene.refused(scene.journal)
    scene.process.send_signal(signal.SIGCONT)
    before = len(scene.server.ledger)
    wait_for(scene, before + 200)
    kill(scene)


def nothing_happens(scene: Scene) -> None:
    kill(scene)


ACCIDENTS: dict[Callable[[Scene], None], str] = {
    companions_are_deleted: "none",
    file_is_replaced: "none",
    file_is_renamed: "none",
    file_has_a_second_name: "none",
    file_is_mounted_elsewhere: "none",
    another_process_reads: "opens its own file",
    process_is_stopped: "none",
    nothing_happens: "clock moves",
}


def wait_for(scene: Scene, accepted: int) -> None:
    while scene.process.poll() is None and len(scene.server.ledger) < accepted:
        time.sleep(0.001)


def kill(scene: Scene) -> None:
    scene.process.kill()
    _, errors = scene.process.communicate()
    assert scene.process.returncode in (0, -signal.SIGKILL), errors.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows moves no file that is open")
@pytest.mark.parametrize("kind", ["blocking", "awaited"])
def test_accidents_with_the_files_double_nothing(kind: str, tmp_path: Path) -> None:
    chance = random.Random(f"{SEED} {kind}")
    rounds = ROUNDS * len(ACCIDENTS)
    print(f"KILL_SEED={SEED} {MESSAGES} messages, {rounds} accidents, {kind}")
    people = People(tmp_path / "people.csv", MESSAGES)
    journal = tmp_path / "accident.journal"
    with running_sandbox(Server) as server:
        for number in range(ROUNDS):
            for at, accident in enumerate(chance.sample(list(ACCIDENTS), len(ACCIDENTS))):
                left = len(people.numbers) - len(server.ledger)
                share = max(100, left // (rounds - number * len(ACCIDENTS) - at + 1))
                people.write(400)
                process = start(kind, server, journal, people, chance.randrange(1, 4), ACCIDENTS[accident])
                scene = Scene(server, journal, people, process, chance)
                wait_for(scene, len(server.ledger) + chance.randrange(1, share))
                accident(scene)
                assert_nothing_is_double(server)
        finish(kind, server, journal, people)
        check(server, journal, people)
