"""/correction: a reader reports a wrong speaker, day or wording, and an administrator settles it with a button."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.messages import Message, Reader, correcting
from bot.messages.callbacks import Callback
from bot.messages.citing import no_such_statement, which_number
from bot.messages.talk import out_of_date
from bot.quotes.folding import fold
from bot.quotes.roster import Person
from handlers.commands import command_named
from handlers.landmarks import landmarks_of
from handlers.people import ask_who, example_name, read_whole_name
from handlers.periods import read_day
from handlers.services import Answer, Request, Services
from handlers.statements import numbers_meant, quotes_of
from storage import amendments, chats, objections
from storage.objections import NewObjection
from storage.operator_notices import queue_notice
from storage.records import QuoteRecord
from storage.tables import Objection

ACTIONS = frozenset({"accept", "decline", "put_back"})
"""Actions of buttons with which administrators settle an objection, or take that back."""

_NUMBERED = re.compile(r"(?:#(?P<marked>\d{1,18})|(?P<bare>\d{1,18})(?=\s+[^\W\d]|$))\s*(?P<rest>.*)", re.DOTALL)
_FIELD = re.compile(
    r"(?:(?P<speaker>naam|spreker|name|speaker)|(?P<date>datum|dag|date|day)"
    r"|(?P<wording>formulering|tekst|woorden|wording|text|words))\b\s*:?\s*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_MARKS = "“”„\"'‘’«» "
_LONGEST_WORDING = 3000


@dataclass(frozen=True, slots=True)
class _Reported:
    """What was read in an objection: the field, the value as it is kept, and both sides as they are shown."""

    field: str
    value: dict[str, Any]
    before: str
    after: str


async def report(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/correction [#NUMBER] name NAME | date DAY | wording “WORDS”``, also as a reply."""
    numbered = _NUMBERED.fullmatch(arguments)
    typed = (numbered["marked"] or numbered["bare"]) if numbered else ""
    rest = numbered["rest"] if numbered else arguments
    numbers = [int(typed)] if typed else await numbers_meant(services, request)
    if not numbers:
        return which_number(reader, command_named("correction").name_in(reader.language))
    found = await quotes_of(services, request, numbers)
    if not found:
        return no_such_statement(reader, numbers)
    if len(found) > 1:
        return correcting.which_to_object_to(reader, found)
    return await _objected(services, reader, request, found[0], rest)


async def blame(services: Services, reader: Reader, request: Request, callback: Callback, person: Person) -> Message:
    """Report that a statement is somebody else's, whom a button named."""
    number = int(callback.words) if callback.words.isdecimal() else 0
    found = await quotes_of(services, request, [number])
    if not found:
        return no_such_statement(reader, [number])
    return await _kept(services, reader, request, found[0], _speaker(found[0], person), person.name)


async def pressed(services: Services, reader: Reader, request: Request, callback: Callback) -> Answer:
    """Settle an objection as a button says; only administrators of the installation may."""
    if not services.is_administrator(request) or not callback.words.isdecimal():
        return Answer(notice=out_of_date(reader))
    number, is_accepted, moment = int(callback.words), callback.action == "accept", datetime.now(UTC)
    if callback.action == "put_back":
        return await _put_back(services, reader, request, number, moment)
    async with services.database.writing() as session:
        changed = await objections.decide(
            session, objection_id=number, accepted=is_accepted, user_id=request.user_id, moment=moment
        )
        objection = await objections.objection(session, objection_id=number)
        if objection is None:
            return Answer(notice=out_of_date(reader))
        if changed and not is_accepted:
            # Of what is taken over, whoever carries it out tells.
            _tell_reporter(session, objection, moment)
        state, statement_id = objection.state, objection.statement_id
    return Answer((correcting.settled(reader, statement_id, number, is_accepted=state == "accepted"),))


