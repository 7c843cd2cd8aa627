"""The sources as those who run the bot change them: by Telegram, with a feed found on its page, and with an undo."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts.notices import tell_operators
from bot.ingest.fetch import Fetcher
from bot.ingest.requests import serve_requests
from handlers import Request, Services, answer
from storage.database import Database
from storage.operator_notices import notices_due, queue_notice
from storage.sources import all_sources, polled_sources, record_failure, record_success, seed_sources
from storage.tables import OperatorNotice, Source, SourceRequest
from tests.botapi import BotApiServer, Message, User
from tests.feedserver import FeedServer, article, read_feed, rss
from tests.telegram_bot import AnyApplication

pytest_plugins = ("tests.source_fixtures", "tests.telegram_fixtures")

NOW = datetime.now(UTC)
VERA, ANNA = 7, 8
ONLY_OPERATORS = "Alleen wie deze bot beheert (ADMIN_USERS) kan de bronnen wijzigen."


@pytest.fixture
def services(services: Services) -> Services:
    return replace(services, reviewers=frozenset({VERA}))


@pytest.fixture
async def koerier(services: Services) -> str:
    """A source that is read, beside one that is off."""
    rows = [
        {"id": "koerier", "name": "De Koerier", "url": "https://koerier.example/rss", "terms": "CC0"},
        {"id": "galm", "name": "De Galm", "url": "https://galm.example/rss", "enabled": False},
    ]
    async with services.database.writing() as session:
        await seed_sources(session, rows=rows)
        await _was_read(session, "koerier", timedelta(minutes=12))
    return "koerier"


async def _was_read(session: AsyncSession, source_id: str, ago: timedelta) -> None:
    await record_success(
        session,
        source_id=source_id,
        polled_at=datetime.now(UTC) - ago,
        next_poll_at=NOW,
        interval_seconds=300,
        has_news=True,
    )


def _request(user: int, **what: str) -> Request:
    return Request(chat_id=user, chat_kind="private", chat_title="", user_id=user, **what)  # type: ignore[arg-type]


async def _say(services: Services, user: int, text: str) -> str:
    answered = await answer(services, _request(user, text=text))
    return answered.messages[0].text


async def _press(services: Services, user: int, text: str, *labels: str) -> str:
    """Write a command, and press buttons one after another; give the last text, or else the notice."""
    answered = await answer(services, _request(user, text=text))
    for label in labels:
        buttons = {button.label: button for row in answered.messages[0].buttons for button in row}
        answered = await answer(services, _request(user, data=buttons[label].data or ""))
    return answered.messages[0].text if answered.messages else answered.notice or ""


async def _polled(services: Services) -> set[str]:
    async with services.database.reading() as session:
        return set(await polled_sources(session))


@pytest.mark.usefixtures("koerier")
async def test_everyone_reads_which_sources_there_are_and_how_they_do(services: Services) -> None:
    listed = await _say(services, ANNA, "/bronnen")

    assert "De Koerier</b> · 12 minuten geleden gelezen, laatste nieuws 12 minuten geleden · CC0" in listed
    assert "De Galm</b> · staat uit · voorwaarden onbekend: navragen" in listed
    assert "read 12 minutes ago" not in listed


@pytest.mark.usefixtures("koerier")
async def test_a_source_that_fails_stands_first_with_what_ails_it(services: Services) -> None:
    async with services.database.writing() as session:
        await seed_sources(session, rows=[{"id": "echo", "name": "Zulu", "url": "https://zulu.example/rss"}])
        await record_failure(
            session,
            source_id="echo",
            polled_at=NOW,
            error="https://zulu.example/rss answered 503",
            next_poll_at=NOW + timedelta(days=1),
            trouble="status",
            is_ailing=True,
        )
    listed = await _say(services, ANNA, "/bronnen")

    assert listed.index("Zulu") < listed.index("De Koerier") < listed.index("De Galm")
    assert "⚠ kwakkelt sinds" in listed
    assert "de server weigert; nog niet gelezen" in listed
    assert "answered 503" in await _say(services, ANNA, "/bronnen zulu")


@pytest.mark.usefixtures("koerier")
@pytest.mark.parametrize("words", ["pauzeer koerier", "verwijder koerier", "toevoegen https://nieuw.example/rss"])
async def test_only_those_who_run_the_bot_change_its_sources(services: Services, words: str) -> None:
    assert await _say(services, ANNA, f"/bronnen {words}") == ONLY_OPERATORS
    assert (await answer(services, _request(ANNA, data="b:::pause koerier"))).notice == ONLY_OPERATORS
    assert await _polled(services) == {"koerier"}


@pytest.mark.usefixtures("koerier")
async def test_a_source_is_paused_and_resumed_by_words_and_by_buttons(services: Services) -> None:
    assert "De Koerier</b> wordt niet meer gelezen" in await _say(services, VERA, "/sources pause de koerier")
    assert await _polled(services) == set()
    assert "De Koerier</b> wordt vanaf nu weer gelezen" in await _say(services, VERA, "/bronnen hervat koerier")

    await _press(services, VERA, "/bronnen", "De Galm", "Hervat")
    assert await _polled(services) == {"koerier", "galm"}
    await _press(services, VERA, "/bronnen hervat galm", "Ongedaan maken")
    assert await _polled(services) == {"koerier"}


@pytest.mark.usefixtures("koerier")
async def test_a_removed_source_is_out_of_the_list_and_comes_back_as_it_was(services: Services) -> None:
    assert "van de lijst gehaald" in await _press(services, VERA, "/bronnen", "De Koerier", "Verwijder")
    assert await _polled(services) == set()
    assert "De Koerier" not in await _say(services, VERA, "/bronnen")
    assert "Geen bron heet" in await _say(services, VERA, "/bronnen pauzeer koerier")

    assert "staat weer op de lijst" in await _press(services, VERA, "/bronnen verwijder galm", "Ongedaan maken")
    assert "De Galm" in await _say(services, VERA, "/bronnen")
    assert await _polled(services) == set()


@pytest.mark.usefixtures("koerier")
async def test_a_name_that_may_mean_two_sources_is_asked_about(services: Services) -> None:
    assert "Welke bron bedoelt u" in await _say(services, VERA, "/bronnen pauzeer de")
    assert "De Galm</b> wordt niet meer gelezen" in await _press(services, VERA, "/bronnen pauzeer de", "De Galm")


@pytest.mark.parametrize(
    "data", ["b:::pause", "b:::choose 9.9", "b:::launch koerier", "b:::show ~0123", "b:99999::list"]
)
async def test_a_forged_button_of_a_source_does_no_harm(services: Services, data: str) -> None:
    answered = await answer(services, _request(VERA, data=data))
    assert answered.notice or "geen bronnen" in answered.messages[0].text


async def test_a_long_list_is_read_page_by_page(services: Services) -> None:
    async with services.database.writing() as session:
        rows = [{"id": f"s{n:02}", "name": f"Bron {n:02}", "url": f"https://s{n}.example/"} for n in range(23)]
        await seed_sources(session, rows=rows)
    assert "Bron 09" in await _say(services, ANNA, "/bronnen")
    assert "Bron 22" in await _press(services, ANNA, "/bronnen", "›", "›")
    assert "Bron 19" in await _press(services, ANNA, "/bronnen", "›", "›", "‹")


class TestAdding:
    """An address goes to the ingest room by a row, and the outcome comes back as a message."""

    @pytest.fixture
    def vera(self, server: BotApiServer) -> User:
        return server.user("Vera")

    @pytest.fixture
    def services(self, services: Services, vera: User) -> Services:
        return replace(services, reviewers=frozenset({vera.id}))

    async def _serve(self, services: Services, fetcher: Fetcher, bot: AnyApplication) -> None:
        await serve_requests(services.database, fetcher, read_feed, moment=NOW)
        await tell_operators(services.database, bot.bot, asyncio.Event())

    async def _ask(self, server: BotApiServer, vera: User, address: str) -> Message:
        await server.say(vera, vera, f"/bronnen toevoegen {address}")
        return await server.wait_for_message(vera, "Ik kijk op")

    async def test_a_feed_becomes_a_source_and_that_can_be_undone(
        self,
        server: BotApiServer,
        services: Services,
        bot: AnyApplication,
        vera: User,
        site: FeedServer,
        fetcher: Fetcher,
    ) -> None:
        site.feed("/rss", rss(title="De Nieuwe Koerier"))
        await self._ask(server, vera, site.url("/rss"))
        assert await _polled(services) == set()

        await self._serve(services, fetcher, bot)
        told = await server.wait_for_message(vera, "De Nieuwe Koerier is vanaf nu een bron")
        assert await _polled(services) == {"de-nieuwe-koerier"}

        await server.press(told, vera, "Ongedaan maken")
        await server.wait_for_edit(told)
        assert await _polled(services) == set()

        await self._ask(server, vera, site.url("/rss"))
        await self._serve(services, fetcher, bot)
        await server.wait_for_message(vera, "De Nieuwe Koerier is vanaf nu een bron")
        assert await _polled(services) == {"de-nieuwe-koerier"}
        await self._ask(server, vera, site.url("/rss"))
        await self._serve(services, fetcher, bot)
        await server.wait_for_message(vera, "De Nieuwe Koerier is al een bron")

    async def test_the_feeds_of_a_page_are_offered_by_buttons(
        self,
        server: BotApiServer,
        services: Services,
        bot: AnyApplication,
        vera: User,
        site: FeedServer,
        fetcher: Fetcher,
    ) -> None:
        links = (
            '<link rel="alternate" type="application/rss+xml" title="Politiek" href="/rss/politiek">'
            '<link rel="stylesheet" href="/x.css"><link rel="alternate" hreflang="en" href="/en">'
            '<link rel="alternate" type="application/atom+xml" href="atom" title="Alles">'
        )
        site.page("/nieuws/", article("Voorpagina", "Nieuws.", head=links))
        site.feed("/nieuws/atom", rss(title="Alles van De Koerier"))
        await self._ask(server, vera, site.url("/nieuws/"))
        await self._serve(services, fetcher, bot)
        offered = await server.wait_for_message(vera, "noemt meer dan één feed")
        assert offered.labels == ["Politiek", "Alles"]

        await server.press(offered, vera, "Alles")
        await server.wait_for_edit(offered)
        await self._serve(services, fetcher, bot)
        await server.wait_for_message(vera, "Alles van De Koerier is vanaf nu een bron")
        async with services.database.reading() as session:
            (added,) = [source for source in await all_sources(session) if source.url]
        assert (added.url, added.enabled, added.terms) == (site.url("/nieuws/atom"), True, "unknown: ask")

    @pytest.mark.parametrize(
        ("path", "reason"),
        [("/nergens", "de server weigert"), ("/pagina", "geen feed"), ("/plaatje", "geen feed")],
    )
    async def test_an_address_without_a_feed_is_told_with_the_reason(
        self,
        server: BotApiServer,
        services: Services,
        bot: AnyApplication,
        vera: User,
        site: FeedServer,
        fetcher: Fetcher,
        path: str,
        reason: str,
    ) -> None:
        site.page("/pagina", article("Een artikel", "Zonder feed."))
        site.raw("/plaatje", b"\x89PNG", "image/png")
        await self._ask(server, vera, site.url(path))
        await self._serve(services, fetcher, bot)
        told = await server.wait_for_message(vera, "is geen bron geworden")
        assert reason in told.text
        assert await _polled(services) == set()

    async def test_an_address_inside_the_network_is_never_asked(
        self, server: BotApiServer, services: Services, bot: AnyApplication, vera: User, site: FeedServer
    ) -> None:
        closed = Fetcher(contact="test")
        await self._ask(server, vera, site.url("/rss"))
        await self._serve(services, closed, bot)
        await closed.close()
        assert "een adres waar niet wordt gekeken" in (await server.wait_for_message(vera, "geen bron")).text
        assert site.requests == []


async def test_two_processes_answer_a_request_once(database: Database, site: FeedServer, fetcher: Fetcher) -> None:
    site.feed("/rss", rss(title="De Koerier"))
    async with database.writing() as session:
        session.add(SourceRequest(url=site.url("/rss"), chat_id=5))
    answered = await asyncio.gather(*(serve_requests(database, fetcher, read_feed, moment=NOW) for _ in range(2)))
    assert sorted(answered) == [0, 1]
    async with database.reading() as session:
        assert await notices_due(session) == 1
        assert len(await all_sources(session)) == 1


@pytest.mark.usefixtures("bot")
async def test_a_notice_is_told_once_and_waits_for_a_chat_that_is_closed(
    server: BotApiServer, services: Services, bot: AnyApplication, anna: User
) -> None:
    detail = {"id": "koerier", "name": "De Koerier", "trouble": "status", "reason": "503"}
    stranger = server.user("Zeno", started=False)
    async with services.database.writing() as session:
        chats = [stranger.id, anna.id]
        queue_notice(session, chat_ids=chats, what="source_ailing", detail=detail, moment=NOW)
        queue_notice(session, chat_ids=[anna.id], what="of another version", detail={}, moment=NOW)

    assert await tell_operators(services.database, bot.bot, asyncio.Event()) == 1
    assert await tell_operators(services.database, bot.bot, asyncio.Event()) == 0
    told = await server.wait_for_message(anna, "De Koerier blijft mislukken (de server weigert)")
    assert told.text.endswith("503")
    async with services.database.reading() as session:
        notices = list(await session.exec(select(OperatorNotice).order_by(OperatorNotice.id)))
    closed, told_once, unknown = notices
    assert (closed.state, told_once.state, unknown.state) == ("due", "sent", "dropped")
    assert closed.due_at > NOW + timedelta(minutes=5)


@pytest.mark.usefixtures("bot")
async def test_a_notice_waits_while_telegram_is_away(
    server: BotApiServer, services: Services, bot: AnyApplication, anna: User
) -> None:
    async with services.database.writing() as session:
        queue_notice(session, chat_ids=[anna.id], what="source_recovered", detail={"name": "De Koerier"}, moment=NOW)
    server.fail(502, method="sendMessage")
    assert await tell_operators(services.database, bot.bot, asyncio.Event()) == 0
    async with services.database.reading() as session:
        (notice,) = await session.exec(select(OperatorNotice))
    assert (notice.state, notice.attempts) == ("due", 1)
    assert notice.due_at > NOW


class TestStatus:
    @pytest.mark.usefixtures("koerier")
    async def test_it_is_short_for_everyone_and_full_for_those_who_run_the_bot(self, services: Services) -> None:
        short = await _say(services, ANNA, "/status")
        assert "1 bron wordt gelezen, voor het laatst 12 minuten geleden" in short
        assert "Hier is nog niets gestuurd" in short
        assert "De Koerier" not in short

        full = await _say(services, VERA, "/status")
        assert full.startswith(short)
        assert "<b>De Koerier</b> · 12 minuten geleden gelezen" in full
        assert "Artikelen die niet te lezen waren: 0" in full

    async def test_a_source_that_is_silent_or_fails_is_named_to_everyone(self, services: Services) -> None:
        async with services.database.writing() as session:
            names = ("Galm", "Nieuw", "Stom", "Zwijg")
            rows = [{"id": name.lower(), "name": name, "url": f"https://{name}.example/"} for name in names]
            await seed_sources(session, rows=rows)
            (await session.get_one(Source, "stom")).created_at = NOW - timedelta(days=4)
            await _was_read(session, "zwijg", timedelta(days=9))
            await record_failure(session, source_id="galm", polled_at=NOW, error="500", next_poll_at=NOW)
        told = await _say(services, ANNA, "/status")
        assert "Stil of mislukt: Galm (mislukt), Stom (nog geen nieuws), Zwijg (1 week geleden)" in told
