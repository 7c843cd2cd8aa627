"""Articles and their versions: kept once, taken once, tried again when they could not be read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, func
from sqlalchemy.orm import aliased
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Article, ArticleVersion, Mention, Reversal, Source, Statement, Story
from storage.upserts import add_if_new
from storage.wholes import hash_of_text

SAME_TEXT = timedelta(days=2)
"""How far apart a source can publish one text under two addresses, as one article."""


@dataclass(frozen=True, slots=True)
class KeptArticle:
    """What keeping an article came to.

    Attributes:
        article_id: The article.
        is_new: Whether it was not known at all.
        is_changed: Whether a known article got another text, or its first one.
        is_first_text: Whether its text is the first one that could be read.
    """

    article_id: int
    is_new: bool
    is_changed: bool
    is_first_text: bool = False


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article with its current text, ready to be taken through the pipeline.

    ``timezone`` is the outlet's IANA time zone; ``attempts`` counts the failures so far; ``is_cut_short`` where a
    version before it may have held more than this one shows. ``turns`` is who speaks where in a report or transcript
    (see ``storage.turns``), None for other texts.
    """

    article_id: int
    source_id: str
    source_name: str
    url: str | None
    title: str
    text: str
    version_number: int
    published_at: datetime
    announce: bool
    attempts: int
    timezone: str
    is_cut_short: bool = False
    turns: Sequence[Mapping[str, Any]] | None = None

    @property
    def published_on(self) -> date:
        """The day of its publication, where the outlet is."""
        return self.published_at.astimezone(ZoneInfo(self.timezone)).date()


@dataclass(frozen=True, slots=True)
class ArticleCounts:
    """How much there is.

    Attributes:
        articles: Articles of any state.
        statements: Statements that were not withdrawn.
        reversals: Reversals and shifts that nobody rejected.
        waiting: Articles to be taken, now or at a later try.
        failed: Articles that could not be read, given up or not.
    """

    articles: int
    statements: int
    reversals: int
    waiting: int
    failed: int


async def keep_article(
    session: AsyncSession,
    *,
    identity: str,
    source_id: str,
    url: str | None,
    title: str,
    text: str,
    published_at: datetime,
    published_is_estimated: bool = False,
    announce: bool = True,
    guid: str | None = None,
    is_paywalled: bool = False,
    is_cut_short: bool = False,
) -> KeptArticle:
    """Keep an article: once under its identity, with a version for each text that it had.

    The same text again changes nothing. Another text makes a new version, and the article is to be taken
    again; a text that it had before becomes the current version again.

    Args:
        session: A unit of work that writes.
        identity: The canonical address, or ``sha256:...`` of the text.
        source_id: The source that carried it.
        url: Where a reader finds it.
        title: Its headline.
        text: Its text.
        published_at: When it was published.
        published_is_estimated: Whether that is a guess, to be replaced by what a later fetch knows.
        announce: Whether what this text brings may be pushed to chats.
        guid: What its source's feed calls it; None where that says nothing.
        is_paywalled: Whether this is the public part of a page behind a paywall.
        is_cut_short: Whether the article may hold more than this text.

    Returns:
        The article, and whether it or its text is new.
    """
    content_hash = hash_of_text(text)
    article = Article(
        identity=identity,
        source_id=source_id,
        url=url,
        title=title,
        published_at=published_at,
        published_is_estimated=published_is_estimated,
        announce=announce,
        guid=guid,
        is_paywalled=is_paywalled,
    )
    version = ArticleVersion(
        article_id=0, number=1, content_hash=content_hash, title=title, text=text, is_cut_short=is_cut_short
    )
    new_id = await add_if_new(session, article, key=("identity",))
    if new_id is not None:
        version.article_id = new_id
        session.add(version)
        await session.flush()
        return KeptArticle(new_id, is_new=True, is_changed=False, is_first_text=True)
    found = await _locked(session, identity)
    version.article_id = found.id
    last_number = await _keep_version(session, version)
    found.guid = found.guid or guid
    # A wall that comes later takes nothing from what was read in full.
    found.is_paywalled = is_paywalled and (found.is_paywalled or last_number == 0)
    session.add(found)
    if last_number is None:
        await session.flush()
        return KeptArticle(found.id, is_new=False, is_changed=False)
    # What was to be announced and was not yet taken still is, whatever the new version came by.
    is_owed = last_number > 0 and found.announce and found.state != "taken"
    found.announce = announce or is_owed
    if found.published_is_estimated and not published_is_estimated:
        found.published_at, found.published_is_estimated = published_at, False
    found.url, found.title = url, title
    found.state, found.reason, found.retry_at, found.attempts = "new", None, None, 0
    await session.flush()
    return KeptArticle(found.id, is_new=False, is_changed=True, is_first_text=last_number == 0)


