"""For any JSON object in a success no operation raises what looks like a failure: whoever sees one sends again."""

import copy
import json
import pickle
from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from messagemedia import Client, OutcomeUnknownError
from messagemedia_generated.contract import WEBHOOKS
from sdk_face import CALLS, KEY, SECRET, Wire, answer, call

FIELDS = [
    "message_id",
    "status",
    "content",
    "destination_number",
    "callback_url",
    "delivery_report",
    "format",
    "media",
    "message_expiry_timestamp",
    "metadata",
    "scheduled",
    "source_number",
    "source_number_type",
    "subject",
    "messages",
    "replies",
    "delivery_reports",
    "reply_id",
    "delivery_report_id",
    "date_received",
    "submitted_date",
    "original_text",
    "delay",
    "billing_units",
    "error_code",
    "vendor_account_id",
    "vendor_id",
    "account_id",
    "attachments",
    "content_type",
    "original_name",
    "remaining_credits",
    "raw",
    "extra",
]

names = st.sampled_from(FIELDS) | st.text(max_size=5)
times = st.datetimes().map(str) | st.from_regex(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}[T ][0-9:.]{0,20}(Z|[+-][0-9:]{0,9})?")
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | times
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6),
    max_leaves=25,
)
objects = st.dictionaries(names, values, max_size=8)


def client_of(reply: httpx.Response) -> Client:
    """A client without sockets, so that nothing needs to be closed."""
    return Client(KEY, SECRET, http_client=httpx.Client(transport=Wire(reply).transport), max_retries=0)


HUGE = '{"messages": [{"message_id": "x", "scheduled": 1, "surprise": ' + "9" * 5000 + "}]}"


@settings(deadline=None, max_examples=60, database=None)
@given(body=objects)
@example(body={"messages": [{"status": "\ud800", "scheduled": "0001-01-01T00:00:00+23:59", "metadata": {"a": 1}}]})
@example(body={"delivery_reports": [{"delay": "9" * 5000, "billing_units": "\u0663", "vendor_account_id": []}]})
@pytest.mark.off_contract(answers="any JSON at all")
def test_no_object_makes_an_operation_raise(body: Any) -> None:
    content = json.dumps(body).encode()
    for name, (_, status, _) in CALLS.items():
        try:
            result = call(client_of(answer(status, content)), name)
        except OutcomeUnknownError:
            if name == "send":
                continue  # it lists no accepted message, so it proves nothing
            raise
        for each in result if isinstance(result, list) else [result]:
            repr(each)
            pickle.dumps(each)
            copy.deepcopy(each)
            assert each is None or (isinstance(each.extra, dict) and isinstance(each.raw, dict))


@settings(deadline=None, max_examples=60, database=None)
@given(body=objects)
def test_no_object_makes_the_reading_of_a_push_raise(body: Any) -> None:
    for read in (WEBHOOKS[name](body) for name in WEBHOOKS):
        assert repr(read)
        assert read.raw is body


ODD_BYTES = {
    "a number of 5000 digits": HUGE.encode(),
    "bytes that are no UTF-8": b'{"messages": [{"message_id": "x", "content": "\xff\xfe"}]}',
    "a name twice": b'{"messages": 1, "messages": [{"message_id": "x"}]}',
    "NaN": b'{"messages": [{"message_id": "x", "delay": NaN, "extra": -Infinity}]}',
    "depth": b'{"messages": [{"message_id": "x", "y": ' + b"[" * 300 + b"]" * 300 + b"}]}",
}


@pytest.mark.parametrize("body", ODD_BYTES.values(), ids=ODD_BYTES)
@pytest.mark.off_contract(answers="any JSON at all")
def test_odd_json_after_a_send_is_read(body: bytes) -> None:
    assert call(client_of(answer(202, body)), "send").message_id == "x"


@pytest.mark.off_contract(answers="JSON that is too deep for the judge, too")
def test_json_that_is_too_deep_to_read_leaves_the_outcome_of_a_send_unknown() -> None:
    body = b'{"messages": [], "y": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    with pytest.raises(OutcomeUnknownError):
        call(client_of(answer(202, body)), "send")
