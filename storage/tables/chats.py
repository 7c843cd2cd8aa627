"""Chats: what they chose, what they follow, and whether they may."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.base import RowId, now, one_of


class Chat(SQLModel, table=True):
    """A private chat, group or channel, under Telegram's own id, with its settings.

    ``migrated_to`` is the supergroup that a group became; the group's row stays, disabled, for the messages
    that were sent to it. ``quiet_from`` and ``quiet_until`` are minutes of its local day, both null for no quiet
    hours. ``messages_a_day`` is null for no limit. ``alert_topic`` is where alerts go (0: outside all topics);
    null is to where each was followed. ``digest_hour`` is local, ``digest_day`` counts from Monday as 0, and
    ``digest_due_at`` is when the next one is made. ``flooded_until`` is when Telegram's flood control ends.
    """

    __table_args__ = (
        one_of("state", "active", "disabled"),
        one_of("language", "nl", "en"),
        one_of("digest", "off", "daily", "weekly"),
        Index("ix_chat_digest_due_at", "digest_due_at"),
    )

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    kind: str
    title: str = ""
    language: str = "nl"
    timezone: str = "Europe/Amsterdam"
    state: str = "active"
    disabled_reason: str | None = None
    migrated_to: int | None = Field(default=None, sa_type=BigInteger)
    quiet_from: int | None = None
    quiet_until: int | None = None
    is_silent: bool = False
    messages_a_day: int | None = 10
    shows_previews: bool = False
    alert_topic: int | None = Field(default=None, sa_type=BigInteger)
    members_may_change: bool = False
    muted_until: datetime | None = None
    digest: str = "off"
    digest_hour: int = 8
    digest_day: int = 0
    digest_due_at: datetime | None = None
    flooded_until: datetime | None = None
    created_at: datetime = Field(default_factory=now)


class Subscription(SQLModel, table=True):
    """What a chat (or one topic of it; 0 for none) follows, and how much of it is told.

    ``target``: the id of a person (``person``, ``person_word``) or party, or the role and portfolio of a ``role``
    ("minister|Financiën"); empty for ``cabinet`` and ``word``. ``words`` is what a ``word`` or ``person_word``
    looks for, in quotation marks where it is a phrase. ``passes_quiet``: told in quiet hours as well.
    """

    __table_args__ = (
        one_of("kind", "person", "party", "role", "cabinet", "word", "person_word"),
        one_of("level", "all", "news", "turns"),
        UniqueConstraint("chat_id", "topic_id", "kind", "target", "words"),
        Index("ix_subscription_kind_target", "kind", "target"),
    )

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    chat_id: int = Field(foreign_key="chat.id", sa_type=BigInteger)
    topic_id: int = Field(default=0, sa_type=BigInteger)
    kind: str = "person"
    target: str = ""
    words: str = ""
    level: str = "all"
    passes_quiet: bool = False
    created_by: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(default_factory=now)


class SilencedStory(SQLModel, table=True):
    """A story of which a chat, or one topic of it, hears nothing until a moment, and who asked for it."""

    __tablename__ = "silenced_story"
    __table_args__ = (UniqueConstraint("chat_id", "topic_id", "story_id"),)

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    chat_id: int = Field(foreign_key="chat.id", sa_type=BigInteger)
    topic_id: int = Field(default=0, sa_type=BigInteger)
    story_id: int = Field(foreign_key="story.id", sa_type=BigInteger)
    until: datetime
    user_id: int = Field(sa_type=BigInteger)
    user_name: str
    created_at: datetime = Field(default_factory=now)


class Admission(SQLModel, table=True):
    """Whether a chat may use a closed installation; a chat that was never asked about has no row.

    ``chat_id`` is Telegram's id, without a key into ``chat``: a refusal outlives what a chat has erased of itself.
    ``topic_id`` is where the answer is waited for. ``asked_by`` and ``decided_by`` are ids of users.
    """

    __table_args__ = (one_of("state", "asked", "admitted", "refused"),)

    chat_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    topic_id: int = Field(default=0, sa_type=BigInteger)
    state: str = "asked"
    asked_by: int = Field(sa_type=BigInteger)
    asked_at: datetime = Field(default_factory=now)
    decided_by: int | None = Field(default=None, sa_type=BigInteger)
    decided_at: datetime | None = None
