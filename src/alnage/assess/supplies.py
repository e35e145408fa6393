"""What the records tell of firms and inputs: output, employees, who supplies whom, how much is in store.

Facts for a scenario, taken from the ledger and the sites table and from nowhere else. What is
not told stays None: an employee count of some sites, a capacity without a unit of mass, a
store whose use nobody recorded.

    OpenFolder ──> firms(), supplies(), stores()
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from alnage.assess.folder import OpenFolder
from alnage.chain.units import MASS, unit_key
from alnage.impact.losses import Firm, Store, Supply

_EPOCH = dt.date(1970, 1, 1)


def firms(opened: OpenFolder, party_of: Mapping[str, str]) -> dict[str, Firm]:
    """What each party is recorded to have passed on (or taken), and its employees."""
    ledger = opened.ledger
    words = ledger.words.sites.words
    moves = ledger.movements
    sent: dict[str, float] = {}
    taken: dict[str, float] = {}
    columns = zip(moves.site, moves.to_site, moves.content, strict=True)
    for source, target, content in columns:
        giver, taker = party_of[words[source]], party_of[words[target]]
        if giver != taker:
            sent[giver] = sent.get(giver, 0.0) + float(content)
            taken[taker] = taken.get(taker, 0.0) + float(content)
    people = _employees(opened)
    return {
        party: Firm(party, output, people.get(party)) for party, output in {**taken, **sent}.items()
    }


def _employees(opened: OpenFolder) -> dict[str, float]:
    """Employees of parties whose every site tells them: a part would pass for the whole."""
    table = opened.folder.tables.get("sites")
    rows = [] if table is None else table.to_pylist()
    told: dict[str, list[float | None]] = {}
    for row in rows:
        told.setdefault(row["party"], []).append(row["employees"])
    return {
        party: sum(n for n in numbers if n is not None)
        for party, numbers in told.items()
        if None not in numbers
    }


def supplies(opened: OpenFolder) -> list[Supply]:
    """Who gave which site how much of what, over the records."""
    ledger = opened.ledger
    sites, materials = ledger.words.sites.words, ledger.words.materials.words
    moves, lines = ledger.movements, ledger.lines
    made = {
        (int(s), int(m)) for s, m in zip(ledger.origins.site, ledger.origins.material, strict=True)
    }
    outputs = zip(lines.site, lines.material, lines.output, strict=True)
    made |= {(int(s), int(m)) for s, m, out in outputs if out}
    kg: dict[tuple[int, int, int], float] = {}
    shipped: dict[tuple[int, int], float] = {}
    columns = zip(moves.site, moves.to_site, moves.material, moves.kg, strict=True)
    for source, target, material, amount in columns:
        key = int(source), int(target), int(material)
        kg[key] = kg.get(key, 0.0) + float(amount)
        gave = int(source), int(material)
        shipped[gave] = shipped.get(gave, 0.0) + float(amount)
    capacity = _capacity(opened)
    return [
        Supply(
            sites[s],
            sites[t],
            materials[m],
            amount,
            (s, m) in made,
            capacity.get((sites[s], materials[m])),
            shipped[s, m],
        )
        for (s, t, m), amount in kg.items()
    ]


def _capacity(opened: OpenFolder) -> dict[tuple[str, str], float]:
    """Capacity in kilograms by site and material, where it is told in a unit of mass."""
    table = opened.folder.tables.get("sites")
    return {
        (row["site"], row["material"]): row["capacity"] * MASS[unit_key(row["capacity_unit"])]
        for row in ([] if table is None else table.to_pylist())
        if row["capacity"] is not None
        and row["material"]
        and unit_key(row["capacity_unit"] or "") in MASS
    }


def stores(opened: OpenFolder, day: dt.date) -> dict[tuple[str, str], Store]:
    """What each site is recorded to hold of a material before ``day``, and its use a day.

    Use is what conversions took in, over the days from the first to the last of them; one day
    of use shows no rate.
    """
    ledger = opened.ledger
    sites, materials = ledger.words.sites.words, ledger.words.materials.words
    until = (day - _EPOCH).days
    held: dict[tuple[int, int], float] = {}
    used: dict[tuple[int, int], list[float]] = {}

    def add(site: Any, material: Any, kg: float, when: Any) -> None:
        if when < until:
            key = int(site), int(material)
            held[key] = held.get(key, 0.0) + kg

    origins, moves, lines = ledger.origins, ledger.movements, ledger.lines
    for i in range(len(origins)):
        add(origins.site[i], origins.material[i], float(origins.kg[i]), origins.last[i])
    for i in range(len(moves)):
        add(moves.site[i], moves.material[i], -float(moves.kg[i]), moves.last[i])
        add(moves.to_site[i], moves.material[i], float(moves.kg[i]), moves.received_last[i])
    for i in range(len(lines)):
        kg = float(lines.kg[i]) if lines.output[i] else -float(lines.kg[i])
        add(lines.site[i], lines.material[i], kg, lines.last[i])
        if kg < 0.0 and lines.last[i] < until:
            use = used.setdefault((int(lines.site[i]), int(lines.material[i])), [0.0, 1e18, -1e18])
            use[0] -= kg
            use[1] = min(use[1], float(lines.last[i]))
            use[2] = max(use[2], float(lines.last[i]))
    return {
        (sites[s], materials[m]): Store(max(kg, 0.0), _rate(used.get((s, m))))
        for (s, m), kg in held.items()
    }


def _rate(use: list[float] | None) -> float | None:
    return None if use is None or use[2] <= use[1] else use[0] / (use[2] - use[1])
