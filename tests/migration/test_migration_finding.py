"""What is found in pieces of programs, and what is not."""

from __future__ import annotations

import json

import pytest
from messagemedia.migration import Finding, Report, changes, scan_text
from messagemedia.migration.printing import as_json, lines

IMPORTS = """\
from message_media_messages.message_media_messages_client import MessageMediaMessagesClient
from message_media_messages.models.message import Message
from message_media_messages.exceptions.api_exception import APIException
from message_media_messages.api_helper import APIHelper
client = MessageMediaMessagesClient("API_KEY", "API_SECRET", False)
"""
FIRST = IMPORTS.count("\n") + 1
SECRET = "kJ8sd7Gh2LqP0zXv4NwB"


def report_of(code: str) -> Report:
    return scan_text(IMPORTS + code)


def found(code: str) -> list[Finding]:
    """What is found in a piece of a program that has a client and all imports."""
    return [each for each in report_of(code).findings if each.line >= FIRST]


def kinds(code: str) -> list[tuple[int, str]]:
    return [(each.line - FIRST + 1, each.kind + "?" * each.perhaps) for each in found(code)]


# --- calls -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "client.messages.send_messages(body)",
        "c = client\nd = c\nd.messages.send_messages(body)",
        "a, b = client, 1\na.messages.send_messages(body)",
        "[client][0].messages.send_messages(body)",
        "for each in (client,): each.messages.send_messages(body)",
        "[each.messages.send_messages(body) for each in [client]]",
        "(client if x else other_client()).messages.send_messages(body)",
        "f = lambda: client.messages\nf().send_messages(body)",
        "def f(c): c.messages.send_messages(body)\nf(client)",
        "def f(*, c=client): c.messages.send_messages(body)",
        "def f() -> MessageMediaMessagesClient: ...\nf().messages.send_messages(body)",
        "def f(c: 'MessageMediaMessagesClient | None'): c.messages.send_messages(body)",
        "def f(c: list[MessageMediaMessagesClient]): c[0].messages.send_messages(body)",
        "def f():\n  yield client\nwith f() as c: c.messages.send_messages(body)",
        "def f():\n  def g(): return client\n  return g\nf()().messages.send_messages(body)",
        "async def f(): return client\nasync def g(): (await f()).messages.send_messages(body)",
        "class A:\n  def f(self): return self.c\n  def __init__(self): self.c = client\nA().f().messages.send_messages(body)",
        "class A:\n  c = client\nclass B(A):\n  def f(self): self.c.messages.send_messages(body)",
        "class A:\n  @classmethod\n  def f(cls): cls.c.messages.send_messages(body)\n  c = client",
        "class A:\n  @property\n  def c(self): return client\nA().c.messages.send_messages(body)",
        "clients = {}\ndef f(): clients['au'] = client\ndef g(): clients['au'].messages.send_messages(body)",
        "clients = []\ndef f(): clients.append(client)\ndef g(): clients[0].messages.send_messages(body)",
        "def f():\n  global late\n  late = client\ndef g(): late.messages.send_messages(body)",
        "if (c := client): c.messages.send_messages(body)",
        "match x:\n  case 1: c = client\n  case _: c = None\nc.messages.send_messages(body)",
        "while True:\n  try: c.messages\n  except NameError: c = client\n  c.messages.send_messages(body)",
        "def f(app): app.state.sms = client\ndef g(request): request.app.state.sms.messages.send_messages(body)",
        "app.state.sms = client\napp.state.sms.messages.send_messages(body)",
        "getattr(client, 'messages').send_messages(body)",
        "from contextlib import closing\nwith closing(client) as c: c.messages.send_messages(body)",
        "def g(c=Depends(f)): c.messages.send_messages(body)\ndef f(): return client\nfrom fastapi import Depends",
        "from message_media_messages.controllers.messages_controller import MessagesController as M\nM().send_messages(body)",
        "import message_media_messages as m\nm.message_media_messages_client.MessageMediaMessagesClient().messages.send_messages(body)",
        "import importlib\nm = importlib.import_module('message_media_messages.controllers.messages_controller')\nm.MessagesController().send_messages(body)",
        "from typing import cast\ncast('MessageMediaMessagesClient', x).messages.send_messages(body)",
        "class A:\n  c: MessageMediaMessagesClient = made()\nA().c.messages.send_messages(body)",
        "def outer():\n  c = None\n  def f():\n    nonlocal c\n    c = client\n  def g(): c.messages.send_messages(body)",
        "actions = {'send': client.messages.send_messages}\nactions['send'](body)",
        "from functools import partial\nlater = partial(client.messages.send_messages, body)",
        "asyncio.to_thread(client.messages.send_messages, body)",
        "unknown().messages.send_messages(body)",
    ],
)  # fmt: skip
def test_a_call_is_found_whatever_the_client_is_called(code: str) -> None:
    assert [each for each in found(code) if each.kind == "call" and "send_messages" in each.stands]


