from typing import Any

import httpx
import pytest
from messagemedia.sandbox import Sandbox
from sandbox_caller import Caller, caller_of

PATH = "/v1/webhooks/messages"
HOOK = {
    "url": "https://example.com/hooks?from=$sourceAddress",
    "method": "POST",
    "encoding": "JSON",
    "events": ["RECEIVED_SMS", "DELIVERED_DR"],
}
FULL = {
    **HOOK,
    "headers": {"X-Token": "secret"},
    "template": '{"id": "$mtId"}',
    "read_timeout": 5000,
    "retries": 3,
    "retry_delay": 30,
}
EXISTS = {"message": "A webhook with the given url and method already exists."}


def create(caller: Caller, **fields: Any) -> Any:
    answer = caller.post(PATH, json={**HOOK, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


def problems(answer: httpx.Response) -> list[str]:
    assert (answer.status_code, answer.json()["message"]) == (400, "Bad Request"), answer.text
    return answer.json()["details"]


def listed(caller: Caller, query: str = "") -> list[str]:
    return [each["url"] for each in caller.get(PATH + query).json()["pageData"]]


# --- one webhook ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        (HOOK, {**HOOK, "retries": 0}),
        (FULL, FULL),
        # A pause between retries says nothing where there are none.
        ({**HOOK, "retry_delay": 30}, {**HOOK, "retries": 0}),
    ],
)
def test_a_created_webhook_has_an_id_and_what_was_given(caller: Caller, fields: Any, shown: Any) -> None:
    answer = caller.post(PATH, json=fields)
    made = answer.json()
    assert (answer.status_code, len(made.pop("id"))) == (201, 36)
    assert made == shown


def test_a_webhook_can_be_read_by_its_id_and_in_the_list(caller: Caller) -> None:
    made = create(caller, **FULL)
    assert caller.get(f"{PATH}/{made['id']}").json() == made
    assert caller.get(PATH).json() == {"page": 0, "pageSize": 20, "pageData": [made]}


def test_an_update_changes_what_is_given_and_leaves_the_rest(caller: Caller) -> None:
    made = create(caller, **FULL)
    changes = {"url": "https://example.com/more", "method": "PUT", "events": ["OPT_OUT_SMS"]}
    answer = caller.patch(f"{PATH}/{made['id']}", json=changes)
    assert (answer.status_code, answer.json()) == (200, {**made, **changes})
    assert caller.get(f"{PATH}/{made['id']}").json() == {**made, **changes}


def test_a_deleted_webhook_is_gone(caller: Caller) -> None:
    path = f"{PATH}/{create(caller)['id']}"
    answer = caller.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert [caller.delete(path).status_code, caller.get(path).status_code] == [404, 404]
    assert caller.patch(path, json={"method": "GET"}).status_code == 404
    assert listed(caller) == []


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "details"),
    [
        ({"url": "ftp://example.com"}, ["/url: Not a valid http url"]),
        ({"url": "https://-invalid.com"}, ["/url: Not a valid http url"]),
        ({"url": f"https://example.com/{'x' * 1000}"}, ["/url: Must have at most 1000 characters"]),
        ({"events": ["RECEIVED_123"]}, ["/events/0: [RECEIVED_123] is invalid"]),
        ({"events": ["RECEIVED_SMS", "x"]}, ["/events/1: [x] is invalid"]),
        ({"events": []}, ["/events: Must have at least 1 entries"]),
        ({"method": "HEAD"}, ["/method: [HEAD] is invalid"]),
        ({"encoding": "YAML"}, ["/encoding: [YAML] is invalid"]),
        ({"headers": {"content-type": "x"}}, ["/headers/content-type: Content-Type follows from the encoding"]),
        ({"headers": {"X": "v" * 1001}}, ["/headers/X: Must have at most 1000 characters"]),
    ],
)
def test_an_invalid_field_is_refused_when_creating_and_when_changing(
    caller: Caller, fields: dict[str, Any], details: list[str]
) -> None:
    assert problems(caller.post(PATH, json={**HOOK, **fields})) == details
    made = create(caller)
    assert problems(caller.patch(f"{PATH}/{made['id']}", json=fields)) == details
    assert caller.get(f"{PATH}/{made['id']}").json() == made


@pytest.mark.parametrize("name", ["url", "method", "encoding", "events"])
def test_what_is_required_is_required_when_creating(caller: Caller, name: str) -> None:
    fields = {key: value for key, value in HOOK.items() if key != name}
    assert problems(caller.post(PATH, json=fields)) == [f"/{name}: Required field is missing"]


