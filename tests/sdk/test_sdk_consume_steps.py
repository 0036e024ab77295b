"""The steps of `consume` by themselves: with a clock that stands, and with every mix of failures."""

from collections import Counter
from typing import Any, NamedTuple

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from messagemedia import NotConfirmedError, Reply, TransportError

from tests import inside
from tests.inside import Bury, Check, Confirm, Handle, Options, Pause, Run

PAGE = 3  # what one answer and one confirmation hold, so that little is much


class Killed(BaseException):
    """The process is gone: nothing can be done any more."""


def options(**changed: Any) -> Options:
    return Options(**{"confirm_every": PAGE, "max_confirms": PAGE, **changed})


def reply(name: str, content: str = "") -> Reply:
    return Reply.from_dict({"reply_id": name, "content": content or name})


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
        elif isinstance(step, Handle) and step.items[0].reply_id.startswith("bad"):
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
            if step.items[0].reply_id == "bad":
                attempts.append(clock.now)
                raise RuntimeError
            handled.append(step.items[0].reply_id)
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
        assert max(inside.remembered_by(run)) <= 10
        return [reply(str(next(count))) for _ in range(PAGE)] if isinstance(step, Check) else None

    drive(run, act)
    assert inside.remembered_by(run)[0] == 10


def test_what_keeps_coming_is_remembered_however_much_else_is_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    inside.remember_at_most(monkeypatch, PAGE)
    handled: Counter[str] = Counter()
    count = iter(range(10_000))

    def act(step: Any) -> Any:
        if isinstance(step, Handle):
            handled.update(item.reply_id for item in step.items)
        return [reply("again"), reply(str(next(count)))] if isinstance(step, Check) else None

    drive(run_of(options(limit=100)), act)
    assert set(handled.values()) == {1}


def test_failing_items_that_come_no_more_are_forgotten() -> None:
    run, answers = run_of(options(), has_dead_letter=True, is_stopped=lambda: not answers), [["bad"], [], []]

    def act(step: Any) -> Any:
        if type(step) is Handle:
            raise RuntimeError
        return [reply(name) for name in answers.pop(0)] if type(step) is Check else None

    drive(run, act)
    assert inside.remembered_by(run) == (0, 0)


def test_an_item_without_an_id_that_was_gone_in_between_is_another_one() -> None:
    answers: list[list[str]] = [[""], [""], [], [""], []]
    run, handled = run_of(options(), is_stopped=lambda: not answers), []

    def act(step: Any) -> Any:
        if isinstance(step, Handle):
            handled.extend(step.items)
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


# --- batches ----------------------------------------------------------------------------------------------------


class Queue:
    """A server that never fails, and a handler that fails whenever something bad is among its items."""

    def __init__(self, *replies: tuple[str, str]) -> None:
        self.replies = list(replies)
        self.made: list[tuple[str, ...]] = []  # what was done, and with which contents or ids
        self.clock = Clock()

    def run(self, chosen: Options, **more: Any) -> list[tuple[str, ...]]:
        drive(run_of(chosen, now=self.clock, **more), self.act)
        return self.made

    def act(self, step: Any) -> Any:
        assert len(self.made) < 50, "it goes round in circles"
        if isinstance(step, Check):
            return [reply(*each) for each in self.replies[:PAGE]]
        if isinstance(step, Pause):
            self.clock.wait(step.seconds)
        elif isinstance(step, Confirm):
            self.made.append(("confirm", *step.ids))
            self.replies = [each for each in self.replies if each[0] not in step.ids]
        elif isinstance(step, Bury):
            self.made.append(("bury", str(step.item.content)))
        else:
            contents = [str(item.content) for item in step.items]
            bad = any(content.startswith("bad") for content in contents)
            self.made.append(("fail" if bad else "handle", *contents))
            step.items.clear()  # a list of its own: what a handler does to it changes nothing
            if bad:
                raise RuntimeError
        return None


def queue_of(names: str) -> Queue:
    return Queue(*((name, name) for name in names.split()))


