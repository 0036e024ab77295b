"""Behind `make package`: builds wheel and sdist (see `building`), installs the wheel alone in an empty environment and uses it there.

The sandbox runs in the development environment, as a process of its own, so the empty one needs no extra.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

from building import ROOT, build, run
from probe_plugin import prove

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

# The packages of the extra are those of the development environment; the files are those of the wheel.
PAGES = """
import sys
sys.path.insert(0, SITE)
import httpx
import messagemedia
from messagemedia.sandbox import Sandbox
assert messagemedia.__file__.startswith(SITE), messagemedia.__file__
with Sandbox() as running, httpx.Client(base_url=running.url, trust_env=False) as client:
    for address in ("/", "/pages/requests", "/pages/faults", "/pages/contacts", "/pages/static/pages.js", "/pages/static/pages.css"):
        client.get(address).raise_for_status()
"""

LICENCES = "Apache-2.0;BSD-3-Clause;MIT;MPL-2.0;PSF-2.0;Apache Software License;BSD License;MIT License;Mozilla Public License 2.0 (MPL 2.0)"

SANDBOX_WITHOUT_EXTRA = "pip install 'messagemedia[sandbox]'"
COMMAND_WITHOUT_EXTRA = "pip install 'messagemedia[cli]'"


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
        built = build(folder)
        print(f"built twice, with the same bytes, and fit to be published:\n{built}")
        python = install(built.wheel, folder / "empty")
        run(python, "-W", "error", "-m", "compileall", "-q", "-f", folder / "empty")
        with sandbox() as url:
            used = run(python, "-W", "error", "-I", "-", code=f"URL, KEY, SECRET = {(url, KEY, SECRET)!r}\n{USE}")
        print(f"sent through the sandbox with version {used.stdout.strip()}")
        (site,) = (folder / "empty").glob("lib/python*/site-packages")
        run(sys.executable, "-I", "-", code=f"SITE = {str(site)!r}\n{PAGES}")
        print("the pages of its sandbox open")
        missing = run(python, "-I", "-m", "messagemedia.sandbox", check=False)
        assert missing.returncode, "the sandbox ran without its extra"
        assert SANDBOX_WITHOUT_EXTRA in missing.stderr, missing.stderr
        bare = run(folder / "empty" / "bin" / "messagemedia", check=False)
        assert (bare.returncode, bare.stdout) == (2, ""), bare
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
        (folder / "user").mkdir()
        prove(built.wheel, folder / "user")


if __name__ == "__main__":
    main()
