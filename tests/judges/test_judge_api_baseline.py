"""Nothing public is removed or narrowed without somebody saying that it is intended."""

import importlib.util
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import python_api

from tests import inside

ROOT = Path(__file__).parents[2]


def _load_command() -> Any:
    spec = importlib.util.spec_from_file_location("baseline_command", ROOT / "tests" / "baseline.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


command = _load_command()
names = [each.file for each in command.BASELINES]
by_name = {each.file: each for each in command.BASELINES}


def committed(name: str) -> str:
    return (command.FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", names)
def test_nothing_public_was_removed_or_narrowed(name: str) -> None:
    assert not command.check(by_name[name])


@pytest.mark.parametrize("name", names)
def test_a_missing_baseline_fails_and_says_how_to_make_one(name: str, tmp_path: Path) -> None:
    said = command.check(by_name[name], tmp_path)
    assert "has no baseline" in said
    assert "make accept-changes" in said


def test_an_accepted_state_is_complete_and_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command.accept(tmp_path / "new")
    assert capsys.readouterr().out.count("accepted:") == 2
    assert [command.check(each, tmp_path / "new", complete=True) for each in command.BASELINES] == ["", ""]


def test_a_breakage_is_named_with_the_command_that_accepts_it(tmp_path: Path) -> None:
    (tmp_path / "contract.txt").write_text(committed("contract.txt") + "schemas/Message/colour: string\n")
    assert command.check(by_name["contract.txt"], tmp_path) == (
        "the contract breaks who relied on it:\n  schemas/Message/colour is gone (was string)\n"
        f"If that is intended: {command.COMMAND}"
    )


def test_an_addition_is_no_breakage_but_not_complete(tmp_path: Path) -> None:
    short = re.sub(r"schemas/Message/subject.*\n", "", committed("contract.txt"))
    assert short != committed("contract.txt")
    (tmp_path / "contract.txt").write_text(short)
    assert not command.check(by_name["contract.txt"], tmp_path)
    assert "additions" in command.check(by_name["contract.txt"], tmp_path, complete=True)


def test_no_baseline_holds_a_path_of_a_machine() -> None:
    for name in names:
        assert not re.search(r"\s/(?!v\d)\w+/\w|[A-Z]:\\|site-packages", committed(name))


# --- the Python API: each edit of the source is caught, and what is said names its object -------------------------

OVERRIDES = "overrides/messagemedia"
MODELS = "generated/messagemedia_generated/models"
API = "generated/messagemedia_generated/api"

# What it is, the file, what is replaced by what, and how the breakage begins.
EDITS: dict[str, tuple[str, str, str, str]] = {
    "an export is removed": (f"{OVERRIDES}/__init__.py", '    "HmacAuth",\n', "", "messagemedia.HmacAuth: "),
    "a method is renamed": (
        f"{OVERRIDES}/{inside.OF_THE_MESSAGES}",
        "def credits(",
        "def balance(",
        "AsyncMessages.credits: ",
    ),
    "an operation is renamed": (
        f"{API}/replies/__init__.py",
        "def check_replies(",
        "def fetch_replies(",
        "AsyncRepliesApi.check_replies: ",
    ),
    "an attribute of the client is renamed": (
        f"{OVERRIDES}/client.py",
        "def api(self) -> AsyncApi:",
        "def raw_api(self) -> AsyncApi:",
        "AsyncClient.api: ",
    ),
    "an inherited method is renamed": (
        f"{OVERRIDES}/client.py",
        "def with_options(",
        "def changed(",
        "AsyncClient.with_options: ",
    ),
    "a parameter is removed": (
        f"{OVERRIDES}/auth.py",
        '        algorithm: Literal["sha256", "sha1"] = "sha256",\n',
        "",
        "HmacAuth.__init__(algorithm): ",
    ),
    "a parameter is required now": (
        f"{OVERRIDES}/client.py",
        "region: Region | None = None,",
        "region: Region | None,",
        "AsyncClient.__init__(region): ",
    ),
    "a default is another": (
        f"{OVERRIDES}/{inside.OF_THE_SETTINGS}",
        "DEFAULT_TIMEOUT = 30.0",
        "DEFAULT_TIMEOUT = 31.0",
        "AsyncClient.__init__(timeout): ",
    ),
    "a type is narrowed": (
        f"{OVERRIDES}/{inside.OF_THE_INBOX}",
        "replies: Iterable[Reply | str] | Reply | str)",
        "replies: Iterable[Reply])",
        "AsyncReplies.confirm(replies): the type",
    ),
    "a result is another": (
        f"{OVERRIDES}/{inside.OF_THE_INBOX}",
        "def check(self) -> list[Reply]:",
        "def check(self) -> tuple[Reply]:",
        "AsyncReplies.check: the result",
    ),
    "a field of a model is renamed": (
        f"{MODELS}/message.py",
        "    subject: ",
        "    topic: ",
        "Message.__init__(subject): ",
    ),
    "a field of a model is required now": (
        f"{MODELS}/message.py",
        "delivery_report: bool | None = None",
        "delivery_report: bool | None",
        "Message.__init__(delivery_report): ",
    ),
    "a keyword of send is required now": (
        f"{MODELS}/message.py",
        "subject: NotRequired[str | None]",
        "subject: str | None",
        "MessageFields.__init__(subject): ",
    ),
    "a field of an answer is removed": (
        f"{MODELS}/delivery_report.py",
        "    error_code: str | None",
        "    _error_code: str | None",
        "DeliveryReport.error_code: ",
    ),
    "a member of an enum is renamed": (
        f"{MODELS}/message_status.py",
        "    HELD =",
        "    KEPT =",
        "MessageStatus.HELD: ",
    ),
    "a member of an enum has another value": (
        f"{MODELS}/message_status.py",
        '"held"',
        '"kept"',
        "MessageStatus.HELD: the value",
    ),
    "a region is removed": (
        "generated/messagemedia_generated/servers.py",
        'Literal["apac", ',
        "Literal[",
        "Region.apac: ",
    ),
    "an error has another base": (
        f"{OVERRIDES}/errors/__init__.py",
        "class ValidationError(MessageMediaError, ValueError)",
        "class ValidationError(MessageMediaError)",
        "ValidationError: Base",
    ),
    "an attribute of an error is renamed": (
        f"{OVERRIDES}/errors/__init__.py",
        "self.details =",
        "self.problems =",
        "APIStatusError.details: ",
    ),
    "a function has another default": (
        f"{OVERRIDES}/webhooks/checking.py",
        "timeout: float = 10.0",
        "timeout: float = 1.0",
        "messagemedia_webhooks.check(timeout): ",
    ),
    "a method of the sandbox is renamed": (
        f"{OVERRIDES}/sandbox/world.py",
        "def advance(",
        "def wait(",
        "Sandbox.advance: ",
    ),
}


def packages(folder: Path) -> tuple[Path, Path]:
    """A copy of both packages."""
    for name in ("generated", "overrides"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "generated", folder / "overrides"


@pytest.mark.parametrize("what", EDITS)
def test_a_breakage_of_the_python_api_is_caught(what: str, tmp_path: Path) -> None:
    file, old, new, said = EDITS[what]
    paths = packages(tmp_path)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text, f"{file} has no {old!r} any more: adapt the edit"
    (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
    found = python_api.breakages(committed("python_api.txt"), python_api.stub(*paths))
    assert any(each.startswith(said) for each in found), found


def test_a_change_that_nobody_sees_is_no_breakage(tmp_path: Path) -> None:
    paths = packages(tmp_path)
    client = tmp_path / OVERRIDES / "client.py"
    text = client.read_text(encoding="utf-8")
    client.write_text(
        text.replace("_begin(", "_start(").replace("A copy of this client", "A twin of it"), encoding="utf-8"
    )
    assert client.read_text(encoding="utf-8") != text
    assert not python_api.breakages(committed("python_api.txt"), python_api.stub(*paths))
