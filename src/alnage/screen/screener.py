"""Names against registers: candidates, comparison, and one explained match an entity.

Every name form of the query meets every name of every entity in force; the best pair
speaks for the entity. Country, region and identifiers then raise or lower the odds, but
a contradiction never hides a match.

    Query ── forms ── NameIndex ── align ── log_odds + context ──> Match, best first
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from alnage.model import Listing, Reason, RegisterSource
from alnage.registers import Register, Registers, noted
from alnage.registers.identifiers import deciding
from alnage.registers.names import legal_name
from alnage.screen import persons
from alnage.screen.compare import Alignment, Weights, align
from alnage.screen.index import NameIndex, holders
from alnage.screen.parts import Parts, parts
from alnage.screen.score import log_odds, odds, probability, rule

MATCH = 0.5
# A name is printed with or without its own acronym: "… Center (VSETC)".
_ACRONYM = re.compile(r"\s*\([A-Z]{3,8}\)$")
_CANDIDATES = 40
# A firm of Hong Kong or Macao may be the one a list of the mainland names, and the
# other way round: neither agreement nor contradiction.
_NEIGHBOURS = frozenset({"CN", "HK", "MO"})


@dataclass(frozen=True, slots=True)
class Query:
    """Who is asked for; every form of the name counts."""

    id: str
    name: str
    others: tuple[str, ...] = ()
    country: str = ""
    region: str = ""
    identifiers: tuple[str, ...] = ()
    schema: str = "LegalEntity"

    @property
    def forms(self) -> tuple[str, ...]:
        """The names, each once."""
        return tuple(dict.fromkeys(name for name in (self.name, *self.others) if name.strip()))


@dataclass(frozen=True, slots=True)
class Entity:
    """All listings of one entity in one register, its names pooled.

    ``names`` are (name, strong): unverified and weak names are leads only.
    """

    register: str
    version: str
    entity: str
    listings: tuple[Listing, ...]
    names: tuple[tuple[str, bool], ...]

    @property
    def identifiers(self) -> frozenset[tuple[str, str]]:
        """Identifiers with right checksums."""
        return deciding(one for listing in self.listings for one in listing.identifiers)

    @property
    def source(self) -> RegisterSource:
        """The entry of the register version."""
        return RegisterSource(self.register, self.version, self.entity)


@dataclass(frozen=True, slots=True)
class Match:
    """One entity that may be the one asked for; ``score`` is a probability."""

    entity: Entity
    listing: Listing
    query_name: str
    matched: str
    strong: bool
    score: float
    same_name: bool
    same_identifier: bool
    contradicts: bool
    reasons: tuple[Reason, ...] = field(default=())

    @property
    def match(self) -> bool:
        """Whether the score reaches one half."""
        return self.score >= MATCH

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """The match as the contract of ``alnage screen`` has it."""
        return {
            "entity": self.entity.entity,
            "register": self.entity.register,
            "name": self.listing.name,
            "matched_alias": self.matched,
            "score": self.score,
            "match": self.match,
            "explanation": [reason.to_json(lang) for reason in self.reasons],
            "effective_from": _iso(self.listing.effective_from),
            "removed_on": _iso(self.listing.removed_on),
        }


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def pooled(register: Register, as_of: dt.date | None = None) -> tuple[Entity, ...]:
    """The entities of a register with an entry in force on ``as_of`` (None: with any entry).

    Orders about goods of a whole region name no party and are left out.
    """
    found = []
    for entity, listings in register.entities().items():
        live = tuple(one for one in listings if as_of is None or one.in_force(as_of))
        if live and not any(noted(one, "subject") == "goods" for one in live):
            found.append(
                Entity(register.id, register.version, entity, live, tuple(names_of(listings)))
            )
    return tuple(found)


def names_of(listings: Iterable[Listing]) -> Iterable[tuple[str, bool]]:
    """Every name of an entity with whether it may decide; the strong reading wins."""
    found: dict[str, bool] = {}
    for one in listings:
        brand = noted(one, "name").startswith("brand")
        strong = [*(() if brand else (one.name,)), *one.aliases, *one.name_zh]
        weak = [*((one.name,) if brand else ()), *one.weak_aliases]
        for name in strong:
            found[name] = True
            bare = _ACRONYM.sub("", name)
            if bare != name:
                found[bare] = True
        for name in weak:
            found.setdefault(name, False)
    return found.items()


class Screener:
    """Search over registers as they stood on ``as_of``; build once, search often.

    >>> screener = Screener(Registers.load(None))
    >>> [m.entity.entity for m in screener.search("中粮糖业控股股份有限公司")][:1]
    ['cofco-sugar-holdings-co-ltd']
    """

    def __init__(
        self,
        registers: Registers | Iterable[Register],
        *,
        only: Sequence[str] | None = None,
        as_of: dt.date | None = None,
    ) -> None:
        chosen = _chosen(registers, only)
        self.registers: tuple[Register, ...] = chosen
        self.as_of = as_of
        self.entities: tuple[Entity, ...] = tuple(
            entity for register in chosen for entity in pooled(register, as_of)
        )
        self._names: list[Parts] = []
        self._owner: list[int] = []
        self._strong: list[bool] = []
        for number, entity in enumerate(self.entities):
            for name, strong in entity.names:
                self._names.append(parts(name))
                self._owner.append(number)
                self._strong.append(strong)
        self._index = NameIndex(self._names)
        self._weights = Weights(len(self._names), holders(self._names))
        self._by_identifier: dict[tuple[str, str], list[int]] = {}
        self._by_legal_name: dict[Any, list[int]] = {}
        for number, entity in enumerate(self.entities):
            for pair in sorted(entity.identifiers):
                self._by_identifier.setdefault(pair, []).append(number)
        for position, one in enumerate(self._names):
            self._by_legal_name.setdefault((one.stem, one.form), []).append(position)

    def search(
        self,
        query: Query | str,
        *,
        limit: int = 5,
        threshold: float = 0.1,
        prior: float = 0.5,
    ) -> tuple[Match, ...]:
        """The entities that may be the one asked for, best first, one match an entity.

        At most ``limit``, those with ``score ≥ threshold``; ``prior`` is the share of
        queries thought to be listed before looking.
        """
        asked = Query("", query) if isinstance(query, str) else query
        best: dict[int, tuple[tuple[bool, float], Match]] = {}
        mine = deciding(asked.identifiers)
        for number, form, position, alignment in self._pairs(asked, mine):
            entity = self.entities[number]
            found = self._judge(asked, mine, entity, form, position, alignment, odds(prior))
            if number not in best or found[0] > best[number][0]:
                best[number] = found
        ranked = sorted(
            (match for _, match in best.values() if match.score >= threshold),
            key=lambda m: (-m.score, not m.same_name, m.entity.register, m.entity.entity),
        )
        return tuple(ranked[:limit])

    def _pairs(
        self, asked: Query, mine: frozenset[tuple[str, str]]
    ) -> Iterable[tuple[int, str, int | None, Alignment | None]]:
        """Entity, form of the query, name position and alignment of what is worth judging."""
        by_identifier = {n for pair in mine for n in self._by_identifier.get(pair, ())}
        for form in asked.forms:
            query = parts(form)
            exact = self._by_legal_name.get((query.stem, query.form), ()) if query.stem else ()
            near = self._index.candidates(query, _CANDIDATES)
            for position in dict.fromkeys((*exact, *near)):
                alignment = align(query, self._names[position], self._weights)
                yield self._owner[position], form, position, alignment
        for number in sorted(by_identifier):
            yield number, asked.name, None, None

    def _judge(
        self,
        asked: Query,
        mine: frozenset[tuple[str, str]],
        entity: Entity,
        form: str,
        position: int | None,
        alignment: Alignment | None,
        shift: float,
    ) -> tuple[tuple[bool, float], Match]:
        """One pair of names in the light of all that is known of both sides."""
        theirs = entity.identifiers
        reasons: list[Reason] = []
        total, same, strong, matched = shift, False, True, entity.listings[0].name
        if alignment is not None and position is not None:
            name = self._names[position]
            strong, matched = self._strong[position], name.name
            same = legal_name(form) == legal_name(name.name)
            if asked.schema == "Person":
                total += persons.log_odds(form, name.name)
            else:
                total += log_odds(alignment)
            total += rule("same_legal_name") if same else 0.0
            total += 0.0 if strong else rule("weak_alias")
            reasons += _name_reasons(alignment, form, name.name, same=same, strong=strong)
        effect, contradicts = _context(asked, entity, reasons)
        total += effect
        shared = bool(mine & theirs)
        if shared:
            total = 9.0
            reasons.insert(0, _identifier_reason("identifier_same", mine & theirs))
        elif _differ(mine, theirs):
            total += rule("identifiers_differ")
            contradicts = True
            reasons.append(_identifier_reason("identifier_differs", mine | theirs))
        listing = _speaking(entity.listings)
        # What decides identity speaks for the entity before what is merely likely.
        return (shared or (same and strong), total), Match(
            entity=entity,
            listing=listing,
            query_name=form,
            matched=matched,
            strong=strong,
            score=probability(total),
            same_name=same,
            same_identifier=shared,
            contradicts=contradicts and not shared,
            reasons=tuple(reasons),
        )


def _chosen(
    registers: Registers | Iterable[Register] | Mapping[str, Register], only: Sequence[str] | None
) -> tuple[Register, ...]:
    if isinstance(registers, Mapping):
        return tuple(registers[one] for one in (only or sorted(registers)))
    found = tuple(registers)
    return tuple(one for one in found if only is None or one.id in only)


def _speaking(listings: Sequence[Listing]) -> Listing:
    """The listing whose dates stand for the entity: the first in effect, its latest name."""
    first = min(listings, key=lambda one: one.effective_from or dt.date.min)
    latest = max(listings, key=lambda one: one.listed_on or one.effective_from or dt.date.min)
    ends = [one.removed_on for one in listings]
    return replace(
        latest,
        effective_from=first.effective_from,
        removed_on=None if None in ends else max(end for end in ends if end),
    )


def _identifier_reason(code: str, pairs: Iterable[tuple[str, str]]) -> Reason:
    text = "; ".join(f"{scheme}:{value}" for scheme, value in sorted(pairs))
    if code == "identifier_same":
        return Reason("identifier_same", {"identifier": text})
    return Reason("identifier_differs", {"identifiers": text})


def _differ(mine: frozenset[tuple[str, str]], theirs: frozenset[tuple[str, str]]) -> bool:
    """Whether both sides give a valid identifier of one scheme and none is shared."""
    return bool({scheme for scheme, _ in mine} & {scheme for scheme, _ in theirs})


def _context(asked: Query, entity: Entity, reasons: list[Reason]) -> tuple[float, bool]:
    """What country, region and kind add to the log odds, and whether country contradicts."""
    effect = 0.0
    countries = {one.country for one in entity.listings if one.country}
    contradicts = country_contradicts(asked.country, asked.region, countries)
    if contradicts:
        effect += rule("country_contradicts")
        params = {"query": asked.country.upper(), "listed": sorted(countries)}
        reasons.append(Reason("country_contradicts", params))
    elif asked.country.upper() in countries:
        effect += rule("country_agrees")
    effect += _region(asked, entity, reasons)
    kinds = {noted(one, "schema") for one in entity.listings} - {""}
    person = asked.schema == "Person"
    if kinds and asked.schema != "LegalEntity" and person != (kinds == {"Person"}):
        effect += rule("kind_differs")
        reasons.append(Reason("kind_differs", {"query": asked.schema, "listed": sorted(kinds)}))
    return effect, contradicts


def country_contradicts(country: str, region: str, listed: Iterable[str]) -> bool:
    """Whether a stated country rules out every country of a listing.

    >>> country_contradicts("VN", "", {"CN"}), country_contradicts("HK", "", {"CN"})
    (True, False)
    >>> country_contradicts("", "", {"CN"})
    False
    """
    known = {one.upper() for one in listed if one}
    mine = (country or region.partition("-")[0]).upper()
    if not mine or not known or mine in known:
        return False
    return not (mine in _NEIGHBOURS and known & _NEIGHBOURS)


def _region(asked: Query, entity: Entity, reasons: list[Reason]) -> float:
    """A stated region against the region the register states or the listed names show."""
    if not asked.region:
        return 0.0
    mine = asked.region.upper()
    stated = {one.region for one in entity.listings if one.region}
    shown = {code for name, _ in entity.names for code in parts(name).regions}
    known = stated or shown
    if not known:
        return 0.0
    if mine in known:
        return rule("region_agrees")
    reasons.append(Reason("region_contradicts", {"query": mine, "listed": sorted(known)}))
    return rule("region_contradicts")


def _name_reasons(
    alignment: Alignment, form: str, name: str, *, same: bool, strong: bool
) -> list[Reason]:
    """How the two names meet, part by part."""
    reasons = []
    if same:
        reasons.append(Reason("name_same", {"query": form, "listed": name}))
    else:
        reasons.append(Reason("name_like", {"query": form, "listed": name}))
        reasons += [
            Reason(
                "part_met",
                {
                    "query": pair.query,
                    "listed": pair.candidate,
                    "how": pair.how,
                    "similarity": round(pair.similarity, 2),
                },
            )
            for pair in alignment.pairs
        ]
    if not strong:
        reasons.append(Reason("alias_weak", {"listed": name}))
    if alignment.numbers_differ:
        reasons.append(Reason("numbers_differ"))
    if alignment.bodies_differ or alignment.branch_differs:
        reasons.append(Reason("bodies_differ"))
    return reasons
