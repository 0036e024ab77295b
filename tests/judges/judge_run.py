"""One run of the whole SDK against the sandbox: everything that can be called, and everything that can be answered."""

import contextlib
import typing
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import attrs
from messagemedia import MessageFormat, MessageStatus, SourceNumberType
from messagemedia.sandbox import Sandbox

from tests.contract.contract_kit import OPERATIONS, Json, Operation, like, made, resolved
from tests.judges.judge_openapi_core import Judge
from tests.judges.judge_surface import (
    ANY_ID,
    NUMBER,
    VERBS,
    Caller,
    bodies,
    caller,
    expected_error,
    method_of,
    network,
    number_of,
)
from tests.sdk.sdk_face import Face

BRANCH = "MySubAccount"
SINGAPORE = "+6581234567"


@attrs.frozen
class Surprise:
    """A refusal that became something else than the contract and the SDK's documentation promise."""

    operation: str
    status: str
    found: Any


@attrs.define
class Run:
    """What is needed on the way, and what was found."""

    sandbox: Sandbox
    judge: Judge
    caller: Caller
    relaxed: Caller
    stranger: Caller
    surprises: list[Surprise] = attrs.field(factory=list)
    made_up: set[str] = attrs.field(factory=set)
    """Refusals that the sandbox gives only by a fault, because nothing that the SDK can send is a reason for them."""


def run(judge: Judge, kind: str, scheme: str) -> Run:
    """Call and provoke everything with one kind of client and one way to authenticate."""
    # Time stands, so that messages wait where they are until it is moved on.
    with Sandbox(accounts=(BRANCH,), clock_runs=False, tls_rule=True, billing_units=1) as sandbox, Face(kind) as face:

        def connect(**options: Any) -> Caller:
            http_client = face.http_client(transport=judge.watch(network(face)))
            return caller(face, scheme, http_client, sandbox.url, **options)

        done = Run(sandbox, judge, connect(), connect(check_limits=False), connect(secret="wrong"))
        _walk_through(done)
        for operation in OPERATIONS.values():
            _succeed(done, operation)
            for status in operation.raw["responses"]:
                if not status.startswith("2"):
                    _fail(done, operation, status)
    return done


# --- what goes well ------------------------------------------------------------------------------------------------


def _walk_through(done: Run) -> None:
    """The short verbs, in the order of life, with every enum value that the service can be brought to use."""
    client, wait = done.caller.client, done.caller.face.run
    for name in VERBS:
        done.caller.verb(name, _scheduled(done) if name in ("messages.get", "messages.cancel") else ANY_ID)
    for form in MessageFormat:
        media = {"media": ["https://example.com/a.png"], "subject": "Hi"} if form is MessageFormat.MMS else {}
        wait(client.messages.send(content="Hello", destination_number=NUMBER, format=form, **media))
    for at, kind in enumerate(SourceNumberType):
        wait(
            client.messages.send(
                content="Hello", destination_number=NUMBER, source_number=f"Shop{at}", source_number_type=kind
            )
        )
    for at, status in enumerate(MessageStatus):
        _reach(done, f"+6149157{at:04d}", status)
    for sent in done.sandbox.ledger[:20]:
        done.sandbox.reply("Thanks!", message_id=sent.message_id)
    done.sandbox.reply("Hello?", source_number=NUMBER, destination_number=NUMBER)
    wait(client.replies.confirm(wait(client.replies.check())))
    while reports := wait(client.delivery_reports.check()):
        wait(client.delivery_reports.confirm(reports))


def _reach(done: Run, number: str, status: MessageStatus) -> None:
    """Bring a message to a status, and look at it there."""
    wait = done.caller.face.run
    fields: dict[str, Any] = {
        "delivery_report": True,
        "metadata": {"order": "4711"},
        "source_number": NUMBER,
        "callback_url": "https://example.com/hooks",
        "message_expiry_timestamp": done.sandbox.now + timedelta(days=2),
    }
    if status in (MessageStatus.SCHEDULED, MessageStatus.CANCELLED):
        fields["scheduled"] = done.sandbox.now + timedelta(days=1)
    else:
        done.sandbox.outcome(number, str(status))
    sent = wait(done.caller.client.messages.send(content="Hello", destination_number=number, **fields))
    if status is MessageStatus.CANCELLED:
        wait(done.caller.client.messages.cancel(sent.message_id))
    elif status is not MessageStatus.QUEUED:
        done.sandbox.advance(seconds=10)
    assert wait(done.caller.client.messages.get(sent.message_id)).status == status


def _scheduled(done: Run, account: str | None = None) -> str:
    """The id of a message that can be read and cancelled."""
    client = done.caller.changed(account=account).client
    later = done.sandbox.now + timedelta(days=1)
    sent = done.caller.face.run(client.messages.send(content="Later", destination_number=NUMBER, scheduled=later))
    found: str = sent.message_id
    return found


# What an operation needs to succeed, beside the examples of the contract.
NEEDS: Mapping[str, Callable[[Run], dict[str, Any]]] = {
    "getMessageStatus": lambda done: {"message_id": _scheduled(done, BRANCH)},
    "cancelScheduledMessage": lambda done: {"message_id": _scheduled(done, BRANCH)},
}


