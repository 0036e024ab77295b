"""Which exit code each error has: whoever runs a command again after 1 must not send anything twice."""

import click
import pytest
from cli_kit import NUMBER, Cli
from messagemedia import errors
from messagemedia.cli.exits import failure_of
from messagemedia.sandbox import Sandbox

EXPECTED = {
    errors.ConfigurationError: 2,
    errors.ValidationError: 2,
    errors.WaitTimeoutError: 3,
    errors.OutcomeUnknownError: 3,
    errors.OutcomeUnknownServerError: 3,
}


def made(kind: type[errors.MessageMediaError]) -> errors.MessageMediaError:
    if issubclass(kind, errors.APIStatusError | errors.InvalidResponseError):
        return kind("no", 500)
    return kind("no")


@pytest.mark.parametrize("kind", [getattr(errors, name) for name in errors.__all__ if name.endswith("Error")])
def test_every_error_has_its_status(kind: type) -> None:
    if issubclass(kind, errors.MessageMediaError):
        assert failure_of(made(kind)).code == EXPECTED.get(kind, 1)


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (click.Abort(), 130, "interrupted"),
        (BrokenPipeError(32, "Broken pipe"), 141, ""),
        (FileNotFoundError(2, "No such file", "/x"), 1, "/x: No such file"),
        (click.UsageError("no"), 2, "no"),
        (RuntimeError("a secret"), 1, "RuntimeError"),
    ],
)
def test_whatever_is_raised_has_a_status(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, told: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("messagemedia.client.Client.messages", property(fail))
    monkeypatch.setattr("messagemedia.cli.app.abandon_output", lambda: None)
    done = cli("credits")
    assert (done.code, done.out) == (code, "")
    assert told in done.err
    assert "Traceback" not in done.err
    assert "a secret" not in done.err


def test_json_never_changes_the_status(cli: Cli, server: Sandbox) -> None:
    server.fault("drop_after_accept", operation="sendMessages")
    assert cli("send", NUMBER, "Hello", "--json").code == 3
    assert cli("send", NUMBER, "Hello", "--json").code == 1
    assert cli("send", NUMBER, "", "--json").code == 2
    assert cli("status", "877c19ef-fa2e-4cec-827a-e1df9b5509f7", "--json").code == 1


def test_a_warning_is_a_line(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    import warnings

    monkeypatch.setattr(
        "messagemedia.cli.texts.text_of", lambda text: warnings.warn("messagemedia: so", stacklevel=1) or text
    )
    warnings.simplefilter("always")
    assert cli("segments", "x").err == "messagemedia: warning: so\n"
