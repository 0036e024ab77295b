"""`make lint` finds words that texts for people do not use, and says what to write instead."""

from pathlib import Path

import pytest

from tests import words

LISTED = words.words_of(words.LIST.read_text(encoding="utf-8"))


def found(folder: Path, name: str, content: str) -> list[tuple[int, str, str]]:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return [(each.line, each.words, each.instead) for each in words.find(path, LISTED)]


PLANTED = {
    "a.md": ("Fine.\n\nWith\nrepetitions armed.\n", 4),
    "docstring.py": ('"""Fine."""\n\n\ndef f():\n    """Fine.\n\n    It counts repetitions.\n    """\n', 7),
    "message.py": ('x = 1\nraise ValueError("no repetitions left")\n', 2),
    "formatted.py": ('x = 1\nprint(f"{x} repetitions left")\n', 2),
    "joined.py": ('print(\n    "a number of "\n    "repetitions"\n)\n', 2),
    "described.yaml": ("info:\n  title: Fine\n  description: Repetitions are counted.\n", 3),
    "folded.yaml": ("a:\n- summary: >-\n    Counts\n    repetitions.\n", 2),
    "page.html": ("<p>Fine\n<b>Repetitions</b></p>\n", 2),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_word_is_found_with_its_line_and_what_to_write(name: str, tmp_path: Path) -> None:
    content, line = PLANTED[name]
    [(at, said, instead)] = found(tmp_path, name, content)
    assert (at, said.lower(), instead) == (line, "repetitions", "retry")


LEFT_ALONE = {
    "code.md": "`repetitions`, ``a ` repetition``\n\n```python\nrepetitions = 2\n```\n\n  ~~~\n  repetition\n  ~~~\n",
    "quoted.md": "The server said: “Too many\nrepetitions”.\n",
    "comment.md": "<!-- repetition -->\n",
    "names.py": "repetitions = {'repetitions': 2}\nprint('a `repetition`', f'{repetitions}')\n",
    "names.yaml": "repetitions:\n  description: Fine.\n  example: some repetitions\n",
    "tags.html": '<p class="x repetition y">{{ repetitions }}{% if repetitions %}Fine{% endif %}</p>\n',
}


@pytest.mark.parametrize("name", LEFT_ALONE)
def test_names_and_the_words_of_others_are_left_alone(name: str, tmp_path: Path) -> None:
    assert found(tmp_path, name, LEFT_ALONE[name]) == []


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("What is no\nnumber is refused.", "is not a …, is not"),
        ("There is no number. It is no longer used, and there are no others.", None),
        ("It can't be told.", "is not known"),
        ("They can't be told apart.", None),
        ("Delivery\n  Receipts", "delivery report"),
        ("A subaccount's key", "sub-account"),
    ],
)
def test_phrases_are_found_whatever_their_case_and_line_breaks(text: str, instead: str | None, tmp_path: Path) -> None:
    assert [each[2] for each in found(tmp_path, "a.md", text)] == ([] if instead is None else [instead])


def test_what_to_write_instead_is_nothing_to_avoid(tmp_path: Path) -> None:
    assert found(tmp_path, "a.md", "\n".join(each.instead for each in LISTED)) == []


def test_a_line_of_the_list_needs_both_sides() -> None:
    with pytest.raises(ValueError, match="write `words -> instead`, not 'repetition'"):
        words.words_of("repetition\n")


def test_each_place_is_printed_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.md"
    path.write_text("A repetition.\n", encoding="utf-8")
    assert words.main([str(path)]) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first == f'{path}:1: "repetition": write "retry"'
    assert last.startswith("1 to rewrite. The words are in tests/words.txt")
    path.write_text("A retry.\n", encoding="utf-8")
    assert (words.main([str(path)]), capsys.readouterr().out) == (0, "")
