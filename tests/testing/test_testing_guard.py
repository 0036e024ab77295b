"""A test that would reach a real host fails, whatever it is called with and whatever the application does about it."""

import contextlib
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from messagemedia.testing import Guard
from messagemedia_generated.servers import SERVERS
from testing_kit import HOST, Stand, run, standing_in

HOSTS = sorted(urlsplit(url).hostname or "" for url in SERVERS.values())
SENTENCE = rf"A test was about to reach {HOST}, a real host of the API.* It was stopped, nothing was sent\."

# Each is told the address, and is to reach it.
WAYS = """
    import asyncio, contextlib, http.client, socket, urllib.request
    import httpx, httpx2, aiohttp, pytest
    from messagemedia import AsyncClient, Client

    URL = "http://api.messagemedia.com:PORT"
    ALL = []

    def way(function):
        ALL.append(function)
        return function

    def client(library):
        def use():
            with Client("K", "S", base_url=URL, http_client=library, max_retries=0) as client:
                client.replies.check()
        use.__name__ = f"client-{library}"
        return way(use)

    def async_client(library):
        async def call():
            async with AsyncClient("K", "S", base_url=URL, http_client=library, max_retries=0) as client:
                await client.replies.check()
        def use():
            asyncio.run(call())
        use.__name__ = f"async-client-{library}"
        return way(use)

    for library in ("httpx", "httpx2", "pyreqwest"):
        client(library), async_client(library)
    async_client("aiohttp")

    @way
    def passed():
        with httpx.Client() as own:
            Client("K", "S", base_url=URL, http_client=own).replies.check()
    @way
    def plain_httpx(): httpx.get(URL)
    @way
    def plain_httpx2(): httpx2.get(URL)
    @way
    def plain_urllib(): urllib.request.urlopen(URL).close()
    @way
    def plain_http_client():
        with contextlib.closing(http.client.HTTPConnection("api.messagemedia.com")) as connection:
            connection.request("GET", "/")
    @way
    def written_otherwise(): socket.getaddrinfo(b"API.MessageMedia.com.", 80)
    @way
    def an_older_function(): socket.gethostbyname("api.messagemedia.com")
    @way
    def plain_aiohttp():
        async def call():
            async with aiohttp.ClientSession() as session:
                await session.get(URL)
        asyncio.run(call())
    @way
    def in_an_event_loop():
        async def call():
            await asyncio.get_running_loop().getaddrinfo("api.messagemedia.com", 80)
        asyncio.run(call())
"""
RESOLVES_ITSELF = ("client-pyreqwest", "async-client-pyreqwest")


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    for name in [name for name in os.environ if name.lower().endswith("_proxy") or name.startswith("MESSAGEMEDIA_")]:
        monkeypatch.delenv(name)
    with standing_in(monkeypatch) as server:
        yield server


USE = (
    WAYS
    + """
    @pytest.mark.filterwarnings("ignore:messagemedia.* is not encrypted")
    @pytest.mark.parametrize("use", [each for each in ALL if each.__name__ not in LEFT_OUT], ids=lambda use: use.__name__)
    def test_reach(use):
        try:
            use()
        except BaseException:
            pass
"""
)


def test_every_way_to_a_real_host_fails_the_test_though_everything_is_caught(
    pytester: pytest.Pytester, stand: Stand
) -> None:
    result = run(pytester, USE.replace("PORT", str(stand.port)).replace("LEFT_OUT", "()"))
    ways = USE.count("@way") + 7
    assert result.parseoutcomes() == {"failed": ways}
    assert len(re.findall(SENTENCE, "\n".join(result.outlines))) >= ways
    assert stand.connections == 0


def test_without_a_guard_each_of_them_would_have_reached_it(pytester: pytest.Pytester, stand: Stand) -> None:
    """The same tests pass then; what looks up names by itself can't be led astray here, and is left out."""
    tests = USE.replace("PORT", str(stand.port)).replace("LEFT_OUT", repr(RESOLVES_ITSELF))
    result = run(pytester, tests, ini="messagemedia_real_hosts = allow")
    assert result.parseoutcomes() == {"passed": USE.count("@way") + 5}
    assert stand.connections == 11  # all but those that only look up the name


def test_the_failure_says_what_was_called_and_how_to_allow_it(pytester: pytest.Pytester, stand: Stand) -> None:
    result = run(
        pytester,
        """
        import httpx, pytest
        def swallow():
            try:
                httpx.get("http://eu.app.api.sinch.com/v1/replies")
            except BaseException:
                pass
        def test_swallowed(): swallow()
        def test_raised(): httpx.get("http://eu.app.api.sinch.com/v1/replies")
        def test_caught_as_an_exception():
            try:
                httpx.get("http://eu.app.api.sinch.com/v1/replies")
            except Exception:
                pass
        """,
        "-p", "no:logging",
    )  # fmt: skip
    assert result.parseoutcomes() == {"failed": 3}
    text = "\n".join(result.outlines)
    here = re.escape(str(pytester.path))
    for line in (4, 8, 11):
        assert re.search(
            rf"A test was about to reach eu\.app\.api\.sinch\.com, .* \(at {here}/\S+\.py:{line}\)\.", text
        )
    assert "Use the fixture messagemedia_outbox, which points Client() to a sandbox." in text
    assert "It can't if your code passes region= or base_url=" in text
    assert "@pytest.mark.messagemedia(real=True), or set messagemedia_real_hosts = allow." in text
    assert stand.connections == 0


