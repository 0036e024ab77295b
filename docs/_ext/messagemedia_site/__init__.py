"""What makes this site of the code: pages of every name, operation and command, and texts for programs that read.

`names` knows what is public and where it has its page; `name_pages`, `operation_pages` and `command_pages` write pages
into `reference/` before Sphinx reads them. `docstrings` makes reStructuredText of docstrings, which are written as
Markdown, and gives a name in backticks its link. `llms` writes llms.txt.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from messagemedia_site import command_pages, docstrings, llms, name_pages, operation_pages

GENERATED = "reference"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything with Sphinx."""
    app.connect("builder-inited", _write_pages)
    docstrings.setup(app)
    llms.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write_pages(app: Sphinx) -> None:
    """Write the generated pages; those that have not changed keep their time, so that Sphinx need not read them."""
    folder = Path(app.srcdir) / GENERATED
    pages = {**name_pages.pages(), **operation_pages.pages(), **command_pages.pages()}
    for old in folder.rglob("*.*"):
        if old.is_file() and old.relative_to(folder).as_posix() not in pages:
            old.unlink()
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
