"""The catalogue: which tables a workspace holds, and its records, in SQLite.

One file, ``catalogue.sqlite``, written by one process at a time in write-ahead mode: a
killed writer leaves the last whole state. Reading must leave no trace, not even the
side files that SQLite makes, and must work in a folder that can't be written; so a
reader opens the file as immutable when nobody is writing, and checks afterwards that
nobody was.

    change(path) ── one transaction, all or nothing ──> Writer
    look(path, question) ── no trace on disk ──> answer
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from alnage.model import WorkspaceError
from alnage.workspace.atomic import make_private_file
from alnage.workspace.chain import Record, RecordId, canonical, linked

T = TypeVar("T")

FILE: Final = "catalogue.sqlite"
_TRIES: Final = 20
_TICK: Final = 20_000_000  # nanoseconds: more than file systems' clocks need
_PAUSE: Final = 0.01  # seconds, longer with every try

_SCHEMA: Final = """
create table if not exists meta (key text primary key, value text not null);
create table if not exists tables (
  kind text not null, hash text not null, rows integer not null, added text not null,
  primary key (kind, hash));
create table if not exists records (
  sequence integer primary key, chain text not null, previous text not null, time text not null,
  kind text not null, commitment text not null, hash text not null, salt text, payload text);
create index if not exists records_of_kind on records (kind, sequence);
create table if not exists anchors (
  sequence integer not null, hash text not null, time text not null,
  primary key (sequence, time));
"""
_BEGUN: Final = "select count(*) from sqlite_master where name = 'meta'"


class Reader:
    """Questions to a catalogue; ``connection`` None is an empty one."""

    def __init__(self, connection: sqlite3.Connection | None) -> None:
        self.connection = connection

    def _rows(self, text: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        if self.connection is None:
            return []
        return self.connection.execute(text, values).fetchall()

    def chain(self) -> str:
        """The id of the chain of records; empty before the first."""
        found = self._rows("select value from meta where key = 'chain'")
        return str(found[0][0]) if found else ""

    def head(self) -> RecordId | None:
        """The newest record, as the writer of it noted."""
        found = self._rows("select value from meta where key = 'head'")
        return RecordId(**json.loads(found[0][0])) if found else None

    def anchors(self) -> list[RecordId]:
        """Heads that were handed to a witness."""
        rows = self._rows("select sequence, hash from anchors order by sequence, time")
        return [RecordId(self.chain(), sequence, mark) for sequence, mark in rows]

    def tables(self, kind: str | None = None) -> list[tuple[str, str, int, str]]:
        """Kind, hash, rows and time of every table, oldest first."""
        rows = self._rows(
            "select kind, hash, rows, added from tables where ?1 is null or kind = ?1"
            " order by added, kind, hash",
            (kind,),
        )
        return [(str(k), str(h), int(n), str(t)) for k, h, n, t in rows]

    def records(self, kind: str | None = None) -> list[Record]:
        """Records in order; of one kind, or all."""
        rows = self._rows(
            "select chain, sequence, previous, time, kind, commitment, hash, salt, payload"
            " from records where ?1 is null or kind = ?1 order by sequence",
            (kind,),
        )
        return [_record(row) for row in rows]


class Writer(Reader):
    """A catalogue inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._write = connection.execute

    def add_table(self, kind: str, mark: str, rows: int, time: str) -> None:
        """Note a table; the same one again changes nothing."""
        self._write("insert or ignore into tables values (?, ?, ?, ?)", (kind, mark, rows, time))

    def append(
        self, kind: str, payload: Mapping[str, Any], *, time: str, salt: str, chain: str
    ) -> Record:
        """Append a record; ``chain`` names the chain if this begins it."""
        name = self.chain() or chain
        record = linked(name, self.head(), time=time, kind=kind, salt=salt, payload=payload)
        self._write(
            "insert into records values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                record.sequence,
                record.chain,
                record.previous,
                record.time,
                record.kind,
                record.commitment,
                record.hash,
                record.salt,
                canonical(payload),
            ),
        )
        self._note("chain", name)
        self._note("head", canonical(record.id.to_json()))
        return record

    def purge(self, sequence: int) -> bool:
        """Forget the payload of a record; its place in the chain stays."""
        done = self._write(
            "update records set salt = null, payload = null where sequence = ?", (sequence,)
        )
        return done.rowcount == 1

    def anchor(self, head: RecordId, time: str) -> None:
        """Note that a head was handed to a witness."""
        self._write(
            "insert or ignore into anchors values (?, ?, ?)", (head.sequence, head.hash, time)
        )

    def _note(self, key: str, value: str) -> None:
        self._write("insert or replace into meta values (?, ?)", (key, value))


