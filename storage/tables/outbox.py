"""What is due to whom, and what was sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.base import RowId, now, one_of


class Digest(SQLModel, table=True):
    """What a chat, or one topic of it, was told together of what became due between two moments."""

    __table_args__ = (UniqueConstraint("chat_id", "topic_id", "until"),)

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    chat_id: int = Field(foreign_key="chat.id", sa_type=BigInteger)
    topic_id: int = Field(default=0, sa_type=BigInteger)
    since: datetime
    until: datetime
    created_at: datetime = Field(default_factory=now)


class SentMessage(SQLModel, table=True):
    """A message that Telegram accepted: where it stands and a hash of what it shows, as it was last edited.

    ``story_id`` is the story that it tells, or tells more of; null for anything else, and where it can no longer
    be edited.
    """

    __tablename__ = "sent_message"
    __table_args__ = (UniqueConstraint("chat_id", "message_id"),)

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    chat_id: int = Field(foreign_key="chat.id", sa_type=BigInteger)
    topic_id: int = Field(default=0, sa_type=BigInteger)
    message_id: int = Field(sa_type=BigInteger)
    text_hash: str
    story_id: int | None = Field(default=None, foreign_key="story.id", index=True, sa_type=BigInteger)
    created_at: datetime = Field(default_factory=now)
    edited_at: datetime | None = None


class ClosedTopic(SQLModel, table=True):
    """A topic that takes no messages, of which its chat was told; its alerts go to General meanwhile."""

    __tablename__ = "closed_topic"

    chat_id: int = Field(sa_column=Column(BigInteger, ForeignKey("chat.id"), primary_key=True, autoincrement=False))
    topic_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    created_at: datetime = Field(default_factory=now)


class Delivery(SQLModel, table=True):
    """One thing that is due to one chat: a statement or a reversal, by the article that brought it.

    A ``correction`` brings the message that carried a reversal (its number is ``what_id``) up to date with its
    review; it is due again with each change, and its ``sent_message_id`` is the reply that says "no reversal".
    A ``withdrawal`` does the same for a statement (``what_id``) that its article no longer carries, or words otherwise.
    A ``digest`` is the overview with the number ``what_id``; a ``limit`` tells, on the day with that number, that the
    chat's messages a day are used up. A ``story`` (``what_id``) brings the messages that tell it up to date with what
    its articles carry by now; it is due again with each article.
    ``state``: ``due``, ``claimed`` (by ``claimed_by`` until ``claim_expires_at``), ``sent``,
    ``dropped`` (``last_error`` says why), or ``set_aside``: told by no message of its own, only in a digest.
    ``sent_message_id`` is the message that carries it. ``passes_quiet``: told in quiet hours as well.
    """

    __table_args__ = (
        one_of("what", "statement", "reversal", "correction", "withdrawal", "story", "digest", "limit"),
        one_of("state", "due", "claimed", "sent", "dropped", "set_aside"),
        UniqueConstraint("chat_id", "topic_id", "what", "what_id"),
        Index("ix_delivery_state_due_at", "state", "due_at"),
        Index("ix_delivery_chat_id_state", "chat_id", "state"),
        Index("ix_delivery_what_what_id", "what", "what_id"),
    )

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    chat_id: int = Field(foreign_key="chat.id", sa_type=BigInteger)
    topic_id: int = Field(default=0, sa_type=BigInteger)
    what: str
    what_id: int = Field(sa_type=BigInteger)
    article_id: int = Field(foreign_key="article.id", sa_type=BigInteger)
    state: str = "due"
    due_at: datetime = Field(default_factory=now)
    passes_quiet: bool = False
    attempts: int = 0
    claimed_by: str | None = None
    claim_expires_at: datetime | None = None
    last_error: str | None = Field(default=None, sa_type=Text)
    sent_message_id: int | None = Field(default=None, foreign_key="sent_message.id", index=True, sa_type=BigInteger)
    created_at: datetime = Field(default_factory=now)
    sent_at: datetime | None = None
