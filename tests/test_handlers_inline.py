"""Inline mode over HTTP: quotes that are looked up from any chat."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.console import Console
from handlers import Services
from storage import chats
from tests.botapi import BotApiServer, User
from tests.botapi.markup import parse_html
from tests.storage_examples import a_statement, keep, keep_text
from tests.telegram_bot import running_bot

pytest_plugins = ("tests.telegram_fixtures",)


@pytest.mark.usefixtures("bot")
class TestQuotes:
    async def test_a_name_and_words_give_quotes_with_a_rich_text(self, server: BotApiServer, anna: User) -> None:
        answered = await server.wait_for_answer(await server.inline(anna, "elzen btw"))

        [result] = answered["results"]
        assert result["title"] == "Mirthe van den Elzen · 1 maart 2024"
        assert result["description"] == "dat de btw omhooggaat"
        text, entities = parse_html(result["input_message_content"]["message_text"])
        assert text == (
            "Mirthe van den Elzen, minister van Financiën (WVP) · 1 maart 2024\n"
            "– sluit uit dat de btw omhooggaat\n"
            "De Waterlandse Bode · #13"
        )
        assert [entity.kind for entity in entities] == ["bold", "text_link"]
        assert result["input_message_content"]["link_preview_options"] == {"is_disabled": True}
        assert answered["is_personal"] is True
        assert int(answered["cache_time"]) <= 60
        assert not answered.get("next_offset")

    async def test_ten_come_at_a_time_and_the_rest_by_an_offset(self, server: BotApiServer, anna: User) -> None:
        first = await server.wait_for_answer(await server.inline(anna, "zandstra"))
        assert len(first["results"]) == 10
        second = await server.wait_for_answer(await server.inline(anna, "zandstra", str(first["next_offset"])))
        assert len(second["results"]) == 2
        assert not second.get("next_offset")
        assert {one["id"] for one in first["results"]}.isdisjoint(one["id"] for one in second["results"])

    @pytest.mark.parametrize("typed", ["", "zandstra maart 2024", "blijft staan", '"dijk nummer"', "zandstr dijk"])
    async def test_nothing_a_period_words_or_half_a_name_give_quotes(
        self, server: BotApiServer, anna: User, typed: str
    ) -> None:
        assert (await server.wait_for_answer(await server.inline(anna, typed)))["results"]

    @pytest.mark.parametrize("offset", ["x", "-5", "9" * 20, "500"])
    async def test_a_forged_offset_does_no_harm(self, server: BotApiServer, anna: User, offset: str) -> None:
        answered = await server.wait_for_answer(await server.inline(anna, "zandstra", offset))
        assert not answered.get("next_offset") or len(answered["results"]) == 10

    async def test_a_name_of_two_people_gives_both_and_tells_so(
        self, server: BotApiServer, services: Services, anna: User
    ) -> None:
        for person_id, count in (("joost-hulshof", 2), ("karin-hulshof", 12)):
            await _said_by(services, person_id, count)

        answered = await server.wait_for_answer(await server.inline(anna, "hulshof"))

        assert answered["button"]["text"] == "Voor “hulshof”: Joost Hulshof, Karin Hulshof"
        names = [result["title"].partition(" · ")[0] for result in answered["results"]]
        assert names == ["Joost Hulshof"] * 2 + ["Karin Hulshof"] * 8
        assert not answered.get("next_offset")
        one = await server.wait_for_answer(await server.inline(anna, "karin hulshof"))
        assert "button" not in one
        assert str(one["next_offset"]) == "10"

    async def test_a_name_that_is_not_certain_is_named_above_what_it_gives(
        self, server: BotApiServer, anna: User
    ) -> None:
        answered = await server.wait_for_answer(await server.inline(anna, "zanster"))
        assert answered["button"]["text"].startswith("Voor “zanster”: Wouter Zandstra")
        assert answered["results"]

    async def test_where_nothing_is_found_it_tells_from_when_the_archive_reaches(
        self, server: BotApiServer, anna: User
    ) -> None:
        answered = await server.wait_for_answer(await server.inline(anna, "zandstra onvindbaar"))
        assert answered["results"] == []
        assert answered["button"]["text"] == "Niets gevonden in het archief vanaf 1 maart 2024"

    async def test_it_speaks_the_language_of_the_readers_own_chat(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/language en")
        await server.wait_for_message(anna)
        answered = await server.wait_for_answer(await server.inline(anna, "elzen"))
        assert (
            "Minister of Finance (WVP) · 1 March 2024"
            in answered["results"][0]["input_message_content"]["message_text"]
        )


async def _said_by(services: Services, person_id: str, count: int) -> None:
    async with services.database.writing() as session:
        article_id = await keep_text(session, person_id)
        for day in range(count):
            said_on = date(2024, 5, 1) + timedelta(days=day)
            statement = a_statement(f"Dag {day} van {person_id}.", person_id=person_id, said_on=said_on)
            await keep(session, statement, article_id, start=100 * day)


async def test_nothing_of_an_inline_query_is_logged_or_kept(
    server: BotApiServer,
    services: Services,
    anna: User,
    logs: list[MutableMapping[str, Any]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with running_bot(server, services):
        await server.wait_for_answer(await server.inline(anna, "zandstra geheimwoord"))
    assert "geheimwoord" not in f"{logs}{caplog.text}"
    async with services.database.reading() as session:
        assert await chats.chat(session, chat_id=anna.id) is None


async def test_a_closed_installation_offers_strangers_nothing_but_the_way_to_ask(
    server: BotApiServer, services: Services, anna: User, bram: User
) -> None:
    async with running_bot(server, replace(services, allowed_chats=frozenset({bram.id}))):
        stranger = await server.wait_for_answer(await server.inline(anna, "zandstra"))
        known = await server.wait_for_answer(await server.inline(bram, "zandstra"))
    assert stranger["results"] == []
    assert stranger["button"] == {"text": "Besloten: vraag hier om toegang", "start_parameter": "inline"}
    assert len(known["results"]) == 10


async def test_a_query_that_nobody_waits_for_any_more_is_no_error(
    server: BotApiServer, services: Services, anna: User, logs: list[MutableMapping[str, Any]]
) -> None:
    server.fail(400, method="answerInlineQuery", description="Bad Request: query is too old")
    async with running_bot(server, services):
        await server.inline(anna, "zandstra")
        await server.wait_for_answer(await server.inline(anna, "elzen"))
    assert [entry["log_level"] for entry in logs if "inline" in entry["event"]] == ["info"]


async def test_the_console_offers_the_same_as_numbered_choices(services: Services) -> None:
    console = Console(services)
    assert (await console.enter("@citaatwacht_bot elzen btw")).startswith("[1] Mirthe van den Elzen · 1 maart 2024: ")
    assert "sluit uit dat de btw omhooggaat" in await console.enter("1")
