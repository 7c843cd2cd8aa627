"""Digests through the outbox, and the messages of a day: each is told once, and nothing is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, insert, select, update
from telegram.error import RetryAfter

from bot.alerts.digest import make_digests
from bot.alerts.sender import SendReport
from bot.messages.markup import Html, visible_length
from storage import outbox, settings
from storage.articles import join_story
from storage.chats import ensure_chat
from storage.corrections import queue_corrections
from storage.database import Database
from storage.outbox import BELOW_LEVEL, NewDelivery
from storage.reviews import keep_review, settle
from storage.tables import Delivery, Digest, Judgement, Reversal
from tests.botapi import BotApiServer, User
from tests.desk import FAST, Desk, a_desk
from tests.storage_examples import a_statement, keep, keep_text, keep_turn

pytest_plugins = ("tests.desk_fixtures",)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Inbox:
    """A reporter's chat, and what is due there."""

    def __init__(self, desk: Desk, chat: User) -> None:
        self.desk, self.database, self.server, self.chat = desk, desk.database, desk.server, chat
        self.told = 0

    async def choose(self, **choices: Any) -> None:
        async with self.database.writing() as session:
            await settings.choose(session, chat_id=self.chat.id, **choices)

    async def say(
        self,
        *contents: str,
        set_aside: str | None = None,
        is_turn: bool = False,
        pledged_for: Any = None,
        hours_ago: float = 1,
        topic_id: int = 0,
    ) -> list[int]:
        """Let an article, a story by itself, be due with its statements, and maybe with a pair."""
        self.told += 1
        moment = datetime.now(UTC)
        async with self.database.writing() as session:
            article_id = await keep_text(session, f"artikel {self.told}", published_at=moment)
            numbers = []
            for place, content in enumerate(contents):
                statement = a_statement(content, said_on=moment.date())
                if pledged_for is not None:
                    statement = replace(statement, pledge="promise", pledged_for=pledged_for)
                numbers.append(await keep(session, statement, article_id, start=1000 * place))
            due = [("statement", number) for number in numbers]
            if is_turn:
                _, _, pair = await keep_turn(session, article_id, said_on=moment.date())
                due.append(("reversal", pair))
                numbers.append(pair)
            await join_story(session, article_id=article_id)
            await outbox.queue_all(
                session,
                deliveries=[
                    NewDelivery(self.chat.id, topic_id, what, what_id, article_id, moment, set_aside)
                    for what, what_id in due
                ],
            )
            await session.exec(
                update(Delivery)
                .where(col(Delivery.article_id) == article_id)
                .values(created_at=moment - hours_ago * HOUR)
            )
        return numbers

    async def correct(self) -> None:
        """Let a pair have been told and then rejected, so that a correction is due."""
        (pair,) = await self.say(is_turn=True)
        await self.empty()
        moment = datetime.now(UTC)
        async with self.database.writing() as session:
            await keep_review(
                session,
                reversal_id=pair,
                chat_id=self.chat.id,
                user_id=self.chat.id,
                verdict="rejected",
                reason="condition",
                moment=moment,
            )
            await settle(session, reversal_id=pair, reviewers=frozenset({self.chat.id}))
            await queue_corrections(session, reversal_id=pair, moment=moment)

    async def come(self, after: timedelta = timedelta()) -> int:
        """Let the hour of a digest have come."""
        moment = datetime.now(UTC) + after
        await self.choose(digest_due_at=moment)
        count = await make_digests(self.database, moment)
        await self.desk.hurry()
        return count

    async def empty(self) -> SendReport:
        return await self.desk.empty(FAST)

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.chat.chat.from_bot]

    async def states(self, what: str) -> list[str]:
        async with self.database.reading() as session:
            rows = await session.exec(select(Delivery).where(col(Delivery.what) == what).order_by(col(Delivery.id)))
            return [row.state for row in rows]


