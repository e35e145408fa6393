"""Asks the conditions of regimes of many rows together: the vectorised twin of ``conditions``.

Answers are small integers (no 0, unknown 1, yes 2), so that Kleene's and, or, not are minimum,
maximum and complement. Beside each answer goes the set of reason codes that decided it, one
bit a code. An entry of a list is asked like a row and folded back to its row; its own reasons
stand below a heading, so their bits are not needed. That both twins agree, answers and codes,
is tried on random facts.

    Frame ─┐
           ├─ Asking.regime(regime) ──> Told(answer, bits), one a question
    LawBook┘     └─ ASK[type of condition](asking, condition, frame)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from alnage.law import conditions as law
from alnage.law.book import InForce, LawBook, Regime
from alnage.law.columns import NO_DAY, Bools, Days, Frame, Index, Words
from alnage.law.conditions import EPSILON, Condition
from alnage.law.places import Places
from alnage.model import Answer

Ints = np.ndarray[Any, np.dtype[np.int8]]
Bits = np.ndarray[Any, np.dtype[np.uint64]]

NO, UNKNOWN, YES = np.int8(0), np.int8(1), np.int8(2)
_NUMBER: Final = {Answer.NO: NO, Answer.UNKNOWN: UNKNOWN, Answer.YES: YES}
_EPOCH: Final = 719_163  # the ordinal of 1970-01-01
_FULL: Final = 63  # a word of bits; the codes beyond it share the last one


@dataclass(frozen=True, slots=True)
class Told:
    """Answers of many rows, and per row the bits of the codes that decided."""

    answer: Ints
    bits: Bits

    def take(self, rows: Index) -> Told:
        """The same for other rows."""
        return Told(self.answer[rows], self.bits[rows])


# Codes that every regime numbers alike, so that what they say of a row is found once.
_SHARED: Final = (
    "fact_absent", "fact_is", "fact_is_not", "fact_default", "place_inside", "place_outside",
    "place_open", "date_before", "date_from", "date_within",
)  # fmt: skip
_ONCE: Final = (law.FactIn, law.FactPlace, law.DateIn)


@dataclass(slots=True)
class CodeBook:
    """Numbers the reason codes of one regime: the shared ones first, others as they turn up."""

    known: dict[str, int] = field(
        default_factory=lambda: {code: number for number, code in enumerate(_SHARED)}
    )

    def bit(self, code: str) -> np.uint64:
        """The bit of a code."""
        number = self.known.setdefault(code, min(len(self.known), _FULL))
        return np.uint64(1 << number)

    def read(self, bits: int) -> frozenset[str]:
        """The codes of a set of bits."""
        return frozenset(code for code, number in self.known.items() if bits >> number & 1)


@dataclass(slots=True)
class Asking:
    """One block of rows before the regimes of a book."""

    rows: Frame
    book: LawBook
    codes: CodeBook = field(default_factory=CodeBook)
    _current: Regime | None = None
    _findings: dict[str, Told] = field(default_factory=dict)
    _once: dict[Condition, Told] = field(default_factory=dict)
    days: Days = field(init=False)

    def __post_init__(self) -> None:
        self.days = self.rows.days("date")

    def regime(self, regime: Regime, codes: CodeBook) -> Iterator[Told]:
        """What the regime answers to each of its questions, in order."""
        self._current, self._findings, self.codes = regime, {}, codes
        for name in regime.questions:
            yield self.question(name)

    def question(self, name: str) -> Told:
        """The finding on one question: in force, applicable, and its own condition."""
        if name not in self._findings and self._current is not None:
            question = self._current.questions[name]
            gate = self._current.in_force if name == "applies" else law.Ask("applies")
            parts = [self.ask(part, self.rows) for part in (gate, question.condition)]
            self._findings[name] = _every(parts)
        return self._findings[name]

    def ask(self, condition: Condition, frame: Frame) -> Told:
        """The condition of every row of the frame."""
        if frame is self.rows and isinstance(condition, _ONCE):
            if condition not in self._once:
                self._once[condition] = ASK[type(condition)](self, condition, frame)
            return self._once[condition]
        return ASK[type(condition)](self, condition, frame)

    def told(self, *cases: tuple[Any, np.int8, str], otherwise: tuple[np.int8, str]) -> Told:
        """Answer and code by the first case whose mask holds."""
        masks = [np.asarray(mask, np.bool_) for mask, _, _ in cases]
        answers = np.select(masks, [answer for _, answer, _ in cases], otherwise[0])
        bits = np.select(masks, [self.bit(code) for _, _, code in cases], self.bit(otherwise[1]))
        return Told(answers.astype(np.int8), bits.astype(np.uint64))

    def bit(self, code: str) -> np.uint64:
        """The bit of a code; none for reasons that a condition does not give."""
        return self.codes.bit(code) if code else np.uint64(0)

    def words(self, frame: Frame, path: str) -> Words:
        """The column of a path: of the entries if it begins with a dot, else of their rows."""
        if path.startswith("."):
            return frame.words(path[1:])
        column = self.rows.words(path)
        return column if frame is self.rows else column.take(frame.root)

    def entry_days(self, frame: Frame) -> Days:
        """The date that counts for each entry."""
        return self.days if frame is self.rows else self.days[frame.root]

    def inside(self, column: Words, territory: str, days: Days) -> Told:
        """Whether each country lies in the territory; one asking a distinct country."""
        places = self.book.places
        dated = [places.needs_day(word, territory) for word in column.words]
        whenever = [_NUMBER[places.inside(word, territory, None)] for word in column.words]
        answer = np.array([*whenever, UNKNOWN], np.int8)[column.codes]
        gone = column.absent
        for number in np.flatnonzero(dated):
            at = np.flatnonzero(column.codes == number)
            answer[at] = _on_days(places, column.words[number], territory, days[at])
            gone[at] = (days[at] == NO_DAY) & (answer[at] == UNKNOWN)
        return self.told(
            (gone, UNKNOWN, "fact_absent"),
            (answer == UNKNOWN, UNKNOWN, "place_open"),
            (answer == YES, YES, "place_inside"),
            otherwise=(NO, "place_outside"),
        )

    def folded(self, owner: Index, answer: Ints, size: int) -> Ints:
        """Kleene's or over the entries of each row; no where a row has none."""
        result = np.zeros(size, np.int8)
        result[owner[answer == UNKNOWN]] = UNKNOWN
        result[owner[answer == YES]] = YES
        return result


