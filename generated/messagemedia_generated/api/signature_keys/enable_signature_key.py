"""The operation `enableSignatureKey`: PATCH /v1/iam/signature_keys/enabled."""

from __future__ import annotations

from ...models import EnableSignatureKeyRequest, SignatureKey
from ...reading import require_object
from ...types import Call, Operation
from ...writing import Problems, write_model


def _read_200(answer: object) -> SignatureKey:
    return SignatureKey.from_dict(require_object(answer))


OPERATION: Operation[SignatureKey] = Operation(
    id="enableSignatureKey",
    method="PATCH",
    path="/v1/iam/signature_keys/enabled",
    answers={"200": _read_200},
    errors=("400", "401", "403", "404", "5XX"),
    sends=False,
    repeatable=True,
)


def build(body: EnableSignatureKeyRequest) -> Call[SignatureKey]:
    """Describe a call: Start signing pushes with a key."""
    problems: Problems = []
    body_json = write_model(body, problems, "", EnableSignatureKeyRequest)
    return Call(
        operation=OPERATION,
        target="/v1/iam/signature_keys/enabled",
        problems=tuple(problems),
        body=body,
        json=body_json,
    )
