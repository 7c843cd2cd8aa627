"""What is asked of one statement over HTTP: by number, in answer to a message, and by button."""

from __future__ import annotations

from datetime import date

import pytest

from bot.console import Console, ask
from bot.reversals import terms
from handlers import Services
from tests.botapi import BotApiServer, User
from tests.storage_examples import a_statement, keep, keep_text
from tests.telegram_bot import running_bot

pytest_plugins = ("tests.telegram_fixtures",)


@pytest.mark.usefixtures("bot")
class TestCite:
    @pytest.mark.parametrize("command", ["/cite #1", "/citeer 1"])
    async def test_a_short_citation_has_a_button_that_copies_it(
        self, server: BotApiServer, anna: User, command: str
    ) -> None:
        await server.say(anna, anna, command)

        message = await server.wait_for_message(anna)

        assert message.text == (
            "“Dijk nummer 1 blijft <staan> & hoog.”\n"
            "Wouter Zandstra, minister-president (WVP), 1 maart 2024\n"
            "De Waterlandse Bode, “Kop van dijken”, 1 maart 2024, https://bode.example/dijken\n"
            "Citaatwacht #1"
        )
        assert message.button("Kopieer")["copy_text"] == {"text": message.text}

    async def test_in_answer_to_a_message_the_number_in_it_counts(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/quotes van den elzen")
        shown = await server.wait_for_message(anna)

        await server.say(anna, anna, "/citeer", reply_to=shown)

        cited = (await server.wait_for_message(anna)).text
        assert cited.startswith("– sluit uit dat de btw omhooggaat\nMirthe van den Elzen")
        assert cited.endswith("#13 (parafrase)")

    async def test_in_answer_to_a_page_it_is_asked_which_statement_is_meant(
        self, server: BotApiServer, anna: User
    ) -> None:
        await server.say(anna, anna, "/quotes Zandstra")
        page = await server.wait_for_message(anna)
        await server.say(anna, anna, "/citeer", reply_to=page)
        choice = await server.wait_for_message(anna)
        assert choice.text == "Welke uitspraak bedoel je?"
        assert choice.labels[0] == "#10 Wouter Zandstra: Dijk nummer 10 blijft <staan> & hoog."
        assert len(choice.labels) == 5

        await server.press(choice, anna, "#8 ")

        assert "Citaatwacht #8" in (await server.wait_for_message(anna)).text
        assert choice.edits == 0

    async def test_a_statement_alone_has_a_button_and_stays_as_it_is(self, server: BotApiServer, anna: User) -> None:
        group = server.group("Redactie", members=[anna])
        await server.say(group, anna, "/quotes van den elzen")
        shown = await server.wait_for_message(group)

        await server.press(shown, anna, "Citeer")

        cited = await server.wait_for_message(group)
        assert cited.reply_to == shown.id
        assert "Citaatwacht #13" in cited.text
        assert shown.edits == 0

    async def test_without_a_number_it_tells_how_it_is_written(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/citeer")
        await server.say(anna, anna, "/citeer deze")
        assert "/citeer #1042, met het nummer" in (await server.wait_for_message(anna)).text

    async def test_a_number_that_nobody_has_is_answered(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/citeer #999999999999999999")
        assert (await server.wait_for_message(anna)).text == "Er is geen uitspraak #999999999999999999."

    async def test_it_speaks_english(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/language en")
        await server.wait_for_message(anna)
        await server.say(anna, anna, "/cite #13")
        assert (await server.wait_for_message(anna)).text.endswith(
            "1 March 2024, https://bode.example/dijken\nCitaatwacht #13 (paraphrase)"
        )

    @pytest.mark.parametrize("data", ["t:::", "t:::999", "t:::12.1", "t:::-1"])
    async def test_forged_buttons_are_answered_politely(self, server: BotApiServer, anna: User, data: str) -> None:
        await server.say(anna, anna, "/citeer #13")
        shown = await server.wait_for_message(anna)
        press = await server.press_data(shown, anna, data)
        assert "werkt niet meer" in (await server.wait_for_answer(press))["text"]


async def test_in_the_console_what_was_shown_last_is_meant(services: Services) -> None:
    console = Console(services)
    await console.enter("/quotes van den elzen")

    cited = await console.enter("/citeer")

    assert "[1] Kopieer" in cited
    assert await console.enter("1") == cited.removesuffix("\n\n[1] Kopieer")


class TestContext:
    async def test_it_shows_the_paragraph_and_what_was_said_before_on_the_matter(
        self, server: BotApiServer, services: Services, anna: User
    ) -> None:
        number = await _speeches(services)
        async with running_bot(server, services):
            await server.say(anna, anna, f"/context #{number}")
            message = await server.wait_for_message(anna)

        assert message.text == (
            "Wouter Zandstra · 5 juni 2024 · minister-president (WVP)\n\n"
            "De premier zei: ‘De haven van Waterland krijgt een sluis.’\n"
            f"De Waterlandse Bode, 1 maart 2024 · #{number}\n\n"
            "Eerder hierover\n"
            f"2 mei 2024 · minister-president (WVP) · #{number - 2}\n"
            "“Een sluis bij de haven komt er nooit.”\n\n"
            "Archief vanaf 1 maart 2024. Niet gevonden is niet: niet gezegd."
        )
        assert [entity.kind for entity in message.entities][:3] == ["bold", "blockquote", "bold"]
        assert message.labels == ["Citeer"]

    async def test_the_button_under_a_statement_brings_it(
        self, server: BotApiServer, services: Services, anna: User
    ) -> None:
        async with running_bot(server, services):
            await server.say(anna, anna, "/quotes van den elzen")
            shown = await server.wait_for_message(anna)
            assert shown.labels == ["Context", "Citeer"]
            await server.press(shown, anna, "Context")
            assert "Eerdere woorden hierover zijn niet gevonden." in (await server.wait_for_message(anna)).text

    async def test_the_console_answers_alike(self, services: Services) -> None:
        number = await _speeches(services)
        assert "Een sluis bij de haven komt er nooit" in await ask(services, f"context {number}")
        assert "/context #1042" in await ask(services, "context")


async def _speeches(services: Services) -> int:
    """Keep three statements of Zandstra's, two of them on one matter; give the number of the last."""
    number = 0
    async with services.database.writing() as session:
        article_id = await keep_text(session, "haven")
        for place, (content, day) in enumerate(
            [
                ("Een sluis bij de haven komt er nooit.", date(2024, 5, 2)),
                ("De haven van Veerdam is mooi.", date(2024, 5, 3)),
                ("De haven van Waterland krijgt een sluis.", date(2024, 6, 5)),
            ]
        ):
            statement = a_statement(content, said_on=day, terms=terms(content))
            number = await keep(session, statement, article_id, start=100 * place)
    return number
