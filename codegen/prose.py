"""What docstrings say: the texts of the contract, completed with limits, examples and errors."""

from __future__ import annotations

from codegen.carried import Json
from codegen.contract_view import View
from codegen.docstrings import doc, joined, paragraphs, section, stopped, text, wrapped
from codegen.view import EnumView, Field, Model, Operation, Shape, Webhook
from codegen.wording import amount, span

# How the SDK names the documented failures. Only said here, raised by the hand-written half.
ERROR_NAMES = {
    "400": "BadRequestError",
    "401": "AuthenticationError",
    "403": "PermissionDeniedError",
    "404": "NotFoundError",
    "409": "ConflictError",
    "422": "UnprocessableEntityError",
    "429": "RateLimitError",
}


def summary_first(value: str) -> str:
    """A text with its first sentence as a paragraph of its own."""
    head, stop, tail = text(value).partition(". ")
    return f"{head}.\n\n{tail}" if stop else head


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
    if "min_pairs" in limits or "max_pairs" in limits:
        parts.append(amount(limits.get("min_pairs"), limits.get("max_pairs"), "pair"))
    if "max_key" in limits:
        parts.append(f"keys of {amount(None, limits['max_key'], 'character')}")
    if "max_value" in limits:
        parts.append(f"values of {amount(None, limits['max_value'], 'character')}")
    sentence = ", ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""


def field_sentence(field: Field, sent: bool = True) -> str:
    """All there is to say of a field or parameter; limits count only for what is sent."""
    parts = [text(field.description) or field.json_name]
    if sent:
        parts.append(limits_sentence(field.shape))
    if field.shape.kind == "timestamp":
        parts.append("An aware datetime, sent in UTC with milliseconds." if sent else "An aware datetime.")
    if isinstance(field.example, str) and field.shape.kind == "text":
        parts.append(f"For example `{field.example}`.")
    if field.deprecated:
        parts.append("Deprecated.")
    return " ".join(stopped(part) for part in parts if part)


def enum_docstring(enum: EnumView, indent: int) -> str:
    """The docstring of an enum."""
    ends = [
        f"`{value}`" + (f" (which {', '.join(f'`{each}`' for each in following)} may follow)" if following else "")
        for value, following in enum.terminal.items()
    ]
    sentence = stopped(text(enum.description) or enum.name)
    told = f"{sentence} Terminal values: {', '.join(ends)}." if ends else sentence
    told += " Deprecated." if enum.deprecated else ""
    more = "Values that the API adds later are kept unchanged; see `is_known`."
    return joined([wrapped(told, indent), wrapped(more, indent)], indent)


def model_sentence(model: Model) -> str:
    """What a model is."""
    limits = limits_sentence(model.alias) if model.alias else ""
    sentence = text(model.description) or model.name
    return summary_first(f"{stopped(sentence)} Deprecated. {limits}" if model.deprecated else f"{sentence} {limits}")


def model_docstring(model: Model, indent: int) -> str:
    """The docstring of a model: what it is, and its fields, of which Python keeps no other text at run time."""
    blocks = paragraphs(model_sentence(model), indent)
    lines = [f"{each.attribute}: {_field_summary(each, model)}" for each in model.fields]
    if model.sent and model.limits:
        size = amount(model.limits.get("min_fields"), model.limits.get("max_fields"), "field")
        blocks.append(wrapped(f"To be sent, it needs {size}.", indent))
    if model.answered:
        blocks.append(wrapped("Use `to_dict()` to convert it to JSON; `raw` is what the API answered.", indent))
        lines.append("raw: The JSON object as it was received.")
    return joined([*blocks, section("Attributes", lines, indent)], indent)


def _field_summary(field: Field, model: Model) -> str:
    """What a field is, in a sentence, and all that limits it; the attribute itself has the whole description."""
    parts = [(text(field.description) or field.json_name).partition(". ")[0]]
    if model.sent:
        parts += ["Required" if field.required and field.shape.kind != "const" else "", *_conditions(field, model)]
    if field.deprecated:
        parts.append("Deprecated")
    return " ".join(stopped(part) for part in parts if part)


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
        parts.append(f"Not earlier than `{model.attribute(field.after)}`")
    return parts


def method_docstring(operation: Operation, indent: int) -> str:
    """The docstring of an operation's method: what it does, takes, returns and raises, in Google's style."""
    blocks = _introduction(operation, indent)
    if lines := _arguments(operation):
        blocks.append(section("Args", lines, indent))
    if successes := _successes(operation):
        blocks.append(section("Returns", [successes], indent))
    return joined([*blocks, section("Raises", _errors(operation), indent)], indent)


