"""Pushes through Django."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from messagemedia.webhooks.answering import Receiver
from messagemedia.webhooks.wsgi import answered

View = Callable[..., Any]


def view(webhooks: Receiver) -> View:
    """A view that receives pushes."""

    def receive_push(request: Any, *_: object, **__: object) -> Any:
        from django.http import HttpResponse  # type: ignore[import-untyped]  # noqa: PLC0415  # whoever calls this has it

        answer = answered(webhooks, _environ(request), request.read)
        response = HttpResponse(answer.body, status=answer.status)
        for name, value in answer.headers:
            response[name] = value
        return response

    # What Django's own decorator sets: pushes come without a token of a form.
    vars(receive_push)["csrf_exempt"] = True
    return receive_push


def _environ(request: Any) -> dict[str, Any]:
    """What WSGI servers say about a request, and under ASGI the raw target with it."""
    environ = dict(request.META)
    if (scope := getattr(request, "scope", None)) is not None and scope.get("raw_path"):
        query: bytes = scope.get("query_string", b"")
        environ["RAW_URI"] = (scope["raw_path"].partition(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")
    # A view never gets a request that does not end: Django reads it to its end itself.
    environ.setdefault("wsgi.input_terminated", True)
    return environ
