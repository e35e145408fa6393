"""Edge lists of firm networks: the files of this room, read whole or refused with the row.

A network is one equation system: an edge that can't be read can't be set aside, because
every share of its customer and its supplier would silently change. So any bad row stops
the run and says where it stands.

    EDGES.csv|xlsx|parquet ── read_edges() ──> EdgeList
    GROUPS.csv ── read_shocks() ──> Shock, Shock, …
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from alnage.model import InputError, Where
from alnage.sources.cells import nearest
from alnage.sources.schema import Column, Table

if TYPE_CHECKING:
    import pyarrow as pa

    from alnage.sources.grid import Grid

SelfLoops = Literal["keep", "refuse"]
Duplicates = Literal["refuse", "sum"]

EDGES = Table(
    "edges",
    (
        Column("supplier", "id", required=True, on_bad="reject"),
        Column("customer", "id", required=True, on_bad="reject"),
        Column("supplier_sector", "id", required=True, on_bad="reject"),
        Column("customer_sector", "id", required=True, on_bad="reject"),
        Column("weight", "number", required=True, on_bad="reject"),
        Column("type", "number", required=True, on_bad="reject"),
    ),
)
GROUPS = Table(
    "groups",
    (
        Column("group", "id", required=True, on_bad="reject"),
        Column("firm", "id", required=True, on_bad="reject"),
        Column("remaining", "number", on_bad="reject", least=0.0, most=1.0),
    ),
)


@dataclass(frozen=True, slots=True)
class EdgeList:
    """Links of a firm network by number: ``firms[supplier[e]]`` sells ``weight[e]``.

    ``sector`` holds a number into ``sectors`` for every firm; ``kind`` is 2 (essential),
    1 (non-essential) or 0 (negligible) for every link.
    """

    firms: tuple[str, ...]
    sectors: tuple[str, ...]
    sector: np.ndarray
    supplier: np.ndarray
    customer: np.ndarray
    weight: np.ndarray
    kind: np.ndarray
    self_loops: int = 0
    summed: int = 0


@dataclass(frozen=True, slots=True)
class Shock:
    """Firms that fail together: what is ``left`` of each, 0 (failed) to 1 (untouched)."""

    name: str
    firms: tuple[int, ...]
    left: tuple[float, ...]


def read_edges(
    path: Path, self_loops: SelfLoops = "keep", duplicates: Duplicates = "refuse"
) -> EdgeList:
    """Read the edges of a firm network (CSV, XLSX or Parquet).

    Raises:
        InputError: the file or a row can't be used; the row is named.
    """
    table = read_whole(path, EDGES)
    rows = np.asarray(table["_row"])
    firms, supplier, customer = _coded(table["supplier"], table["customer"])
    sectors, of_supplier, of_customer = _coded(table["supplier_sector"], table["customer_sector"])
    weight = np.asarray(table["weight"], np.float64)
    kind = np.asarray(table["type"], np.float64)
    place = _Places(path.name, rows, firms)
    place.refuse_numbers(weight, kind)
    sector = place.sectors(sectors, supplier, customer, of_supplier, of_customer)
    loops = supplier == customer
    if self_loops == "refuse" and loops.any():
        at = int(np.argmax(loops))
        raise InputError("edge_self_loop", where=place.where(at), firm=firms[supplier[at]])
    types = kind.astype(np.int8)
    pair = supplier.astype(np.int64) * len(firms) + customer
    kept, back = place.pairs(pair, types, duplicates)
    summed = len(pair) - len(kept)
    if summed:
        weight = np.asarray(np.bincount(back, weight, len(kept)), np.float64)
    if not (weight > 0.0).any():
        raise InputError("edges_without_weight", where=Where(path.name))
    return EdgeList(
        firms,
        sectors,
        sector,
        supplier[kept],
        customer[kept],
        weight,
        types[kept],
        int(loops[kept].sum()),
        summed,
    )


def read_shocks(path: Path, edges: EdgeList) -> tuple[Shock, ...]:
    """Read groups of firms that fail together: ``group, firm, remaining`` (0 if empty).

    Raises:
        InputError: a row can't be used, or names a firm that no edge names.
    """
    table = read_whole(path, GROUPS)
    number = {name: i for i, name in enumerate(edges.firms)}
    found: dict[str, dict[int, float]] = {}
    columns = [table[name].to_pylist() for name in ("group", "firm", "remaining", "_row")]
    for group, firm, left, row in zip(*columns, strict=True):
        where = Where(path.name, row)
        if firm not in number:
            near = nearest(firm, edges.firms)
            raise InputError("firm_unknown", where=where, firm=firm, nearest=near)
        members = found.setdefault(group, {})
        if number[firm] in members:
            raise InputError("group_firm_twice", where=where, firm=firm, group=group)
        members[number[firm]] = left or 0.0
    if not found:
        raise InputError("impact_rows_missing", where=Where(path.name))
    return tuple(Shock(name, tuple(m), tuple(m.values())) for name, m in found.items())


def read_whole(path: Path, table: Table) -> pa.Table:
    """Read a file as ``table``; InputError with the row if any row of it can't be used."""
    from alnage.sources.part import read_part

    part = read_part(table, path.name, _grid(path, table))
    for bad in part.rejected:
        where = Where(bad.file, bad.row or None)
        raise InputError("impact_row_unusable", where=where, problem=bad.reason.text())
    if not part.table.num_rows:
        raise InputError("impact_rows_missing", where=Where(path.name))
    return part.table


