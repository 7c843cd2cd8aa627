"""What a process that crashed held is free again when it starts anew, and nothing else."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from datetime import UTC, datetime, timedelta

from bot.ingest.leases import free_leases_of_the_dead, new_lease
from storage.database import Database
from storage.sources import lease_source, leases, seed_sources

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def test_only_the_leases_of_processes_that_ended_here_are_taken_back(database: Database) -> None:
    ended = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await ended.wait()
    mine = new_lease()
    dead = mine.replace(f"/{os.getpid()}/", f"/{ended.pid}/")
    held = {
        "dead": dead,
        "alive": mine,
        "elsewhere": dead.replace(socket.gethostname(), "another-host", 1),
        "unknown": "0123456789abcdef",
    }
    async with database.writing() as session:
        await seed_sources(session, rows=[{"id": name, "name": name, "url": f"https://{name}.test/"} for name in held])
        for name, lease in held.items():
            until = NOW + timedelta(minutes=15)
            await lease_source(session, source_id=name, lease=lease, moment=NOW, until=until, if_due=False)

    assert await free_leases_of_the_dead(database) == ["dead"]

    async with database.reading() as session:
        assert await leases(session) == sorted((name, lease) for name, lease in held.items() if name != "dead")
