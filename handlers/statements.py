"""What is asked of one statement, by its number, in answer to a message, or by a button: /cite."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.messages import Message, Reader, talk
from bot.messages.callbacks import Action, Callback
from bot.messages.citing import choose_statement, citation_message, no_such_statement, which_number
from handlers.commands import command_named
from handlers.services import Answer, Request, Services
from storage import quotes as stored
from storage.records import QuoteRecord

ACTIONS = frozenset({"cite"})
"""Actions of buttons that are answered beside the message under which they hang."""

_TYPED = re.compile(r"#?(\d{1,18})")
_SHOWN = re.compile(r"(?<!\w)#(\d{1,18})\b")
_MOST_NUMBERS = 50


async def cite(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/cite [#NUMBER]``."""
    return await _asked(services, reader, request, arguments, "cite")


async def pressed(services: Services, reader: Reader, request: Request, callback: Callback) -> Answer:
    """Answer a button under a statement, or one that chooses it."""
    number = _TYPED.fullmatch(callback.words)
    found = await _quotes(services, request, [int(number[1])]) if number else []
    if not found:
        return Answer(notice=talk.out_of_date(reader))
    return Answer(posts=(citation_message(reader, found[0]),))


async def _asked(services: Services, reader: Reader, request: Request, arguments: str, action: Action) -> Message:
    """Find the statement that a command means, or ask which one, and show what the command is for."""
    numbers = [
        int(number) for number in dict.fromkeys(_TYPED.findall(arguments) or _SHOWN.findall(request.replied_text))
    ]
    if not numbers:
        return which_number(reader, command_named(action).name_in(reader.language))
    found = await _quotes(services, request, numbers[:_MOST_NUMBERS])
    if not found:
        return no_such_statement(reader, numbers)
    if len(found) > 1:
        return choose_statement(reader, found, action)
    return citation_message(reader, found[0])


async def _quotes(services: Services, request: Request, numbers: Sequence[int]) -> list[QuoteRecord]:
    async with services.database.reading() as session:
        return await stored.quote_records(session, statement_ids=numbers, chat_id=request.chat_id)
