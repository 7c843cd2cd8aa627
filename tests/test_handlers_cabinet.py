"""Who is who: one person, whoever held an office, and a cabinet on a day."""

from __future__ import annotations

from typing import Any

import pytest

from bot.console import Console, ask
from bot.quotes.roster import Roster
from handlers import Services
from tests.botapi import BotApiServer, User
from tests.telegram_bot import roster, running_bot

pytest_plugins = ("tests.telegram_fixtures",)


def _changed_roster() -> dict[str, Any]:
    """Give a cabinet that fell in 2024, in which somebody stood in for the minister of Finance."""
    popolo = roster()
    popolo["organizations"][0]["phases"] = [{"name": "demissionair", "start_date": "2024-05-01"}]
    finance = popolo["memberships"][1]
    finance |= {"end_date": "2024-01-31"}
    popolo["memberships"] += [
        finance
        | {"id": "f2", "person_id": "joost-hulshof", "start_date": "2024-02-01", "end_date": None, "acting": True},
        finance
        | {
            "id": "s1",
            "person_id": "karin-hulshof",
            "role": "staatssecretaris",
            "label": "Staatssecretaris van Financiën",
            "portfolio": "Belastingen en Toeslagen",
            "start_date": "2024-02",
            "end_date": None,
        },
    ]
    return popolo


@pytest.fixture
def changed(services: Services) -> Services:
    """The archive with that cabinet."""
    return Services(services.database, Roster.from_popolo(_changed_roster()))


class TestPerson:
    @pytest.mark.parametrize("command", ["/person Zandstra", "/wie zandstra"])
    async def test_it_shows_party_offices_counts_and_the_last_statement(
        self, server: BotApiServer, services: Services, anna: User, command: str
    ) -> None:
        async with running_bot(server, services):
            await server.say(anna, anna, command)
            message = await server.wait_for_message(anna)
            assert message.labels == ["Citaten", "Tijdlijn", "Ommekeer", "Volgen"]
            await server.press(message, anna, "Citaten")
            pages = (await server.wait_for_edit(message)).text

        assert pages.startswith("Wouter Zandstra · 1–5 van 12 uitspraken")

    async def test_the_text_says_all_of_it(self, services: Services) -> None:
        shown = await ask(services, "wie zandstra")
        assert shown.startswith(
            "Wouter Zandstra · WVP\n"
            "12 uitspraken, 1 ommekeer of verschuiving\n\n"
            "• Minister-president (WVP) · sinds 10 januari 2020\n\n"
            "Laatste uitspraak · 10 maart 2024 · minister-president (WVP)\n“Dijk nummer 10"
        )

    async def test_offices_have_their_terms_no_more_precise_than_they_are_known(self, changed: Services) -> None:
        assert "• Minister van Financiën (WVP) · 10 januari 2020 – januari 2024" in await ask(changed, "wie elzen")
        shown = await ask(changed, "wie karin hulshof")
        assert "• Staatssecretaris van Financiën (WVP) · sinds februari 2024" in shown
        assert "0 uitspraken" in shown

    async def test_a_name_that_two_have_is_asked_about(self, services: Services) -> None:
        console = Console(services)
        assert "Wie bedoel je met “Hulshof”?" in await console.enter("/wie Hulshof")
        assert "Karin Hulshof" in await console.enter("2")

    @pytest.mark.parametrize(
        ("asked", "who"),
        [
            ("minister van Financiën op 3 maart 2023", "3 maart 2023\nMirthe van den Elzen – Minister van Financiën"),
            ("de minister van financien op 1-3-2024", "Joost Hulshof – Minister van Financiën (WVP), waarnemend"),
            ("staatssecretaris van Toeslagen op maart 2024", "31 maart 2024\nKarin Hulshof"),
            ("premier", "Wouter Zandstra – Minister-president (WVP)"),
            ("minister van Financiën op 3 maart 2019", "Er is niemand bekend die op 3 maart 2019"),
            ("minister van Koffie", "Er is niemand bekend die op"),
            ("minister van Financiën op zondag", "Die datum herken ik niet."),
        ],
    )
    async def test_whoever_held_an_office_on_a_day_is_named(self, changed: Services, asked: str, who: str) -> None:
        assert who in await ask(changed, f"wie {asked}")

    async def test_without_a_name_it_tells_how_it_is_written(self, services: Services) -> None:
        assert "Schrijf: /wie NAAM" in await ask(services, "wie")


