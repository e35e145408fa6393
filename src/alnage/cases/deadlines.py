"""The deadlines of a case: which run, which are met, and which one loses the right first.

A case has several clocks, of several actors. The one that matters is the earliest on
which silence takes goods or a right away: it is ``controlling``. A date that only
practice sets is shown beside it and never hides one that a statute sets. Where silence
itself is an event (an exclusion by day 30, a denial by day 30), it starts the next clock.

    events ── deemed() ──> events and what silence brought
    remedy, events, on ── deadlines() ──> Deadline … , one of them controlling
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from alnage.cases.remedies import Remedy, RemedyClock
from alnage.law.clock import Due, due
from alnage.law.clock_rules import clock_rules
from alnage.model import Reason

Events = Mapping[str, dt.date]

# Silence that the law reads as a decision: rule, event that starts it, the event it brings,
# and the events that show that it was no silence.
_SILENCE: Final = (
    ("us.det.final", "presented", "excluded", ("released", "seized", "exported", "excluded")),
    ("us.protest.decide_exclusion", "protest_filed", "denied", ("released", "denied")),
)
_FAR: Final = dt.date.max


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock of a case on a day; ``met`` says that what it asks for was done in time."""

    due: Due
    clock: RemedyClock
    met: bool
    controlling: bool = False

    @property
    def days_left(self) -> int | None:
        """Days from the day asked for to the last day; negative when it is over."""
        return None if self.due.due is None else (self.due.due - self.due.on).days

    @property
    def effect_day(self) -> dt.date:
        """The day on which silence has its effect; far away where the rule has none."""
        return self.due.effect_on or self.due.due or _FAR

    @property
    def state(self) -> str:
        """``met``, or the state of the clock: running, stopped, suspended, expired."""
        return "met" if self.met else self.due.state

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """As the contract of ``alnage case open`` has it."""
        one = self.due
        return {
            "rule": one.rule,
            "actor": one.actor(lang),
            "due": iso(one.due),
            "effect_on": iso(one.effect_on),
            "act_by": iso(one.act_by),
            "effect": one.effect(lang),
            "days_left": self.days_left,
            "state": self.state,
            "adverse": self.clock.adverse,
            "practice": self.clock.practice,
            "verified": one.verified,
            "controlling": self.controlling,
            "because": [reason.to_json(lang) for reason in one.because],
        }


def deadlines(remedy: Remedy, events: Events, on: dt.date) -> tuple[Deadline, ...]:
    """The clocks of ``remedy`` that ``events`` start, the earliest day first.

    >>> from alnage.cases.remedies import remedies
    >>> detention = remedies()["us.detention"]
    >>> found = deadlines(detention, {"presented": dt.date(1998, 3, 17)}, dt.date(1998, 3, 20))
    >>> [(d.due.rule, d.due.due.isoformat(), d.controlling) for d in found if d.clock.adverse]
    [('us.det.final', '1998-04-16', True)]
    """
    known, _ = deemed(events, on)
    found = [
        Deadline(one, clock, _met(clock, events, one, on))
        for clock in remedy.clocks
        if (one := count(clock.rule, known, on)) is not None
    ]
    chosen = _controlling(found)
    found = [replace(one, controlling=one is chosen) for one in found]
    return tuple(sorted(found, key=lambda one: (one.due.due or _FAR, one.due.rule)))


def controlling(found: Iterable[Deadline]) -> Deadline | None:
    """The deadline that controls, if any."""
    return next((one for one in found if one.controlling), None)


def count(rule: str, events: Events, on: dt.date) -> Due | None:
    """The clock after ``events``; None where none of its starting events is known.

    Only the events that the rule takes are handed over: what else happened in a case is
    no news for it.
    """
    one = clock_rules()[rule]
    if one.start and not any(name in events for name in one.start):
        return None
    takes = {name: day for name, day in events.items() if name in one.events}
    return due(rule, takes, on=on, rules={rule: one})


def deemed(events: Events, on: dt.date) -> tuple[dict[str, dt.date], tuple[Reason, ...]]:
    """Events, and what silence brought by the day ``on``, with the reasons.

    >>> silent, why = deemed({"presented": dt.date(1998, 3, 17)}, dt.date(1998, 4, 17))
    >>> silent["excluded"].isoformat(), why[0].code
    ('1998-04-17', 'remedy_deemed')
    """
    known, reasons = dict(events), []
    for rule, start, brings, shows in _SILENCE:
        if start not in known or any(known.get(name, _FAR) <= on for name in shows):
            continue
        one = count(rule, known, on)
        if one is not None and one.effect_on is not None and one.effect_on <= on:
            known[brings] = one.effect_on
            params = {"event": brings, "day": one.effect_on.isoformat(), "rule": rule}
            reasons.append(Reason("remedy_deemed", {**params, "none": list(shows)}))
    return known, tuple(reasons)


def past(events: Events, on: dt.date) -> dict[str, dt.date]:
    """The events that have happened by the day ``on``, oldest first."""
    happened = [(day, name) for name, day in events.items() if day <= on]
    return {name: day for day, name in sorted(happened)}


def iso(day: dt.date | None) -> str | None:
    """A day as JSON has it."""
    return None if day is None else day.isoformat()


def _met(clock: RemedyClock, events: Events, one: Due, on: dt.date) -> bool:
    days = [events[name] for name in clock.met_by if name in events and events[name] <= on]
    return bool(days) and (one.due is None or min(days) <= one.due)


def _controlling(found: Iterable[Deadline]) -> Deadline | None:
    """The earliest adverse effect: of statute before practice, of running clocks before expired."""
    adverse = [one for one in found if one.clock.adverse and not one.met and one.due.due]
    adverse = [one for one in adverse if one.due.state != "stopped"]
    for practice in (False, True):
        for over in (False, True):
            of_kind = [
                one
                for one in adverse
                if one.clock.practice is practice and (one.due.state == "expired") is over
            ]
            if of_kind:
                return min(of_kind, key=lambda one: (one.effect_day, one.due.rule))
    return None
