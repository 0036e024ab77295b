"""Phone numbers as people write them, and what they are in E.164 form."""

from __future__ import annotations

import unicodedata
from types import ModuleType
from typing import Any

from messagemedia_generated.numbers import difference, is_unseen, oddity
from messagemedia_generated.writing import write_text

from messagemedia.errors import ConfigurationError, FieldError, ValidationError

# Beside digits and plus signs, what people write between the digits: spaces, hyphens and brackets of any script.
_PUNCTUATION = ("Zs", "Pd", "Ps", "Pe")
_SIGNS = "+./\uff0b\u2212"


def normalize(number: str, country: str | None = None) -> str:
    """The E.164 form of a phone number, with a plus, such as `+61491570156` for `0491 570 156` in Australia.

    A number with a plus and a country code does not need `country`. Any other is read as a number of `country`, with or
    without its leading zero, which spreadsheets drop, or with the country code of `country` but without the plus. It
    must have as many digits as a landline or mobile number has there.

    A possible number is not necessarily in use.

    Args:
        number: The number; spaces, hyphens, dots, slashes, brackets and invisible characters are ignored.
        country: The country of numbers without a country code: an ISO 3166 code such as `AU`.

    Raises:
        ValidationError: The number is not possible, or `country` is not a country.
        ConfigurationError: The package `phonenumbers` is not installed: `pip install 'messagemedia[numbers]'`.
    """
    problems: list[FieldError] = []
    write_text(number, problems, "/number")
    if problems:
        raise ValidationError(problems)
    try:
        known = None if country is None else known_country(country)
    except ValueError as error:
        raise ValidationError([FieldError(str(error), "/country")]) from None
    try:
        return e164(number, known)
    except ValueError as error:
        raise ValidationError([FieldError(str(error), "/number")]) from None


def known_country(country: object) -> str:
    """A country as `e164` takes it.

    Raises:
        ValueError: It is not a country, in words that fit after its name.
        ConfigurationError: The package `phonenumbers` is not installed.
    """
    code = country.strip().upper() if isinstance(country, str) else ""
    if code == "UK":
        raise ValueError("must be an ISO 3166 code of two letters: that of the United Kingdom is GB")
    if code not in _library().SUPPORTED_REGIONS:
        raise ValueError("must be an ISO 3166 code of two letters, such as AU")
    return code


def e164(number: str, country: str | None) -> str:
    """The E.164 form of a number.

    Args:
        number: The number.
        country: What `known_country` returned, or None.

    Raises:
        ValueError: The number is not possible: why, in words that fit after "it" or the name of a column.
        ConfigurationError: The package `phonenumbers` is not installed.
    """
    library = _library()
    text = "".join(each for each in number if not is_unseen(each) or each.isspace()).strip()
    if unfit := oddity(text) or _foreign(text):
        raise ValueError(unfit)
    try:
        parsed = library.parse(text, country, keep_raw_input=True)
    except library.NumberParseException as error:
        raise ValueError(_unreadable(library, text, error.error_type, country)) from None
    if unfit := _impossible(library, parsed, text):
        raise ValueError(unfit)
    written: str = library.format_number(parsed, library.PhoneNumberFormat.E164)
    return written


def _library() -> ModuleType:
    try:
        import phonenumbers  # noqa: PLC0415  # most programs do without it
    except ImportError:
        raise ConfigurationError(
            "reading national numbers needs a package that is not installed: phonenumbers",
            hint="pip install 'messagemedia[numbers]'",
        ) from None
    return phonenumbers


def _foreign(text: str) -> str:
    """Why a text holds more than a number; the library would skip letters and extensions, or take them for digits."""
    if all(each.isdecimal() or each in _SIGNS or unicodedata.category(each) in _PUNCTUATION for each in text):
        return ""
    return difference(text) or "has letters or signs that do not belong in a phone number"


def _unreadable(library: ModuleType, text: str, kind: int, country: str | None) -> str:
    problem = library.NumberParseException
    if kind == problem.INVALID_COUNTRY_CODE:
        if text.startswith(("+", "\uff0b")):
            return "does not begin with a valid country code"
        if country is None:
            return "has no country code: add a plus and the country code, or pass the country it belongs to"
    if kind in (problem.TOO_SHORT_NSN, problem.TOO_SHORT_AFTER_IDD):
        return "is too short"
    return "is too long" if kind == problem.TOO_LONG else "is not a phone number"


def _impossible(library: ModuleType, parsed: Any, text: str) -> str:
    """Why nobody can have a number; empty if somebody may."""
    results, sources = library.ValidationResult, library.CountryCodeSource
    guessed = parsed.country_code_source in (sources.FROM_DEFAULT_COUNTRY, sources.FROM_NUMBER_WITHOUT_PLUS_SIGN)
    where = f"a number of +{parsed.country_code}"
    if guessed:
        if text.startswith("00"):
            return "begins with 00, which is not the prefix for calls abroad there: write + instead"
        # The country is an assumption here, so the number is held to what messages can reach in that country.
        kind = library.PhoneNumberType.FIXED_LINE_OR_MOBILE
        result = library.is_possible_number_for_type_with_reason(parsed, kind)
        where = f"a landline or mobile number of +{parsed.country_code}"
    else:
        result = library.is_possible_number_with_reason(parsed)
    return {
        results.IS_POSSIBLE: "",
        results.IS_POSSIBLE_LOCAL_ONLY: "has no area code",
        results.TOO_SHORT: f"is too short for {where}",
        results.TOO_LONG: f"is too long for {where}",
    }.get(result, f"has a number of digits that {where} can't have")
