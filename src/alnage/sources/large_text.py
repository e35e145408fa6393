"""Large clean CSV files, parsed by Arrow instead of row by row.

Only files about which nothing needs telling come this way: every row as wide as the
header, no blank lines, quotes in pairs, all bytes readable. Anything else gives None, and
the careful reader takes over; both give the same grid.

    text ── clean? ── Arrow ──> Grid | None
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from alnage.sources.grid import Grid, Layout

_LAST = "\x01end\x01"  # cells of a row added at the end


def read_clean(
    text: str, delimiter: str, head: int, headings: Sequence[str], layout: Layout
) -> Grid | None:
    """Parse what follows the first ``head`` lines (the last of them the header), or None.

    Row numbers go on from the header: the caller knows that those lines are one row each.
    """
    text = text.rstrip("\r\n")
    if layout.twice or "\x00" in text or text.count('"') % 2:
        return None
    if any(blank in text for blank in ("\n\n", "\r\r", "\n\r")):
        return None
    try:
        last = delimiter.join([_LAST] * len(headings))
        data = _parse(f"{text}\n{last}\n".encode(), delimiter, head, len(headings))
    except UnicodeEncodeError:  # bytes that could not be read stand for themselves
        return None
    if data is None:
        return None
    rows = pa.array(np.arange(head + 1, head + 1 + data.num_rows, dtype=np.int32))
    filled = _filled(data)
    if filled is not None:
        data, rows = data.filter(filled), rows.filter(filled)
    return Grid(layout, data, rows)


def _parse(data: bytes, delimiter: str, head: int, width: int) -> pa.Table | None:
    from pyarrow import csv

    names = [str(i) for i in range(width)]
    try:
        table = csv.read_csv(
            pa.BufferReader(data),
            csv.ReadOptions(skip_rows=head, column_names=names, block_size=1 << 24),
            csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False
            ),
            csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()),
                null_values=[],
                strings_can_be_null=False,
            ),
        )
    except (pa.ArrowException, ValueError):
        return None
    # A quote that never closes would have swallowed the row that we added.
    whole = all(column[-1].as_py() == _LAST for column in table.columns)
    return table.slice(0, table.num_rows - 1) if whole else None


def _filled(data: pa.Table) -> pa.Array | None:
    """Which rows hold any text; None if all do."""
    empty = None
    for column in data.columns:
        blank = pc.equal(pc.binary_length(pc.utf8_trim_whitespace(column)), 0)
        empty = blank if empty is None else pc.and_(empty, blank)
        if not pc.any(empty).as_py():
            return None
    return pc.invert(empty)
