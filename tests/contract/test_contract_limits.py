"""What is checked before a request leaves is what the contract demands of it, no more and no less."""

import re
import typing
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from contract_kit import DOCUMENT, OPERATIONS, Json, examples, follow, like, made_model, model, same, validator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def _sent(schema: Json) -> Iterator[str]:
    """The schemas with properties that a body is made of."""
    name = schema.get("$ref", "").rpartition("/")[2]
    schema = follow(schema)
    if name and "properties" in schema:
        yield name
    for child in (*schema.get("properties", {}).values(), *filter(None, [schema.get("items")])):
        yield from _sent(child)


SENT = sorted({name for each in OPERATIONS.values() if each.body for name in _sent(each.body["schema"])})
PROPERTIES = [(name, each) for name in SENT for each in follow({"$ref": f"#/components/schemas/{name}"})["properties"]]


def _property(name: str, field: str) -> Json:
    found: Json = follow(follow({"$ref": f"#/components/schemas/{name}"})["properties"][field])
    return found


def _example(name: str) -> Json:
    found: Json = examples(DOCUMENT["components"]["schemas"][name])[0]
    return found


def _problems(name: str, value: Json) -> list[str]:
    """What the generated code has against an object that JSON Schema can say as well."""
    problems: list[Any] = []
    written = made_model(model(name), value).to_json(problems)
    # That a phone number begins with a country code is a rule of the package, not of the API.
    problems = [each for each in problems if not each.message.startswith("must begin with")]
    if not problems:
        assert same(written, value)
    return [str(each) for each in problems]


def _complaints(name: str, value: Json) -> list[str]:
    """What the contract has against the same object; a format alone refuses nothing, as JSON Schema has it."""
    judge = validator({"$ref": f"#/components/schemas/{name}"}, formats=None)
    return [error.message for error in judge.iter_errors(value)]


def _bounds(schema: Json) -> Iterator[Any]:
    """Values at both sides of each limit of a schema."""
    schema = follow(schema)
    if "enum" in schema:
        yield from (*schema["enum"], schema["enum"][0].swapcase(), schema["enum"][0] + " ")
    elif schema.get("type") == "string" and schema.get("format") in (None, "uri") and "const" not in schema:
        yield from _texts(schema)
    elif schema.get("type") in ("integer", "number"):
        yield from (schema[key] + step for key in ("minimum", "maximum") if key in schema for step in (-1, 0, 1))
    elif schema.get("type") == "array":
        item = (examples(follow(schema["items"])) or ["x"])[0]
        limits = {schema.get("minItems", 0), schema.get("maxItems", 3)}
        yield from ([item] * max(0, limit + step) for limit in limits for step in (-1, 0, 1))
    elif schema.get("type") == "object" and "properties" not in schema:
        yield from _maps(schema)


def _texts(schema: Json) -> Iterator[str]:
    for limit in {schema.get("minLength", 0), schema.get("maxLength", 10)}:
        for length in (limit - 1, limit, limit + 1):
            yield from (letter * max(0, length) for letter in ("a", "1", "é", "😀"))
    for example in examples(schema):
        yield from (
            example,
            f" {example}",
            f"{example} ",
            f"+{example}",
            example[:-1],
            example + "0",
            example * 2,
            example.upper(),
        )


def _maps(schema: Json) -> Iterator[dict[str, str]]:
    pairs = schema.get("maxProperties", 3)
    key = follow(schema.get("propertyNames", {})).get("maxLength", 5)
    value = follow(schema.get("additionalProperties", {})).get("maxLength", 5)
    yield from ({f"k{at}": "v" for at in range(count)} for count in (0, pairs, pairs + 1))
    yield from ({"k" * length: "v"} for length in (1, key, key + 1))
    yield from ({"k": "v" * length} for length in (0, value, value + 1))


@pytest.mark.parametrize("name", SENT)
def test_an_example_breaks_no_limits(name: str) -> None:
    for example in examples(DOCUMENT["components"]["schemas"][name]):
        assert _problems(name, example) == []


@pytest.mark.parametrize(("name", "field"), PROPERTIES)
def test_values_at_the_limits_are_judged_as_the_contract_does(name: str, field: str) -> None:
    schema = follow({"$ref": f"#/components/schemas/{name}"})["properties"][field]
    for value in _bounds(schema):
        tried = {**_example(name), field: value}
        problems, complaints = _problems(name, tried), _complaints(name, tried)
        assert bool(problems) == bool(complaints), (value, problems, complaints)


@pytest.mark.parametrize("name", SENT)
def test_a_required_field_may_not_be_none(name: str) -> None:
    schema = follow({"$ref": f"#/components/schemas/{name}"})
    for field in schema.get("required", ()):
        made = made_model(model(name), _example(name))
        attribute = next(each.name for each in type(made).__attrs_attrs__ if like(each.name) == like(field))
        setattr(made, attribute, None)
        problems: list[Any] = []
        made.to_json(problems)
        assert [each.pointer for each in problems] == [f"/{field}"]


