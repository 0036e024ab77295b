"""What the answers of the API mean, or of something that answers in its place; and the clock, which they tell."""

from __future__ import annotations

from collections.abc import Iterator

from messagemedia_generated.servers import SERVERS

from messagemedia.cli.doctor.facts import Exchange, Facts
from messagemedia.cli.doctor.network import refusal
from messagemedia.cli.doctor.steps import NOT_REACHED, Judged, Step, Verdict, host_of, wrong

_SLIGHTLY, _TOO_FAR = 5.0, 60.0  # seconds that clocks may be apart: without a word, and before signatures may fail

_LOGIN = (
    "Open a web page in a browser on this machine: if a login page appears, log in, and try again. On a server, ask "
    "whoever runs its network."
)


def judged(facts: Facts) -> Iterator[Judged]:
    """What the request means, then the clock, then what else was tried."""
    exchange = facts.exchange
    if exchange is None:
        yield Judged(Step("request", "none", NOT_REACHED if facts.scheme else "not made"))
        yield Judged(Step("clock", "none", NOT_REACHED))
        return
    yield _request(facts, exchange)
    yield _clock(facts, exchange)
    for other in facts.others:
        yield Judged(_tried(other))


def _is_refused(exchange: Exchange) -> bool:
    """Whether it is the API that refuses the credentials; until 2026 it did so with a 403."""
    says_so = exchange.status == 403 and "credential" in exchange.message.lower()
    return exchange.form in ("json", "empty") and (exchange.status == 401 or says_so)


def _said(exchange: Exchange) -> str:
    message = f": “{exchange.message}”" if exchange.message else ""
    return f"{exchange.status}{message}"


# --- the request ----------------------------------------------------------------------------------------------


def _request(facts: Facts, exchange: Exchange) -> Judged:
    host = host_of(exchange.base_url)
    if exchange.accepted or (facts.corrected is not None and facts.corrected.accepted):
        return _accepted(exchange)
    if exchange.status is None:
        return _unanswered(exchange, host)
    if exchange.status == 407 and facts.proxy is not None:
        seen, verdict = refusal(facts, facts.proxy, 407, exchange.asks)
        return wrong("request", seen, verdict)
    if _is_refused(exchange):
        return wrong("request", f"the credentials are refused with {_said(exchange)}", _refused(facts, exchange))
    if (elsewhere := _elsewhere(exchange, host)) is not None:
        return elsewhere
    return _from_the_api(facts, exchange, host)


def _accepted(exchange: Exchange) -> Judged:
    host, scheme = host_of(exchange.base_url), exchange.scheme
    works = f"Everything works: {host} accepts these credentials with {scheme} authentication."
    if exchange.accepted:
        seen = f"the credentials are accepted ({scheme}); GET /v1/replies answered 200, nothing was confirmed"
        return Judged(Step("request", "ok", seen), Verdict("ok", works, ok=True))
    seen = f"refused with {_said(exchange)}, but accepted when it is signed with the server's time"
    text = (
        f"The credentials are right, but the clock of this machine is {_apart(exchange.ahead or 0.0)} the server's. "
        "Each signed request is refused at first, and then retried with the server's time."
    )
    return Judged(Step("request", "warning", seen), Verdict("clock", text, _SET_CLOCK, ok=True))


_SET_CLOCK = "Set the clock of this machine, preferably from the network (NTP)."


def _unanswered(exchange: Exchange, host: str) -> Judged:
    if exchange.trouble == "timeout":
        text = f"{host} does not answer the request in time."
        fix = "This may be temporary: try again. If it persists, a proxy or firewall may be holding the answer back."
        return wrong("request", "no answer in time", Verdict("timeout", text, fix))
    if exchange.trouble == "untrusted":
        text, fix = "A certificate on the way is not trusted.", "Set SSL_CERT_FILE to the certificates of your network."
        return wrong("request", "a certificate is not trusted", Verdict("certificate_untrusted", text, fix))
    text = f"The request to {host} fails without an answer ({exchange.detail})."
    fix = (
        "This may be temporary: try again. If it persists, a proxy or firewall may be cutting off such requests; ask "
        "whoever runs it."
    )
    return wrong("request", f"no answer ({exchange.detail})", Verdict("cut_off", text, fix))


