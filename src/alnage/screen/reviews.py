"""Decisions kept in a workspace, and what they do to the results they touch.

Each decision is a record in the chain: it can be superseded by a later one, never edited.
It is remembered by the party's name and the entity, so that it holds in every file and
folder that names the party, and it is shown wherever it changes or could change an answer.

    decide() ──> chain of records ── decisions_of() ──> Decision, …
    Query, matches ── decided() ──> matches as decided · what was decided, to be printed
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from alnage.model import OptionError, Reason, RegisterError
from alnage.registers import Registers
from alnage.screen.decisions import Decision, Standing, legal_names, mark, standing
from alnage.screen.entities import Entity, Query, pooled, speaking
from alnage.screen.listing import decision_reason, marks, query_of, unwatched
from alnage.screen.screener import Match, Screener
from alnage.workspace import RecordId, Workspace

KIND = "decision"
_DEEP = 50


def decide(
    workspace: Workspace,
    registers: Registers,
    asked: Query,
    pair: tuple[str, str],
    verdict: str,
    *,
    reason: str,
    reviewer: str,
    day: dt.date,
    watched: bool = False,
) -> tuple[Decision, RecordId]:
    """Keep a decision about a party and the entity ``pair`` (register, entity).

    ``watched`` says that ``asked`` holds all names and identifiers of the party, so that a
    change of any raises the pair again. OptionError without name, reason or reviewer;
    RegisterError if the register or the entity is unknown.
    """
    for key, value in (("party_name", asked.name), ("reason", reason), ("reviewer", reviewer)):
        if not value.strip():
            raise OptionError("decision_incomplete", missing=key)
    entity = _entity(registers, *pair)
    party_mark, entity_mark = marks(asked, entity)
    decision = Decision.from_json(
        {
            "party": "",
            "party_name": asked.name.strip(),
            "register": pair[0],
            "entity": pair[1],
            "verdict": verdict,
            "reason": reason.strip(),
            "reviewer": reviewer.strip(),
            "decided_on": day.isoformat(),
            "party_mark": party_mark if watched else "",
            "entity_mark": entity_mark,
        }
    )
    payload = {
        "schema": "decision/1",
        **decision.to_json(),
        "entity_name": entity.listings[0].name,
        "register_version": entity.version,
    }
    return decision, workspace.append_record(KIND, payload)


def _entity(registers: Registers, register: str, entity: str) -> Entity:
    known = {one.entity: one for one in pooled(registers[register])}
    if entity not in known:
        near = difflib.get_close_matches(entity, known, n=3, cutoff=0.3) or sorted(known)[:3]
        raise RegisterError("entity_unknown", register=register, entity=entity, nearest=near)
    return known[entity]


def decisions_of(workspace: Any) -> tuple[Decision, ...]:
    """The decisions of a workspace (a folder, its path, or None), oldest first."""
    return tuple(one for one, _ in recorded(workspace))


def recorded(workspace: Any) -> list[tuple[Decision, RecordId]]:
    """Decisions with their records; what was purged from the chain decides nothing."""
    if workspace is None:
        return []
    opened = workspace if isinstance(workspace, Workspace) else Workspace.open(Path(workspace))
    return [
        (Decision.from_json(one.payload), one.id)
        for one in opened.records(KIND)
        if one.payload is not None
    ]


def still(decision: Decision, registers: Registers) -> bool:
    """Whether the entity's side is what it was when it was decided."""
    if decision.register not in registers:
        return False
    known = registers[decision.register].entities().get(decision.entity)
    if not known:
        return False
    entity = _entity(registers, decision.register, decision.entity)
    names = [name for name, _ in entity.names]
    theirs = [one for listing in entity.listings for one in listing.identifiers]
    return decision.entity_mark in ("", mark(names, theirs))


