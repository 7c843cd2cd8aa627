"""The plain values between the steps of reading; every one of them can travel to a worker process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class IncomingArticle:
    """An article that somebody handed us in a file.

    Attributes:
        id: The file's own id for it ("000_c04c"), else the file's name without its ending.
        identity: Under what it is kept: its cleaned address, else ``sha256:…`` of its text.
        source_id: Id of the source that it is filed under, made from the outlet's name.
        source_name: The outlet's name as the file has it, else that of manual input.
        url: Its address as given; None without one.
        title: Its title; empty without one.
        text: Its text exactly as the file has it (JSON), or paragraphs split by an empty line.
        published_at: The moment of publication, in UTC.
        published_is_estimated: Whether ``published_at`` is a guess, since nothing dates the article.
    """

    id: str
    identity: str
    source_id: str
    source_name: str
    url: str | None
    title: str
    text: str
    published_at: datetime
    published_is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document that came over the network.

    Attributes:
        url: Where it was found in the end, after redirects.
        body: Its bytes, unpacked; empty where ``is_unchanged``.
        charset: The character set that the server named; None if it named none.
        etag: The server's ETag, to be sent with the next request.
        last_modified: The server's Last-Modified, to be sent with the next request.
        is_unchanged: Whether the server said that it is still what we have (304).
        fresh_for: How long the server says that it stays the same (Cache-Control); None if it does not say.
        moved_to: Where the address has moved for good (301, 308), as far as the redirects from it on say so;
            None where they do not.
    """

    url: str
    body: bytes
    charset: str | None
    etag: str | None
    last_modified: str | None
    is_unchanged: bool = False
    fresh_for: timedelta | None = None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of a feed.

    Attributes:
        url: Absolute address of its page; None where the feed gives none.
        title: Its title without markup; empty without one.
        published_at: When the feed says that it was published, in UTC; None where it does not say or
            says something absurd.
        text: The text that the feed itself carries, paragraphs split by an empty line; empty without one.
        guid: What the feed calls it; None without one, and where it calls two entries so.
        is_day_only: Whether the feed says only the day; ``published_at`` is noon of it then.
    """

    url: str | None
    title: str
    published_at: datetime | None
    text: str
    guid: str | None = None
    is_day_only: bool = False


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as read.

    Attributes:
        title: What it calls itself; empty without one.
        entries: Its entries in the order of the feed.
        ttl: How long it wants to be left alone between two polls; None if it does not say.
        is_whole: Whether its end was there; one that was cut off may hold more than it gave.
    """

    title: str
    entries: tuple[FeedEntry, ...]
    ttl: timedelta | None = None
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class PageText:
    """What a page holds of an article.

    Attributes:
        title: Its title; empty if none was found.
        text: Its paragraphs, split by an empty line; never empty.
        published_at: When it says it was published, in UTC; None where it does not say or says
            something absurd.
        canonical_url: The address it gives as its own, on the same site; None without one.
        is_paywalled: Whether this is the public part of an article that is not free.
    """

    title: str
    text: str
    published_at: datetime | None
    canonical_url: str | None
    is_paywalled: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """What copies of a text are looked for by; two are compared only where scheme and seed are the same.

    Attributes:
        scheme: How the bands were made.
        seed: What the scheme's permutations grow from.
        bands: One number of 32 bits a band, in their order; none for a text that is too short.
    """

    scheme: str
    seed: int
    bands: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PollReport:
    """What one poll of a source did.

    Attributes:
        source_id: The source.
        is_unchanged: Whether the feed was still what we had.
        entries: How many entries the feed holds; 0 where it was unchanged or not read.
        new: How many articles were kept for the first time.
        changed: How many known articles got another text.
        unreadable: How many entries gave no article and were recorded with the reason.
        left: How many new entries wait for the next poll, since one poll takes so many.
        error: Why the feed could not be read; None where it could.
        is_skipped: Whether the source was left alone: it is off or not due, its host rests, or another poll has it.
        next_poll_at: From when on it is due again; None where this poll does not know.
    """

    source_id: str
    is_unchanged: bool = False
    entries: int = 0
    new: int = 0
    changed: int = 0
    unreadable: int = 0
    left: int = 0
    error: str | None = None
    is_skipped: bool = False
    next_poll_at: datetime | None = None


PageReader = Callable[[bytes, str, str], Awaitable[PageText]]
"""``page.read_page`` as the worker process runs it: HTML, address of the page, zone of its source."""

FeedReader = Callable[[bytes, str, str | None, str, datetime], Awaitable[Feed]]
"""``feed.read_feed`` as the worker process runs it: bytes, address, the server's charset, zone of its source, now."""
