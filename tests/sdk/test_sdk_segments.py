"""SMS parts, held against the tables of 3GPP TS 23.038, which are written down here once more."""

import pickle
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from messagemedia import Segments, ValidationError, segments

# The default alphabet, clause 6.2.1, sixteen codes to a row; 0x1B leads to the extension table.
TABLE = """
    0040 00A3 0024 00A5 00E8 00E9 00F9 00EC 00F2 00C7 000A 00D8 00F8 000D 00C5 00E5
    0394 005F 03A6 0393 039B 03A9 03A0 03A8 03A3 0398 039E ESC  00C6 00E6 00DF 00C9
    0020 0021 0022 0023 00A4 0025 0026 0027 0028 0029 002A 002B 002C 002D 002E 002F
    0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003A 003B 003C 003D 003E 003F
    00A1 0041 0042 0043 0044 0045 0046 0047 0048 0049 004A 004B 004C 004D 004E 004F
    0050 0051 0052 0053 0054 0055 0056 0057 0058 0059 005A 00C4 00D6 00D1 00DC 00A7
    00BF 0061 0062 0063 0064 0065 0066 0067 0068 0069 006A 006B 006C 006D 006E 006F
    0070 0071 0072 0073 0074 0075 0076 0077 0078 0079 007A 00E4 00F6 00F1 00FC 00E0
"""
# The extension table, clause 6.2.1.1: form feed ^ { } backslash [ ~ ] | and the euro sign.
EXTENSION_CODES = (0x0C, 0x5E, 0x7B, 0x7D, 0x5C, 0x5B, 0x7E, 0x5D, 0x7C, 0x20AC)

BASIC = [chr(int(code, 16)) for code in TABLE.split() if code != "ESC"]
EXTENSION = [chr(code) for code in EXTENSION_CODES]
GSM = [*BASIC, *EXTENSION]
EMOJI = "\N{HAMBURGER}"
# A letter of two UTF-8 bytes that is one UCS-2 unit and has no replacement.
CYRILLIC = "\N{CYRILLIC SMALL LETTER ZHE}"

gsm_text = st.text(st.sampled_from(GSM), max_size=700)
any_text = st.text(st.one_of(st.sampled_from(GSM), st.characters(exclude_categories=["Cs"])), max_size=300)


def counted(text: str) -> tuple[str, int, int, int, int]:
    found = segments(text)
    return found.encoding, found.units, found.parts, found.units_per_part, found.units_left


def test_the_tables_are_complete() -> None:
    assert len(TABLE.split()) == 128
    assert len(set(BASIC)) == 127
    assert len(set(GSM)) == 137


@pytest.mark.parametrize("character", BASIC, ids=lambda each: f"{ord(each):04X}")
def test_a_character_of_the_default_alphabet_takes_one_septet(character: str) -> None:
    assert counted(character) == ("GSM-7", 1, 1, 160, 159)


@pytest.mark.parametrize("character", EXTENSION, ids=lambda each: f"{ord(each):04X}")
def test_a_character_of_the_extension_table_takes_two_septets(character: str) -> None:
    assert counted(character) == ("GSM-7", 2, 1, 160, 158)


@pytest.mark.slow
def test_every_other_character_forces_ucs_2() -> None:
    """All of the basic plane, and some of the others."""
    codes = [*range(0xD800), *range(0xE000, 0x10000), *range(0x10000, 0x110000, 997)]
    others = [chr(code) for code in codes if chr(code) not in GSM]
    assert len(others) == len(codes) - 137
    for character in others:
        units = 1 if character <= "\uffff" else 2
        assert counted(character) == ("UCS-2", units, 1, 70, 70 - units), hex(ord(character))
        assert segments(character).forcing == (character,)


def test_the_code_that_leads_to_the_extension_table_is_no_character_of_a_text() -> None:
    assert segments("\x1b").encoding == "UCS-2"
    assert segments("\x1b").replacements == {}


def test_an_empty_text_has_no_part() -> None:
    assert counted("") == ("GSM-7", 0, 0, 160, 160)


