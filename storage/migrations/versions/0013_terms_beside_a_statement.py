"""Keep a statement's terms beside it too, so that recall can tell how much it shares without reading its words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("statement", sa.Column("terms", sa.Text(), nullable=False, server_default=""))
    joined = "group_concat" if op.get_context().dialect.name == "sqlite" else "string_agg"
    op.execute(
        f"UPDATE statement SET terms = filed.terms FROM ("  # noqa: S608 - one of two names of ours
        f"SELECT statement_id, {joined}(term, ' ') AS terms FROM posting GROUP BY statement_id"
        ") AS filed WHERE filed.statement_id = statement.id"
    )
