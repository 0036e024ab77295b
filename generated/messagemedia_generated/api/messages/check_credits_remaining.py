"""The operation `checkCreditsRemaining`: GET /v1/messaging/credits."""

from __future__ import annotations

from ...models import Credits
from ...reading import require_object
from ...types import Call, Operation
from ...writing import Problems, write_header, write_text


def _read_200(answer: object) -> Credits:
    return Credits.from_dict(require_object(answer))


OPERATION: Operation[Credits] = Operation(
    id="checkCreditsRemaining",
    method="GET",
    path="/v1/messaging/credits",
    answers={"200": _read_200},
    errors=("400", "401", "403", "404", "5XX"),
    sends=False,
    repeatable=True,
)


def build(*, account: str | None = None) -> Call[Credits]:
    """Describe a call: Read the balance of a prepaid account."""
    problems: Problems = []
    header_values: dict[str, str] = {}
    if account is not None:
        header_values["Account"] = write_header(
            write_text(account, problems, "account", min_length=1), problems, "account"
        )
    return Call(
        operation=OPERATION, target="/v1/messaging/credits", headers=header_values, problems=tuple(problems)
    )
