"""The operation `getMessageStatus`: GET /v1/messages/{messageId}."""

from __future__ import annotations

from ...models import SentMessage
from ...reading import require_object
from ...types import Call, Operation
from ...writing import Problems, write_header, write_segment, write_text


def _read_200(answer: object) -> SentMessage:
    return SentMessage.from_dict(require_object(answer))


OPERATION: Operation[SentMessage] = Operation(
    id="getMessageStatus",
    method="GET",
    path="/v1/messages/{messageId}",
    answers={"200": _read_200},
    errors=("401", "403", "404", "5XX"),
    sends=False,
    repeatable=True,
)


def build(message_id: str, *, account: str | None = None) -> Call[SentMessage]:
    """Describe a call: Get one message with its current status."""
    problems: Problems = []
    message_id_segment = write_segment(message_id, problems, "message_id")
    header_values: dict[str, str] = {}
    if account is not None:
        header_values["Account"] = write_header(
            write_text(account, problems, "account", min_length=1), problems, "account"
        )
    return Call(
        operation=OPERATION,
        target=f"/v1/messages/{message_id_segment}",
        headers=header_values,
        problems=tuple(problems),
    )
