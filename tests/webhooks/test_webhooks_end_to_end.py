"""The sandbox pushes as the service does, and what receives it verifies, reads and answers."""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from messagemedia import (
    BadRequestError,
    Client,
    CreateSignatureKeyRequest,
    CreateWebhookRequest,
    DeliveryReport,
    EnableSignatureKeyRequest,
    OptOut,
    Reply,
    ValidationError,
)
from messagemedia.sandbox import Sandbox
from messagemedia.webhooks import Event, Unknown, Webhooks, template
from waitress_kit import waitress_serving

NUMBER = "+61491570156"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock_runs=False, push_backoff=10) as made:
        yield made


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    with Client("SANDBOX_KEY", "SANDBOX_SECRET", base_url=sandbox.url) as made:
        yield made


def signing_key(client: Client, digest: str = "SHA256") -> tuple[str, str]:
    """A new key that signs from now on: its id and its public half."""
    made = client.api.signature_keys.create_signature_key(CreateSignatureKeyRequest(digest=digest, cipher="RSA"))
    client.api.signature_keys.enable_signature_key(EnableSignatureKeyRequest(key_id=made.key_id))
    assert made.public_key
    return made.key_id, made.public_key


class Endpoint:
    """A server of one's own that handles pushes."""

    def __init__(self, webhooks: Webhooks) -> None:
        self.webhooks = webhooks
        self.events: list[Event] = []
        self.failures: list[Exception] = []
        self.seen: list[dict[str, Any]] = []
        for kind in (Reply, DeliveryReport, OptOut, Unknown):
            webhooks.on(kind)(self._handle)
        self.url = ""

    def _handle(self, event: Event) -> None:
        if self.failures:
            raise self.failures.pop()
        self.events.append(event)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.seen.append(environ)
        return self.webhooks.wsgi()(environ, start_response)


@contextmanager
def endpoint(webhooks: Webhooks) -> Iterator[Endpoint]:
    made = Endpoint(webhooks)
    with waitress_serving(made) as port:
        made.url = f"http://127.0.0.1:{port}/hooks"
        yield made


def statuses(sandbox: Sandbox) -> list[int | None]:
    sandbox.wait_for_pushes(30)
    return [push.status for push in sandbox.pushes]


@pytest.mark.parametrize("digest", ["SHA224", "SHA256", "SHA512"])
def test_a_message_comes_back_as_signed_reports_and_replies(sandbox: Sandbox, client: Client, digest: str) -> None:
    with endpoint(Webhooks(dict([signing_key(client, digest)]))) as served:
        sent = client.messages.send(
            content="Hello", destination_number=NUMBER, callback_url=f"{served.url}?src=mm&x=%20", delivery_report=True
        )
        sandbox.advance(60)
        sandbox.reply("Hi", message_id=sent.message_id)
        assert statuses(sandbox) == [204] * 4
    reports = [event for event in served.events if isinstance(event, DeliveryReport)]
    assert [report.status for report in reports] == ["enroute", "submitted", "delivered"]
    assert {report.message_id for report in reports} == {sent.message_id}
    (reply,) = [event for event in served.events if isinstance(event, Reply)]
    assert (reply.content, reply.source_number) == ("Hi", NUMBER)
    assert {push.headers["X-MessageMedia-Digest-Type"] for push in sandbox.pushes} == {digest}


def test_a_handler_that_fails_gets_the_push_again_and_nothing_is_lost(sandbox: Sandbox, client: Client) -> None:
    with endpoint(Webhooks(dict([signing_key(client)]))) as served:
        served.failures = [ValueError("made up")]
        sent = client.messages.send(content="Hello", destination_number=NUMBER, callback_url=served.url)
        sandbox.reply("Hi", message_id=sent.message_id)
        assert statuses(sandbox) == [500]
        assert served.events == []
        sandbox.advance(10)
        assert statuses(sandbox) == [500, 204]
    assert len(served.events) == 1


