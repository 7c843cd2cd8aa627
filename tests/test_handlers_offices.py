"""The cabinet changes from the chat: what is typed, the preview, what follows from it, and the way back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from bot.alerts.notices import tell_operators
from bot.messages import Reader
from bot.messages.appointing import Appointment, preview
from bot.quotes.roster import Roster
from bot.rosters import RosterWatch
from bot.worker import Worker
from handlers import Services
from handlers.appointing import Wish, nearest_day, plan, read_wish
from storage.people import export_roster, import_roster, roster_version
from storage.quotes import quote_records
from storage.subscriptions import listeners
from tests.botapi import BotApiServer, User
from tests.fictional import ROSTER
from tests.storage_examples import VAN_DEN_ELZEN, ZANDSTRA, a_statement, keep, keep_text
from tests.telegram_bot import AnyApplication

pytest_plugins = ("tests.telegram_fixtures",)

TODAY = date(2026, 11, 24)
NEW = "jan-de-bakker"
APPOINT = "/ambt Jan de Bakker (WVP), minister van Financien, vanaf 5 december 2024"


def test_an_office_keeps_its_capitals_in_english() -> None:
    office = "Minister-president, minister van Algemene Zaken"
    change = Appointment(1, "Jan de Bakker", is_new=False, label=office, party="", day=TODAY, ends=[])
    assert "Prime Minister, Minister of General Affairs" in preview(Reader("en"), change).text
    assert "minister-president, minister van Algemene Zaken, vanaf" in preview(Reader("nl"), change).text


class TestReading:
    @pytest.mark.parametrize(
        ("typed", "wish"),
        [
            (
                "Jan de Bakker, minister van Financiën, vanaf 5 december",
                Wish("Jan de Bakker", "", "minister", "Financiën", False, False, date(2026, 12, 5)),
            ),
            (
                "Jan de Bakker (WVP), ook waarnemend minister van Volkshuisvesting, Ruimte en Milieu, per 1 november",
                Wish(
                    "Jan de Bakker",
                    "WVP",
                    "minister",
                    "Volkshuisvesting, Ruimte en Milieu",
                    True,
                    True,
                    date(2026, 11, 1),
                ),
            ),
            (
                "Jan de Bakker, staatssecretaris voor Asiel a.i.",
                Wish("Jan de Bakker", "", "staatssecretaris", "Asiel", False, True, TODAY),
            ),
            (
                "Jan de Bakker, prime minister, from 2027-01-04",
                Wish("Jan de Bakker", "", "minister-president", "", False, False, date(2027, 1, 4)),
            ),
            ("Zandstra, weg, vanaf morgenochtend", Wish("Zandstra", "", None, "", False, False, None)),
            ("Zandstra, vertrekt", Wish("Zandstra", "", None, "", False, False, TODAY)),
        ],
    )
    def test_a_change_is_taken_apart(self, typed: str, wish: Wish) -> None:
        assert read_wish(typed, TODAY) == wish

    @pytest.mark.parametrize("typed", ["", "Zandstra", "Zandstra, bakker", ", minister van Financiën"])
    def test_what_is_no_change_is_none(self, typed: str) -> None:
        assert read_wish(typed, TODAY) is None

    def test_a_day_without_a_year_is_the_nearest(self) -> None:
        assert nearest_day("5 december", TODAY) == date(2026, 12, 5)
        assert nearest_day("2 januari", TODAY) == date(2027, 1, 2)
        assert nearest_day("1 oktober", TODAY) == date(2026, 10, 1)


class TestPlanning:
    def _wish(self, typed: str) -> Wish:
        wish = read_wish(typed, TODAY)
        assert wish is not None
        return wish

    def test_who_moves_to_another_office_leaves_the_old_one_unless_it_is_said(self) -> None:
        roster = Roster.from_popolo(ROSTER)
        zandstra = roster.person(ZANDSTRA)
        moved = plan(self._wish("Zandstra, minister van Financiën, vanaf 5 december"), zandstra, roster)
        kept = plan(self._wish("Zandstra, ook minister van Financiën, vanaf 5 december"), zandstra, roster)
        assert moved is not None
        assert kept is not None
        assert [row["id"] for row in moved.ended] == ["van-den-elzen-financien", "zandstra-premier"]
        assert [row["id"] for row in kept.ended] == ["van-den-elzen-financien"]
        assert moved.added["memberships"][0]["on_behalf_of_id"] == "wvp"
        assert {row["end_date"] for row in moved.ended} == {"2026-12-04"}

    def test_an_office_may_be_typed_in_english(self) -> None:
        roster = Roster.from_popolo(ROSTER)
        made = plan(self._wish("Jan de Bakker, minister of Finance, from 5 December"), None, roster)
        assert made is not None
        assert (made.label, [row["id"] for row in made.ended]) == (
            "Minister van Financiën",
            ["van-den-elzen-financien"],
        )

    def test_nothing_is_planned_that_is_so_already(self) -> None:
        roster = Roster.from_popolo(ROSTER)
        wish = self._wish("Van den Elzen, minister van Financiën, vanaf 5 december")
        assert plan(wish, roster.person(VAN_DEN_ELZEN), roster) is None

    def test_an_office_that_nobody_held_takes_its_name_from_what_was_typed(self) -> None:
        roster = Roster.from_popolo(ROSTER)
        made = plan(self._wish("Jan de Bakker, staatssecretaris van Dijken, vanaf 5 december"), None, roster)
        assert made is not None
        assert (made.person_id, made.label, made.ended) == (NEW, "Staatssecretaris van Dijken", [])
        [person] = made.added["persons"]
        assert (person["family_name"], person["other_names"]) == ("de Bakker", [{"name": "De Bakker"}])


@pytest.fixture
def editor(server: BotApiServer, services: Services) -> User:
    editor = server.user("Eva")
    services.reviewers = frozenset({editor.id})
    return editor


async def _followed(services: Services) -> set[tuple[int, str]]:
    async with services.database.reading() as session:
        rows = await listeners(session, person_ids=[NEW, VAN_DEN_ELZEN], standings=())
    return {(row.chat_id, row.subject.target) for row in rows}


class TestFromTheChat:
    async def test_a_minister_is_appointed_and_followers_are_asked(
        self, server: BotApiServer, bot: AnyApplication, services: Services, anna: User, editor: User
    ) -> None:
        await server.say(anna, anna, "/volg Van den Elzen")
        await server.wait_for_message(anna)
        async with services.database.writing() as session:
            article_id = await keep_text(session, "later")
            later = replace(
                a_statement("De rente blijft.", person_id=VAN_DEN_ELZEN, said_on=date(2024, 12, 24)),
                membership_id="van-den-elzen-financien",
            )
            number = await keep(session, later, article_id)

        await server.say(editor, editor, APPOINT)
        preview = await server.wait_for_message(editor)
        assert preview.text == (
            "Wijziging van het kabinet\n"
            "+ Jan de Bakker (WVP) (nieuw in de lijst), minister van Financiën, vanaf 5 december 2024\n"
            "− Mirthe van den Elzen, minister van Financiën, tot en met 4 december 2024"
        )
        assert services.roster.person(NEW) is None
        await server.press(preview, editor, "Doorvoeren")
        assert "1 chat die de voorganger volgt" in (await server.wait_for_edit(preview)).text

        capacity = services.roster.capacity(NEW, date(2024, 12, 5))
        assert capacity is not None
        assert (capacity.label, capacity.organization_id) == ("Minister van Financiën", "kabinet-zandstra")
        assert services.roster.capacity(VAN_DEN_ELZEN, date(2024, 12, 5)) is None
        async with services.database.reading() as session:
            [quote] = await quote_records(session, statement_ids=[number])
        assert quote.capacity is None

        await tell_operators(services.database, bot.bot, asyncio.Event())
        question = await server.wait_for_message(anna)
        assert question.text.startswith("Vanaf 5 december 2024 is Jan de Bakker minister van Financiën, in plaats van")
        await server.press(question, anna, "Allebei")
        await server.wait_for_message(anna, "Mirthe van den Elzen en Jan de Bakker")
        assert await _followed(services) == {(anna.id, NEW), (anna.id, VAN_DEN_ELZEN)}
        await server.press(question, anna, "Jan de Bakker")
        await server.wait_for_message(anna, "Hier wordt nu Jan de Bakker gevolgd")
        assert await _followed(services) == {(anna.id, NEW)}

    async def test_a_change_can_be_taken_back_whole(
        self, server: BotApiServer, bot: AnyApplication, services: Services, editor: User
    ) -> None:
        async with services.database.reading() as session:
            before = await export_roster(session)
        await server.say(editor, editor, APPOINT)
        message = await server.wait_for_message(editor)
        await server.press(message, editor, "Doorvoeren")
        await server.wait_for_edit(message)
        async with services.database.writing() as session:
            article_id = await keep_text(session, "later")
            words = a_statement("Ik ben er net.", person_id=NEW, said_on=date(2024, 12, 24))
            added = services.roster.capacity(NEW, date(2024, 12, 24))
            assert added is not None
            await keep(session, replace(words, membership_id=added.id), article_id)

        await server.press(message, editor, "Ongedaan maken")
        assert "is teruggedraaid" in (await server.wait_for_edit(message)).text

        async with services.database.reading() as session:
            after = await export_roster(session)
        assert after["memberships"] == before["memberships"]
        # Somebody whose words are kept stays in the list.
        assert [row["id"] for row in after["persons"] if row not in before["persons"]] == [NEW]
        assert services.roster.capacity(VAN_DEN_ELZEN, TODAY) is not None

    async def test_somebody_leaves(
        self, server: BotApiServer, services: Services, editor: User, bot: AnyApplication
    ) -> None:
        await server.say(editor, editor, "/office Van den Elzen, leaves, from 5 December 2024")
        message = await server.wait_for_message(editor)
        await server.press(message, editor, "Doorvoeren")
        await server.wait_for_edit(message)
        assert services.roster.capacity(VAN_DEN_ELZEN, date(2024, 12, 4)) is not None
        assert services.roster.capacity(VAN_DEN_ELZEN, date(2024, 12, 5)) is None

    async def test_a_name_that_may_be_two_asks_which_or_somebody_new(
        self, server: BotApiServer, services: Services, editor: User, bot: AnyApplication
    ) -> None:
        await server.say(editor, editor, "/ambt Hulshof, minister van Financiën, vanaf 5 december 2024")
        question = await server.wait_for_message(editor)
        await server.press(question, editor, "Karin Hulshof")
        assert "+ Karin Hulshof, minister van Financiën" in (await server.wait_for_edit(question)).text
        await server.press(question, editor, "Annuleren")
        assert "niets gewijzigd" in (await server.wait_for_edit(question)).text
        assert services.roster.capacity(VAN_DEN_ELZEN, TODAY) is not None

    @pytest.mark.usefixtures("bot", "editor")
    async def test_nobody_else_may(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, APPOINT)
        assert "Alleen wie deze bot beheert" in (await server.wait_for_message(anna)).text

    @pytest.mark.usefixtures("bot")
    async def test_what_cannot_be_read_says_how_it_is_written(self, server: BotApiServer, editor: User) -> None:
        await server.say(editor, editor, "/ambt Zandstra wordt bakker")
        assert "Schrijf wie vanaf wanneer welk ambt krijgt" in (await server.wait_for_message(editor)).text


async def test_a_change_is_known_to_handlers_and_worker_without_a_restart(services: Services) -> None:
    async with services.database.reading() as session:
        version = await roster_version(session)
        popolo = await export_roster(session)
    worker = Worker(popolo, spacy_model=None, timeout=60)
    watch = RosterWatch(services.database, services, worker, version)
    assert not await watch.renew()
    async with services.database.writing() as session:
        person = {"id": NEW, "name": "Jan de Bakker", "given_name": "Jan", "family_name": "de Bakker"}
        await import_roster(session, popolo={"persons": [person], "organizations": [], "memberships": []})
    assert await watch.renew()
    assert not await watch.renew()
    assert services.roster.person(NEW) is not None
    await worker.close()
