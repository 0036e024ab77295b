"""The operations of webhooks and signature keys."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from messagemedia.sandbox import answers, templates
from messagemedia.sandbox.answers import Answer, empty_answer, json_answer, refusal
from messagemedia.sandbox.contract import Contract
from messagemedia.sandbox.incoming import Incoming, InvalidRequestError
from messagemedia.sandbox.keys import NoCryptographyError
from messagemedia.sandbox.options import Options
from messagemedia.sandbox.state import State
from messagemedia.sandbox.templates import NoTemplatesError, TemplateError
from messagemedia.sandbox.violations import detail
from messagemedia.sandbox.webhooks import TooManyWebhooksError, WebhookExistsError

_MOST = 2**31 - 1  # the numbers of pages are of 32 bits

Handler = Callable[[Incoming], Answer]


class WebhookApi:
    """Answers what is asked about webhooks and signature keys, from the state of the sandbox."""

    def __init__(self, options: Options, contract: Contract, state: State) -> None:
        self.options = options
        self.contract = contract
        self.state = state
        self.webhook_handlers: Mapping[str, Handler] = {
            "listWebhooks": self._list_webhooks,
            "createWebhook": self._create_webhook,
            "getWebhook": self._get_webhook,
            "updateWebhook": self._update_webhook,
            "deleteWebhook": self._delete_webhook,
        }
        self.key_handlers: Mapping[str, Handler] = {
            "listSignatureKeys": self._list_keys,
            "createSignatureKey": self._create_key,
            "getSignatureKey": self._get_key,
            "deleteSignatureKey": self._delete_key,
            "getEnabledSignatureKey": self._get_enabled_key,
            "enableSignatureKey": self._enable_key,
            "disableSignatureKey": self._disable_key,
        }

    def refused(self, operation_id: str) -> Answer | None:
        """The refusal of an operation that the account may not use at all, or None."""
        off = operation_id in self.key_handlers and not self.options.signed_pushes
        return refusal(403, answers.FEATURE_OFF) if off else None

    # --- webhooks -----------------------------------------------------------------------------------------

    def _list_webhooks(self, incoming: Incoming) -> Answer:
        first = self.options.first_webhook_page
        page = _whole(incoming, "page", first, first)
        size = _whole(incoming, "page_size", self.options.webhook_page_size, 1)
        if page is None or size is None:
            names = [name for name, value in (("page", page), ("page_size", size)) if value is None]
            raise InvalidRequestError(*(detail([name], f"[{incoming.query[name]}] is invalid") for name in names))
        found = _page(self.state.mailbox(incoming.account).webhooks.all(), page - first, size)
        return json_answer(200, {"page": page, "pageSize": size, "pageData": found})

    def _create_webhook(self, incoming: Incoming) -> Answer:
        self._check_webhook(incoming.body)
        limit = self.options.webhook_limit
        try:
            made = self.state.mailbox(incoming.account).webhooks.create(incoming.body, limit=limit)
        except WebhookExistsError:
            return refusal(409, answers.WEBHOOK_EXISTS)
        except TooManyWebhooksError:
            return refusal(400, f"Maximum number of webhooks ({limit}) reached")
        self.state.expect_pushes()
        return json_answer(201, made)

    def _get_webhook(self, incoming: Incoming) -> Answer:
        return _found(
            self.state.mailbox(incoming.account).webhooks.find(incoming.path_values["webhookId"]), answers.NOT_FOUND
        )

    def _update_webhook(self, incoming: Incoming) -> Answer:
        self._check_webhook(incoming.body)
        registry, unique = self.state.mailbox(incoming.account).webhooks, self.options.unique_webhook_updates
        try:
            changed = registry.update(incoming.path_values["webhookId"], incoming.body, unique=unique)
        except WebhookExistsError:
            return refusal(409, answers.WEBHOOK_EXISTS)
        return _found(changed, answers.NOT_FOUND)

    def _delete_webhook(self, incoming: Incoming) -> Answer:
        deleted = self.state.mailbox(incoming.account).webhooks.delete(incoming.path_values["webhookId"])
        return Answer(204) if deleted else refusal(404, answers.NOT_FOUND)

    def _check_webhook(self, fields: Mapping[str, Any]) -> None:
        """Refuse what the API refuses, though the contract can't say it or leaves it open."""
        known = self.contract.webhook_events
        problems = [
            detail(["events", str(at)], f"[{event}] is invalid")
            for at, event in enumerate(fields.get("events", ()))
            if event not in known
        ]
        problems += [
            detail(["headers", name], "Content-Type follows from the encoding")
            for name in fields.get("headers", {})
            if name.lower() == "content-type"
        ]
        with suppress(NoTemplatesError):  # said when something is pushed
            try:
                templates.check(fields.get("template", ""))
            except TemplateError as error:
                problems.append(detail(["template"], str(error)))
        if problems:
            raise InvalidRequestError(*problems)

    # --- signature keys -----------------------------------------------------------------------------------

    def _list_keys(self, incoming: Incoming) -> Answer:
        page, size = _whole(incoming, "page", None, 1), _whole(incoming, "page_size", None, 1)
        if page is None or size is None:
            return refusal(400, f"{'page' if page is None else 'page_size'} property value is invalid")
        return json_answer(200, _page(self.state.mailbox(incoming.account).keys.all(), page - 1, size))

    def _create_key(self, incoming: Incoming) -> Answer:
        digest, cipher = incoming.body["digest"], incoming.body["cipher"]
        try:
            return json_answer(
                201, self.state.mailbox(incoming.account).keys.create(digest, cipher, self.state.clock.now())
            )
        except NoCryptographyError:
            return refusal(501, answers.NO_CRYPTOGRAPHY)

    def _get_key(self, incoming: Incoming) -> Answer:
        key_id = incoming.path_values["keyId"]
        if not _is_uuid(key_id):
            return refusal(400, "key_id property value is invalid")
        return _found(self.state.mailbox(incoming.account).keys.find(key_id), answers.NO_KEY)

    def _delete_key(self, incoming: Incoming) -> Answer:
        deleted = self.state.mailbox(incoming.account).keys.delete(incoming.path_values["keyId"])
        return empty_answer(200, "application/json") if deleted else refusal(404, answers.NO_KEY)

    def _get_enabled_key(self, incoming: Incoming) -> Answer:
        ring = self.state.mailbox(incoming.account).keys
        enabled = ring.enabled()
        return _found(enabled and ring.find(enabled.key_id), answers.NO_KEY_ENABLED)

    def _enable_key(self, incoming: Incoming) -> Answer:
        return _found(self.state.mailbox(incoming.account).keys.enable(incoming.body["key_id"]), answers.NO_KEY)

    def _disable_key(self, incoming: Incoming) -> Answer:
        self.state.mailbox(incoming.account).keys.disable()
        return Answer(204)


def _found(thing: Any, otherwise: str) -> Answer:
    return refusal(404, otherwise) if thing is None else json_answer(200, thing)


def _page(items: Sequence[Any], index: int, size: int) -> list[Any]:
    return list(items[index * size : (index + 1) * size])


def _whole(incoming: Incoming, name: str, default: int | None, least: int) -> int | None:
    """A whole number of the query, its default if it is not there, or None if it is not usable."""
    text = incoming.query.get(name)
    if text is None:
        return default
    usable = text.isascii() and text.isdecimal() and len(text) <= 10 and least <= int(text) <= _MOST
    return int(text) if usable else None


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
