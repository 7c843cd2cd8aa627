"""Inline mode: quotes that are looked up from any chat.

What is typed there shows what somebody is working on: it is written down nowhere, and no log line holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest
from telegram.ext import CallbackContext

from bot.messages import Reader
from bot.messages.inline import (
    PAGE_LENGTH,
    InlineResult,
    ask_for_access,
    inline_result,
    nothing_offered,
    taken_for,
)
from bot.messages.searching import Search
from bot.quotes.roster import Person
from handlers.searches import conditions, whose
from handlers.services import Services
from storage import chats
from storage import quotes as stored
from storage.access import may_use
from storage.records import QuoteRecord

log = structlog.get_logger(__name__)

CACHED_FOR = 30
"""Seconds for which Telegram may give the same person the same answer again."""

_START = "inline"
"""What the button above the results hands over in the reader's own chat."""

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

Context = CallbackContext[Any, Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Offered:
    """What is offered for an inline query.

    Attributes:
        results: The statements, newest first.
        next_offset: Where the next page begins; empty where there is none.
        notice: What stands above them, as a button that leads to the reader's own chat; None for nothing.
    """

    results: tuple[InlineResult, ...]
    next_offset: str = ""
    notice: str | None = None


class Inline:
    """Answers inline queries."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def asked(self, update: Update, _context: Context) -> None:
        """Somebody typed after the bot's name, in whichever chat."""
        query = update.inline_query
        if query is None:
            return
        if await self._is_closed_to(query.from_user.id):
            offered = Offered((), notice=ask_for_access(await _reader(self._services, query.from_user.id)))
        else:
            offered = await offer(self._services, query.from_user.id, query.query, query.offset)
        try:
            # Language, reviews and access are the person's own, and so is the answer.
            await query.answer(
                [_article(result) for result in offered.results],
                cache_time=CACHED_FOR,
                is_personal=True,
                next_offset=offered.next_offset,
                button=InlineQueryResultsButton(offered.notice, start_parameter=_START) if offered.notice else None,
            )
        except BadRequest as refused:
            # They typed on, and nobody waits for this any more.
            log.info("an inline query was not answered", reason=str(refused))

    async def _is_closed_to(self, user_id: int) -> bool:
        async with self._services.database.reading() as session:
            return not await may_use(session, chat_id=user_id, allowed=self._services.allowed)


async def offer(services: Services, user_id: int, typed: str, offset: str = "") -> Offered:
    """Find what is offered to somebody.

    Args:
        services: Where statements are kept.
        user_id: Who asks.
        typed: What was typed after the bot's name: a name, words and limits, as for ``/quotes``, or nothing.
        offset: Where the page begins, as ``next_offset`` gave it.

    Returns:
        A page of statements, with who was meant as the notice where that is open. A name that may be several people's
        gives one page of them all, the likeliest person's first, until more of it is typed.
    """
    reader = await _reader(services, user_id)
    wanted = _wanted(services, reader, " ".join(typed.split()))
    before = int(offset) if offset.isdecimal() and len(offset) <= 6 else 0
    async with services.database.reading() as session:
        pages = [
            await stored.quotes(
                session,
                **conditions(services, person, wanted.search),
                offset=before,
                limit=PAGE_LENGTH,
                most_counted=before + PAGE_LENGTH,
                chat_id=user_id,
            )
            for person in wanted.persons or (None,)
        ]
        since = await stored.archive_since(session)
    results = tuple(inline_result(reader, quote) for quote in _shared_out([page.items for page in pages]))
    has_more = len(pages) == 1 and (pages[0].has_more or before + len(results) < pages[0].total)
    notice = None
    if not before:
        open_name = taken_for(reader, wanted.unsure, wanted.persons) if wanted.unsure else None
        notice = open_name if results else nothing_offered(reader, since)
    return Offered(results, str(before + PAGE_LENGTH) if has_more else "", notice)


def _shared_out(found: Sequence[Sequence[QuoteRecord]]) -> list[QuoteRecord]:
    """Give a page of what was found of several people: as much of each as goes, one person after the other."""
    counts = [0] * len(found)
    for place in range(PAGE_LENGTH):
        for number, quotes in enumerate(found):
            if place < len(quotes) and sum(counts) < PAGE_LENGTH:
                counts[number] += 1
    return [quote for quotes, count in zip(found, counts, strict=True) for quote in quotes[:count]]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was typed: whose statements (nobody for everyone's), which, and the name where it is not certain."""

    persons: tuple[Person, ...]
    search: Search
    unsure: str = ""


async def _reader(services: Services, user_id: int) -> Reader:
    """Give the language and time zone of somebody's own chat; it stays as it is, also where it is silent for us."""
    async with services.database.reading() as session:
        chat = await chats.chat(session, chat_id=user_id)
    return Reader(chat.language, chat.timezone) if chat else Reader()


def _wanted(services: Services, reader: Reader, typed: str) -> _Wanted:
    if not typed:
        return _Wanted((), Search())
    asked = whose(services, reader, typed)
    if asked.person is not None:
        return _Wanted((asked.person,), asked.search)
    if asked.named is None:
        return _Wanted((), asked.search)
    if asked.named.candidates:
        return _Wanted(asked.named.candidates, asked.search, asked.named.typed)
    words = " ".join(part for part in (asked.named.typed, asked.search.words) if part)
    return _Wanted((), replace(asked.search, words=words))


def _article(result: InlineResult) -> InlineQueryResultArticle:
    content = InputTextMessageContent(result.text, parse_mode=ParseMode.HTML, link_preview_options=_NO_PREVIEW)
    return InlineQueryResultArticle(result.id, result.title, content, description=result.description)