def _refused(facts: Facts, exchange: Exchange) -> Verdict:
    """Why credentials may be refused: what was tried beside them tells more."""
    host = host_of(exchange.base_url)
    if (works := next((each for each in facts.others if each.accepted), None)) is not None:
        return _works_elsewhere(exchange, works)
    text = f"{host} does not accept these credentials with {exchange.scheme} authentication."
    doubts = [f"The {each.name} {each.doubt}." for each in facts.settings if each.doubt]
    if facts.corrected is not None:
        doubts.append("Signed with the server's time they are refused as well, so the clock is not the reason.")
    if doubts:
        text = f"{text} {' '.join(doubts)}"
    return Verdict("credentials", text, _what_to_check(facts, exchange))


def _works_elsewhere(exchange: Exchange, works: Exchange) -> Verdict:
    parts: list[str] = []
    fixes: list[str] = []
    if works.base_url != exchange.base_url:
        parts.append(f"the account is in the region {works.region}, not at {host_of(exchange.base_url)}")
        fixes.append(f"MESSAGEMEDIA_REGION={works.region}")
    if works.scheme != exchange.scheme:
        parts.append(f"the key pair is for {works.scheme} authentication, not for {exchange.scheme}")
        fixes.append(f"MESSAGEMEDIA_AUTH={works.scheme}")
    text = f"The credentials are right, but {' and '.join(parts)}."
    unset = " Unset MESSAGEMEDIA_BASE_URL." if works.base_url != exchange.base_url and not exchange.region else ""
    cause = "region" if works.base_url != exchange.base_url else "method"
    return Verdict(cause, text, f"Set {' and '.join(fixes)}, or the same in your profile.{unset}")


def _what_to_check(facts: Facts, exchange: Exchange) -> str:
    tried = {(each.base_url, each.scheme) for each in facts.others} | {(exchange.base_url, exchange.scheme)}
    other = "hmac" if exchange.scheme == "basic" else "basic"
    checks = ["Check the key and the secret: a character may be missing or extra."]
    if not any(scheme == other for _, scheme in tried):
        what = "only a signature is sent" if other == "hmac" else "the secret itself is sent"
        how = f"to try the other one, run: messagemedia doctor --try {other} ({what})"
        checks.append(f"A key pair works with one method only; {how}.")
    if not {url for url, _ in tried} >= set(SERVERS.values()):
        what = "a signature" if exchange.scheme == "hmac" else "the secret"
        how = f"to try all regions, run: messagemedia doctor --try all-regions ({what} is sent to each)"
        checks.append(f"Keys work only in the region of their account; {how}.")
    if len(checks) == 1:
        checks.append(
            "If it is not that, make a new pair in the web portal: this one is refused wherever it was tried."
        )
    return "\n".join(checks)


# --- answers of something else --------------------------------------------------------------------------------


def _elsewhere(exchange: Exchange, host: str) -> Judged | None:
    """What answers that is not the API; None if it may be the API."""
    status = exchange.status or 0
    if status == 511:
        text = "This network requires you to log in before it lets anything through."
        return wrong("request", "511: this network requires a login", Verdict("captive_portal", text, _LOGIN))
    if 300 <= status < 400:
        to = exchange.leads_to or "another address"
        text = f"The answer redirects to {to}, which the API never does: it is the login page of a network, or a proxy."
        fix = _LOGIN if exchange.region else f"{_LOGIN} Or check the address {exchange.base_url}."
        return wrong("request", f"{status}, a redirect to {to}", Verdict("captive_portal", text, fix))
    if 200 <= status < 300:
        return _not_the_api(exchange, host)
    if exchange.form == "page" and status in (401, 403):
        text = f"A proxy or firewall answers in place of {host}, and refuses: the answer is a web page, not the API's."
        fix = f"Ask whoever runs your network to allow {host}."
        return wrong("request", f"{status}, with a web page", Verdict("blocked", text, fix))
    return None


