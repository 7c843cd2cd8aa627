"""Changes of the cabinet: the preview, what was carried out, and what followers are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.messages.callbacks import Action, Callback, encode, token_of
from bot.messages.markup import Html, bold, joined, shortened
from bot.messages.officenames import office_label
from bot.messages.reader import Reader
from bot.messages.shown import Person
from bot.messages.values import Button, Message

_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Ending:
    """Whose office ends: a name, and what a reader calls the office."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Appointment:
    """A change of the cabinet, as it is shown.

    Attributes:
        change_id: Its number.
        name: Who is appointed, or leaves.
        is_new: Whether the roster did not have them before.
        label: The new office; empty for somebody who leaves.
        party: Their party; empty where unknown.
        day: The first day on which it is so.
        ends: Whose offices end on the day before.
    """

    change_id: int
    name: str
    is_new: bool
    label: str
    party: str
    day: date
    ends: Sequence[Ending]


def how_to_appoint(reader: Reader) -> Message:
    """Tell how a change of the cabinet is written."""
    command = "/ambt" if reader.language != "en" else "/office"
    return Message(
        joined(
            "\n",
            [
                reader.say("Write who gets which office from when:"),
                reader.say("<code>{command} NAME, minister of Finance, from 5 December</code>", command=command),
                reader.say(
                    "<code>{command} NAME (PARTY), also acting minister of Finance, from 5 December</code>",
                    command=command,
                ),
                reader.say("<code>{command} NAME, leaves, from 5 December</code>", command=command),
                reader.say("You see what it comes to before anything changes."),
            ],
        )
    )


def only_for_administrators(reader: Reader) -> str:
    """Tell, in plain text, that only administrators of the installation change the roster."""
    return reader.label("Only the administrators of this installation (ADMIN_USERS) can do that.")


def nothing_changes(reader: Reader) -> Message:
    """Tell that a change would leave the roster as it is."""
    return Message(reader.say("Nothing would change by that: the roster says so already."))


def who_is_meant(reader: Reader, change_id: int, name: str, persons: Sequence[Person], *, can_be_new: bool) -> Message:
    """Ask whether somebody of the roster is meant, or somebody new.

    Args:
        reader: For whom.
        change_id: The change, as it was proposed.
        name: The name as it was typed.
        persons: Who may be meant; may be empty.
        can_be_new: Whether the name is whole, so that it can be somebody new's.
    """
    shown = shortened(name, _LONGEST_NAME)
    words = str(change_id)
    rows = [
        (Button(person.name, data=encode(Callback("appoint", token_of(person.id), words=words))),) for person in persons
    ]
    if can_be_new:
        new = reader.label("New in the roster: {name}", name=shown)
        rows.append((Button(new, data=encode(Callback("appoint", words=f"{change_id}.new"))),))
    if not rows:
        return Message(reader.say("Nobody in the roster is called “{name}”; write the whole name.", name=shown))
    return Message(reader.say("Who do you mean by “{typed}”?", typed=shown), tuple(rows))


def preview(reader: Reader, change: Appointment) -> Message:
    """Show what a change comes to, before it is carried out."""
    buttons = (
        _button(reader.label("Carry out"), "appoint", f"{change.change_id}.yes"),
        _button(reader.label("Cancel"), "unappoint", str(change.change_id)),
    )
    return Message(joined("\n", [bold(reader.say("Change of the cabinet")), *_lines(reader, change)]), (buttons,))


def carried_out(reader: Reader, change: Appointment, followers: int) -> Message:
    """Confirm a change, with a way back.

    Args:
        reader: For whom.
        change: The change.
        followers: How many chats are asked whom they follow now.
    """
    asked = (
        reader.count(
            "{number} chat that follows the predecessor is asked whom it follows now.",
            "{number} chats that follow the predecessor are asked whom they follow now.",
            followers,
        )
        if followers
        else None
    )
    text = joined("\n", [bold(reader.say("The cabinet was changed")), *_lines(reader, change), asked])
    return Message(text, ((_button(reader.label("Undo"), "unappoint", str(change.change_id)),),))


def taken_back(reader: Reader, name: str, *, was_carried_out: bool) -> Message:
    """Confirm that a change was taken back, or never carried out."""
    if was_carried_out:
        return Message(reader.say("The change about <b>{name}</b> was taken back.", name=name))
    return Message(reader.say("Nothing was changed about <b>{name}</b>.", name=name))


def succession(reader: Reader, detail: Mapping[str, Any]) -> Message:
    """Ask a chat that follows a person by name whom it follows after a change of office.

    Args:
        reader: For whom.
        detail: ``change_id``, ``person_id``, ``name``, ``label``, ``successor`` and ``day`` (ISO 8601).
    """
    name, successor = str(detail["name"]), str(detail["successor"])
    text = reader.say(
        "From {day} <b>{successor}</b> is {office}, in the place of <b>{name}</b>, who is followed here. "
        "Who is to be followed?",
        day=reader.day(date.fromisoformat(str(detail["day"]))),
        successor=successor,
        office=_office(reader, str(detail["label"])),
        name=name,
    )
    token, number = token_of(str(detail["person_id"])), detail["change_id"]
    choices = ((name, "p"), (successor, "s"), (reader.label("Both"), "b"))
    row = tuple(
        Button(shortened(label, _LONGEST_NAME), data=encode(Callback("succeed", token, words=f"{number}.{choice}")))
        for label, choice in choices
    )
    return Message(text, (row,))


def succession_chosen(reader: Reader, names: Sequence[str]) -> Html:
    """Tell whom a chat follows after its choice."""
    if len(names) == 1:
        return reader.say("From now on <b>{name}</b> is followed here.", name=names[0])
    return reader.say(
        "From now on <b>{first}</b> and <b>{second}</b> are followed here.", first=names[0], second=names[1]
    )


def _lines(reader: Reader, change: Appointment) -> list[Html]:
    last = reader.day(change.day - timedelta(days=1))
    lines = []
    if change.label:
        who = joined(" ", [bold(change.name), f"({change.party})" if change.party else None])
        new = reader.say("(new in the roster)") if change.is_new else None
        begins = reader.say("from {day}", day=reader.day(change.day))
        lines.append(joined(" ", ["+", joined(", ", [joined(" ", [who, new]), _office(reader, change.label), begins])]))
    until = reader.say("until {day}", day=last)
    lines += [
        joined(" ", ["−", joined(", ", [bold(row.name), _office(reader, row.label), until])]) for row in change.ends
    ]
    return lines


def _office(reader: Reader, label: str) -> str:
    """Write an office within a sentence: with a capital in English, as everywhere there."""
    return office_label(label, "en") if reader.language == "en" else label[:1].lower() + label[1:]


def _button(label: str, action: Action, words: str) -> Button:
    return Button(label, data=encode(Callback(action, words=words)))