@pytest.mark.parametrize(("length", "parts", "size", "left"), [
    (1, 1, 160, 159), (159, 1, 160, 1), (160, 1, 160, 0), (161, 2, 153, 145), (306, 2, 153, 0), (307, 3, 153, 152),
    (459, 3, 153, 0), (460, 4, 153, 152), (5000, 33, 153, 49),
])  # fmt: skip
def test_gsm_7_parts_have_160_septets_alone_and_153_together(length: int, parts: int, size: int, left: int) -> None:
    assert counted("a" * length) == ("GSM-7", length, parts, size, left)


@pytest.mark.parametrize(("length", "parts", "size", "left"), [
    (1, 1, 70, 69), (70, 1, 70, 0), (71, 2, 67, 63), (134, 2, 67, 0), (135, 3, 67, 66), (201, 3, 67, 0), (202, 4, 67, 66),
])  # fmt: skip
def test_ucs_2_parts_have_70_units_alone_and_67_together(length: int, parts: int, size: int, left: int) -> None:
    assert counted(CYRILLIC * length) == ("UCS-2", length, parts, size, left)
    assert counted("a" * (length - 1) + CYRILLIC) == ("UCS-2", length, parts, size, left)


@pytest.mark.parametrize("extension", EXTENSION)
@pytest.mark.parametrize(("before", "after", "parts", "left"), [
    (158, 0, 1, 0),  # alone: its two septets are the last two of 160
    (159, 0, 2, 145),  # 161 septets
    (151, 153, 2, 0),  # it ends the first part
    (152, 151, 2, 0),  # septet 153 stays free, the character goes to the second part whole
    (152, 152, 3, 152),  # so one septet more does not fit, although 306 septets are used
    (152, 150, 2, 1),
])  # fmt: skip
def test_an_extension_character_is_never_divided(
    extension: str, before: int, after: int, parts: int, left: int
) -> None:
    found = segments("a" * before + extension + "b" * after)
    assert (found.encoding, found.units, found.parts, found.units_left) == ("GSM-7", before + 2 + after, parts, left)


@pytest.mark.parametrize(("before", "after", "parts", "left"), [
    (68, 0, 1, 0), (69, 0, 2, 63), (65, 67, 2, 0), (66, 65, 2, 0), (66, 66, 3, 66), (66, 64, 2, 1),
])  # fmt: skip
def test_a_surrogate_pair_is_never_divided(before: int, after: int, parts: int, left: int) -> None:
    found = segments("a" * before + EMOJI + "b" * after)
    assert (found.encoding, found.units, found.parts, found.units_left) == ("UCS-2", before + 2 + after, parts, left)


def test_each_of_many_pairs_that_would_be_divided_leaves_a_unit_free() -> None:
    assert counted(EMOJI * 35) == ("UCS-2", 70, 1, 70, 0)
    assert counted(EMOJI * 66) == ("UCS-2", 132, 2, 67, 1)
    assert counted(EMOJI * 67) == ("UCS-2", 134, 3, 67, 65)
    assert counted("{" * 152) == ("GSM-7", 304, 2, 153, 1)
    assert counted("{" * 153) == ("GSM-7", 306, 3, 153, 151)


def test_line_ends_count_as_the_characters_that_they_are() -> None:
    assert segments("a\nb").units == 3
    assert segments("a\r\nb").units == 4
    assert segments("a\fb").units == 4
    assert segments("a\u2028b").replacements == {"\u2028": "\n"}


def test_what_forces_ucs_2_is_named_once_and_in_order() -> None:
    found = segments(f"\u201cHi\u201d {EMOJI} \u201cHi\u201d {CYRILLIC}{EMOJI}")
    assert found.forcing == ("\u201c", "\u201d", EMOJI, CYRILLIC)
    assert found.replacements == {"\u201c": '"', "\u201d": '"'}
    assert not found.replaceable


