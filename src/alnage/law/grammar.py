"""Turns the conditions of a regime file into values; refuses what it does not understand.

The grammar is small enough to be listed in one table (``WORDS``). A node has one word and
may carry ``because`` (a heading), ``cite`` (keys of the file's citations), ``verified``,
``clocks`` and ``asserted``. Shared definitions stand in ``tables/terms.yaml``.

    {all: [{act: [import]}, {term: prc_actor}]} ── Grammar.compile ──> conditions.AllOf(…)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from alnage.law.conditions import (
    AllOf,
    AnyOf,
    Ask,
    Asserted,
    Condition,
    Content,
    Current,
    DateIn,
    FactIn,
    FactPlace,
    Fixed,
    Held,
    MadeBeforeListing,
    Meta,
    Not,
    Noted,
    Open,
    Present,
    RegionIs,
    RegisterIs,
    ScopeIn,
    Some,
)
from alnage.law.logic import weaker
from alnage.law.schema import nearest
from alnage.model import Answer, Citation, LawError, Verified, Where

META: Final = frozenset({"because", "say", "cite", "verified", "clocks", "asserted"})
SIDE: Final = {
    "fact": frozenset({"is", "in", "inside", "outside", "inside_of", "outside_of", "default"}),
    "some": frozenset({"where"}),
    "held": frozenset({"open"}),
}


@dataclass(frozen=True, slots=True)
class Grammar:
    """Compiles conditions of one file: its citations, the shared terms, where it stands."""

    cites: Mapping[str, Citation]
    terms: Mapping[str, Any]
    where: Where

    def compile(self, raw: Any) -> Condition:
        """The condition that ``raw`` states; LawError names an unknown word and the nearest."""
        if not isinstance(raw, Mapping):
            raise LawError("law_not_mapping", where=self.where, path="when", got=str(raw)[:60])
        word = self._word(raw)
        condition = WORDS[word](self, raw)
        if raw.get("asserted"):
            condition = Asserted(condition)
        meta = self._meta(raw)
        return condition if meta == Meta() else Noted(condition, meta)

    def citations(self, keys: Any) -> tuple[Citation, ...]:
        """The citations of this file under one key or a list of keys."""
        names = [keys] if isinstance(keys, str) else list(keys or ())
        for name in names:
            if name not in self.cites:
                raise self.unknown("cite", name, [*self.cites])
        return tuple(self.cites[name] for name in names)

    def unknown(self, path: str, value: object, options: list[str]) -> LawError:
        """The error for a name that is not among ``options``."""
        return LawError(
            "law_value_unknown",
            where=self.where,
            path=path,
            value=str(value),
            nearest=nearest(value, options),
            known=options,
        )

    def _word(self, raw: Mapping[str, Any]) -> str:
        words = [key for key in raw if key in WORDS]
        allowed = META | SIDE.get(words[0], frozenset()) if words else META
        for key in raw:
            if key not in allowed and key not in words[:1]:
                raise self.unknown("when", key, [*WORDS, *sorted(allowed)])
        if not words:
            raise self.unknown("when", "", [*WORDS])
        return words[0]

    def _meta(self, raw: Mapping[str, Any]) -> Meta:
        cites = self.citations(raw.get("cite"))
        verified: Verified = "primary"
        for cite in cites:
            verified = weaker(verified, cite.verified)
        return Meta(
            because=raw.get("because", ""),
            text=raw.get("say", ""),
            cites=cites,
            verified=raw.get("verified", verified),
            clocks=tuple(raw.get("clocks", ())),
        )

    def parts(self, raw: Any) -> tuple[Condition, ...]:
        """Compile a list of conditions."""
        return tuple(self.compile(one) for one in raw)

    def fact(self, raw: Mapping[str, Any]) -> Condition:
        """``{fact: path, is|in|inside|outside|inside_of|outside_of: …}``."""
        path = raw["fact"]
        for key in ("inside", "outside", "inside_of", "outside_of"):
            if key in raw:
                place = FactPlace(path, raw[key], read=key.endswith("_of"))
                return Not(place) if key.startswith("outside") else place
        values = raw["in"] if "in" in raw else [raw["is"]]
        return FactIn(path, tuple(values), raw.get("default"))

    def term(self, name: str) -> Condition:
        """A shared definition; its citations are those of the file that uses it."""
        if name not in self.terms:
            raise self.unknown("term", name, [*self.terms])
        return self.compile(self.terms[name])


WORDS: Final[Mapping[str, Callable[[Grammar, Mapping[str, Any]], Condition]]] = {
    "all": lambda g, raw: AllOf(g.parts(raw["all"])),
    "any": lambda g, raw: AnyOf(g.parts(raw["any"])),
    "not": lambda g, raw: Not(g.compile(raw["not"])),
    "fact": lambda g, raw: g.fact(raw),
    "act": lambda _, raw: FactIn("transaction", tuple(raw["act"])),
    "date": lambda _, raw: DateIn(raw["date"].get("from"), raw["date"].get("to")),
    "some": lambda g, raw: Some(raw["some"], g.compile(raw["where"])),
    "register": lambda _, raw: RegisterIs(raw["register"]),
    "current": lambda _, raw: Current(whenever=raw["current"] == "whenever"),
    "region": lambda _, raw: RegionIs(raw["region"]),
    "content": lambda _, raw: Content(raw["content"]),
    "held": lambda _, raw: Held(raw["held"], raw["open"]),
    "scope_in": lambda _, raw: ScopeIn(raw["scope_in"]),
    "present": lambda _, raw: Present(raw["present"]),
    "made_before_listing": lambda _, raw: MadeBeforeListing(raw["made_before_listing"]),
    "open": lambda _, raw: Open(raw["open"]),
    "question": lambda _, raw: Ask(raw["question"]),
    "term": lambda g, raw: g.term(raw["term"]),
    "always": lambda _, raw: Fixed(Answer.of(raw["always"])),
}
