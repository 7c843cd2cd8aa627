"""Articles, the texts they have had, and the stories and wire copies that they belong to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.base import RowId, now, one_of


class Story(SQLModel, table=True):
    """Articles that share moments within 48 hours."""

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    title: str
    created_at: datetime = Field(default_factory=now)


class Article(SQLModel, table=True):
    """An article under one identity, whatever its versions say.

    ``identity`` is the canonical address, or ``sha256:…`` of the text where it has none.
    ``announce``: whether what its current version brings may be pushed.
    ``state``: ``new`` (to be taken), ``taken``, ``failed`` (unreadable: ``reason`` says why, and it is
    tried again at ``retry_at``; null when it is given up). ``is_uncorrected`` where it is a report that its
    speakers may still correct. ``guid`` is what its source's feed calls it.
    ``is_paywalled`` while only the public part of a page behind a paywall was ever read. Its page is visited
    again at ``revisit_at`` (null: no more), with the validators of the last visit; ``visits`` counts those made.
    """

    __table_args__ = (
        one_of("state", "new", "taken", "failed"),
        UniqueConstraint("identity"),
        Index("ix_article_source_id_guid", "source_id", "guid"),
        Index("ix_article_revisit_at", "revisit_at"),
        Index("ix_article_state_retry_at", "state", "retry_at"),
        Index("ix_article_state_published_at", "state", "published_at"),
        Index("ix_article_published_at", "published_at"),
    )

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    identity: str
    source_id: str = Field(foreign_key="source.id", index=True)
    story_id: int | None = Field(default=None, foreign_key="story.id", index=True, sa_type=BigInteger)
    url: str | None = None
    title: str = ""
    published_at: datetime
    published_is_estimated: bool = False
    announce: bool = True
    is_uncorrected: bool = False
    state: str = "new"
    reason: str | None = Field(default=None, sa_type=Text)
    attempts: int = 0
    retry_at: datetime | None = None
    fetched_at: datetime = Field(default_factory=now)
    taken_at: datetime | None = None
    guid: str | None = None
    is_paywalled: bool = False
    revisit_at: datetime | None = None
    visits: int = 0
    etag: str | None = None
    last_modified: str | None = None


class ArticleVersion(SQLModel, table=True):
    """A text that an article has had; the one with the highest number is current.

    ``text`` is empty once it was kept long enough; its hash stays. ``turns`` is who speaks where in it, for a report
    or transcript (see ``storage.turns``); null where that is still to be found out. ``is_cut_short`` where a paywall
    or a failed extraction left only a part of the article: such a version withdraws nothing.
    """

    __tablename__ = "article_version"
    __table_args__ = (
        UniqueConstraint("article_id", "number"),
        UniqueConstraint("article_id", "content_hash"),
        Index("ix_article_version_content_hash", "content_hash"),
    )

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    article_id: int = Field(foreign_key="article.id", sa_type=BigInteger)
    number: int
    content_hash: str
    title: str = ""
    text: str = Field(sa_type=Text)
    turns: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    is_cut_short: bool = False
    created_at: datetime = Field(default_factory=now)


class Band(SQLModel, table=True):
    """One band of an article's MinHash signature: articles that share one may be copies of one text.

    ``scheme`` and ``seed`` say how it was made; bands of two schemes are never compared. A version adds its own.
    """

    # All of it is key: without a rowid SQLite keeps it once instead of twice.
    __table_args__ = {"sqlite_with_rowid": False}

    scheme: str = Field(primary_key=True)
    seed: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    hash: int = Field(primary_key=True, sa_type=BigInteger)
    article_id: int = Field(foreign_key="article.id", primary_key=True, sa_type=BigInteger)


class ArticleAddress(SQLModel, table=True):
    """An address that led to an article which is kept under another one, so that its page is fetched once."""

    __tablename__ = "article_address"

    url: str = Field(primary_key=True)
    article_id: int = Field(foreign_key="article.id", sa_type=BigInteger)