def _grid(path: Path, table: Table) -> Grid:
    from alnage.sources.parquet_files import read_parquet
    from alnage.sources.text_files import read_csv
    from alnage.sources.workbooks import read_workbook, sheet_grid

    if not path.is_file():
        raise InputError("impact_file_missing", file=str(path))
    suffix = path.suffix.casefold()
    if suffix == ".parquet":
        return read_parquet(path, table, {})
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError("impact_file_unreadable", file=str(path)) from error
    if suffix != ".xlsx":
        return read_csv(data, table, {})
    book = read_workbook(data)
    if book.failed is not None or not book.sheets:
        problem = book.failed.text() if book.failed is not None else ""
        raise InputError("impact_row_unusable", where=Where(path.name), problem=problem)
    return sheet_grid(next(iter(book.sheets.values())), table, {})


def _coded(
    first: pa.ChunkedArray, second: pa.ChunkedArray
) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """Two text columns as numbers into one list of names, in order of appearance."""
    import pyarrow as pa

    both = pa.chunked_array([*first.chunks, *second.chunks]).combine_chunks()
    if isinstance(both, pa.ChunkedArray):
        both = pa.concat_arrays(both.chunks)
    coded = both.dictionary_encode()
    numbers = np.asarray(coded.indices).astype(np.int64)
    return tuple(coded.dictionary.to_pylist()), numbers[: len(first)], numbers[len(first) :]


@dataclass(frozen=True, slots=True)
class _Places:
    """Checks that span rows; each error names the row it is about."""

    file: str
    rows: np.ndarray
    firms: Sequence[str]

    def where(self, at: int) -> Where:
        return Where(self.file, int(self.rows[at]))

    def refuse_numbers(self, weight: np.ndarray, kind: np.ndarray) -> None:
        """No negative weight, no type but 0, 1 and 2."""
        if (weight < 0.0).any():
            at = int(np.argmax(weight < 0.0))
            raise InputError("edge_weight_negative", where=self.where(at), weight=f"{weight[at]:g}")
        known = np.isin(kind, (0.0, 1.0, 2.0))
        if not known.all():
            at = int(np.argmin(known))
            raise InputError("edge_type_unknown", where=self.where(at), type=f"{kind[at]:g}")

    def sectors(
        self,
        names: Sequence[str],
        supplier: np.ndarray,
        customer: np.ndarray,
        of_supplier: np.ndarray,
        of_customer: np.ndarray,
    ) -> np.ndarray:
        """The one sector of every firm; two sectors for one firm are an error."""
        firm = np.concatenate([supplier, customer])
        code = np.concatenate([of_supplier, of_customer])
        sector = np.empty(len(self.firms), np.int64)
        sector[firm[::-1]] = code[::-1]  # the first mention is written last
        other = sector[firm] != code
        if other.any():
            at = int(np.argmax(other))
            raise InputError(
                "edge_sector_conflict",
                where=self.where(at % len(supplier)),
                firm=self.firms[firm[at]],
                one=names[sector[firm[at]]],
                other=names[code[at]],
            )
        return sector

    def pairs(
        self, pair: np.ndarray, kind: np.ndarray, duplicates: Duplicates
    ) -> tuple[np.ndarray, np.ndarray]:
        """Positions of the distinct links, in file order, and where each row goes."""
        order = np.argsort(pair, kind="stable")
        same = np.zeros(len(pair), np.bool_)
        same[1:] = pair[order][1:] == pair[order][:-1]
        if not same.any():
            return np.arange(len(pair)), np.arange(len(pair))
        first = np.maximum.accumulate(np.where(same, 0, np.arange(len(pair))))
        original = np.empty(len(pair), np.int64)
        original[order] = order[first]
        again = original != np.arange(len(pair))
        refused = again if duplicates == "refuse" else again & (kind != kind[original])
        if refused.any():
            at = int(np.argmax(refused))
            supplier, customer = divmod(int(pair[at]), len(self.firms))
            code = "edge_twice" if duplicates == "refuse" else "edge_twice_types"
            raise InputError(
                code,
                where=self.where(at),
                supplier=self.firms[supplier],
                customer=self.firms[customer],
                first=int(self.rows[original[at]]),
            )
        kept = np.flatnonzero(~again)
        return kept, np.searchsorted(kept, original)
