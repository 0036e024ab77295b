"""Phone numbers: which ones are refused and why, and how they get into E.164 form."""

import pickle
import sys
import unicodedata
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from messagemedia import ConfigurationError, FieldError, Message, SendResult, ValidationError, normalize
from messagemedia.sandbox import Sandbox
from messagemedia_generated.models import SendMessagesRequest
from sdk_face import NUMBER, SMS, Face, Wire, accepted, answer

NATIONAL = "0491570156"
RULE = "must begin with a country code: +61491570156, not 0491570156"
FORM = "must be 8 to 15 digits, with or without a leading '+'"


def refused(face: Face, number: str, **options: Any) -> ValidationError:
    """What is said of a number; nothing was sent."""
    wire = Wire(answer(500))
    with pytest.raises(ValidationError) as caught:
        face.run(face.client(wire, **options).messages.send(content="Hello", destination_number=number))
    assert not wire.seen
    return caught.value


def sent(face: Face, number: str, **options: Any) -> str:
    """The number that arrives at the API."""
    wire = Wire(accepted())
    face.run(face.client(wire, **options).messages.send(content="Hello", destination_number=number))
    found: str = wire.only.json["messages"][0]["destination_number"]
    return found


# --- numbers without a country code -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (NATIONAL, RULE),
        ("00000000", "must begin with + and a country code, not with 00"),
        ("0061491570156", "must begin with + and a country code, not with 00"),
        ("+0491570156", RULE),
    ],
)
def test_a_number_that_begins_with_a_zero_is_refused_with_the_right_form(face: Face, number: str, told: str) -> None:
    error = refused(face, number)
    assert error.errors == (FieldError(told, "/messages/0/destination_number"),)
    assert (error.errors[0].index, error.errors[0].field) == (0, "destination_number")
    assert error.errors[0].item.destination_number == number
    assert told in str(error)  # the example in it is not masked
    assert told in str(pickle.loads(pickle.dumps(error)))


def test_a_national_number_passes_if_it_is_meant_as_one(face: Face) -> None:
    error = refused(face, NATIONAL)
    assert error.hint.startswith("To send to national numbers on purpose, set national_numbers=True")
    assert [each.rule for each in error.errors] == ["e164"]
    assert sent(face, NATIONAL, national_numbers=True) == NATIONAL
    assert sent(face, "0061491570156", national_numbers=True) == "0061491570156"
    assert sent(face, NATIONAL, check_limits=False) == NATIONAL
    assert sent(face, NATIONAL, check_limits=False, national_numbers=False) == NATIONAL


def test_a_number_with_a_plus_is_never_national(face: Face) -> None:
    error = refused(face, "+0491570156", national_numbers=True)
    assert (error.errors[0].rule, error.hint) == ("", "")
    assert sent(face, "+0491570156", check_limits=False) == "+0491570156"


