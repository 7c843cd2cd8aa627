"""/office: administrators of the installation change the cabinet from a chat, and followers choose whom they follow."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.messages import Message, Reader
from bot.messages.appointing import (
    Appointment,
    Ending,
    carried_out,
    how_to_appoint,
    nothing_changes,
    only_for_administrators,
    preview,
    succession_chosen,
    taken_back,
    who_is_meant,
)
from bot.messages.callbacks import Callback
from bot.messages.markup import html
from bot.messages.talk import out_of_date
from bot.quotes.roster import Person, Roster
from handlers.appointing import Plan, Wish, candidates, is_full_name, plan, read_wish
from handlers.people import person_by_token
from handlers.services import Answer, Request, Services
from storage import offices, subscriptions
from storage.operator_notices import queue_notice
from storage.people import export_roster
from storage.subscriptions import Subject
from storage.tables import OfficeChange

ACTIONS = frozenset({"appoint", "unappoint"})
"""Actions of buttons with which administrators change the cabinet."""

_WORDS = re.compile(r"(\d{1,18})(?:\.(\w+))?")


async def office(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/office NAME, minister van PORTFOLIO, vanaf DAY``."""
    if not services.is_administrator(request):
        return Message(html(only_for_administrators(reader)))
    wish = read_wish(arguments, reader.local_day(datetime.now(UTC)))
    if wish is None or wish.day is None:
        return how_to_appoint(reader)
    person, others = candidates(wish, services.roster)
    if person is not None or (not others and is_full_name(wish.name) and wish.role is not None):
        return await _proposed(services, reader, request, arguments, wish, person)
    async with services.database.writing() as session:
        number = await offices.propose(
            session, user_id=request.user_id, typed=arguments, person_id="", added={}, ended=[], before=[]
        )
    can_be_new = is_full_name(wish.name) and wish.role is not None
    return who_is_meant(reader, number, wish.name, others, can_be_new=can_be_new)


async def pressed(services: Services, reader: Reader, request: Request, callback: Callback) -> Answer:
    """Carry out, cancel or take back a change, or say who is meant by it; only administrators may."""
    if not services.is_administrator(request):
        return Answer(notice=only_for_administrators(reader))
    match = _WORDS.fullmatch(callback.words)
    if match is None:
        return Answer(notice=out_of_date(reader))
    number, choice = int(match[1]), match[2]
    if callback.action == "unappoint":
        message = await _taken_back(services, reader, number)
    elif choice == "yes":
        message = await _carried_out(services, reader, number)
    else:
        message = await _named(services, reader, request, number, callback.person)
    return Answer((message,)) if message else Answer(notice=out_of_date(reader))


async def succeed(services: Services, reader: Reader, request: Request, callback: Callback) -> Answer:
    """Let a chat follow, after a change of office, the person, the successor, or both."""
    match = _WORDS.fullmatch(callback.words)
    person = person_by_token(services.roster, callback.person)
    if match is None or person is None or match[2] not in ("p", "s", "b"):
        return Answer(notice=out_of_date(reader))
    where = {"chat_id": request.chat_id, "topic_id": request.topic_id}
    async with services.database.writing() as session:
        change = await offices.office_change(session, change_id=int(match[1]))
        if change is None or change.state != "confirmed":
            return Answer(notice=out_of_date(reader))
        successor = services.roster.person(change.person_id)
        known = [row for row in await subscriptions.subscriptions(session, **where) if row.subject.kind == "person"]
        followed = {row.subject.target: row for row in known}
        model = followed.get(person.id) or followed.get(change.person_id)
        if successor is None or model is None:
            return Answer(notice=out_of_date(reader))
        wanted = {"p": [person], "s": [successor], "b": [person, successor]}[match[2]]
        for one in (person, successor):
            subject = Subject("person", one.id)
            if one in wanted:
                await subscriptions.follow(
                    session,
                    **where,
                    subject=subject,
                    user_id=request.user_id,
                    level=model.level,
                    passes_quiet=model.passes_quiet,
                )
            else:
                await subscriptions.unfollow(session, **where, subject=subject)
    return Answer(posts=(Message(succession_chosen(reader, [one.name for one in wanted])),))


async def _proposed(
    services: Services, reader: Reader, request: Request, typed: str, wish: Wish, person: Person | None
) -> Message:
    planned = plan(wish, person, services.roster)
    if planned is None:
        return nothing_changes(reader)
    async with services.database.writing() as session:
        number = await offices.propose(
            session,
            user_id=request.user_id,
            typed=typed,
            person_id=planned.person_id,
            added=planned.added,
            ended=planned.ended,
            before=planned.before,
        )
    return preview(reader, _shown(services.roster, number, planned))


