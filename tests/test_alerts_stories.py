"""A story is one message that grows; what is new in kind answers it, and nothing is told twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.quotes.roster import Roster
from handlers import Services
from storage import outbox
from storage.articles import join_story, keep_article
from storage.chats import ensure_chat
from storage.sources import ensure_manual_source
from storage.statements import NewStatement, keep_reversal, keep_statements, withdraw_missing_mentions
from storage.stories import queue_growth
from storage.tables import Delivery, SentMessage, Source
from tests.botapi import BotApiServer, Chat, Message, User
from tests.desk import FAST, Desk
from tests.storage_examples import NOON, TODAY, VAN_DEN_ELZEN, ZANDSTRA, a_statement, keep_mention
from tests.telegram_bot import roster, running_bot

pytest_plugins = ("tests.desk_fixtures",)

CRISIS = a_statement("Er is geen crisis.")
TALKS = a_statement("We zijn in gesprek.")
TAX = a_statement("Er komt een zwaveltaks.", person_id=VAN_DEN_ELZEN)


async def brings(
    desk: Desk,
    outlet: str,
    *statements: NewStatement,
    to: Chat | User,
    topic: int = 0,
    kind: str = "manual",
    published_at: datetime = NOON,
) -> list[int]:
    """Let an outlet bring an article, as the pipeline keeps it, to a chat that follows all its speakers.

    An article of the same outlet is the same report, grown longer. Gives the statements' numbers.
    """
    async with desk.database.writing() as session:
        await ensure_chat(session, chat_id=to.id, kind="group" if to.id < 0 else "private", title="x")
        await ensure_manual_source(session, source_id=outlet, name=outlet)
        await session.exec(update(Source).where(col(Source.id) == outlet).values(kind=kind))
        kept_article = await keep_article(
            session,
            identity=outlet,
            source_id=outlet,
            url=f"https://{outlet.casefold()}.example/1",
            title=f"Kop van {outlet}",
            text=" ".join(statement.content for statement in statements),
            published_at=published_at,
        )
        article_id = kept_article.article_id
        kept = await keep_statements(session, statements=statements)
        for place, row in enumerate(kept):
            await keep_mention(session, row.statement_id, article_id, start=100 * place, end=100 * place + 9)
        await join_story(session, article_id=article_id)
        await queue_growth(session, article_id=article_id, moment=datetime.now(UTC))
        for row in kept:
            if row.is_new:
                await _queue(session, to, topic, "statement", row.statement_id, article_id)
    return [row.statement_id for row in kept]


async def turns(desk: Desk, later_id: int, *, to: Chat | User, outlet: str) -> None:
    """Let a statement be found to turn from an earlier one."""
    async with desk.database.writing() as session:
        before = a_statement("Er is wel een crisis.", said_on=TODAY - timedelta(days=400))
        [earlier] = await keep_statements(session, statements=[before])
        article = await keep_article(
            session, identity="toen", source_id=outlet, url=None, title="", text="x", published_at=NOON
        )
        await keep_mention(session, earlier.statement_id, article.article_id, start=0, end=9)
        evidence = [{"name": "n", "weight": 2.0, "earlier": [[6, 9]], "later": [[6, 10]], "reason": "wel ↔ geen"}]
        pair = await keep_reversal(
            session,
            person_id=ZANDSTRA,
            earlier_id=earlier.statement_id,
            later_id=later_id,
            label="reversal",
            score=0.9,
            evidence=evidence,
            doubts=[],
        )
        [article_id] = (
            await session.exec(
                select(Delivery.article_id).where(col(Delivery.what_id) == later_id, col(Delivery.what) == "statement")
            )
        ).all()
        await _queue(session, to, 0, "reversal", pair.reversal_id, article_id)


async def _queue(session: AsyncSession, to: Chat | User, topic: int, what: str, what_id: int, article_id: int) -> None:
    await outbox.queue(
        session,
        chat_id=to.id,
        topic_id=topic,
        what=what,
        what_id=what_id,
        article_id=article_id,
        due_at=datetime.now(UTC),
    )


def bot_messages(chat: Chat | User) -> list[Message]:
    return (chat.chat if isinstance(chat, User) else chat).from_bot


async def test_a_story_that_other_outlets_carry_is_one_message_that_names_them(desk: Desk, group: Chat) -> None:
    await brings(desk, "Bode", CRISIS, TALKS, to=group)
    await desk.empty()
    await brings(desk, "Tijding", CRISIS, to=group, published_at=NOON + timedelta(hours=1))
    await brings(desk, "Omroep", TALKS, CRISIS, to=group, published_at=NOON + timedelta(hours=2))

    report = await desk.empty()

    (message,) = bot_messages(group)
    assert report.sent == 1
    assert message.edits == 1
    assert message.text == (
        "Kop van Bode · 2 uitspraken\n"
        "Zandstra, minister-president (WVP) “Er is geen crisis.”\n"
        "“We zijn in gesprek.”\n"
        "Bode, 1 maart 2024 · ook bij Tijding, Omroep"
    )
    assert message.labels == ["Citeer", "Volg privé", "Stil"]
    assert await desk.states() == {"sent"}
    assert (await desk.empty()).sent == 0


async def test_more_by_the_same_minister_lets_the_message_grow_without_a_sound(desk: Desk, group: Chat) -> None:
    await brings(desk, "Bode", CRISIS, to=group)
    await desk.empty()
    await brings(desk, "Tijding", CRISIS, TALKS, to=group, published_at=NOON + timedelta(hours=1))
    await desk.empty()

    (message,) = bot_messages(group)
    assert message.text == (
        "Kop van Bode · 2 uitspraken\n"
        "Zandstra, minister-president (WVP) “Er is geen crisis.”\n"
        "“We zijn in gesprek.”\n"
        "Bode, 1 maart 2024 · ook bij Tijding"
    )
    assert len({row.sent_message_id for row in await desk.deliveries() if row.what == "statement"}) == 1


async def test_another_minister_answers_the_message_with_sound_and_grows_there(desk: Desk, group: Chat) -> None:
    await brings(desk, "Bode", CRISIS, to=group)
    await desk.empty()
    await brings(desk, "Tijding", CRISIS, TAX, to=group)
    await desk.empty()
    first, second = bot_messages(group)
    assert (second.reply_to, second.is_silent) == (first.id, False)
    assert "“Er komt een zwaveltaks.”" in second.text
    assert "zwaveltaks" not in first.text

    more = a_statement("De taks komt snel.", person_id=VAN_DEN_ELZEN)
    await brings(desk, "Omroep", CRISIS, TAX, more, to=group)
    await desk.empty()
    assert len(bot_messages(group)) == 2
    assert "De taks komt snel." in second.text
    assert "ook bij Omroep" in second.text


async def test_a_reversal_answers_the_message_with_sound(desk: Desk, group: Chat) -> None:
    (number,) = await brings(desk, "Bode", CRISIS, to=group)
    await desk.empty()
    await turns(desk, number, to=group, outlet="Bode")
    await desk.empty()

    first, flag = bot_messages(group)
    assert (flag.reply_to, flag.is_silent) == (first.id, False)
    assert "Mogelijke ommekeer" in flag.text
    assert flag.labels == ["Klopt", "Geen ommekeer", "Context", "Citeer", "Volg privé", "Stil"]


async def test_stories_of_one_article_each_in_two_topics_grow_apart(desk: Desk, group: Chat) -> None:
    await brings(desk, "Bode", CRISIS, to=group, topic=7)
    await desk.empty()
    await brings(desk, "Tijding", CRISIS, TAX, to=group)
    await desk.empty()

    first, other = bot_messages(group)
    assert (first.topic_id, other.topic_id) == (7, None)
    assert other.reply_to is None
    assert "ook bij Tijding" in first.text


async def test_what_can_no_longer_be_edited_is_answered_without_a_sound(desk: Desk, group: Chat) -> None:
    await brings(desk, "Bode", CRISIS, to=group)
    await desk.empty()
    (first,) = bot_messages(group)
    del group.messages[first.id]
    await brings(desk, "Tijding", CRISIS, TALKS, to=group)
    await desk.empty()

    (anew,) = bot_messages(group)
    assert "We zijn in gesprek." in anew.text
    assert "Er is geen crisis." not in anew.text
    assert anew.is_silent
    assert await desk.states() == {"sent"}

    await brings(desk, "Omroep", CRISIS, TALKS, to=group)
    await desk.empty()
    assert bot_messages(group) == [anew]
    assert "ook bij Omroep" in anew.text


async def test_what_answered_a_message_in_a_topic_that_closed_answers_nothing(desk: Desk, group: Chat) -> None:
    await brings(desk, "Bode", CRISIS, to=group, topic=7)
    await desk.empty()
    group.closed_topics.add(7)
    await brings(desk, "Tijding", CRISIS, TAX, to=group, topic=7)
    await desk.empty()

    told = bot_messages(group)[-1]
    assert "zwaveltaks" in told.text
    assert (told.topic_id, told.reply_to) == (None, None)


async def test_a_story_that_grows_while_it_is_edited_is_edited_again_and_not_at_once(
    desk: Desk, group: Chat, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    await brings(desk, "Bode", CRISIS, to=group)
    await desk.empty()
    await brings(desk, "Tijding", CRISIS, to=group)
    await desk.due(anna)
    edit, send, steps = desk.bot.edit_message_text, desk.bot.send_message, []

    async def edit_slowly(*arguments: Any, **options: Any) -> Any:
        steps.append("begins")
        if len(steps) == 1:
            await brings(desk, "Omroep", CRISIS, to=group)
        await asyncio.sleep(0.6)
        edited = await edit(*arguments, **options)
        steps.append("ends")
        return edited

    async def send_slowly(*arguments: Any, **options: Any) -> Any:
        await asyncio.sleep(0.4)
        return await send(*arguments, **options)

    monkeypatch.setattr(type(desk.bot), "edit_message_text", staticmethod(edit_slowly))
    monkeypatch.setattr(type(desk.bot), "send_message", staticmethod(send_slowly))
    await desk.empty(FAST)

    assert steps == ["begins", "ends"] * 2
    assert "Omroep" in bot_messages(group)[0].text
    assert await desk.states() == {"sent"}


async def test_after_two_days_a_story_is_told_anew(desk: Desk, group: Chat) -> None:
    await brings(desk, "Bode", CRISIS, to=group)
    await desk.empty()
    async with desk.database.writing() as session:
        await session.exec(update(SentMessage).values(created_at=datetime.now(UTC) - timedelta(hours=49)))
    await brings(desk, "Tijding", CRISIS, TALKS, to=group)
    await desk.empty()

    first, second = bot_messages(group)
    assert first.edits == 0
    assert second.reply_to is None


async def test_an_edit_that_was_not_written_down_is_made_again_and_changes_nothing(desk: Desk, group: Chat) -> None:
    await brings(desk, "Bode", CRISIS, to=group)
    await desk.empty()
    await brings(desk, "Tijding", CRISIS, TALKS, to=group)
    desk.server.fail(504, method="editMessageText", takes_effect=True)
    assert (await desk.empty()).released == 2
    await desk.hurry()
    await desk.empty()

    (message,) = bot_messages(group)
    assert message.text.count("We zijn in gesprek.") == 1
    assert await desk.states() == {"sent"}


async def test_edits_count_in_the_lane_of_a_group(desk: Desk, group: Chat) -> None:
    pace = replace(FAST, group_per_minute=2, first_pause=timedelta(minutes=5))
    await brings(desk, "Bode", CRISIS, to=group)
    await desk.empty(pace)
    await brings(desk, "Tijding", CRISIS, to=group)
    await desk.empty(pace)
    await brings(desk, "Omroep", CRISIS, TAX, to=group)

    assert (await desk.empty(pace)).sent == 0
    assert len(desk.server.calls_of("sendMessage", group)) + len(desk.server.calls_of("editMessageText", group)) == 2


async def test_what_an_outlet_took_back_is_struck_through_when_the_story_grows(desk: Desk, group: Chat) -> None:
    await brings(desk, "Bode", CRISIS, TALKS, to=group)
    await desk.empty()
    async with desk.database.writing() as session:
        (article_id,) = set(await session.exec(select(Delivery.article_id)))
        await withdraw_missing_mentions(session, article_id=article_id, version_number=2)
    await brings(desk, "Tijding", CRISIS, to=group)
    await desk.empty()

    (message,) = bot_messages(group)
    assert "“We zijn in gesprek.” (ingetrokken)" in message.text


async def test_a_debate_is_one_message_a_minister_and_is_edited_as_it_goes_on(desk: Desk, group: Chat) -> None:
    said = [a_statement(f"Zin nummer {number}.") for number in range(1, 3)]
    await brings(desk, "Kamer", *said, TAX, to=group, kind="parliament")
    await desk.empty()
    first, second = bot_messages(group)
    assert "Zandstra, minister-president (WVP) “Zin nummer 1.”\n“Zin nummer 2.”" in first.text
    assert "zwaveltaks" in second.text
    assert [message.reply_to for message in (first, second)] == [None, None]
    assert [message.is_silent for message in (first, second)] == [False, True]

    promise = replace(a_statement("Ik zeg u een brief toe."), pledge="promise")
    said += [a_statement(f"Zin nummer {number}.") for number in range(3, 6)]
    await brings(desk, "Kamer", *said, TAX, promise, to=group, kind="parliament")
    await desk.empty()

    assert bot_messages(group) == [first, second]
    assert first.text == (
        "Kop van Kamer · 6 uitspraken, 1 toezegging\n"
        "Zandstra, minister-president (WVP) “Ik zeg u een brief toe.” · toezegging\n"
        "“Zin nummer 1.”\n"
        "“Zin nummer 2.”\n"
        "Kamer, 1 maart 2024"
    )
    assert first.labels[0] == "Nog 3 uitspraken"


async def test_a_command_in_answer_to_a_message_of_a_debate_is_about_what_that_message_tells(
    desk: Desk, server: BotApiServer, anna: User
) -> None:
    group = server.group("Redactie", administrators=[anna])
    said = [a_statement(f"Zin nummer {number}.") for number in range(1, 6)]
    numbers = await brings(desk, "Kamer", *said, CRISIS, TAX, to=group, kind="parliament")
    await desk.empty()
    await turns(desk, numbers[5], to=group, outlet="Kamer")
    await desk.empty()
    debate, taxes, flag = [await server.wait_for_message(group) for _ in range(3)]

    async with running_bot(server, Services(desk.database, Roster.from_popolo(roster()))):

        async def answers(to: Message, command: str) -> Message:
            await server.say(group, anna, command, reply_to=to)
            return await server.wait_for_message(group)

        assert (await answers(taxes, "/citeer")).text.startswith("“Er komt een zwaveltaks.”")
        assert "Mirthe van den Elzen" in (await answers(taxes, "/wie")).text
        assert "Wouter Zandstra" in (await answers(debate, "/wie")).text
        assert "volgt nu Wouter Zandstra" in (await answers(debate, "/volg")).text
        choice = await answers(debate, "/citeer")
        assert [label.partition(" ")[0] for label in choice.labels] == [f"#{number}" for number in numbers[:6]]
        sides = await answers(flag, "/citeer")
        assert [label.partition(": ")[2] for label in sides.labels] == ["Er is geen crisis.", "Er is wel een crisis."]
        assert "#1042" in (await answers(sides, "/citeer")).text


async def test_the_rest_is_paged_through_by_everyone_and_after_a_restart(
    desk: Desk, server: BotApiServer, anna: User
) -> None:
    group = server.group("Redactie", members=[anna])
    said = [a_statement(f"Zin {number}: {'over dijken en sluizen ' * 20}") for number in range(12)]
    await brings(desk, "Kamer", *said, to=group, kind="parliament")
    await desk.empty()
    (message,) = bot_messages(group)
    before = message.text
    for label, shown in (("Nog 9", "Zin 0:"), ("verder", "Zin 11:"), ("terug", "Zin 0:")):
        # The bot starts anew before each press.
        async with running_bot(server, Services(desk.database, Roster.from_popolo(roster()))):
            press = await server.press(message, anna, label)
            await server.wait_for_answer(press)
        assert shown in message.text
    assert message.text != before

    async with running_bot(server, Services(desk.database, Roster.from_popolo(roster()))):
        await server.wait_for_answer(await server.press(message, anna, "terug"))
        assert message.text == before
        await server.wait_for_answer(await server.press(message, anna, "Citeer"))
        choice = await server.wait_for_message(group, "Welke uitspraak")
        assert choice.reply_to == message.id
        assert len(choice.labels) == 12
