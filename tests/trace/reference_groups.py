"""The other hand, second part: what a group says of an origin, a conversion, a movement.

Regions with what is inherited and what is unknown, registers with their days, parties,
custody and title; what is read into an open wording is said in ``reference``.

    Grouping(group, rows, listings) ── origin ──> kind of content
                                    ├─ conversion ──> rule for what comes out
                                    └─ movement ──> rule for what travels
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from reference_order import Conversion, Movement, Origin, Readings, Row, Tables

Kind = Literal["restricted", "undocumented", "unresolved", "outside"]
Rule = Literal["pass", "restricted", "to_undocumented", "to_unresolved", "undocumented"]

NOT_MAKING = ("repack", "store", "test")


@dataclass(frozen=True, slots=True)
class Listed:
    """A party on a register from ``start`` to before ``end``; ``certain`` False: possibly."""

    party: str
    certain: bool = True
    start: dt.date | None = None
    end: dt.date | None = None

    def on(self, day: dt.date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


Listings = Mapping[str, Sequence[Listed]]  # by register


@dataclass(frozen=True, slots=True)
class Grouping:
    """One group over one folder: how origins, conversions and movements change content."""

    group: str
    tables: Tables
    listings: Listings
    on: dt.date | None  # the day that counts for listed:REGISTER without a date
    readings: Readings = field(default_factory=Readings)

    def origin(self, origin: Origin, day: dt.date) -> Kind:
        if origin.kind == "recycled" and not origin.document:
            return "undocumented"
        if origin.kind == "opening" and not self.group.startswith("held:"):
            return "undocumented"
        return {
            "in": "restricted",
            "possible": "unresolved",
            "unknown": "undocumented",
            "out": "outside",
        }[self._role(origin.site, day)]  # type: ignore[return-value]  # keys are the roles

    def conversion(self, made: Conversion, day: dt.date) -> Rule:
        role = self._role(made.site, day)
        if self.group.startswith("held:"):
            owner = self._party_role(made.for_party, day) if made.for_party else "out"
            return _held_rule([role, owner])
        if role == "out":
            return "pass"
        if made.step in NOT_MAKING:
            literal = role == "in" and not self.readings.repack_keeps
            return "undocumented" if literal else "to_undocumented"
        if role == "in":
            return "restricted"
        return "to_unresolved" if role == "possible" else "to_undocumented"

    def movement(self, move: Movement, day: dt.date) -> Rule:
        if not self.group.startswith("held:"):
            return "pass"
        roles = [self._party_role(party, day) for party in move.title]
        return _held_rule([self._role(move.take[0], day), *roles])

    def _role(self, site: str, day: dt.date) -> str:
        if self.group.startswith("region:"):
            return region_role(self.tables, site, self.group.removeprefix("region:"))
        return self._party_role(party_of(self.tables, site), day)

    def _party_role(self, party: str, day: dt.date) -> str:
        kind, _, name = self.group.removeprefix("held:").partition(":")
        if kind == "party":
            return "in" if party == name else "out"
        register, _, date = (name or kind).partition("@")
        if kind != "listed-then":
            chosen = dt.date.fromisoformat(date) if date else self.on
            if chosen is None:
                raise ValueError(self.group)
            day = chosen
        found = [e for e in self.listings[register] if e.party == party and e.on(day)]
        if any(entry.certain for entry in found):
            return "in"
        return "possible" if found else "out"


def _held_rule(roles: Iterable[str]) -> Rule:
    roles = set(roles)
    return "restricted" if "in" in roles else "to_unresolved" if "possible" in roles else "pass"


def party_of(tables: Tables, site: str) -> str:
    """The party of a site; without a ``sites`` table a party is its own site."""
    for row in tables.get("sites", ()):
        if row["site"] == site:
            return row["party"]
    return site


def region_role(tables: Tables, site: str, asked: str) -> str:
    """``in``, ``out`` or ``unknown``: where a site lies as far as region ``asked`` goes."""
    party = party_of(tables, site)
    owner: Row = next((row for row in tables["parties"] if row["party"] == party), {})
    sites = tables.get("sites", ())
    own: Row = next((row for row in sites if row["site"] == site), {}) if sites else owner
    sole = not sites or sum(row["party"] == party for row in sites) == 1
    region = own.get("region") or owner.get("region") or ""
    if region == asked:
        return "in"
    country = own.get("country") or (owner.get("country") if sole else "") or ""
    postal = own.get("postal_code") or (owner.get("postal_code") if sole else "") or ""
    if asked == "CN-XJ" and postal[:2] in ("83", "84") and country in ("", "CN"):
        return "unknown"
    proven = own.get("region") or (owner.get("region") if sole else "")
    elsewhere = country not in ("", asked.partition("-")[0])
    return "out" if proven or elsewhere else "unknown"
