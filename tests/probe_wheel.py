"""Behind `make package`: builds sdist and wheel, installs the wheel alone in an empty environment and uses it there.

The sandbox runs in the development environment, as a process of its own, so the empty one needs no extra.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEY, SECRET = "PROBE_KEY", "PROBE_SECRET"

# What may be in an environment that holds nothing but the package: its two dependencies and what they need.
ALLOWED = {
    "anyio",
    "attrs",
    "certifi",
    "h11",
    "httpcore",
    "httpx",
    "idna",
    "messagemedia",
    "sniffio",
    "typing_extensions",
}

USE = """
import sys
import messagemedia
assert not {"starlette", "uvicorn", "jsonschema", "asyncio", "trio"} & set(sys.modules), "import brings too much"
from messagemedia import Client, HmacAuth, Message
for auth in (HmacAuth(KEY, SECRET), messagemedia.BasicAuth(KEY, SECRET)):
    with Client(auth=auth, base_url=URL) as client:
        sent = client.messages.send(Message(content="From the wheel", destination_number="+61491570156"))
        assert client.messages.get(sent.message_id).message_id == sent.message_id
from messagemedia.webhooks import Webhooks
pushed = Webhooks(unsigned=True).receive(method="POST", target="/", headers={}, body=b'{"reply_id": "1"}')
assert pushed.reply_id == "1"
print(messagemedia.__version__)
"""

LICENCES = "Apache-2.0;BSD-3-Clause;MIT;MPL-2.0;PSF-2.0;Apache Software License;BSD License;MIT License;Mozilla Public License 2.0 (MPL 2.0)"

SANDBOX_WITHOUT_EXTRA = "pip install 'messagemedia[sandbox]'"
COMMAND_WITHOUT_EXTRA = "pip install 'messagemedia[cli]'"


def run(*command: object, check: bool = True, code: str | None = None) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False, input=code)
    if check and done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done


def build(folder: Path) -> Path:
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    (sdist,) = folder.glob("*.tar.gz")
    (wheel,) = folder.glob("*.whl")
    run(sys.executable, "-m", "twine", "check", "--strict", sdist, wheel)
    run(Path(sys.executable).with_name("check-wheel-contents"), "--ignore=W009", wheel)  # two packages: by design
    print(f"built {sdist.name} and {wheel.name}, fit to be published")
    return wheel


def check_content(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"messagemedia", "messagemedia_generated"}, tops
    for needed in ("messagemedia/py.typed", "messagemedia_generated/py.typed", "messagemedia_generated/contract.json"):
        assert needed in names, needed
    assert any(name.endswith("LICENSE") for name in names)
    print(f"holds {len(names)} files of {', '.join(sorted(tops))}")


def install(wheel: Path, folder: Path) -> Path:
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    run(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", python, "install", wheel)
    listed = run(
        sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python, "list", "--format=json"
    )
    installed = {each["name"].lower().replace("-", "_") for each in json.loads(listed.stdout)}
    assert installed <= ALLOWED, f"brings {installed - ALLOWED}"
    run(sys.executable, "-m", "piplicenses", f"--python={python}", f"--allow-only={LICENCES}")
    print(f"installed with {', '.join(sorted(installed - {'messagemedia'}))}")
    return python


@contextlib.contextmanager
def sandbox() -> Iterator[str]:
    command = [sys.executable, "-m", "messagemedia.sandbox", "--port", "0", "--key", KEY, "--secret", SECRET]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build(folder)
        check_content(wheel)
        python = install(wheel, folder / "empty")
        run(python, "-W", "error", "-m", "compileall", "-q", "-f", folder / "empty")
        with sandbox() as url:
            used = run(python, "-W", "error", "-I", "-", code=f"URL, KEY, SECRET = {(url, KEY, SECRET)!r}\n{USE}")
        print(f"sent through the sandbox with version {used.stdout.strip()}")
        missing = run(python, "-I", "-m", "messagemedia.sandbox", check=False)
        assert missing.returncode, "the sandbox ran without its extra"
        assert SANDBOX_WITHOUT_EXTRA in missing.stderr, missing.stderr
        bare = run(folder / "empty" / "bin" / "messagemedia", check=False)
        assert (bare.returncode, bare.stdout) == (1, ""), bare
        assert COMMAND_WITHOUT_EXTRA in bare.stderr, bare.stderr
        script = ROOT / "tests" / "typing" / "user_script.py"
        cache = folder / "mypy"
        run(
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--config-file=",
            f"--cache-dir={cache}",
            f"--python-executable={python}",
            script,
        )
        print("a user's script passes mypy --strict against the wheel")


if __name__ == "__main__":
    main()
