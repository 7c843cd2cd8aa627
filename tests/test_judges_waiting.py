"""What a judge's word does to a pair and its alert, from the article to the message, over real HTTP on loopback."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.ingest.identity import identity_of
from bot.judges.values import Judgement
from bot.judging import Judging, JudgingReport, make_judging
from bot.messages import Reader, reversal_message
from bot.pipeline import Pipeline, Rules, SecondOpinion
from bot.reversals import Utterance
from bot.settings import Settings
from bot.worker import Worker
from storage import articles, chats, judgements, outbox, quotes
from storage.database import Database
from storage.people import import_roster
from storage.records import ReversalRecord
from storage.sources import ensure_manual_source
from tests.chatserver import ChatServer
from tests.fictional import EARLIER, LATER, ROSTER

pytest_plugins = ("tests.worker_fixtures",)

Open = Callable[[Database, Settings], Judging]

CHAT = -100123
WAIT = timedelta(minutes=10)
"""Longer than a busy machine takes for a test."""
BEFORE = (
    "Premier Wouter Zandstra sprak over de btw.\n\n“De btw is een ingewikkelde belasting”, zei Zandstra in het debat."
)
AFTER = "Het debat ging verder.\n\n“De btw bespreken we met de gemeenten”, zei premier Wouter Zandstra."


@pytest.fixture
async def chat() -> AsyncIterator[ChatServer]:
    async with ChatServer() as server:
        yield server


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    """Opens judges, and closes them in the end."""
    made: list[Judging] = []

    def open_one(database: Database, settings: Settings) -> Judging:
        made.append(make_judging(database, settings))
        return made[-1]

    yield open_one
    for judging in made:
        await judging.close()


class Broken:
    """A judge whose libraries fail."""

    kind, model, version = "nli", "stuk", "1"

    async def judge(self, earlier: Utterance, later: Utterance) -> Judgement:
        raise IndexError(later.text)

    async def close(self) -> None:
        pass


def settings_for(chat: ChatServer, *, wait: float = WAIT.total_seconds(), budget: int = 200) -> Settings:
    return Settings(
        _env_file=None, judge_url=chat.url, judge_model="proefmodel", judge_wait=wait, judge_daily_budget=budget
    )


async def read_two(
    database: Database, worker: Worker, judging: Judging, texts: tuple[str, str] = (EARLIER, LATER)
) -> list[str]:
    """Follow the speaker, take an article of last week and one of now; give what is due at once."""
    now = datetime.now(UTC)
    pipeline = Pipeline(database, worker, Rules(second_opinion=SecondOpinion(judging.name, WAIT)))
    async with database.writing() as session:
        await import_roster(session, popolo=ROSTER)
        await ensure_manual_source(session, source_id="bode", name="De Waterlandse Bode")
        await chats.ensure_chat(session, chat_id=CHAT, kind="supergroup", title="Redactie")
        await chats.follow(session, chat_id=CHAT, topic_id=0, person_id="wouter-zandstra", user_id=1)
    for text, published_at in zip(texts, (now - timedelta(days=7), now - timedelta(seconds=5)), strict=True):
        async with database.writing() as session:
            kept = await articles.keep_article(
                session,
                identity=identity_of(canonical=None, url=None, text=text),
                source_id="bode",
                url=None,
                title="",
                text=text,
                published_at=published_at,
            )
        await pipeline.take(kept.article_id, now)
    return await due(database, now)


async def due(database: Database, moment: datetime) -> list[str]:
    """Claim and confirm what is due at a moment; give what it is."""
    async with database.writing() as session:
        claim = await outbox.claim(session, worker="w", moment=moment, lease=timedelta(minutes=5))
        if claim is None:
            return []
        await outbox.confirm(
            session,
            delivery_ids=[item.id for item in claim.deliveries],
            chat_id=CHAT,
            topic_id=0,
            message_id=int(moment.timestamp()),
            text_hash="h",
            moment=moment,
        )
    return sorted(item.what for item in claim.deliveries)


async def pairs(database: Database) -> tuple[ReversalRecord, ...]:
    async with database.reading() as session:
        return (await quotes.reversals(session)).items


async def judge_all(judging: Judging) -> JudgingReport:
    return await judging.round(asyncio.Event())


async def test_a_flag_waits_for_the_word_and_a_confirmed_one_goes_out_with_it(
    database: Database, worker: Worker, chat: ChatServer, opened: Open
) -> None:
    judging = opened(database, settings_for(chat))
    at_once = await read_two(database, worker, judging)
    assert at_once == ["statement"] * len(at_once) != []
    chat.say("reversal", 0.9, "‘niet omhoog’ tegenover ‘omhoog’")
    assert await judge_all(judging) == JudgingReport(confirmed=1)
    assert await due(database, datetime.now(UTC)) == ["reversal"]
    [asked] = chat.asked
    assert [asked.data[side]["text"].rstrip(".") for side in ("earlier", "later")] == [
        "De btw gaat niet omhoog",
        "De btw gaat omhoog",
    ]
    [pair] = await pairs(database)
    shown = reversal_message(Reader(), pair).text
    assert "Volgens het model proefmodel: een ommekeer (‘niet omhoog’ tegenover ‘omhoog’)" in shown
    async with database.reading() as session:
        assert await judgements.calls_on(session, day=datetime.now(UTC).date()) == 1


async def test_a_vetoed_flag_is_not_sent_and_stays_to_be_seen_with_the_veto(
    sqlite_database: Database, worker: Worker, chat: ChatServer, opened: Open
) -> None:
    judging = opened(sqlite_database, settings_for(chat))
    await read_two(sqlite_database, worker, judging)
    chat.say("elaboration", 0.9, "het ene geldt voor <b>voedsel</b>")
    assert await judge_all(judging) == JudgingReport(vetoed=1)
    assert await due(sqlite_database, datetime.now(UTC) + timedelta(days=1)) == []
    [pair] = await pairs(sqlite_database)
    assert pair.state == "possible"
    shown = reversal_message(Reader(), pair).text
    assert "Volgens het model proefmodel: geen ommekeer (het ene geldt voor &lt;b&gt;voedsel&lt;/b&gt;)" in shown
    async with sqlite_database.reading() as session:
        page = await quotes.quotes(session, person_id="wouter-zandstra")
    assert [quote.reversal_label for quote in page.items] == [None] * len(page.items) != []


async def test_a_judge_that_is_not_sure_vetoes_nothing(
    sqlite_database: Database, worker: Worker, chat: ChatServer, opened: Open
) -> None:
    judging = opened(sqlite_database, settings_for(chat))
    await read_two(sqlite_database, worker, judging)
    chat.say("elaboration", 0.4, "misschien")
    assert await judge_all(judging) == JudgingReport(none=1)
    assert await due(sqlite_database, datetime.now(UTC)) == ["reversal"]
    [pair] = await pairs(sqlite_database)
    assert pair.judged is None


@pytest.mark.parametrize("trouble", ["no JSON", "refusal", "silence", "no server", "no budget"])
async def test_where_a_judge_fails_the_rules_decide_and_the_log_says_so(
    sqlite_database: Database, worker: Worker, chat: ChatServer, opened: Open, trouble: str
) -> None:
    settings = settings_for(chat, wait=0.5 if trouble == "silence" else 60, budget=0 if trouble == "no budget" else 9)
    if trouble == "no server":
        settings = settings.model_copy(update={"judge_url": "http://127.0.0.1:9/v1"})
    judging = opened(sqlite_database, settings)
    await read_two(sqlite_database, worker, judging)
    chat.dawdle(5) if trouble == "silence" else chat.respond("geen json", 401 if trouble == "refusal" else 200)
    with capture_logs() as logs:
        assert await judge_all(judging) == JudgingReport(failed=1)
    assert any("the rules alone decide" in entry["event"] and entry["reason"] for entry in logs)
    assert await due(sqlite_database, datetime.now(UTC)) == ["reversal"]
    [pair] = await pairs(sqlite_database)
    assert pair.judged is None


async def test_a_flag_that_nobody_judges_goes_out_when_its_time_is_over(
    sqlite_database: Database, worker: Worker, chat: ChatServer, opened: Open
) -> None:
    judging = opened(sqlite_database, settings_for(chat))
    before = datetime.now(UTC)
    await read_two(sqlite_database, worker, judging)
    assert await due(sqlite_database, before + WAIT - timedelta(seconds=1)) == []
    over = datetime.now(UTC) + WAIT
    assert await due(sqlite_database, over) == ["reversal"]
    async with sqlite_database.writing() as session:
        assert await judgements.give_up_late(session, moment=over) == 1
    assert await judge_all(judging) == JudgingReport()
    assert chat.asked == []


async def test_a_judge_may_propose_what_the_rules_do_not_flag_and_it_is_told_as_its_word(
    database: Database, worker: Worker, chat: ChatServer, opened: Open
) -> None:
    judging = opened(database, settings_for(chat))
    await read_two(database, worker, judging, (BEFORE, AFTER))
    assert await pairs(database) == ()
    chat.say("shift", 0.95, "eerst uitleg, dan overleg")
    assert (await judge_all(judging)).proposed == 1
    [pair] = await pairs(database)
    assert (pair.label, pair.kind) == ("shift", "judge")
    shown = reversal_message(Reader(), pair).text
    assert "Volgens het model proefmodel: een verschuiving, die de regels niet zien (eerst uitleg" in shown
    assert "Waarom" not in shown
    assert await due(database, datetime.now(UTC)) == ["reversal"]


async def test_a_proposal_that_is_not_sure_enough_leaves_no_trace_in_the_pairs(
    sqlite_database: Database, worker: Worker, chat: ChatServer, opened: Open
) -> None:
    judging = opened(sqlite_database, settings_for(chat))
    await read_two(sqlite_database, worker, judging, (BEFORE, AFTER))
    chat.say("reversal", 0.6, "wie weet")
    assert (await judge_all(judging)).proposed == 0
    assert await pairs(sqlite_database) == ()


async def test_a_judge_that_breaks_in_its_own_way_stops_nothing(sqlite_database: Database, worker: Worker) -> None:
    judging = Judging(sqlite_database, Broken(), wait=5, max_age=timedelta(days=1))
    await read_two(sqlite_database, worker, judging)
    assert await judge_all(judging) == JudgingReport(failed=1)
    assert await due(sqlite_database, datetime.now(UTC)) == ["reversal"]


async def test_the_same_pair_is_asked_about_once(
    sqlite_database: Database, worker: Worker, chat: ChatServer, opened: Open
) -> None:
    judging = opened(sqlite_database, settings_for(chat))
    await read_two(sqlite_database, worker, judging)
    chat.say("reversal", 0.9, "")
    await judging.round(asyncio.Event())
    [pair] = await pairs(sqlite_database)

    async def ask_again(name: judgements.JudgeName) -> None:
        async with sqlite_database.writing() as session:
            await judgements.ask(
                session,
                name=name,
                earlier_id=pair.earlier.id,
                later_id=pair.later.id,
                article_id=2,
                is_flagged=True,
                wait_until=datetime.now(UTC) + WAIT,
            )

    await ask_again(judging.name)
    assert await judging.round(asyncio.Event()) == JudgingReport(confirmed=1)
    assert len(chat.asked) == 1
    await ask_again(replace(judging.name, version="another question"))
    assert await judge_all(judging) == JudgingReport()


async def test_no_judge_is_asked_about_a_backfill(
    sqlite_database: Database, worker: Worker, chat: ChatServer, opened: Open
) -> None:
    judging = opened(sqlite_database, settings_for(chat))
    old = datetime.now(UTC) - timedelta(days=3)
    pipeline = Pipeline(sqlite_database, worker, Rules(second_opinion=SecondOpinion(judging.name, WAIT)))
    await read_two(sqlite_database, worker, judging, (EARLIER, BEFORE))
    async with sqlite_database.writing() as session:
        kept = await articles.keep_article(
            session, identity="old", source_id="bode", url=None, title="", text=LATER, published_at=old
        )
    taken = await pipeline.take(kept.article_id, datetime.now(UTC))
    assert taken.new_reversals
    chat.say("unrelated", 0.1, "")
    report = await judge_all(judging)
    assert report.confirmed + report.vetoed == 0
    assert all(asked.data["later"]["text"].startswith("De btw is") for asked in chat.asked)


async def test_the_calls_of_a_day_are_counted_in_the_database(database: Database) -> None:
    today = datetime.now(UTC).date()
    for allowed in (True, True, False, False):
        async with database.writing() as session:
            assert await judgements.spend_call(session, day=today, budget=2) is allowed
    async with database.writing() as session:
        assert await judgements.spend_call(session, day=today + timedelta(days=1), budget=2)
        assert await judgements.calls_on(session, day=today) == 2


def test_nothing_of_the_judges_is_imported_where_none_is_set() -> None:
    code = (
        "import sys, bot.service, bot.pipeline, bot.schedule\n"
        "judges = [name for name in sys.modules if name.startswith(('bot.judg', 'onnxruntime', 'tokenizers'))]\n"
        "sys.exit(', '.join(judges) or 0)"
    )
    root = Path(__file__).parent.parent
    ran = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"judge_url": "http://127.0.0.1:1/v1"}, "JUDGE_MODEL"),
        ({"judge_url": "http://127.0.0.1:1/v1", "judge_model": "m", "nli_model": "models/nli"}, "choose"),
        ({"judge_url": "127.0.0.1:1", "judge_model": "m"}, "no address"),
    ],
)
def test_half_a_judge_is_refused(values: dict[str, str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Settings(_env_file=None, **values)


def test_an_empty_setting_is_no_judge_and_a_key_is_not_shown() -> None:
    assert not Settings(_env_file=None, judge_url="", nli_model="").has_judge
    assert "geheim" not in repr(Settings(_env_file=None, judge_key="geheim"))
