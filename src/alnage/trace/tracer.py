"""The tracer: one graph, many questions.

It builds the graph once, spreads each group once, and answers for target and group. Exact
bounds are computed for named targets always, for others while a budget lasts that is
counted in edges looked at, never in seconds, so that a run can be repeated.

    Tracer(ledger) ── results(targets, group_of, …) ──> TraceResult, TraceResult, …
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from alnage.chain.ledger import Ledger
from alnage.model import Reason
from alnage.trace import explain
from alnage.trace.bounds import exact_bounds
from alnage.trace.custody import custody_flags, custody_word
from alnage.trace.graph import build_graph
from alnage.trace.groups import MEMBER, PASS, Group, NodeFacts, Treatment
from alnage.trace.incomplete import Incomplete
from alnage.trace.reach import Calendar, possible_arrivals
from alnage.trace.shares import NodeShares, spread, spread_claims
from alnage.trace.targets import Target, Targets

METHOD = "mass-balance/1"
BUDGET = 200_000_000

BoundsMode = Literal["auto", "exact", "interval"]


@dataclass(frozen=True, slots=True)
class TraceResult:
    """Shares of one target for one group; shares are fractions of the target.

    ``paths``, ``gaps``, ``evidence`` and ``chain`` are filled where an explanation was asked.
    """

    target: str
    kind: str
    group: str
    quantity_kg: float
    reachable: bool
    min: float
    expected: float
    max: float
    undocumented: float
    unresolved: float
    claimed: float
    component: float
    custody: str
    bounds: str
    method: str
    incomplete: tuple[Reason, ...]
    explained: Mapping[str, Any] = field(default_factory=dict)
    chain: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """One line of ``alnage trace``."""
        names = (
            "target", "kind", "group", "quantity_kg", "reachable", "min", "expected", "max",
            "undocumented", "unresolved", "claimed", "component", "custody", "bounds", "method",
        )  # fmt: skip
        line = {name: getattr(self, name) for name in names}
        line["incomplete"] = [reason.to_json(lang) for reason in self.incomplete]
        return {**line, **self.explained}


class Tracer:
    """Answers for targets and groups of one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.graph = build_graph(ledger)
        self.facts = NodeFacts(ledger, self.graph)
        self.targets = Targets(ledger, self.graph)
        self._story = explain.Story(ledger, self.graph, self.facts)
        self._claims = spread_claims(self.graph, self.facts.claimed)
        self._custody = custody_flags(self.graph, ledger.account_by_lot)
        self._incomplete = Incomplete(ledger)
        self._inexact = Calendar.inexact(ledger)
        self._spread: dict[int, tuple[Group, Treatment, NodeShares, Any]] = {}
        self.work = 0

    def result(
        self, target: Target, group: Group, *, bounds: BoundsMode = "exact", explained: bool = False
    ) -> TraceResult:
        """All scalars of a target for a group, exact bounds if asked and affordable."""
        treatment, shares, reached = self._spread_of(group)
        whole = target.content
        if whole <= 0.0:
            return self._nothing(target, group)
        exact = bounds == "exact" or (bounds == "auto" and self.work < BUDGET)
        if exact:
            low, high, work = exact_bounds(self.graph, treatment, target.main, target.components)
            self.work += work
        else:
            low = self._interval(target, shares.low, least=True)
            high = self._interval(target, shares.high, least=False)
        restricted = self._sum(target, shares.restricted)
        flags = np.bitwise_or.reduce(self._custody[[sink.node for sink in target.main]], initial=0)
        custody = custody_word(int(flags), whole_told=target.unknown <= 0.0)
        result = TraceResult(
            target=target.id,
            kind=target.kind,
            group=group.name.text,
            quantity_kg=target.kg,
            reachable=self._reachable(target, shares, reached),
            min=_share(low, whole),
            expected=_share(restricted, whole),
            max=_share(high + target.unknown, whole),
            undocumented=_share(self._sum(target, shares.undocumented) + target.unknown, whole),
            unresolved=_share(self._sum(target, shares.unresolved), whole),
            claimed=_share(self._sum(target, self._claims), whole),
            component=sum(sink.amount for sink in target.components) / whole,
            custody=custody,
            bounds="exact" if exact else "interval",
            method=METHOD,
            incomplete=self._incomplete.rows_for(target),
        )
        return self.explain(result, target, group) if explained else result

    def least_through(self, target: Target, nodes: np.ndarray) -> float:
        """The least share of the target that must have passed the given nodes (a mask)."""
        if not nodes.any() or target.content <= 0.0:
            return 0.0
        code = np.where(nodes, MEMBER, PASS).astype(np.int8)
        nowhere = np.zeros(len(code), np.bool_)
        treatment = Treatment(code, nowhere, nowhere, self.facts.first)
        low, _, _ = exact_bounds(self.graph, treatment, target.main, ())
        return _share(low, target.content)

    def explain(self, result: TraceResult, target: Target, group: Group) -> TraceResult:
        """Add paths, gaps, evidence and the chain to a result."""
        told: dict[str, Any] = {"paths": [], "coverage": 0.0, "gaps": [], "evidence": []}
        figure: dict[str, Any] = {"nodes": [], "links": []}
        if target.main:
            treatment, shares, _ = self._spread_of(group)
            weights = explain.weigh(self.graph, target.main, target.content)
            found = explain.gaps(self._story, weights, treatment, shares)
            told = explain.paths(self._story, weights, treatment, target.main)
            told["gaps"] = [{k: v for k, v in gap.items() if k != "node"} for gap in found]
            told["evidence"] = self._evidence(target, treatment, result, found)
            figure = explain.chain(self._story, weights, shares, self._stances(group))
        if target.unknown > 0.0:
            told["gaps"].insert(
                0, explain.untold(target.id, target.rows, target.unknown / target.content)
            )
        values = {name: getattr(result, name) for name in TraceResult.__slots__}
        return TraceResult(**{**values, "explained": told, "chain": figure})

    def _evidence(
        self,
        target: Target,
        treatment: Treatment,
        result: TraceResult,
        found: Sequence[dict[str, Any]],
    ) -> list[dict[str, Any]]:
        """What a document for each of the largest gaps, and for the three largest, would change."""
        sets = [[gap] for gap in found[:5]]
        if len(found) > 1:
            sets.append(list(found[:3]))
        out = []
        for gaps in sets:
            effects = {}
            for word, inside in (("if_outside", False), ("if_inside", True)):
                settled = treatment.settled([gap["node"] for gap in gaps], inside=inside)
                low, high, _ = exact_bounds(self.graph, settled, target.main, target.components)
                effects[word] = {
                    "min": _share(low, target.content),
                    "max": _share(high + target.unknown, target.content),
                }
            widths = [effect["max"] - effect["min"] for effect in effects.values()]
            out.append(
                {
                    "documents_for": [gap["event"] for gap in gaps],
                    "sites": [gap["site"] for gap in gaps],
                    "codes": [gap["code"] for gap in gaps],
                    "undocumented": sum(gap["share"] for gap in gaps),
                    "narrows": max((result.max - result.min) - max(widths), 0.0),
                    **effects,
                }
            )
        out.sort(key=lambda item: (-item["narrows"], -item["undocumented"]))
        return out

    def _spread_of(self, group: Group) -> tuple[Treatment, NodeShares, Any]:
        known = self._spread.get(id(group))
        if known is None:
            treatment = self.facts.treat(group)
            shares = spread(self.graph, treatment)
            reached = (
                possible_arrivals(self.ledger, self.graph, treatment) if self._inexact else None
            )
            known = self._spread[id(group)] = (group, treatment, shares, reached)
        return known[1:]

    def _reachable(self, target: Target, shares: NodeShares, reached: Any) -> bool:
        nodes = [sink.node for sink in (*target.main, *target.components)]
        return bool(shares.reach[nodes].any() or (reached is not None and reached[nodes].any()))

    def _sum(self, target: Target, amounts: Any) -> float:
        """Content of a kind in the target's parts."""
        total = 0.0
        for sink in target.main:
            total += float(amounts[sink.node]) * (
                sink.amount / float(self.graph.content[sink.node])
            )
        return total

    def _interval(self, target: Target, amounts: Any, *, least: bool) -> float:
        """Bounds of the parts added up: sound, as each part is bounded by itself."""
        total = 0.0
        for sink in target.main:
            size, amount = float(self.graph.content[sink.node]), float(amounts[sink.node])
            total += max(sink.amount - (size - amount), 0.0) if least else min(amount, sink.amount)
        if not least:
            for sink in target.components:
                total += min(float(amounts[sink.node]), sink.amount)
        return total

    def _nothing(self, target: Target, group: Group) -> TraceResult:
        """A target without content of its own: nothing is shown of its origin."""
        return TraceResult(
            target=target.id,
            kind=target.kind,
            group=group.name.text,
            quantity_kg=target.kg,
            reachable=False,
            min=0.0,
            expected=0.0,
            max=1.0,
            undocumented=1.0,
            unresolved=0.0,
            claimed=0.0,
            component=0.0,
            custody="mixed",
            bounds="exact",
            method=METHOD,
            incomplete=self._incomplete.rows_for(target),
        )

    def _stances(self, group: Group) -> dict[str, str]:
        return {
            site: "yes" if any(span.certain for span in spans) else "possible"
            for site, spans in group.sites.items()
            if spans
        }


def _share(part: float, whole: float) -> float:
    """A fraction, kept within 0 and 1 against rounding."""
    share = part / whole
    return 0.0 if share < 1e-15 else min(share, 1.0)
