"""From a traced target to the facts that law is asked about.

Law reads facts as the contract of ``alnage law check`` has them. What the data say goes
in; what they leave open stays absent, because an absent key is unknown and a present list
is closed. A group's content goes in only where it may be believed: an upper bound of zero
is offered as "none" only if documents, places and registers are whole.

    target, touches, trace results, listings ──> facts mapping, and what was held back
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from alnage.assess.folder import OpenFolder
from alnage.assess.touched import ZERO, Touch
from alnage.model import Listing, Reason, RowSource
from alnage.trace import Target, TraceResult


def entry_facts(
    opened: OpenFolder,
    target: Target,
    rows: Sequence[Mapping[str, Any]],
    touches: Sequence[Touch],
    results: Mapping[str, TraceResult],
    day: dt.date,
) -> tuple[dict[str, Any], dict[str, tuple[Reason, ...]]]:
    """Facts of an importation, and by group the reasons why its content was held back."""
    held_back = {
        group: reasons
        for group, result in results.items()
        if result.max <= ZERO and (reasons := doubts(opened, target, touches, result, group, day))
    }
    if not _one_day(target, rows):  # a register may list a maker on some of the days only
        open_day = Reason("no_needs_day", {"target": target.id}, target.rows)
        for group in results:
            if group.startswith("listed:"):
                held_back[group] = (*held_back.get(group, ()), open_day)
    facts: dict[str, Any] = {"transaction": "import"}
    if _one_day(target, rows):  # otherwise the law of which day is asked stays open
        facts["date"] = day
    markets = {row["market"] for row in rows if row.get("market")}
    if len(markets) == 1:  # lines for different markets leave open which law is asked
        facts["market"] = markets.pop()
    importer = next((row["importer"] for row in rows if row.get("importer")), None)
    country = opened.party(importer).get("country") if importer else None
    if country:
        facts["importer"] = {"country": country}
    goods = _goods(opened, target, rows)
    if goods:
        facts["goods"] = goods
    # The chain names those who certainly took part; the others speak through the content.
    facts["chain"] = [link(opened, touch, day) for touch in touches if touch.surely]
    facts["content"] = [
        _content(group, result) for group, result in results.items() if group not in held_back
    ]
    # No release or exception is told: the user would hold it. Facts files can name one.
    facts["permissions"] = []
    orders = _orders(opened, touches, day)
    if orders is not None:
        facts["orders"] = orders
    return facts, held_back


def _one_day(target: Target, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether all lines of an entry are told and name one day of importation."""
    days = {row[end] for row in rows for end in ("date_from", "date_to") if row.get(end)}
    whole = all(reason.code != "entry_line_rejected" for reason in target.incomplete)
    return len(days) <= 1 and whole


def link(opened: OpenFolder, touch: Touch, day: dt.date) -> dict[str, Any]:
    """One link of the chain: a site with its party, or a party with title only."""
    place = opened.ledger.places[touch.site] if touch.site else None
    party = opened.party(touch.party)
    out: dict[str, Any] = {"party": touch.party or touch.site}
    if touch.surely_made or not touch.made:
        out["made"] = touch.made
    if touch.site:
        out["site"] = touch.site
    if touch.title:
        out["title"] = True
    if party.get("name"):
        out["name"] = party["name"]
    if touch.day is not None:
        out["date"] = touch.day
    country = place.shown_country if place else party.get("country")
    region = _believed_region(opened, touch)
    if country or region:
        out["country"] = country or region[:2]
    if region:
        out["region"] = region
    listings = party_listings(opened, touch.party, day)
    if listings is not None:
        out["listings"] = listings
    return out


def _believed_region(opened: OpenFolder, touch: Touch) -> str:
    """A site's own region; an inherited or contradicted one can't put it outside."""
    if not touch.site:
        return opened.party(touch.party).get("region") or ""
    place = opened.ledger.places[touch.site]
    if place.shown_region == "CN-XJ":
        return "CN-XJ"
    doubtful = not place.region or bool(place.implied - {place.region})
    return "" if doubtful else place.region


def party_listings(opened: OpenFolder, party: str, day: dt.date) -> list[dict[str, Any]] | None:
    """Certain listings of a party as facts; None where the answer is open.

    Open: nothing certain, and a possible match, an unknown party, or a register that is not
    complete on the day.
    """
    if party not in opened.parties:
        return None
    found, possible = [], False
    for kind, register in opened.law_registers():
        for one in opened.listings_of_party(register, party):
            if one.certainty == "listed":
                found.append(_listing(kind, one.listing))
            else:
                possible |= one.listing.in_force(day)
    whole = all(
        opened.registers[r].complete_on(day) for k, r in opened.law_registers() if k == "us-uflpa"
    )
    return found if found or (whole and not possible) else None


