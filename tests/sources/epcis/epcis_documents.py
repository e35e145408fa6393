"""EPCIS documents for the tests of this package, built from little."""

import io
import json

from alnage.sources.epcis import Document, RefusedError, read_events

CONTEXT = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"
FARM = "urn:epc:id:sgln:6901234.00001.0"
GIN = "urn:epc:id:sgln:6901234.00002.0"
MILL = "https://id.gs1.org/414/6909999000019"
FARM_ID, GIN_ID, MILL_ID = "6901234000016", "6901234000023", "6909999000019"
SEED = "urn:epc:class:lgtin:6901234.000001.S1"
LINT = "urn:epc:class:lgtin:6901234.000002.L1"
LINT_LINK = "https://shop.example.com/01/06901234000023/10/L1?linkType=all"
SEED_ID, LINT_ID = "06901234000016", "06901234000023"
PALLET = "urn:epc:id:sscc:6901234.0000000001"


def event(kind="ObjectEvent", time="2024-03-01T08:00:00+08:00", **fields):
    """An event that keeps the rules, with the fields given."""
    told = {"type": kind, "eventTime": time, "eventTimeZoneOffset": "+08:00", **fields}
    if kind != "TransformationEvent":
        told.setdefault("action", "OBSERVE")
    return {name: value for name, value in told.items() if value is not None}


def amount(epc_class, quantity, uom="KGM"):
    told = {"epcClass": epc_class, "quantity": quantity, "uom": uom}
    return [{name: value for name, value in told.items() if value is not None}]


def document(*events, **members):
    """A JSON-LD document of the events."""
    told = {
        "@context": [CONTEXT, {"ex": "http://ns.example.com/"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2024-05-01T00:00:00Z",
        "epcisBody": {"eventList": list(events)},
        **members,
    }
    return {name: value for name, value in told.items() if value is not None}


def xml(events, root="EPCISDocument", head="", schema='schemaVersion="2.0"'):
    """An XML document of the events' text."""
    return (
        f'{head}<epcis:{root} xmlns:epcis="urn:epcglobal:epcis:xsd:2" {schema}'
        ' creationDate="2024-05-01T00:00:00Z" xmlns:ex="http://ns.example.com/">'
        f"<EPCISBody><EventList>{events}</EventList></EPCISBody></epcis:{root}>"
    ).encode()


def read(told):
    """Events of a document given as an object, text or bytes."""
    if not isinstance(told, (str, bytes)):
        told = json.dumps(told, ensure_ascii=False)
    return list(read_events(io.BytesIO(told.encode() if isinstance(told, str) else told)))


def refused(told):
    """The reason for which a document is refused, or None."""
    try:
        read(told)
    except RefusedError as error:
        return error.reason
    return None


def opened(told):
    """The document itself, read to its end."""
    made = Document(io.BytesIO(json.dumps(told).encode() if isinstance(told, dict) else told))
    for _ in made:
        pass
    return made
