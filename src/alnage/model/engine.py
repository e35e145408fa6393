"""Where batches run: the protocol, and its implementation on this machine.

Big tables are worked through as Arrow-to-Arrow functions, so that the same function
runs here or, later, on a cluster. Four verbs are enough: ``map`` over batches,
``group_apply`` a function to all rows of a key, ``sort``, and ``checkpoint`` a table
so that long work can resume.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

Batch = Any  # pyarrow.Table; typed as Any so that importing the model stays cheap


class Engine(Protocol):
    """What a room may ask of the machine or cluster that it runs on."""

    def map(self, function: Callable[[Batch], Batch], table: Batch) -> Batch:
        """Apply ``function`` to batches of ``table``; it must not depend on the cut."""
        ...

    def group_apply(
        self, function: Callable[[Batch], Batch], table: Batch, keys: Sequence[str]
    ) -> Batch:
        """Apply ``function`` to all rows of each key; rows of a key keep their order."""
        ...

    def sort(self, table: Batch, keys: Sequence[str]) -> Batch:
        """Sort stably by ``keys``, ascending, nulls last."""
        ...

    def checkpoint(self, table: Batch, name: str) -> Batch:
        """Keep ``table`` under ``name``; a later run gets it back instead of working anew."""
        ...


class LocalEngine:
    """The protocol on this machine, in memory, with checkpoints as Parquet files.

    >>> import pyarrow as pa
    >>> table = pa.table({"k": ["b", "a", "b"], "v": [1, 2, 3]})
    >>> engine = LocalEngine()
    >>> engine.sort(table, ["k"]).to_pydict()
    {'k': ['a', 'b', 'b'], 'v': [2, 1, 3]}
    >>> engine.group_apply(lambda t: t.slice(0, 1), table, ["k"]).to_pydict()
    {'k': ['a', 'b'], 'v': [2, 1]}
    """

    def __init__(self, checkpoints: Path | None = None, rows: int = 1 << 16) -> None:
        self._checkpoints = checkpoints
        self._rows = rows

    def map(self, function: Callable[[pa.Table], pa.Table], table: pa.Table) -> pa.Table:
        """Apply ``function`` batch by batch."""
        import pyarrow as pa

        starts = range(0, max(table.num_rows, 1), self._rows)
        return pa.concat_tables([function(table.slice(start, self._rows)) for start in starts])

    def group_apply(
        self, function: Callable[[pa.Table], pa.Table], table: pa.Table, keys: Sequence[str]
    ) -> pa.Table:
        """Sort by the keys, cut where they change, apply."""
        import pyarrow as pa

        ordered = self.sort(table, keys)
        if ordered.num_rows == 0:
            return function(ordered)
        columns = [ordered.column(key).to_pylist() for key in keys]
        rows = list(zip(*columns, strict=True))
        cuts = [0, *(i for i in range(1, len(rows)) if rows[i] != rows[i - 1]), len(rows)]
        parts = [function(ordered.slice(a, b - a)) for a, b in pairwise(cuts)]
        return pa.concat_tables(parts)

    def sort(self, table: pa.Table, keys: Sequence[str]) -> pa.Table:
        """Sort stably: the row number breaks ties."""
        import pyarrow as pa

        numbered = table.append_column("__row", pa.array(range(table.num_rows), pa.int64()))
        order = [(key, "ascending") for key in (*keys, "__row")]
        return numbered.sort_by(order).drop_columns(["__row"])

    def checkpoint(self, table: pa.Table, name: str) -> pa.Table:
        """Write once, whole, then read back; without a folder, do nothing."""
        if self._checkpoints is None:
            return table
        import pyarrow.parquet as pq

        file = self._checkpoints / f"{name}.parquet"
        if not file.exists():
            part = file.with_suffix(".part")
            pq.write_table(table, part)
            part.replace(file)
        return pq.read_table(file)
