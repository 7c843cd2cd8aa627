"""The dated roster: who held which role when, read from Popolo data."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from bot.errors import CitaatwachtError

Gender = Literal["male", "female"]

CANONICAL_ROLES = {
    "premier": "minister-president",
    "viceminister-president": "vicepremier",
    "vice-premier": "vicepremier",
    "fractieleider": "fractievoorzitter",
    "politiek leider": "partijleider",
}
"""Other words for a role, and the word that we keep it under."""

ROLE_ORDER = (
    "minister-president",
    "minister",
    "staatssecretaris",
    "vicepremier",
    "partijleider",
    "fractievoorzitter",
    "lijsttrekker",
)
"""The most telling role first: in which capacity a person of several roles is quoted."""

GOVERNMENT_ROLES = frozenset({"minister-president", "minister", "staatssecretaris", "vicepremier"})
"""Roles held in a cabinet, by a "bewindspersoon"."""


class RosterError(CitaatwachtError):
    """The data is not a roster in Popolo form."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone whose words are kept.

    Attributes:
        id: The roster's id.
        name: The full name.
        given_name: The given name; empty where the roster has none.
        family_name: The surname with its particle, lower case as after a given name ("van der Wiel").
        gender: ``male``, ``female`` or None where unknown.
        forms: All forms under which a text may name the person, the full name first.
    """

    id: str
    name: str
    given_name: str
    family_name: str
    gender: Gender | None
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Organization:
    """A cabinet, party or ministry.

    Attributes:
        id: The roster's id.
        name: The full name.
        classification: ``cabinet``, ``party``, ``ministry``, ``chamber`` or what else the roster says.
        forms: The full name, the abbreviation and other names.
        outgoing_since: From when a cabinet was outgoing ("demissionair"); None where it was not, or is unknown.
        founded: First day; None where unknown.
        dissolved: Last day; None where it still is, or unknown.
        elections: Days on which all of a chamber was elected.
    """

    id: str
    name: str
    classification: str
    forms: tuple[str, ...]
    outgoing_since: date | None = None
    founded: date | None = None
    dissolved: date | None = None
    elections: tuple[date, ...] = ()

    @property
    def short_name(self) -> str:
        """The shortest form, for a party the one that news writes ("D66")."""
        return min(self.forms, key=len)


@dataclass(frozen=True, slots=True)
class Membership:
    """A role that a person held from one day to another, both inclusive; None is open.

    Attributes:
        id: The roster's id; made of person, organization and start where the roster gives none.
        person_id: Who held it.
        organization_id: In which cabinet or party.
        role: The role, a word of ``ROLE_ORDER`` where it is one of those.
        label: The role as a reader knows it ("Minister van Financiën").
        portfolio: What a minister is about ("Financiën"); None for other roles.
        on_behalf_of_id: The party that sent the person.
        start: First day; None where unknown.
        end: Last day; None where still running or unknown.
        acting: Whether it was a replacement between two holders.
        portfolio_aliases: Other words for the portfolio ("Asiel").
    """

    id: str
    person_id: str
    organization_id: str
    role: str
    label: str
    portfolio: str | None
    on_behalf_of_id: str | None
    start: date | None
    end: date | None
    acting: bool = False
    portfolio_aliases: tuple[str, ...] = ()

    def covers(self, on: date) -> bool:
        """Whether the role was held on that day."""
        return (self.start is None or self.start <= on) and (self.end is None or on <= self.end)


class Roster:
    """Persons, organizations and memberships, with the questions that an article asks of them.

    Args:
        persons: The persons, in the roster's order.
        organizations: The organizations.
        memberships: The memberships.
    """

    def __init__(
        self, persons: Iterable[Person], organizations: Iterable[Organization], memberships: Iterable[Membership]
    ) -> None:
        self._persons = {person.id: person for person in persons}
        self._organizations = {organization.id: organization for organization in organizations}
        self._memberships = tuple(memberships)
        by_person: defaultdict[str, list[Membership]] = defaultdict(list)
        for membership in self._memberships:
            by_person[membership.person_id].append(membership)
        self._by_person = {person_id: tuple(rows) for person_id, rows in by_person.items()}

    @classmethod
    def from_popolo(cls, data: Mapping[str, Any]) -> Roster:
        """Read a roster from parsed Popolo JSON.

        Args:
            data: An object with the lists ``persons``, ``organizations`` and ``memberships``; dates are ISO 8601,
                also ``YYYY`` or ``YYYY-MM``, or null.

        Returns:
            The roster.

        Raises:
            RosterError: If a list is missing, a row lacks what it needs, or a date cannot be read.
        """
        if not isinstance(data, Mapping):
            raise RosterError("a roster is a JSON object with persons, organizations and memberships")
        persons = [_person(row) for row in _rows(data, "persons")]
        organizations = [_organization(row) for row in _rows(data, "organizations")]
        known = {person.id for person in persons}
        memberships = [_membership(row) for row in _rows(data, "memberships")]
        for membership in memberships:
            if membership.person_id not in known:
                raise RosterError(f"membership {membership.id}: no person has the id {membership.person_id!r}")
        return cls(persons, organizations, memberships)

    @property
    def persons(self) -> tuple[Person, ...]:
        """All persons, in the roster's order."""
        return tuple(self._persons.values())

    @property
    def organizations(self) -> tuple[Organization, ...]:
        """All organizations, in the roster's order."""
        return tuple(self._organizations.values())

    @property
    def memberships(self) -> tuple[Membership, ...]:
        """All memberships, in the roster's order."""
        return self._memberships

    @property
    def parties(self) -> tuple[Organization, ...]:
        """The organizations that are parties."""
        return tuple(row for row in self._organizations.values() if row.classification == "party")

    def person(self, person_id: str) -> Person | None:
        """Give the person with that id, or None."""
        return self._persons.get(person_id)

    def organization(self, organization_id: str) -> Organization | None:
        """Give the organization with that id, or None."""
        return self._organizations.get(organization_id)

    def memberships_of(self, person_id: str, on: date | None = None) -> tuple[Membership, ...]:
        """Give a person's memberships, the most telling role first.

        Args:
            person_id: Whose.
            on: Only those held on that day; None for all of them, the latest first within a role.

        Returns:
            The memberships, empty for an unknown person.
        """
        rows = [row for row in self._by_person.get(person_id, ()) if on is None or row.covers(on)]
        return tuple(sorted(rows, key=_telling))

    def capacity(self, person_id: str, on: date) -> Membership | None:
        """Give the most telling membership that a person held on a day, or None."""
        rows = self.memberships_of(person_id, on)
        return rows[0] if rows else None

    def party_of(self, person_id: str, on: date) -> Organization | None:
        """Give the party for which a person stood on a day.

        Args:
            person_id: Whose party.
            on: The day; where no membership covers it, the one nearest in time counts.

        Returns:
            The party, or None where the roster does not say.
        """
        rows = [row for row in self._by_person.get(person_id, ()) if row.on_behalf_of_id]
        if not rows:
            return None
        nearest = min(rows, key=lambda row: _distance(row, on))
        return self._organizations.get(nearest.on_behalf_of_id or "")

    def holders(self, role: str, on: date) -> tuple[Membership, ...]:
        """Give the memberships with that role that ran on a day."""
        return tuple(row for row in self._memberships if row.role == role and row.covers(on))

    def role_text(self, membership: Membership) -> str:
        """Give a membership's role for a reader ("Minister van Financiën (PV)")."""
        party = self._organizations.get(membership.on_behalf_of_id or "")
        if party is None or membership.role in ("partijleider", "fractievoorzitter"):
            return membership.label
        return f"{membership.label} ({party.short_name})"


