"""Events as a chain of custody sees them: who had what where, small enough to keep by the million.

To pair a shipment with its receipt all events of a folder must be sorted in time, so what
is kept of each is little: its place in the files, its day, sites, objects, documents. Both
spellings of an identifier have become one here.

    Event ── happening() ── Happening(day, site, items, …)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from sys import intern
from typing import Any, Literal

from alnage.model import RowSource
from alnage.sources.epcis.events import (
    AggregationEvent,
    AssociationEvent,
    Event,
    ObjectEvent,
    Quantity,
    TransactionEvent,
    TransformationEvent,
    Typed,
)
from alnage.sources.epcis.hashes import event_id, hash_id
from alnage.sources.epcis.identifiers import CONTAINERS, GOODS, canonical, identify

Kind = Literal["object", "pack", "bind", "paper", "make", "other"]
Form = Literal["goods", "container", "asset"]

PIECE = "H87"  # UN/ECE Recommendation 20: one piece, what a count counts
# Master data of an instance or lot that says it was grown or caught, and when.
_GROWN = (
    "harvestStartDate",
    "harvestEndDate",
    "harvestDate",
    "catchArea",
    "growingMethodCode",
    "productionMethodForFishAndSeafoodCode",
)
_MDA = "{urn:epcglobal:cbv:mda}"


@dataclass(frozen=True, slots=True)
class Item:
    """Some objects: a material, its lot where one is named, and how much of it.

    ``id`` is the canonical identifier; ``single`` says that it names one object only.
    """

    form: Form
    id: str
    material: str
    lot: str
    quantity: float | None
    unit: str
    single: bool


@dataclass(frozen=True, slots=True)
class Happening:
    """An event, reduced; ``items`` are objects, children or inputs, ``outputs`` what was made.

    ``withdrawn`` is the hash id of an event that is declared in error, else empty.
    """

    file: str
    row: int
    event: str
    kind: Kind
    action: str
    step: str
    disposition: str
    moment: dt.datetime
    day: dt.date
    place: str
    read_point: str
    parent: str
    items: tuple[Item, ...]
    outputs: tuple[Item, ...]
    transformation: str
    papers: tuple[tuple[str, str], ...]
    sources: Mapping[str, str]
    destinations: Mapping[str, str]
    grown: bool
    lot: str
    withdrawn: str
    corrections: tuple[str, ...]

    @property
    def source(self) -> RowSource:
        """Where the event stands."""
        return RowSource(self.file, self.row)

    @property
    def site(self) -> str:
        """Where the objects are after the event, as far as it says."""
        return self.place or self.read_point


def place_id(uri: str) -> str:
    """A site's or party's id: the thirteen digits of its GLN, or the URI itself.

    Doors and shelves of one location (extensions of its GLN) are one site: custody does
    not change between them.

    >>> place_id("urn:epc:id:sgln:0614141.07346.1234"), place_id("urn:example:loc:w23")
    ('0614141073467', 'urn:example:loc:w23')
    """
    found = identify(uri)
    return found.key if found is not None and found.scheme in ("gln", "pgln") else canonical(uri)


def instance(epc: str) -> Item:
    """One object by its identifier.

    >>> item = instance("urn:epc:id:sgtin:4012345.011111.987")
    >>> item.material, item.lot, item.quantity, item.unit
    ('04012345111118', '987', 1.0, 'H87')
    """
    found = identify(epc)
    if found is None:
        return Item("goods", intern(epc), intern(epc), intern(epc), 1.0, PIECE, single=True)
    link = intern(found.link)
    if found.scheme in CONTAINERS:
        return Item("container", link, link, link, 1.0, PIECE, single=True)
    if found.scheme not in GOODS:
        return Item("asset", link, link, link, 1.0, PIECE, single=True)
    lot = found.lot or found.serial
    single = bool(found.serial)
    return Item("goods", link, intern(found.key), intern(lot), 1.0, PIECE, single=single)


def amount(told: Quantity) -> Item:
    """An amount of a class or lot; its unit is pieces where none is named."""
    found = identify(told.epc_class)
    quantity = None if told.quantity is None else float(told.quantity)
    unit = told.uom or PIECE
    if found is None:
        name = intern(told.epc_class)
        return Item("goods", name, name, "", quantity, unit, single=False)
    link = intern(found.link)
    form: Form = "goods" if found.scheme in GOODS else "asset"
    if found.scheme in CONTAINERS:
        form = "container"
    name = intern(found.key if form == "goods" else link)
    lot = intern(found.lot or found.serial)
    return Item(form, link, name, lot, quantity, unit, single=False)


def happening(event: Event, file: str) -> Happening:
    """What a chain of custody needs of an event."""
    kind, items, outputs = _objects(event)
    declared = event.error_declaration
    ilmd = event.ilmd if isinstance(event, (ObjectEvent, TransformationEvent)) else {}
    transformation = event.transformation_id if isinstance(event, TransformationEvent) else ""
    return Happening(
        file=file,
        row=event.number,
        event=event_id(event),
        kind=kind,
        action=event.action,
        step=event.biz_step,
        disposition=event.disposition,
        moment=event.moment,
        day=event.day,
        place=intern(place_id(event.biz_location.id)) if event.biz_location else "",
        read_point=intern(place_id(event.read_point.id)) if event.read_point else "",
        parent=intern(canonical(getattr(event, "parent_id", ""))),
        items=items,
        outputs=outputs,
        transformation=canonical(transformation),
        papers=tuple((canonical(paper.id), paper.type) for paper in event.biz_transactions),
        sources=_ends(event.sources),
        destinations=_ends(event.destinations),
        grown=any(_MDA + name in ilmd for name in _GROWN),
        lot=_lot(ilmd),
        withdrawn="" if declared is None else hash_id(event),
        corrections=() if declared is None else declared.corrective_event_ids,
    )


def _objects(event: Event) -> tuple[Kind, tuple[Item, ...], tuple[Item, ...]]:
    if isinstance(event, TransformationEvent):
        outputs = _items(event.output_epcs, event.output_quantities)
        return "make", _items(event.input_epcs, event.input_quantities), outputs
    if isinstance(event, AggregationEvent):
        kind: Kind = "bind" if isinstance(event, AssociationEvent) else "pack"
        return kind, _items(event.child_epcs, event.child_quantities), ()
    if isinstance(event, TransactionEvent):
        return "paper", _items(event.epcs, event.quantities), ()
    if isinstance(event, ObjectEvent):
        return "object", _items(event.epcs, event.quantities), ()
    return "other", (), ()


def _items(epcs: Iterable[str], amounts: Iterable[Quantity]) -> tuple[Item, ...]:
    """Objects of an event, each once, however often and in whatever spelling it is named."""
    single = {item.id: item for item in map(instance, epcs)}
    return (*single.values(), *map(amount, amounts))


def _ends(told: Sequence[Typed]) -> Mapping[str, str]:
    """Source or destination by type; the first of a type counts."""
    found: dict[str, str] = {}
    for item in told:
        found.setdefault(item.type, intern(place_id(item.id)))
    return found


def _lot(ilmd: Mapping[str, Any]) -> str:
    for name in ("lotNumber", "lot"):
        value = ilmd.get(_MDA + name)
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            return str(value)
    return ""
