"""Market access: what the law of each destination says of a good of an origin, side by side.

The matrix is composed by asking the interpreter about a hypothetical importation, one
destination after the other in a fixed order; there is no second rule base. Beside each
destination stands the law of the origin for the same dealing, and where the two can't both
be met. A cell without a measure says "no measure found", which is no permission, and nothing
here sorts, filters or ranks destinations.

    good, origin, day ── facts of an import ── judge ──> cells of the destination ─┐
                      └─ facts of the acts it asks for ─ judge ─> law of the origin ┴─> Matrix
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from alnage.law.book import JURISDICTIONS, LawBook, Regime, plain
from alnage.law.facts import load_places, parse_facts
from alnage.law.judge import Collision, Judgement, judge
from alnage.law.logic import unique
from alnage.law.places import Places
from alnage.model import Answer, LawError, Reason, Verdict
from alnage.words import say

Value = Literal[
    "prohibited",
    "presumption",
    "case_by_case",
    "duty",
    "reporting_duty",
    "no_measure_found",
    "unknown",
]
# A destination with several measures is headed by the one that binds first; what is not known
# may yet be a prohibition. Within one destination only: destinations stand in a fixed order.
_HEADS: Final[tuple[Value, ...]] = (
    "prohibited",
    "presumption",
    "unknown",
    "case_by_case",
    "duty",
    "reporting_duty",
    "no_measure_found",
)
# Kinds of law that ask about the good and its origin. The others ask who the parties are, or
# what they do, and are named beside the cells.
_IMPORT: Final = ("import_presumption", "import_order")
_CELLS: Final = (*_IMPORT, "duty", "disclosure")
_HS: Final = re.compile(r"\d{2}(?:\d{2}(?:\.?\d{2}){0,3})?")


@dataclass(frozen=True, slots=True)
class Good:
    """A good as given: an HS code or a material, and the materials that it may hold by the packs."""

    text: str
    hs: str
    materials: tuple[str, ...]
    known: bool
    commodities: frozenset[str]

    def facts(self) -> dict[str, Any]:
        """The key ``goods`` of the facts."""
        # What a code may hold is no fact about the goods; it only picks the evidence lists.
        return {"hs": self.hs} if self.hs else {"materials": [*self.materials]}


@dataclass(frozen=True, slots=True)
class Cell:
    """One measure of one destination; ``regime`` is None where no measure was found."""

    value: Value
    regime: Regime | None
    verdict: Verdict | None
    because: tuple[Reason, ...]
    documents: tuple[str, ...] = ()

    @property
    def conditional(self) -> bool:
        """Whether the duty depends on who the addressee is, which no good and no origin tells."""
        unsure = self.verdict is not None and self.verdict.answer is Answer.UNKNOWN
        return self.value == "reporting_duty" and unsure


@dataclass(frozen=True, slots=True)
class Beside:
    """What the law of the origin says of one act that goes with the dealing."""

    act: str
    regime: Regime
    verdict: Verdict
    effect: str


@dataclass(frozen=True, slots=True)
class Destination:
    """One destination: its cells, the law that is not in them, and the origin's law beside."""

    market: str
    home: bool
    cells: tuple[Cell, ...]
    not_in_force: tuple[Reason, ...]
    not_asked: tuple[str, ...]
    origin_law: tuple[Beside, ...]
    collisions: tuple[Collision, ...]
    not_modelled: tuple[Reason, ...]

    @property
    def value(self) -> Value:
        """The value of the cell that heads the destination."""
        return self.cells[0].value


