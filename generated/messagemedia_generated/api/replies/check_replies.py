"""The operation `checkReplies`: GET /v1/replies."""

from __future__ import annotations

from ...models import CheckRepliesResponse
from ...reading import require_object
from ...types import Call, Operation
from ...writing import Problems, write_header, write_text


def _read_200(answer: object) -> CheckRepliesResponse:
    return CheckRepliesResponse.from_dict(require_object(answer))


OPERATION: Operation[CheckRepliesResponse] = Operation(
    id="checkReplies",
    method="GET",
    path="/v1/replies",
    answers={"200": _read_200},
    errors=("401", "403", "404", "5XX"),
    sends=False,
    repeatable=True,
)


def build(*, account: str | None = None) -> Call[CheckRepliesResponse]:
    """Describe a call: Fetch the oldest unconfirmed replies, at most 100."""
    problems: Problems = []
    header_values: dict[str, str] = {}
    if account is not None:
        header_values["Account"] = write_header(
            write_text(account, problems, "account", min_length=1), problems, "account"
        )
    return Call(operation=OPERATION, target="/v1/replies", headers=header_values, problems=tuple(problems))
