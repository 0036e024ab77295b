"""The SQL of rows: reading them, deciding over them, adding them."""

from __future__ import annotations

from typing import LiteralString

_SEEN: LiteralString = "CASE WHEN e.state = 'pending' AND b.state = 'leased' THEN 'in_flight' ELSE e.state END"
_COLUMNS: LiteralString = f"""e.id, e.key, e.number, e.message, e.checksum, {_SEEN}, e.message_id, e.reason,
    CASE WHEN e.state = 'pending' AND b.state = 'leased' THEN b.begun ELSE e.changed END"""
_OF_BATCHES: LiteralString = "FROM messagemedia.entry AS e JOIN messagemedia.batch AS b ON b.id = e.batch"

RECORDS: LiteralString = f"""
SELECT {_COLUMNS} {_OF_BATCHES}
WHERE e.campaign = %(campaign)s AND e.id > %(last)s AND (%(state)s::text IS NULL OR {_SEEN} = %(state)s)
ORDER BY e.id LIMIT %(size)s"""  # no input
RECORD: LiteralString = f"SELECT {_COLUMNS} {_OF_BATCHES} WHERE e.campaign = %s AND e.id = %s"  # no input
PENDING: LiteralString = f"""
SELECT e.id, e.message {_OF_BATCHES}
WHERE e.campaign = %s AND e.id > %s AND e.state = 'pending' AND b.state = 'pending' ORDER BY e.id LIMIT %s"""
REPEATED: LiteralString = f"""
SELECT count(*) {_OF_BATCHES}
WHERE e.campaign = %s AND e.state = 'pending' AND b.state = 'pending' AND e.recipient <> '' AND EXISTS (
    SELECT FROM messagemedia.entry AS o
    WHERE o.campaign = e.campaign AND o.recipient = e.recipient AND o.id < e.id AND o.state <> 'invalid')"""  # noqa: S608

NATIONAL: LiteralString = """
SELECT FROM messagemedia.entry
WHERE campaign = %s AND recipient LIKE '0%%' AND recipient NOT LIKE '00%%' AND state <> 'invalid' LIMIT 1"""

# --- deciding -------------------------------------------------------------------------------------------------------

LOCK: LiteralString = "SELECT id, state FROM messagemedia.batch WHERE id = ANY (%s) ORDER BY id FOR UPDATE"
BATCH_OF: LiteralString = "SELECT batch, state FROM messagemedia.entry WHERE campaign = %s AND id = %s"
PROVE: LiteralString = """
UPDATE messagemedia.entry SET state = 'accepted', message_id = %s, reason = '', changed = clock_timestamp()
WHERE campaign = %s AND id = %s AND batch = %s AND state <> 'accepted' RETURNING id"""
BY_KEY: LiteralString = f"""
SELECT e.key, e.id, e.number, {_SEEN}, e.batch, ceil(extract(epoch FROM b.quiet_at - clock_timestamp()))::int
{_OF_BATCHES} WHERE e.campaign = %s AND e.key = ANY (%s)"""  # noqa: S608  # no input
DECIDE: LiteralString = """
UPDATE messagemedia.entry
SET state = %(state)s, message_id = '', reason = %(reason)s, changed = clock_timestamp(),
    attempt = attempt + CASE WHEN %(state)s = 'pending' THEN 1 ELSE 0 END
WHERE campaign = %(campaign)s AND id = ANY (%(ids)s) AND state = 'unknown'"""
BATCHES_BY_KEY: LiteralString = """
SELECT DISTINCT batch FROM messagemedia.entry WHERE campaign = %s AND key = ANY (%s) AND state = 'pending'"""
BATCHES_BY_RECIPIENT: LiteralString = """
SELECT DISTINCT batch FROM messagemedia.entry WHERE campaign = %s AND recipient = ANY (%s) AND state = 'pending'"""
_WITHDRAW: LiteralString = """
UPDATE messagemedia.entry AS e SET reason = %(reason)s, changed = clock_timestamp(),
    state = CASE WHEN b.state = 'leased' THEN 'pending' ELSE 'withdrawn' END
FROM messagemedia.batch AS b WHERE b.id = e.batch AND e.campaign = %(campaign)s AND e.state = 'pending'"""
# Rows in flight are marked by the reason, and withdrawn if they come back.
WITHDRAW_BY_KEY: LiteralString = f"{_WITHDRAW} AND e.key = ANY (%(values)s) RETURNING e.state"
WITHDRAW_BY_RECIPIENT: LiteralString = f"{_WITHDRAW} AND e.recipient = ANY (%(values)s) RETURNING e.state"
# The claim of these rows is gone, and their sender knows that they may have been sent.
ATTEST: LiteralString = """
UPDATE messagemedia.entry AS e SET state = o.state, message_id = '', reason = o.reason, changed = clock_timestamp()
FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(reasons)s::text[]) AS o (id, state, reason),
    messagemedia.batch AS b
WHERE e.campaign = %(campaign)s AND e.id = o.id AND e.state = 'pending' AND b.id = e.batch AND b.state = 'pending'
    AND o.state IN ('unknown', 'invalid')"""
