"""Add reports and transcripts: their kinds of source, who speaks where, and what was corrected."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("source", recreate="always" if is_sqlite else "never") as batch:
        batch.drop_constraint(op.f("ck_source_kind_known"), type_="check")
        batch.create_check_constraint(
            op.f("ck_source_kind_known"), "kind IN ('feed', 'manual', 'parliament', 'transcripts')"
        )
    op.add_column("article", sa.Column("is_uncorrected", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("article_version", sa.Column("turns", sa.JSON(), nullable=True))
    op.add_column("mention", sa.Column("wording", sa.Text(), nullable=True))
