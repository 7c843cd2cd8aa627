"""Buttons as Telegram takes them."""

from __future__ import annotations

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.messages.values import Button, Message


def inline_keyboard(message: Message, bot_username: str) -> InlineKeyboardMarkup | None:
    """Give a message's buttons as Telegram takes them; None where it has none.

    Args:
        message: The message.
        bot_username: The bot's own name, without ``@``: links into the reader's own chat lead to it.
    """
    if not message.buttons:
        return None
    return InlineKeyboardMarkup([[_key(button, bot_username) for button in row] for row in message.buttons])


def _key(button: Button, bot_username: str) -> InlineKeyboardButton:
    copied = CopyTextButton(button.copy) if button.copy else None
    url = f"https://t.me/{bot_username}?start={button.start}" if button.start else button.url
    return InlineKeyboardButton(button.label, callback_data=button.data, url=url, copy_text=copied)
