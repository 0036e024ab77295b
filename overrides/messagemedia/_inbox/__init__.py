"""Receiving what comes back: replies and delivery reports.

`verbs` has the methods of `client.replies` and `client.delivery_reports`. Of `consume`, `steps` decides what is done
next, without any input or output, `consume` carries it out, blocking and awaited, and `stopping` ends it.
"""
