"""Sources that somebody asked for: the handlers write a request, the ingest room reads the address and answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import SourceRequest


async def ask_for_source(session: AsyncSession, *, url: str, chat_id: int, topic_id: int, user_id: int) -> None:
    """Ask for a source; one that is asked for in the same chat and waits already is not asked for twice.

    Args:
        session: A unit of work that writes.
        url: The address of a feed, or of a page that names its feeds.
        chat_id: Where the outcome is told.
        topic_id: In which topic, 0 for none.
        user_id: Who asks.
    """
    same = select(SourceRequest.id).where(
        col(SourceRequest.state) == "waiting", col(SourceRequest.chat_id) == chat_id, col(SourceRequest.url) == url
    )
    if (await session.exec(same)).first() is None:
        session.add(SourceRequest(url=url, chat_id=chat_id, topic_id=topic_id, user_id=user_id))


async def waiting_requests(session: AsyncSession) -> list[SourceRequest]:
    """Give the requests that nobody has answered yet, oldest first."""
    query = select(SourceRequest).where(col(SourceRequest.state) == "waiting").order_by(col(SourceRequest.id))
    return list((await session.exec(query)).all())


async def count_waiting_requests(session: AsyncSession) -> int:
    """Count the requests that nobody has answered yet."""
    query = select(func.count()).select_from(SourceRequest).where(col(SourceRequest.state) == "waiting")
    return (await session.exec(query)).one()


async def close_request(
    session: AsyncSession,
    *,
    request_id: int,
    state: str,
    moment: datetime,
    source_id: str | None = None,
    candidates: Sequence[Mapping[str, str]] = (),
) -> bool:
    """Write down what came of a request.

    Args:
        session: A unit of work that writes.
        request_id: The request.
        state: ``added``, ``known``, ``offered`` or ``refused``.
        moment: Now.
        source_id: The source that it led to.
        candidates: The feeds among which the asker chooses: mappings with ``url`` and ``title``.

    Returns:
        Whether it was waiting; False where another process answered it first, which then tells the asker.
    """
    closing = (
        update(SourceRequest)
        .where(col(SourceRequest.id) == request_id, col(SourceRequest.state) == "waiting")
        .values(state=state, done_at=moment, source_id=source_id, candidates=[dict(one) for one in candidates])
        .returning(col(SourceRequest.id))
    )
    return (await session.exec(closing)).first() is not None


async def candidate_url(session: AsyncSession, *, request_id: int, place: int) -> str | None:
    """Give the address of one of the feeds that were offered; None if there is no such one."""
    request = await session.get(SourceRequest, request_id)
    if request is None or not 0 <= place < len(request.candidates):
        return None
    return str(request.candidates[place]["url"])
