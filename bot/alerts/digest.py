"""Digests, made when their hour comes; and the word that a chat's messages of the day are used up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts.rendering import reader_of
from bot.hours import day_of, next_digest, start_of
from bot.messages.digest import digest_messages
from bot.messages.settings import limit_reached
from bot.messages.values import Message
from storage import outbox
from storage.database import Database
from storage.digests import DueDigest, digest_period, digest_record, due_digests, queue_digests
from storage.holding import alerts_since
from storage.outbox import OVER_LIMIT, NewDelivery
from storage.records import ClaimRecord, DueRecord

log = structlog.get_logger(__name__)


async def make_digests(database: Database, moment: datetime) -> int:
    """Make due the digests whose hour has come; one that was made is not made again, and an empty one is not told.

    Args:
        database: Where chats and deliveries are.
        moment: Now.

    Returns:
        How many became due.
    """
    async with database.reading() as session:
        chats = await due_digests(session, moment=moment)
    count = 0
    for chat in chats:
        until, next_due_at = _last_hour(chat, moment)
        async with database.writing() as session:
            queued = await queue_digests(session, chat=chat, until=until, next_due_at=next_due_at, moment=moment)
        log.info("digest made", chat=chat.chat_id, until=until, topics=queued)
        count += queued
    return count


async def render_digest(session: AsyncSession, claim: ClaimRecord, delivery: DueRecord) -> list[Message]:
    """Write a digest that is due to a chat; nothing where all of it was withdrawn since."""
    period = await digest_period(session, digest_id=delivery.what_id)
    if period is None:
        return []
    since, until = period
    record = await digest_record(session, chat_id=claim.chat_id, topic_id=claim.topic_id, since=since, until=until)
    return [] if record.is_empty else digest_messages(reader_of(claim), record)


def render_limit(claim: ClaimRecord, delivery: DueRecord, moment: datetime) -> list[Message]:
    """Write that a chat's messages of the day are used up; nothing where that day is over, or there is no limit now."""
    if claim.messages_a_day is None or delivery.what_id != day_of(moment, claim.timezone).toordinal():
        return []
    return [limit_reached(reader_of(claim), claim.messages_a_day)]


async def is_used_up(session: AsyncSession, claim: ClaimRecord, moment: datetime) -> bool:
    """Whether a chat had as many alerts as it wants on the day that it is there."""
    if claim.messages_a_day is None:
        return False
    today = start_of(day_of(moment, claim.timezone), claim.timezone)
    return await alerts_since(session, chat_id=claim.chat_id, since=today) >= claim.messages_a_day


async def leave_to_digest(
    session: AsyncSession, claim: ClaimRecord, deliveries: Sequence[DueRecord], *, worker: str, moment: datetime
) -> None:
    """Keep for the digest what goes beyond a chat's messages of the day, and make due that this is said, once a day.

    Args:
        session: A unit of work that writes.
        claim: The chat.
        deliveries: What was claimed.
        worker: Who claimed it.
        moment: Now.
    """
    ids = [delivery.id for delivery in deliveries]
    await outbox.set_aside(session, delivery_ids=ids, error=OVER_LIMIT, worker=worker)
    day_number = day_of(moment, claim.timezone).toordinal()
    limit = NewDelivery(claim.chat_id, claim.topic_id, "limit", day_number, deliveries[0].article_id, moment)
    await outbox.queue_all(session, deliveries=[limit])


def _last_hour(chat: DueDigest, moment: datetime) -> tuple[datetime, datetime | None]:
    """Give the last hour of a digest that has come, and the next one: after a pause one digest tells all of it."""
    until, following = chat.due_at, _next(chat, chat.due_at)
    while following is not None and following <= moment:
        until, following = following, _next(chat, following)
    return until, following


def _next(chat: DueDigest, moment: datetime) -> datetime | None:
    return next_digest(moment, timezone=chat.timezone, digest=chat.digest, hour=chat.hour, weekday=chat.weekday)
