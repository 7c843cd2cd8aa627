"""Pairs of statements: what was flagged, and what reviewers and judges made of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.base import RowId, now, one_of


class Reversal(SQLModel, table=True):
    """A pair of statements that is told: a reversal or a shift, with its evidence.

    ``state``: ``possible`` until one of the installation's reviewers decided for everyone, then ``confirmed``
    or ``rejected`` (with the ``reason``). ``kind`` is the kind of evidence whose record of reviews decides
    whether such pairs are pushed. ``is_from_source`` where an article itself sets the two against each other.
    ``other_days`` counts the other earlier days whose words the later ones turn from as well.
    """

    __table_args__ = (
        one_of("label", "reversal", "shift"),
        one_of("state", "possible", "confirmed", "rejected"),
        UniqueConstraint("earlier_id", "later_id"),
    )

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    person_id: str = Field(foreign_key="person.id", index=True)
    earlier_id: int = Field(foreign_key="statement.id", sa_type=BigInteger)
    later_id: int = Field(foreign_key="statement.id", index=True, sa_type=BigInteger)
    label: str
    score: float
    evidence: list[dict[str, Any]] = Field(sa_type=JSON)
    doubts: list[str] = Field(sa_type=JSON)
    state: str = "possible"
    reason: str | None = None
    kind: str = ""
    is_from_source: bool = False
    other_days: int = 0
    created_at: datetime = Field(default_factory=now)


class Review(SQLModel, table=True):
    """One person's word on a reversal; the last one counts."""

    __table_args__ = (one_of("verdict", "confirmed", "rejected"), UniqueConstraint("reversal_id", "user_id"))

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    reversal_id: int = Field(foreign_key="reversal.id", sa_type=BigInteger)
    chat_id: int = Field(foreign_key="chat.id", sa_type=BigInteger)
    user_id: int = Field(sa_type=BigInteger)
    verdict: str
    reason: str | None = None
    created_at: datetime = Field(default_factory=now)


class Judgement(SQLModel, table=True):
    """A pair that a judge is asked about, and its word once it is there.

    ``judge``, ``model`` and ``version`` (of the question) say who is asked what: the same is asked once.
    ``is_flagged`` where the rules flagged the pair; its deliveries wait until ``wait_until``. ``state``:
    ``waiting``, ``judged``, or ``failed`` (``error`` says why, and the rules alone decide). ``ruling`` is what
    the word came to. ``prompt`` is what the model was sent, in full.
    """

    __table_args__ = (
        one_of("state", "waiting", "judged", "failed"),
        one_of("ruling", "confirmed", "vetoed", "proposed", "none"),
        UniqueConstraint(
            "earlier_id", "later_id", "judge", "model", "version", name="uq_judgement_pair_judge_model_version"
        ),
        Index("ix_judgement_state_wait_until", "state", "wait_until"),
    )

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    earlier_id: int = Field(foreign_key="statement.id", sa_type=BigInteger)
    later_id: int = Field(foreign_key="statement.id", index=True, sa_type=BigInteger)
    article_id: int = Field(foreign_key="article.id", sa_type=BigInteger)
    judge: str
    model: str
    version: str
    is_flagged: bool
    state: str = "waiting"
    wait_until: datetime
    label: str | None = None
    confidence: float | None = None
    reason: str | None = Field(default=None, sa_type=Text)
    prompt: str | None = Field(default=None, sa_type=Text)
    ruling: str | None = None
    error: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = Field(default_factory=now)
    judged_at: datetime | None = None


class JudgeDay(SQLModel, table=True):
    """How many calls a judge cost on a day (UTC)."""

    __tablename__ = "judge_day"

    day: date = Field(primary_key=True)
    calls: int = 0
