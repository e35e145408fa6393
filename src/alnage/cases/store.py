"""Where cases are kept: the workspace's catalogue, or a team's database; the room's one seam.

In a workspace the index of cases lies in the catalogue itself, so that a record and its
place in a case are one transaction of one file: killed or full, both stand or neither. A
team's database (``ALNAGE_DATABASE``) holds the index and a chain of its own. Documents are
files of the workspace either way.

    Store.change() ── one transaction ──> Session(connection, append)
    Store.look(question) ── no trace on disk ──> answer
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.pool import NullPool, StaticPool

from alnage.cases.tables import CHAIN, META, RECORDS, VERSION, VERSION_TABLE
from alnage.model import WorkspaceError
from alnage.workspace import Audit, Record, RecordId, Workspace, canonical, catalogue, chain
from alnage.workspace.store import utc_now

T = TypeVar("T")
HEAD: Final = "0001"
KIND: Final = "case"
_LOCK: Final = 0x616C6E61  # one writer at a time in a team's database


@dataclass(frozen=True, slots=True)
class Session:
    """A connection inside one transaction, and how a record is appended in it."""

    connection: sa.Connection
    append: Callable[[Mapping[str, Any]], RecordId]
    ready: bool = True


class Store(Protocol):
    """What casework needs of a place where cases are kept."""

    workspace: Workspace

    def change(self) -> AbstractContextManager[Session]:
        """One change, all or nothing, by one writer at a time."""
        ...

    def look(self, question: Callable[[Session], T]) -> T:
        """An answer, without a trace."""
        ...

    def audit(self) -> Audit | None:
        """The chain of a team's database; None where the workspace's own audit has it."""
        ...


def open_store(
    workspace: Workspace, database: str = "", *, now: Callable[[], dt.datetime] = utc_now
) -> Store:
    """The team's database if one is named (an SQLAlchemy URL), else the workspace.

    WorkspaceError ``case_database_bad``, ``case_database_driver``. ``now`` stamps the
    records of a team's database; those of a workspace are stamped by the workspace.
    """
    if database:
        return DatabaseStore(workspace, database, now=now)
    return WorkspaceStore(workspace)


class WorkspaceStore:
    """Cases in the catalogue of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @contextmanager
    def change(self) -> Iterator[Session]:
        """One transaction of the catalogue; a record stands or falls with its index."""
        with self.workspace.change() as writer, _plain_errors(), _borrow(_raw(writer)) as bound:
            upgrade(bound)
            yield Session(bound, lambda payload: self.workspace.append_record(KIND, payload))

    def look(self, question: Callable[[Session], T]) -> T:
        """Ask the catalogue as it was at one moment."""

        def ask(reader: catalogue.Reader) -> T:
            raw = _raw(reader)
            if raw is None:
                return _ask_empty(question)
            with _plain_errors(), _borrow(raw) as bound:
                return question(Session(bound, _refuse, ready=check_version(bound)))

        return catalogue.look(self.workspace.path, ask)

    def audit(self) -> None:
        """Nothing of its own: ``Workspace.audit`` checks the chain."""
        return


class DatabaseStore:
    """Cases in a team's database, with a chain of records of its own."""

    def __init__(
        self, workspace: Workspace, database: str, *, now: Callable[[], dt.datetime] = utc_now
    ) -> None:
        self.workspace = workspace
        self._now = now
        self._engine, self.shown = _engine(database)

    @contextmanager
    def change(self) -> Iterator[Session]:
        """One transaction, behind a lock that all writers of the database take."""
        if not self.workspace.writable:
            raise WorkspaceError("workspace_for_reading", path=self.shown)
        with self._errors(), self._engine.begin() as bound:
            if bound.dialect.name == "postgresql":
                bound.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            CHAIN.create_all(bound)
            upgrade(bound)
            yield Session(bound, lambda payload: self._append(bound, payload))

    def look(self, question: Callable[[Session], T]) -> T:
        """Ask within one transaction, rolled back at its end."""
        if self._engine.dialect.name == "sqlite" and not _file_there(self._engine.url):
            return _ask_empty(question)
        reading = self._engine.execution_options(reading=True)
        with self._errors(), reading.connect() as bound:
            return question(Session(bound, _refuse, ready=check_version(bound)))

    def audit(self) -> Audit:
        """Check the chain of the database."""

        def check(session: Session) -> Audit:
            if not session.ready:
                return Audit(0, None, 0, (), ())
            name, head = _chain(session.connection)
            rows = session.connection.execute(sa.select(RECORDS).order_by(RECORDS.c.sequence))
            return chain.verify(name, [record(row) for row in rows], head=head)

        return self.look(check)

    def _append(self, bound: sa.Connection, payload: Mapping[str, Any]) -> RecordId:
        name, head = _chain(bound)
        time = self._now().astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        made = chain.linked(
            name or secrets.token_hex(16),
            head,
            time=time,
            kind=KIND,
            salt=secrets.token_hex(16),
            payload=payload,
        )
        row = {column.name: getattr(made, column.name) for column in RECORDS.columns}
        bound.execute(RECORDS.insert().values(**{**row, "payload": canonical(payload)}))
        for key, value in (("chain", made.chain), ("head", canonical(made.id.to_json()))):
            bound.execute(META.delete().where(META.c.key == key))
            bound.execute(META.insert().values(key=key, value=value))
        return made.id

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.DBAPIError as error:
            why = str(error.orig).strip().partition("\n")[0]
            raise WorkspaceError("case_database_failed", url=self.shown, why=why) from None


