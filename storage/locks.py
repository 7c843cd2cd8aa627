"""One at a time for each speaker: whoever matches and inserts somebody's words holds that person's lock."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256

from sqlalchemy import func
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession


async def lock_speakers(session: AsyncSession, *, person_ids: Collection[str]) -> None:
    """Wait until nobody else stores words of some speakers; the locks go with the transaction.

    On SQLite a unit of work that writes is alone anyway. On PostgreSQL what others committed is seen by the
    statements that come after this one.

    Args:
        session: A unit of work that writes, before it looks for what is stored.
        person_ids: The speakers, each once; two transactions that share some take them in one order.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    for key in sorted(map(_key, person_ids)):
        await session.exec(select(func.pg_advisory_xact_lock(key)))


def _key(person_id: str) -> int:
    """Give 64 bits with a sign; two speakers who fell together would only wait for each other."""
    return int.from_bytes(sha256(f"speaker:{person_id}".encode()).digest()[:8], signed=True)
