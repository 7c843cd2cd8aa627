"""Between Telegram and the answers: updates become requests, messages are sent or take another's place."""

from __future__ import annotations

import asyncio
from dataclasses import replace as with_changes
from datetime import timedelta
from typing import Any

import structlog
from telegram import (
    Bot,
    CallbackQuery,
    LinkPreviewOptions,
    ReplyParameters,
    Update,
    User,
)
from telegram import Message as TelegramMessage
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter

from bot.messages import Message
from bot.messages.keyboard import inline_keyboard
from handlers.administrators import Administrators
from handlers.answering import changes_something, needs_administrator
from handlers.services import Request, Services
from storage import chats

log = structlog.get_logger(__name__)

LONGEST_WAIT = timedelta(seconds=30)
"""A person still waits so long for an answer; what Telegram wants to have later is not sent any more."""

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def written_request(update: Update) -> Request:
    """Make the request of a message with a command, before it is known whether its writer may change anything.

    Raises:
        ValueError: The update has no message.
    """
    message, chat = update.effective_message, update.effective_chat
    if message is None or chat is None:
        raise ValueError(update.update_id)
    return Request(
        chat_id=chat.id,
        chat_kind=chat.type,
        chat_title=chat.effective_name or "",
        topic_id=topic_of(message),
        user_id=update.effective_user.id if update.effective_user else 0,
        may_change=False,
        text=message.text,
        message_id=message.message_id,
        replied_text=_text_of(message.reply_to_message),
        replied_id=message.reply_to_message.message_id if message.reply_to_message else 0,
        user_name=_name_of(message, update.effective_user),
    )


async def command_request(update: Update, bot: Bot, administrators: Administrators) -> Request:
    """Make the request of a message with a command.

    Raises:
        ValueError: The update has no message.
    """
    request = written_request(update)
    message, chat = update.effective_message, update.effective_chat
    if message is None or chat is None or not changes_something(request):
        return request
    strictly = needs_administrator(request)
    may_change = await administrators.may_change(bot, chat, update.effective_user, message, strictly=strictly)
    return with_changes(request, may_change=may_change)


async def button_request(query: CallbackQuery, bot: Bot, administrators: Administrators) -> Request | None:
    """Make the request of a pressed button; None where Telegram no longer shows us its message."""
    message = query.message
    if not isinstance(message, TelegramMessage) or not message.is_accessible or query.data is None:
        return None
    request = Request(
        chat_id=message.chat.id,
        chat_kind=message.chat.type,
        chat_title=message.chat.effective_name or "",
        topic_id=topic_of(message),
        user_id=query.from_user.id,
        may_change=False,
        data=query.data,
        message_id=message.message_id,
        shown_text=_text_of(message),
        user_name=query.from_user.full_name,
    )
    if not changes_something(request):
        return request
    strictly = needs_administrator(request)
    may_change = await administrators.may_change(bot, message.chat, query.from_user, None, strictly=strictly)
    return with_changes(request, may_change=may_change)


def topic_of(message: TelegramMessage) -> int:
    """Give the forum topic of a message, 0 for none.

    Messages in General and replies in plain groups carry a thread id as well, which must not be sent back:
    only ``is_topic_message`` tells a topic.
    """
    return message.message_thread_id or 0 if message.is_topic_message else 0


async def send(
    bot: Bot, services: Services, request: Request, message: Message, *, reply_to: int | None = None
) -> None:
    """Answer in the chat and topic that asked.

    A group that became a supergroup in the meantime is moved and answered there; where the bot may not write any
    more, the chat is disabled; a topic that is gone is answered without it.

    Args:
        bot: Who sends.
        services: Where the chat is kept.
        request: What was asked.
        message: The answer.
        reply_to: The message that it answers, for a group to see.
    """
    chat_id, topic_id = request.chat_id, request.topic_id
    for _ in range(3):
        try:
            await _send_once(bot, chat_id, topic_id, message, reply_to)
        except ChatMigrated as moved:
            await migrate(services, chat_id, moved.new_chat_id)
            # Numbers of messages mean nothing in the new chat.
            chat_id, reply_to = moved.new_chat_id, None
        except RetryAfter as flooded:
            if not await _waited(flooded):
                return
        except BadRequest as refused:
            if not topic_id or not _is_about_topic(refused):
                raise
            topic_id = 0
        except Forbidden as refused:
            await silence(services, chat_id, str(refused))
            return
        else:
            return


def takes_its_place(query: CallbackQuery, message: Message) -> bool:
    """Tell whether an answer can take the place of the message whose button was pressed: files stand beside it."""
    shown = query.message
    return message.attachment is None and isinstance(shown, TelegramMessage) and shown.text is not None


async def replace(query: CallbackQuery, message: Message) -> None:
    """Put an answer into the place of the message whose button was pressed; what is the same already stays."""
    for _ in range(2):
        try:
            await query.edit_message_text(
                message.text,
                parse_mode=ParseMode.HTML,
                reply_markup=inline_keyboard(message, query.get_bot().username),
                link_preview_options=_NO_PREVIEW,
            )
        except RetryAfter as flooded:
            if not await _waited(flooded):
                return
        except BadRequest as refused:
            if "not modified" not in str(refused):
                raise
            return
        else:
            return


async def migrate(services: Services, old_id: int, new_id: int) -> None:
    """Move what a group has to the supergroup that it became; the second time does nothing."""
    async with services.database.writing() as session:
        is_first = await chats.migrate_chat(session, old_id=old_id, new_id=new_id)
    if is_first:
        log.info("a group became a supergroup", chat_id=old_id, new_chat_id=new_id)


async def silence(services: Services, chat_id: int, reason: str) -> None:
    """Send nothing more to a chat until it is heard of again; what it follows is kept."""
    async with services.database.writing() as session:
        await chats.disable_chat(session, chat_id=chat_id, reason=reason)
    log.info("a chat is closed to us", chat_id=chat_id, reason=reason)


def _name_of(message: TelegramMessage, user: User | None) -> str:
    """Give who wrote: an anonymous administrator writes as the group, a channel's post comes from the channel."""
    if message.sender_chat is not None:
        return message.sender_chat.effective_name or ""
    return user.full_name if user else ""


def _text_of(message: TelegramMessage | None) -> str:
    return (message.text or message.caption or "") if message else ""


async def _send_once(bot: Bot, chat_id: int, topic_id: int, message: Message, reply_to: int | None) -> None:
    how: dict[str, Any] = {
        "parse_mode": ParseMode.HTML,
        "reply_markup": inline_keyboard(message, bot.username),
        "message_thread_id": topic_id or None,
        "disable_notification": message.is_silent,
        "reply_parameters": ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None,
    }
    file = message.attachment
    if file is None:
        await bot.send_message(chat_id, message.text, link_preview_options=_NO_PREVIEW, **how)
    elif file.kind == "picture":
        await bot.send_photo(chat_id, file.content, caption=message.text, filename=file.name, **how)
    else:
        await bot.send_document(chat_id, file.content, caption=message.text, filename=file.name, **how)


async def _waited(flooded: RetryAfter) -> bool:
    """Wait as long as Telegram asks, if that is not too long for an answer."""
    pause = flooded.retry_after
    seconds = pause.total_seconds() if isinstance(pause, timedelta) else float(pause)
    if seconds > LONGEST_WAIT.total_seconds():
        log.warning("an answer was not sent", reason="flood control", retry_after=seconds)
        return False
    await asyncio.sleep(seconds)
    return True


def _is_about_topic(refused: BadRequest) -> bool:
    words = str(refused).casefold()
    return "thread not found" in words or "topic_closed" in words or "topic_deleted" in words