def _every(parts: list[Told]) -> Told:
    """All of them: the least answer, with the codes of the parts that gave it."""
    return _combined(parts, np.minimum)


def _combined(parts: list[Told], extreme: Callable[[Ints, Ints], Ints]) -> Told:
    answer = parts[0].answer
    for part in parts[1:]:
        answer = extreme(answer, part.answer)
    bits = np.zeros(len(answer), np.uint64)
    for part in parts:
        bits |= np.where(part.answer == answer, part.bits, np.uint64(0))
    return Told(answer, bits)


def _on_days(places: Places, word: str, territory: str, days: Days) -> Ints:
    """The answer of one country whose membership changed, once a distinct day."""
    distinct, back = np.unique(days, return_inverse=True)
    asked = [
        _NUMBER[places.inside(word, territory, None if day == NO_DAY else _date(day))]
        for day in distinct
    ]
    return np.array(asked, np.int8)[back]


def _date(day: Any) -> Any:
    import datetime as dt

    return dt.date.fromordinal(int(day) + _EPOCH)


def _number(day: Any) -> int:
    """A date as days since 1970."""
    number: int = day.toordinal() - _EPOCH
    return number


def _all_of(asking: Asking, c: law.AllOf, frame: Frame) -> Told:
    if not c.parts:
        return _fixed(asking, law.Fixed(Answer.YES), frame)
    return _every([asking.ask(part, frame) for part in c.parts])


def _any_of(asking: Asking, c: law.AnyOf, frame: Frame) -> Told:
    if not c.parts:
        return _fixed(asking, law.Fixed(Answer.NO), frame)
    return _combined([asking.ask(part, frame) for part in c.parts], np.maximum)


