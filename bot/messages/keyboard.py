"""Buttons as Telegram takes them."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.messages.values import Message


def inline_keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """Give a message's buttons as Telegram takes them; None where it has none."""
    if not message.buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(button.label, callback_data=button.data, url=button.url) for button in row]
            for row in message.buttons
        ]
    )
