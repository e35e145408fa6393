"""Faults: killed writers, two writers, a full disk, an interrupted upgrade."""

import errno
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

import pyarrow as pa
import pytest

from alnage.model import WorkspaceError
from alnage.workspace import Workspace, atomic, catalogue, migration

APPEND = """
import sys
from alnage.workspace import Workspace
path, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
for number in range(count):
    Workspace.open(path, write=True, wait=60).append_record(name, {"number": number})
"""
FOREVER = """
import sys, itertools
import pyarrow as pa
from alnage.workspace import Workspace
workspace = Workspace.open(sys.argv[1], write=True)
for number in itertools.count():
    workspace.put_table("t", pa.table({"n": list(range(number, number + 5000))}))
    workspace.append_record("receipt", {"number": number})
    if number == 0:
        print("started", flush=True)
"""


@pytest.fixture
def start():
    running = []

    def begin(code, *args):
        line = [sys.executable, "-c", code, *map(str, args)]
        running.append(subprocess.Popen(line, stdout=subprocess.PIPE))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


def writing(path):
    return Workspace.open(path, write=True)


def test_two_processes_write_one_chain(tmp_path, start):
    path = tmp_path / "w"
    both = [start(APPEND, path, name, 12) for name in ("a", "b")]
    reader = Workspace.open(path)
    looks = []
    while any(process.poll() is None for process in both):
        looks.append(reader.audit())
    for process in both:
        process.communicate()
        assert process.returncode == 0
    # Reading is sound while others write, and never goes back.
    assert all(look.ok for look in looks)
    assert [look.records for look in looks] == sorted(look.records for look in looks)
    assert reader.audit().ok
    assert reader.audit().records == 24
    for name in ("a", "b"):
        assert [r.payload["number"] for r in reader.records(name)] == list(range(12))


@pytest.mark.parametrize("delay", [0.0, 0.013, 0.05])
def test_a_killed_writer_leaves_no_half_written_file(tmp_path, start, delay):
    path = tmp_path / "w"
    process = start(FOREVER, path)
    assert process.stdout.readline() == b"started\n"
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    reader = Workspace.open(path)
    assert reader.audit().ok
    for _, mark, rows, _ in reader.tables():
        assert reader.table(mark).num_rows == rows
    before = len(reader.records())
    writing(path).append_record("receipt", {"after": True})
    assert reader.audit().records == before + 1
    assert not list(path.rglob(f"{atomic.PART}*"))


def test_what_a_killed_writer_left_is_cleared(tmp_path):
    path = tmp_path / "w"
    mark = writing(path).put_table("t", pa.table({"a": [1]}))
    for folder in (path, path / "tables" / mark[:2]):
        (folder / f"{atomic.PART}xyz").write_bytes(b"half")
    assert Workspace.open(path).audit().ok
    writing(path).append_record("receipt", {})
    assert not list(path.rglob(f"{atomic.PART}*"))


def test_a_log_that_a_killed_writer_left_is_read(tmp_path):
    path = tmp_path / "w"
    writing(path).append_record("receipt", {"n": 1})
    # A connection that is not closed keeps the log, as a kill does.
    left = sqlite3.connect(path / "catalogue.sqlite")
    left.execute("select * from records").fetchall()
    writing(path).append_record("receipt", {"n": 2})
    assert (path / "catalogue.sqlite-wal").exists()
    assert len(Workspace.open(path).records()) == 2
    # Where SQLite may not touch the folder, a private copy answers.
    answers = catalogue._ask_copy(path / "catalogue.sqlite", lambda reader: reader.records())
    assert [len(found) for found in answers] == [2]
    left.close()


def test_a_full_disk_changes_nothing_and_says_so(tmp_path, monkeypatch):
    path = tmp_path / "w"
    workspace = writing(path)
    workspace.append_record("receipt", {})
    before = sorted(item for item in path.rglob("*"))

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(WorkspaceError, match="disk is full"):
        workspace.put_table("t", pa.table({"a": [1]}))
    monkeypatch.undo()
    assert [item for item in sorted(path.rglob("*")) if item.is_file() and item not in before] == []
    assert workspace.tables() == []
    assert workspace.audit().ok
    assert workspace.put_table("t", pa.table({"a": [1]}))


