"""Add requests for sources, notices to operators, and to each source its last news, its ailing and its end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("source", sa.Column("trouble", sa.String(), nullable=True))
    for column in ("news_at", "ailing_since", "removed_at"):
        op.add_column("source", sa.Column(column, MOMENT, nullable=True))
    op.execute(
        "UPDATE source SET news_at = (SELECT max(article.fetched_at) FROM article WHERE article.source_id = source.id)"
    )
    op.create_table(
        "source_request",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("topic_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=True),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'added', 'known', 'offered', 'refused')",
            name=op.f("ck_source_request_state_known"),
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_source_request_source_id_source"),
        sa.PrimaryKeyConstraint("id", name="pk_source_request"),
    )
    op.create_index("ix_source_request_state", "source_request", ["state"], unique=False)
    op.create_table(
        "operator_notice",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("topic_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('due', 'sent', 'dropped')", name=op.f("ck_operator_notice_state_known")),
        sa.PrimaryKeyConstraint("id", name="pk_operator_notice"),
    )
    op.create_index("ix_operator_notice_state_due_at", "operator_notice", ["state", "due_at"], unique=False)
