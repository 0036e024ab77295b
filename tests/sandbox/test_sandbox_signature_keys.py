import base64
import importlib
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from messagemedia.sandbox import Sandbox
from sandbox_caller import Caller, caller_of

PATH = "/v1/iam/signature_keys"
ENABLED = f"{PATH}/enabled"
KIND = {"digest": "SHA256", "cipher": "RSA"}
UNKNOWN = "7ca628a8-08b0-4e42-aeb8-960b37049c31"
OFF = "This feature has not been enabled in your account."


def create(caller: Caller, **fields: Any) -> Any:
    answer = caller.post(PATH, json={**KIND, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


def shown(made: dict[str, Any], *, enabled: bool = False) -> dict[str, Any]:
    """A key as it is shown after it was made: without its public half."""
    return {**{name: value for name, value in made.items() if name != "public_key"}, "enabled": enabled}


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["message"]


@pytest.mark.parametrize("digest", ["SHA224", "SHA256", "SHA512"])
def test_a_made_key_is_real_and_not_enabled(caller: Caller, digest: str) -> None:
    made = create(caller, digest=digest)
    key = serialization.load_der_public_key(base64.b64decode(made["public_key"]))
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == 2048
    assert (made["digest"], made["cipher"], made["enabled"]) == (digest, "RSA", False)
    assert made["created"].endswith("Z")


def test_no_two_keys_are_the_same(caller: Caller) -> None:
    one, other = create(caller), create(caller)
    assert one["key_id"] != other["key_id"]
    assert one["public_key"] != other["public_key"]


def test_a_public_key_comes_once_only(caller: Caller) -> None:
    made = create(caller)
    assert caller.get(f"{PATH}/{made['key_id']}").json() == shown(made)
    assert caller.get(f"{PATH}?page=1&page_size=9").json() == [shown(made)]


def test_enabling_a_key_disables_the_one_before(caller: Caller) -> None:
    one, other = create(caller), create(caller)
    for made in (one, other, other):
        answer = caller.patch(ENABLED, json={"key_id": made["key_id"]})
        assert (answer.status_code, answer.json()) == (200, shown(made, enabled=True))
        assert caller.get(ENABLED).json() == shown(made, enabled=True)
    assert caller.get(f"{PATH}?page=1&page_size=9").json() == [shown(one), shown(other, enabled=True)]


def test_without_an_enabled_key_there_is_none_to_read_and_none_to_miss(caller: Caller) -> None:
    assert refusal(caller.get(ENABLED)) == (404, "Currently no key is enabled")
    assert [caller.delete(ENABLED).status_code for _ in range(2)] == [204, 204]


@pytest.mark.parametrize("way", ["disabled", "deleted"])
def test_a_key_that_is_disabled_or_deleted_is_no_longer_enabled(caller: Caller, way: str) -> None:
    key_id = create(caller)["key_id"]
    caller.patch(ENABLED, json={"key_id": key_id})
    answer = caller.delete(ENABLED if way == "disabled" else f"{PATH}/{key_id}")
    assert (answer.status_code, answer.content) == (204 if way == "disabled" else 200, b"")
    assert caller.get(ENABLED).status_code == 404
    assert caller.get(f"{PATH}/{key_id}").status_code == (200 if way == "disabled" else 404)


def test_an_unknown_key_is_not_found(caller: Caller) -> None:
    for answer in (
        caller.get(f"{PATH}/{UNKNOWN}"),
        caller.delete(f"{PATH}/{UNKNOWN}"),
        caller.patch(ENABLED, json={"key_id": UNKNOWN}),
    ):
        assert refusal(answer) == (404, "Entity not found")


def test_an_id_that_is_none_is_refused_in_the_words_of_the_api(caller: Caller) -> None:
    assert refusal(caller.get(f"{PATH}/x")) == (400, "key_id property value is invalid")
    for body in ({}, {"key_id": None}):
        answer = caller.patch(ENABLED, json=body)
        assert answer.status_code == 400
        assert answer.json() == {"message": "Bad Request", "details": ["/key_id: Key id cannot be null"]}


@pytest.mark.parametrize(
    ("fields", "details"),
    [
        ({"cipher": "RA"}, ["/cipher: [RA] is invalid"]),
        ({"digest": "SHA1"}, ["/digest: [SHA1] is invalid"]),
        ({"size": 4096}, ["/size: Unknown field"]),
    ],
)
def test_an_unknown_kind_of_key_is_refused(caller: Caller, fields: Any, details: list[str]) -> None:
    answer = caller.post(PATH, json={**KIND, **fields})
    assert answer.status_code == 400
    assert answer.json() == {"message": "Bad Request", "details": details}


def test_pages_are_counted_from_1_and_end_with_an_empty_one(caller: Caller) -> None:
    ids = [create(caller)["key_id"] for _ in range(3)]
    pages = [caller.get(f"{PATH}?page={page}&page_size=2").json() for page in (1, 2, 3)]
    assert [[each["key_id"] for each in page] for page in pages] == [ids[:2], ids[2:], []]


@pytest.mark.parametrize("query", ["page_size=1", "page=0&page_size=1", "page=x&page_size=1"])
def test_an_unusable_page_is_refused(caller: Caller, query: str) -> None:
    assert refusal(caller.get(f"{PATH}?{query}")) == (400, "page property value is invalid")


@pytest.mark.parametrize("query", ["page=1", "page=1&page_size=0"])
def test_an_unusable_size_of_pages_is_refused(caller: Caller, query: str) -> None:
    assert refusal(caller.get(f"{PATH}?{query}")) == (400, "page_size property value is invalid")


def test_an_account_without_signed_pushes_has_no_keys() -> None:
    with Sandbox(signed_pushes=False) as running, caller_of(running) as caller:
        for answer in (
            caller.get(f"{PATH}?page=1&page_size=1"),
            caller.post(PATH, json=KIND),
            caller.post(PATH, json={}),
            caller.get(ENABLED),
            caller.delete(ENABLED),
        ):
            assert refusal(answer) == (403, OFF)
        assert caller.get("/v1/webhooks/messages").status_code == 200


def test_without_cryptography_the_answer_says_what_to_install(
    caller: Caller, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.import_module

    def missing(name: str, package: str | None = None) -> Any:
        if name.startswith("cryptography"):
            raise ModuleNotFoundError(name=name)
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", missing)
    status, message = refusal(caller.post(PATH, json=KIND))
    assert status == 501
    assert "pip install 'messagemedia[sandbox]'" in message
    assert caller.get(f"{PATH}?page=1&page_size=9").json() == []


def test_each_account_has_its_own_keys_and_a_reset_forgets_them() -> None:
    with Sandbox(accounts=("Branch",)) as running, caller_of(running) as caller:
        made = create(caller)
        assert caller.get(f"{PATH}/{made['key_id']}", headers={"Account": "Branch"}).status_code == 404
        running.reset()
        assert caller.get(f"{PATH}/{made['key_id']}").status_code == 404
