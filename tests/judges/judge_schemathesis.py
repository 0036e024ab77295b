"""Schemathesis as a process that tries the contract out on a running sandbox."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
from email.utils import formatdate
from pathlib import Path
from typing import Any

import attrs
from messagemedia.sandbox import Sandbox
from requests import PreparedRequest
from requests.auth import AuthBase, HTTPBasicAuth

from tests.contract.contract_kit import DOCUMENT, ROOT, Operation, validator
from tests.judges.judge_surface import KEY, SECRET

HERE = Path(__file__).parent
PATIENCE = 600.0  # less than a minute, or many where much else runs
ACCOUNT = "MySubAccount"


class HttpSignature(AuthBase):
    """Signs with HMAC. Written from the API's documentation alone: a third reading of it, beside SDK and sandbox."""

    def __init__(self, key: str, secret: str, date: str | None = None) -> None:
        self.key = key
        self.secret = secret
        self.date = date

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        signed = {"Date": self.date or formatdate(usegmt=True)}
        if request.body:
            body = request.body.encode() if isinstance(request.body, str) else request.body
            signed["Content-MD5"] = hashlib.md5(body).hexdigest()
        lines = [f"{name}: {value}" for name, value in signed.items()]
        text = "\n".join([*lines, f"{request.method} {request.path_url} HTTP/1.1"])
        signature = base64.b64encode(hmac.digest(self.secret.encode(), text.encode(), "sha256")).decode()
        names = " ".join([*signed, "request-line"])
        request.headers.update(signed)
        request.headers["Authorization"] = (
            f'hmac username="{self.key}", algorithm="hmac-sha256", headers="{names}", signature="{signature}"'
        )
        return request


SCHEMES = {"basic": HTTPBasicAuth, "hmac": HttpSignature}


def breaks_dependency(operation: Operation, body: Any) -> bool:
    """Whether a body is wrong because one field needs another."""
    if operation.body is None:
        return False
    errors = validator(operation.body["schema"]).iter_errors(body)
    return any(str(part).startswith("dependent") for error in errors for part in error.absolute_schema_path)


@attrs.frozen
class Verdict:
    """What Schemathesis said."""

    passed: bool
    text: str


def judge(folder: Path, sandbox: Sandbox, scheme: str, *arguments: str) -> Verdict:
    """Try out everything, or what the arguments limit it to."""
    contract = folder / "contract.json"
    contract.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "--no-color",
        "--config-file",
        HERE / "judge_schemathesis.toml",
    ]
    options = ["--url", sandbox.url, "--continue-on-failure", *arguments]
    done = subprocess.run(
        [*command, "run", contract, *options],
        cwd=folder,
        env=_environment(scheme),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Verdict(done.returncode == 0, done.stdout + done.stderr)


def _environment(scheme: str) -> dict[str, Any]:
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        "SCHEMATHESIS_HOOKS": "tests.judges.judge_schemathesis_hooks",
        "JUDGE_AUTH": scheme,
        "JUDGE_KEY": KEY,
        "JUDGE_SECRET": SECRET,
    }
