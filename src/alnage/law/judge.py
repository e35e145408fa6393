"""Puts the facts of one transaction before every regime of the law book.

Each regime answers each of its questions, also when it does not apply. Answers are
three-valued; a collision is two obligations on one act that can't both be met, shown with
the lawful exits that each law names and never with a way around.

    Facts ─┐
           ├─ judge ──> Judgement(verdicts, collisions, not_modelled) ── to_json(lang)
    LawBook┘
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from alnage.law.book import LawBook, Question, Regime, plain
from alnage.law.conditions import YES, Ask, Condition, Scene
from alnage.law.facts import ABSENT, Facts, Item
from alnage.law.logic import Found, every, unique
from alnage.law.schema import nearest
from alnage.model import Answer, Citation, LawError, Reason, Verdict, Where
from alnage.words import say


@dataclass(frozen=True, slots=True)
class Collision:
    """Two regimes whose obligations on one act can't both be met, and the lawful exits."""

    regimes: tuple[str, str]
    exits: tuple[tuple[str, str, Citation], ...]
    because: Reason

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """As the contract of ``alnage law check`` has it."""
        return {
            "regimes": list(self.regimes),
            "exits": [
                {
                    "regime": regime,
                    "kind": kind,
                    "citation": cite.text,
                    "url": cite.url,
                    "verified": cite.verified,
                }
                for regime, kind, cite in self.exits
            ],
            "because": self.because.to_json(lang),
        }


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the law says of one transaction; ``effects`` are the codes of ``verdict.effect``."""

    day: dt.date | None
    verdicts: tuple[Verdict, ...]
    collisions: tuple[Collision, ...]
    not_modelled: tuple[Reason, ...]
    effects: tuple[str, ...]
    overlay: str = ""
    private: tuple[str, ...] = ()

    def answer(self, regime: str, question: str) -> Answer:
        """One answer; LawError if there is no such regime or question."""
        for verdict in self.verdicts:
            if (verdict.regime, verdict.question) == (regime, question):
                return verdict.answer
        options = [f"{v.regime} {v.question}" for v in self.verdicts]
        best = nearest(f"{regime} {question}", options)
        raise LawError("regime_unknown", id=f"{regime} {question}", nearest=best)

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """The whole judgement as plain values, sentences in ``lang``."""
        result: dict[str, Any] = {
            "schema": "judgement/1",
            "date": self.day.isoformat() if self.day else None,
            "verdicts": [
                _plain_verdict(verdict, code, lang)
                for verdict, code in zip(self.verdicts, self.effects, strict=True)
            ],
            "collisions": [collision.to_json(lang) for collision in self.collisions],
            "not_modelled": [plain(reason.to_json(lang)) for reason in self.not_modelled],
        }
        if self.overlay:
            result["overlay"] = {"folder": self.overlay, "regimes": list(self.private)}
        return result


def judge(facts: Facts, book: LawBook) -> Judgement:
    """Answer every question of every regime of ``book`` on ``facts``.

    Raises LawError if the facts name a regime or a register that is misspelt.

    >>> from alnage.law.facts import parse_facts
    >>> facts = parse_facts({"transaction": "import", "market": "US", "date": "2022-06-20"})
    >>> judge(facts, LawBook.load()).answer("US-UFLPA", "applies")
    <Answer.NO: 'no'>
    """
    _check_names(facts, book)
    pairs = [pair for regime in book for pair in _Bench(regime, facts, book).verdicts()]
    verdicts = tuple(verdict for verdict, _ in pairs)
    return Judgement(
        facts.day,
        verdicts,
        tuple(_collisions(facts, book, verdicts)),
        tuple(_not_modelled(facts, book)),
        tuple(code for _, code in pairs),
        book.overlay,
        tuple(regime.id for regime in book if regime.private),
    )


class _Bench:
    """One regime sitting over one set of facts; remembers its findings while it sits."""

    def __init__(self, regime: Regime, facts: Facts, book: LawBook) -> None:
        self.regime = regime
        self.item = Item("", facts.values)
        self.scene = Scene(self.item, facts.day, book.places, book.registers, self.find)
        self.findings: dict[str, Found] = {}

    def find(self, name: str) -> Found:
        """The finding on one question: in force, applicable, and its own condition."""
        if name not in self.findings:
            question = self.regime.questions[name]
            gate: Condition = self.regime.in_force if name == "applies" else Ask("applies")
            parts = (gate, question.condition)
            self.findings[name] = every([part.find(self.scene, self.item) for part in parts])
        return self.findings[name]

    def verdicts(self) -> Iterator[tuple[Verdict, str]]:
        """All verdicts of the regime, each with the code of its effect."""
        for name, question in self.regime.questions.items():
            yield self._verdict(question, self.find(name))

    def _verdict(self, question: Question, found: Found) -> tuple[Verdict, str]:
        remarks = tuple(
            Reason(code, {}, (question.provision,))
            for condition, code in question.flags
            if condition.find(self.scene, self.item).answer is YES
        )
        effect = {
            Answer.YES: question.effect,
            Answer.NO: "law_not_met",
            Answer.UNKNOWN: question.silence,
        }[found.answer]
        version = self.regime.in_force.on(self.scene.day).name
        verdict = Verdict(
            regime=self.regime.id,
            question=question.name,
            answer=found.answer,
            provision=question.provision.text,
            effect=say(f"effect.{effect}", {}),
            because=(*found.reasons, *remarks),
            missing=found.missing if found.answer is Answer.UNKNOWN else (),
            citations=unique((question.provision, *found.cites)),
            clocks=found.clocks if found.answer is YES else (),
            verified=found.verified,
            basis="documented" if found.documented else "asserted",
            version=f"{self.regime.id}@{version}" + (" (private)" if self.regime.private else ""),
        )
        return verdict, effect


def _collisions(facts: Facts, book: LawBook, verdicts: tuple[Verdict, ...]) -> Iterator[Collision]:
    """The measure that the act serves against every regime that challenges the act for it."""
    served = Item("", facts.values).look("measure.regime").value
    if served is ABSENT or facts.values.get("reason") == "commercial":
        return
    own = book.regimes.get(served)
    for verdict in verdicts:
        regime = book[verdict.regime]
        question = regime.questions[verdict.question]
        if not question.collides or verdict.answer is not YES or regime.id == served:
            continue
        ways = [way for one in (own, regime) if one is not None for way in one.exits]
        exits = unique((way.regime, way.kind, way.citation) for way in ways)
        params = {"one": served, "other": regime.id, "question": verdict.question}
        yield Collision(
            (served, regime.id), exits, Reason("collision", params, (question.provision,))
        )


def _check_names(facts: Facts, book: LawBook) -> None:
    """Refuse misspelt regimes and registers: a typo must never read as "no"."""
    where = Where(facts.file) if facts.file else None
    for path in ("orders", "permissions"):
        for index, entry in enumerate(facts.values.get(path, ())):
            if "regime" in entry:
                refuse_regime(entry["regime"], f"{path}[{index}].regime", book, where)
    served = facts.values.get("measure", {}).get("regime")
    if served is not None:
        refuse_served(served, "measure.regime", book, where)
    for at in _listings(facts):
        refuse_register(at.value, at.path, book, where)


def refuse_regime(name: str, path: str, book: LawBook, where: Where | None = None) -> None:
    """LawError if no regime of the book has the id: an order or permission must bind to one."""
    if name not in book.regimes:
        raise _unknown(name, path, [*book.regimes], where)


def refuse_served(name: str, path: str, book: LawBook, where: Where | None = None) -> None:
    """LawError if the measure behind an act is nearly one of the book's; others may be unknown."""
    if _misspelt(name, [*book.regimes]):
        raise _unknown(name, path, [*book.regimes], where)


