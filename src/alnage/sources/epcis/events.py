"""EPCIS events as frozen values: the same five types whatever file they came from.

JSON and XML, versions 1.2 and 2.0, spell one model in four ways. Readers bring all of
them to these values: identifiers as written, words of the Core Business Vocabulary (CBV)
bare, names of extensions with their whole namespace, so that rooms above never see a
format. Empty text, an empty tuple and None mean that the document does not say.

    ObjectEvent · AggregationEvent · AssociationEvent · TransactionEvent · TransformationEvent
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any, Literal

Json = Any  # text, number, boolean, None, list or object: what JSON can say
Action = Literal["ADD", "OBSERVE", "DELETE", ""]

_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:)(\d{2})(\.\d+)?(?:([Zz])|([+-]\d{2}:\d{2}))"
)
_OFFSET = re.compile(r"([+-])(0\d|1[0-3]):([0-5]\d)|([+-])14:00")


@lru_cache(maxsize=1024)  # an event's time is asked for several times in a row
def read_time(text: str) -> dt.datetime | None:
    """The moment that a date-time with its zone (RFC 3339) names, in UTC; None if it is none.

    A 60th second counts as the 59th; fractions are kept to the microsecond.

    >>> read_time("2024-03-01T00:30:00.5+08:00")
    datetime.datetime(2024, 2, 29, 16, 30, 0, 500000, tzinfo=datetime.timezone.utc)
    >>> read_time("2024-03-01T00:30:00"), read_time("01-03-2024")
    (None, None)
    """
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    day, minutes, seconds, fraction, _, zone = found.groups()
    micro = (fraction or ".")[1:7].ljust(6, "0")
    second = "59" if seconds == "60" else seconds
    try:
        moment = dt.datetime.fromisoformat(f"{day}T{minutes}{second}.{micro}{zone or '+00:00'}")
        return moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def read_offset(text: str) -> dt.timedelta | None:
    """The offset from UTC that ``eventTimeZoneOffset`` names; None if it is none.

    >>> read_offset("-06:00"), read_offset("+15:00")
    (datetime.timedelta(days=-1, seconds=64800), None)
    """
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    sign, hours, minutes, far = found.groups()
    if far:
        sign, hours, minutes = far, "14", "00"
    offset = dt.timedelta(hours=int(hours), minutes=int(minutes))
    return -offset if sign == "-" else offset


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount of a class of objects; ``quantity`` None if not told, ``uom`` empty for a count."""

    epc_class: str
    quantity: int | float | None = None
    uom: str = ""

    def to_json(self) -> dict[str, Json]:
        """As an EPCIS quantity element."""
        told = {"epcClass": self.epc_class, "quantity": self.quantity, "uom": self.uom}
        return {name: value for name, value in told.items() if value not in (None, "")}


