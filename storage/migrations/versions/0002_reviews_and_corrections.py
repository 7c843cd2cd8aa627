"""Add corrections to the outbox, and to each pair its kind of evidence, its origin and its other days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("delivery", recreate="always" if is_sqlite else "never") as batch:
        batch.drop_constraint(op.f("ck_delivery_what_known"), type_="check")
        batch.create_check_constraint(op.f("ck_delivery_what_known"), "what IN ('statement', 'reversal', 'correction')")
    op.add_column("reversal", sa.Column("reason", sa.String(), nullable=True))
    op.add_column("reversal", sa.Column("kind", sa.String(), nullable=False, server_default=""))
    op.add_column("reversal", sa.Column("is_from_source", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("reversal", sa.Column("other_days", sa.Integer(), nullable=False, server_default="0"))
    _name_kinds()


def _name_kinds() -> None:
    """Give each pair the name of its strongest evidence."""
    reversal = sa.table(
        "reversal", sa.column("id", sa.BigInteger()), sa.column("kind", sa.String()), sa.column("evidence", sa.JSON())
    )
    connection = op.get_bind()
    for number, evidence in connection.execute(sa.select(reversal.c.id, reversal.c.evidence)).all():
        strongest = max(evidence, key=lambda item: item["weight"], default=None)
        if strongest is not None and strongest["weight"] > 0:
            connection.execute(sa.update(reversal).where(reversal.c.id == number).values(kind=strongest["name"]))
