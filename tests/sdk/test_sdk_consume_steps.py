"""The steps of `consume` by themselves: with a clock that stands, and with every mix of failures."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from messagemedia import Reply, TransportError

from tests import inside
from tests.inside import Bury, Check, Confirm, Handle, Options, Pause, Run

PAGE = 3  # what one answer and one confirmation hold, so that little is much


class Killed(BaseException):
    """The process is gone: nothing can be done any more."""


def options(**changed: Any) -> Options:
    return Options(**{"confirm_every": PAGE, "max_confirms": PAGE, **changed})


def reply(name: str) -> Reply:
    return Reply.from_dict({"reply_id": name, "content": name})


def run_of(chosen: Options, **more: Any) -> Run[Reply]:
    arguments = {"id_of": lambda item: item.reply_id, "is_stopped": lambda: False, "now": lambda: 0.0}
    return Run(chosen, **{**arguments, **more})


class Clock:
    """A clock that moves when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def drive(run: Run[Reply], act: Any) -> None:
    """Carry out the steps; what `act` raises is thrown into them."""
    steps, result, failure = run.steps(), None, None
    while True:
        try:
            step = steps.send(result) if failure is None else steps.throw(failure)
        except StopIteration:
            return
        result = failure = None
        try:
            result = act(step)
        except BaseException as error:  # noqa: BLE001  # as the clients do
            failure = error


# --- pauses -----------------------------------------------------------------------------------------------------


def pauses_of(answers: list[Any], chosen: Options, **more: Any) -> list[float]:
    """How long a run waits, given what its checks bring: lists of names or errors."""
    clock, waiting = Clock(), list(answers)

    def act(step: Any) -> Any:
        if isinstance(step, Pause):
            clock.wait(step.seconds)
        elif isinstance(step, Check):
            answer = waiting.pop(0)
            if isinstance(answer, BaseException):
                raise answer
            return [reply(name) for name in answer]
        elif isinstance(step, Handle) and step.item.reply_id.startswith("bad"):
            raise RuntimeError
        return None

    drive(run_of(chosen, now=clock, is_stopped=lambda: not waiting, **more), act)
    return clock.pauses


def test_pauses_grow_while_nothing_comes_and_begin_anew_when_something_does() -> None:
    found = pauses_of([[], [], [], [], [], ["a"], [], [], []], options(poll_interval=1.0, max_poll_interval=6.0))
    for pause, longest in zip(found, [1, 2, 4, 6, 6, 1, 2], strict=True):
        assert longest / 2 <= pause <= longest


def test_pauses_have_jitter() -> None:
    assert len({pauses_of([[], []], options())[0] for _ in range(20)}) > 1


def test_there_is_no_pause_while_something_comes() -> None:
    assert pauses_of([["a"], ["b"], ["c"]], options()) == []


def test_pauses_grow_while_the_api_fails() -> None:
    found = pauses_of([TransportError("no"), TransportError("no"), TransportError("no"), []], options())
    for pause, longest in zip(found, [1, 2, 4], strict=True):
        assert longest / 2 <= pause <= longest


def test_a_failing_item_rests_longer_after_each_attempt_and_others_go_on_meanwhile() -> None:
    chosen = options(poll_interval=8.0, max_poll_interval=100.0, max_attempts=4)
    handled: list[str] = []
    attempts: list[float] = []
    clock = Clock()

    def act(step: Any) -> Any:
        if isinstance(step, Pause):
            clock.wait(min(step.seconds, 1.0))  # as if something woke it each second
        elif isinstance(step, Check):
            return [reply("bad")] + ([reply(f"good-{clock.now}")] if clock.now < 10 else [])
        elif isinstance(step, Handle):
            if step.item.reply_id == "bad":
                attempts.append(clock.now)
                raise RuntimeError
            handled.append(step.item.reply_id)
        return None

    drive(run_of(chosen, now=clock, has_dead_letter=True, is_stopped=lambda: clock.now > 200), act)
    assert attempts[:4] == pytest.approx([0.0, 8.0, 24.0, 56.0])
    assert len(handled) == 10


def test_a_run_waits_no_longer_than_a_failing_item_rests() -> None:
    chosen = options(poll_interval=8.0, max_poll_interval=100.0, max_attempts=4)
    attempts: list[float] = []
    clock = Clock()

    def act(step: Any) -> Any:
        if isinstance(step, Pause):
            clock.wait(step.seconds)
        elif type(step) is Handle:
            attempts.append(clock.now)
            raise RuntimeError
        return [reply("bad")] if isinstance(step, Check) else None

    drive(run_of(chosen, now=clock, has_dead_letter=True, is_stopped=lambda: len(attempts) == 4), act)
    assert attempts == pytest.approx([0.0, 8.0, 24.0, 56.0])


# --- what it remembers ------------------------------------------------------------------------------------------


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    inside.remember_at_most(monkeypatch, 10)
    run, count = run_of(options(limit=100)), iter(range(10_000))

    def act(step: Any) -> Any:
        return [reply(str(next(count))) for _ in range(PAGE)] if isinstance(step, Check) else None

    drive(run, act)
    assert list(run._confirmed) == [str(number) for number in range(90, 100)]
    assert not run._unconfirmed
    assert not run._failing


