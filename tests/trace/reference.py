"""The other hand: shares, bounds and reachability straight from the definitions, slowly.

The product traces with compiled kernels and flow algorithms. This module answers the
same questions a second time, from the text of the contract alone, so that an error has
to be made twice, in two different ways, to stay unseen. Amounts are exact fractions,
bounds are a linear program, days are tried out one by one.

    rows ── read_ledger ──> events ── in_order ──> steps ── walk(algebra) ──> targets
                                                     ├─ Mixing     expected, undocumented, unresolved
                                                     ├─ Allocation a linear program: min, max
                                                     └─ Presence   one bit a group: reachable

Where the text leaves a choice, the reading taken is said here:

1. *Cycle within one day*: among the events that no other waits for, the first by table,
   file and row goes first. If all wait for each other, the first of those in the foremost
   cycle is let through, and the rest goes on upstream first (``Readings.cycle_cut_once``;
   False: all events of the cycle in table, file and row order).
2. *Repack, store, test inside a group*: what was of the group stays, all else becomes
   undocumented (``Readings.repack_keeps``; False: the whole output becomes undocumented).
3. *Possibly listed maker*: what was outside becomes unresolved; undocumented stays so.
   Repack, store or test by a possibly listed party: outside becomes undocumented.
4. *Opening balances and recycled goods without document* are undocumented for every group,
   also at a site of the group ("every opening balance").
5. *Shipped in an interval that ends after the receipt*: shipped by the day of receipt at the
   latest, which is the last day that the row allows.
6. *Reachable* tries every choice of one day for every interval of the folder together
   (a conversion has one day); a choice in which goods arrive before they leave is none.
7. *Inherited place*: a site of a party with several sites, without own region, is in the
   group if the party's region is; else outside only if its own country is another one.
8. *Lot target*: all that the account ever received. *Entry*: the movements of all its lines;
   a line with a quantity of its own is any such part of its movement.
9. *Held*: goods become of the group by an origin or conversion at a site of the holder, by
   leaving such a site, or by a movement that it sells or buys; for a conversion also as
   ``for_party``.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Generic, Protocol, TypeVar

from reference_groups import Grouping, Kind, Listed, Listings, Rule
from reference_order import (
    Account,
    Conversion,
    Ledger,
    Movement,
    Origin,
    Readings,
    Step,
    Tables,
    day_choices,
    in_order,
    kilograms,
    last_days,
    read_ledger,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reference says of one target and group, as fractions of the target."""

    quantity_kg: float
    reachable: bool
    min: float
    expected: float
    max: float
    undocumented: float
    unresolved: float


# --- the walk, and the three algebras -----------------------------------------------------------

V = TypeVar("V")


class Algebra(Protocol[V]):
    """How a kind of content splits, joins and changes; the walk is the same for all."""

    def source(self, step: Step | None, content: Fraction) -> V: ...
    def split(self, value: V, content: Fraction, part: Fraction) -> tuple[V, V]: ...
    def join(self, one: V, other: V) -> V: ...
    def remake(self, step: Step, value: V, content: Fraction) -> V: ...


@dataclass(slots=True)
class Walked(Generic[V]):
    """Content of every movement as it travels, and all that each account received."""

    movements: dict[str, tuple[Fraction, V]] = field(default_factory=dict)
    received: dict[Account, tuple[Fraction, V]] = field(default_factory=dict)


