"""`webhooks`: how an endpoint answers, and the webhooks of the account."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from messagemedia.cli.asking import require_yes
from messagemedia.cli.exits import DONE, FAILED, USAGE, Failure
from messagemedia.cli.frame import Home, command, group
from messagemedia.cli.pushes import KEY, TIMEOUT, address
from messagemedia.cli.session import Session

if TYPE_CHECKING:
    from messagemedia import Webhook

webhooks = group(
    "webhooks",
    {
        "check": Home("webhooks", "check", "Test an endpoint with valid and forged pushes."),
        "list": Home("webhooks", "list_", "List the webhooks of the account."),
        "create": Home("webhooks", "create", "Create a webhook: register an address for pushes."),
        "update": Home("webhooks", "update", "Change a webhook."),
        "delete": Home("webhooks", "delete", "Delete a webhook."),
    },
    "Check an endpoint; list, create, update and delete webhooks.",
    [
        "messagemedia webhooks check https://example.com/hooks/",
        "messagemedia webhooks create https://example.com/hooks/ -e RECEIVED_SMS -e OPT_OUT_SMS",
        "messagemedia webhooks list",
    ],
)

_YES = click.option("--yes", is_flag=True, help="Don't ask for confirmation.")
_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
_METHODS = click.Choice(["GET", "POST", "PATCH", "PUT", "DELETE"])
_ENCODINGS = click.Choice(["JSON", "FORM_ENCODED", "XML"])
_TEMPLATE = click.option("--template", type=_FILE, metavar="FILE", help="A Velocity template for the body of a push.")
_HEADERS = click.option(
    "--headers",
    type=_FILE,
    metavar="FILE",
    help="A JSON object of headers to send with each push, such as a token of your own.",
)


# --- an endpoint ----------------------------------------------------------------------------------------------


@command("check", ["messagemedia webhooks check https://example.com/hooks"], json=True)
@click.argument("url")
@KEY
@TIMEOUT
def check(session: Session, *, url: str, key: Path | None, timeout: float) -> int:
    """Send valid pushes to an endpoint, which it must accept, and forged ones, which it must refuse.

    Let it verify with the key that is shown. Its handlers get one reply, from a number that nobody has. The exit code
    is 0 if every answer is right, and 1 if one is wrong, for instance if a forgery is accepted.
    """
    from messagemedia.cli.signing_keys import chosen_key, tell_key  # noqa: PLC0415
    from messagemedia.webhooks import check as checked  # noqa: PLC0415

    signing_key = chosen_key(key)
    tell_key(session.out, signing_key)
    report = checked(address(url), signing_key, timeout=timeout)
    if session.out.as_json:
        for each in report.results:
            session.out.json(
                {
                    "push": each.push,
                    "expected": each.expected,
                    "status": each.status_code,
                    "ok": each.ok,
                    "note": each.note or None,
                }
            )
    else:
        rows = [
            ["ok" if each.ok else "BAD", each.push, each.status_code or "no answer", each.expected, each.note]
            for each in report.results
        ]
        session.out.rows(["", "push", "answer", "expected", "note"], rows)
    wrong = sum(not each.ok for each in report.results)
    session.out.note("Every answer is right." if report.ok else f"{wrong} of {len(report.results)} answers are wrong.")
    return DONE if report.ok else FAILED


# --- the webhooks of the account ------------------------------------------------------------------------------


@command("list", ["messagemedia webhooks list", "messagemedia webhooks list --json"], json=True)
def list_(session: Session) -> None:
    """List the webhooks of the account."""
    found = _all(session)
    if session.out.as_json:
        for webhook in found:
            session.out.json(webhook.to_dict())
    else:
        rows = ([each.id, each.method, each.url, ", ".join(each.events or ())] for each in found)
        session.out.rows(["id", "method", "url", "events"], rows)


@command(
    "create",
    [
        "messagemedia webhooks create https://example.com/hooks/ -e RECEIVED_SMS -e OPT_OUT_SMS",
        "messagemedia webhooks create https://example.com/hooks/ -e DELIVERED_DR --retries 5 --retry-delay 60",
    ],
    json=True,
)
@click.argument("url")
@click.option(
    "-e",
    "--event",
    "events",
    multiple=True,
    required=True,
    metavar="EVENT",
    help="What to push; can be given several times.",
)
@click.option("--method", type=_METHODS, default="POST", show_default=True, help="The HTTP method of a push.")
@click.option("--encoding", type=_ENCODINGS, default="JSON", show_default=True, help="The encoding of its body.")
@_TEMPLATE
@_HEADERS
@click.option("--retries", type=click.IntRange(0, 5), help="How often a push is retried.")
@click.option("--retry-delay", type=click.IntRange(5, 60), metavar="SECONDS", help="The pause before each retry.")
@click.option("--read-timeout", type=click.IntRange(1, 60000), metavar="MS", help="How long to wait for your answer.")
def create(
    session: Session, /, *, url: str, events: tuple[str, ...], template: Path | None, headers: Path | None, **rest: Any
) -> None:
    """Create a webhook: register an address to which the service pushes.

    Events are RECEIVED_SMS, RECEIVED_MMS, OPT_OUT_SMS, and ENROUTE_DR, SUBMITTED_DR, DELIVERED_DR, EXPIRED_DR,
    REJECTED_DR and FAILED_DR. Without --template, a JSON push holds what messagemedia.webhooks reads.
    """
    from messagemedia import ConflictError, CreateWebhookRequest  # noqa: PLC0415

    request = CreateWebhookRequest(
        url=url, events=list(events), template=_template(template, rest["encoding"]), headers=_headers(headers), **rest
    )
    try:
        made = session.client.api.webhooks.create_webhook(request)
    except ConflictError as error:
        raise _twin(session, str(error), url, rest["method"]) from error
    _show(session, made)


@command(
    "update",
    [
        "messagemedia webhooks update ID --url https://example.com/new",
        "messagemedia webhooks update ID -e RECEIVED_SMS",
    ],
    json=True,
)
@click.argument("webhook_id", metavar="ID")
@click.option("--url", help="The new address.")
@click.option(
    "-e",
    "--event",
    "events",
    multiple=True,
    metavar="EVENT",
    help="The complete new list of events; can be given several times.",
)
@click.option("--method", type=_METHODS, help="The new method.")
@click.option("--encoding", type=_ENCODINGS, help="The new encoding.")
@_TEMPLATE
@_HEADERS
def update(
    session: Session,
    /,
    *,
    webhook_id: str,
    events: tuple[str, ...],
    template: Path | None,
    headers: Path | None,
    **rest: Any,
) -> None:
    """Change a webhook, and show it before and after.

    How often it is retried can't be changed: create another one for that.
    """
    from messagemedia import ConflictError, UpdateWebhookRequest  # noqa: PLC0415

    changes: dict[str, Any] = {
        **{name: value for name, value in rest.items() if value is not None},
        **({"events": list(events)} if events else {}),
        **({"template": template.read_text("utf-8")} if template else {}),
        **({"headers": _headers(headers)} if headers else {}),
    }
    if not changes:
        raise Failure("no option says what to change", USAGE, ["See: messagemedia webhooks update --help"])
    before = _found(session, webhook_id)
    try:
        after = session.client.api.webhooks.update_webhook(webhook_id, UpdateWebhookRequest(**changes))
    except ConflictError as error:
        raise _twin(
            session, str(error), changes.get("url", before.url), changes.get("method", before.method)
        ) from error
    _show_change(session, before.to_dict(), after.to_dict())


@command("delete", ["messagemedia webhooks delete ID", "messagemedia webhooks delete ID --yes"])
@click.argument("webhook_id", metavar="ID")
@_YES
def delete(session: Session, *, webhook_id: str, yes: bool) -> None:
    """Delete a webhook: nothing more is pushed to its address."""
    if not yes:
        found = _found(session, webhook_id)
        require_yes(f"Delete the webhook that pushes {', '.join(found.events or ())} to {found.url}?")
    session.client.api.webhooks.delete_webhook(webhook_id)
    session.out.note("deleted")


def _all(session: Session) -> Iterator[Webhook]:
    for page in session.client.api.webhooks.list_webhooks_pages():
        yield from page.page_data


def _found(session: Session, webhook_id: str) -> Webhook:
    """A webhook as it is, from the list: that reading a single one is possible, the API's owner does not document.

    Raises:
        Failure: There is none.
    """
    for webhook in _all(session):
        if webhook.id == webhook_id:
            return webhook
    raise Failure(f"there is no webhook {webhook_id}", FAILED, ["To list them:", "  messagemedia webhooks list"])


def _twin(session: Session, said: str, url: object, method: object) -> Failure:
    """What to do about a webhook that is there already."""
    twins = [each.id for each in _all(session) if each.url == url and each.method == method]
    steps = ["An address can be registered once for each method. To see what is there:", "  messagemedia webhooks list"]
    for twin in twins[:1]:
        steps = ["It exists already. To change it, or to create it again:", f"  messagemedia webhooks update {twin} …"]
        steps.append(f"  messagemedia webhooks delete {twin}")
    return Failure(said.splitlines()[0], FAILED, steps)


def _show(session: Session, webhook: Webhook) -> None:
    session.out.item(webhook.to_dict(), webhook.to_dict())


def _show_change(session: Session, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    if session.out.as_json:
        session.out.json({"before": before, "after": after})
        return
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    session.out.rows(["field", "before", "after"], ([name, before.get(name), after.get(name)] for name in names))
    if not names:
        session.out.note("Nothing changed: it was like that before.")


def _template(file: Path | None, encoding: str) -> str | None:
    """What a push is to hold: a file, or for JSON what `Webhooks` reads whole."""
    from messagemedia.webhooks import template  # noqa: PLC0415

    if file is not None:
        return file.read_text("utf-8")
    return template() if encoding == "JSON" else None


def _headers(file: Path | None) -> dict[str, str] | None:
    if file is None:
        return None
    try:
        found: Any = json.loads(file.read_text("utf-8"))
    except ValueError:
        found = None
    pairs = cast("dict[str, object]", found) if isinstance(found, dict) else {"": None}
    if not all(isinstance(value, str) for value in pairs.values()):
        raise Failure(f"{file} must hold a JSON object of strings, the headers of the pushes", USAGE)
    return cast("dict[str, str]", pairs)
