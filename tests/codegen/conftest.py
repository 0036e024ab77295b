from pathlib import Path

import pytest
from codegen_kit import added_contract, generate


@pytest.fixture(scope="session")
def added(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package made from the contract with operations of `added.yaml` beside its own."""
    return generate(added_contract(), tmp_path_factory.mktemp("added"))
