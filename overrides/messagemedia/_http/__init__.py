"""How a request leaves, and which HTTP library carries it.

`transport` takes a `Request` and returns a `Response` or `NoAnswer` (`exchange`); no other room knows an HTTP library.
`choice` says which libraries there are. `over_httpx` makes requests of httpx and httpx2, and says what their
exceptions mean; `over_aiohttp` is what aiohttp needs beneath them. `connections` has the ways to carry a request, none
of which follows a redirect. `tracing` sees what left, and `environment` reads proxies and certificates. `home` knows
process and event loop: it notices a fork.

Nothing in here decides whether a request is retried, or what an answer means: that is `_call`.
"""
