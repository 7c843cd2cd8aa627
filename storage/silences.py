"""Stories of which a chat wants to hear nothing for a while."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.outbox import SILENCED
from storage.tables import Article, Delivery, SentMessage, SilencedStory
from storage.upserts import add_if_new, add_or_update

_UNTOLD = ("statement", "reversal")


@dataclass(frozen=True, slots=True)
class SilenceRecord:
    """A story that a chat silenced: until when, and who did it."""

    story_id: int
    until: datetime
    user_name: str


async def silence(
    session: AsyncSession,
    *,
    chat_id: int,
    topic_id: int,
    story_id: int,
    until: datetime,
    user_id: int,
    user_name: str,
) -> SilenceRecord:
    """Let a chat, or one topic of it, hear nothing more of a story for a while; what is due of it is set aside.

    Args:
        session: A unit of work that writes.
        chat_id: The chat; it is kept already.
        topic_id: The topic, 0 for none.
        story_id: The story.
        until: Until when.
        user_id: Who asked for it.
        user_name: That person's name, for the others.
    """
    row = SilencedStory(
        chat_id=chat_id, topic_id=topic_id, story_id=story_id, until=until, user_id=user_id, user_name=user_name
    )
    changes = {"until": until, "user_id": user_id, "user_name": user_name, "created_at": row.created_at}
    await add_or_update(session, row, key=("chat_id", "topic_id", "story_id"), changes=changes)
    await session.exec(
        update(Delivery)
        .where(
            *_of_story(chat_id, story_id),
            col(Delivery.topic_id) == topic_id,
            col(Delivery.state) == "due",
        )
        .values(state="set_aside", last_error=SILENCED)
    )
    return SilenceRecord(story_id, until, user_name)


async def end_silence(session: AsyncSession, *, chat_id: int, story_id: int, due_at: datetime) -> bool:
    """Let a chat hear of a story again, also of what was set aside meanwhile; give whether it was silenced.

    Args:
        session: A unit of work that writes.
        chat_id: The chat, in all its topics.
        story_id: The story.
        due_at: From when on the chat may be told of it.
    """
    is_meant = (col(SilencedStory.chat_id) == chat_id, col(SilencedStory.story_id) == story_id)
    removed = await session.exec(delete(SilencedStory).where(*is_meant))
    if not removed.rowcount:
        return False
    await session.exec(
        update(Delivery)
        .where(
            *_of_story(chat_id, story_id),
            col(Delivery.state) == "set_aside",
            col(Delivery.last_error) == SILENCED,
        )
        .values(state="due", due_at=due_at, last_error=None)
    )
    return True


async def silence_of(
    session: AsyncSession, *, chat_id: int, topic_id: int, story_id: int, moment: datetime
) -> SilenceRecord | None:
    """Give who silenced a story in a chat and until when; None where it is not silenced now."""
    wanted = select(SilencedStory).where(*_is(chat_id, topic_id, story_id), col(SilencedStory.until) > moment)
    row = (await session.exec(wanted)).first()
    return None if row is None else SilenceRecord(row.story_id, row.until, row.user_name)


async def silent_places(
    session: AsyncSession, *, story_id: int, chat_ids: Collection[int], moment: datetime
) -> set[tuple[int, int]]:
    """Give the chats and topics, of these chats, that want to hear nothing of a story now."""
    wanted = select(col(SilencedStory.chat_id), col(SilencedStory.topic_id)).where(
        col(SilencedStory.story_id) == story_id,
        col(SilencedStory.chat_id).in_(list(chat_ids)),
        col(SilencedStory.until) > moment,
    )
    return {(chat_id, topic_id) for chat_id, topic_id in await session.exec(wanted)}


async def told_story(session: AsyncSession, *, chat_id: int, message_id: int) -> tuple[int, int] | None:
    """Give the story that a message of ours tells, and the topic for which it was due; None for any other message."""
    wanted = (
        select(col(Article.story_id), col(Delivery.topic_id))
        .join(Delivery, col(Delivery.article_id) == col(Article.id))
        .join(SentMessage, col(SentMessage.id) == col(Delivery.sent_message_id))
        .where(
            col(SentMessage.chat_id) == chat_id,
            col(SentMessage.message_id) == message_id,
            col(Delivery.what).in_(_UNTOLD),
            col(Article.story_id).is_not(None),
        )
        .limit(1)
    )
    row = (await session.exec(wanted)).first()
    return None if row is None or row[0] is None else (row[0], row[1])


async def move(session: AsyncSession, *, old_id: int, new_id: int) -> None:
    """Move what a chat silenced to another chat."""
    for row in (await session.exec(select(SilencedStory).where(col(SilencedStory.chat_id) == old_id))).all():
        moved = SilencedStory(**row.model_dump(exclude={"id", "chat_id"}), chat_id=new_id)
        await add_if_new(session, moved, key=("chat_id", "topic_id", "story_id"))
    await session.exec(delete(SilencedStory).where(col(SilencedStory.chat_id) == old_id))


def _is(chat_id: int, topic_id: int, story_id: int) -> list[ColumnElement[bool]]:
    return [
        col(SilencedStory.chat_id) == chat_id,
        col(SilencedStory.topic_id) == topic_id,
        col(SilencedStory.story_id) == story_id,
    ]


def _of_story(chat_id: int, story_id: int) -> list[ColumnElement[bool]]:
    articles = select(col(Article.id)).where(col(Article.story_id) == story_id)
    return [
        col(Delivery.chat_id) == chat_id,
        col(Delivery.what).in_(_UNTOLD),
        col(Delivery.article_id).in_(articles),
    ]
