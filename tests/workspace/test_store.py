"""The folder: what is written, what reading leaves alone, what damage shows."""

import datetime as dt
import os
import stat

import pyarrow as pa
import pytest

from alnage.model import LockedError, WorkspaceError
from alnage.workspace import Workspace
from alnage.workspace.migration import FORMAT

TABLE = pa.table({"site": ["a", "b"], "share": [0.25, None]})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / ".alnage"


def writing(path, **options):
    return Workspace.open(path, write=True, **options)


def snapshot(folder):
    return {
        file.relative_to(folder).as_posix(): (
            file.stat().st_mtime_ns,
            file.read_bytes() if file.is_file() else b"",
        )
        for file in folder.rglob("*")
    }


def test_a_missing_folder_is_an_empty_workspace_and_stays_missing(path):
    workspace = Workspace.open(path)
    assert workspace.records() == []
    assert workspace.tables() == []
    assert workspace.head() is None
    assert workspace.audit().ok
    Workspace.open(path, write=True)
    assert not path.parent.exists()


def test_tables_come_back_equal_and_are_named_by_content(path):
    workspace = writing(path)
    mark = workspace.put_table("movements", TABLE)
    assert workspace.put_table("movements", TABLE) == mark
    assert workspace.put_table("movements", TABLE.slice(1)) != mark
    assert Workspace.open(path).table(mark).equals(TABLE)
    assert next(row[:3] for row in workspace.tables("movements")) == ("movements", mark, 2)
    assert workspace.tables("other") == []
    assert len(workspace.tables()) == 2


def test_records_are_chained_across_openings(path):
    first = writing(path).append_record("receipt", {"query": "天业", "score": 0.5})
    second = writing(path).append_record("decision", {"same": True})
    reader = Workspace.open(path)
    assert (first.sequence, second.sequence) == (1, 2)
    assert first.chain == second.chain
    assert reader.head() == second
    assert [record.kind for record in reader.records()] == ["receipt", "decision"]
    assert reader.records("receipt")[0].payload == {"query": "天业", "score": 0.5}
    assert reader.record(2).id == second
    assert reader.audit().ok
    with pytest.raises(WorkspaceError, match="no record 3"):
        reader.record(3)


def test_a_change_stands_or_falls_as_a_whole(path):
    workspace = writing(path)
    workspace.append_record("receipt", {})

    def broken():
        with workspace.change():
            workspace.append_record("receipt", {})
            workspace.put_table("t", TABLE)
            assert len(workspace.records()) == 2
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        broken()
    assert len(workspace.records()) == 1
    assert workspace.tables() == []
    with workspace.change():
        workspace.append_record("receipt", {})
        workspace.append_record("receipt", {})
    assert workspace.audit().records == 3


def test_reading_leaves_no_trace(path):
    workspace = writing(path)
    mark = workspace.put_table("t", TABLE)
    workspace.append_record("receipt", {"a": 1})
    before = snapshot(path)
    reader = Workspace.open(path)
    reader.records()
    reader.tables()
    reader.table(mark)
    assert reader.audit().ok
    assert snapshot(path) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_is_read(path):
    writing(path).append_record("receipt", {"a": 1})
    path.chmod(0o500)
    try:
        assert Workspace.open(path).audit().records == 1
        with pytest.raises(WorkspaceError, match="cannot be written"):
            writing(path).append_record("receipt", {})
    finally:
        path.chmod(0o700)


def test_open_for_reading_refuses_to_write(path):
    with pytest.raises(WorkspaceError, match="reading only"):
        Workspace.open(path).append_record("receipt", {})
    with pytest.raises(WorkspaceError, match="reading only"):
        Workspace.open(path).put_table("t", TABLE)
    assert not path.exists()


def test_everything_belongs_to_the_owner_alone(path):
    workspace = writing(path)
    workspace.put_table("t", TABLE)
    workspace.append_record("receipt", {})
    for item in [path, *path.rglob("*")]:
        assert stat.S_IMODE(item.stat().st_mode) & 0o077 == 0, item


def test_a_truncated_table_is_detected_and_mended_by_storing_it_again(path):
    workspace = writing(path)
    mark = workspace.put_table("t", TABLE)
    file = path / "tables" / mark[:2] / f"{mark}.parquet"
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(WorkspaceError, match="cut off or altered"):
        workspace.table(mark)
    assert [p.code for p in workspace.audit().problems] == ["audit_table_damaged"]
    assert workspace.put_table("t", TABLE) == mark
    assert workspace.table(mark).equals(TABLE)
    file.unlink()
    assert [p.code for p in workspace.audit().problems] == ["audit_table_missing"]
    with pytest.raises(WorkspaceError, match="no table"):
        workspace.table(mark)


