"""What is written instead of a piece of code, and how the piece itself is shown."""

from __future__ import annotations

import ast
import copy

from messagemedia.migration.names import CLASSES_BY_NAME, OldClass, Operation

_LONGEST = 100
_LONG_NUMBER = 6  # digits from which a number may be a phone number


class _Masked(ast.NodeTransformer):
    """Leaves texts out: any of them may be a key, a message or a number."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """Mask a constant."""
        long = isinstance(node.value, int | float) and len(str(node.value)) >= _LONG_NUMBER
        return ast.Name("…") if long or isinstance(node.value, str | bytes) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        """Mask a text with values in it."""
        del node
        return ast.Name("…")


def shown(node: ast.AST) -> str:
    """A piece of code in one line, with its texts left out."""
    if isinstance(node, ast.ExceptHandler):
        caught = f" {shown(node.type)}" if node.type else ""
        return f"except{caught}" + (f" as {node.name}" if node.name else "")
    text = ast.unparse(_Masked().visit(copy.deepcopy(node))).partition("\n")[0]
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def of_import(classes: list[OldClass]) -> str:
    """What replaces an import of some names."""
    new = sorted({name for each in classes for name in each.new})
    return f"from messagemedia import {', '.join(new)}" if new else "nothing: remove it"


def of_operation(operation: Operation, receiver: str, *, account: bool, awaited: bool) -> str:
    """What replaces a call that makes a request.

    Args:
        operation: The call.
        receiver: The client, as the program calls it.
        account: Whether it is made for a sub-account.
        awaited: Whether it stands in a coroutine.
    """
    client = f"{receiver}.with_options(account=…)" if account else receiver
    wait = "await " if awaited else ""
    text = f"{wait}{client}.{operation.short}"
    if operation.sends:
        return f"{text} for one message, {wait}{client}.api.{operation.api} for up to 100 in one request"
    return f"{text}, or {wait}{client}.api.{operation.api}"


def receiver_of(function: ast.expr) -> str:
    """What a program calls its client, if that can be seen where a method of it is called."""
    inner = function.value if isinstance(function, ast.Attribute) else function
    if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name | ast.Attribute):
        return ast.unparse(inner.value)
    return "client"


def of_client(arguments: list[ast.expr], keywords: dict[str | None, ast.expr]) -> str:
    """What replaces making a client."""
    flag = arguments[2] if len(arguments) > 2 else None
    flag = keywords.get("use_hmac_authentication", keywords.get("use_hmac_autentication", flag))
    basic, hmac = "Client(api_key, api_secret)", "Client(auth=HmacAuth(api_key, api_secret))"
    if flag is None or (isinstance(flag, ast.Constant) and not flag.value):
        return basic
    return hmac if isinstance(flag, ast.Constant) else f"{basic}, or with HMAC {hmac}"


def of_model(name: str, keywords: dict[str | None, ast.expr]) -> str:
    """What replaces making a model."""
    new = CLASSES_BY_NAME[name].write
    if new == "Message":
        given = [each for each in keywords if each and each not in ("content", "destination_number")]
        more = "".join(f", {each}=…" for each in given if each not in ("message_id", "status"))
        return f"Message(content=…, destination_number=…{more}), by keywords only"
    if new == "SendMessagesRequest":
        return "SendMessagesRequest(messages=[Message(…), …]), or client.messages.send(…) for one message"
    if new.startswith("Confirm"):
        ids, resource = ("reply_ids", "replies") if "Replies" in new else ("delivery_report_ids", "delivery_reports")
        return f"client.{resource}.confirm([…]), or {new}({ids}=[…])"
    if new.startswith("Cancel"):
        return "client.messages.cancel(message_id), or CancelScheduledMessageRequest()"
    return f"{new}.from_dict(…)"


def of_field(model: str, name: str) -> str:
    """What replaces an assignment to a field of a request."""
    new = CLASSES_BY_NAME[model].write
    if new == "Message" and name in ("message_id", "status"):
        return "nothing: only answers have it"
    if new == "Message":
        needed = name in ("content", "destination_number")
        return f"Message(…, {name}=…)" + (", which it can't be made without" if needed else "")
    if new.startswith("Cancel"):
        return "nothing: `cancelled` is what it says by itself"
    if new == "SendMessagesRequest":
        return "messages = […], a list of your own, and then SendMessagesRequest(messages=messages)"
    return f"{new}({name}=[…])"
