"""Files written whole or not at all, readable by their owner only.

A process can be killed, and a disk can fill up, at any instruction. So a file is
written beside its place, flushed to the disk, and renamed: a reader sees the old file,
or the new one, never a half. What a killed process leaves are ``.part-*`` files, which
the next writer clears away.

    bytes ── .part-XXXX ── fsync ── rename ──> file
"""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from alnage.model import WorkspaceError

PART: Final = ".part-"
_OWNER_DIR: Final = 0o700
_OWNER_FILE: Final = 0o600
_CHUNK: Final = 1 << 20


def make_folder(path: Path) -> None:
    """Make a folder, and the missing ones above it, for the owner only."""
    if path.is_dir():
        return
    make_folder(path.parent)
    with suppress(FileExistsError):
        path.mkdir(mode=_OWNER_DIR)


def write_bytes(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` whole or not at all; the folder must exist."""
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=PART)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(part).chmod(_OWNER_FILE)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def make_private_file(path: Path) -> None:
    """Make an empty file for the owner only, if there is none."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_FILE))


def clear_parts(folder: Path) -> None:
    """Remove what killed writers left; call it only while holding the lock."""
    for part in folder.glob(f"{PART}*"):
        part.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn errors of the disk into one of ours that says what to do."""
    try:
        yield
    except (OSError, sqlite3.DatabaseError) as error:
        full = getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT}
        if full or "disk is full" in str(error):
            raise WorkspaceError("workspace_disk_full", path=str(path)) from error
        if isinstance(error, sqlite3.DatabaseError) and "readonly" not in str(error):
            raise WorkspaceError("catalogue_damaged", path=str(path), why=str(error)) from error
        why = getattr(error, "strerror", None) or str(error)
        raise WorkspaceError("workspace_unwritable", path=str(path), why=why) from error


def _sync_folder(folder: Path) -> None:
    """Make a rename last; systems that can't sync a folder do it by themselves."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
