"""A week replayed: what a group hears that follows the whole cabinet, out of forty articles a day and two debates.

Each article keeps its own date, so that everybody speaks in the office that they held; what is called a day here is
the articles that are taken together, in order of date. An article appears at one outlet, an agency's copy of it at two
others, and of every third article another outlet writes a version of its own, with a third of its paragraphs. What
is left of forty mentions nobody. The clock of pipeline and sender is that of the articles.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from telegram.ext import ExtBot

import seeds
from bot.alerts.sender import Pace, Sender
from bot.bench.telegram import TOKEN, Accepted, BenchServer
from bot.ingest.parliament.accounts import Account, AccountTurn
from bot.ingest.parliament.keeping import keep_account
from bot.pipeline import Pipeline, Rules
from bot.worker import Worker
from storage import articles, chats, schema, settings, sources, subscriptions
from storage.database import Database
from storage.people import import_roster
from storage.subscriptions import Subject

GOLD = Path("..") / "shared" / "gold"
"""Where the development articles are, if they are there at all; only counts of them are given."""

DAYS = 7
A_DAY = 40
NEWS_GROUP, ALL_GROUP = -1, -2

_DEBATES = Path(__file__).with_name("week.toml")
_OUTLETS = ("De Bode", "De Tijding", "Het Journaal", "De Omroep")
_CHAMBER = "Kamer van Waterland"
_COPIES = (timedelta(minutes=10), timedelta(minutes=25))
_OWN_VERSION = timedelta(minutes=40)
_QUIET = "Het weer in de provincie blijft wisselvallig, meldt station {number}. Vanmiddag valt er hier en daar een bui."
_DEMO, _DEVELOPMENT = "demonstratie", "ontwikkeling"


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is published: an article of an outlet, or a part of a debate."""

    moment: datetime
    outlet: str
    name: str
    title: str
    text: str = ""
    account: Account | None = None


@dataclass(slots=True)
class Day:
    """What one day of the replay brought.

    Attributes:
        articles: How many articles there were, debates apart.
        debates: How many debates.
        sent: What the group at level "news" was sent.
        edits: How often a message of it grew.
        at_all: How many messages a group at level "all" was sent.
    """

    articles: int = 0
    debates: int = 0
    sent: list[Accepted] = field(default_factory=list)
    edits: int = 0
    at_all: int = 0

    @property
    def sounding(self) -> int:
        """How many of them came with a sound."""
        return sum(not message.is_silent for message in self.sent)


def bench_week() -> list[Day]:
    """Replay the week in a database that is thrown away.

    Returns:
        The days. Nothing is limited to a number of messages a day.
    """
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'week.db'}"
        schema.upgrade(url)
        return asyncio.run(_replay(url))


def figures(days: Sequence[Day]) -> dict[str, Any]:
    """Give the counts by name."""
    return {
        "articles": [day.articles for day in days],
        "debates": [day.debates for day in days],
        "messages_at_news": [len(day.sent) for day in days],
        "with_sound": [day.sounding for day in days],
        "edits": [day.edits for day in days],
        "messages_at_all": [day.at_all for day in days],
        "most_in_a_day": max(len(day.sent) for day in days),
        "development_articles": (GOLD / "articles").is_dir(),
    }


def document(days: Sequence[Day]) -> str:
    """Write the counts, and the texts that come from articles and debates of ours, as Markdown."""
    lines = [
        "# A replayed week",
        "",
        "A group follows the whole cabinet at level “nieuws”. Written by `citaatwacht bench week --document`;",
        "how the week is made stands in `bot/bench/week.py`. Nothing was limited to a number of messages a day.",
        "",
        "| day | articles | debates | messages | with sound | edits | messages at level “alles” |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {number} | {day.articles} | {day.debates} | {len(day.sent)} | {day.sounding} | {day.edits} | {day.at_all} |"
        for number, day in enumerate(days, 1)
    ]
    lines += ["", "## The texts", "", "As they read at last; those of development articles are not shown.", ""]
    for number, day in enumerate(days, 1):
        shown = [message for message in day.sent if _DEVELOPMENT not in message.text]
        lines += [f"### Day {number}: {len(shown)} of {len(day.sent)}", ""]
        for message in shown:
            sound = "without a sound" if message.is_silent else "with sound"
            answers = ", an answer" if message.reply_to else ""
            lines += [f"{sound}{answers}:", "", "```html", message.text, "```", ""]
    return "\n".join(lines).rstrip() + "\n"


