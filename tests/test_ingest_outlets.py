"""The same words in several outlets, from their feeds to the answer: one quote, with every outlet named."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.ingest.fetch import Fetcher
from bot.pipeline import Pipeline, Rules
from bot.quotes.roster import Roster
from bot.worker import Worker
from handlers import Request, Services, answer
from storage.database import Database
from storage.people import import_roster
from tests.feedserver import FeedServer, article, item, rss
from tests.fictional import ROSTER
from tests.reading import NOW, SourceReader

pytest_plugins = ("tests.source_fixtures", "tests.worker_fixtures")

COPY = (
    "Het kabinet-Zandstra heeft dinsdag in Waterhoven een besluit genomen over de begroting van volgend jaar.",
    "“De havenbelasting gaat volgend jaar omhoog”, zei premier Wouter Zandstra na afloop van de ministerraad.",
    "De Kamer praat volgende week verder over het besluit, en de provincies mogen daar nog op reageren.",
)
OWN = (
    "De vissers van Waterland balen van wat zij dinsdag uit de hoofdstad te horen kregen, en willen gaan staken.",
    "“De havenbelasting gaat volgend jaar omhoog”, aldus premier Zandstra.",
)


async def test_a_quote_in_three_outlets_is_one_that_names_them_all(
    site: FeedServer, fetcher: Fetcher, database: Database, worker: Worker
) -> None:
    async with database.writing() as session:
        await import_roster(session, popolo=ROSTER)
    reader, pipeline = SourceReader(database, fetcher), Pipeline(database, worker, Rules())
    for number, (name, text) in enumerate((("Bode", COPY), ("Galm", COPY), ("Tijding", OWN))):
        moment = NOW + timedelta(minutes=number)
        site.page(f"/{name}/1", article(f"{name} over de haven", *text))
        site.feed(f"/{name}", rss(item(f"{name} over de haven", site.url(f"/{name}/1"), moment)))
        await reader.add_source(site.url(f"/{name}"), name)
        assert (await reader.poll(moment, source_id=name.lower())).new == 1
        assert await pipeline.take_next(moment) is not None

    services = Services(database, Roster.from_popolo(ROSTER))
    answered = await answer(services, Request(1, "private", "Vera", user_id=1, text="/quotes Zandstra"))

    text = re.sub("<[^>]*>", "", answered.messages[0].text)
    assert text.count("De havenbelasting gaat volgend jaar omhoog") == 1
    assert "De Bode, ook bij De Galm en De Tijding" in text
