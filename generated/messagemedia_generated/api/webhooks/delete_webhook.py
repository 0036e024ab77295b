"""The operation `deleteWebhook`: DELETE /v1/webhooks/messages/{webhookId}."""

from __future__ import annotations

from ...types import Call, Operation
from ...writing import Problems, write_header, write_segment, write_text

OPERATION: Operation[None] = Operation(
    id="deleteWebhook",
    method="DELETE",
    path="/v1/webhooks/messages/{webhookId}",
    answers={"204": None},
    errors=("401", "403", "404", "5XX"),
    sends=False,
    repeatable=True,
    gone=True,
)


def build(webhook_id: str, *, account: str | None = None) -> Call[None]:
    """Describe a call: Delete a webhook."""
    problems: Problems = []
    webhook_id_segment = write_segment(webhook_id, problems, "webhook_id")
    header_values: dict[str, str] = {}
    if account is not None:
        header_values["Account"] = write_header(
            write_text(account, problems, "account", min_length=1), problems, "account"
        )
    return Call(
        operation=OPERATION,
        target=f"/v1/webhooks/messages/{webhook_id_segment}",
        headers=header_values,
        problems=tuple(problems),
    )
