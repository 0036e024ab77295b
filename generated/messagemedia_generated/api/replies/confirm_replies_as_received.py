"""The operation `confirmRepliesAsReceived`: POST /v1/replies/confirmed."""

from __future__ import annotations

from ...models import ConfirmRepliesAsReceivedRequest
from ...types import Call, Operation
from ...writing import Problems, write_header, write_model, write_text

OPERATION: Operation[None] = Operation(
    id="confirmRepliesAsReceived",
    method="POST",
    path="/v1/replies/confirmed",
    answers={"202": None},
    errors=("400", "401", "403", "404", "5XX"),
    sends=False,
    repeatable=True,
)


def build(body: ConfirmRepliesAsReceivedRequest, *, account: str | None = None) -> Call[None]:
    """Describe a call: Confirm up to 100 replies, so that they are not returned again."""
    problems: Problems = []
    header_values: dict[str, str] = {}
    if account is not None:
        header_values["Account"] = write_header(
            write_text(account, problems, "account", min_length=1), problems, "account"
        )
    body_json = write_model(body, problems, "", ConfirmRepliesAsReceivedRequest)
    return Call(
        operation=OPERATION,
        target="/v1/replies/confirmed",
        headers=header_values,
        problems=tuple(problems),
        body=body,
        json=body_json,
    )
