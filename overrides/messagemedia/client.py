"""The two clients: one blocks, the other is awaited. They differ in nothing else.

Their resources stand twice, because each client has classes of its own for them, which editors and type checkers show.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, cast

from messagemedia_generated.servers import Region

from messagemedia._call.misuse import RefusesUnknown, explained, warn_in_the_clear
from messagemedia._call.settings import DEFAULT_RETRIES, DEFAULT_TIMEOUT, Settings, make_settings, shield
from messagemedia._http.choice import AsyncHttpClient, AsyncHttpLibrary, HttpClient, HttpLibrary
from messagemedia._http.transport import AsyncTransport, Transport
from messagemedia._resource import resource
from messagemedia.auth import Auth

if TYPE_CHECKING:
    from messagemedia_generated.client import Api, AsyncApi

    from messagemedia._inbox.verbs import AsyncDeliveryReports, AsyncReplies, DeliveryReports, Replies
    from messagemedia._messages.verbs import AsyncMessages, Messages

TransportT = TypeVar("TransportT", Transport, AsyncTransport)
HttpClientT = TypeVar("HttpClientT")


def _without_client(api: Callable[[Any], object]) -> object:
    """What the class of a client shows of its `api`: an object, for only that has the resources, which can't call."""
    return api(None)


class _Client(RefusesUnknown, Generic[TransportT, HttpClientT]):
    """What both clients are: settings that never change, and a transport that copies share."""

    _settings: Settings
    _transport: TransportT
    _owner: bool
    _transport_class: ClassVar[type[Any]]

    def __init__(
        self,
        api_key: str | None = None,
        api_secret: str | None = None,
        *,
        auth: Auth | None = None,
        region: Region | None = None,
        base_url: str | None = None,
        account: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        max_retries: int = DEFAULT_RETRIES,
        deadline: float | None = None,
        check_limits: bool = True,
        national_numbers: bool | None = None,
        http_client: HttpClientT | None = None,
    ) -> None:
        """Make a client; nothing is sent yet.

        What is left out comes from the environment: `MESSAGEMEDIA_API_KEY`, `_API_SECRET`, `_AUTH` (`basic` or `hmac`),
        `_REGION`, `_BASE_URL`, `_ACCOUNT` and `_NATIONAL_NUMBERS`. Arguments take precedence.

        Args:
            api_key: The API key, for basic authentication.
            api_secret: Its secret.
            auth: Another way to authenticate, such as `HmacAuth(key, secret)`, instead of key and secret.
            region: The region of the account: `apac` (the default), `au`, `eu` or `us`. Keys work in one region only.
            base_url: Another server, instead of a region.
            account: The sub-account to use, with the key of its parent account.
            timeout: Seconds that each wait of an attempt may take: for a free connection, to connect, and for each
                piece that is sent or received. An answer that comes in small pieces may take longer in all.
            max_retries: How often a failed attempt is retried, after a pause of 0.5 to 8 s, or of up to 60 s if the
                server asks for it. A send is retried only if it provably was not processed, whatever this says.
            deadline: Seconds that a call may take in all, with its retries and pauses; not limited if left out. It is
                checked between attempts, pauses and the pieces of an answer. `send_many`, `wait`, `consume` and
                `consume_batches` make many calls, each with this deadline.
            check_limits: Whether limits of the contract, such as lengths, are checked before anything is sent.
            national_numbers: Whether a `destination_number` may begin with a zero, such as `0491570156`. By default it
                is refused, because it has no country code and may reach somebody in another country. This is a rule of
                this package: how the API treats such numbers is not known.
            http_client: The HTTP library to use: `"httpx"` (the default), `"httpx2"`, `"pyreqwest"`, or for an
                `AsyncClient` `"aiohttp"`. Each but the first needs the extra of its name, such as
                `messagemedia[pyreqwest]`, and is faster, above all with many calls at once. In an `AsyncClient`,
                `"aiohttp"` and `"pyreqwest"` need asyncio; if the environment names a proxy, `"httpx"` is used instead
                of them. With `"pyreqwest"`, `timeout` limits a whole attempt; it can't be used with gevent, nor in a
                forked child of a process that has used it. Or pass a client of your own, of httpx or httpx2 and of the
                same kind, blocking or async: closing it is up to you.

        Raises:
            ConfigurationError: If something is missing or can't be used.
        """
        api_secret, auth, base_url = shield(api_secret, auth, base_url)
        settings = make_settings(
            api_key=api_key,
            api_secret=api_secret,
            auth=auth,
            region=region,
            base_url=base_url,
            account=account,
            timeout=timeout,
            max_retries=max_retries,
            deadline=deadline,
            check_limits=check_limits,
            national_numbers=national_numbers,
        )
        self._begin(settings, self._transport_class(http_client, settings.base_url), owner=True)

    def _begin(self, settings: Settings, transport: TransportT, *, owner: bool) -> None:
        self._settings, self._transport, self._owner = settings, transport, owner
        if owner:
            warn_in_the_clear(settings.base_url, signs=settings.auth.signs, stacklevel=3)

    @explained
    def with_options(
        self,
        *,
        account: str | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
        deadline: float | None = None,
    ) -> Self:
        """A copy of this client with other options, for one call or many; this client is not changed.

        The copy shares the connections, and closing it does nothing.

        Args:
            account: Another sub-account; an empty string drops it. If left out, it stays the same.
            timeout: Another timeout in seconds. If left out, it stays the same.
            max_retries: Another number of retries. If left out, it stays the same.
            deadline: Another deadline in seconds; `math.inf` drops it. If left out, it stays the same.

        Raises:
            ConfigurationError: If one of them can't be used.
        """
        twin = copy.copy(self)
        for name in ("api", "messages", "replies", "delivery_reports"):  # those of this client have its options
            twin.__dict__.pop(name, None)
        changed = self._settings.changed(account=account, timeout=timeout, max_retries=max_retries, deadline=deadline)
        twin._begin(changed, self._transport, owner=False)  # noqa: SLF001  # of the same class
        return twin

    @property
    def base_url(self) -> str:
        """The address of the server, without a slash at the end."""
        return self._settings.base_url

    @property
    def account(self) -> str:
        """The sub-account in use; empty for the account of the key itself."""
        return self._settings.account

    @property
    def auth(self) -> Auth:
        """How it authenticates."""
        return self._settings.auth

    def __repr__(self) -> str:
        settings = getattr(self, "_settings", None)  # a traceback may print a client that could not be made
        if settings is None:
            return f"{type(self).__name__}()"
        account = f", account={settings.account!r}" if settings.account else ""
        return f"{type(self).__name__}({settings.base_url!r}, auth={settings.auth!r}{account})"


