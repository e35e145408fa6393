"""From happenings to rows: origins, shipments paired with receipts, conversions.

EPCIS tells moments, a custody folder tells movements: who shipped is one event, who
received another, often in another file by another party. All events of a folder are gone
through in order of time; a shipment stays open until goods of its name arrive elsewhere,
and what never arrives, or comes from nowhere, is told as it is. Nothing is filled in: a
missing site, amount or weight leaves its cell empty, and the rules for rows decide.

    Happening, … (sorted) ── Flow.run() ── Row(table, file, row, cells), findings
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from alnage.model import Reason
from alnage.sources.epcis.happenings import Happening, Item, instance
from alnage.sources.epcis.stock import Contents

SHIPS = frozenset(("shipping", "departing", "consigning"))
RECEIVES = frozenset(("receiving", "arriving", "accepting"))
_GONE = frozenset(("destroying", "dispensing", "retail_selling"))
_GONE_STATES = frozenset(("destroyed", "disposed", "dispensed", "retail_sold"))
# Transformations that make nothing new, by the words that the custody folder has for them.
_STEPS: Mapping[str, str] = {
    "repackaging": "repack",
    "packing": "repack",
    "unpacking": "repack",
    "storing": "store",
    "inspecting": "test",
    "sampling": "test",
}
_SAME = 0.005  # a receipt this near to the shipment is the whole of it
# Which of several documents a row names; the others stay in the table of documents.
_PAPERS = ("bol", "desadv", "inv", "recadv", "po", "poc", "prodorder")
# At one moment things come to be before they are packed, and leave before they arrive.
_RANK = {"object": 3, "pack": 2, "bind": 2, "paper": 4, "make": 1, "other": 9}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a custody table that an event gives; cells as text."""

    table: str
    file: str
    row: int
    cells: dict[str, str]


@dataclass(slots=True)
class _Leg:
    """Goods under way: what is left of a shipment that nobody has received yet."""

    item: Item
    left: float | None
    ship: Happening
    to: str


def in_order(happenings: Iterable[Happening]) -> list[Happening]:
    """Happenings as they happened."""

    def key(h: Happening) -> tuple[object, ...]:
        begins = h.kind == "object" and h.action == "ADD"
        opens = h.kind in ("pack", "bind") and h.action == "DELETE"
        arrives = h.step in RECEIVES
        rank = 0 if begins else 6 if opens else 5 if arrives else _RANK[h.kind]
        return h.moment, rank, h.file, h.row

    return sorted(happenings, key=key)


