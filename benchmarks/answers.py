"""What the server answers: bytes made once, in the forms of each service's documentation."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any, NamedTuple

SIZES = (1, 2, 5, 10, 20, 50, 100)
"""How many messages a batch or reports a page have, where that is what changes."""

DELAY = 20
"""Milliseconds that a slow server takes."""

HEADERS = {
    "Content-Type": "application/json;charset=UTF-8",
    "Date": "Thu, 15 Jan 2026 03:04:05 GMT",
    "Cache-Control": "no-cache, no-store, max-age=0, must-revalidate",
    "Pragma": "no-cache",
    "Expires": "0",
    "X-Content-Type-Options": "nosniff",
    "X-Request-Id": "5f0d6f2a-8a65-4f0b-9f0e-0d8b9c1b7a11",
    "Vary": "Accept-Encoding",
}


class Answer(NamedTuple):
    """What answers requests whose line begins with `method` and `prefix` and whose body is as long as `least`."""

    method: str
    prefix: str
    status: str
    body: object
    least: int = 0
    delay: int = 0


def _id(number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, str(number)))


def message(number: int) -> dict[str, Any]:
    """A message as the API holds it."""
    return {
        "callback_url": "https://example.com/hooks/messages",
        "content": f"Your parcel {number} arrives today between 9 and 12.",
        "delivery_report": True,
        "destination_number": "+61491570156",  # what every contender sends to
        "format": "SMS",
        "message_id": _id(number),
        "metadata": {"order": str(number), "customer": "4711"},
        "source_number": "+61491570150",
        "source_number_type": "INTERNATIONAL",
        "status": "queued",
    }


def report(number: int) -> dict[str, Any]:
    """A delivery report."""
    return {
        "callback_url": "https://example.com/hooks/reports",
        "date_received": "2026-01-15T03:04:05.642Z",
        "delay": 0,
        "delivery_report_id": _id(number + 1000),
        "message_id": _id(number),
        "metadata": {"order": str(number), "customer": "4711"},
        "original_text": f"Your parcel {number} arrives today between 9 and 12.",
        "source_number": f"+614915701{number % 100:02}",
        "status": "delivered",
        "submitted_date": "2026-01-15T03:04:01.120Z",
        "vendor_account_id": {"vendor_id": "MessageMedia", "account_id": "MyAccount"},
    }


def _twilio(number: int) -> dict[str, Any]:
    sid, account = f"SM{_id(number).replace('-', '')}", "AC" + "0" * 32
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": f"Your parcel {number} arrives today between 9 and 12.",
        "date_created": "Thu, 15 Jan 2026 03:04:01 +0000",
        "date_sent": "Thu, 15 Jan 2026 03:04:01 +0000",
        "date_updated": "Thu, 15 Jan 2026 03:04:05 +0000",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": "+61491570150",
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": sid,
        "status": "queued",
        "subresource_uris": {"media": f"/2010-04-01/Accounts/{account}/Messages/{sid}/Media.json"},
        "to": f"+614915701{number % 100:02}",
        "uri": f"/2010-04-01/Accounts/{account}/Messages/{sid}.json",
    }


def _sinch_batch(size: int) -> dict[str, Any]:
    return {
        "body": "Your parcel arrives today between 9 and 12.",
        "canceled": False,
        "created_at": "2026-01-15T03:04:01.120Z",
        "delivery_report": "full",
        "expire_at": "2026-01-18T03:04:01.120Z",
        "feedback_enabled": False,
        "flash_message": False,
        "from": "61491570150",
        "id": "01FC66621XXXXX119Z8PMV1QPQ",
        "modified_at": "2026-01-15T03:04:01.120Z",
        "to": [f"614915701{number % 100:02}" for number in range(size)],
        "type": "mt_text",
    }


def _sinch_report(number: int) -> dict[str, Any]:
    return {
        "applied_originator": "61491570150",
        "at": "2026-01-15T03:04:05.642Z",
        "batch_id": "01FC66621XXXXX119Z8PMV1QPQ",
        "code": 0,
        "operator_status_at": "2026-01-15T03:04:05Z",
        "recipient": f"614915701{number % 100:02}",
        "status": "Delivered",
        "type": "recipient_delivery_report_sms",
    }


def _messages(size: int) -> dict[str, Any]:
    return {"messages": [message(number) for number in range(size)]}


def answers() -> list[Answer]:
    """Everything the server answers; the first that fits counts."""
    ours = [
        Answer("POST", "/v1/messages", "202 Accepted", _messages(100), least=4000),
        Answer("POST", "/v1/messages", "202 Accepted", _messages(1)),
        Answer("GET", "/v1/messages/", "200 OK", message(0)),
        Answer("GET", "/v1/delivery_reports", "200 OK", {"delivery_reports": [report(each) for each in range(100)]}),
        Answer("POST", "/slow/v1/messages", "202 Accepted", _messages(1), delay=DELAY),
    ]
    sized = [Answer("POST", f"/{size}/v1/messages", "202 Accepted", _messages(size)) for size in SIZES]
    sized += [
        Answer("GET", f"/{size}/v1/delivery_reports", "200 OK", {"delivery_reports": [report(0)] * size})
        for size in SIZES
    ]
    page = {"messages": [_twilio(each) for each in range(100)], "page": 0, "page_size": 100, "next_page_uri": None}
    twilio = [
        Answer("POST", "/2010-04-01/", "201 Created", _twilio(0)),
        Answer("POST", "/slow/2010-04-01/", "201 Created", _twilio(0), delay=DELAY),
        Answer("GET", "/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages/", "200 OK", _twilio(0)),
        Answer("GET", "/2010-04-01/", "200 OK", page),
    ]
    reports = {"count": 100, "page": 0, "page_size": 100, "delivery_reports": [_sinch_report(n) for n in range(100)]}
    sinch = [
        Answer("POST", "/xms/v1/", "201 Created", _sinch_batch(100), least=1000),
        Answer("POST", "/xms/v1/", "201 Created", _sinch_batch(1)),
        Answer("GET", "/xms/v1/plan/batches/", "200 OK", _sinch_batch(1)),
        Answer("GET", "/xms/v1/", "200 OK", reports),
    ]
    return ours + sized + twilio + sinch


def write(folder: Path) -> Path:
    """Write the answers into a folder, and a file of routes for the server beside them."""
    lines: list[str] = []
    for number, each in enumerate(answers()):
        body = json.dumps(each.body, separators=(",", ":")).encode()
        head = [f"HTTP/1.1 {each.status}", *(f"{name}: {value}" for name, value in HEADERS.items())]
        file = folder / f"{number}.http"
        file.write_bytes("\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode() + body)
        lines.append(f"{each.method} {each.prefix} {each.least} {each.delay} {file}\n")
    routes = folder / "routes"
    routes.write_text("".join(lines))
    return routes