async def same_text(
    session: AsyncSession, *, source_id: str, title: str, text: str, published_at: datetime
) -> str | None:
    """Give under what a source's article is kept already, by its very words.

    Args:
        session: A unit of work.
        source_id: The source.
        title: Its headline; pages that show little but a notice share a text, and no headline.
        text: Its text.
        published_at: When it was published: the same words count within two days of it.

    Returns:
        The identity; None where they are not known.
    """
    of_source = select(Article.identity).where(col(Article.source_id) == source_id).order_by(col(Article.id)).limit(1)
    having_it = of_source.join(ArticleVersion, col(ArticleVersion.article_id) == col(Article.id)).where(
        col(ArticleVersion.content_hash) == hash_of_text(text),
        col(ArticleVersion.title) == title,
        col(Article.published_at).between(published_at - SAME_TEXT, published_at + SAME_TEXT),
    )
    return (await session.exec(having_it)).first()


async def text_of_version(session: AsyncSession, *, article_id: int, number: int) -> str:
    """Give the text of a version of an article; empty where it is not kept, or has another number by now."""
    wanted = select(ArticleVersion.text).where(
        col(ArticleVersion.article_id) == article_id, col(ArticleVersion.number) == number
    )
    return (await session.exec(wanted)).first() or ""


async def keep_unreadable(
    session: AsyncSession,
    *,
    identity: str,
    source_id: str,
    url: str | None,
    title: str,
    published_at: datetime,
    reason: str,
    retry_at: datetime | None,
    published_is_estimated: bool = False,
    announce: bool = True,
    is_attempt: bool = True,
) -> int:
    """Keep that an article could not be read, and why; one whose text is known stays as it is.

    Args:
        session: A unit of work that writes.
        identity: The canonical address.
        source_id: The source that carried it.
        url: Where a reader finds it.
        title: Its headline.
        published_at: When it was published.
        reason: Why it could not be read.
        retry_at: When to fetch it again; None when it is given up.
        published_is_estimated: Whether ``published_at`` is a guess.
        announce: Whether its statements may be pushed to chats, once it can be read.
        is_attempt: Whether it was asked for.

    Returns:
        The article's id.
    """
    article = Article(
        identity=identity,
        source_id=source_id,
        url=url,
        title=title,
        published_at=published_at,
        published_is_estimated=published_is_estimated,
        announce=announce,
        state="failed",
        reason=reason,
        attempts=int(is_attempt),
        retry_at=retry_at,
    )
    new_id: int | None = await add_if_new(session, article, key=("identity",))
    if new_id is not None:
        return new_id
    found = await _locked(session, identity)
    if await _last_number(session, found.id) == 0:
        found.state, found.reason, found.retry_at = "failed", reason, retry_at
        found.attempts += is_attempt
        session.add(found)
        await session.flush()
    return found.id


async def close_unread(session: AsyncSession, *, identity: str, reason: str) -> None:
    """Try an article no more that could not be read; one whose text is known stays as it is.

    Args:
        session: A unit of work that writes.
        identity: Under what it was recorded; nothing happens where it was not.
        reason: Why.
    """
    has_text = exists().where(col(ArticleVersion.article_id) == col(Article.id))
    is_unread = (col(Article.identity) == identity, col(Article.state) == "failed", ~has_text)
    await session.exec(update(Article).where(*is_unread).values(reason=reason, retry_at=None))


async def articles_to_take(
    session: AsyncSession, *, moment: datetime, limit: int, fresh_since: datetime | None = None
) -> list[int]:
    """Give the articles that wait for the pipeline: new ones, and failed ones whose next try is due.

    Args:
        session: A unit of work.
        moment: Now.
        limit: How many at most.
        fresh_since: What was published since then, and is no backfill, comes first; None: nothing does.

    Returns:
        Ids of articles that have a text: those that come first, then the others, the oldest publication first.
    """
    if fresh_since is None:
        return await _waiting(session, moment, limit)
    is_fresh = and_(col(Article.announce), col(Article.published_at) >= fresh_since)
    first = await _waiting(session, moment, limit, is_fresh)
    if len(first) == limit:
        return first
    return [*first, *await _waiting(session, moment, limit - len(first), ~is_fresh)]


