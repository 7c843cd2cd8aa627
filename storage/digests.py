"""Digests: what a chat was told, or was not told by itself, brought together when its hour comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.outbox import TOO_OLD
from storage.quotes import quote_records, reversal_records
from storage.records import QuoteRecord, ReversalRecord
from storage.tables import Article, Chat, Delivery, Digest, Story
from storage.upserts import add_if_new

_SAID = ("statement", "reversal")
_CORRECTED = ("correction", "withdrawal")
_LONGEST = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DigestStory:
    """A story of a digest: its title, what was said in it, and the pairs that turned or shifted."""

    title: str
    quotes: tuple[QuoteRecord, ...]
    reversals: tuple[ReversalRecord, ...]


@dataclass(frozen=True, slots=True)
class DigestRecord:
    """What a chat, or one topic of it, was due between two moments.

    Attributes:
        since: The first moment.
        until: The last one, exclusive.
        stories: What was said, by story: those in which somebody turned first, then the largest.
        corrected: The pairs about which a correction was told.
        withdrawn: The statements that their article carries no more, or in other words.
        late: How many statements and pairs stand in it because they were too old when they could be sent.
    """

    since: datetime
    until: datetime
    stories: tuple[DigestStory, ...]
    corrected: tuple[ReversalRecord, ...]
    withdrawn: tuple[QuoteRecord, ...]
    late: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not (self.stories or self.corrected or self.withdrawn)


@dataclass(frozen=True, slots=True)
class DueDigest:
    """A chat whose digest is due, with what its next one is reckoned by."""

    chat_id: int
    timezone: str
    digest: str
    hour: int
    weekday: int
    due_at: datetime
    muted_until: datetime | None


async def due_digests(session: AsyncSession, *, moment: datetime) -> list[DueDigest]:
    """Give the active chats whose digest is due, the oldest first."""
    wanted = (
        select(Chat)
        .where(col(Chat.digest_due_at) <= moment, col(Chat.digest) != "off", col(Chat.state) == "active")
        .order_by(col(Chat.digest_due_at), col(Chat.id))
    )
    return [
        DueDigest(row.id, row.timezone, row.digest, row.digest_hour, row.digest_day, row.digest_due_at, row.muted_until)
        for row in await session.exec(wanted)
        if row.digest_due_at is not None
    ]


async def queue_digests(
    session: AsyncSession, *, chat: DueDigest, until: datetime, next_due_at: datetime | None, moment: datetime
) -> int:
    """Make a chat's digest due, in each topic in which anything happened, and note when the next one is.

    Args:
        session: A unit of work that writes.
        chat: The chat.
        until: Up to which moment; one that was made already is not made again.
        next_due_at: When the next one is due.
        moment: From when on it may be sent; a mute that ends later is waited for.

    Returns:
        In how many topics it is due; nothing happened in the others.
    """
    claimed = await session.exec(
        update(Chat)
        .where(col(Chat.id) == chat.chat_id, col(Chat.digest_due_at) == chat.due_at)
        .values(digest_due_at=next_due_at)
    )
    if not claimed.rowcount:
        return 0
    period = timedelta(days=7 if chat.digest == "weekly" else 1)
    topics = select(col(Delivery.topic_id)).where(
        col(Delivery.chat_id) == chat.chat_id, col(Delivery.created_at) >= until - _LONGEST
    )
    count = 0
    for topic_id in sorted(set(await session.exec(topics))):
        since = await last_digest(session, chat_id=chat.chat_id, topic_id=topic_id)
        since = max(since, until - _LONGEST) if since else until - period
        row = Digest(chat_id=chat.chat_id, topic_id=topic_id, since=since, until=until)
        rows = await _deliveries(session, chat.chat_id, topic_id, since, until)
        number = await add_if_new(session, row, key=("chat_id", "topic_id", "until"))
        if number is None or not rows:
            continue
        due = Delivery(
            chat_id=chat.chat_id,
            topic_id=topic_id,
            what="digest",
            what_id=number,
            article_id=rows[-1].article_id,
            due_at=max(moment, chat.muted_until or moment),
        )
        session.add(due)
        count += 1
    await session.flush()
    return count


async def queue_missed(
    session: AsyncSession, *, chat_id: int, topic_id: int, delivery_ids: Sequence[int], moment: datetime
) -> bool:
    """Make due now a digest of what was left to it as too old, where a chat has none at an hour of its own.

    Args:
        session: A unit of work that writes.
        chat_id: The chat.
        topic_id: The topic, 0 for none.
        delivery_ids: What was left to the digest.
        moment: Now.

    Returns:
        Whether it is due; the digest that a chat has anyway tells it without this.
    """
    chat = await session.get(Chat, chat_id)
    if chat is None or chat.digest != "off":
        return False
    wanted = select(Delivery).where(col(Delivery.id).in_(delivery_ids)).order_by(col(Delivery.created_at))
    missed = (await session.exec(wanted)).all()
    # The last moment is exclusive, and what is told by messages of its own comes after it.
    since, until = missed[0].created_at, missed[-1].created_at + timedelta(microseconds=1)
    row = Digest(chat_id=chat_id, topic_id=topic_id, since=since, until=until)
    number = await add_if_new(session, row, key=("chat_id", "topic_id", "until"))
    if number is None:
        return False
    session.add(
        Delivery(
            chat_id=chat_id,
            topic_id=topic_id,
            what="digest",
            what_id=number,
            article_id=missed[-1].article_id,
            due_at=moment,
        )
    )
    await session.flush()
    return True


async def last_digest(session: AsyncSession, *, chat_id: int, topic_id: int) -> datetime | None:
    """Give up to which moment the last digest of a chat and topic went; None where there was none."""
    wanted = select(func.max(Digest.until)).where(col(Digest.chat_id) == chat_id, col(Digest.topic_id) == topic_id)
    return (await session.exec(wanted)).one()


async def digest_period(session: AsyncSession, *, digest_id: int) -> tuple[datetime, datetime] | None:
    """Give the moments between which a digest tells; None where it is gone."""
    row = await session.get(Digest, digest_id)
    return None if row is None else (row.since, row.until)


async def digest_record(
    session: AsyncSession, *, chat_id: int, topic_id: int, since: datetime, until: datetime
) -> DigestRecord:
    """Give what a chat, or one topic of it, was due between two moments, as it is now.

    Args:
        session: A unit of work.
        chat_id: The chat.
        topic_id: The topic, 0 for none.
        since: The first moment.
        until: The last one, exclusive.
    """
    rows = await _deliveries(session, chat_id, topic_id, since, until)
    statement_ids = [row.what_id for row in rows if row.what == "statement"]
    reversal_ids = [row.what_id for row in rows if row.what in ("reversal", "correction")]
    withdrawn_ids = [row.what_id for row in rows if row.what == "withdrawal"]
    quotes = {
        quote.id: quote
        for quote in await quote_records(
            session, statement_ids=sorted({*statement_ids, *withdrawn_ids}), chat_id=chat_id
        )
    }
    pairs = {pair.id: pair for pair in await reversal_records(session, reversal_ids=reversal_ids, chat_id=chat_id)}
    homes = await _stories(session, [row.article_id for row in rows])
    said: dict[tuple[int, str], tuple[list[QuoteRecord], list[ReversalRecord]]] = {}
    late = 0
    for row in rows:
        story = said.setdefault(homes[row.article_id], ([], []))
        if row.what == "statement" and row.what_id in quotes and quotes[row.what_id].outlets:
            story[0].append(quotes[row.what_id])
        elif row.what == "reversal" and row.what_id in pairs and pairs[row.what_id].stands:
            story[1].append(pairs[row.what_id])
        else:
            continue
        late += row.last_error == TOO_OLD
    stories = [
        DigestStory(title, tuple(told), tuple(turned)) for (_, title), (told, turned) in said.items() if told or turned
    ]
    stories.sort(key=lambda story: (-len(story.reversals), -len(story.quotes)))
    return DigestRecord(
        since,
        until,
        tuple(stories),
        tuple(pairs[row.what_id] for row in rows if row.what == "correction" and row.what_id in pairs),
        tuple(quotes[number] for number in withdrawn_ids if number in quotes),
        late,
    )


async def move(session: AsyncSession, *, old_id: int, new_id: int) -> None:
    """Move which digests a chat had to another chat, so that none is made twice."""
    there = aliased(Digest)
    is_there = (
        select(there.id)
        .where(
            col(there.chat_id) == new_id,
            col(there.topic_id) == col(Digest.topic_id),
            col(there.until) == col(Digest.until),
        )
        .exists()
    )
    await session.exec(delete(Digest).where(col(Digest.chat_id) == old_id, is_there))
    await session.exec(update(Digest).where(col(Digest.chat_id) == old_id).values(chat_id=new_id))


async def _deliveries(
    session: AsyncSession, chat_id: int, topic_id: int, since: datetime, until: datetime
) -> Sequence[Delivery]:
    """Give what became due then; a correction of what was told before counts when it was due last."""
    created_at, due_at = col(Delivery.created_at), col(Delivery.due_at)
    is_said = and_(col(Delivery.what).in_(_SAID), created_at >= since, created_at < until)
    is_corrected = and_(col(Delivery.what).in_(_CORRECTED), due_at >= since, due_at < until)
    wanted = (
        select(Delivery)
        .where(col(Delivery.chat_id) == chat_id, col(Delivery.topic_id) == topic_id, or_(is_said, is_corrected))
        .order_by(col(Delivery.id))
    )
    return (await session.exec(wanted)).all()


async def _stories(session: AsyncSession, article_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Give the story of each article and its title; an article of none is one by itself."""
    wanted = (
        select(col(Article.id), col(Article.title), col(Story.id), col(Story.title))
        .outerjoin(Story, col(Story.id) == col(Article.story_id))
        .where(col(Article.id).in_(set(article_ids)))
    )
    return {
        article_id: (-article_id, title) if story_id is None else (story_id, story_title)
        for article_id, title, story_id, story_title in await session.exec(wanted)
    }
