"""Stories as chats were told them: which messages tell one, and when they are to be brought up to date."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Article, Chat, Delivery, Mention, Reversal, SentMessage, Source, Statement
from storage.upserts import add_or_update

STORY_REACH = timedelta(hours=48)
"""How long a message is edited while its story grows; what comes later is told anew."""


@dataclass(frozen=True, slots=True)
class ArticlePlace:
    """Where an article belongs: its story (None where it has none yet), and whether it is a debate of parliament."""

    story_id: int | None
    is_debate: bool


@dataclass(frozen=True, slots=True)
class TellingMessage:
    """A message that tells (a part of) a story, and what it carries.

    Attributes:
        sent_id: Its row.
        message_id: Telegram's number of it in its chat.
        text_hash: A hash of what it shows.
        article_id: The article of which it told first.
        statement_ids: The statements that it carries, in the order in which they became due.
        reversal_ids: The pairs that it carries.
    """

    sent_id: int
    message_id: int
    text_hash: str
    article_id: int
    statement_ids: tuple[int, ...]
    reversal_ids: tuple[int, ...]


async def places_of(session: AsyncSession, *, article_ids: Collection[int]) -> dict[int, ArticlePlace]:
    """Give the place of each of some articles."""
    wanted = (
        select(Article.id, Article.story_id, Source.kind)
        .join(Source, col(Source.id) == col(Article.source_id))
        .where(col(Article.id).in_(list(article_ids)))
    )
    return {
        article_id: ArticlePlace(story_id, kind == "parliament")
        for article_id, story_id, kind in await session.exec(wanted)
    }


async def telling_messages(
    session: AsyncSession, *, chat_id: int, topic_id: int, story_id: int, since: datetime
) -> list[TellingMessage]:
    """Give the messages that tell a story in a chat and topic, oldest first.

    Args:
        session: A unit of work.
        chat_id: The chat; what was sent to the group that it was before is out of reach.
        topic_id: The topic for which they were due, 0 for none.
        story_id: The story.
        since: The moment before which a message is too old to be edited.
    """
    wanted = (
        select(SentMessage, Delivery)
        .join(Delivery, col(Delivery.sent_message_id) == col(SentMessage.id))
        .where(
            col(SentMessage.story_id) == story_id,
            col(SentMessage.chat_id) == chat_id,
            col(SentMessage.created_at) >= since,
            col(Delivery.chat_id) == chat_id,
            col(Delivery.topic_id) == topic_id,
            col(Delivery.what).in_(("statement", "reversal")),
        )
        .order_by(col(SentMessage.id), col(Delivery.id))
    )
    carried: dict[int, tuple[SentMessage, list[Delivery]]] = {}
    for message, delivery in await session.exec(wanted):
        carried.setdefault(message.id, (message, []))[1].append(delivery)
    return [_telling(message, deliveries) for message, deliveries in carried.values()]


async def speakers_of(session: AsyncSession, *, statement_ids: Collection[int]) -> dict[int, str]:
    """Give the speaker of each of some statements."""
    wanted = select(col(Statement.id), col(Statement.person_id)).where(col(Statement.id).in_(list(statement_ids)))
    return dict((await session.exec(wanted)).all())


async def later_sides(session: AsyncSession, *, reversal_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """Give the number of the later statement of each of some pairs, and its speaker."""
    wanted = select(col(Reversal.id), col(Reversal.later_id), col(Reversal.person_id)).where(
        col(Reversal.id).in_(list(reversal_ids))
    )
    return {number: (later_id, person_id) for number, later_id, person_id in await session.exec(wanted)}


async def queue_growth(session: AsyncSession, *, article_id: int, moment: datetime) -> int:
    """Make due that the messages are brought up to date that carry what an article carries too.

    Args:
        session: A unit of work that writes.
        article_id: The article, with its mentions kept.
        moment: Now.

    Returns:
        In how many chats and topics a story was told that the article is a part of.
    """
    mentioned = select(col(Mention.statement_id)).where(
        col(Mention.article_id) == article_id, col(Mention.withdrawn_at).is_(None)
    )
    # By way of the stories, so that only indexes are needed.
    concerned = (
        select(col(Article.story_id))
        .join(Mention, col(Mention.article_id) == col(Article.id))
        .where(col(Mention.statement_id).in_(mentioned))
    )
    told = (
        select(col(Delivery.chat_id), col(Delivery.topic_id), col(SentMessage.story_id))
        .join(SentMessage, col(SentMessage.id) == col(Delivery.sent_message_id))
        .join(Chat, col(Chat.id) == col(Delivery.chat_id))
        .where(
            col(SentMessage.story_id).in_(concerned),
            col(SentMessage.created_at) >= moment - STORY_REACH,
            col(Delivery.what) == "statement",
            col(Delivery.what_id).in_(mentioned),
            col(Delivery.article_id) != article_id,
            col(Chat.state) == "active",
        )
        .distinct()
    )
    places = [(chat, topic, story) for chat, topic, story in await session.exec(told) if story is not None]
    due_again = {
        "state": "due",
        "due_at": moment,
        "article_id": article_id,
        "attempts": 0,
        "last_error": None,
        "claimed_by": None,
        "claim_expires_at": None,
    }
    for chat_id, topic_id, story_id in places:
        row = Delivery(
            chat_id=chat_id,
            topic_id=topic_id,
            what="story",
            what_id=story_id,
            article_id=article_id,
            due_at=moment,
        )
        await add_or_update(session, row, key=("chat_id", "topic_id", "what", "what_id"), changes=due_again)
    return len(places)


async def note_edit(session: AsyncSession, *, sent_id: int, text_hash: str, moment: datetime) -> None:
    """Keep that a message reads otherwise from now on."""
    await session.exec(
        update(SentMessage).where(col(SentMessage.id) == sent_id).values(text_hash=text_hash, edited_at=moment)
    )


async def leave_story(session: AsyncSession, *, sent_id: int) -> None:
    """Keep that a message can no longer be edited: nothing more is added to it."""
    await session.exec(update(SentMessage).where(col(SentMessage.id) == sent_id).values(story_id=None))


def _telling(message: SentMessage, deliveries: Sequence[Delivery]) -> TellingMessage:
    return TellingMessage(
        sent_id=message.id,
        message_id=message.message_id,
        text_hash=message.text_hash,
        article_id=deliveries[0].article_id,
        statement_ids=tuple(delivery.what_id for delivery in deliveries if delivery.what == "statement"),
        reversal_ids=tuple(delivery.what_id for delivery in deliveries if delivery.what == "reversal"),
    )