@dataclass(frozen=True, slots=True)
class Typed:
    """A business transaction, source or destination: its identifier and its type (bare word)."""

    id: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A read point or business location, with what an extension says of it."""

    id: str
    extensions: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersistentDisposition:
    """Lasting states that an event gives to, or takes from, its objects."""

    set: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorDeclaration:
    """Why an earlier event is declared in error, and which events correct it."""

    declaration_time: str
    reason: str = ""
    corrective_event_ids: tuple[str, ...] = ()
    extensions: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all events say; ``number`` counts the events of a document from 1.

    An event of another type than the five (an extension's) is read as this, with its own
    fields among ``extensions``. ``repeated`` names fields that the document tells twice in
    one event (the last value is kept, as every JSON reader does).
    """

    type: str
    number: int
    event_time: str
    event_time_zone_offset: str
    record_time: str = ""
    event_id: str = ""
    action: Action = ""
    biz_step: str = ""
    disposition: str = ""
    persistent_disposition: PersistentDisposition | None = None
    read_point: Place | None = None
    biz_location: Place | None = None
    biz_transactions: tuple[Typed, ...] = ()
    sources: tuple[Typed, ...] = ()
    destinations: tuple[Typed, ...] = ()
    sensor_elements: tuple[Mapping[str, Json], ...] = ()
    error_declaration: ErrorDeclaration | None = None
    certification_info: tuple[str, ...] = ()
    extensions: Mapping[str, Json] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()

    @property
    def moment(self) -> dt.datetime:
        """When it happened, in UTC."""
        moment = read_time(self.event_time)
        return moment if moment is not None else dt.datetime.min.replace(tzinfo=dt.UTC)

    @property
    def day(self) -> dt.date:
        """The day on the calendar of the place where it happened.

        >>> Event(type="x:Visit", number=1, event_time="2024-03-01T20:00:00Z",
        ...       event_time_zone_offset="+08:00").day
        datetime.date(2024, 3, 2)
        """
        offset = read_offset(self.event_time_zone_offset) or dt.timedelta()
        try:
            return (self.moment + offset).date()
        except OverflowError:
            return self.moment.date()

    def to_json(self) -> dict[str, Json]:
        """What the event says, under the names of EPCIS; nothing for what it does not say."""
        told = {_json_name(f.name): _json(getattr(self, f.name)) for f in fields(self)}
        return {name: value for name, value in told.items() if value not in (None, "", [], {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectEvent(Event):
    """Objects came to be (ADD), were seen (OBSERVE), or ceased to be (DELETE)."""

    epcs: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    ilmd: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregationEvent(Event):
    """Objects were put into a container (ADD), seen in it (OBSERVE), or taken out (DELETE)."""

    parent_id: str = ""
    child_epcs: tuple[str, ...] = ()
    child_quantities: tuple[Quantity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationEvent(AggregationEvent):
    """Like an aggregation, but lasting: parts of an asset, a sensor on a pallet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionEvent(Event):
    """Objects were bound to business transactions, or freed of them."""

    parent_id: str = ""
    epcs: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformationEvent(Event):
    """Inputs were used up and outputs made; events with one ``transformation_id`` belong together."""

    input_epcs: tuple[str, ...] = ()
    input_quantities: tuple[Quantity, ...] = ()
    output_epcs: tuple[str, ...] = ()
    output_quantities: tuple[Quantity, ...] = ()
    transformation_id: str = ""
    ilmd: Mapping[str, Json] = field(default_factory=dict)


# Names of the fields in EPCIS documents; the other way round they are what readers look for.
NAMES: Mapping[str, str] = {
    "type": "type",
    "event_time": "eventTime",
    "event_time_zone_offset": "eventTimeZoneOffset",
    "record_time": "recordTime",
    "event_id": "eventID",
    "action": "action",
    "biz_step": "bizStep",
    "disposition": "disposition",
    "persistent_disposition": "persistentDisposition",
    "read_point": "readPoint",
    "biz_location": "bizLocation",
    "biz_transactions": "bizTransactionList",
    "sources": "sourceList",
    "destinations": "destinationList",
    "sensor_elements": "sensorElementList",
    "error_declaration": "errorDeclaration",
    "certification_info": "certificationInfo",
    "extensions": "extensions",
    "epcs": "epcList",
    "quantities": "quantityList",
    "ilmd": "ilmd",
    "parent_id": "parentID",
    "child_epcs": "childEPCs",
    "child_quantities": "childQuantityList",
    "input_epcs": "inputEPCList",
    "input_quantities": "inputQuantityList",
    "output_epcs": "outputEPCList",
    "output_quantities": "outputQuantityList",
    "transformation_id": "transformationID",
    "declaration_time": "declarationTime",
    "corrective_event_ids": "correctiveEventIDs",
}


def _json_name(name: str) -> str:
    return NAMES.get(name, name)


def _json(value: Any) -> Json:
    """A field of an event as JSON values, without what is empty."""
    if isinstance(value, Quantity):
        return value.to_json()
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    if isinstance(value, (Typed, Place, PersistentDisposition, ErrorDeclaration)):
        told = {_json_name(f.name): _json(getattr(value, f.name)) for f in fields(value)}
        return {name: inner for name, inner in told.items() if inner not in (None, "", [], {})}
    return dict(value) if isinstance(value, Mapping) else value
