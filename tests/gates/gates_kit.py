"""What the tests of the gates share: runs of pytest as CI does them, or as a developer does, and what CI sets."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

# What decides how such a run goes; it says so itself.
_DECIDING = ("CI", "FIXED_EXAMPLES", "NO_SKIPS", "PYTEST_ADDOPTS")


def run_pytest(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the tests of a folder with the hooks of this project's tests, and nothing else of it."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    inherited = {name: value for name, value in os.environ.items() if name not in _DECIDING}
    path = os.pathsep.join(str(ROOT / each) for each in (".", "generated", "overrides"))
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider", *options, str(folder)],
        cwd=folder,
        env={**inherited, "PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def is_set_in_ci(variable: str) -> bool:
    """Whether both the script of CI and the workflow set this variable to 1."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    workflow = (ROOT / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8")
    return bool(
        re.search(rf"^export {variable}=1$", script, re.MULTILINE)
        and re.search(rf'^env:\n(?:  .*\n)*?  {variable}: "1"', workflow, re.MULTILINE)
    )
