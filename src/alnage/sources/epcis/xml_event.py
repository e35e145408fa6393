"""Elements of one XML event in the shape that the JSON binding has.

One set of rules checks both bindings, so XML is brought to JSON's shape first: lists
without their inner names, attributes as members, numbers as numbers. The ``extension``
elements in which version 1.2 nests its later fields are opened on the way, and names of
others keep their namespace.

    Element ── raw_event() ── {"type": "ObjectEvent", "epcList": […], …}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from alnage.model import Reason
from alnage.sources.epcis.refusal import RefusedError, cut


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


_TEXTS = frozenset(
    [
        "eventTime",
        "recordTime",
        "eventTimeZoneOffset",
        "eventID",
        "action",
        "bizStep",
        "disposition",
        "parentID",
        "transformationID",
    ]
)
_NUMBERS = frozenset(
    ("value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue")
)


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
            raise RefusedError(Reason("epcis_name_twice", {"field": name}))
        else:
            _field(child, raw)


def _field(child: Element, raw: dict[str, Any]) -> None:
    name = child.name
    if name in _TEXTS:
        raw[name] = child.text.strip()
    elif name in _LISTS:
        inner, read = _LISTS[name]
        raw[name] = [read(_named(item, inner, name)) for item in child.children]
    elif name in _OBJECTS:
        raw[name] = _OBJECTS[name](child)
    elif name == "quantity":
        raw[name] = number(child.text)
    else:
        _add(raw, name, plain(child))


def _named(element: Element, name: str, within: str) -> Element:
    if element.name != name:
        told = {"field": cut(f"{within}.{element.name}"), "near": name}
        raise RefusedError(Reason("epcis_field_unknown", told))
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


def _typed(element: Element) -> dict[str, Any]:
    value = {element.name: element.text.strip()}
    if "type" in element.attributes:
        value["type"] = element.attributes["type"].strip()
    return value


def _text(element: Element) -> str:
    return element.text.strip()


def _lasting(element: Element) -> dict[str, Any]:
    words: dict[str, list[str]] = {}
    for item in element.children:
        words.setdefault(item.name, []).append(item.text.strip())
    return words


def _opened(element: Element) -> dict[str, Any]:
    """An object of the children; an ``extension`` among them is opened."""
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


_LISTS: Mapping[str, tuple[str, Callable[[Element], Any]]] = {
    **dict.fromkeys(("epcList", "childEPCs", "inputEPCList", "outputEPCList"), ("epc", _text)),
    **dict.fromkeys(
        ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"),
        ("quantityElement", _quantity),
    ),
    "bizTransactionList": ("bizTransaction", _typed),
    "sourceList": ("source", _typed),
    "destinationList": ("destination", _typed),
    "sensorElementList": ("sensorElement", _sensor),
}
_OBJECTS: Mapping[str, Callable[[Element], Any]] = {
    "readPoint": _opened,
    "bizLocation": _opened,
    "ilmd": _opened,
    "persistentDisposition": _lasting,
    "errorDeclaration": _declaration,
}
