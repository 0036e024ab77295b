"""An environment for each kind of contender, installed from a lock, once, under `.venv-bench`."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
FOLDER = ROOT / ".venv-bench"


class NotInstallableError(Exception):
    """An environment can't be made on this machine; the text says why."""


def _uv() -> str:
    import uv  # noqa: PLC0415  # what only reads the names of environments does without it

    return uv.find_uv_bin()


def _run(*command: object, folder: Path = ROOT) -> None:
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise NotInstallableError(lines[-1] if lines else f"{command[0]} failed")


def environment(name: str) -> Path:
    """The Python of an environment, installed if its lock has changed.

    Raises:
        NotInstallableError: If that fails.
    """
    lock = HERE / "requirements" / f"{name}.txt"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = FOLDER / f"{name}-{version}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    python = folder / "bin" / "python"
    if not (folder / ".complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        _run(_uv(), "venv", "--quiet", "--python", sys.executable, folder)
        options = ["--quiet", "--require-hashes", "--no-build", "--compile-bytecode", "--python", python]
        _run(_uv(), "pip", "install", *options, "-r", lock)
        (folder / ".complete").touch()
    return python


def install_ours(pythons: list[Path]) -> None:
    """Build this SDK's wheel and install it: measured is what users get.

    Raises:
        NotInstallableError: If that fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
        wheel = next(Path(folder).glob("*.whl"))
        for python in pythons:
            options = ["--quiet", "--no-deps", "--reinstall", "--compile-bytecode", "--python", python]
            _run(_uv(), "pip", "install", *options, wheel)


def generate_stock(python: Path) -> None:
    """Put what the stock generator makes of our contract into an environment.

    Raises:
        NotInstallableError: If that fails.
    """
    from codegen import joining  # noqa: PLC0415  # what only reads the names of environments does without it

    place = next((python.parent.parent / "lib").glob("python*/site-packages"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = folder / "config.yaml"
        config.write_text("package_name_override: stock_client\npost_hooks: []\n")
        contract = folder / "contract.json"
        contract.write_text(json.dumps(joining.read(ROOT / "openapi").document), encoding="utf-8")
        options = ["--path", contract, "--config", config, "--meta", "none", "--output-path", folder / "stock_client"]
        _run(sys.executable, "-m", "openapi_python_client", "generate", *options, folder=folder)
        shutil.rmtree(place / "stock_client", ignore_errors=True)
        shutil.copytree(folder / "stock_client", place / "stock_client")
    _run(python, "-m", "compileall", "-q", place / "stock_client")
