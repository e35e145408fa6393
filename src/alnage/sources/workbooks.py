"""XLSX workbooks as rows of text: stored values only, formulas never run.

A workbook keeps the value that each formula last had; that is what is read. The package is
looked into first, for two things that the reader would not tell: how far a sheet reaches
(one cell in the last corner must not fill the memory), and which cells hold an error or a
formula without a value, which would otherwise read as empty.

    bytes ── package: extent, faults ── reader ──> Workbook(sheets) ── sheet_grid() ──> Grid
"""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import python_calamine

from alnage.model import Reason
from alnage.sources.cells import NO_VALUE
from alnage.sources.grid import Grid, Record, cell_text, grid_of
from alnage.sources.schema import Table

MOST_CELLS = 1 << 26  # of a sheet, filled or not: rows times columns up to its last cell
MOST_BYTES = 1 << 32  # of a workbook, unpacked
_CHUNK = 1 << 20

_BROKEN_PACKAGE = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    OSError,
    ValueError,
    RuntimeError,
    EOFError,
)

# Cells beyond column Z or row 999, the only ones that decide how far a sheet reaches.
_FAR_COLUMN = re.compile(rb'\br="([A-Z]{2,3})[0-9]{1,7}"')
_FAR_ROW = re.compile(rb'\br="[A-Z]{1,3}([0-9]{4,7})"')
_CELL = re.compile(rb"<c\b([^>]*[^/>])>(.*?)</c>", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_VALUE = re.compile(rb"<v>([^<]+)</v>")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")

# Faults of a sheet: text to show instead of an empty cell, by row and column from 1.
Faults = Mapping[tuple[int, int], str]


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
    faults = _look_into(data)
    if isinstance(faults, Reason):
        return Workbook({}, faults)
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        sheets = {
            sheet.name: list(
                _records(book.get_sheet_by_name(sheet.name), faults.get(sheet.name, {}))
            )
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


def _records(sheet: Any, faults: Faults) -> Iterator[Record]:
    """Rows from the sheet's first, cells from its column A, faults in their places."""
    empty = sheet.start is None
    rows: Iterator[Sequence[Any]] = iter(()) if empty else sheet.iter_rows()
    left = 0 if empty else sheet.start[1]
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (row, column), text in faults.items():
        by_row.setdefault(row, []).append((column, text))
    for row, cells in enumerate(rows, start=1):
        texts = [""] * left + [cell_text(cell) for cell in cells]
        for column, text in by_row.get(row, ()):
            texts += [""] * (column - len(texts))
            texts[column - 1] = text
        yield Record(row, texts)


def _look_into(data: bytes) -> dict[str, Faults] | Reason:
    """Faults by sheet, or why the workbook is not read at all."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            if sum(entry.file_size for entry in entries) > MOST_BYTES:
                return Reason("file_too_big", {"limit": f"{MOST_BYTES >> 30} GiB"})
            names = _sheet_names(package)
            faults: dict[str, Faults] = {}
            for entry in entries:
                if re.search(r"sheets?/[^/]+\.xml$", entry.filename, re.IGNORECASE):
                    with package.open(entry) as stream:
                        cells, found = _scan(stream)
                    if cells > MOST_CELLS:
                        return Reason("sheet_too_wide")
                    faults[names.get(entry.filename, entry.filename)] = found
            return faults
    except _BROKEN_PACKAGE as error:
        locked = data.startswith(b"\xd0\xcf\x11\xe0")  # what encryption wraps a workbook in
        problem = Reason("file_unreadable", {"problem": _short(error)})
        return Reason("file_locked") if locked else problem


def _sheet_names(package: zipfile.ZipFile) -> dict[str, str]:
    """Path in the package: name of the sheet. No XML parser, so no entities to expand."""
    targets = {
        _attribute(tag, b"Id"): _attribute(tag, b"Target")
        for tag in _RELATION.findall(package.read("xl/_rels/workbook.xml.rels"))
    }
    names = {}
    for tag in _SHEET.findall(package.read("xl/workbook.xml")):
        target = targets.get(_attribute(tag, rb"\w+:id"), "")
        path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        names[path] = _attribute(tag, b"name")
    return names


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\s" + name + rb"=[\"']([^\"']*)[\"']", tag)
    return html.unescape(found[1].decode("utf-8", "replace")) if found else ""


def _scan(stream: Any) -> tuple[int, Faults]:
    """Rows times columns up to the last cell that a sheet names, and its faults."""
    widest, deepest = 26, 999
    faults: dict[tuple[int, int], str] = {}
    rest = b""
    while chunk := stream.read(_CHUNK):
        text = rest + chunk
        # Cut before a cell that may go on, unless that cell is a monster of its own.
        cut = text.rfind(b"<c ")
        cut = cut if cut > 0 and len(text) - cut < _CHUNK else len(text)
        text, rest = text[:cut], text[cut:]
        widest, deepest = _reach(text, widest, deepest)
        faults.update(_faults(text))
    widest, deepest = _reach(rest, widest, deepest)
    faults.update(_faults(rest))
    return widest * deepest, faults


def _reach(text: bytes, widest: int, deepest: int) -> tuple[int, int]:
    for letters in set(_FAR_COLUMN.findall(text)):
        widest = max(widest, _column_number(letters))
    for digits in set(_FAR_ROW.findall(text)):
        deepest = max(deepest, int(digits))
    return widest, deepest


def _faults(text: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    """Cells that show an error, and formulas that were never computed."""
    if b't="e"' not in text and b"<f" not in text:
        return
    for attributes, body in _CELL.findall(text):
        place = _PLACE.search(attributes)
        value = _VALUE.search(body)
        if place is None:
            continue
        if b't="e"' in attributes:
            shown = value[1].decode("ascii", "replace") if value else NO_VALUE
        elif b"<f" in body and value is None and b't="str"' not in attributes:
            shown = NO_VALUE
        else:
            continue
        yield (int(place[2]), _column_number(place[1])), shown


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


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
