"""Countries, subdivisions and dated territories: which place counts as inside which market.

``market: DE`` is inside the Union market, Puerto Rico inside the customs territory of the
United States, Croatia inside the Union only since 2013. Codes that no list holds are
refused with the nearest one, because ``CN-65`` for Xinjiang would otherwise read as
"another region".

    tables/places.yaml ── Places ── inside(code, territory, day) ──> yes · no · unknown
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alnage.law.schema import nearest
from alnage.model import Answer, LawError, Where

# What people write for what ISO 3166 calls otherwise.
ALIASES = {"UK": "GB", "EL": "GR", "CHN": "CN", "USA": "US", "CN-65": "CN-XJ", "XJ": "CN-XJ"}
GROUP = re.compile(
    r"^(region|listed|listed-then|party|held:party|held|component):(.+?)(?:@(\d{4}-\d\d-\d\d))?$"
)
GROUPS = (
    "region:CN-XJ",
    "listed:us-uflpa",
    "listed-then:us-uflpa",
    "party:ID",
    "held:party:ID",
    "held:us-uflpa",
)


@dataclass(frozen=True, slots=True)
class Territory:
    """A territory: its codes with the days between which they belong to it."""

    cite: str
    verified: str
    members: tuple[tuple[str, dt.date | None, dt.date | None], ...]
    open: frozenset[str]


@dataclass(frozen=True, slots=True)
class Places:
    """The code lists and territories of ``tables/places.yaml``."""

    countries: frozenset[str]
    subdivisions: Mapping[str, frozenset[str]]
    territories: Mapping[str, Territory]

    @classmethod
    def build(cls, table: Mapping[str, Any]) -> Places:
        """Read the parsed table."""
        return cls(
            frozenset(table["countries"].split()),
            {c: frozenset(codes.split()) for c, codes in table["subdivisions"].items()},
            {name: _territory(entry) for name, entry in table["territories"].items()},
        )

    def inside(self, code: str, territory: str, day: dt.date | None) -> Answer:
        """Whether ``code`` is inside ``territory`` on ``day``; a state without table is itself."""
        table = self.territories.get(territory)
        if table is None:
            return Answer.of(code == territory)
        if code in table.open:
            return Answer.UNKNOWN
        spans = [(start, end) for member, start, end in table.members if member == code]
        if not spans:
            return Answer.NO
        if day is None:
            always = any(start is None and end is None for start, end in spans)
            return Answer.YES if always else Answer.UNKNOWN
        return Answer.of(
            any(
                (start is None or start <= day) and (end is None or day < end)
                for start, end in spans
            )
        )

    def needs_day(self, code: str, territory: str) -> bool:
        """Whether the answer of ``inside`` depends on the day."""
        table = self.territories.get(territory)
        spans = [] if table is None else [m for m in table.members if m[0] == code]
        return bool(spans) and not any(start is None and end is None for _, start, end in spans)

    def country(self, value: str, path: str, where: Where | None) -> str:
        """Accept an ISO 3166-1 alpha-2 code."""
        if value in self.countries:
            return value
        raise self._unknown(value, path, where, self.countries)

    def market(self, value: str, path: str, where: Where | None) -> str:
        """Accept an ISO 3166-1 alpha-2 code or ``EU``."""
        if value == "EU" or value in self.countries:
            return value
        raise self._unknown(value, path, where, self.countries | {"EU"})

    def subdivision(self, value: str, path: str, where: Where | None) -> str:
        """Accept an ISO 3166-2 code; those of the PRC are checked against the list."""
        country, _, part = value.partition("-")
        if country in self.countries and re.fullmatch("[A-Z0-9]{1,3}", part):
            known = self.subdivisions.get(country)
            if known is None or part in known:
                return value
        options = frozenset(f"CN-{code}" for code in self.subdivisions["CN"])
        raise self._unknown(value, path, where, options)

    def group(self, value: str, path: str, where: Where | None) -> str:
        """Accept the name of a traced group, such as ``region:CN-XJ``."""
        match = GROUP.match(value)
        if match is None:
            raise LawError(
                "law_value_unknown",
                where=where,
                path=path,
                value=value,
                nearest=nearest(value, GROUPS),
                known=list(GROUPS),
            )
        if match[1] == "region" and "-" in match[2]:
            self.subdivision(match[2], path, where)
        elif match[1] == "region":
            self.country(match[2], path, where)
        return value

    @staticmethod
    def _unknown(value: str, path: str, where: Where | None, options: frozenset[str]) -> LawError:
        best = ALIASES.get(value.upper()) or nearest(value, sorted(options))
        return LawError("law_place_unknown", where=where, path=path, value=value, nearest=best)


def _territory(entry: Mapping[str, Any]) -> Territory:
    members = tuple(
        (code, span.get("from"), span.get("to"))
        for span in entry["members"]
        for code in span["codes"].split()
    )
    opened = frozenset(entry.get("open", "").split())
    return Territory(entry["cite"], entry["verified"], members, opened)
