import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alnage.model import Period, Reason
from alnage.sources.cells import Partial, read_cell, shown, uses_decimal_comma
from alnage.sources.identity import HIDDEN
from alnage.sources.schema import CN_REGIONS, TABLES

SHIPPED = TABLES["movements"]["shipped"]
QUANTITY = TABLES["movements"]["quantity"]
VALUE = TABLES["movements"]["value"]
COUNTRY = TABLES["parties"]["country"]
REGION = TABLES["parties"]["region"]


def code(column, text):
    value = read_cell(column, text)
    assert isinstance(value, Reason), value
    # Whatever is said must have its words in both languages, completely filled in.
    for lang in ("en", "zh"):
        sentence = value.text(lang)
        assert sentence != f"reason.{value.code}"
        assert "{" not in sentence
    return value.code


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-03-01", "2024-03-01", "2024-03-01"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-03-01/2024-03-09", "2024-03-01", "2024-03-09"),
        ("2024-03 / 2024-04", "2024-03-01", "2024-04-30"),
        ("2024-03-01 00:00:00", "2024-03-01", "2024-03-01"),
        ("2024-03-01T07:30", "2024-03-01", "2024-03-01"),
        ("２０２４-０３-０１", "2024-03-01", "2024-03-01"),
    ],
)
def test_dates(text, first, last):
    assert read_cell(SHIPPED, text) == Period(
        dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30/02/2024", "date_impossible"),
        ("2024-02-30", "date_impossible"),
        ("2024-13", "date_impossible"),
        ("03/04/2024", "date_ambiguous"),
        ("31/12/2024", "date_not_iso"),
        ("2024/03/01", "date_not_iso"),
        ("2024年3月1日", "date_not_iso"),
        ("2024-3-1", "date_not_iso"),
        ("2024-03-09/2024-03-01", "date_reversed"),
        ("2024-03-01/", "date_invalid"),
        ("/2024-03-01", "date_invalid"),
        ("2024", "date_invalid"),
        ("45356", "date_invalid"),
        ("2024-W05-1", "date_invalid"),
        ("0224-03-01", "date_invalid"),
        ("next week", "date_invalid"),
        ("2024-03-01T00:00:00+08:00", "date_invalid"),
    ],
)
def test_dates_that_can_not_be_read(text, expected):
    assert code(SHIPPED, text) == expected


def test_an_ambiguous_date_names_both_readings():
    reason = read_cell(SHIPPED, "03/04/2024")
    assert "2024-03-04" in reason.text()
    assert "2024-04-03" in reason.text()


def test_a_year_alone_serves_only_for_founding():
    assert read_cell(TABLES["parties"]["founded"], "1998").last == dt.date(1998, 12, 31)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)))
def test_every_iso_day_reads_as_itself(day):
    assert read_cell(SHIPPED, day.isoformat()) == Period(day, day)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", 5), ("+5", 5), ("5.", 5), (".5", 0.5), ("1e3", 1000), ("１２", 12),
        ("1,234.5", 1234.5), ("1,234,567", 1234567), ("1.234,5", 1234.5), ("1.234.567", 1234567),
        ("1 234", 1234), ("1\u00a0234,5", 1234.5), ("1'234.5", 1234.5), ("12,5", 12.5),
        ("0,125", 0.125), ("1234,567", 1234.567),
    ],
)  # fmt: skip
def test_numbers(text, number):
    assert read_cell(QUANTITY, text) == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NaN", "number_invalid"), ("inf", "number_invalid"), ("-Infinity", "number_invalid"),
        ("1e999", "number_invalid"), ("five", "number_invalid"), ("5 kg", "number_invalid"),
        ("1_000", "number_invalid"), ("0x10", "number_invalid"), ("5%", "number_invalid"),
        ("12,34,567", "number_invalid"), ("1,2,3", "number_invalid"), ("--5", "number_invalid"),
        ("1,234", "number_ambiguous"), ("0", "number_not_positive"), ("-4", "number_not_positive"),
        ("−4", "number_not_positive"), ("#DIV/0!", "cell_sheet_error"),
    ],
)  # fmt: skip
def test_numbers_that_can_not_be_read(text, expected):
    assert code(QUANTITY, text) == expected


@given(st.floats(min_value=1e-9, max_value=1e15))
def test_every_number_written_plainly_reads_as_itself(number):
    assert read_cell(QUANTITY, repr(number)) == number


@given(st.text(min_size=1, max_size=20))
def test_no_text_becomes_a_number_that_is_not_finite(text):
    value = read_cell(VALUE, text)
    assert isinstance(value, Reason) or math.isfinite(value)


