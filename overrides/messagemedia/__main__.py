"""`messagemedia` and `python -m messagemedia`: the command line, or how to install it."""

from __future__ import annotations

import sys
from importlib.util import find_spec

_NEEDED = ("click", "rich_click", "rich", "platformdirs")


def main() -> int:
    """Run the command line; return the exit code."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        sys.stderr.write(
            f"messagemedia: the command line needs packages that are not installed: {', '.join(missing)}\n"
            "Install them: pip install 'messagemedia[cli]'\n"
        )
        return 2
    try:
        from messagemedia.cli.app import main as run  # noqa: PLC0415  # it needs what may be missing

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # while it starts, or a second one while it ends
        return 130


if __name__ == "__main__":
    sys.exit(main())
