"""Who of the roster speaks a turn of a report or transcript. Pure."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from bot.ingest.parliament.values import Turn
from bot.quotes.roster import GOVERNMENT_ROLES, Membership, Person, Roster


class Speakers:
    """Tells the people of a roster by how a report or transcript names them; nobody where that fits two."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._by_name: defaultdict[str, list[Person]] = defaultdict(list)
        for person in roster.persons:
            for name in {_folded(form) for form in (*person.forms, person.family_name)}:
                self._by_name[name].append(person)

    def person_of(self, turn: Turn, day: date) -> str | None:
        """Say whose turn it is.

        Args:
            turn: The turn; who presides speaks for the chair, and is nobody.
            day: The day it was spoken.

        Returns:
            The person's id. A minister or state secretary is in a cabinet on that day, a member is not and has the
            full name; who speaks without a role ("RUTTE") holds any office on that day.
        """
        if turn.is_chair or not turn.name:
            return None
        named = self._by_name.get(_folded(turn.name), [])
        if turn.role in ("minister", "state_secretary"):
            return _only(self._in_office(named, turn, day))
        if turn.role == "member":
            return _only([one for one in named if self._may_be_member(one, turn, day)])
        in_any_office = [one for one in named if self._roster.memberships_of(one.id, day)]
        return _only([one for one in in_any_office if self._fits_party(one, turn, day)])

    def _in_office(self, named: list[Person], turn: Turn, day: date) -> list[Person]:
        held = {one.id: _government(self._roster.memberships_of(one.id, day)) for one in named}
        present = [one for one in named if held[one.id]]
        if len(present) < 2:
            return present
        office = _folded(turn.office)
        return [one for one in present if any(_is_called(membership, office) for membership in held[one.id])]

    def _may_be_member(self, person: Person, turn: Turn, day: date) -> bool:
        full_names = {_folded(person.name), _folded(f"{person.given_name} {person.family_name}")}
        is_in_cabinet = bool(_government(self._roster.memberships_of(person.id, day)))
        return not is_in_cabinet and _folded(turn.name) in full_names and self._fits_party(person, turn, day)

    def _fits_party(self, person: Person, turn: Turn, day: date) -> bool:
        """Whether the party that the source gives is the person's, as far as the roster knows parties at all."""
        party = self._roster.party_of(person.id, day)
        given = _folded(turn.party)
        known = {_folded(form) for row in self._roster.parties for form in row.forms}
        return party is None or given not in known or given in {_folded(form) for form in party.forms}


def _government(memberships: tuple[Membership, ...]) -> list[Membership]:
    return [membership for membership in memberships if membership.role in GOVERNMENT_ROLES]


def _is_called(membership: Membership, office: str) -> bool:
    names = (membership.label, membership.portfolio or "", *membership.portfolio_aliases)
    return any(name and _folded(name) in office for name in names)


def _only(people: list[Person]) -> str | None:
    return people[0].id if len({person.id for person in people}) == 1 else None


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
