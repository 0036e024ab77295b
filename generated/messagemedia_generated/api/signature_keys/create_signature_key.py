"""The operation `createSignatureKey`: POST /v1/iam/signature_keys."""

from __future__ import annotations

from ...models import CreateSignatureKeyRequest, SignatureKey
from ...reading import require_object
from ...types import Call, Operation
from ...writing import Problems, write_model


def _read_201(answer: object) -> SignatureKey:
    return SignatureKey.from_dict(require_object(answer))


OPERATION: Operation[SignatureKey] = Operation(
    id="createSignatureKey",
    method="POST",
    path="/v1/iam/signature_keys",
    answers={"201": _read_201},
    errors=("400", "401", "403", "5XX"),
    sends=False,
    repeatable=False,
)


def build(body: CreateSignatureKeyRequest) -> Call[SignatureKey]:
    """Describe a call: Create a key pair, whose public key is returned only once."""
    problems: Problems = []
    body_json = write_model(body, problems, "", CreateSignatureKeyRequest)
    return Call(
        operation=OPERATION,
        target="/v1/iam/signature_keys",
        problems=tuple(problems),
        body=body,
        json=body_json,
    )
