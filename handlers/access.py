"""Who may use a closed installation: strangers are asked about, and administrators decide by a button."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from bot.messages import Message, Reader, admission
from bot.messages.callbacks import Callback, decode
from bot.messages.markup import html
from bot.messages.talk import out_of_date
from handlers.commands import parse_line
from handlers.services import Answer, Request, Services
from storage import access, chats
from storage.operator_notices import queue_notice

ACTIONS = frozenset({"admit", "refuse"})
"""Actions of buttons with which administrators decide about a chat."""

_FREE = frozenset({"privacy", "forget"})
"""Commands and buttons that every chat may use: what is kept of it is its own."""

_CHAT = re.compile(r"-?\d{1,18}")


async def barred(services: Services, request: Request) -> Answer | None:
    """Answer a chat that may not use the installation; None where it may.

    A chat that nobody was asked about yet is asked about, once.

    Args:
        services: Where it is kept who may.
        request: What was asked.
    """
    if request.chat_kind == "console" or not services.allowed or _is_free(request):
        return None
    async with services.database.reading() as session:
        if await access.may_use(session, chat_id=request.chat_id, allowed=services.allowed):
            return None
        state = await access.state_of(session, chat_id=request.chat_id)
        known = await chats.chat(session, chat_id=request.chat_id)
    if request.user_id in services.reviewers:
        await _admit(services, request)
        return None
    reader = Reader(known.language, known.timezone, request.is_group) if known else Reader(is_group=request.is_group)
    if state is None and services.reviewers and request.data is None:
        await ask(services, request)
        return Answer((admission.has_been_asked(reader),))
    said = admission.is_waited_for(reader) if state == "asked" else admission.is_closed(reader)
    return Answer(notice=said) if request.data is not None else Answer((Message(html(said)),))


async def ask(services: Services, request: Request) -> None:
    """Ask the administrators about the chat of a request, and remember that they were asked."""
    moment = datetime.now(UTC)
    async with services.database.writing() as session:
        await chats.ensure_chat(session, chat_id=request.chat_id, kind=request.chat_kind, title=request.chat_title)
        await access.ask(
            session,
            chat_id=request.chat_id,
            topic_id=request.topic_id,
            user_id=request.user_id,
            moment=moment,
        )
        detail = {
            "chat_id": request.chat_id,
            "title": request.chat_title,
            "is_group": request.is_group,
            "asked_by": request.user_name,
        }
        queue_notice(session, chat_ids=sorted(services.reviewers), what="admission", detail=detail, moment=moment)


async def pressed(services: Services, reader: Reader, request: Request, callback: Callback) -> Answer:
    """Decide about a chat as a button says; only administrators of the installation may."""
    if not services.is_administrator(request) or not _CHAT.fullmatch(callback.words):
        return Answer(notice=out_of_date(reader))
    chat_id, is_admitted, moment = int(callback.words), callback.action == "admit", datetime.now(UTC)
    async with services.database.writing() as session:
        chat_id = await access.present_id(session, chat_id=chat_id)
        changed = await access.decide(
            session, chat_id=chat_id, admitted=is_admitted, user_id=request.user_id, moment=moment
        )
        decided = changed or await access.admission(session, chat_id=chat_id)
        if decided is None:
            return Answer(notice=out_of_date(reader))
        if changed:
            queue_notice(
                session,
                chat_ids=[chat_id],
                what="admission_decided",
                detail={"is_admitted": is_admitted},
                moment=moment,
                topic_id=decided.topic_id,
            )
    return Answer((admission.decided(reader, chat_id, decided.title, is_admitted=decided.state == "admitted"),))


async def _admit(services: Services, request: Request) -> None:
    async with services.database.writing() as session:
        await chats.ensure_chat(session, chat_id=request.chat_id, kind=request.chat_kind, title=request.chat_title)
        await access.admit(session, chat_id=request.chat_id, user_id=request.user_id, moment=datetime.now(UTC))


def _is_free(request: Request) -> bool:
    if request.data is not None:
        callback = decode(request.data)
        return callback is not None and callback.action in _FREE
    line = parse_line(request.text or "")
    return line is not None and line.command is not None and line.command.name in _FREE