BATCHES_OF: LiteralString = "SELECT DISTINCT batch FROM messagemedia.entry WHERE campaign = %s AND id = ANY (%s)"

# --- adding ---------------------------------------------------------------------------------------------------------

ADD_ALONE: LiteralString = "SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))"
ENTRIES: LiteralString = "SELECT entries FROM messagemedia.campaign WHERE id = %s"
ADDED: LiteralString = "UPDATE messagemedia.campaign SET entries = %s WHERE id = %s"
COPY_ENTRIES: LiteralString = """
COPY messagemedia.entry (campaign, id, batch, key, number, recipient, message, checksum, state, valid, reason)
FROM STDIN"""
COPY_MOVED: LiteralString = """
COPY messagemedia.entry (campaign, id, batch, key, number, recipient, message, checksum, state, message_id, reason,
    valid, attempt, changed) FROM STDIN"""
COPY_BATCHES: LiteralString = """
COPY messagemedia.batch (id, campaign, first, state, pending, invalid) FROM STDIN"""
KNOWN: LiteralString = f"""
SELECT e.key, e.id, e.number, e.message, {_SEEN}, e.valid
FROM messagemedia.entry AS e LEFT JOIN messagemedia.batch AS b ON b.id = e.batch
WHERE e.campaign = %s AND e.key = ANY (%s)"""  # noqa: S608  # no input
EARLIER: LiteralString = """
SELECT DISTINCT ON (recipient) recipient, number FROM messagemedia.entry
WHERE campaign = %s AND recipient = ANY (%s) AND recipient <> '' AND state <> 'invalid' ORDER BY recipient, id"""
MAKE_CORRECTIONS: LiteralString = """
CREATE TEMPORARY TABLE correction (
    id bigint PRIMARY KEY, before text NOT NULL, batch bigint, key text, number bigint, recipient text, message text,
    checksum bigint, state text, valid boolean, reason text) ON COMMIT DROP"""
CORRECT_LATER: LiteralString = """
INSERT INTO pg_temp.correction VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
KNOWN_CORRECTED: LiteralString = """
SELECT key, id, number, message, state, valid FROM pg_temp.correction WHERE key = ANY (%s)"""
EARLIER_CORRECTED: LiteralString = """
SELECT DISTINCT ON (recipient) recipient, number FROM (
    SELECT recipient, number, id FROM pg_temp.correction WHERE state <> 'invalid'
    UNION ALL
    SELECT recipient, number, id FROM messagemedia.entry AS e WHERE campaign = %s AND state <> 'invalid'
        AND recipient = ANY (%s) AND NOT EXISTS (SELECT FROM pg_temp.correction AS c WHERE c.id = e.id)) AS either
WHERE recipient = ANY (%s) AND recipient <> '' ORDER BY recipient, id"""
CORRECTED_BATCHES: LiteralString = """
SELECT DISTINCT e.batch FROM messagemedia.entry AS e JOIN pg_temp.correction AS c ON c.id = e.id
WHERE e.campaign = %s"""
# Rows that became something else meanwhile: withdrawn ones stay so, others are a reason to begin again.
OVERTAKEN: LiteralString = f"""
SELECT c.id, c.batch, {_SEEN}
{_OF_BATCHES} JOIN pg_temp.correction AS c ON c.id = e.id WHERE e.campaign = %s AND {_SEEN} <> c.before"""
FORGET: LiteralString = "DELETE FROM pg_temp.correction WHERE id = ANY (%s)"
CORRECT: LiteralString = """
UPDATE messagemedia.entry AS e
SET number = c.number, recipient = c.recipient, message = c.message, checksum = c.checksum, state = c.state,
    valid = c.valid, reason = c.reason, attempt = e.attempt + 1, batch = coalesce(c.batch, e.batch),
    changed = clock_timestamp()
FROM pg_temp.correction AS c WHERE e.campaign = %s AND e.id = c.id"""
