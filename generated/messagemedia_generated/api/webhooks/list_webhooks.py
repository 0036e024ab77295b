"""The operation `listWebhooks`: GET /v1/webhooks/messages."""

from __future__ import annotations

from ...models import ListWebhooksResponse
from ...paging import Paging
from ...reading import require_object
from ...types import Call, Operation
from ...writing import Problems, write_header, write_integer, write_query, write_text


def _read_200(answer: object) -> ListWebhooksResponse:
    return ListWebhooksResponse.from_dict(require_object(answer))


OPERATION: Operation[ListWebhooksResponse] = Operation(
    id="listWebhooks",
    method="GET",
    path="/v1/webhooks/messages",
    answers={"200": _read_200},
    errors=("400", "401", "403", "5XX"),
    sends=False,
    repeatable=True,
)

PAGING = Paging(items="/pageData", first=0)
"""Where an answer has its list, and how the next page is asked for."""


def build(
    *, page: int | None = None, page_size: int | None = None, account: str | None = None
) -> Call[ListWebhooksResponse]:
    """Describe a call: List one page of the account's webhooks."""
    problems: Problems = []
    header_values: dict[str, str] = {}
    if account is not None:
        header_values["Account"] = write_header(
            write_text(account, problems, "account", min_length=1), problems, "account"
        )
    query_pairs: list[tuple[str, object]] = []
    if page is not None:
        query_pairs.append(("page", write_integer(page, problems, "page", minimum=0)))
    if page_size is not None:
        query_pairs.append(("page_size", write_integer(page_size, problems, "page_size", minimum=1)))
    return Call(
        operation=OPERATION,
        target="/v1/webhooks/messages" + write_query(query_pairs),
        headers=header_values,
        problems=tuple(problems),
    )
