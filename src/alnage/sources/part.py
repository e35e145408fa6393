"""One file's rows of one table: which are kept, which set aside, and what was found.

The row is the unit of trust. A cell that a quantity or an order hangs on takes its row
with it; another bad cell becomes empty (unknown) and is a finding. Every row that came in
is either kept or rejected: none is lost, and none says more than it said in the file.

    Grid ── forbidden ── convert ── keep ──> Part(table, rejected, findings)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from alnage.model import Reason, Rejected, RowSource
from alnage.sources.convert import (
    Converted,
    Positions,
    Problem,
    arrow_types,
    as_text,
    convert,
    positions,
    trimmed,
)
from alnage.sources.grid import Grid, cell_text
from alnage.sources.guard import forbidden, safe_values
from alnage.sources.identity import HIDDEN
from alnage.sources.schema import Table

SOURCES_SHOWN = 20  # rows that one finding names
FINDINGS_SHOWN = 200  # findings of one kind in one column of a file


@dataclass(frozen=True, slots=True)
class Part:
    """What one file gives to a table; ``rows`` counts kept and rejected ones."""

    table: pa.Table
    rejected: tuple[Rejected, ...]
    findings: tuple[Reason, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class _Source:
    """The file that a part comes from: its table, its name in reasons, its cells."""

    table: Table
    file: str
    grid: Grid


def table_schema(table: Table) -> pa.Schema:
    """The Arrow schema that a table of the contract has, provenance and notes at its end.

    >>> from alnage.sources.schema import TABLES
    >>> table_schema(TABLES["ownership"]).names[-5:]
    ['to_from', 'to_to', '_file', '_row', '_notes']
    """
    fields = [
        pa.field(name, kind)
        for column in table
        for name, kind in zip(column.outputs, arrow_types(column), strict=True)
    ]
    provenance = [pa.field("_file", pa.string()), pa.field("_row", pa.int32())]
    return pa.schema([*fields, *provenance, pa.field("_notes", pa.map_(pa.string(), pa.string()))])


def read_part(table: Table, file: str, grid: Grid) -> Part:
    """Validate the rows of a grid as rows of ``table``; ``file`` is how reasons name it."""
    if grid.failed is not None:
        whole = Rejected(table.name, file, 0, "", grid.failed, {})
        return Part(table_schema(table).empty_table(), (whole,), (), 0)
    rows, source = grid.data.num_rows, _Source(table, file, grid)
    refused = {row: [reason] for row, reason in forbidden(grid, table).items()}
    # Identity data is the only thing said about its row: other reasons would repeat cells.
    silent = {row for row, (reason,) in refused.items() if reason.code == "identity_data"}
    made = _settled({column.name: _converted(grid, table, column.name, rows) for column in table})
    problems: dict[int, list[Reason]] = defaultdict(list, refused)
    for row, reason in _problems(table, made):
        if row not in silent:
            problems[row].append(reason)
    keep = np.ones(rows, dtype=bool)
    keep[list(problems)] = False
    arrays = [array for conversion in made.values() for array in conversion.arrays]
    files = pa.array([file]).take(pa.array(np.zeros(rows, dtype=np.int8)))
    schema = table_schema(table)
    whole_table = pa.Table.from_arrays(
        [*arrays, files, grid.rows, _notes(grid, rows)], schema=schema
    )
    findings = [
        *_above(source),
        *_found(source, made, keep),
    ]
    rejected = [*_rejected(source, problems), *_broken(source)]
    return Part(
        whole_table.filter(pa.array(keep)) if len(problems) else whole_table,
        tuple(sorted(rejected, key=lambda row: row.row)),
        tuple(findings),
        rows + len(grid.broken),
    )


def _converted(grid: Grid, table: Table, name: str, rows: int) -> Converted:
    at = grid.layout.columns.get(name)
    if at is None:
        return convert(table[name], None, rows)
    return convert(table[name], _whole(grid.data.column(at)), rows)


def _whole(cells: pa.ChunkedArray) -> pa.Array:
    """One array of all chunks, with 64-bit offsets where it is text."""
    return pa.concat_arrays(cells.chunks) if cells.num_chunks else pa.array([], cells.type)


def _problems(table: Table, made: dict[str, Converted]) -> Iterator[tuple[int, Reason]]:
    """What takes a row with it: bad cells that count, and required ones that are empty."""
    for column in table:
        conversion = made[column.name]
        bad = set()
        for problem in conversion.problems:
            # A word such as "unknown" is an empty cell written out, whatever the column.
            usable = problem.partly or problem.reason.code == "cell_placeholder"
            if column.on_bad == "reject" and not usable:
                for row in problem.at.tolist():
                    bad.add(row)
                    yield row, problem.reason
        if column.required:
            for row in positions(conversion.empty).tolist():
                if row not in bad:
                    yield row, Reason("value_missing", {"column": column.name})


def _settled(made: dict[str, Converted]) -> dict[str, Converted]:
    """A holding that ends before it begins: when it began and ended is unknown."""
    if "from" not in made:
        return made
    begin, end = made["from"], made["to"]
    wrong = pc.fill_null(pc.less(end.arrays[1], begin.arrays[0]), fill_value=False)
    at = positions(wrong)
    if not len(at):
        return made
    told = Problem(Reason("period_reversed", {"from": "from", "to": "to"}), at)
    begin = Converted(_blanked(begin.arrays, wrong), (*begin.problems, told))
    return {**made, "from": begin, "to": Converted(_blanked(end.arrays, wrong), end.problems)}


def _blanked(arrays: Sequence[pa.Array], wrong: pa.Array) -> tuple[pa.Array, ...]:
    return tuple(pc.if_else(wrong, pa.scalar(None, array.type), array) for array in arrays)


def _found(source: _Source, made: Mapping[str, Converted], keep: Positions) -> Iterator[Reason]:
    """One finding for each distinct bad text of a column, with the rows where it stands."""
    for column in source.table:
        told = 0
        for problem in made[column.name].problems:
            at = problem.at[keep[problem.at]]
            told += bool(len(at))
            if len(at) and told <= FINDINGS_SHOWN:
                yield _finding(source, column.name, problem, at)
        if told > FINDINGS_SHOWN:
            more = {"table": source.table.name, "file": source.file, "column": column.name}
            yield Reason("findings_more", {**more, "count": told - FINDINGS_SHOWN})


def _finding(source: _Source, column: str, problem: Problem, at: Positions) -> Reason:
    numbers = [source.grid.rows[int(row)].as_py() for row in at[:SOURCES_SHOWN]]
    told = {
        "table": source.table.name,
        "file": source.file,
        "row": numbers[0],
        "column": column,
        "rows": len(at),
    }
    sources = tuple(RowSource(source.file, row) for row in numbers)
    if problem.partly:
        return Reason("cell_partly_read", told, sources, (problem.reason,))
    return Reason("cell_blanked", told, sources, (problem.reason,))


def _above(source: _Source) -> Iterator[Reason]:
    above = source.grid.above
    if above:
        told = {"table": source.table.name, "file": source.file, "rows": len(above)}
        places = tuple(RowSource(source.file, row) for row in above)
        yield Reason("rows_above_header", told, places)


def _rejected(source: _Source, problems: Mapping[int, Sequence[Reason]]) -> Iterator[Rejected]:
    """Rejected rows with their cells as read, under the contract's names."""
    grid = source.grid
    at = sorted(problems)
    taken = grid.data.take(pa.array(at, pa.int64()))
    names = [*grid.layout.columns.items(), *grid.layout.notes.items()]
    columns = {name: [cell_text(v) for v in taken.column(i).to_pylist()] for name, i in names}
    for i, row in enumerate(at):
        values = {name: texts[i] for name, texts in columns.items() if texts[i].strip()}
        number = grid.rows[row].as_py()
        yield rejected_row(source.table, source.file, number, problems[row], values)