def record(row: sa.Row[Any]) -> Record:
    """A row of ``records`` as the chain has it."""
    held = row._mapping  # noqa: SLF001 (SQLAlchemy's documented name for a row as a mapping)
    values = {name: held[name] for name in held}
    kept = None if values["payload"] is None else json.loads(values["payload"])
    return Record(**{**values, "payload": kept})


def upgrade(bound: sa.Connection) -> None:
    """Bring the tables of cases to the present revision inside the caller's transaction."""
    if check_version(bound, write=True):
        return
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from alembic.script.revision import RevisionError
    from alembic.util import CommandError

    script = ScriptDirectory(str(Path(__file__).parent / "migrations"))
    context = MigrationContext.configure(bound, opts={"version_table": VERSION_TABLE})
    present = context.get_current_revision()
    try:
        steps = list(script.iterate_revisions(HEAD, present or "base"))
    except (CommandError, RevisionError):  # a revision that this version has never heard of
        raise WorkspaceError("case_tables_newer", found=present, known=HEAD) from None
    for step in reversed(steps):
        with Operations.context(context):
            step.module.upgrade()
        context.stamp(script, step.revision)


def check_version(bound: sa.Connection, *, write: bool = False) -> bool:
    """Whether the tables of cases are there, of the present revision.

    WorkspaceError ``case_tables_newer``, or, for reading, ``case_tables_older``.
    """
    if not sa.inspect(bound).has_table(VERSION_TABLE):
        return False
    found = bound.execute(sa.select(VERSION.c.version_num)).scalar()
    if found == HEAD:
        return True
    if found is not None and str(found) > HEAD:
        raise WorkspaceError("case_tables_newer", found=found, known=HEAD)
    if not write:
        raise WorkspaceError("case_tables_older", found=found, known=HEAD)
    return False


class _Borrowed:
    """The catalogue's connection on loan: whoever lends it ends the transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def commit(self) -> None:
        """Not here."""

    def rollback(self) -> None:
        """Not here."""

    def close(self) -> None:
        """Not here."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@contextmanager
def _borrow(raw: sqlite3.Connection) -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://", creator=lambda: _Borrowed(raw), poolclass=StaticPool)
    try:
        with engine.connect() as bound:
            yield bound
    finally:
        engine.dispose()


def _raw(reader: catalogue.Reader) -> Any:
    """The sqlite3 connection behind a catalogue; None where there is none yet."""
    return reader.connection


def _ask_empty(question: Callable[[Session], T]) -> T:
    """Put the question to a store without tables."""
    with closing(sqlite3.connect(":memory:")) as raw, _borrow(raw) as bound:
        return question(Session(bound, _refuse, ready=False))


def _refuse(_: Mapping[str, Any]) -> RecordId:
    raise WorkspaceError("workspace_for_reading", path="-")


@contextmanager
def _plain_errors() -> Iterator[None]:
    """The driver's own error, which the catalogue knows how to put into words."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise error.orig from None
        raise


def _chain(bound: sa.Connection) -> tuple[str, RecordId | None]:
    held = {row.key: row.value for row in bound.execute(sa.select(META))}
    head = RecordId(**json.loads(held["head"])) if "head" in held else None
    return held.get("chain", ""), head


def _engine(database: str) -> tuple[sa.Engine, str]:
    try:
        url = sa.engine.make_url(database)
        if url.get_backend_name() == "postgres":
            url = url.set(drivername="postgresql")
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        shown = url.render_as_string(hide_password=True)
        if url.get_backend_name() not in ("sqlite", "postgresql"):
            raise WorkspaceError("case_database_bad", url=shown)
        engine = sa.create_engine(url, poolclass=NullPool)
    except sa.exc.ArgumentError:
        # The text is not repeated: a malformed address may hold a password.
        raise WorkspaceError("case_database_bad", url="…") from None
    except ImportError as error:
        raise WorkspaceError("case_database_driver", driver=error.name or "psycopg") from None
    if engine.dialect.name == "sqlite":
        _begin_immediate(engine)
    return engine, shown


def _begin_immediate(engine: sa.Engine) -> None:
    """SQLite takes its one writer at the beginning, so that a head is never read twice."""

    @sa.event.listens_for(engine, "connect")
    def _plain(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    @sa.event.listens_for(engine, "begin")
    def _immediate(connection: sa.Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("begin" if reading else "begin immediate")


def _file_there(url: sa.URL) -> bool:
    return bool(url.database) and Path(str(url.database)).is_file()
