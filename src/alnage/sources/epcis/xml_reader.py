"""XML documents, an event at a time, without entities and without anything fetched.

A small tree is built for one event and let go after it. Entity declarations, internal
subsets and document types kept elsewhere are refused before they can grow or fetch
anything; a bare ``<!DOCTYPE name>`` harms nobody. The tree becomes the shape that the JSON
binding has, so that one set of rules checks both; the ``extension`` elements in which
version 1.2 nests its later fields are opened on the way.

    bytes ── expat ── element tree of one event ── raw event (as JSON has it)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from xml.parsers import expat

from alnage.model import Reason
from alnage.sources.epcis.json_reader import CHUNK, LARGEST, RawDocument
from alnage.sources.epcis.refusal import Refused, cut

DEEPEST = 100  # elements inside each other
EVENTS = frozenset(
    """ObjectEvent AggregationEvent TransactionEvent TransformationEvent AssociationEvent
    QuantityEvent""".split()
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


@dataclass(slots=True)
class Element:
    """An element: its name (``{namespace}local``, or bare if it is EPCIS's own) and content."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def child(self, name: str) -> Element | None:
        """The first child of that name."""
        return next((child for child in self.children if child.name == name), None)


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
            raise Refused(Reason("epcis_too_deep"))
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
            raise Refused(Reason("epcis_root_unknown", {"element": cut(name)}))
        self.found.form = form
        self.found.members.update({_own_name(key): value for key, value in attributes.items()})

    def _known(self, name: str) -> None:
        """Between the events only lists and extensions may stand, or what is another's."""
        parent = self.path[-2]
        inside = parent == "EventList" or (parent == "extension" and "EventList" in self.path)
        if inside and name != "extension" and not name.startswith("{"):
            raise Refused(Reason("epcis_type_unknown", {"type": cut(name)}))
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
            raise Refused(Reason("epcis_too_big", {"limit": f"{LARGEST >> 20} MiB"}))

    def doctype(self, _name: str, system: str | None, public: str | None, subset: int) -> None:
        if subset or system or public:
            raise Refused(Reason("epcis_doctype"))

    def entity(self, *_told: Any) -> None:
        raise Refused(Reason("epcis_doctype"))


def _own_name(name: str) -> str:
    """EPCIS's own names bare, all others with their namespace in braces."""
    namespace, separator, local = name.rpartition(_SEPARATOR)
    if not separator or namespace in _OWN:
        return local
    return f"{{{namespace}}}{local}"


def read_xml(stream: IO[bytes], found: RawDocument) -> Iterator[dict[str, Any]]:
    """Raw events of an XML document, query result or bare event, in their order.

    Raises:
        Refused: the text is no XML, declares entities, or is no EPCIS.
    """
    builder = _Builder(found)
    parser = _parser(builder)
    while True:
        data = stream.read(CHUNK)
        try:
            parser.Parse(data, not data)
        except expat.ExpatError as error:
            raise Refused(Reason("epcis_xml_broken", {"problem": cut(error)})) from error
        except (ValueError, LookupError) as error:  # an encoding that nobody knows
            raise Refused(Reason("epcis_not_text")) from error
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
            raise Refused(Reason("epcis_query_param", told))


# ── one event, from elements to the shape of JSON ──

_TEXTS = frozenset(
    """eventTime recordTime eventTimeZoneOffset eventID action bizStep disposition parentID
    transformationID""".split()
)
_EPC_LISTS = frozenset(("epcList", "childEPCs", "inputEPCList", "outputEPCList"))
_QUANTITY_LISTS = frozenset(
    ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
)
_TYPED = {"bizTransactionList": "bizTransaction", "sourceList": "source"}
_TYPED_LISTS = {**_TYPED, "destinationList": "destination"}
_NUMBERS = frozenset("value minValue maxValue meanValue sDev percRank percValue".split())


def raw_event(element: Element) -> dict[str, Any]:
    """An event's elements as the JSON binding writes them; what is not known stays visible."""
    raw: dict[str, Any] = {"type": element.name}
    _fields(element, raw)
    if element.name == "QuantityEvent":  # of version 1.0, a class seen in some number
        raw["type"], raw["action"] = "ObjectEvent", "OBSERVE"
        told = {"epcClass": raw.pop("epcClass", None), "quantity": raw.pop("quantity", None)}
        raw["quantityList"] = [{k: v for k, v in told.items() if v is not None}]
    return raw


def _fields(element: Element, raw: dict[str, Any]) -> None:
    for child in element.children:
        name = child.name
        if name in ("extension", "baseExtension"):
            _fields(child, raw)
        elif name == "certificationInfo":
            raw.setdefault(name, []).append(child.text.strip())
        elif name in raw and not name.startswith("{"):
            raise Refused(Reason("epcis_name_twice", {"field": name}))
        else:
            _field(child, raw)


def _field(child: Element, raw: dict[str, Any]) -> None:
    name = child.name
    if name in _TEXTS:
        raw[name] = child.text.strip()
    elif name in _EPC_LISTS:
        raw[name] = [_named(item, "epc", name).text.strip() for item in child.children]
    elif name in _QUANTITY_LISTS:
        raw[name] = [_quantity(_named(q, "quantityElement", name)) for q in child.children]
    elif name in _TYPED_LISTS:
        inner = _TYPED_LISTS[name]
        raw[name] = [_typed(_named(item, inner, name), inner) for item in child.children]
    elif name in ("readPoint", "bizLocation"):
        raw[name] = _place(child)
    elif name == "persistentDisposition":
        words: dict[str, list[str]] = {}
        for item in child.children:
            words.setdefault(item.name, []).append(item.text.strip())
        raw[name] = words
    elif name == "errorDeclaration":
        raw[name] = _declaration(child)
    elif name == "sensorElementList":
        raw[name] = [_sensor(_named(item, "sensorElement", name)) for item in child.children]
    elif name == "ilmd":
        raw[name] = _ilmd(child)
    elif name in ("epcClass", "quantity"):
        raw[name] = number(child.text) if name == "quantity" else child.text.strip()
    else:
        _add(raw, name, plain(child))


def _named(element: Element, name: str, within: str) -> Element:
    if element.name != name:
        told = {"field": cut(f"{within}.{element.name}"), "near": name}
        raise Refused(Reason("epcis_field_unknown", told))
    return element


def _add(into: dict[str, Any], name: str, value: Any) -> None:
    """An element told several times is a list."""
    if name not in into:
        into[name] = value
    elif isinstance(into[name], list):
        into[name].append(value)
    else:
        into[name] = [into[name], value]


def plain(element: Element) -> Any:
    """An extension's element: its text, or an object of its children."""
    if not element.children:
        return element.text.strip()
    value: dict[str, Any] = {}
    for child in element.children:
        _add(value, child.name, plain(child))
    return value


def number(text: str) -> Any:
    """A number if the text is one (as XML Schema writes decimals), else the text itself.

    >>> number("10"), number("200.50"), number("twenty")
    (10, 200.5, 'twenty')
    """
    text = text.strip()
    try:
        if text.lstrip("+-").isdecimal() and text.isascii():
            return int(text)
        return float(text) if text.replace(".", "", 1).strip("+-").isdecimal() else text
    except ValueError:
        return text


def _quantity(element: Element) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for child in element.children:
        told: Any = child.text.strip()
        if child.name == "quantity":
            if not told:
                continue  # nillable: the amount is not told
            told = number(told)
        _add(value, child.name, told)
    return value


def _typed(element: Element, name: str) -> dict[str, Any]:
    value = {name: element.text.strip()}
    if "type" in element.attributes:
        value["type"] = element.attributes["type"].strip()
    return value


def _place(element: Element) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for child in element.children:
        for inner in child.children if child.name == "extension" else (child,):
            _add(value, inner.name, plain(inner))
    return value


def _declaration(element: Element) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for child in element.children:
        if child.name == "correctiveEventIDs":
            value[child.name] = [item.text.strip() for item in child.children]
        else:
            for inner in child.children if child.name == "extension" else (child,):
                _add(value, inner.name, plain(inner))
    return value


def _ilmd(element: Element) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for child in element.children:
        for inner in child.children if child.name == "extension" else (child,):
            _add(value, inner.name, plain(inner))
    return value


def _sensor(element: Element) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for child in element.children:
        if child.name == "sensorMetadata":
            value[child.name] = dict(child.attributes)
        elif child.name == "sensorReport":
            value.setdefault(child.name, []).append(_report(child))
        elif child.name == "extension":
            for inner in child.children:
                _add(value, inner.name, plain(inner))
        else:
            _add(value, child.name, plain(child))
    return value


def _report(element: Element) -> dict[str, Any]:
    report: dict[str, Any] = {}
    for name, text in element.attributes.items():
        if name in _NUMBERS:
            report[name] = number(text)
        elif name == "booleanValue":
            report[name] = {"true": True, "1": True, "false": False, "0": False}.get(text, text)
        else:
            report[name] = text
    return report