@pytest.mark.parametrize("mark", ["", "../../etc/passwd", "A" * 64, "0" * 63, "/" * 64])
def test_only_a_hash_names_a_table(path, mark):
    with pytest.raises(WorkspaceError, match="no table"):
        Workspace.open(path).table(mark)


def test_documents_are_checked_by_their_names(path):
    workspace = writing(path)
    workspace.append_record("receipt", {})
    documents = path / "documents" / "ab"
    documents.mkdir(parents=True)
    (documents / ("0" * 64 + ".pdf")).write_bytes(b"x")
    assert [p.code for p in workspace.audit().problems] == ["audit_document_damaged"]


def test_a_purge_leaves_the_chain_whole_and_itself_a_record(path):
    workspace = writing(path)
    workspace.append_record("receipt", {"name": "secret"})
    workspace.purge(1, "court order")
    audit = workspace.audit()
    assert audit.ok
    assert [note.code for note in audit.notes] == ["audit_purged"]
    assert workspace.records()[0].payload is None
    assert workspace.records("purge")[0].payload == {"sequence": 1, "reason": "court order"}
    assert b"secret" not in (path / "catalogue.sqlite").read_bytes()
    with pytest.raises(WorkspaceError, match="no record 9"):
        workspace.purge(9, "x")


def test_anchors_say_how_far_the_chain_is_witnessed(path):
    workspace = writing(path)
    with pytest.raises(WorkspaceError, match="no head to anchor"):
        workspace.anchor()
    assert not path.exists()
    workspace.append_record("receipt", {})
    anchor = workspace.anchor()
    workspace.append_record("receipt", {})
    audit = workspace.audit((anchor,))
    assert audit.ok
    assert (audit.records, audit.anchored) == (2, 1)


def test_a_clock_going_backwards_is_kept_as_told_and_noted(path):
    times = iter([dt.datetime(2026, 5, 1, tzinfo=dt.UTC), dt.datetime(2026, 4, 1, tzinfo=dt.UTC)])
    workspace = writing(path, now=lambda: next(times))
    workspace.append_record("receipt", {})
    workspace.append_record("receipt", {})
    audit = workspace.audit()
    assert audit.ok
    assert [note.code for note in audit.notes] == ["audit_time_backwards"]
    assert [record.time[:10] for record in workspace.records()] == ["2026-05-01", "2026-04-01"]


def test_a_held_lock_is_an_error_that_says_what_to_do(path):
    holder = writing(path)
    with holder.change():
        with pytest.raises(LockedError, match="another process is writing"):
            writing(path, wait=0.05).append_record("receipt", {})
        assert Workspace.open(path).records() == []
    assert writing(path, wait=0.05).append_record("receipt", {}).sequence == 1


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "thesis.docx").write_bytes(b"x")
    for write in (False, True):
        with pytest.raises(WorkspaceError, match=r"thesis\.docx"):
            Workspace.open(tmp_path, write=write)
    assert sorted(item.name for item in tmp_path.iterdir()) == ["thesis.docx"]


def test_a_file_is_no_workspace(tmp_path):
    (tmp_path / "x").write_bytes(b"")
    with pytest.raises(WorkspaceError, match="is a file"):
        Workspace.open(tmp_path / "x")


def test_imported_registers_alone_are_no_stranger(path):
    (path / "registers" / "mine").mkdir(parents=True)
    assert Workspace.open(path).records() == []
    assert writing(path).append_record("receipt", {}).sequence == 1
    assert f'"format": {FORMAT}' in (path / "workspace.json").read_text()


def test_a_damaged_catalogue_is_one_sentence(path):
    writing(path).append_record("receipt", {})
    (path / "catalogue.sqlite").write_bytes(b"this is no database at all" * 200)
    with pytest.raises(WorkspaceError, match="backup"):
        Workspace.open(path).records()
    with pytest.raises(WorkspaceError, match="backup"):
        writing(path).append_record("receipt", {})


def test_what_is_no_json_leaves_nothing_behind(path):
    workspace = writing(path)
    with pytest.raises(WorkspaceError, match="no JSON"):
        workspace.append_record("receipt", {"x": float("nan")})
    assert workspace.records() == []


def test_no_pickle_or_code_lies_in_a_workspace(path):
    workspace = writing(path)
    workspace.put_table("t", TABLE)
    workspace.append_record("receipt", {})
    names = {
        item.name if item.suffix != ".parquet" else "*.parquet"
        for item in path.rglob("*")
        if item.is_file()
    }
    assert names == {"workspace.json", "catalogue.sqlite", "*.parquet", ".lock"}
