"""Messages as hypothesis makes them up from the contract: valid ones, and ones with a single fault in a known place."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import attrs
from hypothesis import strategies as st

from tests.contract.contract_kit import DOCUMENT, Json, examples, follow

MESSAGE: Json = DOCUMENT["components"]["schemas"]["Message"]
PROPERTIES: Json = MESSAGE["properties"]

# Any zone: the same moment has to come back, whatever it was written in.
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-4))])
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 31), timezones=ZONES)  # noqa: DTZ001  # given a zone


def has_country_code(number: str) -> bool:
    """Whether a number passes the rule of the package about the first digit."""
    return not number.startswith(("0", "+0"))


def _texts(schema: Json) -> st.SearchStrategy[str]:
    low, high = schema.get("minLength", 0), schema.get("maxLength")
    if "pattern" in schema:
        matching = st.from_regex(re.sub(r"\$$", r"\\Z", schema["pattern"]))
        return matching.filter(has_country_code) if "x-e164" in schema else matching
    plain = st.text(min_size=low, max_size=min(high or 40, 40))
    if high is None:
        return plain
    # As long as can be, from a few drawn characters: drawing each of them is more than hypothesis allows for.
    return plain | st.text("aé🎉\n", min_size=1, max_size=8).map(lambda few: (few * high)[:high])


def values(schema: Json) -> st.SearchStrategy[Any]:
    """Values within the limits of a schema, as a caller passes them."""
    schema = follow(schema)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"], schema.get("format"):
        case "string", "date-time":
            return MOMENTS
        case "string", _:
            return _texts(schema)
        case "array", _:
            return st.lists(values(schema["items"]), max_size=3)
        case "object", _:
            keys = _texts(schema.get("propertyNames", {}))
            return st.dictionaries(keys, _texts(schema["additionalProperties"]), max_size=schema["maxProperties"])
        case _:
            return st.booleans()


AFTER = {name: schema["x-after"] for name, schema in PROPERTIES.items() if "x-after" in schema}


def _complete(fields: Json) -> Json:
    """The same fields, with what some of them need: no limit of a single field says it."""
    if fields.keys() & MESSAGE["dependentSchemas"].keys():
        fields = {**fields, "format": "MMS"}
    for name, needed in MESSAGE["dependentRequired"].items():
        if name in fields:
            fields = {**dict.fromkeys(needed, "Shop"), **fields}
    for name, other in AFTER.items():
        if fields.keys() >= {name, other} and fields[name] < fields[other]:
            del fields[name]
    return fields


def messages() -> st.SearchStrategy[Json]:
    """The fields of one valid message."""
    optional = {name: values(schema) for name, schema in PROPERTIES.items()}
    required = {name: optional.pop(name) for name in MESSAGE["required"]}
    return st.fixed_dictionaries(required, optional=optional).map(_complete)


@attrs.frozen
class Spoiled:
    """A batch in which one field of one message breaks one limit."""

    batch: list[Json]
    index: int
    field: str


def faults() -> Iterator[tuple[str, Json]]:
    """Every limit of a message, by the field that is to be blamed, as fields that break it."""
    for name, schema in PROPERTIES.items():
        yield from ((name, {name: value}) for value in _beyond(follow(schema)))
    for name, dependency in MESSAGE["dependentSchemas"].items():
        unfit = [
            form for form in follow(PROPERTIES["format"])["enum"] if form != dependency["properties"]["format"]["const"]
        ]
        yield from ((name, {name: examples(PROPERTIES[name])[0], "format": form}) for form in [None, *unfit])
    for name, needed in MESSAGE["dependentRequired"].items():
        value = examples(follow(PROPERTIES[name]))[0]
        yield name, {name: value, **dict.fromkeys(needed)}


def _beyond(schema: Json) -> Iterator[Any]:
    """Values just beyond the limits of a schema."""
    if "pattern" in schema:
        example = examples(schema)[0]
        tries = [
            example + "\n",
            f" {example}",
            f"{example} x",
            "",
            "x",
            "+",
            example[0],
            example.replace("1", "\u0661"),
        ]
        pattern = re.compile(re.sub(r"\$$", r"\\Z", schema["pattern"]))
        yield from (each for each in tries if not pattern.search(each))
    elif schema.get("type") == "string" and "enum" not in schema:
        yield from ["" for _ in range(schema.get("minLength", 0))][:1]
        yield from ["é" * (schema[key] + 1) for key in ("maxLength",) if key in schema]
    elif schema.get("type") == "array":
        yield from ([examples(schema["items"])[0], value] for value in _beyond(schema["items"]))
    elif schema.get("type") == "object":
        yield {str(at): "v" for at in range(schema["maxProperties"] + 1)}
        yield {"k" * (schema["propertyNames"]["maxLength"] + 1): "v"}
        yield {"k": "v" * (schema["additionalProperties"]["maxLength"] + 1)}


FAULTS = list(faults())


@st.composite
def spoiled(draw: st.DrawFn) -> Spoiled:
    """A batch of valid messages, one of which is then spoiled."""
    batch = draw(st.lists(messages(), min_size=1, max_size=4))
    index = draw(st.integers(0, len(batch) - 1))
    field, changes = draw(st.sampled_from(FAULTS))
    fields = batch[index]
    if field not in MESSAGE["dependentSchemas"] or "format" in changes:
        # Nothing else may be blamed: not what the fault takes away from others, nor what it brings along.
        fields = {name: fields[name] for name in fields if name not in MESSAGE["dependentSchemas"]}
        fields = {name: fields[name] for name in fields if name not in MESSAGE["dependentRequired"]}
    else:
        changes = {"format": "MMS", **changes}
    fields = {name: value for name, value in {**fields, **changes}.items() if value is not None}
    return Spoiled([*batch[:index], fields, *batch[index + 1 :]], index, field)
