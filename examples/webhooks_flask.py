"""Send reminders, follow what becomes of them, and answer STOP: a small Flask application.

    pip install 'messagemedia[webhooks]' flask gunicorn
    PUBLIC_URL=https://example.com gunicorn --bind 127.0.0.1:8000 webhooks_flask:app
    curl --data number=+61491570156 http://127.0.0.1:8000/remind

It uses the account of MESSAGEMEDIA_API_KEY and MESSAGEMEDIA_API_SECRET. PUBLIC_URL is the address at which the service
reaches it. For signed pushes, set WEBHOOK_KEY_ID and WEBHOOK_PUBLIC_KEY to the result of `create_signature_key`. If
there is more than one process, keep its data in a database.
"""

from __future__ import annotations

import os

from flask import Flask, request
from messagemedia import Client
from messagemedia.webhooks import DeliveryReport, OptOut, Reply, Webhooks
from werkzeug.middleware.dispatcher import DispatcherMiddleware

app = Flask(__name__)
client = Client()
key_id = os.environ.get("WEBHOOK_KEY_ID")
webhooks = Webhooks({key_id: os.environ["WEBHOOK_PUBLIC_KEY"]}) if key_id else Webhooks(unsigned=True)
app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/hooks": webhooks.wsgi()})  # type: ignore[method-assign]

statuses: dict[str, str] = {}
stopped: set[str] = set()


@app.post("/remind")
def remind() -> tuple[dict[str, str], int]:
    """Send a reminder, unless the person wants none."""
    number = request.form["number"]
    if number in stopped:
        return {"error": "this person wants no more messages"}, 409
    sent = client.messages.send(
        content="Your appointment is tomorrow at ten. Reply STOP to hear no more.",
        destination_number=number,
        callback_url=os.environ["PUBLIC_URL"] + "/hooks/",
        delivery_report=True,
    )
    statuses[sent.message_id] = "sent"
    return {"message_id": sent.message_id}, 202


@app.get("/messages")
def messages() -> dict[str, str]:
    """The status of every message."""
    return statuses


@webhooks.on(DeliveryReport)
def follow(report: DeliveryReport) -> None:
    """Keep the newest status."""
    if report.message_id and report.status:
        statuses[report.message_id] = report.status


@webhooks.on(Reply)
def answer(reply: Reply) -> None:
    """Stop when asked to, and say so."""
    number = reply.source_number or ""
    if (reply.content or "").strip().upper() == "STOP" and number not in stopped:
        stopped.add(number)
        client.messages.send(content="You will get no more reminders.", destination_number=number)


@webhooks.on(OptOut)
def opt_out(event: OptOut) -> None:
    """The service has already replied; only remember it."""
    stopped.add(event.source_number or "")
