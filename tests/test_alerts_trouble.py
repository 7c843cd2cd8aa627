"""What Telegram or the database refuses, puts off or breaks off is waited out, put right or ended, chat by chat."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, update

from storage import outbox
from storage.chats import chat as stored_chat
from storage.chats import ensure_chat, follow
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.tables import Chat as ChatRow
from tests.botapi import BotApiServer, Chat, User
from tests.desk import FAST, ONCE, Desk, a_desk, texts
from tests.storage_examples import ZANDSTRA

pytest_plugins = ("tests.desk_fixtures",)


async def test_flood_control_closes_that_chats_lane_for_as_long_as_it_says(desk: Desk, group: Chat, anna: User) -> None:
    desk.server.fail(429, chat=group, retry_after=1)
    await desk.due(group)
    await desk.due(group, anna)
    sender = desk.sender()
    started = time.monotonic()

    report = await sender.empty(desk.stopping)

    # What becomes due meanwhile waits in the same lane; the other chat does not.
    assert (report.sent, report.released) == (1, 2)
    assert len(texts(anna)) == 1
    await desk.due(group)
    assert (await sender.empty(desk.stopping)).sent == 0

    await desk.empty_until_done(sender)

    assert time.monotonic() - started >= 1
    assert [text.split("(")[-1][0] for text in texts(group)] == ["1", "2", "3"]
    assert len(desk.server.calls_of("sendMessage", group)) == 4


async def test_flood_control_is_kept_to_after_a_restart(
    server: BotApiServer, database: Database, group: Chat, anna: User
) -> None:
    async with a_desk(server, database) as desk:
        server.fail(429, chat=group, retry_after=90)
        await desk.due(group)
        await desk.empty()
        await desk.due(group, topic=7)
        await desk.due(anna)

        # Each round is a new sender, which knows what the tables know.
        await desk.empty()

        assert (len(texts(anna)), texts(group)) == (1, [])
        desk.clock = lambda: datetime.now(UTC) + timedelta(seconds=100)
        await desk.empty()
        assert [text.split("(")[-1][0] for text in texts(group)] == ["2", "1"]


async def test_a_chat_that_blocked_us_is_disabled_and_keeps_what_is_due_for_its_return(
    desk: Desk, group: Chat, anna: User
) -> None:
    anna.chat.bot_status = "kicked"
    await desk.due(anna, group)
    await desk.due(anna)

    report = await desk.empty()

    assert (report.sent, report.disabled) == (1, 2)
    assert (await desk.empty()).counts() == {"sent": 0, "released": 0, "dropped": 0, "set_aside": 0, "disabled": 0}
    async with desk.database.writing() as session:
        row = await stored_chat(session, chat_id=anna.id)
        assert row is not None
        assert row.state == "disabled"
        assert row.disabled_reason

    anna.chat.bot_status = "member"
    async with desk.database.writing() as session:
        await ensure_chat(session, chat_id=anna.id, kind="private", title="Anna")
    assert (await desk.empty()).sent == 2
    assert len(texts(anna)) == 2


@pytest.mark.parametrize("words", ["chat not found", "not enough rights to send text messages to the chat"])
async def test_a_chat_where_we_may_not_write_is_disabled_too(desk: Desk, group: Chat, words: str) -> None:
    desk.server.fail(400, description=f"Bad Request: {words}")
    await desk.due(group)

    assert (await desk.empty()).disabled == 1


async def test_a_message_that_telegram_cannot_read_goes_without_its_markup(desk: Desk, group: Chat) -> None:
    desk.server.fail(400, description="Bad Request: can't parse entities: Unclosed start tag at byte offset 3")
    await desk.due(group)

    assert (await desk.empty()).sent == 1

    (message,) = group.from_bot
    assert "Er is geen crisis. (1)" in message.text
    assert "https://bode.example/" in message.text
    assert message.entities == []


async def test_a_message_that_stays_refused_is_dropped_with_the_reason_and_the_rest_goes_on(
    desk: Desk, group: Chat
) -> None:
    desk.server.fail(400, times=2, description="Bad Request: message is too strange")
    await desk.due(group)
    await desk.due(group)

    report = await desk.empty()

    assert (report.sent, report.dropped) == (1, 1)
    dropped, sent = await desk.deliveries()
    assert (dropped.state, sent.state) == ("dropped", "sent")
    assert "too strange" in (dropped.last_error or "")


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_trouble_at_telegrams_is_waited_out(desk: Desk, group: Chat, status: int) -> None:
    desk.server.fail(status, times=2)
    await desk.due(group)

    first = await desk.empty()
    (row,) = await desk.deliveries()
    assert (first.released, row.state, row.attempts) == (1, "due", 1)
    assert row.last_error

    await desk.hurry()
    await desk.empty_until_done(desk.sender())
    assert len(texts(group)) == 1
    assert len(desk.server.calls_of("sendMessage")) == 3


async def test_pauses_double_up_to_the_longest(desk: Desk, group: Chat) -> None:
    pace = replace(FAST, first_pause=timedelta(seconds=40), longest_pause=timedelta(seconds=100))
    desk.server.fail(500, times=None)
    await desk.due(group)
    pauses = []
    for _ in range(4):
        await desk.hurry()
        await desk.empty(pace)
        (row,) = await desk.deliveries()
        pauses.append((row.due_at - datetime.now(UTC)).total_seconds())

    for pause, expected in zip(pauses, (40, 80, 100, 100), strict=True):
        assert 0.7 * expected < pause < 1.3 * expected


async def test_a_chat_that_hangs_does_not_hold_up_the_others(desk: Desk, server: BotApiServer, anna: User) -> None:
    pace = replace(ONCE, answer_timeout=timedelta(seconds=2), lanes=2)
    others = [server.user(f"Lezer {number}") for number in range(6)]
    server.hang(5, chat=anna.chat)
    await desk.due(anna)
    await desk.due(*others)
    sending = asyncio.create_task(desk.sender(pace).empty(desk.stopping))

    for other in others:
        await server.wait_for_message(other, within=1.9)

    report = await sending
    assert (report.sent, report.released) == (6, 1)
    await desk.hurry()
    await desk.empty()
    assert len(texts(anna)) == 1


async def test_a_server_that_dies_and_comes_back_gets_everything(desk: Desk, group: Chat, anna: User) -> None:
    await desk.due(group, anna)
    await desk.server.stop()

    report = await desk.empty()

    assert (report.sent, report.released) == (0, 2)
    await desk.server.start()
    await desk.hurry()
    assert (await desk.empty()).sent == 2
    assert (len(texts(group)), len(texts(anna))) == (1, 1)


async def test_a_group_that_became_a_supergroup_is_moved_once_and_gets_its_alerts_there(
    desk: Desk, server: BotApiServer
) -> None:
    old = server.group("Oud", kind="group")
    await desk.due(old)
    await desk.due(old)
    async with desk.database.writing() as session:
        await follow(session, chat_id=old.id, topic_id=0, person_id=ZANDSTRA, user_id=1)
    new = await server.upgrade(old, announce="none")

    report = await desk.empty()

    assert report.counts() == {"sent": 2, "released": 0, "dropped": 0, "set_aside": 0, "disabled": 0}
    assert (len(texts(old)), len(texts(new))) == (0, 2)
    assert {row.chat_id for row in await desk.deliveries()} == {new.id}
    async with desk.database.reading() as session:
        moved = await stored_chat(session, chat_id=new.id)
        assert moved is not None
        assert moved.state == "active"
    assert len(server.calls_of("sendMessage", old)) == 1


async def test_a_migration_that_leads_back_is_put_off_and_ends(desk: Desk, group: Chat) -> None:
    desk.server.fail(400, times=None, migrate_to=group.id, description="Bad Request: group chat was upgraded")
    await desk.due(group)

    assert (await desk.empty()).released == 1


async def test_a_refused_token_loses_nothing_and_is_not_shown(
    desk: Desk, group: Chat, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    token, desk.server.token = desk.server.token, "1:another"
    await desk.due(group)

    report = await desk.empty()

    assert report.released == 1
    (row,) = await desk.deliveries()
    shown = f"{row.last_error}{capsys.readouterr()}{caplog.text}"
    assert "token" in shown
    assert token not in shown
    desk.server.token = token
    await desk.hurry()
    assert (await desk.empty()).sent == 1


async def test_one_chats_trouble_is_its_own_and_never_raised(desk: Desk, group: Chat, anna: User) -> None:
    await desk.due(group, anna)
    async with desk.database.writing() as session:
        await session.exec(update(ChatRow).where(col(ChatRow.id) == group.id).values(timezone="Mars/Olympus"))

    report = await desk.empty()

    assert (report.sent, report.released) == (1, 1)
    ailing = next(row for row in await desk.deliveries() if row.chat_id == group.id)
    assert (ailing.state, ailing.attempts) == ("due", 1)
    assert "Mars/Olympus" in (ailing.last_error or "")


async def test_a_database_that_fails_one_chat_breaks_off_no_message_on_its_way(
    desk: Desk, group: Chat, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise DatabaseUnavailable("busy")

    send = desk.bot.send_message

    async def send_slowly(chat_id: int, *arguments: Any, **options: Any) -> Any:
        sent = await send(chat_id, *arguments, **options)
        if chat_id == anna.id:
            await asyncio.sleep(0.5)
        return sent

    desk.server.fail(502, chat=group)
    await desk.due(anna, group)
    with monkeypatch.context() as patched:
        patched.setattr(outbox, "release", fail)
        patched.setattr(type(desk.bot), "send_message", staticmethod(send_slowly))
        with pytest.raises(DatabaseUnavailable):
            await desk.empty()

    sent = [row for row in await desk.deliveries() if row.chat_id == anna.id]
    assert [row.state for row in sent] == ["sent"]
    assert len(texts(anna)) == 1
