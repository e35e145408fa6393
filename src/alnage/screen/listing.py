"""Which parties are, or may be, which listings: three-valued, for the whole data set.

*Listed* needs what a court would take: a reviewer's word, an identifier, the full legal
name, or the listing's own words that extend it to subsidiaries and subordinate bodies.
Whatever else looks alike is *possible*, and nothing else is said. Dates are left to the
caller (``listing.in_force(day)``); only dated ownership narrows a listing's period.

    parties ── Screener ──────── identity ─┐
    decisions ─────────────────────────────┼──> PartyListing: listed | possible, by, because
    ownership, parents ── reach ── scope ──┘
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from alnage.model import Certainty, Listing, PartyListing, Reason, RowSource, Source
from alnage.registers import Register, Registers
from alnage.registers.names import fold, has_han, split_form
from alnage.registers.plain import split_list
from alnage.screen.decisions import Decision, Standing, legal_names, mark, standing
from alnage.screen.entities import Entity, Query
from alnage.screen.ownership import Link, links, reach
from alnage.screen.parts import parts
from alnage.screen.screener import MATCH, Match, Screener

_MOST_MATCHES = 50
# How the names of subordinate bodies shorten the name of the body above.
_SHORT_HEADS = {"新疆生产建设兵团": ("兵团", "新疆兵团", "生产建设兵团")}


@dataclass(frozen=True, slots=True)
class _Standing:
    """How a party stands to an entity: certain or possible, on what ground, and why."""

    certainty: Certainty
    by: str
    score: float
    reasons: tuple[Reason, ...]

    @property
    def certain(self) -> bool:
        """Whether it is listed, not only possibly."""
        return self.certainty == "listed"


def screen_parties(
    parties: Any,
    ownership: Any,
    registers: Registers | Iterable[Register],
    decisions: Iterable[Decision] = (),
) -> tuple[PartyListing, ...]:
    """Say which parties are, or may be, which listings, whatever the date.

    ``parties`` and ``ownership`` are tables (or rows) with the contract's columns, the
    latter possibly None. One ``PartyListing`` a party and listing, in the order of the
    parties, then register and entity.

    >>> row = {"party": "p", "name": "Hetian Taida Apparel Co Ltd", "country": "CN"}
    >>> found = screen_parties([row], None, Registers.load(None))
    >>> sorted({(one.certainty, one.by, one.listing.register) for one in found})
    [('listed', 'name', 'us-uflpa'), ('listed', 'name', 'us-wro')]
    """
    rows = _rows(parties)
    screener = Screener(registers)
    numbers = {(one.register, one.entity): n for n, one in enumerate(screener.entities)}
    judged = tuple(decisions)
    stands: dict[tuple[str, int], _Standing] = {}
    different: set[tuple[str, int]] = set()
    for row in rows:
        party, query = str(row["party"]), query_of(row)
        names = legal_names(query.forms) if judged else frozenset()
        mine = [one for one in judged if one.about(party, names)]
        for number, found in _identities(query, row, screener, numbers, mine, different):
            _keep(stands, (party, number), found)
    _by_name_scope(rows, screener, stands, different)
    reached = _by_ownership(rows, _rows(ownership), screener, stands)
    return _listed(rows, screener, stands, reached)


def _rows(table: Any) -> list[Mapping[str, Any]]:
    if table is None:
        return []
    return list(table.to_pylist()) if hasattr(table, "to_pylist") else list(table)


def query_of(row: Mapping[str, Any]) -> Query:
    """The query that a row of ``parties`` (or of a file to screen) asks."""
    return Query(
        id=_text(row, "party") or _text(row, "id"),
        name=_text(row, "name"),
        others=(_text(row, "name_local"), *_several(row, "aliases")),
        country=_text(row, "country"),
        region=_text(row, "region"),
        identifiers=_several(row, "identifiers"),
        schema=_text(row, "schema") or "LegalEntity",
    )


def _text(row: Mapping[str, Any], column: str) -> str:
    value = row.get(column)
    return "" if value is None else str(value).strip()


def _several(row: Mapping[str, Any], column: str) -> tuple[str, ...]:
    value = row.get(column)
    if value is None:
        return ()
    return split_list(value) if isinstance(value, str) else tuple(str(one) for one in value if one)


def _keep(stands: dict[tuple[str, int], _Standing], key: tuple[str, int], found: _Standing) -> None:
    """Keep the more certain, then the likelier of two grounds."""
    old = stands.get(key)
    if old is None or (found.certain, found.score) > (old.certain, old.score):
        stands[key] = found


# ── identity ─────────────────────────────────────────────────────────────────────────


def _identities(
    query: Query,
    row: Mapping[str, Any],
    screener: Screener,
    numbers: Mapping[tuple[str, str], int],
    decisions: Sequence[Decision],
    different: set[tuple[str, int]],
) -> Iterable[tuple[int, _Standing]]:
    """Entities that the party is, or may be, by decision, identifier or name."""
    where = _source(row)
    hits = screener.search(query, limit=_MOST_MATCHES, threshold=MATCH, always_same_name=True)
    matches = {numbers[m.entity.register, m.entity.entity]: m for m in hits}
    asked = {numbers[d.register, d.entity] for d in decisions if (d.register, d.entity) in numbers}
    for number in sorted(matches.keys() | asked):
        entity, match = screener.entities[number], matches.get(number)
        decided = None
        if number in asked:
            both = marks(query, entity)
            decided = standing(decisions, query.id, entity.register, entity.entity, both)
            decided = unwatched(decided, match)
        if decided is not None and decided.verdict == "different":
            different.add((query.id, number))
            continue
        found = _identity(match, decided, entity, where)
        if found is not None:
            yield number, found


def marks(query: Query, entity: Entity) -> tuple[str, str]:
    """The marks of both sides of a pair, as decisions keep them."""
    theirs = [one for listing in entity.listings for one in listing.identifiers]
    names = [name for name, _ in entity.names]
    return mark(query.forms, query.identifiers), mark(names, theirs)


def unwatched(decided: Standing | None, match: Match | None) -> Standing | None:
    """A *different* that was decided on a name alone, raised again by an equal identifier."""
    if decided is None or match is None or not match.same_identifier:
        return decided
    if decided.verdict == "different" and not decided.decision.party_mark:
        return Standing(decided.decision, stale=True)
    return decided


def _identity(
    match: Match | None,
    decided: Standing | None,
    entity: Entity,
    where: tuple[RowSource, ...],
) -> _Standing | None:
    sources = (*where, entity.source)
    if decided is not None and decided.verdict == "same":
        return _Standing("listed", "decision", 1.0, (decision_reason(decided, sources),))
    found = None if match is None else _by_match(match, sources)
    if decided is not None:  # unsure, or decided on names that have changed since
        if found is not None and found.certain:
            return found
        score = match.score if match else 0.5
        why = (decision_reason(decided, sources), *(found.reasons if found else ()))
        return _Standing("possible", "unsure", score, why)
    return found


def _by_match(match: Match, sources: tuple[Any, ...]) -> _Standing | None:
    """Certain by identifier or by full legal name; possible when the score says match."""
    if match.same_identifier:
        return _Standing("listed", "identifier", 1.0, _sourced(match.reasons, sources))
    if match.same_name and match.strong and not match.contradicts:
        return _Standing("listed", "name", 1.0, _sourced(match.reasons, sources))
    if match.match or match.same_name:
        by = "match" if match.strong else "weak_alias"
        return _Standing("possible", by, match.score, _sourced(match.reasons, sources))
    return None


def _sourced(reasons: Sequence[Reason], sources: tuple[Any, ...]) -> tuple[Reason, ...]:
    """The first reason names the row and the entry it rests on."""
    if not reasons:
        return ()
    return (replace(reasons[0], sources=sources), *reasons[1:])


def decision_reason(decided: Standing, sources: tuple[Any, ...]) -> Reason:
    """A decision as a reason: who decided what, when and why, and whether it still stands."""
    one = decided.decision
    params = {
        "verdict": one.verdict,
        "reviewer": one.reviewer or "?",
        "date": one.decided_on.isoformat() if one.decided_on else "?",
        "why": one.reason or "?",
    }
    if decided.stale:
        return Reason("decision_stale", params, sources)
    return Reason("decision", params, sources)


def _source(row: Mapping[str, Any]) -> tuple[RowSource, ...]:
    file, number = row.get("_file"), row.get("_row")
    return (RowSource(str(file), int(number)),) if file and number is not None else ()


# ── scope: the listing's own words reach further ─────────────────────────────────────


def _extends(entity: Entity) -> bool:
    return any(one.scope != "own" for one in entity.listings)


def _by_name_scope(
    rows: Sequence[Mapping[str, Any]],
    screener: Screener,
    stands: dict[tuple[str, int], _Standing],
    different: set[tuple[str, int]],
) -> None:
    """Bodies whose name says that they are part of a body listed with its subordinates."""
    wide = [
        (number, entity, _heads(entity))
        for number, entity in enumerate(screener.entities)
        if any(one.scope == "subordinate_and_affiliated" for one in entity.listings)
    ]
    for row in rows:
        party = str(row["party"])
        for number, entity, heads in wide:
            if (party, number) in different:
                continue
            for form in query_of(row).forms:
                found = subordinate(form, heads)
                if found is not None:
                    params = {"party": form, "listed": entity.listings[0].name}
                    why = Reason("subordinate_by_name", params, (*_source(row), entity.source))
                    _keep(stands, (party, number), _scoped(why, certain=found))


def _scoped(why: Reason, *, certain: bool) -> _Standing:
    """A ground by the listing's own words: certain, or a stated but minor link."""
    if certain:
        return _Standing("listed", "scope", 1.0, (why,))
    return _Standing("possible", "minor_link", 0.5, (why,))


