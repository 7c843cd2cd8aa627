"""Find the deliveries of one thing without reading all of them."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_index(op.f("ix_delivery_what_what_id"), "delivery", ["what", "what_id"])
