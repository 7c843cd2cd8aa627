"""What was read of an article, kept: under the identity that it is known by, and for what it is, whole or cut short."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from rapidfuzz.distance import LCSseq
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.ingest.copies import words_of
from bot.ingest.dates import dated, is_of_day
from bot.ingest.encoding import as_utf8
from bot.ingest.fetch import PAGE, Fetcher
from bot.ingest.identity import cleaned_url
from bot.ingest.sameness import identity_to_keep
from bot.ingest.values import FeedEntry, PageReader, PageText
from storage.articles import KeptArticle, close_unread, keep_article
from storage.database import Database
from storage.polling import remember_address
from storage.visits import plan_visit
from storage.wholes import WholeVersion, whole_version

VISITS = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
"""How long after the first reading a page is looked at again."""

LEAST_LEFT = 0.5
"""The share of an article's words that an edit leaves; with less of them, what was read is not the whole article."""

LONGEST_ALIGNED = 120_000
"""Characters up to which two texts are aligned word by word (some 20,000 words); beyond it the time grows too fast."""

LEAST_HELD = 20_000
"""Characters from which a text is held against the last one before the transaction; for others it takes a moment."""

_END_OF_SENTENCE = re.compile(r"(?<=[.!?…”])\s+|\n+")


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page as read, and what the next request for it is made conditional by."""

    page: PageText
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class HeldAgainst:
    """What came of holding a text against the last whole one of its article, before the transaction that keeps it.

    Attributes:
        whole_hash: The hash of the whole text.
        is_cut_short: Whether the text is but a part of it.
    """

    whole_hash: str
    is_cut_short: bool


async def read_article(
    fetcher: Fetcher,
    read_page: PageReader,
    url: str,
    zone: str,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
) -> ReadPage | None:
    """Fetch an article's page and read it.

    Args:
        fetcher: How documents are fetched.
        read_page: ``page.read_page``, run in the worker process.
        url: Where the page is.
        zone: IANA name of its source's time zone.
        etag: The ETag of what was read before.
        last_modified: The Last-Modified of that.

    Returns:
        The page; None where it is still what was read before.

    Raises:
        CitaatwachtError: It cannot be had, or holds no article.
    """
    fetched = await fetcher.fetch(url, PAGE, etag=etag, last_modified=last_modified)
    if fetched.is_unchanged:
        return None
    page = await read_page(as_utf8(fetched.body, fetched.charset), fetched.url, zone)
    return ReadPage(page, fetched.etag, fetched.last_modified)


async def keep_first(
    session: AsyncSession,
    *,
    identity: str,
    source_id: str,
    entry: FeedEntry,
    read: ReadPage,
    moment: datetime,
    held: HeldAgainst | None = None,
) -> KeptArticle:
    """Keep an article that a feed led to, and plan the visits to its page.

    Args:
        session: A unit of work that writes.
        identity: Its canonical or cleaned address, or the hash of its text.
        source_id: The source.
        entry: What the feed says of it.
        read: What was read.
        moment: Now.
        held: What ``held_against_whole`` gave for it.

    Returns:
        The article; under the identity that it has already, if its source gives a known one another address.
    """
    page = read.page
    published_at, is_estimated = _dated(entry, page, moment)
    title = page.title or entry.title
    address = cleaned_url(entry.url) if entry.url else None
    known_as = await identity_to_keep(
        session,
        source_id=source_id,
        identity=identity,
        address=address,
        guid=entry.guid,
        title=title,
        text=page.text,
        published_at=published_at,
    )
    if known_as != identity:
        await close_unread(session, identity=identity, reason=f"it is kept as {known_as}")
    kept = await _keep(
        session,
        identity=known_as,
        source_id=source_id,
        url=address,
        title=title,
        page=page,
        published_at=published_at,
        is_estimated=is_estimated,
        guid=entry.guid,
        held=held,
    )
    if address is not None and address != known_as:
        await remember_address(session, url=address, article_id=kept.article_id)
    if entry.url is not None and kept.is_first_text:
        await plan_visit(
            session,
            article_id=kept.article_id,
            visits=0,
            revisit_at=moment + VISITS[0],
            etag=read.etag,
            last_modified=read.last_modified,
            fetched_at=moment,
        )
    return kept


async def keep_again(
    session: AsyncSession,
    *,
    identity: str,
    source_id: str,
    url: str,
    title: str,
    page: PageText,
    published_at: datetime,
    is_estimated: bool,
    held: HeldAgainst | None = None,
) -> KeptArticle:
    """Keep what a later visit read of an article; a text that it has not had is a new version.

    Args:
        session: A unit of work that writes.
        identity: Under what the article is kept.
        source_id: Its source.
        url: Its page.
        title: Its headline so far.
        page: What was read.
        published_at: When it was published, as far as is known.
        is_estimated: Whether that is a guess, which gives way to what the page says.
        held: What ``held_against_whole`` gave for it.

    Returns:
        The article, and whether its text is another one.
    """
    if is_estimated and page.published_at is not None:
        published_at, is_estimated = page.published_at, False
    return await _keep(
        session,
        identity=identity,
        source_id=source_id,
        url=url,
        title=page.title or title,
        page=page,
        published_at=published_at,
        is_estimated=is_estimated,
        guid=None,
        held=held,
    )


def next_visit(first_read: datetime, visits: int, moment: datetime) -> datetime | None:
    """Give when a page is looked at again; what was missed meanwhile is not made up for.

    Args:
        first_read: When the page was read first.
        visits: How many visits there were since.
        moment: Now.

    Returns:
        The moment; None where that was the last.
    """
    return next((first_read + pause for pause in VISITS[visits:] if first_read + pause > moment), None)


def is_cut_short(before: str, after: str) -> bool:
    """Tell whether a text is what a wall, a failed extraction or a rolling page left of another one.

    An edit leaves more than half of the words where they are, in their order. Whether somebody withdrew half an
    article nobody can tell from that, and what was said is not unsaid by it. Of texts as long as a book only whole
    sentences are counted, wherever they stand.

    Args:
        before: The text when it was whole.
        after: The text now.
    """
    if len(before) > LONGEST_ALIGNED and len(after) < LEAST_LEFT / 2 * len(before):
        return True
    if max(len(before), len(after)) > LONGEST_ALIGNED:
        sentences = _sentences(before)
        left = _words_in(sentences & _sentences(after))
        return left < LEAST_LEFT * _words_in(sentences)
    words = words_of(before)
    return bool(words) and LCSseq.similarity(words, words_of(after)) < LEAST_LEFT * len(words)


async def held_against_whole(database: Database, *, identity: str, text: str) -> HeldAgainst | None:
    """Hold a text against the last whole one of its article, while nobody waits for the database.

    Args:
        database: Where articles are kept.
        identity: Under what the article is kept.
        text: What was read of it.

    Returns:
        What came of it; None where there is nothing to hold it against, or the text is short.
    """
    if len(text) < LEAST_HELD:
        return None
    async with database.reading() as session:
        whole = await whole_version(session, identity=identity)
    return None if whole is None or not whole.text or whole.has_text(text) else await _held(whole, text)


async def is_short_version(
    session: AsyncSession, *, identity: str, text: str, is_paywalled: bool, held: HeldAgainst | None = None
) -> bool:
    """Tell whether a text is but a part of what its article says, so that nothing is withdrawn by it.

    What a text that was emptied said nobody can tell: any other text after it counts as a part.

    Args:
        session: A unit of work.
        identity: Under what the article is kept.
        text: What was read of it.
        is_paywalled: Whether the page says that the rest is not for free.
        held: What ``held_against_whole`` gave; worked out here where another version came meanwhile.
    """
    whole = await whole_version(session, identity=identity)
    if whole is None or whole.has_text(text):
        return is_paywalled and whole is None
    if is_paywalled or not whole.text:
        return True
    if held is None or held.whole_hash != whole.content_hash:
        held = await _held(whole, text)
    return held.is_cut_short


async def _held(whole: WholeVersion, text: str) -> HeldAgainst:
    return HeldAgainst(whole.content_hash, await asyncio.to_thread(is_cut_short, whole.text, text))


def _sentences(text: str) -> Counter[tuple[str, ...]]:
    return Counter(words_of(sentence) for sentence in _END_OF_SENTENCE.split(text))


def _words_in(sentences: Counter[tuple[str, ...]]) -> int:
    return sum(len(sentence) * times for sentence, times in sentences.items())


def _dated(entry: FeedEntry, page: PageText, moment: datetime) -> tuple[datetime, bool]:
    """Date an article by its feed, and where that says only the day by the time that the page gives on that day."""
    said = entry.published_at
    if entry.is_day_only and said is not None and is_of_day(page.published_at, said):
        said = page.published_at
    published_at, is_estimated = dated(said, page.published_at, moment=moment)
    return published_at, is_estimated or (entry.is_day_only and page.published_at is None)


async def _keep(
    session: AsyncSession,
    *,
    identity: str,
    source_id: str,
    url: str | None,
    title: str,
    page: PageText,
    published_at: datetime,
    is_estimated: bool,
    guid: str | None,
    held: HeldAgainst | None,
) -> KeptArticle:
    return await keep_article(
        session,
        identity=identity,
        source_id=source_id,
        url=url,
        title=title,
        text=page.text,
        published_at=published_at,
        published_is_estimated=is_estimated,
        guid=guid,
        is_paywalled=page.is_paywalled,
        is_cut_short=await is_short_version(
            session, identity=identity, text=page.text, is_paywalled=page.is_paywalled, held=held
        ),
    )
