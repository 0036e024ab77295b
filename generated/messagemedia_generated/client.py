"""The whole API, one attribute for each tag of the contract."""

from __future__ import annotations

from .api.delivery_reports import AsyncDeliveryReportsApi, DeliveryReportsApi
from .api.messages import AsyncMessagesApi, MessagesApi
from .api.replies import AsyncRepliesApi, RepliesApi
from .api.signature_keys import AsyncSignatureKeysApi, SignatureKeysApi
from .api.webhooks import AsyncWebhooksApi, WebhooksApi
from .types import AsyncExecutor, Executor


class Api:
    """Every operation of the contract under its own name, blocking.

    Attributes:
        messages: Send messages, follow their status, cancel scheduled ones and read the prepaid
            balance.
            `send_messages`: Send up to 100 messages.
            `get_message_status`: Get one message with its current status.
            `cancel_scheduled_message`: Cancel a message that is still scheduled.
            `check_credits_remaining`: Read the balance of a prepaid account.
        replies: Fetch replies, and confirm those that have been handled.
            `check_replies`: Fetch the oldest unconfirmed replies, at most 100.
            `confirm_replies_as_received`: Confirm up to 100 replies, so that they are not returned
                again.
        delivery_reports: Fetch delivery reports, and confirm those that have been handled.
            `check_delivery_reports`: Fetch the oldest unconfirmed delivery reports, at most 100.
            `confirm_delivery_reports_as_received`: Confirm up to 100 delivery reports, so that they
                are not returned again.
        webhooks: Register addresses to which the service pushes replies, delivery reports and
            opt-outs of the whole account. A message can also have an address of its own, its
            `callback_url`.
            `list_webhooks`: List one page of the account's webhooks.
            `list_webhooks_pages`: Go through all pages of `list_webhooks`.
            `create_webhook`: Create a webhook: register an address for pushes.
            `get_webhook`: Get one webhook.
            `delete_webhook`: Delete a webhook.
            `update_webhook`: Change a webhook.
        signature_keys: Manage the keys that the service signs its pushes with, so that you can
            verify where they come from. Signed pushes are a paid feature, which support enables.
            `list_signature_keys`: List one page of the account's signature keys.
            `list_signature_keys_pages`: Go through all pages of `list_signature_keys`.
            `create_signature_key`: Create a key pair, whose public key is returned only once.
            `get_signature_key`: Get one signature key, without its public key.
            `delete_signature_key`: Delete a signature key.
            `get_enabled_signature_key`: Get the key that signs pushes now.
            `disable_signature_key`: Stop signing pushes.
            `enable_signature_key`: Start signing pushes with a key.
    """

    def __init__(self, executor: Executor) -> None:
        self.messages = MessagesApi(executor)
        """Send messages, follow their status, cancel scheduled ones and read the prepaid balance."""
        self.replies = RepliesApi(executor)
        """Fetch replies, and confirm those that have been handled."""
        self.delivery_reports = DeliveryReportsApi(executor)
        """Fetch delivery reports, and confirm those that have been handled."""
        self.webhooks = WebhooksApi(executor)
        """Register addresses to which the service pushes replies, delivery reports and opt-outs of the
        whole account. A message can also have an address of its own, its `callback_url`."""
        self.signature_keys = SignatureKeysApi(executor)
        """Manage the keys that the service signs its pushes with, so that you can verify where they
        come from. Signed pushes are a paid feature, which support enables."""


class AsyncApi:
    """Every operation of the contract under its own name, awaited.

    Attributes:
        messages: Send messages, follow their status, cancel scheduled ones and read the prepaid
            balance.
            `send_messages`: Send up to 100 messages.
            `get_message_status`: Get one message with its current status.
            `cancel_scheduled_message`: Cancel a message that is still scheduled.
            `check_credits_remaining`: Read the balance of a prepaid account.
        replies: Fetch replies, and confirm those that have been handled.
            `check_replies`: Fetch the oldest unconfirmed replies, at most 100.
            `confirm_replies_as_received`: Confirm up to 100 replies, so that they are not returned
                again.
        delivery_reports: Fetch delivery reports, and confirm those that have been handled.
            `check_delivery_reports`: Fetch the oldest unconfirmed delivery reports, at most 100.
            `confirm_delivery_reports_as_received`: Confirm up to 100 delivery reports, so that they
                are not returned again.
        webhooks: Register addresses to which the service pushes replies, delivery reports and
            opt-outs of the whole account. A message can also have an address of its own, its
            `callback_url`.
            `list_webhooks`: List one page of the account's webhooks.
            `list_webhooks_pages`: Go through all pages of `list_webhooks`.
            `create_webhook`: Create a webhook: register an address for pushes.
            `get_webhook`: Get one webhook.
            `delete_webhook`: Delete a webhook.
            `update_webhook`: Change a webhook.
        signature_keys: Manage the keys that the service signs its pushes with, so that you can
            verify where they come from. Signed pushes are a paid feature, which support enables.
            `list_signature_keys`: List one page of the account's signature keys.
            `list_signature_keys_pages`: Go through all pages of `list_signature_keys`.
            `create_signature_key`: Create a key pair, whose public key is returned only once.
            `get_signature_key`: Get one signature key, without its public key.
            `delete_signature_key`: Delete a signature key.
            `get_enabled_signature_key`: Get the key that signs pushes now.
            `disable_signature_key`: Stop signing pushes.
            `enable_signature_key`: Start signing pushes with a key.
    """

    def __init__(self, executor: AsyncExecutor) -> None:
        self.messages = AsyncMessagesApi(executor)
        """Send messages, follow their status, cancel scheduled ones and read the prepaid balance."""
        self.replies = AsyncRepliesApi(executor)
        """Fetch replies, and confirm those that have been handled."""
        self.delivery_reports = AsyncDeliveryReportsApi(executor)
        """Fetch delivery reports, and confirm those that have been handled."""
        self.webhooks = AsyncWebhooksApi(executor)
        """Register addresses to which the service pushes replies, delivery reports and opt-outs of the
        whole account. A message can also have an address of its own, its `callback_url`."""
        self.signature_keys = AsyncSignatureKeysApi(executor)
        """Manage the keys that the service signs its pushes with, so that you can verify where they
        come from. Signed pushes are a paid feature, which support enables."""