@pytest.mark.parametrize(
    "code",
    [
        "client = Twilio()\nclient.messages.create(body)",
        "client = Twilio()\nclient.messages.get(1)",
        "def f(client): client.messages.create(body)",
        "class Client:\n  def send_messages(self, body): ...\nClient().send_messages(body)",
        "def send_messages(body): ...\nsend_messages(body)",
        "Message = object\nMessage()",
        "'''It names message_media_messages.'''",
        "try:\n  x()\nexcept OSError as e: print(e.message)",
    ],
)
def test_what_only_looks_like_one_is_none(code: str) -> None:
    assert found(code) == []


def test_a_name_that_was_bound_anew_is_what_it_is_now() -> None:
    assert kinds("client.replies.check_replies()\nclient = Other()\nclient.replies.list()") == [(1, "call")]


@pytest.mark.parametrize(
    ("code", "perhaps"),
    [
        ("client.messages.send_messages(body)", False),
        ("(client or other()).messages.send_messages(body)", True),
        ("def f(c): c.messages.send_messages(body)", True),
        ("def f(c): c.send_messages(body)", True),
    ],
)
def test_what_may_be_something_else_is_listed_as_perhaps(code: str, perhaps: bool) -> None:
    assert kinds(code) == [(1, "call?" if perhaps else "call")]


def test_a_program_that_has_been_changed_already_is_not_guessed_at() -> None:
    ours = "from messagemedia import Client\nclient = Client()\nclient.api.messages.send_messages(body)\n"
    assert scan_text(ours).findings == ()
    both = ours + "import message_media_messages\n"
    assert [each.kind for each in scan_text(both).findings] == ["import"]
    assert [each.kind for each in scan_text(both + "f().create_send_messages(body)").findings] == ["import", "call"]


@pytest.mark.parametrize(
    ("call", "write"),
    [
        ("sms.messages.send_messages(body)", "sms.messages.send(content=…, destination_number=…) for one message"),
        ("sms.messages.create_send_messages(body)", "sms.api.messages.send_messages(SendMessagesRequest(messages=["),
        ("sms.messages.update_cancel_scheduled_message(i, body)", "sms.messages.cancel(message_id)"),
        ("sms.messages.get_message_status(i, 'sub')", "sms.with_options(account=…).messages.get(message_id)"),
        ("sms.replies.get_check_replies(account_header=x)", "sms.with_options(account=…).replies.check()"),
        ("sms.delivery_reports.check_delivery_reports()", "sms.delivery_reports.check(), or sms.api.delivery_reports."),
    ],
)
def test_what_is_written_instead_of_a_call_keeps_the_name_of_the_client(call: str, write: str) -> None:
    [finding] = [each for each in found(f"sms = client\n{call}") if each.kind == "call"]
    assert write in finding.write
    [awaited] = [each for each in found(f"sms = client\nasync def f():\n  {call}") if each.kind == "call"]
    assert f"await {write.partition(',')[0]}" in awaited.write


# --- what differs ------------------------------------------------------------------------------------------------


def test_a_call_says_what_behaves_differently() -> None:
    [send] = found("client.messages.send_messages(body)")
    assert changes.UNKNOWN in send.changes
    [confirm] = found("client.replies.confirm_replies_as_received(body)")
    assert changes.NONE in confirm.changes
    assert changes.UNKNOWN not in confirm.changes


def test_every_change_is_met_by_some_finding() -> None:
    code = """
async def f():
    client.messages.send_messages(body)
    client.messages.get_message_status(i)
    client.messages.cancel_scheduled_message(i, body)
    client.messages.check_credits_remaining()
    client.replies.confirm_replies_as_received(body)
    client.delivery_reports.check_delivery_reports()
    client.replies.check_replies()
from message_media_messages.models.format_enum import FormatEnum
print(FormatEnum.SMS)
m = Message(scheduled=datetime.datetime.now())
import datetime
try: f()
except APIException as e: print(e)
"""
    assert set(report_of(code).changes) == set(changes.ALL)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("try: client.messages.send_messages(b)\nexcept APIException as e:\n  e.response_code", ["call", "exception", "error detail"]),
        ("try: client.messages.send_messages(b)\nexcept (APIException, OSError): pass", ["call", "exception"]),
        ("try: client.messages.send_messages(b)\nexcept Exception: pass", ["call", "exception?"]),
        ("try: client.messages.send_messages(b)\nexcept: pass", ["call", "exception?"]),
        ("try: client.replies.check_replies()\nexcept Exception: pass", ["call"]),
        ("import requests\ntry: client.messages.send_messages(b)\nexcept requests.Timeout: pass", ["call", "exception?"]),
        ("from requests import exceptions as x\ntry: client.messages.send_messages(b)\nexcept x.Timeout: pass", ["call", "exception?"]),
        ("import requests\ntry: requests.get(b)\nexcept requests.Timeout: pass", []),
        ("isinstance(e, APIException)", ["exception"]),
        ("raise APIException('', None)", ["exception"]),
        ("class Mine(APIException): pass", ["exception"]),
    ],
)  # fmt: skip
def test_handlers_of_its_errors_are_found(code: str, expected: list[str]) -> None:
    assert [kind for _, kind in kinds(code)] == expected


