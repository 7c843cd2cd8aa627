"""Reviews of flagged pairs: the buttons under a flag, in an alert and in /reversals."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.messages import Message, Reader, alert, reversals_page, talk
from bot.messages.callbacks import Action, Callback
from bot.messages.reviewing import reason_at
from bot.quotes.roster import Person
from bot.reviewing import quiet_kinds
from handlers.services import Answer, Request, Services
from storage import chats
from storage import quotes as stored
from storage.alerting import sent_alert
from storage.corrections import queue_corrections
from storage.records import Page, ReversalRecord
from storage.reviews import keep_review, settle, take_back_review

_PAIR = re.compile(r"(\d{1,18})(?:\.(\d{1,2}))?")


async def review(
    services: Services, reader: Reader, request: Request, callback: Callback, person: Person | None
) -> Answer:
    """Answer a button under a flag: do what it says, and show the flag again in its new state.

    Args:
        services: Where everything is kept.
        reader: For whom.
        request: Who pressed, and under which message.
        callback: What the button says.
        person: Whose page of pairs it hung under; None for everyone's, and for an alert.
    """
    match = _PAIR.fullmatch(callback.words)
    if match is None:
        return Answer(notice=talk.out_of_date(reader))
    number, reason = int(match[1]), reason_at(int(match[2])) if match[2] else None
    if callback.action == "reject" and reason is None:
        return Answer(notice=talk.out_of_date(reader))
    if callback.action in ("confirm", "reject", "undo"):
        refusal = await _carry_out(services, reader, request, callback.action, number, reason)
        if refusal is not None:
            return Answer(notice=refusal)
    message = await _shown(services, reader, request, callback, person, number)
    return Answer((message,)) if message else Answer(notice=talk.out_of_date(reader))


async def _carry_out(
    services: Services, reader: Reader, request: Request, action: Action, number: int, reason: str | None
) -> str | None:
    """Keep or take back a verdict, with what follows from it; give why it cannot be done, None where it was."""
    async with services.database.writing() as session:
        before = await _pair(session, request, number)
        if before is None:
            return talk.out_of_date(reader)
        if action != "undo":
            await _keep(session, request, number, reason if action == "reject" else None)
        elif not await take_back_review(session, reversal_id=number, user_id=request.user_id):
            return talk.nothing_to_undo(reader)
        await _bring_up_to_date(session, services, request, before)
    return None


async def _keep(session: AsyncSession, request: Request, number: int, reason: str | None) -> None:
    """Keep a verdict: with a reason against the pair, without one for it."""
    await chats.ensure_chat(session, chat_id=request.chat_id, kind=request.chat_kind, title=request.chat_title)
    await keep_review(
        session,
        reversal_id=number,
        chat_id=request.chat_id,
        user_id=request.user_id,
        verdict="rejected" if reason else "confirmed",
        reason=reason,
        moment=datetime.now(UTC),
    )


async def _bring_up_to_date(
    session: AsyncSession, services: Services, request: Request, before: ReversalRecord
) -> None:
    """Let the word of one of the installation's reviewers hold everywhere, and anybody else's in this chat."""
    is_for_everyone = request.user_id in services.reviewers
    if is_for_everyone:
        await settle(session, reversal_id=before.id, reviewers=services.reviewers)
    after = await _pair(session, request, before.id)
    if after is not None and (is_for_everyone or (after.state, after.reason) != (before.state, before.reason)):
        chat_id = None if is_for_everyone else request.chat_id
        await queue_corrections(session, reversal_id=before.id, moment=datetime.now(UTC), chat_id=chat_id)


async def _shown(
    services: Services, reader: Reader, request: Request, callback: Callback, person: Person | None, number: int
) -> Message | None:
    """Show the message that the button hung under, as it is now: an alert, or else the pair on its page."""
    is_asking_why = callback.action == "ask_why"
    async with services.database.reading() as session:
        told = await sent_alert(session, chat_id=request.chat_id, message_id=request.message_id)
        if told is not None:
            message = alert(reader, told, is_asking_why=is_asking_why)
            return message if message.pair == number else None
        pair = await _pair(session, request, number)
        if pair is None:
            return None
        # A pair that was rejected is no longer on the list; here it stays in its place, so that it can be undone.
        person_id = person.id if person else None
        listed = await stored.reversals(session, person_id=person_id, limit=0, chat_id=request.chat_id)
        total = listed.total + (pair.state == "rejected")
        page = Page((pair,), total, min(callback.offset, max(total - 1, 0)))
        quiet = await quiet_kinds(session, reviewers=services.reviewers)
    return reversals_page(reader, page, person=person, quiet_kinds=quiet, is_asking_why=is_asking_why)


async def _pair(session: AsyncSession, request: Request, number: int) -> ReversalRecord | None:
    pairs = await stored.reversal_records(session, reversal_ids=[number], chat_id=request.chat_id)
    return pairs[0] if pairs else None
