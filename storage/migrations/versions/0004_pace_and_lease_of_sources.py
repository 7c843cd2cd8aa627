"""Add to each source its pace, when it is due, where it moved to, and who polls it just now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("source", sa.Column("next_poll_at", MOMENT, nullable=True))
    op.add_column("source", sa.Column("interval_seconds", sa.Integer(), nullable=True))
    op.add_column("source", sa.Column("ttl_seconds", sa.Integer(), nullable=True))
    op.add_column("source", sa.Column("moved_to", sa.String(), nullable=True))
    op.add_column("source", sa.Column("moved_times", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("source", sa.Column("lease", sa.String(), nullable=True))
    op.add_column("source", sa.Column("leased_until", MOMENT, nullable=True))
