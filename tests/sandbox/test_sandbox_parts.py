"""The sandbox cuts texts as the client counts them, though they share no code."""

import sys
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from messagemedia import segments
from messagemedia.sandbox.parts import cut, substitute

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=400),
    st.text("ab €^{}\\~[]|\f", min_size=150, max_size=500),
    st.text("a😀é“", min_size=60, max_size=300),
)


@given(TEXTS)
def test_parts_are_those_that_the_client_counts(text: str) -> None:
    ours, theirs = cut(text), segments(text)
    assert (ours.encoding, ours.units, len(ours.parts)) == (theirs.encoding, theirs.units, theirs.parts)
    assert "".join(part.text for part in ours.parts) == text
    assert all(part.limit == theirs.units_per_part and 0 < part.units <= part.limit for part in ours.parts)
    if ours.parts:
        assert ours.parts[-1].limit - ours.parts[-1].units == theirs.units_left


@given(TEXTS)
def test_what_is_underlined_is_what_forces_ucs2(text: str) -> None:
    runs = list(chain.from_iterable(part.runs for part in cut(text).parts))
    assert "".join(run.text for run in runs) == text
    for run in runs:
        for character in run.text:
            assert (segments(character).encoding == "UCS-2") == run.forces
        assert run.substitute is None or (len(run.text) == 1 and run.forces)


def test_every_substitute_is_the_one_that_the_client_names() -> None:
    known = 0
    for character in map(chr, [*range(0xD800), *range(0xE000, sys.maxunicode, 1)][:0x30000]):
        if (instead := substitute(character)) is not None and segments(character).encoding == "UCS-2":
            assert segments(character).replacements == {character: instead}
            known += 1
    assert known > 200


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("a" * 160, [160]),
        ("a" * 161, [153, 8]),
        ("a" * 152 + "€" + "a" * 10, [152, 12]),  # the pair of the euro sign is not cut
        ("é" * 160, [160]),
        ("“" * 70, [70]),
        ("“" * 71, [67, 4]),
        ("“" * 66 + "😀" * 3, [66, 6]),  # nor that of an emoji
        ("", []),
    ],
)
def test_pairs_are_never_cut(text: str, units: list[int]) -> None:
    assert [part.units for part in cut(text).parts] == units
