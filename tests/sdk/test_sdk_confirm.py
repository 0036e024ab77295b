"""Confirming replies and delivery reports."""

from typing import Any
from uuid import UUID

import attrs
import httpx
import pytest
from messagemedia import BadRequestError, DeliveryReport, Reply, SentMessage, ValidationError
from messagemedia_generated.models import ConfirmDeliveryReportsAsReceivedRequest, ConfirmRepliesAsReceivedRequest
from sdk_face import MESSAGE_ID, Face, Wire, answer


@attrs.frozen
class Kind:
    """What the two kinds of confirmation differ in."""

    verbs: str
    name: str
    item: Any
    other: Any
    operation: str
    request: Any

    def confirm(self, face: Face, wire: Wire, items: Any, **options: Any) -> Any:
        return face.run(getattr(face.client(wire, **options), self.verbs).confirm(items))

    def make(self, id_: str) -> Any:
        return self.item(**{self.name: id_, "message_id": MESSAGE_ID})

    def ids(self, wire: Wire) -> list[list[str]]:
        return [seen.json[f"{self.name}s"] for seen in wire.seen]


REPLIES = Kind(
    "replies", "reply_id", Reply, DeliveryReport, "confirm_replies_as_received", ConfirmRepliesAsReceivedRequest
)
REPORTS = Kind(
    "delivery_reports",
    "delivery_report_id",
    DeliveryReport,
    Reply,
    "confirm_delivery_reports_as_received",
    ConfirmDeliveryReportsAsReceivedRequest,
)
kinds = pytest.mark.parametrize("kind", [REPLIES, REPORTS], ids=lambda kind: kind.verbs)
DONE = answer(202)


def made_up(count: int) -> list[str]:
    return [str(UUID(int=number)) for number in range(count)]


A, B = made_up(2)


@kinds
def test_250_ids_are_confirmed_in_three_requests_in_order(face: Face, kind: Kind) -> None:
    wire = Wire(DONE)  # pitfall 68
    ids = made_up(250)
    assert kind.confirm(face, wire, ids) is None
    assert [len(batch) for batch in kind.ids(wire)] == [100, 100, 50]
    assert [each for batch in kind.ids(wire) for each in batch] == ids


@kinds
@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (100, [100]), (101, [100, 1]), (200, [100, 100])])
def test_the_number_of_requests_follows_from_the_number_of_ids(
    face: Face, kind: Kind, count: int, sizes: list[int]
) -> None:
    wire = Wire(DONE)
    kind.confirm(face, wire, iter(made_up(count)))
    assert [len(batch) for batch in kind.ids(wire)] == sizes


@kinds
def test_items_and_ids_may_come_alone_or_mixed(face: Face, kind: Kind) -> None:
    for items, ids in (
        (A, [A]),
        (kind.make(A), [A]),
        ([kind.make(A), B], [A, B]),
        ((kind.make(A),), [A]),
        ({A: 1}.keys(), [A]),
        (iter([kind.make(A)]), [A]),
    ):
        wire = Wire(DONE)
        kind.confirm(face, wire, items)
        assert kind.ids(wire) == [ids]


@kinds
def test_what_is_no_item_of_this_kind_is_refused(face: Face, kind: Kind) -> None:
    """Pitfall 68: the id of a message is no id of a reply."""
    for wrong in (SentMessage(message_id=MESSAGE_ID), kind.other(), None, 5, b"a", ["a"], {"id": "a"}):
        wire = Wire(DONE)
        with pytest.raises(ValidationError) as caught:
            kind.confirm(face, wire, ["a", wrong, "b"])
        (error,) = caught.value.errors
        assert error.index == 1
        assert kind.item.__name__ in error.message
        assert type(wrong).__name__ in error.message
        assert not wire.seen


@kinds
@pytest.mark.parametrize(
    "wrong",
    [SentMessage(message_id=MESSAGE_ID), "other", None, 5, True, object(), {"reply_id": "a"}],
    ids=lambda each: type(each).__name__,
)
def test_a_single_thing_of_the_wrong_kind_is_refused(face: Face, kind: Kind, wrong: Any) -> None:
    wire = Wire(DONE)  # pitfall 68
    with pytest.raises(ValidationError):
        kind.confirm(face, wire, kind.other(message_id="x") if wrong == "other" else wrong)
    assert not wire.seen


@kinds
@pytest.mark.parametrize("check_limits", [True, False])
def test_a_wrong_item_far_behind_keeps_everything_unconfirmed(face: Face, kind: Kind, check_limits: bool) -> None:
    for wrong in (5, kind.other(), "", kind.make(""), "\ud83d", kind.make("\ud83d")):
        wire = Wire(DONE)
        with pytest.raises(ValidationError) as caught:
            kind.confirm(face, wire, [*("x" * 150), wrong], check_limits=check_limits)
        assert not wire.seen, wrong
        assert [error.index for error in caught.value.errors] == [150]


@kinds
def test_all_wrong_items_are_named_at_once(face: Face, kind: Kind) -> None:
    with pytest.raises(ValidationError) as caught:
        kind.confirm(face, Wire(DONE), [5, "a", "", None])
    assert [error.index for error in caught.value.errors] == [0, 2, 3]
    assert "empty id" in str(caught.value)


@kinds
def test_a_batch_that_is_refused_stops_the_following_ones(face: Face, kind: Kind) -> None:
    wire = Wire(DONE, answer(400, {"message": "no"}))
    with pytest.raises(BadRequestError):
        kind.confirm(face, wire, made_up(250))
    assert [len(batch) for batch in kind.ids(wire)] == [100, 100]


@kinds
def test_each_batch_is_repeated_by_itself(face: Face, kind: Kind) -> None:
    wire = Wire(DONE, httpx.ReadTimeout, DONE)
    kind.confirm(face, wire, made_up(150))
    assert [len(batch) for batch in kind.ids(wire)] == [100, 50, 50]


@kinds
@pytest.mark.off_contract(requests="limits are switched off")
def test_the_operation_itself_takes_at_most_100_ids(face: Face, kind: Kind) -> None:
    for check_limits in (True, False):
        wire = Wire(DONE)
        api = getattr(face.client(wire, check_limits=check_limits).api, kind.verbs)
        body = kind.request(**{f"{kind.name}s": ["x"] * 101})
        if check_limits:
            with pytest.raises(ValidationError, match="at most 100 items, not 101"):
                face.run(getattr(api, kind.operation)(body))
        else:
            face.run(getattr(api, kind.operation)(body))
        assert len(wire.seen) == (not check_limits)
