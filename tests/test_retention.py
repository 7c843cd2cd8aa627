"""Texts are emptied once they were kept long enough; what was found in them stays, and no later text takes it back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.ingest.keeping import LONGEST_ALIGNED, HeldAgainst, held_against_whole, is_cut_short, is_short_version
from bot.pipeline import Pipeline, Rules
from bot.quotes.roster import Roster
from bot.worker import Worker
from handlers import Request, Services, answer
from storage import articles, quotes
from storage.articles import KeptArticle
from storage.database import Database
from storage.people import import_roster
from storage.records import QuoteRecord
from storage.retention import empty_texts
from storage.sources import ensure_manual_source
from storage.tables import ArticleVersion, Mention, Statement
from storage.wholes import hash_of_text
from tests.fictional import EARLIER, ROSTER

pytest_plugins = ("tests.worker_fixtures",)

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
HERE = "https://krant.test/1"
PARAGRAPHS = (
    "“De btw gaat niet omhoog”, zei premier Wouter Zandstra maandag in de haven van Waterland.",
    "Het was de vierde keer deze maand dat het kabinet erover sprak, en de oppositie was er niet blij mee.",
    "“De haven blijft tot 2030 open voor vissers”, zei minister Mirthe van den Elzen.",
)
WHOLE = "\n\n".join(PARAGRAPHS)
BOOK = "\n\n".join(
    " ".join(
        f"Zin {'abcdefghij'[one % 10]} van deel {'abcdefghij'[part % 10]} gaat over {part * 100 + one}."
        for one in range(50)
    )
    for part in range(80)
)


class Outlet:
    """One article of an outlet, as it is read at one time and another."""

    def __init__(self, database: Database, worker: Worker) -> None:
        self.database, self.pipeline = database, Pipeline(database, worker, Rules())

    async def read(self, text: str) -> None:
        """Keep what was read, and take it."""
        await self.pipeline.take((await self.keep(text)).article_id, NOW)

    async def keep(self, text: str) -> KeptArticle:
        """Keep what was read, as a backfill does."""
        async with self.database.writing() as session:
            await import_roster(session, popolo=ROSTER)
            await ensure_manual_source(session, source_id="krant", name="De Krant")
        held = await held_against_whole(self.database, identity=HERE, text=text)
        async with self.database.writing() as session:
            is_short = await is_short_version(session, identity=HERE, text=text, is_paywalled=False, held=held)
            return await articles.keep_article(
                session,
                identity=HERE,
                source_id="krant",
                url=HERE,
                title="Btw",
                text=text,
                published_at=NOW,
                is_cut_short=is_short,
            )

    async def empty(self, before: datetime | None = None) -> int:
        """Empty the texts that came before a moment; whatever may be emptied if none is given."""
        async with self.database.writing() as session:
            return await empty_texts(session, before=before or datetime.now(UTC) + timedelta(days=1))

    async def shown(self) -> list[QuoteRecord]:
        """What is shown, in the order in which it was kept."""
        async with self.database.reading() as session:
            found = (await quotes.quotes(session)).items
        return sorted(found, key=lambda quote: quote.id)

    async def withdrawn(self) -> int:
        """How many statements and mentions were ever withdrawn."""
        async with self.database.reading() as session:
            gone = [
                *await session.exec(select(Statement.id).where(col(Statement.withdrawn_at).is_not(None))),
                *await session.exec(select(Mention.id).where(col(Mention.withdrawn_at).is_not(None))),
            ]
        return len(gone)


@pytest.fixture
def outlet(database: Database, worker: Worker) -> Outlet:
    return Outlet(database, worker)


async def test_a_text_goes_and_its_statements_stay_with_their_paragraph(outlet: Outlet) -> None:
    await outlet.keep(EARLIER)
    assert await outlet.empty() == 0  # it is still to be read
    await outlet.read(EARLIER)

    assert await outlet.empty() == 1

    async with outlet.database.reading() as session:
        [version] = (await session.exec(select(ArticleVersion))).all()
    [quote] = [one for one in await outlet.shown() if one.kind == "direct"]
    assert (version.text, len(version.content_hash)) == ("", 64)
    assert quote.content in quote.context
    assert await outlet.empty() == 0


async def test_the_same_text_again_after_that_changes_nothing(outlet: Outlet) -> None:
    await outlet.read(EARLIER)
    await outlet.empty()

    again = await outlet.keep(EARLIER)

    assert (again.is_new, again.is_changed) == (False, False)
    assert await outlet.pipeline.take_next(NOW) is None


async def test_a_text_that_comes_back_is_read_in_full_again(outlet: Outlet) -> None:
    await outlet.read(WHOLE)
    await outlet.read("\n\n".join(PARAGRAPHS[:2]))
    await outlet.empty()

    await outlet.read(WHOLE)

    assert {quote.content.rstrip(".") for quote in await outlet.shown()} == {
        "De btw gaat niet omhoog",
        "De haven blijft tot 2030 open voor vissers",
    }


async def test_the_beginning_of_an_article_takes_nothing_back_once_its_text_was_emptied(outlet: Outlet) -> None:
    await outlet.read(WHOLE)
    before = [quote.id for quote in await outlet.shown()]
    assert len(before) == 2
    assert await outlet.empty() == 1

    await outlet.read(PARAGRAPHS[0])
    assert (await outlet.withdrawn(), [quote.id for quote in await outlet.shown()]) == (0, before)

    await outlet.read(WHOLE)
    assert (await outlet.withdrawn(), [quote.id for quote in await outlet.shown()]) == (0, before)


async def test_what_an_edit_takes_out_of_a_text_that_is_kept_is_withdrawn(outlet: Outlet) -> None:
    await outlet.read(WHOLE)

    await outlet.read("\n\n".join(PARAGRAPHS[:2]))

    assert [quote.content.rstrip(".") for quote in await outlet.shown()] == ["De btw gaat niet omhoog"]


async def test_context_shows_the_paragraph_when_the_text_is_emptied_long_since(outlet: Outlet) -> None:
    await outlet.read(WHOLE)
    await outlet.empty()
    services = Services(outlet.database, Roster.from_popolo(ROSTER))

    number = (await outlet.shown())[0].id
    answered = await answer(services, Request(1, "private", "Vera", user_id=1, text=f"/context #{number}"))

    assert "maandag in de haven van Waterland" in answered.messages[0].text


async def test_a_text_is_kept_until_the_day_and_emptied_after_it(outlet: Outlet) -> None:
    await outlet.read(WHOLE)
    async with outlet.database.writing() as session:
        (await session.exec(select(ArticleVersion))).one().created_at = NOW

    assert await outlet.empty(before=NOW) == 0
    assert await outlet.empty(before=NOW + timedelta(microseconds=1)) == 1


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (BOOK, False),
        (BOOK.replace("Zin a", "De eerste zin"), False),
        (f"{BOOK}\n\n{WHOLE}", False),
        ("\n\n".join(reversed(BOOK.split("\n\n"))), False),
        (BOOK[: len(BOOK) // 3], True),
        (BOOK.upper()[::-1], True),
        (WHOLE, True),
    ],
)
def test_a_text_as_long_as_a_book_is_told_apart_by_its_sentences(after: str, expected: bool) -> None:
    assert len(BOOK) > LONGEST_ALIGNED
    assert is_cut_short(BOOK, after) is expected


async def test_texts_are_held_against_each_other_before_the_transaction(outlet: Outlet) -> None:
    assert await held_against_whole(outlet.database, identity=HERE, text=BOOK) is None
    await outlet.keep(BOOK)

    again = await held_against_whole(outlet.database, identity=HERE, text=BOOK)
    part = await held_against_whole(outlet.database, identity=HERE, text=BOOK[: len(BOOK) // 3])
    edited = await held_against_whole(outlet.database, identity=HERE, text=f"{WHOLE} {BOOK}")

    assert again is None
    assert part == HeldAgainst(hash_of_text(BOOK), is_cut_short=True)
    assert edited == HeldAgainst(hash_of_text(BOOK), is_cut_short=False)


async def test_what_was_held_against_another_version_does_not_count(outlet: Outlet) -> None:
    await outlet.read(WHOLE)
    old = HeldAgainst(hash_of_text("iets anders"), is_cut_short=False)

    async with outlet.database.reading() as session:
        assert await is_short_version(session, identity=HERE, text=PARAGRAPHS[0], is_paywalled=False, held=old)
