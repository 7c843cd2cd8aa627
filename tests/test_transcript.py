"""As a new user: from /start in a group to the first alert in three taps, and docs/transcript.md, which says it.

``WRITE_DOCS=1 pytest tests/test_transcript.py`` writes the document anew; without it the test fails where the bot says
something else than stands there.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest

from bot.alerts.pace import Pace
from bot.alerts.sender import Sender
from bot.ingest.identity import identity_of
from bot.pipeline import Pipeline, Rules
from bot.quotes.roster import Roster
from bot.worker import Worker
from handlers import Services
from storage.articles import keep_article
from storage.database import Database
from storage.people import import_roster
from storage.sources import ensure_manual_source
from tests.botapi import BotApiServer
from tests.botapi.world import Message
from tests.fictional import EARLIER, LATER, ROSTER
from tests.telegram_bot import running_bot

pytest_plugins = ("tests.telegram_fixtures",)

DOCUMENT = Path(__file__).parent.parent / "docs" / "transcript.md"
MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 3, 6, 15, 0, tzinfo=UTC)
HEAD = """# Van /start tot de eerste melding

In een groep, met drie tikken: op `/start`, op “Kies wie je volgt”, en op een naam. De mensen, de krant en hun woorden
zijn verzonnen. Dit verslag is geschreven door `tests/test_transcript.py`, dat het met een draaiende bot vergelijkt.
"""


class Transcript:
    """Writes down who says and taps what."""

    def __init__(self) -> None:
        self.parts = [HEAD]

    def tells(self, what: str) -> None:
        self.parts.append(f"*{what}*\n")

    def says(self, who: str, what: str) -> None:
        self.parts.append(f"**{who}**: {what}\n")

    def shows(self, message: Message) -> None:
        quoted = "\n".join(f"> {line}".rstrip() for line in _readable(message).split("\n"))
        rows = [" ".join(f"[{button['text']}]" for button in row) for row in message.keyboard]
        buttons = "\n".join(f"> `{row}`\\" for row in rows).removesuffix("\\")
        self.parts.append(f"**Citaatwacht**\n\n{quoted}\n" + (f">\n{buttons}\n" if buttons else ""))

    @property
    def text(self) -> str:
        return "\n".join(self.parts)


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker(ROSTER, spacy_model=None, timeout=60)
    yield worker
    await worker.close()


async def _take(pipeline: Pipeline, database: Database, text: str, published_at: datetime, *, announce: bool) -> None:
    async with database.writing() as session:
        url = f"https://proefkrant.example/{published_at:%Y%m%d}"
        kept = await keep_article(
            session,
            identity=identity_of(canonical=None, url=url, text=text),
            source_id="proefkrant",
            url=url,
            title=text.split(".")[0],
            text=text,
            published_at=published_at,
            announce=announce,
        )
    taken = await pipeline.take(kept.article_id, published_at + timedelta(minutes=5))
    assert taken.reason is None


async def test_from_start_to_the_first_alert_in_three_taps(
    server: BotApiServer, sqlite_database: Database, worker: Worker
) -> None:
    database, transcript = sqlite_database, Transcript()
    async with database.writing() as session:
        await import_roster(session, popolo=ROSTER)
        await ensure_manual_source(session, source_id="proefkrant", name="De Proefkrant")
    pipeline = Pipeline(database, worker, Rules())
    await _take(pipeline, database, EARLIER, MONDAY, announce=False)
    anna, bram = server.user("Anna"), server.user("Bram", started=False)
    group = server.group("Redactie", members=[bram], administrators=[anna])

    async with running_bot(server, Services(database, Roster.from_popolo(ROSTER))) as application:
        transcript.tells("Anna heeft Citaatwacht aan de groep Redactie toegevoegd, en tikt op /start.")
        transcript.says("Anna", "/start")
        await server.say(group, anna, "/start")
        message = await server.wait_for_message(group)
        transcript.shows(message)

        transcript.tells("Tik 2: Anna tikt op “Kies wie je volgt”. Het bericht verandert.")
        await server.press(message, anna, "Kies wie je volgt")
        transcript.shows(await server.wait_for_edit(message))

        transcript.tells("Tik 3: Anna tikt op “Zandstra”.")
        await server.press(message, anna, "Zandstra")
        transcript.shows(await server.wait_for_edit(message))

        transcript.tells("Vier dagen later, om vijf over vier, staat er een artikel in De Proefkrant.")
        await _take(pipeline, database, LATER, FRIDAY, announce=True)
        sender = Sender(database, application.bot, Pace(), worker="test")
        await sender.empty(asyncio.Event())
        alert = await server.wait_for_message(group)
        transcript.shows(alert)

        transcript.tells(
            "Bram, lid van de groep, wil het zelf ook volgen en tikt op “Volg privé”: zijn eigen chat opent."
        )
        link = next(button for row in alert.keyboard for button in row if button["text"] == "Volg privé")
        payload = link["url"].partition("?start=")[2]
        transcript.says("Bram", "Start")
        await server.say(bram, bram, f"/start {payload}")
        transcript.shows(await server.wait_for_message(bram))

    if os.environ.get("WRITE_DOCS"):
        DOCUMENT.write_text(transcript.text, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == transcript.text


def _readable(message: Message) -> str:
    """Write a message for Markdown: a line for each line, bold and italics as such."""
    text = message.html
    for tag, mark in (("b", "**"), ("i", "*")):
        text = text.replace(f"<{tag}>", mark).replace(f"</{tag}>", mark)
    return _without_tags(text).replace("\n", "\\\n").replace("\\\n\\\n", "\n\n")


def _without_tags(text: str) -> str:
    text = re.sub(r'<a href="([^"]*)">(.*?)</a>', r"[\2](\1)", text)
    text = re.sub(r"</?u>", "_", text)
    text = re.sub(r"<code>(.*?)</code>", r"`\1`", text)
    return unescape(re.sub(r"<[^>]*>", "", text))
