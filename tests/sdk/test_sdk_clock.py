"""A signature that was refused because our clock is off."""

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from messagemedia import AuthenticationError, HmacAuth, NotSentError, OutcomeUnknownError
from messagemedia.sandbox import Sandbox
from sdk_face import DATE, KEY, MESSAGE_ID, MOMENT, SECRET, SMS, TYPICAL, Face, Wire, answer, call, success

SIGNING = HmacAuth(KEY, SECRET)
TEXT = {"message": "Invalid authentication credentials"}


def dated(seconds: float, status: int = 401) -> httpx.Response:
    """A refusal by a server whose clock is some seconds ahead of ours."""
    moment = format_datetime(MOMENT + timedelta(seconds=seconds), usegmt=True)
    return answer(status, TEXT, {"content-type": "application/json", "date": moment})


def signing(face: Face, wire: Wire, **options: Any) -> Any:
    return face.client(wire, auth=SIGNING, now=lambda: MOMENT, **options)


@pytest.mark.parametrize("seconds", [61, 600, -600, 86400 * 400])
@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("name", TYPICAL)
def test_a_refused_signature_is_made_again_with_the_servers_time(
    face: Face, pauses: list[float], name: str, status: int, seconds: int
) -> None:
    wire = Wire(dated(seconds, status), success(name))
    face.run(call(signing(face, wire, max_retries=0), name))
    first, second = wire.seen
    assert first.headers["date"] == DATE
    assert second.headers["date"] == format_datetime(MOMENT + timedelta(seconds=seconds), usegmt=True)
    assert second.headers["authorization"] != first.headers["authorization"]
    assert second.body == first.body
    assert pauses == []


@pytest.mark.parametrize(("seconds", "text"), [(600, "600 s behind"), (-600, "600 s ahead")])
def test_it_is_made_again_exactly_once_and_the_hint_says_how_far_the_clock_is_off(
    face: Face, seconds: int, text: str
) -> None:
    wire = Wire(dated(seconds))
    with pytest.raises(AuthenticationError, match=text) as caught:
        face.run(signing(face, wire).messages.send(**SMS))
    assert len(wire.seen) == 2
    assert text in caught.value.hint
    assert "region" in caught.value.hint


@pytest.mark.parametrize("refusal", [dated(0), dated(60), dated(-60), answer(401, TEXT)], ids=str)
def test_a_clock_that_is_right_is_not_to_blame(face: Face, refusal: httpx.Response) -> None:
    wire = Wire(refusal)
    with pytest.raises(AuthenticationError) as caught:
        face.run(signing(face, wire).messages.send(**SMS))
    assert len(wire.seen) == 1
    assert "clock" not in caught.value.hint


NO_DATES = [
    "",
    "yesterday",
    "Thu, 99 Foo 2026 03:04:05 GMT",
    "0",
    "Thu, 15 Jan 2026",
    f"Thu, 15 Jan 2026 {'9' * 20}:04:05 GMT",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 -2359",
]


@pytest.mark.parametrize("value", NO_DATES)
def test_a_date_that_makes_no_sense_is_ignored(face: Face, value: str) -> None:
    wire = Wire(answer(401, TEXT, {"date": value}))
    with pytest.raises(AuthenticationError):
        face.run(signing(face, wire).messages.get(MESSAGE_ID))
    assert len(wire.seen) == 1


def test_basic_authentication_has_no_clock(face: Face) -> None:
    wire = Wire(dated(3600))
    with pytest.raises(AuthenticationError) as caught:
        face.run(face.client(wire, now=lambda: MOMENT).messages.send(**SMS))
    assert len(wire.seen) == 1
    assert "clock" not in caught.value.hint


@pytest.mark.off_contract(answers="404 is not documented for sending")
def test_other_refusals_are_not_about_the_clock(face: Face) -> None:
    late = {"date": format_datetime(MOMENT + timedelta(hours=1), usegmt=True)}
    for status, body in ((403, {"message": "Invalid account 'X' in header Account"}), (400, TEXT), (404, TEXT)):
        wire = Wire(answer(status, body, late))
        with pytest.raises(Exception, match=str(status)):
            face.run(signing(face, wire).messages.send(**SMS))
        assert len(wire.seen) == 1


@pytest.mark.parametrize(
    ("after", "kind", "attempts"),
    [
        (httpx.ReadTimeout, OutcomeUnknownError, 2),
        (httpx.ConnectError, NotSentError, 4),
        (answer(500), OutcomeUnknownError, 2),
    ],
)
def test_what_follows_is_judged_as_usual(face: Face, after: Any, kind: type[Exception], attempts: int) -> None:
    wire = Wire(dated(600), after)
    with pytest.raises(kind):
        face.run(signing(face, wire).messages.send(**SMS))
    assert len(wire.seen) == attempts
    assert len({seen.headers["date"] for seen in wire.seen[1:]}) == 1, "later attempts keep the server's time"


def test_a_hint_names_the_host_and_the_scheme(face: Face) -> None:
    for options, scheme in (({"auth": SIGNING}, "hmac"), ({}, "basic")):
        client = face.client(Wire(answer(401, TEXT)), region="eu", **options)
        with pytest.raises(AuthenticationError) as caught:
            face.run(client.messages.get(MESSAGE_ID))
        assert "eu.app.api.sinch.com" in caught.value.hint
        assert scheme in caught.value.hint


def test_a_hint_says_that_signing_needs_http_1_1(face: Face) -> None:
    """Pitfall 17."""

    def over_http_2(request: httpx.Request) -> httpx.Response:
        del request
        return httpx.Response(401, json=TEXT, extensions={"http_version": b"HTTP/2"})

    http_client = face.http_client(transport=httpx.MockTransport(over_http_2))
    with pytest.raises(AuthenticationError, match=r"signing needs HTTP/1\.1"):
        face.run(face.client(auth=SIGNING, http_client=http_client).messages.get(MESSAGE_ID))
    face.close(http_client)


def test_a_real_server_with_another_time_is_reached(face: Face) -> None:
    with Sandbox(api_key=KEY, api_secret=SECRET) as sandbox:
        sandbox.fault("clock_skew", seconds=3600, times=None)
        client = face.client(auth=SIGNING, base_url=sandbox.url)
        assert face.run(client.messages.send(**SMS)).status == "queued"
        assert [record.status for record in sandbox.requests] == [401, 202]
        assert len(sandbox.ledger) == 1
