"""Looks at the way to the API, step by step, and writes down what it sees. Nothing is changed, sent or confirmed."""

from __future__ import annotations

import json
import os
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from attrs import evolve, field, frozen
from messagemedia_generated.servers import SERVERS

from messagemedia._http.environment import Proxy, proxy_for, tls_of_all
from messagemedia._http.exchange import NoAnswer, Request, Response
from messagemedia._http.transport import Transport
from messagemedia._secret import presentable
from messagemedia.auth import Auth
from messagemedia.cli.doctor import wire
from messagemedia.cli.doctor.facts import Exchange, Facts, Setting, Trouble
from messagemedia.errors import ConfigurationError

# Reads at most 100 replies, and changes nothing: they come again until they are confirmed.
PATH = "/v1/replies"
CLOCK_TOLERANCE = 60.0  # seconds; a signature is valid for some minutes around its date
_MOST_MESSAGE = 200


@frozen
class Target:
    """What is looked at.

    Attributes:
        base_url: The server.
        auth: The way to authenticate that is configured; None if there are no credentials.
        account: A sub-account, or an empty text.
        settings: What is configured, and where.
        no_credentials: Why there are none, and what to do.
        tries: What was asked for beside what is configured.
        others: Further ways to authenticate, each with its server, that were asked for.
    """

    base_url: str
    auth: Auth | None = field(default=None, repr=False)
    account: str = ""
    settings: tuple[Setting, ...] = ()
    no_credentials: tuple[str, str] = ("", "")
    tries: tuple[str, ...] = ()
    others: tuple[tuple[str, Auth], ...] = field(default=(), repr=False)


def region_of(base_url: str) -> str:
    """The region of a server, empty for any other."""
    return next((region for region, url in SERVERS.items() if url == base_url), "")


def observe(target: Target, timeout: float = 10.0) -> Facts:
    """Look at everything between here and the API.

    Args:
        target: What to look at.
        timeout: Seconds that each step may take.
    """
    facts = Facts(
        base_url=target.base_url,
        region=region_of(target.base_url),
        scheme="" if target.auth is None else target.auth.scheme,
        account=bool(target.account),
        settings=target.settings,
        no_credentials=target.no_credentials,
        openssl=ssl.OPENSSL_VERSION,
    )
    try:
        proxy = proxy_for(target.base_url)
        context: ssl.SSLContext | None = tls_of_all() if facts.secure else None
    except ConfigurationError as error:
        return evolve(facts, broken=(error.message, error.hint))
    facts = _way(facts, proxy, context, timeout)
    if target.auth is None or _is_blocked(facts):
        return facts
    facts = evolve(facts, exchange=asked(target, target.base_url, target.auth, timeout))
    return _further(facts, target, timeout)


def _way(facts: Facts, proxy: Proxy | None, context: ssl.SSLContext | None, timeout: float) -> Facts:
    """Facts with what was seen on the way to the server."""
    way = wire.Way(wire.Place.of(facts.base_url), proxy, timeout)
    facts = evolve(facts, lookup=wire.looked_up(way.first, timeout))
    if proxy is not None:
        facts = evolve(facts, proxy=wire.seen_of(proxy))
    if facts.lookup is None or facts.lookup.trouble:
        return facts
    connection, plain = wire.connected(way.first, timeout)
    facts = evolve(facts, connection=connection)
    if plain is None:
        return facts
    with plain:
        if context is not None and _is_simple(proxy):
            facts = _secured(facts, way, plain, context)
    return facts


def _is_simple(proxy: Proxy | None) -> bool:
    """Whether TLS can be looked at: a proxy of another kind than `http` only the request itself can pass."""
    return proxy is None or urlsplit(proxy.url).scheme.lower() == "http"


def _secured(facts: Facts, way: wire.Way, plain: socket.socket, context: ssl.SSLContext) -> Facts:
    if way.proxy is not None:
        facts = evolve(facts, proxy=wire.asked(plain, way.proxy, way.server))
        if _is_blocked(facts):
            return facts
    return evolve(facts, handshake=evolve(wire.shaken(plain, way, context), trust=_trust()))


def _trust() -> str:
    return next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)), "")


def _is_blocked(facts: Facts) -> bool:
    """Whether no request can get through."""
    ended = (facts.lookup, facts.connection, facts.handshake, facts.proxy)
    refused = facts.proxy is not None and facts.proxy.status is not None and not 200 <= facts.proxy.status < 300
    return refused or any(each is not None and each.trouble for each in ended)