@given(st.text(min_size=1, max_size=30), st.sampled_from([c for t in TABLES.values() for c in t]))
def test_any_text_in_any_column_is_a_value_or_a_reason_with_words(text, column):
    value = read_cell(column, text)
    if isinstance(value, Reason):
        assert value.text("zh") != value.text("en")


def test_share_is_not_a_percentage():
    share = TABLES["ownership"]["share"]
    assert read_cell(share, "0.51") == 0.51
    assert code(share, "51") == "number_out_of_range"
    assert code(share, "-0.1") == "number_out_of_range"


def test_countries_are_those_of_the_standard():
    assert read_cell(COUNTRY, "cn") == "CN"
    assert read_cell(COUNTRY, "XA") == "XA"
    assert code(COUNTRY, "XX") == code(COUNTRY, "unknown") == "cell_placeholder"
    assert code(COUNTRY, "UK") == "country_unknown"
    assert code(COUNTRY, "China") == "country_unknown"


def test_a_region_that_the_standard_does_not_know_is_not_taken_for_another_place():
    assert read_cell(REGION, "cn-xj") == "CN-XJ"
    assert read_cell(REGION, "US-CA") == "US-CA"
    for bad in ("Xinjiang", "XJ", "CN-QQ", "CN_XJ", "CZE-1", "新疆"):
        assert code(REGION, bad) == "region_unknown"


@pytest.mark.parametrize("number", CN_REGIONS)
def test_the_older_numbers_of_provinces_mean_their_letters(number):
    assert read_cell(REGION, f"CN-{number}") == f"CN-{CN_REGIONS[number]}"


def test_closed_words_name_the_nearest():
    kind = TABLES["origins"]["kind"]
    assert read_cell(kind, "Opening") == "opening"
    reason = read_cell(kind, "openning")
    assert reason.params["near"] == "opening"
    assert read_cell(TABLES["conversions"]["direction"], "投入") == "in"


def test_markets():
    market = TABLES["entries"]["market"]
    assert read_cell(market, "EU") == "EU"
    assert code(market, "Europe") == "market_unknown"


@pytest.mark.parametrize("good", ["6109", "6109.10", "610910", "6109.10.00", "6109100012"])
def test_hs_codes(good):
    assert read_cell(TABLES["movements"]["hs"], good) == good


@pytest.mark.parametrize("bad", ["61", "6109.1", "80111", "cotton", "61091000123"])
def test_hs_codes_that_lost_a_digit(bad):
    assert code(TABLES["movements"]["hs"], bad) == "hs_invalid"


def test_lists():
    assert read_cell(TABLES["parties"]["aliases"], "a; b；c;;") == ("a", "b", "c")
    assert code(TABLES["parties"]["aliases"], "N/A") == "cell_placeholder"


def test_identifiers_keep_what_can_not_be_compared():
    column = TABLES["parties"]["identifiers"]
    assert read_cell(column, "uscc：91350100M000100Y43; lei:X") == (
        "uscc:91350100M000100Y43",
        "lei:X",
    )
    assert read_cell(column, "91350100M000100Y43") == ("uscc:91350100M000100Y43",)
    value = read_cell(column, "lei:X;12345")
    assert isinstance(value, Partial)
    assert value.value == ("lei:X", "12345")


def test_compositions():
    column = TABLES["products"]["composition"]
    assert read_cell(column, "cotton:0.6; polyester:.4") == ("cotton:0.6", "polyester:.4")
    for bad in ("cotton", "cotton:60", "cotton:0.8;polyester:0.8", "cotton:nan", "cotton:-1"):
        assert code(column, bad) == "composition_invalid"


def test_a_word_that_says_nothing_is_no_document():
    assert code(TABLES["movements"]["document"], "n/a") == "cell_placeholder"
    assert code(TABLES["movements"]["lot"], "无") == "cell_placeholder"
    # A required cell keeps its word: "unknown" may be how the user calls the site.
    assert read_cell(TABLES["movements"]["from_site"], "unknown") == "unknown"


def test_a_cell_of_megabytes_and_nul():
    assert code(TABLES["parties"]["name"], "x" * ((1 << 20) + 1)) == "cell_too_long"
    assert code(TABLES["parties"]["name"], "a\x00b") == "cell_nul"


def test_what_a_reason_repeats_is_short_and_no_identity_data():
    assert shown("x\n" * 200).endswith("…")
    assert shown("11010119900307803" + "X") == HIDDEN


def test_decimal_commas_are_told_from_groups():
    assert uses_decimal_comma("12,5")
    assert uses_decimal_comma("1 234,5")
    assert not uses_decimal_comma("1,234,567")
    assert not uses_decimal_comma("1.5")
