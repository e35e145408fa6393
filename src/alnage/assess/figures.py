"""Published figures, each with its definition, who says it, and where a series breaks.

A figure without its definition misleads: totals of one list differ by how entities are
counted, and enforcement statistics changed their unit. So figures are kept as stated, by
series, never joined; the totals of the UFLPA Entity List are counted again from the bundled
register, and what does not agree is said.

    figures.csv ── figures() ──┐
    register us-uflpa ─────────┴─ recomputed ──> rows
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any

from alnage.model import OptionError
from alnage.registers import Register

LIST_TOTAL = "uflpa.list.total"
# How entities of a list can be counted: every entity once, or every row of every sub-list.
METHODS = ("individual", "rows")


@dataclass(frozen=True, slots=True)
class Figure:
    """One published value; ``verified`` says how far the source was checked."""

    id: str
    as_of: str
    value: str
    qualifier: str
    unit: str
    definition: str
    said_by: str
    url: str
    series: str
    verified: str


def load_figures() -> tuple[Figure, ...]:
    """All published figures, by id, series and date.

    >>> next(f.value for f in load_figures() if f.id == LIST_TOTAL and f.as_of == "2025-01-15")
    '144'
    """
    text = files("alnage.assess").joinpath("figures.csv").read_text("utf-8")
    return tuple(Figure(**row) for row in csv.DictReader(text.splitlines()))


def figures(
    register: Register, name: str = "", as_of: dt.date | None = None, method: str = "individual"
) -> list[dict[str, Any]]:
    """Figures of one id, or all; list totals with what the bundled register gives by ``method``.

    With ``as_of``, each series gives its latest value on or before that day.
    """
    found = [figure for figure in load_figures() if name in ("", figure.id)]
    if not found:
        known = sorted({figure.id for figure in load_figures()})
        raise OptionError("figure_unknown", id=name, known=known)
    if as_of is not None:
        found = list(_latest(found, as_of))
    return [_row(figure, register, as_of, method) for figure in found]


def _latest(found: Iterable[Figure], as_of: dt.date) -> Iterable[Figure]:
    last: dict[tuple[str, str], Figure] = {}
    for figure in found:
        if figure.as_of[:10] <= as_of.isoformat():
            last[figure.id, figure.series] = figure
    return last.values()


def _row(figure: Figure, register: Register, as_of: dt.date | None, method: str) -> dict[str, Any]:
    row: dict[str, Any] = asdict(figure)
    if figure.id == LIST_TOTAL:
        day = as_of or dt.date.fromisoformat(figure.as_of)
        row["recomputed"] = list_total(register, day, method)
        row["method"] = method
        row["register_complete"] = register.complete_on(day)
    return row


def list_total(register: Register, day: dt.date, method: str = "individual") -> int:
    """How many entities (or rows) of a register have effect on a day.

    >>> from alnage.registers import Registers
    >>> uflpa = Registers.load()["us-uflpa"]
    >>> list_total(uflpa, dt.date(2024, 5, 17)), list_total(uflpa, dt.date(2025, 1, 15))
    (65, 144)
    """
    if method not in METHODS:
        raise OptionError("count_method_unknown", method=method, known=METHODS)
    rows = register.in_force(day)
    return len(rows) if method == "rows" else len({listing.entity for listing in rows})
