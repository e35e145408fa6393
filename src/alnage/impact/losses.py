"""Losses of a scenario on a chain: which goods, of what value, whose output, whose jobs.

An answer that turns to yes puts the whole target at risk; one that turns to unknown puts
between nothing and all of it at risk. So every figure is a band, negative where a scenario
relieves. What a rule already barred is not lost anew; what another rule still bars is not
relieved. Sums keep currencies apart, count what has no value told, and carry the share of
content whose origin is not known.

    Outcome, Outcome, … ──┬── totals(), rolled() ── by market, product, importer
    flows by site ────────┴── enterprises() ── direct, downstream, upstream; output, jobs
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from alnage.model import Answer

Role = Literal["direct", "downstream", "upstream"]
Band = tuple[float, float]

_CHANGE: Mapping[tuple[str, str], Band] = {
    ("no", "yes"): (1.0, 1.0),
    ("no", "unknown"): (0.0, 1.0),
    ("unknown", "yes"): (0.0, 1.0),
    ("unknown", "no"): (-1.0, 0.0),
    ("yes", "unknown"): (-1.0, 0.0),
    ("yes", "no"): (-1.0, -1.0),
}


@dataclass(frozen=True, slots=True)
class Flow:
    """Part of a target (by content) that went from one site to another as ``material``."""

    source: str
    target: str
    material: str
    part: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A target before and under the scenario; ``becomes`` names what it newly is.

    ``content`` is its raw-material equivalent in kilograms, ``unknown`` the share of it
    without documented origin or of unresolved identity.
    """

    target: str
    market: str
    product: str
    importer: str
    kg: float
    content: float
    value: float | None
    currency: str
    before: Answer
    after: Answer
    becomes: tuple[str, ...]
    unknown: float
    moves: tuple[tuple[Answer, Answer], ...] = ()
    flows: tuple[Flow, ...] = ()

    @property
    def risk(self) -> Band:
        """The part of the target that is newly at risk, at least and at most.

        ``before`` and ``after`` are the worst answers over all rules, ``moves`` those of
        single rules that change.

        >>> unknown, yes, no = Answer.UNKNOWN, Answer.YES, Answer.NO
        >>> Outcome("E", "US", "", "", 1, 1, None, "", no, unknown, (), 0).risk
        (0.0, 1.0)
        >>> Outcome("E", "US", "", "", 1, 1, None, "", unknown, yes, (), 0, ((no, yes),)).risk
        (1.0, 1.0)
        """
        bands = [_CHANGE.get((one.value, other.value), (0.0, 0.0)) for one, other in self.moves]
        rising = [band for band in bands if band[1] > 0.0]
        if rising and self.before != Answer.YES:
            return max(low for low, _ in rising), max(high for _, high in rising)
        falling = [band for band in bands if band[0] < 0.0]
        if falling and not rising and self.after != Answer.YES:
            most = max(high for _, high in falling) if self.after == Answer.NO else 0.0
            return min(low for low, _ in falling), most
        return _CHANGE.get((self.before.value, self.after.value), (0.0, 0.0))

    @property
    def changed(self) -> bool:
        """Whether any answer is another one."""
        return self.before != self.after or bool(self.moves)


@dataclass(slots=True)
class _Sum:
    """Running sums of a roll-up."""

    targets: int = 0
    kg: list[float] = field(default_factory=lambda: [0.0, 0.0])
    value: dict[str, list[float]] = field(default_factory=dict)
    without_value: int = 0
    content: float = 0.0
    unknown: float = 0.0

    def add(self, one: Outcome) -> None:
        self.targets += 1
        self.content += one.content
        self.unknown += one.unknown * one.content
        values = [self.kg]
        sizes = [one.kg]
        if one.value is None or not one.currency:
            self.without_value += 1
        else:
            values.append(self.value.setdefault(one.currency, [0.0, 0.0]))
            sizes.append(one.value)
        for total, size in zip(values, sizes, strict=True):
            total[0] += one.risk[0] * size
            total[1] += one.risk[1] * size

    def to_json(self) -> dict[str, Any]:
        return {
            "targets": self.targets,
            "kg": self.kg,
            "value": self.value,
            "targets_without_value": self.without_value,
            "unknown_share": self.unknown / self.content if self.content > 0.0 else 1.0,
        }


