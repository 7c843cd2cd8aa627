"""What a chat follows: /follow, /unfollow and /following, and their buttons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

from bot.messages import Message, Reader, talk
from bot.messages.callbacks import Callback, encode, token_of
from bot.messages.markup import shortened
from bot.messages.subscriptions import (
    PAGE_LENGTH,
    Followed,
    choose_subject,
    followed,
    nothing_to_follow,
    subscription,
    unfollowed,
)
from bot.messages.subscriptions import following as list_of
from bot.quotes.folding import fold
from bot.quotes.roster import Person, Roster
from handlers.commands import command_named
from handlers.people import example_name
from handlers.services import Answer, Request, Services
from handlers.statements import numbers_meant, quotes_of
from handlers.subjects import Reading, follow_code, read_code, read_subject, subject_label, usual_level
from storage import chats
from storage import subscriptions as stored
from storage.subscriptions import Subject, SubscriptionRecord

ACTIONS = frozenset({"follow", "unfollow", "subscription"})
"""Actions of buttons that change what is followed, or show it with the buttons that do."""

_NUMBERED = re.compile(r"(\d{1,18})\.([antqxld])")
_EVERYTHING = frozenset({"alles", "allemaal", "iedereen", "all", "everything", "everyone"})
_LEVELS = {"a": "all", "n": "news", "t": "turns"}


async def follow(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/follow WHAT``."""
    return await _asked(services, reader, request, arguments, "follow")


