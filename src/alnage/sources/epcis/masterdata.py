"""Master data of a document: what its vocabulary says of locations, parties and products.

An event names places and goods by identifier only. A document may say in its header, or a
master data document in its body, what they are: names, countries, addresses. It is a claim
of who sent the document, like any cell of a table, and used like one.

    VocabularyElement (XML | JSON) ── Element(kind, id, attributes, children)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alnage.sources.epcis.xml_event import Element as XmlElement

_VTYPE = "urn:epcglobal:epcis:vtype:"
_MDA = ("urn:epcglobal:cbv:mda:", "https://ref.gs1.org/cbv/", "cbvmda:", "gs1:")


@dataclass(frozen=True, slots=True)
class Element:
    """One vocabulary element; attribute names of CBV are bare (``countryCode``)."""

    kind: str
    id: str
    attributes: Mapping[str, Any]
    children: tuple[str, ...] = ()

    def text(self, *names: str) -> str:
        """The first attribute among ``names`` that is told as text, or empty."""
        for name in names:
            value = self.attributes.get(name)
            if isinstance(value, (str, int, float)) and not isinstance(value, bool) and value != "":
                return str(value).strip()
        return ""


def from_xml(found: Iterable[tuple[str, XmlElement]]) -> tuple[Element, ...]:
    """Vocabulary elements of an XML document, each with the type of its vocabulary."""
    from alnage.sources.epcis.xml_event import plain

    made = []
    for kind, element in found:
        attributes = {
            _bare(child.attributes["id"]): plain(child)
            for child in element.children
            if child.name == "attribute" and "id" in child.attributes
        }
        children = element.child("children")
        ids = tuple(item.text.strip() for item in children.children) if children else ()
        made.append(
            Element(kind.removeprefix(_VTYPE), element.attributes.get("id", ""), attributes, ids)
        )
    return tuple(made)


def from_json(header: Any, body: Mapping[str, Any]) -> tuple[Element, ...]:
    """Vocabulary elements of a JSON document's header, or of the results of a query."""
    made = []
    for vocabulary in (*_lists(header), *_lists(body)):
        kind = str(vocabulary.get("type", "")).removeprefix(_VTYPE)
        elements = vocabulary.get("vocabularyElementList")
        told = elements if isinstance(elements, list) else []
        made += [_from_json(kind, element) for element in told if isinstance(element, dict)]
    return tuple(made)


def _from_json(kind: str, element: Mapping[str, Any]) -> Element:
    told = element.get("attributes")
    attributes = {
        _bare(str(item.get("id", ""))): item.get("attribute")
        for item in (told if isinstance(told, list) else ())
        if isinstance(item, dict)
    }
    children = element.get("children")
    ids = tuple(map(str, children)) if isinstance(children, list) else ()
    return Element(kind, str(element.get("id", "")), attributes, ids)


def _lists(value: Any) -> list[Mapping[str, Any]]:
    """Vocabularies under ``vocabularyList``, wherever master data may stand."""
    found: list[Mapping[str, Any]] = []
    if isinstance(value, Mapping):
        told = value.get("vocabularyList")
        found += [v for v in told if isinstance(v, dict)] if isinstance(told, list) else []
        for name in ("epcisMasterData", "queryResults", "resultsBody"):
            found += _lists(value.get(name))
    return found


def _bare(name: str) -> str:
    for prefix in _MDA:
        name = name.removeprefix(prefix)
    return name
