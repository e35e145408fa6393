"""The event hash id: an event's name made from what it says (CBV 2.0, section 8.9).

An event may come without an id, and one event may come twice, once as JSON and once as
XML. The hash is made of the fields in a fixed order, in canonical spelling (times in UTC,
Digital Links, GS1 web URIs), so both spellings get one name, and a declaration of error
finds the event that it withdraws. What is told about the event (record time, id, error,
certificates) is not part of it.

    Event ── pre-hash text ── SHA-256 ── "ni:///sha-256;…?ver=CBV2.0"
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from alnage.sources.epcis.events import Event, Place, Quantity, Typed, read_time
from alnage.sources.epcis.identifiers import canonical
from alnage.sources.epcis.vocabulary import PREFIXES, web_uri

_METADATA = [
    "time",
    "startTime",
    "endTime",
    "deviceID",
    "deviceMetadata",
    "rawData",
    "dataProcessingMethod",
    "bizRules",
]
_REPORT = [
    "type",
    "exception",
    "deviceID",
    "deviceMetadata",
    "rawData",
    "dataProcessingMethod",
    "time",
    "microorganism",
    "chemicalSubstance",
    "value",
    "component",
    "stringValue",
    "booleanValue",
    "hexBinaryValue",
    "uriValue",
    "minValue",
    "maxValue",
    "meanValue",
    "sDev",
    "percRank",
    "percValue",
    "uom",
    "coordinateReferenceSystem",
]


def event_id(event: Event) -> str:
    """The id that the event has, or else its hash id.

    >>> event = Event(type="ObjectEvent", number=1, event_time="2024-03-01T08:00:00+08:00",
    ...               event_time_zone_offset="+08:00", action="ADD", biz_step="commissioning")
    >>> event_id(event)
    'ni:///sha-256;f133774dfeeded4e17b0ed84cb328f2fc45bca92297deebcc3b587d8927f6d83?ver=CBV2.0'
    """
    return event.event_id or hash_id(event)


def hash_id(event: Event) -> str:
    """The hash id of an event, whether or not it has an id of its own."""
    digest = hashlib.sha256(pre_hash(event).encode("utf-8", "surrogatepass")).hexdigest()
    return f"ni:///sha-256;{digest}?ver=CBV2.0"


def pre_hash(event: Event) -> str:
    """The text that is hashed: names and values in the standard's order, nothing between.

    >>> pre_hash(Event(type="ObjectEvent", number=1, event_time="2024-03-01T08:00:00+08:00",
    ...                event_time_zone_offset="+08:00", biz_step="shipping"))[:75]
    'eventType=ObjectEventeventTime=2024-03-01T00:00:00.000ZeventTimeZoneOffset='
    """
    lasting = event.persistent_disposition
    parts = [
        f"eventType={event.type}",
        f"eventTime={_time(event.event_time)}",
        f"eventTimeZoneOffset={event.event_time_zone_offset}",
        _epcs("epcList", _get(event, "epcs")),
        _one("parentID", canonical(getattr(event, "parent_id", ""))),
        _epcs("inputEPCList", _get(event, "input_epcs")),
        _epcs("childEPCs", _get(event, "child_epcs")),
        _amounts("quantityList", _get(event, "quantities")),
        _amounts("childQuantityList", _get(event, "child_quantities")),
        _amounts("inputQuantityList", _get(event, "input_quantities")),
        _epcs("outputEPCList", _get(event, "output_epcs")),
        _amounts("outputQuantityList", _get(event, "output_quantities")),
        _one("action", event.action),
        _one("transformationID", canonical(getattr(event, "transformation_id", ""))),
        _one("bizStep", web_uri("bizstep", event.biz_step)),
        _one("disposition", web_uri("disp", event.disposition)),
        "" if lasting is None else _lasting(lasting.set, lasting.unset),
        _place("readPoint", event.read_point),
        _place("bizLocation", event.biz_location),
        _typed("bizTransactionList", "bizTransaction", "btt", event.biz_transactions),
        _typed("sourceList", "source", "sdt", event.sources),
        _typed("destinationList", "destination", "sdt", event.destinations),
        _sensors(event.sensor_elements),
        _ilmd(getattr(event, "ilmd", {})),
        _extensions(event.extensions),
    ]
    return "".join(parts)


def _get(event: Event, name: str) -> Sequence[Any]:
    value: Sequence[Any] = getattr(event, name, ())
    return value


def _one(name: str, value: str) -> str:
    return f"{name}={value}" if value else ""


def _listed(name: str, items: Iterable[str]) -> str:
    texts = sorted(items)
    return name + "".join(texts) if texts else ""


def _epcs(name: str, epcs: Iterable[str]) -> str:
    return _listed(name, (f"epc={canonical(epc)}" for epc in epcs))


def _amounts(name: str, amounts: Iterable[Quantity]) -> str:
    return _listed(name, map(_amount, amounts))


def _amount(amount: Quantity) -> str:
    told = f"quantityElementepcClass={canonical(amount.epc_class)}"
    if amount.quantity is not None:
        told += f"quantity={_text(amount.quantity)}"
    return told + _one("uom", amount.uom)


def _lasting(words: Sequence[str], undone: Sequence[str]) -> str:
    inside = "".join(
        "".join(sorted(f"{name}={web_uri('disp', word)}" for word in told))
        for name, told in (("set", words), ("unset", undone))
    )
    return f"persistentDisposition{inside}" if inside else ""


def _place(name: str, place: Place | None) -> str:
    if place is None:
        return ""
    return f"{name}id={canonical(place.id)}{_extensions(place.extensions)}"


def _typed(name: str, inner: str, kind: str, items: Iterable[Typed]) -> str:
    return _listed(
        name,
        (f"{inner}={canonical(i.id)}{_one('type', web_uri(kind, i.type))}" for i in items),
    )


def _sensors(elements: Sequence[Mapping[str, Any]]) -> str:
    return _listed("sensorElementList", map(_sensor, elements))


def _sensor(element: Mapping[str, Any]) -> str:
    metadata = element.get("sensorMetadata", {})
    told = "sensorMetadata" + _ordered(metadata, _METADATA) if metadata else ""
    reports = sorted("sensorReport" + _ordered(r, _REPORT) for r in element["sensorReport"])
    rest = {n: v for n, v in element.items() if n not in ("sensorMetadata", "sensorReport")}
    return "sensorElement" + told + "".join(reports) + _extensions(rest)


def _ordered(told: Mapping[str, Any], order: Sequence[str]) -> str:
    known = "".join(f"{name}={_sensed(name, told[name])}" for name in order if name in told)
    return known + _extensions({name: v for name, v in told.items() if name not in order})


def _sensed(name: str, value: Any) -> str:
    """A sensor's value; words of GS1's vocabularies as their URIs."""
    if name in ("time", "startTime", "endTime"):
        return _time(value)
    if isinstance(value, str) and name in ("type", "exception") and ":" not in value:
        return f"{PREFIXES['gs1']}{value}"
    if isinstance(value, str) and name == "component" and ":" not in value:
        return f"{PREFIXES['cbv']}Comp-{value}"
    return _text(value)


def _ilmd(ilmd: Mapping[str, Any]) -> str:
    return f"ilmd{_extensions(ilmd)}" if ilmd else ""


def _extensions(told: Mapping[str, Any]) -> str:
    """Extensions sorted as text, whole at every depth."""
    return "".join(
        sorted(_extension(n, v) for name, value in told.items() for n, v in _each(name, value))
    )


def _each(name: str, value: Any) -> list[tuple[str, Any]]:
    return [(name, item) for item in value] if isinstance(value, list) else [(name, value)]


def _extension(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return name + _extensions(value)
    text = _text(value)
    return f"{name}={text}" if text else name


def _text(value: Any) -> str:
    """A value in canonical spelling: numbers without needless zeros, identifiers as links."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    text = str(value).strip()
    try:
        number = float(text)
    except ValueError:
        prefix, colon, local = text.partition(":")
        if colon and prefix in ("gs1", "cbv", "epcis"):
            return PREFIXES[prefix] + local
        return canonical(text)
    if number.is_integer():
        return str(int(number))
    return repr(number)


def _time(text: str) -> str:
    """A moment in UTC, to the millisecond."""
    moment = read_time(text)
    if moment is None:
        return text
    rounded = round(moment.microsecond, -3)
    moment = moment.replace(microsecond=0) + dt.timedelta(microseconds=rounded)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
