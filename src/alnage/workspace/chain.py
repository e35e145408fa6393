"""The chain of records: what was done stays as it was done, and a change shows.

Each record's hash covers the hash of the one before, so that nothing can be altered,
inserted or taken out without breaking every later hash. The payload itself is not in
the hash but a salted commitment to it: a payload can be purged (a court order, a data
law) and the chain still holds, with the gap visible. Pure functions; ``catalogue``
stores the records.

    payload ── salt ──> commitment ─┐
    previous hash, sequence, time, kind, chain id ─┴─ SHA-256 ──> hash ──> next record
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from alnage.model import Reason, WorkspaceError

RECORD_TAG: Final = "alnage/record/1"
PAYLOAD_TAG: Final = "alnage/payload/1"
GENESIS: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class RecordId:
    """A record's place in a chain, and its hash.

    >>> str(RecordId("c0ffee", 7, "ab12" * 16))
    'c0ffee/7'
    """

    chain: str
    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.chain}/{self.sequence}"

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"chain": self.chain, "sequence": self.sequence, "hash": self.hash}


@dataclass(frozen=True, slots=True)
class Record:
    """One record; ``payload`` and ``salt`` are None where the payload was purged."""

    chain: str
    sequence: int
    previous: str
    time: str
    kind: str
    commitment: str
    hash: str
    salt: str | None
    payload: Mapping[str, Any] | None

    @property
    def id(self) -> RecordId:
        """The record's place and hash."""
        return RecordId(self.chain, self.sequence, self.hash)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            **self.id.to_json(),
            "previous": self.previous,
            "time": self.time,
            "kind": self.kind,
            "commitment": self.commitment,
            "payload": None if self.payload is None else dict(self.payload),
        }


@dataclass(frozen=True, slots=True)
class Audit:
    """What checking a chain found: ``problems`` break it, ``notes`` only want to be known."""

    records: int
    head: RecordId | None
    anchored: int
    problems: tuple[Reason, ...]
    notes: tuple[Reason, ...]

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return not self.problems

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """As JSON values."""
        return {
            "schema": "audit/1",
            "ok": self.ok,
            "records": self.records,
            "head": self.head.to_json() if self.head else None,
            "anchored_to": self.anchored,
            "problems": [problem.to_json(lang) for problem in self.problems],
            "notes": [note.to_json(lang) for note in self.notes],
        }


def canonical(value: Any) -> str:
    """JSON with one spelling: keys sorted, no spaces, no NaN; WorkspaceError otherwise.

    >>> canonical({"b": 1, "a": ["é", None]})
    '{"a":["é",null],"b":1}'
    """
    try:
        _only_text_keys(value)
        return json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
    except (TypeError, ValueError) as error:
        raise WorkspaceError("record_not_json", why=str(error)) from None


def commitment(salt: str, payload: Mapping[str, Any]) -> str:
    """The salted hash that stands for a payload in the chain."""
    return _sha256([PAYLOAD_TAG, salt, canonical(payload)])


def linked(
    chain: str,
    before: RecordId | None,
    *,
    time: str,
    kind: str,
    salt: str,
    payload: Mapping[str, Any],
) -> Record:
    """The record that follows ``before`` (None begins the chain).

    >>> first = linked("c", None, time="2026-01-01T00:00:00Z", kind="receipt", salt="s", payload={"q": 1})
    >>> second = linked("c", first.id, time="2026-01-02T00:00:00Z", kind="receipt", salt="t", payload={})
    >>> second.sequence, second.previous == first.hash, verify("c", [first, second]).ok
    (2, True, True)
    """
    sequence, previous = (before.sequence + 1, before.hash) if before else (1, GENESIS)
    held = commitment(salt, payload)
    mark = _record_hash(chain, sequence, previous, time=time, kind=kind, held=held)
    return Record(chain, sequence, previous, time, kind, held, mark, salt, payload)


def verify(
    chain: str,
    records: Iterable[Record],
    *,
    head: RecordId | None = None,
    anchors: Iterable[RecordId] = (),
) -> Audit:
    """Check every link, payload, the kept head and every anchor; never raises."""
    problems: list[Reason] = []
    notes: list[Reason] = []
    hashes: dict[int, str] = {}
    before: Record | None = None
    for record in records:
        problems += _broken(chain, record, before)
        notes += _odd(record, before)
        hashes[record.sequence] = record.hash
        before = record
    if head is not None and hashes.get(head.sequence) != head.hash:
        problems.append(Reason("audit_head_missing", {"sequence": head.sequence}))
    if head is not None and before is not None and before.sequence > head.sequence:
        problems.append(Reason("audit_head_behind", {"sequence": before.sequence}))
    reached = 0
    for anchor in anchors:
        if hashes.get(anchor.sequence) == anchor.hash and anchor.chain == chain:
            reached = max(reached, anchor.sequence)
        else:
            problems.append(Reason("audit_anchor_broken", {"sequence": anchor.sequence}))
    last = before.id if before else None
    return Audit(len(hashes), last, reached, tuple(problems), tuple(notes))


def _broken(chain: str, record: Record, before: Record | None) -> list[Reason]:
    found = []
    place = {"sequence": record.sequence}
    expected = before.sequence + 1 if before else 1
    if record.sequence != expected:
        found.append(Reason("audit_gap", {"sequence": record.sequence, "expected": expected}))
    if record.chain != chain or record.previous != (before.hash if before else GENESIS):
        found.append(Reason("audit_link_broken", place))
    mark = _record_hash(
        chain,
        record.sequence,
        record.previous,
        time=record.time,
        kind=record.kind,
        held=record.commitment,
    )
    if mark != record.hash:
        found.append(Reason("audit_record_changed", place))
    if record.payload is not None and not _kept(record, record.payload):
        found.append(Reason("audit_payload_changed", place))
    return found


def _kept(record: Record, payload: Mapping[str, Any]) -> bool:
    return record.salt is not None and commitment(record.salt, payload) == record.commitment


def _odd(record: Record, before: Record | None) -> list[Reason]:
    found = []
    if record.payload is None:
        found.append(Reason("audit_purged", {"sequence": record.sequence}))
    if before is not None and record.time < before.time:
        times = {"sequence": record.sequence, "time": record.time, "before": before.time}
        found.append(Reason("audit_time_backwards", times))
    return found


def _record_hash(
    chain: str, sequence: int, previous: str, *, time: str, kind: str, held: str
) -> str:
    return _sha256([RECORD_TAG, chain, sequence, previous, time, {"kind": kind, "payload": held}])


def _sha256(parts: list[Any]) -> str:
    # A JSON array keeps the parts apart: no two lists of parts have the same text.
    return hashlib.sha256(canonical(parts).encode("utf-8")).hexdigest()


def _only_text_keys(value: Any) -> None:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"key {key!r}")
            _only_text_keys(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _only_text_keys(item)
