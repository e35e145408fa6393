"""Who belongs to a traced group: places and listings, turned into memberships of sites.

Tracing knows no register and screening knows no site; here they meet. A region's members
follow from where sites are, a register's from which parties are, or may be, its entries on
the day that counts. A site whose party is unknown can't be screened: it may be listed.

    Places ───────┐
    PartyListing ─┴─ Memberships.group(name, day) ──> Group(sites, parties)
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence

from alnage.chain.ledger import Ledger
from alnage.model import Membership, OptionError, PartyListing
from alnage.trace import Group, GroupName, Target

_EPOCH = dt.date(1970, 1, 1)
_MAYBE = (Membership("", certain=False),)

Spans = tuple[Membership, ...]


def day_for(target: Target, on: dt.date | None) -> dt.date:
    """The day on which a register is asked for a target: importation, else ``on``, else shipment."""
    if target.date is not None:
        day: dt.date = target.date
        return day
    return on or _EPOCH + dt.timedelta(days=min(target.last, 2_900_000))


class Memberships:
    """Groups of one ledger; equal groups are one object, so that they are spread once."""

    def __init__(
        self,
        ledger: Ledger,
        registers: Iterable[str],
        listings_of: Callable[[str], Sequence[PartyListing]],
    ) -> None:
        self._ledger = ledger
        self._registers = frozenset(registers)
        self._listings_of = listings_of
        self._groups: dict[tuple[object, ...], Group] = {}
        self._party = {site: ledger.places[site].party for site in ledger.words.sites.words}
        table = ledger.tables.get("parties")
        self._parties = frozenset() if table is None else frozenset(table["party"].to_pylist())

    def group(self, name: GroupName, day: dt.date) -> Group:
        """The group ``name`` as it stands on ``day`` (which only undated register groups use)."""
        if name.kind == "region":
            return self._once(name, (), lambda: self._region(name.what), {})
        if name.party:
            return self._party_group(name)
        self._check_register(name.what)
        if name.kind == "listed-then":
            spans = self._spans(name.what)
            return self._once(name, (), lambda: self._sites(spans, unknown=True), {})
        return self._on_day(name, self._listings_of(name.what), name.date or day)

    def of_listings(self, name: GroupName, listings: Sequence[PartyListing], day: dt.date) -> Group:
        """A listed or held group by listings from several registers of one kind of law."""
        return self._on_day(name, listings, day)

    def _on_day(self, name: GroupName, listings: Sequence[PartyListing], day: dt.date) -> Group:
        parties: dict[str, Spans] = {}
        for found in listings:
            if found.listing.in_force(day):
                certain = found.certainty == "listed"
                known = parties.get(found.party, ())
                parties[found.party] = (*known, Membership(found.party, certain=certain))
        key = tuple(
            sorted((party, any(s.certain for s in spans)) for party, spans in parties.items())
        )
        return self._once(name, key, lambda: self._sites(parties, unknown=True), parties)

    def _once(
        self,
        name: GroupName,
        key: tuple[object, ...],
        make: Callable[[], Mapping[str, Spans]],
        parties: Mapping[str, Spans],
    ) -> Group:
        full = (name, *key)
        if full not in self._groups:
            titles = parties if name.kind == "held" else {}
            self._groups[full] = Group(name, make(), titles)
        return self._groups[full]

    def _region(self, region: str) -> dict[str, Spans]:
        out: dict[str, Spans] = {}
        for site in self._ledger.words.sites.words:
            stance = self._ledger.places[site].stance(region)
            if stance != "outside":
                out[site] = (Membership(site, certain=stance == "inside"),)
        return out

    def _party_group(self, name: GroupName) -> Group:
        if name.what not in self._parties and name.what not in self._party.values():
            near = difflib.get_close_matches(name.what, sorted(self._parties), 3)
            raise OptionError("party_unknown", party=name.what, nearest=near or "-")
        spans: dict[str, Spans] = {name.what: (Membership(name.what),)}
        return self._once(name, (), lambda: self._sites(spans, unknown=False), spans)

    def _spans(self, register: str) -> dict[str, Spans]:
        """Memberships of parties over the time of their listings."""
        out: dict[str, Spans] = {}
        for found in self._listings_of(register):
            listing = found.listing
            span = Membership(
                found.party, found.certainty == "listed", listing.effective_from, listing.removed_on
            )
            out[found.party] = (*out.get(found.party, ()), span)
        return out

    def _sites(self, parties: Mapping[str, Spans], *, unknown: bool) -> dict[str, Spans]:
        """Sites of the parties; sites of no known party may belong, if ``unknown`` says so."""
        out: dict[str, Spans] = {}
        for site, party in self._party.items():
            if party in parties:
                out[site] = parties[party]
            elif unknown and party not in self._parties:
                out[site] = _MAYBE
        return out

    def _check_register(self, register: str) -> None:
        if register not in self._registers:
            known = sorted(self._registers)
            raise OptionError("register_unknown_in_group", register=register, known=known)