def _further(facts: Facts, target: Target, timeout: float) -> Facts:
    """Facts with the same request signed with the server's time, and with the other ways that were asked for."""
    exchange = facts.exchange
    offset = timedelta()
    if exchange is not None and exchange.ahead is not None and abs(exchange.ahead) > CLOCK_TOLERANCE:
        offset = timedelta(seconds=exchange.ahead)
    if offset and target.auth is not None and target.auth.signs and exchange and exchange.status in (401, 403):
        facts = evolve(facts, corrected=asked(target, target.base_url, target.auth, timeout, offset))
    others = (asked(target, url, auth, timeout, offset if auth.signs else timedelta()) for url, auth in target.others)
    return evolve(facts, others=tuple(others))


def asked(target: Target, base_url: str, auth: Auth, timeout: float, offset: timedelta = timedelta()) -> Exchange:
    """What came of a request that reads replies."""
    seen = Exchange(base_url, auth.scheme, region_of(base_url))
    url = base_url + PATH
    path = url[url.index("/", url.index("//") + 2) :]
    headers = {"Accept": "application/json", "User-Agent": "messagemedia-doctor"}
    if target.account:
        headers["Account"] = target.account
    headers |= auth.headers("GET", path, None, datetime.now(UTC) + offset)
    try:
        transport = Transport(None, base_url)
    except ConfigurationError as error:
        return evolve(seen, trouble="other", detail=error.message)
    try:
        begun = time.time()
        answer = transport.send(
            Request("doctor", "GET", url, path, headers, None, timeout, time.monotonic() + 3 * timeout)
        )
        middle = (begun + time.time()) / 2
    finally:
        transport.close()
    return _unanswered(seen, answer) if isinstance(answer, NoAnswer) else _answered(seen, answer, middle)


def _unanswered(seen: Exchange, answer: NoAnswer) -> Exchange:
    trouble: Trouble = "timeout" if answer.reason == "timeout" or "Timeout" in type(answer.cause).__name__ else "other"
    if answer.where == "certificate":
        trouble = "untrusted"
    elif trouble == "other" and answer.reason == "lost":
        trouble = "cut off"
    text = str(answer.cause)
    if "407" in text:  # how httpx tells what a proxy said to CONNECT
        return evolve(seen, status=407)
    return evolve(seen, trouble=trouble, detail=type(answer.cause).__name__)


def _answered(seen: Exchange, answer: Response, middle: float) -> Exchange:
    headers = answer.headers
    form, message = _read(answer)
    location = urlsplit(headers.get("location", "")) if 300 <= answer.status < 400 else None
    fields = [f"proxy-authenticate: {headers['proxy-authenticate']}"] if "proxy-authenticate" in headers else []
    return evolve(
        seen,
        status=answer.status,
        kind=presentable(headers.get("content-type", "").partition(";")[0].strip()[:50]),
        form=form,
        message=message,
        leads_to="" if location is None else presentable(location.hostname or ""),
        ahead=_ahead(headers.get("date", ""), middle),
        http_version=answer.http_version,
        asks=tuple(wire.ways(fields)),
    )


def _ahead(date: str, middle: float) -> float | None:
    """How far the server's clock is ahead. Its date is cut off to whole seconds, so half a second is added."""
    try:
        return round(parsedate_to_datetime(date).timestamp() + 0.5 - middle, 1)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _read(answer: Response) -> tuple[Literal["replies", "json", "page", "empty", "other"], str]:
    """What kind of body it is, and what the server says of itself."""
    content = answer.content.strip()
    if not content:
        return "empty", ""
    if content.startswith(b"<") or "html" in answer.headers.get("content-type", ""):
        return "page", ""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return "other", ""
    if not isinstance(body, dict):
        return "other", ""
    said = cast("dict[str, Any]", body)
    if isinstance(said.get("replies"), list):
        return "replies", ""
    message = said.get("message")
    return "json", presentable(message[:_MOST_MESSAGE]).strip() if isinstance(message, str) else ""


def others(auths: Sequence[Auth], urls: Sequence[str], target: Target) -> Iterator[tuple[str, Auth]]:
    """Each way to authenticate at each server, but the one that is configured."""
    for url in urls:
        for auth in auths:
            if (url, auth.scheme) != (target.base_url, target.auth.scheme if target.auth else ""):
                yield url, auth
