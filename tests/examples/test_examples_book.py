"""The book of rows that the stories write in."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories.book import Book, later, yielded


def book() -> Book:
    made = Book("b", 1, {"lint": "5201.00"})
    made.party("a", "A", "CN-SD", "gin", "甲")
    made.party("b", "B", "VN", "mill")
    return made


@given(st.integers(1_000, 10**7), st.integers(1, 12), st.integers(0, 10**6))
def test_loads_are_whole_positive_and_complete(total: int, count: int, seed: int) -> None:
    loads = Book("b", seed, {}).loads(total, count)
    assert len(loads) == count
    assert sum(loads) == total
    assert min(loads) > 0
    assert max(loads) < 2 * total / count + count


@given(st.integers(1, 10**7), st.floats(0.2, 8, allow_nan=False))
def test_a_step_never_gives_more_than_it_takes(kilograms: int, ratio: float) -> None:
    assert yielded(kilograms, ratio) * ratio <= kilograms


@given(st.dates(), st.integers(0, 300))
def test_later_counts_days(day, days: int) -> None:
    if day.year < 9998:
        assert later(day.isoformat(), days) >= day.isoformat()
        assert later(later(day.isoformat(), days), -days) == day.isoformat()


def test_events_are_numbered_and_proved() -> None:
    made = book()
    assert made.grow("a", "lint", 5, "2024-01-01") == "O-001"
    assert made.grow("a", "lint", 5, "2024-01-02", document="") == "O-002"
    assert made.move("a", "b", "lint", 10, "2024-01-03", 4, lot="L") == "M-001"
    first, second = made.rows["origins"]
    assert (first["document"], second["document"]) == ("D-O-001", "")
    assert made.rows["movements"][0]["received"] == "2024-01-07"
    assert [d["proves"] for d in made.rows["documents"]] == ["O-001", "M-001"]
    proof = made.rows["documents"][-1]
    assert (proof["kind"], proof["proves"], proof["language"]) == (
        "transport_document",
        "M-001",
        "zh",
    )


def test_conversion_lines_take_lot_and_unit() -> None:
    made = book()
    made.make("b", "spin", "2024-02-01", [("lint", 5)], [("yarn", 4, "L"), ("waste", 1, "", "lb")])
    lines = made.rows["conversions"]
    assert [(x["direction"], x["lot"], x["unit"]) for x in lines] == [
        ("in", "", "kg"),
        ("out", "L", "kg"),
        ("out", "", "lb"),
    ]
    assert {x["event"] for x in lines} == {"C-001"}


def test_entries_number_their_lines_and_take_the_movement() -> None:
    made = book()
    movement = made.move(
        "a", "b", "lint", 24, "2024-01-03", value=7, currency="USD", seller="a", buyer="b"
    )
    made.enter("E", "US", "2024-02-01", movement)
    made.enter("E", "US", "2024-02-01", movement, quantity=2, unit="dozen")
    one, two = made.rows["entries"]
    assert (one["line"], one["quantity"], one["hs"], one["importer"]) == (1, 24, "5201.00", "b")
    assert (two["line"], two["quantity"], two["unit"], two["value"]) == (2, 2, "dozen", 7)
    made.pay(movement, "2024-03-01")
    assert made.rows["payments"][0]["amount"] == 7


def test_files_leave_out_what_nobody_fills_and_refuse_strange_columns() -> None:
    made = book()
    made.move("a", "b", "lint", 1, "2024-01-03")
    header = next(csv.reader(made.files()["movements.csv"].splitlines()))
    assert "lot" not in header
    assert header[:3] == ["event", "shipped", "from_site"]
    assert "origins.csv" not in made.files()
    made.move("a", "b", "lint", 1, "2024-01-03", route="x")
    with pytest.raises(ValueError, match="route"):
        made.files()


def test_the_same_seed_gives_the_same_loads() -> None:
    assert Book("b", 7, {}).loads(1000, 5) == Book("b", 7, {}).loads(1000, 5)
