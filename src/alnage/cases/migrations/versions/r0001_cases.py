"""The first tables: cases, and which record is which event of a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_table(
        "cases",
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
    op.create_index("cases_by_day", "cases", ["status", "next_day"])
    op.create_table(
        "case_events",
        sa.Column("case_number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.Integer, nullable=False, unique=True),
    )


def downgrade() -> None:
    """Take the index away; the records stay."""
    op.drop_table("case_events")
    op.drop_index("cases_by_day", "cases")
    op.drop_table("cases")