@dataclass(frozen=True, slots=True)
class Matrix:
    """The law on a good of an origin, destination by destination in a fixed order."""

    good: Good
    origin: str
    day: dt.date
    as_of: dt.date
    version: str
    assumed: tuple[Reason, ...]
    destinations: tuple[Destination, ...]
    overlay: str = ""

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """The matrix as plain values (``market/1``), sentences in ``lang``."""
        value: dict[str, Any] = {
            "schema": "market/1",
            "good": {
                "given": self.good.text,
                "hs": self.good.hs or None,
                "materials": [*self.good.materials],
                "known": self.good.known,
            },
            "origin": self.origin,
            "date": self.day.isoformat(),
            "law": {"as_of": self.as_of.isoformat(), "version": self.version},
            "assumed": _reasons(self.assumed, lang),
            "destinations": [self._destination(one, lang) for one in self.destinations],
        }
        return {**value, "overlay": self.overlay} if self.overlay else value

    def _destination(self, one: Destination, lang: str) -> dict[str, Any]:
        # A destination reads like its heading cell; all its cells follow.
        return {
            "market": one.market,
            "home": one.home,
            "says": say(f"market.{one.value}", {}, lang),
            **self.cell(one.cells[0], lang),
            "cells": [self.cell(cell, lang) for cell in one.cells],
            "not_in_force": _reasons(one.not_in_force, lang),
            "not_asked": [*one.not_asked],
            "origin_law": [self.beside(row, lang) for row in one.origin_law],
            "collisions": [collision.to_json(lang) for collision in one.collisions],
            "not_modelled": _reasons(one.not_modelled, lang),
        }

    def cell(self, cell: Cell, lang: str = "en") -> dict[str, Any]:
        """One cell with everything that the boundary asks of it."""
        verdict = cell.verdict
        return {
            "value": cell.value,
            **self._law(cell.regime, lang),
            "conditional": cell.conditional,
            "citation": verdict.citations[0].to_json() if verdict else None,
            "answer": verdict.answer.value if verdict else None,
            "question": verdict.question if verdict else None,
            "evidence_standard": _facts(cell.regime, "proof", lang),
            "documents": [*cell.documents],
            "because": _reasons(cell.because, lang),
            "missing": [*verdict.missing] if verdict else [],
            "clocks": [*verdict.clocks] if verdict else [],
            "verified": verdict.verified if verdict else None,
            "last_verified": self.as_of.isoformat(),
        }

    def beside(self, row: Beside, lang: str = "en") -> dict[str, Any]:
        """One row of the law of the origin."""
        verdict = row.verdict
        return {
            "act": row.act,
            **self._law(row.regime, lang),
            "question": verdict.question,
            "answer": verdict.answer.value,
            "effect": say(f"effect.{row.effect}", {}, lang),
            "citation": verdict.citations[0].to_json(),
            "exits": [
                {"regime": way.regime, "kind": way.kind, "citation": way.citation.text}
                for way in row.regime.exits
            ],
            "missing": [*verdict.missing],
            "verified": verdict.verified,
            "last_verified": self.as_of.isoformat(),
        }

    def _law(self, regime: Regime | None, lang: str) -> dict[str, Any]:
        """Basis, dates, authority and remedies of a regime; the same keys, empty, without one."""
        if regime is None:
            keys = ("regime", "kind", "legal_basis", "valid_from", "valid_to")
            return {**dict.fromkeys(keys), "competent_authority": None, "remedy": []}
        version = regime.in_force.on(self.day)
        start = version.effective or version.disputed_from
        authority = regime.data.get("authority")
        return {
            "regime": regime.id,
            "kind": regime.kind,
            "legal_basis": regime.names["zh" if lang == "zh" else "en"],
            "valid_from": start.isoformat() if start else None,
            "valid_to": version.ends.isoformat() if version.ends else None,
            "competent_authority": authority[lang] if authority else None,
            "remedy": [*regime.data.get("remedies", ())],
            **({"private": True} if regime.private else {}),
        }


