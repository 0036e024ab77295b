"""What people type by mistake, and that the answer names what they meant."""

import inspect
import pickle
import traceback
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from messagemedia import (
    AsyncClient,
    BasicAuth,
    Client,
    ConfigurationError,
    HmacAuth,
    Message,
    MessageMediaError,
    ValidationError,
)
from sdk_face import KEY, NUMBER, SECRET, SMS, Face, Wire, accepted, answer

both = pytest.mark.parametrize("kind", [Client, AsyncClient])

# Arguments of a client, and what the answer names.
WRONG: list[tuple[tuple[Any, ...], dict[str, Any], str]] = [
    ((), {"retries": 3}, r"no argument 'retries', did you mean 'max_retries'\?"),
    ((), {"retry": 3}, r"did you mean 'max_retries'\?"),
    ((), {"api_key": KEY, "secret": SECRET}, r"no argument 'secret', did you mean 'api_secret'\?"),
    ((), {"timeot": 5}, r"did you mean 'timeout'\?"),
    ((), {"Timeout": 5}, r"did you mean 'timeout'\?"),
    ((KEY, SECRET), {"use_hmac": True}, r"did you mean 'auth'\?"),
    ((KEY, SECRET), {"url": "https://example.com"}, r"did you mean 'base_url'\?"),
    ((), {"username": KEY, "password": SECRET}, r"did you mean 'api_key'\?.* did you mean 'api_secret'\?"),
    ((), {"xyzzy": 5}, r"no argument 'xyzzy'; its arguments are api_key, api_secret, auth, region, "),
    ((KEY, SECRET, "extra"), {}, r"only api_key and api_secret by position, 3 were given: name the others \(auth, "),
    ((KEY, SECRET, True), {}, r"for HMAC pass auth=HmacAuth\(api_key, api_secret\)"),
]


@both
@pytest.mark.parametrize(("args", "options", "said"), WRONG, ids=[f"{len(row[0])}-{[*row[1]]}" for row in WRONG])
def test_an_argument_that_a_client_does_not_have_is_answered_with_the_one_that_is_meant(
    kind: Any, args: tuple[Any, ...], options: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said) as caught:
        kind(*args, **options)
    assert str(caught.value).startswith(f"{kind.__name__}() ")
    assert isinstance(caught.value, TypeError)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again)) == (type(caught.value), str(caught.value))


def _wrong_by_name(kind: Any) -> None:
    kind(KEY, secret=SECRET)


def _wrong_by_position(kind: Any) -> None:
    kind(KEY, SECRET, SECRET)


