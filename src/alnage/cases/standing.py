"""Whether a remedy is open on a day, why, until when, and what it meets on the other side.

Answers are three-valued: an event that was not told is unknown, not absent, and only an
event, a statutory last day or a law that is not in force makes a remedy "no". Remedies
are told by due date, never by ease; a form that loses the right is said, not hidden.

    remedy ─┐
    asked  ─┼─ standing() ──> Standing(open, because, deadlines, collisions) ── to_json()
    book   ─┘    └ listings by register kind come from listed.py
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from alnage.cases.deadlines import Deadline, controlling, count, deadlines, deemed, iso
from alnage.cases.remedies import Remedy, actor, remedies
from alnage.law import Collision, LawBook, judge, parse_facts
from alnage.model import Answer, Reason


@dataclass(frozen=True, slots=True)
class Listed:
    """Whether an enterprise is on registers of one kind on the day, and why."""

    answer: Answer
    reason: Reason


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of the matter: day, events, and whom or what it concerns.

    ``listed`` is by register kind (``us-uflpa``); a kind that is not in it is unknown.
    """

    on: dt.date
    events: Mapping[str, dt.date] = field(default_factory=dict)
    entry: str = ""
    enterprise: str = ""
    listed: Mapping[str, Listed] = field(default_factory=dict)

    @property
    def subjects(self) -> tuple[str, ...]:
        """Which remedies are asked for: of goods, of an enterprise, or all."""
        if bool(self.entry) == bool(self.enterprise):
            return ("goods", "enterprise", "any")
        return ("goods", "any") if self.entry else ("enterprise", "any")


@dataclass(frozen=True, slots=True)
class Standing:
    """One remedy as it stands on a day."""

    remedy: Remedy
    open: Answer
    because: tuple[Reason, ...]
    missing: tuple[str, ...]
    deadlines: tuple[Deadline, ...]
    collisions: tuple[Collision, ...]

    @property
    def due(self) -> dt.date | None:
        """The last day that controls, if one runs."""
        one = controlling(self.deadlines)
        return None if one is None else one.due.due

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """As the contract of ``alnage case remedies`` has it."""
        one = self.remedy
        return {
            "remedy": one.id,
            "name": one.name[lang],
            "regimes": list(one.regimes),
            "who": actor(one.who, lang),
            "asserts": one.asserts[lang],
            "open": self.open.value,
            "because": [reason.to_json(lang) for reason in self.because],
            "missing": list(self.missing),
            "due": iso(self.due),
            "deadlines": [deadline.to_json(lang) for deadline in self.deadlines],
            "closes": [
                {"remedy": c.remedy, "text": c.text[lang], "verified": c.verified}
                for c in one.closes
                if c.closes
            ],
            "notes": [
                {"text": c.text[lang], "verified": c.verified} for c in one.closes if not c.closes
            ],
            "evidence": list(one.evidence),
            "collisions": [
                {**collision.to_json(lang), "if": Reason("remedy_collision_if").text(lang)}
                for collision in self.collisions
            ],
            "citation": one.citation.text,
            "url": one.citation.url,
            "verified": one.citation.verified,
        }


def standings(asked: Asked, book: LawBook) -> list[Standing]:
    """The remedies that are asked for, by due date; those without one last, then by id.

    >>> asked = Asked(dt.date(1998, 4, 1), {"presented": dt.date(1998, 3, 17)})
    >>> found = {one.remedy.id: one for one in standings(asked, LawBook.load())}
    >>> found["us.protest"].open.value, found["us.protest"].missing
    ('unknown', ('excluded',))
    """
    chosen = [one for one in remedies().values() if one.subject in asked.subjects]
    found = [standing(one, asked, book) for one in chosen]
    return sorted(found, key=lambda one: (one.due or dt.date.max, one.remedy.id))


def standing(remedy: Remedy, asked: Asked, book: LawBook) -> Standing:
    """One remedy on the day asked for."""
    asked = _own(remedy, asked)
    answer, because, missing = _Opening(remedy, asked, book).answer()
    return Standing(
        remedy,
        answer,
        tuple(because),
        tuple(missing),
        deadlines(remedy, asked.events, asked.on),
        _collisions(remedy, asked, book),
    )


def _own(remedy: Remedy, asked: Asked) -> Asked:
    """Without the opening events that belong to another procedure, as other events show.

    A notice of a US detention is no notice of the Mexican labour ministry.
    """
    if not any(name in asked.events for name in remedy.apart):
        return asked
    kept = {name: day for name, day in asked.events.items() if name not in remedy.opened_by}
    return replace(asked, events=kept)


