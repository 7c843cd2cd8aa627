"""Adding rows that may be there already, in one statement and alike on both databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession


async def add_if_new(session: AsyncSession, row: SQLModel, *, key: Sequence[str]) -> Any | None:
    """Add a row unless one with its key is there.

    Args:
        session: A unit of work that writes.
        row: The row; it is copied, not attached to the session.
        key: The columns of the unique key that decides.

    Returns:
        The primary key's first column of the added row; None where one was there already.
    """
    insertion = _insert(session, type(row)).values(_values(row)).on_conflict_do_nothing(index_elements=key)
    result = await session.exec(insertion.returning(*inspect(type(row)).primary_key))
    added = result.first()
    return None if added is None else added[0]


async def add_many_if_new(
    session: AsyncSession, model: type[SQLModel], rows: Sequence[Mapping[str, Any]], *, key: Sequence[str]
) -> None:
    """Add rows of one table, except those whose key is there.

    Args:
        session: A unit of work that writes.
        model: The table.
        rows: The rows, all with the same columns; columns left out get their defaults.
        key: The columns of the unique key that decides.
    """
    if rows:
        insertion, values = _insert_many(session, model, rows)
        await (await session.connection()).execute(insertion.on_conflict_do_nothing(index_elements=key), values)


async def add_new(
    session: AsyncSession, model: type[SQLModel], rows: Sequence[Mapping[str, Any]], *, key: Sequence[str]
) -> dict[tuple[Any, ...], Any]:
    """Add rows of one table, except those whose key is there, and say which were added.

    Args:
        session: A unit of work that writes.
        model: The table.
        rows: The rows, all with the same columns; columns left out get their defaults.
        key: The columns of the unique key that decides.

    Returns:
        The primary key's first column of the added rows, by the tuple of their key.
    """
    if not rows:
        return {}
    columns = inspect(model).local_table.c
    insertion, values = _insert_many(session, model, rows)
    insertion = insertion.on_conflict_do_nothing(index_elements=key)
    insertion = insertion.returning(inspect(model).primary_key[0], *(columns[name] for name in key))
    added = await (await session.connection()).execute(insertion, values)
    return {tuple(its_key): its_number for its_number, *its_key in added}


async def add_or_update_many(
    session: AsyncSession,
    model: type[SQLModel],
    rows: Sequence[Mapping[str, Any]],
    *,
    key: Sequence[str],
    changes: Sequence[str],
) -> None:
    """Add rows of one table, or change those with their keys.

    Args:
        session: A unit of work that writes.
        model: The table.
        rows: The rows, all with the same columns, no two with one key; columns left out get their defaults.
        key: The columns of the unique key that decides.
        changes: The columns that an existing row gets the values of.
    """
    if rows:
        insertion, values = _insert_many(session, model, rows)
        excluded = {name: insertion.excluded[name] for name in changes}
        insertion = insertion.on_conflict_do_update(index_elements=key, set_=excluded)
        await (await session.connection()).execute(insertion, values)


async def add_or_update(session: AsyncSession, row: SQLModel, *, key: Sequence[str], changes: Mapping[str, Any]) -> Any:
    """Add a row, or change the one with its key.

    Args:
        session: A unit of work that writes.
        row: The row; it is copied, not attached to the session.
        key: The columns of the unique key that decides.
        changes: What an existing row gets: values by column.

    Returns:
        The primary key's first column of the row.
    """
    insertion = _insert(session, type(row)).values(_values(row))
    insertion = insertion.on_conflict_do_update(index_elements=key, set_=dict(changes))
    result = await session.exec(insertion.returning(*inspect(type(row)).primary_key))
    return result.one()[0]


def _insert(session: AsyncSession, model: type[SQLModel]) -> Any:
    # Both dialects have the same ON CONFLICT, under two names.
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    return insert(inspect(model).local_table)


def _insert_many(session: AsyncSession, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> tuple[Any, Any]:
    """Give the insertion of many rows, with the values to run it with.

    Run by the connection it is compiled once; by the session it would be for each number of rows. PostgreSQL gets an
    array a column: row by row, or as one long list of values, both its driver and the server take several times as
    long, in the middle of a transaction.
    """
    insertion = _insert(session, model)
    if session.get_bind().dialect.name == "sqlite":
        return insertion, rows
    columns = inspect(model).local_table.c
    names = list(rows[0])
    arrays = [func.unnest(bindparam(name, type_=postgresql.ARRAY(columns[name].type, dimensions=1))) for name in names]
    return insertion.from_select(names, select(*arrays)), {name: [row[name] for row in rows] for name in names}


def _values(row: SQLModel) -> dict[str, Any]:
    """Give the row's values; a number that the database gives is left to it."""
    return row.model_dump(exclude={"id"} if getattr(row, "id", None) is None else None)