@pytest.mark.parametrize(
    ("size", "limit", "batches"),
    [
        (1, None, ["a", "b", "c", "d", "e"]),
        (2, None, ["a b", "c", "d e"]),
        (3, None, ["a b c", "d e"]),
        (3, 4, ["a b c", "d"]),
        (2, 1, ["a"]),
    ],
)
def test_a_batch_is_what_an_answer_has_up_to_its_size_and_the_limit_and_is_confirmed_next(
    size: int, limit: int | None, batches: list[str]
) -> None:
    made = queue_of("a b c d e").run(options(size=size, confirm_every=1, limit=limit, until_empty=True))
    assert made == [(what, *batch.split()) for batch in batches for what in ("handle", "confirm")]


def test_items_of_a_batch_that_failed_come_alone_and_those_without_fault_go_on() -> None:
    chosen = options(size=PAGE, max_attempts=2, until_empty=True)
    assert queue_of("a bad b c d").run(chosen, has_dead_letter=True) == [
        ("fail", "a", "bad", "b"), ("handle", "a"), ("fail", "bad"), ("handle", "b"), ("confirm", "a", "b"),
        ("handle", "c", "d"), ("confirm", "c", "d"),
        ("fail", "bad"), ("bury", "bad"), ("confirm", "bad"),
    ]  # fmt: skip


def test_a_batch_that_failed_is_no_attempt_of_its_items() -> None:
    chosen = options(size=PAGE, max_attempts=1, until_empty=True)
    assert queue_of("a bad").run(chosen, has_dead_letter=True) == [
        ("fail", "a", "bad"), ("handle", "a"), ("fail", "bad"), ("bury", "bad"), ("confirm", "a", "bad"),
    ]  # fmt: skip


def test_items_of_a_batch_that_failed_rest_before_they_come_alone() -> None:
    queue = queue_of("a bad")
    chosen = options(size=PAGE, max_attempts=1, until_empty=True, poll_interval=8.0)
    queue.run(chosen, has_dead_letter=True)
    assert queue.clock.now == pytest.approx(8.0)


def test_a_batch_that_failed_ends_a_run_without_dead_letters_and_nothing_of_it_is_confirmed() -> None:
    queue = queue_of("a b c d bad")
    with pytest.raises(RuntimeError):
        queue.run(options(size=2, confirm_every=1))
    assert queue.made == [
        ("handle", "a", "b"), ("confirm", "a", "b"), ("handle", "c"), ("confirm", "c"), ("fail", "d", "bad"),
    ]  # fmt: skip


# --- one id, several items --------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["one", "another"])
def test_two_items_of_one_id_in_one_answer_are_both_handled_before_it_is_confirmed(other: str) -> None:
    replies = ("a", "one"), ("b", "b"), ("a", other)
    chosen = options(confirm_every=1, until_empty=True)
    assert Queue(*replies).run(chosen) == [
        ("handle", "one"), ("handle", "b"), ("confirm", "b"), ("handle", other), ("confirm", "a"),
    ]  # fmt: skip
    assert Queue(*replies).run(evolve(chosen, size=2)) == [
        ("handle", "one", "b"), ("confirm", "b"), ("handle", other), ("confirm", "a"),
    ]  # fmt: skip
    assert Queue(*replies).run(evolve(chosen, size=3)) == [("handle", "one", "b", other), ("confirm", "b", "a")]


def test_an_id_is_not_confirmed_while_one_of_its_items_rests_after_a_failure() -> None:
    chosen = options(confirm_every=1, max_attempts=2, until_empty=True)
    assert Queue(("a", "good"), ("a", "bad"), ("b", "b")).run(chosen, has_dead_letter=True) == [
        ("handle", "good"), ("fail", "bad"), ("handle", "b"), ("confirm", "b"),
        ("fail", "bad"), ("bury", "bad"), ("confirm", "a"),
    ]  # fmt: skip


def test_an_id_is_not_confirmed_if_the_limit_left_one_of_its_items() -> None:
    assert Queue(("a", "one"), ("a", "two")).run(options(limit=1)) == [("handle", "one")]