async def article_to_take(session: AsyncSession, *, article_id: int) -> ArticleText | None:
    """Give an article with its current text.

    Args:
        session: A unit of work.
        article_id: The article.

    Returns:
        The article; None if there is no such one, it was taken already, or it has no text.
    """
    return await _with_text(session, article_id, col(Article.state) != "taken")


async def article_text(session: AsyncSession, *, article_id: int) -> ArticleText | None:
    """Give an article with its current text, taken or not; None if there is no such one, or it has no text."""
    return await _with_text(session, article_id)


async def hold_version(session: AsyncSession, *, article_id: int, version_number: int) -> bool:
    """Keep an article as it is until the end of the transaction, for whoever takes a version of it.

    Args:
        session: A unit of work that writes.
        article_id: The article.
        version_number: The version that was read.

    Returns:
        Whether that version still waits; False if there is a newer one, or somebody else took it meanwhile.
    """
    wanted = select(Article.state).where(col(Article.id) == article_id)
    if session.get_bind().dialect.name == "postgresql":  # on SQLite who writes is alone
        wanted = wanted.with_for_update(key_share=True)  # who amends a statement may add mentions of the article
    state = (await session.exec(wanted)).first()
    return state != "taken" and await _last_number(session, article_id) == version_number


async def mark_taken(session: AsyncSession, *, article_id: int, version_number: int, moment: datetime) -> None:
    """Keep that a version went through the pipeline; if a newer one came meanwhile, that one still waits.

    Args:
        session: A unit of work that writes.
        article_id: The article.
        version_number: The version that was taken.
        moment: Now.
    """
    current = select(func.max(ArticleVersion.number)).where(col(ArticleVersion.article_id) == article_id)
    await session.exec(
        update(Article)
        .where(col(Article.id) == article_id, current.scalar_subquery() == version_number)
        .values(state="taken", taken_at=moment, reason=None, attempts=0, retry_at=None)
    )


async def mark_failed(
    session: AsyncSession, *, article_id: int, version_number: int, reason: str, retry_at: datetime | None
) -> None:
    """Keep that a version could not be taken; a newer one still waits, and what somebody else took stays taken.

    Args:
        session: A unit of work that writes.
        article_id: The article.
        version_number: The version that could not be taken.
        reason: Why.
        retry_at: When to try again; None when it is given up.
    """
    current = select(func.max(ArticleVersion.number)).where(col(ArticleVersion.article_id) == article_id)
    is_waiting = (col(Article.state) != "taken", current.scalar_subquery() == version_number)
    values = {"state": "failed", "reason": reason, "retry_at": retry_at, "attempts": col(Article.attempts) + 1}
    await session.exec(update(Article).where(col(Article.id) == article_id, *is_waiting).values(values))


async def join_story(
    session: AsyncSession,
    *,
    article_id: int,
    copies: Collection[int] = (),
    reach: timedelta = timedelta(hours=48),
) -> int:
    """Put an article under its story: that of the oldest article near it in time that shares a statement, or its own.

    Args:
        session: A unit of work that writes.
        article_id: The article; one that has a story keeps it.
        copies: Articles that carry the same text: they are of its story, whenever they are dated.
        reach: How far apart two articles of one story may be published.

    Returns:
        The story's number.
    """
    article = await session.get_one(Article, article_id)
    if article.story_id is not None:
        return article.story_id
    ours, theirs = aliased(Mention), aliased(Mention)
    wanted = select(Article.story_id).where(col(Article.story_id).is_not(None))
    sharing = (
        wanted.join(theirs, col(theirs.article_id) == col(Article.id))
        .join(ours, col(ours.statement_id) == col(theirs.statement_id))
        .where(
            col(ours.article_id) == article_id,
            col(Article.published_at).between(article.published_at - reach, article.published_at + reach),
        )
    )
    candidates = [wanted.where(col(Article.id).in_(sorted(copies)))] if copies else []
    story_id = None
    for candidate in (*candidates, sharing):
        oldest = candidate.order_by(col(Article.published_at), col(Article.id)).limit(1)
        story_id = story_id or (await session.exec(oldest)).first()
    if story_id is None:
        story = Story(title=article.title)
        session.add(story)
        await session.flush()
        story_id = story.id
    assert story_id is not None  # noqa: S101 - a row that was flushed has its number
    article.story_id = story_id
    session.add(article)
    await session.flush()
    return story_id


