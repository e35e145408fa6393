"""CBP's own export of withhold-release orders and findings (CSV, Latin-1).

A cell names a party, several parties, a vessel, or the goods of a whole region. Parties
that stand clearly apart become entities of their own; where it is not clear where one
name ends, the cell stays whole and its parts are leads. Only open orders are in it.

    row ── subjects(cell) ──> Entry ──> Listing (clause wro | finding)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from alnage.model import Citation, Listing, Reason, RegisterError, Scope
from alnage.registers.formats.entry import US_DAY, Entry, country_of, slug
from alnage.registers.formats.opening import Source
from alnage.registers.names import fold, split_form
from alnage.registers.plain import Reading, Rows, read_day

COLUMNS = ("Country", "Entity", "Merchandise", "Status", "WRO/Finding", "Effective Date")
PAGE = "https://www.cbp.gov/trade/forced-labor/withhold-release-orders-and-findings"
_SUBORDINATES = re.compile(r",?\s+and\s+(?:its|their)\s+subordinates?\.?$", re.IGNORECASE)
_SUBSIDIARIES = re.compile(r",?\s+and\s+(?:(?:its|their)\s+)?subsidiaries\.?$", re.IGNORECASE)
_NAMED_SUBSIDIARIES = re.compile(r",?\s+and\s+its\s+\w+\s+subsidiaries\s+from\s+[^,]+,\s*", re.IGNORECASE)  # fmt: skip
_DAY = re.compile(r"20\d\d-\d\d-\d\d")
_VESSEL = re.compile(r"^Fishing Vessel:\s*(.+)$", re.IGNORECASE)
_OWNED = re.compile(r"^Fishing Vessels owned by\s+(.+)$", re.IGNORECASE)
_GOODS = re.compile(r"^All\s|\bproduced in\b|^Artisanal Small Mines$|Autonomous Region", re.IGNORECASE)  # fmt: skip
_XINJIANG = re.compile(r"Xinjiang Uy?ghu?r|XUAR", re.IGNORECASE)
_ACRONYM = re.compile(r"\s*\(([A-Z]{3,8})\)$")
_COMMA = re.compile(r"[,;]\s+(?:and\s+)?(?!(?:Ltd|Limited|Inc|LLC|L\.L\.C|Co)\b)")
_NAMED = re.compile(r"\s*\(of [^()]*\)\s*$")


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject of an order: a party, or goods of a place (``goods``)."""

    name: str
    aliases: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    scope: Scope = "own"
    notes: tuple[str, ...] = ()


def read_cbp(source: Source, register: str) -> Reading:
    """Read the export; RegisterError if columns are missing or it is cut off."""
    rows = Rows(source.name)
    found: list[Listing] = []
    for number, values in source.table("latin-1", COLUMNS):
        if not values["Entity"]:
            rows.lose(number, "Entity")
            continue
        found += _listings(values, number, register, rows)
    if not found:
        raise RegisterError("register_no_entries", file=source.name)
    # The export is named after its day, and says it nowhere else.
    named = _DAY.search(source.name)
    published = read_day(named[0]) if named else None
    latest = published or max((one.effective_from for one in found if one.effective_from), default=None)  # fmt: skip
    gaps = (Reason("only_open_orders", {"date": str(latest or "?")}),)
    return rows.reading(found, published=published, gaps=gaps)


def _listings(values: dict[str, str], number: int, register: str, rows: Rows) -> Iterable[Listing]:
    country = country_of(values.get("Country Code", "")) or country_of(values["Country"])
    day = rows.day(values["Effective Date"], number, "Effective Date", US_DAY)
    for one in subjects(values["Entity"], country):
        entry = Entry(slug(one.name.replace("(XPCC)", "")), one.name, number, scope=one.scope)
        entry.strong, entry.weak = list(one.aliases), list(one.leads)
        entry.countries = [country]
        entry.clause = values["WRO/Finding"].casefold()
        entry.basis = "19 U.S.C. 1307"
        entry.effective_from = entry.listed_on = day
        entry.citations = [
            Citation(
                "CBP, withhold release orders and findings",
                values.get("Press Release") or PAGE,
                "primary",
            )
        ]
        remarks = values.get("Remarks", "")
        entry.notes = [f"merchandise: {values['Merchandise']}", f"status: {_status(values['Status'], remarks)}", *one.notes]  # fmt: skip
        entry.notes += [f"remarks: {remarks}"] if remarks else []
        listing = entry.listing(register)
        yield listing


