"""The roster in the database: persons, organizations and the offices they held (Popolo)."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.errors import InvalidRoster
from storage.records import PersonRecord
from storage.statements import count_by_person
from storage.tables import Membership, Organization, Person, RosterVersion
from storage.upserts import add_or_update

Row = TypeVar("Row", Person, Organization, Membership)


@dataclass(frozen=True, slots=True)
class Changes:
    """How many rows an import added, and how many it changed."""

    added: int
    changed: int


@dataclass(frozen=True, slots=True)
class RosterImport:
    """What an import did to each of the three lists."""

    persons: Changes
    organizations: Changes
    memberships: Changes


async def import_roster(session: AsyncSession, *, popolo: Mapping[str, Any]) -> RosterImport:
    """Add a roster's entries and change those that differ; what is not in it any more is kept.

    Args:
        session: A unit of work that writes.
        popolo: Parsed Popolo JSON with the lists ``persons``, ``organizations`` and ``memberships``.

    Returns:
        What it did.

    Raises:
        InvalidRoster: If a list or a needed field is missing, a date cannot be read, or a membership
            names a person or an organization that nobody knows.
    """
    persons = [_person(row) for row in _rows(popolo, "persons")]
    organizations = [_organization(row) for row in _rows(popolo, "organizations")]
    memberships = [_membership(row) for row in _rows(popolo, "memberships")]
    kept_persons = await _keep(session, Person, persons)
    kept_organizations = await _keep(session, Organization, organizations)
    await _refuse_strangers(session, memberships)
    kept_memberships = await _keep(session, Membership, memberships)
    done = RosterImport(kept_persons, kept_organizations, kept_memberships)
    if any(kind.added or kind.changed for kind in (done.persons, done.organizations, done.memberships)):
        await count_change(session)
    return done


async def export_roster(session: AsyncSession) -> dict[str, Any]:
    """Give the roster as Popolo, each list ordered by id; every membership has an id."""
    return {
        "persons": list(await session.exec(select(Person.popolo).order_by(col(Person.id)))),
        "organizations": list(await session.exec(select(Organization.popolo).order_by(col(Organization.id)))),
        "memberships": list(await session.exec(select(Membership.popolo).order_by(col(Membership.id)))),
    }


async def roster_version(session: AsyncSession) -> int:
    """Give a number that is another one after each change of the roster."""
    return (await session.exec(select(RosterVersion.number))).first() or 0


async def count_change(session: AsyncSession) -> None:
    """Tell those who hold a copy of the roster that it was changed, from the commit on."""
    row = RosterVersion(id=1, number=1)
    await add_or_update(session, row, key=("id",), changes={"number": col(RosterVersion.number) + 1})


async def count_people(session: AsyncSession) -> int:
    """Say how many people the roster holds."""
    return (await session.exec(select(func.count()).select_from(Person))).one()


async def person(session: AsyncSession, *, person_id: str) -> PersonRecord | None:
    """Give a person with the number of statements; None if nobody has that id."""
    found = await session.get(Person, person_id)
    if found is None:
        return None
    return PersonRecord(found.id, found.name, await count_by_person(session, person_id=person_id))


async def _keep(session: AsyncSession, model: type[Row], rows: list[Row]) -> Changes:
    known = {row.id: row for row in await session.exec(select(model))}
    added = changed = 0
    for row in {row.id: row for row in rows}.values():
        found = known.get(row.id)
        if found is None:
            session.add(row)
            added += 1
        elif found.model_dump() != row.model_dump():
            found.sqlmodel_update(row.model_dump())
            session.add(found)
            changed += 1
    await session.flush()
    return Changes(added, changed)


async def _refuse_strangers(session: AsyncSession, memberships: list[Membership]) -> None:
    persons = set(await session.exec(select(Person.id)))
    organizations = set(await session.exec(select(Organization.id)))
    for row in memberships:
        if row.person_id not in persons:
            raise InvalidRoster(f"membership {row.id}: no person has the id {row.person_id!r}")
        for organization_id in (row.organization_id, row.on_behalf_of_id):
            if organization_id is not None and organization_id not in organizations:
                raise InvalidRoster(f"membership {row.id}: no organization has the id {organization_id!r}")


def _rows(popolo: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = popolo.get(key) if isinstance(popolo, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise InvalidRoster(f"a roster needs a list of objects under {key!r}")
    return rows


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InvalidRoster(f"an entry of the roster ({row.get('id', 'without id')}) lacks {key!r}")
    return value


def _optional(row: Mapping[str, Any], key: str) -> str | None:
    value = row.get(key)
    return value if isinstance(value, str) and value.strip() else None


def _person(row: Mapping[str, Any]) -> Person:
    name = _text(row, "name")
    return Person(
        id=_text(row, "id"),
        name=name,
        family_name=_optional(row, "family_name") or name.split()[-1],
        gender=_optional(row, "gender"),
        popolo=dict(row),
    )


def _organization(row: Mapping[str, Any]) -> Organization:
    return Organization(
        id=_text(row, "id"),
        name=_text(row, "name"),
        classification=_optional(row, "classification") or "",
        popolo=dict(row),
    )


def _membership(row: Mapping[str, Any]) -> Membership:
    person_id, organization_id, role = (_text(row, key) for key in ("person_id", "organization_id", "role"))
    made_id = f"{person_id}--{organization_id}--{role.casefold()}--{row.get('start_date') or 'x'}"
    identity = _optional(row, "id") or made_id
    return Membership(
        id=identity,
        person_id=person_id,
        organization_id=organization_id,
        role=role,
        label=_optional(row, "label") or role.capitalize(),
        portfolio=_optional(row, "portfolio"),
        on_behalf_of_id=_optional(row, "on_behalf_of_id"),
        start_date=_day(row.get("start_date"), identity, last=False),
        end_date=_day(row.get("end_date"), identity, last=True),
        popolo={**row, "id": identity},
    )


def _day(value: object, identity: str, *, last: bool) -> date | None:
    """Read a day; a year or a month alone stands for its first or its last day."""
    if value is None or value == "":
        return None
    try:
        year, month, day = [*(int(part) for part in str(value)[:10].split("-")), 0, 0][:3]
        month = month or (12 if last else 1)
        return date(year, month, day or (calendar.monthrange(year, month)[1] if last else 1))
    except ValueError as error:
        raise InvalidRoster(f"membership {identity}: {value!r} is not a date (YYYY, YYYY-MM or YYYY-MM-DD)") from error
