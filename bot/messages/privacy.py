"""What is kept of a chat, in words, and the question before it is erased."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.messages.callbacks import Callback, encode
from bot.messages.markup import bold, html, joined
from bot.messages.reader import Reader
from bot.messages.values import Button, Message

ERASE = "all"
"""What the button that erases says, so that no other button does."""


class Kept(Protocol):
    """What is kept of a chat."""

    @property
    def title(self) -> str:
        """Its title, or the person's name."""

    @property
    def timezone(self) -> str:
        """Its time zone."""

    @property
    def since(self) -> datetime:
        """When it was first heard of."""

    @property
    def subscriptions(self) -> int:
        """How many it has."""

    @property
    def messages(self) -> int:
        """How many messages that were sent to it are remembered."""

    @property
    def reviews(self) -> int:
        """How many words on reversals came from it."""

    @property
    def objections(self) -> int:
        """How many corrections it reported."""


def privacy(reader: Reader, chat_id: int, kept: Kept | None) -> Message:
    """Show what is kept of a chat.

    Args:
        reader: For whom.
        chat_id: The chat.
        kept: What is kept of it; None for nothing.
    """
    never = reader.say(
        "Not kept: what you look up, what you type in other chats, who reads along. Words of people who are not in the "
        "list of ministers and party leaders are not kept either."
    )
    if kept is None:
        return Message(joined("\n\n", [reader.say("Nothing is kept of this chat."), never]))
    lines = [
        reader.say("its number ({number}) and name ({name})", number=str(chat_id), name=kept.title or "–"),
        reader.say("language, time zone ({timezone}) and the other settings", timezone=kept.timezone),
        reader.count("{number} subscription", "{number} subscriptions", kept.subscriptions),
        reader.count(
            "the numbers of {number} message that I sent here, to correct it",
            "the numbers of {number} messages that I sent here, to correct them",
            kept.messages,
        ),
    ]
    if kept.reviews:
        lines.append(reader.count("{number} review of a reversal", "{number} reviews of reversals", kept.reviews))
    if kept.objections:
        lines.append(reader.count("{number} reported correction", "{number} reported corrections", kept.objections))
    title = bold(reader.say("What is kept of this chat"))
    since = reader.say("Since {day}.", day=reader.day(reader.local_day(kept.since)))
    listed = joined("\n", [title, *(joined(" ", ["•", line]) for line in lines), since])
    command = "/vergeet" if reader.language != "en" else "/forget"
    ways = reader.say("{command} erases it; blocking or removing me does not.", command=command)
    return Message(joined("\n\n", [listed, never, ways]))


def ask_to_forget(reader: Reader) -> Message:
    """Ask whether a chat is to be erased, and say what goes and what stays."""
    text = reader.say(
        "Shall I erase everything that is kept of this chat: settings, subscriptions, and which messages I sent? "
        "Alerts stop at once. What stays, without a name, are reviews and corrections of statements. "
        "This cannot be undone."
    )
    erase = Button(reader.label("Erase everything"), data=encode(Callback("forget", words=ERASE)))
    keep = Button(reader.label("Cancel"), data=encode(Callback("forget")))
    return Message(text, ((erase, keep),))


def forgotten(reader: Reader, *, was_kept: bool) -> Message:
    """Confirm that a chat was erased."""
    if not was_kept:
        return Message(reader.say("Nothing is kept of this chat."))
    return Message(reader.say("Erased. Nothing is kept of this chat any more; /start begins anew."))


def not_forgotten(reader: Reader) -> Message:
    """Confirm that nothing was erased."""
    return Message(html(reader.label("Nothing was erased.")))
