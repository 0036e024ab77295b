"""What spreadsheets make of a CSV file: it is read if there is no doubt what is meant, and told for what it is if not."""

import io
import sys
import unicodedata
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from messagemedia import ConfigurationError, FieldError, Message
from messagemedia.campaign import Campaign, Row, RowsError, read_csv

NUMBER = "+61491570156"
HINT = "To send to national numbers on purpose, set national_numbers=True; how the API treats them is not known."
HELLO = Message(content="Hello", destination_number=NUMBER)


def read(text: str, **options: Any) -> list[Row]:
    """The rows of a file with this text."""
    return list(read_csv(io.StringIO(text, newline=""), **options))


def refused(text: str, **options: Any) -> str:
    """What is said at once, before any row, without the name of the file."""
    with pytest.raises(RowsError) as caught:
        read_csv(io.StringIO(text, newline=""), **options)
    return str(caught.value).partition("\n")[2].strip()


# --- what is between two cells ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("before", ["", "\n", " \n\n"], ids=["first", "blank", "blanks"])
def test_a_delimiter_that_fits_the_header_need_not_be_named(delimiter: str, before: str) -> None:
    lines = [["Mobile", "Name, first"], [NUMBER, "Ann; Bo | Co"]]
    quoted = [delimiter.join(f'"{cell}"' for cell in line) for line in lines]
    wanted = {"columns": {"destination_number": "Mobile"}, "content": "Hi {Name, first}"}
    (row,) = read(before + "\n".join(quoted), **wanted)
    assert row.message == Message(content="Hi Ann; Bo | Co", destination_number=NUMBER)
    assert row.number == before.count("\n") + 2


def test_the_delimiter_is_the_one_that_gives_the_columns_that_are_needed() -> None:
    wanted = {"columns": {"destination_number": "Mobile"}, "content": "Hi {Name, First}"}
    assert read(f"Mobile;Name, First\n{NUMBER};Ann\n", **wanted)[0].message.content == "Hi Ann"
    (row,) = read(f"Mobile,Name;x\n{NUMBER},Ann\n", columns=wanted["columns"], content="Hi {Name;x}")
    assert row.message.content == "Hi Ann"


def test_line_breaks_in_the_header_are_read_with_every_delimiter() -> None:
    text = f'Note;"Mobile\nnumber";"Te;xt"\nx;{NUMBER};Hello\n'
    columns = {"destination_number": "Mobile\nnumber", "content": "Te;xt"}
    assert read(text, columns=columns) == [Row(HELLO, number=3)]


def test_a_header_that_fits_with_two_delimiters_is_refused() -> None:
    said = refused("Mobile,a;Mobile\n", columns={"destination_number": "Mobile"}, content="Hello")
    assert said == "/delimiter: may be ',' or ';', because the header fits each of them: set it"
    assert read(
        f"Mobile,a;Mobile\n{NUMBER},x\n", columns={"destination_number": "Mobile"}, content="Hello", delimiter=","
    )


def test_a_column_that_is_missing_is_told_with_the_names_that_the_delimiter_gives() -> None:
    said = refused("Mobile;Name\n", columns={"destination_number": "Mobil"}, content="Hi {Name}")
    assert said == "/destination_number: needs the column 'Mobil', which is missing, did you mean 'Mobile'?"


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_another_delimiter_than_the_named_one_is_told(delimiter: str) -> None:
    said = refused(f"destination_number{delimiter}content\n", delimiter=",")
    assert said == f"/delimiter: must be the character between two columns: is it {delimiter!r}?"


def test_a_header_that_no_delimiter_can_read_is_told_as_a_comma_has_it() -> None:
    assert (
        refused('destination_number,"content\n') == "row 1: is not a row of a CSV file: a quote in it is never closed"
    )
    assert refused('"destination_number"x\n').startswith("row 1: is not a row of a CSV file: ")


def test_a_single_column_needs_no_delimiter() -> None:
    assert read(f"destination_number\n{NUMBER}\n", content="Hello") == [Row(HELLO, number=2)]


# --- Excel's first line -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"', "sep=; ", "\ufeffsep=;"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [None, ";"])
def test_the_line_of_excel_says_what_is_between_two_cells(line: str, ending: str, delimiter: str | None) -> None:
    text = ending.join([line, "destination_number;content", f"{NUMBER};Hello", f"{NUMBER};2", ""])
    first, second = read(text, delimiter=delimiter)
    assert first == Row(HELLO, number=3)
    assert second.number == 4


@pytest.mark.parametrize("sign", [",", "\t", "|", "^", "#"])
def test_the_line_of_excel_may_name_any_sign(sign: str) -> None:
    assert read(f"sep={sign}\ndestination_number{sign}content\n{NUMBER}{sign}Hello\n") == [Row(HELLO, number=3)]


def test_the_line_of_excel_and_an_argument_must_not_differ() -> None:
    said = refused("sep=;\ndestination_number;content\n", delimiter=",")
    assert said == "/delimiter: is ',', but the first line of the file says that it is ';': leave it out"


