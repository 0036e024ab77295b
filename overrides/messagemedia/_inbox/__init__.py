"""Receiving what comes back: replies and delivery reports.

`verbs` has the methods of `client.replies` and `client.delivery_reports`; `confirm_requests` makes the requests that
confirm. Of `consume`, `options` has what it takes, `steps` decides what is done next, such as when to confirm, without
any input or output, `consume` carries it out, blocking and async, and `stopping` ends it.
"""
