"""A running bot for the handlers' tests: an archive of fictional words, and the application on the Bot API server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from telegram import Update
from telegram.ext import Application

from bot.app import build_application
from bot.quotes.roster import Roster
from bot.settings import Settings
from handlers import Services
from storage.database import Database
from storage.people import import_roster
from tests.botapi import BotApiServer
from tests.fictional import ROSTER
from tests.storage_examples import VAN_DEN_ELZEN, a_statement, keep, keep_people, keep_text, keep_turn

AnyApplication = Application[Any, Any, Any, Any, Any, Any]

NAMESAKES = ("joost-hulshof", "karin-hulshof")
FIRST_DAY = date(2024, 3, 1)
STATEMENTS = 12
"""How many statements Zandstra has made in the archive, one a day; the last two are the sides of a turn."""


def roster() -> dict[str, Any]:
    """Give the fictional cabinet with two namesakes in it."""
    popolo = deepcopy(ROSTER)
    for person_id in NAMESAKES:
        given = person_id.split("-")[0].capitalize()
        popolo["persons"].append(
            {"id": person_id, "name": f"{given} Hulshof", "given_name": given, "family_name": "Hulshof"}
        )
    return popolo


async def fill_archive(database: Database, popolo: dict[str, Any] | None = None) -> Services:
    """Fill a database with fictional words, and give what answers are made from.

    Zandstra made ten statements about dikes, one a day, and two that turn from one to the other; Van den Elzen
    made an indirect one about taxes.
    """
    popolo = popolo or roster()
    async with database.writing() as session:
        await keep_people(session)
        await import_roster(session, popolo=popolo)
        article_id = await keep_text(session, "dijken")
        for day in range(STATEMENTS - 2):
            content = f"Dijk nummer {day + 1} blijft <staan> & hoog."
            statement = a_statement(content, said_on=FIRST_DAY + timedelta(days=day))
            await keep(session, statement, article_id, start=50 * day)
        await keep_turn(session, article_id, said_on=FIRST_DAY - timedelta(days=400))
        indirect = replace(
            a_statement("dat de btw omhooggaat", person_id=VAN_DEN_ELZEN, kind="indirect", said_on=FIRST_DAY),
            cue="sluit uit",
            membership_id="van-den-elzen-financien",
        )
        await keep(session, indirect, article_id, start=900)
    return Services(database, Roster.from_popolo(popolo))


@asynccontextmanager
async def running_bot(server: BotApiServer, services: Services) -> AsyncIterator[AnyApplication]:
    """Run the application, polling the server, until the block ends."""
    settings = Settings(_env_file=None, telegram_api_url=server.base_url)  # type: ignore[call-arg]
    application = build_application(server.token, settings, services, on_updates=lambda: None)
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling(timeout=timedelta(seconds=5), allowed_updates=Update.ALL_TYPES)
        try:
            yield application
        finally:
            await application.updater.stop()
            await application.stop()
