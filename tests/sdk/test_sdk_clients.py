import asyncio
import base64
import contextvars
import gc
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from messagemedia import AsyncClient, Client, ConfigurationError, HmacAuth, PermissionDeniedError
from sdk_face import CALLS, KEY, MESSAGE_ID, SECRET, SMS, Face, Wire, accepted, answer, call, success


def basic(key: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


def echo(request: httpx.Request) -> httpx.Response:
    """Answer with what the request says about its sender."""
    names = ("authorization", "account", "host")
    return answer(200, {"message_id": "|".join(request.headers.get(name, "-") for name in names)})


@pytest.mark.off_contract(answers="they say what was asked, as the id")
def test_clients_do_not_see_each_others_settings(face: Face) -> None:
    wire = Wire(echo)  # pitfalls 18 and 19
    one = face.client(wire, api_key="one", api_secret="s1", account="A", region="eu")
    two = face.client(wire, api_key="two", api_secret="s2")
    three = face.client(wire, auth=HmacAuth("three", "s3"))
    for _ in range(2):
        said = [face.run(client.messages.get("x")).message_id for client in (one, two, three)]
        assert said[0] == f"{basic('one', 's1')}|A|eu.app.api.sinch.com"
        assert said[1] == f"{basic('two', 's2')}|-|api.messagemedia.com"
        assert said[2].startswith('hmac username="three"')


def test_a_client_tells_what_it_was_made_with(face: Face) -> None:
    auth = HmacAuth("key", "s")
    client = face.client(Wire(echo), auth=auth, account="A", region="eu")
    assert (client.base_url, client.account, client.auth) == ("https://eu.app.api.sinch.com", "A", auth)
    other = client.with_options(account="B")
    assert (other.base_url, other.account, client.account) == (client.base_url, "B", "A")
    for name in ("base_url", "account", "auth"):
        with pytest.raises(AttributeError):
            setattr(client, name, "x")


@pytest.mark.off_contract(answers="they say what was asked, as the id")
def test_threads_do_not_see_each_others_client() -> None:
    """Pitfall 18."""
    barrier = threading.Barrier(8)

    def ask(number: int) -> bool:
        with (
            httpx.Client(transport=Wire(echo).transport) as http_client,
            Client(f"k{number}", "s", account=f"a{number}", http_client=http_client) as client,
        ):
            barrier.wait(timeout=60)
            wanted = f"{basic(f'k{number}', 's')}|a{number}|api.messagemedia.com"
            return all(client.messages.get("x").message_id == wanted for _ in range(10))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(8)))


