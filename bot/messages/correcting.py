"""Objections to a statement: how they are written, what administrators are asked, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.messages.callbacks import Action, Callback, encode
from bot.messages.markup import Html, bold, html, italic, joined, shortened
from bot.messages.reader import Reader, noted
from bot.messages.shown import Quote
from bot.messages.values import Button, Message
from bot.messages.wording import number, words

FIELDS = {"speaker": noted("speaker"), "date": noted("date"), "wording": noted("wording")}
"""What of a statement can be wrong, as it is kept and as it is shown."""

_SHOWN = 300
_CHOICES = 20


def how_to_object(reader: Reader, quote: Quote, example: str) -> Message:
    """Tell how what is wrong with a statement is written.

    Args:
        reader: For whom.
        quote: The statement.
        example: A surname to show it with.
    """
    dutch = reader.language != "en"
    command = f"/{'correctie' if dutch else 'correction'} {number(quote)}"
    return Message(
        joined(
            "\n",
            [
                _about(quote),
                reader.say("What is wrong with it? Write what it should be:"),
                reader.say("<code>{command} name {name}</code>", command=command, name=example),
                reader.say("<code>{command} date 3 March 2024</code>", command=command),
                reader.say("<code>{command} wording “what was really said”</code>", command=command),
            ],
        )
    )


def which_to_object_to(reader: Reader, quotes: Sequence[Quote]) -> Message:
    """Ask for the number, where a message holds more than one statement.

    Args:
        reader: For whom.
        quotes: The statements.
    """
    command = "/correctie" if reader.language != "en" else "/correction"
    example = number(quotes[0])
    lines = [
        html(shortened(f"{number(quote)} {quote.person_name}: {quote.content}", 90)) for quote in quotes[:_CHOICES]
    ]
    text = reader.say(
        "Which statement? Write its number as well: <code>{command} {number} …</code>", command=command, number=example
    )
    return Message(joined("\n", [text, *lines]))


def says_so_already(reader: Reader, quote: Quote) -> Message:
    """Tell that a statement says already what was reported."""
    return Message(reader.say("{number} says so already.", number=number(quote)))


def reported(reader: Reader, quote: Quote, field: str, after: str, *, is_new: bool) -> Message:
    """Confirm that an objection was kept.

    Args:
        reader: For whom.
        quote: The statement.
        field: What is wrong.
        after: What it should be, as it is shown.
        is_new: Whether nobody reported the same before.
    """
    what = joined(" ", [f"{number(quote)},", f"{reader.say(FIELDS[field])}:", bold(shortened(after, _SHOWN))])
    if not is_new:
        return Message(reader.say("Somebody reported that already: {what}.", what=what))
    return Message(reader.say("Reported to the administrators: {what}. What comes of it is told here.", what=what))


def shown_value(reader: Reader, field: str, value: str) -> str:
    """Write a speaker's name, a day (ISO 8601) or words as they are shown."""
    if field == "date":
        return reader.day(date.fromisoformat(value))
    return f"“{value}”" if field == "wording" else value


def question(reader: Reader, detail: Mapping[str, Any]) -> Message:
    """Ask an administrator about an objection.

    Args:
        reader: The administrator.
        detail: ``objection_id``, ``number``, ``speaker``, ``content``, ``said_on``, ``field``, ``before``, ``after``,
            ``by`` and ``where``, as they were when it was reported.
    """
    field, change = str(detail["field"]), f"{detail['objection_id']}"
    before, after = (shown_value(reader, field, str(detail[side])) for side in ("before", "after"))
    head = joined(" · ", [bold(reader.say("Correction reported")), f"#{detail['number']}"])
    said = joined(", ", [bold(str(detail["speaker"])), reader.day(date.fromisoformat(str(detail["said_on"])))])
    by = ", ".join(part for part in (str(detail["by"]), str(detail["where"])) if part)
    text = joined(
        "\n",
        [
            head,
            joined(": ", [said, shortened(str(detail["content"]), _SHOWN)]),
            _changed(reader, field, before, after),
            italic(by) if by else None,
        ],
    )
    row = (_button(reader.label("Take over"), "accept", change), _button(reader.label("Turn down"), "decline", change))
    return Message(text, (row, (_button(reader.label("Context"), "context", str(detail["number"])),)))


def settled(reader: Reader, statement_id: int, objection_id: int, *, is_accepted: bool) -> Message:
    """Show an administrator what was decided about an objection."""
    shown = f"#{statement_id}"
    if is_accepted:
        text = reader.say("Taken over: {number} is put right, and told wherever it was told.", number=shown)
        return Message(text, ((_button(reader.label("Undo"), "put_back", str(objection_id)),),))
    after_all = _button(reader.label("Take over after all"), "accept", str(objection_id))
    return Message(reader.say("Turned down: {number} stays as it is.", number=shown), ((after_all,),))


def put_back(reader: Reader, statement_id: int, objection_id: int) -> Message:
    """Show an administrator that what was taken over is undone, which can be undone by the objection that says so."""
    text = reader.say(
        "Undone: {number} is put back as it was, and told wherever it was told.", number=f"#{statement_id}"
    )
    return Message(text, ((_button(reader.label("Undo"), "put_back", str(objection_id)),),))


def cannot_be_put_back(reader: Reader) -> str:
    """Tell an administrator, in plain text, why a correction stays."""
    return reader.label(
        "That cannot be undone with this button: the statement was changed since, or other articles carry it like "
        "this. Report it with /correction."
    )


def outcome(reader: Reader, detail: Mapping[str, Any]) -> Message:
    """Tell who reported something what came of it.

    Args:
        reader: For whom.
        detail: ``is_accepted`` and ``number``; for what was taken over ``new_number`` and ``speaker`` too, and
            ``is_undone`` where that does not hold any more.
    """
    shown = f"#{detail['number']}"
    if detail.get("is_undone"):
        return Message(reader.say("Your correction of {number} was undone: it reads as before again.", number=shown))
    if not detail["is_accepted"]:
        return Message(reader.say("Your correction of {number} was not taken over.", number=shown))
    who = joined(" ", [bold(str(detail["speaker"])), f"#{detail['new_number']}"])
    return Message(reader.say("Thank you: {number} has been corrected, and is now {who}.", number=shown, who=who))


def _about(quote: Quote) -> Html:
    return joined(" ", [joined(" ", [number(quote), bold(quote.person_name)]), words(quote, limit=_SHOWN)])


def _changed(reader: Reader, field: str, before: str, after: str) -> Html:
    title = reader.label(FIELDS[field])
    shown = joined(" → ", [shortened(before, _SHOWN), bold(shortened(after, _SHOWN))])
    return joined(": ", [title[:1].upper() + title[1:], shown])


def _button(label: str, action: Action, words_: str) -> Button:
    return Button(label, data=encode(Callback(action, words=words_)))