def test_failing_items_that_come_no_more_are_forgotten() -> None:
    run, answers = run_of(options(), has_dead_letter=True, is_stopped=lambda: not answers), [["bad"], [], []]

    def act(step: Any) -> Any:
        if type(step) is Handle:
            raise RuntimeError
        return [reply(name) for name in answers.pop(0)] if type(step) is Check else None

    drive(run, act)
    assert not run._failing


def test_an_item_without_an_id_that_was_gone_in_between_is_another_one() -> None:
    answers: list[list[str]] = [[""], [""], [], [""], []]
    run, handled = run_of(options(), is_stopped=lambda: not answers), []

    def act(step: Any) -> Any:
        if isinstance(step, Handle):
            handled.append(step.item)
        return [reply(name) for name in answers.pop(0)] if isinstance(step, Check) else None

    drive(run, act)
    assert len(handled) == 2


def test_a_confirmation_that_fails_within_a_pass_is_tried_again_only_after_it() -> None:
    answers = [["a", "b", "c"], []]
    run, made = run_of(options(confirm_every=1), is_stopped=lambda: not answers), []

    def act(step: Any) -> Any:
        made.append(type(step).__name__)
        if isinstance(step, Confirm) and made.count("Confirm") == 1:
            raise TransportError("no answer")
        return [reply(name) for name in answers.pop(0)] if isinstance(step, Check) else None

    drive(run, act)
    assert made == ["Check", "Handle", "Confirm", "Handle", "Handle", "Confirm", "Check", "Pause"][: len(made)]
    assert made.count("Confirm") == 2


# --- every mix of failures --------------------------------------------------------------------------------------


class World:
    """A server with a queue, a handler and dead letters, in which anything may fail."""

    def __init__(self, names: list[str], draw: Any) -> None:
        self.queue = dict.fromkeys(names)
        self.coming = [f"late-{number}" for number in range(4)]
        self.names = {*names, *self.coming}
        self.done: Counter[str] = Counter()
        self.confirmed: set[str] = set()
        self.draw = draw
        self.calm = False

    def begin(self) -> None:
        self.in_run: Counter[str] = Counter()
        self.dead = False
        self.clock = Clock()
        self.steps = 0

    def happens(self, *what: str) -> str:
        return "ok" if self.calm else self.draw(st.sampled_from(["ok", "ok", *what]))

    def act(self, step: Any) -> Any:
        self.steps += 1
        if not self.dead and self.steps > 60 and not self.calm:
            self.dead = True
        if self.dead or (not self.calm and self.draw(st.integers(0, 40)) == 0):
            self.dead = True
            raise Killed
        return getattr(self, type(step).__name__.lower())(step)

    def pause(self, step: Pause) -> None:
        assert step.seconds >= 0
        self.clock.wait(step.seconds)
        if self.coming:
            self.queue[self.coming.pop()] = None

    def check(self, _: Check) -> list[Reply]:
        if self.happens("fails") == "fails":
            raise TransportError("no answer")
        return [reply(name) for name in list(self.queue)[:PAGE]]

    def confirm(self, step: Confirm) -> None:
        assert 0 < len(step.ids) <= PAGE
        assert all(self.done[each] for each in step.ids), "confirmed, and not handled"
        how = self.happens("is lost before", "is lost after", "is forgotten")
        if how in ("ok", "is lost after"):
            for each in step.ids:
                self.queue.pop(each, None)
                self.confirmed.add(each)
        if how.startswith("is lost"):
            raise TransportError("no answer")

    def handle(self, step: Handle[Reply]) -> None:
        how = self.happens("fails", "is interrupted") if "bad" not in step.item.reply_id else "fails"
        if how != "ok":
            raise RuntimeError if how == "fails" else KeyboardInterrupt
        self._finish(step.item.reply_id)

    def bury(self, step: Bury[Reply]) -> None:
        if self.happens("fails") == "fails":
            raise OSError
        self._finish(step.item.reply_id)

    def _finish(self, name: str) -> None:
        assert name in self.queue, "what the server does not hold can't come"
        self.in_run[name] += 1
        self.done[name] += 1


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_nothing_is_lost_and_nothing_is_doubled_in_a_run_whatever_fails(data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 8), "count")
    world = World([f"{'bad-' * data.draw(st.booleans())}{number}" for number in range(count)], data.draw)
    for _ in range(data.draw(st.integers(0, 4), "runs")):
        chosen = options(
            limit=data.draw(st.sampled_from([None, 1, 5])),
            until_empty=data.draw(st.booleans()),
            confirm_every=data.draw(st.integers(1, PAGE)),
            max_attempts=data.draw(st.integers(1, 3)),
        )
        world.begin()
        run = run_of(chosen, has_dead_letter=data.draw(st.booleans()), now=world.clock)
        try:
            drive(run, world.act)
        except (Killed, KeyboardInterrupt, RuntimeError, OSError, TransportError):
            world.dead = True
        assert set(world.in_run.values()) <= {1}, "twice in a run"
        assert run.summary.handled + run.summary.dead_lettered <= sum(world.in_run.values())
        assert world.names - world.queue.keys() - {*world.coming} <= world.done.keys()
    world.calm = True
    world.begin()
    drive(
        run_of(
            options(), has_dead_letter=True, now=world.clock, is_stopped=lambda: not world.coming and not world.queue
        ),
        world.act,
    )
    assert not world.queue
    assert world.confirmed == world.names
    assert world.done.keys() == world.names
