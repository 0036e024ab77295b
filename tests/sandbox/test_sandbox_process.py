import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from messagemedia.sandbox.__main__ import main


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "messagemedia.sandbox", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process instead of sending these signals")
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
        began = time.monotonic()
        running.send_signal(number)
        rest, errors = running.communicate(timeout=5)
        assert (running.returncode, rest, errors) == (0, "", "")
        assert time.monotonic() - began < 2


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with process("--port", str(port)) as running:
            output, errors = running.communicate(timeout=10)
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
        ("--key", "", "must be a text that is not empty and has no colon"),
        ("--key", "a:b", "must be a text that is not empty and has no colon"),
        ("--secret", "", "must be a text that is not empty"),
        ("--account", "", "must be a text that is not empty"),
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
        output, _ = running.communicate(timeout=10)
    assert running.returncode == 0
    for text in ("8025", "SANDBOX_KEY", "SANDBOX_SECRET", "/__sandbox__/"):
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


def test_importing_the_package_does_not_import_the_sandbox() -> None:
    script = "import messagemedia, sys; print([name for name in sys.modules if 'sandbox' in name or 'uvicorn' in name])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