def _heads(entity: Entity) -> tuple[str, ...]:
    """The strong names of an entity, without legal form and spaces, longest first."""
    found = {"".join(split_form(fold(name))[0]) for name, strong in entity.names if strong}
    found |= {short for name in found for short in _SHORT_HEADS.get(name, ())}
    return tuple(sorted((head for head in found if len(head) > 1), key=len, reverse=True))


def subordinate(name: str, heads: Sequence[str]) -> bool | None:
    """Whether a name begins with a listed body's name and goes on.

    True with a numbered rank (第八师, Eighth Division), False with anything else, None if
    it does not go on or does not begin so.

    >>> subordinate("新疆生产建设兵团第八师", ["新疆生产建设兵团"]), subordinate("XPCC Eighth Division", ["xpcc"])
    (True, True)
    >>> subordinate("新疆生产建设兵团", ["新疆生产建设兵团"]) is None
    True
    """
    folded = fold(name)
    words = folded.split()
    joined = folded.replace(" ", "")
    for head in heads:
        if not joined.startswith(head) or joined == head:
            continue
        # In Latin script the head must end where a word ends.
        ends = {"".join(words[:n]) for n in range(1, len(words) + 1)}
        if not has_han(head) and head not in ends:
            continue
        if split_form(folded)[0] and "".join(split_form(folded)[0]) == head:
            return None
        ranks = [body for body in parts(name).bodies if ":" in body]
        return bool(ranks)
    return None