def _listing(kind: str, listing: Listing) -> dict[str, Any]:
    out: dict[str, Any] = {"register": kind, "entity": listing.entity, "scope": listing.scope}
    for name in ("clause", "announced_on", "effective_from", "listed_on", "removed_on"):
        value = getattr(listing, name)
        if value:
            out[name] = value
    return out


def _content(group: str, result: TraceResult) -> dict[str, Any]:
    return {
        "group": group,
        "min": result.min,
        "expected": result.expected,
        "max": result.max,
        "undocumented": result.undocumented,
        "unresolved": result.unresolved,
        "reachable": result.reachable,
    }


def _goods(opened: OpenFolder, target: Target, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    ledger = opened.ledger
    words = [ledger.words.materials.words[ledger.movements.material[i]] for i in target.movements]
    hs = next((row["hs"] for row in rows if row.get("hs")), None) or opened.hs_of(words)
    out: dict[str, Any] = {"hs": hs} if hs else {}
    materials = opened.raw_materials(words)
    if materials:
        out["materials"] = materials
    return out


def _orders(
    opened: OpenFolder, touches: Sequence[Touch], day: dt.date
) -> list[dict[str, Any]] | None:
    """Withhold-release orders and findings that name a party of the chain; None if open."""
    found, whole = [], True
    for kind, register in opened.law_registers():
        if kind != "us-wro":
            continue
        whole &= opened.registers[register].complete_on(day)
        for party in dict.fromkeys(touch.party for touch in touches if touch.party):
            found += [
                _order(one.listing, party) for one in opened.listings_of_party(register, party)
            ]
    return found if found or whole else None


def _order(listing: Listing, party: str) -> dict[str, Any]:
    """An order as a fact; whether it covers these goods is for the user to say."""
    kind = "finding" if "finding" in listing.clause.casefold() else "wro"
    out: dict[str, Any] = {
        "regime": "US-S307",
        "kind": kind,
        "scope": f"party:{party}",
        "name": listing.name,
    }
    for name in ("effective_from", "removed_on"):
        value = getattr(listing, name)
        if value:
            out[name] = value
    return out


def doubts(
    opened: OpenFolder,
    target: Target,
    touches: Sequence[Touch],
    result: TraceResult,
    group: str,
    day: dt.date,
) -> tuple[Reason, ...]:
    """Why an upper bound of zero is not yet "none": what must be whole for a ``no``."""
    found: list[Reason] = list(result.incomplete)
    if result.claimed > ZERO:
        found.append(Reason("no_needs_documents", {"share": f"{result.claimed:.2%}"}))
    makers = [touch for touch in touches if touch.made]
    if not makers:
        found.append(Reason("no_needs_origins", {"target": target.id}))
    kind, _, what = group.partition(":")
    if kind == "region":
        places = (opened.ledger.places[touch.site] for touch in makers)
        found += [
            Reason(
                "no_needs_site_region",
                {"site": place.site},
                () if place.source is None else (place.source,),
            )
            for place in places
            if not opened.stated(place.site, "region")
            and not _other_country(opened.stated(place.site, "country"), what)
        ]
    else:
        found += [
            Reason("no_needs_register", {"register": register, "day": day.isoformat()})
            for k, register in opened.law_registers()
            if k == what and not opened.registers[register].complete_on(day)
        ]
        found += [
            Reason(code, {"party": party})
            for party in dict.fromkeys(touch.party for touch in makers if touch.party)
            for code in opened.open_identity(party, what, day)
        ]
        found += [
            Reason("no_needs_custody", {"party": touch.party}, tuple(touch.rows[:1]))
            for touch in touches
            if not touch.surely and _maybe_listed(opened, touch.party, what, day)
        ]
    return tuple(found)


def _maybe_listed(opened: OpenFolder, party: str, kind: str, day: dt.date) -> bool:
    return any(
        found.party == party and found.listing.in_force(day)
        for found in opened.listings_of_kind(kind)
    )


def _other_country(country: str, region: str) -> bool:
    return bool(country) and country != region[:2]


def supplier_facts(opened: OpenFolder, party: str, market: str, day: dt.date) -> dict[str, Any]:
    """Facts of an importation from a supplier of which nothing more is known."""
    row = opened.party(party)
    out: dict[str, Any] = {"party": party}
    for name in ("name", "country", "region"):
        if row.get(name):
            out[name] = row[name]
    if "region" in out and out["region"] != "CN-XJ" and opened.has_sites(party):
        del out["region"]
    listings = party_listings(opened, party, day)
    if listings is not None:
        out["listings"] = listings
    return {
        "transaction": "import",
        "market": market,
        "date": day,
        "chain": [out],
        "permissions": [],
    }


def row_source(row: Mapping[str, Any]) -> RowSource:
    """Where a table row stands."""
    return RowSource(row["_file"], row["_row"])
