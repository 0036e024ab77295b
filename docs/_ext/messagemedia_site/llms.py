"""llms.txt and llms-full.txt (llmstxt.org): a list of the pages with a line each, and all guides in one file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

SUMMARY = "Send SMS, MMS and voice messages with the MessageMedia (Sinch Engage) Messages API, and know what was sent."


def setup(app: Sphinx) -> None:
    """Write both files when the pages are built."""
    app.connect("build-finished", _write)


def _write(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.name != "html":
        return
    folder = Path(app.outdir)
    lines = [f"# {app.config.project} {app.config.release}", "", f"> {SUMMARY}", ""]
    lines += ["Addresses are relative to this file; llms-full.txt has all guides in one.", ""]
    full: list[str] = []
    for caption, documents in _sections(app.env):
        lines += [f"## {caption}", ""]
        for each in documents:
            link = f"- [{app.env.titles[each].astext()}]({app.builder.get_target_uri(each)})"
            lines.append(": ".join(filter(None, (link, _description(app.env, each)))))
            source = app.env.doc2path(each)
            if source.suffix == ".md" and not each.startswith("reference/") and each != "changelog":
                full += [_whole(source).rstrip(), "", ""]
        lines.append("")
    (folder / "llms.txt").write_text("\n".join(lines), encoding="utf-8")
    (folder / "llms-full.txt").write_text("\n".join(full), encoding="utf-8")


_DIRECTIVE = re.compile(r"^```\{(literalinclude|toctree)\} *(\S*)\n((?::.*\n)*)[^`]*```\n", re.MULTILINE)

_TO_PAGE = re.compile(r"\]\(([\w/-]+)\.(?:md|rst)(#[\w-]+\)|\))")


def _whole(source: Path) -> str:
    """A page with the code that it includes from files, without what only makes navigation; links lead to the site."""

    def written(found: re.Match[str]) -> str:
        if found[1] == "toctree":
            return ""
        options = dict(re.findall(r"^:([a-z-]+): *\"?(.*?)\"?$", found[3], re.MULTILINE))
        return f"```{options.get('language', 'text')}\n{_part((source.parent / found[2]), options)}\n```\n"

    return _TO_PAGE.sub(r"](\1.html\2", _DIRECTIVE.sub(written, source.read_text(encoding="utf-8")))


def _part(file: Path, options: Mapping[str, str]) -> str:
    """The lines of a file from the first that holds `start-at` to the one before `end-before`."""
    text = file.read_text(encoding="utf-8")
    if start := options.get("start-at"):
        text = text[text.rindex("\n", 0, text.index(start)) + 1 :]
    if end := options.get("end-before"):
        text = text[: text.rindex("\n", 0, text.index(end))]
    return text.rstrip()


def _sections(environment: BuildEnvironment) -> Iterator[tuple[str, list[str]]]:
    """The captions of the front page's navigation, each with its pages and all below them."""
    root = environment.config.root_doc
    yield "Front page", [root]
    told = {root}
    for tree in environment.get_doctree(root).findall(addnodes.toctree):
        documents = [each for _, name in tree["entries"] for each in _below(environment, name)]
        told |= set(documents)
        yield tree["caption"] or "Pages", documents
    yield "Public names", sorted(environment.found_docs - told)


def _below(environment: BuildEnvironment, name: str) -> Iterator[str]:
    yield name
    for each in environment.toctree_includes.get(name, ()):
        yield from _below(environment, each)


def _description(environment: BuildEnvironment, name: str) -> str:
    """The first sentence of a page."""
    found = next(iter(environment.get_doctree(name).findall(nodes.paragraph)), None)
    text = " ".join(cast("str", found.astext()).split()) if found is not None else ""
    head, stop, _ = text.partition(". ")
    return f"{head}." if stop else text
