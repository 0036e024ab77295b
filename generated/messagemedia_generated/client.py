"""The whole API, one attribute for each tag of the contract."""

from __future__ import annotations

from .api.delivery_reports import AsyncDeliveryReportsApi, DeliveryReportsApi
from .api.messages import AsyncMessagesApi, MessagesApi
from .api.replies import AsyncRepliesApi, RepliesApi
from .types import AsyncExecutor, Executor


class Api:
    """Every operation of the contract under its own name, blocking.

    Attributes:
        messages: Send messages, follow their status, cancel scheduled ones and read the prepaid
            balance.
            `send_messages`: Send up to 100 messages.
            `get_message_status`: Get one message with its present status.
            `cancel_scheduled_message`: Cancel a message that is still scheduled.
            `check_credits_remaining`: Read the balance of a prepaid account.
        replies: Fetch what people answered, and confirm what has been handled.
            `check_replies`: Fetch the oldest unconfirmed replies, at most 100.
            `confirm_replies_as_received`: Confirm up to 100 replies, so that they are not returned
                again.
        delivery_reports: Fetch what became of sent messages, and confirm what has been handled.
            `check_delivery_reports`: Fetch the oldest unconfirmed delivery reports, at most 100.
            `confirm_delivery_reports_as_received`: Confirm up to 100 delivery reports, so that they
                are not returned again.
    """

    def __init__(self, executor: Executor) -> None:
        self.messages = MessagesApi(executor)
        """Send messages, follow their status, cancel scheduled ones and read the prepaid balance."""
        self.replies = RepliesApi(executor)
        """Fetch what people answered, and confirm what has been handled."""
        self.delivery_reports = DeliveryReportsApi(executor)
        """Fetch what became of sent messages, and confirm what has been handled."""


class AsyncApi:
    """Every operation of the contract under its own name, awaited.

    Attributes:
        messages: Send messages, follow their status, cancel scheduled ones and read the prepaid
            balance.
            `send_messages`: Send up to 100 messages.
            `get_message_status`: Get one message with its present status.
            `cancel_scheduled_message`: Cancel a message that is still scheduled.
            `check_credits_remaining`: Read the balance of a prepaid account.
        replies: Fetch what people answered, and confirm what has been handled.
            `check_replies`: Fetch the oldest unconfirmed replies, at most 100.
            `confirm_replies_as_received`: Confirm up to 100 replies, so that they are not returned
                again.
        delivery_reports: Fetch what became of sent messages, and confirm what has been handled.
            `check_delivery_reports`: Fetch the oldest unconfirmed delivery reports, at most 100.
            `confirm_delivery_reports_as_received`: Confirm up to 100 delivery reports, so that they
                are not returned again.
    """

    def __init__(self, executor: AsyncExecutor) -> None:
        self.messages = AsyncMessagesApi(executor)
        """Send messages, follow their status, cancel scheduled ones and read the prepaid balance."""
        self.replies = AsyncRepliesApi(executor)
        """Fetch what people answered, and confirm what has been handled."""
        self.delivery_reports = AsyncDeliveryReportsApi(executor)
        """Fetch what became of sent messages, and confirm what has been handled."""
