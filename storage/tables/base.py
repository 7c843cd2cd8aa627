"""What all tables share: names of constraints, types of columns, and the moment of now."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, text
from sqlmodel import SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING

# SQLite numbers rows by itself only for INTEGER PRIMARY KEY; PostgreSQL needs 64 bits for a million a year.
RowId = BigInteger().with_variant(Integer(), "sqlite")


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def one_of(column: str, *words: str) -> CheckConstraint:
    """A choice that is kept as one of these words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def index_of_shown(name: str, *columns: str) -> Index:
    """An index over the rows that were not withdrawn."""
    condition = text("withdrawn_at IS NULL")
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)
