"""The EU consolidated list of financial sanctions, XML format 1.1.

Every entry and every name carries the act that brought it. The first legal effect is the
earliest act that names the entry (its own and those of its names); the act printed beside
the entry may be a later amendment, which must not make a listing younger than it is.

    export / sanctionEntity* (regulation, nameAlias+, address*, identification*) ──> Listing
"""

from __future__ import annotations

import datetime as dt
from xml.etree.ElementTree import Element

from alnage.model import Citation, Listing, RegisterError
from alnage.registers.formats.entry import Entry, identifier
from alnage.registers.formats.ofac_xml import earliest
from alnage.registers.formats.opening import Source
from alnage.registers.formats.xml_entries import entries, texts
from alnage.registers.plain import Reading, Rows

_UNKNOWN = "00"


def read_eu(source: Source, register: str) -> Reading:
    """Read an EU full list 1.1; RegisterError if it ends early or has no entries."""
    rows = Rows(source.name)
    found: list[Listing] = []
    root: dict[str, str] = {}
    with source.open() as stream:
        for element, line in entries(
            stream, source.name, "export", ("sanctionEntity",), root.update
        ):
            entry = _entry(element, line, rows)
            if entry is None:
                rows.lose(line, "logicalId, nameAlias")
            else:
                found.append(entry.listing(register))
    if not found:
        raise RegisterError("register_no_entries", file=source.name)
    published = rows.day(root.get("generationDate", ""), 1, "generationDate")
    return rows.reading(found, published=published)


def _entry(element: Element, line: int, rows: Rows) -> Entry | None:
    # One entity may have two entries, under two programmes: they share both numbers.
    entity = element.get("euReferenceNumber") or element.get("logicalId") or ""
    names = [(_whole(one), one) for one in element.iterfind("nameAlias")]
    names = [(name, one) for name, one in names if name]
    if not entity or not names:
        return None
    first = next((name for name, one in names if one.get("strong") != "false"), names[0][0])
    entry = Entry(entity, first, line)
    kind = element.find("subjectType")
    person = kind is not None and (kind.get("code") or kind.get("classificationCode")) in ("person", "P")  # fmt: skip
    entry.schema = "Person" if person else "Organization"
    for name, one in names:
        (entry.weak if one.get("strong") == "false" else entry.strong).append(name)
    _places(element, entry, person=person)
    for one in element.iterfind("identification"):
        if one.get("knownFalse") != "true":
            kind_of = (
                f"{one.get('identificationTypeCode')} {one.get('identificationTypeDescription')}"
            )
            entry.identifiers.append(identifier(kind_of, one.get("number") or one.get("latinNumber") or ""))  # fmt: skip
    _acts(element, entry, [one for _, one in names], line, rows)
    _remarks(element, entry)
    return entry


def _whole(alias: Element) -> str:
    parts = (alias.get("firstName"), alias.get("middleName"), alias.get("lastName"))
    whole = alias.get("wholeName") or " ".join(filter(None, parts))
    return " ".join(whole.split())


def _places(element: Element, entry: Entry, *, person: bool) -> None:
    for one in element.iterfind("address"):
        keys = ("street", "poBox", "place", "city", "zipCode", "region", "countryDescription")
        entry.addresses.append(", ".join(filter(None, (one.get(key) for key in keys))))
    own = [one.get("countryIso2Code") or "" for one in element.iterfind("citizenship")] if person else []  # fmt: skip
    codes = own or [one.get("countryIso2Code") or "" for one in element.iterfind("address")]
    entry.countries = [code for code in codes if code != _UNKNOWN]


def _acts(element: Element, entry: Entry, names: list[Element], line: int, rows: Rows) -> None:
    """Dates and citations of the acts that name the entry."""

    def day(one: Element, key: str) -> dt.date | None:
        return rows.day(one.get(key) or "", line, key)

    own = element.findall("regulation")
    of_names = [(name, act) for name in names for act in name.iterfind("regulationSummary")]
    entry.announced_on = earliest(
        day(act, "publicationDate") for act in (*own, *(act for _, act in of_names))
    )
    entry.listed_on = max((d for act in own if (d := day(act, "publicationDate"))), default=None)
    forces = [day(act, "entryIntoForceDate") or day(act, "publicationDate") for act in own]
    entry.effective_from = earliest((*forces, entry.announced_on))
    entry.removed_on = rows.day(element.get("delistingDate") or "", line, "delistingDate")
    entry.clause = next((act.get("programme") or "" for act in own), "")
    entry.basis = next((act.get("numberTitle") or "" for act in own), "")
    for act in own:
        url = " ".join(texts(act, "publicationUrl"))
        entry.citations.append(Citation(f"EU {act.get('numberTitle')}", url, "primary"))
    for name, act in of_names:
        title = act.get("numberTitle") or ""
        if title and title != entry.basis:
            published = act.get("publicationDate") or "?"
            entry.notes.append(f"name by act: {_whole(name)} ({title}, {published})")


def _remarks(element: Element, entry: Entry) -> None:
    for one in element.iterfind("birthdate"):
        born = one.get("birthdate") or one.get("year") or ""
        entry.notes += [f"birth date: {born}"] if born else []
    entry.notes += [f"united nations: {one}" for one in [element.get("unitedNationId")] if one]
    entry.notes += [f"remarks: {one}" for one in texts(element, "remark")]
