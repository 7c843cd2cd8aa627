"""Whether what was read is an article that is known already, whatever its page and its feed say of that.

Pages of some outlets name their section as their own address, and some feeds call all that they bring by one name. So
neither is believed against the words: two texts of one article have half of them in common.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.ingest.copies import words_of
from bot.ingest.values import FeedEntry
from storage.articles import same_text
from storage.polling import NamedArticle, article_named, article_under

LEAST_SHARED = 0.5
"""The share of the shorter text's words that two texts of one article have in common.

Words count in runs of three: single ones ("de", "van") a long text has in common with any other.
"""

_RUN = 3


async def identity_to_keep(
    session: AsyncSession,
    *,
    source_id: str,
    identity: str,
    address: str | None,
    guid: str | None,
    title: str,
    text: str,
    published_at: datetime,
) -> str:
    """Give under what an article of a feed is to be kept.

    Args:
        session: A unit of work.
        source_id: The source.
        identity: Its believed canonical address if it has one, else its cleaned address or the hash of its text.
        address: The cleaned address that the feed gives; None without one.
        guid: What the feed calls it; None where that says nothing.
        title: Its headline.
        text: Its text.
        published_at: When it was published.

    Returns:
        The identity of the source's article of that name or that very text, else what ``believed_identity`` gives.
    """
    if guid is not None:
        named = await article_named(session, source_id=source_id, guid=guid)
        if named is not None and _has_words_of(named, title, text):
            return named.identity
    known = await same_text(session, source_id=source_id, title=title, text=text, published_at=published_at)
    return known or await believed_identity(session, identity=identity, address=address, title=title, text=text)


async def believed_identity(session: AsyncSession, *, identity: str, address: str | None, title: str, text: str) -> str:
    """Give an article's canonical address, or its own where the canonical one is that of another article.

    Args:
        session: A unit of work.
        identity: The canonical address that its page names, if it names one.
        address: Its own address; None without one.
        title: Its headline.
        text: Its text.
    """
    if address is None or address == identity:
        return identity
    known = await article_under(session, identity=identity)
    if known is None or known.text is None or titles_agree(known.title, title) or _has_words_of(known, title, text):
        return identity
    return address


def is_known_entry(entry: FeedEntry, named: Mapping[str, NamedArticle]) -> bool:
    """Tell whether an entry is the article that its feed called so before: its title and date say so too.

    Args:
        entry: An entry whose address is not known.
        named: The source's articles by what the feed called them.
    """
    known = named.get(entry.guid or "")
    if known is None or not titles_agree(known.title, entry.title):
        return False
    return entry.published_at is None or known.published_is_estimated or entry.published_at == known.published_at


def titles_agree(first: str, second: str) -> bool:
    """Tell whether the words of one title are all in the other ("NOS: akkoord over stikstof" has more)."""
    shorter, longer = sorted((set(words_of(first)), set(words_of(second))), key=len)
    return bool(shorter) and shorter <= longer


def have_words_in_common(first: str, second: str) -> bool:
    """Tell whether two texts share half of the words of the shorter one.

    Args:
        first: A text.
        second: Another one.
    """
    shorter, longer = sorted((words_of(first), words_of(second)), key=lambda words: (len(words), words))
    runs = {longer[start : start + _RUN] for start in range(len(longer) - _RUN + 1)}
    shared: set[int] = set()
    for start in range(len(shorter) - _RUN + 1):
        if shorter[start : start + _RUN] in runs:
            shared.update(range(start, start + _RUN))
    return len(shared) >= LEAST_SHARED * len(shorter)


def _has_words_of(known: NamedArticle, title: str, text: str) -> bool:
    """Whether a text is one of a known article; of a text that is not kept any more the title tells."""
    return have_words_in_common(known.text, text) if known.text else titles_agree(known.title, title)
