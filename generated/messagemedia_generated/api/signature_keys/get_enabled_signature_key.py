"""The operation `getEnabledSignatureKey`: GET /v1/iam/signature_keys/enabled."""

from __future__ import annotations

from ...models import SignatureKey
from ...reading import require_object
from ...types import Call, Operation
from ...writing import Problems


def _read_200(answer: object) -> SignatureKey:
    return SignatureKey.from_dict(require_object(answer))


OPERATION: Operation[SignatureKey] = Operation(
    id="getEnabledSignatureKey",
    method="GET",
    path="/v1/iam/signature_keys/enabled",
    answers={"200": _read_200},
    errors=("401", "403", "404", "5XX"),
    sends=False,
    repeatable=True,
)


def build() -> Call[SignatureKey]:
    """Describe a call: Get the key that signs pushes now."""
    problems: Problems = []
    return Call(operation=OPERATION, target="/v1/iam/signature_keys/enabled", problems=tuple(problems))
