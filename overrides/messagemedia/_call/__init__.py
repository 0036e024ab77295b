"""One call, from what a client was told to a result or an error; nothing in here knows an HTTP library.

`settings` checks what a client was told, and `misuse` says what was meant. `flow` carries a call out without any input
or output: attempt, wait, retry, settle. `outcome` says what an answer means. `executing` drives the flow, blocking and
awaited. `body` reads and writes JSON, `polling` is what asking again and again needs.
"""
