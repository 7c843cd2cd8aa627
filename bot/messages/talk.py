"""All other things that the bot says: following, choices, and what cannot be done."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.callbacks import Callback, encode, token_of
from bot.messages.help import Command
from bot.messages.markup import joined, shortened
from bot.messages.reader import LANGUAGES, Reader
from bot.messages.searching import Search, search_data, unpacked, words_shown
from bot.messages.shown import Person
from bot.messages.values import Button, Message

_LONGEST_ECHO = 60
_SEARCHING = frozenset({"quotes", "timeline", "export"})
"""Actions whose words are what is searched."""

_LANGUAGE_NAMES = {"nl": "Nederlands", "en": "English"}


def how_to_write(reader: Reader, command: Command, example: str) -> Message:
    """Tell how a command is written that came without what it needs."""
    name = command.name_in(reader.language)
    usage = reader.say(command.usage)
    return Message(
        joined(
            "\n",
            [
                reader.say("Write: <code>/{name} {usage}</code>", name=name, usage=usage),
                reader.say("For example: <code>/{name} {example}</code>", name=name, example=example),
            ],
        )
    )


def unknown_command(reader: Reader, meant: str | None = None) -> Message:
    """Answer a command that there is not.

    Args:
        reader: For whom.
        meant: The command, without its slash, that is most like it; None where none is.
    """
    if meant:
        return Message(
            reader.say("I do not know that command. Did you mean /{name}? /help lists what you can ask.", name=meant)
        )
    return Message(reader.say("I do not know that command. /help lists what you can ask."))


def choose_person(reader: Reader, typed: str, persons: Sequence[Person], callback: Callback) -> Message:
    """Ask which person is meant.

    Args:
        reader: For whom.
        typed: The name as it was typed.
        persons: Who it may be, likeliest first.
        callback: What the buttons do, but for the person.
    """
    shown = shortened(typed, _LONGEST_ECHO)
    search = unpacked(callback.words) if callback.action in _SEARCHING else Search()
    # Words that are too long for a button are read from here.
    question = joined(
        " · ",
        [
            reader.say("Who do you mean by “{typed}”?", typed=shown),
            words_shown(search.words) if search.words else None,
        ],
    )
    return Message(question, _choices(persons, callback))


def nobody_found(reader: Reader, typed: str, search: Callback | None) -> Message:
    """Tell that nobody has such a name.

    Args:
        reader: For whom.
        typed: What was typed.
        search: A search for those words in everyone's statements, to offer; None for no offer.
    """
    shown = shortened(typed, _LONGEST_ECHO)
    text = reader.say("Nobody with a name like “{typed}” is in the list of ministers and party leaders.", typed=shown)
    data = encode(search) if search else None
    label = reader.label("Search “{typed}” in all statements", typed=shortened(typed, 30))
    return Message(text, ((Button(label, data=data),),) if data else ())


def choose_language(reader: Reader) -> Message:
    """Ask for the language."""
    row = tuple(
        Button(_LANGUAGE_NAMES[language], data=encode(Callback("language", words=language))) for language in LANGUAGES
    )
    return Message(reader.say("Which language?"), (row,))


def language_set(reader: Reader) -> Message:
    """Confirm the language, in that language."""
    return Message(reader.say("From now on in English."))


def only_administrators(reader: Reader) -> str:
    """Tell, in plain text, that only administrators of a group change what it follows."""
    return reader.label("Only administrators of this group can change that.")


def nothing_to_undo(reader: Reader) -> str:
    """Tell, in plain text, that somebody has no word of theirs on a pair to take back."""
    return reader.label("You have said nothing about this pair.")


def out_of_date(reader: Reader) -> str:
    """Tell, in plain text, that a button cannot be used (any more)."""
    return reader.label("This button no longer works. Ask again with a command; /help lists them.")


def no_alerts_in_console(reader: Reader) -> str:
    """Tell, in plain text, that a console is not told of what it follows."""
    return reader.label("(No alerts come to the console; in Telegram they do.)")


def no_such_choice(reader: Reader) -> str:
    """Tell, in plain text, that no button has the number that was typed."""
    return reader.label("There is no choice with that number.")


def too_many(reader: Reader) -> str:
    """Tell, in plain text, somebody who asks more than is answered at a time."""
    return reader.label("That is a lot at once. I answer again in a minute.")


def went_wrong(reader: Reader) -> str:
    """Apologise, in plain text, for an error of ours."""
    return reader.label("Something went wrong here. It has been logged; please try again in a moment.")


def _choices(persons: Sequence[Person], callback: Callback, before: str = "") -> tuple[tuple[Button, ...], ...]:
    rows = []
    for person in persons:
        token = token_of(person.id)
        if callback.action in _SEARCHING:
            data = search_data(callback.action, token, callback.offset, unpacked(callback.words))
        else:
            data = encode(Callback(callback.action, token, callback.offset, callback.words))
        # What is too long for a button is left out, rather than the choice.
        data = data or encode(Callback(callback.action, token))
        rows.append((Button(before + shortened(person.name, _LONGEST_ECHO), data=data),))
    return tuple(rows)