class _Opening:
    """Asks in turn what ends, forbids and opens a remedy; the first that decides, decides."""

    def __init__(self, remedy: Remedy, asked: Asked, book: LawBook) -> None:
        self._remedy, self._asked, self._book = remedy, asked, book
        self._events, self._silence = deemed(asked.events, asked.on)

    def answer(self) -> tuple[Answer, list[Reason], list[str]]:
        """The answer, its reasons, and the events that would settle an unknown."""
        for ask in (self._not_in_force, self._ended, self._other_form, self._late):
            found = ask()
            if found is not None:
                return found[0], [*self._told(), found[1]], []
        return self._opened()

    def _told(self) -> list[Reason]:
        """Silence that counts as an event this remedy looks at."""
        return [why for why in self._silence if why.params["event"] in self._remedy.events]

    def _happened(self, names: Iterable[str]) -> tuple[str, dt.date] | None:
        days = [(name, self._events[name]) for name in names if name in self._events]
        return next(((name, day) for name, day in days if day <= self._asked.on), None)

    def _not_in_force(self) -> tuple[Answer, Reason] | None:
        """No while none of its regimes can be applied; unknown while that is disputed."""
        disputed, day = False, self._asked.on
        for name in self._remedy.regimes:
            version = self._book[name].in_force.on(day)
            begun = version.effective is None or version.effective <= day
            if begun and (version.ends is None or day < version.ends):
                return None
            disputed |= version.disputed_from is not None and version.disputed_from <= day
        params = {"regimes": list(self._remedy.regimes), "date": day.isoformat()}
        # Whoever was told of an opening event may still have the remedy that it opened.
        if disputed or self._happened(self._remedy.opened_by):
            return Answer.UNKNOWN, Reason("remedy_in_force_open", params, (self._remedy.citation,))
        return Answer.NO, Reason("remedy_not_in_force", params, (self._remedy.citation,))

    def _ended(self) -> tuple[Answer, Reason] | None:
        ended = self._happened(self._remedy.closed_by)
        if ended is None:
            return None
        if self._remedy.listed and ended[0] == "removed":
            return self._which_list()
        params = {"event": ended[0], "day": ended[1].isoformat()}
        return Answer.NO, Reason("remedy_ended", params, (self._remedy.citation,))

    def _which_list(self) -> tuple[Answer, Reason]:
        """A listing or removal was told, but not on which of the lists."""
        return Answer.UNKNOWN, Reason("remedy_which_list", {"register": self._remedy.listed})

    def _other_form(self) -> tuple[Answer, Reason] | None:
        """No where another form is the right one; unknown where both events were told."""
        instead = self._remedy.instead
        if instead is None or self._happened([instead.event]) is None:
            return None
        both = self._happened(self._remedy.opened_by) is not None
        # After a seizure a petition lies whatever went before; an older exclusion is open.
        if both and instead.event == "excluded":
            return None
        answer = Answer.UNKNOWN if both else Answer.NO
        return answer, Reason(instead.code, {}, (self._remedy.citation,))

    def _late(self) -> tuple[Answer, Reason] | None:
        """No after a last day seen in the primary text; unknown after any other."""
        clock = next((c for c in self._remedy.clocks if c.rule == self._remedy.last), None)
        one = None if clock is None else count(clock.rule, self._events, self._asked.on)
        if clock is None or one is None or one.due is None or one.state != "expired":
            return None
        met = any(self._events.get(name, dt.date.max) <= one.due for name in clock.met_by)
        if met:
            return None
        params = {"rule": one.rule, "due": one.due.isoformat(), "effect": one.effect("en")}
        code = "remedy_late" if one.verified == "primary" else "remedy_late_unverified"
        answer = Answer.NO if one.verified == "primary" else Answer.UNKNOWN
        return answer, Reason(code, params, (self._remedy.citation,))

    def _opened(self) -> tuple[Answer, list[Reason], list[str]]:
        opened = self._happened(self._remedy.opened_by)
        source = (self._remedy.citation,)
        listed = self._asked.listed.get(self._remedy.listed)
        if listed is not None and listed.answer is not Answer.UNKNOWN:
            return listed.answer, [listed.reason], []
        because = [] if listed is None else [listed.reason]
        if opened is not None and opened[0] == "listed":
            return Answer.UNKNOWN, [*because, self._which_list()[1]], ["enterprise"]
        needs = self._remedy.needs
        if opened is not None and (not needs or self._happened([needs])):
            params = {"event": opened[0], "day": opened[1].isoformat()}
            return Answer.YES, [*self._told(), Reason("remedy_opened", params, source)], []
        if opened is not None:
            return Answer.UNKNOWN, [Reason("remedy_needs", {"event": needs}, source)], [needs]
        later = [name for name in self._remedy.opened_by if name in self._events]
        if later:
            params = {"event": later[0], "day": self._events[later[0]].isoformat()}
            return Answer.NO, [Reason("remedy_not_yet", params, source)], []
        missing = [*self._remedy.opened_by]
        if self._remedy.counterparty:
            because.append(Reason("remedy_counterparty", {"register": self._remedy.counterparty}))
            missing.append("counterparty")
        because.append(Reason("remedy_event_missing", {"events": missing}, source))
        return Answer.UNKNOWN, because, missing


def _collisions(remedy: Remedy, asked: Asked, book: LawBook) -> tuple[Collision, ...]:
    """What the filing meets on the other side, if its evidence comes from there.

    The facts of the filing are those of the remedy; that evidence is stored in the PRC and
    handed over by a party of the PRC is the condition under which a collision is told.
    """
    if remedy.act is None:
        return ()
    facts = {
        "date": asked.on,
        "actor": {"party": "filer", "country": "CN", "listings": []},
        "evidence": {"stored_in": "CN"},
        "permissions": [],
        **remedy.act,
    }
    return judge(parse_facts(facts), book).collisions
