"""A case as its records tell it: nothing is changed, a later record only adds.

A case is never stored as a state that somebody could overwrite. It is read anew from its
records, oldest first; a date that is corrected keeps the one before it, and the reason.

    records of a case ── tell() ──> Case(events, documents, tasks, notes, status)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from alnage.cases.deadlines import Deadline, deadlines, deemed, iso, past
from alnage.cases.remedies import Remedy, actor, remedies
from alnage.model import Reason

SCHEMA: Final = "case/1"
Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a case; ``payload`` is None where it was purged."""

    sequence: int
    time: str
    payload: Payload | None


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a case: an original kept unaltered, named by its hash."""

    sha256: str
    name: str
    kind: str
    size: int
    media: str

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "document": self.sha256,
            "name": self.name,
            "kind": self.kind,
            "size": self.size,
            "media": self.media,
        }


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do, by whom and by when."""

    number: int
    title: str
    due: str
    actor: str
    done: bool = False

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "task": self.number,
            "title": self.title,
            "due": self.due or None,
            "actor": self.actor or None,
            "done": self.done,
        }


@dataclass(frozen=True, slots=True)
class Case:
    """One case as its records tell it."""

    id: str
    number: int
    remedy: Remedy
    title: str
    entry: str
    enterprise: str
    opened: str
    status: str
    outcome: str
    events: Mapping[str, dt.date]
    documents: tuple[Document, ...]
    tasks: tuple[Task, ...]
    notes: tuple[str, ...]
    history: tuple[Entry, ...]

    @property
    def evidence_missing(self) -> tuple[str, ...]:
        """Kinds that the remedy asks for and no document of the case is."""
        held = {document.kind for document in self.documents}
        return tuple(kind for kind in self.remedy.evidence if kind not in held)

    def deadlines(self, on: dt.date) -> tuple[Deadline, ...]:
        """The clocks of the case on a day."""
        return deadlines(self.remedy, self.events, on)

    def next_day(self, on: dt.date) -> str:
        """The earliest day that anybody waits for; ``9999-12-31`` if there is none."""
        days = [one.due.due for one in self.deadlines(on) if not one.met and one.due.due]
        days += [dt.date.fromisoformat(task.due) for task in self.tasks if task.due]
        return min(days, default=dt.date.max).isoformat()

    def to_json(self, on: dt.date, lang: str = "en") -> dict[str, Any]:
        """As the contract of ``alnage case open`` has it, and everything else that is known."""
        known, silence = deemed(self.events, on)
        state = self.remedy.state(past(known, on))
        return {
            "schema": SCHEMA,
            "case": self.id,
            "remedy": self.remedy.id,
            "name": self.remedy.name[lang],
            "title": self.title,
            "status": self.status,
            "state": state,
            "outcome": self.outcome or None,
            "entry": self.entry or None,
            "enterprise": self.enterprise or None,
            "opened": self.opened,
            "on": on.isoformat(),
            "asserts": self.remedy.asserts[lang],
            "events": {name: iso(day) for name, day in past(self.events, dt.date.max).items()},
            "silence": [reason.to_json(lang) for reason in silence],
            "due": [one.to_json(lang) for one in self.deadlines(on)],
            "steps": [
                {"state": s.state, "event": s.event, "actor": actor(s.actor, lang)}
                for s in self.remedy.steps
                if s.event not in self.events
            ],
            "evidence_missing": list(self.evidence_missing),
            "documents": [document.to_json() for document in self.documents],
            "tasks": [task.to_json() for task in self.tasks],
            "notes": list(self.notes),
            "history": [_told(entry) for entry in self.history],
            "citation": self.remedy.citation.text,
            "verified": self.remedy.citation.verified,
        }


def tell(number: int, id_: str, entries: Iterable[Entry]) -> Case | None:
    """The case that these records tell, oldest first; None if its opening was purged.

    >>> opened = {"type": "opened", "remedy": "us.protest", "title": "T", "entry": "E1",
    ...           "enterprise": "", "events": {"excluded": "2026-01-05"}}
    >>> case = tell(1, "2026-00001", [Entry(1, "2026-01-06T00:00:00Z", opened)])
    >>> case.status, case.events["excluded"].isoformat()
    ('open', '2026-01-05')
    """
    history = tuple(entries)
    told = [(entry, entry.payload) for entry in history if entry.payload is not None]
    first = next(((e, p) for e, p in told if p["type"] == "opened"), None)
    if first is None:
        return None
    entry, opening = first
    closed = [payload for _, payload in told if payload["type"] == "closed"]
    return Case(
        id=id_,
        number=number,
        remedy=remedies()[opening["remedy"]],
        title=opening["title"],
        entry=opening["entry"],
        enterprise=opening["enterprise"],
        opened=entry.time,
        status="closed" if closed else "open",
        outcome=closed[-1]["outcome"] if closed else "",
        events=dict(_events(payload for _, payload in told)),
        documents=tuple(_documents(payload for _, payload in told)),
        tasks=tuple(_tasks([payload for _, payload in told])),
        notes=tuple(payload["text"] for _, payload in told if payload["type"] == "note"),
        history=history,
    )


def difference(case: Case, row: Mapping[str, Any]) -> Reason | None:
    """What the index says otherwise than the records, or None."""
    told = {
        "id": case.id,
        "remedy": case.remedy.id,
        "title": case.title,
        "entry": case.entry,
        "enterprise": case.enterprise,
        "status": case.status,
    }
    wrong = [name for name, value in told.items() if row[name] != value]
    return Reason("audit_case_differs", {"case": case.id, "fields": wrong}) if wrong else None


def _events(payloads: Iterable[Payload]) -> Iterator[tuple[str, dt.date]]:
    for payload in payloads:
        for name, day in payload.get("events", {}).items():
            yield name, dt.date.fromisoformat(day)


def _documents(payloads: Iterable[Payload]) -> Iterator[Document]:
    fields = ("sha256", "name", "kind", "size", "media")
    for payload in payloads:
        if payload["type"] == "document":
            yield Document(*(payload[field] for field in fields))


def _tasks(payloads: Iterable[Payload]) -> Iterator[Task]:
    given = list(payloads)
    done = {payload["task"] for payload in given if payload["type"] == "done"}
    for payload in given:
        if payload["type"] == "task":
            number = payload["task"]
            yield Task(number, payload["title"], payload["due"], payload["actor"], number in done)


def _told(entry: Entry) -> dict[str, Any]:
    payload = entry.payload or {"type": "purged"}
    kept = {name: value for name, value in payload.items() if name != "case"}
    return {"record": entry.sequence, "time": entry.time, **kept}
