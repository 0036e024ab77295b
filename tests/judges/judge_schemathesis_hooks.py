"""What the process of Schemathesis loads: who signs its requests, and which of its complaints are not about the API."""

import contextlib
import os
from typing import Any

import requests
import schemathesis
from requests.auth import AuthBase
from schemathesis.openapi.checks import RejectedPositiveData

from tests.contract.contract_kit import DOCUMENT, OPERATIONS, resolved
from tests.judges.judge_schemathesis import ACCOUNT, SCHEMES, breaks_dependency

AUTH: AuthBase = SCHEMES[os.environ["JUDGE_AUTH"]](os.environ["JUDGE_KEY"], os.environ["JUDGE_SECRET"])
schemathesis.auth.set_from_requests(AUTH)


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
    if case.meta.generation.mode.is_positive:
        name_events(case.body)
        case.body = _linked_bodies.get(case.operation.definition.raw["operationId"], case.body)
    return case


_linked_bodies: dict[str, Any] = {}
"""For operations whose body names what another one has made: the body that the latest link to it gives."""


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Keep what links of the contract put into a body: Schemathesis itself seldom gets that far."""
    operation = OPERATIONS[case.operation.definition.raw["operationId"]]
    described = dict(operation.responses()).get(str(response.status_code), {})
    for link in described.get("links", {}).values():
        with contextlib.suppress(LookupError):
            if "requestBody" in link and response.status_code < 300:
                _linked_bodies[link["operationId"]] = resolved(link["requestBody"], response.json())


def name_events(body: Any) -> None:
    """Have a webhook told of events that there are: which ones is up to the API, so the contract takes any text."""
    known = DOCUMENT["components"]["schemas"]["WebhookEvent"]["enum"]
    if isinstance(body, dict) and isinstance(body.get("events"), list):
        body["events"] = [
            event if event in known else known[at % len(known)] for at, event in enumerate(body["events"])
        ]


def postpone(operation_id: str, body: Any) -> None:
    """Schedule the first message, which the links lead to, for a time that has not come."""
    if operation_id == "sendMessages" and body["messages"]:
        first = body["messages"][0]
        first["scheduled"] = "2999-01-01T00:00:00Z"
        first.pop("message_expiry_timestamp", None)


@schemathesis.hook
def before_call(context: Any, case: Any, _: Any) -> None:
    """Make what is to be read, if a link without parameters says what makes it: the key that is enabled, say."""
    if not case.meta.generation.mode.is_positive:
        return
    for source in OPERATIONS.values():
        for _, response in source.responses():
            for link in response.get("links", {}).values():
                reads = link["operationId"] == case.operation.definition.raw["operationId"]
                if reads and not link.keys() & {"parameters", "requestBody"} and source.id in _linked_bodies:
                    address = f"{case.operation.base_url}{source.path}"
                    requests.request(source.method, address, json=_linked_bodies[source.id], auth=AUTH, timeout=30)


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Schemathesis does not look at `dependentSchemas` when it puts a "valid" body together from valid properties."""
    operation = OPERATIONS[case.operation.definition.raw["operationId"]]
    return not (isinstance(failure, RejectedPositiveData) and breaks_dependency(operation, case.body))
