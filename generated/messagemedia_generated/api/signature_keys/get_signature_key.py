"""The operation `getSignatureKey`: GET /v1/iam/signature_keys/{keyId}."""

from __future__ import annotations

from ...models import SignatureKey
from ...reading import require_object
from ...types import Call, Operation
from ...writing import Problems, write_segment


def _read_200(answer: object) -> SignatureKey:
    return SignatureKey.from_dict(require_object(answer))


OPERATION: Operation[SignatureKey] = Operation(
    id="getSignatureKey",
    method="GET",
    path="/v1/iam/signature_keys/{keyId}",
    answers={"200": _read_200},
    errors=("400", "401", "403", "404", "5XX"),
    sends=False,
    repeatable=True,
)


def build(key_id: str) -> Call[SignatureKey]:
    """Describe a call: Get one signature key, without its public key."""
    problems: Problems = []
    key_id_segment = write_segment(key_id, problems, "key_id")
    return Call(
        operation=OPERATION, target=f"/v1/iam/signature_keys/{key_id_segment}", problems=tuple(problems)
    )