async def unfollow(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/unfollow WHAT``; without anything, and for everything, what is followed is listed with its buttons."""
    if fold(arguments) in _EVERYTHING or (not arguments and not request.replied_id):
        return await following(services, reader, request)
    return await _asked(services, reader, request, arguments, "unfollow")


async def following(services: Services, reader: Reader, request: Request, offset: int = 0) -> Message:
    """Answer ``/following``, page by page."""
    async with services.database.reading() as session:
        topic_id = await stored.alert_topic(session, chat_id=request.chat_id, topic_id=request.topic_id)
        rows = await stored.subscriptions(session, chat_id=request.chat_id, topic_id=topic_id)
    shown = _sorted(reader, services.roster, rows)
    offset = min(offset, max(len(shown) - 1, 0) // PAGE_LENGTH * PAGE_LENGTH)
    page = shown[offset : offset + PAGE_LENGTH]
    return list_of(reader, page, offset=offset, total=len(shown), example=example_name(services.roster))


async def start_following(services: Services, reader: Reader, request: Request, person: Person) -> Message:
    """Let the chat follow a person, and say so."""
    subject = Subject("person", person.id)
    return await _follow(services, reader, request, subject, usual_level(subject))


async def pressed(services: Services, reader: Reader, request: Request, callback: Callback) -> Answer:
    """Answer a button that changes what is followed, or shows it."""
    if callback.action == "subscription":
        message = await _pressed_on_one(services, reader, request, callback)
    else:
        message = await _pressed_on_subject(services, reader, request, callback)
    return Answer((message,)) if message else Answer(notice=talk.out_of_date(reader))


async def _asked(services: Services, reader: Reader, request: Request, arguments: str, action: str) -> Message:
    roster, today = services.roster, _today(reader)
    example, command = example_name(roster), command_named(action).name_in(reader.language)
    read = read_subject(arguments, roster, today) if arguments else await _answered(services, request)
    if read.subject is None:
        meant = read.choices if action == "follow" else await _followed_of(services, request, read.choices)
        if meant:
            choices = [(subject_label(reader, subject, roster, today), _callback(action, subject)) for subject in meant]
            return choose_subject(reader, arguments, choices)
        if read.choices and arguments:
            return unfollowed(reader, f"“{shortened(arguments, 60)}”", None, was_followed=False)
        return nothing_to_follow(reader, arguments, command, example)
    if action == "unfollow":
        return await _unfollow(services, reader, request, read.subject)
    return await _follow(services, reader, request, read.subject, usual_level(read.subject))


async def _answered(services: Services, request: Request) -> Reading:
    """Read a command without words as meaning those whose statements stand in the message that it answers."""
    quotes = await quotes_of(services, request, await numbers_meant(services, request))
    people = tuple(dict.fromkeys(Subject("person", quote.person_id) for quote in quotes))
    return Reading(people[0]) if len(people) == 1 else Reading(None, people)


async def _followed_of(services: Services, request: Request, subjects: Sequence[Subject]) -> list[Subject]:
    """Give those of some subjects that are followed where a command was written."""
    async with services.database.reading() as session:
        topic_id = await stored.alert_topic(session, chat_id=request.chat_id, topic_id=request.topic_id)
        rows = await stored.subscriptions(session, chat_id=request.chat_id, topic_id=topic_id)
    known = {row.subject for row in rows}
    return [subject for subject in subjects if subject in known]


async def _pressed_on_subject(
    services: Services, reader: Reader, request: Request, callback: Callback
) -> Message | None:
    read = read_code(callback.words, callback.person, services.roster)
    if read is None:
        return None
    subject, level, passes_quiet = read
    if callback.action == "unfollow":
        return await _unfollow(services, reader, request, subject)
    return await _follow(services, reader, request, subject, level, passes_quiet=passes_quiet)


async def _pressed_on_one(services: Services, reader: Reader, request: Request, callback: Callback) -> Message | None:
    """Answer a button that carries the number of a subscription, which must be this chat's."""
    if callback.words == "list":
        return await following(services, reader, request, callback.offset)
    match = _NUMBERED.fullmatch(callback.words)
    if match is None:
        return None
    number, what = int(match[1]), match[2]
    async with services.database.writing() as session:
        before = await stored.subscription(session, chat_id=request.chat_id, subscription_id=number)
        if before is None:
            return None
        if what in _LEVELS:
            record = await stored.change(session, chat_id=request.chat_id, subscription_id=number, level=_LEVELS[what])
        elif what == "q":
            record = await stored.change(
                session, chat_id=request.chat_id, subscription_id=number, passes_quiet=not before.passes_quiet
            )
        elif what in "xd":
            await stored.unfollow(session, chat_id=request.chat_id, topic_id=before.topic_id, subject=before.subject)
            record = None
        else:
            record = before
    if what == "d":
        return await following(services, reader, request, callback.offset)
    if record is None:
        return unfollowed(reader, _label(reader, services.roster, before), _again(before), was_followed=True)
    changed_by = request.user_name if reader.is_group and record != before else ""
    return subscription(reader, _shown(reader, services.roster, record), changed_by=changed_by)


async def _follow(
    services: Services,
    reader: Reader,
    request: Request,
    subject: Subject,
    level: str,
    *,
    passes_quiet: bool = False,
) -> Message:
    async with services.database.writing() as session:
        await chats.ensure_chat(session, chat_id=request.chat_id, kind=request.chat_kind, title=request.chat_title)
        topic_id = await stored.alert_topic(session, chat_id=request.chat_id, topic_id=request.topic_id)
        record, is_new = await stored.follow(
            session,
            chat_id=request.chat_id,
            topic_id=topic_id,
            subject=subject,
            user_id=request.user_id,
            level=level,
            passes_quiet=passes_quiet,
        )
    return followed(reader, _shown(reader, services.roster, record), is_new=is_new)


async def _unfollow(services: Services, reader: Reader, request: Request, subject: Subject) -> Message:
    async with services.database.writing() as session:
        topic_id = await stored.alert_topic(session, chat_id=request.chat_id, topic_id=request.topic_id)
        record = await stored.unfollow(session, chat_id=request.chat_id, topic_id=topic_id, subject=subject)
    again = _again(record) if record else _callback("follow", subject)
    label = subject_label(reader, subject, services.roster, _today(reader))
    return unfollowed(reader, label, again, was_followed=record is not None)


def _sorted(reader: Reader, roster: Roster, rows: Sequence[SubscriptionRecord]) -> list[Followed]:
    """Give what is followed in alphabetical order, as a reader looks for it: surnames come before given names."""
    keyed = [(_key(roster, row.subject, shown.label), shown) for row in rows if (shown := _shown(reader, roster, row))]
    return [shown for _, shown in sorted(keyed, key=lambda item: (item[0], item[1].number))]


def _key(roster: Roster, subject: Subject, label: str) -> str:
    person = roster.person(subject.target) if subject.kind in ("person", "person_word") else None
    return (person.family_name if person else label).casefold()


def _shown(reader: Reader, roster: Roster, row: SubscriptionRecord) -> Followed:
    undo = _callback("unfollow", row.subject)
    return Followed(
        number=row.id,
        label=_label(reader, roster, row),
        level=row.level,
        passes_quiet=row.passes_quiet,
        undo=undo if encode(undo) else None,
    )


def _label(reader: Reader, roster: Roster, row: SubscriptionRecord) -> str:
    return subject_label(reader, row.subject, roster, _today(reader))


def _again(row: SubscriptionRecord) -> Callback:
    """Give what follows something again as it was."""
    code = follow_code(row.subject, row.level, passes_quiet=row.passes_quiet)
    return Callback("follow", _token(row.subject), words=code)


def _callback(action: str, subject: Subject) -> Callback:
    code = follow_code(subject, usual_level(subject))
    return Callback("unfollow" if action == "unfollow" else "follow", _token(subject), words=code)


def _token(subject: Subject) -> str:
    return token_of(subject.target) if subject.target else ""


def _today(reader: Reader) -> date:
    return reader.local_day(datetime.now(UTC))
