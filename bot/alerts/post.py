"""One message to one place, and Telegram's answer told by the type of our own exceptions."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import telegram
from telegram import LinkPreviewOptions, ReplyParameters
from telegram.constants import MessageLimit, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.alerts.errors import (
    ChatClosed,
    ChatMoved,
    DeliveryError,
    Flooded,
    MessageRefused,
    TelegramUnreachable,
    TopicClosed,
)
from bot.messages.keyboard import inline_keyboard
from bot.messages.values import Message

# What the Bot API's 400 says, in lower case. Everything else it says is about the message itself.
_TOPIC_TROUBLES = ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
_CHAT_TROUBLES = (
    "chat not found",
    "chat_write_forbidden",
    "chat_restricted",
    "not enough rights",
    "no rights to send",
    "need administrator rights",
    "peer_id_invalid",
    "deactivated",
)
_GENERAL = 1
"""The thread id that General's messages carry, and that must not be sent."""

_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


async def post(
    bot: telegram.Bot,
    message: Message,
    *,
    chat_id: int,
    topic_id: int,
    answer_within: timedelta,
    reply_to: int | None = None,
) -> int:
    """Send a message.

    Args:
        bot: An initialised bot.
        message: What to send.
        chat_id: The chat.
        topic_id: The forum topic; 0 for none (General is addressed without one).
        answer_within: How long to wait for the answer.
        reply_to: The message that it answers; one that is gone is not missed.

    Returns:
        The id of the message in its chat.

    Raises:
        DeliveryError: It was not accepted; the type says what to do about it.
    """
    return await _send(bot, message.text, ParseMode.HTML, message, chat_id, topic_id, answer_within, reply_to)


async def post_plainly(
    bot: telegram.Bot,
    message: Message,
    *,
    chat_id: int,
    topic_id: int,
    answer_within: timedelta,
    reply_to: int | None = None,
) -> int:
    """Send a message without its markup and buttons, after Telegram could not read them.

    The arguments, the result and the errors are those of ``post``.
    """
    bare = Message(plain_text(message.text), is_silent=message.is_silent, shows_preview=message.shows_preview)
    return await _send(bot, bare.text, None, bare, chat_id, topic_id, answer_within, reply_to)


async def edit(bot: telegram.Bot, message: Message, *, chat_id: int, message_id: int, answer_within: timedelta) -> None:
    """Let a message that was sent read otherwise; one that reads so already stays.

    Args:
        bot: An initialised bot.
        message: How it reads from now on.
        chat_id: The chat.
        message_id: Telegram's number of it there.
        answer_within: How long to wait for the answer.

    Raises:
        DeliveryError: It was not changed; the type says what to do about it.
    """
    try:
        await bot.edit_message_text(
            message.text,
            chat_id=chat_id,
            message_id=message_id,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=not message.shows_preview),
            reply_markup=inline_keyboard(message, bot.username),
            read_timeout=answer_within.total_seconds(),
        )
    except TelegramError as error:
        if isinstance(error, BadRequest) and "not modified" in str(error).casefold():
            return
        raise _translated(error, bot.token) from error


def plain_text(markup: str) -> str:
    """Give a message's HTML as bare text with its addresses, cut to what Telegram takes."""
    text = html.unescape(_TAG.sub("", _LINK.sub(r"\2 (\1)", markup)))
    units = text.encode("utf-16-le")
    limit = int(MessageLimit.MAX_TEXT_LENGTH) * 2
    # A pair of surrogates that the cut parts is dropped.
    return text if len(units) <= limit else units[:limit].decode("utf-16-le", errors="ignore")


async def _send(
    bot: telegram.Bot,
    text: str,
    parse_mode: str | None,
    message: Message,
    chat_id: int,
    topic_id: int,
    answer_within: timedelta,
    reply_to: int | None,
) -> int:
    try:
        sent = await bot.send_message(
            chat_id,
            text,
            parse_mode=parse_mode,
            message_thread_id=topic_id if topic_id > _GENERAL else None,
            disable_notification=message.is_silent,
            link_preview_options=LinkPreviewOptions(is_disabled=not message.shows_preview),
            reply_markup=inline_keyboard(message, bot.username),
            reply_parameters=ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None,
            read_timeout=answer_within.total_seconds(),
        )
    except TelegramError as error:
        raise _translated(error, bot.token) from error
    return sent.message_id


def _translated(error: TelegramError, token: str) -> DeliveryError:
    """Give our own error; the order matters, since BadRequest is a NetworkError to the library."""
    reason = str(error).replace(token, "…")
    if isinstance(error, RetryAfter):
        pause = error.retry_after
        return Flooded(pause if isinstance(pause, timedelta) else timedelta(seconds=pause))
    if isinstance(error, ChatMigrated):
        return ChatMoved(error.new_chat_id)
    if isinstance(error, Forbidden):
        return ChatClosed(reason)
    if isinstance(error, InvalidToken):
        # Nobody's message is at fault, and a new token makes all of them good.
        return TelegramUnreachable("Telegram does not take the token")
    if isinstance(error, BadRequest):
        said = reason.casefold()
        if any(trouble in said for trouble in _TOPIC_TROUBLES):
            return TopicClosed(reason)
        if any(trouble in said for trouble in _CHAT_TROUBLES):
            return ChatClosed(reason)
        return MessageRefused(reason)
    if isinstance(error, NetworkError):
        return TelegramUnreachable(f"{type(error).__name__}: {reason}")
    return TelegramUnreachable(reason)