def refuse_register(name: str, path: str, book: LawBook, where: Where | None = None) -> None:
    """LawError if a register is nearly one that a regime asks about; others may be any list."""
    binding = [known for regime in book for known in regime.registers]
    if name not in book.registers and _misspelt(name, binding):
        raise _unknown(name, path, binding, where)


def _unknown(name: str, path: str, options: list[str], where: Where | None) -> LawError:
    return LawError(
        "law_value_unknown",
        where=where,
        path=path,
        value=name,
        nearest=nearest(name, options),
        known=options,
    )


def _misspelt(name: str, known: list[str]) -> bool:
    """Whether an unknown name is so near a known one that it must be meant."""
    from difflib import SequenceMatcher

    if name in known:
        return False
    folded = _letters(name)
    return any(SequenceMatcher(None, folded, _letters(one)).ratio() >= 0.75 for one in known)


def _letters(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def _listings(facts: Facts) -> Iterator[Item]:
    """Every register name in the facts, with its path."""
    for key in ("importer", "exporter", "actor", "counterparty"):
        yield from _of_party(Item(key, facts.values.get(key, {})))
    for index, link in enumerate(facts.values.get("chain", ())):
        yield from _of_party(Item(f"chain[{index}]", link))


def _of_party(at: Item) -> Iterator[Item]:
    for index, listing in enumerate(at.value.get("listings", ())):
        if "register" in listing:
            yield Item(f"{at.path}.listings[{index}].register", listing["register"])
    for index, owner in enumerate(at.value.get("owners", ())):
        yield from _of_party(Item(f"{at.path}.owners[{index}]", owner))


def _not_modelled(facts: Facts, book: LawBook) -> Iterator[Reason]:
    """What the facts touch and the law data do not cover; never read as permission."""
    market, act = facts.values.get("market"), facts.values.get("transaction")
    inside = partial(book.places.inside, day=facts.day)
    states = {regime.jurisdiction for regime in book if regime.kind.startswith("import")}
    if act == "import" and market and all(inside(market, s) is Answer.NO for s in states):
        yield Reason("no_import_regime", {"market": market})
    served = facts.values.get("measure", {}).get("regime")
    if served is not None and served not in book.regimes:
        yield Reason("regime_not_modelled", {"regime": served})
    binding = {name for regime in book for name in regime.registers}
    for at in _listings(facts):
        if at.value not in binding:
            yield Reason("register_not_modelled", {"fact": at.path, "register": at.value})
    yield from _groups(facts, binding)
    if facts.day is not None and facts.day > book.as_of:
        yield Reason("law_as_of", {"date": facts.day, "day": book.as_of})


def _groups(facts: Facts, binding: set[str]) -> Iterator[Reason]:
    for index, entry in enumerate(facts.values.get("content", ())):
        kind, _, name = entry["group"].partition(":")
        bare = name.partition("@")[0]
        used = entry["group"].startswith("region:CN-XJ") or (
            kind in ("listed", "held") and bare in binding
        )
        if not used:
            params = {"fact": f"content[{index}]", "group": entry["group"]}
            yield Reason("group_not_modelled", params)


def _plain_verdict(verdict: Verdict, code: str, lang: str) -> Mapping[str, Any]:
    value: Mapping[str, Any] = plain(verdict.to_json(lang))
    return {**value, "effect": say(f"effect.{code}", {}, lang)}
