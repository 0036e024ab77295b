"""The operation `deleteSignatureKey`: DELETE /v1/iam/signature_keys/{keyId}."""

from __future__ import annotations

from ...types import Call, Operation
from ...writing import Problems, write_segment

OPERATION: Operation[None] = Operation(
    id="deleteSignatureKey",
    method="DELETE",
    path="/v1/iam/signature_keys/{keyId}",
    answers={"200": None},
    errors=("401", "403", "404", "5XX"),
    sends=False,
    repeatable=True,
    gone=True,
)


def build(key_id: str) -> Call[None]:
    """Describe a call: Delete a signature key."""
    problems: Problems = []
    key_id_segment = write_segment(key_id, problems, "key_id")
    return Call(
        operation=OPERATION, target=f"/v1/iam/signature_keys/{key_id_segment}", problems=tuple(problems)
    )
