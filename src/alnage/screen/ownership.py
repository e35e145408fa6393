"""Who controls whom, by stated shares and parents, slice of time by slice of time.

A listing that extends to subsidiaries reaches a party that the listed one controls:
more than half of the shares, held by it and those it controls. Shares that are not
stated are an interval from nothing to all, so control is yes, no or possible, never
guessed. Links with dates hold between them; results come with their period.

    ownership, parents ── Links ── reach(root) ──> owned: certain or possible, from, to
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from alnage.model import RowSource

MAJORITY = 0.5


@dataclass(frozen=True, slots=True)
class Link:
    """``owner`` holds between ``low`` and ``high`` of ``owned``.

    It certainly holds from ``start`` to ``end`` (excluded), possibly from
    ``maybe_start`` to ``maybe_end``; ``None`` leaves that end open.
    """

    owner: str
    owned: str
    low: float
    high: float
    start: dt.date | None = None
    end: dt.date | None = None
    maybe_start: dt.date | None = None
    maybe_end: dt.date | None = None
    source: RowSource | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """``party`` is controlled (certain) or may be, from ``start`` to ``end`` (excluded)."""

    party: str
    certain: bool
    start: dt.date | None
    end: dt.date | None
    sources: tuple[RowSource, ...]


def links(
    parties: Iterable[Mapping[str, Any]], ownership: Iterable[Mapping[str, Any]]
) -> tuple[Link, ...]:
    """Links from rows of ``ownership`` and from the ``parent`` of ``parties``.

    A stated parent is a majority holder; a share that is not stated may be any.

    >>> links([{"party": "b", "parent": "a"}], [{"owner": "a", "owned": "c", "share": None}])[1].high
    1.0
    """
    found = []
    for row in parties:
        parent = str(row.get("parent") or "").strip()
        if parent and parent != row["party"]:
            found.append(Link(parent, str(row["party"]), 1.0, 1.0, source=_source(row)))
    for row in ownership:
        owner, owned = str(row.get("owner") or ""), str(row.get("owned") or "")
        share = _share(row.get("share"))
        low, high = (0.0, 1.0) if share is None else (share, share)
        if owner and owned and owner != owned and high > 0:
            found.append(Link(owner, owned, low, high, **_period(row), source=_source(row)))
    return tuple(found)


def _share(value: Any) -> float | None:
    try:
        share = float(value)
    except (TypeError, ValueError):
        return None
    return share if 0 <= share <= 1 else None


def _source(row: Mapping[str, Any]) -> RowSource | None:
    file, number = row.get("_file"), row.get("_row")
    return RowSource(str(file), int(number)) if file and number is not None else None


def _period(row: Mapping[str, Any]) -> dict[str, dt.date | None]:
    """The days of ``from`` (first day of effect) and ``to`` (last day of effect)."""
    first, sure = _day(row, "from", "_from"), _day(row, "from", "_to")
    last_sure, last = _day(row, "to", "_from"), _day(row, "to", "_to")
    following = dt.timedelta(days=1)
    return {
        "maybe_start": first,
        "start": sure or first,
        "end": last_sure + following if last_sure else None,
        "maybe_end": last + following if last else None,
    }


def _day(row: Mapping[str, Any], column: str, end: str) -> dt.date | None:
    value = row.get(column + end, row.get(column))
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def reach(roots: Mapping[str, bool], all_links: tuple[Link, ...]) -> tuple[Reach, ...]:
    """Everybody whom the roots (party: certainly listed?) control or may control.

    >>> shares = links([], [{"owner": "a", "owned": "b", "share": 0.6}, {"owner": "b", "owned": "c", "share": 0.3}])
    >>> [(one.party, one.certain) for one in reach({"a": True}, shares)]
    [('b', True), ('c', False)]
    """
    around = _around(roots, all_links)
    slices = _slices(around)
    found: dict[str, list[Reach]] = {}
    for start, end in slices:
        for one in _within(roots, around, start, end):
            runs = found.setdefault(one.party, [])
            if runs and runs[-1].end == start and runs[-1].certain == one.certain:
                last = runs[-1]
                runs[-1] = Reach(one.party, one.certain, last.start, end, last.sources)
            else:
                runs.append(one)
    return tuple(one for party in sorted(found) for one in found[party])


def _around(roots: Mapping[str, bool], all_links: tuple[Link, ...]) -> tuple[Link, ...]:
    """The links that lead on from the roots: only their dates cut time."""
    by_owner: dict[str, list[Link]] = {}
    for link in all_links:
        by_owner.setdefault(link.owner, []).append(link)
    seen, todo, found = set(roots), list(roots), []
    while todo:
        for link in by_owner.get(todo.pop(), ()):
            found.append(link)
            if link.owned not in seen:
                seen.add(link.owned)
                todo.append(link.owned)
    # Other holders of the reached parties can't raise the roots' share: not needed.
    return tuple(found)


def _slices(all_links: tuple[Link, ...]) -> list[tuple[dt.date | None, dt.date | None]]:
    days = {
        day
        for link in all_links
        for day in (link.start, link.end, link.maybe_start, link.maybe_end)
        if day is not None
    }
    cuts: list[dt.date | None] = [None, *sorted(days), None]
    return list(pairwise(cuts))


def _holds(start: dt.date | None, end: dt.date | None, day: dt.date | None) -> bool:
    """Whether [start, end) covers the slice that begins on ``day`` (None: before all dates)."""
    begun = start is None or (day is not None and start <= day)
    return begun and (end is None or day is None or day < end)


def _within(
    roots: Mapping[str, bool],
    all_links: tuple[Link, ...],
    start: dt.date | None,
    end: dt.date | None,
) -> list[Reach]:
    """Control inside one slice of time, in which nothing changes."""
    sure = [link for link in all_links if _holds(link.start, link.end, start)]
    maybe = [link for link in all_links if _holds(link.maybe_start, link.maybe_end, start)]
    sources: dict[str, tuple[RowSource, ...]] = dict.fromkeys(roots, ())
    controlled = _closure({root for root, certain in roots.items() if certain}, sure, sources)
    reached = set(roots)
    todo = list(roots)
    while todo:
        owner = todo.pop()
        for link in maybe:
            if link.owner == owner and link.owned not in reached:
                reached.add(link.owned)
                sources.setdefault(link.owned, (*sources[owner], *_one(link)))
                todo.append(link.owned)
    return [
        Reach(party, party in controlled, start, end, sources.get(party, ()))
        for party in sorted(reached - set(roots))
    ]


def _one(link: Link) -> tuple[RowSource, ...]:
    return () if link.source is None else (link.source,)


def _closure(
    roots: set[str], sure: list[Link], sources: dict[str, tuple[RowSource, ...]]
) -> set[str]:
    """Parties of which the roots and those they control hold more than half, at the least."""
    controlled = set(roots)
    grown = True
    while grown:
        held: dict[str, float] = {}
        through: dict[str, list[Link]] = {}
        for link in sure:
            if link.owner in controlled and link.owned not in controlled:
                held[link.owned] = held.get(link.owned, 0.0) + link.low
                through.setdefault(link.owned, []).append(link)
        fresh = {party for party, share in held.items() if share > MAJORITY}
        for party in fresh:
            path = [row for link in through[party] for row in (*sources[link.owner], *_one(link))]
            sources[party] = tuple(dict.fromkeys(path))
        controlled |= fresh
        grown = bool(fresh)
    return controlled
