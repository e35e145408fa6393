"""Clock rules as data: what starts a deadline, how long it runs, what moves or stops it.

Every rule stands in ``law/clocks/*.yaml``, so that a lawyer can review a deadline
without reading Python. This module is the one seam that reads those files; it turns
them into frozen values and refuses a file that says something it can't mean.

    clocks/*.yaml ── clock_rules() ──> {id: Rule} ── clock.due() ──> Due
    "any:10:working:CN" ── generic_rule() ──> Rule
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

import yaml

from alnage.law.calendars import CODES, later, months_later, working_calendar
from alnage.model import Citation, LawError, Verified, Where

Unit = Literal["calendar_days", "working_days", "months", "years"]
EffectDay = Literal["day_after", "last_day", "none"]

UNITS: Final = ("calendar_days", "working_days", "months", "years")
# Names a user may well have at hand and that start or stop no clock of ours.
OTHER_EVENTS: Final = ("arrived", "entered", "notified", "seized", "released", "from")


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time: ``length`` of a ``unit``; the day of the event is not counted.

    >>> Term(3, "months").after(dt.date(2024, 11, 30), "US")
    datetime.date(2025, 2, 28)
    """

    length: int
    unit: Unit

    def after(self, start: dt.date, calendar: str, *, strict: bool = False) -> dt.date:
        """The last day of the term; ``strict`` reads the calendar at its strictest."""
        if self.unit == "working_days":
            return working_calendar(calendar).after(start, self.length, strict=strict)
        if self.unit == "calendar_days":
            return later(start, self.length)
        return months_later(start, self.length * (12 if self.unit == "years" else 1))


@dataclass(frozen=True, slots=True)
class Reading:
    """Another tenable reading of the rule; it can only bring ``act_by`` forward."""

    code: str
    start: str
    term: Term


@dataclass(frozen=True, slots=True)
class Extension:
    """The event that lets a further term run from the last day of the first."""

    event: str
    term: Term


@dataclass(frozen=True, slots=True)
class SetBy:
    """The event whose date is the last day, as an authority or a grant set it.

    ``settles`` false: the power to set it is in doubt, so the rule's own day stays
    in ``act_by``. ``longest`` is the longest term that may be set.
    """

    event: str
    settles: bool
    citation: str
    verified: Verified
    longest: Term | None = None


