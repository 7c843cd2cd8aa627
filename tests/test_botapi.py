"""The Bot API server refuses what Telegram refuses, and goes wrong as it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.ext import ExtBot

from tests.botapi import BotApiServer, Chat, User
from tests.botapi.markup import MarkupError, parse_html


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotApiServer]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with BotApiServer() as server:
        yield server


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[ExtBot[None]]:
    async with ExtBot(server.token, base_url=server.base_url) as bot:
        yield bot


@pytest.fixture
def anna(server: BotApiServer) -> User:
    return server.user("Anna")


@pytest.fixture
def group(server: BotApiServer, anna: User) -> Chat:
    return server.group("Redactie", administrators=[anna], topics={7: "Kabinet"})


async def test_a_message_is_kept_with_its_formatting(server: BotApiServer, bot: ExtBot[None], anna: User) -> None:
    await bot.send_message(anna.id, "<b>Vos</b> &amp; <a href='https://krant.example/?a=1&amp;b=2'>Krant</a>", "HTML")

    message = await server.wait_for_message(anna)

    assert message.text == "Vos & Krant"
    assert [(entity.kind, entity.offset, entity.length) for entity in message.entities] == [
        ("bold", 0, 3),
        ("text_link", 6, 5),
    ]
    assert message.entities[1].attributes["href"] == "https://krant.example/?a=1&b=2"


@pytest.mark.parametrize(
    "html",
    ["<b>open", "<b><i>x</b></i>", "x</b>", "<h1>x</h1>", "1 < 2", "<b onclick=x y=>x</b>", "<span class='x'>x</span>"],
)
async def test_malformed_html_is_refused(bot: ExtBot[None], anna: User, html: str) -> None:
    with pytest.raises(BadRequest, match=r"[Cc]an't parse entities"):
        await bot.send_message(anna.id, html, "HTML")


def test_entities_are_measured_in_utf16_code_units() -> None:
    text, entities = parse_html("  🙂 &#8220;<u>à &notanentity;</u>\n")

    assert text == "🙂 “à &notanentity;"
    assert (entities[0].offset, entities[0].length) == (4, 15)
    with pytest.raises(MarkupError, match='expected "</u>"'):
        parse_html("<b><u>x</b></u>")


async def test_length_is_measured_after_parsing_and_in_utf16(bot: ExtBot[None], anna: User) -> None:
    await bot.send_message(anna.id, "<b>" + "🙂" * 2048 + "</b>", "HTML")
    with pytest.raises(BadRequest, match=r"[Mm]essage is too long"):
        await bot.send_message(anna.id, "🙂" * 2048 + "x")
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_document(anna.id, b"a,b", caption="x" * 1025, filename="a.csv")
    with pytest.raises(BadRequest, match="empty"):
        await bot.send_message(anna.id, "<b> </b>", "HTML")
    with pytest.raises(BadRequest, match="101 entities"):
        await bot.send_message(anna.id, "<b>x</b> " * 101, "HTML")


async def test_a_document_arrives_with_name_content_and_caption(
    server: BotApiServer, bot: ExtBot[None], anna: User
) -> None:
    await bot.send_document(anna.id, b"a,b", caption="<b>Uitvoer</b>", parse_mode="HTML", filename="a.csv")

    message = await server.wait_for_message(anna, "Uitvoer")

    assert message.file == ("a.csv", b"a,b")


@pytest.mark.parametrize(
    "button",
    [
        InlineKeyboardButton("x", callback_data="é" * 33),
        InlineKeyboardButton("x", url="krant"),
        InlineKeyboardButton("x", copy_text=CopyTextButton("x" * 257)),
    ],
)
async def test_buttons_are_checked(bot: ExtBot[None], anna: User, button: InlineKeyboardButton) -> None:
    with pytest.raises(BadRequest, match=r"(?i)button"):
        await bot.send_message(anna.id, "x", reply_markup=InlineKeyboardMarkup([[button]]))


async def test_unknown_chats_topics_and_people_who_never_wrote_are_refused(
    server: BotApiServer, bot: ExtBot[None], group: Chat
) -> None:
    stranger = server.user("Bram", started=False)
    await bot.send_message(group.id, "x", message_thread_id=7)
    with pytest.raises(BadRequest, match="thread not found"):
        await bot.send_message(group.id, "x", message_thread_id=1)
    with pytest.raises(BadRequest, match=r"[Cc]hat not found"):
        await bot.send_message(4, "x")
    with pytest.raises(Forbidden, match="initiate"):
        await bot.send_message(stranger.id, "x")
    group.closed_topics.add(7)
    with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
        await bot.send_message(group.id, "x", message_thread_id=7)


async def test_it_goes_wrong_as_often_as_it_is_told(server: BotApiServer, bot: ExtBot[None], anna: User) -> None:
    server.fail(429, retry_after=3, chat=anna.chat, method="sendMessage")
    server.fail(502, times=1)
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(anna.id, "x")
    assert caught.value.retry_after.total_seconds() == 3  # type: ignore[union-attr]
    with pytest.raises(NetworkError):
        await bot.send_message(anna.id, "x")
    await bot.send_message(anna.id, "y")
    assert [message.text for message in anna.chat.from_bot] == ["y"]
    assert [call.status for call in server.calls_of("sendMessage", anna.chat)] == [429, 502, 200]


async def test_an_answer_can_be_lost_after_the_message_was_accepted(
    server: BotApiServer, bot: ExtBot[None], anna: User
) -> None:
    server.fail(500, takes_effect=True)
    with pytest.raises(NetworkError):
        await bot.send_message(anna.id, "x")
    server.hang(30, takes_effect=True)
    with pytest.raises(TimedOut):
        await bot.send_message(anna.id, "y", read_timeout=0.1)
    assert [message.text for message in anna.chat.from_bot] == ["x", "y"]


async def test_it_dies_and_comes_back_on_the_same_port(server: BotApiServer, bot: ExtBot[None], anna: User) -> None:
    await server.stop()
    with pytest.raises(NetworkError):
        await bot.send_message(anna.id, "x")
    await server.start()
    await bot.send_message(anna.id, "y")
    assert [message.text for message in anna.chat.from_bot] == ["y"]


async def test_blocked_kicked_and_upgraded_chats_refuse(
    server: BotApiServer, bot: ExtBot[None], anna: User, group: Chat
) -> None:
    await server.set_bot_status(anna, anna, "kicked")
    with pytest.raises(Forbidden, match="blocked by the user"):
        await bot.send_message(anna.id, "x")
    await server.set_bot_status(group, anna, "kicked")
    with pytest.raises(Forbidden, match="kicked from the supergroup"):
        await bot.send_message(group.id, "x")
    old = server.group("Klein", administrators=[anna], kind="group")
    new = await server.upgrade(old)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(old.id, "x")
    assert caught.value.new_chat_id == new.id
    kinds = [update.to_dict() for update in await bot.get_updates(timeout=0)]
    assert [key for update in kinds for key in update if key != "update_id"] == [
        "my_chat_member",
        "my_chat_member",
        "message",
        "message",
    ]


async def test_get_updates_waits_and_a_second_poller_ends_the_first(
    server: BotApiServer, bot: ExtBot[None], anna: User
) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    async with ExtBot(server.token, base_url=server.base_url) as rival:
        second = asyncio.create_task(rival.get_updates(timeout=5))
        with pytest.raises(Conflict):
            await waiting
        await server.say(anna, anna, "/start")
        (update,) = await second
    assert update.message is not None
    assert update.message.text == "/start"
    assert await bot.get_updates(offset=update.update_id + 1, timeout=0) == ()


async def test_updates_of_kinds_that_were_not_asked_for_are_left_out(
    server: BotApiServer, bot: ExtBot[None], anna: User
) -> None:
    await server.say(anna, anna, "hallo")
    await server.inline(anna, "vos")

    updates = await bot.get_updates(timeout=0, allowed_updates=["inline_query"])

    assert [update.inline_query is not None for update in updates] == [True]


async def test_a_pressed_button_is_answered_once(server: BotApiServer, bot: ExtBot[None], anna: User) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Volgende", callback_data="q:1")]])
    await bot.send_message(anna.id, "een", reply_markup=keyboard)
    message = await server.wait_for_message(anna)
    press = await server.press(message, anna, "Volg")
    (update,) = await bot.get_updates(timeout=0)
    assert update.callback_query is not None
    assert update.callback_query.data == "q:1"
    await update.callback_query.answer("goed")
    await update.callback_query.edit_message_text("twee")
    await server.wait_for_edit(message)
    assert (message.text, message.labels) == ("twee", [])
    assert (await server.wait_for_answer(press))["text"] == "goed"
    with pytest.raises(BadRequest, match="not modified"):
        await update.callback_query.edit_message_text("twee")
    with pytest.raises(BadRequest, match="too old"):
        await update.callback_query.answer()


async def test_a_wrong_token_is_refused(server: BotApiServer) -> None:
    bot: ExtBot[None] = ExtBot("1:wrong", base_url=server.base_url)
    with pytest.raises(InvalidToken):
        await bot.initialize()
    await bot.shutdown()


async def test_updates_go_to_the_webhook_with_its_secret_until_they_are_taken(
    server: BotApiServer, bot: ExtBot[None], anna: User
) -> None:
    taken: list[tuple[str, str]] = []
    answers = iter([503, 200])
    both_came = asyncio.Event()

    async def receive(request: web.Request) -> web.Response:
        update = Update.de_json(await request.json(), bot)
        assert update.message is not None
        taken.append((update.message.text or "", request.headers["X-Telegram-Bot-Api-Secret-Token"]))
        if len(taken) == 2:
            both_came.set()
        return web.Response(status=next(answers))

    application = web.Application()
    application.router.add_post("/hook", receive)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await bot.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", secret_token="geheim")
    with pytest.raises(Conflict):
        await bot.get_updates(timeout=0)
    await server.say(anna, anna, "/start")
    await asyncio.wait_for(both_came.wait(), 5)
    await runner.cleanup()
    assert taken == [("/start", "geheim")] * 2


async def test_it_measures_how_fast_messages_came(server: BotApiServer, bot: ExtBot[None], group: Chat) -> None:
    for _ in range(3):
        await bot.send_message(group.id, "x")
    assert server.busiest(60, group) == 3
    assert server.busiest(60) == 3
    assert server.busiest(60, server.group("Leeg")) == 0
