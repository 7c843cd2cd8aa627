"""Who is meant by what was typed, and which of the words behind a name are no part of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from bot.messages import Message, Reader
from bot.messages.callbacks import Callback, token_of
from bot.messages.searching import unpacked
from bot.messages.talk import choose_person, nobody_found
from bot.quotes.names import CERTAIN_SCORE, NameMatch, find_people
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
        words: What stands beside it.
        person: Who is meant; None where that is open.
        candidates: Who may be meant, likeliest first.
    """

    typed: str
    words: str
    person: Person | None
    candidates: tuple[Person, ...]


def read_name(arguments: str, roster: Roster) -> Named:
    """Take the name in a line from the words beside it.

    The beginning that is most like somebody's name is taken, the longer one where two are alike; a quotation
    mark ends the name. Where no beginning is a good likeness, the name may stand at the end ("btw Zandstra").

    Args:
        arguments: What was typed after the command, not empty.
        roster: Who there is.
    """
    words = arguments.translate(_STRAIGHT).split()
    most = next((place for place, word in enumerate(words) if word.startswith('"')), len(words))
    best = _best(words, [(0, length) for length in range(1, min(most, _LONGEST_NAME) + 1)], roster)
    if best is None or best.score < CERTAIN_SCORE:
        ends = [(len(words) - length, len(words)) for length in range(1, min(len(words) - 1, _LONGEST_NAME) + 1)]
        last = _best(words, ends, roster)
        if last is not None and last.matches[0].certain:
            best = last
    if best is None:
        return Named(" ".join(words[:most]), " ".join(words[most:]), None, ())
    return Named(
        " ".join(words[best.start : best.end]),
        " ".join(words[: best.start] + words[best.end :]),
        best.matches[0].person if best.matches[0].certain else None,
        tuple(match.person for match in best.matches),
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
        asked = unpacked(callback.words)
        words = " ".join(part for part in (named.typed, asked.words) if part)
        search = Callback("quotes", words=replace(asked, words=words).packed())
    return nobody_found(reader, named.typed, search)


def person_by_token(roster: Roster, token: str) -> Person | None:
    """Give the person that a button carries, or None where the roster has nobody with that token (any more)."""
    return next((person for person in roster.persons if token_of(person.id) == token), None)


def example_name(roster: Roster) -> str:
    """Give a surname for the examples: the last leader of a government, or else anybody's."""
    person = example_person(roster)
    return _alone(person) if person else "Jansen"


def example_person(roster: Roster) -> Person | None:
    """Give somebody for the examples: the last leader of a government, or else anybody; None in an empty roster."""
    leaders = [row for row in roster.memberships if row.role == "minister-president"]
    leader = roster.person(max(leaders, key=lambda row: row.start or date.min).person_id) if leaders else None
    return leader or next(iter(roster.persons), None)


@dataclass(frozen=True, slots=True)
class _Part:
    """Words of a line, and whose name they are like."""

    start: int
    end: int
    matches: list[NameMatch]

    @property
    def score(self) -> float:
        return self.matches[0].score


def _best(words: list[str], spans: list[tuple[int, int]], roster: Roster) -> _Part | None:
    """Give the part that is most like a name, the longer one where two are alike."""
    parts = [_Part(start, end, find_people(" ".join(words[start:end]), roster)) for start, end in spans]
    named = [part for part in parts if part.matches]
    return max(named, key=lambda part: (part.score, part.end - part.start), default=None)


def _alone(person: Person) -> str:
    return person.family_name[:1].upper() + person.family_name[1:]
