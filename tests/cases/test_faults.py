"""Faults: killed writers, two writers, a full disk, a folder for reading, a clock that goes back."""

import datetime as dt
import errno
import os
import signal
import subprocess
import sys
import time

import pytest

from alnage.model import LockedError, WorkspaceError
from alnage.workspace import Workspace, atomic

TODAY = dt.date(2026, 11, 24)
PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"
DESK = """
import datetime as dt, itertools, sys
from pathlib import Path
from alnage.cases.casework import Desk
from alnage.cases.store import open_store
from alnage.workspace import Workspace
path, database, name, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
def desk():
    return Desk(open_store(Workspace.open(path, write=True, wait=60), database), dt.date(2026, 11, 24))
file = Path(path).parent / f"{name}.txt"
print("started", flush=True)
for number in itertools.count() if count == 0 else range(count):
    made = desk().open("us.protest", f"{name} {number}")
    file.write_text(f"{name} {number}")
    desk().add(made.id, file, "invoice")
    if number == 0:
        print("first", flush=True)
"""


@pytest.fixture
def start():
    running = []

    def begin(place, name, count):
        line = [sys.executable, "-c", DESK, str(place.path), place.database, name, str(count)]
        running.append(subprocess.Popen(line, stdout=subprocess.PIPE))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


def sound(place):
    desk = place.desk(write=False)
    team = place.store(write=False).audit()
    assert desk.verify() == ()
    assert Workspace.open(place.path).audit().ok
    assert team is None or team.ok
    return desk


def test_two_processes_work_in_one_store(place, start):
    both = [start(place, name, 4) for name in ("a", "b")]
    for process in both:
        process.communicate()
        assert process.returncode == 0
    rows = sound(place).index()
    assert sorted(row["title"] for row in rows) == [f"{n} {i}" for n in "ab" for i in range(4)]
    assert len({row["id"] for row in rows}) == 8


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.07])
def test_a_killed_writer_leaves_whole_cases(place, start, delay):
    process = start(place, "k", 0)
    assert process.stdout.readline() == b"started\n"
    assert process.stdout.readline() == b"first\n"
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = len(sound(place).index())
    assert before >= 1
    place.desk().open("us.protest", "after")
    desk = sound(place)
    assert len(desk.index()) == before + 1
    for row in desk.index():
        assert desk.show(row["id"]).title == row["title"]


def test_a_writer_waits_for_another_and_then_says_so(folder):
    folder.desk().open("us.protest", "T")
    impatient = Workspace.open(folder.path, write=True, wait=0.05)
    with Workspace.open(folder.path, write=True).change(), pytest.raises(LockedError):
        impatient.append_record("case", {})
    assert len(folder.desk().index()) == 1


def test_a_full_disk_under_a_document_changes_nothing(folder, tmp_path, monkeypatch):
    made = folder.desk().open("us.protest", "T")
    file = tmp_path / "a.pdf"
    file.write_bytes(PDF)
    desk = folder.desk()

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(WorkspaceError, match="disk is full"):
        desk.add(made.id, file, "invoice")
    monkeypatch.undo()
    assert [one for one in folder.path.rglob("documents/**/*") if one.is_file()] == []
    assert sound(folder).show(made.id).documents == ()
    assert len(desk.add(made.id, file, "invoice")[0].documents) == 1


def test_a_full_disk_under_the_index_changes_nothing(folder):
    folder.desk().open("us.protest", "T")
    store = folder.store()

    def fill():
        with store.change() as session:
            session.connection.exec_driver_sql("pragma max_page_count = 1")
            for number in range(300):
                session.append({"case": "x", "type": "note", "text": "y" * 500, "number": number})

    with pytest.raises(WorkspaceError, match="disk is full"):
        fill()
    assert len(sound(folder).index()) == 1
    folder.desk().open("us.protest", "after")
    assert len(sound(folder).index()) == 2


def test_a_folder_that_can_not_be_written_is_read(folder):
    made = folder.desk().open("us.protest", "T")
    before = {item: item.stat().st_mtime_ns for item in folder.path.rglob("*")}
    folder.path.chmod(0o500)
    try:
        assert folder.desk(write=False).show(made.id).title == "T"
        assert folder.desk(write=False).verify() == ()
    finally:
        folder.path.chmod(0o700)
    assert {item: item.stat().st_mtime_ns for item in folder.path.rglob("*")} == before


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_can_not_be_written_says_so(folder):
    folder.desk().open("us.protest", "T")
    folder.path.chmod(0o500)
    try:
        with pytest.raises(WorkspaceError, match="cannot be written"):
            folder.desk().open("us.protest", "T")
    finally:
        folder.path.chmod(0o700)


def test_a_clock_that_goes_back_is_noted_and_breaks_nothing(place):
    now = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
    made = place.desk(now=lambda: now).open("us.protest", "T")
    earlier = now - dt.timedelta(days=400)
    place.desk(today=earlier.date(), now=lambda: earlier).note(made.id, "yesterday")
    second = place.desk(today=earlier.date(), now=lambda: earlier).open("us.protest", "older")
    desk = sound(place)
    assert desk.show(made.id).notes == ("yesterday",)
    assert second.number == made.number + 1
    audit = place.store().audit() or Workspace.open(place.path).audit()
    assert "audit_time_backwards" in {note.code for note in audit.notes}


def test_what_was_deleted_behind_its_back_is_told(folder, tmp_path):
    made = folder.desk().open("us.protest", "T")
    file = tmp_path / "a.pdf"
    file.write_bytes(PDF)
    _, kept = folder.desk().add(made.id, file, "invoice")
    held = next(folder.path.rglob(f"{kept.sha256}*"))
    held.write_bytes(PDF + b"altered")
    problems = Workspace.open(folder.path).audit().problems
    assert [(one.code, one.params["hash"]) for one in problems] == [
        ("audit_document_damaged", kept.sha256)
    ]
    held.unlink()
    (wrong,) = folder.desk(write=False).verify()
    assert wrong.code == "audit_document_missing"
