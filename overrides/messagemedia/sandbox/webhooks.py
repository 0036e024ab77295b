"""The webhooks of an account."""

from __future__ import annotations

import threading
import uuid

from messagemedia.sandbox.contract import JsonObject


class WebhookExistsError(ValueError):
    """The account has a webhook with this address and method."""


class TooManyWebhooksError(ValueError):
    """The account has as many webhooks as it can have."""


class WebhookRegistry:
    """The webhooks of one account, in the order in which they were made. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._webhooks: dict[str, JsonObject] = {}

    def create(self, fields: JsonObject, *, limit: int) -> JsonObject:
        """Register a webhook.

        Raises:
            WebhookExistsError: If there is one with the same address and method.
            TooManyWebhooksError: If there are as many as the limit allows.
        """
        with self._lock:
            self._refuse_twin(fields)
            if len(self._webhooks) >= limit:
                raise TooManyWebhooksError("the account has reached its maximum number of webhooks")
            webhook: JsonObject = {"id": str(uuid.uuid4()), "retries": 0, **fields}
            self._webhooks[webhook["id"]] = webhook
            return _shown(webhook)

    def update(self, webhook_id: str, changes: JsonObject, *, unique: bool) -> JsonObject | None:
        """Change a webhook and return it, or None if there is no such webhook.

        Raises:
            WebhookExistsError: If it has to stay unique, and there is another one with the same address and method.
        """
        with self._lock:
            webhook = self._webhooks.get(webhook_id)
            if webhook is None:
                return None
            changed = {**webhook, **changes}
            if unique:
                self._refuse_twin(changed)
            self._webhooks[webhook_id] = changed
            return _shown(changed)

    def delete(self, webhook_id: str) -> bool:
        """Remove a webhook; False if there is no such webhook."""
        with self._lock:
            return self._webhooks.pop(webhook_id, None) is not None

    def find(self, webhook_id: str) -> JsonObject | None:
        """A webhook, or None."""
        with self._lock:
            webhook = self._webhooks.get(webhook_id)
            return None if webhook is None else _shown(webhook)

    def all(self) -> list[JsonObject]:
        """All webhooks."""
        with self._lock:
            return [_shown(webhook) for webhook in self._webhooks.values()]

    def _refuse_twin(self, fields: JsonObject) -> None:
        for webhook in self._webhooks.values():
            same = webhook["url"] == fields["url"] and webhook["method"] == fields["method"]
            if same and webhook["id"] != fields.get("id"):
                raise WebhookExistsError("the account already has a webhook with this address and method")


def _shown(webhook: JsonObject) -> JsonObject:
    """A webhook as the API shows it: without a pause between retries, if there are no retries."""
    return {name: value for name, value in webhook.items() if name != "retry_delay" or webhook["retries"]}
