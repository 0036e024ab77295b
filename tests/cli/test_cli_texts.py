import json
from pathlib import Path

import click
import messagemedia
import pytest
from cli_kit import Cli
from messagemedia.cli import app, frame
from messagemedia.cli.topics import TOPICS


def test_the_parts_of_a_text_are_counted(cli: Cli) -> None:
    done = cli("segments", "D\N{RIGHT SINGLE QUOTATION MARK}Arcy " + "x" * 80)
    assert "parts\t2" in done.lines
    assert 'forcing\t\N{RIGHT SINGLE QUOTATION MARK} (U+2019) → "\'"' in done.lines
    assert any(line.startswith("in GSM-7, 1 part\tD'Arcy") for line in done.lines)
    found = json.loads(cli("segments", "D\N{RIGHT SINGLE QUOTATION MARK}Arcy", "--json").out)
    assert (found["parts"], found["encoding"], found["forcing"]) == (
        1,
        "UCS-2",
        {"\N{RIGHT SINGLE QUOTATION MARK}": "'"},
    )


def test_a_number_is_normalized(cli: Cli) -> None:
    assert cli("normalize", "0491 570 156", "--country", "AU").out == "+61491570156\n"
    done = cli("normalize", "0491 570 156")
    assert (done.code, "  messagemedia normalize '0491 570 156' --country AU\n" in done.err) == (2, True)
    done = cli("normalize", "12")
    assert (done.code, done.out) == (2, "")


@pytest.mark.parametrize("topic", TOPICS)
def test_topics_fit_on_a_terminal(cli: Cli, topic: str) -> None:
    done = cli("help", topic)
    assert done.code == 0
    assert max(map(len, done.lines)) <= 120


def test_help_of_a_topic_or_a_command(cli: Cli) -> None:
    assert "exit-codes" in cli("help").out
    assert cli("help", "campaign", "add").out.startswith("Usage: messagemedia campaign add [OPTIONS] JOURNAL FILE")
    assert (cli("help", "nothing").code, cli("help", "send", "more").code) == (2, 2)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_for_shells(cli: Cli, monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    assert f"_MESSAGEMEDIA_COMPLETE={shell}_complete" in cli("completion", shell).out
    monkeypatch.setenv("_MESSAGEMEDIA_COMPLETE", f"{shell}_complete")
    monkeypatch.setenv("COMP_WORDS", "messagemedia campaign wi")
    monkeypatch.setenv("COMP_CWORD", "wi" if shell == "fish" else "2")
    done = cli()
    assert (done.code, "withdraw" in done.out) == (0, True)


def test_the_version_names_what_it_stands_on(cli: Cli) -> None:
    assert cli("--version").out == f"messagemedia {messagemedia.__version__}\n"
    told = cli("--version", "--verbose").out
    for name in ("Python ", "packages   ", "contract ", "generator  openapi-python-client "):
        assert name in told
    assert " httpx " in told or "packages   not known" in told  # where the package is only on the path


def all_commands(group: click.Group, ctx: click.Context) -> list[click.Context]:
    found: list[click.Context] = []
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        below = click.Context(command, info_name=name, parent=ctx)
        found += [below, *(all_commands(command, below) if isinstance(command, click.Group) else [])]
    return found


ALL = all_commands(app.root(), click.Context(app.root(), info_name=app.PROGRAM))


@pytest.mark.parametrize("ctx", ALL, ids=lambda ctx: ctx.command_path)
def test_each_command_has_help_with_examples_that_name_it(ctx: click.Context) -> None:
    text = ctx.get_help()
    assert "Examples:\n" in text
    assert f"{ctx.command_path} " in text.partition("Examples:")[2] + " "
    assert text.rstrip().endswith(str(ctx.command.epilog).splitlines()[-1])
    assert isinstance(ctx.command, frame.LazyGroup) or "--profile" in text


@pytest.mark.parametrize("ctx", ALL, ids=lambda ctx: ctx.command_path)
def test_no_option_takes_a_secret(ctx: click.Context) -> None:
    names = {name for each in ctx.command.params for name in each.opts}
    assert {name for name in names if "secret" in name or "password" in name} <= {"--secret-command"}


def test_the_table_says_what_the_commands_say(cli: Cli) -> None:
    for ctx in ALL:
        first = (ctx.command.help or "").partition(".")[0]
        assert first[:1].isupper()
        assert (ctx.command.short_help or "").endswith(".")


def test_without_a_command_there_is_help(cli: Cli) -> None:
    done = cli()
    assert (done.code, done.out.startswith("Usage: messagemedia")) == (2, True)
    done = cli("campaign")
    assert (done.code, done.out.startswith("Usage: messagemedia campaign"), done.err) == (2, True, "")
    assert cli("--debug").code == 2
    done = cli("snd")
    assert (done.code, "did you mean 'send'?" in done.err) == (2, True)


def test_help_needs_nothing_of_this_machine(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "none"))
    assert cli("send", "--help").code == 0
    assert not (tmp_path / "none").exists()