@pytest.mark.parametrize("anew", [True, False])
def test_a_retry_is_signed_anew_or_not_and_verifies_in_both_cases(anew: bool) -> None:
    with (
        Sandbox(clock_runs=False, retries_signed_anew=anew, push_backoff=60) as sandbox,
        Client("SANDBOX_KEY", "SANDBOX_SECRET", base_url=sandbox.url) as client,
        endpoint(Webhooks(dict([signing_key(client)]))) as served,
    ):
        served.failures = [ValueError("made up")]
        sent = client.messages.send(content="Hello", destination_number=NUMBER, callback_url=served.url)
        sandbox.reply("Hi", message_id=sent.message_id)
        assert statuses(sandbox) == [500]
        sandbox.advance(60)
        assert statuses(sandbox) == [500, 204]
        assert len({push.headers["Date"] for push in sandbox.pushes}) == (2 if anew else 1)


def test_a_key_can_be_rotated_while_pushes_are_under_way(sandbox: Sandbox, client: Client) -> None:
    old = signing_key(client)
    with endpoint(Webhooks(dict([old]))) as served:
        sent = client.messages.send(content="Hello", destination_number=NUMBER, callback_url=served.url)
        sandbox.reply("first", message_id=sent.message_id)
        assert statuses(sandbox) == [204]
        new = signing_key(client)
        sandbox.reply("second", message_id=sent.message_id)
        assert statuses(sandbox)[1:] == [403]
        client.api.signature_keys.enable_signature_key(EnableSignatureKeyRequest(key_id=old[0]))
        sandbox.advance(10)
        assert statuses(sandbox)[2:] == [204]
    with endpoint(Webhooks(dict([old, new]))) as served:
        sent = client.messages.send(content="Hello", destination_number=NUMBER, callback_url=served.url)
        for key_id, _ in (new, old):
            client.api.signature_keys.enable_signature_key(EnableSignatureKeyRequest(key_id=key_id))
            sandbox.reply(key_id, message_id=sent.message_id)
            sandbox.wait_for_pushes(30)
        assert statuses(sandbox)[3:] == [204, 204]


def test_pushes_without_a_key_are_not_signed_and_refused(sandbox: Sandbox, client: Client) -> None:
    keys = dict([signing_key(client)])
    client.api.signature_keys.disable_signature_key()
    with endpoint(Webhooks(keys)) as served:
        sent = client.messages.send(content="Hello", destination_number=NUMBER, callback_url=served.url)
        sandbox.reply("Hi", message_id=sent.message_id)
        assert statuses(sandbox) == [403]
    assert served.events == []


# --- webhooks -----------------------------------------------------------------------------------------------------

EVENTS = ["RECEIVED_SMS", "RECEIVED_MMS", "OPT_OUT_SMS", "ENROUTE_DR", "DELIVERED_DR"]


def webhook(client: Client, url: str, **fields: Any) -> str:
    asked = {"url": url, "method": "POST", "encoding": "JSON", "events": EVENTS, **fields}
    return client.api.webhooks.create_webhook(CreateWebhookRequest(**asked)).id