def test_an_error_that_1x_does_not_have_becomes_two() -> None:
    code = "from message_media_messages.exceptions.send_messages_400_response_exception import SendMessages400ResponseException as E\n"
    [finding] = [each for each in found(f"{code}try: f()\nexcept E: pass") if each.kind == "exception"]
    assert finding.write == "except (ValidationError, BadRequestError)"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("r = client.messages.send_messages(b)\nr.messages[0].message_id", []),
        ("r = client.messages.send_messages(b)\nr.messages[0]['message_id']", [(2, "result")]),
        ("for r in client.replies.check_replies().replies: r['content']", [(1, "result")]),
        ("client.messages.get_message_status(i).get('status')", [(1, "result")]),
        ("r = client.replies.confirm_replies_as_received(b)\nif r == '': pass", [(2, "result")]),
        ("client.messages.get_message_status(i).scheduled.datetime", [(1, "result")]),
        ("client.replies.check_replies().replies[0].date_received.value", [(1, "result")]),
        ("APIHelper.to_dictionary(client.replies.check_replies())", [(1, "helper")]),
        ("APIHelper.RFC3339DateTime(x)", [(1, "helper")]),
        ("client.messages.http_client", [(1, "helper")]),
    ],
)
def test_what_is_read_of_an_answer_is_found_if_it_differs(code: str, expected: list[tuple[int, str]]) -> None:
    assert [each for each in kinds(code) if each[1] != "call"] == expected


# --- times -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("datetime.now()", "naive time"),
        ("datetime.utcnow() + timedelta(days=1)", "naive time"),
        ("datetime.today().replace(hour=9)", "naive time"),
        ("datetime(2030, 1, 1, 9)", "naive time"),
        ("datetime.strptime(x, '%Y-%m-%d')", "naive time"),
        ("datetime.fromtimestamp(x)", "naive time"),
        ("datetime.combine(day, hour)", "naive time"),
        ("datetime.now().isoformat()", "naive time"),
        ("'2030-01-01T09:00:00'", "naive time"),
        ("'2030-01-01T09:00:00Z'", "naive time"),  # a text, where a `datetime` is needed
        ("when", "naive time"),
        ("dateutil.parser.parse('2030-01-01T09:00:00')", "naive time"),
        ("dateutil.parser.parse(x)", "naive time?"),
        ("datetime.fromisoformat(x)", "naive time?"),
        ("x or datetime.now()", "naive time?"),
        ("datetime.now(UTC)", None),
        ("datetime.now(tz=zone)", None),
        ("datetime.now().astimezone()", None),
        ("datetime.utcnow().replace(tzinfo=UTC)", None),
        ("datetime(2030, 1, 1, tzinfo=UTC)", None),
        ("datetime.strptime(x, '%Y-%m-%d %z')", None),
        ("dateutil.parser.parse('2030-01-01T09:00:00+11:00')", None),
        ("anything()", None),
        ("None", None),
    ],
)
@pytest.mark.parametrize(
    "use",
    [
        "m = Message(scheduled={})",
        "m = Message()\nm.message_expiry_timestamp = {}",
        "m = {{'scheduled': {}}}",
        "m = {{}}\nm['scheduled'] = {}",
    ],
)
def test_times_without_a_zone_are_found(use: str, time: str, expected: str | None) -> None:
    setting = "from datetime import UTC, datetime, timedelta\nimport dateutil.parser\nwhen = datetime.now()\n"
    times = [kind for _, kind in kinds(setting + use.format(time)) if kind.startswith("naive")]
    assert times == ([expected] if expected else [])


def test_times_in_a_body_of_json_are_found() -> None:
    body = '{"messages": [{"content": "a", "scheduled": "2030-01-01T09:00:00"}, 1]}'
    assert kinds(f"import json\njson.loads('{body}')") == [(2, "naive time")]
    assert kinds("import json\njson.loads('{')\njson.loads('[]')\njson.loads(x)") == []


