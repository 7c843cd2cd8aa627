"""Corrections from a chat to the archive: reported, settled by a button, carried out, told, and kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlmodel import col, select, update

from bot.alerts.notices import tell_operators
from bot.amending import amend_accepted, as_amended
from bot.comparing import analysed
from bot.ingest.copies import content_key
from bot.quotes.values import Statement as Found
from handlers import Services
from storage import chats, outbox
from storage.articles import ArticleText
from storage.objections import NewObjection, decide, keep_objection
from storage.quotes import quote_records
from storage.records import QuoteRecord
from storage.tables import Amendment, Delivery, Reversal, Statement
from tests.botapi import BotApiServer, User
from tests.storage_examples import VAN_DEN_ELZEN, ZANDSTRA, a_statement, keep, keep_text
from tests.telegram_bot import FIRST_DAY, AnyApplication

pytest_plugins = ("tests.telegram_fixtures",)

FIRST = 1
"""The number of the first statement in the archive."""


@pytest.fixture
def editor(server: BotApiServer, services: Services) -> User:
    editor = server.user("Eva")
    services.reviewers = frozenset({editor.id})
    return editor


async def _tell(bot: AnyApplication, services: Services) -> int:
    return await tell_operators(services.database, bot.bot, asyncio.Event())


async def _quote(services: Services, number: int) -> QuoteRecord | None:
    async with services.database.reading() as session:
        return next(iter(await quote_records(session, statement_ids=[number])), None)


async def _standing(services: Services) -> QuoteRecord:
    """Give the statement that stands in the place of the first one."""
    async with services.database.reading() as session:
        [amendment] = (await session.exec(select(Amendment))).all()
    found = await _quote(services, amendment.after["statement_id"])
    assert found is not None
    return found


async def _settle(server: BotApiServer, bot: AnyApplication, services: Services, editor: User, button: str) -> str:
    await _tell(bot, services)
    question = await server.wait_for_message(editor)
    asked = question.text
    await server.press(question, editor, button)
    await server.wait_for_edit(question)
    await amend_accepted(services.database)
    await _tell(bot, services)
    return asked


class TestReporting:
    async def test_a_wrong_name_is_put_right_and_who_reported_it_is_told(
        self, server: BotApiServer, bot: AnyApplication, services: Services, anna: User, editor: User
    ) -> None:
        asked = await server.say(anna, anna, "/correctie #1 naam Van den Elzen")
        assert (
            "Gemeld bij de beheerders: #1, spreker: Mirthe van den Elzen" in (await server.wait_for_message(anna)).text
        )

        question = await _settle(server, bot, services, editor, "Overnemen")

        assert question.startswith("Correctie gemeld · #1\nWouter Zandstra, 1 maart 2024: Dijk nummer 1")
        assert "Spreker: Wouter Zandstra → Mirthe van den Elzen\nAnna" in question
        told = await server.wait_for_message(anna)
        assert told.text.startswith("Dank: #1 is rechtgezet en staat nu onder Mirthe van den Elzen #")
        assert told.reply_to == asked.id
        now = await _standing(services)
        assert (now.person_id, now.capacity, now.said_on) == (VAN_DEN_ELZEN, "Minister van Financiën", FIRST_DAY)
        assert [outlet.source_name for outlet in now.outlets] == ["De Waterlandse Bode"]
        before = await _quote(services, FIRST)
        assert before is not None
        assert (before.person_id, before.outlets) == (ZANDSTRA, ())
        async with services.database.reading() as session:
            [kept] = (await session.exec(select(Amendment))).all()
        assert (kept.user_id, kept.before, kept.after["person_id"]) == (
            editor.id,
            {"person_id": ZANDSTRA},
            VAN_DEN_ELZEN,
        )

    @pytest.mark.parametrize(
        ("typed", "said_on", "content"),
        [
            ("datum 28 februari 2024", date(2024, 2, 28), "Dijk nummer 1 blijft <staan> & hoog."),
            ("28 februari 2024", date(2024, 2, 28), "Dijk nummer 1 blijft <staan> & hoog."),
            ("tekst “Dijk 1 gaat weg.”", FIRST_DAY, "Dijk 1 gaat weg."),
        ],
    )
    async def test_a_day_and_words_are_put_right(
        self,
        server: BotApiServer,
        bot: AnyApplication,
        services: Services,
        anna: User,
        editor: User,
        typed: str,
        said_on: date,
        content: str,
    ) -> None:
        await server.say(anna, anna, f"/correctie #1 {typed}")
        await server.wait_for_message(anna, "Gemeld")
        await _settle(server, bot, services, editor, "Overnemen")
        now = await _standing(services)
        assert (now.said_on, now.content, now.person_id) == (said_on, content, ZANDSTRA)

    async def test_what_is_turned_down_stays_and_that_is_told(
        self, server: BotApiServer, bot: AnyApplication, services: Services, anna: User, editor: User
    ) -> None:
        await server.say(anna, anna, "/correction #1 name Van den Elzen")
        await server.wait_for_message(anna)
        await _settle(server, bot, services, editor, "Afwijzen")
        assert (await server.wait_for_message(anna)).text == "Je correctie van #1 is niet overgenomen."
        found = await _quote(services, FIRST)
        assert found is not None
        assert found.outlets

    async def test_what_was_taken_over_can_be_undone_and_that_again(
        self, server: BotApiServer, bot: AnyApplication, services: Services, anna: User, editor: User
    ) -> None:
        async with services.database.writing() as session:
            # The archive of the tests has keys of its own.
            key = content_key("direct", "Dijk nummer 1 blijft <staan> & hoog.", "zei")
            await session.exec(update(Statement).where(col(Statement.id) == FIRST).values(content_key=key))
        await server.say(anna, anna, "/correctie #1 naam Van den Elzen")
        await server.wait_for_message(anna)
        await _settle(server, bot, services, editor, "Overnemen")
        await server.wait_for_message(anna, "Dank")
        settled = editor.chat.from_bot[-1]

        await server.press(settled, editor, "Ongedaan")
        assert (await server.wait_for_edit(settled)).text.startswith("Teruggedraaid: #1 wordt weer wat het was")
        assert await amend_accepted(services.database) == 1
        await _tell(bot, services)

        assert "Je correctie van #1 is teruggedraaid" in (await server.wait_for_message(anna)).text
        first = await _quote(services, FIRST)
        assert first is not None
        outlets = [outlet.source_name for outlet in first.outlets]
        assert (first.person_id, outlets) == (ZANDSTRA, ["De Waterlandse Bode"])
        await server.press(settled, editor, "Ongedaan")
        await server.wait_for_edit(settled)
        await amend_accepted(services.database)
        async with services.database.reading() as session:
            amendments = (await session.exec(select(Amendment).order_by(col(Amendment.id)))).all()
        assert [row.after["statement_id"] for row in amendments] == [
            amendments[0].after["statement_id"],
            FIRST,
            amendments[0].after["statement_id"],
        ]

    async def test_what_was_not_carried_out_yet_is_turned_down_when_it_is_undone(
        self, server: BotApiServer, bot: AnyApplication, services: Services, anna: User, editor: User
    ) -> None:
        await server.say(anna, anna, "/correctie #1 naam Van den Elzen")
        await server.wait_for_message(anna)
        await _tell(bot, services)
        question = await server.wait_for_message(editor)
        await server.press(question, editor, "Overnemen")
        await server.wait_for_edit(question)
        await server.press(question, editor, "Ongedaan")
        assert (await server.wait_for_edit(question)).text == "Afgewezen: #1 blijft zoals het is."
        assert await amend_accepted(services.database) == 0

    async def test_what_articles_had_like_that_by_themselves_is_not_put_back_with_it(
        self, server: BotApiServer, bot: AnyApplication, services: Services, anna: User, editor: User
    ) -> None:
        async with services.database.writing() as session:
            other = await keep_text(session, "zelf")
            words = {"content_key": content_key("direct", "Dijk nummer 1 blijft <staan> & hoog.", "zei"), "cue": "zei"}
            await session.exec(update(Statement).where(col(Statement.id) == FIRST).values(words))
            theirs = a_statement("Dijk nummer 1 blijft <staan> & hoog.", person_id=VAN_DEN_ELZEN, said_on=FIRST_DAY)
            await keep(session, replace(theirs, **words), other)
        await server.say(anna, anna, "/correctie #1 naam Van den Elzen")
        await server.wait_for_message(anna)
        await _settle(server, bot, services, editor, "Overnemen")

        pressed = await server.press(editor.chat.from_bot[-1], editor, "Ongedaan")

        assert "andere artikelen hebben haar ook zo" in (await server.wait_for_answer(pressed))["text"]
        assert await amend_accepted(services.database) == 0

    async def test_only_administrators_settle(
        self, server: BotApiServer, bot: AnyApplication, services: Services, anna: User, editor: User
    ) -> None:
        await server.say(anna, anna, "/correctie #1 naam Van den Elzen")
        await server.wait_for_message(anna)
        await _tell(bot, services)
        question = await server.wait_for_message(editor)
        services.reviewers = frozenset()
        press = await server.press(question, editor, "Overnemen")
        await server.wait_for_answer(press)
        assert await amend_accepted(services.database) == 0

    @pytest.mark.parametrize(
        ("typed", "answer"),
        [
            ("/correctie", "met het nummer dat onder een uitspraak staat"),
            ("/correctie #99", "Er is geen uitspraak #99"),
            ("/correctie #1", "Wat klopt er niet?"),
            ("/correctie #1 iets heel anders", "Wat klopt er niet?"),
            ("/correctie #1 naam Zandstra", "Zo staat #1 er al."),
            ("/correctie #1 naam Niemandsland", "Niemand met een naam"),
        ],
    )
    @pytest.mark.usefixtures("bot", "editor")
    async def test_what_cannot_be_read_says_how_it_is_written(
        self, server: BotApiServer, anna: User, typed: str, answer: str
    ) -> None:
        await server.say(anna, anna, typed)
        assert answer in (await server.wait_for_message(anna)).text

    async def test_a_name_that_may_be_two_asks_which(
        self, server: BotApiServer, bot: AnyApplication, services: Services, anna: User, editor: User
    ) -> None:
        await server.say(anna, anna, "/correctie #1 naam Hulshof")
        choice = await server.wait_for_message(anna)
        await server.press(choice, anna, "Karin Hulshof")
        assert "spreker: Karin Hulshof" in (await server.wait_for_edit(choice)).text
        assert await _tell(bot, services) == 1

    async def test_the_same_is_reported_once(
        self, server: BotApiServer, bot: AnyApplication, services: Services, anna: User, bram: User, editor: User
    ) -> None:
        for user in (anna, bram):
            await server.say(user, user, "/correctie #1 naam Van den Elzen")
            await server.wait_for_message(user)
        assert "Dat is al gemeld" in bram.chat.from_bot[-1].text
        assert await _tell(bot, services) == 1

    @pytest.mark.usefixtures("bot", "editor")
    async def test_a_reply_to_a_page_of_several_asks_for_the_number(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/citaten Zandstra")
        page = await server.wait_for_message(anna)
        await server.say(anna, anna, "/correctie naam Van den Elzen", reply_to=page)
        assert "Welke uitspraak? Schrijf er het nummer bij: /correctie #" in (await server.wait_for_message(anna)).text


class TestCarryingOut:
    async def _amended(self, services: Services, field: str, value: dict[str, str], statement_id: int = FIRST) -> None:
        async with services.database.writing() as session:
            await chats.ensure_chat(session, chat_id=5, kind="private", title="Anna")
            number, _ = await keep_objection(
                session,
                objection=NewObjection(
                    statement_id=statement_id,
                    field=field,
                    proposal="x",
                    value=value,
                    chat_id=5,
                    topic_id=0,
                    message_id=1,
                    user_id=5,
                ),
            )
            await decide(session, objection_id=number, accepted=True, user_id=7, moment=datetime.now(UTC))
        assert await amend_accepted(services.database) == 1
        assert await amend_accepted(services.database) == 0

    async def test_whoever_was_told_is_told_of_the_correction_and_not_of_a_new_statement(
        self, services: Services
    ) -> None:
        async with services.database.writing() as session:
            await chats.ensure_chat(session, chat_id=-7, kind="supergroup", title="Redactie")
            await outbox.queue(
                session,
                chat_id=-7,
                topic_id=0,
                what="statement",
                what_id=FIRST,
                article_id=1,
                due_at=datetime.now(UTC),
            )
            [delivery] = (await session.exec(select(Delivery))).all()
            await outbox.confirm(
                session,
                delivery_ids=[delivery.id],
                chat_id=-7,
                topic_id=0,
                message_id=3,
                text_hash="h",
                moment=datetime.now(UTC),
            )

        await self._amended(services, "speaker", {"person_id": VAN_DEN_ELZEN})

        async with services.database.reading() as session:
            rows = (await session.exec(select(Delivery).order_by(col(Delivery.id)))).all()
        assert [(row.what, row.state) for row in rows] == [
            ("statement", "sent"),
            ("statement", "dropped"),
            ("withdrawal", "due"),
        ]

    async def test_a_pair_of_two_speakers_is_none(self, services: Services) -> None:
        async with services.database.reading() as session:
            [pair] = (await session.exec(select(Reversal))).all()
        await self._amended(services, "speaker", {"person_id": VAN_DEN_ELZEN}, pair.later_id)
        async with services.database.reading() as session:
            [pair] = (await session.exec(select(Reversal))).all()
        assert (pair.state, pair.reason) == ("rejected", "wrong-speaker")

    async def test_a_pair_stays_one_when_a_day_is_put_right(self, services: Services) -> None:
        async with services.database.reading() as session:
            [pair] = (await session.exec(select(Reversal))).all()
        await self._amended(services, "date", {"said_on": "2023-02-20"}, pair.later_id)
        async with services.database.reading() as session:
            pairs = (await session.exec(select(Reversal).order_by(col(Reversal.id)))).all()
        assert [row.state for row in pairs] == ["possible", "possible"]
        assert pairs[1].earlier_id == pair.earlier_id

    async def test_what_brings_the_same_words_again_is_read_as_amended(self, services: Services) -> None:
        content = "Dijk nummer 1 blijft <staan> & hoog."
        async with services.database.writing() as session:
            # The archive of the tests has keys of its own.
            key = content_key("direct", content, "zei")
            await session.exec(update(Statement).where(col(Statement.id) == FIRST).values(content_key=key))
        await self._amended(services, "speaker", {"person_id": VAN_DEN_ELZEN})
        found = Found(
            content=content,
            start=0,
            end=len(content),
            kind="direct",
            cue="zei",
            speaker=ZANDSTRA,
            speaker_surface="Zandstra",
            attribution="named",
            said_from=None,
            said_to=None,
            capacity="zandstra-premier",
            confidence=0.9,
            rule="cue-before",
        )
        finding = analysed(found, FIRST_DAY)
        article = ArticleText(
            article_id=1,
            source_id="radio",
            source_name="Radio",
            url=None,
            title="",
            text=content,
            version_number=1,
            published_at=datetime(2024, 3, 1, 12, tzinfo=UTC),
            announce=True,
            attempts=0,
            timezone="Europe/Amsterdam",
        )
        async with services.database.reading() as session:
            [read] = await as_amended(session, article, [finding])
            [other] = await as_amended(
                session, article, [replace(finding, statement=replace(found, content="Anders."))]
            )
        assert (read.statement.speaker, read.statement.capacity) == (VAN_DEN_ELZEN, "van-den-elzen-financien")
        assert other.statement.speaker == ZANDSTRA

        await self._amended(services, "speaker", {"person_id": ZANDSTRA}, (await _standing(services)).id)
        async with services.database.reading() as session:
            [put_back] = await as_amended(session, article, [finding])
        assert put_back.statement.speaker == ZANDSTRA