def test_an_id_that_was_confirmed_is_handled_again_only_with_other_content() -> None:
    answers = [["one"], ["one"], ["two"], ["one"], ["two", "one", "three"], []]
    handled: list[str] = []
    confirmed: list[str] = []

    def act(step: Any) -> Any:
        if isinstance(step, Handle):
            handled.extend(str(item.content) for item in step.items)
        elif isinstance(step, Confirm):
            confirmed.extend(step.ids)
        return [reply("a", content) for content in answers.pop(0)] if isinstance(step, Check) else None

    drive(run_of(options(), is_stopped=lambda: not answers), act)
    assert handled == ["one", "two", "three"]
    assert confirmed == ["a"] * 5


def test_items_that_a_test_made_by_hand_are_told_apart_without_their_json() -> None:
    answers = [[Reply(reply_id="a"), Reply(reply_id="b"), Reply(content="c")], [Reply(content="d")]]
    handled: list[Reply] = []

    def act(step: Any) -> Any:
        if isinstance(step, Handle):
            handled.extend(step.items)
        return answers.pop(0) if isinstance(step, Check) else None

    drive(run_of(options(), is_stopped=lambda: not answers and len(handled) == 4), act)
    assert [(each.reply_id, each.content) for each in handled] == [("a", None), ("b", None), ("", "c"), ("", "d")]


# --- confirmations without effect -------------------------------------------------------------------------------


def test_a_run_that_is_to_end_gives_up_when_confirmations_have_no_effect() -> None:
    clock, confirmed = Clock(), []

    def act(step: Any) -> Any:
        if isinstance(step, Pause):
            clock.wait(step.seconds)
        elif isinstance(step, Confirm):
            confirmed.append(step.ids)
        return [reply("a"), reply("b")] if isinstance(step, Check) and len(confirmed) < 20 else []

    with pytest.raises(NotConfirmedError, match="confirmed 5 times in a row"):
        drive(run_of(options(until_empty=True, confirm_every=PAGE), now=clock), act)
    assert confirmed == [["a", "b"]] * 5
    assert len(clock.pauses) == 4


def test_a_run_without_an_end_goes_on_when_confirmations_have_no_effect() -> None:
    checks = iter(range(50))
    waited: list[float] = []

    def act(step: Any) -> Any:
        if isinstance(step, Pause):
            waited.append(step.seconds)
        return [reply("a")] if isinstance(step, Check) and next(checks, None) is not None else []

    drive(run_of(options(), is_stopped=lambda: len(waited) == 40), act)
    assert waited[-1] >= 15  # it does not spin


def test_a_run_that_gets_on_does_not_give_up() -> None:
    count = iter(range(20))

    def act(step: Any) -> Any:
        if isinstance(step, Check):
            number = next(count, None)
            return [] if number is None else [reply("again"), *([reply(str(number))] if number % 4 == 0 else [])]
        return None

    drive(run_of(options(until_empty=True)), act)
    assert next(count, None) is None


# --- every mix of failures --------------------------------------------------------------------------------------


class Entry(NamedTuple):
    """What the server holds: an id, empty for none, what is said under it, and a number that nobody else sees."""

    name: str
    content: str
    serial: int


