"""How a request leaves, and which HTTP library carries it.

`transport` takes a `Request` and returns a `Response` or `NoAnswer` (`exchange`); no other room knows an HTTP library.
`choice` says which libraries there are. Each has a module that knows its classes and exceptions, and keeps what
`protocol` promises: `over_httpx` for httpx and httpx2, own clients and those that are passed in (with
`httpx_connections`, `tracing`, which sees what left, and `leftovers`, which notices more than an answer),
`over_aiohttp`, and `over_pyreqwest` (with `worker`, a thread that does what the main thread must not). They share
`limits` of connections and the `environment`, which names proxies and certificates. `announcing` says which server a
request is about to reach, to guards of tests. `home` knows process and event loop: it notices a fork; `seeding` keeps
one from hanging in TLS.

Nothing in here decides whether a request is retried, or what an answer means: that is `_call`.
"""