def walk(steps: Sequence[Step], algebra: Algebra[V]) -> Walked[V]:
    """Carry content through all steps in order."""
    walked: Walked[V] = Walked()
    stock: dict[Account, tuple[Fraction, V]] = {}

    def add(account: Account, content: Fraction, value: V) -> None:
        for book in (stock, walked.received):
            if account in book:
                had, before = book[account]
                book[account] = (had + content, algebra.join(before, value))
            else:
                book[account] = (content, value)

    def take(account: Account, content: Fraction) -> V:
        had, value = stock.pop(account, (Fraction(0), None))
        if value is None:
            return algebra.source(None, content)
        if had > content:
            taken, left = algebra.split(value, had, content)
            stock[account] = (had - content, left)
            return taken
        if had == content:
            return value
        return algebra.join(value, algebra.source(None, content - had))

    for step in steps:
        of = step.of
        if isinstance(of, Origin):
            add(of.to, of.content, algebra.source(step, of.content))
        elif isinstance(of, Conversion):
            _convert(step, of, algebra, take, add)
        else:
            if step.does in ("move", "ship"):
                value = algebra.remake(step, take(of.take, of.content), of.content)
                walked.movements[of.event] = (of.content, value)
            if step.does in ("move", "receive"):
                add(of.add, *walked.movements[of.event])
    return walked


def _convert(
    step: Step,
    made: Conversion,
    algebra: Algebra[V],
    take: Callable[[Account, Fraction], V],
    add: Callable[[Account, Fraction, V], None],
) -> None:
    """Inputs by material to output lines by content; loss and excess apart."""
    pools: dict[str, tuple[Fraction, V]] = {}
    for account, content in made.inputs:
        value = take(account, content)
        if account[1] in pools:
            had, before = pools[account[1]]
            pools[account[1]] = (had + content, algebra.join(before, value))
        else:
            pools[account[1]] = (content, value)
    total_in = sum((content for content, _ in pools.values()), Fraction(0))
    total_out = sum((content for _, content in made.outputs), Fraction(0))
    larger = max(total_in, total_out)
    outputs: list[V | None] = [None] * len(made.outputs)
    for content, value in pools.values():
        left, rest = content, value
        for at, (_, out) in enumerate(made.outputs):
            leg = content * out / larger
            part, rest = algebra.split(rest, left, leg) if leg < left else (rest, rest)
            left -= leg
            so_far = outputs[at]
            outputs[at] = part if so_far is None else algebra.join(so_far, part)
    for (account, out), value_out in zip(made.outputs, outputs, strict=True):
        excess = out - out * total_in / larger
        whole = value_out
        if excess > 0:
            more = algebra.source(None, excess)
            whole = more if whole is None else algebra.join(whole, more)
        assert whole is not None
        add(account, out, algebra.remake(step, whole, out))


Mixture = tuple[Fraction, Fraction, Fraction]  # restricted, undocumented, unresolved


def _kind(grouping: Grouping, step: Step | None) -> Kind:
    """What a source is; without a step it is what the rows don't account for."""
    if step is None:
        return "undocumented"
    assert isinstance(step.of, Origin)
    return grouping.origin(step.of, step.day)


def _rule(grouping: Grouping, step: Step) -> Rule:
    if isinstance(step.of, Conversion):
        return grouping.conversion(step.of, step.day)
    assert isinstance(step.of, Movement)
    return grouping.movement(step.of, step.day)


@dataclass(frozen=True, slots=True)
class Mixing:
    """Proportional mixing in exact fractions."""

    grouping: Grouping

    def source(self, step: Step | None, content: Fraction) -> Mixture:
        kind = _kind(self.grouping, step)
        kinds = ("restricted", "undocumented", "unresolved")
        one, two, three = (content if kind == name else Fraction(0) for name in kinds)
        return (one, two, three)

    def split(self, value: Mixture, content: Fraction, part: Fraction) -> tuple[Mixture, Mixture]:
        share = part / content
        taken = (value[0] * share, value[1] * share, value[2] * share)
        return taken, (value[0] - taken[0], value[1] - taken[1], value[2] - taken[2])

    def join(self, one: Mixture, other: Mixture) -> Mixture:
        return (one[0] + other[0], one[1] + other[1], one[2] + other[2])

    def remake(self, step: Step, value: Mixture, content: Fraction) -> Mixture:
        restricted, undocumented, unresolved = value
        outside = content - restricted - undocumented - unresolved
        none = Fraction(0)
        return {
            "pass": value,
            "restricted": (content, none, none),
            "undocumented": (none, content, none),
            "to_undocumented": (restricted, undocumented + outside, unresolved),
            "to_unresolved": (restricted, undocumented, unresolved + outside),
        }[_rule(self.grouping, step)]