def _succeed(done: Run, operation: Operation) -> None:
    """Call an operation by its own name, with each documented body, for a sub-account."""
    for body in bodies(operation):
        # The clock, too: a signature refused for its date would be repeated with another.
        done.sandbox.reset()
        needed = NEEDS[operation.id](done) if operation.id in NEEDS else _linked(done, operation, {operation.id})
        done.caller.operation(operation, **{"body": body, **needed})


def _linked(done: Run, operation: Operation, within: set[str]) -> dict[str, Any]:
    """The arguments that a link of the contract gives an operation, after the operation that it comes from was called."""
    for source in OPERATIONS.values():
        for status, response in source.responses():
            for link in response.get("links", {}).values():
                if link["operationId"] != operation.id or source.id in within or not status.startswith("2"):
                    continue
                answer = done.caller.operation(source, **_linked(done, source, {*within, source.id}))
                with contextlib.suppress(
                    LookupError
                ):  # what the link needs may be missing, such as an item of an empty list
                    return _arguments(done, operation, link, getattr(answer, "raw", answer))
    return {}


def _arguments(done: Run, operation: Operation, link: Json, answer: Any) -> dict[str, Any]:
    """What a link gives, as arguments of the operation's method."""
    hints = typing.get_type_hints(method_of(done.caller.client, operation))
    given = {name: resolved(value, answer) for name, value in link.get("parameters", {}).items()}
    if "requestBody" in link:
        given["body"] = resolved(link["requestBody"], answer)
    return {
        name: made(hints[name], value) for each, value in given.items() for name in hints if like(name) == like(each)
    }


# --- what is refused -----------------------------------------------------------------------------------------------


def _wrong_key(done: Run, operation: Operation) -> Any:
    return done.stranger.operation(operation)


def _unknown_account(done: Run, operation: Operation) -> Any:
    if "account" in method_of(done.caller.client, operation).__annotations__:
        return done.caller.operation(operation, account="Nobody")
    return done.caller.changed(account="Nobody").operation(operation)


def _unknown_id(done: Run, operation: Operation) -> Any:
    """The ids of the contract's examples are unknown to a sandbox that was reset."""
    done.sandbox.reset()
    return done.caller.operation(operation)


def _again(done: Run, operation: Operation) -> Any:
    done.caller.operation(operation)
    return done.caller.operation(operation)


def _invalid_message(done: Run, operation: Operation) -> Any:
    with done.judge.wrong_on_purpose():
        return done.relaxed.operation(operation, {"messages": [{"content": "", "destination_number": "12"}]})


def _too_many_ids(done: Run, operation: Operation) -> Any:
    name = next(iter(bodies(operation)[0]))
    with done.judge.wrong_on_purpose():
        return done.relaxed.operation(operation, {name: [ANY_ID] * 101})


def _cancelled_already(done: Run, operation: Operation) -> Any:
    message_id = _scheduled(done)
    done.caller.verb("messages.cancel", message_id)
    return done.caller.verb("messages.cancel", message_id)


def _old_tls(done: Run, operation: Operation) -> Any:
    message = {"content": "Hello", "destination_number": SINGAPORE}
    return done.caller.operation(operation, {"messages": [message]})


REASONS: Mapping[tuple[str, str], Callable[[Run, Operation], Any]] = {
    ("sendMessages", "400"): _invalid_message,
    ("sendMessages", "422"): _old_tls,
    ("getMessageStatus", "404"): _unknown_id,
    ("getWebhook", "404"): _unknown_id,
    ("updateWebhook", "404"): _unknown_id,
    ("deleteWebhook", "404"): _unknown_id,
    ("createWebhook", "409"): _again,
    ("getSignatureKey", "404"): _unknown_id,
    ("deleteSignatureKey", "404"): _unknown_id,
    ("enableSignatureKey", "404"): _unknown_id,
    ("getEnabledSignatureKey", "404"): _unknown_id,
    ("cancelScheduledMessage", "400"): _cancelled_already,
    ("cancelScheduledMessage", "404"): _unknown_id,
    ("confirmRepliesAsReceived", "400"): _too_many_ids,
    ("confirmDeliveryReportsAsReceived", "400"): _too_many_ids,
    ("*", "401"): _wrong_key,
    ("*", "403"): _unknown_account,
}


def _fail(done: Run, operation: Operation, status: str) -> None:
    """Have an operation answered with a status, for a real reason if there is one."""
    reason = REASONS.get((operation.id, status)) or REASONS.get(("*", status))
    if reason is not None:
        _compare(done, operation, status, lambda: reason(done, operation))
        return
    done.made_up.add(f"{operation.id} {status}")
    for kind in _forms(operation, status):
        form = "html" if "html" in kind else "json"
        done.sandbox.fault("status", operation=operation.id, status=number_of(status), form=form)
        _compare(done, operation, status, lambda: done.caller.operation(operation))


def _forms(operation: Operation, status: str) -> list[str]:
    """The media types of an answer."""
    return list(dict(operation.responses())[status].get("content", {"": None}))


def _compare(done: Run, operation: Operation, status: str, call: Callable[[], Any]) -> None:
    found = done.caller.outcome(call)
    known = isinstance(found, expected_error(operation, status)) and found.status_code == number_of(status)
    if not known:
        done.surprises.append(Surprise(operation.id, status, found))
