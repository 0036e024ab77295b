"""Receiving what comes back: replies and delivery reports.

`verbs` has the single steps of `client.replies` and `client.delivery_reports`, `receiving` their `consume` and
`consume_batches`. Of these, `steps` decides what is done next, without any input or output, and `memory` knows what has
come and what is done with; `consume` carries it out, blocking and awaited, and `stopping` ends it.
"""
