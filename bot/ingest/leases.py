"""Who has a source's lease: a name that tells this machine whether its process still lives."""

from __future__ import annotations

import os
import socket
from uuid import uuid4

import structlog

from storage.database import Database
from storage.sources import leases, release_source

log = structlog.get_logger(__name__)


def new_lease() -> str:
    """Give a lease's name: the host, the process and something that occurs once."""
    return f"{socket.gethostname()}/{os.getpid()}/{uuid4().hex}"


async def free_leases_of_the_dead(database: Database) -> list[str]:
    """Give free what processes of this host held that are no more, for a start right after a crash.

    A process of another host is not known to be dead; its leases run out by themselves. So do those whose number
    another process has got since.

    Args:
        database: The database.

    Returns:
        The sources that are free now.
    """
    freed = []
    async with database.writing() as session:
        for source_id, lease in await leases(session):
            if _is_dead(lease):
                await release_source(session, source_id=source_id, lease=lease)
                freed.append(source_id)
    if freed:
        log.info("leases of an ended process taken back", sources=freed)
    return freed


def _is_dead(lease: str) -> bool:
    host, _, rest = lease.partition("/")
    process = rest.partition("/")[0]
    if host != socket.gethostname() or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
