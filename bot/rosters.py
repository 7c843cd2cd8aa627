"""Copies of the roster that are held in memory, kept up to date with the tables."""

from __future__ import annotations

import structlog

from bot.quotes.roster import Roster
from bot.worker import Worker
from handlers.services import Services
from storage.database import Database
from storage.people import export_roster, roster_version

log = structlog.get_logger(__name__)


class RosterWatch:
    """Gives the handlers and the worker process another roster when the tables hold another one.

    A change comes from a chat (/office), from `citaatwacht roster import`, or from another process.
    """

    def __init__(self, database: Database, services: Services, worker: Worker, version: int) -> None:
        """Begin with the copies as they are.

        Args:
            database: Where the roster is kept.
            services: The handlers' copy.
            worker: Who attributes statements from a copy.
            version: The number of the roster that both were made from.
        """
        self._database, self._services, self._worker, self._version = database, services, worker, version

    async def renew(self) -> bool:
        """Look whether the roster was changed, and hand it out if it was; give whether it was.

        Raises:
            StorageError: The database does not answer.
        """
        async with self._database.reading() as session:
            version = await roster_version(session)
            if version == self._version:
                return False
            popolo = await export_roster(session)
        self._services.roster = Roster.from_popolo(popolo)
        await self._worker.renew(popolo)
        self._version = version
        log.info("the roster was changed", version=version, people=len(popolo["persons"]))
        return True
