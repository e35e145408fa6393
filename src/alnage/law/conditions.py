"""The little language in which regimes state their conditions, and its evaluation.

A regime's YAML says *when* something holds, in a handful of words (``all``, ``any``,
``not``, ``fact``, ``some``, ``content`` …). Each word is a small frozen value here that
looks into the facts and returns a three-valued finding. No rule of law stands in Python.

    YAML ── compile_condition ──> Condition ── find(scene, item) ──> Found
                                      └─ meta: because, cite, verified, clocks
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

from alnage.law.facts import ABSENT, Item
from alnage.law.logic import Found, either, every, unique, weaker
from alnage.law.places import Places
from alnage.model import Answer, Citation, Reason, Verified

EPSILON: Final = 1e-9  # numeric tolerance of the tracing, not a threshold of law

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


@dataclass(frozen=True, slots=True)
class Scene:
    """What a condition may look at: the facts, places, known registers, sibling questions."""

    facts: Item
    day: dt.date | None
    places: Places
    registers: frozenset[str]
    ask: Callable[[str], Found]

    def look(self, path: str, item: Item) -> Item:
        """A path of the facts, or of the present item if it starts with a dot."""
        return item.look(path[1:]) if path.startswith(".") else self.facts.look(path)


class Condition(Protocol):
    """Anything that can be found yes, no or unknown."""

    def find(self, scene: Scene, item: Item) -> Found:
        """Look into the facts; ``item`` is the list entry at hand, or the facts themselves."""
        ...


@dataclass(frozen=True, slots=True)
class Meta:
    """What a node says about itself: its heading, citations, grade and clocks."""

    because: str = ""
    text: str = ""
    cites: tuple[Citation, ...] = ()
    verified: Verified = "primary"
    clocks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Noted:
    """A condition under its heading, with the citations that state it."""

    inner: Condition
    meta: Meta

    def find(self, scene: Scene, item: Item) -> Found:
        """The inner finding, sourced; clocks start only on yes."""
        found = self.inner.find(scene, item)
        reasons = tuple(self._sourced(reason) for reason in found.reasons)
        if self.meta.text:
            reasons = (Reason("law_text", {"text": self.meta.text}, self.meta.cites, reasons),)
        elif self.meta.because:
            reasons = (Reason(self.meta.because, {}, self.meta.cites, reasons),)
        return replace(
            found,
            reasons=reasons,
            verified=weaker(found.verified, self.meta.verified),
            clocks=unique((*found.clocks, *self.meta.clocks)) if found.answer is YES else (),
            cites=unique((*found.cites, *self.meta.cites)),
        )

    def _sourced(self, reason: Reason) -> Reason:
        """Give every leaf without a source the citations of the nearest node above it."""
        if not self.meta.cites:
            return reason
        if reason.because:
            below = tuple(self._sourced(inner) for inner in reason.because)
            return replace(reason, because=below)
        return reason if reason.sources else replace(reason, sources=self.meta.cites)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part must hold."""

    parts: tuple[Condition, ...]

    def find(self, scene: Scene, item: Item) -> Found:
        """Kleene's and."""
        return every([part.find(scene, item) for part in self.parts])


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part must hold."""

    parts: tuple[Condition, ...]

    def find(self, scene: Scene, item: Item) -> Found:
        """Kleene's or."""
        return either([part.find(scene, item) for part in self.parts])


@dataclass(frozen=True, slots=True)
class Not:
    """The part must not hold."""

    part: Condition

    def find(self, scene: Scene, item: Item) -> Found:
        """Kleene's not; that nothing lifts a rule is a fact and needs no citation of its own."""
        found = self.part.find(scene, item).negated()
        return replace(found, verified="primary", cites=()) if found.answer is YES else found


@dataclass(frozen=True, slots=True)
class FactIn:
    """A fact has one of the values; ``default`` stands for an absent one, if there is any."""

    path: str
    values: tuple[Any, ...]
    default: Any = None

    def find(self, scene: Scene, item: Item) -> Found:
        """Unknown if absent without default."""
        at = scene.look(self.path, item)
        value = self.default if at.value is ABSENT else at.value
        if value is None:
            return absent(at.path)
        params = {"fact": at.path, "value": _word(value)}
        if at.value is ABSENT:
            return Found(Answer.of(value in self.values), (Reason("fact_default", params),))
        if value in self.values:
            return Found(YES, (Reason("fact_is", params),))
        return Found(NO, (Reason("fact_is_not", params | {"wanted": _word(self.values)}),))


