"""Reviewed decisions: same, different or unsure, by a named reviewer, for a reason.

A decision is about a pair as it was. When the names or identifiers of either side have
changed since, it no longer decides: the pair is raised again as unsure.

    Decision(party, register, entity, verdict, …) ── standing(decisions, …) ──> verdict now

``reviews`` keeps them in the workspace's chain.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from alnage.model import OptionError
from alnage.registers.names import LegalName, legal_name
from alnage.registers.register import canonical

Judged = Literal["same", "different", "unsure"]
_JUDGED: tuple[Judged, ...] = ("same", "different", "unsure")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer decided about a party and an entity of a register.

    The party is known by its id in one data set (``party``), or by its name in any
    (``party_name``). ``party_mark`` and ``entity_mark`` are the ``mark`` of each side when
    it was decided; empty means that changes are not watched.
    """

    party: str
    register: str
    entity: str
    verdict: Judged
    reason: str = ""
    reviewer: str = ""
    decided_on: dt.date | None = None
    party_mark: str = ""
    entity_mark: str = ""
    party_name: str = ""

    def about(self, party: str, names: frozenset[LegalName]) -> bool:
        """Whether it speaks of a party with this id and these names.

        >>> one = Decision("", "r", "e", "same", party_name="Alpha Company Limited")
        >>> one.about("p7", legal_names(["ALPHA CO., LTD."])), one.about("p7", legal_names(["Beta"]))
        (True, False)
        """
        if self.party:
            return self.party == party
        return bool(self.party_name) and legal_name(self.party_name) in names

    def to_json(self) -> dict[str, Any]:
        """The decision as JSON values."""
        return {
            "party": self.party,
            "register": self.register,
            "entity": self.entity,
            "verdict": self.verdict,
            "reason": self.reason,
            "reviewer": self.reviewer,
            "decided_on": self.decided_on.isoformat() if self.decided_on else None,
            "party_mark": self.party_mark,
            "entity_mark": self.entity_mark,
            "party_name": self.party_name,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Decision:
        """The decision of a JSON value; OptionError if the verdict is none of the three."""
        verdict = next((one for one in _JUDGED if one == value.get("verdict")), None)
        if verdict is None:
            raise OptionError("decision_verdict", verdict=str(value.get("verdict")))
        day = value.get("decided_on")
        return cls(
            party=str(value["party"]),
            register=str(value["register"]),
            entity=str(value["entity"]),
            verdict=verdict,
            reason=str(value.get("reason") or ""),
            reviewer=str(value.get("reviewer") or ""),
            decided_on=dt.date.fromisoformat(day) if day else None,
            party_mark=str(value.get("party_mark") or ""),
            entity_mark=str(value.get("entity_mark") or ""),
            party_name=str(value.get("party_name") or ""),
        )


def legal_names(names: Iterable[str]) -> frozenset[LegalName]:
    """Names as full legal names: the spellings of one name are one."""
    return frozenset(legal_name(name) for name in names)


def mark(names: Iterable[str], identifiers: Iterable[str] = ()) -> str:
    """A short hash of the names and identifiers of one side, whatever their order.

    >>> mark(["a", "b"]) == mark(["b", "a"]), mark(["a"]) == mark(["a"], ["uscc:1"])
    (True, False)
    """
    value = [sorted(set(names)), sorted(set(identifiers))]
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Standing:
    """A decision as it stands: ``stale`` when a side has changed since."""

    decision: Decision
    stale: bool

    @property
    def verdict(self) -> Judged:
        """The verdict now: a stale one decides nothing."""
        return "unsure" if self.stale else self.decision.verdict


def standing(
    decisions: Iterable[Decision], party: str, register: str, entity: str, marks: tuple[str, str]
) -> Standing | None:
    """The last decision about a pair, or None; ``marks`` are those of party and entity now.

    Decisions without a party are taken to be about the one that is asked for.
    """
    found = None
    for one in decisions:
        if one.party in ("", party) and (one.register, one.entity) == (register, entity):
            found = one
    if found is None:
        return None
    stale = (found.party_mark not in ("", marks[0])) or (found.entity_mark not in ("", marks[1]))
    return Standing(found, stale)