@pytest.mark.parametrize("name", ["read_timeout", "retries", "retry_delay"])
def test_an_update_can_not_change_the_timing(caller: Caller, name: str) -> None:
    made = create(caller)
    assert problems(caller.patch(f"{PATH}/{made['id']}", json={name: FULL[name]})) == [f"/{name}: Unknown field"]


def test_an_update_needs_a_field(caller: Caller) -> None:
    assert caller.patch(f"{PATH}/{create(caller)['id']}", json={}).status_code == 400


def test_a_body_that_is_no_json_is_refused(caller: Caller) -> None:
    assert problems(caller.post(PATH, content=b"{")) == ["Failed to parse message body."]


def test_address_and_method_are_unique(caller: Caller) -> None:
    first = create(caller)
    answer = caller.post(PATH, json={**HOOK, "encoding": "XML"})
    assert (answer.status_code, answer.json()) == (409, EXISTS)
    second = create(caller, method="PUT")
    answer = caller.patch(f"{PATH}/{second['id']}", json={"method": "POST"})
    assert (answer.status_code, answer.json()) == (409, EXISTS)
    assert caller.patch(f"{PATH}/{first['id']}", json={"method": "POST"}).status_code == 200  # its own


def test_uniqueness_of_changes_can_be_switched_off() -> None:
    with Sandbox(unique_webhook_updates=False) as running, caller_of(running) as caller:
        create(caller)
        path = f"{PATH}/{create(caller, method='PUT')['id']}"
        assert caller.patch(path, json={"method": "POST"}).json()["method"] == "POST"


def test_there_is_a_limit_which_only_creating_checks() -> None:
    with Sandbox(webhook_limit=2) as running, caller_of(running) as caller:
        made = [create(caller, url=f"https://example.com/{at}") for at in range(2)]
        answer = caller.post(PATH, json=HOOK)
        assert (answer.status_code, answer.json()) == (400, {"message": "Maximum number of webhooks (2) reached"})
        assert caller.patch(f"{PATH}/{made[0]['id']}", json={"method": "PUT"}).status_code == 200
        caller.delete(f"{PATH}/{made[0]['id']}")
        create(caller)


def test_the_limit_is_150(sandbox: Sandbox) -> None:
    assert sandbox.options.webhook_limit == 150


# --- pages ------------------------------------------------------------------------------------------------------------


def test_pages_are_counted_from_0_and_end_with_an_empty_one(caller: Caller) -> None:
    urls = [create(caller, url=f"https://example.com/{at}")["url"] for at in range(5)]
    assert [listed(caller, f"?page={page}&page_size=2") for page in range(4)] == [urls[:2], urls[2:4], urls[4:], []]
    assert listed(caller) == urls
    answer = caller.get(f"{PATH}?page=1&page_size=2").json()
    assert (answer["page"], answer["pageSize"]) == (1, 2)


def test_pages_can_be_counted_from_1() -> None:
    with Sandbox(first_webhook_page=1, webhook_page_size=1) as running, caller_of(running) as caller:
        create(caller)
        assert [len(listed(caller, query)) for query in ("", "?page=1", "?page=2")] == [1, 1, 0]
        assert problems(caller.get(f"{PATH}?page=0")) == ["/page: [0] is invalid"]


@pytest.mark.parametrize("value", ["-1", "x", "", "1.5", "\u0661", "2147483648"])
def test_a_page_that_is_no_number_is_refused(caller: Caller, value: str) -> None:
    assert problems(caller.get(PATH, params={"page": value, "page_size": value})) == [
        f"/page: [{value}] is invalid",
        f"/page_size: [{value}] is invalid",
    ]


# --- accounts ---------------------------------------------------------------------------------------------------------


def test_each_account_has_its_own_webhooks() -> None:
    with Sandbox(accounts=("Branch",)) as running, caller_of(running) as caller:
        made = create(caller)
        branch = {"Account": "Branch"}
        assert caller.get(PATH, headers=branch).json()["pageData"] == []
        assert caller.get(f"{PATH}/{made['id']}", headers=branch).status_code == 404
        assert caller.post(PATH, json=HOOK, headers=branch).status_code == 201


def test_a_reset_forgets_webhooks(caller: Caller, sandbox: Sandbox) -> None:
    create(caller)
    sandbox.reset()
    assert listed(caller) == []