@dataclass(frozen=True, slots=True)
class FactPlace:
    """A country fact lies inside the territory; ``territory`` may be read from another fact."""

    path: str
    territory: str
    read: bool = False

    def find(self, scene: Scene, item: Item) -> Found:
        """Unknown if absent, if the day decides and is absent, or if the law leaves it open."""
        at = scene.look(self.path, item)
        frame = scene.look(self.territory, item) if self.read else Item("", self.territory)
        gone = [one.path for one in (at, frame) if one.value is ABSENT]
        if gone:
            return either([absent(path) for path in gone])
        answer = scene.places.inside(at.value, frame.value, scene.day)
        params = {"fact": at.path, "value": at.value, "territory": frame.value}
        if (
            answer is UNKNOWN
            and scene.day is None
            and scene.places.needs_day(at.value, frame.value)
        ):
            return absent("date")
        if answer is UNKNOWN:
            return Found(UNKNOWN, (Reason("place_open", params),), verified="unverified")
        code = "place_inside" if answer is YES else "place_outside"
        return Found(answer, (Reason(code, params),))


@dataclass(frozen=True, slots=True)
class DateIn:
    """The date that counts lies in ``start ≤ day < end``."""

    start: dt.date | None
    end: dt.date | None

    def find(self, scene: Scene, item: Item) -> Found:  # noqa: ARG002 (the protocol's signature)
        """Unknown without a date."""
        if scene.day is None:
            return absent("date")
        if self.start is not None and scene.day < self.start:
            return Found(NO, (Reason("date_before", {"date": scene.day, "day": self.start}),))
        if self.end is not None and scene.day >= self.end:
            return Found(NO, (Reason("date_from", {"date": scene.day, "day": self.end}),))
        return Found(YES, (Reason("date_within", {"date": scene.day}),))


@dataclass(frozen=True, slots=True)
class Some:
    """Some entry of a list meets the condition; an absent list is unknown."""

    path: str
    where: Condition

    def find(self, scene: Scene, item: Item) -> Found:
        """Kleene's or over the entries; a closed list without a hit is no."""
        at = scene.look(self.path, item)
        if at.value is ABSENT:
            return absent(at.path)
        entries = [Item(f"{at.path}[{i}]", entry) for i, entry in enumerate(at.value)]
        found = [_entry(entry, self.where.find(scene, entry)) for entry in entries]
        merged = either(found)
        if merged.answer is NO:
            code = "list_none" if entries else "list_empty"
            reason = Reason(code, {"list": at.path, "count": len(entries)})
            # What the chain does not show is no evidence of absence, so it grounds nothing.
            return replace(merged, reasons=(reason,), documented=None)
        return merged


@dataclass(frozen=True, slots=True)
class RegisterIs:
    """The listing at hand is of the register; one that no law names may be any."""

    register: str

    def find(self, scene: Scene, item: Item) -> Found:
        """Unknown for a register without a name, or with one that is not known here."""
        at = item.look("register")
        if at.value is ABSENT:
            return absent(at.path)
        params = {"fact": at.path, "value": at.value, "wanted": self.register}
        if at.value == self.register:
            return Found(YES, (Reason("fact_is", params),))
        if at.value not in scene.registers:
            return Found(UNKNOWN, (Reason("register_unknown", params),), verified="unverified")
        return Found(NO, (Reason("fact_is_not", params),))


