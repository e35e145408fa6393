"""Remedies as data: who may use one, what it asserts, what opens and ends it, what it closes.

Each remedy stands in ``cases/remedies/*.yaml``, so that a lawyer can review it without
reading Python. This module is the one seam that reads those files; it turns them into
frozen values and refuses a file that names a clock, a kind of evidence or a remedy that
does not exist.

    remedies/*.yaml ── remedies() ──> {id: Remedy} ── standing, deadlines, casework
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, Literal

import yaml

from alnage.law.book import evidence_kinds
from alnage.law.clock_rules import clock_rules, known_events
from alnage.model import Citation, LawError, OptionError, Verified, Where
from alnage.words import catalogue, say

Subject = Literal["goods", "enterprise", "any"]
Text = Mapping[str, str]

SUBJECTS: Final = ("goods", "enterprise", "any")
VERIFIED: Final = ("primary", "secondary", "unverified")
_REQUIRED: Final = (
    "id", "name", "regimes", "subject", "who", "asserts", "opened_by", "closed_by", "clocks",
    "evidence", "steps", "closes", "citation", "verified",
)  # fmt: skip
_OPTIONAL: Final = (
    "url", "listed", "counterparty", "needs", "apart", "instead", "last", "act",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RemedyClock:
    """A clock of a remedy: ``adverse`` if silence loses goods or a right.

    ``practice``: no statute or regulation sets the term. Any event of ``met_by`` on or
    before the last day meets it.
    """

    rule: str
    adverse: bool = False
    practice: bool = False
    met_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """An event that brings a case into a state, and who acts."""

    state: str
    event: str
    actor: str


@dataclass(frozen=True, slots=True)
class Closing:
    """What choosing a remedy closes; ``closes`` false is a note that nothing is closed."""

    remedy: str
    text: Text
    verified: Verified
    closes: bool


@dataclass(frozen=True, slots=True)
class Instead:
    """The event under which another form is the right one, and the code of the reason."""

    event: str
    code: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """One remedy; the fields are explained in docs/cases.md."""

    id: str
    name: Text
    regimes: tuple[str, ...]
    subject: Subject
    who: str
    asserts: Text
    opened_by: tuple[str, ...]
    closed_by: tuple[str, ...]
    clocks: tuple[RemedyClock, ...]
    evidence: tuple[str, ...]
    steps: tuple[Step, ...]
    closes: tuple[Closing, ...]
    citation: Citation
    listed: str = ""
    counterparty: str = ""
    needs: str = ""
    apart: tuple[str, ...] = ()
    instead: Instead | None = None
    last: str = ""
    act: Mapping[str, Any] | None = None

    @property
    def events(self) -> tuple[str, ...]:
        """Every event that a case under this remedy takes, in the order of its steps.

        >>> remedies()["us.protest"].events[:3]
        ('excluded', 'protest_filed', 'denied')
        """
        names = [step.event for step in self.steps]
        names += [*self.opened_by, *self.closed_by]
        for clock in self.clocks:
            names += [*clock_rules()[clock.rule].events, *clock.met_by]
        names += [self.instead.event] if self.instead else []
        names += [self.needs] if self.needs else []
        return tuple(dict.fromkeys(names))

    def state(self, events: Iterable[str]) -> str:
        """The state that the latest step among ``events`` brings; ``begun`` before the first.

        >>> remedies()["us.protest"].state(["excluded", "protest_filed"])
        'filed'
        """
        happened = set(events)
        reached = [step.state for step in self.steps if step.event in happened]
        return reached[-1] if reached else "begun"


@cache
def remedies() -> Mapping[str, Remedy]:
    """The bundled remedies by id, in the order of the files.

    >>> remedies()["us.applicability_review"].asserts["en"].partition(":")[0]
    'not in scope'
    """
    folder = files("alnage.cases").joinpath("remedies")
    found = sorted(
        (item for item in folder.iterdir() if item.name.endswith(".yaml")),
        key=lambda item: item.name,
    )
    return MappingProxyType(read_remedies((item.name, item.read_text("utf-8")) for item in found))


@cache
def remedies_version() -> str:
    """A hash of all that remedies and clocks say: stored deadlines of another one are stale."""
    return hashlib.sha256(repr((dict(remedies()), dict(clock_rules()))).encode()).hexdigest()[:16]


def read_remedies(texts: Iterable[tuple[str, str]]) -> dict[str, Remedy]:
    """Remedies from named YAML texts; LawError ``remedy_bad`` names file, remedy and fault.

    >>> read_remedies([("x.yaml", "- id: x")])
    Traceback (most recent call last):
    alnage.model.errors.LawError: x.yaml: the remedy "x" cannot be read: no name. ...
    """
    read: dict[str, Remedy] = {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for name, text in texts:
        for raw in yaml.load(text, Loader=loader) or []:  # noqa: S506 (both loaders are the safe ones)
            remedy = _remedy(raw, name)
            if remedy.id in read:
                raise _bad(name, remedy.id, "id given twice")
            read[remedy.id] = remedy
    for remedy in read.values():
        for closing in remedy.closes:
            if closing.remedy and closing.remedy not in read:
                raise _bad("", remedy.id, f"closes an unknown remedy {closing.remedy}")
    return read


def remedy(name: str) -> Remedy:
    """The remedy of that id; OptionError ``remedy_unknown`` names the nearest.

    >>> remedy("us.protst")
    Traceback (most recent call last):
    alnage.model.errors.OptionError: There is no remedy "us.protst". Nearest: us.protest; ...
    """
    book = remedies()
    if name in book:
        return book[name]
    raise OptionError("remedy_unknown", remedy=name, near=nearest(name, book))


def check_event(name: str, takes: Iterable[str] = ()) -> str:
    """``name`` if some remedy or clock knows that event; OptionError ``case_event_unknown``."""
    known = case_events()
    if name in known:
        return name
    near = get_close_matches(name, known, n=3, cutoff=0.6)
    raise OptionError("case_event_unknown", event=name, known=near or list(takes) or list(known))


@cache
def case_events() -> tuple[str, ...]:
    """Every event name that a remedy or a clock takes, sorted."""
    names = set(known_events(clock_rules())) - {"from"}
    for one in remedies().values():
        names.update(one.events)
    return tuple(sorted(names))


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """The names that are most like ``name``, or all of them if none is."""
    options = list(known)
    return get_close_matches(name, options, n=3, cutoff=0.4) or options


def actor(code: str, lang: str) -> str:
    """Who that is, in words.

    >>> actor("cbp", "en"), actor("court", "zh")
    ('CBP', '法院')
    """
    own = f"case_actor.{code}"
    return say(own if own in catalogue("en") else f"clock_actor.{code}", {}, lang)


def _remedy(raw: Mapping[str, Any], file: str) -> Remedy:
    name = str(raw.get("id", "?"))
    unknown = sorted(set(raw) - {*_REQUIRED, *_OPTIONAL})
    if unknown:
        raise _bad(file, name, f"unknown field {unknown[0]}")
    missing = [field for field in _REQUIRED if field not in raw]
    if missing:
        raise _bad(file, name, f"no {missing[0]}")
    try:
        built = _build(raw)
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise _bad(file, name, str(error)) from None
    for problem in _problems(built):
        raise _bad(file, name, problem)
    return built


def _bad(file: str, name: str, why: str) -> LawError:
    return LawError("remedy_bad", where=Where(file) if file else None, remedy=name, why=why)


def _build(raw: Mapping[str, Any]) -> Remedy:
    instead = raw.get("instead")
    return Remedy(
        id=raw["id"],
        name=raw["name"],
        regimes=tuple(raw["regimes"]),
        subject=raw["subject"],
        who=raw["who"],
        asserts=raw["asserts"],
        opened_by=tuple(raw["opened_by"]),
        closed_by=tuple(raw["closed_by"]),
        clocks=tuple(
            RemedyClock(**{**clock, "met_by": tuple(clock.get("met_by", ()))})
            for clock in raw["clocks"]
        ),
        evidence=tuple(raw["evidence"]),
        steps=tuple(Step(**step) for step in raw["steps"]),
        closes=tuple(Closing(**{"remedy": "", **closing}) for closing in raw["closes"]),
        citation=Citation(raw["citation"], raw.get("url", ""), raw["verified"]),
        listed=raw.get("listed", ""),
        counterparty=raw.get("counterparty", ""),
        needs=raw.get("needs", ""),
        apart=tuple(raw.get("apart", ())),
        instead=Instead(**instead) if instead else None,
        last=raw.get("last", ""),
        act=raw.get("act"),
    )


def _problems(one: Remedy) -> Iterator[str]:
    """What a remedy can't mean."""
    rules, kinds = clock_rules(), evidence_kinds()
    texts = [one.name, one.asserts, *(closing.text for closing in one.closes)]
    if any(set(text) != {"en", "zh"} for text in texts):
        yield "a text lacks English or Chinese"
    if one.subject not in SUBJECTS:
        yield f"subject {one.subject}"
    levels = [one.citation.verified, *(closing.verified for closing in one.closes)]
    if any(level not in VERIFIED for level in levels):
        yield "verified"
    yield from (f"unknown clock {c.rule}" for c in one.clocks if c.rule not in rules)
    yield from (f"unknown evidence {kind}" for kind in one.evidence if kind not in kinds)
    if one.last and one.last not in [clock.rule for clock in one.clocks]:
        yield f"last {one.last} is none of its clocks"
    if one.instead and f"reason.{one.instead.code}" not in catalogue("en"):
        yield f"unknown reason {one.instead.code}"
    if not one.opened_by:
        yield "nothing opens it"