def test_what_fails_is_the_phase_or_module_in_which_it_was_called(pytester: pytest.Pytester, stand: Stand) -> None:
    result = run(
        pytester,
        """
        import socket, threading, pytest
        def reach():
            try:
                socket.getaddrinfo("api.messagemedia.com", 443)
            except BaseException:
                pass
        @pytest.fixture
        def before(): reach()
        @pytest.fixture
        def after():
            yield
            reach()
        def test_setup(before): ...
        def test_teardown(after): ...
        def test_thread():
            thread = threading.Thread(target=reach)
            thread.start()
            thread.join()
        @pytest.mark.xfail
        def test_expected_to_fail(): reach(); assert False
        @pytest.mark.xfail
        def test_expected_to_fail_that_passes(): reach()
        def test_skipped(): reach(); pytest.skip("no")
        def test_failed(): reach(); assert "another" == "reason"
        def test_good(): ...
        """,
        "-rA",
        "--junit-xml=results.xml",
    )  # fmt: skip
    lines = {
        match
        for line in result.outlines
        if (match := re.sub(r" - .*", "", line)).startswith(("PASSED", "FAILED", "ERROR"))
    }
    name = f"{next(pytester.path.glob('test_*.py')).name}::test_"
    failed = ("thread", "expected_to_fail", "expected_to_fail_that_passes", "skipped", "failed")
    assert lines == {
        *(f"FAILED {name}{each}" for each in failed),
        *(f"ERROR {name}{each}" for each in ("setup", "teardown")),
        *(f"PASSED {name}{each}" for each in ("good", "teardown")),
    }
    assert (pytester.path / "results.xml").read_text().count("<failure ") == len(failed)
    assert re.search(r"-+ messagemedia -+\nA test was about to reach", "\n".join(result.outlines))
    assert stand.connections == 0


def test_a_module_that_calls_a_real_host_is_not_collected(pytester: pytest.Pytester, stand: Stand) -> None:
    result = run(
        pytester,
        """
        import socket
        try:
            socket.getaddrinfo("api.messagemedia.com", 443)
        except BaseException:
            pass
        def test_good(): ...
        """,
    )
    assert result.parseoutcomes() == {"errors": 1}
    assert re.search(SENTENCE, "\n".join(result.outlines))
    assert stand.connections == 0