@dataclass(frozen=True, slots=True)
class Expression:
    """A sum of variables of the program, each once, and a constant."""

    variables: tuple[int, ...] = ()
    constant: Fraction = Fraction(0)


@dataclass(slots=True)
class Allocation:
    """Restricted content of every leg as a variable; conservation as equations.

    ``upper`` decides what content without answer (undocumented, unresolved) counts as.
    """

    grouping: Grouping
    upper: bool
    bounds: list[float] = field(default_factory=list)
    equations: list[tuple[Expression, Expression]] = field(default_factory=list)

    def source(self, step: Step | None, content: Fraction) -> Expression:
        kind = _kind(self.grouping, step)
        whole = kind == "restricted" or (self.upper and kind != "outside")
        return Expression((), content if whole else Fraction(0))

    def split(
        self, value: Expression, content: Fraction, part: Fraction
    ) -> tuple[Expression, Expression]:
        taken, left = self._variable(part), self._variable(content - part)
        self.equations.append((value, self.join(taken, left)))
        return taken, left

    def join(self, one: Expression, other: Expression) -> Expression:
        return Expression(one.variables + other.variables, one.constant + other.constant)

    def remake(self, step: Step, value: Expression, content: Fraction) -> Expression:
        rule = _rule(self.grouping, step)
        if rule == "restricted" or (rule != "pass" and self.upper):
            return Expression((), content)
        return Expression() if rule == "undocumented" else value

    def _variable(self, bound: Fraction) -> Expression:
        self.bounds.append(float(bound))
        return Expression((len(self.bounds) - 1,))

    def optimum(self, target: Expression) -> float:
        """The largest (or, for the lower bound, smallest) value of ``target``."""
        if not target.variables:
            return float(target.constant)
        import numpy as np
        from scipy.optimize import linprog
        from scipy.sparse import lil_array

        size = len(self.bounds)
        matrix = lil_array((len(self.equations), size))
        right = np.zeros(len(self.equations))
        for at, (one, other) in enumerate(self.equations):
            for sign, side in ((1.0, one), (-1.0, other)):
                for variable in side.variables:
                    matrix[at, variable] += sign
                right[at] -= sign * float(side.constant)
        cost = np.zeros(size)
        for variable in target.variables:
            cost[variable] += -1.0 if self.upper else 1.0
        tight = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
        found = linprog(
            cost,
            A_eq=matrix.tocsr(),
            b_eq=right,
            bounds=[(0.0, bound) for bound in self.bounds],
            method="highs-ds",
            options=tight,
        )
        if not found.success:
            raise ArithmeticError(found.message)
        return float(target.constant) + float(-found.fun if self.upper else found.fun)


@dataclass(frozen=True, slots=True)
class Presence:
    """One bit for each group: whether documented restricted content can be in it."""

    groupings: tuple[Grouping, ...]

    def source(self, step: Step | None, content: Fraction) -> int:  # noqa: ARG002 (protocol)
        if step is None:
            return 0
        kinds = (_kind(grouping, step) for grouping in self.groupings)
        return sum(1 << at for at, kind in enumerate(kinds) if kind == "restricted")

    def split(self, value: int, content: Fraction, part: Fraction) -> tuple[int, int]:  # noqa: ARG002
        return value, value

    def join(self, one: int, other: int) -> int:
        return one | other

    def remake(self, step: Step, value: int, content: Fraction) -> int:  # noqa: ARG002
        for at, grouping in enumerate(self.groupings):
            rule = _rule(grouping, step)
            if rule == "restricted":
                value |= 1 << at
            elif rule == "undocumented":
                value &= ~(1 << at)
        return value


# --- the answers --------------------------------------------------------------------------------


