"""From what is due of one article to the messages that tell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.messages.alerts import alert
from bot.messages.reader import Reader
from bot.messages.values import Message
from storage.alerting import article_outlet
from storage.quotes import quote_records, reversal_records
from storage.records import ClaimRecord, DueRecord


@dataclass(frozen=True, slots=True)
class Rendered:
    """An article's alert for one chat.

    Attributes:
        messages: What is sent, in order; empty where nothing is left to tell.
        carried: The deliveries that they carry.
        stale: The deliveries of what was withdrawn or rejected since it became due.
    """

    messages: tuple[Message, ...]
    carried: tuple[DueRecord, ...]
    stale: tuple[DueRecord, ...]


async def render(session: AsyncSession, claim: ClaimRecord, deliveries: Sequence[DueRecord]) -> Rendered:
    """Write the alert that is due to a chat of one article.

    Args:
        session: A unit of work.
        claim: The chat, as a reader.
        deliveries: What is due of the article, in the order in which it was queued.

    Returns:
        The messages, and which deliveries they carry.
    """
    quotes = [
        quote
        for quote in await quote_records(session, statement_ids=_numbers(deliveries, "statement"))
        if quote.outlets
    ]
    reversals = [
        reversal
        for reversal in await reversal_records(session, reversal_ids=_numbers(deliveries, "reversal"))
        if reversal.state != "rejected" and reversal.earlier.outlets and reversal.later.outlets
    ]
    told = {("statement", quote.id) for quote in quotes} | {("reversal", reversal.id) for reversal in reversals}
    carried = tuple(delivery for delivery in deliveries if (delivery.what, delivery.what_id) in told)
    if not carried:
        return Rendered((), (), tuple(deliveries))
    # Groups and channels have negative ids.
    reader = Reader(claim.language, claim.timezone, is_group=claim.chat_id < 0)
    article = await article_outlet(session, article_id=deliveries[0].article_id)
    messages = alert(reader, article, quotes, reversals)
    stale = tuple(delivery for delivery in deliveries if delivery not in carried)
    return Rendered(tuple(messages), carried, stale)


def _numbers(deliveries: Sequence[DueRecord], what: str) -> list[int]:
    return [delivery.what_id for delivery in deliveries if delivery.what == what]
