"""`completion`: what a shell needs to complete commands and options."""

from __future__ import annotations

import click

from messagemedia.cli.frame import command
from messagemedia.cli.session import Session


@command(
    "completion",
    [
        "messagemedia completion bash > ~/.local/share/bash-completion/completions/messagemedia",
        "messagemedia completion zsh > ~/.zfunc/_messagemedia",
        "messagemedia completion fish > ~/.config/fish/completions/messagemedia.fish",
    ],
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(session: Session, /, shell: str) -> None:
    """Print the script that completes commands and options in your shell."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415

    from messagemedia.cli import app  # noqa: PLC0415  # which has this command in its table

    kind = get_completion_class(shell)
    if kind is None:  # of all shells that are offered there is one
        raise click.UsageError(f"There is no completion for {shell}.")
    session.out.line(kind(app.root(), {}, app.PROGRAM, app.COMPLETE).source())
