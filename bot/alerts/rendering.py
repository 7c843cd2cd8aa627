"""From what is due of one article to the messages that tell it, and that correct it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.messages.alerts import alert
from bot.messages.reader import Reader
from bot.messages.reviewing import correction
from bot.messages.values import Message
from storage.alerting import alert_record, sent_alert
from storage.corrections import ToldWhere, told_where
from storage.quotes import reversal_records
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
    found = await alert_record(
        session,
        chat_id=claim.chat_id,
        article_id=deliveries[0].article_id,
        statement_ids=_numbers(deliveries, "statement"),
        reversal_ids=_numbers(deliveries, "reversal"),
    )
    quotes = [quote for quote in found.quotes if quote.outlets]
    reversals = [
        reversal
        for reversal in found.reversals
        if reversal.state != "rejected" and reversal.earlier.outlets and reversal.later.outlets
    ]
    told = {("statement", quote.id) for quote in quotes} | {("reversal", reversal.id) for reversal in reversals}
    carried = tuple(delivery for delivery in deliveries if (delivery.what, delivery.what_id) in told)
    if not carried:
        return Rendered((), (), tuple(deliveries))
    messages = alert(_reader(claim), found.article, quotes, reversals)
    stale = tuple(delivery for delivery in deliveries if delivery not in carried)
    return Rendered(tuple(messages), carried, stale)


@dataclass(frozen=True, slots=True)
class RenderedCorrection:
    """What brings a flag that was sent up to date with its review.

    Attributes:
        told: Where the chat was told of the pair, and of its correction.
        flag: The message that carried the pair, as it reads now; None where it cannot be written any more.
        reply: What answers it: that the pair is none, or that this was taken back.
        is_none: Whether the pair is none, as the chat sees it.
    """

    told: ToldWhere
    flag: Message | None
    reply: Message
    is_none: bool


async def render_correction(
    session: AsyncSession, claim: ClaimRecord, delivery: DueRecord
) -> RenderedCorrection | None:
    """Write what is due to a chat because a pair was reviewed; None where it was never told of the pair.

    Args:
        session: A unit of work.
        claim: The chat, as a reader.
        delivery: The correction.
    """
    told = await told_where(session, delivery_id=delivery.id)
    pairs = await reversal_records(session, reversal_ids=[delivery.what_id], chat_id=claim.chat_id)
    if told is None or not pairs:
        return None
    found = await sent_alert(session, chat_id=told.flag_chat_id, message_id=told.flag_message_id)
    messages = alert(_reader(claim), found.article, found.quotes, found.reversals) if found else ()
    flag = next((message for message in messages if message.pair == delivery.what_id), None)
    return RenderedCorrection(told, flag, correction(_reader(claim), pairs[0]), pairs[0].state == "rejected")


def _reader(claim: ClaimRecord) -> Reader:
    # Groups and channels have negative ids.
    return Reader(claim.language, claim.timezone, is_group=claim.chat_id < 0)


def _numbers(deliveries: Sequence[DueRecord], what: str) -> list[int]:
    return [delivery.what_id for delivery in deliveries if delivery.what == what]
