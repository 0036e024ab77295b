"""The whole API, one attribute for each tag of the contract."""

from __future__ import annotations

from .api.delivery_reports import AsyncDeliveryReportsApi, DeliveryReportsApi
from .api.messages import AsyncMessagesApi, MessagesApi
from .api.replies import AsyncRepliesApi, RepliesApi
from .types import AsyncExecutor, Executor


class Api:
    """Every operation of the contract under its own name, blocking."""

    def __init__(self, executor: Executor) -> None:
        self.messages = MessagesApi(executor)
        """Send messages, follow their status, cancel scheduled ones and read the prepaid balance."""
        self.replies = RepliesApi(executor)
        """Fetch what people answered, and confirm what has been handled."""
        self.delivery_reports = DeliveryReportsApi(executor)
        """Fetch what became of sent messages, and confirm what has been handled."""


class AsyncApi:
    """Every operation of the contract under its own name, awaited."""

    def __init__(self, executor: AsyncExecutor) -> None:
        self.messages = AsyncMessagesApi(executor)
        """Send messages, follow their status, cancel scheduled ones and read the prepaid balance."""
        self.replies = AsyncRepliesApi(executor)
        """Fetch what people answered, and confirm what has been handled."""
        self.delivery_reports = AsyncDeliveryReportsApi(executor)
        """Fetch what became of sent messages, and confirm what has been handled."""
