"""Buttons as Telegram takes them."""

from __future__ import annotations

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.messages.values import Button, Message


def inline_keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """Give a message's buttons as Telegram takes them; None where it has none."""
    if not message.buttons:
        return None
    return InlineKeyboardMarkup([[_key(button) for button in row] for row in message.buttons])


def _key(button: Button) -> InlineKeyboardButton:
    copied = CopyTextButton(button.copy) if button.copy else None
    return InlineKeyboardButton(button.label, callback_data=button.data, url=button.url, copy_text=copied)