async def _put_back(services: Services, reader: Reader, request: Request, number: int, moment: datetime) -> Answer:
    """Undo that an objection was taken over; who reported it is told so."""
    async with services.database.writing() as session:
        holds = await amendments.take_back(session, objection_id=number, user_id=request.user_id, moment=moment)
        objection = await objections.objection(session, objection_id=number)
        if holds is None or objection is None:
            return Answer(notice=correcting.cannot_be_put_back(reader))
        _tell_reporter(session, objection, moment, is_undone=holds != number)
        statement_id = objection.statement_id
    if holds == number:
        return Answer((correcting.settled(reader, statement_id, number, is_accepted=False),))
    return Answer((correcting.put_back(reader, statement_id, holds),))


def _tell_reporter(session: AsyncSession, objection: Objection, moment: datetime, *, is_undone: bool = False) -> None:
    """Make due that who reported something is told that it does not hold, unless that chat erased itself."""
    if objection.chat_id is None:
        return
    detail = {
        "is_accepted": False,
        "is_undone": is_undone,
        "number": objection.statement_id,
        "reply_to": objection.message_id or None,
    }
    queue_notice(
        session,
        chat_ids=[objection.chat_id],
        what="objection_decided",
        detail=detail,
        moment=moment,
        topic_id=objection.topic_id,
    )


async def _objected(services: Services, reader: Reader, request: Request, quote: QuoteRecord, typed: str) -> Message:
    """Read what is wrong; where it is not said, it is what the rest looks like: a day, words in marks, or a name."""
    asked = _FIELD.fullmatch(typed)
    rest = asked["rest"].strip() if asked else typed
    field = next((name for name in ("speaker", "date", "wording") if asked and asked[name]), None)
    if not rest:
        return correcting.how_to_object(reader, quote, example_name(services.roster))
    if field in (None, "date"):
        day = read_day(rest, reader.local_day(datetime.now(UTC)), landmarks_of(services.roster))
        if day is not None:
            value = {"said_on": day.isoformat()}
            return await _kept(
                services,
                reader,
                request,
                quote,
                _Reported("date", value, quote.said_on.isoformat(), day.isoformat()),
                typed,
            )
    if field == "wording" or (field is None and rest[0] in _MARKS and len(rest) <= _LONGEST_WORDING):
        content = rest.strip(_MARKS)
        reported = _Reported("wording", {"content": content}, quote.content, content)
        return await _kept(services, reader, request, quote, reported, typed)
    if field in (None, "speaker"):
        named = read_whole_name(rest, services.roster)
        if named.person is not None:
            return await _kept(services, reader, request, quote, _speaker(quote, named.person), typed)
        if field == "speaker" or named.candidates:
            return ask_who(reader, named, Callback("blame", words=str(quote.id)))
    return correcting.how_to_object(reader, quote, example_name(services.roster))


def _speaker(quote: QuoteRecord, person: Person) -> _Reported:
    return _Reported("speaker", {"person_id": person.id}, quote.person_name, person.name)


async def _kept(
    services: Services, reader: Reader, request: Request, quote: QuoteRecord, reported: _Reported, typed: str
) -> Message:
    """Keep an objection, and ask the administrators about it."""
    if fold(reported.before) == fold(reported.after) or not reported.after:
        return correcting.says_so_already(reader, quote)
    moment = datetime.now(UTC)
    async with services.database.writing() as session:
        await chats.ensure_chat(session, chat_id=request.chat_id, kind=request.chat_kind, title=request.chat_title)
        number, is_new = await objections.keep_objection(
            session,
            objection=NewObjection(
                statement_id=quote.id,
                field=reported.field,
                proposal=typed,
                value=reported.value,
                chat_id=request.chat_id,
                topic_id=request.topic_id,
                message_id=request.message_id,
                user_id=request.user_id,
            ),
        )
        if is_new:
            detail = {
                "objection_id": number,
                "number": quote.id,
                "speaker": quote.person_name,
                "content": quote.content,
                "said_on": quote.said_on.isoformat(),
                "field": reported.field,
                "before": reported.before,
                "after": reported.after,
                "by": request.user_name,
                "where": request.chat_title if request.is_group else "",
            }
            queue_notice(session, chat_ids=sorted(services.reviewers), what="objection", detail=detail, moment=moment)
    shown = correcting.shown_value(reader, reported.field, reported.after)
    return correcting.reported(reader, quote, reported.field, shown, is_new=is_new)
