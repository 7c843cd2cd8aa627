"""Commands over HTTP: what is asked, in private and in groups, in Dutch and in English."""

from __future__ import annotations

import pytest

import seeds
from handlers import COMMANDS, publish_commands
from storage.database import Database
from tests.botapi import BotApiServer, User
from tests.telegram_bot import AnyApplication, fill_archive, running_bot

pytest_plugins = ("tests.telegram_fixtures",)


@pytest.mark.usefixtures("bot")
class TestInPrivate:
    async def test_start_tells_what_the_bot_is_for(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/start")

        message = await server.wait_for_message(anna)

        assert "bewaart wat ministers zeggen" in message.text
        assert "/citaten Zandstra" in message.text

    async def test_help_shows_each_command_under_one_topic_with_examples_to_tap(
        self, server: BotApiServer, anna: User
    ) -> None:
        await server.say(anna, anna, "/help")
        message = await server.wait_for_message(anna)
        assert len(message.text) < 300
        pages = []
        for topic in [button["text"] for row in message.keyboard for button in row]:
            await server.press(message, anna, topic)
            pages.append((await server.wait_for_edit(message)).text)
            await server.press(message, anna, "‹ terug")
            await server.wait_for_edit(message)

        for command in COMMANDS:
            shown = [page for page in pages if f"\n/{command.alias} " in page]
            assert len(shown) == 1, command.alias

        await server.press(message, anna, "Naslaan")
        await server.wait_for_edit(message)
        await server.press(message, anna, "/citaten Zandstra")
        assert "1–5 van 12 uitspraken" in (await server.wait_for_edit(message)).text

    async def test_help_on_a_topic_can_be_asked_by_name(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/help privacy")
        assert "/vergeet" in (await server.wait_for_message(anna)).text

    @pytest.mark.parametrize("command", ["/quotes", "/citaten", "/CITATEN"])
    async def test_quotes_show_day_office_outlet_number_and_mark(
        self, server: BotApiServer, anna: User, command: str
    ) -> None:
        await server.say(anna, anna, f"{command} Zandstra")

        message = await server.wait_for_message(anna)

        assert message.text.startswith("Wouter Zandstra · 1–5 van 12 uitspraken")
        assert "10 maart 2024 · minister-president (WVP)\n“Dijk nummer 10 blijft <staan> & hoog.”" in message.text
        assert "De Waterlandse Bode, 1 maart 2024 · #10" in message.text
        assert message.text.endswith("Archief vanaf 1 maart 2024. Niet gevonden is niet: niet gezegd.")
        links = [entity for entity in message.entities if entity.kind == "text_link"]
        assert links[0].attributes["href"] == "https://bode.example/dijken"

    async def test_a_paraphrase_has_its_cue_and_no_quotation_marks(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/quotes van den elzen")

        message = await server.wait_for_message(anna)

        assert "\n– sluit uit dat de btw omhooggaat\n" in message.text
        assert "“" not in message.text
        assert "minister van Financiën (WVP)" in message.text

    async def test_words_after_the_name_are_searched(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, '/quotes Wouter Zandstra "nummer 7"')
        assert "“nummer 7” · 1 uitspraak" in (await server.wait_for_message(anna)).text

        await server.say(anna, anna, "/quotes zandstra dijk 7")
        assert "Dijk nummer 7" in (await server.wait_for_message(anna)).text

        await server.say(anna, anna, "/quotes zandstra walvis")
        assert "niets gevonden met “walvis”" in (await server.wait_for_message(anna)).text

    async def test_a_phrase_alone_is_looked_for_in_everything(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/quotes „de btw”")
        message = await server.wait_for_message(anna)
        assert message.text.startswith("Iedereen · “de btw” · 1 uitspraak\n\nMirthe van den Elzen")

    async def test_reversals_show_both_sides_with_what_changed_underlined(
        self, server: BotApiServer, anna: User
    ) -> None:
        await server.say(anna, anna, "/ommekeer Zandstra")

        message = await server.wait_for_message(anna)

        assert "Mogelijke ommekeer · niet nagekeken" in message.text
        assert "Waarom: dicht ↔ open." in message.text
        assert "Twijfel: andere functie." in message.text
        assert message.text.index("Nu ") < message.text.index("Toen ")
        underlined = [entity for entity in message.entities if entity.kind == "underline"]
        whole = message.text.encode("utf-16-le")
        words = [whole[2 * e.offset : 2 * (e.offset + e.length)].decode("utf-16-le") for e in underlined]
        assert words == ["open", "dicht"]

    async def test_reversals_of_nobody_are_everyones(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/reversals")
        assert (await server.wait_for_message(anna)).text.startswith("Ommekeer · 1 paar")

        await server.say(anna, anna, "/reversals Elzen")
        assert "geen ommekeer gevonden" in (await server.wait_for_message(anna)).text

    async def test_following_can_be_begun_listed_and_ended(self, server: BotApiServer, anna: User) -> None:
        async def answer_to(text: str) -> str:
            await server.say(anna, anna, text)
            return (await server.wait_for_message(anna)).text

        assert "nog niemand gevolgd" in await answer_to("/volgend")
        assert await answer_to("/volg zandstra") == (
            "Je volgt nu Wouter Zandstra. Nieuwe uitspraken komen hier binnen.\nGemeld wordt: iedere uitspraak."
        )
        assert "werd hier al gevolgd" in await answer_to("/follow Zandstra")
        assert "• Wouter Zandstra" in await answer_to("/following")
        assert "niet meer gevolgd" in await answer_to("/ontvolg Zandstra")
        assert "werd hier niet gevolgd" in await answer_to("/unfollow Zandstra")

    async def test_a_command_without_a_name_tells_how_it_is_written(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/citaten")

        message = await server.wait_for_message(anna)

        assert "Schrijf: /citaten NAAM" in message.text
        assert "Bijvoorbeeld: /citaten Zandstra" in message.text

    @pytest.mark.parametrize(("typed", "meant"), [("/citaatn x", "/citaten?"), ("/qoutes x", "/quotes?")])
    async def test_a_misspelt_command_is_answered_with_the_one_that_is_likest(
        self, server: BotApiServer, anna: User, typed: str, meant: str
    ) -> None:
        await server.say(anna, anna, typed)
        assert f"Bedoel je {meant}" in (await server.wait_for_message(anna)).text

    async def test_an_unknown_command_is_answered(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/koffie")
        assert "ken ik niet" in (await server.wait_for_message(anna)).text

    async def test_an_edited_message_is_no_new_question(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/help", is_edit=True)
        await server.say(anna, anna, "/volgend")
        assert "niemand gevolgd" in (await server.wait_for_message(anna)).text

    async def test_english_is_spoken_when_it_is_asked_for(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/language")
        choice = await server.wait_for_message(anna)
        assert choice.labels == ["Nederlands", "English"]

        await server.press(choice, anna, "English")
        assert (await server.wait_for_edit(choice)).text == "From now on in English."

        await server.say(anna, anna, "/quotes Zandstra")
        message = await server.wait_for_message(anna)
        assert "1–5 of 12 statements" in message.text
        assert "10 March 2024" in message.text

        await server.say(anna, anna, "/taal nl")
        assert (await server.wait_for_message(anna)).text == "Voortaan in het Nederlands."


@pytest.mark.usefixtures("bot")
class TestNames:
    async def test_a_name_that_two_have_is_asked_about(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/quotes Hulshof dijk")
        choice = await server.wait_for_message(anna)
        assert choice.text == "Wie bedoel je met “Hulshof”? · “dijk”"
        assert sorted(choice.labels) == ["Joost Hulshof", "Karin Hulshof"]

        await server.press(choice, anna, "Karin")

        assert "Van Karin Hulshof is niets gevonden met “dijk”." in (await server.wait_for_edit(choice)).text

    @pytest.mark.parametrize("command", ["volg", "ontvolg", "ommekeer"])
    async def test_other_commands_ask_as_well(self, server: BotApiServer, anna: User, command: str) -> None:
        # Of several with a name those who are followed are asked about.
        await server.say(anna, anna, "/volg Joost Hulshof")
        await server.wait_for_message(anna)
        await server.say(anna, anna, f"/{command} Hulshof")
        choice = await server.wait_for_message(anna)

        await server.press(choice, anna, "Joost")

        assert "Joost Hulshof" in (await server.wait_for_edit(choice)).text

    async def test_an_unknown_name_offers_a_search_in_everything(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/quotes btw")
        offer = await server.wait_for_message(anna)
        assert "Niemand met een naam als “btw”" in offer.text

        await server.press(offer, anna, "Zoek “btw”")

        assert (await server.wait_for_edit(offer)).text.startswith("Iedereen · “btw” · 1 uitspraak")

    async def test_what_is_typed_is_never_read_as_markup(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/quotes <b>&amp;")
        assert "“<b>&amp;”" in (await server.wait_for_message(anna)).text


class TestTheSeeds:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [("Yesilgoz", "Dilan Yeşilgöz"), ("vd Burg", "Eric van der Burg"), ("ruttte", "Mark Rutte")],
    )
    async def test_ministers_are_found_as_people_write_them(
        self, server: BotApiServer, sqlite_database: Database, anna: User, typed: str, meant: str
    ) -> None:
        services = await fill_archive(sqlite_database, seeds.roster())
        async with running_bot(server, services):
            await server.say(anna, anna, f"/quotes {typed}")
            message = await server.wait_for_message(anna)
        assert message.text.startswith(f"Van {meant}")


async def test_the_command_menu_stands_in_both_languages_and_by_scope(
    server: BotApiServer, bot: AnyApplication
) -> None:
    await publish_commands(bot.bot, {7})

    everyones = [command for command in COMMANDS if not command.is_operators]
    private_nl = [row["command"] for row in server.world.commands["all_private_chats:"]]
    private_en = [row["command"] for row in server.world.commands["all_private_chats:en"]]
    members = [row["command"] for row in server.world.commands["all_group_chats:"]]

    assert private_nl == [command.alias for command in everyones]
    assert private_en == [command.name for command in everyones]
    assert "ambt" not in private_nl
    assert "ambt" in [row["command"] for row in server.world.commands["chat:"]]
    assert "volg" not in members
    assert "citaten" in members


async def test_a_menu_that_telegram_refuses_stops_nothing(server: BotApiServer, bot: AnyApplication) -> None:
    server.fail(500, method="setMyCommands", times=None)
    await publish_commands(bot.bot)
    assert server.world.commands == {}
