"""The SQL of batches, leases and what senders owe each other.

A statement that locks a batch never reads its entries: they would be read as they were before it waited for the lock.
Whoever changes entries locks their batches first, in the order of their ids.
"""

from __future__ import annotations

from typing import LiteralString

OPEN: LiteralString = """
INSERT INTO messagemedia.campaign (id, name)
VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id"""
FIND: LiteralString = "SELECT id FROM messagemedia.campaign WHERE name = %s"
TAKEN: LiteralString = "SELECT id, name FROM messagemedia.campaign WHERE name = %s OR id = %s"
TAKE_OVER: LiteralString = "INSERT INTO messagemedia.campaign (id, name, paused) VALUES (%s, %s, %s)"
COPY_MOVED_BATCHES: LiteralString = """
COPY messagemedia.batch (id, campaign, first, state, pending, accepted, invalid, unknown, withdrawn) FROM STDIN"""
ENCODING: LiteralString = "SELECT current_setting('server_encoding')"
# An `add` or a move is one transaction, however long its rows take to come: no limit of the server ends it.
UNHURRIED: LiteralString = """
SELECT set_config(name, '0', true) FROM pg_catalog.pg_settings
WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')"""
PAUSED: LiteralString = "SELECT paused FROM messagemedia.campaign WHERE id = %s"
PAUSE: LiteralString = "UPDATE messagemedia.campaign SET paused = %s WHERE id = %s"

COUNT: LiteralString = """
SELECT coalesce(sum(pending) FILTER (WHERE state <> 'leased'), 0),
    coalesce(sum(pending) FILTER (WHERE state = 'leased'), 0), coalesce(sum(accepted), 0),
    coalesce(sum(invalid), 0), coalesce(sum(unknown), 0), coalesce(sum(withdrawn), 0),
    count(*) FILTER (WHERE state = 'leased' AND lease_until <= clock_timestamp())
FROM messagemedia.batch WHERE campaign = %s"""
# Rows that nobody would ever take, and for which whoever sends would look for ever.
STUCK: LiteralString = """
SELECT FROM messagemedia.batch WHERE campaign = %s AND state IN ('lost', 'done') AND pending > 0 LIMIT 1"""

# --- claiming and settling ------------------------------------------------------------------------------------------

# `FOR SHARE`: whoever pauses waits for claims under way, and who claims then sees the pause. An intent that a crash
# undoes would be sent twice: so a server that commits without waiting for its disk has to wait here.
CLAIM: LiteralString = """
WITH allowed AS (
    SELECT c.id FROM messagemedia.campaign AS c
    WHERE c.id = %(campaign)s AND NOT c.paused AND NOT EXISTS (
        SELECT FROM messagemedia.account AS a WHERE a.account = %(account)s AND a.closed
        AND (a.scout IS DISTINCT FROM %(sender)s OR a.scout_until <= clock_timestamp()))
    FOR SHARE OF c
), free AS (
    SELECT b.id FROM messagemedia.batch AS b
    WHERE b.campaign = %(campaign)s AND b.state = 'pending' AND EXISTS (SELECT FROM allowed)
    ORDER BY b.first LIMIT 1 FOR UPDATE OF b SKIP LOCKED
)
UPDATE messagemedia.batch AS b
SET state = 'leased', token = %(token)s, owner = %(owner)s, account = %(account)s,
    begun = clock_timestamp(), settled = NULL,
    lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
    quiet_at = clock_timestamp() + make_interval(secs => %(quiet)s)
FROM free WHERE b.id = free.id
RETURNING b.id, b.pending, CASE WHEN current_setting('synchronous_commit') IN ('off', 'local')
    THEN set_config('synchronous_commit', 'on', true) END"""
