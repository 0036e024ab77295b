"""The operation `disableSignatureKey`: DELETE /v1/iam/signature_keys/enabled."""

from __future__ import annotations

from ...types import Call, Operation
from ...writing import Problems

OPERATION: Operation[None] = Operation(
    id="disableSignatureKey",
    method="DELETE",
    path="/v1/iam/signature_keys/enabled",
    answers={"204": None},
    errors=("401", "403", "5XX"),
    sends=False,
    repeatable=True,
)


def build() -> Call[None]:
    """Describe a call: Stop signing pushes."""
    problems: Problems = []
    return Call(operation=OPERATION, target="/v1/iam/signature_keys/enabled", problems=tuple(problems))