def pages_docstring(operation: Operation, indent: int) -> str:
    """The docstring of the method that goes through an operation's pages."""
    told = (
        f"Takes the arguments of `{operation.name}`, except the page. Each page is fetched when you ask for it. An "
        "empty "
        "page, or one that repeats the page before, is the end; a short page is not."
    )
    blocks = [wrapped(pages_summary(operation), indent), wrapped(told, indent)]
    left_out = operation.paging.parameter.attribute if operation.paging else ""
    if lines := [line for line in _arguments(operation) if not line.startswith(f"{left_out}:")]:
        blocks.append(section("Args", lines, indent))
    blocks.append(section("Yields", [_successes(operation) or "A page."], indent))
    return joined([*blocks, section("Raises", _errors(operation), indent)], indent)


def pages_summary(operation: Operation) -> str:
    """What the method does that goes through an operation's pages."""
    return f"Go through all pages of `{operation.name}`."


def resources_docstring(view: View, how: str, indent: int) -> str:
    """The docstring of a whole API: its tags, and what there is under each."""
    lines: list[str] = []
    for tag in view.tags():
        lines += _lines(f"{tag}: {stopped(text(view.tag_description(tag)))}", indent + 4)
        for each in view.tag_operations(tag):
            told = [f"`{each.name}`: {stopped(text(each.summary))}"]
            told += [f"`{each.name}_pages`: {pages_summary(each)}"] if each.paging else []
            lines += [f"    {line}" for each_told in told for line in _lines(each_told, indent + 8)]
    head = wrapped(f"Every operation of the contract under its own name, {how}.", indent)
    return joined([head, "\n".join(["Attributes:", *(f"    {line}" for line in lines)])], indent)


def _lines(value: str, indent: int) -> list[str]:
    return wrapped(value, indent, "    ").split("\n")


def webhooks_docstring(webhooks: list[Webhook]) -> str:
    """What reads each payload, and what the contract says of them."""
    told = " ".join(f"`{each.name}`: {stopped(text(each.summary))}" for each in webhooks)
    return doc(f"What reads the JSON object of each payload that the service pushes.\n\n{told}".strip(" \n"), 0)


def regions_docstring(regions: Json) -> str:
    """Where the regions are."""
    told = " ".join(f"`{region}`: {stopped(text(server['description']))}" for region, server in regions.items())
    return doc(f"The address of each region; the first one is the default.\n\n{told}", 0)


def _introduction(operation: Operation, indent: int) -> list[str]:
    texts = [operation.summary, operation.description, *_remarks(operation)]
    return [block for each in texts for block in paragraphs(each, indent)]


def _successes(operation: Operation) -> str:
    """What the successes with a body say they return; a text that says nothing is left out."""
    return " ".join(stopped(text(each.description)) for each in operation.answers if each.success and each.shape).strip(
        " "
    )


def _remarks(operation: Operation) -> list[str]:
    remarks: list[str] = []
    if operation.deprecated:
        remarks.append("Deprecated.")
    if operation.undocumented:
        remarks.append("Not documented by the API's owner: it may change without notice.")
    if operation.sends:
        remarks.append("Retried automatically only if it was provably not processed.")
    elif not operation.repeatable:
        remarks.append("Not retried automatically after it may have been processed.")
    if operation.gone:
        remarks.append("If an answer is lost, the call is retried; a 404 to the retry means that it is done.")
    return remarks


def _arguments(operation: Operation) -> list[str]:
    lines = [f"{each.attribute}: {field_sentence(each)}" for each in operation.path_parameters]
    if operation.body:
        lines.append(f"body: What to send, a `{operation.body.name or operation.body.kind}`.")
    return lines + [
        f"{each.attribute}: {field_sentence(each)}" for each in operation.query_parameters + operation.header_parameters
    ]


def error_name(status: str, *, sends: bool) -> str:
    """The error that an answer with a status, or of a range, becomes."""
    if status.startswith("5"):
        return "OutcomeUnknownServerError" if sends else "ServerError"
    return ERROR_NAMES.get(status, "APIStatusError")


def _errors(operation: Operation) -> list[str]:
    lines = ["ValidationError: An argument is invalid; no request was made."]
    for answer in operation.answers:
        if not answer.success:
            name = error_name(answer.status, sends=operation.sends)
            lines.append(f"{name}: ({answer.status}) {text(answer.description)}".rstrip(" "))
    if not any(answer.status == "429" for answer in operation.answers):
        lines.append("RateLimitError: (429) Too many requests; this one was not processed.")
    if operation.sends:
        lines.append("NotSentError: The request provably never reached the API; it is safe to retry.")
        lines.append("OutcomeUnknownError: The request left, but no usable answer came: it may have been processed.")
    else:
        lines.append("TransportError: No answer came.")
        lines.append("InvalidResponseError: An answer came that makes no sense.")
    return lines