CLAIMED: LiteralString = """
SELECT e.id, e.attempt, e.key, e.message, e.checksum
FROM messagemedia.entry AS e JOIN messagemedia.batch AS b ON b.id = e.batch
WHERE b.token = %s AND b.state = 'leased' AND e.state = 'pending' ORDER BY e.id"""
HELD: LiteralString = "SELECT pending FROM messagemedia.batch WHERE token = %s AND state = 'leased'"
CONFIRM: LiteralString = """
SELECT 1 FROM messagemedia.batch WHERE token = %s AND state = 'leased' AND lease_until > clock_timestamp()"""

HOLD: LiteralString = "SELECT id, state FROM messagemedia.batch WHERE token = %s FOR UPDATE"
# What comes back unsent and was to be withdrawn meanwhile is withdrawn.
SETTLE: LiteralString = """
UPDATE messagemedia.entry AS e
SET state = o.state, message_id = o.message_id, reason = o.reason, changed = clock_timestamp()
FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(message_ids)s::text[], %(reasons)s::text[])
    AS o (id, state, message_id, reason)
WHERE e.campaign = %(campaign)s AND e.id = o.id AND e.batch = %(batch)s AND e.state = %(before)s"""
WITHDRAW_MARKED: LiteralString = """
UPDATE messagemedia.entry SET state = 'withdrawn', changed = clock_timestamp()
WHERE batch = %s AND state = 'pending' AND reason <> ''"""
RECOUNT: LiteralString = """
UPDATE messagemedia.batch AS b
SET (pending, accepted, invalid, unknown, withdrawn) = (
    SELECT count(*) FILTER (WHERE e.state = 'pending'), count(*) FILTER (WHERE e.state = 'accepted'),
        count(*) FILTER (WHERE e.state = 'invalid'), count(*) FILTER (WHERE e.state = 'unknown'),
        count(*) FILTER (WHERE e.state = 'withdrawn')
    FROM messagemedia.entry AS e WHERE e.batch = b.id)
WHERE b.id = ANY (%s)"""
# The holder said what became of it: what is left pending may be leased again.
FREE: LiteralString = """
UPDATE messagemedia.batch
SET state = CASE WHEN pending > 0 THEN 'pending' ELSE 'done' END, settled = clock_timestamp(), lease_until = NULL,
    quiet_at = NULL, token = CASE WHEN pending > 0 THEN NULL ELSE token END
WHERE id = %s"""
# Nothing is left of it that could be leased.
CLOSE: LiteralString = """
UPDATE messagemedia.batch SET state = 'done', settled = clock_timestamp()
WHERE id = ANY (%s) AND state = 'pending' AND pending = 0"""

# Leases that ran out. Their rows are unknown, never pending: their holder may have sent them.
LATE: LiteralString = """
WITH late AS (
    SELECT id FROM messagemedia.batch
    WHERE campaign = %s AND state = 'leased' AND lease_until <= clock_timestamp() FOR UPDATE SKIP LOCKED
)
UPDATE messagemedia.batch AS b SET state = 'lost', settled = clock_timestamp()
FROM late WHERE b.id = late.id RETURNING b.id"""
LOSE: LiteralString = """
UPDATE messagemedia.entry SET state = 'unknown', reason = %s, changed = clock_timestamp()
WHERE batch = ANY (%s) AND state = 'pending'"""
# Batches begun since a moment, and others that are named, whatever state they are in.
DOUBTED: LiteralString = """
SELECT id FROM messagemedia.batch
WHERE campaign = %(campaign)s AND pending > 0 AND (begun >= %(since)s OR id = ANY (%(batches)s))
ORDER BY id FOR UPDATE"""
DOUBT: LiteralString = "UPDATE messagemedia.batch SET state = 'lost', settled = clock_timestamp() WHERE id = ANY (%s)"

# --- making batches -------------------------------------------------------------------------------------------------

