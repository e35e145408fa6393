"""Deadlines: from the dates of events to the last day, the day of effect and the day to act by.

A deadline in this field is lost by counting from the wrong event, by taking working
days for calendar days, or by a last day that one ruling counts and another does not.
So each rule says for itself how it counts, every answer says why, events that do not
move the clock are named, and ``act_by`` is the earliest date that any disputed or
unverified reading gives.

    rule id ─┐
    events  ─┼─> due() ──> Due(due, effect_on, act_by, state, because)
    on      ─┘    └ pure: rules come from clock_rules, days from calendars
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final, Literal

from alnage.law.calendars import later, working_calendar
from alnage.law.clock_rules import Rule, Term, clock_rules, generic_rule, known_events
from alnage.model import Citation, LawError, Reason, Verified
from alnage.words import say

State = Literal["running", "stopped", "suspended", "expired"]

_COUNTED: Final = {
    "calendar_days": "clock_counted_calendar_days",
    "working_days": "clock_counted_working_days",
    "months": "clock_counted_months",
    "years": "clock_counted_years",
}
_EFFECT: Final = {"day_after": "clock_effect_after", "last_day": "clock_effect_on"}


@dataclass(frozen=True, slots=True)
class Due:
    """One deadline as it stands on a day.

    ``due`` is the last day, ``effect_on`` the first day on which silence has its
    effect, ``act_by`` the earliest last day on any reading; None where the rule has
    none. ``provisional``: a working-day calendar of a year in between is not published.
    A stopped clock keeps the days it would have had.
    """

    rule: str
    regime: str
    actor_code: str
    start: dt.date | None
    due: dt.date | None
    effect_on: dt.date | None
    act_by: dt.date | None
    state: State
    on: dt.date
    calendar: str
    provisional: bool
    ignored: tuple[str, ...]
    verified: Verified
    because: tuple[Reason, ...]
    actor_text: Mapping[str, str] = field(default_factory=dict)
    effect_text: Mapping[str, str] = field(default_factory=dict)
    private: bool = False

    def actor(self, lang: str = "en") -> str:
        """Who must act."""
        return self.actor_text.get(lang) or say(f"clock_actor.{self.actor_code}", {}, lang)

    def effect(self, lang: str = "en") -> str:
        """What follows when the last day passes; empty where nothing is stated."""
        if self.rule.startswith("any:"):
            return ""
        return self.effect_text.get(lang) or say(f"clock_effect.{self.rule}", {}, lang)

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """The deadline as the contract of ``alnage clock`` has it.

        >>> day = dt.date(1998, 3, 17)
        >>> answer = due("us.det.final", {"presented": day}, on=day).to_json()
        >>> answer["due"], answer["effect_on"], answer["state"]
        ('1998-04-16', '1998-04-17', 'running')
        """
        answer: dict[str, Any] = {
            "rule": self.rule,
            "due": _iso(self.due),
            "effect_on": _iso(self.effect_on),
            "act_by": _iso(self.act_by),
            "actor": self.actor(lang),
            "effect": self.effect(lang),
            "state": self.state,
            "on": self.on.isoformat(),
            "calendar": self.calendar,
            "ignored": list(self.ignored),
            "verified": self.verified,
            "because": [reason.to_json(lang) for reason in self.because],
        }
        marks = {"provisional": self.provisional, "private": self.private}
        return answer | {name: True for name, holds in marks.items() if holds}


def due(
    rule_id: str,
    events: Mapping[str, dt.date],
    *,
    on: dt.date,
    rules: Mapping[str, Rule] | None = None,
) -> Due:
    """The deadline of ``rule_id`` after ``events`` (days), as it stands on the day ``on``.

    LawError ``clock_rule_unknown``, ``clock_any_bad``, ``clock_event_unknown`` or
    ``clock_start_missing``. Events that only other rules know are ignored and named.

    >>> filed = {"protest_filed": dt.date(1998, 6, 30)}
    >>> denied = due("us.protest.decide_exclusion", filed, on=dt.date(1998, 7, 1))
    >>> denied.due, denied.effect_on
    (datetime.date(1998, 7, 30), datetime.date(1998, 7, 30))
    """
    book = clock_rules() if rules is None else rules
    rule = generic_rule(rule_id) or _named(rule_id, book)
    _refuse_unknown(rule, events, book)
    count = _Count(rule, {name: day for name, day in events.items() if name in rule.events})
    count.run(on)
    ignored = tuple(name for name in events if name not in rule.events)
    if ignored:
        count.say("clock_ignored", events=list(ignored))
    return count.answer(on, ignored)


def _named(rule_id: str, book: Mapping[str, Rule]) -> Rule:
    if rule_id in book:
        return book[rule_id]
    near = get_close_matches(rule_id, book, n=3, cutoff=0.5) or list(book)[:3]
    raise LawError("clock_rule_unknown", rule=rule_id, near=near)


def _refuse_unknown(rule: Rule, events: Mapping[str, dt.date], book: Mapping[str, Rule]) -> None:
    known = known_events(book)
    for name in events:
        if name not in known:
            near = get_close_matches(name, known, n=2, cutoff=0.6)
            takes = list(dict.fromkeys([*near, *rule.events])) or list(known)
            raise LawError("clock_event_unknown", event=name, rule=rule.id, known=takes)


@dataclass(slots=True)
class _Count:
    """One counting: the days found so far and the reasons for them."""

    rule: Rule
    events: Mapping[str, dt.date]
    start: dt.date | None = None
    last: dt.date | None = None
    stated: State | None = None
    early: list[dt.date] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    provisional: bool = False

    def say(self, code: str, *sources: Citation, **params: Any) -> None:
        """Add a reason; its code stands in the words of the room."""
        shown = {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in params.items()}
        self.reasons.append(Reason(code, shown, sources))

    def run(self, on: dt.date) -> None:
        """Start, count, move, stop: each step may bring the last day or a reason."""
        self._begin()
        self._read_otherwise()
        self._move(on)
        self._stand(on)
        for note in self.rule.notes:
            self.say(note)
        if self.rule.private:
            self.say("clock_private", rule=self.rule.id)

    def answer(self, on: dt.date, ignored: tuple[str, ...]) -> Due:
        """The finished deadline."""
        rule, last = self.rule, self.last
        effect = _effect_on(rule, last)
        over = last is not None and (on > last or (effect is not None and on >= effect))
        return Due(
            rule=rule.id,
            regime=rule.regime,
            actor_code=rule.actor,
            start=self.start,
            due=last,
            effect_on=effect,
            act_by=min([last, *self.early]) if last else min(self.early, default=None),
            state=self.stated or ("expired" if over else "running"),
            on=on,
            calendar=rule.how,
            provisional=self.provisional,
            ignored=ignored,
            verified=rule.verified,
            because=tuple(self.reasons),
            actor_text=rule.actor_text,
            effect_text=rule.effect_text,
            private=rule.private,
        )

    def _begin(self) -> None:
        rule = self.rule
        if rule.fixed is not None:
            self.last = rule.fixed
            self.say("clock_fixed", rule.source, day=rule.fixed)
            return
        self.start = self._started()
        if rule.term is None or self.start is None:
            self.say("clock_no_term", rule.source, rule=rule.id)
            return
        name = next((name for name in rule.start if name in self.events), "")
        if name:
            self.say("clock_started", event=name, day=self.start)
        self.last = rule.term.after(self.start, rule.calendar)
        self._say_counted(rule.term)
        self._mind_calendar(rule.term, self.start, self.last)

    def _started(self) -> dt.date | None:
        rule = self.rule
        if rule.begins is not None:
            return rule.begins
        name = next((name for name in rule.start if name in self.events), None)
        if name is None and rule.start:
            raise LawError("clock_start_missing", rule=rule.id, events=list(rule.start))
        return None if name is None else self.events[name]

    def _say_counted(self, term: Term) -> None:
        days = {"length": term.length, "start": self.start, "last": self.last}
        self.say(_COUNTED[term.unit], self.rule.source, calendar=self.rule.calendar, **days)
        if self.rule.effect_day in _EFFECT:
            self.say(_EFFECT[self.rule.effect_day])

    def _mind_calendar(self, term: Term, start: dt.date, last: dt.date) -> None:
        """Where the calendar allows another reading, keep the earlier day too."""
        if term.unit == "working_days":
            calendar = working_calendar(self.rule.calendar)
            strict = term.after(start, self.rule.calendar, strict=True)
            self._mind(strict, last, "clock_calendar_strict")
            self._provisional(calendar.unpublished(start, last))

    def _provisional(self, years: tuple[int, ...]) -> None:
        if years:
            self.provisional = True
            named = [str(year) for year in years]
            self.say("clock_provisional", years=named, calendar=self.rule.calendar)

    def _mind(self, day: dt.date, than: dt.date | None, code: str) -> None:
        """Keep an earlier day for ``act_by``, and say which reading gives it."""
        if than is None or day < than:
            self.early.append(day)
            self.say(code, day=day)

    def _read_otherwise(self) -> None:
        settled = self.rule.set_by is not None and self.rule.set_by.settles
        if settled and self.rule.set_by is not None and self.rule.set_by.event in self.events:
            return
        for reading in self.rule.readings:
            if reading.start in self.events:
                calendar = self.rule.calendar
                day = reading.term.after(self.events[reading.start], calendar, strict=True)
                self._mind(day, self.last, reading.code)

    def _move(self, on: dt.date) -> None:
        self._restart()
        self._extend()
        self._set()
        self._pause(on)
        self._cut()
        self._roll()

    def _restart(self) -> None:
        for name in self.rule.restarts:
            day = self._in_time(name)
            if day is not None and self.rule.term is not None:
                self.early.clear()
                self.start, self.last = day, self.rule.term.after(day, self.rule.calendar)
                self.say("clock_restarted", event=name, day=day, last=self.last)
                self._mind_calendar(self.rule.term, day, self.last)

    def _extend(self) -> None:
        for extension in self.rule.extensions:
            day, before = self._in_time(extension.event), self.last
            if day is not None and before is not None:
                first = min([before, *self.early])
                strict = extension.term.after(first, self.rule.calendar, strict=True)
                self.early.clear()
                self.last = extension.term.after(before, self.rule.calendar)
                self.say("clock_extended", event=extension.event, day=day, last=self.last)
                self._mind(strict, self.last, "clock_calendar_strict")

    def _in_time(self, name: str) -> dt.date | None:
        """The day of an event that comes after the start and not after the last day."""
        day = self.events.get(name)
        if day is None or self.last is None or self.start is None:
            return None
        if self.start <= day <= self.last:
            return day
        self.say("clock_out_of_time", event=name, day=day, start=self.start, last=self.last)
        return None

    def _set(self) -> None:
        rule, set_by = self.rule, self.rule.set_by
        if set_by is None or set_by.event not in self.events:
            return
        day = self.events[set_by.event]
        source = Citation(set_by.citation, "", set_by.verified)
        if set_by.settles:
            self._check_set(day)
            self.early.clear()
        elif self.last is not None:
            self.early.append(min(self.last, day))
        self.last = day
        self.say("clock_set" if set_by.settles else "clock_set_unsettled", source, day=day)
        if rule.start == () and self.start is None:
            self.reasons = [reason for reason in self.reasons if reason.code != "clock_no_term"]

    def _check_set(self, day: dt.date) -> None:
        longest = self.rule.set_by.longest if self.rule.set_by else None
        if self.start is None:
            return
        over = longest is not None and day > longest.after(self.start, self.rule.calendar)
        if over or (self.last is not None and day < self.last):
            self.say("clock_set_outside", day=day)

    def _pause(self, on: dt.date) -> None:
        pause = self.rule.pause
        since = self._in_time(pause.start) if pause else None
        if pause is None or since is None or self.last is None:
            return
        until = self.events.get(pause.end)
        if since <= on and (until is None or on < until):
            self.stated = "suspended"
            self.say("clock_suspended", day=since)
        if until is None:
            return
        remaining = pause.then.after(until, self.rule.calendar)
        if since <= until and remaining > self.last:
            self.early.append(self.last)
            self.last = remaining
            self.say("clock_resumed", day=until, last=self.last)

    def _cut(self) -> None:
        rule = self.rule
        days = {name: later(self.events[name], -1) for name in rule.before if name in self.events}
        for name, day in days.items():
            self.last = day if self.last is None else min(day, self.last)
            self.say("clock_before", event=name, day=self.events[name], last=day)
        if rule.ends_early in self.events and self.last is not None:
            self.last = min(self.last, self.events[rule.ends_early])
            self.say("clock_ended_early", event=rule.ends_early, day=self.last)
        if rule.cap and rule.cap.event in self.events and self.last is not None:
            cap = rule.cap.term.after(self.events[rule.cap.event], rule.calendar)
            if cap < self.last:
                self.last = cap
                self.say(rule.cap.code, day=cap)

    def _roll(self) -> None:
        if self.rule.roll != "next_working_day" or self.last is None:
            return
        rolled = working_calendar(self.rule.calendar).on_or_after(self.last)
        if rolled != self.last:
            self.early.append(self.last)
            self.say("clock_rolled", day=self.last, last=rolled)
            self._provisional(working_calendar(self.rule.calendar).unpublished(self.last, rolled))
            self.last = rolled

    def _stand(self, on: dt.date) -> None:
        if self.start is not None and on < self.start:
            self.say("clock_not_begun", day=self.start)
        for name in self.rule.stops:
            day = self.events.get(name)
            if day is None:
                continue
            if self.last is not None and day > self.last:
                self.say("clock_stop_late", event=name, day=day, last=self.last)
            elif day > on:
                self.say("clock_stop_later", event=name, day=day)
            else:
                self.stated = "stopped"
                self.say("clock_stopped", event=name, day=day)


def _effect_on(rule: Rule, last: dt.date | None) -> dt.date | None:
    """The first day on which silence has its effect: how day N counts is the rule's own."""
    if last is None or rule.effect_day == "none":
        return None
    return later(last, 1) if rule.effect_day == "day_after" else last


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()