@contextmanager
def change(folder: Path) -> Iterator[Writer]:
    """One transaction on the catalogue of ``folder``: all of it, or nothing of it."""
    file = folder / FILE
    make_private_file(file)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("pragma secure_delete = on")  # a purge leaves nothing behind
        connection.execute("begin immediate")
        try:
            for statement in _SCHEMA.split(";"):  # a script would end the transaction
                connection.execute(statement)
            yield Writer(connection)
        except BaseException:
            if connection.in_transaction:  # a full disk has rolled back by itself
                connection.execute("rollback")
            raise
        connection.execute("commit")


def look(folder: Path, question: Callable[[Reader], T]) -> T:
    """Ask a catalogue without leaving a trace.

    Where there is no catalogue, the question is put to an empty one. WorkspaceError
    ``catalogue_damaged``, or ``catalogue_busy`` if writers never leave a quiet moment.
    """
    file = folder / FILE
    if not file.is_file() or file.stat().st_size == 0:
        return question(Reader(None))
    try:
        for attempt in range(_TRIES):
            time.sleep(_PAUSE * attempt)
            if answers := _look_once(file, question):
                return answers[0]
    except (sqlite3.DatabaseError, OSError, ValueError, KeyError, TypeError) as error:
        raise WorkspaceError("catalogue_damaged", path=str(file), why=str(error)) from None
    raise WorkspaceError("catalogue_busy", path=str(file))


def _look_once(file: Path, question: Callable[[Reader], T]) -> tuple[T, ...]:
    """The answer, or nothing if a writer came between."""
    before = _state(file)
    address = file.resolve().as_uri()
    if before[1] is None and time.time_ns() - before[0][1] < _TICK:
        # Two changes within one tick of the file clock would look like none.
        time.sleep(_TICK / 1e9)
        if _state(file) != before:
            return ()
    if before[1] is None:
        # Nobody writes: read the file alone, and look again whether that is still so.
        try:
            answer = _ask(f"{address}?mode=ro&immutable=1", question)
        except sqlite3.DatabaseError:
            if _state(file) == before:
                raise
            return ()
        return (answer,) if _state(file) == before else ()
    try:
        # A log lies beside it: somebody writes, or was killed. SQLite sorts that out.
        return (_ask(f"{address}?mode=ro", question),)
    except sqlite3.OperationalError:
        return _ask_copy(file, question)


def _ask(address: str, question: Callable[[Reader], T]) -> T:
    with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
        return question(_reader(connection))


def _reader(connection: sqlite3.Connection) -> Reader:
    """One moment of the catalogue, however many questions; an unfinished first change is empty."""
    connection.execute("begin")
    begun = connection.execute(_BEGUN).fetchone()[0]
    return Reader(connection if begun else None)


def _ask_copy(file: Path, question: Callable[[Reader], T]) -> tuple[T, ...]:
    """Ask a private copy of the file and its log: the way in a folder that can't be written."""
    before = _state(file)
    with tempfile.TemporaryDirectory(prefix="alnage-") as temporary:
        copy = Path(temporary) / file.name
        try:
            shutil.copyfile(file, copy)
            shutil.copyfile(_log(file), _log(copy))
        except FileNotFoundError:
            return ()  # the writer has just finished
        if _state(file) != before:
            return ()
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            return (question(_reader(connection)),)


def _state(file: Path) -> tuple[tuple[int, int], tuple[int, int] | None]:
    """Size and time of the file and of its log: equal states mean that nothing was written."""
    log = _log(file)
    stamp = file.stat()
    try:
        logged = log.stat()
    except FileNotFoundError:
        return (stamp.st_size, stamp.st_mtime_ns), None
    return (stamp.st_size, stamp.st_mtime_ns), (logged.st_size, logged.st_mtime_ns)


def _log(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")


def _record(row: tuple[Any, ...]) -> Record:
    chain, sequence, previous, at, kind, held, mark, salt, payload = row
    kept = None if payload is None else json.loads(payload)
    return Record(chain, sequence, previous, at, kind, held, mark, salt, kept)