def rejected_row(
    table: Table, file: str, row: int, reasons: Sequence[Reason], values: dict[str, str]
) -> Rejected:
    """A row set aside for the first of ``reasons``, with the others below it."""
    first, *others = reasons
    reason = Reason(first.code, first.params, first.sources, (*first.because, *others))
    shown = safe_values(table, values)
    event = shown.get(table.key, "")
    return Rejected(table.name, file, row, "" if event == HIDDEN else event, reason, shown)


def _broken(source: _Source) -> Iterator[Rejected]:
    for row in source.grid.broken:
        yield rejected_row(source.table, source.file, row.row, [row.reason], dict(row.values))


def _notes(grid: Grid, rows: int) -> pa.Array:
    """Cells of unknown columns as a map heading: text; null for a row without any."""
    kind = pa.map_(pa.string(), pa.string())
    notes = grid.layout.notes
    if not notes or not rows:
        return pa.nulls(rows, kind)
    columns = [trimmed(as_text(_whole(grid.data.column(at)))) for at in notes.values()]
    filled = np.stack([pc.is_valid(column).to_numpy(zero_copy_only=False) for column in columns])
    # Row by row, the filled cells of each column: position in the columns laid end to end.
    order = np.flatnonzero(filled.T.ravel())
    row, column = np.divmod(order, len(columns))
    items = pa.concat_arrays(columns).take(pa.array(column * rows + row)).cast(pa.string())
    keys = pa.array(list(notes)).take(pa.array(column))
    counts = filled.sum(axis=0)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    maps = pa.MapArray.from_arrays(pa.array(offsets), keys, items)
    return pc.if_else(pa.array(counts > 0), maps, pa.scalar(None, kind))
