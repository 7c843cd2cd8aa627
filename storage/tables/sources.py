"""Where articles come from, and what administrators asked of it or are to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Text
from sqlmodel import Field, SQLModel

from storage.tables.base import RowId, now, one_of


class Source(SQLModel, table=True):
    """An outlet's feed (or a folder that was ingested by hand).

    ``kind`` says how it is read: ``parliament`` is the feed of the Chamber's reports, ``transcripts`` one of pages
    that name the speaker of each paragraph. ``next_poll_at``: from when on it is due; null is at once.
    ``interval_seconds`` is its present pace, and ``ttl_seconds`` what the feed itself wants at least. ``moved_to``:
    where its address has led for good ``moved_times`` polls in a row. ``lease``: who polls it, until
    ``leased_until`` at the latest. ``trouble`` is the kind of ``last_error``, for readers. ``ailing_since``: from
    when on it is asked no more than daily, since it fails. ``news_at``: when it last brought an article.
    ``removed_at``: it is out of the list; its articles stay. ``resume_url``: where the next
    poll of a feed in pages goes on.
    """

    __table_args__ = (one_of("kind", "feed", "manual", "parliament", "transcripts"),)

    id: str = Field(primary_key=True)
    name: str
    kind: str = "feed"
    url: str | None = None
    home: str | None = None
    timezone: str = "Europe/Amsterdam"
    terms: str = "unknown: ask"
    enabled: bool = True
    etag: str | None = None
    last_modified: str | None = None
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    failures: int = 0
    last_error: str | None = Field(default=None, sa_type=Text)
    trouble: str | None = None
    ailing_since: datetime | None = None
    news_at: datetime | None = None
    removed_at: datetime | None = None
    next_poll_at: datetime | None = None
    interval_seconds: int | None = None
    ttl_seconds: int | None = None
    moved_to: str | None = None
    moved_times: int = 0
    resume_url: str | None = None
    lease: str | None = None
    leased_until: datetime | None = None
    created_at: datetime = Field(default_factory=now)


class SourceRequest(SQLModel, table=True):
    """An address that somebody wants as a source, for the ingest room to look at.

    ``state``: ``waiting``, then ``added`` or ``known`` (as ``source_id``), ``offered`` (the asker chooses among
    ``candidates``) or ``refused``.
    """

    __tablename__ = "source_request"
    __table_args__ = (one_of("state", "waiting", "added", "known", "offered", "refused"),)

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    url: str = Field(sa_type=Text)
    chat_id: int = Field(sa_type=BigInteger)
    topic_id: int = Field(default=0, sa_type=BigInteger)
    user_id: int = Field(default=0, sa_type=BigInteger)
    state: str = Field(default="waiting", index=True)
    source_id: str | None = Field(default=None, foreign_key="source.id")
    candidates: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    created_at: datetime = Field(default_factory=now)
    done_at: datetime | None = None


class OperatorNotice(SQLModel, table=True):
    """Something that those who run the bot are told once: what came of a request, a source that ended.

    ``what`` is its kind, and ``detail`` what is told of it. ``state``: ``due`` (from ``due_at`` on), ``sent`` or
    ``dropped`` (``last_error`` says why). ``chat_id`` may be the private chat of a user who never wrote to us.
    """

    __tablename__ = "operator_notice"
    __table_args__ = (
        one_of("state", "due", "sent", "dropped"),
        Index("ix_operator_notice_state_due_at", "state", "due_at"),
    )

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    chat_id: int = Field(sa_type=BigInteger)
    topic_id: int = Field(default=0, sa_type=BigInteger)
    what: str
    detail: dict[str, Any] = Field(sa_type=JSON)
    state: str = "due"
    due_at: datetime = Field(default_factory=now)
    attempts: int = 0
    last_error: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = Field(default_factory=now)
    sent_at: datetime | None = None


class Intake(SQLModel, table=True):
    """A file, page or report that was read or could not be, so that a backfill goes on where the last one ended.

    ``place`` is its absolute path or its address; ``source_id`` the source of a page or report. ``stamp`` is a file's
    size and time of change: another file of that name is read anew. ``reason`` is why it could not be read; null where
    it was. A report that a poll could not read is tried again at ``retry_at`` (null: no more), ``attempts`` so far.
    """

    __table_args__ = (Index("ix_intake_retry_at", "retry_at"),)

    place: str = Field(primary_key=True)
    source_id: str | None = Field(default=None, foreign_key="source.id")
    stamp: str = ""
    reason: str | None = Field(default=None, sa_type=Text)
    read_at: datetime = Field(default_factory=now)
    attempts: int = 0
    retry_at: datetime | None = None
