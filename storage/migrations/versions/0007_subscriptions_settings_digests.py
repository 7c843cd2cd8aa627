"""Let a chat follow more than persons, at three levels; keep its settings, the stories it silenced and its digests."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    _settings(is_sqlite)
    _subscriptions(is_sqlite)
    with op.batch_alter_table("delivery", recreate="always" if is_sqlite else "never") as batch:
        batch.drop_constraint(op.f("ck_delivery_what_known"), type_="check")
        batch.create_check_constraint(
            op.f("ck_delivery_what_known"),
            "what IN ('statement', 'reversal', 'correction', 'withdrawal', 'digest', 'limit')",
        )
        batch.drop_constraint(op.f("ck_delivery_state_known"), type_="check")
        batch.create_check_constraint(
            op.f("ck_delivery_state_known"), "state IN ('due', 'claimed', 'sent', 'dropped', 'set_aside')"
        )
    op.create_table(
        "silenced_story",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("topic_id", sa.BigInteger(), nullable=False),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_silenced_story_chat_id_chat")),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_silenced_story_story_id_story")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silenced_story")),
        sa.UniqueConstraint(
            "chat_id", "topic_id", "story_id", name=op.f("uq_silenced_story_chat_id_topic_id_story_id")
        ),
    )
    op.create_table(
        "digest",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("topic_id", sa.BigInteger(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_digest_chat_id_chat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("chat_id", "topic_id", "until", name=op.f("uq_digest_chat_id_topic_id_until")),
    )


def _settings(is_sqlite: bool) -> None:
    with op.batch_alter_table("chat", recreate="always" if is_sqlite else "never") as batch:
        batch.add_column(sa.Column("quiet_from", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("quiet_until", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("is_silent", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("messages_a_day", sa.Integer(), nullable=True, server_default="10"))
        batch.add_column(sa.Column("shows_previews", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("alert_topic", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("members_may_change", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("muted_until", MOMENT, nullable=True))
        batch.add_column(sa.Column("digest", sa.String(), nullable=False, server_default="off"))
        batch.add_column(sa.Column("digest_hour", sa.Integer(), nullable=False, server_default="8"))
        batch.add_column(sa.Column("digest_day", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("digest_due_at", MOMENT, nullable=True))
        batch.create_check_constraint(op.f("ck_chat_digest_known"), "digest IN ('off', 'daily', 'weekly')")
    op.create_index(op.f("ix_chat_digest_due_at"), "chat", ["digest_due_at"])


def _subscriptions(is_sqlite: bool) -> None:
    """Turn whom a chat follows into what it follows: a person at level "all", as it was."""
    recreate: Literal["always", "never"] = "always" if is_sqlite else "never"
    with op.batch_alter_table("subscription", recreate=recreate) as batch:
        batch.drop_index(op.f("ix_subscription_person_id"))
        batch.drop_constraint(op.f("uq_subscription_chat_id_topic_id_person_id"), type_="unique")
        batch.drop_constraint(op.f("fk_subscription_person_id_person"), type_="foreignkey")
        batch.alter_column("person_id", new_column_name="target")
    # A copy of the table does not know a column by its new name yet.
    with op.batch_alter_table("subscription", recreate=recreate) as batch:
        batch.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="person"))
        batch.add_column(sa.Column("words", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("level", sa.String(), nullable=False, server_default="all"))
        batch.add_column(sa.Column("passes_quiet", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.create_check_constraint(
            op.f("ck_subscription_kind_known"), "kind IN ('person', 'party', 'role', 'cabinet', 'word', 'person_word')"
        )
        batch.create_check_constraint(op.f("ck_subscription_level_known"), "level IN ('all', 'news', 'turns')")
        batch.create_unique_constraint(
            op.f("uq_subscription_chat_id_topic_id_kind_target_words"),
            ["chat_id", "topic_id", "kind", "target", "words"],
        )
    op.create_index(op.f("ix_subscription_kind_target"), "subscription", ["kind", "target"])
