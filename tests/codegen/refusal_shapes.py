"""Contracts that is not supported into code: how each differs from the small one, and what its refusal must name."""

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Change = Callable[[Json], Any]

GET, POST, THING, NEW = (
    "/paths//things/get",
    "/paths//things/post",
    "/components/schemas/Thing",
    "/components/schemas/NewThing",
)
TEXT = {"type": "string", "description": "T."}


def get(document: Json) -> Json:
    """The operation that reads."""
    return document["paths"]["/things"]["get"]


def post(document: Json) -> Json:
    """The operation that writes."""
    return document["paths"]["/things"]["post"]


def thing(document: Json) -> Json:
    """The schema that is answered."""
    return document["components"]["schemas"]["Thing"]


def new(document: Json) -> Json:
    """The schema that is sent."""
    return document["components"]["schemas"]["NewThing"]


def _set(where: Callable[[Json], Json], **values: Any) -> Change:
    return lambda document: where(document).update(values)


def _property(**schema: Any) -> Change:
    return lambda document: thing(document)["properties"].update(p={"description": "P.", **schema})


def _sent_property(**schema: Any) -> Change:
    return lambda document: new(document)["properties"].update(p={"description": "P.", **schema})


def _parameter(**parameter: Any) -> Change:
    return lambda document: get(document).update(parameters=[{"name": "p", "in": "query", "schema": TEXT, **parameter}])


def _schema(name: str, **schema: Any) -> Change:
    return lambda document: document["components"]["schemas"].update({name: {"description": "S.", **schema}})


def _answer(**media: Any) -> Change:
    return lambda document: get(document)["responses"]["200"].update(content=media)


def _body(**media: Any) -> Change:
    return lambda document: post(document)["requestBody"].update(content=media)


def _settled(value: Any) -> Change:
    def change(document: Json) -> None:
        post(document)["x-repeatable"] = True
        post(document)["x-settled-by"] = value

    return change


def _top(**values: Any) -> Change:
    return lambda document: document.update(values)


def _referred(kind: str, where: Callable[[Json], Json], key: str, **target: Any) -> Change:
    def change(document: Json) -> None:
        document["components"][kind] = {"Shared": target}
        where(document)[key] = {"$ref": f"#/components/{kind}/Shared"}

    return change


MEDIA = {"schema": TEXT}
SERVER = {"url": "https://b.example", "description": "B."}
ENUM = {"type": "string", "description": "E."}

