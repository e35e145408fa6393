"""A file as a grid: headings, rows of text with their numbers, and the rows that are no rows.

Every reader (CSV, XLSX, Parquet) hands over the same thing, so that what follows does not
know formats. Row numbers are those of a spreadsheet: the first row of the file is 1.

    records [(row, cells)] ── find header ── Grid(columns, rows, broken)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa

from alnage.model import Reason
from alnage.sources.cells import nearest
from alnage.sources.identity import HIDDEN, looks_like_identity
from alnage.sources.schema import Table

HEADER_WITHIN = 21  # a header stands after at most 20 rows of titles
BATCH = 1 << 16  # rows turned into Arrow at a time, to bound memory


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file as text; ``problem`` where the row itself is broken."""

    row: int
    cells: Sequence[str]
    problem: Reason | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """Which position holds which column of the table, and which hold notes."""

    columns: Mapping[str, int]
    notes: Mapping[str, int]
    missing: tuple[str, ...]
    twice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that can't be laid out in columns, with its cells under the headings."""

    row: int
    reason: Reason
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Grid:
    """A file's cells by position; ``data`` has one Arrow column for each heading.

    ``failed`` tells why the file holds no table at all; then there are no rows.
    """

    layout: Layout
    data: pa.Table
    rows: pa.Array
    broken: tuple[Broken, ...] = ()
    above: tuple[int, ...] = ()
    failed: Reason | None = None


def fold(heading: str) -> str:
    """A heading without case, and with one sign for spaces, dots and hyphens.

    >>> fold(" From Site ")
    'from_site'
    """
    text = heading.replace("\ufeff", "").strip().strip("*").casefold()
    return re.sub(r"[\s.\-_　]+", "_", text).strip("_")


def lay_out(headings: Sequence[str], table: Table, mapped: Mapping[str, Sequence[str]]) -> Layout:
    """Find the table's columns among ``headings``; ``mapped`` gives column: headings.

    Contract names win over mapped ones; what is left becomes notes.

    >>> from alnage.sources.schema import TABLES
    >>> lay_out(["工厂", "Party", "grade"], TABLES["sites"], {"site": ["工厂"]}).columns
    {'site': 0, 'party': 1}
    """
    folded = [fold(heading) for heading in headings]
    columns: dict[str, int] = {}
    twice: list[str] = []
    for name in table.names:
        found = [i for i, heading in enumerate(folded) if heading == name]
        if not found and name in mapped:
            given = {fold(heading) for heading in mapped[name]}
            found = [i for i, heading in enumerate(folded) if heading in given]
        if len(found) > 1:
            twice.append(name)
        if found:
            columns[name] = found[0]
    taken = set(columns.values())
    notes: dict[str, int] = {}
    for i, heading in enumerate(headings):
        name = heading.strip() or f"({i + 1})"  # cells without a heading are kept too
        if i not in taken:
            notes[name if name not in notes else f"{name} ({i + 1})"] = i
    missing = tuple(name for name in table.required if name not in columns)
    return Layout(columns, notes, missing, tuple(twice))


def header_at(
    first: Sequence[Record], table: Table, mapped: Mapping[str, Sequence[str]]
) -> tuple[int, list[str]] | None:
    """Position among the first records of the row that holds the required columns.

    Titles may stand above it, and a heading may be merged over two rows: then the cell
    above counts where the one below is empty.
    """
    for at, record in enumerate(first):
        below = [cell.strip() for cell in record.cells]
        if not lay_out(below, table, mapped).missing:
            return at, below
        if at:
            above = [cell.strip() for cell in first[at - 1].cells]
            width = max(len(above), len(below))
            above += [""] * (width - len(above))
            below += [""] * (width - len(below))
            both = [low or high for high, low in zip(above, below, strict=True)]
            # Two header rows have names of columns in each; data below a header has not.
            own = lay_out([low or "" for low in below], table, mapped).columns
            if own and not lay_out(both, table, mapped).missing:
                return at, both
    return None


def without_header(
    first: Sequence[Record], table: Table, mapped: Mapping[str, Sequence[str]]
) -> Reason:
    """Why no header was found: the columns that the likeliest row lacks, and what it has."""
    layouts = [lay_out(record.cells, table, mapped) for record in first]
    best = max(range(len(first)), key=lambda i: len(layouts[i].columns), default=None)
    if best is None:
        return Reason("file_empty")
    missing = layouts[best].missing
    found = [_safe(cell) for cell in first[best].cells if cell.strip()][:20]
    near = {name: nearest(name, map(fold, found)) for name in missing[:1]}
    return Reason(
        "columns_missing",
        {
            "table": table.name,
            "columns": list(missing),
            "found": found,
            "near": next(iter(near.values()), ""),
            "row": first[best].row,
        },
    )