@pytest.mark.parametrize("encoding", ["JSON", "FORM_ENCODED"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_webhook_is_told_of_the_events_that_it_wants(
    sandbox: Sandbox, client: Client, encoding: str, method: str
) -> None:
    with endpoint(Webhooks(dict([signing_key(client)]))) as served:
        webhook_id = webhook(client, served.url, encoding=encoding, method=method)
        sent = client.messages.send(
            content="Hello", destination_number=NUMBER, delivery_report=True, metadata={"order": "4711"}
        )
        sandbox.advance(60)
        sandbox.wait_for_pushes(30)
        sandbox.reply("stop", message_id=sent.message_id)
        assert statuses(sandbox) == [204] * 4
    kinds = [type(event) for event in served.events]
    assert kinds == [DeliveryReport, DeliveryReport, Reply, OptOut]
    assert [event.status for event in served.events if isinstance(event, DeliveryReport)] == ["enroute", "delivered"]
    assert {
        event.metadata and event.metadata["order"] for event in served.events if not isinstance(event, Unknown)
    } == {"4711"}
    assert {(push.webhook_id, push.method) for push in sandbox.pushes} == {(webhook_id, method)}
    assert {environ["REQUEST_METHOD"] for environ in served.seen} == {method}


def test_what_nobody_was_sent_before_is_told_to_webhooks_too(sandbox: Sandbox, client: Client) -> None:
    with endpoint(Webhooks(unsigned=True)) as served:
        webhook(client, served.url)
        sandbox.reply("Hello?", source_number=NUMBER, destination_number="+61491570157")
        assert statuses(sandbox) == [204]
    (reply,) = served.events
    assert isinstance(reply, Reply)
    assert (reply.content, reply.message_id) == ("Hello?", None)


def test_a_picture_is_an_event_of_its_own(sandbox: Sandbox, client: Client) -> None:
    with endpoint(Webhooks(unsigned=True)) as served:
        webhook(client, served.url, events=["RECEIVED_MMS"])
        sent = client.messages.send(content="Hello", destination_number=NUMBER)
        sandbox.reply("words only", message_id=sent.message_id)
        picture = {"content_type": "image/png", "content": "iVBORw0KGgo=", "original_name": "photo.png"}
        sandbox.reply("", message_id=sent.message_id, attachments=[picture])
        assert statuses(sandbox) == [204]
    (reply,) = served.events
    assert isinstance(reply, Reply)
    assert reply.content is None
    assert reply.attachments
    assert reply.attachments[0].original_name == "photo.png"


def test_retries_and_their_pauses_are_those_of_the_webhook(sandbox: Sandbox, client: Client) -> None:
    with endpoint(Webhooks(unsigned=True)) as served:
        webhook(client, served.url, retries=2, retry_delay=30)
        served.failures = [ValueError("made up") for _ in range(5)]
        sandbox.reply("Hello?", source_number=NUMBER)
        assert statuses(sandbox) == [500]
        for seconds, expected in ((29, 1), (1, 2), (30, 3), (1000, 3)):
            sandbox.advance(seconds)
            assert statuses(sandbox) == [500] * expected
    assert served.events == []


def test_an_answer_that_takes_longer_than_the_webhook_waits_is_none(sandbox: Sandbox, client: Client) -> None:
    with endpoint(Webhooks(unsigned=True)) as served:
        waiting = threading.Event()
        served.webhooks.on(Reply)(lambda _: waiting.wait(30))
        webhook(client, served.url, read_timeout=50)
        sandbox.reply("Hello?", source_number=NUMBER)
        assert statuses(sandbox) == [None]
        waiting.set()
    assert "Timeout" in (sandbox.pushes[0].error or "")


def test_headers_and_query_of_a_webhook_arrive(sandbox: Sandbox, client: Client) -> None:
    with endpoint(Webhooks(dict([signing_key(client)]))) as served:
        url = f"{served.url}?reply_id=$moId&content=$moContent&from=$!sourceAddress&gone=$status"
        webhook(client, url, method="GET", headers={"X-Token": "t"}, events=["RECEIVED_SMS"])
        sandbox.reply("Yes & no é", source_number=NUMBER)
        assert statuses(sandbox) == [204]
    (reply,) = served.events
    assert isinstance(reply, Reply)
    assert reply.content == "Yes & no é"
    (environ,) = served.seen
    assert environ["HTTP_X_TOKEN"] == "t"
    assert "gone=$status" in environ["QUERY_STRING"]


def test_a_webhook_that_is_gone_is_not_told(sandbox: Sandbox, client: Client) -> None:
    with endpoint(Webhooks(unsigned=True)) as served:
        client.api.webhooks.delete_webhook(webhook(client, served.url))
        sandbox.reply("Hello?", source_number=NUMBER)
        assert statuses(sandbox) == []


# --- templates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "pushed"),
    [
        ('{"reply_id": "$moId", "text": "$esc.json($moContent)"}', {"text": 'He said "hi"\n'}),
        ('{"reply_id": "$replyId", "of": "$!mtId", "status": "$status"}', {"of": "", "status": "$status"}),
        (
            '{"reply_id": "$moId", "m": {#foreach($k in $metadata.keySet())"$k": 1#if($foreach.hasNext),#end#end}}',
            {"m": {}},
        ),
        (
            '{"reply_id": "$moId", "to": "$destinationAddress", "mms": #if($format == "MMS")true#{else}false#end}',
            {"mms": False},
        ),
    ],
)
def test_a_template_is_rendered(sandbox: Sandbox, client: Client, template: str, pushed: dict[str, Any]) -> None:
    with endpoint(Webhooks(unsigned=True)) as served:
        webhook(client, served.url, template=template, events=["RECEIVED_SMS"])
        sandbox.reply('He said "hi"\n', source_number=NUMBER, destination_number="+61491570157")
        assert statuses(sandbox) == [204]
    (event,) = served.events
    assert isinstance(event, Reply)
    assert json.loads(sandbox.pushes[0].body).items() >= pushed.items()


def test_a_template_walks_over_metadata(sandbox: Sandbox, client: Client) -> None:
    loop = "#foreach($e in $metadata.entrySet())$e.key=$e.value#if($velocityHasNext);#end#end"
    with endpoint(Webhooks(unsigned=True)) as served:
        webhook(client, served.url, template=f'{{"message_id": "$mtId", "status": "$status", "of": "{loop}"}}')
        client.messages.send(
            content="x", destination_number=NUMBER, delivery_report=True, metadata={"a": "1", "b": "2"}
        )
        sandbox.advance(60)
        assert statuses(sandbox) == [204, 204]
    assert {event.raw["of"] for event in served.events} == {"a=1;b=2"}


@pytest.mark.parametrize(
    "template",
    [
        "$moId.__class__",
        "#foreach($i in [1..1000000])x#end",
        "#set($a = 1)",
        "#macro(m)x#end",
        "#include('/etc/passwd')",
        "#parse('x')",
        "#evaluate('x')",
        "#if($x)",
        (
            "#foreach($a in $metadata)#foreach($b in $metadata)#foreach($c in $metadata)#foreach($d in $metadata)x#end#end#end#end"
        ),
    ],
)
def test_a_template_that_could_do_anything_else_is_refused(client: Client, template: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        webhook(client, "http://127.0.0.1:1/hooks", template=template)
    assert "/template" in str(caught.value)


def test_a_template_sees_texts_only(sandbox: Sandbox, client: Client) -> None:
    with endpoint(Webhooks(unsigned=True)) as served:
        webhook(client, served.url, template='{"reply_id": "1", "a": "$moId.upper()", "b": "$moContent.center(9)"}')
        sandbox.reply("x", source_number=NUMBER)
        assert statuses(sandbox) == [204]
    (event,) = served.events
    assert (event.raw["a"], event.raw["b"]) == ("$moId.upper()", "$moContent.center(9)")


def test_the_result_of_a_template_has_an_end(sandbox: Sandbox, client: Client) -> None:
    loops = "#foreach($a in $metadata.keySet())#foreach($b in $metadata.keySet())" + "x" * 2000 + "#end#end"
    webhook(client, "http://127.0.0.1:1/hooks", template=loops)
    pairs = {str(at): "x" for at in range(10)}
    client.messages.send(content="x", destination_number=NUMBER, delivery_report=True, metadata=pairs)
    sandbox.advance(1)
    sandbox.wait_for_pushes(30)
    assert "more than 65,536 characters" in (sandbox.pushes[0].error or "")


def test_without_airspeed_templates_are_told_to_need_it(
    sandbox: Sandbox, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "airspeed", None)
    webhook(client, "http://127.0.0.1:1/hooks", template="{}")
    sandbox.reply("x", source_number=NUMBER)
    sandbox.wait_for_pushes(30)
    assert "airspeed" in (sandbox.pushes[0].error or "")


MESSAGE: dict[str, Any] = {
    "content": 'A "quoted" \\ text\nof two lines, é 👋 $status',
    "destination_number": NUMBER,
    "delivery_report": True,
    "metadata": {"order": '4711 "x"', "empty": ""},
}


def every_event(sandbox: Sandbox, client: Client) -> str:
    """Let everything happen that webhooks are told of, and return the id of the message."""
    sent = client.messages.send(**MESSAGE)
    sandbox.advance(60)
    sandbox.wait_for_pushes(30)
    picture = {"content_type": "image/png", "content": "iVBORw0KGgo=", "original_name": 'a "b".png'}
    sandbox.reply('Say "yes"\n\\o/ $mtId', message_id=sent.message_id)
    sandbox.reply("look", message_id=sent.message_id, attachments=[picture, picture])
    sandbox.reply("STOP", message_id=sent.message_id)
    sandbox.wait_for_pushes(30)
    return sent.message_id


@pytest.mark.parametrize("encoding", ["JSON", "FORM_ENCODED"])
def test_one_template_for_everything_is_read_back_whole(sandbox: Sandbox, client: Client, encoding: str) -> None:
    """Form-encoded bodies of templates are the template's own text, so that one is left to the default shape."""
    with endpoint(Webhooks(unsigned=True)) as served:
        fields = {"template": template()} if encoding == "JSON" else {}
        webhook(client, served.url, encoding=encoding, **fields)
        message_id = every_event(sandbox, client)
        assert set(statuses(sandbox)) == {204}
    assert [type(event).__name__ for event in served.events] == [
        *["DeliveryReport"] * 2,
        *["Reply"] * 3,
        "OptOut",
    ]
    for event in served.events:
        assert isinstance(event, Reply | DeliveryReport | OptOut)
        assert (event.message_id, event.source_number, event.metadata) == (message_id, NUMBER, MESSAGE["metadata"])
        assert event.date_received
    report, _, reply, mms, _, opt_out = served.events
    assert isinstance(report, DeliveryReport)
    assert (report.status, report.error_code, report.original_text) == ("enroute", "101", MESSAGE["content"])
    assert report.vendor_account_id
    assert report.vendor_account_id.account_id == "SandboxAccount"
    assert isinstance(reply, Reply)
    assert (reply.content, reply.attachments) == ('Say "yes"\n\\o/ $mtId', None)
    assert isinstance(mms, Reply)
    assert mms.attachments
    assert [(each.content_bytes, each.original_name) for each in mms.attachments] == [
        (b"\x89PNG\r\n\x1a\n", 'a "b".png')
    ] * 2
    assert isinstance(opt_out, OptOut)
    assert (opt_out.content, opt_out.account_id) == ("STOP", "SandboxAccount")


@pytest.mark.parametrize(
    ("kind", "events"),
    [(DeliveryReport, ["DELIVERED_DR"]), (Reply, ["RECEIVED_SMS", "RECEIVED_MMS"]), (OptOut, ["OPT_OUT_SMS"])],
)
def test_the_template_of_a_model_gives_what_it_reads(
    sandbox: Sandbox, client: Client, kind: Any, events: list[str]
) -> None:
    with endpoint(Webhooks(unsigned=True)) as served:
        webhook(client, served.url, template=kind.webhook_template(), events=events)
        every_event(sandbox, client)
        assert set(statuses(sandbox)) == {204}
    assert served.events
    assert {type(event) for event in served.events} == {kind}
    assert kind.webhook_template() == template(kind)


def test_a_template_for_replies_that_is_told_of_an_opt_out_is_not_taken_for_a_reply(
    sandbox: Sandbox, client: Client
) -> None:
    with endpoint(Webhooks(unsigned=True)) as served:
        webhook(client, served.url, template=Reply.webhook_template(), events=["OPT_OUT_SMS"])
        sandbox.reply("STOP", source_number=NUMBER)
        assert statuses(sandbox) == [204]
    assert [type(event) for event in served.events] == [OptOut]


def test_a_template_is_of_known_kinds() -> None:
    wrong: Any = Unknown
    with pytest.raises(ValidationError, match="must be some of Reply, DeliveryReport and OptOut"):
        template(wrong)
    assert template(Reply, OptOut) == template(OptOut, Reply)
