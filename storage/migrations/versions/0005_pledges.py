"""Add to each statement whether it promises or rules out something, and by when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    # Alembic would copy the whole table to add a CHECK on SQLite; both databases take it with the column.
    op.execute(
        "ALTER TABLE statement ADD COLUMN pledge VARCHAR "
        "CONSTRAINT ck_statement_pledge_known CHECK (pledge IN ('promise', 'exclusion'))"
    )
    op.add_column("statement", sa.Column("pledged_for", sa.Date(), nullable=True))
    op.create_index(
        "ix_statement_pledge",
        "statement",
        ["person_id", "said_on"],
        sqlite_where=sa.text("pledge IS NOT NULL"),
        postgresql_where=sa.text("pledge IS NOT NULL"),
    )
