"""What is done in a case: open, tell an event, keep a document, note, close; and ask.

Every act is one transaction: a record in the chain, and its place in the index. Nothing is
overwritten; asking reads the records. Text that looks like identity data of a person is
refused here, before it could become a record that is never taken back.

    Desk(store) ── open · event · add · task · note · close ──> Case
                └─ show · index · due · verify ── no trace on disk
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from alnage.cases import documents
from alnage.cases.case import Case, Document, Entry, difference, tell
from alnage.cases.remedies import check_event, nearest, remedies_version, remedy
from alnage.cases.store import KIND, Session, Store
from alnage.cases.tables import CASES, EVENTS, RECORDS
from alnage.law.book import evidence_kinds
from alnage.model import OptionError, Reason
from alnage.sources.identity import identifier_is_identity, looks_like_identity
from alnage.workspace.atomic import clear_parts, make_folder, sha256_of, write_bytes

T = TypeVar("T")
LONGEST_TEXT: Final = 20_000
LONGEST_TITLE: Final = 300
Events = Mapping[str, dt.date]


class Desk:
    """The cases of one store; ``today`` is the day on which it is worked."""

    def __init__(self, store: Store, today: dt.date) -> None:
        self._store = store
        self._today = today

    # Acts

    def open(
        self,
        remedy_id: str,
        title: str,
        *,
        entry: str = "",
        enterprise: str = "",
        events: Events | None = None,
    ) -> Case:
        """Open a case under a remedy; OptionError for an unknown one, an event, or identity data."""
        return self.open_all([(remedy_id, title, entry, enterprise, events or {})])[0]

    def open_all(self, given: Iterable[tuple[str, str, str, str, Events]]) -> list[Case]:
        """Open several cases in one transaction: remedy, title, entry, enterprise, events."""
        checked = [_opening(*one) for one in given]
        with self._store.change() as session:
            last = session.connection.execute(sa.select(sa.func.max(CASES.c.number))).scalar() or 0
            return [
                self._begin(session, number, payload)
                for number, payload in enumerate(checked, start=last + 1)
            ]

    def event(self, case: str, events: Events, reason: str = "") -> Case:
        """Tell dated events; another date for one that was told needs a reason.

        OptionError ``case_event_foreign``, ``case_event_repeated``, ``case_event_nothing``.
        """
        clean("reason", reason, LONGEST_TEXT)
        if not events:
            raise OptionError("case_event_nothing")

        def act(found: Case) -> Mapping[str, Any]:
            for name, day in events.items():
                _check_event(found, name, day, reason)
            shown = {name: day.isoformat() for name, day in events.items()}
            return {"type": "event", "events": shown, "reason": reason}

        return self._act(case, act)

    def note(self, case: str, text: str) -> Case:
        """Add a note."""
        clean("note", text, LONGEST_TEXT, needed=True)
        return self._act(case, lambda _: {"type": "note", "text": text})

    def task(self, case: str, title: str, due: dt.date | None = None, who: str = "") -> Case:
        """Add a task, with a day and whose it is."""
        clean("task", title, LONGEST_TITLE, needed=True)
        clean("actor", who, LONGEST_TITLE)
        day = due.isoformat() if due else ""
        return self._act(
            case,
            lambda found: {
                "type": "task",
                "task": len(found.tasks) + 1,
                "title": title,
                "due": day,
                "actor": who,
            },
        )

    def done(self, case: str, task: int) -> Case:
        """Mark a task as done; OptionError ``case_task_unknown``."""

        def act(found: Case) -> Mapping[str, Any]:
            known = [one.number for one in found.tasks if not one.done]
            if task not in known:
                raise OptionError("case_task_unknown", task=task, known=known or "-")
            return {"type": "done", "task": task}

        return self._act(case, act)

    def close(self, case: str, outcome: str, reason: str = "") -> Case:
        """Close a case with its outcome; it stays readable, and takes no further records."""
        clean("outcome", outcome, LONGEST_TITLE, needed=True)
        clean("reason", reason, LONGEST_TEXT)
        return self._act(case, lambda _: {"type": "closed", "outcome": outcome, "reason": reason})

    def add(self, case: str, file: Path, kind: str) -> tuple[Case, Document]:
        """Keep a file as a document of a case, unaltered; the same one again changes nothing.

        InputError if the file is not what its name says (see ``documents``); OptionError
        ``evidence_kind_unknown``.
        """
        if kind not in evidence_kinds():
            raise OptionError(
                "evidence_kind_unknown", kind=kind, near=nearest(kind, evidence_kinds())
            )
        name, data = documents.read(file)
        media = documents.check(name, data)
        kept = Document(hashlib.sha256(data).hexdigest(), name, kind, len(data), media)

        def act(one: Case) -> Mapping[str, Any] | None:
            self._keep(kept, data)
            return _document(one, kept)

        with self._store.workspace.change():
            found = self._act(case, act, optional=True)
        return found, kept

    # Questions

    def show(self, case: str) -> Case:
        """One case; OptionError ``case_unknown`` names the nearest."""
        return self._store.look(lambda session: _load(session, case))

    def index(self, *, status: str = "", limit: int = 1000) -> list[Mapping[str, Any]]:
        """The index of cases, newest first: id, remedy, title, entry, enterprise, status."""

        def ask(session: Session) -> list[Mapping[str, Any]]:
            if not session.ready:
                return []
            chosen = sa.select(CASES).order_by(CASES.c.number.desc()).limit(limit)
            if status:
                chosen = chosen.where(CASES.c.status == status)
            return [dict(row) for row in session.connection.execute(chosen).mappings()]

        return self._store.look(ask)

    def due(self, on: dt.date, *, within: int | None = None, limit: int = 1000) -> list[Case]:
        """Open cases for which a day comes within so many days, the earliest first.

        Cases whose days were counted by other law data are read in any case.
        """
        last = (on + dt.timedelta(days=within)).isoformat() if within is not None else "9999-12-30"

        def ask(session: Session) -> list[Case]:
            if not session.ready:
                return []
            near = (CASES.c.next_day <= last) | (CASES.c.law != remedies_version())
            chosen = (
                sa.select(CASES.c.number, CASES.c.id)
                .where(CASES.c.status == "open", near)
                .order_by(CASES.c.next_day, CASES.c.number)
                .limit(limit)
            )
            rows = session.connection.execute(chosen).all()
            return list(_cases(session, [(row.number, row.id) for row in rows]))

        found = self._store.look(ask)
        return sorted(found, key=lambda one: (one.next_day(on), one.number))

    def verify(self) -> tuple[Reason, ...]:
        """What does not hold: index against records, documents against the folder."""
        folder = self._store.workspace.path / "documents"

        def ask(session: Session) -> tuple[Reason, ...]:
            return tuple(_verify(session, folder)) if session.ready else ()

        return self._store.look(ask)

    # Inside

    def _begin(self, session: Session, number: int, payload: Mapping[str, Any]) -> Case:
        return self._write(session, number, f"{self._today.year}-{number:05d}", [], payload)

    def _act(
        self,
        case: str,
        act: Callable[[Case], Mapping[str, Any] | None],
        *,
        optional: bool = False,
    ) -> Case:
        """One record more in an open case; ``act`` may find that there is nothing to add."""
        with self._store.change() as session:
            found = _load(session, case)
            if found.status == "closed":
                raise OptionError("case_closed", case=found.id, outcome=found.outcome)
            payload = act(found)
            if payload is None and optional:
                return found
            return self._write(
                session, found.number, found.id, found.history, {**(payload or {}), "case": case}
            )

    def _write(
        self,
        session: Session,
        number: int,
        id_: str,
        before: Sequence[Entry],
        payload: Mapping[str, Any],
    ) -> Case:
        """Append the record, place it in the case, and count the days anew."""
        told = {**payload, "case": id_, "number": len(before) + 1}
        made = session.append(told)
        place = {"case_number": number, "number": len(before) + 1, "sequence": made.sequence}
        session.connection.execute(EVENTS.insert(), place)
        time = session.connection.execute(
            sa.select(RECORDS.c.time).where(RECORDS.c.sequence == made.sequence)
        ).scalar_one()
        case = tell(number, id_, [*before, Entry(made.sequence, time, told)])
        if case is None:  # the opening was purged: the record stands, the index as it was
            raise OptionError("case_purged", case=id_)
        row = {
            "status": case.status,
            "next_day": case.next_day(self._today),
            "law": remedies_version(),
        }
        if before:
            change = CASES.update().where(CASES.c.number == number)
            session.connection.execute(change, row)
        else:
            fixed = {name: payload[name] for name in ("remedy", "title", "entry", "enterprise")}
            session.connection.execute(
                CASES.insert(), {"number": number, "id": id_, **fixed, **row}
            )
        return case

    def _keep(self, kept: Document, data: bytes) -> None:
        folder = self._store.workspace.path / "documents" / kept.sha256[:2]
        file = folder / _file_name(kept)
        make_folder(folder)
        clear_parts(folder)
        if not file.is_file() or sha256_of(file) != kept.sha256:
            write_bytes(file, data)


def clean(name: str, text: str, longest: int, *, needed: bool = False) -> str:
    """``text`` if it may be recorded; OptionError ``case_text_bad`` or ``case_identity``.

    >>> clean("title", "Detention of entry 7", 300)
    'Detention of entry 7'
    """
    odd = any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text.replace("\n", ""))
    if odd or len(text) > longest or (needed and not text.strip()):
        raise OptionError("case_text_bad", name=name, longest=longest)
    if looks_like_identity(text):
        raise OptionError("case_identity", name=name)
    return text


def _identifier(name: str, text: str) -> str:
    """An entry number or the id of an enterprise; a number of a person is refused."""
    scheme, colon, _ = text.partition(":")
    if colon and scheme.casefold() == "uscc" and not identifier_is_identity(text):
        return text
    return clean(name, text, LONGEST_TITLE)


def _opening(
    remedy_id: str, title: str, entry: str, enterprise: str, events: Events
) -> Mapping[str, Any]:
    chosen = remedy(remedy_id)
    for name in events:
        check_event(name, chosen.events)
        if name not in chosen.events:
            raise OptionError(
                "case_event_foreign", event=name, remedy=chosen.id, known=[*chosen.events]
            )
    return {
        "type": "opened",
        "remedy": chosen.id,
        "title": clean("title", title, LONGEST_TITLE, needed=True),
        "entry": _identifier("entry", entry),
        "enterprise": _identifier("enterprise", enterprise),
        "events": {name: day.isoformat() for name, day in events.items()},
    }


def _check_event(case: Case, name: str, day: dt.date, reason: str) -> None:
    check_event(name, case.remedy.events)
    if name not in case.remedy.events:
        known = [*case.remedy.events]
        raise OptionError("case_event_foreign", event=name, remedy=case.remedy.id, known=known)
    before = case.events.get(name)
    if before is not None and (before == day or not reason.strip()):
        raise OptionError("case_event_repeated", event=name, day=before.isoformat())


def _document(case: Case, kept: Document) -> Mapping[str, Any] | None:
    if any((one.sha256, one.kind) == (kept.sha256, kept.kind) for one in case.documents):
        return None
    fields = ("sha256", "name", "kind", "size", "media")
    return {"type": "document", **{field: getattr(kept, field) for field in fields}}


def _file_name(kept: Document) -> str:
    return f"{kept.sha256}{Path(kept.name).suffix.lower()}"


def _load(session: Session, case: str) -> Case:
    row = None
    if session.ready:
        chosen = sa.select(CASES.c.number, CASES.c.id).where(CASES.c.id == case)
        row = session.connection.execute(chosen).first()
    found = next(_cases(session, [(row.number, row.id)]), None) if row else None
    if found is not None:
        return found
    if row is not None:
        raise OptionError("case_purged", case=case)
    known: list[str] = []
    if session.ready:
        newest = sa.select(CASES.c.id).order_by(CASES.c.number.desc()).limit(500)
        known = [str(one) for one in session.connection.execute(newest).scalars()]
    near = nearest(case, known)[:5] if known else []
    # What was typed is repeated only if it could be a case.
    shown = case if len(case) <= 40 and not looks_like_identity(case) else "…"
    raise OptionError("case_unknown", case=shown, near=near or "-")


def _cases(session: Session, named: Sequence[tuple[int, str]]) -> Iterator[Case]:
    """The cases with these numbers, in this order; one whose opening was purged is left out."""
    for start in range(0, len(named), 500):
        part = named[start : start + 500]
        ids = dict(part)
        rows = session.connection.execute(_history().where(EVENTS.c.case_number.in_(list(ids))))
        told = {
            number: tell(number, ids[number], (_entry(row) for row in group))
            for number, group in groupby(rows, key=lambda row: row.case_number)
        }
        yield from (case for number, _ in part if (case := told.get(number)) is not None)


def _history() -> sa.Select[Any]:
    return (
        sa.select(EVENTS.c.case_number, EVENTS.c.sequence, RECORDS.c.time, RECORDS.c.payload)
        .join(RECORDS, RECORDS.c.sequence == EVENTS.c.sequence)
        .order_by(EVENTS.c.case_number, EVENTS.c.number)
    )


def _entry(row: sa.Row[Any]) -> Entry:
    payload = None if row.payload is None else json.loads(row.payload)
    return Entry(row.sequence, row.time, payload)


def _verify(session: Session, folder: Path) -> Iterator[Reason]:
    bound = session.connection
    yield from _strays(bound)
    index = {row["number"]: row for row in bound.execute(sa.select(CASES)).mappings()}
    seen = set()
    for number, group in groupby(bound.execute(_history()), key=lambda row: row.case_number):
        seen.add(number)
        row = index.get(number)
        if row is None:
            continue  # told by _strays
        case = tell(number, row["id"], (_entry(one) for one in group))
        if case is None:
            continue  # the audit of the chain notes what was purged
        wrong = difference(case, dict(row))
        if wrong is not None:
            yield wrong
        for kept in case.documents:
            if not (folder / kept.sha256[:2] / _file_name(kept)).is_file():
                params = {"hash": kept.sha256, "case": case.id, "name": kept.name}
                yield Reason("audit_document_missing", params)
    for number in index.keys() - seen:
        yield Reason("audit_case_differs", {"case": index[number]["id"], "fields": ["records"]})


def _strays(bound: sa.Connection) -> Iterator[Reason]:
    """Records of cases that the index does not place, and places without a record or a case."""
    placed = sa.select(EVENTS.c.sequence)
    lost = sa.select(RECORDS.c.sequence).where(
        RECORDS.c.kind == KIND, RECORDS.c.sequence.not_in(placed)
    )
    kept = sa.select(RECORDS.c.sequence).where(RECORDS.c.kind == KIND)
    known = sa.select(CASES.c.number)
    empty = sa.select(EVENTS.c.sequence).where(
        EVENTS.c.sequence.not_in(kept) | EVENTS.c.case_number.not_in(known)
    )
    for question in (lost, empty):
        for sequence in bound.execute(question).scalars():
            yield Reason("audit_case_stray", {"sequence": sequence})
