"""Add to each message the story that it tells and when it was edited, the story as something due, and closed topics."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    # SQLite takes a reference with its column, and not afterwards.
    op.execute(
        "ALTER TABLE sent_message ADD COLUMN story_id BIGINT "
        "CONSTRAINT fk_sent_message_story_id_story REFERENCES story (id)"
    )
    op.add_column("sent_message", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_sent_message_story_id"), "sent_message", ["story_id"])
    is_sqlite = op.get_context().dialect.name == "sqlite"
    with op.batch_alter_table("delivery", recreate="always" if is_sqlite else "never") as batch:
        batch.drop_constraint(op.f("ck_delivery_what_known"), type_="check")
        batch.create_check_constraint(
            op.f("ck_delivery_what_known"),
            "what IN ('statement', 'reversal', 'correction', 'withdrawal', 'story', 'digest', 'limit')",
        )
    op.create_table(
        "closed_topic",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("topic_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_closed_topic_chat_id_chat")),
        sa.PrimaryKeyConstraint("chat_id", "topic_id", name=op.f("pk_closed_topic")),
    )
