"""Who holds and held which office: one person's, a cabinet's on a day, or whoever held one."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from bot.messages.callbacks import Callback, encode, token_of
from bot.messages.markup import Html, bold, fits, joined, shortened
from bot.messages.officenames import cabinet_label, office_label, portfolio_label
from bot.messages.quotes import archive_note, provenance
from bot.messages.reader import Reader
from bot.messages.shown import Person, Quote
from bot.messages.values import Button, Message
from bot.messages.wording import office, said, words

_LIMITS = (500, 250, 100)
_OFFICES_SHOWN = 30
_BUTTONS_IN_ROW = 2
_MOST_BUTTONS = 80
_LONGEST_ECHO = 60


@dataclass(frozen=True, slots=True)
class Office:
    """An office that somebody held.

    Attributes:
        person: Who.
        label: What a reader calls it ("Minister van Financiën (PV)").
        party: The party for which it was held; empty where unknown.
        portfolio: What it is about ("Financiën"); empty for none.
        is_deputy: Whether it is that of a state secretary.
        group: The cabinet or party in which it was held.
        outgoing_since: From when that cabinet was outgoing; None where it was not.
        first: First day; None where unknown.
        last: Last day; None where still running or unknown.
        is_acting: Whether it was held in place of somebody else.
    """

    person: Person
    label: str
    party: str
    portfolio: str
    is_deputy: bool
    group: str
    outgoing_since: date | None
    first: date | None
    last: date | None
    is_acting: bool


@dataclass(frozen=True, slots=True)
class Term:
    """From when to when a cabinet governed, both inclusive; None for an end that is open or unknown."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Record:
    """What the archive has of somebody.

    Attributes:
        statements: How many statements.
        reversals: How many reversals and shifts.
        last: The newest statement; None where there is none.
        since: The day from which the archive reaches; None while it is empty.
    """

    statements: int
    reversals: int
    last: Quote | None
    since: date | None


def person_card(
    reader: Reader, person: Person, party: str | None, offices: Sequence[Office], record: Record, back: str
) -> Message:
    """Show somebody: party, offices over time, how much is kept, and the last statement.

    Args:
        reader: For whom.
        person: Who.
        party: The party today; None where unknown.
        offices: All offices, newest first.
        record: What the archive has.
        back: The list that a button leads back to: its day (ISO 8601), or the token of a cabinet; empty for none.
    """
    lines = [joined(" ", ["•", _line(reader, row)]) for row in offices[:_OFFICES_SHOWN]]
    counted = joined(
        ", ",
        [
            reader.count("{number} statement", "{number} statements", record.statements),
            reader.count("{number} reversal or shift", "{number} reversals or shifts", record.reversals),
        ],
    )
    text = Html("")
    for limit in _LIMITS:
        text = joined(
            "\n\n",
            [
                joined("\n", [joined(" · ", [bold(person.name), party]), counted]),
                joined("\n", lines),
                _last(reader, record.last, limit),
                archive_note(reader, record.since),
            ],
        )
        if fits(text):
            break
    token = token_of(person.id)
    actions = (
        _button(reader.label("Statements"), Callback("quotes", token)),
        _button(reader.label("Timeline"), Callback("timeline", token)),
        _button(reader.label("Reversals"), Callback("reversals", token)),
        _button(reader.label("Follow"), Callback("follow", token)),
    )
    way_back = (_button(reader.label("‹ back"), Callback("ministers", words=back)),) if back else ()
    return Message(text, (actions, way_back) if way_back else (actions,))


def holders(reader: Reader, typed: str, day: date, offices: Sequence[Office]) -> Message:
    """Tell who held an office on a day.

    Args:
        reader: For whom.
        typed: The office as it was asked for.
        day: The day.
        offices: Who held it then; may be empty.
    """
    shown = shortened(typed, _LONGEST_ECHO)
    if not offices:
        return Message(reader.say("Nobody is known who was “{office}” on {day}.", office=shown, day=reader.day(day)))
    lines = [joined(" – ", [bold(row.person.name), _line(reader, row)]) for row in offices[:_OFFICES_SHOWN]]
    return Message(joined("\n", [reader.day(day), *lines]), _people(offices, ""))


def cabinet(reader: Reader, day: date, offices: Sequence[Office]) -> Message:
    """Show who was in office on a day, by cabinet and portfolio.

    Args:
        reader: For whom.
        day: The day.
        offices: The offices held then, those of one cabinet together.
    """
    if not offices:
        return Message(reader.say("Nobody is known who was in office on {day}.", day=reader.day(day)))
    blocks: list[Html] = []
    for _, rows in groupby(offices, key=lambda row: row.group):
        members = list(rows)
        blocks += [_heading(reader, members[0], day), *_members(reader, members)]
    text = joined("\n\n", blocks)
    while not fits(text):
        blocks.pop()
        text = joined("\n\n", blocks)
    return Message(text, _people(offices, day.isoformat()))


def cabinet_served(reader: Reader, offices: Sequence[Office], days: Term, token: str) -> Message:
    """Show who served in a cabinet, with the days of those who did not do so from its beginning to its end.

    Args:
        reader: For whom.
        offices: The offices of the cabinet, by portfolio; at least one.
        days: From when to when it governed.
        token: The cabinet as a button carries it.
    """
    name = bold(cabinet_label(offices[0].group, reader.language))
    outgoing = offices[0].outgoing_since
    fell = reader.say("outgoing from {day}", day=reader.day(outgoing)) if outgoing else None
    blocks = [joined(" · ", [name, term(reader, days.first, days.last), fell]), *_members(reader, offices, days)]
    text = joined("\n\n", blocks)
    while not fits(text):
        blocks.pop()
        text = joined("\n\n", blocks)
    return Message(text, _people(offices, token))


