"""Add the further addresses of articles, and when a report that could not be read is tried again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "article_address",
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_address_article_id_article")),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_article_address")),
    )
    op.add_column("intake", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("intake", sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_intake_retry_at"), "intake", ["retry_at"])
