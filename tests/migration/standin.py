"""A small `message_media_messages`, made of our table of names, that sends what the older SDK would send.

The judges run the same programs with the SDK itself, so what is wrong here is noticed there.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import httpx
from messagemedia.migration.names import BY_NAME, CLASSES, PACKAGE, RESOURCES

ROUTES = {
    "send_messages": ("POST", "/v1/messages"),
    "get_message_status": ("GET", "/v1/messages/{}"),
    "cancel_scheduled_message": ("PUT", "/v1/messages/{}"),
    "check_credits_remaining": ("GET", "/v1/messaging/credits"),
    "check_replies": ("GET", "/v1/replies"),
    "confirm_replies_as_received": ("POST", "/v1/replies/confirmed"),
    "check_delivery_reports": ("GET", "/v1/delivery_reports"),
    "confirm_delivery_reports_as_received": ("POST", "/v1/delivery_reports/confirmed"),
}
FIELDS = {
    "Message": [
        "content", "destination_number", "callback_url", "delivery_report", "format", "message_expiry_timestamp",
        "metadata", "scheduled", "source_number", "source_number_type", "message_id", "status", "media", "subject",
    ],
    "SendMessagesRequest": ["messages"],
    "CancelScheduledMessageRequest": ["status"],
    "ConfirmRepliesAsReceivedRequest": ["reply_ids"],
    "ConfirmDeliveryReportsAsReceivedRequest": ["delivery_report_ids"],
}  # fmt: skip


class Model:
    fields: tuple[str, ...] = ()

    def __init__(self, *values: Any, **named: Any) -> None:
        for name in self.fields:
            setattr(self, name, None)
        for name, value in [*zip(self.fields, values, strict=False), *named.items()]:
            setattr(self, name, value)


def plain(value: Any) -> Any:
    if isinstance(value, Model):
        return {name: plain(each) for name, each in vars(value).items() if each is not None}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return {name: plain(each) for name, each in value.items()} if isinstance(value, dict) else value


def answer(value: Any, *, as_dicts: bool, depth: int = 0) -> Any:
    if isinstance(value, list):
        return [answer(each, as_dicts=as_dicts, depth=depth + 1) for each in value]
    if isinstance(value, dict) and not (as_dicts and depth):
        return types.SimpleNamespace(
            **{name: answer(each, as_dicts=as_dicts, depth=depth + 1) for name, each in value.items()}
        )
    return value


class Configuration:
    base_uri = "http://127.0.0.1:9"
    basic_auth_user_name: Any = None
    basic_auth_password: Any = None


class APIException(Exception):  # noqa: N818
    def __init__(self, reason: str, context: Any) -> None:
        super().__init__(reason)
        self.context = context
        self.response_code = context.response.status_code


class SendMessages400ResponseException(APIException):
    message = "refused"


class Controller:
    def __init__(self) -> None:
        """Nothing is needed."""


def operation(name: str) -> Any:
    old = BY_NAME[name]
    method, path = ROUTES[old.old[1]]
    first = "message_id" in old.short

    def call(_self: Any, *arguments: Any, account_header: str | None = None) -> Any:
        rest = list(arguments)
        target = path.format(rest.pop(0) if first else "")
        pair = (Configuration.basic_auth_user_name, Configuration.basic_auth_password)
        answered = HTTP.request(
            method,
            Configuration.base_uri + target,
            json=plain(rest[0]) if rest else None,
            auth=pair,
            headers={"account": account_header} if account_header else {},
        )
        if answered.status_code >= 400:
            kind = SendMessages400ResponseException if old.sends and answered.status_code == 400 else APIException
            raise kind("HTTP response not OK.", types.SimpleNamespace(response=answered))
        if old.returns is None:
            return ""
        whole = name in ("get_message_status", "check_credits_remaining") and (V1 or name != "get_message_status")
        return answered.json() if whole else answer(answered.json(), as_dicts=V1)

    return call


V1 = False
# It reads no certificates, which takes longer than all calls together, and leaves no connection open.
HTTP = httpx.Client(verify=False, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


def client_class(classes: dict[str, Any]) -> type:
    def make(
        _self: Any, auth_user_name: Any = None, auth_password: Any = None, use_hmac_authentication: bool = False
    ) -> None:
        assert not use_hmac_authentication
        Configuration.basic_auth_user_name, Configuration.basic_auth_password = auth_user_name, auth_password

    resources = {name: property(lambda _self, kind=kind: classes[kind]()) for name, kind in RESOURCES.items()}
    return type("MessageMediaMessagesClient", (), {"__init__": make, "config": Configuration, **resources})


def build(generation: str) -> dict[str, types.ModuleType]:
    made: dict[str, Any] = {
        each.__name__: each for each in (Configuration, APIException, SendMessages400ResponseException)
    }
    made["MessageMediaMessagesClient"] = client_class(made)
    for resource, kind in RESOURCES.items():
        names = [each.old[generation == "2.x"] for each in BY_NAME.values() if each.resource == resource]
        made[kind] = type(kind, (Controller,), {name: operation(name) for name in names if name})
    modules: dict[str, types.ModuleType] = {PACKAGE: types.ModuleType(PACKAGE)}
    for each in CLASSES:
        if generation not in each.generations:
            continue
        fields = FIELDS.get(each.name.rstrip("0123456789"), [])
        members = (
            {name: name for name in ("SMS", "MMS", "TTS", "INTERNATIONAL", "ALPHANUMERIC")}
            if each.category == "enum"
            else {}
        )
        value = made.setdefault(each.name, type(each.name, (Model,), {"fields": tuple(fields), **members}))
        path = PACKAGE
        for part in each.module.split("."):
            below = modules.setdefault(f"{path}.{part}", types.ModuleType(f"{path}.{part}"))
            setattr(modules[path], part, below)
            path = f"{path}.{part}"
        setattr(modules[path], each.name, value)
        value.__module__ = path
    for name, module in modules.items():
        module.__path__ = [] if any(other.startswith(f"{name}.") for other in modules) else None  # type: ignore[assignment]
    return modules


@contextmanager
def installed(generation: str) -> Iterator[dict[str, types.ModuleType]]:
    """Let programs import it."""
    global V1  # noqa: PLW0603  # as global as the configuration of what it stands for
    V1 = generation == "1.x"
    modules = build(generation)
    sys.modules.update(modules)
    try:
        yield modules
    finally:
        for name in modules:
            del sys.modules[name]
