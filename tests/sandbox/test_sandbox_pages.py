"""What the pages of the sandbox answer: addresses, headers, hostile texts, and what is kept."""

import contextlib
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, get_args
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from messagemedia.sandbox import FaultKind, Sandbox
from messagemedia.sandbox.pages.catalogue import CODES, FAULTS
from messagemedia.sandbox.walk import CODES as CODES_OF_STATUS
from sandbox_caller import KEY, SECRET, Caller, caller_of, sign, sms

NUMBER = "+61491570156"
PAGES = [
    "/",
    "/pages/requests",
    "/pages/faults",
    "/pages/contacts",
    "/pages/static/pages.js",
    "/pages/static/pages.css",
]
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"


class Reader(HTMLParser):
    """What a page says, and which elements and attributes it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())

    def links(self) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag == "a"]


def read(caller: httpx.Client, address: str, status: int = 200) -> Reader:
    answer = caller.get(address, auth=None)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Reader(answer.text)


def conversation(number: str = NUMBER) -> str:
    return f"/pages/conversation?number={quote(number, safe='')}"


# --- addresses and headers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [*PAGES, "/favicon.ico", "/pages/messages/none", "/pages/static/none"])
def test_every_page_has_the_headers_that_keep_others_out(caller: Caller, address: str) -> None:
    headers = caller.get(address, auth=None).headers
    policy = dict(each.split(" ", 1) for each in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    for name in ("script-src", "style-src", "connect-src", "img-src", "form-action"):
        assert policy[name] == "'self'"
    assert policy["base-uri"] == policy["frame-ancestors"] == policy["trusted-types"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert not [name for name in headers if name.startswith("access-control-")]


@pytest.mark.parametrize("address", [address for address in PAGES if "static" not in address])
def test_no_page_has_code_or_style_in_it(caller: Caller, sandbox: Sandbox, address: str) -> None:
    caller.send_one(content=SCRIPT)
    sandbox.fault("drop_before", operation="checkReplies")
    page = read(caller, address)
    for tag, attributes in page.elements:
        assert tag != "style"
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert tag != "script" or attributes["src"] == "/pages/static/pages.js"


@pytest.mark.parametrize("address", [*PAGES, "/favicon.ico", "/pages/messages/1", "/pages/nothing"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "10.0.0.1"])
def test_no_page_is_shown_to_a_foreign_host(caller: Caller, address: str, host: str) -> None:
    answer = caller.get(address, headers={"Host": host})
    assert answer.status_code == 403
    assert "--host NAME" in answer.json()["message"]


def test_a_form_of_another_site_changes_nothing(caller: Caller, sandbox: Sandbox) -> None:
    """Whatever address of a form the pages have, and whatever a browser can post without asking."""
    caller.send_one()
    forms = {
        attributes["action"]
        for address in ("/", conversation(), "/pages/faults", "/pages/contacts")
        for tag, attributes in read(caller, address).elements
        if tag == "form" and attributes["method"] == "post"
    }
    assert len(forms) >= 6
    began = sandbox.now
    for action in forms:
        for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data"):
            headers = {"Content-Type": kind, "Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
            assert caller.post(str(action), content=b'{"seconds": 1}', headers=headers).status_code == 403
            assert (
                caller.post(str(action), content=b'{"seconds": 1}', headers={"Content-Type": kind}).status_code == 415
            )
    assert (sandbox.now, sandbox.faults, len(sandbox.ledger)) == (began, [], 1)


@pytest.mark.parametrize(
    "address",
    ["/pages/messages/none", "/pages/requests/0", "/pages/requests/-1", "/pages/requests/x", f"/pages/requests/{'9' * 40}",
     "/pages/requests/²", "/pages/", "/pages/nothing", "/pages/messages/%00", f"/pages/messages/{quote(SCRIPT, safe='')}"],
)  # fmt: skip
def test_what_does_not_exist_is_said_to_be_missing(caller: Caller, address: str) -> None:
    page = read(caller, address, 404)
    assert "nothing at this address" in page.text
    assert "alert" not in page.text


def test_pages_are_in_nobodys_way(caller: Caller, sandbox: Sandbox) -> None:
    """The API has its own paths and its own 404, and the log has no line of a page."""
    for address in PAGES:
        caller.get(address)
    assert sandbox.requests == []
    assert caller.post("/").status_code == 404
    assert caller.get("/messages").json() == {"message": "Resource not found."}
    assert caller.post("/pages/faults").status_code == 405
    assert [record.target for record in sandbox.requests] == ["/", "/messages"]
    assert not [path for path in sandbox_paths(sandbox) if path == "/" or path.startswith("/pages")]


def sandbox_paths(sandbox: Sandbox) -> list[str]:
    return [operation.path for operation in sandbox._contract.operations.values()]


def test_only_files_of_the_pages_are_served(caller: Caller) -> None:
    for name in ("..%2fapplication.py", "%2e%2e/application.py", "none.js", "icon.svg/", "%00"):
        assert caller.get(f"/pages/static/{name}").status_code == 404


# --- hostile texts -----------------------------------------------------------------------------------------------

HOSTILE = [
    SCRIPT,
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }} {% raw %}",
    "\u202egnp.exe\u2066\u2069",
    "a\x00b\x1b[2J\x7f\x85",
    "</p></article><main>",
    "😀" * 2500,
]


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_only_texts(caller: Caller, sandbox: Sandbox, content: str) -> None:
    message_id = caller.send_one(content=content, metadata={"key": content[:200]}, source_number="+61491570157")
    sandbox.reply(content, message_id=message_id, attachments=[{"original_name": content, "content": "AA=="}])
    sandbox.outcome(NUMBER, "rejected", reply=content)
    caller.get(f"/v1/{quote(content[:50])}")
    addresses = [
        conversation(),
        f"/pages/messages/{message_id}",
        "/pages/requests",
        "/pages/contacts",
        f"/?q={quote(content[:100])}",
    ]
    for address in addresses:
        page = read(caller, address)
        assert [attributes.get("src") for tag, attributes in page.elements if tag == "script"] == [
            "/pages/static/pages.js"
        ]
        assert [attributes.get("src") for tag, attributes in page.elements if tag == "img"] == [
            "/pages/static/icon.svg"
        ]
        assert len([tag for tag, _ in page.elements if tag == "main"]) == 1
        everything = page.text + "".join(
            value or "" for _, attributes in page.elements for value in attributes.values()
        )
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", everything)
        assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    shown = "".join(read(caller, conversation()).said)
    assert content.replace("\x00", "⟨U+0000⟩").split("\u202e")[0].split("\x1b")[0] in shown


def test_what_turns_a_text_round_is_named(caller: Caller) -> None:
    caller.send_one(content="\u202egnp.exe\x00")
    page = read(caller, conversation())
    assert "⟨U+202E⟩gnp.exe⟨U+0000⟩" in page.text
    assert "\u202e" not in page.text


def test_hostile_numbers_have_an_address(caller: Caller, sandbox: Sandbox) -> None:
    for number in (SCRIPT, "..", "../../x", "a/b?c#d&e=f", "", " ", "\x00"):
        sandbox.reply("Hi", source_number=number)
        page = read(caller, "/")
        links = [str(link["href"]) for link in page.links() if str(link.get("href")).startswith("/pages/conversation")]
        newest = urlsplit(links[0])
        assert parse_qs(newest.query, keep_blank_values=True) == {"number": [number]}
        assert "Hi" in read(caller, links[0]).text


@pytest.mark.parametrize("address", ["http://example.com/a.png", "https://example.com/?a=1&b=<b>"])
def test_media_are_links_that_tell_nobody_where_they_come_from(caller: Caller, address: str) -> None:
    message_id = caller.send_one(format="MMS", media=[address])
    for page in (read(caller, conversation()), read(caller, f"/pages/messages/{message_id}")):
        (link,) = [link for link in page.links() if link["href"] == address]
        assert set(str(link["rel"]).split()) == {"noreferrer", "noopener"}
        assert address in page.text


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "file:///secrets.txt",
        "https:",
        "http://[",
        " https://a",
    ],
)
def test_what_is_no_address_of_the_web_becomes_no_link(caller: Caller, sandbox: Sandbox, address: str) -> None:
    sandbox._state.accept("SandboxAccount", [sms(format="MMS", media=[address])])  # the contract refuses most of them
    page = read(caller, conversation())
    assert address.strip() in page.text
    assert not [link for link in page.links() if link["href"] == address]


# --- what is shown -----------------------------------------------------------------------------------------------


def test_the_first_thing_to_do_is_shown_and_works(caller: Caller, sandbox: Sandbox) -> None:
    for address in ("/", "/pages/requests", conversation()):
        (code,) = [
            str(attributes["data-text"])
            for tag, attributes in read(caller, address).elements
            if "data-text" in attributes
        ]
        assert sandbox.url in code
    names: dict[str, Any] = {}
    exec(code, names)
    names["client"].close()
    assert sandbox.ledger[0].message["destination_number"] == NUMBER


def test_a_message_shows_where_it_is_and_where_it_goes(caller: Caller, sandbox: Sandbox) -> None:
    message_id = caller.send_one(delivery_report=True)
    sandbox.advance(1)
    text = read(caller, f"/pages/messages/{message_id}").text
    assert "enroute 03:04:06 101, the gateway is processing it" in text
    assert "delivered 03:04:08 in 2 s" in text
    assert message_id in text
    assert sandbox._state.message(message_id).reports[0]["delivery_report_id"] in text


def test_a_scheduled_message_shows_the_time_to_come(caller: Caller) -> None:
    caller.send_one(scheduled="2026-01-15T05:04:05Z")
    assert "due in 2 h, 05:04:05" in read(caller, conversation()).text


def test_code_of_a_message_sends_the_same_again(caller: Caller, sandbox: Sandbox) -> None:
    fields = {
        "content": "Ünï “x” \u202e\x00 \\ ' \"",
        "destination_number": "0491570156",
        "metadata": {"a": "b'c"},
        "delivery_report": True,
        "scheduled": "2026-02-01T10:00:00Z",
        "callback_url": "http://127.0.0.1:9/x?y='z'",
    }
    message_id = caller.send_one(**fields)
    page = read(caller, f"/pages/messages/{message_id}")
    texts = [str(attributes["data-text"]) for _, attributes in page.elements if "data-text" in attributes]
    python, curl, snippet, raw = texts
    with contextlib.redirect_stdout(io.StringIO()):
        exec(python, {})
    again = sandbox.ledger[-1].message
    assert {**again, "scheduled": "2026-02-01T10:00:00Z"} == fields
    assert again["scheduled"].startswith("2026-02-01T10:00:00")
    assert curl.startswith(f"curl -u {KEY}:{SECRET} ")
    compile(snippet, "snippet", "exec")
    assert "messagemedia_outbox.assert_sent(" in snippet
    assert json.loads(raw) == {"message_id": message_id, "status": "scheduled", **fields}


def test_a_secret_that_somebody_has_chosen_is_not_shown() -> None:
    with Sandbox(api_key="K", api_secret="chosen-by-me") as running, caller_of(running) as caller:
        caller.post("/v1/messages", json={"messages": [sms()]}, auth=("K", "chosen-by-me"))
        caller.get("/v1/replies", auth=("K", "wrong-secret"))
        caller.get("/v1/replies", headers={"Authorization": "Bearer wrong-secret"}, auth=None)
        message_id = running.ledger[0].message_id
        for address in (
            "/",
            conversation(),
            f"/pages/messages/{message_id}",
            *(f"/pages/requests/{n}" for n in range(3)),
        ):
            text = caller.get(address, auth=None).text
            assert "chosen-by-me" not in text
            assert "wrong-secret" not in text
            assert "SzpjaG9zZW4" not in text  # the same in base64
            assert "Szp3cm9uZy" not in text


def test_pushes_are_shown_with_each_answer(caller: Caller, sandbox: Sandbox) -> None:
    message_id = caller.send_one(callback_url="http://127.0.0.1:9/hook", delivery_report=True)
    other = caller.send_one(callback_url="https://example.com/hook", delivery_report=True)
    sandbox.advance(1)
    sandbox.wait_for_pushes()
    sandbox.advance(1)
    sandbox.wait_for_pushes()
    attempts = [attempt for attempt in sandbox.pushes if attempt.message_id == message_id]
    assert sorted(attempt.attempt for attempt in attempts) == [1, 1, 2]
    text = read(caller, f"/pages/messages/{message_id}").text
    assert text.count("POST http://127.0.0.1:9/hook") == 3
    assert "ConnectError" in text
    assert "not on loopback" in read(caller, f"/pages/messages/{other}").text


def test_a_search_finds_texts_and_numbers(caller: Caller, sandbox: Sandbox) -> None:
    first = caller.send_one(content="Your PARCEL is here")
    caller.send_one(content="Nothing", destination_number="+61491570157")
    sandbox.reply("which parcel?", message_id=first)
    found = read(caller, "/?q=parcel")
    assert "2 found" in found.text
    assert "which parcel?" in found.text
    assert "Nothing" in read(caller, "/?q=0157").text
    assert "1 found" in read(caller, f"/?q={quote('+61 491 570 157')}").text
    assert "Nothing found for “zzz”" in read(caller, "/?q=zzz").text
    for number in range(110):
        sandbox.reply(f"later {number}", message_id=first)
    (link,) = [link for link in read(caller, "/?q=PARCEL").links() if f"#m-{first}" in str(link["href"])]
    assert ("id", f"m-{first}") in [
        ("id", attributes.get("id")) for _, attributes in read(caller, str(link["href"])).elements
    ]


def test_refused_requests_are_shown_with_the_reason(caller: Caller, sandbox: Sandbox) -> None:
    caller.send_messages({"content": "x"})
    caller.get("/v1/replies", auth=(KEY, "wrong"))
    caller.get("/v1/replies", headers=sign("GET", "/v1/replies", secret="wrong"), auth=None)
    sandbox.fault("drop_after_accept", operation="sendMessages")
    with contextlib.suppress(httpx.RemoteProtocolError):
        caller.send_one()
    caller.get("/v1/replies")
    page = read(caller, "/pages/requests?refused=1").text
    assert "/messages/0/destination_number: Required field is missing" in page
    assert "The secret doesn't belong to the key" in page
    assert "The signature is not the one" in page
    assert "no answer POST /v1/messages" in page
    assert "lose the answer" in page
    assert "200" not in page
    assert "200 GET /v1/replies" in read(caller, "/pages/requests").text


def test_what_was_signed_is_shown_line_by_line(caller: Caller) -> None:
    body = json.dumps({"messages": [sms()]}).encode()
    headers = sign("POST", "/v1/messages", body=body)
    answer = caller.post(
        "/v1/messages", content=body, headers={**headers, "Content-Type": "application/json"}, auth=None
    )
    page = read(caller, f"/pages/messages/{answer.json()['messages'][0]['message_id']}").text
    assert "Date: Thu, 15 Jan 2026 03:04:05 GMT" in page
    assert f"Content-MD5: {headers['Content-MD5']}" in page
    assert "POST /v1/messages HTTP/1.1 the request line" in page
    signature = headers["Authorization"].rpartition('signature="')[2].rstrip('"')
    assert f"Received {signature} Computed {signature}" in page


def test_every_fault_and_code_has_words() -> None:
    assert set(FAULTS) == set(get_args(FaultKind))
    assert set(CODES) == {code for codes in CODES_OF_STATUS.values() for code in codes}


def test_every_kind_of_fault_can_be_chosen_with_what_belongs_to_it(caller: Caller, sandbox: Sandbox) -> None:
    page = read(caller, "/pages/faults")
    fields: dict[str, set[str]] = {kind: set() for kind in FAULTS}
    kinds: list[str] = []
    for tag, attributes in page.elements:
        if tag == "label":
            kinds = str(attributes.get("data-for") or "").split()
        elif tag in {"input", "select", "textarea"}:
            for kind in kinds:
                fields[kind].add(str(attributes["name"]))
    assert fields == {kind: set(text.attributes) for kind, text in FAULTS.items()}
    assert [attributes["value"] for tag, attributes in page.elements if attributes.get("type") == "radio"] == list(
        FAULTS
    )
    details: dict[str, Any] = {"times": 3, "after": 1, "fields": ["a"], "operation": "sendMessages"}
    for kind in FAULTS:
        sandbox.fault(kind, **details)
        assert FAULTS[kind].title in read(caller, "/").text
        assert "after 1 more, the next 3 sendMessages" in read(caller, "/").text
        sandbox.clear_faults()


def test_the_contacts_end_as_they_say(caller: Caller, sandbox: Sandbox) -> None:
    page = read(caller, "/pages/contacts")
    numbers = [
        parse_qs(urlsplit(str(link["href"])).query)["number"][0]
        for link in page.links()
        if "conversation?" in str(link["href"])
    ]
    assert len(numbers) == len(CODES) + 2
    ids = {number: caller.send_one(destination_number=number) for number in numbers}
    sandbox.advance(60)
    for number in numbers:
        shown = re.search(rf"{re.escape(number)} (.*?)(?= \+999| Decide)", page.text)
        assert shown
        assert shown[1].split()[-1] == caller.status(ids[number])


def test_a_decided_number_is_listed(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.outcome(NUMBER, "failed", reply="no!")
    assert "61491570156 failed answers no!" in read(caller, "/pages/contacts").text


# --- what is kept ------------------------------------------------------------------------------------------------


@pytest.fixture
def small() -> Iterator[Sandbox]:
    with Sandbox(keep=3, clock_runs=False) as running:
        yield running


def test_with_keep_only_the_newest_are_kept(small: Sandbox) -> None:
    with caller_of(small) as caller:
        ids = [caller.send_one(content=f"Message {n}", callback_url="https://example.com/") for n in range(5)]
        for message_id in ids:
            if message_id in ids[2:]:
                small.reply("Hi", message_id=message_id)
        assert [entry.message_id for entry in small.ledger] == ids[2:]
        assert [entry.order for entry in small.ledger] == [2, 3, 4]
        assert caller.get("/__sandbox__/ledger?offset=4", auth=None).json()[0]["message_id"] == ids[4]
        assert caller.get("/__sandbox__/ledger?offset=5", auth=None).json() == []
        assert [record.order for record in small.requests] == [2, 3, 4]
        assert len(small.pushes) == 3
        read(caller, f"/pages/messages/{ids[0]}", 404)
        read(caller, f"/pages/messages/{ids[4]}")
        read(caller, "/pages/requests/0", 404)
        read(caller, "/pages/requests/4")
        small.advance(10)  # what is no longer kept still walks
        assert caller.get(f"/v1/messages/{ids[0]}").status_code == 404
        assert caller.status(ids[4]) == "delivered"


def test_a_message_outlives_the_request_that_brought_it(small: Sandbox) -> None:
    with caller_of(small) as caller:
        message_id = caller.send_one()
        for _ in range(3):
            caller.get("/v1/replies")
        assert "It is no longer kept" in read(caller, f"/pages/messages/{message_id}").text


@pytest.mark.parametrize("keep", [0, -1, 1.5, "3", True])
def test_what_is_no_number_of_messages_is_refused(keep: Any) -> None:
    with pytest.raises(ValueError, match="keep must be a whole number, 1 or more, or None"):
        Sandbox(keep=keep)


def test_long_lists_come_in_pages(caller: Caller, sandbox: Sandbox) -> None:
    for number in range(60):
        sandbox.reply("Hi", source_number=f"+6149157{number:04}")
    for number in range(120):
        sandbox.reply(f"text {number} end", source_number=NUMBER)
    first, second = read(caller, "/"), read(caller, "/?page=1")
    assert len([link for link in first.links() if "conversation?" in str(link["href"])]) == 50
    assert len([link for link in second.links() if "conversation?" in str(link["href"])]) == 11
    thread = read(caller, conversation())
    assert "text 19 end" not in thread.text
    assert "text 20 end" in thread.text
    (more,) = [str(link["href"]) for link in thread.links() if "show=" in str(link["href"])]
    assert "text 0 end" in read(caller, more).text
    for address in (
        "/?page=99999999999999999999",
        "/?page=-1",
        "/?page=x",
        f"{conversation()}&show=0",
        f"{conversation()}&show=x",
    ):
        read(caller, address)
