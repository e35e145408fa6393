"""A screening: many queries against registers, its lines, and the receipt that it leaves.

A receipt says who was asked, against which versions, by which method, when, and what
came out. The queries and results of a run are one table, named by its hash; the record
in the workspace's chain names that table and the hash of the results, so that a run can
be verified and repeated years later.

    queries, registers ── run ──> lines ── record ──> receipt in every line
    receipt ── replay ──> same hash? ──> holds, or what differs
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from alnage.model import OptionError, RegisterError
from alnage.registers import Register, Registers
from alnage.registers.register import canonical
from alnage.registers.store import keep
from alnage.screen.decisions import Decision
from alnage.screen.entities import Query
from alnage.screen.reviews import Decided, Reviewed
from alnage.screen.score import METHOD
from alnage.screen.screener import Match, Screener

RECEIPT = "receipt"


class Chain(Protocol):
    """What a screening needs of a workspace: records in a chain, and tables by hash."""

    def append_record(self, kind: str, payload: Mapping[str, Any]) -> Any:
        """Append a record; its id, printable."""
        ...

    def put_table(self, kind: str, table: Any) -> str:
        """Keep a table; its hash."""
        ...


class Progress(Protocol):
    """Where a long run keeps its finished lines."""

    def begin(self, fingerprint: str) -> list[dict[str, Any]]:
        """The lines that an interrupted run of this fingerprint has finished."""
        ...

    def add(self, line: Mapping[str, Any]) -> None:
        """Keep a finished line."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """How a screening was asked for."""

    as_of: dt.date
    known_at: dt.date | None = None
    threshold: float = 0.1
    limit: int = 5
    prior: float = 0.5

    def check(self) -> None:
        """OptionError unless the numbers make sense."""
        if not 0 <= self.threshold <= 1:
            raise OptionError("screen_threshold", value=self.threshold)
        if not 0 < self.prior < 1:
            raise OptionError("screen_prior", value=self.prior)
        if self.limit < 1:
            raise OptionError("screen_limit", value=self.limit)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "as_of": self.as_of.isoformat(),
            "known_at": self.known_at.isoformat() if self.known_at else None,
            "threshold": self.threshold,
            "limit": self.limit,
            "prior": self.prior,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Settings:
        """The settings that a receipt holds."""
        known = value["known_at"]
        return cls(
            dt.date.fromisoformat(value["as_of"]),
            dt.date.fromisoformat(known) if known else None,
            value["threshold"],
            value["limit"],
            value["prior"],
        )


@dataclass(frozen=True, slots=True)
class Screening:
    """A finished screening: its registers, settings, queries, and a line for each."""

    registers: tuple[Register, ...]
    settings: Settings
    queries: tuple[Query, ...]
    lines: tuple[dict[str, Any], ...]
    decisions: tuple[Decision, ...] = ()

    @property
    def result_hash(self) -> str:
        """SHA-256 over the lines."""
        return hashlib.sha256(canonical(list(self.lines)).encode()).hexdigest()

    @property
    def query_hash(self) -> str:
        """SHA-256 over the queries."""
        value = [asdict(query) for query in self.queries]
        return hashlib.sha256(canonical(value).encode()).hexdigest()

    @property
    def fingerprint(self) -> str:
        """SHA-256 over all that the lines depend on: who is asked for, where and how."""
        value = {
            "method": METHOD,
            "settings": self.settings.to_json(),
            "registers": {one.id: one.version for one in self.registers},
            "queries": self.query_hash,
            "decisions": [one.to_json() for one in self.decisions],
        }
        return hashlib.sha256(canonical(value).encode()).hexdigest()

    def payload(self, table: str) -> dict[str, Any]:
        """What the record of this screening says."""
        return {
            "schema": "receipt/1",
            "method": METHOD,
            "settings": self.settings.to_json(),
            "registers": {one.id: one.version for one in self.registers},
            "queries": len(self.queries),
            "query_hash": self.query_hash,
            "result_hash": self.result_hash,
            "table": table,
            "decisions": [one.to_json() for one in self.decisions],
        }

    def table(self) -> Any:
        """Queries and lines as a table of JSON texts, a row a query."""
        import pyarrow as pa

        return pa.table(
            {
                "query": [canonical(asdict(query)) for query in self.queries],
                "line": [canonical(line) for line in self.lines],
            }
        )


def run(
    queries: Sequence[Query],
    registers: Registers,
    settings: Settings,
    only: Sequence[str] | None = None,
    decisions: Iterable[Decision] = (),
    progress: Progress | None = None,
) -> Screening:
    """Screen every query; one line each, in order, without receipts yet.

    ``decisions`` of reviewers hold where they stand, and every line prints those that
    touch it. ``progress`` keeps finished lines of a long run, so that it can go on after
    an interruption. RegisterError if a register of ``only`` is unknown.

    >>> done = run([Query("1", "Ninestar Corporation")], Registers.load(None), Settings(dt.date(2024, 1, 1)))
    >>> done.lines[0]["matches"][0]["entity"]
    'ninestar-corporation'
    """
    settings.check()
    chosen = [registers[one] for one in (only or sorted(registers))]
    if settings.known_at is not None:
        then = registers.known_at(settings.known_at)
        chosen = [then[one.id] for one in chosen]
    return _run(queries, tuple(chosen), settings, tuple(decisions), progress)


def _run(
    queries: Sequence[Query],
    registers: tuple[Register, ...],
    settings: Settings,
    decisions: tuple[Decision, ...],
    progress: Progress | None = None,
) -> Screening:
    asked = Screening(registers, settings, tuple(queries), (), decisions)
    finished = progress.begin(asked.fingerprint) if progress else []
    screener = Screener(registers, as_of=settings.as_of)
    reviewed = Reviewed(screener, decisions)
    used: dict[Decision, None] = {}
    seen: dict[Any, tuple[Match, ...]] = {}
    lines: list[dict[str, Any]] = list(finished[: len(queries)])
    for query in queries[: len(lines)]:
        used.update(dict.fromkeys(reviewed.touching(query)))
    for query in queries[len(lines) :]:
        # The same question twice is asked once.
        key = (query.forms, query.country, query.region, query.identifiers, query.schema)
        if key not in seen:
            seen[key] = screener.search(
                query, limit=settings.limit, threshold=settings.threshold, prior=settings.prior
            )
        used.update(dict.fromkeys(reviewed.touching(query)))
        decided = reviewed.decided(query, seen[key], settings.threshold)
        lines.append(_line(query, decided, registers, settings))
        if progress:
            progress.add(lines[-1])
    return Screening(registers, settings, tuple(queries), tuple(lines), tuple(used))


def _line(
    query: Query, decided: Decided, registers: Sequence[Register], settings: Settings
) -> dict[str, Any]:
    matches = decided.matches
    line = {
        "id": query.id,
        "name": query.name,
        "matches": [match.to_json() for match in matches[: settings.limit]],
        "answers": {one.id: _answer(query, matches, one, settings.as_of) for one in registers},
    }
    return {**line, "decisions": decided.to_json()} if decided.standing else line


def _answer(query: Query, matches: Sequence[Match], register: Register, day: dt.date) -> str:
    """``listed``, ``possible``, ``not_listed``, or ``unknown`` where the register can't say no."""
    hits = [one for one in matches if one.entity.register == register.id]
    hits = [one for one in hits if one.decided != "different"]
    sure = (
        one.decided == "same"
        or one.same_identifier
        or (one.same_name and one.strong and not one.contradicts)
        for one in hits
    )
    if any(sure):
        return "listed"
    if any(one.match or one.same_name or one.decided for one in hits):
        return "possible"
    return "not_listed" if query.forms and register.complete_on(day) else "unknown"


