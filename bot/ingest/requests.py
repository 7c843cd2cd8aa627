"""Addresses that somebody wants as sources: each is looked at, and whoever asked is told what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.errors import CitaatwachtError
from bot.ingest.discover import TIMEZONE, Candidate, discover
from bot.ingest.errors import trouble_of
from bot.ingest.fetch import Fetcher
from bot.ingest.identity import slug_of
from bot.ingest.values import FeedReader
from storage.database import Database
from storage.operator_notices import queue_notice
from storage.source_requests import close_request, waiting_requests
from storage.sources import add_source
from storage.tables import Source, SourceRequest

log = structlog.get_logger(__name__)

_LONGEST_NAME = 60


async def serve_requests(database: Database, fetcher: Fetcher, read_feed: FeedReader, *, moment: datetime) -> int:
    """Look at every address that waits; where two processes do, one of them answers.

    Args:
        database: Where the requests are.
        fetcher: How documents are fetched.
        read_feed: ``feed.read_feed``, run in the worker process.
        moment: Now.

    Returns:
        How many requests were answered.
    """
    async with database.reading() as session:
        waiting = await waiting_requests(session)
    answered = 0
    for request in waiting:
        try:
            found = await discover(request.url, fetcher, read_feed, now=moment)
        except CitaatwachtError as error:
            log.info("no source", request=request.id, reason=str(error))
            outcome: tuple[Candidate, ...] | CitaatwachtError = error
        else:
            outcome = found
        answered += await _answer(database, request, outcome, moment)
    return answered


async def add_candidate(session: AsyncSession, candidate: Candidate) -> tuple[Source, bool]:
    """Make a feed that was read a source, polled from now on.

    Args:
        session: A unit of work that writes.
        candidate: The feed.

    Returns:
        The source, and whether it was not in the list before.
    """
    parts = urlsplit(candidate.url)
    name = " ".join(candidate.title.split())[:_LONGEST_NAME] or parts.hostname or candidate.url
    return await add_source(
        session,
        source_id=slug_of(name),
        name=name,
        url=candidate.url,
        home=f"{parts.scheme}://{parts.netloc}/",
        timezone=TIMEZONE,
    )


async def _answer(
    database: Database, request: SourceRequest, outcome: Sequence[Candidate] | CitaatwachtError, moment: datetime
) -> bool:
    """Write down what came of a request together with the notice of it; False if it was answered meanwhile."""
    detail: dict[str, Any] = {"url": request.url, "request": request.id}
    source: Source | None = None
    candidates: list[dict[str, str]] = []
    async with database.writing() as session:
        if isinstance(outcome, CitaatwachtError):
            state = "refused"
            detail |= {"trouble": trouble_of(outcome), "reason": str(outcome)}
        elif len(outcome) > 1:
            state = "offered"
            candidates = [{"url": one.url, "title": one.title or one.url} for one in outcome]
            detail["titles"] = [one["title"] for one in candidates]
        else:
            source, is_new = await add_candidate(session, outcome[0])
            state = "added" if is_new else "known"
            detail |= {"id": source.id, "name": source.name, "url": source.url}
        is_ours = await close_request(
            session,
            request_id=request.id,
            state=state,
            moment=moment,
            source_id=source.id if source else None,
            candidates=candidates,
        )
        if is_ours:
            queue_notice(
                session,
                chat_ids=[request.chat_id],
                topic_id=request.topic_id,
                what=f"request_{state}",
                detail=detail,
                moment=moment,
            )
    return is_ours
