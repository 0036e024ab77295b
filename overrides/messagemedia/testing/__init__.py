"""A test kit: what your application sends goes to a sandbox, where your tests see it, answer it, and make it fail.

With pytest there is nothing to import; the plugin is loaded with the package:

    def test_the_customer_is_told(messagemedia_outbox):
        ship_order("4711")                                   # your code, which makes its Client() as usual
        messagemedia_outbox.assert_sent(content="Order 4711 is on its way", destination_number="+61491570156")

    messagemedia_outbox           an `Outbox`: what was sent, as typed messages, and control of what follows
    messagemedia_client           a `Client` of the sandbox
    messagemedia_async_client     an `AsyncClient` of the sandbox
    messagemedia_sandbox          the `messagemedia.sandbox.Sandbox` itself, empty at the start of each test
    messagemedia_sandbox_options  override it in your conftest.py (scope "session") to return other `Options`

While a test uses any of these, the environment variables of `Client()` point to the sandbox: `MESSAGEMEDIA_BASE_URL`,
`_API_KEY` and `_API_SECRET`. Keys that your code passes as arguments take precedence over the variables: set the same
keys in `Options(api_key=…, api_secret=…)` of `messagemedia_sandbox_options`. There is one sandbox for each process of
pytest-xdist, and its address stays the same, so a client may outlive a test.

A test that would reach a real host of the API fails, whether or not it uses a fixture, and whatever the application
does with the exception. `@pytest.mark.messagemedia(real=True)` allows it for a test, and `messagemedia_real_hosts =
allow` in the pytest configuration for all tests. `@pytest.mark.messagemedia(outcomes="all")` runs a test once for each
`SendOutcome` of a send; the fixture `messagemedia_outcome` gives the current one.

With unittest:

    class OrderTest(unittest.TestCase):
        def setUp(self):
            self.outbox = self.enterContext(Outbox())

Fixtures and `Outbox` need `pip install 'messagemedia[sandbox]'`; the guard needs nothing. `-p no:messagemedia` keeps
pytest from loading the plugin.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from messagemedia.testing.guard import Guard
    from messagemedia.testing.outbox import Outbox, SendOutcome

__all__ = ["Guard", "Outbox", "SendOutcome"]

_HOMES = {"Guard": "guard", "Outbox": "outbox", "SendOutcome": "outbox"}

if not TYPE_CHECKING:  # to a type checker, a name that is not there would be there

    def __getattr__(name: str) -> object:
        """Import what a name stands for when it is first used: pytest loads this package at each start."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
