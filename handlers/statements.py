"""What is asked of one statement, by its number, in answer to a message, or by a button: /cite and /context."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.messages import Message, Reader, talk
from bot.messages.callbacks import Action, Callback
from bot.messages.citing import choose_statement, citation_message, no_such_statement, which_number
from bot.messages.context import context_message
from bot.reversals import terms
from handlers.commands import command_named
from handlers.services import Answer, Request, Services
from storage import quotes as stored
from storage.alerting import statements_told
from storage.recall import history_of, recall
from storage.records import QuoteRecord

ACTIONS = frozenset({"cite", "context"})
"""Actions of buttons that are answered beside the message under which they hang."""

_TYPED = re.compile(r"#?(\d{1,18})")
_SHOWN = re.compile(r"(?<!\w)#(\d{1,18})\b")
_MOST_NUMBERS = 50
_MOST_LOOKED_AT = 30


async def cite(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/cite [#NUMBER]``."""
    return await _asked(services, reader, request, arguments, "cite")


async def context(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/context [#NUMBER]``."""
    return await _asked(services, reader, request, arguments, "context")


async def pressed(services: Services, reader: Reader, request: Request, callback: Callback) -> Answer:
    """Answer a button under a statement, or one that chooses it."""
    number = _TYPED.fullmatch(callback.words)
    found = await quotes_of(services, request, [int(number[1])]) if number else []
    if not found:
        return Answer(notice=talk.out_of_date(reader))
    return Answer(posts=(await _shown(services, reader, request, found[0], callback.action),))


async def numbers_meant(services: Services, request: Request) -> list[int]:
    """Give the numbers of the statements in the message that a command answers.

    Of an alert they are all that it carries, also where it leaves some out and shows the numbers of others: those that
    it shows come first. Of any other message they are the numbers that stand in it.
    """
    shown = _numbers(_SHOWN.findall(request.replied_text))
    if not request.replied_id:
        return shown
    async with services.database.reading() as session:
        told = await statements_told(session, chat_id=request.chat_id, message_id=request.replied_id)
    return sorted(told, key=lambda number: number not in shown) or shown


async def quotes_of(services: Services, request: Request, numbers: Sequence[int]) -> list[QuoteRecord]:
    """Give statements by their numbers, as the chat that asks sees them; those that there are not are left out."""
    async with services.database.reading() as session:
        return await stored.quote_records(session, statement_ids=numbers[:_MOST_NUMBERS], chat_id=request.chat_id)


async def _asked(services: Services, reader: Reader, request: Request, arguments: str, action: Action) -> Message:
    """Find the statement that a command means, or ask which one, and show what the command is for."""
    numbers = _numbers(_TYPED.findall(arguments)) or await numbers_meant(services, request)
    if not numbers:
        return which_number(reader, command_named(action).name_in(reader.language))
    found = await quotes_of(services, request, numbers)
    if not found:
        return no_such_statement(reader, numbers)
    if len(found) > 1:
        return choose_statement(reader, found, action)
    return await _shown(services, reader, request, found[0], action)


async def _shown(services: Services, reader: Reader, request: Request, quote: QuoteRecord, action: Action) -> Message:
    if action == "cite":
        return citation_message(reader, quote)
    near = await _on_the_matter(services, quote)
    async with services.database.reading() as session:
        found = await stored.quote_records(session, statement_ids=near, chat_id=request.chat_id)
        since = await stored.archive_since(session)
    return context_message(reader, quote, [one for one in found if one.said_on < quote.said_on], since)


async def _on_the_matter(services: Services, quote: QuoteRecord) -> list[int]:
    """Give the speaker's other statements on what a statement is about, the likest first.

    They share at least two of its stems: with one alone in common ("jaar", "land") two sentences are about different
    things more often than not.
    """
    wanted = terms(quote.content, quote.cue)
    history = await services.database.look(lambda connection: history_of(connection, person_id=quote.person_id))
    recalled = await services.database.look(
        lambda connection: recall(
            connection, person_id=quote.person_id, terms=dict.fromkeys(wanted, 1.0), history=history
        )
    )
    shared = min(2, len(wanted))
    near = [row.id for row in recalled if len(set(wanted).intersection(row.terms.split())) >= shared]
    return [number for number in near if number != quote.id][:_MOST_LOOKED_AT]


def _numbers(written: Sequence[str]) -> list[int]:
    return [int(number) for number in dict.fromkeys(written)]
