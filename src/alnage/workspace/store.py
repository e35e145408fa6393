"""One folder on disk, and the only owner of the paths below it.

Everything that the product keeps between runs lies here: tables (immutable, named by
their content), the catalogue of them, and the chain of records. Opening for reading
writes nothing, works in a read-only folder, and finds an empty workspace where there is
none; the folder is made when it is first written to.

    PATH/workspace.json      format
        /catalogue.sqlite    tables and records
        /tables/ab/HASH.parquet
        /documents/          kept unaltered, named by their hash
        /registers/          room registers
        /.lock               one writer at a time
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from alnage.model import LockedError, Reason, WorkspaceError
from alnage.workspace import catalogue, migration
from alnage.workspace.atomic import (
    clear_parts,
    disk_errors,
    make_folder,
    sha256_of,
    write_bytes,
)
from alnage.workspace.chain import Audit, Record, RecordId, verify
from alnage.workspace.settings import Setting, resolve

if TYPE_CHECKING:
    import pyarrow as pa

WAIT: Final = 10.0  # seconds for another writer to finish
T = TypeVar("T")
_HEX: Final = frozenset("0123456789abcdef")


def utc_now() -> dt.datetime:
    """The machine's clock, in UTC: what a workspace reads unless told otherwise."""
    return dt.datetime.now(dt.UTC)


