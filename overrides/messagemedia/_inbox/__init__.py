"""Receiving what comes back: replies and delivery reports.

`verbs` has the single steps of `client.replies` and `client.delivery_reports`, `receiving` their `consume` and
`consume_batches`; `confirm_requests` makes the requests that confirm. Of receiving, `options` has what it takes,
`steps` decides what is done next, such as when to confirm, without any input or output, and `memory` knows what has
come and what is done with; `consume` carries it out, blocking and async, and `stopping` ends it.
"""