def totals(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """Sums over the targets that change; bands are ``[at least, at most]``."""
    found = _Sum()
    for one in outcomes:
        if one.changed:
            found.add(one)
    return found.to_json()


def rolled(outcomes: Iterable[Outcome], by: str) -> list[dict[str, Any]]:
    """The same sums by ``market``, ``product`` or ``importer``, in the order of their names."""
    sums: dict[str, _Sum] = {}
    for one in outcomes:
        if one.changed:
            sums.setdefault(getattr(one, by) or "", _Sum()).add(one)
    return [{by: name or None, **sums[name].to_json()} for name in sorted(sums)]


@dataclass(frozen=True, slots=True)
class Firm:
    """A party's recorded output (content in kilograms) and employees; None where not told."""

    party: str
    output: float
    employees: float | None


def enterprises(
    outcomes: Iterable[Outcome],
    party_of: Mapping[str, str],
    firms: Mapping[str, Firm],
    direct: Iterable[str],
    jobs: Band,
) -> list[dict[str, Any]]:
    """Output and jobs at risk by party; ``direct`` are the sites that the scenario names.

    A party's share is the content that it passed on towards targets at risk, over all that
    it is recorded to have passed on. Jobs are employees times that share times the band
    of the elasticity.
    """
    hit = set(direct)
    lost: dict[str, list[float]] = {}
    roles: dict[str, set[Role]] = {}
    unknown: dict[str, list[float]] = {}
    for one in outcomes:
        if one.risk == (0.0, 0.0):
            continue
        below = _below(one.flows, hit)
        for party, content in _passed(one, party_of).items():
            sums = lost.setdefault(party, [0.0, 0.0])
            sums[0] += one.risk[0] * content
            sums[1] += one.risk[1] * content
            seen = unknown.setdefault(party, [0.0, 0.0])
            seen[0] += one.unknown * content
            seen[1] += content
        for site in {site for flow in one.flows for site in (flow.source, flow.target)}:
            role: Role = "direct" if site in hit else "downstream" if site in below else "upstream"
            roles.setdefault(party_of.get(site, site), set()).add(role)
    return [
        _enterprise(party, lost[party], roles.get(party, set()), firms.get(party), jobs)
        | {"unknown_share": unknown[party][0] / max(unknown[party][1], 1e-300)}
        for party in sorted(lost)
    ]


def _below(flows: Sequence[Flow], hit: set[str]) -> set[str]:
    """Sites that what the hit sites gave came to."""
    found: set[str] = set()
    front = list(hit)
    while front:
        site = front.pop()
        for flow in flows:
            if flow.source == site and flow.target not in found:
                found.add(flow.target)
                front.append(flow.target)
    return found - hit


def _passed(one: Outcome, party_of: Mapping[str, str]) -> dict[str, float]:
    """Content of the target that each party sent on, or took in where it sent nothing."""
    sent: dict[str, float] = {}
    taken: dict[str, float] = {}
    for flow in one.flows:
        source, target = (party_of.get(s, s) for s in (flow.source, flow.target))
        if source != target:
            sent[source] = sent.get(source, 0.0) + flow.part * one.content
            taken[target] = taken.get(target, 0.0) + flow.part * one.content
    return {**taken, **sent}


def _enterprise(
    party: str, lost: Sequence[float], roles: set[Role], firm: Firm | None, jobs: Band
) -> dict[str, Any]:
    share: list[float] | None = None
    at_risk: list[float] | None = None
    if firm is not None and firm.output > 0.0:
        share = [max(min(part / firm.output, 1.0), -1.0) for part in lost]
        if firm.employees is not None:
            ends = [firm.employees * part * e for part in share for e in jobs]
            at_risk = [min(ends), max(ends)]
    return {
        "party": party,
        "roles": [r for r in ("direct", "downstream", "upstream") if r in roles],
        "content_kg": list(lost),
        "share_of_output": share,
        "employees": None if firm is None else firm.employees,
        "jobs": at_risk,
    }


@dataclass(frozen=True, slots=True)
class Supply:
    """What a buyer took of a material from one supplier's site, and what that site could give.

    ``makes`` says that the rows show the material grown or made there: a store that passes
    goods on is no alternative origin.
    """

    supplier: str
    buyer: str
    material: str
    kg: float
    makes: bool
    capacity_kg: float | None
    shipped_kg: float


@dataclass(frozen=True, slots=True)
class Store:
    """What a site holds of a material by the records, and its use a day (None: not shown)."""

    kg: float
    use: float | None

    @property
    def days(self) -> float | None:
        """Time to survive without a delivery, if use goes on as recorded.

        >>> Store(30.0, 2.0).days, Store(30.0, None).days
        (15.0, None)
        """
        return None if self.use is None or self.use <= 0.0 else self.kg / self.use


def substitution(
    supplies: Sequence[Supply],
    direct: Iterable[str],
    findings: Mapping[str, Mapping[str, Any]],
    stores: Mapping[tuple[str, str], Store],
) -> list[dict[str, Any]]:
    """For each input that a buyer loses: its own other suppliers of it in the data, in order of name.

    ``cover`` is the part of the loss that their spare capacity covers: at least nothing, at
    most all where a capacity is not told. Every alternative carries its own ``findings``.
    ``stores`` tell, by site and material, how long the buyer's own store lasts.
    """
    hit = set(direct)
    lost: dict[tuple[str, str], float] = {}
    for one in supplies:
        if one.supplier in hit and one.buyer not in hit:
            key = (one.buyer, one.material)
            lost[key] = lost.get(key, 0.0) + one.kg
    out = []
    for (buyer, material), kg in sorted(lost.items()):
        others = [
            one
            for one in supplies
            if (one.buyer, one.material) == (buyer, material)
            and one.supplier not in hit
            and one.makes
        ]
        spare = [_spare(one) for one in others]
        told = sum(part for part in spare if part is not None)
        store = stores.get((buyer, material))
        most = 1.0 if None in spare else min(told / kg, 1.0)
        out.append(
            {
                "buyer": buyer,
                "material": material,
                "lost_kg": kg,
                "cover": [0.0, most],
                "stock_kg": None if store is None else store.kg,
                "days_of_stock": None if store is None else store.days,
                "alternatives": [
                    {
                        "supplier": one.supplier,
                        "recorded_kg": one.kg,
                        "capacity_kg": one.capacity_kg,
                        "spare_kg": left,
                        **findings.get(one.supplier, {}),
                    }
                    for one, left in sorted(
                        zip(others, spare, strict=True), key=lambda pair: pair[0].supplier
                    )
                ],
            }
        )
    return out


def _spare(one: Supply) -> float | None:
    return None if one.capacity_kg is None else max(one.capacity_kg - one.shipped_kg, 0.0)