def _not(asking: Asking, c: law.Not, frame: Frame) -> Told:
    told = asking.ask(c.part, frame)
    return Told((YES - told.answer).astype(np.int8), told.bits)


def _noted(asking: Asking, c: law.Noted, frame: Frame) -> Told:
    told = asking.ask(c.inner, frame)
    heading = "law_text" if c.meta.text else c.meta.because
    if not heading:
        return told
    return Told(told.answer, np.full(frame.size, asking.bit(heading), np.uint64))


def _fact_in(asking: Asking, c: law.FactIn, frame: Frame) -> Told:
    column = asking.words(frame, c.path)
    if c.default is None:
        absent = (column.absent, UNKNOWN, "fact_absent")
    else:
        absent = (column.absent, YES if c.default in c.values else NO, "fact_default")
    return asking.told(
        absent, (column.where(c.values), YES, "fact_is"), otherwise=(NO, "fact_is_not")
    )


def _fact_place(asking: Asking, c: law.FactPlace, frame: Frame) -> Told:
    column, days = asking.words(frame, c.path), asking.entry_days(frame)
    if not c.read:
        return asking.inside(column, c.territory, days)
    around = asking.words(frame, c.territory)
    answer = np.full(frame.size, UNKNOWN, np.int8)
    bits = np.full(frame.size, asking.bit("fact_absent"), np.uint64)
    for number, territory in enumerate(around.words):
        at = np.flatnonzero((around.codes == number) & ~column.absent)
        told = asking.inside(column.take(at), territory, days[at])
        answer[at], bits[at] = told.answer, told.bits
    return Told(answer, bits)


def _date_in(asking: Asking, c: law.DateIn, frame: Frame) -> Told:
    days = asking.entry_days(frame)
    first = _number(c.start) if c.start else NO_DAY
    last = _number(c.end) if c.end else np.iinfo(np.int32).max
    return asking.told(
        (days == NO_DAY, UNKNOWN, "fact_absent"),
        (days < first, NO, "date_before"),
        (days >= last, NO, "date_from"),
        otherwise=(YES, "date_within"),
    )


def _some(asking: Asking, c: law.Some, frame: Frame) -> Told:
    own = c.path.startswith(".")
    base = frame if own else asking.rows
    present, owner, entries = base.entries(c.path.removeprefix("."))
    found = np.zeros(base.size, np.int8)
    if entries.size:
        found = asking.folded(owner, asking.ask(c.where, entries).answer, base.size)
    filled = np.zeros(base.size, np.bool_)
    filled[owner] = True
    told = asking.told(
        (~present, UNKNOWN, "fact_absent"),
        (found == YES, YES, "list_item"),
        (found == UNKNOWN, UNKNOWN, "list_item"),
        (filled, NO, "list_none"),
        otherwise=(NO, "list_empty"),
    )
    return told if base is frame else told.take(frame.root)


def _register_is(asking: Asking, c: law.RegisterIs, frame: Frame) -> Told:
    column = frame.words("register")
    return asking.told(
        (column.absent, UNKNOWN, "fact_absent"),
        (column.where((c.register,)), YES, "fact_is"),
        (~column.where(asking.book.registers), UNKNOWN, "register_unknown"),
        otherwise=(NO, "fact_is_not"),
    )


def _current(asking: Asking, c: law.Current, frame: Frame) -> Told:
    day = asking.entry_days(frame)
    start, end = frame.days("effective_from"), frame.days("removed_on")
    pause, resume = frame.days("suspended_from"), frame.days("suspended_until")
    dated = day != NO_DAY
    ended = dated & (end != NO_DAY) & (day >= end)
    paused = dated & (pause != NO_DAY) & (pause <= day) & ((resume == NO_DAY) | (day < resume))
    if c.whenever:
        gone = ~dated & ((end != NO_DAY) | (pause != NO_DAY))
        early = np.zeros(frame.size, np.bool_)
    else:
        gone, early = ~dated | (start == NO_DAY), day < start
    return asking.told(
        (ended, NO, "item_removed"),
        (paused, NO, "item_suspended"),
        (gone, UNKNOWN, "fact_absent"),
        (early, NO, "item_not_yet"),
        otherwise=(YES, "item_stands" if c.whenever else "item_current"),
    )