class TestMinisters:
    async def test_a_day_shows_the_cabinet_by_portfolio(self, changed: Services) -> None:
        assert (await ask(changed, "kabinet 2 juni 2024")).startswith(
            "Kabinet-Zandstra · 2 juni 2024 · demissionair\n\n"
            "Ministers\n"
            "• Algemene Zaken: Wouter Zandstra (WVP)\n"
            "• Financiën: Joost Hulshof (WVP), waarnemend\n\n"
            "Staatssecretarissen\n"
            "• Belastingen en Toeslagen: Karin Hulshof (WVP)\n\n"
            "[1] Wouter Zandstra"
        )
        before = await ask(changed, "ministers 2023-12-31")
        assert before.startswith("Kabinet-Zandstra · 31 december 2023\n\n")
        assert "• Financiën: Mirthe van den Elzen (WVP)\n" in before

    async def test_a_button_leads_to_a_person_and_back(
        self, server: BotApiServer, changed: Services, anna: User
    ) -> None:
        async with running_bot(server, changed):
            await server.say(anna, anna, "/kabinet 2 juni 2024")
            message = await server.wait_for_message(anna)
            listed = message.text
            await server.press(message, anna, "Karin")
            assert (await server.wait_for_edit(message)).text.startswith("Karin Hulshof · WVP")
            await server.press(message, anna, "terug")
            assert (await server.wait_for_edit(message)).text == listed

    @pytest.mark.parametrize("typed", ["Zandstra", "het kabinet-Zandstra", "kabinet zandstra"])
    async def test_a_cabinet_by_name_shows_who_served_in_it_with_the_days_that_were_not_all(
        self, changed: Services, typed: str
    ) -> None:
        assert (await ask(changed, f"kabinet {typed}")).startswith(
            "Kabinet-Zandstra · sinds 10 januari 2020 · demissionair vanaf 1 mei 2024\n\n"
            "Ministers\n"
            "• Algemene Zaken: Wouter Zandstra (WVP)\n"
            "• Financiën: Mirthe van den Elzen (WVP), tot en met januari 2024\n"
            "• Financiën: Joost Hulshof (WVP), waarnemend, vanaf februari 2024\n\n"
            "Staatssecretarissen\n"
            "• Belastingen en Toeslagen: Karin Hulshof (WVP), vanaf februari 2024\n\n"
            "[1] Wouter Zandstra"
        )

    async def test_of_cabinets_with_one_name_it_is_asked_which(
        self, server: BotApiServer, services: Services, anna: User
    ) -> None:
        popolo = _changed_roster()
        for number, year in (("II", 2018), ("III", 2021)):
            cabinet = {"id": f"kabinet-boot-{number}", "name": f"kabinet-Boot {number}", "classification": "cabinet"}
            popolo["organizations"].append(cabinet | {"founding_date": f"{year}-01-10"})
            office = {"role": "minister", "label": "Minister van Visserij", "portfolio": "Visserij"}
            when = {"start_date": f"{year}-01-10", "end_date": f"{year + 2}-01-10"}
            served = {"id": f"b{number}", "person_id": "joost-hulshof", "organization_id": f"kabinet-boot-{number}"}
            popolo["memberships"].append(office | when | served)
        async with running_bot(server, Services(services.database, Roster.from_popolo(popolo))):
            await server.say(anna, anna, "/kabinet boot")
            message = await server.wait_for_message(anna)
            assert message.labels == ["Kabinet-Boot III", "Kabinet-Boot II"]
            await server.press(message, anna, "Kabinet-Boot III")
            shown = (await server.wait_for_edit(message)).text
            assert (
                shown == "Kabinet-Boot III · 10 januari 2021 – 10 januari 2023\n\nMinisters\n• Visserij: Joost Hulshof"
            )
            await server.press(message, anna, "Joost")
            await server.wait_for_edit(message)
            await server.press(message, anna, "terug")
            assert (await server.wait_for_edit(message)).text == shown

    async def test_without_a_day_today_is_meant(self, services: Services) -> None:
        assert "• Financiën: Mirthe van den Elzen (WVP)" in await ask(services, "ministers")

    async def test_english_is_spoken(self, server: BotApiServer, changed: Services, anna: User) -> None:
        async with running_bot(server, changed):
            await server.say(anna, anna, "/language en")
            await server.wait_for_message(anna)
            await server.say(anna, anna, "/ministers 2 June 2024")
            message = await server.wait_for_message(anna)
            assert "2 June 2024 · outgoing\n\nMinisters\n" in message.text
            assert "Joost Hulshof (WVP), acting" in message.text

    async def test_a_day_that_nobody_was_in_office_or_that_is_none_is_answered(self, services: Services) -> None:
        assert await ask(services, "kabinet 1950") == "Er is niemand bekend die op 31 december 1950 in functie was."
        assert "/kabinet 2024-03-01" in await ask(services, "kabinet ooit")

    @pytest.mark.parametrize("data", [f"p:wouter-zandstra::{'9' * 40}", "p:::", "p:nobody::"])
    async def test_forged_buttons_do_no_harm(
        self, server: BotApiServer, services: Services, anna: User, data: str
    ) -> None:
        async with running_bot(server, services):
            await server.say(anna, anna, "/kabinet")
            press = await server.press_data(await server.wait_for_message(anna), anna, data)
            assert (await server.wait_for_answer(press)).get("text", "werkt niet meer").count("werkt niet meer") == 1
