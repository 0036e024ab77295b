"""What looking up, connecting and a proxy mean, in the words of whoever runs a program."""

from __future__ import annotations

from messagemedia.cli.doctor.facts import Connection, Facts, Lookup, ProxySeen
from messagemedia.cli.doctor.steps import NOT_REACHED, Judged, Step, Verdict, host_of, wrong

# --- names and connections ------------------------------------------------------------------------------------


def dns(facts: Facts, lookup: Lookup | None) -> Judged:
    """What looking up the first host on the way means."""
    if lookup is None:
        return Judged(Step("DNS", "none", NOT_REACHED))
    proxy = facts.proxy
    who = f"{lookup.host}, the proxy of {proxy.variable}," if proxy else lookup.host
    if lookup.host in lookup.addresses:
        return Judged(Step("DNS", "none", f"{who} is an address already"))
    if not lookup.trouble:
        first, *others = lookup.addresses or ("",)
        more = f" and {len(others)} more" if others else ""
        return Judged(Step("DNS", "ok", f"{who} has the address {first}{more}"))
    seen = f"no address is found for {who.rstrip(',')}"
    if lookup.trouble == "timeout":
        seen = f"looking up {lookup.host} takes too long"
    if proxy is not None:
        text = f"The host of the proxy in {proxy.variable} can't be found: {lookup.host}."
        fix = f"Correct {proxy.variable}. If this machine is not in the network of that proxy now, unset it."
    else:
        text = f"This machine can't find the address of {lookup.host}."
        fix = (
            "Check that it has a network, its DNS settings, and the VPN if you use one. Where the internet is reached "
            "through a proxy only, set HTTPS_PROXY."
        )
        if not facts.region:
            fix = f"Check the address {facts.base_url} for a typo. {fix}"
    return wrong("DNS", seen, Verdict("dns", text, fix))


def tcp(facts: Facts, connection: Connection | None) -> Judged:
    """What connecting to it means."""
    if connection is None:
        return Judged(Step("TCP", "none", NOT_REACHED))
    where = f"{connection.host} port {connection.port}"
    if not connection.trouble:
        text = f"connected to {connection.address} port {connection.port} in {connection.seconds * 1000:.0f} ms"
        return Judged(Step("TCP", "ok", text))
    proxy = facts.proxy
    what = f"the proxy of {proxy.variable} at {where}" if proxy else where
    who = f"{what[0].upper()}{what[1:]}"
    if connection.trouble == "refused":
        seen, text = f"{what} refuses the connection", f"{who} refuses connections: nothing listens there."
        fix = _nobody_there(facts, connection)
    elif connection.trouble == "timeout":
        seen = f"{what} does not answer within {connection.seconds:.0f} s"
        text = f"{who} does not answer: most likely a firewall drops what is sent there."
        fix = (
            f"Ask whoever runs your network to let this machine connect to {where}, or which proxy to set in "
            "HTTPS_PROXY."
        )
    else:
        seen, text = f"{what} can't be reached", f"{who} can't be reached from this machine."
        fix = "Check that this machine has a network, and the VPN if you use one."
    if proxy is not None:
        fix = f"Check the address in {proxy.variable}. If this machine is not in that proxy's network now, unset it."
    cause = connection.trouble if connection.trouble in ("refused", "timeout") else "network"
    return wrong("TCP", seen, Verdict(cause, text, fix))


def _nobody_there(facts: Facts, connection: Connection) -> str:
    if connection.host in ("localhost", "127.0.0.1", "::1"):
        return "Start the server that should be there, for example: messagemedia sandbox. Or correct its port."
    if facts.region:
        return (
            f"A firewall may refuse it: ask whoever runs your network to allow {connection.host} port "
            f"{connection.port}."
        )
    return f"Check the host and port in {facts.base_url}."


# --- proxies --------------------------------------------------------------------------------------------------


def proxy(facts: Facts, seen: ProxySeen | None) -> Judged:
    """What a proxy means that was found, and asked for a tunnel if there has to be one."""
    if seen is None:
        return Judged(Step("proxy", "none", "none is set"))
    if seen.trouble:
        said = f"{_named(seen)} does not answer like a proxy"
        fix = f"Correct {seen.variable}, or unset it if this network needs no proxy."
        return wrong(
            "proxy", said, Verdict("no_proxy_there", f"What answers at {seen.host} is not an HTTP proxy.", fix)
        )
    if seen.status is None:
        if facts.connection is None or facts.connection.trouble:
            return Judged(Step("proxy", "none", f"{_named(seen)}: {NOT_REACHED}"))
        return Judged(Step("proxy", "ok", f"{_named(seen)} carries the request"))
    if 200 <= seen.status < 300:
        return Judged(Step("proxy", "ok", f"{_named(seen)} connects to {host_of(facts.base_url)}"))
    said, verdict = refusal(facts, seen, seen.status, seen.asks)
    return wrong("proxy", said, verdict)


def _named(seen: ProxySeen) -> str:
    return f"{seen.host} (from {seen.variable})"


def refusal(facts: Facts, seen: ProxySeen, status: int, asks: tuple[str, ...]) -> tuple[str, Verdict]:
    """What was seen of a proxy that does not carry a request, and what it means."""
    if status == 407:
        said, text, fix = _unauthorized(seen, asks)
        return f"{_named(seen)} answers 407: {said}", Verdict("proxy_password", text, fix)
    host = host_of(facts.base_url)
    said = f"{_named(seen)} answers {status} when it is asked to connect to {host}"
    if status in (502, 503, 504):
        text, fix = (
            f"The proxy {seen.host} can't reach {host}.",
            "This may be temporary; if not, ask whoever runs the proxy.",
        )
    else:
        text = f"The proxy {seen.host} does not let this machine connect to {host}."
        fix = (
            f"Ask whoever runs the proxy to allow {host}, or name {host} in NO_PROXY if it can be reached without one."
        )
    return said, Verdict("proxy_refuses", text, fix)


def _unauthorized(seen: ProxySeen, asks: tuple[str, ...]) -> tuple[str, str, str]:
    if asks and "basic" not in map(str.lower, asks):
        offers = " or ".join(asks)
        return (
            f"it requires {offers}",
            f"The proxy {seen.host} requires {offers} authentication, which Python's HTTP libraries can't do.",
            f"Run a helper on this machine that can, such as Px or cntlm, and name it in {seen.variable}.",
        )
    if seen.has_password:
        return (
            f"it does not accept the user name and password in {seen.variable}",
            f"The proxy {seen.host} does not accept the user name and password in {seen.variable}.",
            "Check both. Special characters must be percent-encoded: @ is %40, : is %3A, / is %2F.",
        )
    text = f"The proxy {seen.host} requires a user name and a password, and {seen.variable} has none."
    fix = f"Set {seen.variable} to http://USER:PASSWORD@{seen.host}, with special characters percent-encoded: @ is %40."
    return "it requires a user name and a password", text, fix