def _status(status: str, remarks: str) -> str:
    """An order stays in force, whatever supersedes its enforcement.

    >>> _status("Active", "Enforcement of WRO superseded by enforcement of UFLPA"), _status("Partially Modified", "")
    ('superseded_by_practice', 'partially_modified')
    """
    if "superseded by enforcement of uflpa" in remarks.casefold():
        return "superseded_by_practice"
    return slug(status).replace("-", "_")


def subjects(cell: str, country: str = "") -> list[Subject]:
    """The subjects that a cell names.

    >>> [one.name for one in subjects("Yili Garment Co., Ltd. and Baoding Trade Co., Ltd.")]
    ['Yili Garment Co., Ltd.', 'Baoding Trade Co., Ltd.']
    >>> subjects("Hoshine Silicon Co. Ltd. and Subsidiaries")[0].scope
    'subsidiaries'
    """
    cell = " ".join(cell.split())
    if _GOODS.search(cell):
        group = (
            "region:CN-XJ" if _XINJIANG.search(cell) else f"country:{country}" if country else ""
        )
        return [Subject(cell, notes=("subject: goods", *((f"group: {group}",) if group else ())))]
    vessel, owned = _VESSEL.match(cell), _OWNED.match(cell)
    if vessel:
        return [Subject(cell, leads=(vessel[1],), notes=("subject: vessel",))]
    if owned:
        return [Subject(owned[1], notes=("subject: fishing vessels it owns",))]
    for pattern, scope in (
        (_SUBORDINATES, "subordinate_and_affiliated"),
        (_SUBSIDIARIES, "subsidiaries"),
    ):
        if pattern.search(cell):
            return [_party(name, scope) for name in _apart(pattern.sub("", cell))]  # type: ignore[arg-type]  # a literal of Scope
    return [_party(name, "own") for name in _apart(_NAMED_SUBSIDIARIES.sub("; ", cell))]


def _party(name: str, scope: Scope) -> Subject:
    name = _NAMED.sub("", name).strip()
    name = re.sub(r"\.\.+$", ".", name)
    acronym = _ACRONYM.search(name)
    aliases = (_ACRONYM.sub("", name), acronym[1]) if acronym else ()
    return Subject(name, aliases, _leads(name), scope)


def _leads(name: str) -> tuple[str, ...]:
    """The parts of a cell that may be several names, or one with commas of its own.

    >>> _leads("Nanhu Tree Farm, Zhejiang Sanmei Tea Co., Ltd."), _leads("Tom Foods Co., Ltd.")
    (('Nanhu Tree Farm', 'Zhejiang Sanmei Tea Co., Ltd.'), ())
    """
    parts = [part.strip(" ") for part in _COMMA.split(name)]
    forms = [split_form(fold(part)) for part in parts]
    if len(parts) < 2 or not any(form for _, form in forms):
        return ()
    return tuple(part for part, (stem, _) in zip(parts, forms, strict=True) if len(stem) > 1)


def _apart(cell: str) -> list[str]:
    """Names that stand clearly apart: by ``;``, or by ``and`` between two legal forms."""
    found: list[str] = []
    for piece in cell.split("; "):
        left, _, right = piece.partition(" and ")
        sides = (left.strip(" ,"), right.strip())
        if all(split_form(fold(side))[1] for side in sides):
            found += sides
        elif found and not split_form(fold(piece))[1] and " " not in piece.strip(" ."):
            found[-1] = f"{found[-1]}; {piece}"  # a place behind the last name
        else:
            found.append(piece)
    return found