def which_cabinet(reader: Reader, cabinets: Sequence[tuple[str, str]]) -> Message:
    """Ask which cabinet is meant.

    Args:
        reader: For whom.
        cabinets: The name of each ("Kabinet-Rutte III"), and the token that a button carries.
    """
    buttons = [
        (_button(cabinet_label(name, reader.language), Callback("ministers", words=token)),) for name, token in cabinets
    ]
    return Message(reader.say("Which cabinet do you mean?"), tuple(buttons))


def which_day_or_cabinet(reader: Reader, command: str, name: str) -> Message:
    """Tell how a day or a cabinet is written, where what was typed is neither.

    Args:
        reader: For whom.
        command: The command, without its slash.
        name: A cabinet of the roster ("Rutte III").
    """
    return Message(
        reader.say(
            "I know no such day or cabinet. For example: <code>/{command} 2024-03-01</code> "
            "or <code>/{command} {name}</code>",
            command=command,
            name=name,
        )
    )


def which_day(reader: Reader, command: str) -> Message:
    """Tell how a day is written that could not be read."""
    return Message(
        reader.say("I do not know that day. For example: <code>/{command} 2024-03-01</code>", command=command)
    )


def term(reader: Reader, first: date | None, last: date | None) -> str | None:
    """Write from when to when somebody held an office; None where neither is known.

    Args:
        reader: Whose language.
        first: The first day; None where it is not known.
        last: The last day; None where it goes on, or is not known.
    """
    if first is None and last is None:
        return None
    if first is None:
        return str(reader.say("until {day}", day=_edge(reader, last, is_last=True)))
    if last is None:
        return str(reader.say("since {day}", day=_edge(reader, first, is_last=False)))
    return f"{_edge(reader, first, is_last=False)} – {_edge(reader, last, is_last=True)}"


def _heading(reader: Reader, row: Office, day: date) -> Html:
    is_outgoing = row.outgoing_since is not None and row.outgoing_since <= day
    name = bold(cabinet_label(row.group, reader.language))
    return joined(" · ", [name, reader.day(day), reader.say("outgoing") if is_outgoing else None])


def _members(reader: Reader, offices: Sequence[Office], days: Term | None = None) -> list[Html]:
    """Write ministers and state secretaries, with their own days where ``days`` says what goes without saying."""
    ministers = [_member(reader, row, days) for row in offices if not row.is_deputy]
    deputies = [_member(reader, row, days) for row in offices if row.is_deputy]
    titled = ((reader.say("Ministers"), ministers), (reader.say("State secretaries"), deputies))
    return [joined("\n", [bold(title), *lines]) for title, lines in titled if lines]


def _member(reader: Reader, row: Office, days: Term | None) -> Html:
    acting = reader.say("acting") if row.is_acting else None
    who = joined(" ", [row.person.name, f"({row.party})" if row.party else None])
    own = _own_days(reader, row, days) if days else None
    return joined(", ", [joined(" ", ["•", joined(": ", [_about(reader, row), who])]), acting, own])


def _own_days(reader: Reader, row: Office, days: Term) -> str | None:
    """Write from when to when somebody served in a cabinet, as far as it was not from its beginning or to its end."""
    first = row.first if row.first and (days.first is None or row.first > days.first) else None
    last = row.last if row.last and (days.last is None or row.last < days.last) else None
    if first is not None and last is None:
        return str(reader.say("from {day}", day=_edge(reader, first, is_last=False)))
    return term(reader, first, last)


def _about(reader: Reader, row: Office) -> str:
    about = portfolio_label(row.portfolio, reader.language).removeprefix("the ")
    return about or office_label(row.label, reader.language)


def _line(reader: Reader, row: Office) -> Html:
    acting = reader.say("acting") if row.is_acting else None
    label = office_label(row.label, reader.language)
    return joined(" · ", [joined(", ", [label[:1].upper() + label[1:], acting]), term(reader, row.first, row.last)])


def _edge(reader: Reader, day: date | None, *, is_last: bool) -> str:
    """Write the first or last day of a term; of one that a month or year begins or ends with, only that.

    A roster that knows the month alone has its first or last day: to show that day would feign precision.
    """
    if day is None:
        return ""
    month_end = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    if day != (month_end if is_last else day.replace(day=1)):
        return reader.day(day)
    if day.month == (12 if is_last else 1):
        return str(day.year)
    return reader.days(day.replace(day=1), month_end)


def _last(reader: Reader, quote: Quote | None, limit: int) -> Html | None:
    if quote is None:
        return None
    heading = joined(" · ", [bold(reader.say("Last statement")), said(reader, quote), office(quote, reader.language)])
    return joined("\n", [heading, words(quote, limit=limit), provenance(reader, quote)])


def _people(offices: Sequence[Office], back: str) -> tuple[tuple[Button, ...], ...]:
    """Make a button for everybody, two in a row."""
    persons = list({row.person.id: row.person for row in offices}.values())[:_MOST_BUTTONS]
    buttons = [_button(person.name, _to_person(person, back)) for person in persons]
    return tuple(tuple(buttons[at : at + _BUTTONS_IN_ROW]) for at in range(0, len(buttons), _BUTTONS_IN_ROW))


def _to_person(person: Person, back: str) -> Callback:
    """Lead to somebody, and back where the button holds that too."""
    there = Callback("person", token_of(person.id))
    and_back = replace(there, words=back)
    return and_back if encode(and_back) else there


def _button(label: str, callback: Callback) -> Button:
    return Button(shortened(label, _LONGEST_ECHO), data=encode(callback))
