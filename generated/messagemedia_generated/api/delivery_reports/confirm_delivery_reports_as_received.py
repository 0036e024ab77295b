"""The operation `confirmDeliveryReportsAsReceived`: POST /v1/delivery_reports/confirmed."""

from __future__ import annotations

from ...models import ConfirmDeliveryReportsAsReceivedRequest
from ...types import Call, Operation
from ...writing import Problems, write_header, write_model, write_text

OPERATION: Operation[None] = Operation(
    id="confirmDeliveryReportsAsReceived",
    method="POST",
    path="/v1/delivery_reports/confirmed",
    answers={"202": None},
    errors=("400", "401", "403", "404", "5XX"),
    sends=False,
    repeatable=True,
)


def build(body: ConfirmDeliveryReportsAsReceivedRequest, *, account: str | None = None) -> Call[None]:
    """Describe a call: Confirm up to 100 delivery reports, so that they are not returned again."""
    problems: Problems = []
    header_values: dict[str, str] = {}
    if account is not None:
        header_values["Account"] = write_header(
            write_text(account, problems, "account", min_length=1), problems, "account"
        )
    body_json = write_model(body, problems, "", ConfirmDeliveryReportsAsReceivedRequest)
    return Call(
        operation=OPERATION,
        target="/v1/delivery_reports/confirmed",
        headers=header_values,
        problems=tuple(problems),
        body=body,
        json=body_json,
    )
