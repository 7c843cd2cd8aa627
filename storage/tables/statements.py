"""What was said, where it stands, and how it was corrected."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.tables.base import RowId, index_of_shown, now, one_of


class Statement(SQLModel, table=True):
    """Words of one person on one occasion, kept once however many articles carry them.

    ``said_on`` is the day it counts under: ``said_to`` where the text dates it, else the day of
    publication in Amsterdam. ``content_key`` is a hash of the folded words (and of the cue, where the
    polarity may sit in it). ``membership_id`` is the office in which it was said. ``analysis`` is what
    the comparison computed once, under ``analysis_version``, and ``terms`` are the stems it is filed under, with
    spaces between. ``context`` is the paragraph around it.
    ``pledge`` where it promises or rules out something, ``pledged_for`` the last day that its date can mean.
    """

    __table_args__ = (
        one_of("kind", "direct", "partial", "indirect"),
        one_of("attribution", "named", "role", "pronoun", "implicit"),
        one_of("pledge", "promise", "exclusion"),
        UniqueConstraint("person_id", "said_on", "content_key"),
        # What is shown is never withdrawn: these let a page be cut, and its total counted, from the index alone
        # (SQLite reads the column of the condition all the same, so it is in them).
        index_of_shown("ix_statement_person_said", "person_id", "said_on", "id", "withdrawn_at"),
        index_of_shown("ix_statement_said", "said_on", "id", "withdrawn_at"),
        Index(
            "ix_statement_pledge",
            *("person_id", "said_on"),
            sqlite_where=text("pledge IS NOT NULL"),
            postgresql_where=text("pledge IS NOT NULL"),
        ),
    )

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    person_id: str = Field(foreign_key="person.id")
    membership_id: str | None = Field(default=None, foreign_key="membership.id")
    kind: str
    content: str = Field(sa_type=Text)
    content_key: str
    cue: str | None = None
    attribution: str
    speaker_surface: str | None = None
    said_from: date | None = None
    said_to: date | None = None
    said_on: date
    confidence: float
    rule: str
    context: str = Field(sa_type=Text)
    analysis_version: int
    analysis: Any = Field(sa_type=JSON)
    terms: str = Field(default="", sa_type=Text)
    pledge: str | None = None
    pledged_for: date | None = None
    withdrawn_at: datetime | None = None
    created_at: datetime = Field(default_factory=now)


class Rewording(SQLModel, table=True):
    """Words, or a speaker, that a later version of an article corrected: ``new_id`` stands where ``old_id`` stood."""

    __table_args__ = (UniqueConstraint("old_id", "new_id"),)

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    old_id: int = Field(foreign_key="statement.id", sa_type=BigInteger)
    new_id: int = Field(foreign_key="statement.id", index=True, sa_type=BigInteger)
    article_id: int = Field(foreign_key="article.id", sa_type=BigInteger)
    version_number: int
    created_at: datetime = Field(default_factory=now)


class Mention(SQLModel, table=True):
    """A statement as one article carries it; offsets are code points, end exclusive.

    ``wording``: the words of a corrected report, where they are others than the statement's. ``version_number`` is the
    last version that was seen to carry it, ``since_version`` the first.
    """

    __table_args__ = (UniqueConstraint("statement_id", "article_id", "start"),)

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    statement_id: int = Field(foreign_key="statement.id", sa_type=BigInteger)
    article_id: int = Field(foreign_key="article.id", index=True, sa_type=BigInteger)
    version_number: int
    since_version: int = 1
    start: int
    end: int
    wording: str | None = Field(default=None, sa_type=Text)
    withdrawn_at: datetime | None = None
    created_at: datetime = Field(default_factory=now)


class Posting(SQLModel, table=True):
    """A stem that a statement of a speaker holds: the index behind recall."""

    # All of it is key: without a rowid SQLite keeps it once instead of twice.
    __table_args__ = {"sqlite_with_rowid": False}

    person_id: str = Field(foreign_key="person.id", primary_key=True)
    term: str = Field(primary_key=True)
    statement_id: int = Field(foreign_key="statement.id", primary_key=True, sa_type=BigInteger)


class Objection(SQLModel, table=True):
    """A reader's word that a statement has a wrong speaker, day or wording, and what it should be.

    ``proposal`` is what was typed; ``value`` what was read in it: ``person_id``, ``said_on`` (ISO 8601) or
    ``content``. ``chat_id``, ``message_id`` and ``user_id`` say who is to be told what came of it; they are null
    once that chat has erased what was kept of it.
    """

    __table_args__ = (
        one_of("field", "speaker", "date", "wording"),
        one_of("state", "open", "accepted", "rejected"),
    )

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    statement_id: int = Field(foreign_key="statement.id", index=True, sa_type=BigInteger)
    field: str
    proposal: str = Field(sa_type=Text)
    value: dict[str, Any] = Field(sa_type=JSON)
    state: str = "open"
    chat_id: int | None = Field(default=None, foreign_key="chat.id", sa_type=BigInteger)
    topic_id: int = Field(default=0, sa_type=BigInteger)
    message_id: int = Field(default=0, sa_type=BigInteger)
    user_id: int | None = Field(default=None, sa_type=BigInteger)
    created_at: datetime = Field(default_factory=now)
    decided_by: int | None = Field(default=None, sa_type=BigInteger)
    decided_at: datetime | None = None


class Amendment(SQLModel, table=True):
    """A change that was made to a statement: who, when, and how it read before and after.

    ``person_id``, ``said_on`` and ``content`` are what its articles still say: by them the statement is known again
    when one of them, or another one, brings it anew.
    """

    __table_args__ = (
        one_of("field", "speaker", "date", "wording"),
        Index("ix_amendment_said", "person_id", "said_on"),
    )

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    statement_id: int = Field(foreign_key="statement.id", index=True, sa_type=BigInteger)
    objection_id: int | None = Field(default=None, foreign_key="objection.id", sa_type=BigInteger)
    field: str
    person_id: str = Field(foreign_key="person.id")
    said_on: date
    content: str = Field(sa_type=Text)
    before: dict[str, Any] = Field(sa_type=JSON)
    after: dict[str, Any] = Field(sa_type=JSON)
    user_id: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(default_factory=now)