@dataclass(frozen=True, slots=True)
class Current:
    """The entry at hand (listing, measure, order, permission) has effect on the date.

    ``whenever``: the first day does not matter, as for a decision that names this entry.
    """

    whenever: bool = False

    def find(self, scene: Scene, item: Item) -> Found:
        """``effective_from ≤ day < removed_on``, and not suspended; absent ends are open."""
        value, day = item.value, scene.day
        start, end = value.get("effective_from"), value.get("removed_on")
        pause, resume = value.get("suspended_from"), value.get("suspended_until")
        params = {"item": item.path, "date": day, "from": start, "to": end}
        if day and end and day >= end:
            return Found(NO, (Reason("item_removed", params),))
        if day and pause and pause <= day and (resume is None or day < resume):
            shown = resume or "-"
            return Found(NO, (Reason("item_suspended", params | {"from": pause, "to": shown}),))
        needed = {"date": day, f"{item.path}.effective_from": start}
        if self.whenever:
            needed = {"date": day} if end or pause else {}
        gone = [path for path, one in needed.items() if one is None]
        if gone:
            return either([absent(path) for path in gone])
        if day and start and day < start and not self.whenever:
            return Found(NO, (Reason("item_not_yet", params),))
        code = "item_stands" if self.whenever else "item_current"
        return Found(YES, (Reason(code, params),))


@dataclass(frozen=True, slots=True)
class RegionIs:
    """The place of the entry at hand is the subdivision; its country may rule that out."""

    region: str

    def find(self, scene: Scene, item: Item) -> Found:  # noqa: ARG002 (the protocol's signature)
        """A country and a region that contradict each other are unknown, never no."""
        region, country = item.look("region"), item.look("country")
        state = self.region.partition("-")[0]
        params = {"item": item.path, "region": self.region}
        abroad = country.value is not ABSENT and country.value != state
        if region.value is ABSENT:
            if abroad:
                reason = Reason("region_abroad", params | {"country": country.value})
                return Found(NO, (reason,))
            gone = [region, country] if country.value is ABSENT else [region]
            return either([absent(one.path) for one in gone])
        if region.value != self.region:
            return Found(NO, (Reason("region_other", params | {"value": region.value}),))
        if abroad:
            reason = Reason("region_conflict", params | {"country": country.value})
            return Found(UNKNOWN, (reason,), verified="unverified")
        return Found(YES, (Reason("region_is", params),))


@dataclass(frozen=True, slots=True)
class Content:
    """The goods contain material of a group, by the bounds of tracing."""

    group: str

    def find(self, scene: Scene, item: Item) -> Found:  # noqa: ARG002 (the protocol's signature)
        """Yes by ``min``, no by ``max``, else unknown; several entries must agree on no."""
        at = scene.facts.look("content")
        if at.value is ABSENT:
            return absent(at.path)
        names = {self.group, f"{self.group}@{scene.day}"}
        found = [
            self._entry(Item(f"content[{i}]", entry))
            for i, entry in enumerate(at.value)
            if entry["group"] in names
        ]
        if not found:
            return absent(f"content[{self.group}]")
        return either(found)

    def _entry(self, at: Item) -> Found:
        low, high = at.value.get("min"), at.value.get("max")
        params = {
            "group": self.group,
            "min": low,
            "expected": at.value.get("expected"),
            "max": high,
        }
        crossed = low is not None and high is not None and high <= EPSILON < low
        if low is not None and low > EPSILON and not crossed:
            return Found(YES, (Reason("content_certain", params),), documented=True)
        if high is not None and high <= EPSILON and not crossed and not _doubted(at.value):
            return Found(NO, (Reason("content_none", params),), documented=True)
        gone = [] if high is not None else [f"{at.path}.max"]
        gone += (
            [] if low is not None or (high is not None and high <= EPSILON) else [f"{at.path}.min"]
        )
        more = (*at.value.get("gaps", ()), *at.value.get("evidence", ()))
        return Found(UNKNOWN, (Reason("content_open", params),), missing=(*gone, *more))


@dataclass(frozen=True, slots=True)
class Held:
    """Content in the custody or title of a group: an open question if there is any."""

    group: str
    open: str

    def find(self, scene: Scene, item: Item) -> Found:  # noqa: ARG002 (the protocol's signature)
        """Unknown if the entry is there and not nil, else it adds nothing."""
        at = scene.facts.look("content")
        entries = () if at.value is ABSENT else at.value
        names = {self.group, f"{self.group}@{scene.day}"}
        for index, entry in enumerate(entries):
            if entry["group"] in names and (entry.get("max", 1.0) > EPSILON or _doubted(entry)):
                gone = () if "max" in entry else (f"{at.path}[{index}].max",)
                return Found(UNKNOWN, (Reason(self.open, {}),), gone, verified="unverified")
        return Found(NO, ())