NUMBERS: LiteralString = """
SELECT nextval(pg_get_serial_sequence('messagemedia.batch', 'id')) FROM generate_series(1, %s)"""
MAKE: LiteralString = """
INSERT INTO messagemedia.batch (id, campaign, first, state) VALUES (%s, %s, %s, 'pending')"""
PUT: LiteralString = """
UPDATE messagemedia.entry SET batch = %s WHERE campaign = %s AND id = ANY (%s) AND state = 'pending'"""
# A batch with room for so many more rows, the last one.
ROOM: LiteralString = """
SELECT id FROM messagemedia.batch
WHERE campaign = %s AND state = 'pending' AND id <> %s AND pending + accepted + invalid + unknown + withdrawn <= %s
ORDER BY first DESC LIMIT 1 FOR UPDATE SKIP LOCKED"""
MERGE: LiteralString = "UPDATE messagemedia.entry SET batch = %s WHERE batch = %s"
REMOVE: LiteralString = "DELETE FROM messagemedia.batch WHERE id = %s"

# --- what senders owe each other ------------------------------------------------------------------------------------

BRAKE: LiteralString = """
SELECT closed, scout = %s, extract(epoch FROM scout_until - clock_timestamp())::float8,
    extract(epoch FROM quiet_until - clock_timestamp())::float8
FROM messagemedia.account WHERE account = %s"""
SCOUT: LiteralString = """
INSERT INTO messagemedia.account AS a (account, closed, closed_at, scout, scout_until, quiet_until)
VALUES (%(account)s, true, clock_timestamp(), %(sender)s, clock_timestamp() + make_interval(secs => %(until)s),
    clock_timestamp() + make_interval(secs => %(seconds)s))
ON CONFLICT (account) DO UPDATE SET closed = true, scout = excluded.scout, scout_until = excluded.scout_until,
    quiet_until = excluded.quiet_until, closed_at = CASE WHEN a.closed THEN a.closed_at ELSE excluded.closed_at END
WHERE NOT a.closed OR a.scout IS NULL OR a.scout = %(sender)s OR a.scout_until <= clock_timestamp()
RETURNING true"""
RELEASE: LiteralString = """
UPDATE messagemedia.account SET closed = false, closed_at = NULL, scout = NULL WHERE account = %s AND scout = %s"""
RETIRE: LiteralString = "UPDATE messagemedia.account SET scout = NULL WHERE account = %s AND scout = %s"
# A reservation that a crash undoes costs nothing, so it does not wait for the disk.
RESERVE: LiteralString = """
INSERT INTO messagemedia.account AS a (account, tat)
VALUES (%(account)s, clock_timestamp() + make_interval(secs => %(seconds)s))
ON CONFLICT (account) DO UPDATE SET tat = greatest(a.tat, clock_timestamp()) + make_interval(secs => %(seconds)s)
RETURNING extract(epoch FROM a.tat - clock_timestamp())::float8 - %(seconds)s,
    set_config('synchronous_commit', 'off', true)"""

# --- what operators ask ---------------------------------------------------------------------------------------------

RATE: LiteralString = """
SELECT coalesce(sum(accepted + invalid + unknown), 0) / 60.0 FROM messagemedia.batch
WHERE campaign = %s AND settled > clock_timestamp() - interval '1 minute'"""
LEASED: LiteralString = """
SELECT owner, count(*), sum(pending), min(lease_until) FROM messagemedia.batch
WHERE campaign = %s AND state = 'leased' GROUP BY owner ORDER BY owner"""
OLDEST_UNKNOWN: LiteralString = """
SELECT min(e.changed) FROM messagemedia.entry AS e JOIN messagemedia.batch AS b ON b.id = e.batch
WHERE b.campaign = %s AND b.unknown > 0 AND e.state = 'unknown'"""
# Since when the brake is on for those who sent from this campaign lately.
BRAKED: LiteralString = """
SELECT min(closed_at) FROM messagemedia.account WHERE closed AND account IN (
    SELECT account FROM messagemedia.batch WHERE campaign = %s AND begun > clock_timestamp() - interval '1 hour')"""