# --- keys --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        f'MessageMediaMessagesClient("{SECRET}", secret())',
        f'KEY = "{SECRET}"\nMessageMediaMessagesClient(KEY, secret())',
        f'MessageMediaMessagesClient(auth_password="{SECRET}")',
        f'import os\nMessageMediaMessagesClient(os.environ.get("KEY", "{SECRET}"))',
        f'import os\nMessageMediaMessagesClient(os.getenv("KEY") or "{SECRET}")',
        f'client.config.basic_auth_password = "{SECRET}"',
        f'from message_media_messages.configuration import Configuration as C\nC.hmac_auth_user_name = "{SECRET}"',
        f'def make(key): return MessageMediaMessagesClient(key)\nmake("{SECRET}")',
        f'keys = {{"key": "{SECRET}"}}\nMessageMediaMessagesClient(keys["key"])',
    ],
)
def test_a_key_in_the_source_is_found_and_never_shown(code: str) -> None:
    report = report_of(code)
    keys = [each for each in report.findings if each.kind == "key in source"]
    assert len(keys) == 1
    assert "replace the key" in keys[0].write
    told = "\n".join(lines(report)) + json.dumps([as_json(each) for each in report.findings]) + repr(report)
    assert SECRET not in told
    assert str(len(SECRET)) not in keys[0].stands


@pytest.mark.parametrize(
    "word",
    ["API_KEY", "API_SECRET", "YOUR_API_KEY", "basic_auth_user_name", "", "<your key>", "TODO: Replace", "xxxxxxxx", "key", "my-secret", "test_key"],
)  # fmt: skip
def test_a_word_that_stands_for_a_key_is_none(word: str) -> None:
    assert [kind for _, kind in kinds(f"MessageMediaMessagesClient({word!r}, {word!r})")] == ["client"]


def test_no_text_of_a_program_is_shown() -> None:
    code = 'Message("Dear Ann", f"+614{x}", callback_url="https://example.com")\nclient.messages.send_messages(61491570156)'
    told = "\n".join(lines(report_of(code)))
    assert not [word for word in ("Ann", "614", "example.com") if word in told]


# --- where calls must not block, or be repeated ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("async def f(): client.replies.check_replies()", [1]),
        ("def g(): client.replies.check_replies()\nasync def f(): g()", [2]),
        ("async def f(): g()\ndef g(): h()\ndef h(): client.replies.check_replies()", [1]),
        ("class A:\n  def g(self): client.replies.check_replies()\n  async def f(self): self.g()", [3]),
        ("async def f():\n  def g(): client.replies.check_replies()\n  await asyncio.to_thread(g)", []),
        ("async def f(): await asyncio.to_thread(client.replies.check_replies)", []),
        ("async def f(): await loop.run_in_executor(None, lambda: client.replies.check_replies())", []),
        ("def f(): client.replies.check_replies()", []),
    ],
)
def test_a_call_that_blocks_an_event_loop_is_found(code: str, expected: list[int]) -> None:
    assert [line for line, kind in kinds(code) if kind == "blocking call"] == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("while True:\n  try: client.messages.send_messages(b)\n  except APIException: pass", True),
        ("for _ in range(3):\n  try: client.messages.send_messages(b)\n  except APIException: pass", True),
        ("@retry(3)\ndef f(): client.messages.send_messages(b)", True),
        ("import tenacity\n@tenacity.retry\ndef f(): g()\ndef g(): client.messages.send_messages(b)", True),
        ("for number in numbers:\n  try: client.messages.send_messages(b)\n  except APIException: pass", False),
        ("@retry(3)\ndef f(): client.replies.check_replies()", False),
        ("while True: client.messages.send_messages(b)", False),
    ],
)
def test_what_may_send_twice_is_found(code: str, expected: bool) -> None:
    assert ("retry?" in [kind for _, kind in kinds(code)]) is expected


# --- the rest ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("mock.patch('message_media_messages.controllers.messages_controller.MessagesController')", "text?"),
        ("mock.patch('app.sms.messages.send_messages')", "text?"),
        ("import os, message_media_messages.api_helper as h", "import"),
        ("setup(install_requires=['messagemedia-messages-sdk==2.1.3'])", "text?"),
        ("from message_media_messages.http.auth.auth_manager import AuthManager", "import"),
        ("from message_media_messages.models import *", "import"),
        ("from message_media_messages.something import new", "import?"),
        ("getattr(client.messages, name)(body)", "call?"),
        ("x: MessageMediaMessagesClient", "client"),
        ("def f() -> 'Message': ...", "model"),
        ("types = [Message]", "model"),
        ("MessageMediaMessagesClient.config", "configuration"),
        ("print(client)", None),
    ],
)
def test_other_uses_are_found(code: str, kind: str | None) -> None:
    assert [each for _, each in kinds(code)] == ([kind] if kind else [])


def test_a_finding_is_a_place_from_1_and_where_it_ends() -> None:
    [finding] = found("x = (client.messages\n     .send_messages(\n  body))")
    assert (finding.file, finding.line, finding.column, finding.end_line) == ("<text>", FIRST, 6, FIRST + 2)