@pytest.fixture
async def inbox(database: Database, server: BotApiServer, anna: User) -> AsyncIterator[Inbox]:
    async with a_desk(server, database) as desk:
        async with database.writing() as session:
            await ensure_chat(session, chat_id=anna.id, kind="private", title="Anna")
            await settings.choose(session, chat_id=anna.id, digest="daily")
        yield Inbox(desk, anna)


async def test_a_digest_tells_by_story_what_was_said_turned_and_promised(inbox: Inbox) -> None:
    day = datetime(2025, 7, 1, tzinfo=UTC).date()
    await inbox.say("De dijken worden hoger.", set_aside=BELOW_LEVEL)
    await inbox.say("Er komt een nieuw gemaal.", set_aside=BELOW_LEVEL, pledged_for=day)
    await inbox.say(set_aside=BELOW_LEVEL, is_turn=True)

    assert await inbox.come() == 1
    assert (await inbox.empty()).sent == 1

    (text,) = inbox.texts
    assert text.startswith("Overzicht · ")
    assert "2 uitspraken · 1 ommekeer · 1 toezegging" in text
    assert text.index("↺ Wouter Zandstra · mogelijke ommekeer") < text.index("De dijken worden hoger.")
    assert "Kop van artikel 1\nWouter Zandstra “De dijken worden hoger.”" in text
    promised = text.partition("Toegezegd\n")[2]
    assert promised.startswith("• Wouter Zandstra “Er komt een nieuw gemaal.” · uiterlijk 1 juli 2025 · #")


async def test_a_digest_tells_what_was_sent_too_and_what_was_corrected(inbox: Inbox) -> None:
    await inbox.correct()

    await inbox.come(after=HOUR)
    await inbox.empty()

    assert "Gecorrigeerd\n• geen ommekeer: Wouter Zandstra (#2 / #1)" in inbox.texts[-1]


async def test_a_correction_in_quiet_hours_comes_at_once_and_without_a_sound(inbox: Inbox) -> None:
    await inbox.correct()
    now = datetime.now(UTC)
    minute = now.hour * 60 + now.minute
    await inbox.choose(timezone="UTC", quiet_from=(minute - 60) % 1440, quiet_until=(minute + 60) % 1440)

    await inbox.empty()

    assert [message.is_silent for message in inbox.chat.chat.from_bot] == [False, True]
    assert inbox.texts[1].startswith("Correctie")


async def test_a_digest_in_quiet_hours_comes_without_a_sound(inbox: Inbox) -> None:
    await inbox.say("De dijken worden hoger.", set_aside=BELOW_LEVEL)
    now = datetime.now(UTC)
    minute = now.hour * 60 + now.minute
    await inbox.choose(timezone="UTC", quiet_from=(minute - 60) % 1440, quiet_until=(minute + 60) % 1440)
    await inbox.come()

    await inbox.empty()

    assert [message.is_silent for message in inbox.chat.chat.from_bot] == [True]


async def test_a_digest_is_made_once_and_the_next_one_begins_where_it_ended(inbox: Inbox) -> None:
    await inbox.say("De dijken worden hoger.", set_aside=BELOW_LEVEL)
    moment = datetime.now(UTC)
    await inbox.choose(digest_due_at=moment)

    assert await make_digests(inbox.database, moment) == 1
    assert await make_digests(inbox.database, moment) == 0
    await inbox.choose(digest_due_at=moment)
    assert await make_digests(inbox.database, moment) == 0
    await inbox.empty()
    assert len(inbox.texts) == 1

    await inbox.say("De sluis gaat dicht.", set_aside=BELOW_LEVEL, hours_ago=-1)
    assert await inbox.come(after=2 * HOUR) == 1
    await inbox.empty()
    assert "De sluis gaat dicht." in inbox.texts[1]
    assert "De dijken" not in inbox.texts[1]


