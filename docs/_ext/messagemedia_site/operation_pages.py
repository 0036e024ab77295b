"""A page of each operation of the contract, and one of what the service pushes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from messagemedia_generated.contract import WEBHOOKS

from codegen import joining, prose
from codegen.contract_view import View
from codegen.docstrings import stopped, text
from codegen.references import follow
from codegen.view import Answer, Field, Model, Operation, Shape
from messagemedia_site.names import links

CONTRACT = Path(__file__).parents[3] / "openapi"

# The short verbs that stand for an operation; all others are called by `client.api`.
_VERBS = {
    "sendMessages": ("client.messages.send", "client.messages.send_many"),
    "getMessageStatus": ("client.messages.get", "client.messages.wait"),
    "cancelScheduledMessage": ("client.messages.cancel",),
    "checkCreditsRemaining": ("client.messages.credits",),
    "checkReplies": ("client.replies.check", "client.replies.consume", "client.replies.consume_batches"),
    "confirmRepliesAsReceived": ("client.replies.confirm",),
    "checkDeliveryReports": (
        "client.delivery_reports.check",
        "client.delivery_reports.consume",
        "client.delivery_reports.consume_batches",
    ),
    "confirmDeliveryReportsAsReceived": ("client.delivery_reports.confirm",),
}


def pages() -> dict[str, str]:
    """The pages by their path below `reference/`."""
    view = _view()
    made = {f"operations/{each.id}.md": _page(view, each) for each in view.operations}
    return {"operations/index.md": _index(view), "operations/pushes.md": _pushes(view), **made}


@cache
def _view() -> View:
    return View(joining.read(CONTRACT).document)


def _index(view: View) -> str:
    lines = [
        "# Operations of the API",
        "",
        "What is sent, what is answered, and which call of the SDK it is, from the files in `openapi/`.",
        "",
        text(view.document["info"]["description"]),
        "",
        "| Region | Server |",
        "|---|---|",
        *(f"| `{region}` | `{server['url']}` |" for region, server in view.regions.items()),
        "",
    ]
    for tag in view.tags():
        lines += [f"## {view.tag_name(tag)}", "", text(view.tag_description(tag)), "", "| Operation | |", "|---|---|"]
        lines += [
            f"| [`{each.method.upper()} {each.path}`]({each.id}.md) | {_cell(each.summary)} |"
            for each in view.tag_operations(tag)
        ]
        lines.append("")
    lines += ["## What the service pushes", "", "[Pushes](pushes.md): each payload, with an example.", ""]
    lines += ["```{toctree}", ":hidden:", "", *(each.id for each in view.operations), "pushes", "```", ""]
    return "\n".join(lines)


def _page(view: View, operation: Operation) -> str:
    raw = view.document["paths"][operation.path][operation.method.lower()]
    lines = [
        f"# {operation.id}",
        "",
        operation.summary,
        "",
        f"```text\n{operation.method.upper()} {operation.path}\n```",
        "",
        *(f"{each}\n" for each in (text(operation.description), *_remarks(operation)) if each),
        *_calls(operation),
    ]
    if operation.parameters:
        lines += ["## Parameters", "", *_parameters(operation), ""]
    if operation.body:
        body = follow(view.document, raw["requestBody"])
        lines += ["## Request body", "", *_shape(view, operation.body, sent=True), *_examples(view, body), ""]
    lines += ["## Answers", "", *_answers(operation), ""]
    for answer in operation.answers:
        found = follow(view.document, raw["responses"][answer.status])
        lines += _answer(view, answer, found)
    return "\n".join(lines)


def _remarks(operation: Operation) -> Iterator[str]:
    if operation.undocumented:
        yield "Not documented by the API's owner: it may change without notice."
    if operation.sends:
        yield "**A call that is processed reaches people.** It is retried only if it provably was not processed."
    elif operation.repeatable:
        yield "Processing it twice has the same effect as once, so it is retried after passing failures."
    else:
        yield "It is not retried after it may have been processed."


def _calls(operation: Operation) -> list[str]:
    api = f"messagemedia_generated.api.{operation.tag_module}.{_view().resource_name(operation.tag_module)}"
    names = [f"{{py:obj}}`{shown} <{_home(shown)}>`" for shown in _VERBS.get(operation.id, ())]
    methods = [operation.name, *([f"{operation.name}_pages"] if operation.paging else [])]
    names += [f"{{py:obj}}`client.api.{operation.tag_module}.{each} <{api}.{each}>`" for each in methods]
    return ["In Python: " + ", ".join(names) + ".", ""]


def _home(shown: str) -> str:
    return links()[shown]


def _parameters(operation: Operation) -> list[str]:
    rows = [("path", operation.path_parameters), ("query", operation.query_parameters)]
    rows.append(("header", operation.header_parameters))
    told = [(place, each) for place, fields in rows for each in fields]
    return [
        "| Parameter | In | Kind | |",
        "|---|---|---|---|",
        *(
            f"| `{each.json_name}`{'' if not each.required else ' (required)'} | {place} | {_kind(each.shape)} | "
            f"{_cell(prose.field_sentence(each))} |"
            for place, each in told
        ),
    ]


def _shape(view: View, shape: Shape, *, sent: bool) -> list[str]:
    """What a body is: its class, and its fields with their limits, those of what it holds included."""
    lines: list[str] = []
    for name in _reached(view, shape):
        model = view.schemas.models[name]
        lines += [f"{_link(name)}: {_cell(prose.model_sentence(model))}", ""]
        if model.fields:
            lines += ["| Field | Kind | |", "|---|---|---|"]
            lines += [_row(model, each, sent=sent) for each in model.fields]
            lines.append("")
    if not lines:
        lines = [f"{_kind(shape)}.", ""]
    return lines


def _reached(view: View, shape: Shape) -> list[str]:
    """The models of a body, the outer one first."""
    found: list[str] = []
    waiting = [each.name for each in shape.classes()]
    while waiting:
        name = waiting.pop(0)
        model = view.schemas.models.get(name)
        if model is not None and name not in found:
            found.append(name)
            waiting += [each.name for field in model.fields for each in field.shape.classes()]
    return found


def _row(model: Model, each: Field, *, sent: bool) -> str:
    parts = [prose.field_sentence(each, sent=sent)]
    if sent:
        parts += [told for word, told in _needs(model, each) if f"`{word}`" not in each.description]
        if each.shape.item and each.shape.kind == "list" and (limits := prose.limits_sentence(each.shape.item)):
            parts.append(f"Each {limits[0].lower()}{limits[1:]}")
    required = " (required)" if each.required and sent else ""
    return f"| `{each.json_name}`{required} | {_kind(each.shape)} | {_cell(' '.join(parts))} |"


def _needs(model: Model, each: Field) -> Iterator[tuple[str, str]]:
    """What a field wants of others, each with the word by which a description says it already."""
    for other in model.dependent_required.get(each.json_name, ()):
        yield other, f"Needs `{other}`."
    for other, value in model.dependent_values.get(each.json_name, {}).items():
        yield value, f"Needs `{other}` to be `{value}`."
    if each.after:
        yield each.after, f"Not earlier than `{each.after}`."


def _kind(shape: Shape) -> str:
    """The kind of a value, with a link if it has a class."""
    if shape.kind == "enum":
        return f"{_link(shape.name)}: " + ", ".join(f"`{each}`" for each in shape.values)
    if shape.kind == "const":
        return f"always `{shape.values[0]}`"
    if shape.name:
        return _link(shape.name)
    if shape.kind == "list" and shape.item:
        return f"list of {_kind(shape.item)}"
    if shape.kind == "map" and shape.item:
        return f"map of {_kind(shape.item)}"
    return {"any": "any JSON", "timestamp": "timestamp, ISO 8601"}.get(shape.kind, shape.kind)


def _link(name: str) -> str:
    return f"{{py:class}}`{name} <{links()[name]}>`" if name in links() else f"`{name}`"


def _answers(operation: Operation) -> list[str]:
    lines = ["| Status | Raises | |", "|---|---|---|"]
    for answer in operation.answers:
        error = "" if answer.success else _link(prose.error_name(answer.status, sends=operation.sends))
        lines.append(f"| {answer.status} | {error} | {_cell(answer.description)} |")
    return lines


def _answer(view: View, answer: Answer, raw: Mapping[str, Any]) -> list[str]:
    """The body of an answer: its fields for a success, its examples for all."""
    examples = _examples(view, raw)
    fields = _shape(view, answer.shape, sent=False) if answer.success and answer.shape else []
    return [f"### {answer.status}", "", *fields, *examples] if fields or examples else []


def _examples(view: View, raw: Mapping[str, Any]) -> list[str]:
    lines: list[str] = []
    for media, content in raw.get("content", {}).items():
        found = content.get("examples", {})
        for each in found.values():
            example = follow(view.document, each)
            value = example.get("value")
            shown = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
            language = "json" if "json" in media and not isinstance(value, str) else "text"
            lines += [
                stopped(text(example.get("summary") or "Example")),
                "",
                f"```{language}",
                *shown.splitlines(),
                "```",
                "",
            ]
    return lines


def _pushes(view: View) -> str:
    lines = [
        "# What the service pushes",
        "",
        "What arrives at the `callback_url` of a message and at webhooks.",
        "",
        "{py:class}`messagemedia.webhooks.Webhooks` receives and verifies it.",
        "",
    ]
    for webhook in view.webhooks:
        raw = follow(view.document, view.document["webhooks"][webhook.name]["post"]["requestBody"])
        kind = getattr(WEBHOOKS[webhook.name], "__self__", None)
        lines += [f"## {webhook.name}", "", text(webhook.summary), ""]
        told = text(view.document["webhooks"][webhook.name]["post"].get("description", ""))
        lines += [told, ""] if told else []
        lines += [f"Read by {_link(kind.__name__)}.", ""] if kind else []
        lines += [*_shape(view, webhook.model, sent=False), *_examples(view, raw)]
    return "\n".join(lines)


def _cell(value: str) -> str:
    """A text in a cell of a table."""
    return text(value).replace("|", "\\|").replace("\n", " ")