def _region_is(asking: Asking, c: law.RegionIs, frame: Frame) -> Told:
    region, country = frame.words("region"), frame.words("country")
    state = c.region.partition("-")[0]
    abroad = ~country.absent & ~country.where((state,))
    here = region.where((c.region,))
    return asking.told(
        (region.absent & abroad, NO, "region_abroad"),
        (region.absent, UNKNOWN, "fact_absent"),
        (~here, NO, "region_other"),
        (abroad, UNKNOWN, "region_conflict"),
        otherwise=(YES, "region_is"),
    )


def _of_group(asking: Asking, entries: Frame, group: str) -> Bools:
    """Entries of the group, undated or of the date that counts."""
    column, days = entries.words("group"), asking.entry_days(entries)
    dated = np.full(len(column.words) + 1, NO_DAY, np.int32)
    for number, word in enumerate(column.words):
        name, _, day = word.rpartition("@")
        if name == group:
            dated[number] = _group_day(day)
    exact = dated[column.codes]
    same_day: Bools = (exact != NO_DAY) & (exact == days)
    return column.where((group,)) | same_day


def _group_day(text: str) -> int:
    import datetime as dt

    try:
        return _number(dt.date.fromisoformat(text))
    except ValueError:
        return int(NO_DAY)


def _doubted(entries: Frame) -> Bools:
    loose = np.fmax(entries.numbers("undocumented"), entries.numbers("unresolved")) > EPSILON
    _, owner, _ = entries.entries("incomplete")
    named = np.zeros(entries.size, np.bool_)
    named[owner] = True
    found: Bools = loose | entries.words("reachable").where((True,)) | named
    return found


def _content(asking: Asking, c: law.Content, frame: Frame) -> Told:
    rows = asking.rows
    _, owner, entries = rows.entries("content")
    low, high = entries.numbers("min"), entries.numbers("max")
    # A comparison with an absent bound (nan) does not hold.
    crossed = (high <= EPSILON) & (low > EPSILON)
    answer = np.full(entries.size, UNKNOWN, np.int8)
    answer[(high <= EPSILON) & ~crossed & ~_doubted(entries)] = NO
    answer[(low > EPSILON) & ~crossed] = YES
    mine = _of_group(asking, entries, c.group)
    found = asking.folded(owner[mine], answer[mine], rows.size)
    there = np.zeros(rows.size, np.bool_)
    there[owner[mine]] = True
    told = asking.told(
        (~there, UNKNOWN, "fact_absent"),
        (found == YES, YES, "content_certain"),
        (found == NO, NO, "content_none"),
        otherwise=(UNKNOWN, "content_open"),
    )
    return told if frame is rows else told.take(frame.root)


def _held(asking: Asking, c: law.Held, frame: Frame) -> Told:
    rows = asking.rows
    _, owner, entries = rows.entries("content")
    high = entries.numbers("max")
    filled = np.isnan(high) | (high > EPSILON) | _doubted(entries)
    held = np.zeros(rows.size, np.bool_)
    held[owner[_of_group(asking, entries, c.group) & filled]] = True
    told = asking.told((held, UNKNOWN, c.open), otherwise=(NO, ""))
    return told if frame is rows else told.take(frame.root)


def _scope_in(asking: Asking, c: law.ScopeIn, frame: Frame) -> Told:
    scope = frame.words("scope")
    inside: Bools = scope.where((f"region:{c.region}",))
    _, _, chain = asking.rows.entries("chain")
    local, party = chain.words("region").where((c.region,)), chain.words("party")
    if local.any() and any(word.startswith("party:") for word in scope.words):
        numbers = {word: number for number, word in enumerate(party.words)}
        linked = [numbers.get(word.removeprefix("party:"), -1) for word in scope.words]
        named = [word.startswith("party:") for word in scope.words]
        codes = np.array([*(n if p else -1 for n, p in zip(linked, named, strict=True)), -1])
        wide = len(numbers) + 1
        here = frame.root * wide + codes[scope.codes]
        there = chain.root[local & ~party.absent] * wide + party.codes[local & ~party.absent]
        inside |= (codes[scope.codes] >= 0) & np.isin(here, there)
    return asking.told((inside, YES, "scope_inside"), otherwise=(NO, "scope_outside"))


