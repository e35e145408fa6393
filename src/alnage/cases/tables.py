"""The tables of cases: an index over the records, which are the truth.

What happened in a case is a record in a chain; these tables say which records are of which
case, and hold what lists and due dates are asked by, so that a hundred thousand cases need
no reading of all records. ``records`` and ``meta`` are those of the workspace's catalogue
(or, in a team's database, the same two tables made there).

    records ── sequence ──< case_events >── case ── cases (index: status, day of effect)
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

# The catalogue's own tables: written by the workspace, or made in a team's database.
CHAIN: Final = sa.MetaData()

RECORDS: Final = sa.Table(
    "records",
    CHAIN,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("chain", sa.Text, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("time", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("commitment", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("salt", sa.Text),
    sa.Column("payload", sa.Text),
)
META: Final = sa.Table(
    "meta",
    CHAIN,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

# Described here for questions; made and changed by cases/migrations only.
INDEX: Final = sa.MetaData()

CASES: Final = sa.Table(
    "cases",
    INDEX,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("remedy", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("entry", sa.Text, nullable=False),
    sa.Column("enterprise", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("next_day", sa.Text, nullable=False),
    sa.Column("law", sa.Text, nullable=False),
)
EVENTS: Final = sa.Table(
    "case_events",
    INDEX,
    sa.Column("case_number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sequence", sa.Integer, nullable=False, unique=True),
)
# Which revision the tables are of; Alembic keeps it.
VERSION_TABLE: Final = "case_version"
VERSION: Final = sa.table(VERSION_TABLE, sa.column("version_num", sa.Text))