class World:
    """A server with a queue, a handler and dead letters, in which anything may fail."""

    def __init__(self, contents: list[tuple[str, str]], draw: Any) -> None:
        self.queue = [Entry(*each, serial) for serial, each in enumerate(contents)]
        self.coming = [Entry(f"late-{number}", "late", 100 + number) for number in range(4)]
        self.entries = [*self.queue, *self.coming]
        self.copies = Counter((entry.name, entry.content) for entry in self.entries)
        self.shown: list[Entry] = []
        self.done: set[tuple[str, str]] = set()
        self.confirmed: set[int] = set()
        self.draw = draw
        self.calm = False

    def begin(self, chosen: Options, **more: Any) -> Run[Reply]:
        self.in_run: Counter[tuple[str, str]] = Counter()
        self.told: set[str] = set()  # the ids that were confirmed in this run
        self.dead = False
        self.clock = Clock()
        self.steps = 0
        self.size = chosen.size
        self.run = run_of(chosen, now=self.clock, **more)
        return self.run

    @property
    def left(self) -> list[Entry]:
        return [entry for entry in self.queue if entry.name]

    def happens(self, *what: str) -> str:
        return "ok" if self.calm else self.draw(st.sampled_from(["ok", "ok", *what]))

    def act(self, step: Any) -> Any:
        self.steps += 1
        assert inside.remembered_by(self.run)[1] <= PAGE
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
            self.queue.append(self.coming.pop())

    def check(self, _: Check) -> list[Reply]:
        if self.happens("fails") == "fails":
            raise TransportError("no answer")
        self.shown = self.queue[:PAGE]
        return [reply(entry.name, entry.content) for entry in self.shown]

    def confirm(self, step: Confirm) -> None:
        assert 0 < len(step.ids) <= PAGE
        assert "" not in step.ids
        meant = [entry for entry in self.shown if entry.name in step.ids]
        for content, count in Counter((entry.name, entry.content) for entry in meant).items():
            assert self.in_run[content] >= (1 if content[0] in self.told else count), "confirmed, and not handled"
        how = self.happens("is lost before", "is lost after", "is forgotten")
        if how in ("ok", "is lost after"):
            self.queue = [entry for entry in self.queue if entry not in meant]
            self.confirmed.update(entry.serial for entry in meant)
        if how.startswith("is lost"):
            raise TransportError("no answer")
        self.told.update(step.ids)

    def handle(self, step: Handle[Reply]) -> None:
        assert 0 < len(step.items) <= self.size
        bad = any("bad" in item.reply_id for item in step.items)
        how = "fails" if bad else self.happens("fails", "is interrupted")
        if how != "ok":
            raise RuntimeError if how == "fails" else KeyboardInterrupt
        for item in step.items:
            self._finish(item)

    def bury(self, step: Bury[Reply]) -> None:
        if self.happens("fails") == "fails":
            raise OSError
        self._finish(step.item)

    def _finish(self, item: Reply) -> None:
        content = item.reply_id, str(item.content)
        assert content in [(entry.name, entry.content) for entry in self.shown], "what is not shown can't come"
        self.in_run[content] += 1
        self.done.add(content)


names = st.sampled_from(["", *"abcdef", "bad-a", "bad-b"])
contents = st.lists(st.tuples(names, st.sampled_from(["this", "that"])), max_size=8).filter(
    lambda drawn: (
        sum(not name for name, _ in drawn) < PAGE
    )  # those can't be confirmed, and nothing comes past a page of them
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_nothing_is_lost_and_nothing_is_doubled_in_a_run_whatever_fails(data: st.DataObject) -> None:
    world = World(data.draw(contents, "contents"), data.draw)
    for _ in range(data.draw(st.integers(0, 4), "runs")):
        chosen = options(
            limit=data.draw(st.sampled_from([None, 1, 5])),
            until_empty=data.draw(st.booleans()),
            size=data.draw(st.integers(1, PAGE)),
            confirm_every=data.draw(st.integers(1, PAGE)),
            max_attempts=data.draw(st.integers(1, 3)),
        )
        run = world.begin(chosen, has_dead_letter=data.draw(st.booleans()))
        try:
            drive(run, world.act)
        except (Killed, KeyboardInterrupt, RuntimeError, OSError, TransportError, NotConfirmedError):
            world.dead = True
        assert world.in_run <= world.copies, "twice in a run"
        assert run.summary.handled + run.summary.dead_lettered <= world.in_run.total()
        assert chosen.limit is None or world.in_run.total() <= chosen.limit
        gone = {(entry.name, entry.content) for entry in world.entries if entry not in [*world.queue, *world.coming]}
        assert gone <= world.done, "lost"
    world.calm = True
    last = options(size=data.draw(st.integers(1, PAGE)))
    is_over = lambda: not world.coming and not world.left  # noqa: E731
    drive(world.begin(last, has_dead_letter=True, is_stopped=is_over), world.act)
    assert not world.left
    assert world.confirmed == {entry.serial for entry in world.entries if entry.name}
    assert world.done >= {content for content in world.copies if content[0]}
