"""Add who may use a closed installation, objections and amendments, and changes of the roster."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _make_access()
    _make_corrections()
    _make_offices()


def _make_access() -> None:
    op.create_table(
        "admission",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("topic_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('asked', 'admitted', 'refused')", name=op.f("ck_admission_state_known")),
        sa.PrimaryKeyConstraint("chat_id", name="pk_admission"),
    )


def _make_corrections() -> None:
    op.create_table(
        "objection",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("statement_id", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("topic_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.CheckConstraint("field IN ('speaker', 'date', 'wording')", name=op.f("ck_objection_field_known")),
        sa.CheckConstraint("state IN ('open', 'accepted', 'rejected')", name=op.f("ck_objection_state_known")),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name="fk_objection_chat_id_chat"),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name="fk_objection_statement_id_statement"),
        sa.PrimaryKeyConstraint("id", name="pk_objection"),
    )
    op.create_index("ix_objection_statement_id", "objection", ["statement_id"], unique=False)
    op.create_table(
        "amendment",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("statement_id", sa.BigInteger(), nullable=False),
        sa.Column("objection_id", sa.BigInteger(), nullable=True),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("field IN ('speaker', 'date', 'wording')", name=op.f("ck_amendment_field_known")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_amendment_person_id_person"),
        sa.ForeignKeyConstraint(["objection_id"], ["objection.id"], name="fk_amendment_objection_id_objection"),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name="fk_amendment_statement_id_statement"),
        sa.PrimaryKeyConstraint("id", name="pk_amendment"),
    )
    op.create_index("ix_amendment_said", "amendment", ["person_id", "said_on"], unique=False)
    op.create_index("ix_amendment_statement_id", "amendment", ["statement_id"], unique=False)


def _make_offices() -> None:
    op.create_table(
        "office_change",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("added", sa.JSON(), nullable=False),
        sa.Column("ended", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('proposed', 'confirmed', 'undone')", name=op.f("ck_office_change_state_known")),
        sa.PrimaryKeyConstraint("id", name="pk_office_change"),
    )
    op.create_table(
        "roster_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_roster_version"),
    )