async def test_when_nothing_happened_nothing_is_sent(inbox: Inbox) -> None:
    await inbox.say("Oud nieuws.", set_aside=BELOW_LEVEL, hours_ago=30)

    assert await inbox.come() == 0

    assert (await inbox.empty()).sent == 0
    async with inbox.database.reading() as session:
        row = (await session.exec(select(Digest))).one()
        assert row.until - row.since == DAY
        assert (await settings.settings(session, chat_id=inbox.chat.id)).digest_due_at > row.until  # type: ignore[operator]


async def test_each_topic_in_which_something_happened_has_a_digest_of_its_own(inbox: Inbox) -> None:
    await inbox.say("De dijken worden hoger.", set_aside=BELOW_LEVEL)
    await inbox.say("De sluis gaat dicht.", set_aside=BELOW_LEVEL, topic_id=7)

    assert await inbox.come() == 2

    async with inbox.database.reading() as session:
        due = await session.exec(select(Delivery).where(col(Delivery.what) == "digest").order_by(col(Delivery.id)))
        assert [row.topic_id for row in due] == [0, 7]


async def test_after_a_pause_one_digest_tells_all_of_it(inbox: Inbox) -> None:
    await inbox.say("De dijken worden hoger.", set_aside=BELOW_LEVEL, hours_ago=40)
    await inbox.say("De sluis gaat dicht.", set_aside=BELOW_LEVEL, hours_ago=30)
    before = datetime.now(UTC) - 2 * DAY
    async with inbox.database.writing() as session:
        session.add(Digest(chat_id=inbox.chat.id, since=before - DAY, until=before))
    await inbox.choose(digest_due_at=before + DAY, digest_hour=(before.hour + 1) % 24)

    assert await make_digests(inbox.database, datetime.now(UTC)) == 1
    await inbox.empty()
    (text,) = inbox.texts
    assert "De dijken" in text
    assert "De sluis" in text


async def test_a_long_digest_is_split_below_what_telegram_takes_and_only_its_beginning_sounds(inbox: Inbox) -> None:
    for number in range(30):
        await inbox.say(
            *(f"Nummer {number}.{place}: {'de dijken en de sluizen ' * 9}." for place in range(6)),
            set_aside=BELOW_LEVEL,
        )
    await inbox.come()
    await inbox.empty()

    messages = inbox.chat.chat.from_bot
    assert len(messages) > 1
    assert all(visible_length(Html(message.html)) <= 4096 for message in messages)
    assert [message.is_silent for message in messages] == [False, *[True] * (len(messages) - 1)]
    assert "en nog 2 uitspraken" in messages[0].text
    assert "en nog 5 verhalen" in messages[-1].text


async def test_a_digest_that_is_broken_off_goes_on_where_it_stopped(inbox: Inbox) -> None:
    for number in range(12):
        await inbox.say(
            *(f"Nummer {number}.{place}: {'de dijken en de sluizen ' * 9}." for place in range(6)),
            set_aside=BELOW_LEVEL,
        )
    await inbox.come()
    send, sent = inbox.desk.bot.send_message, 0

    async def flooded_after_the_first(*arguments: Any, **options: Any) -> Any:
        nonlocal sent
        sent += 1
        if sent == 2:
            raise RetryAfter(timedelta(seconds=1))
        return await send(*arguments, **options)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(inbox.desk.bot), "send_message", staticmethod(flooded_after_the_first))
        assert (await inbox.empty()).released == 1
    await inbox.desk.hurry()

    assert (await inbox.empty()).sent == 1
    assert len(inbox.texts) == len(set(inbox.texts)) > 1


async def test_a_pair_that_a_judge_vetoed_is_in_no_digest(inbox: Inbox) -> None:
    (vetoed,) = await inbox.say(is_turn=True, set_aside=BELOW_LEVEL)
    await inbox.say("De dijken worden hoger.", set_aside=BELOW_LEVEL)
    async with inbox.database.writing() as session:
        pair = (await session.exec(select(Reversal).where(col(Reversal.id) == vetoed))).one()
        article_id = (await session.exec(select(Delivery.article_id).where(Delivery.what == "reversal"))).one()
        await session.exec(
            insert(Judgement).values(
                earlier_id=pair.earlier_id,
                later_id=pair.later_id,
                article_id=article_id,
                judge="chat",
                model="m",
                version="1",
                is_flagged=True,
                state="judged",
                wait_until=datetime.now(UTC),
                label="elaboration",
                confidence=0.9,
                ruling="vetoed",
                judged_at=datetime.now(UTC),
                created_at=datetime.now(UTC),
            )
        )
    await inbox.come()
    await inbox.empty()

    (text,) = inbox.texts
    assert "ommekeer" not in text
    assert "De dijken worden hoger." in text


