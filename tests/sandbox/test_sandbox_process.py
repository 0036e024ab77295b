import errno
import json
import os
import pydoc
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import messagemedia.sandbox
import pytest
from messagemedia.sandbox.__main__ import main

pytestmark = pytest.mark.slow


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "messagemedia.sandbox", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows ends a process instead of sending these signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_prints_its_url_answers_and_stops_cleanly(number: signal.Signals) -> None:
    with process("--port", "0", "--key", "K", "--secret", "S", "--account", "Branch") as running:
        assert running.stdout is not None
        url = running.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        answer = httpx.get(
            f"{url}/v1/replies", auth=("K", "S"), headers={"Account": "Branch"}, trust_env=False, verify=False
        )
        assert answer.status_code == 200
        assert "Send the first message" in httpx.get(f"{url}/", trust_env=False, verify=False).text
        running.send_signal(number)
        rest, errors = running.communicate(timeout=60)
        assert (running.returncode, rest) == (0, "")
        assert errors.startswith("API key K, secret S;")
        assert f"reply to it and set faults, open this in a browser:\n\n  {url}/\n" in errors
        assert errors.endswith(f"curl {url}/__sandbox__/ledger\n")


HARD_KEY, HARD_SECRET = "it's $HOME", '"$(id)" \\ `id` %s {url} \'*'


@pytest.fixture
def first_steps(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Runs those of the lines shown at the start that begin with a word, in a shell, and then one more."""
    with process("--port", "0", "--key", HARD_KEY, "--secret", HARD_SECRET) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        lines: list[str] = []
        while not lines or "/__sandbox__/ledger" not in lines[-1]:
            lines.append(running.stderr.readline())

        def run(word: str, last: str = "") -> str:
            script = tmp_path / "steps.sh"
            script.write_text("".join(line for line in lines if line.split()[:1] == [word]) + last, encoding="utf-8")
            environment = {**os.environ, "NO_PROXY": "*", "no_proxy": "*"}
            command = ["sh", "-e", str(script)]
            return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout

        yield run


def test_the_environment_that_it_shows_is_enough_for_a_client(first_steps: Callable[[str, str], str]) -> None:
    send = "from messagemedia import Client; print(Client().messages.credits().remaining_credits)"
    assert first_steps("export", f"exec {shlex.quote(sys.executable)} -c '{send}'") == "500\n"


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_the_first_message_that_it_shows_arrives(first_steps: Callable[[str], str]) -> None:
    accepted, ledger = re.fullmatch(r"(\{.*\})(\[.*\])", first_steps("curl"), re.DOTALL).groups()
    assert [entry["message_id"] for entry in json.loads(ledger)] == [
        message["message_id"] for message in json.loads(accepted)["messages"]
    ]


def test_it_goes_on_where_nobody_reads_what_it_shows() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "messagemedia.sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=writing, text=True) as running:
        os.close(writing)
        try:
            assert running.stdout is not None
            url = running.stdout.readline().strip()
            assert httpx.get(f"{url}/__sandbox__/ledger", trust_env=False, verify=False).json() == []
            running.terminate()
            assert running.wait(timeout=5) == 0
        finally:
            running.kill()


def test_the_hosts_and_origins_of_the_command_line_are_allowed() -> None:
    page = "http://localhost:3000"
    with process("--port", "0", "--host", "sandbox", "--host", "other", "--allow-origin", page) as running:
        assert running.stdout is not None
        url = running.stdout.readline().strip()
        for headers in ({"Host": "sandbox:80"}, {"Host": "other"}, {"Origin": page}):
            answer = httpx.get(f"{url}/__sandbox__/", headers=headers, trust_env=False, verify=False)
            assert answer.status_code == 200, answer.text


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with process("--port", str(port)) as running:
            output, errors = running.communicate(timeout=60)
    assert (running.returncode, output) == (1, "")
    assert errors == (
        f"messagemedia.sandbox: port {port} is taken; choose another with --port, or a free one with --port 0\n"
    )


@pytest.mark.parametrize(
    ("option", "value", "complaint"),
    [
        ("--port", "65536", "must be a number from 0 to 65535"),
        ("--port", "-1", "must be a number from 0 to 65535"),
        ("--port", "abc", "must be a number from 0 to 65535"),
        ("--port", "", "must be a number from 0 to 65535"),
        ("--key", "", "must be a string that is not empty and has no colon"),
        ("--key", "a:b", "must be a string that is not empty and has no colon"),
        ("--secret", "", "must be a string that is not empty"),
        ("--account", "", "must be a string that is not empty"),
        ("--host", "sandbox:8463", "must be a host name or address without a port, such as sandbox or [fd00::1]"),
        (
            "--allow-origin",
            "*",
            "must be an origin as browsers send it, such as http://localhost:3000, without a path",
        ),
    ],
)
def test_an_impossible_argument_is_refused(
    capsys: pytest.CaptureFixture[str], option: str, value: str, complaint: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([f"{option}={value}"])
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.splitlines()[-1] == f"python -m messagemedia.sandbox: error: argument {option}: {complaint}"


def test_another_reason_not_to_listen_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(socket.socket, "bind", refuse)
    assert main(["--port", "80"]) == 1
    assert capsys.readouterr().err == "messagemedia.sandbox: can't listen on port 80: Permission denied\n"


def test_help_names_the_defaults() -> None:
    with process("--help") as running:
        output, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    for text in ("8463", "SANDBOX_KEY", "SANDBOX_SECRET", "/__sandbox__/", "$env:", "--host", "--allow-origin"):
        assert text in output


def test_without_the_extra_one_line_says_how_to_install_it() -> None:
    # What is None there cannot be imported.
    script = "import sys, runpy; sys.modules['uvicorn'] = None; runpy.run_module('messagemedia.sandbox', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env={**os.environ}
    )
    assert done.returncode == 1
    assert done.stderr == (
        "messagemedia.sandbox: the sandbox needs 'uvicorn'; install it with: pip install 'messagemedia[sandbox]'\n"
    )


def test_help_shows_the_class_with_its_methods() -> None:
    shown = pydoc.render_doc(messagemedia.sandbox, renderer=pydoc.plaintext)
    head, methods = re.split(r"\n    class Sandbox\(.*\)\n", shown)
    assert head
    for name in dir(messagemedia.sandbox.Sandbox):
        if not name.startswith("_"):
            member = getattr(messagemedia.sandbox.Sandbox, name)
            # From Python 3.13 on a long signature begins on a line of its own.
            assert f" |  {name}" + ("\n" if isinstance(member, property) else "(") in methods


def test_help_works_without_the_extra() -> None:
    script = "import sys; sys.modules['uvicorn'] = None; import messagemedia.sandbox; help(messagemedia.sandbox)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "python -m messagemedia.sandbox" in done.stdout
    assert "class Options(" in done.stdout
    assert "class Sandbox(" not in done.stdout


def test_importing_the_sandbox_does_not_import_its_packages() -> None:
    script = (
        "import messagemedia.sandbox, sys; print([name for name in ('starlette', 'uvicorn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_importing_the_package_does_not_import_the_sandbox() -> None:
    script = "import messagemedia, sys; print([name for name in sys.modules if 'sandbox' in name or 'uvicorn' in name])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
