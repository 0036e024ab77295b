import os
import shlex
import stat
import sys
import tomllib
from pathlib import Path

import pytest
from cli_kit import NUMBER, Cli, say
from messagemedia.sandbox import Sandbox

KEYS = ("MESSAGEMEDIA_API_KEY", "MESSAGEMEDIA_API_SECRET", "MESSAGEMEDIA_BASE_URL")


@pytest.fixture
def bare(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A command line without credentials in its environment."""
    for name in KEYS:
        monkeypatch.delenv(name)
    return cli


def write(cli: Cli, text: str, mode: int = 0o600) -> Path:
    path = cli.home / "messagemedia" / "profiles.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return path


def profile(server: Sandbox, name: str = "work", **changed: str) -> str:
    options = server.options
    fields = {"api_key": options.api_key, "api_secret": options.api_secret, "base_url": server.url} | changed
    return f"[profiles.{name}]\n" + "".join(f"{key} = '{value}'\n" for key, value in fields.items() if value)


def command(*words: str) -> str:
    return shlex.join([sys.executable, "-c", *words])


def test_without_credentials_it_says_where_to_put_them(bare: Cli) -> None:
    done = bare("credits")
    assert (done.code, "messagemedia config set" in done.err) == (2, True)


def test_a_profile_is_made_after_its_credentials_were_tried(
    bare: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = server.options
    say(monkeypatch, f"{options.api_secret}\n".encode())
    done = bare("config", "set", "--key", options.api_key, "--base-url", server.url, "--auth", "hmac")
    assert done.code == 0, done.err
    assert f"Accepted by {server.url}; the balance is" in done.err
    (path,) = bare.home.rglob("profiles.toml")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert tomllib.loads(path.read_text("utf-8")) == {
        "current": "default",
        "profiles": {
            "default": {
                "api_key": options.api_key,
                "api_secret": options.api_secret,
                "auth": "hmac",
                "base_url": server.url,
            }
        },
    }
    assert bare("send", NUMBER, "Hello").code == 0
    assert options.api_secret not in bare("config", "list").out
    assert {record.method for record in server.requests[:2]} == {"GET"}


@pytest.mark.parametrize("check", [True, False])
def test_credentials_that_are_refused_are_kept_only_if_that_is_wanted(
    bare: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch, check: bool
) -> None:
    say(monkeypatch, b"wrong-secret\n")
    done = bare("config", "set", "--key", "KEY", "--base-url", server.url, *(() if check else ("--no-check",)))
    assert done.code == check
    assert "wrong-secret" not in done.err
    assert bool(list(bare.home.rglob("profiles.toml"))) is not check


def test_a_pipe_needs_key_and_secret(bare: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, b"")
    assert bare("config", "set", "--key", "KEY").code == 2
    say(monkeypatch, b"secret")
    assert bare("config", "set").code == 2
    assert bare("config", "set", "--region", "au", "--base-url", "https://a.example").code == 2


def test_texts_come_out_of_the_file_as_they_went_in(
    bare: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = "a\"b\\c\x7f\N{WAVING HAND SIGN}'\u2028]"
    say(monkeypatch, odd.encode())
    assert bare("config", "set", odd, "--key", odd, "--no-check", "--base-url", server.url).code == 0
    (path,) = bare.home.rglob("profiles.toml")
    found = tomllib.loads(path.read_text("utf-8"))
    assert found["profiles"][odd] == {"api_key": odd, "api_secret": odd, "auth": "basic", "base_url": server.url}


def test_profiles_are_listed_and_chosen(bare: Cli, server: Sandbox) -> None:
    write(bare, "current = 'work'\n" + profile(server) + profile(server, "test", auth="hmac", api_key="OTHER-KEY"))
    assert bare("config", "list").lines[1] == f"test\tno\tOTH…\thmac\t{server.url}\t\tfile\tfiles"
    assert bare("config", "use", "none").code == 2
    assert bare("config", "use", "test").code == 0
    assert bare("config", "list").lines[1].startswith("test\tyes")
    assert bare("credits").code == 1
    assert bare("credits", "--profile", "work").code == 0
    assert bare("--profile", "work", "credits").code == 0


def test_nothing_is_listed_where_nothing_is(bare: Cli) -> None:
    done = bare("config", "list")
    assert (done.code, done.out, "messagemedia config set" in done.err) == (0, "", True)


@pytest.mark.skipif(os.name != "posix", reason="platform: modes are those of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o602, 0o777])
def test_a_file_that_others_can_read_is_refused(bare: Cli, server: Sandbox, mode: int) -> None:
    path = write(bare, "current = 'work'\n" + profile(server), mode)
    done = bare("credits")
    assert (done.code, f"  chmod 600 '{path}'" in done.err) == (2, True)
    assert bare("config", "use", "work").code == 2
    assert server.requests == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 'my-secret' y", "is not valid TOML: look at line 1"),
        ("[profiles.work]\napi_key = 'K'\n", "needs api_key, and either api_secret or secret_command"),
        ("[profiles.work]\napi_key = 'K'\napi_secret = 'my-secret'\nsecret_command = 'x'\n", "needs api_key, and either"),
        ("[profiles.work]\napi_key = 'K'\napi_secret = 'my-secret'\nregoin = 'au'\n", "has 'regoin', there are"),
        ("[profiles.work]\napi_key = 'K'\napi_secret = 5\n", "api_secret of the profile 'work' must be a string"),
        ("profiles = 5", "must be tables"),
        ("[profiles.work]\napi_key = 'K'\napi_secret = 'my-secret'\nauth = 'hmca'\n", "auth must be basic or hmac"),
        ("[profiles.work]\napi_key = 'K'\napi_secret = 'my-secret'\nregion = 'sydney'\n", "did you mean 'au'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_file_is_said_without_its_secrets(bare: Cli, text: str, told: str) -> None:
    write(bare, text)
    done = bare("credits", "--profile", "work", "--debug")
    assert done.code == 2
    assert told in done.err
    assert "my-secret" not in done.err


def test_the_profile_of_an_option_goes_before_the_environment(
    bare: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(bare, profile(server))
    for name in KEYS:
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert bare("credits", "--profile", "work").code == 0


def test_the_environment_goes_before_the_profile_in_use(
    bare: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(bare, "current = 'work'\n" + profile(server, base_url="http://127.0.0.1:9"))
    monkeypatch.setenv("MESSAGEMEDIA_API_KEY", server.options.api_key)
    monkeypatch.setenv("MESSAGEMEDIA_API_SECRET", server.options.api_secret)
    monkeypatch.setenv("MESSAGEMEDIA_BASE_URL", server.url)
    assert bare("credits").code == 0
    monkeypatch.delenv("MESSAGEMEDIA_API_SECRET")
    assert "MESSAGEMEDIA_API_SECRET" in bare("credits").err


def test_two_addresses_are_refused(bare: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody names a sandbox in the environment, and would send real messages with the profile in use."""
    write(bare, "current = 'work'\n" + profile(server))
    monkeypatch.setenv("MESSAGEMEDIA_BASE_URL", "http://127.0.0.1:9")
    done = bare("send", NUMBER, "Hello")
    assert (done.code, "MESSAGEMEDIA_BASE_URL is set, and differs from the" in done.err) == (2, True)
    monkeypatch.setenv("MESSAGEMEDIA_PROFILE", "work")
    assert bare("send", NUMBER, "Hello").code == 2
    monkeypatch.setenv("MESSAGEMEDIA_BASE_URL", server.url)
    assert bare("send", NUMBER, "Hello").code == 0


def test_a_command_tells_the_secret(bare: Cli, server: Sandbox) -> None:
    tell = command(f"print({server.options.api_secret!r}); print('more')")
    write(bare, "current = 'work'\n" + profile(server, api_secret="") + f'secret_command = """{tell}"""\n')
    assert bare("credits").code == 0
    assert bare("config", "list").lines[0].endswith("\tcommand\tfiles")


def test_a_command_in_the_environment_tells_the_secret(
    bare: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MESSAGEMEDIA_API_KEY", server.options.api_key)
    monkeypatch.setenv("MESSAGEMEDIA_BASE_URL", server.url)
    monkeypatch.setenv("MESSAGEMEDIA_API_SECRET_COMMAND", command(f"print({server.options.api_secret!r})"))
    assert bare("credits").code == 0


@pytest.mark.parametrize(
    ("tell", "told"),
    [
        (command("print('my-secret'); raise SystemExit(3)"), "ended with exit code 3"),
        (command("pass"), "printed nothing"),
        ("no-such-program-anywhere", "No such file"),
        ("'", "can't be read"),
    ],
)
def test_a_command_that_fails_is_told_without_what_it_printed(
    bare: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch, tell: str, told: str
) -> None:
    monkeypatch.setenv("MESSAGEMEDIA_API_KEY", server.options.api_key)
    monkeypatch.setenv("MESSAGEMEDIA_API_SECRET_COMMAND", tell)
    done = bare("credits", "--debug")
    assert done.code == 2
    assert told in done.err
    assert "my-secret" not in done.err


def test_no_shell_reads_the_command(bare: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESSAGEMEDIA_API_KEY", server.options.api_key)
    monkeypatch.setenv("MESSAGEMEDIA_BASE_URL", server.url)
    monkeypatch.setenv("MESSAGEMEDIA_API_SECRET_COMMAND", f"echo x; touch {bare.home}/made")
    bare("credits")
    assert not (bare.home / "made").exists()


def test_a_secret_reaches_no_child(bare: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key is typed or kept in a file; what a secret command starts sees the environment that the user made, only."""
    seen = bare.home / "seen"
    tell = command(
        f"import os; open({str(seen)!r}, 'w').write(repr(dict(os.environ))); print({server.options.api_secret!r})"
    )
    write(bare, profile(server, "a") + profile(server, "b", api_secret="") + f'secret_command = """{tell}"""\n')
    before = dict(os.environ)
    assert bare("credits", "--profile", "a").code == 0
    assert bare("credits", "--profile", "b").code == 0
    assert dict(os.environ) == before
    assert server.options.api_secret not in seen.read_text()


def test_debug_shows_requests_and_no_secret(cli: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    done = cli("send", NUMBER, "My private words", "--debug")
    assert "DEBUG POST /v1/messages at 127.0.0.1" in done.err
    monkeypatch.setattr("messagemedia.cli.repeats.Repeats.intend", lambda *_, **__: 1 / 0)
    broken = cli("send", NUMBER, "My private words", "--debug")
    assert (broken.code, "Traceback" in broken.err, "ZeroDivisionError" in broken.err) == (1, True, True)
    for ran in (done, broken):
        for private in (server.options.api_secret, "My private words", NUMBER[3:]):
            assert private not in ran.err


def test_without_debug_there_is_no_traceback(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messagemedia.cli.repeats.Repeats.intend", lambda *_, **__: 1 / 0)
    done = cli("send", NUMBER, "Hello")
    assert (done.code, "Traceback" in done.err) == (1, False)
    assert "ZeroDivisionError" in done.err


@pytest.mark.parametrize("auth", ["basic", "hmac"])
def test_a_request_is_printed_without_its_secrets(
    cli: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch, auth: str
) -> None:
    monkeypatch.setenv("MESSAGEMEDIA_AUTH", auth)
    monkeypatch.setenv("MESSAGEMEDIA_ACCOUNT", "Sub")
    done = cli("curl", "post", "/v1/messages?a=b", "--data", f'{{"messages": [{{"destination_number": "{NUMBER}"}}]}}')
    assert done.code == 0
    assert done.out.startswith(f"curl -X POST '{server.url}/v1/messages?a=b' \\\n")
    assert "-H 'Account: Sub'" in done.out
    assert "<secret>" in done.out
    assert server.options.api_secret not in done.out
    assert f'username="{server.options.api_key}"' not in done.out
    assert NUMBER[1:] not in done.out
    assert server.requests == []
    assert cli("curl", "GET", "v1/replies").code == 2
