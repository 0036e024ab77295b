"""Behind `make lint`: finds words that texts for people do not use, and says what to write instead.

    python tests/words.py              everything that people read in this project
    python tests/words.py FILE …       these files

The words are in `words.txt`. Looked at are documents, docstrings and other texts in code, what the contract says, and the
pages of the sandbox. Left alone are names: code in backticks and blocks of code, words of others in typographic quotes,
and strings of a single word.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

ROOT = Path(__file__).resolve().parents[1]
LIST = Path(__file__).with_suffix(".txt")
READ = (
    "*.md",
    "docs/**/*.md",
    "examples/*.py",
    "codegen/**/*.py",
    "overrides/**/*.py",
    "overrides/**/*.html",
    "generated/**/*.py",
    "openapi/*.yaml",
)
# What people read of a contract.
PROSE = {"title", "summary", "description", "x-pattern-description"}

FENCED = re.compile(r"^( *)(```+|~~~+).*?^\1\2", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
QUOTED = re.compile(r"“[^”]*”")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
TAGS = re.compile(r"<[^>]*>|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)


class Word(NamedTuple):
    """Words to avoid, and what to write instead."""

    pattern: re.Pattern[str]
    instead: str


class Text(NamedTuple):
    """Something that people read, and where it begins and ends."""

    text: str
    first: int
    last: int


class Found(NamedTuple):
    """A place with words to avoid."""

    path: Path
    line: int
    words: str
    instead: str

    def __str__(self) -> str:
        return f'{self.path}:{self.line}: "{self.words}": write "{self.instead}"'


def words_of(listed: str) -> list[Word]:
    """The words of a list.

    Raises:
        ValueError: A line has no arrow.
    """
    found: list[Word] = []
    for line in listed.splitlines():
        if line.strip() and not line.startswith("#"):
            words, arrow, instead = line.partition(" -> ")
            if not arrow:
                raise ValueError(f"{LIST.name}: write `words -> instead`, not {line!r}")
            found.append(Word(_pattern(words.strip()), instead.strip()))
    return found


def _pattern(words: str) -> re.Pattern[str]:
    if words.startswith("re:"):
        source = words.removeprefix("re:").replace(" ", r"\s+")
    else:
        source = r"\b" + r"\s+".join(re.escape(each).replace(r"\*", r"\w*") for each in words.split()) + r"\b"
    return re.compile(source, re.IGNORECASE)


def find(path: Path, words: Iterable[Word]) -> Iterator[Found]:
    """The words to avoid in a file."""
    texts = {".md": _document, ".py": _program, ".yaml": _contract, ".html": _page}[path.suffix]
    for text, first, last in texts(path.read_text(encoding="utf-8")):
        plain = _blank(QUOTED, _blank(CODE, text))
        for word in words:
            for match in word.pattern.finditer(plain):
                line = min(first + plain.count("\n", 0, match.start()), last)
                yield Found(path, line, " ".join(match[0].split()), word.instead)


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """A text without what matches, and with as many lines as before."""
    return pattern.sub(lambda match: "·" + "\n" * match[0].count("\n"), text)


def _document(content: str) -> Iterator[Text]:
    yield Text(_blank(COMMENT, _blank(FENCED, content)), 1, content.count("\n") + 1)


def _page(content: str) -> Iterator[Text]:
    yield Text(_blank(TAGS, content), 1, content.count("\n") + 1)


def _program(content: str) -> Iterator[Text]:
    """Docstrings, and strings of more than one word. What an f-string puts in counts as a word of its own."""
    inner: set[int] = set()
    for node in ast.walk(ast.parse(content)):  # the outer ones first
        if id(node) in inner:
            continue
        text = ""
        if isinstance(node, ast.JoinedStr):
            inner.update(id(each) for each in node.values)
            text = "".join(str(each.value) if isinstance(each, ast.Constant) else "·" for each in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        if len(text.split()) > 1:
            assert isinstance(node, ast.expr)
            yield Text(text, node.lineno, node.end_lineno or node.lineno)


def _contract(content: str) -> Iterator[Text]:
    yield from _prose(YAML().compose(content))


def _prose(node: Node | None, key: str = "") -> Iterator[Text]:
    if isinstance(node, MappingNode):
        for name, value in node.value:
            yield from _prose(value, str(name.value))
    elif isinstance(node, SequenceNode):
        for value in node.value:
            yield from _prose(value)
    elif isinstance(node, ScalarNode) and key in PROSE:
        yield Text(str(node.value), node.start_mark.line + 1, node.end_mark.line + 1)


def main(arguments: list[str]) -> int:
    """Print each place; return 1 if there is any."""
    words = words_of(LIST.read_text(encoding="utf-8"))
    paths = [Path(each) for each in arguments] or sorted({path for each in READ for path in ROOT.glob(each)})
    found = [each for path in paths for each in find(path, words)]
    for each in found:
        path = each.path.relative_to(ROOT) if each.path.is_relative_to(ROOT) else each.path
        print(each._replace(path=path))
    if found:
        print(f"{len(found)} to rewrite. The words are in tests/{LIST.name}, the names of ideas in docs/glossary.md.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
