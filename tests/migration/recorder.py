"""Runs a program of the older SDK, and writes down the lines that called it.

`record` does so in this process, with whatever `message_media_messages` is importable. As a program, it needs nothing but
that SDK: it runs in an environment of its own.
"""

import importlib
import inspect
import json
import pkgutil
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

PACKAGE = "message_media_messages"


def classes() -> dict[str, type]:
    """The classes of the SDK by their names, and the modules they are in."""
    package = importlib.import_module(PACKAGE)
    for info in pkgutil.walk_packages(package.__path__, f"{PACKAGE}."):
        importlib.import_module(info.name)
    modules = [module for name, module in sys.modules.items() if name.startswith(f"{PACKAGE}.")]
    pairs = [(value, module) for module in modules for value in vars(module).values() if inspect.isclass(value)]
    return {value.__name__: value for value, module in pairs if value.__module__ == module.__name__}


def calls_of(value: type) -> list[str]:
    """What of a class a program may call: its making, and if it is a controller, its operations."""
    if value.__name__.endswith("Controller"):
        made_in_base = "__init__" in vars(value) or value.__name__ != "BaseController"
        names = [name for name, each in vars(value).items() if inspect.isfunction(each) and name[0] != "_"]
        return [*names, *(["__init__"] if made_in_base else [])]
    return ["__init__"]


def record(program: object, recording: list[tuple[str, int]]) -> None:
    """Run a program, and add (file, line) to `recording` for each call of the SDK that it makes itself."""
    folder = Path(str(program)).resolve()
    folder = folder if folder.is_dir() else folder.parent

    def caller() -> None:
        # A call from a thread, or through what passes it on, comes from no line of the program.
        frame = sys._getframe(2)
        while frame is not None and "functools" in frame.f_code.co_filename:
            frame = frame.f_back
        file = Path(frame.f_code.co_filename) if frame else folder
        if file.is_absolute() and file.parent == folder:
            recording.append((file.name, frame.f_lineno))

    def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            caller()
            return function(*arguments, **named)

        return call

    undo: list[tuple[type, str, Any, bool]] = []
    for value in classes().values():
        if value.__name__ != "BaseController" and not value.__name__.startswith(("Http", "Requests")):
            for name in calls_of(value):
                before = getattr(value, name)
                undo.append((value, name, before, name in vars(value)))
                setattr(value, name, wrapped(before))
    try:
        runpy.run_path(str(program), run_name="__main__")
    finally:
        for value, name, before, own in undo:
            setattr(value, name, before) if own else delattr(value, name)


def main() -> None:
    """Print as JSON what a program called, or the names of the SDK if there is no program."""
    if len(sys.argv) < 2:
        operations = {name: calls_of(value) for name, value in classes().items() if name.endswith("Controller")}
        print(
            json.dumps(
                {"classes": {name: value.__module__ for name, value in classes().items()}, "operations": operations}
            )
        )
        return
    recording = []
    try:
        record(Path(sys.argv[1]), recording)
    except Exception as error:  # noqa: BLE001  # some of the SDK's own samples end with one
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    Path(sys.argv[2]).write_text(json.dumps(recording))


if __name__ == "__main__":
    main()
