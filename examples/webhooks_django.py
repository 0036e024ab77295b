"""Send reminders, follow what becomes of them, and answer STOP: a small Django application in one file.

    pip install 'messagemedia[webhooks]' django waitress
    PUBLIC_URL=https://example.com waitress-serve --listen 127.0.0.1:8000 webhooks_django:application
    curl --data number=+61491570156 http://127.0.0.1:8000/remind

It uses the account of MESSAGEMEDIA_API_KEY and MESSAGEMEDIA_API_SECRET. PUBLIC_URL is the address at which the service
reaches it. For signed pushes, set WEBHOOK_KEY_ID and WEBHOOK_PUBLIC_KEY to the result of `create_signature_key`. If
there is more than one process, keep its data in a database.
"""

from __future__ import annotations

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from messagemedia import Client
from messagemedia.webhooks import DeliveryReport, OptOut, Reply, Webhooks

settings.configure(
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.environ.get("DJANGO_SECRET_KEY", "for trying only"),
)
django.setup()

client = Client()
key_id = os.environ.get("WEBHOOK_KEY_ID")
webhooks = Webhooks({key_id: os.environ["WEBHOOK_PUBLIC_KEY"]}) if key_id else Webhooks(unsigned=True)

statuses: dict[str, str] = {}
stopped: set[str] = set()


@csrf_exempt
@require_POST
def remind(request: HttpRequest) -> JsonResponse:
    """Send a reminder, unless the person wants none."""
    number = request.POST["number"]
    if number in stopped:
        return JsonResponse({"error": "this person wants no more messages"}, status=409)
    sent = client.messages.send(
        content="Your appointment is tomorrow at ten. Reply STOP to hear no more.",
        destination_number=number,
        callback_url=os.environ["PUBLIC_URL"] + "/hooks",
        delivery_report=True,
    )
    statuses[sent.message_id] = "sent"
    return JsonResponse({"message_id": sent.message_id}, status=202)


def messages(_: HttpRequest) -> JsonResponse:
    """The status of every message."""
    return JsonResponse(statuses)


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


urlpatterns = [path("remind", remind), path("messages", messages), path("hooks", webhooks.django())]
application = get_wsgi_application()
