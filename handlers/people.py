"""Who is meant by what was typed, and which of the words behind a name are no part of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.messages import Message, Reader
from bot.messages.callbacks import Callback, token_of
from bot.messages.talk import choose_person, nobody_found
from bot.quotes.names import NameMatch, find_people
from bot.quotes.roster import Person, Roster

_LONGEST_NAME = 6
"""Words that a name is taken to have at most."""

_STRAIGHT = str.maketrans({"“": '"', "”": '"', "„": '"'})
"""Phones write quotation marks like these."""


@dataclass(frozen=True, slots=True)
class Named:
    """What was made of a line.

    Attributes:
        typed: The part that was taken for a name; empty where the line begins with a quotation mark.
        words: What comes after it, as it was typed.
        person: Who is meant; None where that is open.
        candidates: Who may be meant, likeliest first.
    """

    typed: str
    words: str
    person: Person | None
    candidates: tuple[Person, ...]


def read_name(arguments: str, roster: Roster) -> Named:
    """Take the name at the beginning of a line from the words behind it.

    The beginning that is most like somebody's name is taken, the longer one where two are alike; a quotation
    mark ends the name.

    Args:
        arguments: What was typed after the command, not empty.
        roster: Who there is.
    """
    words = arguments.translate(_STRAIGHT).split()
    most = next((place for place, word in enumerate(words) if word.startswith('"')), len(words))
    best: tuple[float, int, list[NameMatch]] = (0.0, min(most, _LONGEST_NAME), [])
    for length in range(1, min(most, _LONGEST_NAME) + 1):
        matches = find_people(" ".join(words[:length]), roster)
        if matches and (matches[0].score, length) > best[:2]:
            best = (matches[0].score, length, matches)
    _, length, matches = best
    return Named(
        " ".join(words[:length]),
        " ".join(words[length:]),
        matches[0].person if matches and matches[0].certain else None,
        tuple(match.person for match in matches),
    )


def read_whole_name(arguments: str, roster: Roster) -> Named:
    """Take all of a line for a name."""
    matches = find_people(arguments, roster)
    certain = matches[0].person if matches and matches[0].certain else None
    return Named(arguments, "", certain, tuple(match.person for match in matches))


def ask_who(reader: Reader, named: Named, callback: Callback) -> Message:
    """Answer a name that is not certain: whom it may be, or that there is nobody.

    Args:
        reader: For whom.
        named: What was typed.
        callback: What a choice does, but for the person.
    """
    if named.candidates:
        return choose_person(reader, named.typed, named.candidates, callback)
    search = None
    if callback.action == "quotes":
        search = Callback("quotes", words=" ".join(part for part in (named.typed, named.words) if part))
    return nobody_found(reader, named.typed, search)


def person_by_token(roster: Roster, token: str) -> Person | None:
    """Give the person that a button carries, or None where the roster has nobody with that token (any more)."""
    return next((person for person in roster.persons if token_of(person.id) == token), None)


def example_name(roster: Roster) -> str:
    """Give a surname for the examples: the last leader of a government, or else anybody's."""
    leaders = [row for row in roster.memberships if row.role == "minister-president"]
    if leaders:
        leader = roster.person(max(leaders, key=lambda row: row.start or date.min).person_id)
        if leader is not None:
            return _alone(leader)
    return _alone(roster.persons[0]) if roster.persons else "Jansen"


def _alone(person: Person) -> str:
    return person.family_name[:1].upper() + person.family_name[1:]
