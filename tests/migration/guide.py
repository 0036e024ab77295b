"""Makes the tables of the guide from the table of names, so that it says what `messagemedia migrate` says.

`python -m tests.migration.guide` writes them into `docs/migrating.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from messagemedia.migration import changes
from messagemedia.migration.names import ARGUMENTS, CLASSES, ERROR_DETAILS, HELPERS, OPERATIONS, SETTINGS

GUIDE = Path(__file__).parents[2] / "docs" / "migrating.md"
TABLE = re.compile(r"(?<=<!-- table: )(\w+)( -->\n).*?(?=<!-- end of table -->)", re.DOTALL)


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n" + "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n\n"


def code(name: str | None) -> str:
    return f"`{name}`" if name else "none"


def written(text: str) -> str:
    """What a row says to write: most are names, and some explain."""
    return text if "`" in text or text == "nothing" else code(text)


def pairs(names: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(code(name), text) for name, text in names.items()]


def tables() -> dict[str, str]:
    """The tables by their names."""
    operations = [
        (code(f"{each.resource}.{each.old[0]}" if each.old[0] else None), code(f"{each.resource}.{each.old[1]}"),
         code(f"client.{each.short}"), code(f"client.api.{each.api}"))
        for each in OPERATIONS
    ]  # fmt: skip
    classes = [(code(each.name), each.generations, written(each.write)) for each in CLASSES]
    differs = [(each.name, each.before, each.now, each.why) for each in changes.ALL]
    return {
        "operations": table(["1.x", "2.x", "Write", "Or, with the names of the API"], operations),
        "arguments": table(["Argument", "Write"], pairs(ARGUMENTS)),
        "settings": table(["Attribute of `Configuration`", "Write"], pairs(SETTINGS)),
        "classes": table(["Class", "Of", "Write"], classes),
        "errors": table(["Attribute of an exception", "Write"], pairs(ERROR_DETAILS)),
        "helpers": table(["Of `APIHelper`", "Write"], pairs(HELPERS)),
        "changes": table(["What", "Before", "Now", "Why"], differs),
    }


def filled(text: str) -> str:
    """A text with its tables made anew."""
    made = tables()
    return TABLE.sub(lambda found: found[1] + found[2] + made[found[1]], text)


if __name__ == "__main__":
    GUIDE.write_text(filled(GUIDE.read_text("utf-8")), "utf-8")
