"""Support measures for enterprises that were hit: which there are, on what basis, and what is missing.

Programmes are data (``cases/programmes``). A measure becomes an entitlement only by a notice
that implements it: who may apply, by when, with which papers. Until such a notice is loaded
its answer is unknown, never yes and never no, and no amount, test or deadline is invented.

    programmes/*.yaml ── load_measures() ── on a day, for an enterprise ──> answers
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from alnage.model import Answer, Citation, Reason

TYPES = (
    "legal_aid",
    "policy",
    "fiscal",
    "finance",
    "innovation",
    "market_development",
    "employment",
    "training",
    "insurance",
)
LEVELS = ("national", "regional", "prefecture", "county")


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of a programme; ``start`` and ``end`` are the days between which it stands."""

    measure: str
    programme: str
    type: str
    level: str
    names: Mapping[str, str]
    authority: Mapping[str, str]
    basis: Citation
    start: dt.date | None
    end: dt.date | None
    example: bool

    def answer(self, day: dt.date) -> tuple[Answer, Reason]:
        """Whether it is open on ``day``: no before and after its time, else unknown."""
        params = {"measure": self.measure, "day": day.isoformat()}
        if self.start is not None and day < self.start:
            return Answer.NO, Reason("measure_not_yet", params, (self.basis,))
        if self.end is not None and day >= self.end:
            return Answer.NO, Reason("measure_ended", params, (self.basis,))
        return Answer.UNKNOWN, Reason("measure_without_notice", params, (self.basis,))

    def to_json(self, day: dt.date, lang: str = "en") -> dict[str, Any]:
        """A row of ``alnage relief measures``."""
        answer, reason = self.answer(day)
        return {
            "measure": self.measure,
            "name": self.names[lang],
            "programme": self.programme,
            "type": self.type,
            "level": self.level,
            "authority": self.authority[lang],
            "legal_basis": self.basis.text,
            "citation": self.basis.to_json(),
            "answer": answer.value,
            "because": [reason.to_json(lang)],
            "missing": ["implementing_notice"] if answer is Answer.UNKNOWN else [],
            "documents": [],
            "deadline": None,
            "example": self.example,
            "verified": self.basis.verified,
        }


def load_measures() -> tuple[Measure, ...]:
    """All bundled measures, in the order of their files.

    >>> [measure.measure for measure in load_measures()][:2]
    ['cn-803.legal-services', 'cn-ftl.trade-adjustment']
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    room = files("alnage.cases").joinpath("programmes")
    found = sorted(room.iterdir(), key=lambda entry: entry.name)
    texts = [entry.read_text("utf-8") for entry in found if entry.name.endswith(".yaml")]
    documents = (yaml.load(text, loader) for text in texts)  # noqa: S506 (a safe loader)
    return tuple(measure for document in documents for measure in _measures(document))


def _measures(document: Mapping[str, Any]) -> Iterable[Measure]:
    for row in document["measures"]:
        basis = row.get("basis") or document["basis"]
        yield Measure(
            measure=row["measure"],
            programme=document["programme"],
            type=_known(row["type"], TYPES),
            level=_known(row["level"], LEVELS),
            names=row["names"],
            authority=row.get("authority") or document["authority"],
            basis=Citation(basis["text"], basis["url"], row.get("verified", basis["verified"])),
            start=row.get("from") or document.get("from"),
            end=row.get("until") or document.get("until"),
            example=document.get("example", False),
        )


def _known(word: str, words: tuple[str, ...]) -> str:
    if word not in words:
        raise ValueError(f"{word} is none of {', '.join(words)}")
    return word
