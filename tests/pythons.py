"""Behind `make pythons`: the fast tests on each Python that the package is for and that is here, at the same time.

What it is for, the classifiers in pyproject.toml say. The Python that runs this is left out: `make check` does more on it.
Each other gets an environment of its own from the lock, beside the one of the checkout.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV = Path(sys.executable).with_name("uv")
OWN = f"{sys.version_info.major}.{sys.version_info.minor}"

# Where version managers keep what they do not put on the PATH. What they do put there are stand-ins, which fail for a
# version that is not switched on; so these come first.
KEPT = (
    f"{os.environ.get('PYENV_ROOT', '~/.pyenv')}/versions",
    f"{os.environ.get('ASDF_DATA_DIR', '~/.asdf')}/installs/python",
    f"{os.environ.get('MISE_DATA_DIR', '~/.local/share/mise')}/installs/python",
)


def versions() -> list[str]:
    """The versions of Python that the package says it is for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return re.findall(r"^Programming Language :: Python :: (3\.\d+)$", "\n".join(project["classifiers"]), re.MULTILINE)


def find(version: str) -> Path | None:
    """An interpreter of a version on this machine: uv knows its own, those on the PATH and those of the system."""
    folders = [str(path) for kept in KEPT for path in sorted(Path(kept).expanduser().glob(f"{version}[.-]*/bin"))]
    path = os.pathsep.join([*folders, os.environ.get("PATH", "")])
    done = uv("python", "find", "--system", "--no-project", version, PATH=path)
    return Path(done.stdout.strip()) if done.returncode == 0 else None


def uv(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run uv without letting it download a Python."""
    return _run(UV, *arguments, UV_PYTHON_DOWNLOADS="never", **environment)


def test(version: str, python: Path, tests: list[str]) -> tuple[int, str]:
    """Make the environment of a version and run the tests in it: the exit code, and what was said."""
    folder = ROOT / f".venv-{version}"
    lock = ROOT / "requirements-dev.txt"
    for done in (
        uv("venv", "--quiet", "--allow-existing", "--python", python, folder),
        uv("pip", "sync", "--quiet", "--python", folder, "--require-hashes", lock),
    ):
        if done.returncode:
            return done.returncode, done.stderr
    path = os.pathsep.join(str(ROOT / name) for name in ("generated", "overrides"))
    done = _run(folder / "bin" / "python", "-m", "pytest", *tests, PYTHONPATH=path)
    return done.returncode, done.stdout + done.stderr


def _run(*command: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(each) for each in command],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def main() -> int:
    """Say what is here and what is not, and test what is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="fail if a version is not on this machine")
    parser.add_argument("tests", nargs="*", help="what pytest is to be told, behind `--`")
    arguments = parser.parse_args()
    found = {version: find(version) for version in versions() if version != OWN}
    here = {version: python for version, python in found.items() if python is not None}
    print(f"Python {OWN}: tested by the rest of `make check`")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(test, here, here.values(), repeat(arguments.tests)))
    for (version, python), (code, said) in zip(here.items(), results, strict=True):
        print(said if code else f"Python {version}: {said.splitlines()[-1]}", f"({python})")
    missing = [version for version in found if version not in here]
    for version in missing:
        print(f"Python {version}: NOT TESTED, it is not on this machine")
    return 1 if any(code for code, _ in results) or (missing and arguments.all) else 0


if __name__ == "__main__":
    sys.exit(main())
