"""Docstrings are written as Markdown would be: this makes reStructuredText of them, for autodoc.

Indented blocks are code or drawings, backticks are code, and sections are Google's. A name of the package in backticks
becomes a link to its page. So does one in a signature, wherever it is defined.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Sequence
from typing import Any, cast

from docutils import nodes
from docutils.parsers.rst.states import Inliner
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.ext.napoleon import Config
from sphinx.ext.napoleon.docstring import GoogleDocstring

from messagemedia_site.names import homes, is_made_by_clients, links

_SECTIONS = frozenset(
    {"Args:", "Attributes:", "Example:", "Examples:", "Fields:", "Note:", "Raises:", "Returns:", "Yields:"}
)
_NAPOLEON = Config(napoleon_custom_sections=[("Attributes", "params_style"), ("Fields", "params_style")])
# What napoleon would take for a type in front of a colon is the beginning of a sentence here.
_PLAIN = {"attribute", "data", "property"}


class _Docstring(GoogleDocstring):
    """A docstring whose returned value has no type in front of a colon: the signature says it."""

    def _consume_returns_section(self, preprocess_types: bool = False) -> list[tuple[str, str, list[str]]]:
        del preprocess_types
        return [("", "", self._dedent(self._consume_to_next_section()))]


def setup(app: Sphinx) -> None:
    """Register the role of backticks, and what is done to docstrings and signatures."""
    app.add_role("name", name_role)
    app.connect("autodoc-process-docstring", _process_docstring)
    app.connect("autodoc-process-signature", _process_signature)
    app.connect("autodoc-process-bases", _process_bases)
    app.connect("missing-reference", _found_elsewhere, priority=400)  # before intersphinx


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
    del name, text, lineno, options, content
    told = rawtext.strip("`")  # as it was written: reStructuredText would drop a backslash
    literal = nodes.literal(told, told)
    full = links().get(told.removesuffix("()"))
    return [literal if full is None else _reference(full, literal, inliner.document.settings.env.docname)], []


def _reference(full: str, shown: nodes.Node, document: str) -> addnodes.pending_xref:
    return addnodes.pending_xref(
        "", shown, refdomain="py", reftype="obj", reftarget=full, refdoc=document, refwarn=True
    )


def _process_docstring(app: Sphinx, what: str, name: str, value: object, options: object, lines: list[str]) -> None:
    made = from_markdown(lines)
    if what not in _PLAIN:
        # Declared for Sphinx's whole configuration and a closed set of kinds, it reads its own options and takes any.
        made = cast("Any", _Docstring)(made, _NAPOLEON, app, what, name, value, options).lines()
    lines[:] = made


def _process_signature(
    _app: Sphinx, what: str, _name: str, value: object, _options: object, _signature: str, returned: str
) -> tuple[str, str] | None:
    """Leave out how to make an object that only a client makes."""
    if what == "class" and inspect.isclass(value) and is_made_by_clients(value):
        return "", returned
    return None


def _process_bases(_app: Sphinx, _name: str, _value: object, _options: object, bases: list[Any]) -> None:
    """Show an exception's public bases only."""
    for at, base in enumerate(bases):
        if inspect.isclass(base) and issubclass(base, BaseException) and "._" in base.__module__:
            bases[at] = Exception


def _found_elsewhere(
    app: Sphinx, environment: BuildEnvironment, node: addnodes.pending_xref, shown: nodes.TextElement
) -> nodes.Node | None:
    """Follow a name in a signature that is not the one under which the object is documented."""
    if node.get("refdomain") != "py":
        return None
    told = node["reftarget"]
    if told == "datetime":  # as attrs has it in the signatures that it makes
        node["reftarget"] = "datetime.datetime"
        return None
    full = homes().get(told) or links().get(told)
    if full is None or full == told:
        return None
    domain = environment.domains.python_domain
    return domain.resolve_xref(environment, node["refdoc"], app.builder, "obj", full, node, shown)


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
        if indented and not in_section and not (made and made[-1].strip()):
            block = _block(lines[at:])
            made += [f".. code-block:: {_language(block)}", "", *block, ""]
            at += len(block)
            continue
        made.append(line)
        at += 1
    return made


def _block(lines: Sequence[str]) -> list[str]:
    """The indented lines at the beginning of some, without blank ones at their end."""
    block: list[str] = []
    for line in lines:
        if line.strip() and not line.startswith("    "):
            break
        block.append(line)
    while not block[-1].strip():
        block.pop()
    return block


def _language(block: Sequence[str]) -> str:
    """Whether a block is Python; a drawing or a table is not."""
    try:
        tree = ast.parse(inspect.cleandoc("\n".join(["", *block])))
    except SyntaxError:
        return "text"
    plain = all(isinstance(each, ast.Expr) and not isinstance(each.value, ast.Call) for each in tree.body)
    return "text" if plain else "python"
