"""FollowTheMoney statements: a fact a line, many lines an entity.

The file says what each source says about each property; an entity is what its lines say
together. It does not mark who is a target: where topics are given, only entities under a
sanction or a like measure are listings, and those merely linked to one are not.

    statement lines ── by canonical_id ── _Facts ──> Listing
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from alnage.model import Listing, RegisterError
from alnage.registers.formats.entry import Entry
from alnage.registers.formats.ofac_xml import earliest
from alnage.registers.formats.opening import Source
from alnage.registers.plain import Reading, Rows

COLUMNS = ("canonical_id", "prop", "schema", "value")
_COMPANIES = ("Company", "Organization", "LegalEntity", "PublicBody")
_PARTIES = frozenset((*_COMPANIES, "Person", "Vessel", "Airplane", "Asset", "Security"))
_MEASURES = ("sanction", "debarment", "export.control", "export.risk", "reg.warn", "reg.action", "invest.risk")  # fmt: skip
_STRONG = ("name", "alias", "previousName")
_SCHEMES = {
    "leiCode": "lei",
    "uscCode": "uscc",
    "registrationNumber": "",
    "taxNumber": "",
    "imoNumber": "imo",
    "dunsCode": "duns",
    "passportNumber": "passport",
}


@dataclass(slots=True)
class _Facts:
    """What the lines of one entity say."""

    row: int
    schema: str = ""
    first_seen: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)

    def all(self, *properties: str) -> list[str]:
        return [one for name in properties for one in self.values.get(name, ())]


def read_statements(source: Source, register: str) -> Reading:
    """Read a ``statements.csv``; RegisterError if columns are missing or it is cut off."""
    rows = Rows(source.name)
    found: dict[str, _Facts] = {}
    for number, values in source.table("utf-8-sig", COLUMNS):
        if not values["canonical_id"]:
            rows.lose(number, "canonical_id")
            continue
        if values["prop"] == "id" or values.get("external", "").casefold() in ("t", "true", "1"):
            continue
        facts = found.setdefault(values["canonical_id"], _Facts(number))
        facts.schema = _narrower(facts.schema, values["schema"])
        facts.first_seen = facts.first_seen or values.get("first_seen", "")
        facts.values.setdefault(values["prop"], []).append(values["value"])
    days = _sanctions(found)
    listed = _targets(found)
    if not listed:
        raise RegisterError("register_no_entries", file=source.name)
    return rows.reading(_listing(one, found[one], days, register, rows) for one in listed)


def _narrower(old: str, new: str) -> str:
    """The more telling of two kinds: the lines of one entity may differ in it."""
    wide = ("", "Thing", "LegalEntity", "Asset", "Organization")
    return new if old in wide and new not in wide[: wide.index(old) + 1] else old


def _targets(found: dict[str, _Facts]) -> list[str]:
    parties = [
        one for one, facts in found.items() if facts.schema in _PARTIES and facts.all("name")
    ]
    if not any(found[one].all("topics") for one in parties):
        return parties
    return [
        one
        for one in parties
        if any(
            t.startswith(_MEASURES) and not t.endswith("linked") for t in found[one].all("topics")
        )
    ]


def _sanctions(found: dict[str, _Facts]) -> dict[str, list[_Facts]]:
    """The measures that name an entity, by its id."""
    by: dict[str, list[_Facts]] = {}
    for facts in found.values():
        if facts.schema == "Sanction":
            for entity in facts.all("entity"):
                by.setdefault(entity, []).append(facts)
    return by


def _listing(
    entity: str, facts: _Facts, measures: dict[str, list[_Facts]], register: str, rows: Rows
) -> Listing:
    name, *others = facts.all(*_STRONG)
    entry = Entry(entity, name, facts.row, schema=facts.schema, strong=others)
    entry.weak = facts.all("weakAlias")
    entry.countries = facts.all("jurisdiction") or facts.all("country", "nationality")
    entry.identifiers = [
        f"{scheme}:{value}" if scheme else value
        for prop, scheme in _SCHEMES.items()
        for value in facts.all(prop)
    ]
    entry.announced_on = rows.day(facts.first_seen, facts.row, "first_seen")
    mine = measures.get(entity, [])
    entry.effective_from = earliest(_days(mine, "startDate", rows))
    entry.listed_on = earliest(_days(mine, "listingDate", rows))
    entry.announced_on = earliest((entry.announced_on, entry.listed_on))
    ends = _days(mine, "endDate", rows)
    if mine and all(one.all("endDate") for one in mine) and ends:
        entry.removed_on = max(ends)
    entry.basis = "; ".join(dict.fromkeys(one for m in mine for one in m.all("program", "authority")))  # fmt: skip
    entry.notes = [f"birth date: {one}" for one in facts.all("birthDate")]
    return entry.listing(register)


def _days(measures: Iterable[_Facts], prop: str, rows: Rows) -> list[dt.date]:
    """Whole days only: a year or a month can't begin or end a listing."""
    found = (
        rows.day(one, facts.row, prop)
        for facts in measures
        for one in facts.all(prop)
        if len(one) >= 10
    )
    return [day for day in found if day is not None]