@dataclass(slots=True)
class Reference:
    """A folder as rows, with who is on which register; answers one target and group at a time."""

    tables: Tables
    listings: Listings = field(default_factory=dict)
    on: dt.date | None = None
    per_kg: Mapping[str, Fraction] | None = None
    readings: Readings = field(default_factory=Readings)
    ledger: Ledger = field(init=False)
    _steps: list[Step] = field(init=False)
    _moves: dict[str, Movement] = field(init=False)
    _walked: dict[tuple[str, dt.date | None], Walks] = field(init=False, default_factory=dict)
    _reached: dict[tuple[str, dt.date | None, str], bool] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.ledger = read_ledger(self.tables, self.per_kg)
        self._moves = {move.event: move for move in self.ledger.movements}
        self._steps = in_order(self.ledger, last_days(self.ledger), self.readings)

    def answer(self, target: str, group: str) -> Answer:
        """All figures for ``target`` and ``group``; reachable is sought for all asked so far."""
        return self.answers([target], [group])[target, group]

    def answers(
        self, targets: Sequence[str], groups: Sequence[str]
    ) -> dict[tuple[str, str], Answer]:
        """All figures for every pair of target and group."""
        self._seek_paths(targets, groups)
        return {(t, g): self._figures(t, g) for t in targets for g in groups}

    def _grouping(self, group: str, target: str) -> Grouping:
        """The group on the date that counts for the target (none where dates don't matter)."""
        undated = "@" not in group and group.startswith(("listed:", "held:"))
        on = self._date(target) if undated and not group.startswith("held:party:") else None
        return Grouping(group, self.tables, self.listings, on, self.readings)

    def _date(self, target: str) -> dt.date | None:
        for row in self.tables.get("entries", ()):
            if row["entry"] == target.partition("/")[0]:
                return dt.date.fromisoformat(row["date"])
        shipped = [move.date.last for move in self.ledger.movements if move.event == target]
        return self.on or (shipped[0] if shipped else None)

    def _parts(self, target: str) -> list[tuple[str, Fraction | None]]:
        """The movements of a target, with the kilograms of the line where it names any."""
        rows = self.tables.get("entries", ())
        entry, _, line = target.partition("/")
        lines = [r for r in rows if r["entry"] == entry and (not line or r.get("line") == line)]
        if not lines:
            return [(target, None)]
        return [(row["movement"], kilograms(row) if row.get("quantity") else None) for row in lines]

    def _of(self, target: str, walked: Walked[V], algebra: Algebra[V]) -> list[tuple[Fraction, V]]:
        """Content and value of each part: a line for part of a movement may be any part of it."""
        if target.startswith("lot:"):
            site, material, lot = target.removeprefix("lot:").split("/", 2)
            kept = (site, material, lot) in walked.received
            return [walked.received[(site, material, lot if kept else None)]]
        rest: dict[str, tuple[Fraction, V]] = {}
        parts = []
        for event, kg in self._parts(target):
            content, value = rest.get(event, walked.movements[event])
            whole = self._moves[event]
            part = whole.content if kg is None else kg * whole.content / whole.kg
            if part < content:
                value, left = algebra.split(value, content, part)
                rest[event] = (content - part, left)
            parts.append((min(part, content), value))
        return parts

    def _figures(self, target: str, group: str) -> Answer:
        grouping = self._grouping(group, target)
        key = (group, grouping.on)
        if key not in self._walked:
            low, high = Allocation(grouping, upper=False), Allocation(grouping, upper=True)
            steps = self._steps
            mixed = walk(steps, Mixing(grouping))
            self._walked[key] = Walks(mixed, low, walk(steps, low), high, walk(steps, high))
        walks = self._walked[key]
        mixtures = self._of(target, walks.mixed, Mixing(grouping))
        content = sum((amount for amount, _ in mixtures), Fraction(0))
        shares = [sum((m[at] for _, m in mixtures), Fraction(0)) / content for at in range(3)]
        bounds = []
        for program, walked in ((walks.low, walks.lower), (walks.high, walks.upper)):
            total = Expression()
            for _, expression in self._of(target, walked, program):
                total = program.join(total, expression)
            bounds.append(program.optimum(total) / float(content))
        return Answer(
            quantity_kg=float(self._kilograms(target, content)),
            reachable=self._reached[group, grouping.on, target],
            min=bounds[0],
            expected=float(shares[0]),
            max=bounds[1],
            undocumented=float(shares[1]),
            unresolved=float(shares[2]),
        )

    def _kilograms(self, target: str, content: Fraction) -> Fraction:
        """The weight of a target; of a lot, its content (the reference asks no lots by factor)."""
        if target.startswith("lot:"):
            return content
        parts = self._parts(target)
        return sum(
            (self._moves[event].kg if kg is None else kg for event, kg in parts), Fraction(0)
        )

    def _seek_paths(self, targets: Sequence[str], groups: Sequence[str]) -> None:
        """Try choices of days until every pair that any path could reach is reached."""
        wanted: dict[tuple[str, dt.date | None, str], Grouping] = {}
        for target, group in itertools.product(targets, groups):
            grouping = self._grouping(group, target)
            wanted[group, grouping.on, target] = grouping
        groupings = tuple({(g.group, g.on): g for g in wanted.values()}.values())
        place = {(g.group, g.on): at for at, g in enumerate(groupings)}
        presence = Presence(groupings)
        found: dict[tuple[str, dt.date | None, str], bool] = dict.fromkeys(wanted, False)
        turns = [day for e in self._entries() for day in (e.start, e.end) if day is not None]
        timeless = self._timeless(wanted)
        for days in day_choices(self.ledger, turns):
            open_ = [key for key in wanted if not found[key] and key in timeless]
            if not open_:
                break
            walked = walk(in_order(self.ledger, days, self.readings), presence)
            for group, on, target in open_:
                bits = [bit for _, bit in self._of(target, walked, presence)]
                found[group, on, target] = any(b >> place[group, on] & 1 for b in bits)
        self._reached |= found

    def _entries(self) -> list[Listed]:
        return [entry for entries in self.listings.values() for entry in entries]

    def _timeless(
        self, wanted: Mapping[tuple[str, dt.date | None, str], Grouping]
    ) -> set[tuple[str, dt.date | None, str]]:
        """Pairs that a path reaches if time is left out: all others need no search."""
        feeds: dict[Account, set[Account]] = {}
        for event in self.ledger.events:
            if isinstance(event, Movement):
                feeds.setdefault(event.take, set()).add(event.add)
            elif isinstance(event, Conversion):
                for (one, _), (other, _) in itertools.product(event.inputs, event.outputs):
                    feeds.setdefault(one, set()).add(other)
        moves = self._moves
        result = set()
        for (group, on, target), grouping in wanted.items():
            seen = set(self._made_in(grouping))
            todo = list(seen)
            while todo:
                for account in feeds.get(todo.pop(), set()) - seen:
                    seen.add(account)
                    todo.append(account)
            parts = [moves[event] for event, _ in self._parts(target) if event in moves]
            ends = {move.take for move in parts} if parts else seen
            titled = any(move.title or group.startswith("held:") for move in parts)
            if ends & seen or titled:
                result.add((group, on, target))
        return result

    def _made_in(self, grouping: Grouping) -> Iterator[Account]:
        """Accounts that content of the group may enter first, on any day."""
        dated = grouping.group.startswith("listed-then:")
        for event in self.ledger.events:
            last = event.date.last
            first = event.date.first
            days = [first + dt.timedelta(n) for n in range((last - first).days + 1)]
            for day in days if dated else days[-1:]:
                if isinstance(event, Origin) and grouping.origin(event, day) == "restricted":
                    yield event.to
                if (
                    isinstance(event, Conversion)
                    and grouping.conversion(event, day) == "restricted"
                ):
                    yield from (account for account, _ in event.outputs)
                if isinstance(event, Movement) and grouping.movement(event, day) == "restricted":
                    yield event.add


@dataclass(frozen=True, slots=True)
class Walks:
    """The three walks of one group, kept because several targets ask for them."""

    mixed: Walked[Mixture]
    low: Allocation
    lower: Walked[Expression]
    high: Allocation
    upper: Walked[Expression]
