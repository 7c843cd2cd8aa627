"""Searches over HTTP: limits as people write them, either end first, and every quote of a page cited by a button."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console import Console, ask
from bot.messages.searching import CAPACITIES, Search, unpacked
from bot.quotes.roster import Roster
from handlers import Services
from handlers.landmarks import landmarks_of
from handlers.periods import Period, read_period
from handlers.searches import offices_of, read_limits
from seeds import roster as seeded_roster
from tests.botapi import BotApiServer, User
from tests.storage_examples import VAN_DEN_ELZEN, a_statement, keep, keep_text
from tests.telegram_bot import roster, running_bot

pytest_plugins = ("tests.telegram_fixtures",)

TODAY = date(2026, 11, 24)
SEEDED = Roster.from_popolo(seeded_roster())
FICTIONAL = Roster.from_popolo(roster())


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("in Rutte IV", "2022-01-10", "2024-07-02"),
        ("onder Rutte-2", "2012-11-05", "2017-10-26"),
        ("sinds het kabinet-Jetten", "2026-02-23", None),
        ("under the Schoof cabinet", "2024-07-02", "2026-02-23"),
        ("vóór de verkiezingen", None, "2025-10-28"),
        ("na de Tweede Kamerverkiezingen van 2023", "2023-11-23", None),
        ("since the 2021 elections", "2021-03-17", None),
        ("tussen de verkiezingen en kabinet-Jetten", "2025-10-29", "2026-02-23"),
    ],
)
def test_cabinets_and_elections_are_read_as_periods(written: str, first: str | None, last: str | None) -> None:
    period = Period(date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None)
    assert read_period(written, TODAY, landmarks_of(SEEDED)) == period


@pytest.mark.parametrize(
    "written", ["Schoof", "Rutte", "de verkiezingen van 2022", "voor de gemeenteraadsverkiezingen"]
)
def test_a_name_alone_is_no_cabinet_and_other_elections_are_words(written: str) -> None:
    assert read_period(written, TODAY, landmarks_of(SEEDED)) is None


def test_a_cabinet_without_days_of_its_own_has_those_of_its_members() -> None:
    assert read_period("kabinet-Zandstra", TODAY, landmarks_of(FICTIONAL)) == Period(date(2020, 1, 10), None)


@pytest.mark.parametrize(
    ("written", "rest", "search"),
    [
        ("zandstra dijk als Kamerlid", "zandstra dijk", Search(capacity="member")),
        ("zandstra as a minister in 2023", "zandstra", Search("", (date(2023, 1, 1), date(2023, 12, 31)), "minister")),
        ("zandstra in 2023 als premier", "zandstra", Search("", (date(2023, 1, 1), date(2023, 12, 31)), "premier")),
        ("als fractievoorzitter", "", Search(capacity="group_leader")),
        ("zandstra als kapitein", "zandstra als kapitein", Search()),
        ("zandstra als minister van Rust", "zandstra als minister van Rust", Search()),
        ("zandstra as minister of finance", "zandstra", Search(capacity="minister")),
        ('zandstra "als minister"', 'zandstra "als minister"', Search()),
    ],
)
def test_a_capacity_is_taken_from_the_end(written: str, rest: str, search: Search) -> None:
    asked = read_limits(written, TODAY, FICTIONAL)
    assert (asked.rest, asked.search) == (rest, search)


def test_what_is_said_outside_the_cabinet_is_said_as_a_member_of_parliament() -> None:
    member, minister = offices_of(SEEDED, "member"), offices_of(SEEDED, "minister")
    assert member is not None
    assert minister is not None
    assert member.or_none
    assert not member.ids & minister.ids
    assert offices_of(SEEDED, None) is None


days = st.none() | st.tuples(st.none() | st.dates(), st.none() | st.dates())


@given(st.builds(Search, st.text().map(str.strip), days, st.none() | st.sampled_from(list(CAPACITIES)), st.booleans()))
def test_a_button_gives_back_the_search_that_it_was_given(search: Search) -> None:
    assert unpacked(search.packed()) == search


@pytest.mark.parametrize("written", ["@20249999-", "@-x", "=z", "=m^", "^", "@20240101-20240102", "dijk"])
def test_what_no_button_of_ours_says_is_words(written: str) -> None:
    assert unpacked(unpacked(written).packed()) == unpacked(written)


async def _as_member_of_parliament(services: Services) -> None:
    async with services.database.writing() as session:
        article_id = await keep_text(session, "kamer")
        statement = replace(a_statement("De dijk moet lager.", said_on=date(2019, 5, 1)), membership_id=None)
        await keep(session, statement, article_id)
        await keep(session, a_statement("De btw is een dijk.", person_id=VAN_DEN_ELZEN), article_id, start=50)


class TestCapacity:
    async def test_words_are_told_apart_by_the_office_in_which_they_were_said(self, services: Services) -> None:
        await _as_member_of_parliament(services)
        assert (await ask(services, "quotes zandstra dijk als Kamerlid")).startswith(
            "Wouter Zandstra · “dijk” · als Kamerlid · 1 uitspraak\n\n1 mei 2019\n“De dijk moet lager.”"
        )
        assert "als premier · 1–5 van 12 uitspraken" in await ask(services, "quotes zandstra als premier")
        assert "Gezocht: als staatssecretaris." in await ask(services, "quotes zandstra als staatssecretaris")

    async def test_an_office_limits_the_days_to_its_own(self, services: Services) -> None:
        answered = await ask(services, "quotes van den elzen als minister van Financiën")
        assert answered.startswith("Mirthe van den Elzen · als minister · sinds 10 januari 2020 · 1 uitspraak")


@pytest.mark.usefixtures("bot")
class TestSearch:
    @pytest.mark.parametrize("command", ["/search btw", "/zoek btw sinds 2024", "/zoek@citaatwacht_bot btw"])
    async def test_everyone_is_searched(self, server: BotApiServer, anna: User, command: str) -> None:
        group = server.group("Redactie", members=[anna], topics={7: "Kabinet"})
        await server.say(group, anna, command, topic=7)
        shown = await server.wait_for_message(group)
        assert shown.text.startswith("Iedereen · “btw” · ")
        assert "Mirthe van den Elzen · 1 maart 2024 · minister van Financiën (WVP)" in shown.text
        assert shown.topic_id == 7

    async def test_a_name_is_a_word_like_any_other(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/zoek Zandstra dijk")
        assert (await server.wait_for_message(anna)).text.startswith("Er is niets gevonden met “Zandstra dijk”.")

    async def test_without_words_it_tells_how_it_is_written(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/zoek")
        assert "/zoek WOORDEN [periode]" in (await server.wait_for_message(anna)).text

    async def test_a_channel_is_answered_in_it(self, server: BotApiServer, anna: User) -> None:
        channel = server.group("Omroep", administrators=[anna], kind="channel", bot_status="administrator")
        await server.say(channel, anna, "/zoek btw")
        assert "omhooggaat" in (await server.wait_for_message(channel)).text


@pytest.mark.usefixtures("bot")
class TestReplies:
    @pytest.mark.parametrize(
        ("command", "answered"),
        [
            ("/quotes", "Mirthe van den Elzen · 1 uitspraak"),
            ("/wie@citaatwacht_bot", "Mirthe van den Elzen · WVP"),
            ("/tijdlijn", "Mirthe van den Elzen · 1 uitspraak"),
            ("/ommekeer", "Van Mirthe van den Elzen is geen ommekeer gevonden.\n\nArchief vanaf 1 maart 2024."),
            ("/quotes Zandstra dijk", "Wouter Zandstra · “dijk”"),
        ],
    )
    async def test_in_answer_to_a_quote_its_speaker_is_meant_unless_a_name_is_given(
        self, server: BotApiServer, anna: User, command: str, answered: str
    ) -> None:
        group = server.group("Redactie", members=[anna])
        await server.say(group, anna, "/quotes van den elzen")
        shown = await server.wait_for_message(group)
        await server.say(group, anna, command, reply_to=shown)
        assert (await server.wait_for_message(group)).text.startswith(answered)

    async def test_in_answer_to_the_words_of_several_people_a_name_is_asked_for(
        self, server: BotApiServer, anna: User
    ) -> None:
        await server.say(anna, anna, "/quotes 1 maart 2024")
        shown = await server.wait_for_message(anna)
        await server.say(anna, anna, "/quotes", reply_to=shown)
        assert "/citaten NAAM" in (await server.wait_for_message(anna)).text


@pytest.mark.usefixtures("bot")
class TestPages:
    async def test_a_button_turns_the_order_round_and_back(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/quotes zandstra dijk")
        page = await server.wait_for_message(anna)

        await server.press(page, anna, "Oudste eerst")
        await server.wait_for_edit(page)
        assert page.text.startswith(
            "Wouter Zandstra · “dijk” · 1–5 van 10 uitspraken · oudste eerst\n\n1. 1 maart 2024"
        )

        await server.press(page, anna, "nieuwer ›")
        await server.wait_for_edit(page)
        assert "6–10 van 10 uitspraken · oudste eerst\n\n1. 6 maart 2024" in page.text
        assert page.labels[5:] == ["‹ ouder", "Nieuwste eerst"]

        await server.press(page, anna, "Nieuwste eerst")
        await server.wait_for_edit(page)
        assert "1–5 van 10 uitspraken\n\n1. 10 maart 2024" in page.text

    async def test_every_quote_of_a_page_is_cited_by_its_place(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/quotes zandstra dijk")
        page = await server.wait_for_message(anna)
        await server.press(page, anna, "3")
        assert "Citaatwacht #8" in (await server.wait_for_message(anna)).text


async def test_words_too_long_for_a_button_survive_a_restart(
    server: BotApiServer, services: Services, anna: User
) -> None:
    words = '"Dijk nummer" blijft staan hoog nummer dijk blijft staan hoog'
    async with running_bot(server, services):
        await server.say(anna, anna, f"/quotes zandstra {words} vóór 2025 als premier")
        page = await server.wait_for_message(anna)
    async with running_bot(server, services):
        await server.press(page, anna, "ouder")
        await server.wait_for_edit(page)
    assert page.text.startswith(f"Wouter Zandstra · {words} · als premier · tot en met 31 december 2024 · 6–10 van 10")


async def test_the_console_turns_pages_whose_words_are_too_long_for_a_button(services: Services) -> None:
    console = Console(services)
    words = "dijk nummer blijft staan hoog dijk nummer blijft staan hoog dijk"
    await console.enter(f"/quotes hulshof {words}")
    assert f"“{words}”" in await console.enter("1")


async def test_offices_are_named_in_english_for_english_readers(services: Services) -> None:
    console = Console(services)
    await console.enter("/language en")
    assert "1 March 2024 · Minister of Finance (WVP)" in await console.enter("/quotes van den elzen")
    assert "Mirthe van den Elzen – Minister of Finance (WVP)" in await console.enter("/person minister of finance")
    assert "• Finance: Mirthe van den Elzen (WVP)" in await console.enter("/ministers")
