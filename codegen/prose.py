"""Docstrings from the contract: wrapped, escaped, and completed with limits, examples and errors."""

from __future__ import annotations

import re
import textwrap
from typing import Any

from codegen.view import EnumView, Field, Model, Operation, Shape
from codegen.wording import amount, span

WIDTH = 100

# Where annotations find the names that no module of the generated package defines.
STANDARD_NAMES = {
    "collections.abc": ("Mapping", "Sequence"),
    "datetime": ("date", "datetime"),
    "typing": ("Any", "Literal"),
}

# How the SDK names the documented failures. Only said here, raised by the hand-written half.
ERROR_NAMES = {
    "400": "BadRequestError",
    "401": "AuthenticationError",
    "403": "PermissionDeniedError",
    "404": "NotFoundError",
    "422": "UnprocessableEntityError",
    "429": "RateLimitError",
    "5XX": "ServerError",
}


def text(value: object) -> str:
    """A text of the contract on one line."""
    return " ".join(str(value).split())


def doc(value: str, indent: int) -> str:
    """A text as the content of a docstring at an indentation: escaped, and wrapped unless it has lines of its own."""
    pad = " " * indent
    escaped = _escaped(value)
    if escaped.endswith('"'):
        escaped += " "
    if escaped and (escaped[-1].isalnum() or escaped[-1] in ")`'"):
        escaped += "."
    blocks = [block if "\n" in block else _wrap(block, indent) for block in escaped.split("\n\n")]
    return "\n\n".join(blocks).replace("\n", f"\n{pad}").replace(f"\n{pad}\n", "\n\n")


def _escaped(value: str) -> str:
    """A text as it stands between triple quotes."""
    return value.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def _wrap(value: str, indent: int, hanging: str = "") -> str:
    return textwrap.fill(
        text(value), WIDTH - indent, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )


def standard_imports(code: str) -> str:
    """The imports from the standard library that some code needs: ruff takes none out of an `__init__`."""
    lines: list[str] = []
    for module, names in STANDARD_NAMES.items():
        if used := [name for name in names if re.search(rf"[^`\w.]{name}\b(?! )|: {name}\b", code)]:
            lines.append(f"from {module} import {', '.join(used)}")
    return "\n".join(lines)


def summary_first(value: str) -> str:
    """A text with its first sentence as a paragraph of its own."""
    head, stop, tail = text(value).partition(". ")
    return f"{head}.\n\n{tail}" if stop else head


def literal(value: Any) -> str:
    """A value as Python source."""
    return repr(value)


def raw_literal(value: str) -> str:
    """A regular expression as Python source, without doubled backslashes where that is possible."""
    return repr(value) if "'" in value or '"' in value else f'r"{value}"'


def limits_sentence(shape: Shape) -> str:
    """The limits of a value in words, empty if it has none."""
    limits = shape.limits
    parts: list[str] = []
    if "min_length" in limits or "max_length" in limits:
        size = amount(limits.get("min_length"), limits.get("max_length"), "character")
        parts.append("not empty" if size == "at least 1 character" else size)
    if "pattern" in limits:
        parts.append(limits.get("pattern_description", f"of the form {limits['pattern']}"))
    if "e164" in limits:
        parts.append("beginning with a country code")
    if "minimum" in limits or "maximum" in limits:
        parts.append(span(limits.get("minimum"), limits.get("maximum")))
    if "min_items" in limits or "max_items" in limits:
        parts.append(amount(limits.get("min_items"), limits.get("max_items"), "item"))
    if "max_pairs" in limits:
        parts.append(amount(None, limits["max_pairs"], "pair"))
    if "max_key" in limits:
        parts.append(f"keys of {amount(None, limits['max_key'], 'character')}")
    if "max_value" in limits:
        parts.append(f"values of {amount(None, limits['max_value'], 'character')}")
    sentence = ", ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""


def field_sentence(field: Field, sent: bool = True) -> str:
    """All there is to say of a field or parameter; limits count only for what is sent."""
    parts = [text(field.description or field.json_name)]
    if sent:
        parts.append(limits_sentence(field.shape))
    if field.shape.kind == "timestamp":
        parts.append("An aware datetime, sent in UTC with milliseconds." if sent else "An aware datetime.")
    if isinstance(field.example, str) and field.shape.kind == "text":
        parts.append(f"For example `{field.example}`.")
    if field.deprecated:
        parts.append("Deprecated.")
    return " ".join(_stopped(part) for part in parts if part)


def enum_sentence(enum: EnumView) -> str:
    """All there is to say of an enum."""
    ends = [
        f"`{value}`" + (f" (which {', '.join(f'`{each}`' for each in following)} may follow)" if following else "")
        for value, following in enum.terminal.items()
    ]
    sentence = _stopped(text(enum.description or enum.name))
    return f"{sentence} Terminal are {', '.join(ends)}." if ends else sentence


