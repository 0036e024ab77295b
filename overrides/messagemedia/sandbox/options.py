"""The options of a sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import attrs

from messagemedia.sandbox.checks import CREDENTIALS, FILLED, HOSTS, KEY, ORIGINS, TEXTS, as_tuple, whole_number


def _aware(_options: object, attribute: attrs.Attribute[datetime | None], value: datetime | None) -> None:
    if value is not None and value.tzinfo is None:
        raise ValueError(f"{attribute.name} needs a time zone, for example tzinfo=UTC")


@attrs.frozen(kw_only=True)
class Options:
    """The options of a sandbox: keys and accounts, its clock, open questions of the API, and who may call it.

    Where the behaviour of the real service is not known, the sandbox has an option instead of a guess. The defaults are
    the most likely behaviour.

    Attributes:
        api_key: The key that is accepted.
        api_secret: Its secret.
        other_credentials: More keys of the same account, with their secrets.
        account: Id of the account that the keys belong to.
        accounts: Ids of its sub-accounts, which requests may name in the header `Account`.
        vendor_id: The `vendor_id` in replies and delivery reports.
        step_seconds: Seconds of the sandbox's clock between two statuses of a message.
        retention_days: How long messages, replies and delivery reports are kept.
        clock_start: The time at which the sandbox's clock starts; now, if left out.
        clock_runs: Whether the clock runs by itself, or stands still until it is advanced.
        clock_skew: How many seconds the `Date` of a signed request may be off.
        sha1: Whether signatures with `hmac-sha1` are still accepted.
        bad_credentials_status: The status for wrong credentials; before 2026-07 it was 403.
        credits: The `remaining_credits`, of any JSON kind.
        pushed_also_polled: Whether what belongs to a message with a `callback_url` can be fetched, too.
        error_code_in_polled_reports: Whether fetched delivery reports carry `error_code`, as pushed ones do.
        billing_units: The `billing_units` of delivery reports; if None, they are left out.
        confirm_limit: Whether confirming more than 100 ids is refused.
        tls_rule: Whether messages to Singapore (+65) are refused with 422, as over an old version of TLS.
        webhook_limit: How many webhooks an account can have.
        webhook_page_size: How many webhooks a page has if a request does not say so.
        first_webhook_page: The number of the first page of webhooks; one older text says 1.
        unique_webhook_updates: Whether updating a webhook to the address and method of another one is refused, as
            creating it is.
        signed_pushes: Whether the account has signed pushes; if not, its signature keys are refused with 403.
        retries_signed_anew: Whether a push is signed again when it is retried, or keeps its first date and signature.
        push_retries: How often a push to a `callback_url` is retried if it is not answered with a 2xx; webhooks have
            their own setting.
        push_backoff: Seconds of the sandbox's clock before the first retry of such a push; doubled for each further
            one.
        keep: How many of the newest messages, pushes and requests are kept; if None, all messages and pushes, and
            10,000 requests.
        hosts: Host names that requests may use, besides `localhost` and the loopback addresses: names that lead to this
            machine's loopback, such as that of a forwarded port or of a shared network.
        allowed_origins: Origins of web pages that may make control calls, such as `http://localhost:3000`, for
            end-to-end tests in a browser. Pages of any other origin, except the sandbox's own, are refused.
    """

    api_key: str = attrs.field(default="SANDBOX_KEY", validator=KEY)
    api_secret: str = attrs.field(default="SANDBOX_SECRET", repr=False, validator=FILLED)
    other_credentials: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False, validator=CREDENTIALS)
    account: str = "SandboxAccount"
    accounts: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, validator=TEXTS)
    vendor_id: str = "MessageMedia"
    step_seconds: float = 1.0
    retention_days: float = 45
    clock_start: datetime | None = attrs.field(default=None, validator=_aware)
    clock_runs: bool = True
    clock_skew: float = 300
    sha1: bool = True
    bad_credentials_status: Literal[401, 403] = 401
    credits: Any = 500
    pushed_also_polled: bool = True
    error_code_in_polled_reports: bool = True
    billing_units: int | None = None
    confirm_limit: bool = True
    tls_rule: bool = False
    webhook_limit: int = attrs.field(default=150, validator=whole_number(0))
    webhook_page_size: int = attrs.field(default=20, validator=whole_number(1))
    first_webhook_page: Literal[0, 1] = 0
    unique_webhook_updates: bool = True
    signed_pushes: bool = True
    retries_signed_anew: bool = True
    push_retries: int = 5
    push_backoff: float = 1.0
    keep: int | None = attrs.field(default=None, validator=whole_number(1).or_none)
    hosts: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, validator=HOSTS)
    allowed_origins: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, validator=ORIGINS)

    def secret_of(self, api_key: str) -> str | None:
        """The secret of a key, or None if the key is unknown."""
        return self.api_secret if api_key == self.api_key else self.other_credentials.get(api_key)