def _present(asking: Asking, c: law.Present, frame: Frame) -> Told:
    return asking.told((frame.present(c.key), YES, ""), otherwise=(NO, ""))


def _made_before_listing(asking: Asking, c: law.MadeBeforeListing, frame: Frame) -> Told:
    made = frame.days("date")
    _, owner, listings = frame.entries("listings")
    start = listings.days("effective_from")
    known = (made[owner] != NO_DAY) & (start != NO_DAY)
    before = known & listings.words("register").where((c.register,)) & (made[owner] < start)
    found = np.zeros(frame.size, np.bool_)
    found[owner[before]] = True
    return asking.told((found, YES, ""), otherwise=(NO, ""))


def _open(asking: Asking, c: law.Open, frame: Frame) -> Told:
    return asking.told((np.ones(frame.size, np.bool_), UNKNOWN, c.code), otherwise=(UNKNOWN, ""))


def _ask(asking: Asking, c: law.Ask, frame: Frame) -> Told:
    answer = asking.question(c.question).answer
    bits = np.full(asking.rows.size, asking.bit("law_question"), np.uint64)
    told = Told(answer, bits)
    return told if frame is asking.rows else told.take(frame.root)


def _fixed(asking: Asking, c: law.Fixed, frame: Frame) -> Told:
    answer = _NUMBER[c.answer]
    return asking.told((np.ones(frame.size, np.bool_), answer, ""), otherwise=(answer, ""))


def _asserted(asking: Asking, c: law.Asserted, frame: Frame) -> Told:
    return asking.ask(c.inner, frame)


def _in_force(asking: Asking, c: InForce, frame: Frame) -> Told:
    """Which version governs each day, and whether it has effect: see ``InForce.find``."""
    days = asking.entry_days(frame)
    begun = [
        _number(v.disputed_from or v.effective) if v.disputed_from or v.effective else NO_DAY
        for v in c.versions
    ]
    governs = np.zeros(frame.size, np.int64)
    for number, first in enumerate(begun):
        governs[days >= first] = number
    cases: list[tuple[Any, np.int8, str]] = [(days == NO_DAY, UNKNOWN, "fact_absent")]
    for number, version in enumerate(c.versions):
        mine = governs == number
        start = _number(version.effective) if version.effective else np.iinfo(np.int32).max
        if version.ends:
            ended = mine & (days >= start) & (days >= _number(version.ends))
            cases.append((ended, NO, "law_ended"))
        cases.append((mine & (days >= start), YES, "law_in_force"))
        if version.disputed_from:
            doubt = mine & (days >= _number(version.disputed_from))
            cases.append((doubt, UNKNOWN, version.disputed))
    return asking.told(*cases, otherwise=(NO, "law_not_yet"))


ASK: Final[Mapping[type, Callable[[Asking, Any, Frame], Told]]] = {
    InForce: _in_force,
    law.AllOf: _all_of,
    law.AnyOf: _any_of,
    law.Not: _not,
    law.Noted: _noted,
    law.Asserted: _asserted,
    law.FactIn: _fact_in,
    law.FactPlace: _fact_place,
    law.DateIn: _date_in,
    law.Some: _some,
    law.RegisterIs: _register_is,
    law.Current: _current,
    law.RegionIs: _region_is,
    law.Content: _content,
    law.Held: _held,
    law.ScopeIn: _scope_in,
    law.Present: _present,
    law.MadeBeforeListing: _made_before_listing,
    law.Open: _open,
    law.Ask: _ask,
    law.Fixed: _fixed,
}
