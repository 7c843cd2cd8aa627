"""The first messages: what the bot is for, and in three taps the first one who is followed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.callbacks import Callback, encode, token_of
from bot.messages.markup import Html, joined, shortened, tagged
from bot.messages.officenames import office_label, portfolio_label
from bot.messages.offices import Office
from bot.messages.reader import Reader
from bot.messages.shown import Person
from bot.messages.values import Button, Message
from bot.messages.wording import surname

_LONGEST_LABEL = 40
_IN_ROW = 2
_MOST_CHOICES = 40


def greeting(reader: Reader, example: str) -> Message:
    """Tell in a few lines what the bot is for and how to begin.

    Args:
        reader: For whom.
        example: A surname to show it with.
    """
    dutch = reader.language != "en"
    examples = [
        _example(reader.say("look up"), f"/{'citaten' if dutch else 'quotes'} {example}"),
        _example(reader.say("be told of new statements"), f"/{'volg' if dutch else 'follow'} {example}"),
        _example(reader.say("see who turned"), f"/{'ommekeer' if dutch else 'reversals'}"),
    ]
    return Message(joined("\n\n", [_purpose(reader), joined("\n", examples)]), _first_steps(reader))


def joined_group(reader: Reader) -> Message:
    """Greet a group that the bot was added to."""
    who_may = reader.say("An administrator chooses whom this group follows; everyone can look things up.")
    return Message(joined("\n\n", [_purpose(reader), who_may]), _first_steps(reader))


def returned_to_group(reader: Reader, subscriptions: int) -> Message:
    """Tell a group to which the bot comes back that what it follows was kept."""
    text = reader.count(
        "Back again. What this group follows was kept: {number} subscription.",
        "Back again. What this group follows was kept: {number} subscriptions.",
        subscriptions,
    )
    command = "/volgend" if reader.language != "en" else "/following"
    return Message(joined(" ", [text, reader.say("See {command}.", command=command)]))


def whom_to_follow(reader: Reader, offices: Sequence[Office], others: Sequence[Person], everyone: Callback) -> Message:
    """Offer whom to follow first.

    Args:
        reader: For whom.
        offices: Those in office, in their order.
        others: Whom to offer where nobody is in office.
        everyone: What follows all of the cabinet.
    """
    by_person = {office.person.id: _of_office(reader, office) for office in reversed(offices)}
    choices = [by_person[person_id] for person_id in dict.fromkeys(office.person.id for office in offices)]
    choices = choices or [_follow(person, person.name) for person in others]
    rows = [tuple(choices[at : at + _IN_ROW]) for at in range(0, min(len(choices), _MOST_CHOICES), _IN_ROW)]
    command = "/volg" if reader.language != "en" else "/follow"
    text = reader.say(
        "Whom do you want to follow? For somebody else write <code>{command} NAME</code>; a party, an office or a word "
        "will do as well.",
        command=command,
    )
    cabinet = Button(reader.label("The whole cabinet: the news"), data=encode(everyone))
    return Message(text, ((cabinet,), *rows) if offices else tuple(rows))


def _purpose(reader: Reader) -> Html:
    return reader.say(
        "<b>Citaatwacht</b> keeps what ministers say, with date, office and source, and tells when they turn."
    )


def _first_steps(reader: Reader) -> tuple[tuple[Button, ...], ...]:
    return (
        (
            Button(reader.label("Choose whom to follow"), data=encode(Callback("begin"))),
            Button(reader.label("Help"), data=encode(Callback("help"))),
        ),
    )


def _of_office(reader: Reader, office: Office) -> Button:
    language = reader.language
    about = portfolio_label(office.portfolio, language) if office.portfolio else office_label(office.label, language)
    return _follow(office.person, f"{surname(office.person.name)} · {about}")


def _follow(person: Person, label: str) -> Button:
    return Button(shortened(label, _LONGEST_LABEL), data=encode(Callback("follow", token_of(person.id))))


def _example(what: Html, command: str) -> Html:
    return joined(" ", [tagged("code", command), "–", what])
