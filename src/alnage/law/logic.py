"""Three-valued findings and how they combine: the arithmetic below every verdict.

A condition that is looked up in the facts is *found* yes, no or unknown, with the reasons
that decided it, the absent facts that could still change it, the weakest source it needs
and the clocks it starts. Kleene's rules combine findings; what did not decide is dropped,
so that a verdict shows only what it rests on.

    Found & Found ─ every(…) ─┐
    Found | Found ─ either(…) ┴─> Found(answer, reasons, missing, verified, documented, …)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from alnage.model import Answer, Citation, Reason, Verified

STRENGTH: Final[tuple[Verified, ...]] = ("unverified", "secondary", "primary")
SHOWN: Final = 25  # reasons listed one by one; a chain can have thousands of nodes

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """What one condition amounts to on given facts.

    ``documented`` is True if it rests on documented content, False if on what the chain
    asserts, None if on neither (dates, places, law).
    """

    answer: Answer
    reasons: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()
    verified: Verified = "primary"
    documented: bool | None = None
    clocks: tuple[str, ...] = ()
    cites: tuple[Citation, ...] = ()

    def negated(self) -> Found:
        """The same finding of the opposite condition; it starts no clocks."""
        return replace(self, answer=~self.answer, clocks=())


def every(parts: Sequence[Found]) -> Found:
    """All of ``parts``: no if one is no, else unknown if one is unknown.

    >>> every([Found(Answer.YES), Found(Answer.UNKNOWN, missing=("date",))]).missing
    ('date',)
    """
    return _combine(parts, decisive=Answer.NO, otherwise=Answer.YES)


def either(parts: Sequence[Found]) -> Found:
    """Any of ``parts``: yes if one is yes, else unknown if one is unknown.

    >>> either([Found(Answer.NO), Found(Answer.YES, verified="secondary")]).verified
    'secondary'
    """
    return _combine(parts, decisive=Answer.YES, otherwise=Answer.NO)


def _combine(parts: Sequence[Found], decisive: Answer, otherwise: Answer) -> Found:
    chosen = [part for part in parts if part.answer is decisive]
    if chosen:
        # One of them suffices, so the best verified one is what the answer needs.
        return _merge(chosen, decisive, verified=_best(chosen), documented=_any(chosen))
    chosen = [part for part in parts if part.answer is Answer.UNKNOWN]
    if chosen:
        return _merge(chosen, Answer.UNKNOWN, verified=_weakest(chosen), documented=None)
    return _merge(parts, otherwise, verified=_weakest(parts), documented=_all(parts))


def _merge(
    parts: Sequence[Found], answer: Answer, verified: Verified, documented: bool | None
) -> Found:
    return Found(
        answer,
        _shortened([reason for part in parts for reason in part.reasons]),
        unique(path for part in parts for path in part.missing),
        verified,
        documented,
        unique(clock for part in parts for clock in part.clocks),
        unique(cite for part in parts for cite in part.cites),
    )


def _shortened(reasons: list[Reason]) -> tuple[Reason, ...]:
    """Each reason once, and no more than a reader takes in."""
    shown: list[Reason] = []
    for reason in reasons[:SHOWN]:
        if reason not in shown:
            shown.append(reason)
    if len(reasons) > SHOWN:
        shown.append(Reason("law_more_reasons", {"count": len(reasons) - SHOWN}))
    return tuple(shown)


def unique(items: Iterable[T]) -> tuple[T, ...]:
    """The items in order, each once."""
    return tuple(dict.fromkeys(items))


def weaker(one: Verified, other: Verified) -> Verified:
    """The weaker of two grades of verification."""
    return min(one, other, key=STRENGTH.index)


def _weakest(parts: Sequence[Found]) -> Verified:
    return min((p.verified for p in parts), key=STRENGTH.index, default="primary")


def _best(parts: Sequence[Found]) -> Verified:
    return max((p.verified for p in parts), key=STRENGTH.index, default="primary")


def _any(parts: Sequence[Found]) -> bool | None:
    grounds = [p.documented for p in parts if p.documented is not None]
    return any(grounds) if grounds else None


def _all(parts: Sequence[Found]) -> bool | None:
    grounds = [p.documented for p in parts if p.documented is not None]
    return all(grounds) if grounds else None
