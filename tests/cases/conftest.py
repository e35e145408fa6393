"""Stores to work in: a workspace, and a database of a team."""

import datetime as dt
import itertools
import os

import pytest

from alnage.cases.casework import Desk
from alnage.cases.store import open_store
from alnage.workspace import Workspace

TODAY = dt.date(2026, 11, 24)
START = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"


def ticking(start=START, step=1):
    """A clock that goes on by ``step`` seconds whenever it is read."""
    ticks = itertools.count()
    return lambda: start + dt.timedelta(seconds=step * next(ticks))


class Place:
    """A place for cases: a folder, and perhaps a database beside it."""

    def __init__(self, path, database=""):
        self.path, self.database = path, database

    def store(self, *, write=True, now=None):
        now = now or ticking()
        workspace = Workspace.open(self.path, write=write, now=now)
        return open_store(workspace, self.database, now=now)

    def desk(self, *, write=True, today=TODAY, now=None):
        return Desk(self.store(write=write, now=now), today)


def databases():
    """A team's database is SQLite here, and PostgreSQL where one is named for tests."""
    names = ["workspace", "sqlite"]
    return [*names, "postgresql"] if os.environ.get("ALNAGE_TEST_DATABASE") else names


@pytest.fixture(params=databases())
def place(request, tmp_path):
    kind = request.param
    if kind == "workspace":
        return Place(tmp_path / "w")
    if kind == "sqlite":
        return Place(tmp_path / "w", f"sqlite:///{tmp_path / 'team.sqlite'}")
    url = os.environ["ALNAGE_TEST_DATABASE"]
    empty_database(url)
    return Place(tmp_path / "w", url)


@pytest.fixture
def folder(tmp_path):
    """Cases in a workspace, where the fault is one of the workspace's disk."""
    return Place(tmp_path / "w")


def empty_database(url):
    import sqlalchemy as sa

    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as bound:
        for name in ("cases", "case_events", "case_version", "records", "meta"):
            bound.execute(sa.text(f"drop table if exists {name}"))
    engine.dispose()
