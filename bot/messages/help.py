"""Help: a short first screen, and a page for each topic with its commands and examples that a tap tries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from bot.messages.callbacks import Callback, encode, token_of
from bot.messages.markup import Html, bold, html, joined
from bot.messages.reader import Reader, noted
from bot.messages.shown import Person
from bot.messages.values import Button, Message
from bot.messages.wording import surname

Topic = Literal["search", "follow", "turns", "group", "administration", "privacy"]

TITLES: Mapping[Topic, str] = {
    "search": noted("Looking up"),
    "follow": noted("Following"),
    "turns": noted("Reversals"),
    "group": noted("In a group"),
    "administration": noted("Administration"),
    "privacy": noted("Privacy"),
}
"""The topics in the order of their buttons, as they are headed."""

_TEXTS: Mapping[Topic, tuple[str, ...]] = {
    "search": (
        noted(
            "Names need not be exact. After the name come words to search, an exact phrase in quotation marks, and a "
            'period: <code>{quotes} {name} "geen crisis" July 2023</code>.'
        ),
        noted("In any chat <code>@</code> with my name, then a name or words, offers statements to insert there."),
        noted(
            "Quotation marks stand around literal words only; “– says that …” is a paraphrase. "
            "The number (#1042) of a statement stays."
        ),
    ),
    "follow": (
        noted(
            "<code>{follow} {name}</code> tells here what someone says from now on. Three levels: everything, news, or "
            "reversals only. Little buzzes, everything is kept."
        ),
    ),
    "turns": (
        noted(
            "A reversal is shown with both sides, why it is taken for one, and the doubts. “It holds” and “No "
            "reversal” say what you think of it; what is none is corrected, aloud, wherever it was told."
        ),
    ),
    "group": (
        noted(
            "Administrators choose whom a group follows and how it is told; everyone can look things up. “Follow "
            "privately” leads to your own chat. In a forum alerts go to the topic where they were asked for."
        ),
    ),
    "administration": (
        noted(
            "For those who run this installation. They let chats in, settle corrections and change the roster by "
            "message: <code>{office} NAME, minister of Finance, from 5 December</code>."
        ),
    ),
    "privacy": (
        noted(
            "Of a chat are kept its number, name, settings, and what it follows. What you search is not kept. "
            "A wrong name, date or wording in a statement is reported with <code>{correction}</code>, in answer to it."
        ),
    ),
}
_IN_ROW = 2


class Command(Protocol):
    """A command, as help and the command menu show it."""

    @property
    def usage(self) -> str:
        """What comes after the command, a text of the catalogue; empty for nothing."""

    @property
    def description(self) -> str:
        """What it does, a text of the catalogue."""

    def name_in(self, language: str) -> str:
        """The command's name in a language, without its slash."""


def first_screen(reader: Reader, example: str) -> Message:
    """Tell how to begin, with a button for each topic.

    Args:
        reader: For whom.
        example: A surname to show it with.
    """
    dutch = reader.language != "en"
    lines = [
        bold(reader.say("What you can ask")),
        reader.say(
            "Look up: <code>{command} {name}</code>, with a word or a period behind it if you like.",
            command="/citaten" if dutch else "/quotes",
            name=example,
        ),
        reader.say("Follow: <code>{command} {name}</code>.", command="/volg" if dutch else "/follow", name=example),
    ]
    return Message(joined("\n", lines), _topics(reader))


def topic_page(reader: Reader, topic: Topic, commands: Sequence[Command], example: Person | None) -> Message:
    """Show a topic.

    Args:
        reader: For whom.
        topic: Which.
        commands: Its commands, in their order.
        example: Somebody to show it with; None where the roster is empty.
    """
    dutch = reader.language != "en"
    values = {
        "name": surname(example.name) if example else "Jansen",
        "quotes": "/citaten" if dutch else "/quotes",
        "follow": "/volg" if dutch else "/follow",
        "office": "/ambt" if dutch else "/office",
        "correction": "/correctie" if dutch else "/correction",
    }
    texts = [
        reader.say(text, **{key: value for key, value in values.items() if f"{{{key}}}" in text})
        for text in _TEXTS[topic]
    ]
    lines = [_described(reader, command) for command in commands]
    text = joined("\n\n", [bold(reader.say(TITLES[topic])), joined("\n", lines), *texts])
    back = (Button(reader.label("‹ back"), data=encode(Callback("help"))),)
    examples = _examples(reader, topic, example)
    return Message(text, (examples, back) if examples else (back,))


def _topics(reader: Reader) -> tuple[tuple[Button, ...], ...]:
    buttons = [
        Button(reader.label(title), data=encode(Callback("help", words=topic))) for topic, title in TITLES.items()
    ]
    return tuple(tuple(buttons[at : at + _IN_ROW]) for at in range(0, len(buttons), _IN_ROW))


def _examples(reader: Reader, topic: Topic, person: Person | None) -> tuple[Button, ...]:
    """Make the buttons that try what a topic is about."""
    if person is None:
        return ()
    dutch, name, token = reader.language != "en", surname(person.name), token_of(person.id)
    match topic:
        case "search":
            return (
                _try(f"/{'citaten' if dutch else 'quotes'} {name}", Callback("quotes", token)),
                _try(f"/{'wie' if dutch else 'person'} {name}", Callback("person", token)),
                _try(f"/{'kabinet' if dutch else 'ministers'}", Callback("ministers")),
            )
        case "follow":
            return (_try(reader.label("Choose whom to follow"), Callback("begin")),)
        case "turns":
            command = f"/{'ommekeer' if dutch else 'reversals'}"
            return (
                _try(command, Callback("reversals")),
                _try(f"{command} {name}", Callback("reversals", token)),
            )
    return ()


def _try(label: str, callback: Callback) -> Button:
    return Button(label, data=encode(callback))


def _described(reader: Reader, command: Command) -> Html:
    usage = f" {reader.say(command.usage)}" if command.usage else ""
    return joined(" – ", [Html(f"/{html(command.name_in(reader.language))}{usage}"), reader.say(command.description)])
