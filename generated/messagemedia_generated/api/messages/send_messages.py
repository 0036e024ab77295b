"""The operation `sendMessages`: POST /v1/messages."""

from __future__ import annotations

from ...models import SendMessagesRequest, SendMessagesResponse
from ...reading import require_object
from ...types import Call, Operation
from ...writing import Problems, write_header, write_model, write_text


def _read_202(answer: object) -> SendMessagesResponse:
    return SendMessagesResponse.from_dict(require_object(answer))


OPERATION: Operation[SendMessagesResponse] = Operation(
    id="sendMessages",
    method="POST",
    path="/v1/messages",
    answers={"202": _read_202},
    errors=("400", "401", "403", "422", "5XX"),
    sends=True,
    repeatable=False,
)


def build(body: SendMessagesRequest, *, account: str | None = None) -> Call[SendMessagesResponse]:
    """Describe a call: Send up to 100 messages."""
    problems: Problems = []
    header_values: dict[str, str] = {}
    if account is not None:
        header_values["Account"] = write_header(
            write_text(account, problems, "account", min_length=1), problems, "account"
        )
    body_json = write_model(body, problems, "", SendMessagesRequest)
    return Call(
        operation=OPERATION,
        target="/v1/messages",
        headers=header_values,
        problems=tuple(problems),
        body=body,
        json=body_json,
    )
