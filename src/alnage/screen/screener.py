"""Names against registers: candidates, comparison, and one explained match an entity.

Every name form of the query meets every name of every entity in force; the best pair
speaks for the entity. Country, region and identifiers then raise or lower the odds.
Explanations are made only for the matches that are shown.

    Query ── forms ── NameIndex ── align ── log_odds + context ──> Match, best first
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from alnage.model import Listing, Reason
from alnage.registers import Register, Registers
from alnage.registers.identifiers import deciding
from alnage.screen import context, persons
from alnage.screen.compare import Alignment, Weights, align
from alnage.screen.entities import Entity, Query, pooled, speaking
from alnage.screen.index import NameIndex, holders
from alnage.screen.parts import Parts, parts
from alnage.screen.score import log_odds, odds, probability, rule

MATCH = 0.5
_CANDIDATES = 25


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
    decided: str = ""  # what a reviewer said: same, different, unsure

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


@dataclass(frozen=True, slots=True)
class _Hit:
    """The best pair of names for an entity so far; ``position`` None: by identifier alone."""

    form: str
    position: int | None
    alignment: Alignment | None
    total: float
    same: bool
    strong: bool

    @property
    def rank(self) -> tuple[bool, float]:
        # What decides identity speaks for the entity before what is merely likely.
        return self.same and self.strong, self.total


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
        self.registers: tuple[Register, ...] = _chosen(registers, only)
        self.as_of = as_of
        self.entities: tuple[Entity, ...] = tuple(
            entity for register in self.registers for entity in pooled(register, as_of)
        )
        self._names: list[Parts] = []
        self._owner: list[int] = []
        self._strong: list[bool] = []
        self._by_identifier: dict[tuple[str, str], list[int]] = {}
        for number, entity in enumerate(self.entities):
            for name, strong in entity.names:
                self._names.append(parts(name))
                self._owner.append(number)
                self._strong.append(strong)
            for pair in sorted(entity.identifiers):
                self._by_identifier.setdefault(pair, []).append(number)
        self._index = NameIndex(self._names)
        self._weights = Weights(len(self._names), holders(self._names))
        self._by_legal_name: dict[tuple[str, str], list[int]] = {}
        for position, one in enumerate(self._names):
            self._by_legal_name.setdefault((one.stem, one.form), []).append(position)

    def search(
        self,
        query: Query | str,
        *,
        limit: int = 5,
        threshold: float = 0.1,
        prior: float = 0.5,
        always_same_name: bool = False,
    ) -> tuple[Match, ...]:
        """The entities that may be the one asked for, best first, one match an entity.

        At most ``limit``, those with ``score ≥ threshold`` (and, if asked, every entity of
        the same full name); ``prior`` is the share of queries thought to be listed before
        looking.
        """
        asked = Query("", query) if isinstance(query, str) else query
        mine = deciding(asked.identifiers)
        shift = odds(prior)
        found = []
        for number, hit in self._hits(asked, mine).items():
            around = context.weigh(asked, mine, self.entities[number])
            score = probability(around.apply(hit.total) + shift)
            if score >= threshold or (always_same_name and hit.same):
                found.append((score, number, hit, around))
        found.sort(key=lambda row: (-row[0], not row[2].same, row[1]))
        return tuple(self._match(asked, *row) for row in found[:limit])

    def _hits(self, asked: Query, mine: frozenset[tuple[str, str]]) -> dict[int, _Hit]:
        """The best pair of names of every entity that is worth judging."""
        best: dict[int, _Hit] = {}
        for form in asked.forms:
            query = parts(form)
            exact = self._by_legal_name.get((query.stem, query.form), ()) if query.stem else ()
            near = self._index.candidates(query, _CANDIDATES)
            for position in dict.fromkeys((*exact, *near)):
                hit = self._hit(asked, query, position)
                number = self._owner[position]
                if number not in best or hit.rank > best[number].rank:
                    best[number] = hit
        for pair in mine:
            for number in self._by_identifier.get(pair, ()):
                if number not in best:
                    name = self.entities[number].listings[0].name
                    best[number] = _Hit(name, None, None, total=0.0, same=False, strong=True)
        return best

    def _hit(self, asked: Query, query: Parts, position: int) -> _Hit:
        name, strong = self._names[position], self._strong[position]
        same = bool(query.stem) and (query.stem, query.form) == (name.stem, name.form)
        alignment = align(query, name, self._weights)
        person = asked.schema == "Person"
        total = persons.log_odds(query.name, name.name) if person else log_odds(alignment)
        total += rule("same_legal_name") if same else 0.0
        total += 0.0 if strong else rule("weak_alias")
        return _Hit(query.name, position, alignment, total, same, strong)

    def _match(
        self, asked: Query, score: float, number: int, hit: _Hit, around: context.Context
    ) -> Match:
        """A hit with its explanation."""
        entity = self.entities[number]
        listing = speaking(entity.listings)
        matched = listing.name if hit.position is None else self._names[hit.position].name
        return Match(
            entity=entity,
            listing=listing,
            query_name=hit.form,
            matched=matched,
            strong=hit.strong,
            score=score,
            same_name=hit.same,
            same_identifier=bool(around.shared),
            contradicts=around.contradicts,
            reasons=context.reasons(
                asked,
                entity,
                around,
                (hit.form, matched),
                hit.alignment,
                same=hit.same,
                strong=hit.strong,
            ),
        )


def _chosen(
    registers: Registers | Iterable[Register] | Mapping[str, Register], only: Sequence[str] | None
) -> tuple[Register, ...]:
    if isinstance(registers, Mapping):
        return tuple(registers[one] for one in (only or sorted(registers)))
    found = tuple(registers)
    return tuple(one for one in found if only is None or one.id in only)
