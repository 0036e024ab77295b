"""Docstrings are written as Markdown would be: this makes reStructuredText of them, for autodoc.

Indented blocks are code or drawings, backticks are code. A name of the package in backticks becomes a link to its page.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from docutils import nodes
from docutils.parsers.rst.states import Inliner
from sphinx import addnodes
from sphinx.application import Sphinx

from messagemedia_site.names import links

_SECTIONS = frozenset({"Args:", "Attributes:", "Raises:", "Returns:", "Yields:", "Example:", "Examples:", "Note:"})


def setup(app: Sphinx) -> None:
    """Register the role of backticks, and what is done to docstrings."""
    app.add_role("name", name_role)
    app.connect("autodoc-process-docstring", _process, priority=100)  # before napoleon


def name_role(
    name: str,
    rawtext: str,
    text: str,
    lineno: int,
    inliner: Inliner,
    options: Any = None,
    content: Sequence[str] = (),
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """A link if the text is a name of the package, code otherwise."""
    del name, rawtext, lineno, options, content
    told = text.replace("\x00", "")
    literal = nodes.literal(told, told)
    full = links().get(told.removesuffix("()"))
    if full is None:
        return [literal], []
    environment = inliner.document.settings.env
    reference = addnodes.pending_xref(
        "", literal, refdomain="py", reftype="obj", reftarget=full, refdoc=environment.docname, refwarn=True
    )
    return [reference], []


def _process(_app: Sphinx, what: str, _name: str, _value: object, _options: object, lines: list[str]) -> None:
    lines[:] = from_markdown(lines)
    if what in {"class", "exception"}:
        return


def from_markdown(lines: Sequence[str]) -> list[str]:
    """Make code blocks of indented ones, unless they are the content of a section such as `Args:`."""
    made: list[str] = []
    in_section = False
    at = 0
    while at < len(lines):
        line = lines[at]
        indented = line.startswith("    ")
        if line and not indented:
            in_section = line in _SECTIONS
        after_blank = not made or not made[-1].strip()
        if indented and after_blank and not in_section:
            end = at
            while end < len(lines) and (not lines[end].strip() or lines[end].startswith("    ")):
                end += 1
            block = list(lines[at:end])
            while block and not block[-1].strip():
                block.pop()
            made += [f".. code-block:: {_language(block)}", "", *block, ""]
            at = end
            continue
        made.append(line)
        at += 1
    return made


def _language(block: Sequence[str]) -> str:
    text = "\n".join(line.removeprefix("    ") for line in block)
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return "text"
    return "python" if any(not isinstance(each, ast.Expr) or isinstance(each.value, ast.Call) for each in tree.body) else "text"
