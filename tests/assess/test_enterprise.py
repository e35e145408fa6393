"""The enterprise mirror: each trigger by itself, and what a removal leaves."""

import datetime as dt

import pytest

from alnage.assess.enterprise import Enterprise, assess_enterprise, check_region
from alnage.law import LawBook
from alnage.model import Listing, OptionError
from alnage.registers import Register, Registers

TODAY = dt.date(2026, 1, 1)
INSIDE = Listing(
    "r",
    "in",
    "Red Perch Spinning Co., Ltd.",
    country="CN",
    clause="v",
    effective_from=dt.date(2024, 7, 18),
)
OUTSIDE = Listing(
    "r",
    "out",
    "Silver Carp Spinning Co., Ltd.",
    country="CN",
    clause="ii",
    effective_from=dt.date(2024, 7, 18),
)


@pytest.fixture(scope="module")
def book():
    return LawBook.load()


def ask(book, name, region="", on=dt.date(2024, 12, 2), **register):
    registers = Registers.of(Register("r", "us-uflpa", (INSIDE, OUTSIDE), **register))
    return assess_enterprise(Enterprise(name, TODAY, region, on=on), registers, book)


def presumption(result):
    return {
        item["by"]: item["answer"]
        for item in result["follows"]
        if (item["regime"], item["question"]) == ("US-UFLPA", "presumption")
    }


def test_two_spinners_of_one_day_differ_in_what_remains(book):
    inside = ask(book, INSIDE.name, "CN-XJ")
    outside = ask(book, OUTSIDE.name, "CN-SD")
    assert presumption(inside) == {"listing": "yes", "place": "yes", "content": "unknown"}
    assert presumption(outside) == {"listing": "yes", "place": "no", "content": "unknown"}
    remains = [
        next(r for r in x["if_removed"] if r["regime"] == "US-UFLPA")["remains"]
        for x in (inside, outside)
    ]
    assert remains == [["place", "content"], ["content"]]


def test_before_the_listing_nothing_follows_from_it(book):
    result = ask(book, INSIDE.name, "CN-XJ", on=dt.date(2024, 7, 17))
    assert presumption(result) == {"listing": "no", "place": "yes", "content": "unknown"}
    assert result["if_removed"] == []
    assert result["listings"][0]["in_force"] is False


def test_a_listing_names_its_register_and_clause(book):
    assert [(x["register"], x["clause"]) for x in ask(book, OUTSIDE.name)["listings"]] == [
        ("r", "ii")
    ]


def test_without_a_place_the_place_is_unknown(book):
    assert presumption(ask(book, OUTSIDE.name))["place"] == "unknown"


def test_no_match_is_no_only_where_the_register_is_complete(book):
    assert presumption(ask(book, "Lake Wobegon Buttons LLC", "CN-SD"))["listing"] == "no"
    result = ask(book, "Lake Wobegon Buttons LLC", "CN-SD", complete_to=dt.date(2024, 11, 30))
    assert presumption(result)["listing"] == "unknown"


def test_an_identifier_alone_rules_nobody_out(book):
    assert presumption(ask(book, "uscc:91370000MA3XXXXX0X", "CN-SD"))["listing"] == "unknown"


def test_the_markets_stand_in_a_fixed_order_and_no_key_ranks_them(book):
    follows = ask(book, INSIDE.name, "CN-XJ")["follows"]
    assert list(dict.fromkeys(item["market"] for item in follows)) == ["US", "EU", "CA", "MX"]
    assert not {"rank", "score", "ease"} & set(follows[0])


def test_every_consequence_is_cited(book):
    assert all(item["citation"] for item in ask(book, INSIDE.name, "CN-XJ")["follows"])


def test_regions_are_codes():
    assert check_region(" cn-xj ") == "CN-XJ"
    with pytest.raises(OptionError):
        check_region("Xinjiang")
