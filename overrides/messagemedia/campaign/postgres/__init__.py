"""The journal in PostgreSQL, for any number of senders on any machine. It needs `messagemedia[postgres]`.

What travels is a batch: at most 100 rows, made when they are added. It is `pending`, then `leased` by one sender under
a token that is new each time, then `done`, or `pending` again if it provably was not sent. A lease that runs out makes
its rows unknown, and the batch `lost`; nothing but the sender's own late word, evidence or a decision moves them then.

`connection` is the way to the server, `schema` the tables and their migrations, `statements` and `row_statements` the
SQL. `journal` puts together: `reading`, `deciding`, `leases` (claim and settle), `braking` (what senders owe each
other), and `staging` (adding). `moving` takes over the journal of a file.
"""