class Client(_Client[Transport, HttpClient | HttpLibrary]):
    """A client of the Messages API whose calls block until the answer arrives.

    Use it as a context manager, or close it when you are done. Several threads can use it at once, and it shares
    nothing with any other client.

    Attributes:
        messages: `send`, `send_many`, `get`, `cancel`, `credits` and `wait`: send messages, and follow them.
        replies: `check`, `confirm`, `consume` and `consume_batches`: receive replies.
        delivery_reports: `check`, `confirm`, `consume` and `consume_batches`: receive delivery reports.
        api: Every operation of the contract under its own name, such as `api.messages.send_messages(body)`.

    The arguments are described at `__init__`.
    """

    _transport_class = Transport

    @resource("messagemedia_generated.client", show=_without_client)
    def api(self) -> Api:
        """Every operation of the contract under its own name."""
        from messagemedia_generated.client import Api  # noqa: PLC0415

        from messagemedia._call.executing import Executor  # noqa: PLC0415

        return Api(Executor(self._settings, self._transport))

    @resource("messagemedia._messages.verbs")
    def messages(self) -> Messages:
        """`send`, `send_many`, `get`, `cancel`, `credits` and `wait`."""
        from messagemedia._messages.verbs import Messages  # noqa: PLC0415

        return Messages(self.api.messages)

    @resource("messagemedia._inbox.verbs")
    def replies(self) -> Replies:
        """`check`, `confirm`, `consume` and `consume_batches`."""
        from messagemedia._inbox.verbs import Replies  # noqa: PLC0415

        return Replies(self.api.replies)

    @resource("messagemedia._inbox.verbs")
    def delivery_reports(self) -> DeliveryReports:
        """`check`, `confirm`, `consume` and `consume_batches`."""
        from messagemedia._inbox.verbs import DeliveryReports  # noqa: PLC0415

        return DeliveryReports(self.api.delivery_reports)

    def close(self) -> None:
        """Close the connections; a client that was passed in stays open."""
        if self._owner:
            self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(_Client[AsyncTransport, AsyncHttpClient | AsyncHttpLibrary]):
    """A client of the Messages API whose calls are awaited.

    Use it as an asynchronous context manager, or await `close()` when you are done. Several tasks can use it at once,
    and it shares nothing with any other client.

    Attributes:
        messages: `send`, `send_many`, `get`, `cancel`, `credits` and `wait`: send messages, and follow them.
        replies: `check`, `confirm`, `consume` and `consume_batches`: receive replies.
        delivery_reports: `check`, `confirm`, `consume` and `consume_batches`: receive delivery reports.
        api: Every operation of the contract under its own name, such as `api.messages.send_messages(body)`.

    The arguments are described at `__init__`.
    """

    _transport_class = AsyncTransport

    @resource("messagemedia_generated.client", show=_without_client)
    def api(self) -> AsyncApi:
        """Every operation of the contract under its own name."""
        from messagemedia_generated.client import AsyncApi  # noqa: PLC0415

        from messagemedia._call.executing import AsyncExecutor  # noqa: PLC0415

        return AsyncApi(AsyncExecutor(self._settings, self._transport))

    @resource("messagemedia._messages.verbs")
    def messages(self) -> AsyncMessages:
        """`send`, `send_many`, `get`, `cancel`, `credits` and `wait`."""
        from messagemedia._messages.verbs import AsyncMessages  # noqa: PLC0415

        return AsyncMessages(self.api.messages)

    @resource("messagemedia._inbox.verbs")
    def replies(self) -> AsyncReplies:
        """`check`, `confirm`, `consume` and `consume_batches`."""
        from messagemedia._inbox.verbs import AsyncReplies  # noqa: PLC0415

        return AsyncReplies(self.api.replies)

    @resource("messagemedia._inbox.verbs")
    def delivery_reports(self) -> AsyncDeliveryReports:
        """`check`, `confirm`, `consume` and `consume_batches`."""
        from messagemedia._inbox.verbs import AsyncDeliveryReports  # noqa: PLC0415

        return AsyncDeliveryReports(self.api.delivery_reports)

    async def close(self) -> None:
        """Close the connections; a client that was passed in stays open."""
        if self._owner:
            await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


def settings_of(client: Client | AsyncClient) -> Settings:
    """What a client was made with, for the other rooms of the package."""
    return cast("Settings", vars(client)["_settings"])