def read_good(text: str) -> Good:
    """The good that ``text`` names: an HS code of 2 to 10 digits, or a material.

    A material that no pack knows is taken as it stands. LawError ``market_good_empty`` or
    ``market_hs_bad``.

    >>> read_good("6109.10").materials, read_good("棉花").materials, read_good("cobalt").known
    (('cotton',), ('cotton',), False)
    """
    from alnage.chain.product_packs import Packs

    word = " ".join(text.split())
    if not word:
        raise LawError("market_good_empty")
    packs = Packs.load()
    if word[0].isdecimal() and not word.replace(".", "").replace(" ", "").isdecimal():
        return _named(word, packs)
    if word[0].isdecimal():
        code = word.replace(" ", "")
        if not _HS.fullmatch(code):
            raise LawError("market_hs_bad", good=word)
        found = packs.materials_of_hs(code)
        return Good(word, code, found, bool(found), _commodities(found, packs))
    return _named(word, packs)


def _named(word: str, packs: Any) -> Good:
    material = packs.material(word)
    materials = (material or word,)
    return Good(word, "", materials, material is not None, _commodities(materials, packs))


def _commodities(materials: tuple[str, ...], packs: Any) -> frozenset[str]:
    """The names under which evidence lists of regimes may speak of these materials."""
    words = {word for one in materials for word in packs.words_of(one)}
    return frozenset({"all", *materials, *words})


def read_origin(text: str) -> tuple[str, str]:
    """Country and subdivision (or an empty text) of an ISO 3166 code; LawError names the nearest.

    >>> read_origin("CN-XJ"), read_origin("VN")
    (('CN', 'CN-XJ'), ('VN', ''))
    """
    places, code = load_places(), text.strip()
    if "-" in code:
        return code.partition("-")[0], places.subdivision(code, "--origin", None)
    return places.country(code, "--origin", None), ""


def market(good: str, origin: str, day: dt.date, book: LawBook) -> Matrix:
    """What the law says on ``day`` of ``good`` made in ``origin``, for every destination.

    >>> matrix = market("cotton", "CN-XJ", dt.date(2026, 6, 1), LawBook.load())
    >>> [(one.market, one.value) for one in matrix.destinations][:3]
    [('US', 'presumption'), ('EU', 'no_measure_found'), ('CA', 'case_by_case')]
    """
    question = _Question(read_good(good), *read_origin(origin), day, book)
    return Matrix(
        question.good,
        question.region or question.country,
        day,
        book.as_of,
        book.version,
        tuple(question.assumed()),
        tuple(question.destination(place) for place in question.places()),
        book.overlay,
    )


