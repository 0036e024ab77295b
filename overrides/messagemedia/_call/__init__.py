"""One call, from what a client was told to a result or an error; nothing in here knows an HTTP library.

`settings` checks what a client was told, its `MESSAGEMEDIA_…` variables included; `misuse` refuses arguments that do
not exist, and suggests the right name; `numbers` says which numbers an option takes. `checks` says which problems of
its arguments keep a call from being made. `flow` decides, without any input or output: attempt, wait, retry, and find
out whether a retried call had already succeeded; `progress` is how far it has come. `outcome` says what an answer
means, redirects included. `executing` runs the flow, blocking and async. `body` reads and writes JSON; `polling` is
what asking again and again needs.

Nothing in here finds out what became of a send whose outcome is unknown: a campaign does, in `campaign/deciding`.
"""
