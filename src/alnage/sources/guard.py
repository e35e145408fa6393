"""Cells that no table may hold, found before anything is read into meaning.

Identity data, NUL characters and cells of megabytes set their row aside whatever column
they stand in, notes included. Arrow finds the suspects; only they are looked at in Python.

    Grid ── forbidden() ── {row position: (column, Reason)}
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from alnage.model import Reason
from alnage.sources.cells import LONGEST_CELL, split_list
from alnage.sources.convert import as_text, positions
from alnage.sources.grid import Grid
from alnage.sources.identity import (
    HIDDEN,
    SHORTEST,
    SUSPECT,
    Scan,
    heading_asks_identity,
    identifier_is_identity,
    looks_like_identity,
    note_scan,
)
from alnage.sources.schema import Table

_CODES = frozenset(("id", "number", "date", "hs", "identifiers", "composition"))
LONGEST_KEPT = 1000  # characters of one cell that the list of rejected rows repeats


def scan_of(table: Table, name: str) -> Scan:
    """How closely the cells of a column, known or not, are looked at.

    >>> from alnage.sources.schema import TABLES
    >>> scan_of(TABLES["parties"], "name"), scan_of(TABLES["movements"], "lot")
    ('text', 'code')
    """
    for column in table:
        if column.name == name:
            return "code" if column.kind in _CODES else "text"
    return note_scan(name)


def is_identity(table: Table, name: str, text: str) -> bool:
    """Whether a cell under ``name`` looks like identity data, by what that column may hold."""
    if name not in table.names and heading_asks_identity(name):
        return bool(text.strip())
    if name == "identifiers":
        return any(identifier_is_identity(item) for item in split_list(text))
    return looks_like_identity(text, scan_of(table, name))


def forbidden(grid: Grid, table: Table) -> dict[int, Reason]:
    """Rows (by position) that hold what must stay out, each with its first such reason."""
    found: dict[int, Reason] = {}
    for name, at in (*grid.layout.columns.items(), *grid.layout.notes.items()):
        cells = grid.data.column(at).combine_chunks()
        for row, reason in _in_column(table, name, cells):
            found.setdefault(row, reason)
    return found


def _in_column(table: Table, name: str, cells: pa.Array) -> Iterator[tuple[int, Reason]]:
    shown = name if name in table.names else name[:40]
    texts = _texts(cells)
    if texts is None:
        return
    lengths = pc.binary_length(texts)
    longest = pc.max(lengths).as_py() or 0
    if longest > LONGEST_CELL:
        for row in positions(pc.greater(pc.utf8_length(texts), LONGEST_CELL)):
            length = len(texts[int(row)].as_py())
            yield int(row), Reason("cell_too_long", {"column": shown, "length": length})
    for row in positions(pc.match_substring(texts, "\x00")):
        yield int(row), Reason("cell_nul", {"column": shown})
    asked = name not in table.names and heading_asks_identity(name)
    if asked:
        suspects = positions(pc.greater(lengths, 0))
    elif longest >= SHORTEST[scan_of(table, name)]:
        suspects = positions(pc.match_substring_regex(texts, SUSPECT[scan_of(table, name)]))
    else:
        return
    column = HIDDEN if looks_like_identity(shown) else shown
    for row in suspects:
        if is_identity(table, name, texts[int(row)].as_py()[:LONGEST_CELL]):
            yield int(row), Reason("identity_data", {"column": column})


def _texts(cells: pa.Array) -> pa.Array | None:
    """Cells as text, or None where their type can't hold anything forbidden."""
    if isinstance(cells, pa.ChunkedArray):  # more than one chunk can hold
        return _texts(pa.concat_arrays([chunk.cast(pa.large_string()) for chunk in cells.chunks]))
    if pa.types.is_large_string(cells.type):
        return cells
    if pa.types.is_integer(cells.type) and len(cells) and (pc.max(cells).as_py() or 0) > 10**14:
        return as_text(cells)
    return None


def safe_values(table: Table, values: dict[str, str]) -> dict[str, str]:
    """A rejected row's cells as they may be repeated: identity data hidden, long cells cut."""
    return {
        (HIDDEN if looks_like_identity(name) else name): HIDDEN
        if is_identity(table, name, text[:LONGEST_CELL])
        else _cut(text)
        for name, text in values.items()
    }


def _cut(text: str) -> str:
    text = text.strip().replace("\x00", "␀")
    return text if len(text) <= LONGEST_KEPT else f"{text[:LONGEST_KEPT]}… ({len(text)})"