# ── what decisions do to a search ────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Decided:
    """The matches of a query after review, and every decision that touched them."""

    matches: tuple[Match, ...]
    standing: tuple[tuple[Entity, Standing], ...] = ()

    def to_json(self) -> list[dict[str, Any]]:
        """The decisions as a line of results prints them."""
        return [
            {
                "register": entity.register,
                "entity": entity.entity,
                "name": entity.listings[0].name,
                "judgement": one.decision.verdict,
                "stands": not one.stale,
                "reason": one.decision.reason,
                "reviewer": one.decision.reviewer,
                "date": one.decision.decided_on.isoformat() if one.decision.decided_on else None,
            }
            for entity, one in self.standing
        ]


class Reviewed:
    """A screener with decisions: *same* is certain, *different* is gone, *unsure* stays."""

    def __init__(self, screener: Screener, decisions: Iterable[Decision]) -> None:
        self._screener = screener
        self._decisions = tuple(decisions)
        self._entities = {(one.register, one.entity): one for one in screener.entities}

    def touching(self, query: Query) -> list[Decision]:
        """The decisions that speak of the party asked for."""
        if not self._decisions:
            return []
        names = legal_names(query.forms)
        return [one for one in self._decisions if one.about(query.id, names)]

    def decided(self, query: Query, matches: Sequence[Match], threshold: float) -> Decided:
        """The matches as decided, best first."""
        mine = self.touching(query)
        pairs = dict.fromkeys((one.register, one.entity) for one in mine)
        pairs = {pair: None for pair in pairs if pair in self._entities}
        if not pairs:
            return Decided(tuple(matches))
        deep = self._screener.search(query, limit=_DEEP, threshold=0.0, always_same_name=True)
        found = {_pair(one): one for one in (*deep, *matches)}
        kept = {_pair(one): one for one in matches}
        stands = []
        for pair in pairs:
            entity = self._entities[pair]
            now = standing(mine, query.id, *pair, marks(query, entity))
            now = unwatched(now, found.get(pair))
            if now is None:
                continue
            stands.append((entity, now))
            kept[pair] = _judged(found.get(pair) or _unmet(query, entity), now)
        rows = [one for one in kept.values() if one.score >= threshold]
        rows.sort(key=lambda one: -one.score)
        return Decided(tuple(rows), tuple(stands))


def _pair(match: Match) -> tuple[str, str]:
    return match.entity.register, match.entity.entity


def _judged(match: Match, now: Standing) -> Match:
    """A match with what was decided on it; the probability of what is decided is known."""
    why = decision_reason(now, (match.entity.source,))
    score = {"same": 1.0, "different": 0.0}.get(now.verdict, match.score)
    return replace(match, score=score, decided=now.verdict, reasons=(why, *match.reasons))


def _unmet(query: Query, entity: Entity) -> Match:
    """A pair that no name brought together, only a reviewer."""
    listing = speaking(entity.listings)
    return Match(
        entity=entity,
        listing=listing,
        query_name=query.name,
        matched=listing.name,
        strong=False,
        score=0.5,
        same_name=False,
        same_identifier=False,
        contradicts=False,
    )


def touched(
    rows: Iterable[Mapping[str, Any]], registers: Registers, decisions: Iterable[Decision]
) -> tuple[Reason, ...]:
    """A reason for every decision that speaks of one of these parties: reports print them."""
    judged = tuple(decisions)
    if not judged:
        return ()
    found = []
    for row in rows:
        query = query_of(row)
        names = legal_names(query.forms)
        mine = [one for one in judged if one.about(query.id, names)]
        for register, entity in dict.fromkeys((one.register, one.entity) for one in mine):
            if register not in registers or entity not in registers[register].entities():
                continue
            known = _entity(registers, register, entity)
            now = standing(mine, query.id, register, entity, marks(query, known))
            if now is not None:
                params = {"party": query.name, "listed": known.listings[0].name, "register": register}  # fmt: skip
                why = decision_reason(now, (known.source,))
                found.append(Reason("decision_touches", params, (known.source,), (why,)))
    return tuple(found)
