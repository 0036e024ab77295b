"""What the process of Schemathesis loads: who signs its requests, and which of its complaints are not about the API."""

import os
from typing import Any

import schemathesis
from schemathesis.openapi.checks import RejectedPositiveData

from tests.contract.contract_kit import OPERATIONS
from tests.judges.judge_schemathesis import ACCOUNT, SCHEMES, breaks_dependency

schemathesis.auth.set_from_requests(
    SCHEMES[os.environ["JUDGE_AUTH"]](os.environ["JUDGE_KEY"], os.environ["JUDGE_SECRET"])
)


@schemathesis.hook
def map_case(context: Any, case: Any) -> Any:
    """Help a made-up request on: to a sub-account that exists, and to a message that is there to be cancelled."""
    account = (case.headers or {}).get("Account")
    if isinstance(account, str) and account:
        case.headers["Account"] = ACCOUNT  # any other is refused before the rest of the request is looked at
    if case.meta.phase.name == "stateful" and case.meta.generation.mode.is_positive:
        # One account for a whole scenario, because a message is found in its own account only.
        case.headers["Account"] = ACCOUNT
        postpone(case.operation.definition.raw["operationId"], case.body)
    return case


def postpone(operation_id: str, body: Any) -> None:
    """Schedule the first message, which the links lead to, for a time that has not come."""
    if operation_id == "sendMessages" and body["messages"]:
        first = body["messages"][0]
        first["scheduled"] = "2999-01-01T00:00:00Z"
        first.pop("message_expiry_timestamp", None)


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Schemathesis does not look at `dependentSchemas` when it puts a "valid" body together from valid properties."""
    operation = OPERATIONS[case.operation.definition.raw["operationId"]]
    return not (isinstance(failure, RejectedPositiveData) and breaks_dependency(operation, case.body))
