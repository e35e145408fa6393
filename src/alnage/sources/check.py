"""What only whole tables show: ids given twice, and names that no row declares.

A second row with an id that must be unique is set aside, naming the first. A reference to
a site, party or document that no row declares stays as it is and is a finding: what it
names is unknown, and unknown is how the rooms above read it.

    tables ── without_twins() ── kept, rejected
    tables ── unknown_references() ── findings
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from alnage.model import Reason, Rejected, RowSource
from alnage.sources.cells import shown, split_list
from alnage.sources.convert import Positions, positions
from alnage.sources.grid import cell_text
from alnage.sources.part import FINDINGS_SHOWN, SOURCES_SHOWN, rejected_row
from alnage.sources.schema import TABLES, Column, Table


def without_twins(table: Table, rows: pa.Table) -> tuple[pa.Table, tuple[Rejected, ...]]:
    """Keep the first row of each id where ids are unique; the others are rejected."""
    if not table.unique or rows.num_rows < 2:
        return rows, ()
    keys = pa.concat_arrays(rows.column(table.key).chunks).dictionary_encode()
    _, first, codes = np.unique(
        keys.indices.to_numpy(zero_copy_only=False), return_index=True, return_inverse=True
    )
    twins = np.flatnonzero(first[codes] != np.arange(rows.num_rows))
    if not len(twins):
        return rows, ()
    places = rows.select([table.key, "_file", "_row"]).take(pa.array(first[codes[twins]]))
    rejected = tuple(
        _twin(table, row, place)
        for row, place in zip(
            rows.take(pa.array(twins)).to_pylist(), places.to_pylist(), strict=True
        )
    )
    keep = np.ones(rows.num_rows, dtype=bool)
    keep[twins] = False
    return rows.filter(pa.array(keep)), rejected


def _twin(table: Table, row: Mapping[str, Any], first: Mapping[str, Any]) -> Rejected:
    told = {
        "column": table.key,
        "value": shown(first[table.key]),
        "first": f"{first['_file']}:{first['_row']}",
    }
    reason = Reason("id_twice", told, (RowSource(first["_file"], first["_row"]),))
    values = {column.name: text for column in table if (text := _as_written(column, row))}
    return rejected_row(table, row["_file"], row["_row"], [reason], values)


def _as_written(column: Column, row: Mapping[str, Any]) -> str:
    """A converted cell as text again: a day, or an interval between two."""
    ends = [cell_text(row[name]) for name in column.outputs]
    return ends[0] if len(set(ends)) == 1 else "/".join(ends)


def unknown_references(tables: Mapping[str, pa.Table]) -> Iterator[Reason]:
    """A finding for each name that a column gives and no table declares, with its rows."""
    for name, rows in tables.items():
        for column in TABLES[name]:
            known = _known(column, tables)
            if known is not None:
                yield from _unknown(name, column, rows, known)


def _known(column: Column, tables: Mapping[str, pa.Table]) -> pa.Array | None:
    """Ids that ``column`` may name; None if the folder has no table to ask.

    Without a ``sites`` table every party is one site with the same id.
    """
    names = [name for name in column.refers if name in tables]
    if column.refers == ("sites",) and not names and "parties" in tables:
        names = ["parties"]
    if not names:
        return None
    chunks = [chunk for name in names for chunk in tables[name].column(TABLES[name].key).chunks]
    return pa.concat_arrays(chunks) if chunks else pa.array([], pa.string())


def _unknown(name: str, column: Column, rows: pa.Table, known: pa.Array) -> Iterator[Reason]:
    cells = rows.column(column.name)
    if not rows.num_rows:
        return
    texts = pa.concat_arrays(cells.chunks)
    at: Positions = np.arange(len(texts))
    if column.is_list:
        at = pc.list_parent_indices(texts).to_numpy(zero_copy_only=False)
        texts = pc.list_flatten(texts)
    odd = positions(pc.and_(pc.is_valid(texts), pc.invert(pc.is_in(texts, known))))
    if not len(odd):
        return
    grouped: dict[str, list[int]] = {}
    for text, row in zip(texts.take(pa.array(odd)).to_pylist(), at[odd].tolist(), strict=True):
        grouped.setdefault(text, []).append(row)
    told = 0
    for text, where in grouped.items():
        if _all_known(text, known):
            continue
        told += 1
        if told <= FINDINGS_SHOWN:
            yield _reference(name, column, rows, text, where)
    if told > FINDINGS_SHOWN:
        more = {
            "table": name,
            "file": rows["_file"][0].as_py(),
            "column": column.name,
            "count": told - FINDINGS_SHOWN,
        }
        yield Reason("findings_more", more)


def _all_known(text: str, known: pa.Array) -> bool:
    """Whether a cell names several ids, each of them known."""
    items = split_list(text)
    return len(items) > 1 and pc.all(pc.is_in(pa.array(items), known)).as_py() is True


def _reference(name: str, column: Column, rows: pa.Table, text: str, where: list[int]) -> Reason:
    places = rows.select(["_file", "_row"]).take(pa.array(where[:SOURCES_SHOWN])).to_pylist()
    told = {
        "table": name,
        "column": column.name,
        "value": shown(text),
        "file": places[0]["_file"],
        "row": places[0]["_row"],
        "rows": len(where),
        "tables": list(column.refers),
    }
    sources = tuple(RowSource(place["_file"], place["_row"]) for place in places)
    return Reason("reference_unknown", told, sources)
