"""What help, inspect and unittest.mock see of the clients, before one is made."""

import inspect
import pydoc
from typing import Any
from unittest import mock

import messagemedia
import pytest
from messagemedia import AsyncClient, Client
from sdk_face import KEY, MESSAGE_ID, SECRET, SMS, Face, Wire, accepted, answer

both = pytest.mark.parametrize("kind", [Client, AsyncClient])
METHODS = {
    "messages": ("send", "send_many", "get", "cancel", "credits", "wait"),
    "replies": ("check", "confirm", "consume", "consume_batches"),
    "delivery_reports": ("check", "confirm", "consume", "consume_batches"),
}
OPTIONS = {
    "until_empty": False, "limit": None, "stop": None, "poll_interval": 1.0, "max_poll_interval": 30.0,
    "confirm_every": 100, "dead_letter": None, "max_attempts": 3, "stop_on": (),
}  # fmt: skip


@both
@pytest.mark.parametrize("name", METHODS)
def test_a_double_has_the_methods_of_every_resource(kind: Any, name: str) -> None:
    resource = getattr(mock.create_autospec(kind)(KEY, SECRET), name)
    for method in METHODS[name]:
        assert callable(getattr(resource, method))
    with pytest.raises(AttributeError):
        resource.sned  # noqa: B018
    with pytest.raises(TypeError):
        resource.confirm() if name != "messages" else resource.get()


@both
def test_a_double_knows_the_arguments(kind: Any) -> None:
    double = mock.create_autospec(kind, instance=True)
    for wrong in (
        lambda: double.messages.send("+61491570156", "hello"),
        lambda: double.messages.get(1, 2),
        lambda: double.replies.consume(limitt=1),
        double.api.messages.get_message_status,
    ):
        with pytest.raises(TypeError):
            wrong()
    with pytest.raises(TypeError):
        mock.create_autospec(kind)(retries=3)


def test_a_double_of_the_blocking_client_answers_as_it_is_told() -> None:
    with mock.patch("messagemedia.Client", autospec=True) as double:
        client = messagemedia.Client(KEY, SECRET)
        client.messages.send.return_value.message_id = MESSAGE_ID  # type: ignore[attr-defined]
        assert client.messages.send(**SMS).message_id == MESSAGE_ID
        client.api.messages.check_credits_remaining()
        double.assert_called_once_with(KEY, SECRET)
        client.messages.send.assert_called_once_with(**SMS)  # type: ignore[attr-defined]
    assert messagemedia.Client is Client


def test_a_double_of_the_awaited_client_is_awaited() -> None:
    with Face("async") as face, mock.patch("messagemedia.AsyncClient", autospec=True):
        client = messagemedia.AsyncClient(KEY, SECRET)
        assert inspect.iscoroutinefunction(client.messages.send)
        client.messages.send.return_value = 5  # type: ignore[attr-defined]
        assert face.run(client.messages.send(**SMS)) == 5
        face.run(client.api.replies.check_replies())
        face.run(client.close())
    assert messagemedia.AsyncClient is AsyncClient


def test_a_method_patched_on_the_class_reaches_every_copy(face: Face) -> None:
    wire = Wire(accepted())
    client = face.client(wire)
    with mock.patch.object(face.client_class.messages, "send", return_value=None) as send:
        face.run(client.messages.send(**SMS))
        face.run(client.with_options(timeout=3).messages.send(**SMS))
    assert send.call_args_list == [mock.call(**SMS)] * 2
    assert not wire.seen
    face.run(client.messages.send(**SMS))
    assert len(wire.seen) == 1


def test_a_resource_is_made_once_for_each_client_and_copy(face: Face) -> None:
    client = face.client(Wire(answer(200, {})))
    assert set(vars(client)) == {"_settings", "_transport", "_owner"}
    copy = client.with_options(timeout=3)
    for name in ("api", *METHODS):
        assert getattr(client, name) is getattr(client, name)
        assert getattr(client, name) is not getattr(copy, name)
        assert type(getattr(client, name)) is type(getattr(copy, name))
        if name != "api":
            assert type(getattr(client, name)) is getattr(type(client), name)


@both
def test_help_on_a_client_names_its_resources_and_arguments(kind: Any) -> None:
    text = pydoc.plain(pydoc.render_doc(kind))
    for name in ("messages", "replies", "delivery_reports", "api"):
        assert f"|      {name}: " in text
    for name in inspect.signature(kind).parameters:
        assert f"|          {name}: " in text


def test_help_on_what_consumes_shows_its_options(face: Face) -> None:
    client = face.client(Wire(answer(200, {})))
    in_batches = {"size" if name == "confirm_every" else name: default for name, default in OPTIONS.items()}
    for resource in (client.replies, client.delivery_reports):
        for method, options in ((resource.consume, OPTIONS), (resource.consume_batches, in_batches)):
            shown = inspect.signature(method).parameters
            assert {name: each.default for name, each in shown.items() if name != "handler"} == options
            assert all(each.kind == each.KEYWORD_ONLY for name, each in shown.items() if name != "handler")
            assert "until_empty: 'bool' = False" in pydoc.plain(pydoc.render_doc(method))
