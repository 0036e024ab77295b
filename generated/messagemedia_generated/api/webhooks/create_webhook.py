"""The operation `createWebhook`: POST /v1/webhooks/messages."""

from __future__ import annotations

from ...models import CreateWebhookRequest, Webhook
from ...reading import require_object
from ...types import Call, Operation
from ...writing import Problems, write_header, write_model, write_text


def _read_201(answer: object) -> Webhook:
    return Webhook.from_dict(require_object(answer))


OPERATION: Operation[Webhook] = Operation(
    id="createWebhook",
    method="POST",
    path="/v1/webhooks/messages",
    answers={"201": _read_201},
    errors=("400", "401", "403", "409", "5XX"),
    sends=False,
    repeatable=False,
)


def build(body: CreateWebhookRequest, *, account: str | None = None) -> Call[Webhook]:
    """Describe a call: Create a webhook: register an address for pushes."""
    problems: Problems = []
    header_values: dict[str, str] = {}
    if account is not None:
        header_values["Account"] = write_header(
            write_text(account, problems, "account", min_length=1), problems, "account"
        )
    body_json = write_model(body, problems, "", CreateWebhookRequest)
    return Call(
        operation=OPERATION,
        target="/v1/webhooks/messages",
        headers=header_values,
        problems=tuple(problems),
        body=body,
        json=body_json,
    )
