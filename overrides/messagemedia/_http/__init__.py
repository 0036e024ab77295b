"""How a request leaves, and which HTTP library carries it.

`transport` takes a `Request` and tells its `Response` or `NoAnswer` (`exchange`); no other room knows an HTTP library.
`choice` says which libraries there are. One module for each knows its classes and exceptions (`over_httpx`,
`over_aiohttp`); a new library gets a module of its own beside them. `connections` has the ways to carry a request,
`tracing` sees what left, `environment` reads proxies and certificates, `home` owns process and event loop.

Nothing in here decides whether a request is retried, or what an answer means: that is `_call`.
"""
