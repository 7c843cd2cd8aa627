"""How the bot does: /status, short for everyone and in full for those who run it."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.messages import Message, Reader
from bot.messages.status import status_message
from handlers.services import Request, Services
from storage.status import status as status_of


async def status(services: Services, reader: Reader, request: Request) -> Message:
    """Answer ``/status``; in a group, where all read along, it stays short."""
    async with services.database.reading() as session:
        record = await status_of(session, chat_id=request.chat_id)
    in_full = services.is_administrator(request) and not request.is_group
    return status_message(reader, record, in_full=in_full, now=datetime.now(UTC))
