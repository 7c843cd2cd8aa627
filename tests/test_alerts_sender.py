"""The outbox is emptied: nothing lost, nothing twice, each chat at its pace."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select, update

from storage import outbox
from storage.database import Database
from storage.settings import choose
from storage.statements import withdraw_missing_mentions
from storage.tables import Chat as ChatRow
from storage.tables import Delivery, Reversal, SentMessage
from tests.botapi import BotApiServer, Chat, User
from tests.desk import FAST, Desk, a_desk, texts

pytest_plugins = ("tests.desk_fixtures",)


async def test_all_that_an_article_holds_for_a_chat_is_one_message_on_both_databases(
    server: BotApiServer, database: Database, group: Chat, anna: User
) -> None:
    async with a_desk(server, database) as desk:
        await desk.due(group, anna, contents=("Er is geen crisis.", "We zijn in gesprek."))
        await desk.due(group, contents=("Morgen praten we verder.",))

        report = await desk.empty()

        assert report.counts() == {"sent": 5, "released": 0, "dropped": 0, "set_aside": 0, "disabled": 0}
        first, second = texts(group)
        assert "Er is geen crisis. (1)" in first
        assert "We zijn in gesprek. (1)" in first
        assert "Morgen praten we verder. (2)" in second
        assert len(texts(anna)) == 1
        deliveries = await desk.deliveries()
        assert {row.state for row in deliveries} == {"sent"}
        # Three messages carry the five deliveries.
        assert len({row.sent_message_id for row in deliveries}) == 3

        assert (await desk.empty()).sent == 0
        assert len(texts(group)) == 2


async def test_a_reversal_comes_with_its_statement(desk: Desk, group: Chat) -> None:
    await desk.turn_due(group)

    assert (await desk.empty()).sent == 2

    (text,) = texts(group)
    assert "De sluis gaat open" in text
    assert "De sluis blijft dicht" in text


async def test_what_a_message_cannot_hold_stands_behind_a_button_and_is_confirmed_with_it(
    desk: Desk, group: Chat
) -> None:
    await desk.due(group, contents=tuple(f"Uitspraak {number} over {'dijken en ' * 8}sluizen." for number in range(60)))

    report = await desk.empty()

    assert (report.sent, report.released) == (60, 0)
    (message,) = group.from_bot
    assert "60 uitspraken" in message.text
    assert message.labels[0].startswith("Nog ")
    async with desk.database.reading() as session:
        assert len(list(await session.exec(select(SentMessage)))) == 1


async def test_a_topic_gets_its_alerts_and_general_is_addressed_without_a_thread(desk: Desk, group: Chat) -> None:
    await desk.due(group, topic=7)
    await desk.due(group)

    await desk.empty()

    threads = [call.parameters.get("message_thread_id") for call in desk.server.calls_of("sendMessage")]
    assert threads == [7, None]


async def test_a_closed_topic_falls_back_to_the_chat_and_that_is_told_once_until_it_opens(
    desk: Desk, group: Chat
) -> None:
    def said() -> list[tuple[int | None, bool]]:
        return [(message.topic_id, "onderwerp" in message.text) for message in group.from_bot]

    group.closed_topics.add(7)
    await desk.due(group, topic=7)
    await desk.due(group, topic=7)

    assert (await desk.empty()).sent == 2
    assert said() == [(None, True), (None, False), (None, False)]

    await desk.due(group, topic=7)
    await desk.empty()
    assert said()[3:] == [(None, False)]

    group.closed_topics.clear()
    await desk.due(group, topic=7)
    await desk.empty()
    assert said()[4:] == [(7, False)]

    group.closed_topics.add(7)
    await desk.due(group, topic=7)
    await desk.empty()
    assert said()[5:] == [(None, True), (None, False)]


async def test_a_topic_that_was_deleted_falls_back_too(desk: Desk, group: Chat) -> None:
    await desk.due(group, topic=9)

    assert (await desk.empty()).sent == 1
    assert [message.topic_id for message in group.from_bot] == [None, None]


@pytest.mark.parametrize("has_digest", [False, True])
async def test_what_became_due_too_long_ago_is_told_together_when_a_chat_returns(
    server: BotApiServer, database: Database, anna: User, has_digest: bool
) -> None:
    async with a_desk(server, database) as desk:
        for _ in range(3):
            await desk.due(anna, contents=("Er is geen crisis.", "We zijn in gesprek."))
        async with desk.database.writing() as session:
            await session.exec(update(Delivery).values(created_at=datetime.now(UTC) - timedelta(hours=25)))
            if has_digest:
                await choose(session, chat_id=anna.id, digest="daily")
        await desk.due(anna)

        report = await desk.empty()

        assert (report.sent, report.set_aside) == (1 if has_digest else 2, 6)
        old, new = (await desk.deliveries())[:6], (await desk.deliveries())[6]
        assert ({row.state for row in old}, new.state) == ({"set_aside"}, "sent")
        alert, *digests = texts(anna)
        assert "Er is geen crisis. (4)" in alert
        if not has_digest:
            (missed,) = digests
            assert missed.startswith("Overzicht · ")
            assert "6 uitspraken" in missed
            assert "6 hiervan konden niet op tijd worden verstuurd. /citaten met een naam geeft alles" in missed
            assert "We zijn in gesprek. (3)" in missed
            assert "(4)" not in missed


async def test_the_word_that_a_day_was_full_is_not_said_on_another_day(desk: Desk, anna: User) -> None:
    article_id = await desk.due(anna)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    limit = outbox.NewDelivery(anna.id, 0, "limit", yesterday.toordinal() - 1, article_id, yesterday)
    async with desk.database.writing() as session:
        await outbox.queue_all(session, deliveries=[limit])

    report = await desk.empty()

    assert (report.sent, report.dropped) == (1, 1)
    assert len(texts(anna)) == 1


async def test_what_was_put_back_into_quiet_hours_waits_for_their_end_unless_it_passes_through(
    server: BotApiServer, database: Database, group: Chat, anna: User
) -> None:
    async with a_desk(server, database) as desk:
        await desk.due(group, anna)
        begun = datetime.now(UTC)
        minute = begun.hour * 60 + begun.minute
        ends = begun.replace(second=0, microsecond=0) + timedelta(minutes=61)
        desk.clock = lambda: begun
        server.fail(502, times=2)
        async with database.writing() as session:
            for chat in (group, anna):
                quiet = {"quiet_from": (minute + 1) % 1440, "quiet_until": (minute + 61) % 1440}
                await choose(session, chat_id=chat.id, timezone="UTC", **quiet)
            passes = update(Delivery).where(col(Delivery.chat_id) == anna.id).values(passes_quiet=True)
            await session.exec(passes)
        assert (await desk.empty()).released == 2

        desk.clock = lambda: begun + timedelta(minutes=30)
        report = await desk.empty()

        assert (report.sent, report.released) == (1, 1)
        assert (len(texts(anna)), texts(group)) == (1, [])
        assert [row.due_at for row in await desk.deliveries() if row.state == "due"] == [ends]
        desk.clock = lambda: ends
        assert (await desk.empty()).sent == 1
        assert [message.is_silent for message in group.from_bot] == [False]


async def test_a_chats_wishes_for_sound_and_previews_are_kept(desk: Desk, group: Chat, anna: User) -> None:
    await desk.due(group, anna)
    async with desk.database.writing() as session:
        wishes = {"is_silent": True, "shows_previews": True}
        await session.exec(update(ChatRow).where(col(ChatRow.id) == anna.id).values(wishes))

    await desk.empty()

    assert [message.is_silent for message in (*group.from_bot, *anna.chat.from_bot)] == [False, True]
    previews = {
        call.chat_id: call.parameters["link_preview_options"]["is_disabled"]
        for call in desk.server.calls_of("sendMessage")
    }
    assert previews == {group.id: True, anna.id: False}


async def test_what_was_withdrawn_or_rejected_meanwhile_is_not_told(desk: Desk, group: Chat) -> None:
    article_id = await desk.due(group, contents=("Er is geen crisis.", "We praten."))
    reversal_id = await desk.turn_due(group)
    async with desk.database.writing() as session:
        # The second version of the article holds none of the two.
        await withdraw_missing_mentions(session, article_id=article_id, version_number=2)
        await session.exec(update(Reversal).where(col(Reversal.id) == reversal_id).values(state="rejected"))

    report = await desk.empty()

    assert (report.sent, report.dropped) == (1, 3)
    (text,) = texts(group)
    assert "De sluis gaat open" in text
    assert "De sluis blijft dicht" not in text


async def test_messages_to_one_chat_keep_their_distance(desk: Desk, group: Chat) -> None:
    for _ in range(4):
        await desk.due(group)

    report = await desk.empty(replace(FAST, chat_pause=timedelta(milliseconds=300)))

    assert report.sent == 4
    assert desk.server.busiest(0.3, group) == 1


async def test_a_group_gets_no_more_in_a_minute_than_it_may_even_after_a_restart(
    desk: Desk, group: Chat, anna: User
) -> None:
    pace = replace(FAST, group_per_minute=2)
    for _ in range(5):
        await desk.due(group, anna)

    report = await desk.empty(pace)
    again = await desk.empty(pace)

    assert (report.sent, report.released) == (2 + 5, 3)
    assert again.sent == 0
    assert (len(texts(group)), len(texts(anna))) == (2, 5)
    waiting = [row for row in await desk.deliveries() if row.state == "due"]
    assert all(row.due_at > datetime.now(UTC) + timedelta(seconds=30) for row in waiting)


async def test_all_chats_together_get_no_more_in_a_second_than_they_may(desk: Desk, server: BotApiServer) -> None:
    readers = [server.user(f"Lezer {number}") for number in range(14)]
    await desk.due(*readers)

    report = await desk.empty(replace(FAST, overall_per_second=6))

    assert report.sent == 14
    assert server.busiest(1.0) <= 6


async def test_on_stopping_the_send_in_hand_is_finished_and_the_rest_put_back(desk: Desk, group: Chat) -> None:
    for _ in range(5):
        await desk.due(group)
    sender = desk.sender(replace(FAST, chat_pause=timedelta(milliseconds=500)))
    sending = asyncio.create_task(sender.empty(desk.stopping))
    await desk.server.wait_for_message(group)

    desk.stopping.set()
    report = await asyncio.wait_for(sending, 3)

    assert report.sent in (1, 2)
    assert report.sent + report.released == 5
    assert len(texts(group)) == report.sent
    assert [(row.state, row.attempts) for row in await desk.deliveries()].count(("due", 0)) == report.released
    assert not [row for row in await desk.deliveries() if row.state == "claimed"]

    desk.stopping.clear()
    await desk.empty_until_done(desk.sender())
    assert len(texts(group)) == 5


async def test_what_a_sender_held_when_it_was_killed_is_sent_once_its_claim_ran_out(desk: Desk, group: Chat) -> None:
    await desk.due(group)
    async with desk.database.writing() as session:
        lease = timedelta(milliseconds=300)
        assert await outbox.claim(session, worker="dead", moment=datetime.now(UTC), lease=lease)

    assert (await desk.empty()).sent == 0
    await asyncio.sleep(0.3)
    assert (await desk.empty()).sent == 1
    assert len(texts(group)) == 1


async def test_two_senders_at_work_send_nothing_twice_on_both_databases(
    server: BotApiServer, database: Database
) -> None:
    async with a_desk(server, database) as desk:
        readers = [server.user(f"Lezer {number}") for number in range(12)]
        await desk.due(*readers)
        await desk.due(*readers)

        reports = await asyncio.gather(
            desk.sender(worker="een").empty(desk.stopping), desk.sender(worker="twee").empty(desk.stopping)
        )

        assert sum(report.sent for report in reports) == 24
        assert [len(texts(reader)) for reader in readers] == [2] * 12


async def test_a_bad_day_loses_nothing_and_doubles_nothing(desk: Desk, server: BotApiServer) -> None:
    readers = [server.user(f"Lezer {number}") for number in range(12)]
    for _ in range(3):
        await desk.due(*readers)
    server.fail(429, share=0.1, times=None, retry_after=1)
    server.fail(502, share=0.1, times=None)
    sender = desk.sender()

    await sender.empty(desk.stopping)
    await server.stop()
    await sender.empty(desk.stopping)
    await server.start()
    await desk.empty_until_done(sender)

    for reader in readers:
        # Each article once, and in the order in which they came.
        assert [text.split("(")[-1][0] for text in texts(reader)] == ["1", "2", "3"]
