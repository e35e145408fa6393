"""XML documents, an event at a time, without entities and without anything fetched.

A small tree is built for one event and let go after it. Entity declarations, internal
subsets and document types kept elsewhere are refused before they can grow or fetch
anything; a bare ``<!DOCTYPE name>`` harms nobody. What stands around the events is checked
as far as it tells that a document is whole.

    bytes ── expat ── element tree of one event ── raw event (as JSON has it)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from alnage.model import Reason
from alnage.sources.epcis.json_reader import CHUNK, LARGEST, Bytes, RawDocument
from alnage.sources.epcis.refusal import RefusedError, cut
from alnage.sources.epcis.xml_event import Element, raw_event

DEEPEST = 100  # elements inside each other
EVENTS = frozenset(
    [
        "ObjectEvent",
        "AggregationEvent",
        "TransactionEvent",
        "TransformationEvent",
        "AssociationEvent",
        "QuantityEvent",
    ]
)
ROOTS = {
    "EPCISDocument": "document",
    "EPCISQueryDocument": "query",
    "EPCISMasterDataDocument": "masterdata",
    "EPCISCaptureJob": "job",
}
# Namespaces whose elements stand without a prefix in EPCIS documents.
_OWN = tuple(
    f"urn:epcglobal:{name}:xsd:{version}"
    for name in ("epcis", "epcis-query", "epcis-masterdata")
    for version in (1, 2)
)
_SEPARATOR = "}"


class _Builder:
    """Expat's handlers: they keep the way down to the present element, and whole events."""

    def __init__(self, found: RawDocument) -> None:
        self.found = found
        self.path: list[str] = []
        self.ready: list[Element] = []
        self.vocabulary = ""
        self._open: list[Element] = []
        self._size = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = _own_name(name)
        if len(self.path) >= DEEPEST:
            raise RefusedError(Reason("epcis_too_deep"))
        if not self.path:
            self._root(name, attributes)
        self.path.append(name)
        if self._open or name in EVENTS or name in ("VocabularyElement", "Poll"):
            element = Element(name, {_own_name(key): value for key, value in attributes.items()})
            if self._open:
                self._open[-1].children.append(element)
            self._open.append(element)
            self._grow(len(name) + sum(map(len, attributes.values())) + 50)
        elif name == "Vocabulary":
            self.vocabulary = attributes.get("type", "")
        elif len(self.path) > 1:
            self._known(name)

    def _root(self, name: str, attributes: dict[str, str]) -> None:
        form = ROOTS.get(name, "event" if name in EVENTS else "")
        if not form:
            raise RefusedError(Reason("epcis_root_unknown", {"element": cut(name)}))
        self.found.form = form
        self.found.members.update({_own_name(key): value for key, value in attributes.items()})

    def _known(self, name: str) -> None:
        """Between the events only lists and extensions may stand, or what is another's."""
        parent = self.path[-2]
        inside = parent == "EventList" or (parent == "extension" and "EventList" in self.path)
        if inside and name != "extension" and not name.startswith("{"):
            raise RefusedError(Reason("epcis_type_unknown", {"type": cut(name)}))
        if name == "EPCISBody":
            self.found.body["EPCISBody"] = True

    def end(self, _name: str) -> None:
        self.path.pop()
        if not self._open:
            return
        element = self._open.pop()
        if self._open:
            return
        self._size = 0
        if element.name in EVENTS:
            self.ready.append(element)
        elif element.name == "Poll":
            _check_poll(element)
        else:
            self.found.vocabulary.append((self.vocabulary, element))

    def text(self, data: str) -> None:
        if self._open:
            self._open[-1].text += data
            self._grow(len(data))

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > LARGEST:
            raise RefusedError(Reason("epcis_too_big", {"limit": f"{LARGEST >> 20} MiB"}))

    def doctype(self, _name: str, system: str | None, public: str | None, subset: int) -> None:
        if subset or system or public:
            raise RefusedError(Reason("epcis_doctype"))

    def entity(self, *_told: Any) -> int:
        raise RefusedError(Reason("epcis_doctype"))


def _own_name(name: str) -> str:
    """EPCIS's own names bare, all others with their namespace in braces."""
    namespace, separator, local = name.rpartition(_SEPARATOR)
    if not separator or namespace in _OWN:
        return local
    return f"{{{namespace}}}{local}"


def read_xml(stream: Bytes, found: RawDocument) -> Iterator[dict[str, Any]]:
    """Raw events of an XML document, query result or bare event, in their order.

    Raises:
        RefusedError: the text is no XML, declares entities, or is no EPCIS.
    """
    builder = _Builder(found)
    parser = _parser(builder)
    while True:
        data = stream.read(CHUNK)
        try:
            parser.Parse(data, not data)
        except expat.ExpatError as error:
            raise RefusedError(Reason("epcis_xml_broken", {"problem": cut(error)})) from error
        except (ValueError, LookupError) as error:  # an encoding that nobody knows
            raise RefusedError(Reason("epcis_not_text")) from error
        ready, builder.ready = builder.ready, []
        for element in ready:
            yield raw_event(element)
        if not data:
            return


def _parser(builder: _Builder) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.EntityDeclHandler = builder.entity
    parser.UnparsedEntityDeclHandler = builder.entity
    parser.ExternalEntityRefHandler = builder.entity
    return parser


def _check_poll(element: Element) -> None:
    """A query that is asked (not answered) holds no events, but must be whole."""
    params = element.child("params")
    for param in params.children if params is not None else ():
        name = param.child("name")
        if name is None or param.child("value") is None:
            told = {"field": "value" if name is not None else "name"}
            raise RefusedError(Reason("epcis_query_param", told))
