"""`Pusher`: signs as the service does, and tells how a push was answered."""

import json

import httpx
import pytest
from messagemedia import ConfigurationError, Reply
from messagemedia.webhooks import PushAnswer, Pusher, SigningKey, Webhooks

from tests.sdk.sdk_servers import raw, refusing, scripted

KEY = SigningKey("mine", bits=1024)
PUSH = {"reply_id": "r-1", "content": "Thanks ☕"}


def test_a_push_verifies_and_reads_as_it_was_given() -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(204)

    with (
        httpx.Client(transport=httpx.MockTransport(answer)) as client,
        Pusher("https://example.com/hooks?a=%20b", KEY, http_client=client) as pusher,
    ):
        assert pusher.push(PUSH) == PushAnswer(204)
        pusher.push(b'{"reply_id": "r-2"}', method="PUT")
    webhooks = Webhooks({"mine": KEY.public_key})
    events = [
        webhooks.receive(method=each.method, target=each.url.raw_path, headers=dict(each.headers), body=each.content)
        for each in requests
    ]
    assert [event.reply_id for event in events if isinstance(event, Reply)] == ["r-1", "r-2"]
    assert json.loads(requests[0].content) == PUSH
    assert (requests[0].headers["content-type"], requests[1].method) == ("application/json", "PUT")


@pytest.mark.parametrize(("status", "ok"), [(200, True), (201, True), (302, False), (403, False), (500, False)])
def test_only_a_2xx_takes_a_push(status: int, ok: bool) -> None:
    with scripted(raw(httpx.Response(status, content=b"said"))) as server, Pusher(server.url, KEY) as pusher:
        answer = pusher.push(PUSH)
    assert (answer.status_code, answer.body, answer.ok) == (status, b"said", ok)
    assert "said" not in repr(answer)


def test_that_nobody_answers_is_no_exception() -> None:
    with refusing() as url, Pusher(url, KEY) as pusher:
        answer = pusher.push(PUSH)
    assert (answer.status_code, answer.problem, answer.ok) == (None, "ConnectError", False)


def test_no_proxy_stands_before_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = raw(httpx.Response(204))
    with scripted(taken) as server, scripted(raw(httpx.Response(502))) as proxy:
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy.url)
        with Pusher(server.url, KEY) as pusher:
            assert pusher.push(PUSH).ok
        with Pusher("http://hooks.example.com/", KEY) as pusher:
            assert pusher.push(PUSH).status_code == 502
        assert (server.requests, proxy.requests) == (1, 1)


@pytest.mark.parametrize("url", ["localhost:8000", "http://localhost:port/", "http://localhost/#a", ""])
def test_what_is_no_address_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^url must be"):
        Pusher(url, KEY)


def test_a_private_key_can_be_kept_and_taken_again() -> None:
    kept = SigningKey("mine", private_key=KEY.private_pem())
    assert kept.public_key == KEY.public_key
    assert repr(kept) == "SigningKey('mine')"