REPLACED = {
    "\u2018quoted\u2019 \u201ctwice\u201d \u201elow\u201c": '\'quoted\' "twice" "low"',
    "\u00abguillemets\u00bb \u2039single\u203a": "\"guillemets\" 'single'",
    "a \u2013 b \u2014 c \u2010 d \u2011 e \u2212 f": "a - b - c - d - e - f",
    "wait\u2026": "wait...",
    "10\u00a0km, 5\u202fkg,\u2009thin,\u3000wide": "10 km, 5 kg, thin, wide",
    "\tindented": " indented",
    "back`tick and \u00b4acute": "back'tick and 'acute",
    "zero\u200bwidth, soft\u00adhyphen, \ufeffmark, \u202a+61\u202c": "zerowidth, softhyphen, mark, +61",
    "\u00e1\u00e2\u00e3 \u00ea\u00eb \u00ed \u00f3\u00f4\u00f5 \u00fa\u00fb \u00e7 \u00ff": "aaa ee i ooo uu c y",
    "\u0160koda, \u0141\u00f3d\u017a, \u0110\u00e0 N\u1eb5ng, \u0130zmir, \u0131": "Skoda, Lodz, Dà Nang, Izmir, i",
    "\u0152uvre, c\u0153ur, \u00deorn, \u00f0, \u1e9e": "OEuvre, coeur, Thorn, d, SS",
    "\ufb01ne o\ufb03ce": "fine office",
    "\uff28\uff25\uff2c\uff2c\uff2f \U0001d407\U0001d422": "HELLO Hi",
    "\u00a9 2027 Acme\u2122 \u00ae": "(c) 2027 Acme(TM) (r)",
    "1\u00ba 2\u00aa 3\u00d74 \u2022 item": "1o 2a 3x4 - item",
    # The Latin letters of the same shape stand for Greek capitals that the alphabet does not have.
    "\u0391\u0398\u0397\u039d\u0391": "A\u0398HNA",
    # Accents as characters of their own: kept where the alphabet has the letter, dropped where it does not.
    "Cafe\u0301 au lait, o\u030b, A\u030a": "Caf\u00e9 au lait, o, \u00c5",
    "A\u0302\u0301": "A",
}


@pytest.mark.parametrize(("text", "expected"), REPLACED.items())
def test_replacements_make_a_text_gsm_7(text: str, expected: str) -> None:
    found = segments(text)
    assert found.encoding == "UCS-2"
    assert found.replaceable
    assert found.with_replacements() == expected
    assert segments(expected).encoding == "GSM-7"


IRREPLACEABLE = {
    "an emoji": EMOJI,
    "joined emoji": "\N{WOMAN}\u200d\N{PERSONAL COMPUTER}",
    "an emoji with a variation selector": "\u2764\ufe0f",
    "a keycap": "1\ufe0f\u20e3",
    "a script without a Latin form": CYRILLIC,
    "a Chinese character": "\u4e2d",
    "a power": "\u00b2",
    "an index": "\u2082",
    "a fraction": "\u00bd",
    "a number in a circle": "\u2460",
    "not equal": "\u2260",
    "not equal, composed": "=\u0338",
    "an accent alone": "\u0301",
    "a spacing accent": "\u00a8",
    "the degree sign": "\u00b0",
    "a control character": "\x07",
}


@pytest.mark.parametrize("sequence", IRREPLACEABLE.values(), ids=IRREPLACEABLE)
def test_nothing_replaces_what_would_be_lost_or_say_something_else(sequence: str) -> None:
    found = segments(sequence)
    assert found.replacements == {}
    assert "".join(found.forcing) in sequence
    assert not found.replaceable


def test_a_text_of_which_only_some_can_be_replaced_stays_as_it_is() -> None:
    text = f"\u201cHi\u201d {EMOJI}\u200d{EMOJI}"
    assert segments(text).with_replacements() == text


def test_a_text_that_is_gsm_7_has_nothing_to_replace() -> None:
    found = segments("".join(GSM))
    assert (found.encoding, found.forcing, found.replacements) == ("GSM-7", (), {})
    assert found.replaceable
    assert found.with_replacements() == found.text == "".join(GSM)


def shown(text: str) -> str:
    """What the repr shows of the characters that force UCS-2."""
    found = segments(text)
    assert repr(found) == str(found) == f"{[found]}"[1:-1]
    assert f"text=<{len(text)} characters>" in repr(found)
    return repr(found).partition("forcing=")[2].removesuffix(")")