async def _replay(url: str) -> list[Day]:
    # Without it, python-telegram-bot warns of a deprecation with each RetryAfter that it makes.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    database = await Database.open(url)
    popolo = _roster()
    worker = Worker(popolo, spacy_model=None, timeout=60)
    server = BenchServer()
    await server.start()
    try:
        await _prepare(database, popolo)
        pipeline = Pipeline(database, worker, Rules())
        async with ExtBot(TOKEN, base_url=server.base_url) as bot:
            return [await _live(items, database, pipeline, bot, server) for items in _week()]
    finally:
        await server.stop()
        await worker.close()
        await database.close()


async def _live(
    items: Sequence[Item], database: Database, pipeline: Pipeline, bot: ExtBot[None], server: BenchServer
) -> Day:
    """Publish what a day brings, item by item, and send what is due after each."""
    day, first, edits = Day(), len(server.accepted), server.edits[NEWS_GROUP]
    now = datetime.now(UTC)
    pace = Pace(chat_pause=timedelta(), group_per_minute=10**6, overall_per_second=10**6)
    # The rows say by the real clock when they were made, which tells nothing here.
    sender = Sender(database, bot, pace, "bench", max_age=timedelta.max, clock=lambda: now)
    for item in items:
        now = item.moment + timedelta(minutes=2)
        article_id = await _keep(database, item)
        if article_id is None:
            continue
        await pipeline.take(article_id, now)
        await sender.empty(asyncio.Event())
        day.articles += item.account is None
    day.debates = len({item.name for item in items if item.account is not None})
    fresh = server.accepted[first:]
    day.sent = [server.as_it_reads(message) for message in fresh if message.chat_id == NEWS_GROUP]
    day.edits = server.edits[NEWS_GROUP] - edits
    day.at_all = sum(message.chat_id == ALL_GROUP for message in fresh)
    return day


async def _keep(database: Database, item: Item) -> int | None:
    address = f"https://{item.outlet.casefold().replace(' ', '-')}.example/{item.name}"
    async with database.writing() as session:
        if item.account is not None:
            kept = await keep_account(session, item.account, source_id=item.outlet, url=address)
            return kept.article_id if kept else None
        article = await articles.keep_article(
            session,
            identity=address,
            source_id=item.outlet,
            url=address,
            title=item.title,
            text=item.text,
            published_at=item.moment,
        )
    return article.article_id


async def _prepare(database: Database, popolo: Mapping[str, Any]) -> None:
    async with database.writing() as session:
        await import_roster(session, popolo=popolo)
        for outlet in _OUTLETS:
            await sources.ensure_manual_source(session, source_id=outlet, name=outlet)
        chamber = {"id": _CHAMBER, "name": _CHAMBER, "kind": "parliament", "url": "https://kamer.example/feed"}
        await sources.seed_sources(session, rows=[chamber])
        for chat_id, level in ((NEWS_GROUP, "news"), (ALL_GROUP, "all")):
            await chats.ensure_chat(session, chat_id=chat_id, kind="supergroup", title="Redactie")
            await settings.choose(session, chat_id=chat_id, messages_a_day=None)
            subject = Subject("cabinet")
            await subscriptions.follow(session, chat_id=chat_id, topic_id=0, subject=subject, user_id=1, level=level)


