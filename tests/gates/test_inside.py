"""Private modules are named in one place, and the transport below a client has one double."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import messagemedia
import pytest
from messagemedia import NotSentError, OutcomeUnknownError, RequestTimeoutError

from tests.inside import FakeTransport, NoAnswer, Request, Response
from tests.sdk.sdk_face import KINDS, MESSAGE_ID, SMS, Face

ROOT = Path(__file__).parents[2]
OURS = Path(messagemedia.__file__).parent

# The first knows them all, the second breaks lines of theirs on purpose.
KNOWING = {ROOT / "tests" / "inside.py", ROOT / "tests" / "judges" / "mutants.py"}
PRIVATE = {
    ".".join(("messagemedia", *path.relative_to(OURS).with_suffix("").parts)).removesuffix(".__init__")
    for path in OURS.rglob("*.py")
    if re.search(r"(^|/)_[a-z]", path.relative_to(OURS).as_posix())
}
# A module of a room is known by both names, for many a file is called as one of them alone.
FILES = {"/".join(module.split(".")[1:]) + ".py" for module in PRIVATE}
IN_TEXTS = re.compile(
    rf"\b(?:{'|'.join(map(re.escape, PRIVATE))})\b|(?:^|(?<=[/\s]))(?:{'|'.join(map(re.escape, FILES))})\b"
)
ATTRIBUTES = {"_settings", "_transport", "_executor"}


def named(text: str) -> Iterator[str]:
    """The private modules and attributes of clients that a file of Python names, in code or in texts."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            names = {node.module or "", *(f"{node.module}.{each.name}" for each in node.names)}
            yield from names & PRIVATE
        elif isinstance(node, ast.Import):
            yield from {each.name for each in node.names} & PRIVATE
        elif isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES:
            if not (isinstance(node.value, ast.Name) and node.value.id == "self"):
                yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from IN_TEXTS.findall(node.value)


@pytest.mark.slow
def test_private_modules_are_named_in_one_place() -> None:
    paths = [path for folder in ("tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    found = {str(path.relative_to(ROOT)): set(named(path.read_text("utf-8"))) for path in paths if path not in KNOWING}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(
    "text",
    [
        "from messagemedia import Client, {name}",
        "from messagemedia.{name} import something",
        "import messagemedia.{name} as it",
        "patch.setattr('messagemedia.{name}.LIMIT', 5)",
        "open('overrides/messagemedia/{name}.py')",
        "client._transport.send(request)",
    ],
)
def test_that_is_noticed_however_one_is_named(text: str) -> None:
    name = min(PRIVATE).rpartition(".")[2]
    assert list(named(text.format(name=name)))
    assert not list(named(text.replace("{name}", "errors").replace("._transport", ".transport")))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("reason", "error"), [("not_sent", NotSentError), ("lost", OutcomeUnknownError), ("garbled", OutcomeUnknownError)]
)
def test_what_the_transport_says_decides_what_is_raised(kind: str, reason: str, error: type[Exception]) -> None:
    transport = FakeTransport(NoAnswer(reason, OSError("made up")))  # type: ignore[arg-type]
    with Face(kind) as face, pytest.raises(error):
        face.run(transport.under(face.client(max_retries=0)).messages.send(**SMS))
    assert [(each.operation, each.method) for each in transport.requests] == [("sendMessages", "POST")]
    assert transport.closed


@pytest.mark.parametrize("kind", KINDS)
def test_the_double_answers_in_turn_and_lets_exceptions_pass(kind: str) -> None:
    def found(request: Request) -> Response:
        return Response(
            200,
            httpx.Headers({"content-type": "application/json"}),
            b'{"message_id": "%s"}' % request.target[-36:].encode(),
        )

    transport = FakeTransport(NoAnswer("timeout", TimeoutError()), KeyboardInterrupt(), found)
    with Face(kind) as face:
        client = transport.under(face.client(max_retries=0))
        with pytest.raises(RequestTimeoutError):
            face.run(client.messages.get(MESSAGE_ID))
        with pytest.raises(KeyboardInterrupt):
            face.run(client.messages.get(MESSAGE_ID))
        for _ in range(2):
            assert face.run(client.messages.get(MESSAGE_ID)).message_id == MESSAGE_ID
    assert len(transport.requests) == 4
