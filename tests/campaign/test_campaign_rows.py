"""What a CSV file becomes, and what is said of it if it can't."""

import contextlib
import csv
import gc
import io
import os
import pickle
import tracemalloc
import typing
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from messagemedia import FieldError, Message, MessageMediaError
from messagemedia.campaign import Added, Campaign
from messagemedia.campaign.errors import RowsError
from messagemedia.campaign.rows import Row, read_csv

NUMBER = "+61491570156"
OTHER = "+61491570157"
HELLO = Message(content="Hello", destination_number=NUMBER)


def read(text: str, **options: Any) -> list[Row]:
    """The rows of a file with this text."""
    return list(read_csv(io.StringIO(text, newline=""), **options))


def refused(text: str, **options: Any) -> RowsError:
    """What is said at once, before any row."""
    with pytest.raises(RowsError) as caught:
        read_csv(io.StringIO(text, newline=""), **options)
    return caught.value


def one_error(row: Row) -> FieldError:
    (error,) = row.errors
    return error


# --- what is read -------------------------------------------------------------------------------------------------


def test_columns_named_like_fields_are_read() -> None:
    assert read(f"destination_number,content,note\n{NUMBER},Hello,x\n{OTHER},Bye,y\n") == [
        Row(HELLO, number=2),
        Row(Message(content="Bye", destination_number=OTHER), number=3),
    ]


def test_a_column_map_decides_alone_which_columns_are_read() -> None:
    text = f"Mobile,Text,subject\n{NUMBER},Hello,Not of the message\n"
    assert read(text, columns={"destination_number": "Mobile", "content": "Text"}) == [Row(HELLO, number=2)]


def test_a_template_is_filled_with_cells() -> None:
    text = f"destination_number,first_name,Last Name\n{NUMBER},Ann,Lee\n"
    (row,) = read(text, content="Hi {first_name} {Last Name}, {{really}} {first_name}!")
    assert row == Row(Message(content="Hi Ann Lee, {really} Ann!", destination_number=NUMBER), number=2)


def test_a_template_wins_over_a_column_named_content_and_may_use_it() -> None:
    text = f"destination_number,content\n{NUMBER},Hello\n"
    assert read(text, content="{content}, {content}")[0].message.content == "Hello, Hello"


@pytest.mark.parametrize("cell", ["{first_name}", "{0}", "{", "}}", "{first_name.__class__}", "{{x}}", "%s", "\\n"])
def test_what_a_cell_holds_is_put_into_a_template_as_it_is(cell: str) -> None:
    text = f"destination_number,first_name\n{NUMBER},{cell}\n"
    assert read(text, content="<{first_name}>")[0].message.content == f"<{cell}>"


def test_the_key_column_is_the_key() -> None:
    text = f"id,destination_number,content\n A-1 ,{NUMBER},Hello\n"
    assert read(text, key="id") == [Row(HELLO, key="A-1", number=2)]


def test_the_key_may_be_a_column_of_the_message_as_well() -> None:
    assert read(f"destination_number,content\n{NUMBER},Hello\n", key="destination_number")[0].key == NUMBER


def test_constant_fields_are_in_every_message() -> None:
    moment = datetime(2027, 3, 1, tzinfo=UTC)
    text = f"destination_number,content\n{NUMBER},Hello\n{OTHER},Hello\n"
    rows = read(text, scheduled=moment, delivery_report=True, metadata={"campaign": "spring"}, format=None)
    assert [row.message.destination_number for row in rows] == [NUMBER, OTHER]
    for row in rows:
        assert row.message.scheduled == moment
        assert row.message.delivery_report is True
        assert row.message.metadata == {"campaign": "spring"}
        assert row.message.format is None


def test_a_constant_field_wins_over_a_column_that_is_just_named_like_it() -> None:
    text = f"destination_number,content,format,delivery_report\n{NUMBER},Hello,fax,perhaps\n"
    (row,) = read(text, format="SMS", delivery_report=False)
    assert row.errors == ()
    assert (row.message.format, row.message.delivery_report) == ("SMS", False)


