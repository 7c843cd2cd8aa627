"""The tables, and nothing else: what is kept, and which keys make a step idempotent.

Choices are kept as words under a CHECK constraint (table models of SQLModel do not validate, and
enums would be stored by name). Days without a time are dates; moments are UTC. No unique key holds
a NULL: no topic is 0. A row gets its ``id`` from the database when it is kept.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING

# SQLite numbers rows by itself only for INTEGER PRIMARY KEY; PostgreSQL needs 64 bits for a million a year.
RowId = BigInteger().with_variant(Integer(), "sqlite")


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def _one_of(column: str, *words: str) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def _index_of_shown(name: str, *columns: str) -> Index:
    condition = text("withdrawn_at IS NULL")
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)


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

    __table_args__ = (_one_of("kind", "feed", "manual", "parliament", "transcripts"),)

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
    __table_args__ = (_one_of("state", "waiting", "added", "known", "offered", "refused"),)

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
        _one_of("state", "due", "sent", "dropped"),
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


class Story(SQLModel, table=True):
    """Articles that share moments within 48 hours."""

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    title: str
    created_at: datetime = Field(default_factory=now)


class Article(SQLModel, table=True):
    """An article under one identity, whatever its versions say.

    ``identity`` is the canonical address, or ``sha256:…`` of the text where it has none.
    ``state``: ``new`` (to be taken), ``taken``, ``failed`` (unreadable: ``reason`` says why, and it is
    tried again at ``retry_at``; null when it is given up). ``is_uncorrected`` where it is a report that its
    speakers may still correct. ``guid`` is what its source's feed calls it.
    ``is_paywalled`` while only the public part of a page behind a paywall was ever read. Its page is visited
    again at ``revisit_at`` (null: no more), with the validators of the last visit; ``visits`` counts those made.
    """

    __table_args__ = (
        _one_of("state", "new", "taken", "failed"),
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


class Person(SQLModel, table=True):
    """A person of the roster (Popolo); ``popolo`` holds the entry as imported."""

    id: str = Field(primary_key=True)
    name: str
    family_name: str
    gender: str | None = None
    popolo: dict[str, Any] = Field(sa_type=JSON)


class Organization(SQLModel, table=True):
    """A cabinet, party or ministry of the roster (Popolo)."""

    id: str = Field(primary_key=True)
    name: str
    classification: str
    popolo: dict[str, Any] = Field(sa_type=JSON)


class Membership(SQLModel, table=True):
    """An office that a person held in an organization; days inclusive, null where open or not found."""

    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    organization_id: str = Field(foreign_key="organization.id")
    role: str
    label: str
    portfolio: str | None = None
    on_behalf_of_id: str | None = Field(default=None, foreign_key="organization.id")
    start_date: date | None = None
    end_date: date | None = None
    popolo: dict[str, Any] = Field(sa_type=JSON)


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
        _one_of("kind", "direct", "partial", "indirect"),
        _one_of("attribution", "named", "role", "pronoun", "implicit"),
        _one_of("pledge", "promise", "exclusion"),
        UniqueConstraint("person_id", "said_on", "content_key"),
        # What is shown is never withdrawn: these let a page be cut, and its total counted, from the index alone
        # (SQLite reads the column of the condition all the same, so it is in them).
        _index_of_shown("ix_statement_person_said", "person_id", "said_on", "id", "withdrawn_at"),
        _index_of_shown("ix_statement_said", "said_on", "id", "withdrawn_at"),
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


class Reversal(SQLModel, table=True):
    """A pair of statements that is told: a reversal or a shift, with its evidence.

    ``state``: ``possible`` until one of the installation's reviewers decided for everyone, then ``confirmed``
    or ``rejected`` (with the ``reason``). ``kind`` is the kind of evidence whose record of reviews decides
    whether such pairs are pushed. ``is_from_source`` where an article itself sets the two against each other.
    ``other_days`` counts the other earlier days whose words the later ones turn from as well.
    """

    __table_args__ = (
        _one_of("label", "reversal", "shift"),
        _one_of("state", "possible", "confirmed", "rejected"),
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

    __table_args__ = (_one_of("verdict", "confirmed", "rejected"), UniqueConstraint("reversal_id", "user_id"))

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
        _one_of("state", "waiting", "judged", "failed"),
        _one_of("ruling", "confirmed", "vetoed", "proposed", "none"),
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


class Chat(SQLModel, table=True):
    """A private chat, group or channel, under Telegram's own id, with its settings.

    ``migrated_to`` is the supergroup that a group became; the group's row stays, disabled, for the messages
    that were sent to it. ``quiet_from`` and ``quiet_until`` are minutes of its local day, both null for no quiet
    hours. ``messages_a_day`` is null for no limit. ``alert_topic`` is where alerts go (0: outside all topics);
    null is to where each was followed. ``digest_hour`` is local, ``digest_day`` counts from Monday as 0, and
    ``digest_due_at`` is when the next one is made.
    """

    __table_args__ = (
        _one_of("state", "active", "disabled"),
        _one_of("language", "nl", "en"),
        _one_of("digest", "off", "daily", "weekly"),
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
    created_at: datetime = Field(default_factory=now)


class Subscription(SQLModel, table=True):
    """What a chat (or one topic of it; 0 for none) follows, and how much of it is told.

    ``target``: the id of a person (``person``, ``person_word``) or party, or the role and portfolio of a ``role``
    ("minister|Financiën"); empty for ``cabinet`` and ``word``. ``words`` is what a ``word`` or ``person_word``
    looks for, in quotation marks where it is a phrase. ``passes_quiet``: told in quiet hours as well.
    """

    __table_args__ = (
        _one_of("kind", "person", "party", "role", "cabinet", "word", "person_word"),
        _one_of("level", "all", "news", "turns"),
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
    ``sent_message_id`` is the message that carries it.
    """

    __table_args__ = (
        _one_of("what", "statement", "reversal", "correction", "withdrawal", "story", "digest", "limit"),
        _one_of("state", "due", "claimed", "sent", "dropped", "set_aside"),
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
    attempts: int = 0
    claimed_by: str | None = None
    claim_expires_at: datetime | None = None
    last_error: str | None = Field(default=None, sa_type=Text)
    sent_message_id: int | None = Field(default=None, foreign_key="sent_message.id", index=True, sa_type=BigInteger)
    created_at: datetime = Field(default_factory=now)
    sent_at: datetime | None = None


class Admission(SQLModel, table=True):
    """Whether a chat may use a closed installation; a chat that was never asked about has no row.

    ``chat_id`` is Telegram's id, without a key into ``chat``: a refusal outlives what a chat has erased of itself.
    ``topic_id`` is where the answer is waited for. ``asked_by`` and ``decided_by`` are ids of users.
    """

    __table_args__ = (_one_of("state", "asked", "admitted", "refused"),)

    chat_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    topic_id: int = Field(default=0, sa_type=BigInteger)
    state: str = "asked"
    asked_by: int = Field(sa_type=BigInteger)
    asked_at: datetime = Field(default_factory=now)
    decided_by: int | None = Field(default=None, sa_type=BigInteger)
    decided_at: datetime | None = None


class Objection(SQLModel, table=True):
    """A reader's word that a statement has a wrong speaker, day or wording, and what it should be.

    ``proposal`` is what was typed; ``value`` what was read in it: ``person_id``, ``said_on`` (ISO 8601) or
    ``content``. ``chat_id``, ``message_id`` and ``user_id`` say who is to be told what came of it; they are null
    once that chat has erased what was kept of it.
    """

    __table_args__ = (
        _one_of("field", "speaker", "date", "wording"),
        _one_of("state", "open", "accepted", "rejected"),
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
        _one_of("field", "speaker", "date", "wording"),
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


class OfficeChange(SQLModel, table=True):
    """A change of the roster that was typed into a chat.

    ``added`` holds the entries that come with it and ``ended`` the memberships that end, both as Popolo; ``before``
    those memberships as they were, for whoever takes it back.
    """

    __tablename__ = "office_change"
    __table_args__ = (_one_of("state", "proposed", "confirmed", "undone"),)

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    user_id: int = Field(sa_type=BigInteger)
    typed: str = Field(sa_type=Text)
    person_id: str
    added: dict[str, Any] = Field(sa_type=JSON)
    ended: list[dict[str, Any]] = Field(sa_type=JSON)
    before: list[dict[str, Any]] = Field(sa_type=JSON)
    state: str = "proposed"
    created_at: datetime = Field(default_factory=now)
    decided_at: datetime | None = None


class RosterVersion(SQLModel, table=True):
    """How often the roster was changed: whoever holds a copy of it reads it anew when the number is another."""

    __tablename__ = "roster_version"

    id: int = Field(default=1, sa_column=Column(Integer, primary_key=True, autoincrement=False))
    number: int = 0


class Intake(SQLModel, table=True):
    """A file or page that a backfill has read, so that the next one goes on where this one ended.

    ``place`` is its absolute path or its address; ``source_id`` the source of a page. ``stamp`` is a file's size and
    time of change: another file of that name is read anew. ``reason`` is why it could not be read; null where it was.
    """

    place: str = Field(primary_key=True)
    source_id: str | None = Field(default=None, foreign_key="source.id")
    stamp: str = ""
    reason: str | None = Field(default=None, sa_type=Text)
    read_at: datetime = Field(default_factory=now)
