"""The other hand, first part: rows to events, events to steps in order.

The reference keeps to the wording of the contract and tries things out where the product
computes; what it reads into an open wording is said in ``reference``.

    rows ── read_ledger ──> Ledger ── day_choices ──> Days ── in_order ──> steps
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from alnage.model import Period

Row = Mapping[str, str]
Tables = Mapping[str, Sequence[Row]]
Account = tuple[str, str, str | None]  # site, material, lot (None where pooled)

KILOGRAMS = {
    "kg": Fraction(1),
    "kgm": Fraction(1),
    "t": Fraction(1000),
    "tne": Fraction(1000),
    "g": Fraction(1, 1000),
    "grm": Fraction(1, 1000),
    "lb": Fraction("0.45359237"),
    "lbr": Fraction("0.45359237"),
}
PIECES = ("pcs", "h87")  # they need a weight in ``products``


@dataclass(frozen=True, slots=True)
class Readings:
    """The choices that the text leaves open and that small networks can tell apart."""

    cycle_cut_once: bool = True
    repack_keeps: bool = True


# --- the ledger ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Origin:
    key: tuple[int, int]
    event: str
    date: Period
    site: str
    to: Account
    content: Fraction
    kind: str
    document: str


@dataclass(frozen=True, slots=True)
class Movement:
    key: tuple[int, int]
    event: str
    date: Period
    received: Period | None
    take: Account
    add: Account
    content: Fraction
    kg: Fraction
    title: tuple[str, ...]  # seller, buyer


@dataclass(frozen=True, slots=True)
class Conversion:
    key: tuple[int, int]
    event: str
    date: Period
    site: str
    inputs: tuple[tuple[Account, Fraction], ...]
    outputs: tuple[tuple[Account, Fraction], ...]
    step: str
    for_party: str


@dataclass(frozen=True, slots=True)
class Ledger:
    origins: tuple[Origin, ...]
    movements: tuple[Movement, ...]
    conversions: tuple[Conversion, ...]
    rejected: tuple[tuple[str, int], ...]  # table, row

    @property
    def events(self) -> Iterator[Origin | Movement | Conversion]:
        return itertools.chain(self.origins, self.movements, self.conversions)


def read_ledger(tables: Tables, per_kg: Mapping[str, Fraction] | None = None) -> Ledger:
    """Rows to events; ``per_kg`` is the raw-material equivalent of a kilogram, by material."""
    sites = {row["site"] for row in tables.get("sites", ())} or {
        row["party"] for row in tables["parties"]
    }
    pooled = set(_pooled(tables))
    weights = {
        row["product"]: Fraction(row["unit_weight_kg"])
        for row in tables.get("products", ())
        if row.get("unit_weight_kg")
    }
    factors = per_kg or {}
    rejected: list[tuple[str, int]] = []

    def account(site: str, row: Row) -> Account:
        place = (site, row["material"])
        return (*place, None if place in pooled else row["lot"])

    def content(row: Row) -> Fraction:
        return kilograms(row, weights) * factors.get(row["material"], Fraction(1))

    def usable(table: str, at: int, row: Row) -> bool:
        if _readable(table, row, sites, weights):
            return True
        rejected.append((table, at))
        return False

    origins = tuple(
        Origin(
            (0, at),
            row["event"],
            Period.parse(row["date"]),
            row["site"],
            account(row["site"], row),
            content(row),
            row.get("kind", ""),
            row.get("document", ""),
        )
        for at, row in _numbered(tables, "origins")
        if usable("origins", at, row)
    )
    movements = tuple(
        Movement(
            (1, at),
            row["event"],
            Period.parse(row["shipped"]),
            Period.parse(row["received"]) if row.get("received") else None,
            account(row["from_site"], row),
            account(row["to_site"], row),
            content(row),
            kilograms(row, weights),
            tuple(row[side] for side in ("seller", "buyer") if row.get(side)),
        )
        for at, row in _once(tables)
        if usable("movements", at, row)
    )
    conversions = []
    lines: dict[str, list[tuple[int, Row]]] = {}
    for at, row in _numbered(tables, "conversions"):
        lines.setdefault(row["event"], []).append((at, row))
    for event, group in lines.items():
        broken = [at for at, row in group if not usable("conversions", at, row)]
        if broken:
            continue  # one rejected line sets the whole conversion aside
        first_at, first = group[0]
        sides = {
            side: tuple(
                (account(row["site"], row), content(row))
                for _, row in group
                if row["direction"] == side
            )
            for side in ("in", "out")
        }
        conversions.append(
            Conversion(
                (2, first_at),
                event,
                Period.parse(first["date"]),
                first["site"],
                sides["in"],
                sides["out"],
                first.get("step", ""),
                first.get("for_party", ""),
            )
        )
    return Ledger(origins, movements, tuple(conversions), tuple(rejected))


def _numbered(tables: Tables, table: str) -> Iterator[tuple[int, Row]]:
    """Rows as a spreadsheet numbers them; an absent lot reads as the empty one."""
    for at, row in enumerate(tables.get(table, ()), start=2):
        yield at, {"lot": "", **row}


def _pooled(tables: Tables) -> Iterator[tuple[str, str]]:
    """Places where one line, rejected or not, leaves its lot out."""
    for table in ("origins", "movements", "conversions"):
        for _, row in _numbered(tables, table):
            if not row["lot"]:
                for column in ("site", "from_site", "to_site"):
                    if column in row:
                        yield row[column], row["material"]


def _once(tables: Tables) -> Iterator[tuple[int, Row]]:
    """Movements without those that tell an earlier one again under the same document."""
    told: list[Row] = []
    for at, row in _numbered(tables, "movements"):
        if not any(_same_movement(row, other) for other in told):
            told.append(row)
            yield at, row


def _same_movement(row: Row, other: Row) -> bool:
    """Same document, sites, material, lot and unit, overlapping dates, within 0.5 %."""
    same = ("document", "from_site", "to_site", "material", "lot", "unit")
    if not row.get("document") or any(row.get(c, "") != other.get(c, "") for c in same):
        return False
    one, two = Period.parse(row["shipped"]), Period.parse(other["shipped"])
    a, b = Fraction(row["quantity"]), Fraction(other["quantity"])
    overlap = one.first <= two.last and two.first <= one.last
    return overlap and abs(a - b) <= Fraction(5, 1000) * max(a, b)


def kilograms(row: Row, weights: Mapping[str, Fraction] | None = None) -> Fraction:
    """The weight of a row; pieces by the ``weights`` of products."""
    unit = row["unit"].lower()
    weight = (weights or {})[row["material"]] if unit in PIECES else KILOGRAMS[unit]
    return Fraction(row["quantity"]) * weight


def _readable(table: str, row: Row, sites: set[str], weights: Mapping[str, Fraction]) -> bool:
    """Whether amount, unit, dates and sites of a row can be used."""
    try:
        amount = kilograms(row, weights)
        Period.parse(row["shipped" if table == "movements" else "date"])
        if row.get("received"):
            Period.parse(row["received"])
    except (ValueError, KeyError, ZeroDivisionError):
        return False
    named = [row[c] for c in ("site", "from_site", "to_site") if c in row]
    return amount > 0 and all(site in sites for site in named)


# --- order in time -----------------------------------------------------------------------

Days = Mapping[str, tuple[dt.date, dt.date]]  # event: day, day received


@dataclass(frozen=True, slots=True)
class Step:
    """What happens at one point of the order: a movement may leave and arrive in two steps."""

    key: tuple[int, int]
    does: Literal["origin", "ship", "receive", "move", "convert"]
    of: Origin | Movement | Conversion
    day: dt.date
    takes: frozenset[Account]
    adds: frozenset[Account]


def last_days(ledger: Ledger) -> dict[str, tuple[dt.date, dt.date]]:
    """The days that count for mass balance and bounds: the last of every interval."""
    days = {}
    for event in ledger.events:
        day = arrives = event.date.last
        if isinstance(event, Movement) and event.received is not None:
            arrives = event.received.last
            day = min(day, arrives)
        days[event.event] = (day, arrives)
    return days


def in_order(ledger: Ledger, days: Days, readings: Readings = Readings()) -> list[Step]:
    """All steps by day; within a day origins, then upstream first."""
    by_day: dict[dt.date, list[Step]] = {}
    for step in _steps(ledger, days):
        by_day.setdefault(step.day, []).append(step)
    order: list[Step] = []
    for day in sorted(by_day):
        order += [step for step in by_day[day] if step.does == "origin"]
        rest = [step for step in by_day[day] if step.does != "origin"]
        order += _upstream_first(sorted(rest, key=lambda step: step.key), readings)
    return order


def _steps(ledger: Ledger, days: Days) -> Iterator[Step]:
    nothing: frozenset[Account] = frozenset()
    for origin in ledger.origins:
        day = days[origin.event][0]
        yield Step(origin.key, "origin", origin, day, nothing, frozenset([origin.to]))
    for move in ledger.movements:
        shipped, received = days[move.event]
        take, add = frozenset([move.take]), frozenset([move.add])
        if shipped == received:
            yield Step(move.key, "move", move, shipped, take, add)
        else:
            yield Step(move.key, "ship", move, shipped, take, nothing)
            yield Step(move.key, "receive", move, received, nothing, add)
    for made in ledger.conversions:
        takes = frozenset(account for account, _ in made.inputs)
        adds = frozenset(account for account, _ in made.outputs)
        yield Step(made.key, "convert", made, days[made.event][0], takes, adds)


def _upstream_first(steps: list[Step], readings: Readings) -> list[Step]:
    """Order one day's steps, given in table, file and row order."""
    upstream = {
        i: {j for j, other in enumerate(steps) if j != i and other.adds & step.takes}
        for i, step in enumerate(steps)
    }
    order: list[Step] = []
    while upstream:
        ready = [i for i in sorted(upstream) if not upstream[i]]
        go = ready[:1] or _cut(upstream, once=readings.cycle_cut_once)
        for i in go:
            order.append(steps[i])
            del upstream[i]
            for waits in upstream.values():
                waits.discard(i)
    return order