@dataclass(frozen=True, slots=True)
class _Question:
    """One asking: a good of an origin on a day, put to the book."""

    good: Good
    country: str
    region: str
    day: dt.date
    book: LawBook

    def places(self) -> Iterator[str]:
        """Destinations in a fixed order, whatever the answers; the home market among them."""
        known = {regime.jurisdiction for regime in self.book}
        fixed = [*JURISDICTIONS, *sorted(known - set(JURISDICTIONS))]
        yield from fixed
        if not any(self._home(place) for place in fixed):
            yield self.country

    def _home(self, place: str) -> bool:
        inside = self.book.places.inside(self.country, place, self.day)
        return place == self.country or inside is Answer.YES

    def assumed(self) -> Iterator[Reason]:
        """What the hypothetical importation takes for granted."""
        yield Reason("market_assumes_import", {"origin": self.region or self.country})
        yield Reason("market_assumes_bare")
        if not self.good.known:
            yield Reason("market_good_unknown", {"good": self.good.text})

    def destination(self, place: str) -> Destination:
        """Cells, law of the origin and collisions of one destination."""
        home = self._home(place)
        judged = self._judge(self._dealing(place, "sale" if home else "import"))
        mine = [regime for regime in self.book if regime.jurisdiction == place]
        asked = [regime for regime in mine if regime.kind in _CELLS]
        cells = [cell for regime in asked for cell in self._cells(regime, judged)]
        cells.sort(key=_heading)
        off = tuple(self._not_in_force(asked))
        told = {cell.regime.id for cell in cells if cell.regime}
        told |= {reason.params["regime"] for reason in off}
        none = Reason("market_none", {"market": place})
        lead = next((cell for cell in cells if cell.regime and cell.regime.kind in _IMPORT), None)
        rows, collisions = self._origin_law(place, lead.regime if lead else None, home=home)
        return Destination(
            place,
            home,
            tuple(cells) or (Cell("no_measure_found", None, None, (none,)),),
            off,
            tuple(regime.id for regime in mine if regime.id not in told),
            rows,
            collisions,
            tuple(r for r in judged.not_modelled if r.code != "no_import_regime"),
        )

    def _cells(self, regime: Regime, judged: Judgement) -> Iterator[Cell]:
        """The cell of one regime, unless the facts alone show that it does not apply."""
        verdicts = {v.question: v for v in judged.verdicts if v.regime == regime.id}
        verdict, value = _value(regime, verdicts)
        if value == "no_measure_found":
            return
        evidence = regime.data.get("evidence", ())
        documents = unique(
            document
            for entry in evidence
            if entry["commodity"] in self.good.commodities
            for document in entry["documents"]
        )
        yield Cell(value, regime, verdict, verdict.because, documents)

    def _not_in_force(self, regimes: list[Regime]) -> Iterator[Reason]:
        """Regimes on the good that begin later, or have ended."""
        for regime in regimes:
            version = regime.in_force.on(self.day)
            begins = version.disputed_from or version.effective
            params = {"regime": regime.id, "date": self.day.isoformat()}
            if begins and self.day < begins:
                yield Reason("law_not_yet", {**params, "day": begins.isoformat()}, version.cites)
            elif version.ends and self.day >= version.ends:
                ended = {**params, "day": version.ends.isoformat()}
                yield Reason("law_ended", ended, version.cites)

    def _judge(self, facts: Mapping[str, Any]) -> Judgement:
        return judge(parse_facts(facts), self.book)

    def _dealing(self, place: str, act: str) -> dict[str, Any]:
        """The facts of the import, or of the sale at home: nobody but the maker is named."""
        maker = {"party": "origin", "made": True, **self._side()}
        facts: dict[str, Any] = {
            "transaction": act,
            "market": place,
            "date": self.day,
            "goods": self.good.facts(),
            "chain": [maker],
            "exporter": self._side(),
            "permissions": [],
        }
        buyer = _state_in(place, self.book.places, self.day)
        return {**facts, "importer": {"country": buyer}, "actor": {"country": buyer}}

    def _side(self) -> dict[str, str]:
        place = {"country": self.country}
        return {**place, "region": self.region} if self.region else place

    def _origin_law(
        self, place: str, served: Regime | None, *, home: bool
    ) -> tuple[tuple[Beside, ...], tuple[Collision, ...]]:
        """The law of the origin on the export, and on each act that the destination's law asks for."""
        inside = self.book.places.inside
        own = [
            regime
            for regime in self.book
            if regime.jurisdiction == self.country
            or inside(self.country, regime.jurisdiction, self.day) is not Answer.NO
        ]
        rows: list[Beside] = []
        collisions: list[Collision] = []
        for act, facts in self._acts(place, served, home=home) if own else ():
            judged = self._judge(facts)
            collisions += [c for c in judged.collisions if c.regimes[1] in {r.id for r in own}]
            rows += [row for regime in own for row in _rows(act, regime, judged, home=home)]
        once = {(c.regimes, c.because.text()): c for c in collisions}
        return tuple(rows), tuple(once.values())

    def _acts(
        self, place: str, served: Regime | None, *, home: bool
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """The dealing seen from the origin; then the acts that serve the destination's measure."""
        seller, buyer = self._side(), {"country": _state_in(place, self.book.places, self.day)}
        dealing = self._dealing(place, "sale" if home else "export")
        ordinary = {"reason": "commercial", "assists_evasion": False}
        yield (
            dealing["transaction"],
            {**dealing, "actor": seller, "counterparty": buyer, **ordinary},
        )
        if served is None or home:
            return
        base = {"date": self.day, "reason": "foreign_measure", "assists_evasion": False}
        base |= {"measure": {"state": place, "regime": served.id}, "permissions": []}
        stop = {"transaction": "supply_stop", "actor": buyer, "counterparty": seller}
        sign = {"transaction": "declaration", "actor": seller, "counterparty": buyer}
        hand = {
            "transaction": "evidence_transfer",
            "actor": seller,
            "counterparty": buyer,
            "recipient": {"kind": "authority", "country": place},
            "evidence": {"stored_in": self.country},
        }
        for act in (stop, hand, sign):
            yield str(act["transaction"]), {**base, **act}


def _state_in(place: str, places: Places, day: dt.date) -> str:
    """A state that stands for the destination: of a union any member, as its law treats them alike."""
    if place in places.countries:
        return place
    members = [code for code, _, _ in places.territories[place].members if code in places.countries]
    return next(code for code in members if places.inside(code, place, day) is Answer.YES)


def _heading(cell: Cell) -> tuple[int, bool]:
    """Cells that bind first, and of two unknown ones that which names what is missing."""
    return _HEADS.index(cell.value), not (cell.verdict and cell.verdict.missing)


def _value(regime: Regime, verdicts: Mapping[str, Verdict]) -> tuple[Verdict, Value]:
    """The word of the closed vocabulary for what a regime answers, and the deciding verdict."""
    applies = verdicts["applies"]
    if applies.answer is Answer.NO:
        return applies, "no_measure_found"
    if regime.kind in _IMPORT:
        return _value_of_import(verdicts, applies)
    if applies.answer is Answer.YES:
        return applies, "duty" if regime.kind == "duty" else "reporting_duty"
    # Only the addressee's size or turnover is open, no fact of the matrix: the duty is shown,
    # marked as conditional. A disputed date, or a missing fact, stays unknown.
    in_doubt = {reason.code for reason in applies.because} == {"size_not_in_facts"}
    if regime.kind == "disclosure" and not applies.missing and in_doubt:
        return applies, "reporting_duty"
    return applies, "unknown"


def _value_of_import(verdicts: Mapping[str, Verdict], applies: Verdict) -> tuple[Verdict, Value]:
    presumption, prohibition = verdicts.get("presumption"), verdicts.get("prohibition")
    if applies.answer is Answer.UNKNOWN:
        return applies, "unknown"
    if presumption is not None and presumption.answer is not Answer.NO:
        sure = presumption.answer is Answer.YES
        return presumption, "presumption" if sure else "unknown"
    if prohibition is None or prohibition.answer is Answer.NO:
        return prohibition or presumption or applies, "no_measure_found"
    if prohibition.answer is Answer.YES:
        return prohibition, "prohibited"
    # Nothing is presumed and no order is known: an authority decides, case by case.
    return prohibition, "case_by_case" if presumption is None else "unknown"


def _rows(act: str, regime: Regime, judged: Judgement, *, home: bool) -> Iterator[Beside]:
    """What a regime of the origin does not answer with no; ``applies`` only where it is all it asks."""
    if home and regime.kind in _CELLS:
        return  # stands in the cells of the home market
    for verdict, code in zip(judged.verdicts, judged.effects, strict=True):
        if verdict.regime != regime.id or verdict.answer is Answer.NO:
            continue
        if verdict.question != "applies" or len(regime.questions) == 1:
            yield Beside(act, regime, verdict, code)


def _facts(regime: Regime | None, key: str, lang: str) -> list[dict[str, Any]]:
    if regime is None:
        return []
    cites = regime.data["citations"]
    return [
        {
            "text": fact["zh" if lang == "zh" else "en"],
            "citation": cites[fact["cite"]]["text"],
            "verified": fact["verified"],
        }
        for fact in regime.data.get(key, ())
    ]


def _reasons(reasons: tuple[Reason, ...], lang: str) -> list[dict[str, Any]]:
    return [plain(reason.to_json(lang)) for reason in reasons]
