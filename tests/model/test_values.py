"""Three-valued logic, days, reasons, errors and the local engine."""

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alnage.model import (
    AlnageError,
    Answer,
    Citation,
    InputError,
    Listing,
    Membership,
    Period,
    Reason,
    RowSource,
    Where,
)
from alnage.model import errors as error_module
from alnage.model.engine import LocalEngine
from alnage.words import LANGS, catalogue, say

answers = st.sampled_from(list(Answer))
TRUTH = {Answer.NO: 0, Answer.UNKNOWN: 1, Answer.YES: 2}


@given(answers, answers)
def test_and_or_are_least_and_most(a, b):
    assert TRUTH[a & b] == min(TRUTH[a], TRUTH[b])
    assert TRUTH[a | b] == max(TRUTH[a], TRUTH[b])
    assert ~(a & b) == ~a | ~b


def test_none_is_unknown():
    assert Answer.of(None) is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-02-29", "2024-02-29", "2024-02-29"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2024-12", "2024-12-01", "2024-12-31"),
        ("2024-03-01/2024-03-09", "2024-03-01", "2024-03-09"),
        ("2024-01/2024-02", "2024-01-01", "2024-02-29"),
    ],
)
def test_periods(text, first, last):
    assert Period.parse(text) == Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.mark.parametrize(
    "text",
    ["30/02/2024", "2024-02-30", "2024", "20240301", "2024-03-09/2024-03-01", "", "2024-W05-1"],
)
def test_what_is_no_period(text):
    with pytest.raises(ValueError):  # noqa: PT011 (the contract is ValueError, the text its message)
        Period.parse(text)


def test_a_listing_has_effect_from_its_first_day_until_removal():
    listing = Listing(
        "r", "e", "n", effective_from=dt.date(2024, 11, 25), removed_on=dt.date(2025, 2, 1)
    )
    assert not listing.in_force(dt.date(2024, 11, 24))
    assert listing.in_force(dt.date(2024, 11, 25))
    assert listing.in_force(dt.date(2025, 1, 31))
    assert not listing.in_force(dt.date(2025, 2, 1))


def test_a_membership_without_ends_holds_always():
    assert Membership("s").covers(dt.date(1900, 1, 1))


def test_a_reason_tells_its_tree_and_its_sources():
    leaf = Reason(
        "unit_unknown", {"unit": "stones"}, (RowSource("m.csv", 3), Citation("UN/ECE Rec. 20"))
    )
    told = Reason("unit_unknown", {"unit": "x"}, (), (leaf,)).to_json("zh")
    assert told["because"][0]["sources"][0] == {"file": "m.csv", "row": 3}
    assert "单位" in told["text"]


def test_every_error_has_the_one_root_and_a_sentence_in_both_languages():
    classes = [
        c for c in vars(error_module).values() if isinstance(c, type) and issubclass(c, Exception)
    ]
    assert all(issubclass(c, AlnageError) for c in classes)
    error = InputError(
        "table_missing", where=Where("x.csv", 2, "unit"), table="parties", folder="f"
    )
    assert str(error).startswith("x.csv:2 [unit]: ")
    assert error.text("zh") != error.text("en")


def test_the_catalogues_have_the_same_keys_and_a_missing_parameter_shows():
    assert len({frozenset(catalogue(lang)) for lang in LANGS}) == 1
    assert "{unit}" in say("reason.unit_unknown", {})


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(-9, 9)), max_size=40), st.integers(1, 7)
)
def test_the_local_engine_does_not_depend_on_the_cut(rows, size):
    table = pa.table(
        {
            "k": pa.array([r[0] for r in rows], pa.string()),
            "v": pa.array([r[1] for r in rows], pa.int64()),
        }
    )
    engine = LocalEngine(rows=size)
    assert engine.map(lambda part: part, table).to_pylist() == table.to_pylist()
    grouped = engine.group_apply(lambda part: part, table, ["k"]).to_pylist()
    expected = [{"k": k, "v": v} for k in "abc" for key, v in rows if key == k]
    assert grouped == expected


def test_a_checkpoint_is_written_once(tmp_path):
    engine = LocalEngine(tmp_path)
    first = engine.checkpoint(pa.table({"v": [1]}), "t")
    again = engine.checkpoint(pa.table({"v": [2]}), "t")
    assert first == again
    assert [p.name for p in tmp_path.iterdir()] == ["t.parquet"]


def test_kernels_give_equal_results_plain_and_compiled():
    import numpy as np

    from alnage.chain.order import order_days
    from alnage.model.kernels import COMPILE_ABOVE, kernel

    start = np.array([0, 3], np.int64)
    rows = [np.array(v, np.int64) for v in ([0, 1, 2, 3], [2, 1, 0], [0, 1, 2, 3], [3, 2, 1])]
    compiled = kernel(order_days, COMPILE_ABOVE + 1)
    assert compiled is not order_days
    assert compiled(start, *rows, 4).tolist() == order_days(start, *rows, 4).tolist() == [2, 1, 0]
