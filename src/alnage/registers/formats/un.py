"""The consolidated list of the UN Security Council, XML.

Names of persons come in up to four parts, names of entities in the first alone; the name in
its original script counts as a name. A quality ``Low`` makes an alias a lead.

    CONSOLIDATED_LIST / INDIVIDUAL*, ENTITY* ──> Entry ──> Listing
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from alnage.model import Listing, RegisterError
from alnage.registers.formats.entry import Entry, identifier
from alnage.registers.formats.opening import Source
from alnage.registers.formats.xml_entries import entries, text, texts
from alnage.registers.plain import Reading, Rows

_NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")


def read_un(source: Source, register: str) -> Reading:
    """Read the UN list; RegisterError if it ends early or has no entries."""
    rows = Rows(source.name)
    found: list[Listing] = []
    root: dict[str, str] = {}
    names = ("INDIVIDUAL", "ENTITY")
    with source.open() as stream:
        for element, line in entries(stream, source.name, "CONSOLIDATED_LIST", names, root.update):
            entity = text(element, "REFERENCE_NUMBER") or text(element, "DATAID")
            name = " ".join(part for key in _NAMES for part in texts(element, key))
            if not entity or not name:
                rows.lose(line, "REFERENCE_NUMBER" if name else "FIRST_NAME")
            else:
                found.append(_entry(element, Entry(entity, name, line), rows).listing(register))
    if not found:
        raise RegisterError("register_no_entries", file=source.name)
    published = rows.day(root.get("dateGenerated", ""), 1, "dateGenerated")
    return rows.reading(found, published=published)


def _entry(element: Element, entry: Entry, rows: Rows) -> Entry:
    person = element.tag == "INDIVIDUAL"
    entry.schema = "Person" if person else "Organization"
    entry.strong += texts(element, "NAME_ORIGINAL_SCRIPT")
    for alias in element.iterfind(f"{element.tag}_ALIAS"):
        weak = text(alias, "QUALITY").casefold() == "low"
        for name in texts(alias, "ALIAS_NAME"):
            (entry.weak if weak else entry.strong).append(name)
            if text(alias, "QUALITY").casefold() == "f.k.a.":
                entry.notes.append(f"former name: {name}")
    for address in element.iterfind(f"{element.tag}_ADDRESS"):
        parts = [" ".join((child.text or "").split()) for child in address]
        entry.addresses.append(", ".join(part for part in parts if part))
    nations = texts(element, "NATIONALITY/VALUE")
    entry.countries = nations or texts(element, f"{element.tag}_ADDRESS/COUNTRY")
    for document in element.iterfind("INDIVIDUAL_DOCUMENT"):
        kind = " ".join(texts(document, "TYPE_OF_DOCUMENT"))
        entry.identifiers.append(identifier(kind, text(document, "NUMBER")))
    # A decision of the Council binds from the day it is taken.
    listed = rows.day(text(element, "LISTED_ON"), entry.row, "LISTED_ON")
    entry.announced_on = entry.effective_from = entry.listed_on = listed
    entry.clause = entry.basis = text(element, "UN_LIST_TYPE")
    entry.notes += [f"updated: {one}" for one in texts(element, "LAST_DAY_UPDATED/VALUE")]
    entry.notes += [
        f"birth date: {one}"
        for key in ("DATE", "YEAR")
        for one in texts(element, f"INDIVIDUAL_DATE_OF_BIRTH/{key}")
    ]
    entry.notes += [f"remarks: {one}" for one in texts(element, "COMMENTS1")]
    return entry