@pytest.mark.parametrize("first", ["sep=", "sep=a", "sep=;;", "separator=;", " sep=;"])
def test_only_the_line_of_excel_is_left_out(first: str) -> None:
    assert "is in no column" in refused(f"{first}\ndestination_number;content\n{NUMBER};Hello\n")


@pytest.mark.parametrize("text", ["sep=;", "sep=;\n", "sep=;\n\n"])
def test_a_file_with_the_line_of_excel_only_is_empty(text: str) -> None:
    assert refused(text) == "/source: is empty: its first line must name the columns"


def test_a_row_that_is_wrong_behind_the_line_of_excel_has_its_line_in_the_file() -> None:
    (row,) = read("sep=;\ndestination_number;content\n;Hello\n")
    assert [str(each) for each in row.errors] == ["/rows/3/destination_number: column 'destination_number' is empty"]
    with pytest.raises(RowsError, match="row 3: is not a row of a CSV file"):
        read(f'sep=;\ndestination_number;content\n{NUMBER};"Hello\n')


# --- names with accents -----------------------------------------------------------------------------------------------

FORMS = ("NFC", "NFD")


@pytest.mark.parametrize("of_file", FORMS)
@pytest.mark.parametrize("of_caller", FORMS)
def test_names_with_accents_are_the_same_however_they_are_composed(of_file: Any, of_caller: Any) -> None:
    def there(text: str) -> str:
        return unicodedata.normalize(of_file, text)

    def here(text: str) -> str:
        return unicodedata.normalize(of_caller, text)

    assert there("Téléphone") != unicodedata.normalize("NFKD" if of_file == "NFC" else "NFC", "Téléphone")
    text = there(f"Téléphone,Prénom,Clé,Été\n{NUMBER},Zoé,é,x\n")
    columns = {"destination_number": here("Téléphone"), "metadata.saison": here("Été")}
    (row,) = read(text, columns=columns, content=here("Salut {Prénom}"), key=here("Clé"))
    assert row.errors == ()
    # What is sent is what the cell has, and nothing else.
    assert row.message.content == here("Salut ") + there("Zoé")
    assert row.message.metadata == {"saison": "x"}
    assert row.key == there("é")


def test_two_columns_that_only_differ_in_how_their_accents_are_composed_are_one() -> None:
    said = refused(f"destination_number,content,Été,{unicodedata.normalize('NFD', 'Été')}\n")
    assert said == "/source: has more than one column 'Été'"


# --- no CSV file ------------------------------------------------------------------------------------------------------

