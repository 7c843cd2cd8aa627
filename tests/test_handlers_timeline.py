"""Timelines and exports: files that come with an answer, over HTTP and in the console."""

from __future__ import annotations

import csv
import json
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import matplotlib.image
import pytest

from bot.console import ask
from bot.messages.drawing import Band, Picture, drawn
from bot.quotes.roster import Roster
from handlers import Services
from handlers import export as exporting
from tests.botapi import BotApiServer, User, utf16_length
from tests.storage_examples import a_statement, keep, keep_text
from tests.telegram_bot import roster, running_bot

pytest_plugins = ("tests.telegram_fixtures",)


@pytest.mark.usefixtures("bot")
class TestTimeline:
    async def test_it_is_a_picture_with_the_same_in_words_below_it(self, server: BotApiServer, anna: User) -> None:
        group = server.group("Redactie", members=[anna], topics={7: "Kabinet"})
        await server.say(group, anna, "/tijdlijn zandstra", topic=7)

        message = await server.wait_for_message(group)

        assert message.file is not None
        assert message.file[0] == "tijdlijn-wouter-zandstra.png"
        assert matplotlib.image.imread(BytesIO(message.file[1])).shape[1] == 1080
        assert message.topic_id == 7
        assert message.text == (
            "Wouter Zandstra · 12 uitspraken\n"
            "26 januari 2022 – 10 maart 2024 · 12 citaten\n"
            "De meeste in maart 2024 (10).\n\n"
            "↺ 26 januari 2023 · ommekeer · niet nagekeken · #12\n\n"
            "• Minister-president (WVP) · sinds 10 januari 2020\n\n"
            "Archief vanaf 1 maart 2024. Niet gevonden is niet: niet gezegd."
        )

    async def test_its_buttons_bring_the_statements_beside_it(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/timeline zandstra dijk sinds 2024")
        picture = await server.wait_for_message(anna)
        assert picture.labels == ["Citaten"]

        await server.press(picture, anna, "Citaten")

        page = await server.wait_for_message(anna)
        assert page.text.startswith("Wouter Zandstra · “dijk” · sinds 1 januari 2024 · 1–5 van 10 uitspraken")
        assert picture.edits == 0

    async def test_the_card_of_a_person_has_a_button_for_it(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/wie zandstra")
        card = await server.wait_for_message(anna)
        await server.press(card, anna, "Tijdlijn")
        assert (await server.wait_for_message(anna)).file is not None
        assert card.edits == 0

    async def test_who_is_meant_is_asked_and_the_words_are_kept(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/tijdlijn hulshof dijk")
        choice = await server.wait_for_message(anna)
        await server.press(choice, anna, "Karin")
        await server.wait_for_edit(choice)
        assert choice.text.startswith("Van Karin Hulshof is niets gevonden met “dijk”.")

    async def test_without_a_name_it_tells_how_it_is_written(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/tijdlijn")
        assert "/tijdlijn NAAM [woorden]" in (await server.wait_for_message(anna)).text

    async def test_it_speaks_english(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/language en")
        await server.wait_for_message(anna)
        await server.say(anna, anna, "/timeline van den elzen")
        message = await server.wait_for_message(anna)
        assert message.file is not None
        assert message.file[0] == "timeline-mirthe-van-den-elzen.png"
        assert "1 March 2024 · 1 paraphrase\n\n• Minister of Finance (WVP)" in message.text


async def test_whatever_is_searched_and_however_often_somebody_turned_the_caption_fits(
    server: BotApiServer, services: Services, anna: User
) -> None:
    async with services.database.writing() as session:
        article_id = await keep_text(session, "veel")
        await keep(session, a_statement("$x$ 😀 " + "woord " * 40, said_on=date(2024, 5, 1)), article_id)
    async with running_bot(server, services):
        await server.say(anna, anna, "/tijdlijn zandstra $x$ 😀 " + "woord " * 30)
        message = await server.wait_for_message(anna)
    assert message.file is not None
    assert utf16_length(message.text) <= 1024


async def test_an_office_that_went_on_in_another_cabinet_is_one_band(services: Services) -> None:
    popolo = roster()
    second = popolo["memberships"][0] | {"id": "again", "start_date": "2023-07-01"}
    popolo["memberships"][0]["end_date"] = "2023-07-01"
    popolo["memberships"].append(second)
    again = Services(services.database, Roster.from_popolo(popolo))
    assert (await ask(again, "tijdlijn zandstra")).count("• Minister-president (WVP)") == 1


@pytest.mark.parametrize("years", [0, 1, 3, 12, 60])
def test_any_stretch_of_time_can_be_drawn(years: int) -> None:
    first, last = date(1960, 1, 31), date(1960 + years, 12, 31)
    picture = Picture(
        title="Iemand met een naam die veel te lang is voor de breedte van een telefoon, en nog langer",
        lines=("“a$b$ 😀 \u200b”", "2 uitspraken"),
        counts=[(first, "direct", 1), (last, "indirect", 40)],
        turns=[(first, "shift", "31 jan 1960")] * 9 + [(last, "reversal", "31 dec"), (last, "shift", "31 dec")],
        bands=[Band("Minister van Zaken die niemand ooit in één regel heeft kunnen schrijven " * 2, None, None)],
        kinds={"direct": "citaten", "partial": "fragmenten", "indirect": "parafrases"},
        turn_names={"reversal": "ommekeer", "shift": "verschuiving"},
        offices_name="Functies",
        language="nl",
    )
    assert drawn(picture).startswith(b"\x89PNG")


async def test_the_console_saves_files_and_prints_their_paths(services: Services) -> None:
    answered = await ask(services, "tijdlijn zandstra")
    path = Path(next(line for line in answered.splitlines() if line.endswith(".png")))
    assert path.read_bytes().startswith(b"\x89PNG")  # noqa: ASYNC240 - a file of a test
    names = [Path(line).name for line in (await ask(services, "export zandstra")).splitlines() if line.startswith("/")]
    assert [name.rpartition(".")[2] for name in names] == ["csv", "json"]


@pytest.mark.usefixtures("bot")
class TestExport:
    async def test_it_is_a_table_and_the_same_as_json(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/export zandstra maart 2024")

        table, same = await server.wait_for_message(anna), await server.wait_for_message(anna)

        assert table.text == (
            "Wouter Zandstra · maart 2024 · 10 uitspraken\n\n"
            "Archief vanaf 1 maart 2024. Niet gevonden is niet: niet gezegd."
        )
        assert table.file is not None
        assert same.file is not None
        assert table.file[0].startswith("citaatwacht-wouter-zandstra-")
        assert table.file[1].startswith(b"\xef\xbb\xbf")
        rows = list(csv.DictReader(StringIO(table.file[1].decode("utf-8-sig"))))
        data = json.loads(same.file[1])
        assert [row["number"] for row in rows] == [row["number"] for row in data["statements"]]
        assert rows[0] == {
            "number": "#10",
            "said_on": "2024-03-10",
            "said_from": "",
            "said_to": "",
            "speaker": "Wouter Zandstra",
            "capacity": "Minister-president",
            "party": "WVP",
            "kind": "direct",
            "cue": "zei",
            "words": "Dijk nummer 10 blijft <staan> & hoog.",
            "reversal": "",
            "outlets": "De Waterlandse Bode",
            "published_at": "2024-03-01T12:00:00+00:00",
            "title": "Kop van dijken",
            "url": "https://bode.example/dijken",
        }
        assert data["person"] == {"id": "wouter-zandstra", "name": "Wouter Zandstra"}
        assert data["is_complete"]
        assert data["archive_since"] == "2024-03-01"

    async def test_who_is_meant_is_asked_and_the_period_is_kept(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/export hulshof 2024")
        choice = await server.wait_for_message(anna)
        await server.press(choice, anna, "Joost")
        assert "Van Joost Hulshof is niets gevonden. Gezocht: 2024." in (await server.wait_for_message(anna)).text

    async def test_without_a_name_it_tells_how_it_is_written(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/export")
        assert "/export NAAM [periode]" in (await server.wait_for_message(anna)).text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "＝"])
async def test_no_cell_of_a_table_is_a_formula(
    server: BotApiServer, services: Services, anna: User, start: str
) -> None:
    async with services.database.writing() as session:
        article_id = await keep_text(session, "formule")
        await keep(session, a_statement(f"{start}1+1", said_on=date(2024, 6, 1)), article_id)
    async with running_bot(server, services):
        await server.say(anna, anna, "/export zandstra juni 2024")
        table, same = await server.wait_for_message(anna), await server.wait_for_message(anna)
    assert table.file is not None
    assert same.file is not None
    [row] = csv.DictReader(StringIO(table.file[1].decode("utf-8-sig"), newline=""))
    assert row["words"] == f"'{start}1+1"
    assert json.loads(same.file[1])["statements"][0]["words"] == f"{start}1+1"


async def test_what_is_too_much_for_a_file_is_cut_and_said(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_EXPORTED", 3)
    monkeypatch.setattr(exporting, "_AT_ONCE", 2)
    assert "3 uitspraken\nDit zijn de nieuwste 3; noem voor oudere een periode." in await ask(
        services, "export zandstra"
    )
