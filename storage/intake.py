"""What a backfill has read and could not read: its memory between two runs, and its dead letters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Article, ArticleAddress, ArticleVersion, Intake, Source, now
from storage.upserts import add_or_update_many


@dataclass(frozen=True, slots=True)
class Place:
    """A file or page to read.

    Attributes:
        name: Its absolute path, or its address.
        stamp: A file's size and time of change; empty for a page.
        source_id: The source of a page; None for a file, which says it itself.
    """

    name: str
    stamp: str = ""
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What could not be read, and why."""

    place: Place
    reason: str


async def unread(session: AsyncSession, *, places: Collection[Place]) -> list[Place]:
    """Give those of some places that no run has dealt with yet, in their order."""
    known: set[tuple[str, str]] = set()
    names = [place.name for place in places]
    for start in range(0, len(names), 500):
        wanted = select(col(Intake.place), col(Intake.stamp)).where(col(Intake.place).in_(names[start : start + 500]))
        known |= {(name, stamp) for name, stamp in await session.exec(wanted)}
    return [place for place in places if (place.name, place.stamp) not in known]


async def record(session: AsyncSession, *, reasons: Mapping[Place, str | None]) -> None:
    """Keep that places were read, or why they could not be.

    Args:
        session: The unit of work that keeps what was read.
        reasons: Why each place could not be read; None where it was.
    """
    moment = now()
    rows = {
        place.name: {
            "place": place.name,
            "source_id": place.source_id,
            "stamp": place.stamp,
            "reason": reason,
            "read_at": moment,
        }
        for place, reason in reasons.items()
    }
    changes = ("source_id", "stamp", "reason", "read_at")
    await add_or_update_many(session, Intake, list(rows.values()), key=("place",), changes=changes)


async def dead_letters(session: AsyncSession) -> list[DeadLetter]:
    """Give what could not be read, in the order of the names."""
    wanted = select(Intake).where(col(Intake.reason).is_not(None)).order_by(col(Intake.place))
    return [
        DeadLetter(Place(row.place, row.stamp, row.source_id), row.reason or "") for row in await session.exec(wanted)
    ]


async def given_up(session: AsyncSession) -> list[tuple[str, str]]:
    """Give the articles that could not be read or taken: where they are, and why.

    Not those whose address turned out to lead to an article that is kept under another one.
    """
    wanted = select(Article).where(*_is_given_up()).order_by(col(Article.identity))
    return [(row.url or row.identity, row.reason or "") for row in await session.exec(wanted)]


async def take_up_again(session: AsyncSession) -> int:
    """Let articles that were given up be taken once more, as far as their text is kept; give how many those are."""
    has_text = select(col(ArticleVersion.article_id)).where(col(ArticleVersion.text) != "")
    wanted = select(Article).where(*_is_given_up(), col(Article.id).in_(has_text))
    rows = (await session.exec(wanted)).all()
    for row in rows:
        row.state, row.reason, row.attempts = "new", None, 0
        session.add(row)
    return len(rows)


async def try_pages_again(session: AsyncSession, *, moment: datetime) -> int:
    """Let the next polls try once more the pages that polls gave up.

    Args:
        session: A unit of work that writes.
        moment: Now.

    Returns:
        How many pages those are; sources that are not polled have none.
    """
    is_polled = (col(Source.kind).in_(("feed", "transcripts")), col(Source.enabled), col(Source.removed_at).is_(None))
    has_text = exists().where(col(ArticleVersion.article_id) == col(Article.id))
    is_page = (
        col(Article.url).is_not(None),
        col(Article.source_id).in_(select(col(Source.id)).where(*is_polled)),
        ~has_text,
    )
    tried = await session.exec(update(Article).where(*_is_given_up(), *is_page).values(retry_at=moment))
    return tried.rowcount


def _is_given_up() -> tuple[ColumnElement[bool], ...]:
    leads_elsewhere = exists().where(col(ArticleAddress.url) == col(Article.identity))
    return col(Article.state) == "failed", col(Article.retry_at).is_(None), ~leads_elsewhere
