"""Adding rows that may be there already, in one statement and alike on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

_BATCH = 500
"""Rows of one statement; SQLite takes 32,766 values in one, and no table of ours has sixty columns."""


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


async def add_many_if_new(session: AsyncSession, rows: Sequence[SQLModel], *, key: Sequence[str]) -> None:
    """Add rows of one table, except those whose key is there.

    Args:
        session: A unit of work that writes.
        rows: The rows; they are copied, not attached to the session.
        key: The columns of the unique key that decides.
    """
    for values in _batches(rows):
        insertion = _insert(session, type(rows[0])).values(values)
        await session.exec(insertion.on_conflict_do_nothing(index_elements=key))


async def add_new(session: AsyncSession, rows: Sequence[SQLModel], *, key: Sequence[str]) -> dict[Any, Any]:
    """Add rows of one table, except those whose key is there, and say which were added.

    Args:
        session: A unit of work that writes.
        rows: The rows; they are copied, not attached to the session.
        key: The columns of the unique key that decides.

    Returns:
        The primary key's first column of the added rows, by the tuple of their key.
    """
    added = {}
    for values in _batches(rows):
        model = type(rows[0])
        insertion = _insert(session, model).values(values).on_conflict_do_nothing(index_elements=key)
        columns = [getattr(model, name) for name in key]
        for number, *its_key in await session.exec(insertion.returning(inspect(model).primary_key[0], *columns)):
            added[tuple(its_key)] = number
    return added


async def add_or_update_many(
    session: AsyncSession, rows: Sequence[SQLModel], *, key: Sequence[str], changes: Sequence[str]
) -> None:
    """Add rows of one table, or change those with their keys.

    Args:
        session: A unit of work that writes.
        rows: The rows, no two with one key; they are copied, not attached to the session.
        key: The columns of the unique key that decides.
        changes: The columns that an existing row gets the values of.
    """
    for values in _batches(rows):
        insertion = _insert(session, type(rows[0])).values(values)
        excluded = {name: insertion.excluded[name] for name in changes}
        await session.exec(insertion.on_conflict_do_update(index_elements=key, set_=excluded))


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
    return (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(model)


def _batches(rows: Sequence[SQLModel]) -> Iterator[list[dict[str, Any]]]:
    """Give the rows' values in parts that one statement takes."""
    for start in range(0, len(rows), _BATCH):
        yield [_values(row) for row in rows[start : start + _BATCH]]


def _values(row: SQLModel) -> dict[str, Any]:
    """Give the row's values; a number that the database gives is left to it."""
    return row.model_dump(exclude={"id"} if getattr(row, "id", None) is None else None)