def _cut(upstream: Mapping[int, set[int]], *, once: bool) -> list[int]:
    """What goes next where everything waits: the first event of a foremost cycle, or all of it."""
    before = {i: _ancestors(upstream, i) for i in upstream}
    foremost = [i for i in sorted(upstream) if all(i in before[j] for j in before[i])]
    if once:
        return foremost[:1]
    first = foremost[0]
    return [i for i in sorted(upstream) if i in before[first]]


def _ancestors(upstream: Mapping[int, set[int]], start: int) -> set[int]:
    seen: set[int] = set()
    todo = list(upstream[start])
    while todo:
        i = todo.pop()
        if i not in seen:
            seen.add(i)
            todo += upstream[i]
    return seen


# --- choices of days ----------------------------------------------------------------------------


def day_choices(ledger: Ledger, dates: Iterable[dt.date] = ()) -> Iterator[Days]:
    """Every choice of days that can differ in order; the last days come first.

    Only the order of events counts, so between two dates that anything hangs on it is
    enough to try as many days as there are intervals.
    """
    yield last_days(ledger)
    periods = [event.date for event in ledger.events]
    periods += [m.received for m in ledger.movements if m.received is not None]
    open_ = sum(period.first != period.last for period in periods)
    marks = {day for p in periods for day in (p.first, p.last, p.last + dt.timedelta(1))}
    marks |= set(dates)
    days = sorted({mark + dt.timedelta(n) for mark in marks for n in range(open_ + 1)})

    def within(period: Period) -> list[dt.date]:
        return [day for day in days if period.first <= day <= period.last]

    names = [event.event for event in ledger.events]
    options: list[list[tuple[dt.date, dt.date]]] = []
    for event in ledger.events:
        received = event.received if isinstance(event, Movement) else None
        if received is None:
            options.append([(day, day) for day in within(event.date)])
        else:
            pairs = itertools.product(within(event.date), within(received))
            possible = [(day, arrives) for day, arrives in pairs if day <= arrives]
            options.append(possible or [last_days(ledger)[event.event]])
    for choice in itertools.product(*options):
        yield dict(zip(names, choice, strict=True))