async def _named(services: Services, reader: Reader, request: Request, number: int, token: str) -> Message | None:
    """Propose a change anew, now that it is known who is meant by it."""
    async with services.database.reading() as session:
        change = await offices.office_change(session, change_id=number)
    person = person_by_token(services.roster, token) if token else None
    if change is None or change.state != "proposed" or (token and person is None):
        return None
    wish = read_wish(change.typed, reader.local_day(change.created_at))
    if wish is None or wish.day is None:
        return None
    return await _proposed(services, reader, request, change.typed, wish, person)


async def _carried_out(services: Services, reader: Reader, number: int) -> Message | None:
    """Change the roster, say under which office was spoken since, and ask the followers."""
    async with services.database.writing() as session:
        change = await offices.confirm(session, change_id=number, moment=datetime.now(UTC))
        if change is None:
            return None
        appointment = _kept(services.roster, change)
        followers = await _ask_followers(session, services.roster, change, appointment)
        roster = await _renewed(session, change, appointment.day)
    services.roster = roster
    return carried_out(reader, appointment, followers)


async def _taken_back(services: Services, reader: Reader, number: int) -> Message | None:
    async with services.database.writing() as session:
        change = await offices.office_change(session, change_id=number)
        if change is None or change.state == "undone":
            return None
        name = _kept(services.roster, change).name
        if change.state == "proposed":
            return taken_back(reader, name, was_carried_out=False)
        day = _kept(services.roster, change).day
        await offices.take_back(session, change_id=number, moment=datetime.now(UTC))
        added = {entry["id"] for entry in change.added.get("memberships", [])}
        await _renewed(session, change, day, without=added)
        await offices.remove_added(session, change=change)
        services.roster = Roster.from_popolo(await export_roster(session))
    return taken_back(reader, name, was_carried_out=True)


async def _renewed(
    session: AsyncSession, change: OfficeChange, day: date, *, without: set[str] | frozenset[str] = frozenset()
) -> Roster:
    """Say under which office those concerned spoke since a day; give the roster by which that is so."""
    popolo = await export_roster(session)
    popolo["memberships"] = [row for row in popolo["memberships"] if row["id"] not in without]
    roster = Roster.from_popolo(popolo)
    concerned = {change.person_id, *(row["person_id"] for row in change.ended)}
    said = await offices.days_of_statements(session, person_ids=concerned, since=day)
    held = {}
    for person_id, said_on in said:
        capacity = roster.capacity(person_id, said_on)
        held[person_id, said_on] = capacity.id if capacity else None
    await offices.set_offices(session, offices=held)
    return roster


async def _ask_followers(session: AsyncSession, roster: Roster, change: OfficeChange, shown: Appointment) -> int:
    """Ask those who follow a predecessor by name whom they follow now; who follows the office has the successor."""
    predecessors = {row["person_id"] for row in change.ended} - {change.person_id}
    if not shown.label or not predecessors:
        return 0
    followers = await offices.followers_of(session, person_ids=predecessors)
    for follower in followers:
        person = roster.person(follower.person_id)
        detail = {
            "change_id": change.id,
            "person_id": follower.person_id,
            "name": person.name if person else follower.person_id,
            "label": shown.label,
            "successor": shown.name,
            "day": shown.day.isoformat(),
        }
        queue_notice(
            session,
            chat_ids=[follower.chat_id],
            what="succession",
            detail=detail,
            moment=datetime.now(UTC),
            topic_id=follower.topic_id,
        )
    return len(followers)


def _shown(roster: Roster, number: int, planned: Plan) -> Appointment:
    added = planned.added["memberships"]
    return Appointment(
        change_id=number,
        name=planned.name,
        is_new=bool(planned.added["persons"]),
        label=planned.label,
        party=_party(roster, added[0].get("on_behalf_of_id") if added else None),
        day=planned.day,
        ends=[Ending(_name(roster, row["person_id"]), row["label"]) for row in planned.ended],
    )


def _kept(roster: Roster, change: OfficeChange) -> Appointment:
    """Give a change that was kept as it is shown."""
    [new] = change.added.get("persons", []) or [None]
    [membership] = change.added.get("memberships", []) or [None]
    last = date.fromisoformat(change.ended[0]["end_date"]) if change.ended else None
    first = date.fromisoformat(membership["start_date"]) if membership else None
    day = first or (date.fromordinal(last.toordinal() + 1) if last else date.min)
    return Appointment(
        change_id=change.id,
        name=new["name"] if new else _name(roster, change.person_id),
        is_new=new is not None,
        label=membership["label"] if membership else "",
        party=_party(roster, membership.get("on_behalf_of_id") if membership else None),
        day=day,
        ends=[Ending(_name(roster, row["person_id"]), row["label"]) for row in change.ended],
    )


def _name(roster: Roster, person_id: str) -> str:
    person = roster.person(person_id)
    return person.name if person else person_id


def _party(roster: Roster, party_id: str | None) -> str:
    party = roster.organization(party_id or "")
    return party.short_name if party else ""
