"""Who may use a closed installation: what a new chat hears, and what administrators are asked."""

from __future__ import annotations

from bot.messages.callbacks import Action, Callback, encode
from bot.messages.markup import Html, shortened
from bot.messages.reader import Reader
from bot.messages.values import Button, Message

_LONGEST_NAME = 100


def has_been_asked(reader: Reader) -> Message:
    """Tell a chat that it was asked whether it may use the bot."""
    if reader.is_group:
        return Message(
            reader.say(
                "This bot belongs to a newsroom. I have asked whether this group may use it; the answer comes here."
            )
        )
    return Message(
        reader.say("This bot belongs to a newsroom. I have asked whether you may use it; the answer comes here.")
    )


def is_waited_for(reader: Reader) -> str:
    """Tell, in plain text, that nobody has answered yet."""
    return reader.label("Nobody has answered yet whether this chat may use the bot; the answer comes here.")


def is_closed(reader: Reader) -> str:
    """Tell, in plain text, that the bot is not for this chat."""
    return reader.label("This bot is for the newsroom that runs it only.")


def question(reader: Reader, chat_id: int, title: str, *, is_group: bool, asked_by: str) -> Message:
    """Ask an administrator about a chat.

    Args:
        reader: The administrator.
        chat_id: The chat.
        title: Its title, or the person's name.
        is_group: Whether more than one person is in it.
        asked_by: Who wanted it; empty where nobody knows.
    """
    name = shortened(title, _LONGEST_NAME)
    if is_group and asked_by:
        who = shortened(asked_by, _LONGEST_NAME)
        text = reader.say("The group <b>{title}</b> wants to use this bot. {name} asked for it.", title=name, name=who)
    elif is_group:
        text = reader.say("The group <b>{title}</b> wants to use this bot.", title=name)
    else:
        text = reader.say("<b>{name}</b> wants to use this bot.", name=name)
    admit, refuse = reader.label("Admit"), reader.label("Refuse")
    return Message(text, ((_button(admit, "admit", chat_id), _button(refuse, "refuse", chat_id)),))


def decided(reader: Reader, chat_id: int, title: str, *, is_admitted: bool) -> Message:
    """Show an administrator what was decided about a chat, with a button to decide otherwise."""
    name = shortened(title, _LONGEST_NAME)
    if is_admitted:
        text = reader.say("<b>{title}</b> may use the bot. The chat has been told.", title=name)
        return Message(text, ((_button(reader.label("Refuse after all"), "refuse", chat_id),),))
    text = reader.say("<b>{title}</b> was refused. The chat has been told.", title=name)
    return Message(text, ((_button(reader.label("Admit after all"), "admit", chat_id),),))


def outcome(reader: Reader, *, is_admitted: bool) -> Html:
    """Tell a chat what was decided about it."""
    if not is_admitted:
        return reader.say("The answer is no: this bot is for the newsroom that runs it only.")
    if reader.is_group:
        return reader.say("This group may use the bot.")
    return reader.say("You may use the bot.")


def _button(label: str, action: Action, chat_id: int) -> Button:
    return Button(label, data=encode(Callback(action, words=str(chat_id))))
