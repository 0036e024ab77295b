"""What behaves differently from the older SDK, and why. The guide lists all of it, findings name what they meet."""

from __future__ import annotations

from attrs import frozen


@frozen(order=True)
class Change:
    """Something that behaves differently.

    Attributes:
        name: What findings and the guide call it.
        before: How the older SDK behaves.
        now: How this package behaves.
        why: The reason.
    """

    name: str
    before: str
    now: str
    why: str


UNKNOWN = Change(
    "outcome unknown",
    "A send that gets a 5xx raises `APIException`; one that gets no answer raises an exception of `requests`.",
    "Both raise `OutcomeUnknownError`, or `NotSentError` if nothing left. All of these are `MessageMediaError`s.",
    "The message may have been accepted, and the API has no idempotency key: whoever sends again may send twice.",
)
NONE = Change(
    "None",
    "Confirming and cancelling return `''`, the empty body of the answer.",
    "They return `None`.",
    "There is nothing to return; errors are raised.",
)
AWARE = Change(
    "aware times",
    "A time without a zone is sent as it is, and an offset is not converted to UTC.",
    "A time is a `datetime` with a zone, and is sent in UTC. One without a zone, or a string, is a `ValidationError`.",
    "The API takes times as UTC: local time without a zone is sent hours too early or too late.",
)
TIMES_READ = Change(
    "times in answers",
    "2.x wraps times in an object with `.datetime` and `.value`; 1.x returns texts.",
    "They are `datetime` objects with a time zone.",
    "They can be compared and calculated with.",
)
SCHEDULED = Change(
    "scheduled messages",
    "2.1 raises `AttributeError` when it reads the answer to a scheduled message, after the message was accepted.",
    "The answer is read.",
    "It was a defect. Remove what catches that error and sends again: it sent twice.",
)
ERRORS = Change(
    "errors",
    "Errors have fixed texts such as `HTTP response not OK.`; every 404 is `Message not found` in 2.x.",
    "Each status has a class of its own, and the text has what the server said, with `details` in a list.",
    "The server's words say what to change.",
)
CHECKED = Change(
    "checks before sending",
    "Anything is sent; the API refuses what is wrong.",
    "Limits are checked first, and a `ValidationError` lists all problems. Numbers that begin with 0 are refused.",
    "A mistake costs no request, and a number without a country code may belong to somebody in another country.",
)
OBJECTS = Change(
    "objects",
    "1.x returns dicts inside of responses, and a plain dict as the status of a message.",
    "Answers are objects with typed attributes; `to_dict()` makes JSON values of them.",
    "Editors and type checkers know the fields, and a missing one reads as `None`.",
)
CREDITS = Change(
    "credits",
    "The decoded JSON is returned as it comes.",
    "A `Credits` object is returned: read `remaining_credits`, or `raw` for all of it.",
    "All answers are read in the same way.",
)
FIELDS = Change(
    "fields sent",
    "2.x sends `delivery_report: false` if it is not set, and accepts `message_id` and `status` in a request.",
    "What is not set is not sent, and only answers have a `message_id` and a `status`.",
    "The API decides about what is left out, and an id in a request is a mistake.",
)
OWN_STATE = Change(
    "state of clients",
    "The configuration is one for the whole process: a new client changes the keys of all others.",
    "Each client has its own settings, which never change.",
    "Two accounts can be used side by side. Close a client, or use `with`.",
)
HMAC = Change(
    "HMAC",
    "Requests are signed with SHA-1, and a cancel is signed as if it were a POST, which the API refuses.",
    "Requests are signed with SHA-256 and their own method. `HmacAuth(…, algorithm='sha1')` chooses SHA-1.",
    "The API documents SHA-256.",
)
CANCEL_1X = Change(
    "cancel in 1.x",
    "1.x makes a POST request, so nothing is cancelled.",
    "A PUT request is made, and the message is cancelled.",
    "It was a defect: check that nobody relies on messages that were never cancelled.",
)
HTTPS = Change(
    "https",
    "1.x sends to `http://api.messagemedia.com`: keys and messages in the clear.",
    "`https` is used; a client that sends in the clear to another machine warns.",
    "Keys that 1.x has used may have been read on the way. Replace them.",
)
LOGS = Change(
    "logs",
    "1.x calls `logging.basicConfig` when it is imported; at DEBUG it logs requests with their `Authorization`.",
    "Nothing is configured. The logger `messagemedia` never shows content, numbers or secrets.",
    "Logs are read by many. If your program has relied on it, call `logging.basicConfig` yourself.",
)
RETRIES = Change(
    "retries and timeouts",
    "Nothing is retried automatically, and a request may take 60 seconds.",
    "What sends nothing is retried up to `max_retries` times, with a `timeout` of 30 seconds for each wait.",
    "Fetching, confirming and cancelling do no harm if they are done twice.",
)
NOT_JSON = Change(
    "answers that are not JSON",
    "They are returned as a string, as if the call had succeeded.",
    "They raise `InvalidResponseError`, and `OutcomeUnknownError` after a send.",
    "A page of a proxy does not prove that a message was accepted.",
)
ENUMS = Change(
    "enums",
    "The members are plain strings, and some statuses are missing.",
    "The members are enum members that equal their strings; an unknown value is kept.",
    "New statuses don't break a program.",
)
REPORTS = Change(
    "delivery reports",
    "2.x drops `error_code` and `billing_units`.",
    "Both are attributes of `DeliveryReport`; unknown fields are in `extra`.",
    "The code says why a message was not delivered.",
)
HIDDEN = Change(
    "what is printed",
    "`print(result)` shows the address of an object.",
    "It shows the fields, but neither contents nor full numbers.",
    "What is printed ends up in logs.",
)
BLOCKING = Change(
    "event loop",
    "A call in an `async def` stops every other task of the program until it is answered.",
    "`AsyncClient` has the same calls, awaited. A blocking call in a running loop warns.",
    "A single slow answer makes a whole server wait.",
)
PINS = Change(
    "dependencies",
    "2.x needs `urllib3<2` and `setuptools<68`, and installs a library for tests.",
    "`attrs` and `httpx` are all that is needed.",
    "Remove `messagemedia-messages-sdk` and pins that were there for it from your requirements.",
)

ALL = (
    UNKNOWN, SCHEDULED, AWARE, TIMES_READ, NONE, ERRORS, NOT_JSON, CHECKED, FIELDS, OBJECTS, CREDITS, REPORTS, ENUMS,
    HIDDEN, OWN_STATE, HMAC, CANCEL_1X, HTTPS, LOGS, RETRIES, BLOCKING, PINS,
)  # fmt: skip