def test_metadata_come_from_a_column_for_each_pair_and_from_the_constant() -> None:
    text = f"destination_number,content,metadata.order,metadata.list.name,metadata.own\n{NUMBER},Hello,4711,a,b\n{OTHER},Hello,,,\n"
    first, second = read(text, metadata={"own": "argument"})
    assert first.message.metadata == {"order": "4711", "list.name": "a", "own": "argument"}
    assert second.message.metadata == {"own": "argument"}
    mapped = read(
        f"N,T,No\n{NUMBER},Hello,4711\n", columns={"destination_number": "N", "content": "T", "metadata.order": "No"}
    )
    assert mapped[0].message.metadata == {"order": "4711"}


def test_an_empty_cell_leaves_an_optional_field_out() -> None:
    optional = [each.name for each in attrs.fields(Message) if each.default is None and each.name != "metadata"]
    assert len(optional) >= 9
    header = ",".join(["destination_number", "content", "metadata.x", *optional])
    assert read(f"{header}\n{NUMBER},Hello{', ' * (len(optional) + 1)}\n") == [Row(HELLO, number=2)]


CELLS = {
    "callback_url": ("https://example.com/hooks", "https://example.com/hooks"),
    "content": (" Hello ", " Hello "),
    "delivery_report": ("TRUE", True),
    "destination_number": (f" {NUMBER} ", NUMBER),
    "format": ("MMS", "MMS"),
    "media": ("https://example.com/1.png?a=1;b=2,3|4 \r\n https://example.com/2.png",
              ["https://example.com/1.png?a=1;b=2,3|4", "https://example.com/2.png"]),
    "message_expiry_timestamp": ("2027-03-02T00:00:00Z", datetime(2027, 3, 2, tzinfo=UTC)),
    "metadata": ("x", {"pair": "x"}),
    "scheduled": ("2027-03-01T09:00:00+10:00", datetime(2027, 3, 1, 9, tzinfo=timezone(timedelta(hours=10)))),
    "source_number": ("MyShop", "MyShop"),
    "source_number_type": ("ALPHANUMERIC", "ALPHANUMERIC"),
    "subject": (" Your ticket ", "Your ticket"),
}  # fmt: skip


def test_every_field_of_a_message_can_come_from_a_column() -> None:
    assert CELLS.keys() == attrs.fields_dict(Message).keys()
    names = ["metadata.pair" if name == "metadata" else name for name in CELLS]
    file = io.StringIO(newline="")
    csv.writer(file).writerows([names, [cell for cell, _ in CELLS.values()]])
    (row,) = read(file.getvalue())
    assert row == Row(Message(**{name: value for name, (_, value) in CELLS.items()}), number=2)
    problems: list[FieldError] = []
    row.message.to_json(problems)
    assert problems == []


@pytest.mark.parametrize(("cell", "value"), [
    ("true", True), ("Yes", True), ("1", True), ("FALSE", False), ("no", False), ("0", False), (" yes ", True),
])  # fmt: skip
def test_delivery_report_is_read_in_the_usual_spellings(cell: str, value: bool) -> None:
    assert read(f"destination_number,content,delivery_report\n{NUMBER},x,{cell}\n")[0].message.delivery_report is value


