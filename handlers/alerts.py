"""Buttons under an alert: all that it holds, in pages, and which of its statements is to be cited."""

from __future__ import annotations

from bot.messages import Reader, talk
from bot.messages.callbacks import Callback
from bot.messages.citing import choose_statement, citation_message
from bot.messages.reading import reading_page
from handlers.services import Answer, Request, Services
from storage.alerting import sent_alert

ACTIONS = frozenset({"more", "pick"})
"""Actions of buttons that are answered from what the message under which they hang carries."""


async def pressed(services: Services, reader: Reader, request: Request, callback: Callback) -> Answer:
    """Answer a button under an alert; everyone who reads along may press it.

    What an alert carries is kept with the message, so its buttons work however long ago it was sent.
    """
    async with services.database.reading() as session:
        told = await sent_alert(session, chat_id=request.chat_id, message_id=request.message_id)
    if told is None:
        return Answer(notice=talk.out_of_date(reader))
    if callback.action == "more":
        return Answer((reading_page(reader, told, callback.offset),))
    if len(told.quotes) == 1:
        return Answer(posts=(citation_message(reader, told.quotes[0]),))
    return Answer(posts=(choose_statement(reader, told.quotes, "cite"),))
