"""Trouble between a question and its answer, and the order in which chats are served."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from sqlalchemy import text
from telegram import Chat as TelegramChat
from telegram import Message as TelegramMessage
from telegram import Update

from handlers import Services
from handlers.lanes import ChatLanes
from tests.botapi import BotApiServer, User

pytest_plugins = ("tests.telegram_fixtures",)


@pytest.mark.usefixtures("bot")
async def test_flood_control_is_waited_for(server: BotApiServer, anna: User) -> None:
    server.fail(429, method="sendMessage", retry_after=1)
    await server.say(anna, anna, "/help")
    await server.wait_for_message(anna)
    refused, sent = server.calls_of("sendMessage")
    assert sent.received_at - refused.received_at >= 1


@pytest.mark.usefixtures("bot")
async def test_an_answer_that_would_come_much_too_late_is_not_sent(server: BotApiServer, anna: User) -> None:
    server.fail(429, method="sendMessage", retry_after=600)
    await server.say(anna, anna, "/help")
    await server.say(anna, anna, "/volgend")
    assert "niemand gevolgd" in (await server.wait_for_message(anna)).text


@pytest.mark.usefixtures("bot")
async def test_one_chat_that_hangs_does_not_hold_up_another(server: BotApiServer, anna: User, bram: User) -> None:
    server.hang(60, method="sendMessage", chat=anna.chat)
    await server.say(anna, anna, "/help")
    await server.say(bram, bram, "/help")
    await server.wait_for_message(bram)
    assert anna.chat.from_bot == []
    server.heal()


@pytest.mark.usefixtures("bot")
async def test_an_error_is_logged_without_the_question_and_told_politely(
    server: BotApiServer, services: Services, anna: User, logs: list[MutableMapping[str, Any]]
) -> None:
    await _rename(services, "statement_search")

    await server.say(anna, anna, "/citaten Zandstra geheim")
    message = await server.wait_for_message(anna)

    assert message.text.startswith("Er ging hier iets mis.")
    (entry,) = [entry for entry in logs if entry["log_level"] == "error"]
    assert (entry["event"], entry["chat_id"]) == ("an update was not handled", anna.id)


@pytest.mark.usefixtures("bot")
async def test_an_english_chat_is_apologised_to_in_english(
    server: BotApiServer, services: Services, anna: User, logs: list[MutableMapping[str, Any]]
) -> None:
    await server.say(anna, anna, "/language en")
    await server.say(anna, anna, "/quotes Zandstra")
    page = await server.wait_for_message(anna, "Zandstra")
    await _rename(services, "statement_search", "mention")

    await server.say(anna, anna, "/search dijk")
    assert (await server.wait_for_message(anna, "went wrong")).text.startswith("Something went wrong here.")
    answered = await server.wait_for_answer(await server.press(page, anna, "older"))
    assert answered["text"].startswith("Something went wrong here.")
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["an update was not handled"] * 2


@pytest.mark.parametrize(("code", "apology"), [("en-GB", "Something went"), ("nl", "Er ging hier"), ("de", "Er ging")])
@pytest.mark.usefixtures("bot", "logs")
async def test_where_the_database_fails_the_apology_is_in_the_language_of_the_app(
    server: BotApiServer, services: Services, code: str, apology: str
) -> None:
    chris = server.user("Chris", language=code)
    group = server.group("Redactie", administrators=[chris])
    await _rename(services, "chat")

    for chat in (chris.chat, group):
        await server.say(chat, chris, "/follow Zandstra")
        assert (await server.wait_for_message(chat)).text.startswith(apology)


async def _rename(services: Services, *tables: str) -> None:
    """Take tables away, so that what needs them fails."""
    async with services.database.writing() as session:
        for table in tables:
            await (await session.connection()).execute(text(f"ALTER TABLE {table} RENAME TO lost_{table}"))


@pytest.mark.usefixtures("bot")
async def test_an_answer_that_was_lost_on_its_way_is_not_sent_again(
    server: BotApiServer, anna: User, logs: list[MutableMapping[str, Any]]
) -> None:
    server.fail(502, method="sendMessage", takes_effect=True)
    await server.say(anna, anna, "/help")
    await server.say(anna, anna, "/volgend")
    await server.wait_for_message(anna, "niemand gevolgd")
    assert len(anna.chat.from_bot) == 2
    assert [entry["event"] for entry in logs] == ["Telegram did not answer"]


@pytest.mark.usefixtures("bot")
async def test_a_press_that_telegram_has_forgotten_is_no_error(server: BotApiServer, anna: User) -> None:
    await server.say(anna, anna, "/citaten Zandstra")
    page = await server.wait_for_message(anna)
    server.fail(400, method="answerCallbackQuery", description="Bad Request: query is too old")
    await server.press(page, anna, "ouder")
    await server.wait_for_edit(page)
    await server.until(lambda: any(call.status == 400 for call in server.calls))
    await server.say(anna, anna, "/volgend")
    assert "niemand gevolgd" in (await server.wait_for_message(anna)).text


def _update(number: int, chat_id: int) -> Update:
    chat = TelegramChat(chat_id, "private")
    return Update(number, message=TelegramMessage(number, None, chat))  # type: ignore[arg-type]


async def test_a_lane_keeps_its_order_and_lanes_run_side_by_side() -> None:
    lanes = ChatLanes(8)
    happened: list[tuple[str, int]] = []
    gate = asyncio.Event()

    async def handle(name: str, number: int) -> None:
        happened.append((f"{name} begins", number))
        if name == "slow":
            await gate.wait()
        happened.append((f"{name} ends", number))

    slow = [lanes.process_update(_update(n, 1), handle("slow", n)) for n in range(3)]
    quick = [lanes.process_update(_update(n, 2), handle("quick", n)) for n in range(3)]
    running = [asyncio.ensure_future(work) for work in (*slow, *quick)]
    await asyncio.sleep(0.05)
    assert [event for event in happened if event[0].startswith("quick")][-1] == ("quick ends", 2)
    assert [event for event in happened if event[0].startswith("slow")] == [("slow begins", 0)]
    gate.set()
    await asyncio.gather(*running)
    assert [number for name, number in happened if name == "slow ends"] == [0, 1, 2]


async def test_a_busy_chat_takes_one_place_only() -> None:
    lanes = ChatLanes(2)
    gate, done = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        await gate.wait()

    async def finish() -> None:
        done.set()

    busy = [asyncio.ensure_future(lanes.process_update(_update(n, 1), wait())) for n in range(5)]
    await asyncio.sleep(0)
    other = asyncio.ensure_future(lanes.process_update(_update(9, 2), finish()))
    await asyncio.wait_for(done.wait(), 2)
    gate.set()
    await asyncio.gather(*busy, other)


async def test_so_many_chats_are_served_at_once_and_no_more() -> None:
    lanes = ChatLanes(2)
    running = 0
    most = 0

    async def work() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1

    await asyncio.gather(*(lanes.process_update(_update(n, n), work()) for n in range(1, 8)))
    assert most == 2