def test_a_thread_that_is_late_fails_the_run(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        "def test_good(): ...",
        conftest="""
        import socket, pytest
        @pytest.hookimpl(trylast=True)
        def pytest_runtest_logfinish():
            try:
                socket.getaddrinfo("api.messagemedia.com", 443)
            except BaseException:
                pass
        """,
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.re_match_lines([rf"messagemedia: {SENTENCE}.*"])


def test_a_mark_allows_it(pytester: pytest.Pytester, stand: Stand) -> None:
    result = run(
        pytester,
        """
        import socket, pytest
        class TestReal:
            pytestmark = pytest.mark.messagemedia(real=True)
            def test_allowed(self): socket.getaddrinfo("api.messagemedia.com", 443)
        def test_not_allowed(): socket.getaddrinfo("api.messagemedia.com", 443)
        def test_what_is_no_real_host():
            for host in ("localhost", "127.0.0.1", "::1", None, "example.com", "evilapi.messagemedia.com.example"):
                socket.getaddrinfo(host, 443)
        """,
    )
    assert result.parseoutcomes() == {"passed": 2, "failed": 1}


@pytest.mark.parametrize("library", ["httpx", "pyreqwest"])
def test_a_proxy_hides_nothing_from_the_guard(
    pytester: pytest.Pytester, stand: Stand, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{stand.port}")
    result = run(
        pytester,
        f"""
        from messagemedia import Client
        def test_sending():
            try:
                Client("K", "S", http_client={library!r}).messages.send(content="x", destination_number="+61491570156")
            except Exception:
                pass
        """,
    )
    assert result.parseoutcomes() == {"failed": 1}
    assert re.search(SENTENCE, "\n".join(result.outlines))
    assert stand.connections == 0


@pytest.mark.messagemedia(real=True)  # our own guard is below that of the run within
def test_a_connection_that_is_open_is_seen(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import http.server, threading, httpcore, httpx, pytest
        from messagemedia import Client
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(b"{}")
            def log_message(self, *_): ...
        @pytest.fixture(scope="module")
        def client():
            with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
                threading.Thread(target=server.serve_forever, args=(0.01,)).start()
                class Backend(httpcore.SyncBackend):
                    def connect_tcp(self, host, port, **options):
                        return super().connect_tcp("127.0.0.1", server.server_port, **options)
                transport = httpx.HTTPTransport()
                transport._pool._network_backend = Backend()
                with httpx.Client(transport=transport) as own, pytest.warns(UserWarning, match="is not encrypted"):
                    yield Client("K", "S", base_url="http://api.messagemedia.com", http_client=own)
                server.shutdown()
        @pytest.mark.messagemedia(real=True)
        def test_a(client): client.replies.check()
        def test_b(client):
            try:
                client.replies.check()
            except BaseException: ...
        """,
    )
    assert result.parseoutcomes() == {"passed": 1, "failed": 1}


def test_a_resolver_of_another_kind_hides_nothing_from_the_guard(pytester: pytest.Pytester, stand: Stand) -> None:
    """As aiohttp has one where aiodns is installed."""
    result = run(
        pytester,
        f"""
        import asyncio, socket, aiohttp, pytest
        from messagemedia import AsyncClient
        class Resolver(aiohttp.abc.AbstractResolver):
            def __init__(self, *_, **__): ...
            async def resolve(self, host, port=0, family=socket.AF_INET):
                return [dict(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0)]
            async def close(self): ...
        @pytest.mark.filterwarnings("ignore:messagemedia.* is not encrypted")
        def test_it(monkeypatch):
            monkeypatch.setattr("aiohttp.connector.DefaultResolver", Resolver)
            async def call():
                url = "http://api.messagemedia.com:{stand.port}"
                async with AsyncClient("K", "S", base_url=url, http_client="aiohttp") as client:
                    await client.replies.check()
            try:
                asyncio.run(call())
            except BaseException: ...
        """,
    )
    assert result.parseoutcomes() == {"failed": 1}
    assert stand.connections == 0


def test_transports_of_tests_are_not_disturbed(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import httpx
        from messagemedia import Client
        def test_mock_transport():
            answer = {"messages": [{"message_id": "1", "status": "queued"}]}
            transport = httpx.MockTransport(lambda request: httpx.Response(202, json=answer))
            with httpx.Client(transport=transport) as own:
                client = Client("K", "S", http_client=own)
                assert client.messages.send(content="x", destination_number="+61491570156").message_id == "1"
        """,
    )
    assert result.parseoutcomes() == {"passed": 1}


# --- without pytest -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", HOSTS)
def test_a_guard_knows_the_hosts_of_all_regions(host: str) -> None:
    before = socket.getaddrinfo
    guard = Guard()
    with pytest.raises(AssertionError, match="a real host of the API"), guard.watching():
        socket.getaddrinfo(host, 443)
    assert socket.getaddrinfo is before
    assert len(guard.reached) == 1


def test_a_guard_raises_at_its_end_if_the_application_caught_it() -> None:
    guard = Guard(hint="Don't.")

    def reach() -> None:
        with guard.watching():
            for _ in range(2):
                with contextlib.suppress(AssertionError):
                    socket.gethostbyname_ex(HOST)

    with pytest.raises(AssertionError, match=r"nothing was sent\. Don't\.$") as caught:
        reach()
    assert "\n" not in str(caught.value)  # once for each place


def test_guards_stand_above_each_other_and_leave_what_others_put_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, _port: host)
    bare = socket.getaddrinfo
    lower, upper = Guard(), Guard(allowed=lambda: True)
    lower.start()
    upper.start()
    announce = socket.getaddrinfo.announce  # type: ignore[attr-defined]
    announce("http://127.0.0.1/")
    with pytest.raises(AssertionError):
        announce(f"https://{HOST}/v1/replies")
    assert (len(lower.reached), len(upper.reached)) == (1, 0)
    lower.stop()  # out of turn, below the other
    assert socket.getaddrinfo(HOST, 1) == HOST  # type: ignore[comparison-overlap]
    upper.stop()
    lower.stop()
    assert socket.getaddrinfo(HOST, 1) == HOST  # type: ignore[comparison-overlap]
    monkeypatch.setattr(socket, "getaddrinfo", bare)


def test_a_forked_child_is_guarded(tmp_path: object) -> None:
    del tmp_path
    if not hasattr(os, "fork"):
        pytest.skip("platform: Windows has no fork")
    code = f"""
import os, socket
from messagemedia.testing import Guard
Guard().start()
child = os.fork()
if not child:
    try:
        socket.getaddrinfo({HOST!r}, 443)
    except AssertionError:
        os._exit(7)
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
"""
    subprocess.run([sys.executable, "-c", code], check=True)
