"""Open enums: known members, and any other text survives."""

import copy
import json
import pickle
from typing import Any

import pytest
from messagemedia import MessageFormat, MessageStatus, SourceNumberType

STATUSES = [
    "undefined",
    "queued",
    "processing",
    "processed",
    "scheduled",
    "held",
    "enroute",
    "submitted",
    "delivered",
    "read",
    "expired",
    "rejected",
    "undeliverable",
    "failed",
    "cancelled",
]


def test_every_status_that_was_ever_documented_is_known() -> None:
    assert {str(status) for status in MessageStatus} == set(STATUSES)  # pitfall 34
    for value in STATUSES:
        assert MessageStatus(value) is MessageStatus[value.upper()]
        assert MessageStatus(value).is_known


UNKNOWN = ["brand_new", "", "QUEUED", "Queued", "é", "a b", "_missing_", "name"]


@pytest.mark.parametrize("text", UNKNOWN)
@pytest.mark.parametrize("kind", [MessageStatus, MessageFormat, SourceNumberType])
def test_an_unknown_value_of_an_enum_survives_everything(kind: Any, text: str) -> None:
    value = kind(text)  # pitfall 33
    assert isinstance(value, kind)
    assert not value.is_known
    assert value == text
    assert value == kind(text)
    assert value != kind("something else")
    assert {value: 1}[text] == 1
    assert (str(value), value.value, f"{value}") == (text, text, text)
    assert json.loads(json.dumps({"status": value})) == {"status": text}
    for twin in (copy.copy(value), copy.deepcopy(value), *(pickle.loads(pickle.dumps(value, n)) for n in range(2, 6))):
        assert twin == value
        assert type(twin) is kind
    assert text not in [str(member) for member in kind]
    repr(value)
