"""Opening the database, and the two units of work: one that reads, one that writes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy import Connection
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import schema
from storage.addresses import dialect_of, display_url, normalise_url
from storage.connections import looking_engine, own_errors, reading_engine, writing_engine

__all__ = ["Database", "normalise_url"]

Answer = TypeVar("Answer")


class Database:
    """A database that is there, and at the version of this program.

    Attributes:
        url: The address with its driver, and with its password.
        dialect: ``sqlite`` or ``postgresql``.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.dialect = dialect_of(url)
        self._readers = reading_engine(url)
        self._lookers = looking_engine(url)
        self._writers = writing_engine(url)

    @classmethod
    async def open(cls, url: str) -> Database:
        """Open a database; it is neither made nor migrated.

        Args:
            url: ``sqlite:///FILE`` or ``postgresql://...``, with or without a driver.

        Returns:
            The database; close it after use.

        Raises:
            InvalidAddress: If the address is not one of these.
            DatabaseMissing: If there is no such file.
            DatabaseUnavailable: If it does not answer.
            NotMigrated: If its tables are missing or those of an older version.
            NewerDatabase: If a newer version of this program made it.
        """
        url = normalise_url(url)
        await asyncio.to_thread(schema.require_current, url)
        return cls(url)

    @property
    def display_url(self) -> str:
        """The address without its password."""
        return display_url(self.url)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Give a session over one snapshot of the database; it cannot write.

        Raises:
            StorageError: If the database fails, in a family of ``storage.errors``.
        """
        with own_errors():
            async with AsyncSession(self._readers, expire_on_commit=False, autoflush=False) as session:
                yield session

    async def look(self, work: Callable[[Connection], Answer]) -> Answer:
        """Run blocking reads over one snapshot of the database, in a thread of their own.

        Args:
            work: Gets a connection that cannot write.

        Returns:
            What ``work`` returns.

        Raises:
            StorageError: If the database fails, in a family of ``storage.errors``.
        """

        def in_thread() -> Answer:
            with own_errors(), self._lookers.connect() as connection:
                return work(connection)

        return await asyncio.to_thread(in_thread)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """Give a session that is kept on a normal exit and undone on an exception.

        On SQLite it holds the only right to write from its first statement on, so that what it read
        still holds when it writes. Keep it short, and never open another one inside it.

        Raises:
            StorageError: If the database fails, in a family of ``storage.errors``.
        """
        with own_errors():
            async with AsyncSession(self._writers, expire_on_commit=False) as session, session.begin():
                yield session

    async def close(self) -> None:
        """Close all connections."""
        await asyncio.to_thread(self._lookers.dispose)
        await self._readers.dispose()
        await self._writers.dispose()
