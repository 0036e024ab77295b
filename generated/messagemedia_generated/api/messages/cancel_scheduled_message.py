"""The operation `cancelScheduledMessage`: PUT /v1/messages/{messageId}."""

from __future__ import annotations

from ...models import CancelScheduledMessageRequest
from ...types import Call, Operation, Settlement
from ...writing import Problems, write_header, write_model, write_segment, write_text
from . import get_message_status as _get_message_status

OPERATION: Operation[None] = Operation(
    id="cancelScheduledMessage",
    method="PUT",
    path="/v1/messages/{messageId}",
    answers={"200": None},
    errors=("400", "401", "403", "404", "5XX"),
    sends=False,
    repeatable=True,
    settlement=Settlement(_get_message_status.OPERATION, "status", "cancelled"),
)


def build(message_id: str, body: CancelScheduledMessageRequest, *, account: str | None = None) -> Call[None]:
    """Describe a call: Cancel a message that is still scheduled."""
    problems: Problems = []
    message_id_segment = write_segment(message_id, problems, "message_id")
    header_values: dict[str, str] = {}
    if account is not None:
        header_values["Account"] = write_header(
            write_text(account, problems, "account", min_length=1), problems, "account"
        )
    body_json = write_model(body, problems, "", CancelScheduledMessageRequest)
    return Call(
        operation=OPERATION,
        target=f"/v1/messages/{message_id_segment}",
        headers=header_values,
        problems=tuple(problems),
        body=body,
        json=body_json,
    )