@pytest.mark.off_contract(answers="they say what was asked, as the id")
def test_one_client_serves_several_threads() -> None:
    with (
        httpx.Client(transport=Wire(echo).transport) as http_client,
        Client(KEY, SECRET, http_client=http_client) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        copies = [client.with_options(account=f"a{number}") for number in range(8)]
        said = list(pool.map(lambda copy: copy.messages.get("x").message_id.split("|")[1], copies * 5))
    assert said == [f"a{number}" for number in range(8)] * 5


@pytest.mark.off_contract(answers="they say what was asked, as the id")
def test_tasks_do_not_see_each_others_client() -> None:
    async def ask(client: AsyncClient, number: int) -> str:
        await asyncio.sleep(0)
        return (await client.with_options(account=f"a{number}").messages.get("x")).message_id.split("|")[1]

    async def main() -> list[str]:
        async with (
            httpx.AsyncClient(transport=Wire(echo).transport) as http_client,
            AsyncClient(KEY, SECRET, http_client=http_client) as client,
        ):
            return list(await asyncio.gather(*(ask(client, number) for number in range(20))))

    assert asyncio.run(main()) == [f"a{number}" for number in range(20)]


def test_a_client_leaves_no_trace_outside_of_itself(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other HTTP calls of the process carry no credentials. Pitfall 20."""
    opener = urllib.request._opener  # type: ignore[attr-defined]
    context = dict(contextvars.copy_context())
    face.run(face.client(Wire(success("get"))).messages.get(MESSAGE_ID))
    wire = Wire(answer(200))
    with httpx.Client(transport=wire.transport) as plain:
        plain.get("https://example.com/")
    assert "authorization" not in wire.only.headers
    assert urllib.request._opener is opener  # type: ignore[attr-defined]
    assert dict(contextvars.copy_context()) == context


def test_a_copy_has_other_options_and_the_original_keeps_its_own(face: Face) -> None:
    wire = Wire(success("get"))  # pitfalls 22 and 23
    client = face.client(wire, account="Parent", timeout=3)
    copies: list[Any] = [
        client.with_options(account="Child"),
        client.with_options(timeout=7),
        client.with_options(account=""),
        client.with_options(account="Child", timeout=9).with_options(account=""),
        client.with_options(),
        client,
    ]
    for copy in copies:
        assert type(copy) is face.client_class
        face.run(copy.messages.get(MESSAGE_ID))
    said = [(seen.headers.get("account"), seen.timeout) for seen in wire.seen]
    assert said == [("Child", 3), ("Parent", 7), (None, 3), (None, 9), ("Parent", 3), ("Parent", 3)]


def test_a_copy_can_repeat_more_or_less_often(face: Face) -> None:
    wire = Wire(answer(503))
    client = face.client(wire, max_retries=1)
    for copy, attempts in ((client.with_options(max_retries=0), 1), (client, 2), (client.with_options(), 2)):
        before = len(wire.seen)
        with pytest.raises(Exception, match="503"):
            face.run(copy.messages.get(MESSAGE_ID))
        assert len(wire.seen) - before == attempts


WRONG_OPTIONS: list[dict[str, Any]] = [
    *({"timeout": value} for value in (0, -1, True, float("nan"), float("inf"), "5")),
    *({"max_retries": value} for value in (-1, 1.5, True)),
    *({"account": value} for value in (5, "a\nb")),
]


@pytest.mark.parametrize("options", WRONG_OPTIONS, ids=str)
def test_options_that_can_not_be_right_are_refused(face: Face, options: dict[str, Any]) -> None:
    client = face.client(Wire(answer(200)))
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        client.with_options(**options)
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        face.client_class(KEY, SECRET, **options)


@pytest.mark.parametrize("name", CALLS)
def test_an_account_can_be_named_for_the_client_or_for_a_call(face: Face, name: str) -> None:
    wire = Wire(success(name))  # pitfall 22
    client = face.client(wire, account="My Account-1")
    face.run(call(client, name))
    assert wire.only.headers["account"] == "My Account-1"


def test_an_account_of_a_call_replaces_that_of_the_client(face: Face) -> None:
    wire = Wire(success("replies.check"))  # pitfall 22
    for client in (face.client(wire, account="Client"), face.client(wire)):
        face.run(client.api.replies.check_replies(account="Call"))
    assert [seen.headers["account"] for seen in wire.seen] == ["Call", "Call"]


def test_an_unknown_account_is_an_error_of_its_own(face: Face) -> None:
    wire = Wire(answer(403, {"message": "Invalid account 'Nope' in header Account"}))  # pitfall 22
    with pytest.raises(PermissionDeniedError, match="Invalid account 'Nope'") as caught:
        face.run(face.client(wire, account="Nope").messages.send(**SMS))
    assert "sub-account" in caught.value.hint


def test_closing_a_copy_does_nothing(face: Face) -> None:
    client = face.client(Wire(success("get")))
    face.close(client.with_options(timeout=5))
    assert face.run(client.messages.get(MESSAGE_ID)).message_id == MESSAGE_ID


def test_a_closed_client_and_its_copies_say_so(face: Face) -> None:
    wire = Wire(success("get"))
    client = face.client(wire)
    copy = client.with_options(timeout=5)
    face.close(client)
    face.close(client)
    for closed in (client, copy):
        with pytest.raises(ConfigurationError, match="closed"):
            face.run(closed.messages.get(MESSAGE_ID))
    assert not wire.seen


def test_a_client_is_a_context_manager_that_closes_itself(face: Face) -> None:
    client = face.client()

    async def enter() -> None:
        async with client as entered:
            assert entered is client

    if face.blocking:
        with client as entered:
            assert entered is client
    else:
        face.runner.run(enter())
    with pytest.raises(ConfigurationError, match="closed"):  # pitfall 25
        face.run(client.messages.get(MESSAGE_ID))


def test_a_timeout_belongs_to_each_attempt(face: Face) -> None:
    wire = Wire(answer(503), answer(503), success("get"))  # pitfall 23
    face.run(face.client(wire, timeout=2.5).messages.get(MESSAGE_ID))
    assert [seen.timeout for seen in wire.seen] == [2.5] * 3


def test_the_timeout_is_30_seconds_unless_told_otherwise(face: Face) -> None:
    wire = Wire(accepted())
    face.run(face.client(wire).messages.send(**SMS))
    assert wire.only.timeout == 30


def test_a_client_that_was_never_used_leaves_nothing_open(face: Face) -> None:
    face.client_class(KEY, SECRET)  # pitfall 25: a ResourceWarning would be an error
    gc.collect()
