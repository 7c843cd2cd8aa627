"""The digest: /digest, its hour by buttons, and one at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.messages import Message, Reader, talk
from bot.messages.callbacks import Callback
from bot.messages.digest import digest_messages, nothing_happened
from bot.messages.settings import digest_page
from bot.quotes.folding import fold
from handlers.services import Answer, Request, Services
from handlers.settings import chosen_by, digest_change
from storage import chats, digests
from storage.settings import settings
from storage.subscriptions import alert_topic

_CHOICE = re.compile(r"(off)|(daily)\.(\d{1,2})|(weekly)\.([0-6])\.(\d{1,2})")
_NOW = frozenset({"nu", "now"})
_DAY = timedelta(days=1)


async def digest(services: Services, reader: Reader, request: Request, arguments: str) -> tuple[Message, ...]:
    """Answer ``/digest [now]``."""
    if fold(arguments) in _NOW:
        return await overview(services, reader, request)
    async with services.database.reading() as session:
        chosen = await settings(session, chat_id=request.chat_id)
    return (digest_page(reader, chosen),)


async def pressed(services: Services, reader: Reader, request: Request, callback: Callback) -> Answer:
    """Answer a button that shows when the digest comes, or chooses it."""
    if not callback.words:
        async with services.database.reading() as session:
            chosen = await settings(session, chat_id=request.chat_id)
        return Answer((digest_page(reader, chosen),))
    choices = _choices(callback.words)
    if choices is None:
        return Answer(notice=talk.out_of_date(reader))
    async with services.database.writing() as session:
        await chats.ensure_chat(session, chat_id=request.chat_id, kind=request.chat_kind, title=request.chat_title)
        chosen = await chosen_by(session, request, choices)
    return Answer((digest_page(reader, chosen, change=digest_change(reader, chosen, request.user_name)),))


async def overview(services: Services, reader: Reader, request: Request) -> tuple[Message, ...]:
    """Show what happened since the last digest, or of a day where there was none for longer."""
    now = datetime.now(UTC)
    async with services.database.reading() as session:
        topic_id = await alert_topic(session, chat_id=request.chat_id, topic_id=request.topic_id)
        last = await digests.last_digest(session, chat_id=request.chat_id, topic_id=topic_id)
        since = max(last, now - _DAY) if last else now - _DAY
        record = await digests.digest_record(
            session, chat_id=request.chat_id, topic_id=topic_id, since=since, until=now
        )
    return (nothing_happened(reader, since),) if record.is_empty else tuple(digest_messages(reader, record))


def _choices(words: str) -> dict[str, Any] | None:
    match = _CHOICE.fullmatch(words)
    if match is None:
        return None
    if match[1]:
        return {"digest": "off"}
    hour = int(match[3] or match[6])
    if hour > 23:
        return None
    if match[2]:
        return {"digest": "daily", "digest_hour": hour}
    return {"digest": "weekly", "digest_day": int(match[5]), "digest_hour": hour}
