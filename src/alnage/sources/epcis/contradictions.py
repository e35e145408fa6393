"""What an event says against itself: findings, never a crash, never a reason to drop it.

A document can keep every rule of form and still not add up: a record older than its event,
a parent inside itself, an input that is its own output. Nothing is repaired. The event is
used as far as it can be, and who reads the result sees what to ask about.

    Event ── contradictions() ── Reason, …
"""

from __future__ import annotations

from collections.abc import Iterator

from alnage.model import Reason
from alnage.sources.epcis.events import (
    AggregationEvent,
    Event,
    ObjectEvent,
    Quantity,
    TransactionEvent,
    TransformationEvent,
    read_offset,
    read_time,
)
from alnage.sources.epcis.identifiers import canonical
from alnage.sources.epcis.refusal import cut

# Business steps that end an object's life, against those that begin it.
_ENDS = frozenset(("decommissioning", "destroying", "dispensing", "retail_selling"))
_BEGINS = frozenset(("commissioning", "creating_class_instance"))


def contradictions(event: Event) -> Iterator[Reason]:
    """Everything in which ``event`` contradicts itself, a reason each.

    >>> event = Event(type="ObjectEvent", number=3, event_time="2024-03-02T00:00:00Z",
    ...     event_time_zone_offset="+00:00", record_time="2024-03-01T00:00:00Z")
    >>> [reason.code for reason in contradictions(event)]
    ['epcis_recorded_before']
    """
    yield from _times(event)
    for name in event.repeated:
        yield Reason("epcis_told_twice", {"event": event.number, "field": cut(name)})
    yield from _states(event)
    yield from _steps(event)
    yield from _objects(event)


def _times(event: Event) -> Iterator[Reason]:
    recorded = read_time(event.record_time) if event.record_time else None
    if recorded is not None and recorded < event.moment:
        yield Reason(
            "epcis_recorded_before",
            {"event": event.number, "recorded": event.record_time, "happened": event.event_time},
        )
    declared = event.error_declaration
    declared_at = declared.declaration_time if declared is not None else ""
    moment = read_time(declared_at)
    if moment is not None and moment < event.moment:
        told = {"event": event.number, "declared": declared_at}
        yield Reason("epcis_declared_before", told)
    zone = event.event_time[-6:]
    written, offset = read_offset(zone), read_offset(event.event_time_zone_offset)
    if written and offset is not None and written != offset:
        told = {"event": event.number, "time": event.event_time}
        yield Reason("epcis_offset_differs", {**told, "offset": event.event_time_zone_offset})


def _states(event: Event) -> Iterator[Reason]:
    lasting = event.persistent_disposition
    both = sorted(set(lasting.set) & set(lasting.unset)) if lasting is not None else []
    if both:
        yield Reason("epcis_set_and_unset", {"event": event.number, "words": both})
    declared = event.error_declaration
    if declared is not None and event.event_id in declared.corrective_event_ids:
        yield Reason("epcis_corrects_itself", {"event": event.number})


def _steps(event: Event) -> Iterator[Reason]:
    wrong = (event.action == "ADD" and event.biz_step in _ENDS) or (
        event.action == "DELETE" and event.biz_step in _BEGINS
    )
    if wrong and isinstance(event, ObjectEvent):
        told = {"event": event.number, "action": event.action, "step": event.biz_step}
        yield Reason("epcis_action_against_step", told)


def _objects(event: Event) -> Iterator[Reason]:
    if isinstance(event, TransformationEvent):
        inputs = {*map(canonical, event.input_epcs), *_classes(event.input_quantities)}
        outputs = {*map(canonical, event.output_epcs), *_classes(event.output_quantities)}
        if both := sorted(inputs & outputs):
            yield Reason("epcis_input_is_output", {"event": event.number, "objects": both[:5]})
    elif isinstance(event, AggregationEvent):
        if event.parent_id and canonical(event.parent_id) in map(canonical, event.child_epcs):
            told = {"event": event.number, "parent": cut(event.parent_id)}
            yield Reason("epcis_inside_itself", told)
        yield from _twice(event, event.child_epcs, event.child_quantities)
    elif isinstance(event, (ObjectEvent, TransactionEvent)):
        yield from _twice(event, event.epcs, event.quantities)


def _classes(amounts: tuple[Quantity, ...]) -> set[str]:
    """Lots only: a class may well stand on both sides (rework of one product)."""
    return {link for q in amounts if "/10/" in (link := canonical(q.epc_class))}


def _twice(event: Event, epcs: tuple[str, ...], amounts: tuple[Quantity, ...]) -> Iterator[Reason]:
    """One object under two spellings, or one class in two units."""
    links = [canonical(epc) for epc in epcs]
    if len(set(links)) != len(links):
        twice = sorted({link for link in links if links.count(link) > 1})
        yield Reason("epcis_object_twice", {"event": event.number, "objects": twice[:5]})
    units: dict[str, set[str]] = {}
    for amount in amounts:
        units.setdefault(canonical(amount.epc_class), set()).add(amount.uom)
    mixed = sorted(link for link, told in units.items() if len(told) > 1)
    if mixed:
        yield Reason("epcis_two_units", {"event": event.number, "objects": mixed[:5]})
