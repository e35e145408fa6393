"""EPCIS 1.2 and 2.0, JSON-LD and XML: events read, checked and turned into custody tables.

The package stands on its own: ``read_events`` needs a path or a stream, fetches nothing
and holds one event in memory; ``to_tables`` makes rows of the custody folder of events.

    path ── read_events() ── Event, … ── to_tables() ── origins, movements, conversions, …
"""

from alnage.sources.epcis.document import Document, read_events, syntax_of
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
)
from alnage.sources.epcis.identifiers import Identifier, canonical, identify
from alnage.sources.epcis.refusal import RefusedError
from alnage.sources.epcis.tables import Tables, to_tables

__all__ = [
    "AggregationEvent",
    "AssociationEvent",
    "Document",
    "ErrorDeclaration",
    "Event",
    "Identifier",
    "ObjectEvent",
    "PersistentDisposition",
    "Place",
    "Quantity",
    "RefusedError",
    "Tables",
    "TransactionEvent",
    "TransformationEvent",
    "Typed",
    "canonical",
    "identify",
    "read_events",
    "syntax_of",
    "to_tables",
]
