"""The standard's rules for one event, checked by hand, and the event made of it.

A schema validator takes milliseconds an event and answers in the language of schemas. The
rules are few: which fields a type has and must have, how times, identifiers, words and
amounts are written, what can't stand together. One pass checks them and says what is wrong
in the words of EPCIS. What a schema lets through but makes no sense is no rule of form: it
is a finding (``contradictions``).

    raw event (shape of JSON) ── read_event() ── Event | RefusedError
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from alnage.model import Reason
from alnage.sources.cells import nearest
from alnage.sources.epcis.events import (
    AggregationEvent,
    AssociationEvent,
    ErrorDeclaration,
    Event,
    ObjectEvent,
    PersistentDisposition,
    Place,
    Quantity,
    TransactionEvent,
    TransformationEvent,
    Typed,
    read_offset,
    read_time,
)
from alnage.sources.epcis.json_reader import TWICE
from alnage.sources.epcis.names import Names
from alnage.sources.epcis.refusal import RefusedError, cut
from alnage.sources.epcis.sensors import check_sensors
from alnage.sources.epcis.vocabulary import LISTS, bare, is_uri

Raw = Mapping[str, Any]

_COMMON = frozenset(
    [
        "@context",
        "type",
        "eventTime",
        "recordTime",
        "eventTimeZoneOffset",
        "eventID",
        "certificationInfo",
        "errorDeclaration",
        "bizStep",
        "disposition",
        "persistentDisposition",
        "readPoint",
        "bizLocation",
        "bizTransactionList",
        "sourceList",
        "destinationList",
        "sensorElementList",
    ]
)
_FIELDS: Mapping[str, frozenset[str]] = {
    "ObjectEvent": _COMMON | {"action", "epcList", "quantityList", "ilmd"},
    "AggregationEvent": _COMMON | {"action", "parentID", "childEPCs", "childQuantityList"},
    "AssociationEvent": _COMMON | {"action", "parentID", "childEPCs", "childQuantityList"},
    "TransactionEvent": _COMMON | {"action", "parentID", "epcList", "quantityList"},
    "TransformationEvent": _COMMON
    | {
        "inputEPCList",
        "inputQuantityList",
        "outputEPCList",
        "outputQuantityList",
        "transformationID",
        "ilmd",
    },
}
TYPES = tuple(_FIELDS)
ACTIONS = ("ADD", "OBSERVE", "DELETE")
_MINUTES = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})")
_UOM = re.compile(r"[A-Z0-9]{2,3}")
_INPUTS = ("inputEPCList", "inputQuantityList")
_OUTPUTS = ("outputEPCList", "outputQuantityList")


def event_type(raw: Raw) -> str:
    """One of the five types, however it is spelt, or the URI of another; RefusedError otherwise.

    >>> event_type({"type": "https://ref.gs1.org/epcis/ObjectEvent"})
    'ObjectEvent'
    """
    told = raw.get("type")
    if not isinstance(told, str) or not told:
        raise RefusedError(Reason("epcis_field_missing", {"field": "type", "type": "Event"}))
    word = told.removeprefix("https://ref.gs1.org/epcis/").removeprefix("epcis:")
    if word in _FIELDS:
        return word
    if not is_uri(told):
        raise RefusedError(
            Reason("epcis_type_unknown", {"type": cut(told), "near": nearest(told, TYPES)})
        )
    return told


def read_event(raw: Raw, number: int, names: Names) -> Event:
    """Check a raw event and make it a value; ``number`` is its place in the document.

    Raises:
        RefusedError: a rule of the standard is broken.
    """
    kind = event_type(raw)
    _known_fields(raw, kind)
    _required(raw, kind)
    return _BUILDERS.get(kind, _other)(kind, raw, number, names)


def _known_fields(raw: Raw, kind: str) -> None:
    fields = _FIELDS.get(kind)
    for name in raw:
        if fields is None or name in fields or is_name(name) or name == TWICE:
            continue
        if name == "action":
            raise RefusedError(Reason("epcis_action_forbidden", {"type": kind}))
        told = {"field": cut(name), "near": nearest(name, sorted(fields))}
        raise RefusedError(Reason("epcis_field_unknown", told))


def is_name(name: str) -> bool:
    """Whether a field's name is an extension's: it has a prefix or a namespace."""
    return name.startswith("{") or is_uri(name)


def _required(raw: Raw, kind: str) -> None:
    for name in ("eventTime", "eventTimeZoneOffset"):
        _require(raw, kind, name)
    if kind not in _FIELDS:
        return
    if kind != "TransformationEvent":
        _require(raw, kind, "action")
        if raw["action"] not in ACTIONS:
            told = {"value": cut(raw["action"]), "choices": list(ACTIONS)}
            raise RefusedError(
                Reason(
                    "epcis_action_unknown", {**told, "near": nearest(cut(raw["action"]), ACTIONS)}
                )
            )
    _OBJECTS[kind](raw)
    if "ilmd" in raw and kind == "ObjectEvent" and raw["action"] != "ADD":
        raise RefusedError(Reason("epcis_ilmd_action", {"action": raw["action"]}))


def _require(raw: Raw, kind: str, name: str) -> None:
    if raw.get(name) in (None, ""):
        raise RefusedError(Reason("epcis_field_missing", {"field": name, "type": kind}))


def _filled(raw: Raw, *names: str) -> bool:
    return any(raw.get(name) for name in names)


def _no_objects(kind: str, *fields: str) -> RefusedError:
    return RefusedError(Reason("epcis_objects_missing", {"type": kind, "fields": list(fields)}))


def _object(raw: Raw) -> None:
    seen = "epcList" in raw or _filled(raw, "quantityList")
    if not seen and not (_filled(raw, "sensorElementList") and _filled(raw, "readPoint")):
        raise _no_objects("ObjectEvent", "epcList", "quantityList")


def _aggregation(raw: Raw) -> None:
    if raw["action"] != "OBSERVE":
        _require(raw, "AggregationEvent", "parentID")
    if raw["action"] != "DELETE" and not _filled(raw, "childEPCs", "childQuantityList"):
        raise _no_objects("AggregationEvent", "childEPCs", "childQuantityList")


def _association(raw: Raw) -> None:
    _require(raw, "AssociationEvent", "parentID")
    if raw["action"] != "DELETE" and not _filled(raw, "childEPCs", "childQuantityList"):
        raise _no_objects("AssociationEvent", "childEPCs", "childQuantityList")


def _transaction(raw: Raw) -> None:
    if not _filled(raw, "bizTransactionList"):
        told = {"field": "bizTransactionList", "type": "TransactionEvent"}
        raise RefusedError(Reason("epcis_field_missing", told))
    seen = "epcList" in raw or _filled(raw, "quantityList", "parentID")
    if raw["action"] != "DELETE" and not seen:
        raise _no_objects("TransactionEvent", "epcList", "quantityList")


def _transformation(raw: Raw) -> None:
    inputs, outputs = _filled(raw, *_INPUTS), _filled(raw, *_OUTPUTS)
    if raw.get("transformationID"):
        if not inputs and not outputs:
            raise _no_objects("TransformationEvent", *_INPUTS, *_OUTPUTS)
    elif not inputs or not outputs:
        raise _no_objects("TransformationEvent", *(_OUTPUTS if inputs else _INPUTS))


_OBJECTS: Mapping[str, Callable[[Raw], None]] = {
    "ObjectEvent": _object,
    "AggregationEvent": _aggregation,
    "AssociationEvent": _association,
    "TransactionEvent": _transaction,
    "TransformationEvent": _transformation,
}


# ── values of fields ──


def check_time(field: str, value: Any) -> str:
    """A moment with its zone, as written; RefusedError otherwise."""
    if not isinstance(value, str) or read_time(value) is None:
        raise RefusedError(Reason("epcis_time_invalid", {"field": field, "value": cut(value)}))
    return value


def check_uri(field: str, value: Any) -> str:
    """An absolute URI, as written; RefusedError otherwise."""
    if not isinstance(value, str) or not is_uri(value):
        raise RefusedError(Reason("epcis_uri_invalid", {"field": field, "value": cut(value)}))
    return value


def _offset(value: Any) -> str:
    if not isinstance(value, str) or read_offset(value) is None:
        raise RefusedError(Reason("epcis_offset_invalid", {"value": cut(value)}))
    return value


def check_list(field: str, value: Any) -> list[Any]:
    """A list; RefusedError otherwise."""
    if not isinstance(value, list):
        raise RefusedError(Reason("epcis_not_a_list", {"field": field}))
    return value


def check_object(field: str, value: Any) -> dict[str, Any]:
    """An object; RefusedError otherwise."""
    if not isinstance(value, dict):
        raise RefusedError(Reason("epcis_not_an_object", {"field": field}))
    return value


def _only(field: str, value: Raw, allowed: Iterable[str], *, open_to_others: bool = False) -> None:
    known = tuple(allowed)
    if TWICE in value:
        told = {"field": cut(f"{field}.{value[TWICE][0]}")}
        raise RefusedError(Reason("epcis_name_twice", told))
    for name in value:
        if name not in known and not (open_to_others and is_name(name)):
            told = {"field": cut(f"{field}.{name}"), "near": nearest(name, known)}
            raise RefusedError(Reason("epcis_field_unknown", told))


def _uris(field: str, value: Any, *, once: bool = True) -> tuple[str, ...]:
    told = tuple(check_uri(field, item) for item in check_list(field, value))
    if once and len(set(told)) != len(told):
        twice = next(item for item in told if told.count(item) > 1)
        raise RefusedError(Reason("epcis_item_twice", {"field": field, "value": cut(twice)}))
    return told


def _word(kind: str, field: str, value: Any) -> str:
    word = bare(kind, value) if isinstance(value, str) else None
    if word is None:
        last = re.split(r"[:/-]", str(value))[-1]
        told = {"field": field, "value": cut(value), "near": nearest(last, sorted(LISTS[kind][0]))}
        raise RefusedError(Reason("epcis_word_unknown", told))
    return word


def _quantities(field: str, value: Any) -> tuple[Quantity, ...]:
    return tuple(_quantity(field, item) for item in check_list(field, value))


def _quantity(field: str, value: Any) -> Quantity:
    told = check_object(field, value)
    _only(field, told, ("epcClass", "quantity", "uom"))
    if "epcClass" not in told:
        raise RefusedError(
            Reason("epcis_field_missing", {"field": f"{field}.epcClass", "type": field})
        )
    amount = told.get("quantity")
    if "quantity" in told:
        if isinstance(amount, bool) or not isinstance(amount, (int, float)):
            shown = {"field": f"{field}.quantity", "value": cut(amount)}
            raise RefusedError(Reason("epcis_quantity_invalid", shown))
        if not 0 < amount < float("inf"):
            shown = {"field": f"{field}.quantity", "value": cut(amount)}
            raise RefusedError(Reason("epcis_quantity_not_positive", shown))
    uom = told.get("uom", "")
    if "uom" in told and (not isinstance(uom, str) or not _UOM.fullmatch(uom)):
        raise RefusedError(Reason("epcis_uom_invalid", {"value": cut(uom)}))
    return Quantity(check_uri(f"{field}.epcClass", told["epcClass"]), amount, uom)


def _typed(field: str, inner: str, kind: str, value: Any) -> tuple[Typed, ...]:
    """Business transactions, sources or destinations; only the first may lack a type."""
    made = []
    for item in check_list(field, value):
        told = check_object(field, item)
        _only(field, told, ("type", inner))
        for name in (inner, *(("type",) if kind == "sdt" else ())):
            if name not in told:
                shown = {"field": f"{field}.{name}", "type": field}
                raise RefusedError(Reason("epcis_field_missing", shown))
        word = _word(kind, f"{field}.type", told["type"]) if "type" in told else ""
        made.append(Typed(check_uri(f"{field}.{inner}", told[inner]), word))
    return tuple(made)


def _place(field: str, value: Any, names: Names) -> Place:
    told = check_object(field, value)
    if "id" not in told:
        raise RefusedError(Reason("epcis_field_missing", {"field": f"{field}.id", "type": field}))
    rest = {name: inner for name, inner in told.items() if name != "id"}
    return Place(check_uri(f"{field}.id", told["id"]), names.expand(rest))


def _lasting(value: Any) -> PersistentDisposition:
    field = "persistentDisposition"
    told = check_object(field, value)
    _only(field, told, ("set", "unset"))
    if not told:
        raise RefusedError(Reason("epcis_field_missing", {"field": f"{field}.set", "type": field}))
    words: dict[str, tuple[str, ...]] = {}
    for name, items in told.items():
        where = f"{field}.{name}"
        words[name] = tuple(_word("disp", where, item) for item in check_list(where, items))
        if not words[name]:
            raise RefusedError(Reason("epcis_field_missing", {"field": where, "type": field}))
        if len(set(words[name])) != len(words[name]):
            raise RefusedError(Reason("epcis_item_twice", {"field": where, "value": cut(items)}))
    return PersistentDisposition(**words)


def _declaration(value: Any, names: Names) -> ErrorDeclaration:
    field = "errorDeclaration"
    told = check_object(field, value)
    known = ("declarationTime", "reason", "correctiveEventIDs")
    _only(field, told, known, open_to_others=True)
    if "declarationTime" not in told:
        shown = {"field": f"{field}.declarationTime", "type": field}
        raise RefusedError(Reason("epcis_field_missing", shown))
    return ErrorDeclaration(
        _declared(told["declarationTime"]),
        _word("er", f"{field}.reason", told["reason"]) if "reason" in told else "",
        _uris(f"{field}.correctiveEventIDs", told.get("correctiveEventIDs", []), once=False),
        names.expand({name: inner for name, inner in told.items() if name not in known}),
    )


def _declared(value: Any) -> str:
    """When an error was declared; seconds may be missing, since nothing is ordered by it."""
    short = isinstance(value, str) and _MINUTES.fullmatch(value) is not None
    return str(value) if short else check_time("errorDeclaration.declarationTime", value)


def _certificates(value: Any) -> tuple[str, ...]:
    return _uris("certificationInfo", value if isinstance(value, list) else [value])


# ── the event itself ──


def _common(kind: str, raw: Raw, number: int, names: Names) -> dict[str, Any]:
    """Fields that every event may have, checked."""
    own = names.within(raw.get("@context"))
    told: dict[str, Any] = {
        "type": kind,
        "number": number,
        "event_time": check_time("eventTime", raw["eventTime"]),
        "event_time_zone_offset": _offset(raw["eventTimeZoneOffset"]),
        "repeated": tuple(raw.get(TWICE, ())),
        "extensions": own.expand(
            {name: value for name, value in raw.items() if name[0] != "@" and is_name(name)}
        ),
    }
    for name, read in _READ.items():
        if name in raw:
            told[read[0]] = read[1](raw[name])
    for name, attribute in (("readPoint", "read_point"), ("bizLocation", "biz_location")):
        if name in raw:
            told[attribute] = _place(name, raw[name], own)
    if "errorDeclaration" in raw:
        told["error_declaration"] = _declaration(raw["errorDeclaration"], own)
    if "sensorElementList" in raw:
        elements = check_sensors(check_list("sensorElementList", raw["sensorElementList"]))
        told["sensor_elements"] = tuple(own.expand(element) for element in elements)
    return told


_READ: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "recordTime": ("record_time", lambda v: check_time("recordTime", v)),
    "eventID": ("event_id", lambda v: check_uri("eventID", v)),
    "certificationInfo": ("certification_info", _certificates),
    "action": ("action", lambda v: v),
    "bizStep": ("biz_step", lambda v: _word("bizstep", "bizStep", v)),
    "disposition": ("disposition", lambda v: _word("disp", "disposition", v)),
    "persistentDisposition": ("persistent_disposition", _lasting),
    "bizTransactionList": (
        "biz_transactions",
        lambda v: _typed("bizTransactionList", "bizTransaction", "btt", v),
    ),
    "sourceList": ("sources", lambda v: _typed("sourceList", "source", "sdt", v)),
    "destinationList": (
        "destinations",
        lambda v: _typed("destinationList", "destination", "sdt", v),
    ),
}


def _epcs(raw: Raw, name: str, *, once: bool = True) -> tuple[str, ...]:
    return _uris(name, raw[name], once=once) if name in raw else ()


def _amounts(raw: Raw, name: str) -> tuple[Quantity, ...]:
    return _quantities(name, raw[name]) if name in raw else ()


def _ilmd(raw: Raw, names: Names) -> Mapping[str, Any]:
    if "ilmd" not in raw:
        return {}
    told = check_object("ilmd", raw["ilmd"])
    for name in told:
        if not is_name(name):
            shown = {"field": cut(f"ilmd.{name}"), "near": f"cbvmda:{name}"}
            raise RefusedError(Reason("epcis_field_unknown", shown))
    return names.within(raw.get("@context")).expand(told)


def _object_event(kind: str, raw: Raw, number: int, names: Names) -> Event:
    return ObjectEvent(
        **_common(kind, raw, number, names),
        epcs=_epcs(raw, "epcList"),
        quantities=_amounts(raw, "quantityList"),
        ilmd=_ilmd(raw, names),
    )


def _parent(raw: Raw) -> str:
    return check_uri("parentID", raw["parentID"]) if "parentID" in raw else ""


def _aggregation_event(kind: str, raw: Raw, number: int, names: Names) -> Event:
    made = AssociationEvent if kind == "AssociationEvent" else AggregationEvent
    return made(
        **_common(kind, raw, number, names),
        parent_id=_parent(raw),
        child_epcs=_epcs(raw, "childEPCs", once=False),
        child_quantities=_amounts(raw, "childQuantityList"),
    )


def _transaction_event(kind: str, raw: Raw, number: int, names: Names) -> Event:
    return TransactionEvent(
        **_common(kind, raw, number, names),
        parent_id=_parent(raw),
        epcs=_epcs(raw, "epcList", once=False),
        quantities=_amounts(raw, "quantityList"),
    )


def _transformation_event(kind: str, raw: Raw, number: int, names: Names) -> Event:
    identifier = raw.get("transformationID")
    return TransformationEvent(
        **_common(kind, raw, number, names),
        input_epcs=_epcs(raw, "inputEPCList"),
        input_quantities=_amounts(raw, "inputQuantityList"),
        output_epcs=_epcs(raw, "outputEPCList"),
        output_quantities=_amounts(raw, "outputQuantityList"),
        transformation_id="" if identifier is None else check_uri("transformationID", identifier),
        ilmd=_ilmd(raw, names),
    )


def _other(kind: str, raw: Raw, number: int, names: Names) -> Event:
    """An event of another's type: its own fields are kept, whatever they are."""
    told = _common(kind, raw, number, names)
    known = {*_COMMON, "action"}
    rest = {name: value for name, value in raw.items() if name not in known and name[0] != "@"}
    return Event(**{**told, "extensions": names.within(raw.get("@context")).expand(rest)})


_BUILDERS: Mapping[str, Callable[[str, Raw, int, Names], Event]] = {
    "ObjectEvent": _object_event,
    "AggregationEvent": _aggregation_event,
    "AssociationEvent": _aggregation_event,
    "TransactionEvent": _transaction_event,
    "TransformationEvent": _transformation_event,
}
