"""Add visits, paywalls and versions of articles, corrected words, and the bands of wire copy."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _let_articles_be_visited()
    op.add_column("article_version", sa.Column("is_cut_short", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_article_version_content_hash", "article_version", ["content_hash"])
    op.add_column("mention", sa.Column("since_version", sa.Integer(), nullable=False, server_default="1"))
    op.create_table(
        "rewording",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("old_id", sa.BigInteger(), nullable=False),
        sa.Column("new_id", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["old_id"], ["statement.id"], name=op.f("fk_rewording_old_id_statement")),
        sa.ForeignKeyConstraint(["new_id"], ["statement.id"], name=op.f("fk_rewording_new_id_statement")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_rewording_article_id_article")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rewording")),
        sa.UniqueConstraint("old_id", "new_id", name=op.f("uq_rewording_old_id_new_id")),
    )
    op.create_index("ix_rewording_new_id", "rewording", ["new_id"])
    op.create_table(
        "band",
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_band_article_id_article")),
        sa.PrimaryKeyConstraint("scheme", "seed", "number", "hash", "article_id", name=op.f("pk_band")),
        sqlite_with_rowid=False,
    )


def _let_articles_be_visited() -> None:
    op.add_column("article", sa.Column("guid", sa.String(), nullable=True))
    op.add_column("article", sa.Column("is_paywalled", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("article", sa.Column("revisit_at", MOMENT, nullable=True))
    op.add_column("article", sa.Column("visits", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("article", sa.Column("etag", sa.String(), nullable=True))
    op.add_column("article", sa.Column("last_modified", sa.String(), nullable=True))
    op.create_index("ix_article_source_id_guid", "article", ["source_id", "guid"])
    op.create_index("ix_article_revisit_at", "article", ["revisit_at"])
