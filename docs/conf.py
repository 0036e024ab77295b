"""How the documentation is built: `make docs`.

Everything that the pages need is here or comes from the code: no page loads anything from another host, so the site
works from a folder, without a network. What is generated goes into `reference/`, which is not committed.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
for folder in (ROOT, ROOT / "overrides", ROOT / "generated", HERE / "_ext"):
    sys.path.insert(0, str(folder))

from messagemedia import __version__  # noqa: E402  # not installed: found by the lines above

project = "messagemedia"
author = "The maintainers of messagemedia"
copyright = author  # noqa: A001  # Sphinx's name for it
version = release = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "sphinx_copybutton",
    "messagemedia_site",
]
exclude_patterns = ["_ext"]
nitpicky = True
nitpick_ignore_regex = [
    # Type variables: there is nothing to look up about them.
    (
        "py:class",
        r"messagemedia\._inbox\.options\.Item|messagemedia\.webhooks\.receiver\.Handler|messagemedia\.client\.\w+T",
    ),
]

# --- Markdown -----------------------------------------------------------------------------------------------------

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
# `output` is what the block above it printed; it is no language.
suppress_warnings: list[str] = []
highlight_language = "text"

# --- docstrings ---------------------------------------------------------------------------------------------------

default_role = "name"  # of messagemedia_site: a name of the package becomes a link, all else is code
add_module_names = False
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 120
python_trailing_comma_in_multi_line_signatures = False
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "signature"
autodoc_typehints_format = "short"

# The names of Python 3.11's own documentation: objects.inv as Debian ships it, without methods and labels. It is read
# when the site is built, and nothing else is; the links lead to docs.python.org.
intersphinx_mapping = {"python": ("https://docs.python.org/3", str(HERE / "_ext" / "python.inv"))}

# --- looks --------------------------------------------------------------------------------------------------------

html_theme = "furo"
html_title = f"messagemedia {version}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_search_scorer = str(HERE / "_ext" / "scorer.js")
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_theme_options = {
    "footer_icons": [],
    "light_css_variables": {"font-stack": "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', sans-serif"},
}
copybutton_selector = "div:not(.highlight-output) > div.highlight > pre"
copybutton_prompt_text = r"\$ |>>> "
copybutton_prompt_is_regexp = True
