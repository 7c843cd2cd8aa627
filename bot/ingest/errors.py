"""What can go wrong on the way from a source to an article, told apart by what to do about it."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.errors import CitaatwachtError
from bot.ingest.encoding import writable
from storage.errors import StorageError, ValueRefused

log = structlog.get_logger(__name__)


class IngestError(CitaatwachtError):
    """A source, page or file gave no article, for a reason that can be shown.

    Attributes:
        trouble: The kind of reason in a word, for texts in the reader's language.
    """

    trouble = "other"

    def __init__(self, reason: str) -> None:
        """Keep why, in letters that the tables take: servers name themselves and their types in any bytes."""
        super().__init__(writable(reason))


class FetchError(IngestError):
    """Nothing usable came over the network.

    Attributes:
        permanent: Whether another try would give the same answer.
        retry_after: How long the other side asked us to stay away; None if it did not say.
    """

    permanent = False

    def __init__(self, reason: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Unreachable(FetchError):
    """No answer: no such name, no connection, a broken transfer, or a time limit that passed."""

    trouble = "unreachable"


class AddressRefused(FetchError):
    """The address is not one that we go to: not HTTP, another port, or inside somebody's network."""

    permanent = True
    trouble = "address"


class RobotsRefused(FetchError):
    """The site's robots.txt keeps us from the address."""

    permanent = True
    trouble = "robots"


class BadStatus(FetchError):
    """The server answered with a status that carries no document.

    Attributes:
        status: The HTTP status.
    """

    trouble = "status"

    def __init__(self, reason: str, *, status: int, retry_after: timedelta | None = None) -> None:
        super().__init__(reason, retry_after=retry_after)
        self.status = status


class Gone(BadStatus):
    """A refusal that will not change by asking again (4xx, apart from those that may mend)."""

    permanent = True


class HostResting(FetchError):
    """Nothing was asked, since the host wants to be left alone for a while, over this document or another."""

    trouble = "status"


class TooManyRedirects(FetchError):
    """The address leads on and on, or in a circle."""

    permanent = True
    trouble = "redirects"


class TooLarge(FetchError):
    """The document is larger than we read, once unpacked."""

    permanent = True
    trouble = "large"


class WrongType(FetchError):
    """The document is of a kind that we do not read."""

    permanent = True
    trouble = "type"


class FeedError(IngestError):
    """The bytes are not a feed."""

    trouble = "no_feed"


class NoFeedFound(IngestError):
    """The address leads to no feed, nor to a page that names one."""

    trouble = "no_feed"


class PageError(IngestError):
    """The page holds no article text that we can find."""


class PageWalled(PageError):
    """The page says that its article is not free, and shows none of it."""


class ArticleFileError(IngestError):
    """A file on disk holds no readable article; the message names the file and the reason."""


class ListError(IngestError):
    """A file is no list of feeds, or names none."""


class LeaseLost(IngestError):
    """Another poll took the source over, since this one went on for too long."""


class SourceMissing(IngestError):
    """There is no source under that id."""


def trouble_of(error: CitaatwachtError) -> str:
    """Give the kind of an error in a word; ``time`` is for those of the process that reads for us."""
    return error.trouble if isinstance(error, IngestError) else "time"


def fault_of(error: Exception) -> CitaatwachtError:
    """Give what is wrong with a document.

    Args:
        error: What was raised while it was fetched, read or kept.

    Returns:
        The error as one of ours; one that nobody foresaw is logged whole.

    Raises:
        Exception: ``error`` itself where it is the database, or the poll, that something is wrong with.
    """
    if isinstance(error, LeaseLost | SourceMissing):
        raise error
    if isinstance(error, StorageError) and not isinstance(error, ValueRefused):
        raise error
    if isinstance(error, CitaatwachtError):
        return error
    log.error("document failed", exc_info=error)
    return PageError(f"{type(error).__name__}: {error}")