@pytest.mark.parametrize(
    "cell", ["2027-03-01T09:00:00+10:00", "2027-02-28T23:00:00Z", "2027-03-01 09:00+10:00", "20270301T090000+1000"]
)
def test_a_time_is_read_with_its_offset(cell: str) -> None:
    (row,) = read(f"destination_number,content,scheduled\n{NUMBER},x,{cell}\n")
    assert row.message.scheduled == datetime(2027, 2, 28, 23, tzinfo=UTC)
    assert row.message.scheduled.utcoffset() is not None


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_quoted_cells_may_have_line_breaks_and_the_row_is_numbered_where_it_begins(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "rows.csv"
    lines = [
        "destination_number,content",
        f'{NUMBER},"one',
        'two, ""quoted"""',
        "",
        f"{OTHER},next",
        " , ",
        f'{NUMBER},"last"',
    ]
    path.write_bytes(ending.join(lines).encode())
    rows = list(read_csv(path))
    assert [row.number for row in rows] == [2, 5, 7]
    assert [row.message.content for row in rows] == [f'one{ending}two, "quoted"', "next", "last"]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "mark"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
def test_utf_8_is_read_with_and_without_a_byte_order_mark(tmp_path: Path, mark: bytes, encoding: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(mark + f"destination_number,content\n{NUMBER},\u00dcber \U0001f354".encode())
    assert [row.message.content for row in read_csv(path, encoding=encoding)] == ["\u00dcber \U0001f354"]


def test_other_encodings_and_delimiters_are_read_if_they_are_named(tmp_path: Path) -> None:
    for encoding in ("cp1252", "utf-16"):
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(f"destination_number;content\n{NUMBER};\u00dcber, alles".encode(encoding))
        (row,) = read_csv(path, encoding=encoding, delimiter=";")
        assert row.message.content == "\u00dcber, alles"
    assert read(f"destination_number\tcontent\n{NUMBER}\tHello\n", delimiter="\t") == [Row(HELLO, number=2)]


def test_the_path_may_be_a_str_or_a_path_and_the_stream_any_lines(tmp_path: Path) -> None:
    text = f"destination_number,content\n{NUMBER},Hello\n"
    path = tmp_path / "rows.csv"
    path.write_text(text)
    with path.open(newline="") as stream:
        for source in (
            path,
            str(path),
            stream,
            iter(text.splitlines(keepends=True)),
            [f"\ufeff{text}"][0].splitlines(),
        ):
            assert list(read_csv(source)) == [Row(HELLO, number=2)]
        assert not stream.closed


@pytest.mark.parametrize("line", ["7", 1.5, 1 << 63])
def test_a_number_that_no_line_has_is_an_error_of_its_row(campaign: Campaign, line: Any) -> None:
    rows = [Row(HELLO, number=line), Row(HELLO, number=7)]
    with pytest.raises(RowsError, match="row 1, number: must be the number of a line, or None"):
        campaign.add(rows)
    assert campaign.add(rows, on_invalid="skip") == Added(new=1, invalid=1)


def test_cells_beyond_the_header_that_are_empty_and_columns_without_name_do_not_matter() -> None:
    assert read(f"destination_number,content,,\n{NUMBER},Hello,ignored,,, ,\n") == [Row(HELLO, number=2)]


def test_a_header_without_rows_is_no_error() -> None:
    assert read("destination_number,content\n\n , \n") == []


# --- what is wrong with a row -------------------------------------------------------------------------------------

WRONG_CELLS = {
    "no number": (",Hello,,", "destination_number", "column 'Mobile' is empty"),
    "a blank number": ("  ,Hello,,", "destination_number", "column 'Mobile' is empty"),
    "no content": (f"{NUMBER},,,", "content", "column 'Text' is empty"),
    "a naive time": (f"{NUMBER},Hello,2027-03-01T09:00:00,", "scheduled", "column 'When' has no UTC offset: write one, as in 2027-03-01T09:00:00+10:00, or Z for UTC"),
    "a day": (f"{NUMBER},Hello,2027-03-01,", "scheduled", "column 'When' has no UTC offset: write one, as in 2027-03-01T09:00:00+10:00, or Z for UTC"),
    "a local date": (f"{NUMBER},Hello,1/3/2027 9:00,", "scheduled", "column 'When' must be a time in ISO 8601, such as 2027-03-01T09:00:00+10:00"),
    "no truth": (f"{NUMBER},Hello,,ja", "delivery_report", "column 'Report' must be one of true, yes, 1, false, no, 0"),
}  # fmt: skip
COLUMNS = {"destination_number": "Mobile", "content": "Text", "scheduled": "When", "delivery_report": "Report"}


@pytest.mark.parametrize(("line", "name", "message"), WRONG_CELLS.values(), ids=WRONG_CELLS)
def test_a_wrong_cell_costs_its_row_only(line: str, name: str, message: str) -> None:
    good = f"{NUMBER},Hello,,\n"
    before, row, after = read(f"Mobile,Text,When,Report\n{good}{line}\n{good}", columns=COLUMNS)
    assert before.errors == after.errors == ()
    assert (before.number, row.number, after.number) == (2, 3, 4)
    error = one_error(row)
    assert (error.index, error.field, error.message) == (3, name, message)
    assert str(error) == f"/rows/3/{name}: {message}"


@pytest.mark.parametrize("cell", ["6.1491E+10", "6,1491570156E+10", "6E+10", "6.1491e+10", "-6.1E+9"])
@pytest.mark.parametrize("name", ["destination_number", "source_number"])
def test_a_number_that_a_spreadsheet_has_shortened_is_named_as_that(cell: str, name: str) -> None:
    cells = {"destination_number": NUMBER, "source_number": OTHER, name: cell}
    (row,) = read(
        f"destination_number;source_number;content\n{cells['destination_number']};{cells['source_number']};x\n",
        delimiter=";",
    )
    error = one_error(row)
    assert (error.index, error.field) == (2, name)
    assert "spreadsheet" in error.message
    assert "as text" in error.message
    assert cell not in error.message


@pytest.mark.parametrize("cell", ["61491570156", "0491 570 156", "12", "not a number"])
def test_other_numbers_are_left_to_the_contract(cell: str) -> None:
    (row,) = read(f"destination_number,content\n{cell},x\n")
    assert row.errors == ()
    assert row.message.destination_number == cell


def test_a_sender_id_of_digits_and_an_e_is_no_shortened_number() -> None:
    assert read(f"destination_number,content,source_number\n{NUMBER},x,5E10\n")[0].message.source_number == "5E10"


@pytest.mark.parametrize(
    ("line", "count"), [(NUMBER, 1), (f"{NUMBER},a", 2), (f"{NUMBER},a,b,c", 4), (f"{NUMBER},a,b,,d", 5)]
)
def test_too_few_or_too_many_cells_are_one_error(line: str, count: int) -> None:
    row, after = read(f"destination_number,content,scheduled\n{line}\n{OTHER},x,\n")
    error = one_error(row)
    assert (error.index, error.pointer) == (2, "/rows/2")
    assert error.message.startswith(f"has {count} cells, but the header has 3")
    assert row.message.destination_number == NUMBER  # what was read is kept
    assert after.errors == ()


def test_everything_that_is_wrong_with_a_row_is_said_at_once() -> None:
    (row,) = read("destination_number,name,id,scheduled\n6.1E+10,,,soon\n", content="Hi {name}, {name}", key="id")
    assert [(error.index, error.field) for error in row.errors] == [
        (2, "destination_number"), (2, "scheduled"), (2, "content"), (2, "key"),
    ]  # fmt: skip
    assert row.key == ""
    assert row.message == Message(content="Hi , ", destination_number="")


def test_a_needed_cell_of_a_template_names_its_column() -> None:
    (row,) = read(f"destination_number,first_name\n{NUMBER}, \n", content="Hi {first_name}")
    assert str(one_error(row)) == "/rows/2/content: column 'first_name' is empty"


def test_no_error_of_a_row_repeats_a_cell() -> None:
    secret = "Diagnosis"
    for text in (
        f"destination_number,content,scheduled,delivery_report\n{NUMBER},{secret},{secret},{secret}\n",
        f"destination_number,content,scheduled,delivery_report\n{secret}\n",
    ):
        (row,) = read(text)
        assert row.errors
        assert secret not in str(row.errors)
        assert NUMBER not in str(row.errors)


def test_a_row_shows_neither_content_nor_full_number() -> None:
    (row,) = read(f"destination_number,content\n{NUMBER},Diagnosis\n", key="destination_number")
    assert "Diagnosis" not in repr(row)
    assert NUMBER not in repr(row)
    assert "number=2" in repr(row)
    assert pickle.loads(pickle.dumps(row)) == row


# --- what is wrong with a file, or with what was asked for ---------------------------------------------------------

HEADER = f"destination_number,first_name\n{NUMBER},Ann\n"
TEMPLATES = [
    "Hi {}", "Hi {0}", "Hi {12}", "Hi {first_name.__class__}", "Hi {first_name[0]}", "Hi {first_name!r}",
    "Hi {first_name:>10}", "Hi {first_name:{first_name}}", "Hi {", "Hi }", "Hi {first_name", "Hi {first_name!}",
    "Hi {.x}", "Hi {[0]}", "Hi {0.x}",
]  # fmt: skip


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_with_anything_but_plain_names_is_refused(template: str) -> None:
    error = refused(HEADER, content=template)
    (problem,) = error.errors
    assert problem.field == "content"
    assert "{{" in problem.message


def test_a_template_field_that_is_no_column_is_refused_before_any_row() -> None:
    error = refused(HEADER, content="Hi {firstname}, {firstname} {city}")
    assert [str(each) for each in error.errors] == [
        "/content: needs the column 'firstname', which is missing, did you mean 'first_name'?",
        "/content: needs the column 'city', which is missing; there are 'destination_number', 'first_name'",
    ]


def test_everything_that_is_wrong_with_the_arguments_is_said_at_once() -> None:
    error = refused(
        "Mobile,Text\nx,y\n",
        columns={"destination_number": "Mobil", "contents": "Text", "metadata": "Text", "media": "", "subject": "Text"},
        key="Id", delivery_reprot=True, scheduled=datetime(2027, 3, 1), media=["a", 5], subject="x",  # noqa: DTZ001
    )  # fmt: skip
    told = [(each.field, each.message) for each in error.errors]
    for field, part in (
        ("destination_number", "did you mean 'Mobile'"), ("contents", "did you mean 'content'"),
        ("metadata", "metadata.<name>"), ("media", "both as a column and as an argument"), ("media", "which is missing"),
        ("media", "must be a str, not int"), ("key", "'Id'"), ("delivery_reprot", "did you mean 'delivery_report'"),
        ("scheduled", "needs a time zone"), ("subject", "both as a column"), ("content", "is in no column"),
    ):  # fmt: skip
        assert any(name == field and part in text for name, text in told), (field, part, told)


def test_a_constant_that_needs_another_field_is_left_to_the_message() -> None:
    text = f"destination_number,content,format\n{NUMBER},x,MMS\n"
    assert read(text, media=["https://example.com/1.png"])[0].message.format == "MMS"


def test_a_missing_column_says_how_to_name_it() -> None:
    error = refused("Mobile,content\nx,y\n")
    assert str(error) == (
        "the stream can't be read as it is:\n"
        "  /destination_number: is in no column: name it with columns={'destination_number': …}; there are 'Mobile', 'content'"
    )


@pytest.mark.parametrize("name", ["metadata", "metadata."])
def test_metadata_in_one_column_is_refused_with_the_way_to_write_it(name: str) -> None:
    columns = {"destination_number": "a", "content": "b", name: "c"}
    error = refused("a,b,c\n", columns=columns)
    assert "metadata.<name>" in str(error)
    assert "metadata.<name>" in str(refused(f"destination_number,content,metadata\n{NUMBER},x,y\n"))


def test_columns_that_only_resemble_a_field_are_not_read() -> None:
    text = f"destination_number,content,content.old,metadata.,scheduled.\n{NUMBER},Hello,x,y,z\n"
    assert read(text) == [Row(HELLO, number=2)]


BAD_FILES = {
    "empty": (b"", "is empty"),
    "blank lines": (b"\n\n \n", "is empty"),
    "a byte order mark only": (b"\xef\xbb\xbf", "is empty"),
    "a column twice": (b"destination_number,content,a,b,a\n", "more than one column 'a'"),
    "no header": (b"+61491570156,Diagnosis\n", "holds a phone number"),
    "NUL bytes": (b"destination_number,content\0\n", "row 1: has a NUL byte"),
    "UTF-16": ("destination_number,content\n".encode("utf-16"), "row 1: has"),
    "not UTF-8": (b"destination_number,content,\xdcbung\n", "row 1: has the byte 0xDC"),
    "an open quote": (b'destination_number,"content\n+61491570156,x\n', "row 1: is not a row of a CSV file: a quote in it is never closed"),
    "text behind a quote": (b'destination_number,"content"x\n', "row 1: is not a row of a CSV file"),
    "an image": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "row 1: has the byte 0x89"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "message"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_that_can_not_be_read_is_refused_before_any_row(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(data)
    with pytest.raises(RowsError) as caught:
        read_csv(path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{path} can't be read as it is:")
    for private in ("Diagnosis", "+61491570156"):
        assert private not in str(caught.value)
        assert private.encode() not in pickle.dumps(caught.value)


LATER = {
    "a byte": (b"x,\xe9", "row 1003: has the byte 0xE9, which is not utf-8-sig here: save the file as CSV UTF-8"),
    "a byte in a quoted cell": (b'x,"a\nb\n\xe9"', "row 1005: has the byte 0xE9"),
    "a NUL byte": (b"x,y\0", "row 1003: has a NUL byte"),
    "a quote": (b'x,"y\nz,', "row 1003: is not a row of a CSV file: a quote in it is never closed"),
    "text behind a quote": (b'x,"y"z', "row 1003: is not a row of a CSV file"),
    "a giant cell": (b"x," + b"y" * 200_000, "row 1003: is not a row of a CSV file: field larger than field limit"),
}  # fmt: skip


@pytest.mark.parametrize(("line", "message"), LATER.values(), ids=LATER)
def test_what_no_csv_file_has_stops_at_its_line_and_not_before(tmp_path: Path, line: bytes, message: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(
        b"destination_number,content\n" + b"+61491570156,Hello\n" * 1001 + line + b"\n+61491570156,Hello\n" * 1000
    )
    rows: list[Row] = []
    with pytest.raises(RowsError) as caught:
        rows += take(read_csv(path), rows)
    assert message in str(caught.value)
    assert len(rows) == 1001
    assert caught.value.errors[0].index is not None


def take(rows: Iterator[Row], into: list[Row]) -> list[Row]:
    """Collect rows where they stay if there is an error."""
    into.extend(rows)
    return []


def test_bytes_that_only_the_decoder_of_a_stream_notices_are_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"destination_number,content\n" + b"+61491570156,Hello\n" * 3000 + b"\xe9\n")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = read_csv(stream, encoding="utf-8")
        with pytest.raises(RowsError, match=r"row \d+: is followed by bytes that are not utf-8") as caught:
            list(rows)
    assert isinstance(caught.value.__cause__, UnicodeDecodeError)


def test_half_a_character_of_utf_16_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes("destination_number,content\n".encode("utf-16") + b"x")
    with pytest.raises(RowsError, match="bytes that are not utf-16"):
        list(read_csv(path, encoding="utf-16"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RowsError, match=r"no-such\.csv can't be read.*(?s:.*)can't be opened: No such file") as caught:
        read_csv(tmp_path / "no-such.csv")
    assert isinstance(caught.value.__cause__, FileNotFoundError)
    assert isinstance(caught.value, MessageMediaError)
    with pytest.raises(RowsError, match="can't be opened"):
        read_csv(tmp_path)
    with pytest.raises(RowsError, match="can't be opened"):
        read_csv("a\0b")


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **options: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(RowsError, match="can't be opened: Permission denied"):
        read_csv(tmp_path / "rows.csv")


def test_a_disk_that_fails_later_names_the_line() -> None:
    def lines() -> Iterator[str]:
        yield "destination_number,content\n"
        yield f"{NUMBER},Hello\n"
        raise OSError(5, "Input/output error")

    rows = read_csv(lines())
    assert next(rows) == Row(HELLO, number=2)
    with pytest.raises(RowsError, match="row 3: can't be read: Input/output error"):
        next(rows)


@pytest.mark.parametrize(("options", "message"), [
    ({"encoding": "utf-9"}, "/encoding: is not a text encoding"), ({"encoding": "base64"}, "/encoding: is not a text encoding"),
    ({"delimiter": ""}, "/delimiter"), ({"delimiter": "::"}, "/delimiter"), ({"delimiter": '"'}, "/delimiter"),
    ({"delimiter": "\n"}, "/delimiter"), ({"delimiter": 5}, "/delimiter"), ({"content": 5}, "/content: must be a str"),
])  # fmt: skip
def test_arguments_of_the_wrong_kind_are_refused(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(HEADER)
    with pytest.raises(RowsError) as caught:
        read_csv(path, **options)
    assert message in str(caught.value)


@pytest.mark.parametrize("source", [b"rows.csv", 5, None, io.BytesIO(b"destination_number,content\n")], ids=type)
def test_a_source_that_is_neither_path_nor_text_stream_is_refused(source: Any) -> None:
    with pytest.raises(RowsError, match="text"):
        read_csv(source)


# --- files are closed, and memory is constant ----------------------------------------------------------------------


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The files that are opened in a test."""
    files: list[Any] = []
    original = Path.open

    def keep(*args: Any, **options: Any) -> Any:
        file = original(*args, **options)
        if options.get("errors"):  # not what the test itself opens
            files.append(file)
        return file

    monkeypatch.setattr(Path, "open", keep)
    return files


def test_the_file_is_closed_after_the_last_row_by_close_and_after_an_error(tmp_path: Path, opened: list[Any]) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(f"destination_number,content\n{NUMBER},Hello\n{NUMBER},Hello\n")
    rows = read_csv(path)
    assert not opened[0].closed
    assert len(list(rows)) == 2
    begun, unbegun, forgotten = read_csv(path), read_csv(path), read_csv(path)
    next(begun)
    begun.close()
    unbegun.close()
    del forgotten
    gc.collect()
    with pytest.raises(RowsError):
        read_csv(path, key="no such column")
    assert [file.closed for file in opened] == [True] * 5


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="platform: there are no paths of pipes")
def test_a_pipe_is_read_once() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as pipe:
        pipe.write(f"destination_number,content\n{NUMBER},Hello\n")
    try:
        assert list(read_csv(f"/dev/fd/{reading}")) == [Row(HELLO, number=2)]
    finally:
        os.close(reading)


@pytest.mark.slow
def test_rows_are_made_one_at_a_time_in_constant_memory() -> None:
    def lines(count: int) -> Iterator[str]:
        yield "destination_number,content\n"
        yield from (f"{NUMBER},Hello {number}\n" for number in range(count))

    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            assert sum(row.errors == () for row in read_csv(lines(count))) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100)
    assert peak(20_000) < peak(200) + 50_000


# --- properties ----------------------------------------------------------------------------------------------------

cell_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
shown_text = cell_text.filter(lambda text: text.strip() != "")


@given(
    rows=st.lists(st.tuples(shown_text, shown_text, cell_text), max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_the_csv_module_writes_is_read_back(
    rows: list[tuple[str, str, str]], delimiter: str, quoting: typing.Literal[0, 1]
) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, quoting=quoting).writerows([("content", "key", "other"), *rows])
    found = read(
        file.getvalue(),
        delimiter=delimiter,
        key="key",
        destination_number=NUMBER,
        columns={"content": "content", "metadata.other": "other"},
    )
    assert [(row.message.content, row.key) for row in found] == [(content, key.strip()) for content, key, _ in rows]
    assert [(row.message.metadata or {}).get("other", "") for row in found] == [other.strip() for *_, other in rows]
    assert all(row.errors == () for row in found)
    numbers = [row.number or 0 for row in found]
    assert numbers == sorted(set(numbers))
    assert all(number >= 2 for number in numbers)


@given(
    pieces=st.lists(
        st.one_of(cell_text.map(lambda text: (text, False)), st.sampled_from([("a", True), ("b c", True)]))
    ),
    a=shown_text,
    b=shown_text,
)
def test_a_template_is_what_str_format_makes_of_it(pieces: list[tuple[str, bool]], a: str, b: str) -> None:
    template = "".join(
        f"{{{text}}}" if is_name else text.replace("{", "{{").replace("}", "}}") for text, is_name in pieces
    )
    file = io.StringIO(newline="")
    csv.writer(file).writerows([("destination_number", "a", "b c"), (NUMBER, a, b)])
    (row,) = read(file.getvalue(), content=template)
    assert row.errors == ()
    assert row.message.content == template.format(**{"a": a.strip(), "b c": b.strip()})


@given(st.text(st.sampled_from("a{}[]!:.0_ "), max_size=30))
def test_any_template_is_taken_or_refused_with_a_reason(template: str) -> None:
    with contextlib.suppress(RefusedError):
        (row,) = read_or_refused(io.StringIO(f"destination_number,a\n{NUMBER},x\n"), "/content", content=template)
        plain = template.replace("{{", "").replace("}}", "").replace("{a}", "").replace("{a:}", "")
        assert "{" not in plain
        assert "}" not in plain
        assert row.message.content == template.format(a="x")


class RefusedError(Exception):
    """A file was refused with a reason."""


def read_or_refused(source: Any, pointer: str, **options: Any) -> list[Row]:
    try:
        return list(read_csv(source, **options))
    except RowsError as error:
        if error.errors and all(each.pointer.startswith(pointer) and each.message for each in error.errors):
            raise RefusedError from error
        raise


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_reason(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"destination_number,content\n" + data)
    with contextlib.suppress(RefusedError):
        rows = read_or_refused(path, "/rows/")
        assert all(row.number is not None and row.number >= 2 for row in rows)
