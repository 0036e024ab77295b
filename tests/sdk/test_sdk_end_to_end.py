"""Both clients against the sandbox, which verifies credentials and signatures by its own reading of the documentation."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from messagemedia import (
    AuthenticationError,
    BadRequestError,
    BasicAuth,
    HmacAuth,
    Message,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RequestTimeoutError,
    UnprocessableEntityError,
)
from messagemedia.sandbox import Sandbox
from messagemedia_generated.models import SendMessagesRequest
from sdk_face import KEY, SECRET, SMS, Face

EVERY_LIBRARY = True

AUTHS: dict[str, Any] = {
    "basic": lambda: BasicAuth(KEY, SECRET),
    "hmac-sha256": lambda: HmacAuth(KEY, SECRET),
    "hmac-sha1": lambda: HmacAuth(KEY, SECRET, algorithm="sha1"),
    "hmac-legacy": lambda: HmacAuth(KEY, SECRET, header_names="legacy"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(api_key=KEY, api_secret=SECRET, accounts=("Branch",), clock_runs=False) as running:
        yield running


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    server.reset()
    return server


def client_of(face: Face, sandbox: Sandbox, auth: str = "hmac-sha256", **options: Any) -> Any:
    return face.client(**{"auth": AUTHS[auth](), "base_url": sandbox.url, **options})


@pytest.mark.parametrize("auth", AUTHS)
def test_every_call_passes_the_servers_own_verification(face: Face, sandbox: Sandbox, auth: str) -> None:
    """Pitfalls 1, 3 and 10."""
    client = client_of(face, sandbox, auth)
    later = sandbox.now + timedelta(hours=1)
    sent = face.run(client.messages.send(**{**SMS, "content": "Café €"}, delivery_report=True, metadata={"é": "ü"}))
    planned = face.run(client.messages.send(**SMS, scheduled=later))
    assert planned.scheduled == later.replace(microsecond=later.microsecond // 1000 * 1000)  # pitfall 26
    sandbox.reply("Danke schön", message_id=sent.message_id)
    sandbox.advance(seconds=10)
    assert face.run(client.messages.get(sent.message_id)).status == "delivered"
    assert face.run(client.messages.cancel(planned.message_id)) is None
    assert sandbox.status(planned.message_id) == "cancelled"
    (reply,) = face.run(client.replies.check())
    assert (reply.content, reply.metadata) == ("Danke schön", {"é": "ü"})
    reports = face.run(client.delivery_reports.check())
    assert {report.message_id for report in reports} == {sent.message_id}
    face.run(client.replies.confirm(reply))
    face.run(client.delivery_reports.confirm(reports))
    assert face.run(client.replies.check()) == face.run(client.delivery_reports.check()) == []
    assert face.run(client.messages.credits()).remaining_credits == 500
    assert all(record.status in {200, 202} for record in sandbox.requests)
    assert {record.http_version for record in sandbox.requests} == {"1.1"}  # pitfall 17


@pytest.mark.parametrize("kind", [BasicAuth, HmacAuth])
def test_wrong_credentials_are_an_authentication_error(face: Face, sandbox: Sandbox, kind: Any) -> None:
    for wrong in (kind(KEY, "wrong"), kind("unknown", SECRET)):
        client = face.client(auth=wrong, base_url=sandbox.url)
        with pytest.raises(AuthenticationError, match="region"):
            face.run(client.messages.get("x"))
        with pytest.raises(AuthenticationError, match="Invalid authentication credentials"):
            face.run(client.messages.send(**SMS))
    assert not sandbox.ledger


def test_a_send_whose_answer_is_lost_is_accepted_once(face: Face, sandbox: Sandbox) -> None:
    for kind, options in (("drop_after_accept", {}), ("status", {"status": 502, "form": "html", "processed": True})):
        before = len(sandbox.ledger)
        sandbox.fault(kind, operation="sendMessages", **options)
        with pytest.raises(OutcomeUnknownError):  # pitfall 24
            face.run(client_of(face, sandbox).messages.send(**SMS))
        assert len(sandbox.ledger) == before + 1


@pytest.mark.off_contract(answers="429 is not documented")
def test_a_send_that_was_not_processed_is_repeated(face: Face, sandbox: Sandbox, pauses: list[float]) -> None:
    sandbox.fault("rate_limit", operation="sendMessages", times=2, retry_after=3)
    assert face.run(client_of(face, sandbox).messages.send(**SMS)).status == "queued"
    assert len(sandbox.ledger) == 1
    assert pauses == [3, 3]


def test_a_cancel_whose_answer_is_lost_is_found_to_have_worked(face: Face, sandbox: Sandbox) -> None:
    client = client_of(face, sandbox)
    planned = face.run(client.messages.send(**SMS, scheduled=sandbox.now + timedelta(hours=1)))
    sandbox.advance(seconds=10)
    sandbox.fault("drop_after_accept", operation="cancelScheduledMessage")
    assert face.run(client.messages.cancel(planned.message_id)) is None
    assert sandbox.status(planned.message_id) == "cancelled"
    assert [record.method for record in sandbox.requests[-3:]] == ["PUT", "PUT", "GET"]


def test_a_cancel_of_what_is_not_scheduled_is_refused(face: Face, sandbox: Sandbox) -> None:
    client = client_of(face, sandbox)
    sent = face.run(client.messages.send(**SMS))
    with pytest.raises(BadRequestError, match="not currently scheduled") as caught:
        face.run(client.messages.cancel(sent.message_id))
    assert caught.value.details == []  # pitfall 48


@pytest.mark.off_contract(requests="limits are switched off")
def test_a_batch_with_a_wrong_message_is_refused_as_a_whole(face: Face, sandbox: Sandbox) -> None:
    messages = [Message(**SMS), Message(content="Hello", destination_number="12", callback_url="http://a..b")]
    client = client_of(face, sandbox, check_limits=False)
    with pytest.raises(BadRequestError) as caught:
        face.run(client.api.messages.send_messages(SendMessagesRequest(messages=messages)))
    assert {(error.index, error.field) for error in caught.value.errors} == {
        (1, "destination_number"),
        (1, "callback_url"),
    }
    assert all(error.item is messages[1] for error in caught.value.errors)  # pitfall 49
    assert not sandbox.ledger


def test_an_odd_id_reaches_the_server_as_it_is(face: Face, sandbox: Sandbox) -> None:
    client = client_of(face, sandbox)
    with pytest.raises(NotFoundError):
        face.run(client.messages.get("a/b?c=1 ü"))
    assert sandbox.requests[-1].target == "/v1/messages/a%2Fb%3Fc%3D1%20%C3%BC"  # pitfall 63


def test_sub_accounts_are_known_or_not(face: Face, sandbox: Sandbox) -> None:
    client = client_of(face, sandbox, account="Branch")
    face.run(client.messages.send(**SMS))
    assert sandbox.ledger[0].account == "Branch"
    with pytest.raises(PermissionDeniedError, match="Nope"):  # pitfall 22
        face.run(client.with_options(account="Nope").replies.check())


def test_a_slow_answer_is_a_timeout(face: Face, sandbox: Sandbox) -> None:
    sandbox.fault("hang", seconds=5, operation="checkReplies")
    client = client_of(face, sandbox, max_retries=0)
    with pytest.raises(RequestTimeoutError):  # pitfall 23
        face.run(client.with_options(timeout=0.25).replies.check())
    assert face.run(client.replies.check()) == []


@pytest.mark.parametrize("kind", ["extra_fields", "unknown_status", "null_fields", "missing_fields"])
@pytest.mark.off_contract(answers="an API that has changed")
def test_an_answer_that_changes_does_no_harm(face: Face, sandbox: Sandbox, kind: Any) -> None:
    sandbox.fault(kind, operation="sendMessages", fields=("status", "metadata"))
    sent = face.run(client_of(face, sandbox).messages.send(**SMS))
    assert sent.message_id == sandbox.ledger[0].message_id  # pitfalls 33, 37 and 38


def test_an_old_version_of_tls_is_an_error_of_its_own(face: Face) -> None:
    with Sandbox(api_key=KEY, api_secret=SECRET, tls_rule=True) as sandbox:
        with pytest.raises(UnprocessableEntityError, match=r"TLS 1\.3"):
            face.run(client_of(face, sandbox).messages.send(content="x", destination_number="+6591234567"))
        assert not sandbox.ledger


def test_credentials_were_refused_with_403_once(face: Face) -> None:
    with (
        Sandbox(api_key=KEY, api_secret="another", bad_credentials_status=403) as sandbox,
        pytest.raises(AuthenticationError),  # pitfall 47
    ):
        face.run(client_of(face, sandbox).replies.check())


def test_a_past_time_is_accepted_as_the_api_does(face: Face, sandbox: Sandbox) -> None:
    past = datetime(2020, 1, 1, tzinfo=UTC)
    assert face.run(client_of(face, sandbox).messages.send(**SMS, scheduled=past)).scheduled == past