@pytest.mark.parametrize(
    "fields",
    [
        {"destination_number": "0491 570 156"},
        {"destination_number": "0491570"},
        {"content": ""},
        {"subject": "x"},
        {"source_number_type": "SHORTCODE"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_national_numbers_switch_off_no_other_rule(face: Face, fields: dict[str, Any]) -> None:
    wire = Wire(answer(500))
    with pytest.raises(ValidationError) as caught:
        face.run(face.client(wire, national_numbers=True).messages.send(**{**SMS, **fields}))
    assert [each.field for each in caught.value.errors] == list(fields)
    assert caught.value.hint == ""


@pytest.mark.parametrize("value", ["0491570157", "MyShop", "0800", "000"])
def test_a_sender_may_be_anything(face: Face, value: str) -> None:
    wire = Wire(accepted())
    face.run(face.client(wire).messages.send(**SMS, source_number=value))
    assert wire.only.json["messages"][0]["source_number"] == value


@pytest.mark.parametrize("value", ["1", "true", "Yes", " TRUE "])
def test_the_environment_may_let_national_numbers_pass(face: Face, monkeypatch: Any, value: str) -> None:
    monkeypatch.setenv("MESSAGEMEDIA_NATIONAL_NUMBERS", value)
    assert sent(face, NATIONAL) == NATIONAL
    assert refused(face, NATIONAL, national_numbers=False).errors[0].message == RULE


@pytest.mark.parametrize("value", ["", "0", "false", "No"])
def test_the_environment_may_say_that_they_do_not(face: Face, monkeypatch: Any, value: str) -> None:
    monkeypatch.setenv("MESSAGEMEDIA_NATIONAL_NUMBERS", value)
    assert refused(face, NATIONAL).errors[0].message == RULE
    assert sent(face, NATIONAL, national_numbers=True) == NATIONAL


def test_what_is_neither_true_nor_false_is_refused(face: Face, monkeypatch: Any) -> None:
    with pytest.raises(ConfigurationError, match="national_numbers must be True or False, not str"):
        face.client(Wire(answer(500)), national_numbers="yes")
    monkeypatch.setenv("MESSAGEMEDIA_NATIONAL_NUMBERS", "perhaps")
    said = "MESSAGEMEDIA_NATIONAL_NUMBERS must be one of 1, true, yes, 0, false, no"
    with pytest.raises(ConfigurationError, match=said):
        face.client(Wire(answer(500)))
    face.client(Wire(answer(500)), national_numbers=False)


def test_copies_of_a_client_take_national_numbers_as_it_does(face: Face) -> None:
    wire = Wire(accepted())
    client = face.client(wire, national_numbers=True).with_options(timeout=3)
    face.run(client.messages.send(content="Hello", destination_number=NATIONAL))
    assert wire.only.json["messages"][0]["destination_number"] == NATIONAL


def test_one_national_number_of_many_costs_itself_only(face: Face) -> None:
    wire = Wire(accepted())
    messages = [Message(content="Hello", destination_number=number) for number in (NATIONAL, NUMBER)]
    results = face.client(wire).messages.send_many(messages)

    async def collected() -> list[SendResult]:
        return [each async for each in results]

    bad, good = results if face.blocking else face.run(collected())
    assert (bad.outcome, bad.reason) == ("invalid", f"destination_number: {RULE}")
    assert good.outcome == "accepted"


def test_the_sandbox_takes_national_numbers_because_the_rule_is_not_the_api_s(face: Face) -> None:
    with Sandbox() as sandbox:
        client = face.client(
            None, api_key="SANDBOX_KEY", api_secret="SANDBOX_SECRET", base_url=sandbox.url, national_numbers=True
        )
        face.run(client.messages.send(content="Hello", destination_number=NATIONAL))
        assert sandbox.ledger[0].message["destination_number"] == NATIONAL
        face.close(client)


# --- what is odd about a number ---------------------------------------------------------------------------------------

DIFFERENCES = {
    "+6149\u200b1570156": "has an invisible character: U+200B after the 5th character",
    "6149\u200b1570156": "has an invisible character: U+200B after the 4th character",
    "\u202a+61491570156\u202c": "has invisible characters: U+202A before the 1st character, U+202C after the 12th character",
    "+61491570156\n": "has an invisible character: U+000A after the 12th character",
    "\ufeff+61491570156": "has an invisible character: U+FEFF before the 1st character",
    "+\u200e61491570156": "has an invisible character: U+200E after the 1st character",
    "+6\ufe0f1491570156": "has an invisible character: U+FE0F after the 2nd character",
    "+61\u3164491570156": "has an invisible character: U+3164 after the 3rd character",
    "+61\u00a0491\u00a0570\u00a0156": "has invisible characters: U+00A0 after the 3rd character, "
    "U+00A0 after the 6th character, U+00A0 after the 9th character",
    "\u2060+\u206061\u2060491\u2060570156": "has invisible characters: U+2060 before the 1st character, "
    "U+2060 after the 1st character, U+2060 after the 3rd character, and 1 more",
    '="0491570156"': "holds a spreadsheet formula: write only the number, without = and quotes",
    "=61491570156": "holds a spreadsheet formula: write only the number, without = and quotes",
    "61491570156.0": "holds a decimal number, which spreadsheets and pandas make of whole numbers: read the column as text there",
    "61491570156,00": "holds a decimal number, which spreadsheets and pandas make of whole numbers: read the column as text there",
    "6.14916E+10": "holds a number that a spreadsheet has shortened to a form such as 6.1E+10: "
    "format the column as text there, enter the number, and export again",
    "6,1e+10": "holds a number that a spreadsheet has shortened to a form such as 6.1E+10: "
    "format the column as text there, enter the number, and export again",
    "61491570156, 61491570157": "holds more than one number: write a message for each",
    "+61 491 570 156 / +61 491 570 157": "holds more than one number: write a message for each",
    "+61491570156+61491570157": "holds more than one number: write a message for each",
    "0491 570 156 or 0491 570 157": "holds more than one number: write a message for each",
    "0491570156\n0491570157": "holds more than one number: write a message for each",
    "0491570156 0491570157": "holds more than one number: write a message for each",
    "'+61491570156": "begins with the ' that marks a text in a spreadsheet: leave it out",
    "+٦١٤٩١٥٧٠١٥٦": "has digits of another script: write 0 to 9",
    "+61 491 570 156": "has spaces or signs between the digits, or around them: leave them out",
    " 61491570156": "has spaces or signs between the digits, or around them: leave them out",
    "(0491) 570-156": "has spaces or signs between the digits, or around them: leave them out",
}  # fmt: skip


@pytest.mark.parametrize(("number", "told"), DIFFERENCES.items(), ids=map(ascii, DIFFERENCES))
def test_an_error_says_what_sets_a_number_apart(face: Face, number: str, told: str) -> None:
    (error,) = refused(face, number, national_numbers=True).errors
    assert error.message == f"{FORM}; it {told}"


@pytest.mark.parametrize("number", ["", "1234567", "+1234567890123456", "++61491570156", "Ann", "+", "12ab5678"])
def test_of_other_numbers_the_form_is_said(face: Face, number: str) -> None:
    assert [each.message for each in refused(face, number).errors] == [FORM]


@given(st.text(st.sampled_from("0123456789+ -=\"'.,;eE\n\u200b\u00a0٣")) | st.text())
def test_no_error_repeats_a_number(number: str) -> None:
    problems: list[FieldError] = []
    Message(content="x", destination_number=number).to_json(problems)
    for problem in problems:
        said = problem.message.replace(RULE, "").replace("6.1E+10", "").replace("8 to 15", "")
        assert len(number) < 4 or number not in said


@given(st.text(st.characters(categories=["Cc", "Cf", "Zl", "Zp"]), min_size=1, max_size=3), st.integers(0, 11))
def test_any_invisible_character_is_named_with_its_place(hidden: str, at: int) -> None:
    problems: list[FieldError] = []
    number = "61491570156"[:at] + hidden + "61491570156"[at:]
    Message(content="x", destination_number=number).to_json(problems)
    (problem,) = problems
    place = "before the 1st character" if at == 0 else f"after the {at}"
    for character in hidden:
        assert f"U+{ord(character):04X} {place}" in problem.message


# --- E.164 form -------------------------------------------------------------------------------------------------------

WRITTEN = [
    ("0491 570 156", "AU"), ("0491570156", "au"), ("491570156", "AU"), ("61491570156", "AU"), ("0011 61 491 570 156", "AU"),
    ("+61 491 570 156", None), ("+61 (0)491-570-156", None), ("+61.491.570.156", "GB"), ("00 61 491 570 156", "GB"),
    ("\u202a+61\u00a0491\u2011570\u2011156\u202c", "US"), ("04915\u200b70156", "AU"), ("[0491] 570/156", " AU "),
    ("+"+ "".join(chr(0xFF10 + int(each)) for each in "61491570156"), None), ("\uff0b61491570156", None), ("+61491570156", None),
]  # fmt: skip


@pytest.mark.parametrize(("number", "country"), WRITTEN, ids=ascii)
def test_a_number_becomes_e_164_however_it_is_written(number: str, country: str | None) -> None:
    assert normalize(number, country) == NUMBER
    assert normalize(NUMBER, country=country) == NUMBER


IMPOSSIBLE = [
    ("12345", "AU", "is too short for a landline or mobile number of +61"),
    ("0", "AU", "is not a phone number"),
    ("", "AU", "is not a phone number"),
    ("+61", None, "is not a phone number"),
    ("+61491", None, "is too short for a number of +61"),
    ("+6149157015612345", None, "is too long for a number of +61"),
    ("049157015601234567890", "AU", "is too long"),
    ("04915701560", "AU", "is too long for a landline or mobile number of +61"),
    # Of New Zealand, without its plus: as a number of Australia it would only be a possible one if freephone ones were.
    ("6421234567", "AU", "is too long for a landline or mobile number of +61"),
    ("+6122222222222", None, "has a number of digits that a number of +61 can't have"),
    ("555-0100", "US", "has no area code"),
    ("+999123456789", None, "does not begin with a valid country code"),
    ("+0491570156", "AU", "does not begin with a valid country code"),
    ("0491570156", None, "has no country code: add a plus and the country code, or pass the country it belongs to"),
    ("61491570156", None, "has no country code: add a plus and the country code, or pass the country it belongs to"),
    ("0061491570156", "AU", "begins with 00, which is not the prefix for calls abroad there: write + instead"),
    ("Ann", "AU", "has letters or signs that do not belong in a phone number"),
    ("1-800-FLOWERS", "US", "has letters or signs that do not belong in a phone number"),
    ("0491570156 ext. 5", "AU", "has letters or signs that do not belong in a phone number"),
    ("0491570156#5", "AU", "has letters or signs that do not belong in a phone number"),
    ("tel:+61491570156", None, "has letters or signs that do not belong in a phone number"),
    ("0491570156;0491570157", "AU", "holds more than one number: write a message for each"),
    ("'0491570156", "AU", "begins with the ' that marks a text in a spreadsheet: leave it out"),
    ('="0491570156"', "AU", "holds a spreadsheet formula: write only the number, without = and quotes"),
    ("0491570156.0", "AU", "holds a decimal number, which spreadsheets and pandas make of whole numbers: read the column as text there"),
    ("0491\n570156", "AU", "has an invisible character: U+000A after the 4th character"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "country", "told"), IMPOSSIBLE, ids=ascii)
def test_what_is_no_possible_number_is_refused_with_the_reason(number: str, country: str | None, told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        normalize(number, country)
    assert caught.value.errors == (FieldError(told, "/number"),)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (61491570156, "must be a str, not int"),
        (b"0491570156", "must be a str, not bytes"),
        (None, "is required"),
        ("0491570156\ud83d", "holds half of a surrogate pair"),
    ],
)
def test_a_number_must_be_a_text(number: Any, told: str) -> None:
    with pytest.raises(ValidationError, match=f"/number: {told}"):
        normalize(number, "AU")


@pytest.mark.parametrize("country", ["", "Australia", "XX", "AUS", "61", "001", 61, ["AU"]], ids=repr)
def test_a_country_must_be_one(country: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        normalize(NUMBER, country)
    assert caught.value.errors == (FieldError("must be an ISO 3166 code of two letters, such as AU", "/country"),)


def test_the_united_kingdom_is_told_its_code() -> None:
    with pytest.raises(ValidationError, match="that of the United Kingdom is GB"):
        normalize("07700 900123", "uk")
    assert normalize("07700 900123", "gb") == "+447700900123"


def test_without_its_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    for country in ("AU", None):
        with pytest.raises(ConfigurationError) as caught:
            normalize(NUMBER, country)
        assert str(caught.value).endswith("Hint: pip install 'messagemedia[numbers]'")
    with pytest.raises(ValidationError):
        normalize(5)  # type: ignore[arg-type]


EXAMPLES = [
    (country, example)
    for country in sorted(phonenumbers.SUPPORTED_REGIONS)
    for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    if (example := phonenumbers.example_number_for_type(country, kind))
]


@given(
    example=st.sampled_from(EXAMPLES),
    form=st.sampled_from(["NATIONAL", "INTERNATIONAL", "E164"]),
    hidden=st.sampled_from(["", "\u200b", "\u00a0", " ", "\u202a"]),
    at=st.integers(0, 30),
)
def test_examples_of_all_countries_become_e_164(example: tuple[str, Any], form: str, hidden: str, at: int) -> None:
    country, number = example
    wanted = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    written = phonenumbers.format_number(number, getattr(phonenumbers.PhoneNumberFormat, form))
    found = normalize(written[:at] + hidden + written[at:], country)
    assert found == wanted
    assert normalize(found) == found


def normalized(text: str, country: str | None) -> str | None:
    """Its E.164 form; None if it has none, which is said without repeating it."""
    try:
        return normalize(text, country)
    except ValidationError as error:
        said = error.errors[0].message
    # Words of no digits may be the message's own.
    assert not any(each in said for each in text.split() if len(each) > 4 and any(map(str.isdecimal, each)))
    return None


@given(st.text(st.sampled_from("0123456789+ -().")) | st.text(), st.sampled_from([None, "AU", "US", "IT", "AR"]))
def test_anything_is_e_164_or_a_validation_error(text: str, country: str | None) -> None:
    found = normalized(text, country)
    if found is None:
        return
    assert found[0] == "+"
    assert found[1] != "0"
    assert found[1:].isascii()
    assert found[1:].isdecimal()
    digits = [unicodedata.decimal(each) for each in text if each.isdecimal()]
    # Whatever is left out is a zero or a prefix at the front: the end of a number is what was written.
    assert [int(each) for each in found[-4:]] == digits[-4:]


def test_all_messages_of_a_request_are_told_of(face: Face) -> None:
    body = SendMessagesRequest(messages=[Message(content="x", destination_number=each) for each in (NATIONAL, "0")])
    with pytest.raises(ValidationError) as caught:
        face.run(face.client(Wire(answer(500))).api.messages.send_messages(body))
    assert [each.message for each in caught.value.errors] == [RULE, FORM]
