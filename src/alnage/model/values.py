"""The vocabulary of the house as frozen values; nothing here reads a file or a clock.

Answer        yes · no · unknown, with three-valued logic
Period        a closed interval of days (a date, a month, a range)
Listing       one entry of one register, with its dates, clause and scope
PartyListing  what a party is to a register: listed, possible, or neither
Membership    a site belongs to a traced group between two days
Verdict       what one regime answers to one question
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from alnage.model.reasons import Citation, Reason, Verified


class Answer(StrEnum):
    """Three-valued truth after Kleene: what is not known stays unknown.

    >>> Answer.YES & Answer.UNKNOWN, Answer.NO & Answer.UNKNOWN
    (<Answer.UNKNOWN: 'unknown'>, <Answer.NO: 'no'>)
    >>> Answer.YES | Answer.UNKNOWN, ~Answer.UNKNOWN
    (<Answer.YES: 'yes'>, <Answer.UNKNOWN: 'unknown'>)
    """

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, value: bool | None) -> Answer:
        """``None`` is unknown."""
        return cls.UNKNOWN if value is None else cls.YES if value else cls.NO

    def __and__(self, other: Answer) -> Answer:
        if Answer.NO in (self, other):
            return Answer.NO
        return Answer.UNKNOWN if Answer.UNKNOWN in (self, other) else Answer.YES

    def __or__(self, other: Answer) -> Answer:
        if Answer.YES in (self, other):
            return Answer.YES
        return Answer.UNKNOWN if Answer.UNKNOWN in (self, other) else Answer.NO

    def __invert__(self) -> Answer:
        return {"yes": Answer.NO, "no": Answer.YES, "unknown": Answer.UNKNOWN}[self.value]


@dataclass(frozen=True, slots=True)
class Period:
    """A closed interval of days: what a date cell of the custody folder says.

    >>> Period.parse("2024-02"), Period.parse("2024-03-01/2024-03-09").last
    (Period(first=datetime.date(2024, 2, 1), last=datetime.date(2024, 2, 29)), datetime.date(2024, 3, 9))
    """

    first: dt.date
    last: dt.date

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read an ISO date, a month ``2024-03`` or an interval ``a/b``; ValueError otherwise."""
        left, _, right = text.strip().partition("/")
        first, last = cls._ends(left.strip())
        if right:
            last = cls._ends(right.strip())[1]
        if last < first:
            raise ValueError(text)
        return cls(first, last)

    @staticmethod
    def _ends(text: str) -> tuple[dt.date, dt.date]:
        if len(text) == 7 and text[4] == "-" and text[:4].isdecimal() and text[5:].isdecimal():
            first = dt.date(int(text[:4]), int(text[5:]), 1)
            following = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
            return first, following - dt.timedelta(days=1)
        if len(text) != 10 or text[4] != "-" or text[7] != "-":
            raise ValueError(text)
        day = dt.date.fromisoformat(text)
        return day, day


Scope = Literal["own", "subsidiaries", "subordinate_and_affiliated"]


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry of a register, as one version of it stands.

    ``effective_from`` is the first legal effect (not the date printed after an
    amendment, which is ``listed_on``); ``removed_on`` the first day without effect;
    ``absent_since`` the retrieval day of the first version that lacks the name,
    which is no removal.
    """

    register: str
    entity: str
    name: str
    aliases: tuple[str, ...] = ()
    weak_aliases: tuple[str, ...] = ()
    name_zh: tuple[str, ...] = ()
    country: str = ""
    region: str = ""
    identifiers: tuple[str, ...] = ()
    clause: str = ""
    scope: Scope = "own"
    announced_on: dt.date | None = None
    effective_from: dt.date | None = None
    listed_on: dt.date | None = None
    removed_on: dt.date | None = None
    absent_since: dt.date | None = None
    basis: str = ""
    citations: tuple[Citation, ...] = ()
    notes: tuple[str, ...] = ()

    def in_force(self, day: dt.date) -> bool:
        """Whether the entry has legal effect on ``day`` (``effective_from ≤ day < removed_on``)."""
        begun = self.effective_from is None or self.effective_from <= day
        return begun and (self.removed_on is None or day < self.removed_on)


Certainty = Literal["listed", "possible"]


@dataclass(frozen=True, slots=True)
class PartyListing:
    """A party of the user's data set against one listing, and how certainly they are one.

    ``by`` says on what it rests: ``identifier``, ``name``, ``decision``, ``scope``
    (certain) or ``match``, ``weak_alias``, ``unsure``, ``minor_link`` (possible).
    """

    party: str
    listing: Listing
    certainty: Certainty
    by: str
    score: float = 1.0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Membership:
    """Site ``site`` belongs to a group from ``start`` (included) to ``end`` (excluded).

    ``certain`` false means that it may belong: content made there counts as
    ``unresolved`` (listed groups) or ``undocumented`` (region groups).
    ``None`` leaves the end open.
    """

    site: str
    certain: bool = True
    start: dt.date | None = None
    end: dt.date | None = None

    def covers(self, day: dt.date) -> bool:
        """Whether the membership holds on ``day``."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a regime answers to one question about one transaction.

    ``missing`` names the absent facts that could matter, as paths into the facts
    (``chain[0].region``); ``verified`` is that of the weakest deciding leaf.
    """

    regime: str
    question: str
    answer: Answer
    provision: str
    effect: str
    because: tuple[Reason, ...]
    missing: tuple[str, ...]
    citations: tuple[Citation, ...]
    clocks: tuple[str, ...]
    verified: Verified
    basis: Literal["asserted", "documented"]
    version: str

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """The verdict as the contract of ``alnage law check`` has it."""
        return {
            "regime": self.regime,
            "question": self.question,
            "answer": self.answer.value,
            "provision": self.provision,
            "effect": self.effect,
            "because": [reason.to_json(lang) for reason in self.because],
            "missing": list(self.missing),
            "citations": [citation.to_json() for citation in self.citations],
            "clocks": list(self.clocks),
            "verified": self.verified,
            "basis": self.basis,
            "version": self.version,
        }
