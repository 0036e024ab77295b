import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--contract",
        action="store_true",
        help="hold every exchange of the tests of the SDK against the contract, with openapi-core",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--contract"):
        # Only here: openapi-core is none of the tools of `make test`. Where it is missing, this fails.
        from tests.judges.judge_of_tests import JudgeOfTests

        config.pluginmanager.register(JudgeOfTests(config), "judge-of-tests")
