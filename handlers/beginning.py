"""The first steps: /start, links that lead here, and whom to follow first."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.messages import Message, Reader
from bot.messages.beginning import greeting, joined_group, whom_to_follow
from bot.messages.callbacks import Callback
from bot.messages.deeplinks import follow_payload, is_follow_payload
from handlers import cabinet, subscriptions
from handlers.people import example_name
from handlers.services import Request, Services
from handlers.subjects import follow_code, usual_level
from storage import chats
from storage.subscriptions import Subject


async def start(services: Services, reader: Reader, request: Request, payload: str) -> Message:
    """Answer ``/start``: greet, or do what the link that led here says, which it does in the reader's own chat only."""
    if is_follow_payload(payload) and not request.is_group:
        whom = next((who for who in services.roster.persons if follow_payload(who.id) == payload), None)
        if whom is not None:
            return await subscriptions.start_following(services, reader, request, whom)
    async with services.database.writing() as session:
        await chats.ensure_chat(session, chat_id=request.chat_id, kind=request.chat_kind, title=request.chat_title)
    return joined_group(reader) if request.is_group else greeting(reader, example_name(services.roster))


def choose(services: Services, reader: Reader) -> Message:
    """Offer those who are in office today, to follow one of them with a tap."""
    today = reader.local_day(datetime.now(UTC))
    everyone = Subject("cabinet")
    following = Callback("follow", words=follow_code(everyone, usual_level(everyone)))
    return whom_to_follow(reader, cabinet.in_office(services.roster, today), services.roster.persons, following)
