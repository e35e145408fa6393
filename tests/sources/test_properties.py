"""What holds for any input: no traceback, no row lost, nothing gained from bad data."""

import csv
import io
import re
import string

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from folders import MOVE, table
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from alnage.model import AlnageError
from alnage.sources import propose, read_folder, write_rejected
from alnage.sources.schema import TABLES

RELAXED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ODD = st.sampled_from([
    "", " ", "NaN", "inf", "-1", "0", "1,234", "30/02/2024", "2024-03", "2024-03-01", "2024-13",
    "9" * 400, "=1+1", "N/A", "#REF!", "CN", "CN-XJ", "ZZ", "in", "a;b;;", "uscc:x", "\x00", "\ud7ff",
    '"', "'", ",", ";", "\n", "\r", "\t", "１", "棉", "1e308", "1e-400", "cotton:0.5", "x" * 3000,
])  # fmt: skip
CELL = st.one_of(ODD, st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
NAME = st.sampled_from(list(TABLES))


def folder_of(tmp_path, name, data, suffix="csv"):
    for old in tmp_path.iterdir():
        old.unlink()
    (tmp_path / f"{name}.{suffix}").write_bytes(data)
    return tmp_path


def everything_said(read):
    """Put every reason into words, as a report would."""
    for reason in (*read.findings, *(row.reason for row in read.rejected)):
        for lang in ("en", "zh"):
            assert not re.search(r"\{[a-z]+\}", reason.text(lang)), reason


@given(NAME, st.sampled_from(["csv", "xlsx", "parquet"]), st.binary(max_size=300))
@RELAXED
def test_any_bytes_are_read_or_refused_without_a_traceback(tmp_path, name, suffix, data):
    folder = folder_of(tmp_path, name, data, suffix)
    try:
        read = read_folder(folder)
        propose(folder)
    except AlnageError as error:
        pytest.fail(f"a file alone is never an error: {error}")
    everything_said(read)


@given(st.binary(max_size=200))
@RELAXED
def test_any_settings_are_read_or_refused_with_a_sentence(tmp_path, data):
    folder = folder_of(tmp_path, "parties", b"party,name\np,n\n")
    (folder / "alnage.toml").write_bytes(data)
    said = "read"
    try:
        read_folder(folder)
    except AlnageError as error:
        said = error.text("zh")
    assert said
    assert not said.startswith(("error.", "alnage.toml: error."))


@given(
    st.data(),
    NAME,
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "gb18030", "utf-16"]),
)
@RELAXED
def test_every_row_is_kept_or_rejected_exactly_once(tmp_path, data, name, delimiter, encoding):
    headings = data.draw(st.permutations(TABLES[name].names))
    cells = st.lists(CELL, min_size=1, max_size=len(headings) + 1)
    full = st.lists(CELL, min_size=len(headings), max_size=len(headings))
    lines = data.draw(st.lists(st.one_of(full, cells), max_size=8))
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([headings, *lines])
    read = read_folder(folder_of(tmp_path, name, out.getvalue().encode(encoding)))
    filled = {i for i, line in enumerate(lines, start=2) if any(cell.strip() for cell in line)}
    kept = read.tables[name]["_row"].to_pylist()
    rejected = [row.row for row in read.rejected]
    assert sorted([*kept, *rejected]) == sorted(filled)
    assert read.files[0].rows == len(filled)
    everything_said(read)
    write_rejected(read.rejected, tmp_path / "rejected.txt", "zh")


GOOD = {
    "event": "m1", "shipped": "2024-03-01/2024-03-09", "from_site": "a", "to_site": "b",
    "material": "lint", "quantity": "5.5", "unit": "t", "received": "2024-03-20", "lot": "L1",
    "hs": "5201.00", "seller": "p1", "buyer": "p2", "value": "100", "currency": "USD", "document": "d1",
}  # fmt: skip


def one_row(tmp_path, cells):
    text = table(list(cells), list(cells.values()))
    return (
        read_folder(folder_of(tmp_path, "movements", text.encode())).tables["movements"].to_pylist()
    )


@given(st.sampled_from(list(GOOD)), st.text(string.printable, max_size=12))
@RELAXED
def test_a_bad_cell_never_adds_information(tmp_path, column, bad):
    (good,) = one_row(tmp_path, GOOD)
    made = one_row(tmp_path, {**GOOD, column: bad})
    assert len(made) <= 1
    own = TABLES["movements"][column].outputs
    for row in made:
        # Other cells are untouched; the cell itself reads as it is written, or is unknown.
        assert {k: v for k, v in row.items() if k not in own} == {
            k: v for k, v in good.items() if k not in own
        }
        if TABLES["movements"][column].kind in ("id", "text") and row[column] is not None:
            assert row[column] == bad.strip()
        if TABLES["movements"][column].required:
            assert all(row[name] is not None for name in own)


VALUES = st.one_of(
    st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.dates(), st.datetimes(), st.booleans(),
    st.binary(max_size=6), st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-1000, max_value=1000),
)  # fmt: skip


@given(st.data(), NAME)
@RELAXED
def test_any_parquet_is_read_without_a_traceback_and_no_row_is_lost(tmp_path, data, name):
    rows = data.draw(st.integers(1, 3))
    columns = {}
    for column in (*TABLES[name].names, "other"):
        first = data.draw(VALUES)
        cells = [first if data.draw(st.booleans()) else None for _ in range(rows)]
        columns[column] = pa.array(cells)
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    read = read_folder(folder_of(tmp_path, name, out.getvalue(), "parquet"))
    whole = [row for row in read.rejected if row.row == 0]
    assume(not whole)  # bytes that are no text set the file aside
    assert read.tables[name].num_rows + len(read.rejected) == rows
    everything_said(read)


def test_folders_are_read_the_same_twice(tmp_path):
    text = table(
        MOVE,
        ["m1", "2024-03-01", "a", "b", "lint", "5", "t"],
        ["m2", "x", "a", "b", "lint", "5", "t"],
    )
    folder = folder_of(tmp_path, "movements", text.encode())
    first, second = read_folder(folder), read_folder(folder)
    assert first.tables["movements"].equals(second.tables["movements"])
    assert first.rejected == second.rejected
    assert first.files == second.files
