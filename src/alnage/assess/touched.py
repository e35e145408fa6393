"""Who touched a target, and as what: made it, held it, owned it.

Production, custody and title are three graphs. A party that grew, mined or transformed
what is in the target made it; one that only shipped, stored or repacked had custody; one
that bought, sold or owned goods under toll processing had title. A restriction asks about
one of the three, and the others must not answer for it.

    Tracer, target ── cone ──> touched() ── Touch(site, party, made, title, day, rows)
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np

from alnage.model import RowSource
from alnage.trace import Target, Tracer
from alnage.trace.bounds import cone_of
from alnage.trace.graph import MOVEMENT, OUTPUT, SOURCE

_EPOCH = dt.date(1970, 1, 1)
ROWS_SHOWN = 20
ZERO = 1e-9


@dataclass(slots=True)
class Touch:
    """One site (or a party with title only): what it did to the target, when, and the rows.

    ``made`` and ``title`` say what the rows tell; ``surely`` and ``surely_made`` whether
    that holds for the target in every allocation (content of a mixed stock may be all of
    another maker).
    """

    site: str
    party: str
    made: bool = False
    title: bool = False
    surely: bool = False
    surely_made: bool = False
    first: int = 1 << 40
    last: int = -(1 << 40)
    undocumented_rows: int = 0
    rows: list[RowSource] = field(default_factory=list)

    @property
    def day(self) -> dt.date | None:
        """The day on which it made what it made, if it was one day."""
        if not self.made or self.first != self.last:
            return None
        return _EPOCH + dt.timedelta(days=self.last)


class Touches:
    """Collects touches over the upstream of a target."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._ledger = tracer.ledger

    def of(self, target: Target) -> list[Touch]:
        """All sites and owners upstream of the target, makers first."""
        found: dict[tuple[str, str], Touch] = {}
        sinks = [*target.main, *target.components]
        if not sinks:
            return []
        nodes = cone_of(self._tracer.graph, sinks).nodes
        facts, kinds = self._tracer.facts, self._tracer.graph.kind[nodes]
        makes = (kinds == SOURCE) | ((kinds == OUTPUT) & facts.makes[nodes])
        for node in nodes[makes].tolist():
            self._make(found, node)
        for node in nodes[(kinds == OUTPUT) & ~makes].tolist():
            self._hold(found, int(facts.site[node]), ())
        for node in nodes[kinds == MOVEMENT].tolist():
            self._carry(found, int(self._tracer.graph.ref[node]))
        owners = np.unique(facts.title[0, nodes])
        for code in owners[owners >= 0].tolist():
            self._own(found, code)
        for touch in found.values():
            self._settle(target, touch)
        return sorted(found.values(), key=lambda touch: (not touch.made, touch.site, touch.party))

    def _settle(self, target: Target, touch: Touch) -> None:
        """Whether the target must have passed this site or owner, and been made there."""
        tracer, facts = self._tracer, self._tracer.facts
        words = self._ledger.words
        kind, site = tracer.graph.kind, words.sites.find(touch.site)
        there = (facts.site == site) & (site >= 0)
        if touch.title:
            owner = words.parties.find(touch.party)
            there = there | ((facts.title == owner).any(axis=0) & (owner >= 0))
        to_site = np.zeros(len(kind), np.bool_)
        moves = np.flatnonzero(kind == MOVEMENT)
        to_site[moves] = self._ledger.movements.to_site[tracer.graph.ref[moves]] == site
        touch.surely = tracer.least_through(target, there | (to_site & (site >= 0))) > ZERO
        if touch.made and touch.surely:
            makes = (kind == SOURCE) | ((kind == OUTPUT) & facts.makes)
            touch.surely_made = tracer.least_through(target, there & makes) > ZERO

    def _make(self, found: dict[tuple[str, str], Touch], node: int) -> None:
        facts, graph, ledger = self._tracer.facts, self._tracer.graph, self._ledger
        lines = ledger.origins if graph.kind[node] == SOURCE else ledger.lines
        row = ledger.source(lines, int(graph.ref[node]))
        touch = self._hold(found, int(facts.site[node]), (row,))
        touch.made = True
        touch.first = min(touch.first, int(facts.first[node]))
        touch.last = max(touch.last, int(facts.last[node]))
        touch.undocumented_rows += bool(facts.claimed[node])

    def _hold(
        self, found: dict[tuple[str, str], Touch], site_code: int, rows: tuple[RowSource, ...]
    ) -> Touch:
        site = self._ledger.words.sites.words[site_code]
        party = self._ledger.places[site].party
        touch = found.setdefault((site, party), Touch(site, party))
        if len(touch.rows) < ROWS_SHOWN:
            touch.rows.extend(rows)
        return touch

    def _carry(self, found: dict[tuple[str, str], Touch], i: int) -> None:
        movements = self._ledger.movements
        row = (self._ledger.source(movements, i),)
        self._hold(found, int(movements.site[i]), row)
        self._hold(found, int(movements.to_site[i]), row)
        for code in (int(movements.seller[i]), int(movements.buyer[i])):
            if code >= 0:
                touch = self._own(found, code)
                if len(touch.rows) < ROWS_SHOWN:
                    touch.rows.extend(row)

    def _own(self, found: dict[tuple[str, str], Touch], code: int) -> Touch:
        """Title: noted at the party's sites in the chain, else as an owner without a site."""
        party = self._ledger.words.parties.words[code]
        mine = [touch for touch in found.values() if touch.party == party]
        if not mine:
            mine = [found.setdefault(("", party), Touch("", party))]
        for touch in mine:
            touch.title = True
        return mine[0]
