"""The operation `listSignatureKeys`: GET /v1/iam/signature_keys."""

from __future__ import annotations

from ...models import SignatureKey
from ...paging import Paging
from ...reading import read_objects, require_list
from ...types import Call, Operation
from ...writing import Problems, write_integer, write_query


def _read_200(answer: object) -> list[SignatureKey]:
    return read_objects(require_list(answer), SignatureKey.from_dict) or []


OPERATION: Operation[list[SignatureKey]] = Operation(
    id="listSignatureKeys",
    method="GET",
    path="/v1/iam/signature_keys",
    answers={"200": _read_200},
    errors=("400", "401", "403", "5XX"),
    sends=False,
    repeatable=True,
)

PAGING = Paging(items="", first=1)
"""Where an answer has its list, and how the next page is asked for."""


def build(*, page: int, page_size: int) -> Call[list[SignatureKey]]:
    """Describe a call: List one page of the account's signature keys."""
    problems: Problems = []
    query_pairs: list[tuple[str, object]] = []
    query_pairs.append(("page", write_integer(page, problems, "page", minimum=1)))
    query_pairs.append(("page_size", write_integer(page_size, problems, "page_size", minimum=1)))
    return Call(
        operation=OPERATION,
        target="/v1/iam/signature_keys" + write_query(query_pairs),
        problems=tuple(problems),
    )