def record(screening: Screening, workspace: Any) -> str:
    """Leave a receipt in the chain, keep what repeating it needs; the receipt's id."""
    with workspace.change():
        for register in screening.registers:
            keep(workspace, register)
        chain: Chain = workspace
        table = chain.put_table("screening", screening.table())
        return str(chain.append_record(RECEIPT, screening.payload(table)))


def with_receipts(lines: Iterable[Mapping[str, Any]], receipt: str | None) -> list[dict[str, Any]]:
    """The lines, each with the receipt of the run and its own row in it.

    >>> with_receipts([{"id": "a"}], "c/1")
    [{'id': 'a', 'receipt': 'c/1#1'}]
    """
    return [
        {**line, "receipt": None if receipt is None else f"{receipt}#{row}"}
        for row, line in enumerate(lines, start=1)
    ]


def find(records: Iterable[Any], receipt: str) -> Any:
    """The record of a receipt (``CHAIN/7#3``, ``CHAIN/7`` or ``7``); OptionError if there is none."""
    wanted = receipt.partition("#")[0]
    known = []
    for one in records:
        known.append(str(one.id))
        if wanted in (str(one.id), str(one.sequence)):
            return one
    raise OptionError("receipt_unknown", receipt=receipt, known=known[-5:])


def stored(
    payload: Mapping[str, Any], table: Any
) -> tuple[tuple[Query, ...], list[dict[str, Any]]]:
    """The queries and lines that a receipt's table holds; OptionError if they are not its own."""
    rows = table.to_pylist()
    queries = tuple(_query(json.loads(row["query"])) for row in rows)
    lines = [json.loads(row["line"]) for row in rows]
    found = hashlib.sha256(canonical(lines).encode()).hexdigest()
    if found != payload["result_hash"]:
        raise OptionError("receipt_broken", table=payload["table"])
    return queries, lines


def _query(value: Mapping[str, Any]) -> Query:
    return Query(
        id=value["id"],
        name=value["name"],
        others=tuple(value["others"]),
        country=value["country"],
        region=value["region"],
        identifiers=tuple(value["identifiers"]),
        schema=value["schema"],
    )


def replay(payload: Mapping[str, Any], table: Any, registers: Registers) -> tuple[bool, list[str]]:
    """Repeat a screening from its receipt: whether all came out the same, and ids that did not.

    RegisterError if a version is no longer there, or the method is not.
    """
    if payload["method"] != METHOD:
        raise RegisterError("method_unknown", method=payload["method"], known=[METHOD])
    queries, lines = stored(payload, table)
    chosen = tuple(registers.version(one, mark) for one, mark in payload["registers"].items())
    decisions = tuple(Decision.from_json(one) for one in payload.get("decisions", ()))
    again = _run(queries, chosen, Settings.from_json(payload["settings"]), decisions)
    differ = [
        new["id"]
        for old, new in zip(lines, again.lines, strict=True)
        if canonical(old) != canonical(new)
    ]
    return not differ, differ