async def test_a_digest_waits_for_the_end_of_a_mute(inbox: Inbox) -> None:
    await inbox.say("De dijken worden hoger.", set_aside=BELOW_LEVEL)
    moment = datetime.now(UTC)
    await inbox.choose(muted_until=moment + 2 * HOUR, digest_due_at=moment)

    assert await make_digests(inbox.database, moment) == 1
    assert (await inbox.empty()).sent == 0
    assert inbox.texts == []


async def test_many_promises_of_one_day_are_all_told(inbox: Inbox) -> None:
    day = datetime(2025, 7, 1, tzinfo=UTC).date()
    for number in range(12):
        await inbox.say(
            *(f"Gemaal {number}.{place} komt er, {'hoog en droog ' * 7}" for place in range(6)),
            set_aside=BELOW_LEVEL,
            pledged_for=day,
        )
    await inbox.come()
    await inbox.empty()

    promises = "\n".join(text[text.index("Beloofd") :] for text in inbox.texts if "Beloofd" in text)
    promises += "\n".join(text for text in inbox.texts if "Beloofd" not in text)
    assert all(f"Gemaal {number}.{place} " in promises for number in range(12) for place in range(6))
    assert all(visible_length(Html(message.html)) <= 4096 for message in inbox.chat.chat.from_bot)
    assert all("<b>" in message.html for message in inbox.chat.chat.from_bot if "Overzicht" in message.text)


async def test_a_chat_that_is_closed_gets_its_digest_when_it_returns(inbox: Inbox) -> None:
    await inbox.say("De dijken worden hoger.", set_aside=BELOW_LEVEL)
    inbox.server.fail(403, chat=inbox.chat.chat)
    await inbox.come()
    assert (await inbox.empty()).disabled == 1

    async with inbox.database.writing() as session:
        await ensure_chat(session, chat_id=inbox.chat.id, kind="private", title="Anna")
    assert (await inbox.empty()).sent == 1
    assert len(inbox.texts) == 1


async def test_beyond_the_messages_of_a_day_the_rest_is_left_to_the_digest_and_that_is_said_once(inbox: Inbox) -> None:
    await inbox.choose(messages_a_day=2)
    for number in range(5):
        await inbox.say(f"Bericht {number}.")

    report = await inbox.empty()

    assert report.set_aside == 3
    assert [text for text in inbox.texts if "Bericht" in text] == inbox.texts[:2]
    assert inbox.texts[2:] == ["Dat waren de 2 berichten van vandaag: de rest staat in het overzicht."]
    assert await inbox.states("statement") == ["sent", "sent", "set_aside", "set_aside", "set_aside"]

    await inbox.say("Bericht 6.")
    await inbox.empty()
    assert len(inbox.texts) == 3
    await inbox.come()
    await inbox.empty()
    assert all(f"Bericht {number}." in inbox.texts[3] for number in (0, 1, 2, 3, 4, 6))


async def test_a_new_day_and_a_higher_limit_let_messages_through_again(inbox: Inbox) -> None:
    await inbox.choose(messages_a_day=1)
    for number in range(2):
        await inbox.say(f"Bericht {number}.")
    await inbox.empty()
    assert await inbox.states("statement") == ["sent", "set_aside"]

    await inbox.choose(messages_a_day=None)
    await inbox.say("Bericht 3.")
    await inbox.empty()
    assert await inbox.states("statement") == ["sent", "set_aside", "sent"]
