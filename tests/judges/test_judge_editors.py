"""Jedi, which Spyder, Vim and python-lsp-server complete names with, judges whether an editor sees the package."""

import sys
from pathlib import Path

import jedi
import messagemedia
import pytest

ROOT = Path(__file__).parents[2]
# In a process of its own: pytest loads packages that bring a plugin in a way that hides their source from Jedi.
PYTHON = jedi.create_environment(sys.executable, safe=False)
PROJECT = jedi.Project(ROOT, added_sys_path=[str(ROOT / "generated"), str(ROOT / "overrides")])


def completed(source: str) -> set[str]:
    lines = source.split("\n")
    script = jedi.Script(source, project=PROJECT, environment=PYTHON)
    return {each.name for each in script.complete(len(lines), len(lines[-1]))}


def test_an_import_offers_every_public_name() -> None:
    assert completed("from messagemedia import ") >= set(messagemedia.__all__)


@pytest.mark.parametrize("home", ["messagemedia", "messagemedia.client"])
@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
@pytest.mark.parametrize(
    ("behind", "names"),
    [
        (".", {"messages", "replies", "delivery_reports", "api", "with_options", "close"}),
        (".messages.", {"send", "send_many", "get", "cancel", "credits", "wait"}),
        (".replies.", {"check", "confirm", "consume", "consume_batches"}),
        (".api.messages.", {"send_messages", "get_message_status"}),
        (".with_options(", {"account=", "timeout=", "max_retries="}),
    ],
)
def test_a_client_is_completed(home: str, kind: str, behind: str, names: set[str]) -> None:
    assert completed(f"from {home} import {kind}\nclient = {kind}('a', 'b')\nclient{behind}") >= names


def test_the_arguments_of_a_client_are_completed() -> None:
    assert completed("from messagemedia import Client\nClient(") >= {"api_key=", "region=", "base_url=", "http_client="}
