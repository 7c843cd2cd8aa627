"""Add what judges are asked and say, and the calls of a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "judgement",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("earlier_id", sa.BigInteger(), nullable=False),
        sa.Column("later_id", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("judge", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("is_flagged", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("wait_until", MOMENT, nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("prompt", sa.Text(), nullable=True),
        sa.Column("ruling", sa.String(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("judged_at", MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'judged', 'failed')", name=op.f("ck_judgement_state_known")),
        sa.CheckConstraint(
            "ruling IN ('confirmed', 'vetoed', 'proposed', 'none')", name=op.f("ck_judgement_ruling_known")
        ),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_judgement_article_id_article"),
        sa.ForeignKeyConstraint(["earlier_id"], ["statement.id"], name="fk_judgement_earlier_id_statement"),
        sa.ForeignKeyConstraint(["later_id"], ["statement.id"], name="fk_judgement_later_id_statement"),
        sa.PrimaryKeyConstraint("id", name="pk_judgement"),
        sa.UniqueConstraint(
            "earlier_id", "later_id", "judge", "model", "version", name="uq_judgement_pair_judge_model_version"
        ),
    )
    op.create_index("ix_judgement_later_id", "judgement", ["later_id"], unique=False)
    op.create_index("ix_judgement_state_wait_until", "judgement", ["state", "wait_until"], unique=False)
    op.create_table(
        "judge_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_judge_day"),
    )