def _stopped(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", ":")) else f"{sentence}."


def model_sentence(model: Model) -> str:
    """What a model is."""
    limits = limits_sentence(model.alias) if model.alias else ""
    return summary_first(f"{model.description or model.name} {limits}")


def model_docstring(model: Model, indent: int) -> str:
    """The docstring of a model: what it is, and its fields, of which Python keeps no other text at run time."""
    blocks = [doc(model_sentence(model), indent)]
    lines = [f"{each.attribute}: {_field_summary(each, model)}" for each in model.fields]
    if model.answered:
        blocks.append(doc("To make JSON of it, use `to_dict()`; what the API answered is `raw`.", indent))
        lines.append("raw: The JSON object as it came.")
    return ("\n\n" + " " * indent).join([*blocks, _section("Attributes", lines, indent)])


def _field_summary(field: Field, model: Model) -> str:
    """What a field is, in a sentence, and all that limits it; the attribute itself has the whole description."""
    parts = [text(field.description or field.json_name).partition(". ")[0]]
    if model.sent:
        parts += ["Required" if field.required and field.shape.kind != "const" else "", *_conditions(field, model)]
    if field.deprecated:
        parts.append("Deprecated")
    return " ".join(_stopped(part) for part in parts if part)


def _conditions(field: Field, model: Model) -> list[str]:
    """The limits of a field that is sent, those that other fields make included."""
    shape = field.shape
    parts = [limits_sentence(shape)]
    if shape.kind == "enum":
        parts.append(f"One of {', '.join(f'`{each}`' for each in shape.values)}")
    if shape.item and (limits := limits_sentence(shape.item)) and shape.kind == "list":
        parts.append(f"Each {limits[0].lower()}{limits[1:]}")
    if shape.kind == "timestamp":
        parts.append("An aware datetime")
    parts += [f"Needs `{model.attribute(other)}`" for other in model.dependent_required.get(field.json_name, ())]
    needs = model.dependent_values.get(field.json_name, {})
    parts += [f"Needs `{model.attribute(other)}={value!r}`" for other, value in needs.items()]
    if field.after:
        parts.append(f"Later than `{model.attribute(field.after)}`")
    return parts


def method_docstring(operation: Operation, indent: int) -> str:
    """The docstring of an operation's method: what it does, takes, returns and raises, in Google's style."""
    blocks = [doc(operation.summary, indent)]
    remarks = [operation.description, *_remarks(operation)]
    blocks += [doc(remark, indent) for remark in remarks if remark]
    if operation.parameters or operation.body:
        blocks.append(_section("Args", _arguments(operation), indent))
    successes = [each.description for each in operation.answers if each.success and each.shape]
    if successes:
        blocks.append(_section("Returns", [" ".join(map(text, successes))], indent))
    blocks.append(_section("Raises", _errors(operation), indent))
    return ("\n\n" + " " * indent).join(blocks)


def _remarks(operation: Operation) -> list[str]:
    remarks: list[str] = []
    if operation.deprecated:
        remarks.append("Deprecated.")
    if operation.undocumented:
        remarks.append("Not documented by the API's owner: it may change without notice.")
    if operation.sends:
        remarks.append("Repeated by itself only when it provably was not processed.")
    elif not operation.repeatable:
        remarks.append("Not repeated by itself after it may have been processed.")
    return remarks


def _arguments(operation: Operation) -> list[str]:
    lines = [f"{each.attribute}: {field_sentence(each)}" for each in operation.path_parameters]
    if operation.body:
        lines.append(f"body: What to send, a `{operation.body.name or operation.body.kind}`.")
    return lines + [
        f"{each.attribute}: {field_sentence(each)}" for each in operation.query_parameters + operation.header_parameters
    ]


def _errors(operation: Operation) -> list[str]:
    lines = ["ValidationError: An argument is invalid; no request was made."]
    for answer in operation.answers:
        if not answer.success:
            name = ERROR_NAMES.get(answer.status, "APIStatusError")
            if operation.sends and answer.status == "5XX":
                name = "OutcomeUnknownServerError"
            lines.append(f"{name}: ({answer.status}) {text(answer.description)}")
    if not any(answer.status == "429" for answer in operation.answers):
        lines.append("RateLimitError: (429) Too many requests; this one was not processed.")
    if operation.sends:
        lines.append("NotSentError: The request provably never reached the API; it is safe to repeat.")
        lines.append("OutcomeUnknownError: The request left, and no usable answer came: it may have been processed.")
    else:
        lines.append("TransportError: No answer came.")
        lines.append("InvalidResponseError: An answer came that makes no sense.")
    return lines


def _section(title: str, lines: list[str], indent: int) -> str:
    pad = " " * (indent + 4)
    wrapped = [_wrap(_escaped(line), indent + 4, "    ").replace("\n", f"\n{pad}") for line in lines]
    return f"{title}:\n" + "\n".join(pad + line for line in wrapped)
