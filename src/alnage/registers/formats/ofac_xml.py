"""The OFAC lists in XML: SDN and consolidated (non-SDN), one layout.

The list states how many entries it has; another number is a broken file. It gives no day
of listing for most entries: those dates stay open, which keeps an entry in force on any
day, and only the day of publication says what the list is complete for.

    sdnList / publshInformation (sic), sdnEntry* ──> Entry ──> Listing
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from xml.etree.ElementTree import Element

from alnage.model import Listing, RegisterError
from alnage.registers.formats.entry import US_DAY, Entry, identifier
from alnage.registers.formats.opening import Source
from alnage.registers.formats.xml_entries import entries, text, texts
from alnage.registers.plain import Reading, Rows, read_day

SCHEMAS = {"entity": "Organization", "individual": "Person", "vessel": "Vessel", "aircraft": "Airplane"}  # fmt: skip
CMIC = "CMIC-EO13959"
_DAY_FORMS = ("%d %b %Y", "%d %B %Y", "%m/%d/%Y", "%b %d, %Y", "%B %d, %Y")


def read_ofac_xml(source: Source, register: str) -> Reading:
    """Read ``sdn.xml`` or ``consolidated.xml``.

    RegisterError if it ends early or its number of entries is not the one it states.
    """
    rows = Rows(source.name)
    found: list[Listing] = []
    published: dt.date | None = None
    stated = ""
    with source.open() as stream:
        names = ("publshInformation", "publishInformation", "sdnEntry")
        for element, line in entries(stream, source.name, "sdnList", names):
            if element.tag != "sdnEntry":
                published = rows.day(text(element, "Publish_Date"), line, "Publish_Date", US_DAY)
                stated = text(element, "Record_Count")
            elif not text(element, "uid") or not text(element, "lastName"):
                rows.lose(line, "uid" if text(element, "lastName") else "lastName")
            else:
                found.append(_entry(element, line).listing(register))
    count = len(found) + rows.lost
    if stated.isdecimal() and int(stated) != count:
        raise RegisterError("register_count", file=source.name, stated=int(stated), found=count)
    if not count:
        raise RegisterError("register_no_entries", file=source.name)
    return rows.reading(found, published=published)


def _entry(element: Element, line: int) -> Entry:
    uid = text(element, "uid")
    entry = Entry(uid, _name(element), line)
    entry.schema = SCHEMAS.get(text(element, "sdnType").casefold(), "")
    # Programmes come and go while an entry stays: they are its basis, not a sub-list.
    entry.basis = "; ".join(sorted(texts(element, "programList/program")))
    _aliases(element, entry)
    for address in element.iterfind("addressList/address"):
        parts = [" ".join((child.text or "").split()) for child in address if child.tag != "uid"]
        entry.addresses.append(", ".join(part for part in parts if part))
    entry.countries = _countries(element, entry.schema)
    _numbers(element, entry)
    for key, path in (
        ("title", "title"),
        ("birth date", "dateOfBirthList/dateOfBirthItem/dateOfBirth"),
        ("remarks", "remarks"),
        ("vessel flag", "vesselInfo/vesselFlag"),
    ):
        entry.notes += [f"{key}: {one}" for one in texts(element, path)]
    return entry


def _name(element: Element) -> str:
    """A company's name stands in ``lastName``; a person's as ``LAST, First``."""
    return ", ".join(filter(None, (text(element, "lastName"), text(element, "firstName"))))


def _aliases(element: Element, entry: Entry) -> None:
    for aka in element.iterfind("akaList/aka"):
        name = _name(aka)
        weak = text(aka, "category").casefold() == "weak"
        (entry.weak if weak else entry.strong).append(name)
        if text(aka, "type").casefold() == "f.k.a.":
            entry.notes.append(f"former name: {name}")


def _countries(element: Element, schema: str) -> list[str]:
    if schema == "Person":
        own = [*texts(element, "nationalityList/nationality/country"),
               *texts(element, "citizenshipList/citizenship/country")]  # fmt: skip
        if own:
            return own
    return texts(element, "addressList/address/country")


def _numbers(element: Element, entry: Entry) -> None:
    """Identifiers; dates of effect, where a programme prints them among the numbers."""
    effects: list[dt.date] = []
    listed: list[dt.date] = []
    for one in element.iterfind("idList/id"):
        kind, value = text(one, "idType"), text(one, "idNumber")
        entry.identifiers.append(identifier(kind, value))
        # Other programmes print days of single directives, later than the first effect.
        day = read_day(value, _DAY_FORMS) if kind.endswith(" Date (CMIC)") else None
        if day is not None and kind.startswith("Effective"):
            effects.append(day)
        elif day is not None and kind.startswith("Listing"):
            listed.append(day)
    if entry.basis == CMIC:
        entry.effective_from = earliest(effects)
        entry.announced_on = entry.listed_on = earliest(listed)


def earliest(days: Iterable[dt.date | None]) -> dt.date | None:
    """The first of some days; None if there is none."""
    return min((day for day in days if day is not None), default=None)
