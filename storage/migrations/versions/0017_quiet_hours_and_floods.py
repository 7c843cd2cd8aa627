"""Add to a delivery whether it passes through quiet hours, and to a chat until when flood control keeps it shut."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("delivery", sa.Column("passes_quiet", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("chat", sa.Column("flooded_until", sa.DateTime(timezone=True), nullable=True))