async def counts(session: AsyncSession) -> ArticleCounts:
    """Count what there is."""
    by_state = select(Article.state, col(Article.retry_at).is_(None), func.count()).group_by(
        col(Article.state), col(Article.retry_at).is_(None)
    )
    articles = {(state, is_final): count for state, is_final, count in await session.exec(by_state)}
    statements = select(func.count()).select_from(Statement).where(col(Statement.withdrawn_at).is_(None))
    reversals = select(func.count()).select_from(Reversal).where(col(Reversal.state) != "rejected")
    failed_for_now = articles.get(("failed", False), 0)
    return ArticleCounts(
        articles=sum(articles.values()),
        statements=(await session.exec(statements)).one(),
        reversals=(await session.exec(reversals)).one(),
        waiting=articles.get(("new", True), 0) + articles.get(("new", False), 0) + failed_for_now,
        failed=failed_for_now + articles.get(("failed", True), 0),
    )


async def _waiting(session: AsyncSession, moment: datetime, limit: int, *conditions: ColumnElement[bool]) -> list[int]:
    """Give articles to take, the oldest publication first; each state by its own index, and not by reading them all."""
    has_text = exists().where(col(ArticleVersion.article_id) == col(Article.id))
    in_turn = (col(Article.published_at), col(Article.id))
    is_due = and_(col(Article.state) == "failed", col(Article.retry_at) <= moment)
    found: list[tuple[datetime, int]] = []
    for is_waiting in (col(Article.state) == "new", is_due):
        wanted = select(Article.published_at, Article.id).where(is_waiting, has_text, *conditions)
        found += (await session.exec(wanted.order_by(*in_turn).limit(limit))).all()
    return [number for _, number in sorted(found)[:limit]]


async def _with_text(session: AsyncSession, article_id: int, *conditions: ColumnElement[bool]) -> ArticleText | None:
    wanted = (
        select(Article, ArticleVersion, Source)
        .join(ArticleVersion, col(ArticleVersion.article_id) == col(Article.id))
        .join(Source, col(Source.id) == col(Article.source_id))
        .where(col(Article.id) == article_id, *conditions)
        .order_by(col(ArticleVersion.number).desc())
        .limit(1)
    )
    row = (await session.exec(wanted)).first()
    if row is None:
        return None
    article, version, source = row
    return ArticleText(
        article_id=article_id,
        source_id=source.id,
        source_name=source.name,
        url=article.url,
        title=version.title,
        text=version.text,
        version_number=version.number,
        published_at=article.published_at,
        announce=article.announce,
        attempts=article.attempts,
        timezone=source.timezone,
        is_cut_short=version.is_cut_short,
        turns=version.turns,
    )


async def _locked(session: AsyncSession, identity: str) -> Article:
    wanted = select(Article).where(col(Article.identity) == identity).with_for_update()
    return (await session.exec(wanted, execution_options={"populate_existing": True})).one()


async def _last_number(session: AsyncSession, article_id: int) -> int:
    wanted = select(func.max(ArticleVersion.number)).where(col(ArticleVersion.article_id) == article_id)
    return (await session.exec(wanted)).one() or 0


async def _keep_version(session: AsyncSession, version: ArticleVersion) -> int | None:
    """Make a text the current version; give the number of the one before (0: none), or None if it was current."""
    last_number = await _last_number(session, version.article_id)
    wanted = select(ArticleVersion).where(
        col(ArticleVersion.article_id) == version.article_id, col(ArticleVersion.content_hash) == version.content_hash
    )
    known = (await session.exec(wanted)).first()
    if known is not None and known.number == last_number:
        return None
    current = known or version
    current.number = last_number + 1
    current.text = version.text  # it may have been emptied meanwhile
    current.is_cut_short = version.is_cut_short  # what was all there was may be the beginning of more by now
    session.add(current)
    return last_number
