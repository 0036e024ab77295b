"""What the documents show of campaigns in PostgreSQL runs, and prints what is shown; the rest is in tests/docs."""

from pathlib import Path

import pytest
from postgres_kit import Server, new_database

from tests.docs.blocks import CAMPAIGNS, Runner, masked, sessions, surroundings


def test_what_the_documents_show_of_postgres_runs(server: Server, tmp_path: Path) -> None:
    found = sessions(postgres=True)
    assert found
    for number, session in enumerate(found):
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.MonkeyPatch.context() as patch, surroundings(patch, folder) as sandbox:
            runner = Runner(sandbox, {CAMPAIGNS: new_database(server)})
            for block in session:
                printed = runner.run(block)
                assert block.output is None or masked(printed) == masked(block.output), str(block)
