"""Lists of the Bureau of Industry and Security: denied persons (text), and parsed lists (JSON).

The Entity List and the Military End-User List are published as regulation text only; what
can be imported is a parse of it as JSON. Such a parse may put an address among the
aliases: what looks like one is a lead and never decides.

    dpl.txt ── tabs ───────────┐
    {"list_id", "entities"} ───┴── Entry ──> Listing
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

from alnage.model import Citation, Listing, Reason, RegisterError
from alnage.registers.formats.entry import US_DAY, Entry, country_of, pooled, slug
from alnage.registers.formats.opening import Source
from alnage.registers.plain import Reading, Rows

DPL_COLUMNS = ("Name", "Street_Address", "City", "State", "Country", "Effective_Date", "Expiration_Date")  # fmt: skip
_NOTICE = re.compile(r"\b(\d+ F\.?R\.? [\d-]+),? +(\d{1,2}/\d{1,2}/\d{2,4})")
_ADDRESS = re.compile(r"\d.*,|,.*\d|\b(?:road|street|building|district|province|floor)\b", re.IGNORECASE)  # fmt: skip


def read_dpl(source: Source, register: str) -> Reading:
    """Read ``dpl.txt``; RegisterError if columns are missing or it is cut off."""
    rows = Rows(source.name)
    found: list[Listing] = []
    for number, values in source.table("cp1252", DPL_COLUMNS, "\t"):
        if not values["Name"]:
            rows.lose(number, "Name")
            continue
        entry = Entry(slug(values["Name"]), values["Name"], number, clause="DPL")
        keys = ("Street_Address", "City", "State", "Country")
        entry.addresses = [", ".join(filter(None, (values[key] for key in keys)))]
        entry.countries = [values["Country"]]
        entry.effective_from = rows.day(values["Effective_Date"], number, "Effective_Date", US_DAY)
        entry.listed_on = entry.effective_from
        last = rows.day(values["Expiration_Date"], number, "Expiration_Date", US_DAY)
        # An order holds through its day of expiration.
        entry.removed_on = last + dt.timedelta(days=1) if last else None
        cited = values.get("FR_Citation", "")
        entry.citations = [Citation(cited, "", "secondary")] if cited else []
        entry.basis = "15 CFR 764.3(a)(2)"
        entry.notes = [f"{k.casefold()}: {values[k]}" for k in ("Standard_Order", "Action") if values.get(k)]  # fmt: skip
        found.append(entry.listing(register))
    if not found:
        raise RegisterError("register_no_entries", file=source.name)
    return rows.reading(pooled(found))


def read_bis_json(source: Source, register: str) -> Reading:
    """Read a parsed list: ``{"list_id", "extracted", "count", "entities": [...]}``.

    RegisterError if it is no such JSON or holds another number than it states.
    """
    rows = Rows(source.name)
    try:
        value = json.loads(source.read())
        entities = list(value["entities"])
        stated = value.get("count")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RegisterError("register_json", file=source.name) from error
    if isinstance(stated, int) and stated != len(entities):
        raise RegisterError("register_count", file=source.name, stated=stated, found=len(entities))
    if not entities:
        raise RegisterError("register_no_entries", file=source.name)
    found = []
    for number, one in enumerate(entities, start=1):
        if not isinstance(one, dict) or not str(one.get("name") or "").strip():
            rows.lose(number, "name")
            continue
        found.append(_parsed(one, number, str(value.get("list_id") or ""), rows).listing(register))
    published = rows.day(str(value.get("extracted") or ""), 1, "extracted")
    gaps = (Reason("register_parsed_by_others", {"list": str(value.get("list_id") or "?")}),)
    return rows.reading(pooled(found), published=published, gaps=gaps)


def _parsed(one: dict[str, Any], number: int, list_id: str, rows: Rows) -> Entry:
    name = " ".join(str(one["name"]).split())
    country = str(one.get("country") or "")
    entry = Entry(f"{slug(name)}-{country_of(country).casefold() or 'xx'}", name, number)
    entry.clause = list_id.removeprefix("bis-")
    entry.basis = "15 CFR Part 744"
    aliases = [str(alias).strip() for alias in one.get("aliases") or ()]
    entry.strong = [alias for alias in aliases if not _ADDRESS.search(alias)]
    entry.weak = [alias for alias in aliases if _ADDRESS.search(alias)]
    entry.addresses = [str(one.get("address") or "")]
    entry.countries = [country]
    notices = _NOTICE.findall(str(one.get("federal_register") or ""))
    days = [rows.day(_century(day), number, "federal_register") for _, day in notices]
    entry.announced_on = min((day for day in days if day), default=None)
    stated = rows.day(str(one.get("effective_date") or ""), number, "effective_date")
    entry.effective_from = stated or entry.announced_on
    entry.listed_on = max((day for day in days if day), default=None)
    entry.citations = [Citation(f"{cited}, {day}", "", "secondary") for cited, day in notices]
    entry.notes = [f"licence requirement: {one['notes']}"] if one.get("notes") else []
    return entry


def _century(day: str) -> str:
    """``11/21/11`` as an ISO day; as it is where it is none.

    >>> _century("11/21/11"), _century("12/23/2020"), _century("13/40/11")
    ('2011-11-21', '2020-12-23', '13/40/11')
    """
    month, first, year = (int(part) for part in day.split("/"))
    year += 0 if year > 99 else 1900 if year >= 70 else 2000
    try:
        return dt.date(year, month, first).isoformat()
    except ValueError:
        return day
