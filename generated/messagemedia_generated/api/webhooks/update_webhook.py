"""The operation `updateWebhook`: PATCH /v1/webhooks/messages/{webhookId}."""

from __future__ import annotations

from ...models import UpdateWebhookRequest, Webhook
from ...reading import require_object
from ...types import Call, Operation
from ...writing import Problems, write_header, write_model, write_segment, write_text


def _read_200(answer: object) -> Webhook:
    return Webhook.from_dict(require_object(answer))


OPERATION: Operation[Webhook] = Operation(
    id="updateWebhook",
    method="PATCH",
    path="/v1/webhooks/messages/{webhookId}",
    answers={"200": _read_200},
    errors=("400", "401", "403", "404", "409", "5XX"),
    sends=False,
    repeatable=True,
)


def build(webhook_id: str, body: UpdateWebhookRequest, *, account: str | None = None) -> Call[Webhook]:
    """Describe a call: Change a webhook."""
    problems: Problems = []
    webhook_id_segment = write_segment(webhook_id, problems, "webhook_id")
    header_values: dict[str, str] = {}
    if account is not None:
        header_values["Account"] = write_header(
            write_text(account, problems, "account", min_length=1), problems, "account"
        )
    body_json = write_model(body, problems, "", UpdateWebhookRequest)
    return Call(
        operation=OPERATION,
        target=f"/v1/webhooks/messages/{webhook_id_segment}",
        headers=header_values,
        problems=tuple(problems),
        body=body,
        json=body_json,
    )