def test_a_result_shows_what_forces_ucs_2_and_what_replaces_it() -> None:
    assert shown("D\u2019Arcy, D\u2019Arcy") == "('\u2019' U+2019 \u2192 \"'\")"
    assert shown("cafe\u0301\u200b") == "('e\u0301' U+0065 U+0301 \u2192 '\u00e9', '\\u200b' U+200B \u2192 '')"
    assert shown("a \U0001f354") == "('\U0001f354' U+1F354)"
    assert shown("p\u0430ypal") == "('\u0430' U+0430)"  # a Cyrillic letter that strayed into a Latin word
    assert shown("plain") == "()"


def test_a_result_shows_neither_the_text_nor_its_order() -> None:
    assert "secret" not in shown("\u201csecret\u201d")
    assert shown("\u201d\u2019\u201c").find("\u2019") < shown("\u201d\u2019\u201c").find("\u201c")


@pytest.mark.parametrize(
    "text", ["\u0414\u0438\u0430\u0433\u043d\u043e\u0437", "\u8bca\u65ad\u786e\u8ba4", "\uff11\uff12\uff13\uff14"]
)
def test_a_result_only_counts_the_letters_and_digits_that_are_the_text_itself(text: str) -> None:
    told = shown(f"{text} \u2013 {text}")
    assert f"{len(set(text))} letters or digits" in told
    assert "U+2013 \u2192 '-'" in told
    assert not set(text) & set(told)


def test_a_result_is_data() -> None:
    found = segments("\u201cHi\u201d")
    assert pickle.loads(pickle.dumps(found)) == found == segments("\u201cHi\u201d")
    assert hash(found) == hash(segments("\u201cHi\u201d"))
    with pytest.raises(AttributeError):
        found.parts = 2  # type: ignore[misc]


@pytest.mark.parametrize("wrong", [None, b"text", 5, ["text"], "\ud83c", "\udf54 and more"], ids=repr)
def test_what_is_no_text_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError) as caught:
        segments(wrong)
    assert caught.value.errors[0].pointer == "/text"


def by_hand(text: str) -> list[int]:
    """The units of each part, found in another way: the longest beginning that fits, again and again."""
    gsm = all(character in GSM for character in text)
    alone, together = (160, 153) if gsm else (70, 67)

    def units(piece: str) -> int:
        return sum(1 + (each in EXTENSION) for each in piece) if gsm else len(piece.encode("utf-16-le")) // 2

    if units(text) <= alone:
        return [units(text)] if text else []
    sizes = []
    while text:
        end = max(end for end in range(1, min(len(text), together) + 1) if units(text[:end]) <= together)
        sizes.append(units(text[:end]))
        text = text[end:]
    return sizes


@given(st.one_of(gsm_text, any_text))
def test_units_and_parts_add_up(text: str) -> None:
    found, sizes = segments(text), by_hand(text)
    assert found.parts == len(sizes)
    assert found.units == sum(sizes)
    assert found.units_left == found.units_per_part - (sizes[-1] if sizes else 0)
    assert 0 <= found.units_left <= found.units_per_part


@given(st.one_of(gsm_text, any_text), st.one_of(gsm_text, any_text))
def test_a_longer_text_never_has_fewer_parts(text: str, more: str) -> None:
    assert segments(text).parts <= segments(text + more).parts


@given(any_text)
def test_a_text_is_gsm_7_exactly_if_the_tables_hold_all_of_it(text: str) -> None:
    found = segments(text)
    assert (found.encoding == "GSM-7") is all(character in GSM for character in text)
    assert (found.encoding == "GSM-7") is not bool(found.forcing)
    assert all(each in text for each in found.forcing)


@given(any_text)
def test_a_replacement_is_gsm_7_and_replacing_is_finished_after_once(text: str) -> None:
    found = segments(text)
    assert found.replacements.keys() <= set(found.forcing)
    assert all(segments(instead).encoding == "GSM-7" for instead in found.replacements.values())
    replaced: Segments = segments(found.with_replacements())
    assert replaced.encoding == ("GSM-7" if found.replaceable else "UCS-2")
    assert replaced.with_replacements() == replaced.text


@given(st.text(st.characters(codec="latin-1"), max_size=50))
def test_a_decomposed_text_is_replaced_like_the_composed_one(text: str) -> None:
    apart = unicodedata.normalize("NFD", text)
    found, whole = segments(apart), segments(unicodedata.normalize("NFC", text))
    if found.replaceable and whole.replaceable:
        assert found.with_replacements() == whole.with_replacements()
