"""A custody folder opened for questions: ledger, registers, and which parties are listed.

path ── sources ── chain ──┐
workspace ── registers ────┴─ screen ──> OpenFolder(ledger, listings of a register, memberships)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from alnage.assess.memberships import Memberships
from alnage.chain.ledger import build_ledger
from alnage.chain.lines import as_written
from alnage.model import PartyListing, Reason
from alnage.registers import Registers
from alnage.registers.identifiers import deciding
from alnage.screen import Decision, screen_parties
from alnage.screen.reviews import touched
from alnage.sources import read_folder


class OpenFolder:
    """Everything that assess asks of a folder; a register is screened when it is asked for."""

    def __init__(
        self, path: Path, registers: Registers, decisions: Sequence[Decision] = ()
    ) -> None:
        self.folder = read_folder(path)
        self.registers = registers
        self.decisions = tuple(decisions)
        self.ledger = build_ledger(self.folder)
        self.memberships = Memberships(self.ledger, registers, self.listings)
        self._listings: dict[str, tuple[PartyListing, ...]] = {}

    def listings(self, register: str) -> tuple[PartyListing, ...]:
        """Which parties of the folder are, or may be, which entries of a register."""
        if register not in self._listings:
            tables = self.folder.tables
            found: tuple[PartyListing, ...] = ()
            if "parties" in tables:
                one = Registers.of(self.registers[register])
                found = screen_parties(
                    tables["parties"], tables.get("ownership"), one, self.decisions
                )
            self._listings[register] = found
        return self._listings[register]

    def decided(self) -> tuple[Reason, ...]:
        """Every reviewer's decision that touches a party of the folder: reports print them."""
        return touched(self.parties.values(), self.registers, self.decisions)

    def listings_of_party(self, register: str, party: str) -> tuple[PartyListing, ...]:
        """The entries of a register that one party is, or may be."""
        return tuple(found for found in self.listings(register) if found.party == party)

    def listings_of_kind(self, kind: str) -> tuple[PartyListing, ...]:
        """The same over all registers that are bound to one kind of law."""
        return tuple(
            found
            for k, register in self.law_registers()
            if k == kind
            for found in self.listings(register)
        )

    def law_registers(self) -> Sequence[tuple[str, str]]:
        """Kind and id of the registers that law binds to an importation into the US."""
        return self._law_registers

    @cached_property
    def _law_registers(self) -> list[tuple[str, str]]:
        found = ((self.registers[id_].kind or "", id_) for id_ in self.registers)
        return [(kind, id_) for kind, id_ in found if kind.startswith("us-")]

    @cached_property
    def parties(self) -> Mapping[str, Mapping[str, Any]]:
        """Rows of the parties table by id."""
        table = self.folder.tables.get("parties")
        return {} if table is None else {row["party"]: row for row in table.to_pylist()}

    def party(self, party: str) -> Mapping[str, Any]:
        """A party's row; empty if it has none."""
        return self.parties.get(party, {})

    def stated(self, site: str, column: str) -> str:
        """What the site's own row says, or its party's where no table of sites is given."""
        if "sites" not in self.folder.tables:
            return str(self.party(self.ledger.places[site].party).get(column) or "")
        return str(self._site_rows.get(site, {}).get(column) or "")

    @cached_property
    def _site_rows(self) -> Mapping[str, Mapping[str, Any]]:
        return {row["site"]: row for row in self.folder.tables["sites"].to_pylist()}

    def open_identity(self, party: str, kind: str, day: dt.date) -> list[str]:
        """Why nobody can say that a party is not listed: an owner or an identifier not told."""
        out = []
        if any(owner not in self.parties for owner in self._owners.get(party, ())):
            out.append("no_needs_owner")
        told = {scheme for scheme, _ in deciding(self.party(party).get("identifiers") or ())}
        asked = {
            scheme
            for k, id_ in self.law_registers()
            if k == kind
            for listing in self.registers[id_].in_force(day)
            for scheme, _ in deciding(listing.identifiers)
        }
        if asked and not asked & told:
            out.append("no_needs_identifier")
        return out

    @cached_property
    def _owners(self) -> Mapping[str, list[str]]:
        """Owners and parents by party, as told."""
        found: dict[str, list[str]] = {}
        for party, row in self.parties.items():
            if row.get("parent"):
                found.setdefault(party, []).append(row["parent"])
        table = self.folder.tables.get("ownership")
        for row in [] if table is None else table.to_pylist():
            found.setdefault(row["owned"], []).append(row["owner"])
        return found

    def has_sites(self, party: str) -> bool:
        """Whether the sites table declares a site of the party."""
        table = self.folder.tables.get("sites")
        return table is not None and party in set(table["party"].to_pylist())

    @cached_property
    def _products(self) -> Mapping[str, Mapping[str, Any]]:
        table = self.folder.tables.get("products")
        rows = [] if table is None else table.to_pylist()
        return {
            name.casefold(): row for row in rows for name in (row["product"], row["name"]) if name
        }

    def rows(self, wanted: Mapping[str, Container[int]]) -> dict[str, dict[str, dict[str, str]]]:
        """Rows of the user's files as they were read, by file and row number (as text)."""
        found: dict[str, dict[str, dict[str, str]]] = {}
        for row in self.ledger.rejected:
            if row.row in wanted.get(row.file, ()):
                found.setdefault(row.file, {})[str(row.row)] = dict(row.values)
        for table in self.folder.tables.values():
            places = zip(table["_file"].to_pylist(), table["_row"].to_pylist(), strict=True)
            for i, (file, number) in enumerate(places):
                if number in wanted.get(file, ()):
                    values = as_written(table.slice(i, 1).to_pylist()[0])
                    found.setdefault(file, {}).setdefault(str(number), values)
        return found

    def hs_of(self, materials: Sequence[str]) -> str:
        """The HS code that products or packs give the first of these materials."""
        for word in materials:
            row = self._products.get(word.casefold())
            if row and row["hs"]:
                return str(row["hs"])
            stage = self.ledger.packs.stage(word)
            if stage is not None and len(stage.hs) == 1:
                return stage.hs[0]
        return ""

    def raw_materials(self, materials: Sequence[str]) -> list[str]:
        """What these materials are made of: declared compositions, else the packs' materials."""
        found: dict[str, None] = {}
        for word in materials:
            row = self._products.get(word.casefold())
            for part in (row["composition"] or ()) if row else ():
                found[part.partition(":")[0].strip()] = None
            stage = self.ledger.packs.stage(word)
            if stage is not None:
                found[stage.material] = None
        return list(found)