WORKBOOKS = {
    "xlsx": (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\xff\xfe", "utf-8-sig", ".xlsx"),
    "xlsx as cp1252": (b"PK\x03\x04\x14\x00\x06\x00\x08\x00", "cp1252", ".xlsx"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", "utf-8-sig", ".xls"),
    "xls as cp1252": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", "cp1252", ".xls"),
}


@pytest.mark.parametrize(("data", "encoding", "kind"), WORKBOOKS.values(), ids=WORKBOOKS)
def test_a_workbook_is_told_for_what_it_is(tmp_path: Path, data: bytes, encoding: str, kind: str) -> None:
    path = tmp_path / "guests.csv"
    path.write_bytes(data)
    with pytest.raises(RowsError) as caught:
        read_csv(path, encoding=encoding)
    assert str(caught.value) == (
        f"{path} can't be read as it is:\n"
        f"  /source: is a workbook such as {kind}, not a CSV file: save it as CSV UTF-8 in that program, and read that"
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_told_for_what_it_is(tmp_path: Path, encoding: str, order: str) -> None:
    path = tmp_path / "guests.csv"
    path.write_bytes(f"\ufeffdestination_number\tcontent\r\n{NUMBER}\tHello\r\n".encode(order))
    with pytest.raises(
        RowsError, match=r"row 1: has the byte order mark of UTF-16, .* pass its encoding, such as encoding='utf-16'"
    ):
        list(read_csv(path, encoding=encoding))
    assert len(list(read_csv(path, encoding="utf-16"))) == 1


# --- what became of numbers -------------------------------------------------------------------------------------------

CHANGED = {
    '="0491570156"': "holds a spreadsheet formula: write only the number, without = and quotes",
    "61491570156.0": "holds a decimal number, which spreadsheets and pandas make of whole numbers: read the column as text there",
    "6.14916E+10": "holds a number that a spreadsheet has shortened to a form such as 6.1E+10: "
    "format the column as text there, enter the number, and export again",
}


@pytest.mark.parametrize(("cell", "told"), CHANGED.items())
@pytest.mark.parametrize("name", ["destination_number", "source_number"])
@pytest.mark.parametrize("country", [None, "AU"])
def test_what_a_spreadsheet_made_of_a_number_is_told_with_its_column(
    cell: str, told: str, name: str, country: str | None
) -> None:
    cells = {"destination_number": NUMBER, "source_number": NUMBER, name: '"' + cell.replace('"', '""') + '"'}
    text = f"destination_number,source_number,content\n{cells['destination_number']},{cells['source_number']},x\n"
    (row,) = read(text, default_country=country)
    assert row.errors == (FieldError(f"column {name!r} {told}", f"/rows/2/{name}"),)


def test_numbers_that_begin_with_a_zero_are_refused_when_rows_are_added(tmp_path: Path) -> None:
    rows = read("destination_number,content\n0491570156,Hello\n+61491570156,Hello\n0061491570157,Hello\n")
    with Campaign(tmp_path / "c.journal") as campaign:
        with pytest.raises(RowsError) as caught:
            campaign.add(rows)
        assert str(caught.value).splitlines()[1:] == [
            "  row 2, destination_number: must begin with a country code: +61491570156, not 0491570156",
            "  row 4, destination_number: must begin with + and a country code, not with 00",
            "Hint: Correct them. With on_invalid='skip' they are recorded as invalid, and the others are added. "
            + HINT,
        ]
        assert campaign.add(rows, on_invalid="skip").invalid == 2
        first, _ = campaign.records("invalid")
        assert first.reason == "destination_number: must begin with a country code: +61491570156, not 0491570156"


def test_national_numbers_are_added_if_they_are_meant_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    national = [Message(content="Hello", destination_number=f"049157015{n}") for n in range(3)]
    with Campaign(tmp_path / "c.journal") as campaign:
        assert campaign.add(national[:1], national_numbers=True).new == 1
        with pytest.raises(RowsError, match="1 to 5000 characters"):
            campaign.add([Message(content="x" * 5001, destination_number="0491570156")], national_numbers=True)
        monkeypatch.setenv("MESSAGEMEDIA_NATIONAL_NUMBERS", "yes")
        assert campaign.add(national[:2]).new == 1
        with pytest.raises(RowsError):
            campaign.add(national, national_numbers=False)
        monkeypatch.setenv("MESSAGEMEDIA_NATIONAL_NUMBERS", "perhaps")
        with pytest.raises(ConfigurationError, match="MESSAGEMEDIA_NATIONAL_NUMBERS must be one of"):
            campaign.add(national)
        assert campaign.add(national, check_limits=False, national_numbers=False).new == 1


# --- numbers of a country ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell", ["0491 570 156", "491570156", "61491570156", "+61 (0)491-570-156", "0491\u200b570156", NUMBER]
)
def test_numbers_of_a_country_become_e_164(tmp_path: Path, cell: str) -> None:
    rows = read(f"destination_number,content\n{cell},Hello\n", default_country="au")
    assert rows == [Row(HELLO, number=2)]
    with Campaign(tmp_path / "c.journal") as campaign:
        assert campaign.add(rows).new == 1


def test_only_the_recipient_is_brought_into_another_form() -> None:
    text = "destination_number,source_number,content,metadata.phone\n0491570156,0491570157,0491570158,0491570159\n"
    (row,) = read(text, default_country="AU", key="metadata.phone")
    assert row.message == Message(
        destination_number=NUMBER,
        source_number="0491570157",
        content="0491570158",
        metadata={"phone": "0491570159"},
    )
    assert row.key == "0491570159"
    (sender,) = read(f"destination_number,source_number,content\n{NUMBER},MyShop,x\n", default_country="AU")
    assert sender.message.source_number == "MyShop"


def test_a_number_that_nobody_can_have_costs_its_row_only(tmp_path: Path) -> None:
    text = "Mobile,Text\n12345,Hello\n0491570156,Hello\n,Hello\n0491570156/0491570157,Hello\n"
    rows = read(text, columns={"destination_number": "Mobile", "content": "Text"}, default_country="AU")
    assert [[str(each) for each in row.errors] for row in rows] == [
        ["/rows/2/destination_number: column 'Mobile' is too short for a landline or mobile number of +61"],
        [],
        ["/rows/4/destination_number: column 'Mobile' is empty"],
        ["/rows/5/destination_number: column 'Mobile' holds more than one number: write a message for each"],
    ]
    assert rows[0].message.destination_number == ""
    with Campaign(tmp_path / "c.journal") as campaign:
        added = campaign.add(rows, on_invalid="skip")
        assert (added.new, added.invalid) == (1, 3)


@pytest.mark.parametrize("country", ["", "Australia", "XX", "001", 61])
def test_a_country_that_is_none_is_refused_before_any_row(country: Any) -> None:
    said = refused("destination_number,content\n", default_country=country)
    assert said == "/default_country: must be an ISO 3166 code of two letters, such as AU"


def test_a_country_needs_a_package_and_no_country_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    text = f"destination_number,content\n{NUMBER},Hello\n"
    assert read(text) == [Row(HELLO, number=2)]
    with pytest.raises(ConfigurationError) as caught:
        read_csv(io.StringIO(text), default_country="AU")
    assert "pip install 'messagemedia[numbers]'" in str(caught.value)


@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)), st.sampled_from([";", ",", "\t", "|"]), st.booleans())
def test_an_example_of_every_country_is_read_from_any_file(country: str, delimiter: str, excel: bool) -> None:
    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    if example is None:  # a place without mobile numbers of its own
        return
    written = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
    lines = [f"sep={delimiter}"] * excel + [f"destination_number{delimiter}content", f'"{written}"{delimiter}Hello']
    (row,) = read("\r\n".join(lines), default_country=country)
    assert row.errors == ()
    assert row.message.destination_number == phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