SHAPES: dict[str, tuple[Any, ...]] = {
    # --- operations ---
    "operationIds equal after snake case": (lambda d: post(d).update(operationId="list_things"), POST, "list_things", GET),
    "no operationId": (lambda d: get(d).pop("operationId"), GET, "operationId"),
    "no summary": (lambda d: get(d).pop("summary"), GET, "summary"),
    "no tag": (_set(get, tags=[]), GET, "tag"),
    "two tags": (_set(get, tags=["Things", "Others"]), GET, "tag"),
    "the same tag twice": (_set(get, tags=["Things", "Things"]), GET, "tag"),
    "tags that become one attribute": (lambda d: (d.update(tags=[{"name": n, "description": n} for n in ("Big Things", "BigThings")]), get(d).update(tags=["Big Things"]), post(d).update(tags=["BigThings"])), "BigThings"),
    "callbacks": (_set(get, callbacks={"done": {}}), GET, "callbacks"),
    "security that differs": (_set(get, security=[]), GET, "security"),
    "servers of an operation": (_set(get, servers=[SERVER]), GET, "servers"),
    "a misspelt extension": (_set(get, **{"x-repeatible": True}), GET, "x-repeatible"),
    "an extension that is no boolean": (_set(get, **{"x-repeatable": "yes"}), GET, "x-repeatable"),
    "a sending that is no boolean": (_set(get, **{"x-sends-messages": "no"}), GET, "x-sends-messages"),
    "no responses": (_set(get, responses={}), f"{GET}/responses"),
    "no success": (_set(get, responses={"400": {"description": "Bad."}}), f"{GET}/responses"),
    "a trace operation": (lambda d: d["paths"]["/things"].update(trace=get(d)), "/paths//things", "trace"),
    "a path item by reference": (lambda d: d["paths"].update({"/x": {"$ref": "#/components/pathItems/X"}}), "/paths//x", "$ref"),
    "path items among the components": (lambda d: d["components"].update(pathItems={}), "/components", "pathItems"),
    # --- parameters ---
    "a parameter with content": (lambda d: get(d).update(parameters=[{"name": "p", "in": "query", "content": {"application/json": MEDIA}}]), f"{GET}/parameters/0", "content"),
    "a cookie parameter": (_parameter(**{"in": "cookie"}), f"{GET}/parameters/0", "cookie"),
    "a deep object": (_parameter(style="deepObject"), f"{GET}/parameters/0", "deepObject"),
    "reserved characters": (_parameter(allowReserved=True), f"{GET}/parameters/0", "allowReserved"),
    "a model as parameter": (_parameter(schema={"$ref": "#/components/schemas/Thing"}), "p ", "query"),
    "a list in a header": (_parameter(**{"in": "header"}, schema={"type": "array", "items": TEXT}), "/things", "header"),
    "a list of lists in the query": (_parameter(schema={"type": "array", "items": {"type": "array", "items": TEXT}}), "p ", "query"),
    "a body parameter beside a body": (lambda d: post(d).update(parameters=[{"name": "body", "in": "query", "schema": TEXT}]), POST, "'body'"),
    "parameters that become one argument": (lambda d: get(d).update(parameters=[{"name": n, "in": "query", "schema": TEXT} for n in ("fooBar", "foo_bar")]), "foo"),
    "a path without its parameter": (lambda d: d["paths"].update({"/things/{id}": {"get": {**get(d), "operationId": "getThing"}}}), "/things/{id}"),
    "a path parameter that the path lacks": (_parameter(**{"in": "path"}, required=True), "/things", "p"),
    "a path parameter that is not required": (lambda d: d["paths"].update({"/things/{p}": {"get": {**get(d), "operationId": "getThing", "parameters": [{"name": "p", "in": "path", "schema": TEXT}]}}}), "/things/{p}", "p"),
    "a header that the client makes itself": (_parameter(**{"in": "header"}, name="Authorization"), f"{GET}/parameters/0", "Authorization"),
    # --- bodies and answers ---
    "a body of two types": (_body(**{"application/json": MEDIA, "application/xml": MEDIA}), f"{POST}/requestBody", "application/json"),
    "a body of another type": (_body(**{"multipart/form-data": MEDIA}), f"{POST}/requestBody", "application/json"),
    "a body with an encoding": (_body(**{"application/json": {**MEDIA, "encoding": {}}}), f"{POST}/requestBody", "encoding"),
    "a success as plain text": (_answer(**{"text/plain": MEDIA}), f"{GET}/responses/200", "application/json"),
    "a success of two types": (_answer(**{"text/csv": MEDIA, "application/json": MEDIA}), f"{GET}/responses/200", "application/json"),
    "a success that is a bare text": (_answer(**{"application/json": MEDIA}), "listThings", "answer"),
    "a success as plain text by reference": (_referred("responses", lambda d: get(d)["responses"], "200", description="Ok.", content={"text/plain": MEDIA}), f"{GET}/responses/200"),
    "a success without a schema": (_answer(**{"application/json": {}}), f"{GET}/responses/200", "schema"),
    "a status in lower case": (lambda d: get(d)["responses"].update({"5xx": {"description": "No."}}), "/things", "5xx"),
    "a success in lower case": (lambda d: get(d).update(responses={"2xx": get(d)["responses"]["200"]}), "/things", "2xx"),
    # --- references ---
    "a missing schema": (_property(**{"$ref": "#/components/schemas/Missing"}), "Missing"),
    "a missing schema of an answer": (_answer(**{"application/json": {"schema": {"$ref": "#/components/schemas/Missing"}}}), "Missing"),
    "a missing parameter": (lambda d: get(d).update(parameters=[{"$ref": "#/components/parameters/Missing"}]), "Missing"),
    "a missing response": (lambda d: get(d)["responses"].update({"404": {"$ref": "#/components/responses/Missing"}}), "Missing"),
    "a missing body": (_set(post, requestBody={"$ref": "#/components/requestBodies/Missing"}), "Missing"),
    "a reference to another file": (_property(**{"$ref": "other.yaml#/Thing"}), f"{THING}/properties/p", "other.yaml"),
    "a reference to another host": (_property(**{"$ref": "https://example.com/x.json"}), f"{THING}/properties/p", "https://example.com"),
    "a reference into another schema": (_property(**{"$ref": "#/components/schemas/Thing/properties/id"}), "/components/schemas/Thing/properties/id"),
    "a schema that is only itself": (_schema("Loop", **{"$ref": "#/components/schemas/Loop"}), "Loop"),
    "definitions inside a schema": (_set(thing, **{"$defs": {"X": TEXT}}), THING, "$defs"),
    # --- schemas ---
    "a misspelt keyword": (_set(thing, propertys={}), THING, "propertys"),
    "a misspelt extension of a schema": (_property(**ENUM, **{"x-sensitiv": "text"}), f"{THING}/properties/p", "x-sensitiv"),
    "a nonsense sensitivity": (_property(type="string", **{"x-sensitive": "secret"}), f"{THING}/properties/p", "x-sensitive"),
    "a limit that is not checked": (_property(type="integer", multipleOf=5), f"{THING}/properties/p", "multipleOf"),
    "an exclusive limit": (_property(type="integer", exclusiveMinimum=5), f"{THING}/properties/p", "exclusiveMinimum"),
    "a pattern that is none": (_sent_property(type="string", pattern="("), "p", "pattern"),
    "a required property that is not there": (_set(thing, required=["idd"]), THING, "idd"),
    "a dependent property that is not there": (_set(new, dependentRequired={"id": ["idd"]}), "idd"),
    "a dependency of a property that is not there": (_set(new, dependentRequired={"idd": ["id"]}), "idd"),
    "a dependency that is no const": (_set(thing, dependentSchemas={"id": {"required": ["id"]}}), f"{THING}/dependentSchemas/id"),
    "a discriminator": (_set(thing, discriminator={"propertyName": "id"}), THING, "discriminator"),
    "one of two kinds": (_property(oneOf=[TEXT, {"type": "integer"}]), f"{THING}/properties/p", "oneOf"),
    "any of two kinds": (_property(anyOf=[TEXT, {"type": "integer"}]), f"{THING}/properties/p", "anyOf"),
    "two types": (_property(type=["string", "integer"]), "p", "several kinds"),
    "an allOf whose parts contradict": (_schema("Both", allOf=[{"type": "object", "properties": {"a": TEXT}}, {"type": "object", "properties": {"a": {"type": "integer"}}}]), "Both"),
    "a map of lists that is sent": (_sent_property(type="object", additionalProperties={"type": "array", "items": TEXT}), "list"),
    "properties beside a map": (_set(new, additionalProperties={"type": "integer"}), NEW, "additionalProperties"),
    "a property that is just true": (lambda d: thing(d)["properties"].update(p=True), f"{THING}/properties/p"),
    "a list of anything without items": (_sent_property(type="array"), "p"),
    "properties that become one attribute": (_set(thing, properties={"fooBar": TEXT, "foo_bar": TEXT}), "Thing"),
    "schemas that become one class": (_schema("thing", type="object", properties={"other": TEXT}), "thing"),
    "a name that ends the text around it": (lambda d: new(d)["properties"].update({'a"b{c}': TEXT}), NEW, 'a"b{c}'),
    # --- enums ---
    "enum values that differ in separators": (_property(**ENUM, enum=["a_b", "a-b"]), f"{THING}/properties/p", "a-b"),
    "enum values that differ in case": (_property(**ENUM, enum=["sent", "SENT"]), f"{THING}/properties/p", "SENT"),
    "enum values without letters": (_property(**ENUM, enum=["+", "-"]), f"{THING}/properties/p"),
    "an enum of numbers": (_property(type="integer", enum=[1, 2]), f"{THING}/properties/p", "strings"),
    "an enum of everything": (_property(enum=[True, "maybe"]), f"{THING}/properties/p", "strings"),
    "an enum with null": (_property(type=["string", "null"], enum=["a", None]), f"{THING}/properties/p", "strings"),
    "an empty enum": (_property(**ENUM, enum=[]), f"{THING}/properties/p", "enum"),
    "an enum that names a value twice": (_property(**ENUM, enum=["a", "a"]), f"{THING}/properties/p", "'a'"),
    "too few names for an enum": (_schema("Kind", type="string", enum=["a", "b"], **{"x-enum-varnames": ["ONE"]}), "/components/schemas/Kind", "x-enum-varnames"),
    "the same name for two values": (_schema("Kind", type="string", enum=["a", "b"], **{"x-enum-varnames": ["ONE", "ONE"]}), "/components/schemas/Kind"),
    "terminal values of no enum": (_property(type="string", **{"x-terminal": {"a": []}}), f"{THING}/properties/p", "x-terminal", "enum"),
    "terminal values beside a reference to the enum": (lambda d: (d["components"]["schemas"].update(Kind={**ENUM, "enum": ["a"]}), thing(d)["properties"].update(p={"$ref": "#/components/schemas/Kind", "x-terminal": {"a": []}})), f"{THING}/properties/p", "x-terminal"),
    "a terminal value that the enum lacks": (_schema("Kind", type="string", enum=["a", "b"], **{"x-terminal": {"b": [], "c": []}}), "/components/schemas/Kind", "x-terminal names 'c'"),
    "a terminal value followed by one that is not": (_schema("Kind", type="string", enum=["a", "b"], **{"x-terminal": {"b": ["a"]}}), "/components/schemas/Kind", "'a' follow"),
    "a terminal value followed by an unknown one": (_schema("Kind", type="string", enum=["a", "b"], **{"x-terminal": {"b": ["c"]}}), "/components/schemas/Kind", "'c' follow"),
    "a terminal value followed by an object": (_schema("Kind", type="string", enum=["a", "b"], **{"x-terminal": {"b": [{}]}}), "/components/schemas/Kind", "{} follow"),
    "terminal values as a list": (_property(**ENUM, enum=["a", "b"], **{"x-terminal": ["b"]}), f"{THING}/properties/p", "x-terminal must give"),
    "a terminal value without its list": (_property(**ENUM, enum=["a", "b"], **{"x-terminal": {"b": None}}), f"{THING}/properties/p", "x-terminal must give"),
    "no terminal values": (_property(**ENUM, enum=["a", "b"], **{"x-terminal": {}}), f"{THING}/properties/p", "x-terminal must give"),
    "a misspelt extension of an enum": (_property(**ENUM, enum=["a"], **{"x-terminals": {"a": []}}), f"{THING}/properties/p", "x-terminals"),
    "a const that is a number": (_sent_property(type="integer", const=5), "p", "const"),
    # --- the rest of the document ---
    "version 3.2": (_top(openapi="3.2.0"), "openapi", "3.2.0"),
    "no version": (lambda d: d.pop("openapi"), "openapi"),
    "no info": (lambda d: d.pop("info"), "info"),
    "no paths": (lambda d: d.pop("paths"), "paths"),
    "an unknown key": (_top(jsonSchemaDialect="x"), "/: document with 'jsonSchemaDialect'"),
    "an unknown extension": (_top(**{"x-thing": 1}), "x-thing"),
    "a server without a region": (_top(servers=[SERVER]), "/servers/0", "x-region"),
    "a server with variables": (_top(servers=[{**SERVER, "x-region": "b", "variables": {}}]), "/servers/0", "variables"),
    "a region twice": (lambda d: d["servers"].append({**SERVER, "x-region": "a"}), "server"),
    "no server": (_top(servers=[]), "/servers"),
    "a server without a description": (_top(servers=[{"url": "https://b.example", "x-region": "b"}]), "/servers/0", "description"),
    "security by a token": (lambda d: d["components"]["securitySchemes"].update(basicAuth={"type": "http", "scheme": "bearer"}), "/components/securitySchemes/basicAuth"),
    "no security": (_top(security=[]), "/security"),
    "security by two schemes at once": (lambda d: (d["components"]["securitySchemes"].update(h={"type": "http", "scheme": "hmac"}), d.update(security=[{"basicAuth": [], "h": []}])), "/security"),
    "an unknown key of a tag": (lambda d: d["tags"][0].update(title="T"), "/tags/Things", "title"),
    "a webhook without an object": (lambda d: d["webhooks"]["thing"]["post"].update(requestBody={"content": {"application/json": MEDIA}}), "/webhooks/thing", "object with properties"),
    "a webhook that is no POST": (lambda d: d["webhooks"].update(thing={"put": d["webhooks"]["thing"]["post"]}), "/webhooks/thing", "POST"),
    "a webhook for a text": (lambda d: (d["components"]["schemas"].update(T=TEXT), d["webhooks"]["thing"]["post"]["requestBody"].update(content={"application/json": {"schema": {"$ref": "#/components/schemas/T"}}})), "webhook thing", "string"),
    "a webhook without a body": (lambda d: d["webhooks"]["thing"]["post"].pop("requestBody"), "/webhooks/thing"),
    # --- what would lose money, privacy or meaning ---
    "a sending that may be repeated": (_set(get, **{"x-sends-messages": True, "x-repeatable": True}), GET, "x-repeatable"),
    "a server with a slash at its end": (_top(servers=[{**SERVER, "url": "https://b.example/", "x-region": "b"}]), "/servers/0", "slash"),
    "a server without an address": (_top(servers=[{**SERVER, "url": "/", "x-region": "b"}]), "/servers/0", "url"),
    "a moment after no other": (_property(type="string", format="date-time", **{"x-after": "q"}), f"{THING}/properties/p", "x-after"),
    "a text after a moment": (_property(type="string", **{"x-after": "p"}), f"{THING}/properties/p", "x-after"),
    "an order of items": (_property(type="array", items={**TEXT, "x-after": "id"}), f"{THING}/properties/p/items", "x-after"),
    "an order of a parameter": (_parameter(schema={**TEXT, "x-after": "id"}), f"{GET}/parameters/0", "x-after"),
    "no phone number": (_property(type="string", **{"x-e164": False}), f"{THING}/properties/p", "x-e164"),
    "a phone number that is none": (_property(type="integer", **{"x-e164": True}), f"{THING}/properties/p", "x-e164"),
    "phone numbers of a map": (_property(type="object", additionalProperties={**TEXT, "x-e164": True}), f"{THING}/properties/p/additionalProperties", "x-e164"),
    "privacy of items": (_property(type="array", items={**TEXT, "x-sensitive": "number"}), f"{THING}/properties/p/items", "x-sensitive"),
    "privacy of a parameter": (_parameter(schema={**TEXT, "x-sensitive": "text"}), f"{GET}/parameters/0", "x-sensitive"),
    "a pattern of the values of a map": (_property(type="object", additionalProperties={**TEXT, "pattern": "a"}), f"{THING}/properties/p/additionalProperties", "pattern"),
    "a pattern of the keys of a map": (_property(type="object", propertyNames={"pattern": "a"}), f"{THING}/properties/p/propertyNames", "pattern"),
    "an unknown format": (_property(type="string", format="datetime"), f"{THING}/properties/p", "datetime"),
    "digits that are not only ASCII": (_sent_property(type="string", pattern="^\\d+$"), f"{NEW}/properties/p", "pattern"),
    "an end within a pattern": (_sent_property(type="string", pattern="^a$|^b$"), f"{NEW}/properties/p", "pattern"),
    # --- settlements ---
    "settled by an unknown operation": (_settled({"operationId": "nothing", "property": "id", "equals": "x"}), "addThing", "x-settled-by"),
    "settled by itself": (_settled({"operationId": "addThing", "property": "id", "equals": "x"}), "addThing", "x-settled-by"),
    "settled by a property that is not there": (_settled({"operationId": "listThings", "property": "state", "equals": "x"}), "addThing", "x-settled-by", "state"),
    "settled by less than it takes": (_settled({"operationId": "listThings"}), "addThing", "x-settled-by"),
    "settled by a text": (_settled("listThings"), "addThing", "x-settled-by"),
    # --- YAML that parses, and is of the wrong kind ---
    "paths that are a list": (_top(paths=[]), "paths"),
    "paths that are empty": (_top(paths=None), "paths"),
    "properties that are empty": (_set(thing, properties=None), f"{THING}"),
    "an operation that is a text": (lambda d: d["paths"]["/things"].update(get="listThings"), GET),
    "tags that are a text": (_set(get, tags="T"), "/things", "get", "tag"),
    "a schema that is a list": (lambda d: d["components"]["schemas"].update(Thing=[]), THING),
    "a type that is none": (_property(type="int"), f"{THING}/properties/p/type", "integer"),
    "several types of which one is none": (_property(type=["str", "null"]), f"{THING}/properties/p/type", "string"),
    "a component with a blank in its name": (_schema("My Thing", type="object", properties={"a": TEXT}), "/components/schemas/My Thing", "ASCII"),
    # --- references to the wrong kind of component ---
    "an answer that is a schema": (lambda d: get(d)["responses"].update({"200": {"$ref": "#/components/schemas/Thing"}}), f"{GET}/responses/200", "#/components/responses/…"),
    "an error that is a schema": (lambda d: get(d)["responses"].update({"404": {"$ref": "#/components/schemas/Thing"}}), f"{GET}/responses/404", "#/components/responses/…"),
    "a body that is a schema": (_set(post, requestBody={"$ref": "#/components/schemas/NewThing"}), f"{POST}/requestBody", "#/components/requestBodies/…"),
    "a parameter that is a schema": (_set(get, parameters=[{"$ref": "#/components/schemas/Thing"}]), f"{GET}/parameters/0", "#/components/parameters/…"),
    "a schema that is an answer": (_referred("responses", lambda d: thing(d)["properties"], "p", description="Ok."), f"{THING}/properties/p", "#/components/schemas/…"),
    "the body of a webhook that is a schema": (lambda d: d["webhooks"]["thing"]["post"].update(requestBody={"$ref": "#/components/schemas/Thing"}), "/webhooks/thing/post/requestBody", "#/components/requestBodies/…"),
    # --- schemas that are true or false ---
    "items that are true": (_property(type="array", items=True), f"{THING}/properties/p/items", "not True"),
    "one of true and null": (_property(oneOf=[True, {"type": "null"}]), f"{THING}/properties/p/oneOf/0", "not True"),
    "any of false": (_property(anyOf=[False]), f"{THING}/properties/p/anyOf/0", "not False"),
    "all of true": (_property(allOf=[True]), f"{THING}/properties/p/allOf/0", "not True"),
    "names that are true": (_property(type="object", propertyNames=True), f"{THING}/properties/p/propertyNames", "not True"),
    "a parameter that is true": (_parameter(schema=True), f"{GET}/parameters/0/schema", "not True"),
    # --- extensions where only OpenAPI allows them ---
    "an extension among paths": (lambda d: d["paths"].update({"x-internal": True}), "/paths/x-internal: an extension among paths"),
    "an extension among answers": (lambda d: get(d)["responses"].update({"x-internal": {"description": "I."}}), f"{GET}/responses: responses with 'x-internal'"),
    "settled by a list": (_settled({"operationId": [], "property": "id", "equals": "x"}), POST, "each a string"),
    "settled by a number": (_settled({"operationId": "listThings", "property": "id", "equals": 5}), POST, "each a string"),
    "names for enum values that are numbers": (_property(**ENUM, enum=["a", "b"], **{"x-enum-varnames": [1, 2]}), f"{THING}/properties/p", "strings"),
    "names for enum values without letters": (_property(**ENUM, enum=["a"], **{"x-enum-varnames": ["+"]}), f"{THING}/properties/p", "also not in x-enum-varnames"),
    "a region that is a number": (_top(servers=[{**SERVER, "x-region": 5}]), "/servers/0", "must be a string"),
    # --- names ---
    "a tag that takes the name of the whole API": (lambda d: (d["tags"].append({"name": "Async", "description": "A."}), get(d).update(tags=["Async"])), "the tag Async", "AsyncApi"),
    "an operation that takes the place of an import": (_set(get, operationId="date"), GET, "date"),
    "an operation with a name that no file can have": (_set(get, operationId="x" * 300), GET, "too long"),
    "a schema with a name that no file can have": (_schema("X" * 300, type="object", properties={"a": TEXT}), "/components/schemas/XXX", "too long"),
    "a digit that no name can have": (_property(type="object", properties={"\U00010107": TEXT}), f"{THING}/properties/p", "no letter or digit"),
    "a property that takes the name of bytes": (_set(thing, properties={"x": {**TEXT, "format": "byte"}, "xBytes": TEXT}), f"{THING}/properties/xBytes", "the bytes of"),
    "a header with a blank": (_parameter(**{"in": "header", "name": "X Foo"}), f"{GET}/parameters/0", "'X Foo'"),
    "a header with an umlaut": (_parameter(**{"in": "header", "name": "X-F\xf6\xf6"}), f"{GET}/parameters/0", "ASCII"),
    "a header that says how long the body is": (_parameter(**{"in": "header", "name": "Content-Length"}), f"{GET}/parameters/0", "set by the client"),
    # --- what is sent, and what is answered ---
    "null beside a reference, in what is sent": (lambda d: (d["components"]["schemas"].update(Kind={**ENUM, "enum": ["a"]}), new(d)["properties"].update(p={"allOf": [{"$ref": "#/components/schemas/Kind"}], "nullable": True})), f"{NEW}/properties/p", "null"),
    "a body that is a map of numbers": (_body(**{"application/json": {"schema": {"type": "object", "description": "B.", "additionalProperties": {"type": "integer"}}}}), f"{POST}/requestBody", "map of integer"),
    "a list of maps of numbers that is sent": (_sent_property(type="array", items={"type": "object", "description": "M.", "additionalProperties": {"type": "integer"}}), f"{NEW}/properties/p/items", "map of integer"),
    "an answer that may be null": (_answer(**{"application/json": {"schema": {"oneOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]}}}), f"{GET}/responses/200", "null"),
    "an answer to HEAD": (lambda d: d["paths"]["/things"].update(head={**get(d), "operationId": "headThings"}), "/paths//things/head/responses/200", "HEAD"),
    "a const that is no value of its enum": (_property(enum=["a"], const="b"), f"{THING}/properties/p", "'b'"),
    "pages from 1.0": (_set(get, **{"parameters": [{"name": "page", "in": "query", "schema": {"type": "integer", "description": "P."}}], "x-paged": {"parameter": "page", "first": 1.0, "items": ""}}), f"{GET}/x-paged", "'first'"),
    "pages from less than the parameter may be": (_set(get, **{"parameters": [{"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "description": "P."}}], "responses": {"200": {"description": "Ok.", "content": {"application/json": {"schema": {"type": "array", "description": "A.", "items": TEXT}}}}}, "x-paged": {"parameter": "page", "first": 0, "items": ""}}), f"{GET}/x-paged", "minimum"),
    "privacy of an answer as a whole": (_set(thing, **{"x-sensitive": "text"}), f"{GET}/responses/200", "x-sensitive"),
    "a path twice, with other names for its parameters": (lambda d: [d["paths"].update({f"/t/{{{name}}}": {"get": {**get(d), "operationId": f"get{name}", "parameters": [{"name": name, "in": "path", "required": True, "schema": TEXT}]}}}) for name in "ab"], "/paths//t/{b}", "/t/{a}"),
    "a tag declared twice": (lambda d: d["tags"].append({"name": "things", "description": "T."}), "/tags/things", "/tags/Things"),
    # --- patterns ---
    "an end that only Python knows": (_sent_property(type="string", pattern="^a\\Z"), f"{NEW}/properties/p", "only Python"),
    "a flag that only Python knows": (_sent_property(type="string", pattern="(?i)^a$"), f"{NEW}/properties/p", "only Python"),
    "a set that Python warns of": (_sent_property(type="string", pattern="^[[a]+$"), f"{NEW}/properties/p", "the pattern has a set"),
    "an end before a line break": (_sent_property(type="string", pattern="a$\n"), f"{NEW}/properties/p", "pattern"),
    "words for a pattern that is not there": (_sent_property(type="string", **{"x-pattern-description": "odd"}), f"{NEW}/properties/p", "x-pattern-description"),
}  # fmt: skip

DEFAULTED: dict[str, Callable[[Json], tuple[Json, str]]] = {
    "property": lambda d: (thing(d)["properties"]["id"], f"{THING}/properties/id: a default"),
    "parameter": lambda d: (get(d).setdefault("parameters", [{"name": "p", "in": "query", "schema": dict(TEXT)}])[0]["schema"], f"{GET}/parameters/0/schema: a default"),
    "item": lambda d: (thing(d)["properties"].setdefault("l", {"type": "array", "items": dict(TEXT)})["items"], f"{THING}/properties/l/items: a default"),
    "allOf": lambda d: (thing(d).setdefault("allOf", [dict(TEXT)])[0], f"{THING}/allOf/0: a default"),
}  # fmt: skip

_HEAD = 'openapi: 3.1.0\ninfo: {title: T, version: "1"}\nservers: [{url: "https://a.example", description: A., x-region: a}]\n'
_TAIL = (
    "security: [{b: []}]\ncomponents: {securitySchemes: {b: {type: http, scheme: basic}}}\npaths:\n  /things:\n    get:\n"
    "      operationId: listThings\n      tags: [Things]\n      summary: List.\n      responses: {"
)

TEXTS: dict[str, tuple[str, ...]] = {
    "nothing": ("", "contract.yaml"),
    "a str": ("hello", "contract.yaml"),
    "a list": ("[1]", "contract.yaml"),
    "an open bracket": ("paths: [", "contract.yaml", "line"),
    "a tab": ("paths:\n\tx: 1\n", "contract.yaml", "line 2"),
    "a version without its last part": (_HEAD.replace("3.1.0", "3.1") + _TAIL + '"204": {description: Ok.}}\n', "write 3.1.0"),
    "a key twice": (_HEAD + "info: {}\n" + _TAIL + '"204": {description: Ok.}}\n', "contract.yaml", "info", "line 4"),
    "an unknown alias": ("paths: *nowhere\n", "contract.yaml", "nowhere"),
    "a tag that runs code": ("!!python/object/apply:os.system ['true']", "contract.yaml"),
    "a status that is a number": (_HEAD + _TAIL + "204: {description: Ok.}}\n", "204"),
    "a version that is a number": (_HEAD.replace('"1"', "1.0") + _TAIL + '"204": {description: Ok.}}\n', "version"),
    "an example that is a date": (
        _HEAD + _TAIL + '"200": {description: Ok., content: {application/json: {schema: {type: object, description: O.,\n'
        "        properties: {at: {type: string, format: date, examples: [2026-01-15]}}}}}}}\n",
        "/examples",
    ),
    "an enum that is a boolean": (
        _HEAD + _TAIL.replace("paths:", "paths:", 1) + '"200": {description: Ok., content: {application/json: {schema: {type: object,\n'
        "        properties: {at: {enum: [true, false]}}}}}}}\n",
        "strings",
    ),
}  # fmt: skip