class Workspace:
    """A workspace folder, open for reading or for writing."""

    def __init__(
        self, path: Path, *, write: bool, wait: float, now: Callable[[], dt.datetime]
    ) -> None:
        self.path = path
        self.writable = write
        self._wait = wait
        self._now = now
        self._open: catalogue.Writer | None = None
        self.upgraded_from: Path | None = None

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        write: bool = False,
        *,
        wait: float = WAIT,
        now: Callable[[], dt.datetime] = utc_now,
    ) -> Workspace:
        """Open the folder ``path``; a missing one is empty, and is made by the first write.

        WorkspaceError if it is of a newer or older format, damaged, or no workspace. For
        writing, an older format is upgraded first. ``wait``: seconds for the lock.

        >>> Workspace.open("no such folder").records()
        []
        """
        workspace = cls(Path(path), write=write, wait=wait, now=now)
        if write:
            workspace.upgraded_from = workspace.upgrade()
        elif not workspace.path.exists() and migration.ready(workspace.path).is_dir():
            # An upgrade was interrupted between its two renames; a writer will finish it.
            workspace.path = migration.ready(workspace.path)
        if workspace.path.is_dir():
            migration.check_format(workspace.path)
        elif workspace.path.exists():
            raise WorkspaceError("workspace_no_folder", path=str(path))
        return workspace

    @staticmethod
    def resolve(flag: str | None, env: Mapping[str, str], cwd: Path) -> Setting:
        """Which folder: the flag, else ALNAGE_WORKSPACE, else ``alnage.toml``, else ``.alnage``.

        >>> Workspace.resolve("w", {"ALNAGE_WORKSPACE": "v"}, Path()).value
        'w'
        """
        return resolve("workspace", flag, env, cwd)

    # Tables

    def put_table(self, kind: str, table: pa.Table) -> str:
        """Keep a table as immutable Parquet; its hash, the same for the same content.

        WorkspaceError if the workspace is open for reading, or the disk refuses.
        """
        import pyarrow.parquet as pq

        buffer = io.BytesIO()
        pq.write_table(table, buffer, compression="zstd")
        data = buffer.getvalue()
        mark = hashlib.sha256(data).hexdigest()
        with self.change() as writer:
            file = self._table_file(mark)
            if not file.is_file() or sha256_of(file) != mark:
                make_folder(file.parent)
                write_bytes(file, data)
            writer.add_table(kind, mark, table.num_rows, self._time())
        return mark

    def table(self, mark: str) -> pa.Table:
        """The table with this hash, checked; WorkspaceError ``table_absent``, ``table_damaged``."""
        import pyarrow.parquet as pq

        file = self._table_file(mark)
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            raise WorkspaceError("table_absent", hash=mark, path=str(self.path)) from None
        if hashlib.sha256(data).hexdigest() != mark:
            raise WorkspaceError("table_damaged", hash=mark, path=str(file))
        return pq.read_table(io.BytesIO(data))

    def tables(self, kind: str | None = None) -> list[tuple[str, str, int, str]]:
        """Kind, hash, rows and time of every table, oldest first."""
        return self._look(lambda reader: reader.tables(kind))

    # Records

    def append_record(self, kind: str, payload: Mapping[str, Any]) -> RecordId:
        """Append a record (a receipt, a decision, a case event) to the chain.

        Inside ``change()`` it stands or falls with the rest of the change.
        WorkspaceError if the payload is no JSON, or the workspace is open for reading.
        """
        with self.change() as writer:
            return writer.append(
                kind,
                payload,
                time=self._time(),
                salt=secrets.token_hex(16),
                chain=secrets.token_hex(16),
            ).id

    def records(self, kind: str | None = None) -> list[Record]:
        """The records of a kind, or all, in order."""
        return self._look(lambda reader: reader.records(kind))

    def record(self, sequence: int) -> Record:
        """The record with this number; WorkspaceError ``record_missing``."""
        for record in self.records():
            if record.sequence == sequence:
                return record
        raise WorkspaceError("record_missing", sequence=sequence, path=str(self.path))

    def head(self) -> RecordId | None:
        """The newest record: what reports and backups print."""
        return self._look(lambda reader: reader.head())

    def purge(self, sequence: int, reason: str) -> RecordId:
        """Forget the payload of a record; the chain holds, and the purge is itself a record."""
        with self.change() as writer:
            if not writer.purge(sequence):
                raise WorkspaceError("record_missing", sequence=sequence, path=str(self.path))
            return self.append_record("purge", {"sequence": sequence, "reason": reason})

    def anchor(self) -> RecordId:
        """Note that the head is handed to a witness; WorkspaceError ``audit_nothing``."""
        if self.head() is None:
            raise WorkspaceError("audit_nothing", path=str(self.path))
        with self.change() as writer:
            head = writer.head()
            if head is None:
                raise WorkspaceError("audit_nothing", path=str(self.path))
            writer.anchor(head, self._time())
            return head

    def audit(self, witnessed: tuple[RecordId, ...] = ()) -> Audit:
        """Check the chain, the anchors, and the hash of every table and document."""

        def check(reader: catalogue.Reader) -> Audit:
            chain = reader.chain()
            anchors = [*reader.anchors(), *witnessed]
            return verify(chain, reader.records(), head=reader.head(), anchors=anchors)

        found = self._look(check)
        damaged = tuple(self._damaged())
        return Audit(
            found.records, found.head, found.anchored, (*found.problems, *damaged), found.notes
        )

    # Writing

    @contextmanager
    def change(self) -> Iterator[catalogue.Writer]:
        """One change, all or nothing, by one writer at a time; changes may be nested.

        LockedError ``workspace_locked`` if another process writes for too long.
        """
        if self._open is not None:
            yield self._open
            return
        if not self.writable:
            raise WorkspaceError("workspace_for_reading", path=str(self.path))
        with disk_errors(self.path), self._locked():
            self._prepare()
            with catalogue.change(self.path) as writer:
                self._open = writer
                try:
                    yield writer
                finally:
                    self._open = None

    def upgrade(self) -> Path | None:
        """Bring an older folder to the present format; the old folder, kept, or None."""
        with disk_errors(self.path):
            migration.finish_swap(self.path)
            number = migration.format_of(self.path) if self.path.is_dir() else None
            if number is None or number >= migration.FORMAT:
                return None
            with self._locked():
                return migration.upgrade(self.path, _check_copy, made_by=_product())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        make_folder(self.path)
        lock = FileLock(self.path / migration.LOCK, timeout=self._wait, mode=0o600)
        try:
            lock.acquire()
        except Timeout:
            raise LockedError("workspace_locked", path=str(self.path), wait=self._wait) from None
        try:
            yield
        finally:
            lock.release()

    def _prepare(self) -> None:
        migration.check_format(self.path)
        clear_parts(self.path)
        for folder in self._folders("tables"):
            clear_parts(folder)
        if migration.format_of(self.path) is None:
            migration.write_format(self.path, migration.FORMAT, made_by=_product())

    # Inside

    def _look(self, question: Callable[[catalogue.Reader], T]) -> T:
        if self._open is not None:
            return question(self._open)
        return catalogue.look(self.path, question)

    def _time(self) -> str:
        return self._now().astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def _table_file(self, mark: str) -> Path:
        # Only a hash may name a file: nothing a caller passes leads out of the folder.
        if len(mark) != 64 or not set(mark) <= _HEX:
            raise WorkspaceError("table_absent", hash=mark, path=str(self.path))
        return self.path / "tables" / mark[:2] / f"{mark}.parquet"

    def _folders(self, name: str) -> list[Path]:
        top = self.path / name
        return (
            [folder for folder in sorted(top.iterdir()) if folder.is_dir()] if top.is_dir() else []
        )

    def _damaged(self) -> Iterator[Reason]:
        for _, mark, _, _ in self.tables():
            file = self._table_file(mark)
            if not file.is_file():
                yield Reason("audit_table_missing", {"hash": mark})
            elif sha256_of(file) != mark:
                yield Reason("audit_table_damaged", {"hash": mark})
        documents = self.path / "documents"
        for file in sorted(documents.rglob("*")) if documents.is_dir() else []:
            named = file.name.split(".", 1)[0]
            if file.is_file() and len(named) == 64 and sha256_of(file) != named:
                yield Reason("audit_document_damaged", {"hash": named})


def _check_copy(path: Path) -> None:
    """WorkspaceError unless the upgraded copy is sound."""
    found = Workspace.open(path).audit()
    if not found.ok:
        raise WorkspaceError(
            "workspace_upgrade_failed", path=str(path), why=found.problems[0].text()
        )


def _product() -> str:
    try:
        return f"alnage {version('alnage')}"
    except PackageNotFoundError:
        return "alnage"
