"""The US Consolidated Screening List: one CSV of many lists, 29 columns.

It holds neither the UFLPA list nor withhold-release orders, which its name may make a
reader believe. Its ``_id`` changes style between releases and is no key: parties of the
Treasury keep their number, all others are known by list and name.

    row ── list code · number or name ──> Entry ── rows of one entry pooled ──> Listing
"""

from __future__ import annotations

import datetime as dt
import re

from alnage.model import Citation, Listing, RegisterError
from alnage.registers.formats.entry import Entry, identifier, pooled, slug
from alnage.registers.formats.ofac_xml import CMIC, SCHEMAS
from alnage.registers.formats.opening import Source
from alnage.registers.plain import Reading, Rows, read_day

COLUMNS = ("_id", "source", "entity_number", "name", "addresses", "start_date", "end_date", "alt_names", "ids")  # fmt: skip
_CODE = re.compile(r"\(([^()]+)\)")
_EFFECTIVE = re.compile(r"(\d\d \w{3} \d{4}), Effective Date \(CMIC\)|Effective Date \(CMIC\), (\d\d \w{3} \d{4})")  # fmt: skip
_AND = re.compile(r"^and\s+", re.IGNORECASE)


def read_csl(source: Source, register: str) -> Reading:
    """Read ``consolidated.csv``; RegisterError if columns are missing or it is cut off."""
    rows = Rows(source.name)
    found: list[Listing] = []
    for number, values in source.table("utf-8-sig", COLUMNS):
        if values["name"] == "name" and values["source"] == "source":
            continue  # files joined by hand repeat the header
        if not values["name"] or not values["source"]:
            rows.lose(number, "source" if values["name"] else "name")
            continue
        found.append(_entry(values, number, rows).listing(register))
    if not found:
        raise RegisterError("register_no_entries", file=source.name)
    return rows.reading(pooled(found))


def _entry(values: dict[str, str], number: int, rows: Rows) -> Entry:
    code = _code(values["source"])
    entity = values["entity_number"] or f"{code.casefold()}-{slug(values['name'])}"
    entry = Entry(entity, values["name"], number, clause=code)
    entry.schema = SCHEMAS.get(values.get("type", "").casefold(), "")
    entry.strong = [_AND.sub("", name.strip()) for name in values["alt_names"].split(";")]
    entry.addresses = [one.strip() for one in values["addresses"].split(";") if one.strip()]
    entry.countries = _countries(values, entry)
    entry.identifiers = [_number(one) for one in values["ids"].split("; ")]
    entry.basis = values.get("programs", "") or values.get("federal_register_notice", "")
    _dates(values, entry, number, rows)
    notice = values.get("federal_register_notice", "")
    if notice:
        entry.citations.append(Citation(notice, values.get("source_information_url", ""), "secondary"))  # fmt: skip
    for key, column in (
        ("list", "source"),
        ("title", "title"),
        ("birth date", "dates_of_birth"),
        ("licence requirement", "license_requirement"),
        ("vessel flag", "vessel_flag"),
        ("remarks", "remarks"),
    ):
        entry.notes += [f"{key}: {values[column]}"] if values.get(column) else []
    return entry


def _code(source: str) -> str:
    """The short name of the list, as the last brackets of its name hold it.

    >>> _code("Entity List (EL) - Bureau of Industry and Security")
    'EL'
    """
    codes = _CODE.findall(source)
    return codes[-1].removesuffix(" List") if codes else slug(source)


def _countries(values: dict[str, str], entry: Entry) -> list[str]:
    own = [*values.get("nationalities", "").split(";"), *values.get("citizenships", "").split(";")]
    if entry.schema == "Person" and any(one.strip() for one in own):
        return [one.strip() for one in own]
    return [one.rpartition(",")[2].strip() for one in entry.addresses]


def _number(text: str) -> str:
    """``CN, 9111…, Unified Social Credit Code (USCC)``; newer files turn the order round."""
    parts = [part.strip() for part in text.split(", ")]
    if len(parts) < 2:
        return ""
    return identifier(parts[-1], parts[-2]) or identifier(parts[0], parts[1])


def _dates(values: dict[str, str], entry: Entry, number: int, rows: Rows) -> None:
    entry.effective_from = rows.day(values["start_date"], number, "start_date")
    entry.listed_on = entry.effective_from
    last = rows.day(values["end_date"], number, "end_date")
    # The end is the last day with effect; a listing ends on the first day without.
    entry.removed_on = last + dt.timedelta(days=1) if last else None
    told = _EFFECTIVE.search(values["ids"])
    if told and values.get("programs") == CMIC and entry.effective_from is None:
        entry.effective_from = read_day(told[1] or told[2], ("%d %b %Y",))