def _rows(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = data.get(key)
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise RosterError(f"a roster needs a list of objects under {key!r}")
    return rows


def _text(row: Mapping[str, Any], key: str, what: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise RosterError(f"{what} {row.get('id', '?')}: {key!r} is missing or not a text")
    return value


def _optional(row: Mapping[str, Any], key: str) -> str | None:
    value = row.get(key)
    return value if isinstance(value, str) and value.strip() else None


def _other_names(row: Mapping[str, Any]) -> list[str]:
    names = row.get("other_names") or []
    return [name["name"] for name in names if isinstance(name, Mapping) and isinstance(name.get("name"), str)]


def _person(row: Mapping[str, Any]) -> Person:
    name = _text(row, "name", "person")
    given = _optional(row, "given_name") or name.split()[0]
    family = _optional(row, "family_name") or name.removeprefix(given).strip() or name
    gender = row.get("gender")
    # A form such as "De Wit (PV)" tells homonyms apart, which mentions do by their brackets; it is no name by itself.
    forms = [name, f"{given} {family}", family[:1].upper() + family[1:]]
    forms += [form for form in _other_names(row) if "(" not in form]
    return Person(
        id=_text(row, "id", "person"),
        name=name,
        given_name=given,
        family_name=family,
        gender=gender if gender in ("male", "female") else None,
        forms=tuple(dict.fromkeys(forms)),
    )


def _organization(row: Mapping[str, Any]) -> Organization:
    name = _text(row, "name", "organization")
    abbreviation = _optional(row, "abbreviation")
    forms = [name, *([abbreviation] if abbreviation else []), *_other_names(row)]
    identity = _text(row, "id", "organization")
    return Organization(
        id=identity,
        name=name,
        classification=_optional(row, "classification") or "",
        forms=tuple(dict.fromkeys(forms)),
        outgoing_since=_outgoing_since(row),
        founded=_day(row.get("founding_date"), identity, last=False),
        dissolved=_day(row.get("dissolution_date"), identity, last=True),
        elections=tuple(_elections(row, identity)),
    )


def _elections(row: Mapping[str, Any], identity: str) -> list[date]:
    held = [election.get("date") for election in row.get("elections") or [] if isinstance(election, Mapping)]
    days = [_day(day, identity, last=False) for day in held]
    return [day for day in days if day is not None]


def _outgoing_since(row: Mapping[str, Any]) -> date | None:
    phases = [phase for phase in row.get("phases") or [] if isinstance(phase, Mapping)]
    starts = [phase.get("start_date") for phase in phases if phase.get("name") == "demissionair"]
    return _day(starts[0], f"of {row.get('id', '?')}", last=False) if starts else None


def _membership(row: Mapping[str, Any]) -> Membership:
    person_id = _text(row, "person_id", "membership")
    role = _text(row, "role", "membership").casefold()
    organization_id = _text(row, "organization_id", "membership")
    identity = _optional(row, "id") or f"{person_id}--{organization_id}--{role}--{row.get('start_date') or 'x'}"
    aliases = row.get("portfolio_aliases") or []
    return Membership(
        id=identity,
        person_id=person_id,
        organization_id=organization_id,
        role=CANONICAL_ROLES.get(role, role),
        label=_optional(row, "label") or role.capitalize(),
        portfolio=_optional(row, "portfolio"),
        on_behalf_of_id=_optional(row, "on_behalf_of_id"),
        start=_day(row.get("start_date"), identity, last=False),
        end=_day(row.get("end_date"), identity, last=True),
        acting=row.get("acting") is True or (_optional(row, "label") or "").endswith("a.i."),
        portfolio_aliases=tuple(alias for alias in aliases if isinstance(alias, str)),
    )


def _day(value: object, identity: str, *, last: bool) -> date | None:
    """Read a date of three precisions; a month or year stands for its first or last day."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise RosterError(f"{identity}: {value!r} is not a date")
    try:
        numbers = [int(part) for part in value[:10].split("-")]
        year, month = numbers[0], numbers[1] if len(numbers) > 1 else (12 if last else 1)
        day = numbers[2] if len(numbers) > 2 else (calendar.monthrange(year, month)[1] if last else 1)
        return date(year, month, day)
    except (ValueError, IndexError) as error:
        raise RosterError(f"{identity}: {value!r} is not a date (YYYY, YYYY-MM or YYYY-MM-DD)") from error


def _telling(membership: Membership) -> tuple[int, bool, int]:
    rank = ROLE_ORDER.index(membership.role) if membership.role in ROLE_ORDER else len(ROLE_ORDER)
    return rank, membership.acting, -(membership.start or date.min).toordinal()


def _distance(membership: Membership, on: date) -> tuple[int, int]:
    if membership.covers(on):
        return 0, _telling(membership)[0]
    if membership.start is not None and on < membership.start:
        return (membership.start - on).days, 0
    return (on - (membership.end or on)).days, 0
