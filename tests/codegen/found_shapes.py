"""Edits of the contract that generators of clients are known to get wrong, and the right result of each."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Edit = Callable[[Json], None]

TEXT: Json = {"type": "string"}
REF = "#/components/schemas/"


def replies(document: Json) -> Json:
    """An operation that reads."""
    found: Json = document["paths"]["/v1/replies"]["get"]
    return found


def schemas(document: Json) -> Json:
    """The schemas of a contract."""
    found: Json = document["components"]["schemas"]
    return found


def of(**properties: Json) -> Json:
    """A schema of an object."""
    return {"type": "object", "properties": properties}


def content(schema: Json, media: str = "application/json") -> Json:
    """The content of a body or answer."""
    return {"content": {media: {"schema": schema}}}


def add(document: Json, path: str, method: str = "get", **operation: Any) -> None:
    """Add an operation that answers nothing."""
    common = {"operationId": "added", "tags": ["Replies"], "responses": {"204": {"description": "Done."}}}
    document["paths"].setdefault(path, {})[method] = {**common, **operation}


def parameter(name: str, where: str = "query", schema: Json = TEXT, **more: Any) -> Json:
    """A parameter."""
    return {
        "name": name,
        "in": where,
        "schema": copy.deepcopy(schema),
        **({"required": True} if where == "path" else {}),
        **more,
    }


def _schemas(**added: Json) -> Edit:
    return lambda document: schemas(document).update(copy.deepcopy(added))


def _of_reply(**added: Json) -> Edit:
    return lambda document: schemas(document)["Reply"]["properties"].update(copy.deepcopy(added))


def _of_message(**added: Json) -> Edit:
    return lambda document: schemas(document)["Message"]["properties"].update(copy.deepcopy(added))


def _sent(schema: Json, **added: Json) -> Edit:
    def edit(document: Json) -> None:
        _schemas(**added)(document)
        add(document, "/v1/added", "post", requestBody={"required": True, **content(schema)})

    return edit


def _get(path: str = "/v1/added", **operation: Any) -> Edit:
    return lambda document: add(document, path, **copy.deepcopy(operation))


def _both(*edits: Edit) -> Edit:
    def edit(document: Json) -> None:
        for each in edits:
            each(document)

    return edit


def _loop(document: Json) -> None:
    schemas(document)["Reply"]["properties"]["parent"] = schemas(document)["Reply"]


NUMBER = {"type": "string", "x-sensitive": "number"}
A, AT_LEAST = of(a={"type": "string", "maxLength": 5}), of(a={"type": "string", "minLength": 2, "maxLength": 9})
ERROR = {"description": "Conflict.", **content(of(message=TEXT))}
PAGED = {
    "parameters": [parameter("page", schema={"type": "integer"})],
    "responses": {"200": {"description": "Ok.", **content({"type": "array", "items": {"$ref": f"{REF}Reply"}})}},
}

# What the contract can't mean, or the code can't hold: refused in its words, with its place.
REFUSED: dict[str, tuple[Any, ...]] = {
    "null in what is sent": (_sent({"$ref": f"{REF}Patch"}, Patch=of(nick={"type": ["string", "null"]})), "/components/schemas/Patch/properties/nick", "null"),
    "null that must be sent": (_sent({"$ref": f"{REF}Patch"}, Patch={**of(nick={"oneOf": [TEXT, {"type": "null"}]}), "required": ["nick"]}), "/components/schemas/Patch/properties/nick", "null"),
    "null in a list that is sent": (_sent({"$ref": f"{REF}Patch"}, Patch=of(nicks={"type": "array", "items": {"type": ["string", "null"]}})), "/components/schemas/Patch/properties/nicks/items", "null"),
    "null in a parameter": (_get(parameters=[parameter("q", schema={"type": ["string", "null"]})]), "/paths//v1/added/get/parameters/0", "null"),
    "private items by reference": (_schemas(PhoneNumber=NUMBER, Blocked=of(numbers={"type": "array", "items": {"$ref": f"{REF}PhoneNumber"}})), "/components/schemas/Blocked/properties/numbers/items", "x-sensitive"),
    "private values of a map by reference": (_schemas(PhoneNumber=NUMBER, Blocked=of(numbers={"type": "object", "additionalProperties": {"$ref": f"{REF}PhoneNumber"}})), "/components/schemas/Blocked/properties/numbers/additionalProperties", "x-sensitive"),
    "private items of an allOf": (_schemas(Blocked={"allOf": [of(numbers={"type": "array", "items": TEXT}), of(numbers={"type": "array", "items": NUMBER})]}), "/components/schemas/Blocked/properties/numbers/items", "x-sensitive"),
    "required beside an allOf that has it not": (_schemas(A=A, B={"allOf": [{"$ref": f"{REF}A"}, of(b=TEXT)], "required": ["bb"]}), "/components/schemas/B", "'bb'"),
    "limits that leave nothing": (_schemas(B={"allOf": [of(a={"type": "string", "minLength": 9}), A]}), "/components/schemas/B", "minLength 9 is more than maxLength 5"),
    "two patterns": (_schemas(B={"allOf": [of(a={"type": "string", "pattern": "^a"}), of(a={"type": "string", "pattern": "b$"})]}), "/components/schemas/B/properties/a", "'pattern' is said twice"),
    "an allOf of itself": (_schemas(B={"allOf": [{"$ref": f"{REF}B"}, of(a=TEXT)]}), "/components/schemas/B", "back to itself"),
    "a query in a path": (_get("/v1/orders?beta=true"), "/paths//v1/orders?beta=true", "query"),
    "a fragment in a path": (_get("/v1/orders#new"), "/paths//v1/orders#new"),
    "more properties than there are, in what is sent": (lambda d: schemas(d)["Message"].update(additionalProperties=True), "/components/schemas/Message", "additionalProperties"),
    "names of properties, in what is sent": (lambda d: schemas(d)["Message"].update(propertyNames={"maxLength": 3}), "/components/schemas/Message", "propertyNames"),
    "classes that differ in case": (_schemas(SMSReply=of(a=TEXT), SmsReply=of(a=TEXT)), "/components/schemas/SMSReply", "/components/schemas/SmsReply"),
    "an enum without a name that takes that of a component": (_both(_schemas(ReplyKind={**TEXT, "enum": ["c"]}), _of_reply(kind={**TEXT, "enum": ["a"]})), "/components/schemas/ReplyKind", "/components/schemas/Reply/properties/kind"),
    "a class that takes the name of keywords": (_schemas(MessageFields=of(a=TEXT)), "MessageFields", "/components/schemas/Message"),
    "a class that takes the name of a resource": (_schemas(RepliesApi=of(a=TEXT)), "RepliesApi", "the tag Replies"),
    "properties that become one through an allOf": (_schemas(B={"allOf": [of(fooBar=TEXT), of(foo_bar=TEXT)]}), "/components/schemas/B/properties/fooBar", "/components/schemas/B/properties/foo_bar"),
    "parameters that become one": (_get(parameters=[parameter("a-b"), parameter("a_b")]), "'a-b'", "'a_b'"),
    "a name of nothing but signs": (_of_reply(**{"$$": TEXT}), "/components/schemas/Reply/properties/$$", "no letter or digit"),
    "an operation of nothing but signs": (_get(operationId="//"), "/paths//v1/added/get", "no letter or digit"),
    "two signs for values": (_of_reply(sort={**TEXT, "enum": ["+", "-"]}), "/components/schemas/Reply/properties/sort", "x-enum-varnames"),
    "values that become one": (_of_reply(sort={**TEXT, "enum": ["created", "-created"]}), "'created' and '-created'", "x-enum-varnames"),
    "limits of a list on a text": (_of_message(subject={**TEXT, "minItems": 1}), "/components/schemas/Message/properties/subject", "'minItems' means nothing for a text"),
    "limits of a number on a list": (_of_message(media={"type": "array", "items": TEXT, "minimum": 3}), "/components/schemas/Message/properties/media", "'minimum' means nothing for an array"),
    "limits of a text on a moment": (_of_message(at={**TEXT, "format": "date-time", "maxLength": 5}), "/components/schemas/Message/properties/at", "'maxLength' means nothing for a moment"),
    "limits of what has no type": (_of_message(any={"maxLength": 5}), "/components/schemas/Message/properties/any", "name the type"),
    "a limit between two whole numbers": (_of_message(count={"type": "integer", "minimum": 0.5}), "/components/schemas/Message/properties/count", "whole number"),
    "a 204 with content": (_get(responses={"204": {"description": "None.", **content(of(a=TEXT))}}), "/paths//v1/added/get/responses/204", "no content"),
    "a success as text": (_get(responses={"200": {"description": "Ok.", **content(TEXT, "text/plain")}}), "/paths//v1/added/get/responses/200", "leave it out"),
    "an array without items": (_of_reply(tags={"type": "array"}), "/components/schemas/Reply/properties/tags", "items"),
    "a list that holds itself": (_schemas(Nest={"type": "array", "items": {"$ref": f"{REF}Nest"}}), "/components/schemas/Nest", "holds itself"),
    "a list in a header": (_get(parameters=[parameter("h", "header", {"type": "array", "items": TEXT})]), "/paths//v1/added/get/parameters/0", "header"),
    "an anchor that holds its own alias": (_loop, "/components/schemas/Reply/properties/parent", "holds itself"),
    "half of a surrogate pair": (lambda d: replies(d).update(description="\ud800"), "/paths//v1/replies/get/description", "surrogate"),
    "other credentials": (_get(security=[{"basicAuth": []}]), "/paths//v1/added/get", "security"),
    "pages from two": (_get(**{**PAGED, "x-paged": {"parameter": "page", "first": 2, "items": ""}}), "/paths//v1/added/get/x-paged", "'first'"),
    "pages of no parameter": (_get(**{**PAGED, "x-paged": {"parameter": "pagee", "first": 0, "items": ""}}), "/paths//v1/added/get/x-paged", "'pagee'"),
    "pages of no list": (_get(**{**PAGED, "x-paged": {"parameter": "page", "first": 0, "items": "/data"}}), "/paths//v1/added/get/x-paged", "'items'"),
    "pages in words of their own": (_get(**{**PAGED, "x-paged": {"parametre": "page", "first": 0, "items": ""}}), "/paths//v1/added/get/x-paged", "did you mean 'parameter'?"),
    "pages by nothing": (_get(**{**PAGED, "x-paged": {"items": ""}}), "/paths//v1/added/get/x-paged", "'token' and 'next'"),
    "gone where nothing is deleted": (_get(**{"x-gone": True}), "/paths//v1/added/get", "x-gone"),
    "no description of an operation": (lambda d: replies(d).pop("description"), "/paths//v1/replies/get: needs a description"),
    "no description of a property": (lambda d: schemas(d)["Reply"]["properties"]["content"].pop("description"), "/components/schemas/Reply/properties/content: needs a description"),
    "no description of items": (lambda d: schemas(d)["Message"]["properties"]["media"]["items"].pop("description"), "/components/schemas/Message/properties/media/items: needs a description"),
    "no description of a parameter": (lambda d: [d["components"]["parameters"]["Account"].pop("description"), d["components"]["parameters"]["Account"]["schema"].pop("description")], "the parameter Account: needs a description"),
    "a summary in small letters": (lambda d: replies(d).update(summary="fetch them."), "/paths//v1/replies/get", "capital letter"),
}  # fmt: skip

# What is neither misspelt nor carried: a hint at another keyword would mislead.
WITHOUT_A_HINT = ("uniqueItems", "patternProperties", "unevaluatedProperties", "prefixItems", "multipleOf", "contains")

# What an honest contract may say: carried, and right.
CARRIED: dict[str, Edit] = {
    "errors without a name": lambda d: replies(d)["responses"].update({"409": ERROR, "4XX": {"description": "Else."}}),
    "errors of other types": lambda d: replies(d)["responses"].update({"503": {"description": "Down.", **content(TEXT, "application/xml")}, "409": {"description": "Taken.", **content(of(a=of(b=TEXT)), "application/problem+json")}}),
    "shared errors without a name": lambda d: d["components"]["responses"]["NotFound"].update(content({"type": "array", "items": of(a=TEXT)})),
    "an array of an enum that nothing uses": _schemas(Spare={"type": "array", "items": {**TEXT, "enum": ["MMS", "SMS"]}}),
    "an array of objects that nothing uses": _schemas(Spare={"type": "array", "items": of(a=TEXT)}),
    "an object or null that nothing uses": _schemas(Spare={"oneOf": [of(a=TEXT), {"type": "null"}]}),
    "components that differ in case, of which one is a class": _schemas(Format={**TEXT, "enum": ["MMS"]}, format={"type": "array", "items": {"$ref": f"{REF}Format"}}),
    "properties named as keywords": _of_reply(allOf=TEXT, enum=TEXT, properties=TEXT, items=TEXT, required=TEXT, **{"$ref": TEXT, "type": TEXT}),
    "a title": _both(_of_reply(box={"title": "Some Box", **of(a=TEXT)}), lambda d: schemas(d)["Reply"].update(title="Something else")),
    "the security of the document": lambda d: replies(d).update(security=copy.deepcopy(d["security"])),
    "JSON with a charset": lambda d: replies(d)["responses"].update({"200": {"description": "Ok.", **content({"$ref": f"{REF}CheckRepliesResponse"}, "application/json;charset=UTF-8")}}),
    "JSON as anything": lambda d: replies(d)["responses"].update({"200": {"description": "Ok.", **content({"$ref": f"{REF}CheckRepliesResponse"}, "*/*")}}),
    "headers of a webhook": lambda d: d["webhooks"]["reply"]["post"].update(parameters=[parameter("X-Signature", "header")]),
    "the body of a webhook by reference": lambda d: [d["components"].update(requestBodies={"Pushed": d["webhooks"]["reply"]["post"]["requestBody"]}), d["webhooks"]["reply"]["post"].update(requestBody={"$ref": "#/components/requestBodies/Pushed"})],
    "an object without a name in a webhook": lambda d: d["webhooks"]["reply"]["post"].update(requestBody=content(of(a=TEXT))),
    "a summary with the spelling of a name": lambda d: replies(d).update(summary="iOS things."),
    "a moment in a header": _get(parameters=[parameter("X-Since", "header", {**TEXT, "format": "date-time"})]),
    "private items in what is private": _schemas(PhoneNumber=NUMBER, Blocked=of(numbers={"type": "array", "x-sensitive": "number", "items": {"$ref": f"{REF}PhoneNumber"}})),
    "a map of objects and a map of lists": _of_reply(parts={"type": "object", "additionalProperties": of(a=TEXT)}, lists={"type": "object", "additionalProperties": {"type": "array", "items": {"type": "integer"}}}),
    "an example with a reference in it": lambda d: schemas(d)["Reply"].update(examples=[{"$ref": "nothing"}]),
    "the security of the document in another order": lambda d: replies(d).update(security=list(reversed(copy.deepcopy(d["security"])))),
    "a const among the values of an enum": _of_reply(kind={"enum": ["a", "b"], "const": "a"}),
    "an escaped backslash in a pattern": _of_reply(p={**TEXT, "pattern": r"^\\\\d$"}),
    "an alias of a schema": _both(_schemas(Other={"$ref": f"{REF}Reply"}), _of_reply(other={"$ref": f"{REF}Other"})),
}  # fmt: skip
