"""Input-output tables: a sector taken out, or barred from a market, in closed form.

For those who have no firms but a table: sectors (or country-sectors) by sectors, with final
demand. Setting up inverts once; after that a question is a few products of small matrices.
Nobody is taken to find another supplier or market, so a figure is an upper bound of the
loss, and one at sector level can be far from one at firm level: both are said beside it.

    FLOWS.csv (a sector a row) ── read_flows() ── Flows ── Leontief ── extraction(), ban() ──> Loss
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from alnage.model import InputError, Where
from alnage.sources.cells import nearest

DEMAND = "final_demand"
_TOLERANCE = 1e-9  # of a sector's output: rounding in published tables


@dataclass(frozen=True, slots=True)
class Flows:
    """Deliveries ``z[i, j]`` of sector ``i`` to sector ``j``, and to final demand ``f[i]``."""

    sectors: tuple[str, ...]
    z: np.ndarray
    f: np.ndarray


@dataclass(frozen=True, slots=True)
class Loss:
    """Output lost by sector, at least and at most, and in all.

    ``at_most`` is the closed form, with nothing diverted; ``at_least`` the delivery itself.
    """

    by_sector: np.ndarray
    at_least: float
    at_most: float


class Leontief:
    """A table made ready for questions: ``x = (I - A)^-1 f``.

    >>> table = Leontief(Flows(("a", "b"), np.array([[0.0, 2.0], [0.0, 0.0]]), np.array([2.0, 4.0])))
    >>> table.output.tolist()
    [4.0, 4.0]
    >>> table.extraction("b").by_sector.tolist()
    [2.0, 4.0]
    >>> table.ban(["a"], ["b"]).by_sector.tolist()
    [2.0, 0.0]
    """

    def __init__(self, flows: Flows) -> None:
        self.flows = flows
        self.output = flows.z.sum(1) + flows.f
        safe = np.where(self.output > 0.0, self.output, 1.0)
        self._a = flows.z / safe
        self._inverse = np.asfortranarray(_inverted(self._a))  # columns are what is asked for
        self._multiplier = self._inverse.sum(0)
        self._number = {name: i for i, name in enumerate(flows.sectors)}

    def extraction(self, sector: str) -> Loss:
        """All output lost if a sector is gone: nobody buys from it and it buys from nobody.

        Raises:
            InputError: the table has no such sector.
        """
        k = self.number(sector)
        own = float(self._inverse[k, k])
        by_sector = self._inverse[:, k] * (self.output[k] / own) if own > 0.0 else self._none()
        return Loss(by_sector, float(self.output[k]), float(by_sector.sum()))

    def extractions(self) -> np.ndarray:
        """All output lost, for every sector by itself."""
        own = np.diag(self._inverse)
        lost: np.ndarray = self._multiplier * np.divide(
            self.output, own, out=self._none(), where=own > 0.0
        )
        return lost

    def ban(
        self, sectors: Sequence[str], buyers: Sequence[str], demand: Sequence[float] = ()
    ) -> Loss:
        """Output lost if goods of ``sectors`` are barred from the sectors ``buyers`` of a market.

        Deliveries to these buyers end and are not replaced, with ``demand`` of each sector's
        final demand. Only the rows of ``sectors`` change, so a correction of that rank is exact.

        Raises:
            InputError: a sector is not in the table, or ``demand`` is more than it delivers.
        """
        rows, columns = self._numbers(sectors), self._numbers(buyers)
        ended = np.array(demand, np.float64) if len(demand) else np.zeros(len(rows))
        self._check_demand(sectors, rows, ended)
        dropped = self._a[np.ix_(rows, columns)]
        direct = self.flows.z[np.ix_(rows, columns)].sum(1) + ended
        answer = np.eye(len(rows)) + dropped @ self._inverse[np.ix_(columns, rows)]
        by_sector = self._inverse[:, rows] @ np.linalg.solve(answer, direct)
        return Loss(by_sector, float(direct.sum()), float(by_sector.sum()))

    def _check_demand(self, sectors: Sequence[str], rows: np.ndarray, ended: np.ndarray) -> None:
        if len(ended) != len(rows):
            raise InputError("sectors_demand_count", demand=len(ended), sectors=len(rows))
        for name, row, part in zip(sectors, rows, ended, strict=True):
            most = float(self.flows.f[row])
            if not 0.0 <= part <= most * (1.0 + _TOLERANCE):
                raise InputError(
                    "sectors_demand", sector=name, demand=f"{part:g}", most=f"{most:g}"
                )

    def _numbers(self, names: Sequence[str]) -> np.ndarray:
        """Positions of sectors; naming one twice bars it once."""
        once = dict.fromkeys(names)
        if len(once) != len(names):
            twice = next(name for name in once if list(names).count(name) > 1)
            raise InputError("sectors_twice", sector=twice)
        return np.array([self.number(name) for name in names], np.int64)

    def number(self, sector: str) -> int:
        """The position of a sector; InputError naming the nearest if there is none."""
        if sector not in self._number:
            near = nearest(sector, self.flows.sectors)
            raise InputError("sector_unknown", sector=sector, nearest=near)
        return self._number[sector]

    def _none(self) -> np.ndarray:
        return np.zeros(len(self.flows.sectors))


def _inverted(a: np.ndarray) -> np.ndarray:
    """The Leontief inverse; InputError where the table yields no output beyond its inputs."""
    try:
        inverse = np.linalg.inv(np.eye(len(a)) - a)
    except np.linalg.LinAlgError:
        raise InputError("sectors_singular") from None
    if not np.isfinite(inverse).all() or inverse.min() < -_TOLERANCE * inverse.max():
        raise InputError("sectors_singular")
    return inverse


def read_flows(path: Path) -> Flows:
    """Read a square CSV table: ``sector``, a column a sector in the same order, ``final_demand``.

    Raises:
        InputError: the file or a cell can't be used; row and column are named.
    """
    if not path.is_file():
        raise InputError("impact_file_missing", file=str(path))
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _square(path.name, csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise InputError("impact_file_unreadable", file=str(path)) from None


def _square(file: str, rows: Iterator[list[str]]) -> Flows:
    """Names and numbers, a row at a time: a table of thousands of sectors is large as text."""
    heads = [cell.strip() for cell in next(rows, [])]
    names: dict[str, None] = {}
    values = []
    for n, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(heads):
            where = Where(file, n)
            raise InputError("sectors_width", where=where, cells=len(row), heads=len(heads))
        name = row[0].strip()
        if not name or name in names:
            raise InputError("sectors_twice", where=Where(file, n), sector=name)
        names[name] = None
        values.append(_row(file, n, row[1:], heads[1:]))
    if not values:
        raise InputError("impact_rows_missing", where=Where(file))
    if heads[-1].casefold() != DEMAND or heads[1:-1] != list(names):
        raise InputError("sectors_heads", where=Where(file, 1))
    table = np.array(values)
    return Flows(tuple(names), table[:, :-1], table[:, -1])


def _row(file: str, row: int, cells: Sequence[str], heads: Sequence[str]) -> np.ndarray:
    """The numbers of a row; none is missing, negative or infinite."""
    try:
        numbers = np.array(cells, np.float64)
        if np.isfinite(numbers).all() and (numbers >= 0.0).all():
            return numbers
    except ValueError:
        pass
    at = next(i for i, cell in enumerate(cells) if not _usable(cell))
    raise InputError("sectors_number", where=Where(file, row, heads[at]), value=cells[at][:40])


def _usable(cell: str) -> bool:
    try:
        number = float(cell)
    except ValueError:
        return False
    return math.isfinite(number) and number >= 0.0