@pytest.mark.parametrize(("name", "field"), [each for each in PROPERTIES if "x-e164" in _property(*each)], ids="-".join)
def test_a_phone_number_begins_with_a_country_code_though_the_contract_takes_any(name: str, field: str) -> None:
    for number in ("0491570156", "0061491570156", "+0491570156"):
        tried = {**_example(name), field: number}
        assert _complaints(name, tried) == []
        problems: list[Any] = []
        made_model(model(name), tried).to_json(problems)
        (problem,) = problems
        assert (problem.pointer, problem.is_limit) == (f"/{field}", True)
        assert problem.rule == ("" if number.startswith("+") else "e164")


# What is wrong in kind, as JSON has kinds.
WRONG = {"string": 5, "integer": "5", "number": "5", "boolean": "true", "array": "x", "object": ["x"]}


@pytest.mark.parametrize(("name", "field"), PROPERTIES)
def test_a_value_of_the_wrong_kind_is_refused_and_is_no_limit(name: str, field: str) -> None:
    schema = follow(follow({"$ref": f"#/components/schemas/{name}"})["properties"][field])
    made = made_model(model(name), _example(name))
    attribute = next(each.name for each in type(made).__attrs_attrs__ if like(each.name) == like(field))
    setattr(made, attribute, WRONG[schema["type"]])
    problems: list[Any] = []
    made.to_json(problems)
    assert [each.pointer for each in problems if not each.is_limit] == [f"/{field}"]


@pytest.mark.parametrize(
    "name", [name for name in SENT if "pattern" in str(follow({"$ref": f"#/components/schemas/{name}"})["properties"])]
)
def test_a_line_break_at_the_end_matches_no_pattern(name: str) -> None:
    # `$` of a JSON Schema is the very end, unlike that of Python.
    properties = follow({"$ref": f"#/components/schemas/{name}"})["properties"]
    for field, schema in properties.items():
        if "pattern" in schema:
            assert _problems(name, {**_example(name), field: examples(schema)[0] + "\n"}) != []


@pytest.mark.parametrize(("part", "pair"), [("key", {"k" * 101: "v"}), ("value", {"k": "v" * 257})])
def test_a_pair_that_is_too_long_is_told_apart_from_its_map(part: str, pair: dict[str, str]) -> None:
    (problem,) = _problems("Message", {**_example("Message"), "metadata": pair})
    # "/metadata: must be at most 100 characters" would speak of something that has no characters.
    assert part in problem
    assert "k" * 101 not in problem


# --- Message, with whatever comes -------------------------------------------------------------------------------------

MESSAGE = DOCUMENT["components"]["schemas"]["Message"]
WITHOUT_END = st.text(max_size=20).filter(
    lambda text: not text.endswith("\n")
)  # the difference that the test above is about


def _values(schema: Json) -> st.SearchStrategy[Any]:
    """Values of the right kind, most of them within the limits and some beyond."""
    schema = follow(schema)
    if "enum" in schema:
        return st.sampled_from([*schema["enum"], "other"])
    if schema.get("format") == "date-time":
        moments = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # given a zone
        return moments.map(lambda moment: f"{moment.replace(microsecond=0, tzinfo=None).isoformat()}.000Z")
    if schema["type"] == "string":
        beyond = st.sampled_from([value for value in _texts(schema) if not value.endswith("\n")])
        matching = st.from_regex(re.sub(r"\$$", r"\\Z", schema["pattern"])) if "pattern" in schema else WITHOUT_END
        return matching | beyond | WITHOUT_END
    if schema["type"] == "array":
        return st.lists(_values(schema["items"]), max_size=3)
    if schema["type"] == "object":
        return st.dictionaries(WITHOUT_END, WITHOUT_END, max_size=12) | st.sampled_from(list(_maps(schema)))
    return st.booleans()


def _messages() -> st.SearchStrategy[Json]:
    properties = {name: _values(schema) for name, schema in MESSAGE["properties"].items()}
    required = {name: properties.pop(name) for name in MESSAGE["required"]}
    return st.fixed_dictionaries(required, optional=properties).map(_without_order)


def _without_order(message: Json) -> Json:
    """A message of whose moments none must come after another: JSON Schema can't say that."""
    after = [name for name, schema in MESSAGE["properties"].items() if "x-after" in schema]
    return {name: value for name, value in message.items() if name not in after}


@pytest.mark.slow
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, database=None
)
@given(message=_messages())
def test_any_message_is_judged_as_the_contract_does(message: Json) -> None:
    problems, complaints = _problems("Message", message), _complaints("Message", message)
    assert bool(problems) == bool(complaints), (problems, complaints)


def test_hints_of_sent_models_name_every_enum_value() -> None:
    for name, field in PROPERTIES:
        schema = follow(follow({"$ref": f"#/components/schemas/{name}"})["properties"][field])
        if "enum" in schema:
            kind = model(name)
            attribute = next(each.name for each in kind.__attrs_attrs__ if like(each.name) == like(field))
            assert set(schema["enum"]) <= set(_literals(typing.get_type_hints(kind)[attribute]))


def _literals(hint: Any) -> Iterator[Any]:
    for each in typing.get_args(hint):
        yield each
        yield from _literals(each)
