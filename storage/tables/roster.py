"""The roster, and how it was changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Integer, Text
from sqlmodel import Field, SQLModel

from storage.tables.base import RowId, now, one_of


class Person(SQLModel, table=True):
    """A person of the roster (Popolo); ``popolo`` holds the entry as imported."""

    id: str = Field(primary_key=True)
    name: str
    family_name: str
    gender: str | None = None
    popolo: dict[str, Any] = Field(sa_type=JSON)


class Organization(SQLModel, table=True):
    """A cabinet, party or ministry of the roster (Popolo)."""

    id: str = Field(primary_key=True)
    name: str
    classification: str
    popolo: dict[str, Any] = Field(sa_type=JSON)


class Membership(SQLModel, table=True):
    """An office that a person held in an organization; days inclusive, null where open or not found."""

    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    organization_id: str = Field(foreign_key="organization.id")
    role: str
    label: str
    portfolio: str | None = None
    on_behalf_of_id: str | None = Field(default=None, foreign_key="organization.id")
    start_date: date | None = None
    end_date: date | None = None
    popolo: dict[str, Any] = Field(sa_type=JSON)


class OfficeChange(SQLModel, table=True):
    """A change of the roster that was typed into a chat.

    ``added`` holds the entries that come with it and ``ended`` the memberships that end, both as Popolo; ``before``
    those memberships as they were, for whoever takes it back.
    """

    __tablename__ = "office_change"
    __table_args__ = (one_of("state", "proposed", "confirmed", "undone"),)

    id: int = Field(default=None, sa_column=Column(RowId, primary_key=True))
    user_id: int = Field(sa_type=BigInteger)
    typed: str = Field(sa_type=Text)
    person_id: str
    added: dict[str, Any] = Field(sa_type=JSON)
    ended: list[dict[str, Any]] = Field(sa_type=JSON)
    before: list[dict[str, Any]] = Field(sa_type=JSON)
    state: str = "proposed"
    created_at: datetime = Field(default_factory=now)
    decided_at: datetime | None = None


class RosterVersion(SQLModel, table=True):
    """How often the roster was changed: whoever holds a copy of it reads it anew when the number is another."""

    __tablename__ = "roster_version"

    id: int = Field(default=1, sa_column=Column(Integer, primary_key=True, autoincrement=False))
    number: int = 0
