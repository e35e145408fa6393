"""The file of names to screen: every row becomes a query, none is lost.

The columns are those of the contract (``id, name`` and any of ``name_local, aliases,
country, region, address, identifiers, schema``), in CSV, XLSX or Parquet. A row without
any name is kept: its answer is unknown, because nothing could be asked.

    FILE ── rows ── Query
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from alnage.model import InputError, RegisterError, Where
from alnage.registers.names import fold
from alnage.registers.plain import decode, split_list
from alnage.screen.entities import Query

COLUMNS = ("id", "name", "name_local", "aliases", "country", "region", "address", "identifiers", "schema")  # fmt: skip
SCHEMAS = ("Person", "Company", "Organization", "Vessel", "LegalEntity")


def read_queries(file: Path) -> tuple[Query, ...]:
    """The queries of a file, in its order; a missing ``id`` is the row number.

    InputError if the file can't be read or has no column ``name``.
    """
    readers = {".xlsx": _workbook, ".parquet": _parquet}
    try:
        rows = readers.get(file.suffix.lower(), _csv)(file)
    except OSError as error:
        raise InputError("screen_unreadable", where=Where(file.name), file=str(file)) from error
    except RegisterError as error:
        raise InputError("screen_not_text", where=Where(file.name)) from error
    return tuple(_query(row, number) for number, row in rows)


def _query(row: Mapping[str, str], number: int) -> Query:
    wanted = fold(row.get("schema", ""))
    schema = next((one for one in SCHEMAS if fold(one) == wanted), "LegalEntity")
    return Query(
        id=row.get("id", "") or str(number),
        name=row.get("name", ""),
        others=(row.get("name_local", ""), *split_list(row.get("aliases", ""))),
        country=row.get("country", "").upper(),
        region=row.get("region", "").upper(),
        identifiers=split_list(row.get("identifiers", "")),
        schema=schema,
    )


def _headed(
    header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], file: str
) -> list[tuple[int, dict[str, str]]]:
    names = [fold(cell).replace(" ", "_") for cell in header]
    if "name" not in names and "name_local" not in names:
        raise InputError("screen_no_name", where=Where(file, 1), found=list(header)[:20])
    found = []
    for number, cells in rows:
        if any(cell.strip() for cell in cells):
            values = {n: cell.strip() for n, cell in zip(names, cells, strict=False) if n}
            found.append((number, values))
    return found


def _csv(file: Path) -> list[tuple[int, dict[str, str]]]:
    text = decode(file.read_bytes(), file.name)
    first = text.split("\n", 1)[0]
    comma = max(",;\t", key=first.count)
    csv.field_size_limit(1 << 27)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma)
    try:
        header = next(reader, [])
        return _headed(header, [(reader.line_num, cells) for cells in reader], file.name)
    except csv.Error as error:
        raise InputError("screen_csv", where=Where(file.name, reader.line_num)) from error


def _workbook(file: Path) -> list[tuple[int, dict[str, str]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0)
        rows = [[_cell(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    except CalamineError as error:
        raise InputError("screen_not_text", where=Where(file.name)) from error
    if not rows:
        raise InputError("screen_no_name", where=Where(file.name, 1), found=[])
    return _headed(rows[0], list(enumerate(rows[1:], start=2)), file.name)


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _parquet(file: Path) -> list[tuple[int, dict[str, str]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(file)
    except pa.ArrowInvalid as error:
        raise InputError("screen_not_text", where=Where(file.name)) from error
    rows = [
        (number, [";".join(map(str, v)) if isinstance(v, list) else _cell(v) for v in row.values()])
        for number, row in enumerate(table.to_pylist(), start=2)
    ]
    return _headed(table.column_names, rows, file.name)