class Flow:
    """One pass over the happenings of a folder; ``rows`` and ``findings`` are its result."""

    def __init__(self, happenings: Sequence[Happening]) -> None:
        self.rows: list[Row] = []
        self.findings: list[Reason] = []
        self.proofs: dict[tuple[str, str], dict[str, int]] = {}
        self._all = happenings
        self._contents = Contents(happenings)
        self._open: dict[str, list[_Leg]] = defaultdict(list)
        self._arrived: dict[tuple[str, str], Happening] = {}
        self._fed: set[str] = set()
        self._stock: set[tuple[str, str, str]] = set()
        self._born: set[str] = set()
        self._lots: dict[str, str] = {}
        self._made = {item.id for h in happenings for item in h.outputs if item.lot}
        self._used = {item.id for h in happenings if h.kind == "make" for item in h.items}
        self._told: dict[tuple[str, str], int] = defaultdict(int)
        self._papers = _papers_of(happenings)
        self._covered = {
            (h.step in SHIPS, h.site, item.id)
            for h in happenings
            if h.kind != "paper" and h.step in SHIPS | RECEIVES
            for item in (*h.items, *_parent(h))
        }
        for h in happenings:
            if h.lot and h.action == "ADD" and h.kind == "object":
                self._lots.update({item.id: h.lot for item in h.items if item.single})

    def run(self) -> None:
        """Go through all happenings; what is still under way at the end is told too."""
        for happening in self._all:
            self._step(happening)
        self._conversions()
        for legs in self._open.values():
            for leg in legs:
                self._move(leg.item, leg.left, leg.ship, None, leg.to)

    def _step(self, h: Happening) -> None:
        if h.kind in ("pack", "bind") and h.action == "ADD":
            self._contents.change(h)
        begins = h.kind == "object" and h.action == "ADD" and not self._was_sent(h)
        if begins:
            if h.step in RECEIVES:  # named on arrival, from a sender who has no part in the record
                self._fed.add(h.site)
            self._begin(h)
        if h.kind == "make":
            self._stock |= {(h.site, item.material, item.lot) for item in h.outputs}
        elif h.step in SHIPS:
            self._ship(h)
        elif h.step in RECEIVES and not begins:
            self._receive(h)
        elif h.kind == "object" and h.action == "DELETE":
            self._end(h)
        if h.kind in ("pack", "bind") and h.action == "DELETE":
            self._contents.change(h)

    def _was_sent(self, h: Happening) -> bool:
        """Whether what is named on arrival came from somewhere that the record knows."""
        sent = h.sources or any(self._open.get(item.id) for item in h.items)
        return h.step in RECEIVES and bool(sent)

    def _find(self, code: str, h: Happening, **told: str | int) -> None:
        self.findings.append(Reason(code, {"file": h.file, "event": h.row, **told}, (h.source,)))

    # ── what comes to be, and what ends ──

    def _begin(self, h: Happening) -> None:
        """Objects that begin here: an origin, unless something else in the record made them."""
        made = 0
        for item in _summed(h.items):
            if item.form != "goods":
                continue
            lot = self._lot(item)
            if item.id in self._made or (item.single and item.id in self._born):
                made += 1
                continue
            if lot and item.single and (h.site, item.material, lot) in self._stock:
                continue  # a number given to a piece of a lot that is on record
            self._born.add(item.id)
            kind = "harvested" if h.grown else "opening" if h.site in self._fed else ""
            if kind == "opening":
                self._find("epcis_begins_downstream", h, material=item.material, site=h.site)
            self._add("origins", h, self._named("origins", h), {
                "date": h.day.isoformat(), "site": h.site, "kind": kind, "document": _paper(h.papers),
                **self._goods(item, item.quantity),
            })  # fmt: skip
            self._stock.add((h.site, item.material, lot))
        if made:
            self._find("epcis_made_twice", h, count=made)

    def _end(self, h: Happening) -> None:
        """Objects that end here leave the site's stock, unless a transformation used them."""
        if h.step not in _GONE and h.disposition not in _GONE_STATES:
            return
        for item in _summed(self._contents.goods(h.items)):
            if item.id not in self._used or not item.single:
                self._line(h, h.event, h.day.isoformat(), h.site, "in", item, h.step)

    # ── what moves ──

    def _moved(self, h: Happening) -> list[Item]:
        """The goods that an event of shipping or receiving is about."""
        named = h.items or _parent(h)
        if h.kind == "paper":
            leaves = h.step in SHIPS
            named = tuple(i for i in named if (leaves, h.site, i.id) not in self._covered)
        return _summed(self._contents.goods(named))

    def _ship(self, h: Happening) -> None:
        origin = _from(h)
        for item in self._moved(h):
            legs = self._open[item.id]
            again = [leg for leg in legs if _from(leg.ship) == origin and _same_goods(leg, item)]
            if any(item.single or leg.ship.step != h.step for leg in again):
                continue  # "shipping", then "departing": one departure, told twice
            if item.single and legs:
                legs.clear()  # it left another place before: that leg ended without a word
                self._find("epcis_left_twice", h, object=item.id)
            legs.append(_Leg(item, item.quantity, h, _to(h)))

    def _receive(self, h: Happening) -> None:
        site = h.site or _to(h)
        moved = self._moved(h)
        for item in moved:
            self._arrive(h, site, item)
        if moved and site:
            self._fed.add(site)

    def _arrive(self, h: Happening, site: str, item: Item) -> None:
        """Close the shipments that this receipt ends; what is over came from elsewhere."""
        before = self._arrived.get((item.id, site))
        legs = self._candidates(item, site, h)
        if not legs and before is not None and (item.single or before.step != h.step):
            return  # "arriving", then "receiving": one arrival, told twice
        left = item.quantity
        for leg in legs:
            taken = _taken(leg, left, item)
            self._move(item if leg.item.single else leg.item, taken, leg.ship, h, site)
            if leg.to and leg.to != site:
                self._find("epcis_other_destination", h, site=site, told=leg.to)
            left = None if left is None else left - (taken or left)
            leg.left = None if leg.left is None or taken is None else leg.left - taken
            if leg.left is None or leg.left <= _SAME * (taken or 1.0):
                self._open[item.id].remove(leg)
            if left is None or left <= _SAME * (item.quantity or 1.0):
                break
        else:
            self._move(item, left, None, h, site)
        self._arrived[item.id, site] = h
        self._stock.add((site, item.material, self._lot(item)))

    def _candidates(self, item: Item, site: str, h: Happening) -> list[_Leg]:
        """Open shipments of the same goods, likeliest first: same papers, told destination, oldest."""
        papers = {paper for paper, _ in h.papers}

        def rank(leg: _Leg) -> tuple[bool, bool]:
            shared = any(paper in papers for paper, _ in leg.ship.papers)
            return not shared, leg.to != site

        legs = [leg for leg in self._open.get(item.id, ()) if _from(leg.ship) != site]
        if not item.single:
            # Of a class, only what was sent here (or anywhere) can have arrived here.
            legs = [leg for leg in legs if leg.to in ("", site) or not rank(leg)[0]]
        return sorted(legs, key=rank)

    def _move(
        self, item: Item, quantity: float | None, ship: Happening | None, receive: Happening | None,
        to: str,
    ) -> None:  # fmt: skip
        told = ship or receive
        if told is None:
            return
        ends = [h for h in (ship, receive) if h is not None]
        papers = [paper for h in ends for paper in h.papers]
        first, last = _first(ends, "sources"), _first(ends, "destinations")
        self._add("movements", told, self._named("movements", told), {
            "shipped": told.day.isoformat(),
            "received": "" if receive is None else receive.day.isoformat(),
            "from_site": _from(ship) if ship is not None else _source(receive),
            "to_site": to,
            "seller": first.get("owning_party", ""),
            "buyer": last.get("owning_party", ""),
            "document": _paper(papers or self._papers.get(item.id, ())),
            **self._goods(item, quantity),
        })  # fmt: skip

    # ── what is made ──

    def _conversions(self) -> None:
        """Transformations; events with one transformation id are one conversion."""
        groups: dict[str, list[Happening]] = defaultdict(list)
        for h in self._all:
            if h.kind == "make":
                groups[h.transformation or h.event].append(h)
        for name, group in groups.items():
            days = sorted({h.day.isoformat() for h in group})
            date = days[0] if len(days) == 1 else f"{days[0]}/{days[-1]}"
            sites = {h.site for h in group if h.site}
            only = next(iter(sites)) if len(sites) == 1 else ""
            if not any(h.items for h in group) or not any(h.outputs for h in group):
                self._find("epcis_half_transformation", group[0], name=name)
            for h in group:
                step = _STEPS.get(h.step, "")
                for item in _summed(self._contents.goods(h.items)):
                    self._line(h, name, date, h.site or only, "in", item, step)
                for item in _summed(h.outputs):
                    if item.form == "goods":
                        self._line(h, name, date, h.site or only, "out", item, step)

    def _line(
        self, h: Happening, event: str, date: str, site: str, direction: str, item: Item, step: str
    ) -> None:
        told = {"date": date, "site": site, "direction": direction, "step": step}
        cells = {**told, "document": _paper(h.papers), **self._goods(item, item.quantity)}
        self._add("conversions", h, event, cells)

    # ── rows ──

    def _lot(self, item: Item) -> str:
        return self._lots.get(item.id, item.lot)

    def _goods(self, item: Item, quantity: float | None) -> dict[str, str]:
        return {
            "material": item.material,
            "quantity": "" if quantity is None else repr(quantity),
            "unit": item.unit,
            "lot": self._lot(item),
        }

    def _named(self, table: str, h: Happening) -> str:
        """The event's id; further rows of one event count on, since ids stand for one row."""
        self._told[table, h.event] += 1
        count = self._told[table, h.event]
        return h.event if count == 1 else f"{h.event}#{count}"

    def _add(self, table: str, h: Happening, event: str, cells: dict[str, str]) -> None:
        step = {"bizStep": h.step, "disposition": h.disposition}
        self.rows.append(Row(table, h.file, h.row, {"event": event, **cells, **step}))
        for paper, _ in h.papers:
            self.proofs.setdefault((paper, h.file), {})[event] = h.row


