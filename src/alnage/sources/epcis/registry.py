"""Sites, parties and products that master data and events name, as rows of the custody folder.

A name in master data is a claim of who sent the document. A party without a name gives no
row: screening a number for a name would find nothing and read as "not listed". A site's
party is who is said to hold the goods there.

    vocabulary, happenings ── place_rows(), product_rows() ──> Row, …
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from alnage.sources.epcis.flow import Row
from alnage.sources.epcis.happenings import Happening, place_id
from alnage.sources.epcis.identifiers import identify
from alnage.sources.epcis.masterdata import Element
from alnage.sources.schema import COUNTRIES

_LOCATIONS = frozenset(("BusinessLocation", "Location", "ReadPoint", "Site"))
_PARTIES = frozenset(("Party", "SourceDest"))
_PRODUCTS = frozenset(("EPCClass", "TradeItem"))
_NAME = ("name", "descriptionShort", "tradeItemDescription", "functionalName", "organizationName")
_STREET = ("streetAddressOne", "streetAddressTwo", "streetAddressThree", "city", "state")
_COORDINATE = re.compile(r"[+-]?\d{1,3}(\.\d+)?")


def place_rows(
    vocabulary: Mapping[str, Sequence[Element]], happenings: Sequence[Happening]
) -> list[Row]:
    """Rows of ``parties`` and ``sites``, each id once."""
    return [*_parties(vocabulary), *_sites(vocabulary, happenings)]


def _each(
    vocabulary: Mapping[str, Sequence[Element]], kinds: frozenset[str]
) -> Iterator[tuple[str, int, Element]]:
    for file, elements in vocabulary.items():
        for number, element in enumerate(elements, start=1):
            if element.kind in kinds and element.id:
                yield file, number, element


def _parties(vocabulary: Mapping[str, Sequence[Element]]) -> list[Row]:
    found: dict[str, Row] = {}
    for file, number, element in _each(vocabulary, _PARTIES):
        party, name = place_id(element.id), element.text(*_NAME)
        if name and party not in found:
            gln = identify(element.id)
            identifiers = f"gln:{gln.key}" if gln is not None else ""
            cells = {"party": party, "name": name, "identifiers": identifiers, **_address(element)}
            found[party] = Row("parties", file, number, cells)
    return list(found.values())


def _sites(
    vocabulary: Mapping[str, Sequence[Element]], happenings: Sequence[Happening]
) -> list[Row]:
    holders = _holders(happenings)
    told: dict[str, Row] = {}
    for file, number, element in _each(vocabulary, _LOCATIONS):
        site = place_id(element.id)
        name, address = element.text(*_NAME), _address(element)
        if not name and not any(address.values()):
            continue  # a shelf or a door of a location, which says nothing of the place
        cells = {"site": site, "party": holders.get(site, (site, None))[0], "name": name}
        cells |= {**address, **_coordinates(element)}
        known = told.get(site)
        if known is None or _filled(cells) > _filled(known.cells):
            told[site] = Row("sites", file, number, cells)
    for site, (party, h) in holders.items():
        if site not in told and h is not None:
            told[site] = Row("sites", h.file, h.row, {"site": site, "party": party})
    return list(told.values())


def _filled(cells: Mapping[str, str]) -> int:
    return sum(bool(cell) for cell in cells.values())


def _holders(happenings: Iterable[Happening]) -> dict[str, tuple[str, Happening | None]]:
    """Who holds goods at a site, as shippers and receivers say; two different ones are nobody."""
    found: dict[str, tuple[str, Happening | None]] = {}
    unsure: set[str] = set()
    for h in happenings:
        for ends in (h.sources, h.destinations):
            site, party = ends.get("location", ""), ends.get("possessing_party", "")
            if not site or not party:
                continue
            known = found.setdefault(site, (party, h))
            if known[0] != party:
                unsure.add(site)
    return {site: held for site, held in found.items() if site not in unsure}


def _address(element: Element) -> dict[str, str]:
    country = element.text("countryCode", "country").upper()
    state = element.text("state", "region").upper()
    region = state if re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", state) else ""
    lines = [element.text(name) for name in _STREET if name != "state" or not region]
    return {
        "country": country if country in COUNTRIES else "",
        "region": region,
        "address": ", ".join(filter(None, lines)),
        "postal_code": element.text("postalCode"),
    }


def _coordinates(element: Element) -> dict[str, str]:
    told = {"latitude": element.text("latitude"), "longitude": element.text("longitude")}
    return {name: text for name, text in told.items() if _COORDINATE.fullmatch(text)}


def product_rows(vocabulary: Mapping[str, Sequence[Element]]) -> list[Row]:
    """Rows of ``products`` for trade items that master data names."""
    found: dict[str, Row] = {}
    for file, number, element in _each(vocabulary, _PRODUCTS):
        item, name = identify(element.id), element.text(*_NAME)
        if item is not None and item.scheme == "gtin" and name and item.key not in found:
            found[item.key] = Row("products", file, number, {"product": item.key, "name": name})
    return list(found.values())