def _by_ownership(
    rows: Sequence[Mapping[str, Any]],
    ownership: Sequence[Mapping[str, Any]],
    screener: Screener,
    stands: dict[tuple[str, int], _Standing],
) -> dict[tuple[str, int], list[tuple[Listing, _Standing]]]:
    """Listings narrowed to the period in which their entity controls the party."""
    everyone = links(rows, ownership)
    known = {str(row["party"]) for row in rows}
    outside = _outside(everyone, known, screener)
    found: dict[tuple[str, int], list[tuple[Listing, _Standing]]] = {}
    for number, entity in enumerate(screener.entities):
        if not _extends(entity) or not everyone:
            continue
        roots = {party: one.certain for (party, n), one in stands.items() if n == number}
        roots |= {party: certain for (party, n), certain in outside.items() if n == number}
        for one in reach(roots, everyone) if roots else ():
            if one.party not in known:
                continue
            params = {"party": one.party, "listed": entity.listings[0].name}
            sources: tuple[Source, ...] = (*one.sources, entity.source)
            why = Reason("linked", params, sources)
            if one.certain:
                why = Reason("controlled", params, sources)
            ground = _scoped(why, certain=one.certain)
            for listing in entity.listings:
                if listing.scope != "own":
                    narrowed = _narrowed(listing, one.start, one.end)
                    found.setdefault((one.party, number), []).append((narrowed, ground))
    return found


def _outside(
    everyone: Sequence[Link], known: set[str], screener: Screener
) -> dict[tuple[str, int], bool]:
    """Owners that are no party of the data set but are named as a listed entity is."""
    numbers = {(one.register, one.entity): n for n, one in enumerate(screener.entities)}
    found: dict[tuple[str, int], bool] = {}
    for owner in sorted({link.owner for link in everyone} - known):
        for match in screener.search(owner, limit=_MOST_MATCHES, threshold=MATCH):
            ground = _by_match(match, ())
            if ground is not None:
                number = numbers[match.entity.register, match.entity.entity]
                found[owner, number] = ground.certain
    return found


def _narrowed(listing: Listing, start: Any, end: Any) -> Listing:
    """The listing as it reaches a party that its entity controls from ``start`` to ``end``."""
    begins = [day for day in (listing.effective_from, start) if day is not None]
    ends = [day for day in (listing.removed_on, end) if day is not None]
    if not start and not end:
        return listing
    return replace(
        listing,
        effective_from=max(begins) if begins else None,
        removed_on=min(ends) if ends else None,
    )


# ── the answer ───────────────────────────────────────────────────────────────────────


def _listed(
    rows: Sequence[Mapping[str, Any]],
    screener: Screener,
    stands: Mapping[tuple[str, int], _Standing],
    reached: Mapping[tuple[str, int], list[tuple[Listing, _Standing]]],
) -> tuple[PartyListing, ...]:
    found = []
    by_party: dict[str, set[int]] = {}
    for party, number in (*stands, *reached):
        by_party.setdefault(party, set()).add(number)
    for party in dict.fromkeys(str(row["party"]) for row in rows):
        for number in sorted(by_party.get(party, ())):
            own = stands.get((party, number))
            links_of = reached.get((party, number), [])
            found += [
                _party_listing(party, listing, own)
                for listing in screener.entities[number].listings
                if own is not None and _covers(own, listing)
            ]
            if own is None or not own.certain:
                found += [_party_listing(party, listing, ground) for listing, ground in links_of]
    return tuple(found)


def _covers(own: _Standing, listing: Listing) -> bool:
    """Scope reaches only by listings whose own words extend; identity by every listing."""
    return own.by not in ("scope", "minor_link") or listing.scope != "own"


def _party_listing(party: str, listing: Listing, ground: _Standing) -> PartyListing:
    return PartyListing(
        party=party,
        listing=listing,
        certainty=ground.certainty,
        by=ground.by,
        score=ground.score,
        reasons=ground.reasons,
    )
