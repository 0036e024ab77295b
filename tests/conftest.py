import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--contract",
        action="store_true",
        help="hold every request and answer in the tests of the SDK against the contract, with openapi-core",
    )


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--contract"):
        return
    try:
        from tests.judges.judge_of_tests import JudgeOfTests
    except ModuleNotFoundError as error:
        raise pytest.UsageError(f"--contract needs what `make check` installs: {error}") from error
    config.pluginmanager.register(JudgeOfTests(config), "judge-of-tests")