@both
@pytest.mark.parametrize("call", [_wrong_by_name, _wrong_by_position])
def test_no_traceback_of_a_wrong_argument_shows_the_secret(kind: Any, call: Callable[[Any], None]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        call(kind)
    text = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "in __new__" in text
    assert SECRET not in text


@both
def test_static_and_shown_signature_of_a_client_stay_precise(kind: Any) -> None:
    names = ["api_key", "api_secret", "auth", "region", "base_url", "account", "timeout", "max_retries", "check_limits"]
    for shown in (inspect.signature(kind), inspect.signature(kind.__init__)):
        assert set(names) < shown.parameters.keys()
        assert not {each.kind for each in shown.parameters.values()} & {
            inspect.Parameter.VAR_POSITIONAL,
            inspect.Parameter.VAR_KEYWORD,
        }
    assert {"account", "timeout", "max_retries"} < inspect.signature(kind.with_options).parameters.keys()


@both
def test_a_subclass_may_have_arguments_of_its_own(kind: Any) -> None:
    class Ours(kind):  # type: ignore[misc]
        def __init__(self, tenant: str, *, region: str) -> None:
            super().__init__(KEY, SECRET, region=region)
            self.tenant = tenant

    class Anything(kind):  # type: ignore[misc]
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(KEY, SECRET)
            self.given = args, options

    ours = Ours("acme", region="eu")
    assert (ours.tenant, ours.with_options(timeout=3).tenant) == ("acme", "acme")
    assert Anything(1, 2, retries=3).given == ((1, 2), {"retries": 3})
    with pytest.raises(ConfigurationError, match=r"Ours\(\) has no argument 'regoin', did you mean 'region'\?"):
        Ours("acme", regoin="eu")


@pytest.mark.parametrize(
    ("args", "options", "said"),
    [
        ((), {"region": "eu"}, r"can't change 'region'; create another client for that: Client\(…, region=…\)"),
        ((), {"auth": BasicAuth("k", "s")}, r"can't change 'auth'; create another client for that"),
        ((), {"url": "https://example.com"}, r"can't change 'base_url'; create another client for that"),
        ((), {"retries": 1}, r"no argument 'retries', did you mean 'max_retries'\?"),
        ((), {"acount": "a"}, r"did you mean 'account'\?"),
        ((), {"xyzzy": 1}, r"no argument 'xyzzy'; its arguments are account, timeout, max_retries"),
        (("MyAccount",), {}, r"takes no argument by position: name the others \(account, "),
    ],
    ids=str,
)
def test_an_option_that_a_copy_can_not_have_is_answered_with_the_way_to_it(
    face: Face, args: tuple[Any, ...], options: dict[str, Any], said: str
) -> None:
    client = face.client(Wire(answer(200, {})))
    with pytest.raises(ConfigurationError, match=said) as caught:
        client.with_options(*args, **options)
    assert isinstance(caught.value, TypeError)
    assert str(caught.value).startswith("with_options() ")


# --- regions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [{"api_key": KEY, "api_secret": SECRET, "auth": "hmac"}, {"auth": "hmac"}])
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_the_name_of_a_way_to_authenticate_is_answered_with_its_object(kind: Any, arguments: dict[str, Any]) -> None:
    """The environment and the command line take `hmac`."""
    with pytest.raises(
        ConfigurationError, match=r"For HMAC, pass auth=HmacAuth\(api_key, api_secret\) alone"
    ) as caught:
        kind(**arguments)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("AU", "not 'AU': did you mean 'au'?"),
        ("EU ", "not 'EU ': did you mean 'eu'?"),
        ("sydney", "not 'sydney': did you mean 'au'?"),
        ("Europe", "not 'Europe': did you mean 'eu'?"),
        ("apacc", "not 'apacc': did you mean 'apac'?"),
        ("mars", "not 'mars'"),
        ("https://eu.app.api.sinch.com", "pass an address as base_url"),
    ],
)
def test_a_wrong_region_is_shown_with_the_one_that_is_meant(
    face: Face, monkeypatch: pytest.MonkeyPatch, region: str, said: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        face.client_class(KEY, SECRET, region=region)
    assert str(caught.value).startswith("region must be one of apac, au, eu, us")
    assert str(caught.value).endswith(said)
    monkeypatch.setenv("MESSAGEMEDIA_REGION", region)
    with pytest.raises(ConfigurationError) as caught:
        face.client_class(KEY, SECRET)
    assert str(caught.value).startswith("MESSAGEMEDIA_REGION must be one of apac, au, eu, us")
    assert str(caught.value).endswith(said)


@pytest.mark.parametrize("region", [KEY, SECRET, "aBc9dEf8gHi7", "x" * 20, ["au"], {"au": 1}, 5])
def test_what_may_be_a_secret_in_the_place_of_a_region_is_not_shown(face: Face, region: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^region must be one of apac, au, eu, us") as caught:
        face.client_class("k", "s", region=region)
    assert str(region) not in str(caught.value)


# --- sending -----------------------------------------------------------------------------------------------------

HELLO = Message(**SMS)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((NUMBER, "hello"), "by name: send(content=…, destination_number=…)"),
        (("hello", NUMBER, "MyShop"), "by name: send(content=…, destination_number=…)"),
        (("hello",), "must be a Message, not str; name the fields: send(content=…, destination_number=…)"),
        ((["hello"],), "must be a Message, not list; for several messages use send_many"),
        (([HELLO],), "must be a Message, not list; for several messages use send_many"),
        (((HELLO, HELLO),), "must be a Message, not tuple; for several messages use send_many"),
        ((HELLO, HELLO), "send takes one Message; for several use send_many"),
        ((SMS,), "must be a Message, not dict; for a dict use send(**fields)"),
        ((Message,), "must be a Message, not the class Message; make one: Message(content=…, destination_number=…)"),
        ((5,), "must be a Message, not int"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_message_is_refused_with_the_way_to_send_it(face: Face, args: tuple[Any, ...], said: str) -> None:
    wire = Wire(accepted())
    with pytest.raises(ValidationError) as caught:
        face.run(face.client(wire).messages.send(*args))
    assert str(caught.value).endswith(said)
    assert not wire.seen
    assert NUMBER not in str(caught.value)


@both
def test_send_shows_no_arguments_that_it_only_takes_to_refuse_them(kind: Any) -> None:
    shown = inspect.signature(kind.messages.send).parameters.values()
    assert [each.name for each in shown][:2] == ["self", "message"]
    assert inspect.Parameter.VAR_POSITIONAL not in {each.kind for each in shown}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (HELLO, "must be an iterable of Message, not Message; for a single one use send(message)"),
        (SMS, "must be an iterable of Message, not dict; for the fields of a single one use send(**fields)"),
        ("hello", "must be an iterable of Message, not str"),
        (None, "must be an iterable of Message, not NoneType"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_iterable_of_messages_is_refused_before_anything_is_sent(face: Face, given: Any, said: str) -> None:
    wire = Wire(accepted())
    with pytest.raises(ValidationError) as caught:
        face.client(wire).messages.send_many(given)
    assert str(caught.value).endswith(f"messages: {said}")
    assert not wire.seen


def test_an_asynchronous_iterable_is_for_the_awaited_client() -> None:
    class Source:
        def __aiter__(self) -> Any:
            raise AssertionError

    with (
        Face("sync") as face,
        pytest.raises(ValidationError, match="not Source; AsyncClient takes an asynchronous one"),
    ):
        face.client(Wire(accepted())).messages.send_many(Source())


# --- in the clear ------------------------------------------------------------------------------------------------

SAFE = [
    *("https://example.com", "http://localhost:8463", "http://LOCALHOST.", "http://app.localhost/api"),
    *("http://127.0.0.1:8463", "http://127.3.2.1", "http://[::1]:8463", "HTTPS://sandbox"),
]
IN_THE_CLEAR = [
    *("http://example.com", "http://sandbox:8463", "HTTP://10.0.0.5", "http://0.0.0.0:80", "http://[2001:db8::1]"),
    *("http://localhost.example.com", "http://notlocalhost", "http://127.example.com"),
]


@pytest.mark.parametrize("base_url", SAFE)
def test_what_stays_on_the_machine_or_is_encrypted_needs_no_warning(face: Face, base_url: str) -> None:
    face.client(base_url=base_url)  # a warning would be an error


@pytest.mark.parametrize("base_url", IN_THE_CLEAR)
def test_a_client_that_sends_in_the_clear_warns_once_where_it_is_made(face: Face, base_url: str) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        client = face.client_class(KEY, SECRET, base_url=base_url)
        copy = client.with_options(timeout=3)
        assert copy.messages is not client.messages
    (warning,) = caught
    assert warning.category is UserWarning
    assert warning.filename == __file__
    said = str(warning.message)
    assert said.startswith(f"messagemedia: {base_url} is not encrypted, so the credentials and every message ")
    assert SECRET not in said
    face.close(client)


def test_with_hmac_only_the_messages_are_in_the_clear(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.warns(UserWarning, match="so every message can be read"):
        face.client(auth=HmacAuth(KEY, SECRET), base_url="http://example.com")
    monkeypatch.setenv("MESSAGEMEDIA_BASE_URL", "http://example.com")
    with pytest.warns(UserWarning, match="so the credentials and every message"):
        face.client()


def test_the_warning_says_what_silences_it(face: Face) -> None:
    with pytest.warns(UserWarning, match="is not encrypted") as caught:
        face.client(base_url="http://example.com")
    code = str(caught[0].message).partition("If you trust this network: ")[2]
    with warnings.catch_warnings():
        eval(code, {"warnings": warnings})
        face.client(base_url="http://example.com")


def test_every_refusal_is_one_of_ours(face: Face) -> None:
    """So one `except MessageMediaError` around a program catches them."""
    client = face.client(Wire(answer(200, {})))
    for call in (
        lambda: face.client_class(retries=1),
        lambda: face.client_class("k", "s", region="EU"),
        lambda: client.with_options(region="eu"),
        lambda: face.run(client.messages.send("a", "b")),
        lambda: client.messages.send_many(HELLO),
    ):
        with pytest.raises(MessageMediaError):
            call()
