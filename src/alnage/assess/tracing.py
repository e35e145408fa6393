"""A trace of a folder: targets and groups asked by name, one line each.

folder, registers ── TraceJob ── lines() ──> TraceResult per target and group
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alnage.assess.memberships import Memberships, day_for
from alnage.chain.ledger import Ledger
from alnage.trace import Group, Target, Tracer, TraceResult, parse_group
from alnage.trace.tracer import BoundsMode

DEFAULT_GROUPS = ("region:CN-XJ", "listed:us-uflpa")


@dataclass(frozen=True, slots=True)
class TraceRequest:
    """What is asked of a trace; empty ``targets`` and ``groups`` take the defaults."""

    targets: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    bounds: BoundsMode = "auto"
    explain: int = 20
    on: dt.date | None = None


class TraceJob:
    """A ledger with its memberships, ready to answer."""

    def __init__(self, ledger: Ledger, memberships: Memberships) -> None:
        self.tracer = Tracer(ledger)
        self._memberships = memberships

    def lines(self, request: TraceRequest) -> Iterator[TraceResult]:
        """One result a target and group, explained for named targets and the worst others."""
        names = [parse_group(text) for text in request.groups or DEFAULT_GROUPS]
        named = [self.tracer.targets.find(text) for text in request.targets]
        mode: BoundsMode = "exact" if named and request.bounds == "auto" else request.bounds
        pairs: list[tuple[Target, Group, TraceResult]] = []
        for target in named or self.tracer.targets.default():
            for name in names:
                group = self._memberships.group(name, day_for(target, request.on))
                pairs.append((target, group, self.tracer.result(target, group, bounds=mode)))
        chosen = range(len(pairs)) if named else worst([r for *_, r in pairs], request.explain)
        explained = set(chosen)
        for i, (target, group, result) in enumerate(pairs):
            yield self.tracer.explain(result, target, group) if i in explained else result


def worst(results: Sequence[TraceResult], count: int) -> list[int]:
    """Positions of the worst results: most restricted for certain, then likely, then unknown.

    >>> worst([], 3)
    []
    """
    order = sorted(
        range(len(results)),
        key=lambda i: (
            -results[i].min,
            -results[i].expected,
            -results[i].undocumented - results[i].unresolved,
            i,
        ),
    )
    return order[:count]