def test_a_full_disk_under_the_catalogue_changes_nothing(tmp_path):
    path = tmp_path / "w"
    workspace = writing(path)
    workspace.append_record("receipt", {})

    def fill():
        with workspace.change() as writer:
            writer.connection.execute("pragma max_page_count = 1")
            for number in range(200):
                workspace.append_record("receipt", {"text": "x" * 500, "number": number})

    with pytest.raises(WorkspaceError, match="disk is full"):
        fill()
    assert workspace.audit().records == 1
    workspace.append_record("receipt", {})
    assert workspace.audit().records == 2


def older(path, number=0):
    writing(path).append_record("receipt", {"n": 1})
    migration.write_format(path, number, made_by="earlier")


def sound(copy):
    assert Workspace.open(copy).audit().ok


def test_a_newer_format_is_refused_with_a_remedy_and_left_alone(tmp_path):
    path = tmp_path / "w"
    older(path, migration.FORMAT + 1)
    before = sorted(item.name for item in path.iterdir())
    for write in (False, True):
        with pytest.raises(WorkspaceError, match="Install the present version"):
            Workspace.open(path, write=write)
    assert sorted(item.name for item in path.iterdir()) == before


def test_an_older_format_is_not_read_and_names_the_command(tmp_path):
    path = tmp_path / "w"
    older(path)
    with pytest.raises(WorkspaceError, match="alnage config upgrade"):
        Workspace.open(path)
    with pytest.raises(WorkspaceError, match="no way leads"):
        Workspace.open(path, write=True)


def test_an_upgrade_copies_checks_and_swaps(tmp_path):
    path = tmp_path / "w"
    older(path)
    kept = migration.upgrade(
        path, sound, made_by="now", steps={0: lambda copy: (copy / "step").write_text("done")}
    )
    assert json.loads((path / "workspace.json").read_text())["format"] == migration.FORMAT
    assert (path / "step").read_text() == "done"
    assert not (kept / "step").exists()
    assert kept.name == "w.format-0"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["w", "w.format-0"]
    assert (path / ".lock").samefile(kept / ".lock")


def test_an_upgrade_that_does_not_hold_leaves_the_workspace_as_it_was(tmp_path):
    path = tmp_path / "w"
    older(path)

    def wreck(copy):
        (copy / "catalogue.sqlite").write_bytes(b"no database" * 500)

    with pytest.raises(WorkspaceError, match="cannot be read"):
        migration.upgrade(path, sound, made_by="now", steps={0: wreck})
    assert sorted(item.name for item in tmp_path.iterdir()) == ["w"]
    assert migration.format_of(path) == 0


def test_a_swap_interrupted_between_its_renames_is_read_and_finished(tmp_path):
    path = tmp_path / "w"
    writing(path).append_record("receipt", {})
    path.rename(migration.ready(path))
    assert len(Workspace.open(path).records()) == 1
    assert not path.exists()
    assert writing(path).append_record("receipt", {}).sequence == 2
    assert path.is_dir()
    assert not migration.ready(path).exists()


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": "new"}'])
def test_a_damaged_format_file_is_one_sentence(tmp_path, text):
    path = tmp_path / "w"
    writing(path).append_record("receipt", {})
    (path / "workspace.json").write_text(text)
    with pytest.raises(WorkspaceError, match="backup"):
        Workspace.open(path)


def test_permission_denied_is_one_sentence(tmp_path, monkeypatch):
    def denied(*_args, **_kwargs):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(atomic.tempfile, "mkstemp", denied)
    with pytest.raises(WorkspaceError, match="Permission denied"):
        writing(tmp_path / "w").append_record("receipt", {})