@dataclass(frozen=True, slots=True)
class ScopeIn:
    """The order at hand is about a region, or about a party of the chain in that region."""

    region: str

    def find(self, scene: Scene, item: Item) -> Found:
        """Two-valued: it picks the words and clocks of an order, never the answer."""
        scope = item.value.get("scope", "")
        chain = scene.facts.value.get("chain", ())
        local = {f"party:{n.get('party', '')}" for n in chain if n.get("region") == self.region}
        inside = scope == f"region:{self.region}" or scope in local
        code = "scope_inside" if inside else "scope_outside"
        return Found(Answer.of(inside), (Reason(code, {"scope": scope, "region": self.region}),))


@dataclass(frozen=True, slots=True)
class Present:
    """The entry at hand has the key: two-valued, for remarks only."""

    key: str

    def find(self, scene: Scene, item: Item) -> Found:  # noqa: ARG002 (the protocol's signature)
        """Yes if the key is there."""
        return Found(Answer.of(self.key in item.value))


@dataclass(frozen=True, slots=True)
class MadeBeforeListing:
    """The party at hand made the goods before its listing took effect: for remarks only."""

    register: str

    def find(self, scene: Scene, item: Item) -> Found:  # noqa: ARG002 (the protocol's signature)
        """Two-valued: yes if both dates are there and in that order."""
        made = item.value.get("date")
        starts = [
            listing.get("effective_from")
            for listing in item.value.get("listings", ())
            if listing.get("register") == self.register
        ]
        return Found(Answer.of(any(made and start and made < start for start in starts)))


@dataclass(frozen=True, slots=True)
class Open:
    """A question that the law leaves open: always unknown, with its reason."""

    code: str

    def find(self, scene: Scene, item: Item) -> Found:  # noqa: ARG002 (the protocol's signature)
        """Unknown; no fact would settle it."""
        return Found(UNKNOWN, (Reason(self.code, {}),), verified="unverified")


@dataclass(frozen=True, slots=True)
class Ask:
    """What the same regime answers to another of its questions."""

    question: str

    def find(self, scene: Scene, item: Item) -> Found:  # noqa: ARG002 (the protocol's signature)
        """That finding, whole, its reasons under one heading."""
        found = scene.ask(self.question)
        params = {"question": self.question, "answer": found.answer.value}
        return replace(found, reasons=(Reason("law_question", params, (), found.reasons),))


@dataclass(frozen=True, slots=True)
class Fixed:
    """An answer that no fact changes."""

    answer: Answer
    reasons: tuple[Reason, ...] = field(default=())

    def find(self, scene: Scene, item: Item) -> Found:  # noqa: ARG002 (the protocol's signature)
        """The answer."""
        return Found(self.answer, self.reasons)


@dataclass(frozen=True, slots=True)
class Asserted:
    """A condition that rests on what the facts assert of a party, not on documents."""

    inner: Condition

    def find(self, scene: Scene, item: Item) -> Found:
        """The inner finding; a yes is marked as asserted."""
        found = self.inner.find(scene, item)
        return replace(found, documented=False) if found.answer is YES else found


def absent(path: str) -> Found:
    """Unknown, because the fact at ``path`` is not given."""
    return Found(UNKNOWN, (Reason("fact_absent", {"fact": path}),), missing=(path,))


def _entry(entry: Item, found: Found) -> Found:
    if found.answer is NO:
        return found
    name = entry.value.get("party") or entry.value.get("name") or entry.value.get("register") or ""
    params = {"item": entry.path, "name": name}
    return replace(found, reasons=(Reason("list_item", params, (), found.reasons),))


def _doubted(entry: Mapping[str, Any]) -> bool:
    """Whether a content entry that looks nil is open all the same."""
    loose = max(entry.get("undocumented", 0.0), entry.get("unresolved", 0.0)) > EPSILON
    return loose or entry.get("reachable") is True or bool(entry.get("incomplete"))


def _word(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_word(one) for one in value]
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value