@dataclass(frozen=True, slots=True)
class Cap:
    """The term after another event beyond which the deadline never goes."""

    event: str
    term: Term
    code: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Time stands still between two events; at least ``then`` remains when it goes on."""

    start: str
    end: str
    then: Term


@dataclass(frozen=True, slots=True)
class Rule:
    """One deadline; the fields are explained in docs/clocks.md."""

    id: str
    regime: str
    actor: str
    calendar: str
    effect_day: EffectDay
    citation: str
    verified: Verified
    url: str = ""
    start: tuple[str, ...] = ()
    begins: dt.date | None = None
    fixed: dt.date | None = None
    term: Term | None = None
    before: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    extensions: tuple[Extension, ...] = ()
    set_by: SetBy | None = None
    cap: Cap | None = None
    pause: Pause | None = None
    ends_early: str = ""
    roll: Literal["", "next_working_day"] = ""
    readings: tuple[Reading, ...] = ()
    notes: tuple[str, ...] = field(default=())
    actor_text: Mapping[str, str] = field(default_factory=dict)
    effect_text: Mapping[str, str] = field(default_factory=dict)
    private: bool = False

    @property
    def events(self) -> tuple[str, ...]:
        """Every event that the rule takes, the starting ones first."""
        names = [*self.start, *self.before, *self.stops, *self.restarts]
        names += [extension.event for extension in self.extensions]
        names += [reading.start for reading in self.readings]
        names += [self.set_by.event] if self.set_by else []
        names += [self.cap.event] if self.cap else []
        names += [self.pause.start, self.pause.end] if self.pause else []
        names += [self.ends_early] if self.ends_early else []
        return tuple(dict.fromkeys(names))

    @property
    def source(self) -> Citation:
        """Where the rule is written, and how far that was checked."""
        return Citation(self.citation, self.url, self.verified)

    @property
    def how(self) -> str:
        """``working:US``, ``calendar:US``, or empty where nothing is counted."""
        if self.term is None:
            return ""
        kind = "working" if self.term.unit == "working_days" else "calendar"
        return f"{kind}:{self.calendar}"


@cache
def clock_rules() -> Mapping[str, Rule]:
    """All bundled rules by id, in the order of the files.

    >>> clock_rules()["us.det.final"].term
    Term(length=30, unit='calendar_days')
    """
    folder = files("alnage.law").joinpath("clocks")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    texts = [(name, folder.joinpath(name).read_text("utf-8")) for name in names]
    return read_rules(texts)


def read_rules(texts: Iterable[tuple[str, str]]) -> Mapping[str, Rule]:
    """Rules of YAML ``(file name, text)`` pairs; LawError ``clock_rule_bad`` says which and why.

    >>> read_rules([("x.yaml", "- {id: x, regime: R, actor: a, calendar: US, effect_day: none}")])
    Traceback (most recent call last):
    alnage.model.errors.LawError: x.yaml: the clock rule "x" cannot be read: no citation. ...
    """
    rules: dict[str, Rule] = {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for name, text in texts:
        for raw in yaml.load(text, Loader=loader) or []:  # noqa: S506 (both loaders are the safe ones)
            rule = rule_from(raw, name)
            if rule.id in rules:
                raise LawError(
                    "clock_rule_bad", where=Where(name), rule=rule.id, why="id given twice"
                )
            rules[rule.id] = rule
    return rules


def generic_rule(text: str) -> Rule | None:
    """The rule of ``any:N:working|calendar:US|CN|MX|EU``, counted from the event ``from``.

    None where ``text`` does not begin with ``any:``; LawError ``clock_any_bad`` where it
    is malformed.

    >>> generic_rule("any:10:working:CN").term
    Term(length=10, unit='working_days')
    """
    if not text.startswith("any:"):
        return None
    parts = text.split(":")
    number = parts[1] if len(parts) > 1 else ""
    whole = number.isascii() and number.isdecimal() and len(number) <= 5 and int(number) > 0
    if len(parts) != 4 or not whole or parts[2] not in {"working", "calendar"}:
        raise LawError("clock_any_bad", rule=text)
    if parts[3] not in CODES:
        raise LawError("clock_any_bad", rule=text)
    verified: Verified = working_calendar(parts[3]).verified if parts[2] == "working" else "primary"
    unit: Unit = "working_days" if parts[2] == "working" else "calendar_days"
    return Rule(
        id=text,
        regime="",
        actor="anyone",
        calendar=parts[3],
        effect_day="none",
        citation="alnage: counting of days; the day of the event is not counted",
        verified=verified,
        start=("from",),
        term=Term(int(number), unit),
    )


def known_events(rules: Mapping[str, Rule]) -> tuple[str, ...]:
    """Every event name that some rule takes, and the other known ones, sorted.

    >>> {"presented", "arrived", "from"} <= set(known_events(clock_rules()))
    True
    """
    names = {name for rule in rules.values() for name in rule.events}
    return tuple(sorted(names | set(OTHER_EVENTS)))


def rule_from(raw: Mapping[str, Any], file: str) -> Rule:
    """The rule that one entry of ``file`` states; LawError ``clock_rule_bad`` says what is wrong.

    >>> rule_from({"id": "x", "regime": "R"}, "x.yaml")
    Traceback (most recent call last):
    alnage.model.errors.LawError: x.yaml: the clock rule "x" cannot be read: no actor. ...
    """
    name = str(raw.get("id", "?"))

    def bad(why: str) -> LawError:
        return LawError("clock_rule_bad", where=Where(file), rule=name, why=why)

    known = {item.name for item in fields(Rule)} - {"private"}
    unknown = sorted(set(raw) - known, key=str)
    if unknown:
        raise bad(f"unknown field {unknown[0]}")
    required = ("id", "regime", "actor", "calendar", "effect_day", "citation", "verified")
    missing = [item for item in required if not raw.get(item)]
    if missing:
        raise bad(f"no {missing[0]}")
    try:
        rule = _build(raw)
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise bad(str(error)) from None
    problem = _contradiction(rule)
    if problem:
        raise bad(problem)
    return rule


def _build(raw: Mapping[str, Any]) -> Rule:
    values = dict(raw)
    for name in ("start", "before", "stops", "restarts", "notes"):
        values[name] = tuple(raw.get(name, ()))
    values["term"] = _term(raw.get("term"))
    values["extensions"] = tuple(
        Extension(item["event"], _needed(item["term"])) for item in raw.get("extensions", ())
    )
    values["readings"] = tuple(
        Reading(item["code"], item["start"], _needed(item["term"]))
        for item in raw.get("readings", ())
    )
    if set_by := raw.get("set_by"):
        values["set_by"] = SetBy(**{**set_by, "longest": _term(set_by.get("longest"))})
    if cap := raw.get("cap"):
        values["cap"] = Cap(cap["event"], _needed(cap["term"]), cap["code"])
    if pause := raw.get("pause"):
        values["pause"] = Pause(pause["from"], pause["to"], _needed(pause["then"]))
    return Rule(**values)


def _term(raw: Mapping[str, Any] | None) -> Term | None:
    return None if raw is None else _needed(raw)


def _needed(raw: Mapping[str, Any]) -> Term:
    length, unit = raw["length"], raw["unit"]
    if not isinstance(length, int) or length < 1 or unit not in UNITS:
        raise ValueError(f"term {length} {unit}")
    return Term(length, unit)


def _contradiction(rule: Rule) -> str:
    """What a rule can't mean, or an empty string."""
    terms = [rule.term, *(item.term for item in rule.readings)]
    terms += [item.term for item in rule.extensions]
    counted = any(term is not None and term.unit == "working_days" for term in terms)
    checks = {
        "effect_day": rule.effect_day not in {"day_after", "last_day", "none"},
        "verified": rule.verified not in {"primary", "secondary", "unverified"},
        "working days need the calendar of US, CN, MX or EU": counted
        and rule.calendar not in CODES,
        "a fixed date has no term": rule.fixed is not None and rule.term is not None,
        "a term needs a start": rule.term is not None and not rule.start and rule.begins is None,
        "a start needs a term": bool(rule.start) and rule.term is None,
    }
    return next((text for text, wrong in checks.items() if wrong), "")
