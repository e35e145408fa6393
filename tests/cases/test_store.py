"""Where cases are kept: revisions of the tables, what is refused, the chain of a database."""

import datetime as dt

import pytest
import sqlalchemy as sa

from alnage.cases.casework import Desk
from alnage.cases.store import HEAD, DatabaseStore, open_store, upgrade
from alnage.cases.tables import CASES, EVENTS, INDEX, RECORDS, VERSION, VERSION_TABLE
from alnage.model import WorkspaceError
from alnage.workspace import Workspace, catalogue

TODAY = dt.date(2026, 11, 24)


def opened(desk):
    return desk.open("us.protest", "T")


def set_version(place, version):
    with place.store().change() as session:
        session.connection.execute(sa.update(VERSION).values(version_num=version))


def test_the_tables_that_are_made_are_those_that_are_asked(place):
    opened(place.desk())

    def ask(session):
        seen = sa.inspect(session.connection)
        return {
            table.name: [column["name"] for column in seen.get_columns(table.name)]
            for table in INDEX.sorted_tables
        }

    described = {t.name: [c.name for c in t.columns] for t in INDEX.sorted_tables}
    assert place.store(write=False).look(ask) == described


def test_a_database_is_brought_up_from_nothing_and_left_alone_when_present():
    engine = sa.create_engine("sqlite://")
    with engine.connect() as bound:
        upgrade(bound)
        upgrade(bound)
        versions = bound.execute(sa.select(VERSION.c.version_num)).scalars().all()
        bound.execute(sa.insert(CASES).values(**row()))
        upgrade(bound)
        assert bound.execute(sa.select(sa.func.count()).select_from(CASES)).scalar() == 1
    engine.dispose()
    assert versions == [HEAD]


def row():
    texts = {c.name: "x" for c in CASES.columns if c.name != "number"}
    return {"number": 1, **texts}


def test_a_revision_can_be_taken_back():
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext

    from alnage.cases.migrations.versions import r0001_cases

    engine = sa.create_engine("sqlite://")
    with engine.connect() as bound:
        upgrade(bound)
        with Operations.context(MigrationContext.configure(bound)):
            r0001_cases.downgrade()
        assert sa.inspect(bound).get_table_names() == [VERSION_TABLE]
    engine.dispose()


def test_newer_tables_are_refused_and_older_ones_not_read(place):
    opened(place.desk())
    set_version(place, "9999")
    for act in (lambda: place.desk(write=False).index(), lambda: opened(place.desk())):
        with pytest.raises(WorkspaceError, match="Install the present version"):
            act()


def test_older_tables_are_not_read(place):
    opened(place.desk())
    set_version(place, "0000")
    with pytest.raises(WorkspaceError, match="upgrades them"):
        place.desk(write=False).index()
    # Of a revision that nobody has ever heard of, nothing can be upgraded.
    with pytest.raises(WorkspaceError, match="Install the present version"):
        opened(place.desk())


def test_a_workspace_for_reading_takes_nothing(place):
    opened(place.desk())
    with pytest.raises(WorkspaceError, match="reading only"):
        opened(place.desk(write=False))
    assert len(place.desk(write=False).index()) == 1


def test_what_fails_midway_leaves_nothing(place):
    opened(place.desk())
    store = place.store()

    def half():
        with store.change() as session:
            session.append({"case": "x", "type": "note", "text": "y"})
            session.connection.execute(CASES.delete())
            raise RuntimeError("power")

    with pytest.raises(RuntimeError, match="power"):
        half()
    assert len(place.desk(write=False).index()) == 1
    assert place.desk(write=False).verify() == ()
    audit = place.store().audit() or Workspace.open(place.path).audit()
    assert audit.ok
    assert audit.records == 1


def test_workspace_records_and_cases_share_one_chain(folder):
    opened(folder.desk())
    Workspace.open(folder.path, write=True).append_record("receipt", {"n": 1})
    opened(folder.desk())
    kinds = [record.kind for record in Workspace.open(folder.path).records()]
    assert kinds == ["case", "receipt", "case"]
    assert folder.desk(write=False).verify() == ()


def test_the_index_lies_in_the_catalogue(folder):
    opened(folder.desk())
    assert not list(folder.path.glob("*.db"))
    held = catalogue.look(folder.path, lambda reader: reader._rows("select id from cases"))
    assert held == [("2026-00001",)]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://user:secret@host/name", "cannot be used|not installed"),
        ("no address", "cannot be used"),
        ("postgresql+nothing://user:secret@host/name", "cannot be used|not installed"),
        ("sqlite:////no/such/folder/x.sqlite", "refuses"),
    ],
)
def test_a_database_that_can_not_be_used_says_so_without_its_password(tmp_path, url, why):
    with pytest.raises(WorkspaceError, match=why) as told:
        open_store(Workspace.open(tmp_path / "w", write=True), url).change().__enter__()
    assert "secret" not in told.value.text() + str(told.value.params)


def test_two_stores_of_one_database_see_one_another(tmp_path):
    url = f"sqlite:///{tmp_path / 'team.sqlite'}"
    desks = [
        Desk(open_store(Workspace.open(tmp_path / name, write=True), url), TODAY)
        for name in ("a", "b")
    ]
    assert [opened(desk).id for desk in desks] == ["2026-00001", "2026-00002"]
    assert len(desks[0].index()) == len(desks[1].index()) == 2
    assert not (tmp_path / "a").exists()


def test_a_change_in_a_database_shows(tmp_path):
    url = f"sqlite:///{tmp_path / 'team.sqlite'}"
    store = open_store(Workspace.open(tmp_path / "w", write=True), url)
    assert isinstance(store, DatabaseStore)
    assert store.audit().records == 0
    desk = Desk(store, TODAY)
    made = opened(desk)
    desk.note(made.id, "one")
    assert store.audit().ok
    assert store.audit().records == 2
    with store.change() as session:
        altered = sa.func.replace(RECORDS.c.payload, "one", "two")
        session.connection.execute(RECORDS.update().values(payload=altered))
    problems = [reason.code for reason in store.audit().problems]
    assert problems == ["audit_payload_changed"]
    with store.change() as session:
        session.connection.execute(RECORDS.delete().where(RECORDS.c.sequence == 2))
        session.connection.execute(EVENTS.delete().where(EVENTS.c.sequence == 2))
    assert [reason.code for reason in store.audit().problems] == ["audit_head_missing"]
