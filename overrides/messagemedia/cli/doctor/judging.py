"""What the facts mean: a line for each step, and one verdict; decided without any input or output."""

from __future__ import annotations

from collections.abc import Iterator

from messagemedia.cli.doctor import answers, network, tls
from messagemedia.cli.doctor.facts import Facts
from messagemedia.cli.doctor.steps import Diagnosis, Judged, Step, Verdict, wrong


def judge(facts: Facts) -> Diagnosis:
    """What the facts mean: the first thing that ends the way is what is wrong."""
    judged = list(_judged(facts))
    verdicts = [each.verdict for each in judged if each.verdict is not None]
    notes = [each.note for each in judged if each.note]
    verdict = verdicts[0] if verdicts else Verdict("other", "The cause can't be determined from these facts.")
    return Diagnosis(tuple(each.step for each in judged), verdict, tuple(notes))


def _judged(facts: Facts) -> Iterator[Judged]:
    if facts.broken is not None:
        what, fix = facts.broken
        verdict = Verdict("environment", f"A setting of the environment can't work: {what}.", fix)
        yield Judged(Step("environment", "bad", what), verdict)
        return
    if not facts.scheme:  # what follows is looked at all the same, but this comes first
        why, fix = facts.no_credentials
        yield wrong("settings", why, Verdict("no_credentials", f"Nothing could be tried: {why}.", fix))
    yield network.dns(facts, facts.lookup)
    yield network.tcp(facts, facts.connection)
    yield network.proxy(facts, facts.proxy)
    yield tls.tls(facts, facts.handshake)
    yield from answers.judged(facts)
