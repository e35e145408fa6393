"""Published figures keep their definitions; list totals count again to what was published."""

import datetime as dt

import pytest

from alnage.assess.figures import LIST_TOTAL, figures, list_total, load_figures
from alnage.model import OptionError
from alnage.registers import Registers


@pytest.fixture(scope="module")
def register():
    return Registers.load()["us-uflpa"]


def test_every_published_total_of_the_complete_time_is_recomputed(register):
    rows = [r for r in figures(register, LIST_TOTAL) if r["series"] == "individual"]
    whole = [r for r in rows if r["register_complete"]]
    assert len(whole) == 12
    assert all(int(r["value"]) == r["recomputed"] for r in whole)
    assert [r["recomputed"] for r in rows if not r["register_complete"]] == [152]


def test_counting_rows_gives_more_than_counting_entities(register):
    day = dt.date(2025, 1, 15)
    assert list_total(register, day, "rows") > list_total(register, day) == 144


def test_series_are_never_joined(register):
    rows = figures(register, LIST_TOTAL, dt.date(2023, 12, 31))
    assert {r["series"]: r["value"] for r in rows} == {"individual": "39", "press": "30"}


def test_every_figure_says_what_it_is_and_who_says_it():
    assert all(f.definition and f.said_by and f.unit and f.verified for f in load_figures())


def test_the_statement_of_one_side_is_attributed(register):
    (row,) = figures(register, "region.enterprises-disrupted")
    assert "regional government" in row["said_by"]
    assert row["qualifier"] == "more than"


def test_unknown_names_are_errors_that_name_the_known(register):
    with pytest.raises(OptionError):
        figures(register, "nothing")
    with pytest.raises(OptionError):
        list_total(register, dt.date(2025, 1, 1), "by ease")