def _safe(cell: str) -> str:
    """A heading as an error may show it: without a header, the first row is data."""
    return HIDDEN if looks_like_identity(cell) else cell.strip()[:40]


def grid_of(
    records: Iterator[Record],
    table: Table,
    mapped: Mapping[str, Sequence[str]],
    *,
    ragged: bool,
) -> Grid:
    """Lay records out under their header; ``ragged`` says that a row may have a wrong length.

    Rows without any text are no rows. Rows that don't fit become ``broken``.
    """
    first = list(islice(records, HEADER_WITHIN))
    filled = [record for record in first if any(cell.strip() for cell in record.cells)]
    if not filled:
        return failed_grid(Reason("file_empty"))
    found = header_at(filled, table, mapped)
    if found is None:
        return failed_grid(without_header(filled, table, mapped))
    at, headings = found
    layout = lay_out(headings, table, mapped)
    if layout.twice:
        return failed_grid(Reason("heading_twice", {"columns": list(layout.twice)}))
    above = tuple(record.row for record in filled[:at])
    body = _chain(filled[at + 1 :], records)
    return _fill(body, headings, layout, above, ragged=ragged)


def _chain(first: Iterable[Record], rest: Iterable[Record]) -> Iterator[Record]:
    yield from first
    yield from rest


def _fill(
    body: Iterator[Record],
    headings: Sequence[str],
    layout: Layout,
    above: tuple[int, ...],
    *,
    ragged: bool,
) -> Grid:
    width = len(headings)
    broken: list[Broken] = []
    rows: list[int] = []
    batches: list[list[pa.Array]] = []
    while batch := list(islice(body, BATCH)):
        kept: list[Sequence[str]] = []
        for record in batch:
            if record.problem is None and len(record.cells) == width:
                if any(record.cells) and any(cell.strip() for cell in record.cells):
                    kept.append(record.cells)
                    rows.append(record.row)
                continue
            cells = _fit(record, width, ragged=ragged)
            if isinstance(cells, Broken):
                broken.append(_named(cells, record.cells, headings, layout))
            elif cells:
                kept.append(cells)
                rows.append(record.row)
        columns = zip(*kept, strict=True) if kept else [()] * width
        batches.append([pa.array(column, pa.large_string()) for column in columns])
    data = pa.table(
        [
            pa.chunked_array([batch[i] for batch in batches], pa.large_string())
            for i in range(width)
        ],
        names=[str(i) for i in range(width)],
    )
    return Grid(layout, data, pa.array(rows, pa.int32()), tuple(broken), above)


def _fit(record: Record, width: int, *, ragged: bool) -> Broken | list[str]:
    """The row's cells in the header's width; empty cells beyond it don't count."""
    cells = list(record.cells)
    if record.problem is not None:
        return Broken(record.row, record.problem, {})
    if not any(cell.strip() for cell in cells):
        return []
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if not ragged:
        cells += [""] * (width - len(cells))
    if len(cells) == width:
        return cells
    told = {"cells": len(cells), "headings": width}
    return Broken(record.row, Reason("row_ragged", told), {})


def _named(broken: Broken, cells: Sequence[str], headings: Sequence[str], layout: Layout) -> Broken:
    """Put names to the cells of a broken row; further cells get their position."""
    names = {i: name for name, i in layout.columns.items()}
    values = {
        names.get(i) or (headings[i] if i < len(headings) and headings[i] else f"{i + 1}"): cell
        for i, cell in enumerate(cells)
        if cell.strip()
    }
    return Broken(broken.row, broken.reason, values)


def failed_grid(reason: Reason) -> Grid:
    """A file without a table, and why."""
    layout = Layout({}, {}, (), ())
    return Grid(layout, pa.table({}), pa.array([], pa.int32()), failed=reason)


def cell_text(value: Any) -> str:
    """A typed cell (XLSX, Parquet) as the text that a CSV file would have.

    >>> import datetime as dt
    >>> cell_text(3.0), cell_text(dt.datetime(2024, 3, 1)), cell_text(None), cell_text(["a", "b"])
    ('3', '2024-03-01', '', 'a;b')
    """
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    if isinstance(value, (list, tuple)):
        return ";".join(cell_text(item) for item in value)
    return str(value)
