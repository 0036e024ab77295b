"""A forked child reads no answer of its parent's or its siblings' requests, and hangs in no lock of theirs."""

import asyncio
import collections
import contextlib
import gc
import multiprocessing
import os
import ssl
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from messagemedia import (
    AsyncClient,
    Client,
    ConfigurationError,
    Message,
    MessageMediaError,
    NotSentError,
    OutcomeUnknownError,
    Reply,
)
from messagemedia.campaign import Campaign, JournalError, Row
from messagemedia.sandbox import Sandbox
from sdk_face import KEY, MESSAGE_ID, SECRET, SMS, Wire, accepted, success
from sdk_fork import Api, api, in_child
from sdk_servers import keeping, raw, refusing

from tests import inside

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows has no fork"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),  # servers of these tests run in threads
]

LIBRARIES: dict[str, Any] = {"httpx": httpx, "httpx2": httpx2}
CHILDREN, SENDS = 4, 200


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[False, True], ids=["http", "https"])
def server(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    with api(tmp_path, tls=request.param) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        yield running


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(api_key=KEY, api_secret=SECRET) as running:
        yield running


_shared: Any = None


def _send(number: int) -> str:
    """Send through the client that was inherited: the content of what is told as accepted, or the name of an error."""
    try:
        return _shared.messages.send(content=f"for person {number}", destination_number="+61491570156").content
    except MessageMediaError as error:
        return type(error).__name__


@contextlib.contextmanager
def busy(client: Client) -> Iterator[None]:
    """Threads of the parent that send all the time, and so hold locks and connections when it forks."""
    over = threading.Event()

    def send() -> None:
        while not over.is_set():
            client.messages.send(content="of the parent", destination_number="+61491570156")

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


@pytest.mark.slow
@pytest.mark.off_contract(answers="without a content type")
@pytest.mark.parametrize("sending", [False, True], ids=["idle", "sending"])
def test_each_of_many_children_is_told_the_outcome_of_its_own_messages(
    library: str, server: Api, sending: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Client(KEY, SECRET, base_url=server.url, http_client=library, timeout=10) as client:
        client.messages.credits()
        monkeypatch.setattr(sys.modules[__name__], "_shared", client)
        context = multiprocessing.get_context("fork")
        with busy(client) if sending else contextlib.nullcontext(), ProcessPoolExecutor(CHILDREN, context) as pool:
            try:
                told = list(pool.map(_send, range(SENDS), timeout=60))
            except TimeoutError:  # or the pool would wait for a child that hangs
                for child in multiprocessing.active_children():
                    child.kill()
                raise
    wanted = [f"for person {number}" for number in range(SENDS)]
    assert told == wanted
    of_children = collections.Counter(text for text in server.accepted if text != "of the parent")
    assert of_children == collections.Counter(wanted)  # once each


@pytest.mark.off_contract(answers="without a content type")
def test_a_parent_and_its_grandchild_send_at_the_same_time(library: str, server: Api) -> None:
    with Client(KEY, SECRET, base_url=server.url, http_client=library) as client:

        def send(content: str) -> str:
            return str(client.messages.send(content=content, destination_number="+61491570156").content)

        def child() -> list[str]:
            return [send("child"), in_child(lambda: send("grandchild")), send("child again")]

        told = [send("parent"), *in_child(child), send("parent again")]
    assert told == ["parent", "child", "grandchild", "child again", "parent again"] == server.accepted


def sockets() -> set[str]:
    """The sockets that this process has open."""
    links = (Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd"))  # noqa: PTH208
    return {target for link in links if link.is_symlink() and (target := os.readlink(link)).startswith("socket:")}  # noqa: PTH115


@pytest.mark.skipif(sys.platform != "linux", reason="platform: only Linux shows what a process has open in this way")
def test_inherited_connections_stay_open_and_unused_in_a_child(library: str) -> None:
    with keeping(raw(accepted(), keep=True)) as server:
        client = Client(KEY, SECRET, base_url=server.url, http_client=library)
        client.messages.send(**SMS)
        opened = sockets()

        def child() -> set[str]:
            nonlocal client
            client.messages.credits()
            client.close()
            del client
            gc.collect()
            return opened - sockets()

        assert in_child(child) == set()
        client.messages.send(**SMS)
        client.close()
        # The first one of the parent, kept over the child's life, and one of the child.
        assert server.accepted == 2


def test_threads_of_a_child_share_its_connections(library: str) -> None:
    with (
        keeping(raw(accepted(), keep=True)) as server,
        Client(KEY, SECRET, base_url=server.url, http_client=library) as client,
    ):
        client.messages.send(**SMS)

        def child() -> int:
            threads = [threading.Thread(target=client.messages.send, kwargs=SMS) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert inside.connections_of(client) is inside.connections_of(client)
            return len(threads)

        assert in_child(child) == 8
        assert len(server.received) == 9


@pytest.mark.parametrize("library", LIBRARIES.values(), ids=LIBRARIES, indirect=False)
def test_a_client_that_was_passed_in_and_used_is_refused_in_a_child(library: Any) -> None:
    wire = Wire(accepted(), library=library)
    with library.Client(transport=wire.transport) as http_client:
        client = Client(KEY, SECRET, http_client=http_client)
        in_child(lambda: client.messages.send(**SMS) and None)  # unused until now, so it is the child's as well
        client.messages.send(**SMS)
        other = Client(KEY, SECRET, http_client=http_client)  # not used itself, but over the same connections
        for each in (client, client.with_options(timeout=5), other):
            with pytest.raises(ConfigurationError, match="before the process was forked"):
                in_child(lambda each=each: each.messages.send(**SMS))
        assert client.messages.send(**SMS).message_id  # the parent goes on
        assert len(wire.seen) == 2


def test_an_awaited_client_that_was_used_is_refused_in_a_child_and_an_unused_one_works(sandbox: Sandbox) -> None:
    async def send(client: AsyncClient) -> str:
        return (await client.messages.send(**SMS)).message_id

    used, unused = (AsyncClient(KEY, SECRET, base_url=sandbox.url) for _ in range(2))

    async def main() -> None:
        await send(used)
        for work in (lambda: asyncio.run(send(used)), lambda: asyncio.run(used.close())):
            with pytest.raises(ConfigurationError, match=r"forked|event loop"):
                in_child(work)
        assert in_child(lambda: asyncio.run(send(unused)))
        assert await send(used)
        await used.close()

    asyncio.run(main())
    assert len(sandbox.ledger) == 3


def test_a_campaign_that_was_opened_before_is_refused_in_a_child(tmp_path: Path, sandbox: Sandbox) -> None:
    campaign = Campaign(tmp_path / "spring.journal")
    campaign.add([Row(Message(**SMS), key=str(number)) for number in range(250)])
    client = Client(KEY, SECRET, base_url=sandbox.url)
    begun = campaign.records()
    next(begun)
    reply = Reply(reply_id="r", message_id="m")
    ways = {
        "send": lambda: campaign.send(client, progress=False),
        "add": lambda: campaign.add([Message(**SMS)]),
        "summary": campaign.summary,
        "records": lambda: list(begun),
        "retry": lambda: campaign.retry(["1"]),
        "accept": lambda: campaign.accept(["1"]),
        "results": lambda: campaign.write_results(tmp_path / "results.csv"),
    }
    for way in ways.values():
        with pytest.raises(JournalError, match="before the process was forked"):
            in_child(way)
    in_child(lambda: campaign.observe(reply))  # about no row of this journal, so the journal is not asked

    def close() -> str:
        with campaign:
            pass
        with Campaign(tmp_path / "spring.journal") as own:
            return str(own.summary())

    assert "250" in in_child(close)
    with campaign, client:
        assert campaign.send(client, progress=False).accepted == 250
    assert len(sandbox.ledger) == 250


def test_a_campaign_is_refused_in_a_child_that_is_forked_while_it_sends(tmp_path: Path, sandbox: Sandbox) -> None:
    refused: list[Exception] = []

    def progress(_: object) -> None:
        if not refused:
            with pytest.raises(JournalError) as caught:
                in_child(campaign.summary)
            refused.append(caught.value)

    with Client(KEY, SECRET, base_url=sandbox.url) as client, Campaign(tmp_path / "spring.journal") as campaign:
        campaign.add([Row(Message(**SMS), key=str(number)) for number in range(500)])
        campaign.send(client, progress=progress)
    assert refused
    assert len(sandbox.ledger) == 500


def test_a_run_of_send_many_does_not_go_on_in_a_child(sandbox: Sandbox) -> None:
    with Client(KEY, SECRET, base_url=sandbox.url) as client:
        results = client.messages.send_many((Message(**SMS) for _ in range(20)), batch_size=2, concurrency=2)
        next(results)
        with pytest.raises(ConfigurationError, match="before the process was forked"):
            in_child(lambda: next(results))
        assert len(list(results)) == 19
    assert len(sandbox.ledger) == 20


def test_a_child_that_ends_a_run_of_send_many_waits_for_no_thread_of_its_parent() -> None:
    may_answer = threading.Event()

    def react(request: httpx.Request) -> httpx.Response:
        assert b"held" not in request.read() or may_answer.wait(60)
        return accepted()

    messages = (Message(content=text, destination_number=SMS["destination_number"]) for text in ("first", "held"))
    with Client(KEY, SECRET, http_client=httpx.Client(transport=Wire(react).transport)) as client:
        results = client.messages.send_many(messages, batch_size=1, concurrency=2)
        try:
            next(results)
            in_child(results.close)  # type: ignore[attr-defined]  # "held" is under way, and never ends in the child
        finally:
            may_answer.set()
        assert len(list(results)) == 1


def test_a_run_of_consume_does_not_go_on_in_a_child(sandbox: Sandbox) -> None:
    for number in range(5):
        sandbox.reply(f"reply {number}", source_number="+61491570156", destination_number="+61491570157")
    with Client(KEY, SECRET, base_url=sandbox.url) as client:
        replies = client.replies.consume(until_empty=True, confirm_every=100)
        next(replies), next(replies)
        with pytest.raises(ConfigurationError, match="before the process was forked"):
            in_child(lambda: next(replies))
        in_child(replies.close)  # confirms nothing: that is the parent's to do
        assert len(client.replies.check()) == 5
        assert len(list(replies)) == 3
        assert client.replies.check() == []


def test_a_run_of_consume_batches_does_not_go_on_in_a_child(sandbox: Sandbox) -> None:
    for number in range(5):
        sandbox.reply(f"reply {number}", source_number="+61491570156", destination_number="+61491570157")
    with Client(KEY, SECRET, base_url=sandbox.url) as client:
        batches = client.replies.consume_batches(until_empty=True, size=2)
        next(batches), next(batches)
        with pytest.raises(ConfigurationError, match="before the process was forked"):
            in_child(lambda: next(batches))
        in_child(batches.close)
        assert len(client.replies.check()) == 3
        assert [len(batch) for batch in batches] == [1]
        assert client.replies.check() == []


def test_a_handler_that_forks_does_not_double_the_run(sandbox: Sandbox) -> None:
    for number in range(3):
        sandbox.reply(f"reply {number}", source_number="+61491570156", destination_number="+61491570157")
    handled: list[str] = []

    def handle(reply: Reply) -> None:
        handled.append(str(reply.content))
        if len(handled) == 1 and os.fork() == 0:
            in_fork.append(True)

    in_fork: list[bool] = []
    with Client(KEY, SECRET, base_url=sandbox.url) as client:
        try:
            client.replies.consume(handle, until_empty=True)
        except ConfigurationError:
            if in_fork:
                os._exit(0)  # the child
        else:
            if in_fork:
                os._exit(1)
        _, status = os.wait()
    assert os.waitstatus_to_exitcode(status) == 0
    assert handled == ["reply 0", "reply 1", "reply 2"]


def test_a_message_that_was_lost_in_the_parent_is_not_told_in_a_child(library: str) -> None:
    """The answer to it waits in the inherited connection."""
    with keeping(raw(accepted(), keep=True)) as server:
        client = Client(KEY, SECRET, base_url=server.url, http_client=library, timeout=0.5)
        client.messages.send(**SMS)
        server.may_answer.clear()
        with pytest.raises(OutcomeUnknownError):
            client.messages.send(**SMS)
        server.may_answer.set()
        assert in_child(lambda: client.messages.send(**SMS).message_id) == MESSAGE_ID
        assert len(server.received) == 3
        client.close()


def test_calls_of_a_child_look_like_any_others(library: str) -> None:
    with (
        keeping(raw(success("credits"), keep=True)) as server,
        Client(KEY, SECRET, base_url=server.url, http_client=library) as client,
    ):
        client.messages.credits()
        assert in_child(lambda: client.with_options(account="Other").messages.credits().remaining_credits) == 500
        assert b"account: Other" in server.received[1].replace(b"Account", b"account")


def test_an_input_of_send_many_that_forks_does_not_double_the_run(sandbox: Sandbox) -> None:
    with Client(KEY, SECRET, base_url=sandbox.url) as client:

        def messages() -> Iterator[Message]:
            yield Message(**SMS)
            yield Message(**SMS)
            if os.fork() == 0:
                children.append(True)
            yield Message(**SMS)

        children: list[bool] = []
        try:
            results = list(client.messages.send_many(messages(), batch_size=2, concurrency=2))
        except ConfigurationError:
            os._exit(0 if children else 1)
        if children:
            os._exit(1)
        _, status = os.wait()
    assert os.waitstatus_to_exitcode(status) == 0
    assert len(results) == len(sandbox.ledger) == 3


def test_a_fork_waits_while_a_thread_draws_its_first_random_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that gets the lock of OpenSSL's generator as taken would hang in its first connection."""
    inside.forget_seeds(monkeypatch)
    drawing, may_go_on, forked = threading.Event(), threading.Event(), threading.Event()
    real = ssl.SSLContext

    def slow(protocol: int) -> ssl.SSLContext:
        drawing.set()
        may_go_on.wait(60)
        return real(protocol)

    def send() -> None:
        with pytest.raises(NotSentError):
            client.messages.send(**SMS)

    def fork() -> None:
        if (child := os.fork()) == 0:
            os._exit(0)
        os.waitpid(child, 0)
        forked.set()

    with refusing() as url:
        client = Client(KEY, SECRET, base_url=url.replace("http:", "https:"), max_retries=0)
        inside.forget_seeds(monkeypatch)
        monkeypatch.setattr(ssl, "SSLContext", slow)
        threads = [threading.Thread(target=work) for work in (send, fork)]
        threads[0].start()
        assert drawing.wait(60)
        threads[1].start()
        waits = not forked.wait(1)
        may_go_on.set()
        for thread in threads:
            thread.join(60)
    assert waits
    assert forked.is_set()
