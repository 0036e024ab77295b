"""The operations of the API: what a request is answered, apart from faults."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import parse_qsl

import attrs

from messagemedia.sandbox import answers
from messagemedia.sandbox.answers import BAD_REQUEST, Answer, empty_answer, invalid, json_answer, refusal
from messagemedia.sandbox.auth import authenticates
from messagemedia.sandbox.contract import Contract, Endpoint, Parameter
from messagemedia.sandbox.examples import documented_answer
from messagemedia.sandbox.incoming import Incoming, InvalidRequestError
from messagemedia.sandbox.options import Options
from messagemedia.sandbox.records import RequestRecord
from messagemedia.sandbox.state import State
from messagemedia.sandbox.violations import UNREADABLE, detail, details
from messagemedia.sandbox.webhooks_api import WebhookApi


class Api:
    """Answers requests from the state of the sandbox."""

    def __init__(self, options: Options, contract: Contract, state: State) -> None:
        self.options = options
        self.contract = contract
        self.state = state
        self._webhook_api = WebhookApi(options, contract, state)
        self._family = {**self._webhook_api.webhook_handlers, **self._webhook_api.key_handlers}
        self._handlers: dict[str, Callable[[Incoming], Answer]] = {
            **self._family,
            "sendMessages": self._send_messages,
            "getMessageStatus": self._get_message_status,
            "cancelScheduledMessage": self._cancel_scheduled_message,
            "checkCreditsRemaining": self._check_credits_remaining,
            "checkReplies": self._check_replies,
            "confirmRepliesAsReceived": self._confirm_replies,
            "checkDeliveryReports": self._check_delivery_reports,
            "confirmDeliveryReportsAsReceived": self._confirm_delivery_reports,
        }

    def operation_of(self, request: RequestRecord) -> Endpoint | None:
        """The operation that a request calls."""
        found = self.contract.match(request.path).get(request.method)
        return None if found is None else found[0]

    def answer(self, request: RequestRecord, clock_skew: float = 0.0) -> Answer:
        """Authenticate, validate and process a request.

        Args:
            request: The request.
            clock_skew: How many seconds the clock is off that the `Date` of a signature is compared with.
        """
        by_method = self.contract.match(request.path)
        if not by_method:
            return refusal(404, answers.NOT_FOUND)
        if request.method not in by_method:
            refused = refusal(405, answers.NOT_ALLOWED)
            return attrs.evolve(refused, headers=(*refused.headers, ("allow", ", ".join(sorted(by_method)))))
        now = self.state.clock.shown(clock_skew)
        if not authenticates(request, self.options, now):
            return refusal(self.options.bad_credentials_status, answers.BAD_CREDENTIALS)
        named = request.header("account")
        account = self.options.account if named is None else named
        if not self.state.knows_account(account):
            return refusal(403, f"Invalid account '{account}' in header Account")
        operation, path_values = by_method[request.method]
        return self._process(request, operation, account, path_values)

    def _process(
        self, request: RequestRecord, operation: Endpoint, account: str, path_values: Mapping[str, str]
    ) -> Answer:
        refused = self._webhook_api.refused(operation.operation_id)
        if refused is not None:
            return refused
        try:
            body = self._read_body(operation, request)
            query = dict(parse_qsl(request.query, keep_blank_values=True))
            incoming = Incoming(operation, account, path_values, query, body, request.order)
            handler = self._handlers.get(operation.operation_id)
            if handler is not None:
                return handler(incoming)
            self._check_parameters(request, incoming)
        except InvalidRequestError as error:
            return invalid(error.problems, "Bad Request" if operation.operation_id in self._family else BAD_REQUEST)
        return documented_answer(self.contract, operation)

    # --- requests -----------------------------------------------------------------------------------------

    def _read_body(self, operation: Endpoint, request: RequestRecord) -> Any:
        """The decoded body of a request, if it fits the contract."""
        pointer = self.contract.body_schema(operation)
        if not request.body and not self.contract.body_is_required(operation):
            return None
        if pointer is None:
            return request.body
        body = read_json(request.body)
        errors = self.contract.errors(pointer, body)
        if not self.options.confirm_limit and operation.operation_id.startswith("confirm"):
            errors = [error for error in errors if cast("Any", error.validator) != "maxItems"]
        if errors:
            raise InvalidRequestError(*details(errors))
        return body

    def _check_parameters(self, request: RequestRecord, incoming: Incoming) -> None:
        """Check the parameters of an operation that is answered with its example."""
        query = parse_qsl(request.query, keep_blank_values=True)
        problems: list[str] = []
        for parameter in incoming.operation.parameters:
            values = _values_of(parameter, request, incoming.path_values, query)
            if parameter.required and not values:
                problems.append(detail([parameter.name], "Required parameter is missing"))
            if values and parameter.schema and not self._fits(parameter, values):
                problems.append(detail([parameter.name], f"[{', '.join(values)}] is invalid"))
        if problems:
            raise InvalidRequestError(*problems)

    def _fits(self, parameter: Parameter, values: list[str]) -> bool:
        # A parameter arrives as text; whether it was meant as a number or a list only its schema knows.
        readings = [values[0], _as_json(values[0]), values, values[0].split(",")]
        readings += [[_as_json(value) for value in values]]
        return any(not self.contract.errors(parameter.schema, reading) for reading in readings)

    # --- operations ---------------------------------------------------------------------------------------

    def _send_messages(self, incoming: Incoming) -> Answer:
        messages = incoming.body["messages"]
        if self.options.tls_rule and any(_is_singapore(message["destination_number"]) for message in messages):
            return refusal(422, answers.OLD_TLS)
        return json_answer(202, {"messages": self.state.accept(incoming.account, messages, incoming.order)})

    def _get_message_status(self, incoming: Incoming) -> Answer:
        message = self.state.find(incoming.account, incoming.path_values["messageId"])
        if message is None:
            return refusal(404, answers.NOT_FOUND)
        return json_answer(200, {name: message[name] for name in message if name not in {"media", "subject"}})

    def _cancel_scheduled_message(self, incoming: Incoming) -> Answer:
        cancelled = self.state.cancel(incoming.account, incoming.path_values["messageId"])
        if cancelled is None:
            return refusal(404, answers.NOT_FOUND)
        return empty_answer(200, "application/json") if cancelled else refusal(400, answers.NOT_SCHEDULED)

    def _check_credits_remaining(self, _incoming: Incoming) -> Answer:
        return json_answer(200, {"remaining_credits": self.options.credits})

    def _check_replies(self, incoming: Incoming) -> Answer:
        return json_answer(200, {"replies": self.state.replies(incoming.account)})

    def _confirm_replies(self, incoming: Incoming) -> Answer:
        self.state.confirm_replies(incoming.account, incoming.body["reply_ids"])
        return empty_answer(202, "text/plain")

    def _check_delivery_reports(self, incoming: Incoming) -> Answer:
        return json_answer(200, {"delivery_reports": self.state.reports(incoming.account)})

    def _confirm_delivery_reports(self, incoming: Incoming) -> Answer:
        self.state.confirm_reports(incoming.account, incoming.body["delivery_report_ids"])
        return empty_answer(202, "text/plain")


def read_json(body: bytes) -> Any:
    """Decode a JSON body; what is not JSON by the book is refused."""
    try:
        value = json.loads(body.decode(), parse_constant=_no_constant)
        if b"\\u" in body:
            # Half of a surrogate pair is no text: it could not be written into an answer.
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise InvalidRequestError(UNREADABLE) from None
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _as_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _values_of(
    parameter: Parameter, request: RequestRecord, path_values: Mapping[str, str], query: list[tuple[str, str]]
) -> list[str]:
    match parameter.location:
        case "query":
            return [value for name, value in query if name == parameter.name]
        case "path":
            return [path_values[parameter.name]]
        case "header":
            value = request.header(parameter.name)
            return [] if value is None else [value]
        case _:
            return []


def _is_singapore(number: str) -> bool:
    return number.removeprefix("+").startswith("65")
