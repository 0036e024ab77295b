"""The operation `getWebhook`: GET /v1/webhooks/messages/{webhookId}."""

from __future__ import annotations

from ...models import Webhook
from ...reading import require_object
from ...types import Call, Operation
from ...writing import Problems, write_header, write_segment, write_text


def _read_200(answer: object) -> Webhook:
    return Webhook.from_dict(require_object(answer))


OPERATION: Operation[Webhook] = Operation(
    id="getWebhook",
    method="GET",
    path="/v1/webhooks/messages/{webhookId}",
    answers={"200": _read_200},
    errors=("401", "403", "404", "5XX"),
    sends=False,
    repeatable=True,
)


def build(webhook_id: str, *, account: str | None = None) -> Call[Webhook]:
    """Describe a call: Get one webhook."""
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
