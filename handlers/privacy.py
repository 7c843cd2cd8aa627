"""/privacy and /forget: what is kept of a chat, and its end."""

from __future__ import annotations

from bot.messages import Message, Reader
from bot.messages import privacy as shown
from bot.messages.callbacks import Callback
from handlers.services import Request, Services
from storage.erasure import erase_chat, kept_of_chat


async def privacy(services: Services, reader: Reader, request: Request) -> Message:
    """Answer ``/privacy``."""
    async with services.database.reading() as session:
        kept = await kept_of_chat(session, chat_id=request.chat_id)
    return shown.privacy(reader, request.chat_id, kept)


def forget(reader: Reader) -> Message:
    """Answer ``/forget``: ask before anything is erased."""
    return shown.ask_to_forget(reader)


async def pressed(services: Services, reader: Reader, request: Request, callback: Callback) -> Message:
    """Erase the chat, or leave it, as a button says."""
    if callback.words != shown.ERASE:
        return shown.not_forgotten(reader)
    async with services.database.writing() as session:
        was_kept = await erase_chat(session, chat_id=request.chat_id, spared=services.reviewers)
    return shown.forgotten(reader, was_kept=was_kept)