def _week() -> Iterator[list[Item]]:
    """Give the items of each day, in order of time."""
    basis = _basis()
    share = -(-len(basis) // DAYS)
    for day in range(DAYS):
        items = [
            item
            for place, article in enumerate(basis[day * share : (day + 1) * share])
            for item in _carriers(article, place)
        ][:A_DAY]
        last = max((item.moment for item in items), default=datetime(2025, 1, 1, tzinfo=UTC))
        items += [_quiet(last, day * A_DAY + number) for number in range(A_DAY - len(items))]
        items += [part for debate in _debates() if debate["day"] == day + 1 for part in _publications(debate)]
        yield sorted(items, key=lambda item: item.moment)


def _basis() -> list[dict[str, Any]]:
    """Give the demonstration articles, and the development articles where they are, by date."""
    found = [{**article, "kind": _DEMO} for article in seeds.articles()]
    for file in sorted((GOLD / "articles").glob("*.json")):
        found.append({**json.loads(file.read_text(encoding="utf-8")), "kind": _DEVELOPMENT})
    return sorted(found, key=lambda article: datetime.fromisoformat(article["published_at"]))


def _carriers(article: Mapping[str, Any], place: int) -> Iterator[Item]:
    moment = datetime.fromisoformat(article["published_at"]).astimezone(UTC)
    name, title, text = f"{article['kind']}/{article['id']}", article["title"], article["text"]
    yield Item(moment, _OUTLETS[0], name, title, text)
    for outlet, later in zip(_OUTLETS[1:], _COPIES, strict=False):
        yield Item(moment + later, outlet, name, title, text)
    if place % 3 == 0:
        paragraphs = text.split("\n\n")
        told = paragraphs[: -(-len(paragraphs) // 3)]
        own = [_QUIET.format(number=f"{article['id']}-{number}") for number in range(2 * len(told))]
        yield Item(moment + _OWN_VERSION, _OUTLETS[3], name, title, "\n\n".join([*own, *told]))


def _quiet(moment: datetime, number: int) -> Item:
    name = f"stil/{number}"
    return Item(moment, _OUTLETS[number % len(_OUTLETS)], name, "Het weer", _QUIET.format(number=number))


def _publications(debate: Mapping[str, Any]) -> Iterator[Item]:
    """Give a debate in two parts: what there is halfway, and the whole of it."""
    began = debate["began"]
    turns = tuple(
        AccountTurn(
            id=f"{debate['title']}-{number}",
            person_id=person_id,
            surface=person_id,
            text=text,
            began=(began + timedelta(minutes=5 * number)).isoformat(),
            as_member=False,
            is_uncorrected=True,
            rank=(1, 1, str(number)),
        )
        for number, (person_id, text) in enumerate(debate["turns"])
    )
    for part, minutes in ((turns[:2], 30), (turns, 120)):
        account = Account(
            identity=f"debat:{debate['title']}",
            title=debate["title"],
            held_on=began.date(),
            began=began,
            turns=part,
            rank=(1, 1, str(minutes)),
        )
        moment = began + timedelta(minutes=minutes)
        yield Item(moment, _CHAMBER, f"debat/{debate['day']}", debate["title"], account=account)


def _roster() -> dict[str, Any]:
    """Give everybody who may speak: the real cabinets, those of the development articles, and that of the debates."""
    rosters = [seeds.roster()]
    if (GOLD / "roster.json").is_file():
        rosters.append(json.loads((GOLD / "roster.json").read_text(encoding="utf-8")))
    invented = _invented()["persons"]
    rosters.append(
        {
            "persons": [{key: who[key] for key in ("id", "name", "given_name", "family_name")} for who in invented],
            "organizations": [{"id": "kabinet-zandstra", "name": "Kabinet-Zandstra", "classification": "cabinet"}],
            "memberships": [
                {
                    "id": f"{who['id']}-zandstra",
                    "person_id": who["id"],
                    "organization_id": "kabinet-zandstra",
                    "role": who["role"],
                    "label": who["label"],
                    "portfolio": who.get("portfolio"),
                    "start_date": "2025-01-01",
                    "end_date": "2025-12-31",
                }
                for who in invented
            ],
        }
    )
    parts = ("persons", "organizations", "memberships")
    return {part: [entry for roster in rosters for entry in roster[part]] for part in parts}


def _debates() -> list[dict[str, Any]]:
    return list(_invented()["debates"])


@cache
def _invented() -> dict[str, Any]:
    return tomllib.loads(_DEBATES.read_text(encoding="utf-8"))
