"""XLSX and Parquet files as grids: cells keep what their types say, formulas never run.

A workbook gives the values that it stores for its formulas. A sheet is read whole, so its
true extent is looked at first: one cell in the last corner must not fill the memory.
Parquet columns keep their Arrow types; clean ones are never turned into Python objects.

    XLSX ── sheets ── text cells ──┐
    Parquet ── typed columns ──────┴── Grid
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import python_calamine

from alnage.model import Reason
from alnage.sources.grid import (
    Grid,
    Record,
    cell_text,
    failed_grid,
    grid_of,
    lay_out,
    without_header,
)
from alnage.sources.schema import Table

MOST_CELLS = 1 << 27  # of a sheet, filled or not: rows times columns up to its last cell
MOST_BYTES = 1 << 32  # of a workbook, unpacked
_CHUNK = 1 << 20

_BROKEN_PACKAGE = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    ValueError,
    RuntimeError,
    EOFError,
)
_AS_TEXT = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_decimal,
)

_CELL = re.compile(rb'<(?:\w+:)?c r="([A-Z]{1,3})(\d{1,7})"')
_ERROR_CELL = re.compile(
    rb'<(?:\w+:)?c r="([A-Z]{1,3})(\d{1,7})"[^>]*\bt="e"[^>]*>(?:(?!</(?:\w+:)?c>).)*?'
    rb"<(?:\w+:)?v>([^<]{1,20})</",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Workbook:
    """Sheets of a workbook by name, as rows of text; ``failed`` if it can't be opened."""

    sheets: Mapping[str, Sequence[Record]]
    failed: Reason | None = None


def read_workbook(data: bytes) -> Workbook:
    """Read every sheet of an XLSX file; a broken, locked or oversized one says so.

    >>> read_workbook(b"no workbook").failed.code
    'file_unreadable'
    """
    refused = _refuse(data)
    if refused is not None:
        return Workbook({}, refused)
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        sheets = {
            sheet.name: list(_records(book.get_sheet_by_name(sheet.name)))
            for sheet in book.sheets_metadata
            if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        }
    except python_calamine.PasswordError:
        return Workbook({}, Reason("file_locked"))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 (a panic of the reader derives from BaseException)
        return Workbook({}, Reason("file_unreadable", {"problem": _short(error)}))
    return Workbook(sheets)


def _records(sheet: Any) -> Iterator[Record]:
    for row, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        yield Record(row, [cell_text(cell) for cell in cells])


def _refuse(data: bytes) -> Reason | None:
    """Look into the package before a reader that would reserve memory for every cell."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            if sum(entry.file_size for entry in entries) > MOST_BYTES:
                return Reason("file_too_big", {"limit": f"{MOST_BYTES >> 30} GiB"})
            for entry in entries:
                if re.search(r"worksheets/[^/]+\.xml$", entry.filename):
                    with package.open(entry) as stream:
                        if _extent(stream) > MOST_CELLS:
                            return Reason("sheet_too_wide")
    except _BROKEN_PACKAGE as error:
        locked = data.startswith(b"\xd0\xcf\x11\xe0")  # what encryption wraps a workbook in
        problem = Reason("file_unreadable", {"problem": _short(error)})
        return Reason("file_locked") if locked else problem
    return None


def _extent(stream: Any) -> int:
    """Rows times columns up to the last cell that a sheet names."""
    widest = deepest = 0
    tail = b""
    while chunk := stream.read(_CHUNK):
        text = tail + chunk
        for letters, digits in _CELL.findall(text):
            widest = max(widest, _column_number(letters))
            deepest = max(deepest, int(digits))
        tail = text[-64:]
    return widest * deepest


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def sheet_grid(
    records: Sequence[Record], table: Table, mapped: Mapping[str, Sequence[str]]
) -> Grid:
    """One sheet as a grid for ``table``; its rows can't be ragged."""
    return grid_of(iter(records), table, mapped, ragged=False)


def read_parquet(path: Path, table: Table, mapped: Mapping[str, Sequence[str]]) -> Grid:
    """Read a Parquet file as a grid with typed columns; rows are numbered from 2."""
    import pyarrow.parquet as pq

    try:
        data = pq.read_table(path, memory_map=True, partitioning=None)
        data = pa.table([_usable(column) for column in data.columns], names=data.column_names)
    except (pa.ArrowException, OSError, ValueError, TypeError, MemoryError) as error:
        return failed_grid(Reason("file_unreadable", {"problem": _short(error)}))
    headings = data.column_names
    layout = lay_out(headings, table, mapped)
    if layout.twice:
        return failed_grid(Reason("heading_twice", {"columns": list(layout.twice)}))
    if layout.missing:
        return failed_grid(without_header([Record(1, headings)], table, mapped))
    rows = pa.array(range(2, data.num_rows + 2), pa.int32())
    return Grid(layout, data.rename_columns([str(i) for i in range(len(headings))]), rows)


def parquet_head(path: Path) -> list[Record]:
    """The headings of a Parquet file as its only record; none if it can't be read."""
    import pyarrow.parquet as pq

    try:
        return [Record(1, pq.read_schema(path).names)]
    except (pa.ArrowException, OSError, ValueError):
        return []


def _usable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Types that converters know, as they are; any other one as text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _usable(column.cast(kind.value_type))
    if any(is_kind(kind) for is_kind in _AS_TEXT):
        return column.cast(pa.large_string())
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_date32(kind):
        return column
    if pa.types.is_date64(kind) or pa.types.is_timestamp(kind):
        local = pc.local_timestamp(column) if getattr(kind, "tz", None) else column
        return local.cast(pa.date32(), safe=False)
    texts = [cell_text(value) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.large_string())])


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
