"""One movement told twice: merged where the papers say so, suspected where they only look alike.

A purchase order and a bill of lading often tell the same movement. Rows alike (same
sites, material and lot, days that overlap, quantities within 0.5 %) count once if they
name the same document or name each other; without such a link both count and are
reported, since two equal lorries on one day are common.

    movements, documents ──> find_duplicates() ── merged[(kept, dropped)], suspected, doubled
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from alnage.chain.lines import Lines

QUANTITY_TOLERANCE = 0.005


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Pairs of positions in the movements (the first is kept), and days of the kept rows.

    ``doubled`` are rows that repeat the event id of a row that they don't resemble.
    """

    merged: tuple[tuple[int, int], ...]
    suspected: tuple[tuple[int, int], ...]
    doubled: tuple[tuple[int, int], ...]
    days: Mapping[int, tuple[int, int, int, int]]


Papers = Callable[[int], frozenset[str]]


def find_duplicates(movements: Lines, papers: Papers) -> Duplicates:
    """Compare alike movements; ``papers(i)`` are the documents and events that row i names."""
    merged: list[tuple[int, int]] = []
    suspected: list[tuple[int, int]] = []
    days: dict[int, tuple[int, int, int, int]] = {}
    kept_for: dict[int, int] = {}
    for group in _alike_groups(movements):
        for n, j in enumerate(group):
            for i in group[:n]:
                if i in kept_for or not _same_quantity(movements, i, j):
                    continue
                window = days.get(i) or _window(movements, i)
                common = _overlap(window, _window(movements, j))
                if common is None:
                    continue
                if _linked(movements, papers, i, j):
                    merged.append((i, j))
                    kept_for[j] = i
                    days[i] = common
                    break
                suspected.append((i, j))
    doubled = _doubled(movements, kept_for)
    return Duplicates(tuple(merged), tuple(suspected), doubled, days)


def _alike_groups(movements: Lines) -> list[list[int]]:
    """Positions with the same sites, material and lot, more than one, in row order."""
    keys = (movements.lot, movements.material, movements.to_site, movements.site)
    order = np.lexsort((np.arange(len(movements)), movements.last, *keys))
    same = np.ones(len(order), np.bool_)
    same[:1] = False
    for key in keys:
        same[1:] &= key[order][1:] == key[order][:-1]
    # In a long series only rows near in time can overlap: cut where no later row of the
    # group begins before what came so far has ended (groups are told apart by an offset).
    group = np.cumsum(~same) << 32
    begin = np.minimum.accumulate((movements.first[order] + group)[::-1])[::-1]
    same[1:] &= begin[1:] <= (movements.last[order] + group)[:-1]
    starts = np.flatnonzero(~same)
    ends = np.append(starts[1:], len(order))
    return [sorted(order[a:b].tolist()) for a, b in zip(starts, ends, strict=True) if b - a > 1]


def _same_quantity(movements: Lines, i: int, j: int) -> bool:
    a, b = float(movements.kg[i]), float(movements.kg[j])
    return abs(a - b) <= QUANTITY_TOLERANCE * max(a, b)


def _window(movements: Lines, i: int) -> tuple[int, int, int, int]:
    return (
        int(movements.first[i]),
        int(movements.last[i]),
        int(movements.received_first[i]),
        int(movements.received_last[i]),
    )


def _overlap(
    a: tuple[int, int, int, int], b: tuple[int, int, int, int]
) -> tuple[int, int, int, int] | None:
    """The days that both allow; None if the days of shipment have none in common."""
    shipped = max(a[0], b[0]), min(a[1], b[1])
    if shipped[0] > shipped[1]:
        return None
    received = max(a[2], b[2]), min(a[3], b[3])
    if received[0] > received[1]:  # receipts told apart: keep the first row's
        received = a[2], a[3]
    received = max(received[0], shipped[0]), max(received[1], shipped[0])
    return shipped[0], min(shipped[1], received[1]), received[0], received[1]


def _linked(movements: Lines, papers: Papers, i: int, j: int) -> bool:
    """Whether the two rows name a common document, or one names the other."""
    if papers(i) & papers(j) or movements.event[i] == movements.event[j]:
        return True
    return movements.event[i] in papers(j) or movements.event[j] in papers(i)


def _doubled(movements: Lines, kept_for: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    if len(set(movements.event)) == len(movements):
        return ()
    first: dict[str, int] = {}
    out = []
    for i, event in enumerate(movements.event):
        if i in kept_for:
            continue
        known = first.setdefault(event, i)
        if known != i:
            out.append((known, i))
    return tuple(out)