def _parent(h: Happening) -> tuple[Item, ...]:
    """The parent as an object: what an event is about that names no children."""
    return (instance(h.parent),) if h.parent and not h.items else ()


def _from(h: Happening) -> str:
    """Where goods leave: where they were seen, else where the event says that they come from."""
    told = h.sources
    return h.read_point or told.get("location") or h.place or told.get("possessing_party", "")


def _source(h: Happening | None) -> str:
    told: Mapping[str, str] = {} if h is None else h.sources
    return told.get("location") or told.get("possessing_party") or told.get("owning_party", "")


def _to(h: Happening) -> str:
    """Where goods are said to go."""
    told = h.destinations
    return told.get("location") or told.get("possessing_party") or told.get("owning_party", "")


def _first(ends: Sequence[Happening], side: str) -> dict[str, str]:
    """Sources or destinations that the events of a movement tell; the shipper's word first."""
    found: dict[str, str] = {}
    for h in ends:
        told = h.sources if side == "sources" else h.destinations
        for kind, value in told.items():
            found.setdefault(kind, value)
    return found


def _same_goods(leg: _Leg, item: Item) -> bool:
    return item.single or (leg.left == item.quantity and leg.item.unit == item.unit)


def _taken(leg: _Leg, left: float | None, item: Item) -> float | None:
    """How much of a shipment a receipt takes; all of it where the amounts can't be compared."""
    if leg.left is None or left is None or leg.item.unit != item.unit:
        return leg.left
    if abs(leg.left - left) <= _SAME * max(leg.left, left):
        return leg.left
    return min(leg.left, left)


def _summed(items: Iterable[Item]) -> list[Item]:
    """Amounts of one class in one unit as one; objects stay one by one."""
    found: dict[tuple[str, str], Item] = {}
    for item in items:
        known = found.setdefault((item.id, item.unit), item)
        if known is not item and not item.single:
            both = known.quantity, item.quantity
            total = None if None in both else (known.quantity or 0.0) + (item.quantity or 0.0)
            found[item.id, item.unit] = replace(item, quantity=total)
    return list(found.values())


def _paper(papers: Iterable[tuple[str, str]]) -> str:
    """The one document that a row names: what proves a movement best."""
    ranked = sorted(papers, key=lambda p: _PAPERS.index(p[1]) if p[1] in _PAPERS else len(_PAPERS))
    return ranked[0][0] if ranked else ""


def _papers_of(happenings: Iterable[Happening]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Documents that transaction events bind to objects."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for h in happenings:
        if h.kind == "paper" and h.action != "DELETE":
            for item in (*h.items, *_parent(h)):
                if item.single or item.lot:
                    found[item.id] = (*found.get(item.id, ()), *h.papers)
    return found
