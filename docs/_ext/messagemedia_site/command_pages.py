"""The page of the commands, from their own help."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
from messagemedia.cli import app
from messagemedia.cli.topics import TOPICS

_WIDTH = 88


def pages() -> dict[str, str]:
    """The page by its path below `reference/`."""
    lines = [
        "# Commands",
        "",
        "What each command says with `--help`, in this version. The guide is [the command line](../command-line.md).",
        "",
        "Every command takes `--profile`, `--debug` and `--help`; so does `messagemedia` itself, in front of them.",
        "",
    ]
    for level, path, command in _walk(app.root(), (app.PROGRAM,)):
        lines += [f"{'#' * level} {' '.join(path)}", "", "```text", *_help(command, path), "```", ""]
    lines += ["## Topics", "", "What `messagemedia help TOPIC` says.", ""]
    for name, told in TOPICS.items():
        lines += [f"### {name}", "", "```text", *told.splitlines(), "```", ""]
    return {"commands.md": "\n".join(lines)}


def _walk(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...], click.Command]]:
    """A command and all below it, in the order of their help, each with the level of its heading."""
    yield min(len(path) + 1, 4), path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path[-1])
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None:
                yield from _walk(found, (*path, name))


def _help(command: click.Command, path: tuple[str, ...]) -> list[str]:
    """What `--help` prints, without colours and at a fixed width."""
    parent = click.Context(click.Group(), info_name=" ".join(path[:-1])) if path[:-1] else None
    shown = {"terminal_width": _WIDTH, "max_content_width": _WIDTH, **command.context_settings}
    context = click.Context(command, info_name=path[-1], parent=parent, **shown)
    return [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", context.get_help()).splitlines()]
