"""What is due to a chat because an article changed after it was told: a reply, and the messages that it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts.rendering import hash_of, reader_of
from bot.messages.alerts import alert
from bot.messages.values import Message
from bot.messages.withdrawals import Changed, withdrawal
from storage.alerting import article_outlet, sent_alert
from storage.quotes import quote_records
from storage.records import ClaimRecord, DueRecord
from storage.withdrawals import ToldIn, WithdrawalRecord, withdrawals


@dataclass(frozen=True, slots=True)
class Struck:
    """A message that told of the statements, as it reads from now on.

    Attributes:
        sent_id: Its row.
        message_id: Telegram's number of it.
        message: How it reads; words that no article carries any more are struck through.
        text_hash: A hash of that.
    """

    sent_id: int
    message_id: int
    message: Message
    text_hash: str


@dataclass(frozen=True, slots=True)
class RenderedWithdrawal:
    """What tells a chat that an article changed.

    Attributes:
        reply: The message; None where there is nothing to tell, since it was told or undone meanwhile.
        reply_to: The message that it answers; None where that is out of reach.
        struck: The messages to edit.
    """

    reply: Message | None
    reply_to: int | None
    struck: tuple[Struck, ...]


async def render_withdrawal(
    session: AsyncSession, claim: ClaimRecord, deliveries: Sequence[DueRecord]
) -> RenderedWithdrawal:
    """Write what is due to a chat because a version of an article withdrew or corrected what it was told.

    Args:
        session: A unit of work.
        claim: The chat, as a reader.
        deliveries: The withdrawals of one article.
    """
    records = await withdrawals(session, delivery_ids=[delivery.id for delivery in deliveries])
    changes = await _changes(session, claim, records)
    reply = None
    if changes:
        article = await article_outlet(session, article_id=deliveries[0].article_id)
        reply = replace(withdrawal(reader_of(claim), article, changes), shows_preview=claim.shows_previews)
    # The messages of a group that became a supergroup are out of reach there.
    told = dict.fromkeys(told for record in records for told in record.told_in if told.chat_id == claim.chat_id)
    struck = [await _struck(session, claim, message) for message in told]
    reply_to = next((message.message_id for message in told), None)
    return RenderedWithdrawal(reply, reply_to, tuple(one for one in struck if one is not None))


async def _changes(session: AsyncSession, claim: ClaimRecord, records: Sequence[WithdrawalRecord]) -> list[Changed]:
    numbers = {record.statement_id for record in records} | {record.new_id for record in records if record.new_id}
    found = await quote_records(session, statement_ids=sorted(numbers), chat_id=claim.chat_id)
    quotes = {quote.id: quote for quote in found}
    changes = []
    for record in records:
        is_back = not record.is_withdrawn and record.new_id is None
        if is_back and not record.was_answered:
            continue  # withdrawn and carried again before anybody was told
        new = quotes[record.new_id] if record.new_id is not None else None
        changes.append(Changed(quotes[record.statement_id], new, is_back))
    return changes


async def _struck(session: AsyncSession, claim: ClaimRecord, told: ToldIn) -> Struck | None:
    found = await sent_alert(session, chat_id=claim.chat_id, message_id=told.message_id)
    if found is None:
        return None
    message = alert(reader_of(claim), found)
    return Struck(told.sent_id, told.message_id, message, hash_of(message))
