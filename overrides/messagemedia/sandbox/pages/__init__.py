"""The pages of a sandbox: what happens in it, in a browser, as it happens.

`application` serves them, from templates for which `views` prepares what they show. `texts` writes times and
hostile texts so that a person can read them, `snippets` shows a message as code, and `catalogue` says in words what
faults and codes mean.

The pages are made on the server. One script posts what is done on them to the control calls, and asks in a long poll
whether something has happened; then it fetches the page again, and takes over what is different. So there is nothing
that a tab could miss, and nothing that is drawn in two ways.
"""