def _not_the_api(exchange: Exchange, host: str) -> Judged:
    address = "" if exchange.region else f" Or check the address {exchange.base_url}."
    if exchange.form == "page":
        text = (
            f"A web page comes back instead of an answer of {host}: most likely the login page of a network, or of a "
            "proxy."
        )
        seen = f"{exchange.status}, with a web page instead of the API's answer"
        return wrong("request", seen, Verdict("captive_portal", text, f"{_LOGIN}{address}"))
    what = "nothing" if exchange.form == "empty" else "something else"
    text = (
        f"{host} answers with {what} where the API would list replies: it is not the API, or a proxy changes answers."
    )
    fix = f"Ask whoever runs your network whether a proxy changes answers.{address}"
    return wrong("request", f"{exchange.status}, with {what} instead of replies", Verdict("not_the_api", text, fix))


def _from_the_api(facts: Facts, exchange: Exchange, host: str) -> Judged:
    """What other answers of the API mean."""
    status, seen = exchange.status or 0, f"answered with {_said(exchange)}"
    if status == 403 and facts.account and "account" in exchange.message.lower():
        text = "The credentials are known, but not the sub-account that is set."
        fix = "Correct MESSAGEMEDIA_ACCOUNT or the account of the profile, or remove it."
        return wrong("request", seen, Verdict("account", text, fix))
    if status == 403:
        text = f"{host} knows the credentials, but they may not read replies."
        return wrong("request", seen, Verdict("permission", text, "Ask support which features the account has."))
    if status == 404:
        text = f"The server {host} answers, but does not know {exchange.base_url}/v1/replies: it may not be the API."
        fix = "Correct the address, or unset MESSAGEMEDIA_BASE_URL to use the API's own."
        return wrong("request", seen, Verdict("address", text, fix))
    if status == 429:
        text = f"{host} answers, but this account is making too many requests at the moment."
        return wrong("request", seen, Verdict("rate_limit", text, "Wait a minute, and try again."))
    if status >= 500:
        text = f"The way to {host} is open, but the API, or a gateway before it, has a fault at the moment."
        return wrong("request", seen, Verdict("server", text, "Try again later; if it persists, show this to support."))
    return wrong("request", seen, Verdict("other", f"{host} answers with {status}.", "Show this to support."))


# --- the clock, and what else was tried -----------------------------------------------------------------------


def _clock(facts: Facts, exchange: Exchange) -> Judged:
    if exchange.status is None:
        return Judged(Step("clock", "none", NOT_REACHED))
    if exchange.form == "page" or exchange.status == 407 or 300 <= exchange.status < 400:
        return Judged(Step("clock", "none", "unknown: it was not the API that answered"))
    if exchange.ahead is None:
        return Judged(Step("clock", "none", "the answer does not give the server's time"))
    ahead = exchange.ahead
    if abs(ahead) <= _SLIGHTLY:
        return Judged(Step("clock", "ok", "this machine's clock agrees with the server's"))
    seen = f"this machine's clock is {_apart(ahead)} the server's"
    if abs(ahead) <= _TOO_FAR:
        return Judged(Step("clock", "ok", seen))
    note = f"{seen[0].upper()}{seen[1:]}. {_SET_CLOCK}"
    is_the_verdict = facts.corrected is not None and facts.corrected.accepted
    return Judged(Step("clock", "warning", seen), note="" if is_the_verdict else note)


def _apart(ahead: float) -> str:
    """How far this clock is from the server's, such as `60 min behind`."""
    seconds, way = abs(ahead), "behind" if ahead > 0 else "ahead of"
    for unit, size, least in (("days", 86_400, 2 * 86_400), ("h", 3_600, 3 * 3_600), ("min", 60, 120)):
        if seconds >= least:
            return f"{seconds / size:.0f} {unit} {way}"
    return f"{seconds:.0f} s {way}"


def _tried(other: Exchange) -> Step:
    host = host_of(other.base_url)
    where = f"{other.scheme} at {host}" + (f" ({other.region})" if other.region else "")
    sent = "a signature" if other.scheme == "hmac" else "the secret"
    if other.accepted:
        return Step("tried", "ok", f"{where}: accepted")
    if other.status is None:
        return Step("tried", "bad", f"{where}: nothing was sent, or no answer came ({other.detail or other.trouble})")
    return Step("tried", "bad", f"{where}: {_said(other)} ({sent} was sent there)")
