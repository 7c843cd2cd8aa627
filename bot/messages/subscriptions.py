"""What a chat follows: confirmations with their buttons, the list, and what may be meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages.callbacks import Callback, encode
from bot.messages.markup import Html, bold, html, joined, shortened
from bot.messages.reader import Reader, noted
from bot.messages.values import Button, Message

LEVELS = {"all": noted("all"), "news": noted("news"), "turns": noted("reversals")}
"""How much is told, as it is kept and as it is shown."""

PAGE_LENGTH = 20
"""How much of what is followed is listed at once."""

_TOLD = {
    "all": noted("Told of: every statement."),
    "news": noted(
        "Told of: reversals, shifts, promises and exclusions, and what two outlets carry within an hour of each other."
    ),
    "turns": noted("Told of: reversals and shifts only."),
}
_LONGEST_LABEL = 48


@dataclass(frozen=True, slots=True)
class Followed:
    """Something that is followed, as it is shown.

    Attributes:
        number: Its number, which buttons carry.
        label: What is followed.
        level: ``all``, ``news`` or ``turns``.
        passes_quiet: Whether it is told in quiet hours as well.
        undo: What undoes that it is followed; None where that fits no button.
    """

    number: int
    label: str
    level: str
    passes_quiet: bool
    undo: Callback | None


def quoted_words(reader: Reader, words: str) -> str:
    """Name words that are followed whoever says them."""
    return reader.label("“{words}” in everyone's statements", words=words.replace('"', ""))


def on_words(reader: Reader, name: str, words: str) -> str:
    """Name a person whose statements are followed where they hold some words."""
    return reader.label("{name} on “{words}”", name=name, words=words.replace('"', ""))


def followed(reader: Reader, what: Followed, *, is_new: bool, notes: Sequence[str] = ()) -> Message:
    """Confirm that something is followed, with buttons for its level, its quiet hours and an end of it.

    Args:
        reader: For whom.
        what: What is followed.
        is_new: Whether it was not followed before.
        notes: Lines that say what else is so.
    """
    if not is_new:
        first = reader.say("<b>{name}</b> was followed here already.", name=_at_start(what.label))
    elif reader.is_group:
        first = reader.say("This group now follows <b>{name}</b>. New statements will be posted here.", name=what.label)
    else:
        first = reader.say("You now follow <b>{name}</b>. New statements will come here.", name=what.label)
    return _card(reader, what, first, reader.label("Undo") if is_new else reader.label("Stop following"), notes)


def subscription(reader: Reader, what: Followed, *, changed_by: str = "") -> Message:
    """Show something that is followed, with its buttons.

    Args:
        reader: For whom.
        what: What is followed.
        changed_by: Who changed it just now; empty where nobody did, or nobody needs to know.
    """
    notes = [reader.say("Changed by {name}.", name=changed_by)] if changed_by else []
    first = reader.say("<b>{name}</b> is followed here.", name=_at_start(what.label))
    return _card(reader, what, first, reader.label("Stop following"), notes, is_listed=True)


def unfollowed(reader: Reader, label: str, again: Callback | None, *, was_followed: bool) -> Message:
    """Confirm that something is no longer followed, and offer to undo it.

    Args:
        reader: For whom.
        label: What it was.
        again: What follows it (again); None where that fits no button.
        was_followed: Whether it was followed before.
    """
    if was_followed:
        text = reader.say("<b>{name}</b> is no longer followed here.", name=_at_start(label))
    else:
        text = reader.say("<b>{name}</b> was not followed here.", name=_at_start(label))
    data = encode(again) if again else None
    button = Button(reader.label("Undo") if was_followed else reader.label("Follow"), data=data)
    return Message(text, ((button,),) if data else ())


def following(reader: Reader, listed: Sequence[Followed], *, offset: int, total: int, example: str) -> Message:
    """List what a chat follows: its level, a button to change it and one to end it.

    Args:
        reader: For whom.
        listed: What stands on this page.
        offset: How many come before it.
        total: How many there are.
        example: A surname to show how to follow.
    """
    if not total:
        command = "/volg" if reader.language != "en" else "/follow"
        return Message(
            reader.say(
                "Nobody is followed here yet. For example: <code>{command} {name}</code>", command=command, name=example
            )
        )
    title = reader.say("Followed here: {number}", number=total)
    rows = [_listed(reader, what, offset) for what in listed]
    return Message(
        joined(
            "\n\n",
            [bold(title), joined("\n", [_line(reader, what) for what in listed])],
        ),
        (*rows, *_turning(offset, total)),
    )


def choose_subject(reader: Reader, typed: str, choices: Sequence[tuple[str, Callback]]) -> Message:
    """Ask what is meant to be followed.

    Args:
        reader: For whom.
        typed: What was typed; empty where the command answers a message.
        choices: What it may be, and what chooses it.
    """
    rows = [
        (Button(shortened(label, _LONGEST_LABEL), data=data),)
        for label, callback in choices
        if (data := encode(callback))
    ]
    if not typed:
        return Message(reader.say("Whom do you mean?"), tuple(rows))
    return Message(reader.say("What do you mean by “{typed}”?", typed=shortened(typed, 60)), tuple(rows))


def nothing_to_follow(reader: Reader, typed: str, command: str, example: str) -> Message:
    """Tell that nothing could be made of what was typed, and how it may be written.

    Args:
        reader: For whom.
        typed: What was typed.
        command: The command, without its slash.
        example: A surname.
    """
    office, cabinet = reader.label("minister of Finance"), reader.label("cabinet")
    phrase, subject = reader.label("not one cent"), reader.label("nitrogen")
    ways = [
        (f"/{command} {example}", reader.say("a person")),
        (f"/{command} {office}", reader.say("whoever holds the office")),
        (f"/{command} {cabinet}", reader.say("everyone in the cabinet")),
        (f'/{command} "{phrase}"', reader.say("literal words, whoever says them")),
        (f"/{command} {example} {subject}", reader.say("a person on a subject")),
    ]
    lines = [joined(" – ", [Html(f"<code>{html(line)}</code>"), what]) for line, what in ways]
    if not typed:
        return Message(joined("\n", [reader.say("What is to be followed? For example:"), *lines]))
    first = reader.say("I do not know what “{typed}” is. This can be followed:", typed=shortened(typed, 60))
    return Message(joined("\n", [first, *lines]))


def _card(
    reader: Reader,
    what: Followed,
    first: Html,
    end: str,
    notes: Sequence[str | Html] = (),
    *,
    is_listed: bool = False,
) -> Message:
    told = reader.say(_TOLD[what.level])
    through = reader.say("In quiet hours as well.") if what.passes_quiet else None
    levels = tuple(
        _button(_ticked(reader.label(name).capitalize(), level == what.level), f"{what.number}.{level[0]}")
        for level, name in LEVELS.items()
    )
    quiet = _button(_ticked(reader.label("Through quiet hours"), what.passes_quiet), f"{what.number}.q")
    data = encode(what.undo) if what.undo else None
    ending = Button(end, data=data or encode(Callback("subscription", words=f"{what.number}.x")))
    back = (_button(reader.label("‹ All subscriptions"), "list"),) if is_listed else ()
    rows = (levels, (quiet,), (*back, ending))
    return Message(joined("\n", [first, joined(" ", [told, through]), *notes]), rows)


def _line(reader: Reader, what: Followed) -> Html:
    through = reader.say("through quiet hours") if what.passes_quiet else None
    return joined(" ", ["•", joined(" · ", [what.label, reader.say(LEVELS[what.level]), through])])


def _listed(reader: Reader, what: Followed, offset: int) -> tuple[Button, ...]:
    label = f"{shortened(what.label, _LONGEST_LABEL)} · {reader.label(LEVELS[what.level])}"
    return (
        _button(label, f"{what.number}.l"),
        Button("✕", data=encode(Callback("subscription", offset=offset, words=f"{what.number}.d"))),
    )


def _turning(offset: int, total: int) -> tuple[tuple[Button, ...], ...]:
    row = []
    if offset > 0:
        row.append(
            Button("‹", data=encode(Callback("subscription", offset=max(offset - PAGE_LENGTH, 0), words="list")))
        )
    if offset + PAGE_LENGTH < total:
        row.append(Button("›", data=encode(Callback("subscription", offset=offset + PAGE_LENGTH, words="list"))))
    return (tuple(row),) if row else ()


def _at_start(label: str) -> str:
    """Write what is followed as a sentence begins with it."""
    return label[:1].upper() + label[1:]


def _ticked(label: str, is_chosen: bool) -> str:
    return f"✓ {label}" if is_chosen else label


def _button(label: str, words: str) -> Button:
    return Button(label, data=encode(Callback("subscription", words=words)))
