"""Add to each source where the next poll of a feed in pages goes on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("source", sa.Column("resume_url", sa.String(), nullable=True))
