"""Parquet files as grids: typed columns stay Arrow columns, never Python objects.

Text, numbers and dates keep their types, so that a clean file of millions of rows is read
in a second or two; any other type becomes the text that a CSV file would hold. Rows are
numbered as if a header stood above them, from 2.

    Parquet ── typed columns ──> Grid
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from alnage.model import Reason
from alnage.sources.grid import Grid, Record, cell_text, failed_grid, lay_out, without_header
from alnage.sources.schema import Table

_AS_TEXT = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_decimal,
)


def read_parquet(path: Path, table: Table, mapped: Mapping[str, Sequence[str]]) -> Grid:
    """Read a Parquet file as a grid with typed columns; rows are numbered from 2."""
    import pyarrow.parquet as pq

    try:
        data = pq.read_table(path, memory_map=True, partitioning=None)
        data.validate(full=True)  # text that is no UTF-8, lengths that lead nowhere
        data = pa.table([_usable(column) for column in data.columns], names=data.column_names)
    except (pa.ArrowException, OSError, ValueError, TypeError, MemoryError) as error:
        return failed_grid(
            Reason("file_unreadable", {"problem": " ".join(str(error).split())[:120]})
        )
    headings = data.column_names
    layout = lay_out(headings, table, mapped)
    if layout.twice:
        return failed_grid(Reason("heading_twice", {"columns": list(layout.twice)}))
    if layout.missing:
        return failed_grid(without_header([Record(1, headings)], table, mapped))
    rows = pa.array(np.arange(2, data.num_rows + 2, dtype=np.int32))
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
